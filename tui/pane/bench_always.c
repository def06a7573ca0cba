/* The blocks of the Bench pane that need explaining: against always-reasoning, and the thinking
 * budget. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/pane/bench.h"
#include "tui/screen/chart.h"

/* --- against always-reasoning ------------------------------------------------------------- */

static int bar_row(struct surface *s, int row, const char *name, double v, double max, look_t look,
                   const char *kind)
{
    char text[BENCH_SECONDS];
    int bar = s->cols - 46;
    put(s, row, 3, LOOK_TEXT, name);
    if (bar > 4)
        chart_bar(s, row, 18, bar, look, v, max);
    put_right(s, row, s->cols - 15, look, bench_seconds(v, text));
    put(s, row, s->cols - 13, look, kind);
    return row + 1;
}

static int draw_saving(struct surface *s, int row, const char *name, const struct saving *w,
                       double max, look_t look)
{
    if (w->kind == KIND_UNKNOWN)
        return row;
    return bar_row(s, row, name, w->always_s, max, look, kind_name(w->kind));
}

/* On the scale of the bars above it: the same seconds are the same length everywhere. */
static int draw_split(const struct always *a, struct surface *s, int row, double max)
{
    char saved[BENCH_SECONDS], routing[BENCH_SECONDS], cache[BENCH_SECONDS];
    if (a->split.kind == KIND_UNKNOWN)
        return row;
    const struct chart_part parts[] = {
        { a->spent_s, "\xE2\x96\x88", "#", LOOK_MEASURED },
        { fmax(a->by_routing_s, 0), "\xE2\x96\x92", "r", LOOK_ESTIMATED },
        { fmax(a->by_cache_s + a->by_sharing_s, 0), "\xE2\x96\x91", "c", LOOK_ESTIMATED },
    };
    put(s, row, 3, LOOK_TEXT, "stacked");
    int col = chart_stacked(s, row, 18, s->cols - 46 > 4 ? s->cols - 46 : 4, parts, 3, max);
    put_fit(s, row, col + 2, s->cols - col - 3, LOOK_MUTED, "pipeline, routing, cache");
    row++;
    char text[160];
    snprintf(text, sizeof text, "saved %s (%.0f%%) = routing %s + cache %s, estimated",
             bench_seconds(a->split.saved_s, saved), 100 * a->split.share,
             bench_seconds(a->by_routing_s, routing),
             bench_seconds(a->by_cache_s + a->by_sharing_s, cache));
    return row + put_wrapped(s, row, 3, s->cols - 3, 2, LOOK_ESTIMATED, text);
}

int bench_draw_always(const struct bench_view *v, struct surface *s, int row)
{
    const struct always *a = &v->sum->always;
    char rule[BENCH_SECONDS];
    double max = a->spent_s;
    if (a->split.kind != KIND_UNKNOWN && a->split.always_s > max)
        max = a->split.always_s;
    /* The rule of thumb has a sentence and no bar: it has no say in how long the bars are. */
    const struct saving *bars[] = { &a->measured, &a->projected };
    if (!a->calls) {
        put(s, row, 3, LOOK_MUTED, "no model call in this run, so nothing to hold against it");
        return row + 1;
    }
    for (int i = 0; i < 2; i++)
        if (bars[i]->kind != KIND_UNKNOWN && bars[i]->always_s > max)
            max = bars[i]->always_s;
    row = bar_row(s, row, "pipeline", a->spent_s, max, LOOK_MEASURED, "measured");
    row = draw_saving(s, row, "always R", &a->measured, max, LOOK_MEASURED);
    row = draw_saving(s, row, "always R", &a->projected, max, LOOK_ESTIMATED);
    row = draw_split(a, s, row, max);
    char text[160];
    snprintf(text, sizeof text,
             "rule of thumb: %zu model call%s x %.1f s = %s, so \"savings\" %+.0f%%, estimated",
             a->calls, a->calls == 1 ? "" : "s", RULE_REASONING_CALL_S,
             bench_seconds(a->rule.always_s, rule), 100 * a->rule.share);
    row += put_wrapped(s, row, 3, s->cols - 3, 2, LOOK_ESTIMATED, text);
    if (a->measured.kind == KIND_UNKNOWN) {
        row += put_wrapped(s, row, 3, s->cols - 4, 2, LOOK_MUTED,
                           a->reasoning_calls
                               ? "Projected: every question at the mean of this run's reasoning "
                                 "calls. a measures it: each query asked of the reasoning model."
                               : "This run made no reasoning call to project from. a measures "
                                 "it: each query asked of the reasoning model.");
    } else {
        struct buf words = buf_with_max(4096);
        paired_sentence(&a->pairs, "always-reasoning", "the pipeline", &words);
        row += put_wrapped(s, row, 3, s->cols - 4, 3, LOOK_TEXT, buf_text(&words));
        buf_done(&words);
    }
    return row;
}

/* --- the thinking budget ------------------------------------------------------------------ */

static void line_name(int line, char ret[24])
{
    if (line == BUDGET_LINE_FAST)
        snprintf(ret, 24, "fast");
    else if (line == BUDGET_LINE_FREE)
        snprintf(ret, 24, "reason, free");
    else
        snprintf(ret, 24, "reason, %d", line);
}

/* "98 (±4)": the share of right answers and half its interval, in percent. */
static void put_share(struct surface *s, int row, int end, const struct budget_figure *f)
{
    char text[24];
    if (!f) {
        put_right(s, row, end, LOOK_MUTED, "\xC2\xB7");
        return;
    }
    double half = 50 * (f->share.high - f->share.low);
    snprintf(text, sizeof text, "%.0f\xC2\xB1%.0f", 100 * f->share.estimate, half);
    put_right(s, row, end,
              f->share.estimate >= 0.9   ? LOOK_PASS
              : f->share.estimate <= 0.2 ? LOOK_FAIL
                                         : LOOK_MEASURED,
              text);
}

static int draw_votes(const struct bench_view *v, struct surface *s, int row)
{
    put(s, row, 3, LOOK_MUTED, "votes, T 0.8");
    for (size_t i = 0; i < budget_vote_step_count; i++) {
        char text[24];
        snprintf(text, sizeof text, "%d steps", budget_vote_steps[i]);
        put_right(s, row, 25 + 10 * (int)i, LOOK_MUTED, text);
    }
    row++;
    put(s, row, 3, LOOK_TEXT, "one careful");
    for (size_t i = 0; i < budget_vote_step_count; i++)
        put_share(s, row, 25 + 10 * (int)i,
                  budget_vote_at(v->budget, BUDGET_CAREFUL, 1, budget_vote_steps[i]));
    row++;
    for (size_t k = 0; k < budget_vote_size_count && row < s->rows; k++, row++) {
        putf(s, row, 3, LOOK_TEXT, "best of %d", budget_vote_sizes[k]);
        for (size_t i = 0; i < budget_vote_step_count; i++)
            put_share(
                s, row, 25 + 10 * (int)i,
                budget_vote_at(v->budget, BUDGET_VOTE, budget_vote_sizes[k], budget_vote_steps[i]));
    }
    return row;
}

int bench_draw_budget(const struct bench_view *v, struct surface *s, int row)
{
    char name[24];
    if (!v->budget) {
        return row + put_wrapped(s, row, 3, s->cols - 4, 5, LOOK_MUTED,
                                 "What thinking buys: the built-in pair is asked the same held-out "
                                 "questions, and the reasoning model again with its thinking cut "
                                 "after 0, 8, 16, 32 ... tokens and the answer forced. Enter "
                                 "measures it here; it takes some seconds.");
    }
    size_t asked, to_ask;
    budget_progress(v->budget, &asked, &to_ask);
    put(s, row, 3, LOOK_MUTED, "tokens allowed");
    for (int i = 1; i <= BUDGET_STEPS; i++) {
        char head[16];
        snprintf(head, sizeof head, "%d step%s", i, i == 1 ? "" : "s");
        put_right(s, row, 15 + 9 * i, LOOK_MUTED, head);
    }
    if (s->cols >= 78)
        put_right(s, row, s->cols - 1, LOOK_MUTED, "tokens");
    row++;
    for (size_t k = 0; k < budget_line_count && row < s->rows - 1; k++, row++) {
        line_name(budget_lines[k], name);
        put(s, row, 3, LOOK_TEXT, name);
        for (int i = 1; i <= BUDGET_STEPS; i++)
            put_share(s, row, 15 + 9 * i, budget_at(v->budget, budget_lines[k], i));
        double tokens = budget_line_tokens(v->budget, budget_lines[k]);
        char text[16] = "-";
        if (!isnan(tokens))
            snprintf(text, sizeof text, "%.0f", tokens);
        if (s->cols >= 78)
            put_right(s, row, s->cols - 1, LOOK_MEASURED, text);
    }
    putf(s, row++, 3, LOOK_MUTED,
         "percent right, \xC2\xB1 half of the 95 %% interval; %zu of %zu asked", asked, to_ask);
    if (row + 6 < s->rows)
        row = draw_votes(v, s, row + 1);
    if (*v->budget_words && row < s->rows)
        row += put_wrapped(s, row, 3, s->cols - 4, s->rows - row, LOOK_TEXT, v->budget_words);
    return row;
}
