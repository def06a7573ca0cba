/* Drawing the Classifier: the query, the gauge, why, and what this session was like. */
#include "tui/pane/classify.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen/chart.h"

#define ARROW "\xE2\x86\x92"
#define LE    "\xE2\x89\xA4"
#define GE    "\xE2\x89\xA5"
#define MARK  "\xE2\x96\xB8"

/* From here on there is room for the blocks of the large frame. */
static bool is_tall(const struct surface *s)
{
    return s->rows >= 30 && s->cols >= 84;
}

static int draw_query(const struct classify_view *v, struct surface *s, int most)
{
    char count[40];
    put(s, 0, 1, LOOK_TEXT, "Query");
    int rows = field_draw(v->field, s, 0, 7, s->cols - 8, most, v->focused,
                          "i or Enter to type a query: its score shows at every key");
    snprintf(count, sizeof count, "%zu character%s", v->points, v->points == 1 ? "" : "s");
    if (v->points && rows <= most) { /* at the right of the last row, where it is free */
        int last = rows - 1;
        struct cell *cells = s->grid->cells;
        int at = s->cols - 2 - surface_width(s, count);
        int from = (s->top + last) * s->grid->cols + s->left;
        bool free = at > 20;
        for (int c = at - 2; free && c < s->cols; c++)
            free = cells[from + c].text[0] == '\0';
        if (free)
            put(s, last, at, LOOK_MUTED, count);
    }
    return rows < most ? rows : most;
}

static void draw_gauge(const struct classify_view *v, struct surface *s, int row)
{
    char text[200];
    chart_gauge(s, row, 1, s->cols - 2, v->score, v->thresholds.moderate - 1,
                v->thresholds.complex);
    if (v->blank)
        snprintf(text, sizeof text, "nothing typed yet: score 0");
    else
        snprintf(text, sizeof text, "score %d " ARROW " %s " ARROW " %s%s%s%s", v->score,
                 v->level == LEVEL_SIMPLE     ? "SIMPLE"
                 : v->level == LEVEL_MODERATE ? "MODERATE"
                                              : "COMPLEX",
                 role_name(v->role), v->model ? " " : "", v->model ? v->model : "",
                 v->cot ? ", with CoT" : "");
    int cols = surface_width(s, text);
    put(s, row + 3, s->cols - 2 - cols > 1 ? s->cols - 2 - cols : 1,
        look_of_level(level_name(v->level)), text);
}

static void draw_row(const struct classify_view *v, struct surface *s, int row, int i)
{
    const struct classify_row *r = &v->rows[i];
    char number[24];
    bool chosen = v->in_list && v->list && i == v->list->at;
    int points = s->cols >= 70 ? s->cols - 15 : s->cols - 10, found = 31;
    look_t look = r->points ? LOOK_TEXT : LOOK_MUTED;
    put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
    int at = put(s, row, 3, look, r->kind);
    put_fit(s, row, at + 2 > 12 ? at + 2 : 12, found - 13, look, r->what);
    put_fit(s, row, found, points - found - 1, look, r->found);
    snprintf(number, sizeof number, r->points ? "%+d" : "%d", r->points);
    put_right(s, row, points + 4, look, number);
    snprintf(number, sizeof number, "%d", r->total);
    put_right(s, row, s->cols - 2, LOOK_TEXT, number);
    if (chosen)
        surface_cursor(s, row, 1, false);
}

/* Heading, rows that fit (the chosen one among them), and the line about the rest. */
static int draw_table(const struct classify_view *v, struct surface *s, int row, int rows)
{
    int points = s->cols >= 70 ? s->cols - 15 : s->cols - 10, room = rows - 2;
    if (rows < 3)
        return 0;
    put(s, row, 3, LOOK_MUTED, "Signal");
    put(s, row, 31, LOOK_MUTED, "found");
    put_right(s, row, points + 4, LOOK_MUTED, "points");
    put_right(s, row, s->cols - 2, LOOK_MUTED, "total");
    struct list none = { .count = v->row_count };
    struct list *l = v->list ? v->list : &none;
    list_count(l, v->row_count);
    list_show(l, room);
    int shown = 0;
    for (int i = l->top; i < v->row_count && shown < room; i++, shown++)
        draw_row(v, s, row + 1 + shown, i);
    char rest[200];
    int hidden = v->row_count - l->top - shown;
    if (hidden > 0 || l->top > 0)
        snprintf(rest, sizeof rest, "rows %d to %d of %d; move for the others", l->top + 1,
                 l->top + shown, v->row_count);
    else
        snprintf(rest, sizeof rest, "%s%sa show %s", v->rest ? v->rest : "",
                 v->rest && *v->rest ? "   " : "", v->all ? "less" : "all");
    put_fit(s, row + 1 + shown, 3, s->cols - 4, LOOK_MUTED, rest);
    return shown + 2;
}

/* --- this session ------------------------------------------------------------------------- */

static const char *const letters[LEVELS] = { "S", "M", "C" };

static int session_count(const struct classify_view *v)
{
    return v->level_count[0] + v->level_count[1] + v->level_count[2];
}

static int largest(const struct classify_view *v)
{
    int most = 1;
    for (int i = 0; i < LEVELS; i++)
        most = v->level_count[i] > most ? v->level_count[i] : most;
    return most;
}

static void draw_session_line(const struct classify_view *v, struct surface *s, int row)
{
    int n = session_count(v), col = put(s, row, 1, LOOK_TEXT, "This session") + 3;
    if (!n) {
        put(s, row, col, LOOK_MUTED, "no query scored yet");
        return;
    }
    for (int i = 0; i < LEVELS; i++) {
        look_t look = look_of_level(level_name((enum level)i));
        col = put(s, row, col, look, letters[i]) + 1;
        col = chart_bar(s, row, col, s->cols >= 76 ? 12 : 6, look, v->level_count[i], largest(v));
        col = putf(s, row, col, LOOK_TEXT, " %d", v->level_count[i]) + 3;
    }
    putf(s, row, col, LOOK_TEXT, "%d quer%s", n, n == 1 ? "y" : "ies");
}

static void draw_agreement(const struct classify_view *v, struct surface *s, int row)
{
    char text[160];
    if (v->labelled)
        snprintf(text, sizeof text, "Agreement with your labels   %d of %d", v->agreed,
                 v->labelled);
    else
        snprintf(text, sizeof text, "Agreement with your labels   none yet: l, then s, m or c");
    int col = put(s, row, 1, LOOK_TEXT, text);
    snprintf(text, sizeof text, "%s%s", v->label ? "   this query: " : "",
             v->label ? v->label : "");
    put_fit(s, row, col, s->cols - col - 1, LOOK_TEXT, text);
}

static int draw_what_if(const struct classify_view *v, struct surface *s, int row)
{
    const struct thresholds *t = &v->thresholds;
    int n = session_count(v);
    put_rule(s, row, 0, s->cols, "What if", NULL);
    putf(s, row + 1, 3, LOOK_TEXT,
         "thresholds   simple " LE " %d   complex " GE " %d   - and + move %s%s", t->moderate - 1,
         t->complex, v->selected == LEVEL_COMPLEX ? "complex" : "simple",
         v->moved ? " (moved)" : "; Tab the other");
    if (n)
        putf(s, row + 2, 3, LOOK_TEXT,
             "with %s %d your %d quer%s would be    S %d   M %d   C %d    (now S %d M %d C %d)",
             v->selected == LEVEL_COMPLEX ? "complex " GE : "moderate " GE,
             (v->selected == LEVEL_COMPLEX ? t->complex : t->moderate) - 1, n, n == 1 ? "y" : "ies",
             v->what_if[0], v->what_if[1], v->what_if[2], v->level_count[0], v->level_count[1],
             v->level_count[2]);
    else
        put(s, row + 2, 3, LOOK_MUTED, "no query scored yet, so nothing to move between levels");
    return 4;
}

static int draw_session(const struct classify_view *v, struct surface *s, int row)
{
    int n = session_count(v);
    put_rule(s, row++, 0, s->cols, "This session", NULL);
    for (int i = 0; i < LEVELS; i++, row++) {
        look_t look = look_of_level(level_name((enum level)i));
        put(s, row, 3, look, letters[i]);
        chart_bar(s, row, 6, 42, look, v->level_count[i], largest(v));
        putf(s, row, 49, LOOK_TEXT, "%3d", v->level_count[i]);
        if (n)
            putf(s, row, 55, LOOK_TEXT, "%3.0f%%", 100.0 * v->level_count[i] / n);
    }
    if (v->score_count) {
        double low = v->scores[0], high = v->scores[0];
        for (int i = 0; i < v->score_count; i++) {
            low = v->scores[i] < low ? v->scores[i] : low;
            high = v->scores[i] > high ? v->scores[i] : high;
        }
        int shown = v->score_count < 30 ? v->score_count : 30;
        int col = putf(s, row, 3, LOOK_TEXT, "last %d score%s  ", shown, shown == 1 ? "" : "s");
        col = chart_spark(s, row, col, shown, LOOK_TEXT, v->scores, (size_t)v->score_count, low,
                          high);
        putf(s, row, col, LOOK_MUTED, "   low %.0f  high %.0f", low, high);
    }
    return row + 2;
}

static void draw_labels(const struct classify_view *v, struct surface *s, int row)
{
    put(s, row, 3, LOOK_TEXT, "Your label for this query   l then s, m or c");
    if (v->label)
        putf(s, row, 52, LOOK_TEXT, "(labelled %s)", v->label);
    else
        put(s, row, 52, LOOK_MUTED, "(not labelled)");
    if (v->labelled)
        putf(s, row + 1, 3, LOOK_TEXT, "Agreement with labels so far  %d of %d", v->agreed,
             v->labelled);
    else
        put(s, row + 1, 3, LOOK_MUTED, "Agreement with labels so far  no labels yet");
    put(s, row + 1, 46, LOOK_MUTED, "the misses are in 5 Test");
}

void classify_draw(const struct classify_view *v, struct surface *s)
{
    bool tall = is_tall(s);
    int most = s->rows >= 18 ? 3 : s->rows >= 12 ? 2 : 1;
    surface_cursor(s, 0, 0, false);
    draw_query(v, s, most);
    int row = most + (s->rows >= 18);
    draw_gauge(v, s, row);
    row += 4 + (s->rows >= 18);
    if (tall) {
        put_rule(s, row++, 0, s->cols, "Why: every rule, in the order it is applied", NULL);
        row += draw_table(v, s, row, s->rows - row - 14) + 1;
        row += draw_what_if(v, s, row);
        row = draw_session(v, s, row);
        draw_labels(v, s, row);
        return;
    }
    int foot = s->rows >= 14 ? 2 : s->rows >= 11 ? 1 : 0, blank = s->rows >= 18;
    draw_table(v, s, row, s->rows - row - foot - blank);
    if (foot == 2)
        draw_session_line(v, s, s->rows - 2);
    if (foot)
        draw_agreement(v, s, s->rows - 1);
}
