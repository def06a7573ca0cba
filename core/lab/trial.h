/* A trial: a labelled set through the person's own pipeline, then the repeat test.
 *
 * The questions are asked one after another, round 1. Then the first of them again, round 2:
 * as it is, so that it comes out of the cache, or, where round 1 already had it from the
 * cache, without look-up, so that there is a model call to hold the hit against. */
#ifndef LAB_TRIAL_H
#define LAB_TRIAL_H

#include "core/base/buf.h"
#include "core/lab/runner.h"

struct trial_options {
    const struct set *set;        /* borrowed for the run's life */
    struct ask_settings settings; /* the same */
    const char *name, *notes;     /* NULL: none */
    bool no_cache, no_cot;
};

struct runner *trial_start(struct lab *lab, const struct trial_options *o, run_hear *hear,
                           void *self, struct error *err);

/* The repeat test, from the rows. */
struct repeat {
    bool done;           /* both rows are there and answered, the call by no fallback */
    bool was_cached;     /* round 1 had it from the cache already */
    bool slowed;         /* the model call was slowed on purpose: it says nothing */
    bool hit;            /* one of the two was a hit: the ratio means something */
    double call_s;       /* the model call (with loading, as the person waited) */
    double load_s;       /* of that, loading the model; NAN where the call was not cold */
    double hit_s, ratio; /* NAN where there was no hit */
};
void trial_repeat(const struct items *t, struct repeat *ret);
/* It in words: what was seen and what the ratio does and does not say. Appended to `to`. */
void trial_repeat_words(const struct repeat *r, struct buf *to);

/* Why the rules gave a query its level, in one or two sentences: the signals that fired with
 * their points, or that none did, and what another level would have taken. `moved`: thresholds
 * in force, NULL for the rules' own. Appended to `to`. */
void trial_why(const struct rules *rules, const struct thresholds *moved, const char *query,
               size_t len, struct buf *to);

/* How often the levels agree with a person's own labels of the set's queries. Fails where the
 * database cannot be read. */
struct own_labels {
    size_t n, agreed;
};
bool trial_own_labels(struct store *s, const struct set *set, const struct items *t,
                      struct own_labels *ret, struct error *err);

#endif
