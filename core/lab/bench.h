/* A bench: a set, several rounds, through a fresh pipeline with an empty cache of its own, so
 * that the first round measures models and the later ones the cache.
 *
 * Rounds are barriers: all of one end before the next begins. Without cache every round is
 * model calls (sample number = round). For the measured always-reasoning side each different
 * query is then asked of the reasoning model once, without cache. */
#ifndef LAB_BENCH_H
#define LAB_BENCH_H

#include "core/lab/runner.h"

#define BENCH_ROUNDS 2

struct bench_options {
    const struct set *set;        /* borrowed for the run's life */
    struct ask_settings settings; /* the same */
    const char *name, *notes;     /* NULL: none */
    int64_t rounds, concurrency;
    bool cold; /* no warm-up */
    bool no_cache, no_cot;
    bool always; /* measure always-reasoning */
};

/* Needs a chosen pair. How it goes on: runner.h. */
struct runner *bench_start(struct lab *lab, const struct bench_options *o, run_hear *hear,
                           void *self, struct error *err);

/* Model calls the run will make, at most: for the question before a hosted server is asked. */
size_t bench_calls(const struct bench_options *o);

/* Indexes of the first place of each different query of a set. ret holds set->count; returns
 * how many there are. */
size_t set_distinct(const struct set *set, size_t *ret);

#endif
