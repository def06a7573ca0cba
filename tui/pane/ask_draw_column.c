/* One column of the Ask pane: who, in which state, the figures, thinking, answer. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/pane/action.h"
#include "tui/pane/ask.h"
#include "tui/screen/chart.h"

#define STATE_COLS 11 /* "◐ answering" */
#define HINT_COLS  8  /* "x stop" and its margin */
#define LONG_COLS  70 /* from here on figures of one row have long words */
#define LOAD_AT    20 /* where loading stands in the large window */
#define FIGURE     64 /* bytes of one figure with its words */

/* --- words ----------------------------------------------------------------------------------- */

static const struct {
    const char *words;
    look_t look;
} phases[] = {
    [PHASE_EMPTY] = { "", LOOK_MUTED },
    [PHASE_CHECKING] = { "◐ checking", LOOK_TEXT },
    [PHASE_ASKED] = { "◐ asked", LOOK_TEXT },
    [PHASE_LOADING] = { "◐ loading", LOOK_WARN },
    [PHASE_STARTED] = { "◐ started", LOOK_TEXT },
    [PHASE_THINKING] = { "◐ thinking", LOOK_TEXT },
    [PHASE_ANSWERING] = { "◐ answering", LOOK_TEXT },
    [PHASE_DONE] = { "✓ done", LOOK_PASS },
    [PHASE_CACHED] = { "✓ cached", LOOK_HIT },
    [PHASE_FALLBACK] = { "⚠ fallback", LOOK_WARN },
    [PHASE_CUT] = { "⚠ cut off", LOOK_WARN },
    [PHASE_STOPPED] = { "○ stopped", LOOK_MUTED },
    [PHASE_FAILED] = { "✗ failed", LOOK_FAIL },
};

const char *phase_words(enum ask_phase p)
{
    return phases[p].words;
}

look_t phase_look(enum ask_phase p)
{
    return phases[p].look;
}

const char *ask_seconds(double s, bool live, char ret[ASK_SECONDS])
{
    if (!isfinite(s))
        snprintf(ret, ASK_SECONDS, "-");
    else if (s < 0.0000005)
        snprintf(ret, ASK_SECONDS, "0.0 s");
    else if (s < 0.0000995)
        snprintf(ret, ASK_SECONDS, "%.0f us", s * 1e6);
    else if (s < 0.00995)
        snprintf(ret, ASK_SECONDS, "%.1f ms", s * 1e3);
    else if (s < 0.0995)
        snprintf(ret, ASK_SECONDS, "%.0f ms", s * 1e3);
    else if (s < 9.95 || (s < 99.95 && !live))
        snprintf(ret, ASK_SECONDS, "%.1f s", s);
    else if (s < 99.5)
        snprintf(ret, ASK_SECONDS, "%.0f s", s);
    else
        snprintf(ret, ASK_SECONDS, "%lld min %d s", (long long)s / 60, (int)((long long)s % 60));
    return ret;
}

static const char *about(enum kind_of_number kind)
{
    return kind == KIND_ESTIMATED ? "~" : "";
}

/* The key of an action, as the person has it. */
static const char *key_of(enum action a)
{
    const struct binding *b = binding_of(MAP_ASK, a);
    return b ? b->key : ":";
}

/* --- figures --------------------------------------------------------------------------------- */

/* Figures stand beside each other, three blanks apart; those that do not fit are left out. */
struct figures {
    struct surface *s;
    int row, col, end;
};

static void put_figure(struct figures *f, look_t look, const char *text)
{
    int cols = surface_width(f->s, text);
    if (f->col + cols > f->end)
        return;
    f->col = put(f->s, f->row, f->col, look, text) + 3;
}

static void put_rate(struct figures *f, const struct column_view *c)
{
    char text[FIGURE];
    if (!isfinite(c->rate))
        return;
    snprintf(text, sizeof text, c->rate < 4.95 ? "%s%.1f tok/s" : "%s%.0f tok/s",
             about(c->rate_kind), c->rate);
    put_figure(f, c->rate_kind == KIND_ESTIMATED ? LOOK_ESTIMATED : LOOK_MEASURED, text);
}

static void put_tokens(struct figures *f, const struct column_view *c)
{
    char text[FIGURE];
    if (c->tokens < 0)
        return;
    snprintf(text, sizeof text, "%s%lld tok", about(c->tokens_kind), (long long)c->tokens);
    put_figure(f, c->tokens_kind == KIND_ESTIMATED ? LOOK_ESTIMATED : LOOK_MEASURED, text);
}

static void put_seconds(struct figures *f, const char *words, double s, bool live)
{
    char text[FIGURE], time[ASK_SECONDS];
    snprintf(text, sizeof text, "%s %s", words, ask_seconds(s, live, time));
    put_figure(f, LOOK_MEASURED, text);
}

/* Before the first word there is no figure yet: what is waited for. */
static const char *waiting_words(const struct column_view *c, char ret[FIGURE])
{
    char last[ASK_SECONDS];
    switch (c->phase) {
    case PHASE_CHECKING:
        return "is it still the same model?";
    case PHASE_ASKED:
        return "the model is asked";
    case PHASE_LOADING:
        if (!isfinite(c->last_load_s))
            return "the server loads the model";
        snprintf(ret, FIGURE, "loads the model, last time %s",
                 ask_seconds(c->last_load_s, true, last));
        return ret;
    case PHASE_STARTED:
        return "the server answered, no word yet";
    default:
        return "no word came";
    }
}

static void put_speed(struct figures *f, const struct column_view *c, bool long_words)
{
    char text[FIGURE];
    if (c->phase == PHASE_CACHED) {
        put_seconds(f, "from the cache in", c->lookup_s, false);
        put_tokens(f, c);
    } else if (!isfinite(c->first_s)) {
        put_figure(f, LOOK_MUTED, waiting_words(c, text));
    } else {
        put_seconds(f, long_words ? "first word" : "first", c->first_s, false);
        put_rate(f, c);
        put_tokens(f, c);
    }
}

static void put_time(struct figures *f, const struct column_view *c)
{
    if (c->phase == PHASE_CACHED) {
        put_seconds(f, "the call took", c->original_s, false);
        if (isfinite(c->saved_s))
            put_seconds(f, "saved", c->saved_s, false);
        return;
    }
    put_seconds(f, phase_runs(c->phase) ? "so far" : "total", c->took_s, phase_runs(c->phase));
}

static void put_cost(struct figures *f, const struct column_view *c)
{
    char text[FIGURE];
    if (c->cost_kind == KIND_UNKNOWN || !isfinite(c->cost))
        return;
    snprintf(text, sizeof text, "cost %s%.4f", about(c->cost_kind), c->cost);
    put_figure(f, LOOK_TEXT, text);
}

/* --- head ------------------------------------------------------------------------------------- */

/* States of both columns stand at the same place, as far as the wider one lets them. */
static int state_col(const struct surface *s, const struct ask_layout *l)
{
    return (l->both ? l->inner - l->right_at : s->cols) - STATE_COLS;
}

static void draw_name(const struct column_view *c, struct surface *s, const struct ask_layout *l,
                      char letter, bool focused)
{
    int state_at = state_col(s, l), col = 1;
    const char *state = phase_words(c->phase);
    if (state_at + surface_width(s, state) > s->cols) /* the left one is a column narrower */
        state_at = s->cols - surface_width(s, state);
    if (letter) {
        if (focused)
            put(s, 0, 0, LOOK_TITLE, "▸");
        char name[2] = { letter, '\0' };
        col = put(s, 0, col, focused ? LOOK_TITLE : LOOK_TEXT, name) + 2;
    }
    if (c->role)
        col = put_fit(s, 0, col, state_at - col - 1, c->role_look, c->role) + 1;
    else if (letter && c->phase != PHASE_EMPTY)
        col = put_fit(s, 0, col, state_at - col - 1, LOOK_MUTED, "name hidden") + 1;
    if (c->model)
        col = put_fit(s, 0, col, state_at - col - 1, LOOK_TEXT, c->model) + 1;
    if (c->slowed)
        put_fit(s, 0, col, state_at - col - 1, LOOK_WARN, "SLOWED");
    if (s->cols > STATE_COLS + 4)
        put_fit(s, 0, state_at, s->cols - state_at, phase_look(c->phase), state);
    surface_cursor(s, 0, 0, false);
}

/* What can be done about it now: stop it, or give it more tokens. */
static bool has_hint(const struct column_view *c)
{
    return phase_runs(c->phase) || c->phase == PHASE_CUT;
}

static void draw_hint(struct surface *s, int row, const struct column_view *c)
{
    bool runs = phase_runs(c->phase);
    if (!has_hint(c) || s->cols < 3 * HINT_COLS)
        return;
    int col = put(s, row, s->cols - HINT_COLS, LOOK_KEY, key_of(runs ? ACT_STOP : ACT_MORE));
    put(s, row, col + 1, LOOK_TEXT, runs ? "stop" : "limit");
}

static void draw_pace(struct surface *s, int row, const struct column_view *c)
{
    if (c->pace_count == 0 || c->pace_high <= 0)
        return;
    int col = 1 + c->pace_count;
    chart_spark(s, row, 1, c->pace_count, LOOK_ESTIMATED, c->pace, (size_t)c->pace_count, 0,
                c->pace_high);
    put_fit(s, row, col + 2, s->cols - col - 2, LOOK_MUTED, "tok/s over time");
}

void column_draw_head(const struct column_view *c, struct surface *s, const struct ask_layout *l,
                      char letter, bool focused)
{
    draw_name(c, s, l, letter, focused);
    if (c->phase == PHASE_EMPTY || s->rows < 2)
        return;
    int hint = has_hint(c) ? HINT_COLS + 2 : 0;
    struct figures f = { s, 1, 1, s->cols };
    bool one_row = l->roomy || s->rows == 2;
    if (one_row)
        f.end -= hint;
    put_speed(&f, c, l->wide || (l->roomy && s->cols >= LONG_COLS));
    if (!one_row)
        f = (struct figures){ s, 2, 1, s->cols - hint };
    put_time(&f, c);
    if ((l->wide || l->roomy) && c->phase != PHASE_CACHED && isfinite(c->first_s)) {
        if (!one_row)
            f.col = f.col < LOAD_AT ? LOAD_AT : f.col;
        put_seconds(&f, "load", c->load_s, false);
        put_cost(&f, c);
    }
    draw_hint(s, one_row ? 1 : 2, c);
    if (l->wide)
        draw_pace(s, one_row ? 2 : 3, c);
}

/* --- notes and thinking ---------------------------------------------------------------------- */

static int draw_note(struct surface *s, int row, int rows, look_t look, const char *sign,
                     const char *text)
{
    if (rows <= 0)
        return 0;
    put(s, row, 1, look, sign);
    return put_wrapped(s, row, 3, s->cols - 4, rows, look, text);
}

static void draw_notes(const struct column_view *c, struct surface *s, int rows)
{
    int row = 0;
    if (c->failure)
        row += draw_note(s, row, rows - row > 4 ? 4 : rows - row, LOOK_FAIL, "✗", c->failure);
    if (c->advice)
        row += draw_note(s, row, rows - row > 2 ? 2 : rows - row, LOOK_TEXT, "→", c->advice);
    for (int i = 0; i < c->note_count; i++)
        row += draw_note(s, row, rows - row > 2 ? 2 : rows - row, LOOK_WARN, "⚠", c->notes[i]);
}

/* "▸ thought for 34 s, 312 tok    t show" */
static void draw_fold_line(const struct column_view *c, struct surface *s, int row)
{
    char text[120], time[ASK_SECONDS];
    snprintf(text, sizeof text, "%s %s for %s, %s%lld tok", c->fold == FOLD_LINE ? "▸" : "▾",
             c->thinks ? "thinking" : "thought", ask_seconds(c->thinking_s, true, time),
             about(c->split_kind), (long long)c->thinking_tokens);
    int hint_at = s->cols - HINT_COLS;
    put_fit(s, row, 1, hint_at - 2, LOOK_THINKING, text);
    int col = put(s, row, hint_at, LOOK_KEY, key_of(ACT_THINKING));
    put(s, row, col + 1, LOOK_TEXT, c->fold == FOLD_LINE ? "show" : "hide");
}

static void draw_thinking(const struct column_view *c, struct surface *s,
                          const struct column_layout *l)
{
    draw_fold_line(c, s, l->thinking_row - 1);
    if (c->fold == FOLD_LINE || !c->thinking)
        return;
    struct surface text = surface_part(s, l->thinking_row, 3, l->thinking_rows, s->cols - 5);
    if (text.rows > 0 && text.cols > 0)
        page_draw(c->thinking, &text);
    if (c->fold == FOLD_ALL)
        return;
    int row = l->thinking_row + l->thinking_rows;
    if (l->more_row) {
        char more[80];
        int hidden = page_rows(c->thinking, s->cols - 5, l->ascii) - l->thinking_rows;
        snprintf(more, sizeof more, "… %d more line%s, %s to read", hidden, hidden == 1 ? "" : "s",
                 key_of(ACT_ENTER));
        put_fit(s, row++, 3, s->cols - 4, LOOK_MUTED, more);
    }
    if (row < l->answer_row)
        put(s, row, 1, LOOK_THINKING, "▴ answer");
}

/* --- answer ----------------------------------------------------------------------------------- */

/* What stands below the end of a text, by how it ended. */
static void end_words(const struct column_view *c, const struct page *p, char *ret, size_t size)
{
    if (p == c->thinking)
        snprintf(ret, size, "── end of the thinking ──");
    else if (c->phase == PHASE_CUT && c->limit > 0)
        snprintf(ret, size, "── cut off at %lld tokens, %s raises it ──", (long long)c->limit,
                 key_of(ACT_MORE));
    else if (c->phase == PHASE_CUT)
        snprintf(ret, size, "── cut off at its token limit ──");
    else if (c->phase == PHASE_STOPPED)
        snprintf(ret, size, "── stopped ──");
    else if (c->phase == PHASE_FAILED)
        snprintf(ret, size, "── broke off ──");
    else
        snprintf(ret, size, "── end ──");
}

static void draw_foot(const struct column_view *c, struct surface *s, struct page *p, int top,
                      int rows, bool gap)
{
    char text[120];
    int below = page_below(p, rows), last = top + rows;
    if (below > 0) {
        snprintf(text, sizeof text, "↓ %d below, %s %s", below, key_of(ACT_BOTTOM),
                 phase_runs(c->phase) ? "follow" : "end");
        put_right(s, last, s->cols, LOOK_TITLE, text);
        return;
    }
    if (!phase_ended(c->phase))
        return;
    int all = page_rows(p, s->cols - 3, surface_ascii(s));
    int row = top + all + (gap && all < rows);
    end_words(c, p, text, sizeof text);
    put_fit(s, row < last ? row : last, 1, s->cols - 1, LOOK_MUTED, text);
}

/* The place where an answer grows: the cell after its last letter. */
static void mark_growth(struct surface *s)
{
    for (int row = s->rows - 1; row >= 0; row--) {
        for (int col = s->cols - 1; col >= 0; col--) {
            int r = s->top + row, x = s->left + col;
            if (r >= s->grid->rows || x >= s->grid->cols)
                continue;
            const struct cell *c = &s->grid->cells[r * s->grid->cols + x];
            if (c->cols && !c->text[0])
                continue;
            if (col + 1 < s->cols)
                put(s, row, col + 1, LOOK_MUTED, "▁");
            return;
        }
    }
}

static void draw_answer(const struct column_view *c, struct surface *s,
                        const struct column_layout *l, bool gap)
{
    struct surface text = surface_part(s, l->answer_row, 1, l->answer_rows, s->cols - 3);
    if (text.rows <= 0 || text.cols <= 0 || !c->answer)
        return;
    page_draw(c->answer, &text);
    if (c->phase == PHASE_ANSWERING && page_below(c->answer, text.rows) == 0)
        mark_growth(&text);
    if (l->foot)
        draw_foot(c, s, c->answer, l->answer_row, l->answer_rows, gap);
}

void column_draw_text(const struct column_view *c, struct surface *s, const struct ask_layout *l)
{
    if (c->phase == PHASE_EMPTY || s->rows <= 0 || s->cols < 4)
        return;
    struct column_layout at = column_layout_of(c, s->rows, s->cols, surface_ascii(s), l->wide);
    surface_cursor(s, 0, 0, false);
    draw_notes(c, s, at.note_rows);
    if (c->has_thinking)
        draw_thinking(c, s, &at);
    if (c->fold == FOLD_ALL && c->has_thinking) {
        if (at.foot)
            draw_foot(c, s, c->thinking, at.thinking_row, at.thinking_rows, false);
        return;
    }
    draw_answer(c, s, &at, l->wide);
}
