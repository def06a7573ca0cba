/* Training examples out of drawn problems: the bridge between the generator, which writes
 * text, and the trainer, which knows numbers only.
 *
 *   fast     <q> question <a> | answer <end>
 *   reason   <q> question <a> | <think> trace </think> answer <end>
 *
 * (left of the bar the prompt, right of it the target). For `reason` one trace in ten is cut
 * short: the prompt then holds the first part of the trace and </think>, the target is the
 * answer alone, so that being stopped is something the model has met. */
#ifndef NN_SOURCE_H
#define NN_SOURCE_H

#include <stdbool.h>

#include "core/nn/problem.h"
#include "core/nn/token.h"
#include "core/nn/train.h"

/* What examples are drawn from. The models in it are const tables. */
struct problem_source {
    const struct problem_mix *mix;
    bool thinks;      /* with traces */
    double cut_share; /* of traces that are cut */
};

extern const struct problem_source problem_source_fast, problem_source_reason;
/* "fast" or "reason"; NULL where unknown. */
const struct problem_source *problem_source_find(const char *name);

/* For the trainer: draws training problems only, of up to 2 steps at progress 0 and up to 6
 * from a third of the way on. `s` is borrowed. */
struct nn_source problem_source_draws(const struct problem_source *s);

/* One problem as an example, not cut: for evaluation, which gives the model the prompt and
 * compares what it writes with the target. Every problem fits. */
void problem_encode(const struct problem *p, bool thinks, struct nn_example *ret);

#endif
