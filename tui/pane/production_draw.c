/* Drawing the Production pane: topics at the left, the chosen one and its demonstration at the
 * right. */
#include "tui/pane/production.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TICK "\xE2\x9C\x93"
#define MARK "\xE2\x96\xB8"
#define PLAY "\xE2\x96\xB6"
#define LINE "\xE2\x94\x82"
#define CELL 32

/* Topics 1 to 5 are strategies, 6 to 8 the common mistakes. */
#define STRATEGIES 5

/* --- one told line ------------------------------------------------------------------------ */

static bool is_text(const struct demo_column *c)
{
    return c->unit == DEMO_TEXT || c->unit == DEMO_TAIL;
}

static void number_text(const struct demo_column *c, double v, char ret[CELL])
{
    if (!isfinite(v))
        snprintf(ret, CELL, "-");
    else if (c->unit == DEMO_COUNT)
        snprintf(ret, CELL, "%.0f", v);
    else if (c->unit == DEMO_SHARE)
        snprintf(ret, CELL, "%.0f%%", 100 * v);
    else if (c->unit == DEMO_BYTES)
        snprintf(ret, CELL, v < 1e9 ? "%.0f MB" : "%.1f GB", v < 1e9 ? v / 1e6 : v / 1e9);
    else if (v > 0 && v < 0.0995)
        snprintf(ret, CELL, v < 0.001 ? "%.2f ms" : "%.0f ms", 1000 * v);
    else
        snprintf(ret, CELL, "%.1f s", v);
}

/* Text from the left, numbers from the right; where the column is too narrow for a text that is
 * told apart by its end, the end stays. */
static void draw_cell(struct surface *s, int row, int col, int cols, look_t look,
                      const struct demo_column *c, const char *text)
{
    struct surface cell = surface_part(s, row, col, 1, cols);
    if (is_text(c) && c->unit == DEMO_TEXT)
        put_fit(&cell, 0, 0, cols, look, text);
    else if (is_text(c) && surface_width(s, text) <= cols)
        put(&cell, 0, 0, look, text);
    else
        put_right(&cell, 0, cols, look, text);
}

static void draw_cells(struct surface *s, int row, const struct told *t)
{
    if (row < 0)
        return;
    int col = 1;
    for (size_t i = 0; i < t->table->count && col < s->cols; i++) {
        const struct demo_column *c = &t->table->columns[i];
        int cols = c->cols < s->cols - col ? c->cols : s->cols - col;
        char number[CELL];
        const char *text = c->title;
        look_t look = t->cells ? LOOK_TEXT : LOOK_MUTED;
        if (t->cells && is_text(c)) {
            text = t->cells[i].text ? t->cells[i].text : "-";
        } else if (t->cells) {
            number_text(c, t->cells[i].number, number);
            text = number;
            if (c->kind == KIND_ESTIMATED)
                look = LOOK_ESTIMATED;
        }
        draw_cell(s, row, col, cols, look, c, text);
        col += c->cols + 2;
    }
}

/* Rows above the window are clipped by it. */
static void draw_told(struct surface *s, int row, const struct told *t)
{
    if (t->type == DEMO_TABLE || t->type == DEMO_ROW) {
        draw_cells(s, row, t);
        return;
    }
    bool finds = t->type == DEMO_FINDS;
    if (finds)
        put(s, row, 0, LOOK_PASS, MARK);
    put_wrapped(s, row, finds ? 2 : 0, s->cols - (finds ? 3 : 1), -1,
                finds ? LOOK_TEXT : LOOK_MUTED, t->text);
}

static int rows_of(struct surface *s, const struct told *t)
{
    struct surface none = surface_part(s, 0, 0, 0, 0);
    none.cols = 0;
    if (t->type == DEMO_TABLE || t->type == DEMO_ROW)
        return 1;
    bool finds = t->type == DEMO_FINDS;
    return put_wrapped(&none, 0, 0, s->cols - (finds ? 3 : 1), -1, LOOK_TEXT, t->text);
}

int production_told_rows(const struct production_view *v, struct surface *s)
{
    int rows = 0;
    for (size_t i = 0; i < v->count; i++)
        rows += rows_of(s, &v->told[i]);
    return rows;
}

/* The told lines in this window: whole lines, the newest at the bottom unless scrolled. */
static void draw_all_told(const struct production_view *v, struct surface *s)
{
    int all = production_told_rows(v, s), top = v->top;
    int most = all > s->rows ? all - s->rows : 0;
    if (top < 0 || top > most)
        top = most;
    int row = -top;
    for (size_t i = 0; i < v->count && row < s->rows; i++) {
        int rows = rows_of(s, &v->told[i]);
        if (row + rows > 0)
            draw_told(s, row, &v->told[i]);
        row += rows;
    }
    char more[32];
    snprintf(more, sizeof more, "\xE2\x86\x93 %d below", all - top - s->rows);
    if (all - top > s->rows)
        put_right(s, s->rows - 1, s->cols, LOOK_MUTED, more);
    if (v->at_text)
        surface_cursor(s, 0, 0, false);
}

/* --- the topics --------------------------------------------------------------------------- */

static void draw_topics(const struct production_view *v, struct surface *s, int cols)
{
    int row = 0;
    put(s, row++, 1, LOOK_TITLE, "Topic");
    for (int i = 0; i < DEMOS; i++, row++) {
        if (i == STRATEGIES) {
            if (s->rows >= 16)
                row++;
            put(s, row++, 1, LOOK_TITLE, "Common mistakes");
        }
        bool chosen = i == v->chosen;
        put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
        putf(s, row, 3, LOOK_TEXT, "%d ", i + 1);
        put_fit(s, row, 5, cols - 8, LOOK_TEXT, topics[i].tab);
        if (v->ran[i])
            put(s, row, cols - 2, LOOK_PASS, TICK);
        else if (chosen)
            put(s, row, cols - 2, LOOK_TITLE, PLAY);
        if (chosen && !v->at_text)
            surface_cursor(s, row, 1, false);
    }
    if (row + 3 <= s->rows) {
        put(s, row + 1, 1, LOOK_MUTED, PLAY " has a live demo");
        put(s, row + 2, 1, LOOK_MUTED, TICK " you ran the demo");
    }
    put_down(s, 0, cols - 1, s->rows, LOOK_MUTED, LINE);
}

/* --- the chosen one ----------------------------------------------------------------------- */

static int labelled(struct surface *s, int row, int col, const char *label, const char *text,
                    int rows)
{
    put(s, row, 0, LOOK_TITLE, label);
    int taken = put_wrapped(s, row, col, s->cols - col - 1, rows, LOOK_TEXT, text);
    return taken ? taken : 1;
}

static int draw_try(const struct production_view *v, const struct demo *d, struct surface *s,
                    int row)
{
    char text[200];
    if (!isnan(v->deadline_s) && d->arranges)
        snprintf(text, sizeof text, "deadline %g s   trouble on purpose %s (L)", v->deadline_s,
                 v->calm ? "off" : "on");
    else if (!isnan(v->deadline_s))
        snprintf(text, sizeof text, "deadline %g s", v->deadline_s);
    else
        snprintf(text, sizeof text, "Enter runs it on your own pipeline");
    return labelled(s, row, s->cols >= 60 ? 8 : 7, "Try", text, 2);
}

static void draw_breaker(const struct production_view *v, struct surface *s, int row)
{
    char text[60] = "";
    int col = put(s, row, 0, LOOK_TITLE, "breaker") + 2;
    put(s, row, col, LOOK_TEXT, "closed");
    put(s, row, col + 7, LOOK_MUTED, "\xE2\x94\x80\xE2\x94\x80");
    put(s, row, col + 10, LOOK_TEXT, "open");
    put(s, row, col + 15, LOOK_MUTED, "\xE2\x94\x80\xE2\x94\x80");
    put(s, row, col + 18, LOOK_TEXT, "half-open");
    int mark = v->breaker == SHOWN_CLOSED ? 0 : v->breaker == SHOWN_OPEN ? 10 : 18;
    if (v->breaker == SHOWN_OPEN && v->pause_s > 0)
        snprintf(text, sizeof text, " %.0f s until one trial call", v->pause_s);
    int after = put(s, row + 1, col + mark, LOOK_TITLE, "\xE2\x96\xB2");
    put(s, row + 1, after, LOOK_TEXT, text);
}

static int draw_foot(const struct production_view *v, struct surface *s)
{
    const struct topic *t = &topics[v->chosen];
    int rows = 2, checks = 0;
    while (checks < 4 && t->check[checks])
        checks++;
    bool list = s->rows >= 26;
    struct surface none = surface_part(s, 0, 0, 0, 0);
    if (list) /* and what does not fit in a row may take two */
        rows = put_wrapped(&none, 0, 0, s->cols - 11, 2, LOOK_TEXT, t->code) +
               put_wrapped(&none, 0, 0, s->cols - 11, 2, LOOK_TEXT, t->watch) + checks + 2;
    int row = s->rows - rows;
    row += labelled(s, row, 10, "In code", t->code, list ? 2 : 1);
    row += labelled(s, row, 10, "Watch", t->watch, list ? 2 : 1);
    if (list) {
        put(s, row + 1, 0, LOOK_TITLE, "Checklist for your own service");
        for (int i = 0; i < checks; i++) {
            int col = put(s, row + 2 + i, 2, LOOK_TEXT, "[ ] ");
            put_fit(s, row + 2 + i, col, s->cols - col, LOOK_TEXT, t->check[i]);
        }
    }
    return rows + 1;
}

static void draw_topic(const struct production_view *v, struct surface *s)
{
    const struct demo *d = demo_find(v->chosen + 1);
    put_fit(s, 0, 0, s->cols, LOOK_TITLE, d->title);
    bool roomy = s->rows >= 16;
    int row = roomy ? 2 : 1;
    /* What it told matters more than what it is about, once there is something. */
    int idea = s->rows >= 26 ? 6 : !roomy || v->count ? 2 : 4;
    row += labelled(s, row, s->cols >= 60 ? 8 : 7, "Idea", d->idea, idea);
    row += draw_try(v, d, s, row) + roomy;
    int foot = roomy ? draw_foot(v, s) : 0;
    if (v->breaker != NO_BREAKER && s->cols >= 40 && s->rows - row - foot > 6) {
        draw_breaker(v, s, s->rows - foot - 2);
        foot += 3;
    }
    struct surface told = surface_part(s, row, 0, s->rows - row - foot, s->cols);
    if (v->count)
        draw_all_told(v, &told);
    else if (told.rows > 0)
        put_wrapped(&told, 0, 0, told.cols - 1, told.rows, LOOK_MUTED,
                    v->running ? "starting"
                               : "Not run in this session: Enter runs it. Its rows "
                                 "and figures are those of the pipeline's own "
                                 "records.");
}

void production_draw(const struct production_view *v, struct surface *s)
{
    int cols = s->cols >= 84 ? 27 : 25;
    surface_cursor(s, 0, 0, false);
    if (s->cols < 50) { /* one at a time */
        if (v->at_text)
            draw_topic(v, s);
        else
            draw_topics(v, s, s->cols);
        return;
    }
    draw_topics(v, s, cols);
    struct surface right = surface_part(s, 0, cols + 1, s->rows, s->cols - cols - 1);
    draw_topic(v, &right);
}
