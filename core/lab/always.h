/* The pipeline against sending everything to the reasoning model: three figures, kept apart by
 * name because they can contradict each other.
 *
 *   rule of thumb   model calls x 3.0 s against what was spent: an estimate that knows nothing
 *                   of this machine, and may say "minus 200 %"
 *   projected       every question of the run x the mean of the reasoning calls it made: an
 *                   estimate, biased towards the hard questions the reasoning model got
 *   measured        each different query really asked of the reasoning model, without cache,
 *                   paired by query
 *
 * Seconds never hold the loading of models. "Spent" is what the model calls of the pipeline
 * took; a hit costs nothing worth counting, and a fallback is no call of either model's own: it
 * counts only where pairs were measured, as the time the person waited. */
#ifndef LAB_ALWAYS_H
#define LAB_ALWAYS_H

#include "core/lab/answer.h"
#include "core/lab/items.h"
#include "core/lab/paired.h"

/* What always-reasoning takes or would take, and what the pipeline saved of it. */
struct saving {
    enum kind_of_number kind; /* KIND_UNKNOWN: there is no such figure; the rest is NAN */
    double always_s, saved_s;
    double share; /* saved of always, 0.88; below 0 where the pipeline was slower */
};

struct always {
    size_t calls, hits, shared; /* answered questions of the pipeline, fallbacks left out */
    double spent_s;
    struct saving rule, projected, measured;
    size_t reasoning_calls; /* that `projected` rests on */

    size_t asked, failed; /* queries of the measured side; those without an answer */
    size_t slowed;        /* beside them, on purpose: in no figure */
    struct paired pairs;  /* A: always-reasoning, B: the pipeline; one pair a query */

    /* Where the saving comes from, by one mean reasoning latency: of the measured side where
     * there is one, else of the run's reasoning calls. All estimated. */
    double reasoning_s;
    bool reasoning_from_measured;
    struct saving split;                           /* the whole run, repeats included */
    double by_routing_s, by_cache_s, by_sharing_s; /* their sum is split.saved_s */
};

void always_compute(const struct items *t, struct always *ret);

#endif
