/* Drawing the Classifier: the query, the gauge, why, and what this session was like. */
#include "tui/pane/classify.h"

#include <stdio.h>
#include <string.h>

#include "core/lab/stats.h"
#include "tui/screen/chart.h"

#define FEWEST_LABELS 10 /* for an interval that says something */

#define ARROW "\xE2\x86\x92"
#define LE    "\xE2\x89\xA4"
#define GE    "\xE2\x89\xA5"
#define MARK  "\xE2\x96\xB8"

bool classify_is_tall(const struct surface *s)
{
    return s->rows >= 34 && s->cols >= 84;
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

/* The verdict stands below its mark: level, and who would answer. */
static void draw_gauge(const struct classify_view *v, struct surface *s, int row)
{
    char text[200];
    const char *who = classify_is_tall(s) && v->model ? v->model : role_name(v->role);
    int most = s->cols >= 84 ? 74 : 72, room = s->cols - 4;
    int mark = chart_gauge(s, row, 2, room < most ? room : most, v->score,
                           v->thresholds.moderate - 1, v->thresholds.complex);
    if (v->blank)
        snprintf(text, sizeof text, "nothing typed yet: score 0");
    else
        snprintf(text, sizeof text, "score %d " ARROW " %s " ARROW " %s%s", v->score,
                 v->level == LEVEL_SIMPLE     ? "SIMPLE"
                 : v->level == LEVEL_MODERATE ? "MODERATE"
                                              : "COMPLEX",
                 who, v->cot ? ", with CoT" : "");
    int cols = surface_width(s, text), at = mark - 12;
    if (at + cols > s->cols - 1)
        at = s->cols - 1 - cols;
    put_fit(s, row + 3, at > 1 ? at : 1, s->cols - 2, look_of_level(level_name(v->level)), text);
}

/* Columns of the table: where what was found begins, where the two numbers end. */
struct columns {
    int found, points, total;
};

static struct columns columns_of(const struct surface *s)
{
    if (s->cols >= 84)
        return (struct columns){ 32, s->cols - 16, s->cols - 7 };
    if (s->cols >= 60)
        return (struct columns){ 31, s->cols - 12, s->cols - 3 };
    return (struct columns){ s->cols / 2 - 2, s->cols - 7, s->cols - 1 };
}

static void draw_row(const struct classify_view *v, struct surface *s, int row, int i,
                     const struct columns *c)
{
    const struct classify_row *r = &v->rows[i];
    char number[24];
    bool chosen = v->list && i == v->list->at;
    look_t look = r->points ? LOOK_TEXT : LOOK_MUTED;
    put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
    int at = put(s, row, 3, look, r->kind);
    at = at + 2 > 12 ? at + 2 : 12;
    put_fit(s, row, at, c->found - 1 - at, look, r->what);
    snprintf(number, sizeof number, r->points ? "%+d" : "%d", r->points);
    put_fit(s, row, c->found, c->points - (int)strlen(number) - 1 - c->found, look, r->found);
    put_right(s, row, c->points, look, number);
    snprintf(number, sizeof number, "%d", r->total);
    put_right(s, row, c->total, LOOK_TEXT, number);
    if (chosen && v->in_list)
        surface_cursor(s, row, 1, false);
}

static void draw_rest(const struct classify_view *v, struct surface *s, int row, int top, int shown)
{
    char rest[200];
    if (top > 0 || top + shown < v->row_count) {
        snprintf(rest, sizeof rest, "rows %d to %d of %d; move for the others", top + 1,
                 top + shown, v->row_count);
        put_fit(s, row, 3, s->cols - 4, LOOK_MUTED, rest);
        return;
    }
    int key = s->cols - 13;
    if (!v->rest || !*v->rest)
        return;
    int at = put_fit(s, row, 3, s->cols >= 60 ? key - 5 : s->cols - 4, LOOK_MUTED, v->rest);
    if (at + 2 <= key)
        put(s, row, put(s, row, key, LOOK_KEY, "a"), LOOK_MUTED,
            v->all ? " show less" : " show all");
}

/* Heading, rows that fit (the chosen one among them), and the line about the rest. Returns rows
 * taken. */
static int draw_table(const struct classify_view *v, struct surface *s, int row, int rows)
{
    struct columns c = columns_of(s);
    bool rest = v->rest && *v->rest;
    if (rows < 3)
        return 0;
    put(s, row, 3, LOOK_MUTED, "Signal");
    put(s, row, c.found, LOOK_MUTED, "found");
    put_right(s, row, c.points, LOOK_MUTED, s->cols >= 60 ? "points" : "");
    put_right(s, row, c.total, LOOK_MUTED, "total");
    int room = rows - 1 - (rest || v->row_count > rows - 1);
    struct list none = { .count = v->row_count };
    struct list *l = v->list ? v->list : &none;
    list_count(l, v->row_count);
    list_show(l, room);
    int shown = 0;
    for (int i = l->top; i < v->row_count && shown < room; i++, shown++)
        draw_row(v, s, row + 1 + shown, i, &c);
    draw_rest(v, s, row + 1 + shown, l->top, shown);
    return 1 + shown + (rest || shown < v->row_count);
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
        if (surface_ascii(s) || !v->level_count[i])
            col++;
        col = putf(s, row, col, LOOK_TEXT, "%d", v->level_count[i]) + 3;
    }
    putf(s, row, col + 2, LOOK_TEXT, "%d quer%s", n, n == 1 ? "y" : "ies");
}

/* "8 of 10 (95 %: 49 to 94)": the interval from ten labels on. */
static void say_agreement(const struct classify_view *v, char *ret, size_t size)
{
    struct interval i = stats_share((size_t)v->agreed, (size_t)v->labelled);
    int n = snprintf(ret, size, "%d of %d", v->agreed, v->labelled);
    if (v->labelled >= FEWEST_LABELS)
        snprintf(ret + n, size - (size_t)n, " (95 %%: %.0f to %.0f)", 100 * i.low, 100 * i.high);
}

static void draw_agreement(const struct classify_view *v, struct surface *s, int row)
{
    char text[160], sum[60];
    say_agreement(v, sum, sizeof sum);
    if (v->labelled)
        snprintf(text, sizeof text, "Agreement with your labels   %s", sum);
    else
        snprintf(text, sizeof text, "Agreement with your labels   none yet: l, then s, m or c");
    int col = put(s, row, 1, LOOK_TEXT, text);
    if (v->label)
        snprintf(text, sizeof text, "   (this query: %s)", v->label);
    else
        snprintf(text, sizeof text, "%s",
                 v->agreed < v->labelled ? "   (Test pane explains the misses)" : "");
    put_fit(s, row, col, s->cols - col - 1, LOOK_TEXT, text);
}

static int draw_what_if(const struct classify_view *v, struct surface *s, int row)
{
    const struct thresholds *t = &v->thresholds;
    int n = session_count(v);
    put_rule(s, row, 0, s->cols, "What if", NULL);
    putf(s, row + 1, 3, LOOK_TEXT,
         "thresholds   simple " LE " %d   complex " GE " %d%s   - and + move %s, Tab the other",
         t->moderate - 1, t->complex, v->moved ? ", moved" : "   ",
         v->selected == LEVEL_COMPLEX ? "complex" : "simple");
    char text[200];
    if (n)
        snprintf(text, sizeof text,
                 "with %s %d your %d quer%s would be    S %d   M %d   C %d    (now S %d M %d C %d)",
                 v->selected == LEVEL_COMPLEX ? "complex " GE : "moderate " GE,
                 (v->selected == LEVEL_COMPLEX ? t->complex : t->moderate) - 1, n,
                 n == 1 ? "y" : "ies", v->what_if[0], v->what_if[1], v->what_if[2],
                 v->level_count[0], v->level_count[1], v->level_count[2]);
    else
        snprintf(text, sizeof text, "no query scored yet, so nothing to move between levels");
    put_fit(s, row + 2, 3, s->cols - 4, n ? LOOK_TEXT : LOOK_MUTED, text);
    return 4;
}

static int draw_session(const struct classify_view *v, struct surface *s, int row)
{
    int n = session_count(v);
    put_rule(s, row++, 0, s->cols, "This session", NULL);
    for (int i = 0; i < LEVELS; i++, row++) {
        look_t look = look_of_level(level_name((enum level)i));
        put(s, row, 3, look, letters[i]);
        chart_bar(s, row, 6, 40, look, v->level_count[i], largest(v));
        putf(s, row, 47, LOOK_TEXT, "%3d", v->level_count[i]);
        if (n)
            putf(s, row, 52, LOOK_TEXT, "%3.0f%%", 100.0 * v->level_count[i] / n);
    }
    if (v->score_count) {
        int shown = v->score_count < 30 ? v->score_count : 30, from = v->score_count - shown;
        double low = v->scores[from], high = low;
        for (int i = from; i < v->score_count; i++) {
            low = v->scores[i] < low ? v->scores[i] : low;
            high = v->scores[i] > high ? v->scores[i] : high;
        }
        int col = putf(s, row, 3, LOOK_TEXT, "last %d score%s  ", shown, shown == 1 ? "" : "s");
        col = chart_spark(s, row, col, shown, LOOK_TEXT, v->scores, (size_t)v->score_count, low,
                          high);
        putf(s, row, col, LOOK_MUTED, "   low %.0f  high %.0f", low, high);
    }
    return row + 2;
}

static void draw_labels(const struct classify_view *v, struct surface *s, int row)
{
    int col = put(s, row, 3, LOOK_TEXT, "Your label for this query") + 3;
    put(s, row, col, LOOK_MUTED, "l then s, m or c");
    if (v->label)
        putf(s, row, 68, LOOK_TEXT, "(labelled %s)", v->label);
    else
        put(s, row, 68, LOOK_MUTED, "(not labelled)");
    col = put(s, row + 1, 3, LOOK_TEXT, "Agreement with labels so far") + 2;
    char sum[60];
    say_agreement(v, sum, sizeof sum);
    if (v->labelled)
        col = put(s, row + 1, col, LOOK_TEXT, sum);
    else
        col = put(s, row + 1, col, LOOK_MUTED, "no labels yet");
    put(s, row + 1, col + 5, LOOK_MUTED, "the misses are in 5 Test");
}

void classify_draw(const struct classify_view *v, struct surface *s)
{
    bool tall = classify_is_tall(s), airy = s->rows >= 18;
    int most = airy ? 3 : s->rows >= 12 ? 2 : 1;
    surface_cursor(s, 0, 0, false);
    draw_query(v, s, most);
    int row = most + airy;
    draw_gauge(v, s, row);
    row += 4 + airy;
    if (tall) {
        put_rule(s, row++, 0, s->cols, "Why: every rule, in the order it is applied", NULL);
        row += draw_table(v, s, row, s->rows - row - 14) + 1;
        row += draw_what_if(v, s, row);
        row = draw_session(v, s, row);
        draw_labels(v, s, row);
        return;
    }
    int foot = s->rows >= 14 ? 2 : s->rows >= 11 ? 1 : 0;
    draw_table(v, s, row, s->rows - row - foot - airy);
    if (foot == 2)
        draw_session_line(v, s, s->rows - 2);
    if (foot)
        draw_agreement(v, s, s->rows - 1);
}
