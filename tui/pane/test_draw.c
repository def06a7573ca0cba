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
    else if (s > 0 && s < 0.0000995)
        snprintf(ret, 16, "%.0f us", s * 1e6);
    else if (s < 0.1)
        snprintf(ret, 16, "%.1f ms", 1000 * s);
    else if (s < 100)
        snprintf(ret, 16, "%.1f s", s);
    else
        snprintf(ret, 16, "%.0f s", s);
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
    snprintf(text, sizeof text, "%d of %d done", v->done, v->count);
    put_right(s, 0, s->cols - 1, LOOK_TEXT, text);
    snprintf(text, sizeof text, "%s: %d quer%s, one run each, then the repeat test.", v->set_name,
             v->count, v->count == 1 ? "y" : "ies");
    put_fit(s, 0, 1, s->cols - 18, LOOK_TEXT, text);
    if (!v->running) {
        put_fit(s, 1, 1, s->cols - 2, LOOK_MUTED,
                v->stopped     ? "stopped by you; A runs the rest again"
                : v->done == 0 ? "A runs all of it, Space the chosen row"
                               : "A runs it again");
        return;
    }
    int cols = s->cols >= 80 ? s->cols - 40 : s->cols / 2;
    int col = chart_track(s, 1, 1, cols, LOOK_TITLE, v->done, v->count + 1);
    clock_text(v->elapsed_s, elapsed);
    if (isnan(v->this_s) || s->cols < 70)
        snprintf(text, sizeof text, "elapsed %s   ^C stop", elapsed);
    else
        snprintf(text, sizeof text, "elapsed %s, this one %.0f s  ^C stop", elapsed, v->this_s);
    put(s, 1, col + 3, LOOK_TEXT, text);
}

/* --- the table ---------------------------------------------------------------------------- */

struct columns {
    int label, routed, to, time, from;
};

static struct columns columns_of(const struct surface *s)
{
    bool wide = s->cols >= 84;
    int from = s->cols - (wide ? 9 : 8), time = from - 9;
    int to = time - (wide ? 8 : 7);
    return (struct columns){ to - (wide ? 15 : 15), to - (wide ? 8 : 8), to, time, from };
}

static void draw_row(const struct test_view *v, struct surface *s, int row, int i,
                     const struct columns *c)
{
    const struct test_row *r = &v->rows[i];
    bool chosen = v->list && i == v->list->at;
    char time[24], number[16];
    seconds_short(r->seconds, number);
    const char *said = r->from;
    snprintf(time, sizeof time, "%s", r->state >= TEST_DONE ? number : "");
    if (r->state == TEST_RUNNING) {
        snprintf(time, sizeof time, HALF " %s", number);
        said = "";
    } else if (r->state == TEST_QUEUED) {
        said = "queued";
    }
    put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
    putf(s, row, 3, LOOK_TEXT, "%d", i + 1);
    put_fit(s, row, i < 99 ? 6 : 8, c->label - (i < 99 ? 7 : 9), LOOK_TEXT, r->query);
    put(s, row, c->label, look_of_level(r->label), r->label ? letter(r->label) : DOT);
    put(s, row, c->routed, look_of_level(r->level), letter(r->level));
    if (r->label)
        put(s, row, c->routed + 2, agrees(r) ? LOOK_PASS : LOOK_FAIL, agrees(r) ? TICK : CROSS);
    put(s, row, c->to, look_of_role(r->role), role_word(r->role));
    put(s, row, c->time, LOOK_TEXT, time);
    int at = put_fit(s, row, c->from, s->cols - c->from,
                     r->state == TEST_FAILED ? LOOK_FAIL : LOOK_TEXT, said);
    if (r->state == TEST_DONE && r->correct >= 0 && at + 2 <= s->cols)
        put(s, row, at + 1, r->correct ? LOOK_PASS : LOOK_FAIL, r->correct ? TICK : CROSS);
    if (chosen)
        surface_cursor(s, row, 1, false);
}

static int draw_table(const struct test_view *v, struct surface *s, int row, int rows)
{
    struct columns c = columns_of(s);
    struct list none = { .count = v->count };
    struct list *l = v->list ? v->list : &none;
    put(s, row, 3, LOOK_MUTED, "#  query");
    put(s, row, c.label - 2, LOOK_MUTED, "label");
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
    if (!v->labelled) {
        put_fit(s, row, 1, s->cols - 2, LOOK_MUTED, "No query of this set has a label");
        return;
    }
    int col = put(s, row, 1, LOOK_TEXT, "Agreement with the set's labels");
    putf(s, row, col + 3, LOOK_TEXT, "known before running: %d of %d", v->agreed, v->labelled);
}

static int draw_why(const struct test_view *v, struct surface *s, int row, int rows)
{
    if (!v->why || rows <= 0)
        return 0;
    int taken = put_wrapped(s, row, 3, s->cols - 4, rows, LOOK_TEXT, v->why);
    return taken;
}

static void draw_repeat(const struct test_view *v, struct surface *s, int row, bool titled)
{
    char call[24] = DOT, hit[24] = DOT, ratio[32] = DOT;
    const struct repeat *r = &v->repeat;
    if (!titled) {
        int col = put(s, row, 1, LOOK_TEXT, "Repeat test");
        char first[200];
        snprintf(first, sizeof first, "\"%s\"", v->count ? v->rows[0].query : "");
        col = put_fit(s, row, col + 3, s->cols - 34, LOOK_TEXT, first);
        if (!r->done)
            put(s, row, s->cols - 22 > col ? s->cols - 22 : col + 1, LOOK_MUTED,
                "runs after the last");
    }
    if (r->done) {
        seconds_short(r->call_s, call);
        seconds_short(r->hit_s, hit);
        if (r->hit)
            snprintf(ratio, sizeof ratio, "%.0fx", r->ratio);
    }
    int step = s->cols >= 76 ? 25 : s->cols / 3;
    int col = put(s, row + 1, 3, LOOK_TEXT, "first call");
    put(s, row + 1, col + 2, LOOK_MEASURED, call);
    col = put(s, row + 1, 3 + step, LOOK_TEXT, "second call");
    put(s, row + 1, col + 2, LOOK_MEASURED, hit);
    col = put(s, row + 1, 3 + 2 * step, LOOK_TEXT, "speed-up");
    put(s, row + 1, col + 2, LOOK_MEASURED, ratio);
}

static void draw_answer_line(const struct test_view *v, struct surface *s, int row)
{
    if (!v->answer) {
        put_fit(s, row, 1, s->cols - 2, LOOK_MUTED, "No answer to this one yet");
        return;
    }
    int col = putf(s, row, 1, LOOK_TEXT, "Answer %d", v->list ? v->list->at + 1 : 1) + 3;
    put_fit(s, row, col, s->cols - 13 - col, LOOK_TEXT, v->answer);
    put_right(s, row, s->cols - 1, LOOK_MUTED, "Enter read");
}

/* --- the large frame ---------------------------------------------------------------------- */

static const char *const letters[LEVELS] = { "S", "M", "C" };

static int draw_matrix(const struct test_view *v, struct surface *s, int row)
{
    put_rule(s, row++, 0, s->cols, "Labels against routes", NULL);
    put(s, row++, 15, LOOK_MUTED, "routed S   routed M   routed C");
    for (int i = 0; i < LEVELS; i++, row++) {
        putf(s, row, 3, LOOK_TEXT, "label %s", letters[i]);
        for (int j = 0; j < LEVELS; j++) {
            look_t look = i == j ? LOOK_PASS : v->as[i][j] ? LOOK_FAIL : LOOK_MUTED;
            if (v->as[i][j])
                putf(s, row, 18 + 11 * j, look, "%d", v->as[i][j]);
            else
                put(s, row, 18 + 11 * j, LOOK_MUTED, DOT);
        }
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
    for (int i = 0; i < v->past_count; i++, row++) {
        const struct test_past *p = &v->past[i];
        seconds_short(p->seconds, seconds);
        int col = putf(s, row, 3, LOOK_TEXT, "%s   %zu of %zu   ", p->when, p->done, p->total);
        if (strcmp(p->state, "done") != 0) {
            put(s, row, col, LOOK_TEXT, p->state);
            continue;
        }
        if (p->labelled)
            col = putf(s, row, col, LOOK_TEXT, "agreement %zu of %zu   ", p->agreed, p->labelled);
        col = putf(s, row, col, LOOK_TEXT, "total %s   ", seconds);
        if (!isnan(p->ratio))
            putf(s, row, col, LOOK_TEXT, "repeat %.0fx", p->ratio);
    }
    return row;
}

static void draw_large(const struct test_view *v, struct surface *s, int row)
{
    char title[80];
    row = draw_matrix(v, s, row);
    int at = v->list ? v->list->at : 0;
    snprintf(title, sizeof title, "Row %d: why %s", at + 1,
             at < v->count && v->rows[at].level ? v->rows[at].level : "-");
    put_rule(s, row++, 0, s->cols, title, NULL);
    row += draw_why(v, s, row, 3) + 1;
    if (v->answer) {
        putf(s, row++, 3, LOOK_MUTED, "Answer%s%s", v->answer_by ? " " : "",
             v->answer_by ? v->answer_by : "");
        row += put_wrapped(s, row, 3, s->cols - 5, 2, LOOK_TEXT, v->answer);
        put_right(s, row++, s->cols - 1, LOOK_MUTED, "Enter read all");
    } else {
        put(s, row, 3, LOOK_MUTED, "No answer to this one yet");
        row += 2;
    }
    put_rule(s, row, 0, s->cols, "Repeat test", NULL);
    if (v->count)
        put_fit(s, row + 1, 3, s->cols - 30, LOOK_TEXT, v->rows[0].query);
    if (!v->repeat.done)
        put_right(s, row + 1, s->cols - 4, LOOK_MUTED, "runs after the last row");
    draw_repeat(v, s, row + 1, true);
    row += 3;
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
    int below = large ? 28 : s->rows >= 18 ? 9 : s->rows >= 12 ? 4 : 1;
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
        draw_why(v, s, row + 2, 2);
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
