/* Drawing the Test pane: the set as a table, why, the repeat test. */
#include "tui/pane/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/screen/chart.h"

#define TICK  "\xE2\x9C\x93"
#define CROSS "\xE2\x9C\x97"
#define MARK  "\xE2\x96\xB8"
#define HALF  "\xE2\x97\x90"
#define DOT   "\xC2\xB7"

static const char *letter(const char *level)
{
    return !level                           ? "-"
           : strcmp(level, "simple") == 0   ? "S"
           : strcmp(level, "moderate") == 0 ? "M"
                                            : "C";
}

static const char *role_word(const char *role)
{
    return role && strcmp(role, "reasoning") == 0 ? "REASON" : role && *role ? "FAST" : "-";
}

static void seconds_short(double s, char ret[16])
{
    if (isnan(s))
        snprintf(ret, 16, "-");
    else if (s > 0 && s < 0.0000005)
        snprintf(ret, 16, "<1 us");
    else if (s > 0 && s < 0.0000995)
        snprintf(ret, 16, "%.0f us", s * 1e6);
    else if (s < 0.1)
        snprintf(ret, 16, "%.1f ms", 1000 * s);
    else if (s < 100)
        snprintf(ret, 16, "%.1f s", s);
    else if (s < 1000)
        snprintf(ret, 16, "%.0f s", s);
    else
        snprintf(ret, 16, "%.0f min", fmin(s / 60, 9999));
}

/* "0:29" */
static void clock_text(double s, char ret[16])
{
    long all = isnan(s) ? 0 : (long)s;
    snprintf(ret, 16, "%ld:%02ld", all / 60, all % 60);
}

static bool agrees(const struct test_row *r)
{
    return r->label && r->level && strcmp(r->label, r->level) == 0;
}

/* --- the head ----------------------------------------------------------------------------- */

static void draw_head(const struct test_view *v, struct surface *s)
{
    char text[160], elapsed[16];
    bool large = s->cols >= 84;
    snprintf(text, sizeof text, "%d of %d done", v->done, v->count);
    put_right(s, 0, s->cols - 3, LOOK_TEXT, text);
    snprintf(text, sizeof text, "%s: %d quer%s, one run each, then the repeat test.", v->set_name,
             v->count, v->count == 1 ? "y" : "ies");
    put_fit(s, 0, 1, s->cols - 20, LOOK_TEXT, text);
    if (!v->running) {
        put_fit(s, 1, 1, s->cols - 2, LOOK_MUTED,
                v->stopped     ? "stopped by you; A runs all of it again"
                : v->done == 0 ? "A runs all of it, Space the chosen row"
                               : "A runs it again");
        return;
    }
    int cols = large ? s->cols - 27 : s->cols >= 80 ? s->cols - 40 : s->cols / 2;
    int col = chart_track(s, 1, 1, cols, LOOK_TITLE, v->done, v->count) + 3;
    clock_text(v->elapsed_s, elapsed);
    snprintf(text, sizeof text, "elapsed %s, this one %.0f s  ^C stop", elapsed, v->this_s);
    if (isnan(v->this_s) || large || col + surface_width(s, text) > s->cols)
        snprintf(text, sizeof text, "elapsed %s   ^C stop", elapsed);
    put_fit(s, 1, col, s->cols - col, LOOK_TEXT, text);
}

/* --- the table ---------------------------------------------------------------------------- */

struct columns {
    int query, label, routed, to, time, from;
};

/* What stands in the last column, and how wide it is with its mark. */
static const char *from_of(const struct test_row *r)
{
    return r->state == TEST_RUNNING ? "" : r->state == TEST_QUEUED ? "queued" : r->from;
}

static bool is_marked(const struct test_row *r)
{
    return r->state == TEST_DONE && r->correct >= 0;
}

/* From the right: the last column is as wide as its longest word. In a narrow window some stand
 * beyond its end, where nothing is drawn. */
static struct columns columns_of(const struct test_view *v, const struct surface *s)
{
    bool wide = s->cols >= 84;
    int last = 5, none = s->cols;
    if (s->cols < 56)
        return (struct columns){ 6, none, s->cols - 17, none, s->cols - 9, none };
    for (int i = 0; i < v->count; i++) {
        int cols = v->rows[i].state == TEST_QUEUED
                       ? 0
                       : surface_width(s, from_of(&v->rows[i])) + 2 * is_marked(&v->rows[i]);
        last = cols > last ? cols : last;
    }
    int from = s->cols - last - wide, time = from - (wide ? 9 : 8), to = time - (wide ? 9 : 8);
    return (struct columns){ v->count > 99 ? 8 : 6, to - 15, to - 8, to, time, from };
}

static void draw_row(const struct test_view *v, struct surface *s, int row, int i,
                     const struct columns *c)
{
    const struct test_row *r = &v->rows[i];
    bool chosen = v->list && i == v->list->at;
    char time[24], number[16];
    const char *said = from_of(r);
    seconds_short(r->seconds, number);
    snprintf(time, sizeof time, r->state == TEST_RUNNING ? HALF " %s" : "%s",
             r->state >= TEST_RUNNING ? number : "");
    if (r->state == TEST_RUNNING)
        snprintf(time, sizeof time, HALF " %.0f s", isnan(r->seconds) ? 0 : fmin(r->seconds, 9999));
    put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
    putf(s, row, 3, LOOK_TEXT, "%d", i + 1);
    int end = c->label < c->routed ? c->label : c->routed;
    put_fit(s, row, c->query, end - c->query - (s->cols >= 84 ? 3 : 2), LOOK_TEXT, r->query);
    put(s, row, c->label, look_of_level(r->label), r->label ? letter(r->label) : DOT);
    put(s, row, c->routed, look_of_level(r->level), letter(r->level));
    if (r->label)
        put(s, row, c->routed + 2, agrees(r) ? LOOK_PASS : LOOK_FAIL, agrees(r) ? TICK : CROSS);
    put(s, row, c->to, look_of_role(r->role), role_word(r->role));
    put(s, row, c->time, LOOK_TEXT, r->state == TEST_QUEUED ? said : time);
    if (r->state == TEST_QUEUED)
        said = "";
    int at = put_fit(s, row, c->from, s->cols - c->from,
                     r->state == TEST_FAILED ? LOOK_FAIL : LOOK_TEXT, said);
    if (is_marked(r))
        put(s, row, at + 1, r->correct ? LOOK_PASS : LOOK_FAIL, r->correct ? TICK : CROSS);
    if (chosen)
        surface_cursor(s, row, 1, false);
}

static int draw_table(const struct test_view *v, struct surface *s, int row, int rows)
{
    struct columns c = columns_of(v, s);
    struct list none = { .count = v->count };
    struct list *l = v->list ? v->list : &none;
    put(s, row, 3, LOOK_MUTED, "#");
    put(s, row, c.query, LOOK_MUTED, "query");
    put(s, row, c.label, LOOK_MUTED, "label");
    put(s, row, c.routed, LOOK_MUTED, "routed");
    put(s, row, c.to, LOOK_MUTED, "to");
    put(s, row, c.time, LOOK_MUTED, "time");
    put(s, row, c.from, LOOK_MUTED, "from");
    list_count(l, v->count);
    list_show(l, rows - 1);
    int shown = 0;
    for (int i = l->top; i < v->count && shown < rows - 1; i++, shown++)
        draw_row(v, s, row + 1 + shown, i, &c);
    return shown + 1;
}

/* --- below it ----------------------------------------------------------------------------- */

static void draw_agreement(const struct test_view *v, struct surface *s, int row)
{
    char text[160];
    if (!v->labelled) {
        put_fit(s, row, 1, s->cols - 2, LOOK_MUTED, "No query of this set has a label");
        return;
    }
    if (s->cols < 70)
        snprintf(text, sizeof text, "Agreement with its labels   %d of %d", v->agreed, v->labelled);
    else
        snprintf(text, sizeof text,
                 "Agreement with the %.24s's labels     known before running: %d of %d",
                 v->set_name, v->agreed, v->labelled);
    put_fit(s, row, 1, s->cols - 2, LOOK_TEXT, text);
}

static int draw_why(const struct test_view *v, struct surface *s, int row, int rows)
{
    return v->why && rows > 0 ? put_wrapped(s, row, 3, s->cols - 7, rows, LOOK_TEXT, v->why) : 0;
}

/* Its key at the right end of its last row, where that is free. */
static void draw_why_key(struct surface *s, int row)
{
    int at = s->cols - 7;
    const struct cell *c =
        &s->grid->cells[(size_t)(s->top + row) * (size_t)s->grid->cols + (size_t)(s->left + at)];
    for (int i = -1; i < 5; i++)
        if (c[i].text[0])
            return;
    put(s, row, put(s, row, at, LOOK_KEY, "d") + 1, LOOK_MUTED, "why");
}

static void draw_repeat(const struct test_view *v, struct surface *s, int row, bool titled)
{
    static const int narrow[] = { 3, 16, 33, 47, 64, 74 }, wide[] = { 3, 17, 32, 46, 62, 73 };
    static const char *const names[] = { "first call", "second call", "speed-up" };
    char said[3][32] = { DOT, DOT, DOT }, text[200];
    const struct repeat *r = &v->repeat;
    if (!titled) {
        int col = put(s, row, 1, LOOK_TEXT, "Repeat test") + 3;
        snprintf(text, sizeof text, "\"%.180s\"", v->count ? v->rows[0].query : "");
        char later[40] = "tells how slow the model was";
        if (!r->done)
            snprintf(later, sizeof later, "runs after row %d", v->count);
        int end = s->cols - 7;
        put_fit(s, row, col, end - surface_width(s, later) - 2 - col, LOOK_TEXT, text);
        put_right(s, row, end, LOOK_MUTED, later);
    }
    if (r->done) {
        seconds_short(r->call_s, said[0]);
        seconds_short(r->hit_s, said[1]);
        if (r->hit)
            snprintf(said[2], sizeof said[2], "%.0fx", r->ratio);
    }
    const int *at = s->cols >= 84 ? wide : narrow;
    for (int i = 0; i < 3; i++) {
        bool room = s->cols >= 80;
        int col = room ? at[2 * i] : 1 + i * s->cols / 3;
        int end = put(s, row + 1, col, LOOK_TEXT, names[i]);
        put_fit(s, row + 1, room ? at[2 * i + 1] : end + 1,
                room ? 14 : 1 + (i + 1) * s->cols / 3 - end - 2, LOOK_MEASURED, said[i]);
    }
}

static void draw_answer_line(const struct test_view *v, struct surface *s, int row)
{
    if (!v->answer) {
        put_fit(s, row, 1, s->cols - 2, LOOK_MUTED, "No answer to this one yet");
        return;
    }
    int col = putf(s, row, 1, LOOK_TEXT, "Answer %d", v->list ? v->list->at + 1 : 1) + 3;
    int end = s->cols - 13;
    put_fit(s, row, col, end - 4 - col, LOOK_TEXT, v->answer);
    put(s, row, put(s, row, end, LOOK_KEY, "Enter") + 1, LOOK_MUTED, "read");
}

/* --- the large frame ---------------------------------------------------------------------- */

static const char *const letters[LEVELS] = { "S", "M", "C" };

static const char *count_word(int n, char ret[16])
{
    static const char *const words[] = { "no",   "one", "two",   "three", "four",
                                         "five", "six", "seven", "eight", "nine" };
    snprintf(ret, 16, "%d", n);
    return n < 10 ? words[n] : ret;
}

/* "two moderate queries look simple" */
static void say_misses(const struct test_view *v, struct surface *s, int row, int label)
{
    char text[160] = "", number[16];
    size_t used = 0;
    for (int j = 0; j < LEVELS; j++) {
        int n = v->as[label][j];
        if (j == label || !n)
            continue;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s%slook%s %s",
                                 used ? ", " : "", count_word(n, number),
                                 used ? "" : level_name((enum level)label),
                                 used     ? ""
                                 : n == 1 ? " query "
                                          : " queries ",
                                 n == 1 ? "s" : "", level_name((enum level)j));
    }
    put_fit(s, row, 52, s->cols - 53, LOOK_MUTED, text);
}

static int draw_matrix(const struct test_view *v, struct surface *s, int row)
{
    put_rule(s, row++, 0, s->cols, "Labels against routes", NULL);
    put(s, row++, 15, LOOK_MUTED, "routed S   routed M   routed C");
    for (int i = 0; i < LEVELS; i++, row++) {
        putf(s, row, 3, LOOK_TEXT, "label %s", letters[i]);
        for (int j = 0; j < LEVELS; j++) {
            look_t look = i == j ? LOOK_PASS : v->as[i][j] ? LOOK_FAIL : LOOK_MUTED;
            if (v->as[i][j])
                putf(s, row, 19 + 11 * j, look, "%d", v->as[i][j]);
            else
                put(s, row, 19 + 11 * j, LOOK_MUTED, DOT);
        }
        say_misses(v, s, row, i);
    }
    if (v->labelled)
        putf(s, row, 3, LOOK_TEXT,
             "agreement %d of %d (%d%%), known before running because routing needs no model",
             v->agreed, v->labelled, 100 * v->agreed / v->labelled);
    return row + 2;
}

static int draw_past(const struct test_view *v, struct surface *s, int row)
{
    char seconds[16];
    put_rule(s, row++, 0, s->cols, "Earlier runs", NULL);
    if (!v->past_count)
        put(s, row++, 3, LOOK_MUTED, "none yet");
    for (int i = 0; i < v->past_count && row < s->rows; i++, row++) {
        const struct test_past *p = &v->past[i];
        bool done = strcmp(p->state, "done") == 0;
        seconds_short(p->seconds, seconds);
        int col = putf(s, row, 3, LOOK_TEXT, "%s   ", p->when);
        if (!done)
            col = putf(s, row, col, LOOK_TEXT, "%s at ", p->state);
        col = putf(s, row, col, LOOK_TEXT, "%zu", p->done);
        if (p->total)
            col = putf(s, row, col, LOOK_TEXT, " of %zu", p->total);
        if (!done) {
            put(s, row, col, LOOK_TEXT, strcmp(p->state, "stopped") == 0 ? " by you" : "");
            continue;
        }
        if (p->labelled)
            col = putf(s, row, col, LOOK_TEXT, "   agreement %zu of %zu", p->agreed, p->labelled);
        col = putf(s, row, col, LOOK_TEXT, "   total %s", seconds);
        if (!isnan(p->ratio))
            putf(s, row, col, LOOK_TEXT, "   repeat %.0fx", p->ratio);
    }
    return row;
}

/* "SIMPLE" */
static const char *shouted(const char *level)
{
    return !level                           ? "-"
           : strcmp(level, "simple") == 0   ? "SIMPLE"
           : strcmp(level, "moderate") == 0 ? "MODERATE"
                                            : "COMPLEX";
}

static void draw_large(const struct test_view *v, struct surface *s, int row)
{
    char text[200];
    row = draw_matrix(v, s, row);
    int at = v->list ? v->list->at : 0;
    snprintf(text, sizeof text, "Row %d: why %s", at + 1,
             shouted(at < v->count ? v->rows[at].level : NULL));
    put_rule(s, row++, 0, s->cols, text, NULL);
    draw_why(v, s, row, 2);
    row += 3;
    if (v->answer) {
        snprintf(text, sizeof text, v->answer_by ? "Answer (%s)" : "Answer%s",
                 v->answer_by ? v->answer_by : "");
        put_fit(s, row, 3, s->cols - 4, LOOK_MUTED, text);
        put_wrapped(s, row + 1, 3, s->cols - 7, 2, LOOK_TEXT, v->answer);
        int key = s->cols - 17;
        put(s, row + 3, put(s, row + 3, key, LOOK_KEY, "Enter") + 1, LOOK_MUTED, "read all");
    } else {
        put(s, row, 3, LOOK_MUTED, "No answer to this one yet");
    }
    row += 4;
    put_rule(s, row++, 0, s->cols, "Repeat test", NULL);
    snprintf(text, sizeof text, "\"%.180s\"", v->count ? v->rows[0].query : "");
    put_fit(s, row, 3, s->cols - 28, LOOK_TEXT, text);
    snprintf(text, sizeof text, "runs after row %d", v->count);
    put_right(s, row, s->cols - 4, LOOK_MUTED, v->repeat.done ? "" : text);
    draw_repeat(v, s, row, true);
    row += 2;
    if (*v->repeat_words)
        row += put_wrapped(s, row, 3, s->cols - 5, 2, LOOK_TEXT, v->repeat_words);
    if (row + 2 < s->rows)
        draw_past(v, s, row + 1);
}

void test_draw(const struct test_view *v, struct surface *s)
{
    bool large = s->rows >= 34 && s->cols >= 84;
    surface_cursor(s, 0, 0, false);
    draw_head(v, s);
    int row = s->rows >= 14 ? 3 : 2;
    int below = large ? 26 : s->rows >= 18 ? 9 : s->rows >= 12 ? 4 : 1;
    int room = s->rows - row - below;
    if (room > v->count + 1)
        room = v->count + 1;
    if (room < 2)
        room = 2;
    row += draw_table(v, s, row, room);
    if (large) {
        draw_large(v, s, row + 1);
        return;
    }
    if (s->rows >= 18) {
        draw_agreement(v, s, row + 1);
        int why = draw_why(v, s, row + 2, 2);
        if (why)
            draw_why_key(s, row + 1 + why);
        draw_repeat(v, s, row + 5, false);
        draw_answer_line(v, s, row + 8 < s->rows ? row + 8 : s->rows - 1);
    } else if (s->rows >= 12) {
        draw_agreement(v, s, row);
        draw_why(v, s, row + 1, 1);
        draw_repeat(v, s, row + 1, true);
    } else if (row < s->rows) {
        draw_agreement(v, s, row);
    }
}
