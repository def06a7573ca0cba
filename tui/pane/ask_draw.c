/* The Ask pane as a whole: prompt, route, rules, columns, bars, judgement. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/pane/action.h"
#include "tui/pane/ask.h"
#include "tui/screen/chart.h"

#define LINE "─"

static const char *key_of(enum action a)
{
    const struct binding *b = binding_of(MAP_ASK, a);
    return b ? b->key : ":";
}

/* --- prompt and route --------------------------------------------------------------------------- */

static const char *const modes[ASK_MODES] = { "AUTO", "FAST", "REASON", "COMPARE" };
static const char *const levels[LEVELS] = { "SIMPLE", "MODERATE", "COMPLEX" };
static const look_t level_looks[LEVELS] = { LOOK_SIMPLE, LOOK_MODERATE, LOOK_COMPLEX };

static void draw_prompt(const struct ask_view *v, struct surface *s, const struct ask_layout *l)
{
    put(s, 0, 1, LOOK_TEXT, "Prompt");
    if (v->field)
        field_draw(v->field, s, 0, 8, s->cols - 8, l->prompt_rows, v->focused, v->hint);
}

/* " score 3 MODERATE → alone: FAST with CoT" */
static int draw_route(const struct ask_view *v, struct surface *s, int row, bool wide)
{
    if (!v->scored)
        return put(s, row, 1, LOOK_MUTED, v->too_long ? "scored when sent" : "no score yet");
    int col = putf(s, row, 1, LOOK_TEXT, "score %d ", v->score);
    col = put(s, row, col, level_looks[v->level], levels[v->level]);
    const char *between = v->mode == MODE_AUTO      ? " → "
                          : v->mode != MODE_COMPARE ? ", chosen: "
                          : wide                    ? " → alone this goes to "
                                                    : " → alone: ";
    col = put(s, row, col, LOOK_TEXT, between);
    bool fast = v->role == ROLE_FAST;
    col = put(s, row, col, fast ? LOOK_FAST : LOOK_REASONING, fast ? "FAST" : "REASON");
    const char *cot = wide ? " + CoT" : " with CoT";
    if (!v->cot || col + surface_width(s, cot) > s->cols)
        return col;
    return put(s, row, col, LOOK_TEXT, cot);
}

/* What the next question is asked with stands at the right; what does not fit goes from its end. */
static void draw_settings(const struct ask_view *v, struct surface *s, int row, int col, bool wide)
{
    static const char *const caches[] = { "cache on", "cache passed by", "cache not read" };
    char view[32], temperature[32] = "temp -";
    snprintf(view, sizeof view, "view %s", modes[v->mode]);
    if (isfinite(v->temperature))
        snprintf(temperature, sizeof temperature, wide ? "temp %.1f" : "temp %g", v->temperature);
    const char *parts[] = { view, caches[v->cache], temperature };
    int end = s->cols - (wide ? 1 : 0), first = wide ? 4 : 5, gap = 3, all = col + first;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        all += surface_width(s, parts[i]) + (i ? gap : 0);
    if (all > end)
        first = gap = 2;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        col += i ? gap : first;
        if (col + surface_width(s, parts[i]) > end)
            return;
        col = put(s, row, col, LOOK_TEXT, parts[i]);
    }
}

/* --- columns -------------------------------------------------------------------------------------- */

static const char *letter_of(int at)
{
    return at ? "B" : "A";
}

/* The prompt is another question by now: the rule above the answers says whose they are. */
static void draw_of(const struct ask_view *v, struct surface *s, int row, int col, int end)
{
    if (!v->of || end - col < 24)
        return;
    col = put(s, row, col, LOOK_WARN, " answer to: ");
    col = put_fit(s, row, col, end - 1 - col, LOOK_TEXT, v->of);
    put(s, row, col, LOOK_TEXT, " ");
}

/* Where only one column of a compare is seen, the rule tells of both. */
static void draw_switch(const struct ask_view *v, struct surface *s, const struct ask_layout *l)
{
    char title[120], right[40];
    int used = 0;
    for (int i = 0; i < 2; i++) {
        const char *state =
            v->column[i].phase == PHASE_EMPTY ? "-" : phase_words(v->column[i].phase);
        used += snprintf(title + used, sizeof title - (size_t)used,
                         i == v->focus ? "[%s %s]" : " %s %s ", letter_of(i), state);
    }
    snprintf(right, sizeof right, "%s other", key_of(ACT_PART_NEXT));
    put_rule(s, l->rule_row, 0, l->inner, title, right);
    draw_of(v, s, l->rule_row, 3 + surface_width(s, title) + 2,
            l->inner - surface_width(s, right) - 6);
}

static void draw_rule(struct surface *s, const struct ask_layout *l, int row, const char *cross)
{
    if (row < 0)
        return;
    put_fill(s, row, 0, l->inner, LOOK_MUTED, LINE);
    if (l->both)
        put(s, row, l->left, LOOK_MUTED, cross);
}

static void draw_column(const struct ask_view *v, struct surface *s, const struct ask_layout *l,
                        int at)
{
    const struct column_view *c = &v->column[at];
    int from = at && l->both ? l->right_at : 0, cols = ask_column_cols(l, at);
    struct surface head = surface_part(s, l->head_row, from, l->head_rows, cols);
    struct surface text = surface_part(s, l->text_row, from, l->text_rows, cols);
    if (head.rows > 0)
        column_draw_head(c, &head, l, v->two ? *letter_of(at) : '\0', l->both && v->focus == at);
    if (text.rows > 0)
        column_draw_text(c, &text, l);
}

/* The one with the focus comes last, since the cursor stays where it was put last. */
static void draw_columns(const struct ask_view *v, struct surface *s, const struct ask_layout *l)
{
    if (v->two && !l->both && l->rule_row >= 0) {
        draw_switch(v, s, l);
    } else if (l->rule_row >= 0) {
        draw_rule(s, l, l->rule_row, "┬");
        draw_of(v, s, l->rule_row, 2, l->inner - 2);
    }
    draw_rule(s, l, l->head_rule_row, "┼");
    draw_rule(s, l, l->foot_rule_row, "┴");
    if (l->both) {
        put_down(s, l->head_row, l->left, l->head_rows, LOOK_MUTED, "│");
        put_down(s, l->text_row, l->left, l->text_rows, LOOK_MUTED, "│");
        draw_column(v, s, l, !v->focus);
    }
    draw_column(v, s, l, v->two ? v->focus : 0);
}

/* --- bars of a compare --------------------------------------------------------------------------- */

#define BAR_A  11 /* where the bars of A and B begin */
#define BAR_B  33
#define B_MOST 42

/* Columns a bar of A may take with so many of words behind it. */
static int room_of_a(int words)
{
    int room = BAR_B - 3 - BAR_A - words - 1;
    return room > 1 ? room : 1;
}

/* Both bars of a row have one scale, units a column: the largest at which each has room. */
static double scale_of(double a, double b, int a_room, int b_room)
{
    double per_a = isfinite(a) && a > 0 ? a / a_room : 0;
    double per_b = isfinite(b) && b > 0 ? b / b_room : 0;
    return fmax(per_a, per_b);
}

/* A bar with its figure behind it; `scale` 0: nothing to draw. */
static int draw_bar(struct surface *s, int row, int col, look_t look, double value, double scale,
                    const char *figure)
{
    if (scale > 0 && isfinite(value) && value > 0) {
        int room = (int)ceil(value / scale);
        col = chart_bar(s, row, col, room, look, value, scale * room) + 1;
    }
    return put(s, row, col, LOOK_TEXT, figure);
}

static void draw_bar_names(struct surface *s, int row, const char *what)
{
    put(s, row, 1, LOOK_TEXT, what);
    put(s, row, BAR_A - 2, LOOK_TEXT, "A");
    put(s, row, BAR_B - 2, LOOK_TEXT, "B");
}

static look_t bar_look(const struct column_view *c)
{
    return c->role ? c->role_look : LOOK_TEXT;
}

static void draw_times(const struct ask_view *v, struct surface *s, int row)
{
    char figure[2][ASK_SECONDS + 8];
    for (int i = 0; i < 2; i++) {
        char time[ASK_SECONDS];
        bool runs = phase_runs(v->column[i].phase);
        snprintf(figure[i], sizeof figure[i], runs ? "%s …" : "%s",
                 ask_seconds(v->column[i].took_s, runs, time));
    }
    double scale = scale_of(v->column[0].took_s, v->column[1].took_s,
                            room_of_a(surface_width(s, figure[0])), B_MOST);
    draw_bar_names(s, row, "Time");
    for (int i = 0; i < 2; i++)
        draw_bar(s, row, i ? BAR_B : BAR_A, bar_look(&v->column[i]), v->column[i].took_s, scale,
                 figure[i]);
}

static double known(int64_t count)
{
    return count < 0 ? NAN : (double)count;
}

/* Thinking and answer apart where there is thinking and nothing is hidden. */
static bool parts_shown(const struct ask_view *v, const struct column_view *c)
{
    return c->thinking_tokens > 0 && c->answer_tokens >= 0 && !v->hidden;
}

/* "thinking 312 ███ answer 98" where there is room for words in the row, one bar otherwise. */
static void draw_token_bar(struct surface *s, int row, int col, const struct column_view *c,
                           double scale, bool parts)
{
    char figure[80];
    const char *sign = (parts ? c->split_kind : c->tokens_kind) == KIND_ESTIMATED ? "~" : "";
    if (c->tokens < 0) {
        put(s, row, col, LOOK_MUTED, "-");
        return;
    }
    if (parts) {
        snprintf(figure, sizeof figure, "thinking %s%lld ", sign, (long long)c->thinking_tokens);
        col = draw_bar(s, row, col, LOOK_THINKING, known(c->thinking_tokens), scale, figure);
        snprintf(figure, sizeof figure, "answer %s%lld", sign, (long long)c->answer_tokens);
    } else {
        snprintf(figure, sizeof figure, "%s%lld", sign, (long long)c->tokens);
    }
    draw_bar(s, row, col, bar_look(c), known(parts ? c->answer_tokens : c->tokens), scale, figure);
}

static void draw_tokens(const struct ask_view *v, struct surface *s, int row)
{
    const struct column_view *a = &v->column[0], *b = &v->column[1];
    bool parts = parts_shown(v, b);
    int room = s->cols - BAR_B - (parts ? 26 : 8);
    double scale = scale_of(known(a->tokens), known(b->tokens), room_of_a(5), room > 8 ? room : 8);
    draw_bar_names(s, row, "Tokens");
    draw_token_bar(s, row, BAR_A, a, scale, false);
    draw_token_bar(s, row, BAR_B, b, scale, parts);
}

static double without_load(const struct column_view *c)
{
    return isfinite(c->load_s) ? c->took_s - c->load_s : c->took_s;
}

static void put_ratio(char *ret, size_t size, double ratio)
{
    snprintf(ret, size, ratio < 9.95 ? "%.1fx" : "%.0fx", ratio);
}

/* "14x the time, 3.2x the tokens": of the reasoning side against the other, loading left out. */
static void draw_price(const struct ask_view *v, struct surface *s, int row)
{
    int col = put(s, row, 1, LOOK_TEXT, "Price of the extra thinking: ");
    const struct column_view *a = &v->column[0], *b = &v->column[1];
    bool left = a->role && a->role_look == LOOK_REASONING;
    const struct column_view *slow = left ? a : b, *quick = left ? b : a;
    char time[24], tokens[24];
    if (v->hidden) {
        put_fit(s, row, col, s->cols - col, LOOK_MUTED, "told once you have judged");
        return;
    }
    if (slow->slowed || quick->slowed) {
        put_fit(s, row, col, s->cols - col, LOOK_MUTED, "slowed calls say nothing of it");
        return;
    }
    if (!isfinite(slow->first_s) || !isfinite(quick->first_s) || without_load(quick) <= 0) {
        put_fit(s, row, col, s->cols - col, LOOK_MUTED, "-");
        return;
    }
    put_ratio(time, sizeof time, without_load(slow) / without_load(quick));
    col = putf(s, row, col, LOOK_TEXT, "%s the time", time);
    if (slow->tokens > 0 && quick->tokens > 0) {
        put_ratio(tokens, sizeof tokens, (double)slow->tokens / (double)quick->tokens);
        col = putf(s, row, col, LOOK_TEXT, ", %s the tokens", tokens);
    }
    bool runs = phase_runs(slow->phase) || phase_runs(quick->phase);
    if (runs)
        col = put(s, row, col, LOOK_TEXT, " so far");
    if (slow->load_s > COLD_LOAD_S || quick->load_s > COLD_LOAD_S)
        put_fit(s, row, col, s->cols - col, LOOK_MUTED, ", loading left out");
}

/* --- judging --------------------------------------------------------------------------------------- */

static int draw_choice(struct surface *s, int row, int col, enum action a, const char *words)
{
    col = put(s, row, col, LOOK_KEY, key_of(a)) + 1;
    return put(s, row, col, LOOK_TEXT, words);
}

static void draw_judged(const struct ask_view *v, struct surface *s, int row)
{
    int col = putf(s, row, 1, LOOK_TEXT, "You judged: %s", v->judged) + 5;
    if (v->keeps)
        put_fit(s, row, col, s->cols - col, LOOK_MUTED, "the names are shown, so it stays");
    else if (col + 14 < s->cols)
        draw_choice(s, row, col, ACT_UNDO, "takes it back");
}

static void draw_judge(const struct ask_view *v, struct surface *s, int row, bool wide)
{
    static const struct {
        enum action act;
        const char *words;
    } choices[] = {
        { ACT_JUDGE_LEFT, "left" },
        { ACT_JUDGE_RIGHT, "right" },
        { ACT_JUDGE_SAME, "same" },
        { ACT_JUDGE_WRONG, "both wrong" },
    };
    if (v->judged) {
        draw_judged(v, s, row);
        return;
    }
    int col = put(s, row, 1, LOOK_TEXT, "Better?") + 2;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        col = draw_choice(s, row, col, choices[i].act, choices[i].words) + (wide ? 3 : 2);
    const char *why = v->waits
                          ? (wide ? "waits until both have finished" : "waits until both finish")
                      : v->judge_off ? v->judge_off
                      : v->hidden    ? "names come after it"
                                     : "";
    col += wide ? 4 : 3;
    if (v->waits && col + surface_width(s, why) > s->cols)
        why = "waits";
    if (col + surface_width(s, why) <= s->cols) /* the key itself says it too */
        put(s, row, col, LOOK_MUTED, why);
}

static void draw_before(const struct ask_view *v, struct surface *s, int row)
{
    if (!v->has_before)
        return;
    int64_t all = v->better[0] + v->better[1] + v->same + v->both_wrong;
    if (all == 0) {
        put(s, row, 1, LOOK_MUTED, "Before this: nothing was judged yet");
        return;
    }
    int col = putf(s, row, 1, LOOK_TEXT, "Before this: %lld comparison%s", (long long)all,
                   all == 1 ? "" : "s");
    for (int i = 0; i < 2; i++)
        col = putf(s, row, col + 3, LOOK_TEXT, "%s better %lld", v->names[i],
                   (long long)v->better[i]);
    putf(s, row, col + 3, LOOK_TEXT, "same %lld   both wrong %lld", (long long)v->same,
         (long long)v->both_wrong);
}

/* --- all of it --------------------------------------------------------------------------------------- */

static bool nothing_asked(const struct ask_view *v)
{
    return v->column[0].phase == PHASE_EMPTY && (!v->two || v->column[1].phase == PHASE_EMPTY);
}

static void draw_help(const struct ask_view *v, struct surface *s, const struct ask_layout *l)
{
    int row = l->head_row + 1, rows = l->text_row + l->text_rows - row;
    if (v->help && rows > 0)
        put_wrapped(s, row, 1, s->cols - 2, rows, LOOK_MUTED, v->help);
}

void ask_draw(const struct ask_view *v, struct surface *s)
{
    struct ask_layout l = ask_layout_of(v, s->rows, s->cols);
    surface_cursor(s, 0, 0, false);
    if (l.score_row >= 0) {
        int col = draw_route(v, s, l.score_row, l.wide);
        draw_settings(v, s, l.score_row, col, l.wide);
    }
    if (nothing_asked(v)) {
        draw_rule(s, &(struct ask_layout){ .inner = l.inner }, l.rule_row, "");
        draw_help(v, s, &l);
    } else {
        draw_columns(v, s, &l);
        if (l.bars_row >= 0) {
            draw_times(v, s, l.bars_row);
            draw_tokens(v, s, l.bars_row + 1);
            draw_price(v, s, l.bars_row + 2);
            draw_before(v, s, l.before_row);
        }
        if (l.judge_row >= 0)
            draw_judge(v, s, l.judge_row, l.wide);
    }
    /* The prompt is drawn last where it has the keyboard: the cursor is there. */
    int row = s->grid->cursor_row, col = s->grid->cursor_col;
    bool shown = s->grid->cursor_shown;
    draw_prompt(v, s, &l);
    if (!v->focused && !nothing_asked(v)) {
        s->grid->cursor_row = row;
        s->grid->cursor_col = col;
        s->grid->cursor_shown = shown;
    }
}
