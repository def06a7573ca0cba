/* Drawing the lower half of Setup: the checks, what to do, a line explained (setup_shape.h). */
#include "tui/pane/setup_shape.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "tui/screen/chart.h"

/* --- the checks ---------------------------------------------------------------------------- */

static const char *state_sign(enum checkup_state state, look_t *ret_look)
{
    static const struct {
        const char *sign;
        look_t look;
    } signs[] = {
        [CHECKUP_WAITS] = { DOT_SMALL, LOOK_MUTED }, [CHECKUP_RUNNING] = { DOT_HALF, LOOK_WARN },
        [CHECKUP_OK] = { TICK, LOOK_PASS },          [CHECKUP_FAILED] = { CROSS, LOOK_FAIL },
        [CHECKUP_UNKNOWN] = { "?", LOOK_WARN },
    };
    *ret_look = signs[state].look;
    return signs[state].sign;
}

static const char *check_words(const struct setup_view *v, enum checkup_id id)
{
    enum checkup_state state = v->checks[id].state;
    bool over = state == CHECKUP_OK || state == CHECKUP_FAILED;
    return id == CHECKUP_LOADING && !over ? "reasoning model loading" : checkup_what(id);
}

/* What stands in place of a finding that is not there yet. */
static const char *waiting_words(const struct setup_view *v, enum checkup_id id)
{
    if (!v->checking)
        return "not checked yet";
    return id > 0 && v->checks[id - 1].state == CHECKUP_RUNNING ? "waits for the line above"
                                                                : "waits";
}

static void put_running(const struct setup_view *v, struct surface *s, int row, int col,
                        const struct checkup_line *l)
{
    double so_far = clock_seconds(v->now_ns - l->started_ns);
    bool last = isfinite(l->last_s), large = setup_is_large(s), narrow = s->cols < 76;
    col = putf(s, row, col, LOOK_TEXT, narrow ? "%.0f s" : "%.0f s so far", floor(so_far));
    if (last)
        col = putf(s, row, col, LOOK_MUTED, "%slast time %.0f s", large || narrow ? ", " : "   ",
                   l->last_s);
    if (large && last)
        col = 75;
    if (col + 10 > s->cols)
        return;
    put(s, row, col + 3, LOOK_KEY, "^C");
    put(s, row, col + 6, LOOK_TEXT, "stop");
}

/* Terminal and copying share a row where rows are dear. */
static void put_terminal(const struct setup_view *v, struct surface *s, int row, int found)
{
    const struct checkup_line *t = &v->checks[CHECKUP_TERMINAL], *c = &v->checks[CHECKUP_COPY];
    const char *end = strstr(c->text, " (");
    char text[300];
    snprintf(text, sizeof text, "terminal: %s", *t->text ? t->text : waiting_words(v, 0));
    put_fit(s, row, 4, found - 5, LOOK_TEXT, text);
    if (*c->text) {
        snprintf(text, sizeof text, "copy via %.*s", end ? (int)(end - c->text) : 200, c->text);
        put_fit(s, row, found, s->cols - found, LOOK_TEXT, text);
    }
}

/* Its sign says already what could not be checked. */
static void put_found(struct surface *s, int row, int col, const char *text)
{
    static const char sign_says[] = "could not be checked: ";
    size_t len = sizeof sign_says - 1;
    if (surface_width(s, text) > s->cols - col && strncmp(text, sign_says, len) == 0)
        text += len;
    put_fit(s, row, col, s->cols - col, LOOK_TEXT, text);
}

static void draw_check(const struct setup_view *v, struct surface *s, int row, enum checkup_id id)
{
    const struct checkup_line *l = &v->checks[id];
    bool chosen = v->part == SETUP_CHECKS && (int)id == v->check_list->at,
         large = setup_is_large(s);
    int found = large ? 44 : s->cols >= 76 ? 42 : 34;
    look_t look;
    const char *sign = state_sign(l->state, &look);
    put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
    put(s, row, 2, look, sign);
    if (chosen)
        surface_cursor(s, row, 1, false);
    if (id == CHECKUP_TERMINAL && !large) {
        put_terminal(v, s, row, found);
        return;
    }
    put_fit(s, row, 4, found - 5, LOOK_TEXT, check_words(v, id));
    if (l->state == CHECKUP_RUNNING)
        put_running(v, s, row, found, l);
    else if (l->state == CHECKUP_WAITS)
        put_fit(s, row, found, s->cols - found, LOOK_MUTED, waiting_words(v, id));
    else
        put_found(s, row, found, l->text);
}

static void draw_progress(const struct setup_view *v, struct surface *s, int row,
                          const struct checkup_line *l)
{
    double share = clock_seconds(v->now_ns - l->started_ns) / l->last_s;
    chart_track(s, row, 4, 49, LOOK_TEXT, share < 1 ? share : 1, 1);
    if (share < 1)
        putf(s, row, 56, LOOK_MUTED, "%.0f%% of last time", floor(share * 100));
    else
        put(s, row, 56, LOOK_MUTED, "longer than last time");
}

/* Copying has no row of its own in small frames. */
int setup_draw_checks(const struct setup_view *v, struct surface *s, int row, int rows)
{
    int top = 0, count = setup_is_large(s) ? CHECKUPS : CHECKUPS - 1, at = row;
    int wanted = v->part == SETUP_CHECKS ? v->check_list->at : 0;
    if (wanted >= count)
        wanted = count - 1;
    if (wanted >= rows)
        top = wanted - rows + 1;
    for (int i = top; i < count && at < row + rows; i++) {
        const struct checkup_line *l = &v->checks[i];
        draw_check(v, s, at++, (enum checkup_id)i);
        bool long_one = l->state == CHECKUP_RUNNING && l->last_s > 2;
        if (long_one && setup_is_large(s) && at < row + rows)
            draw_progress(v, s, at++, l);
    }
    return at - row;
}

/* --- what to do ---------------------------------------------------------------------------- */

static int put_keys(struct surface *s, int row, int col, const char *key, const char *words)
{
    if (col + 1 + (int)strlen(key) + (int)strlen(words) > s->cols)
        return col;
    col = put(s, row, col, LOOK_KEY, key);
    return put(s, row, col + 1, LOOK_TEXT, words);
}

static const char *d_words(const struct setup_view *v)
{
    return v->forced_in ? "look for servers again" : "use the built-in models";
}

void setup_draw_bottom(const struct setup_view *v, struct surface *s, int row)
{
    int col = 1;
    if (v->down) {
        col = put(s, row, col, LOOK_FAIL, "No server.") + 1;
        col = put_keys(s, row, col, "R", "retry") + 3;
        col = put_keys(s, row, col, "e", "its address") + 3;
        if (!v->built_in)
            col = put_keys(s, row, col, "d", d_words(v)) + 3;
        if (v->start && col + 5 + (int)strlen(v->start) <= s->cols)
            putf(s, row, col, LOOK_TEXT, "or: %s", v->start);
        return;
    }
    col = put(s, row, col, LOOK_MUTED, "Something wrong?") + 2;
    col = put_keys(s, row, col, "R", "re-check") + 3;
    if (v->forced_in || !v->built_in)
        col = put_keys(s, row, col, "d", d_words(v)) + 4;
    else
        col = put_keys(s, row, col, "e", "name a model server") + 4;
    put_keys(s, row, col, "y", "copy this report");
}

void setup_draw_down(const struct setup_view *v, struct surface *s, int row)
{
    char text[300];
    put_rule(s, row, 0, s->cols, "No model server", NULL);
    put(s, row + 1, 2, LOOK_FAIL, CROSS);
    snprintf(text, sizeof text, "No answer from the model server (%s)", v->down);
    put_fit(s, row + 1, 4, s->cols - 5, LOOK_TEXT, text);
    putf(s, row + 2, 4, LOOK_TEXT, "Do:   start it, for example:  %s",
         v->start ? v->start : "ollama serve");
    put(s, row + 3, 4, LOOK_TEXT, "Or:   ");
    put(s, row + 3, 10, LOOK_KEY, v->built_in ? " " : "d");
    put(s, row + 3, v->built_in ? 10 : 13, LOOK_TEXT,
        v->built_in ? "go on with the built-in models: small, real, and they answer now"
                    : "the built-in models: small, real, and no server needed");
    int col = put(s, row + 4, 4, LOOK_TEXT, "Keys: ");
    col = put_keys(s, row + 4, col, "R", "retry") + 3;
    col = put_keys(s, row + 4, col, "e", "edit address") + 3;
    put_keys(s, row + 4, col, "y", "copy the full error");
}

void setup_draw_explain(const struct setup_view *v, struct surface *s, int row, int rows)
{
    surface_blank(s, row, 0, rows, s->cols);
    put_rule(s, row, 0, s->cols, v->explain_title, "Enter closes");
    put_wrapped(s, row + 1, 2, s->cols - 4, rows - 1, LOOK_TEXT, v->explain);
}
