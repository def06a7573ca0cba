/* What looks like a question of several steps and cannot be worked out: a step leads out of the
 * numbers from RUN_LOW to RUN_HIGH or halves an odd one, or a sequence has no rule
 * (problem_make.h).
 *
 * The families that make the sound ones make these too, by the same wordings: only the numbers
 * tell. */
#include "core/nn/problem_make.h"

static const struct broken {
    int weight;
    bool many_only; /* never of one step */
    problem_make_fn *make;
} broken[] = {
    { 5, false, make_chain },
    { 3, false, make_word },
    { 2, true, make_expr },
    { 1, true, make_seq },
};

#define BROKEN (sizeof broken / sizeof *broken)

void make_broken(const struct problem_order *o, struct random *r, struct problem *ret,
                 bool *ret_small)
{
    struct problem_order order = *o;
    order.broken = true;
    order.steps = draw_steps(o, 1, r);
    int weight[BROKEN];
    for (size_t i = 0; i < BROKEN; i++)
        weight[i] = broken[i].many_only && order.steps == 1 ? 0 : broken[i].weight;
    if (order.steps != 5 && order.steps != 6) /* of the sequences, which have no others */
        weight[BROKEN - 1] = 0;
    broken[draw_weighted(r, weight, BROKEN)].make(&order, r, ret, ret_small);
    answer_text(ret, "");
}
