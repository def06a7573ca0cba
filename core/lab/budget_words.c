/* What thinking buys (budget.h): finding figures, and what they say. */
#include <math.h>

#include "core/lab/budget_inside.h"

/* --- figures ------------------------------------------------------------------------------ */

static bool is_of_line(const struct budget_figure *f, int line)
{
    if (line >= 0)
        return f->how == BUDGET_CUT && f->allowed == line;
    return f->how == BUDGET_FREE && (f->model[0] == 'f') == (line == BUDGET_LINE_FAST);
}

const struct budget_figure *budget_at(const struct budget *b, int line, int steps)
{
    for (size_t i = 0; i < b->figure_count; i++)
        if (b->figures[i].steps == steps && is_of_line(&b->figures[i], line))
            return &b->figures[i];
    return NULL;
}

const struct budget_figure *budget_vote_at(const struct budget *b, enum budget_how how, int samples,
                                           int steps)
{
    for (size_t i = 0; i < b->figure_count; i++) {
        const struct budget_figure *f = &b->figures[i];
        if (f->how == how && f->samples == samples && f->steps == steps)
            return f;
    }
    return NULL;
}

double budget_line_tokens(const struct budget *b, int line)
{
    double sum = 0;
    size_t n = 0;
    for (int steps = 1; steps <= BUDGET_STEPS; steps++) {
        const struct budget_figure *f = budget_at(b, line, steps);
        if (!f)
            continue;
        sum += f->tokens.estimate * (double)f->n;
        n += f->n;
    }
    return n ? sum / (double)n : NAN;
}

/* --- sentences ------------------------------------------------------------------------------ */

/* Where a budget gets this much of what free thinking gets, it is enough. */
#define ENOUGH 0.9

/* The smallest budget that is enough for so many steps; NULL: none of those tried. `ret_below`:
 * the largest that is not, NULL where there is none. */
static const struct budget_figure *enough_for(const struct budget *b, int steps,
                                              const struct budget_figure **ret_below)
{
    const struct budget_figure *most = budget_at(b, BUDGET_LINE_FREE, steps);
    *ret_below = NULL;
    for (size_t i = 0; most && most->right && i < budget_line_count; i++) {
        const struct budget_figure *f =
            budget_lines[i] < 0 ? NULL : budget_at(b, budget_lines[i], steps);
        if (f && f->share.estimate >= ENOUGH * most->share.estimate)
            return f;
        *ret_below = f ? f : *ret_below;
    }
    return NULL;
}

/* How steep it is: what the next smaller budgets get of what the sufficient ones do. */
void budget_cliff_words(const struct budget *b, struct buf *to)
{
    double below_right = 0, enough_right = 0;
    for (int steps = 1, said = 0; steps <= BUDGET_STEPS; steps++) {
        const struct budget_figure *below, *enough = enough_for(b, steps, &below);
        if (!enough)
            continue;
        if (said++)
            buf_printf(to, ", %d at %d", enough->allowed, steps);
        else
            buf_printf(to, "To get nine tenths of what free thinking gets takes %d tokens at %d %s",
                       enough->allowed, steps, steps == 1 ? "step" : "steps");
        if (below) {
            below_right += below->share.estimate;
            enough_right += enough->share.estimate;
        }
    }
    if (enough_right <= 0)
        return;
    double kept = below_right / enough_right;
    buf_printf(to, ". The next smaller budgets get %.0f %% of that: %s", 100 * kept,
               kept < 0.7 ? "a budget is a cliff, no slope." : "here the way down is gentle.");
}

static void put_points(const struct interval *d, struct buf *to)
{
    double points = 100 * d->estimate;
    if (fabs(points) < 0.05)
        buf_puts(to, "as much");
    else
        buf_printf(to, "%.1f points %s", fabs(points), points < 0 ? "less" : "more");
    buf_printf(to, " (95 %%: %.1f to %.1f, %zu questions)", 100 * d->low, 100 * d->high, d->n);
}

void budget_vote_words(const struct budget *b, struct buf *to)
{
    struct interval careful = stats_paired(b->over_careful.v, b->over_careful.n);
    struct interval sample = stats_paired(b->over_sample.v, b->over_sample.n);
    enum verdict_of_difference wins = stats_verdict(&careful);
    if (wins == DIFFERENCE_UNKNOWN)
        return;
    buf_puts(to, wins == DIFFERENCE_MORE ? "Voting beats one careful answer here: "
                                         : "Voting does not beat one careful answer here: ");
    buf_printf(to, "a vote of %d gets ", BUDGET_SAMPLES);
    put_points(&careful, to);
    buf_puts(to, ". Against a single sample it gets ");
    put_points(&sample, to);
    buf_puts(to, ": it mends what sampling broke, and cannot give what was never learned.");
}
