/* All figures of one run, from its rows (items.h), so that a run shown while it goes and one
 * shown a year later say the same.
 *
 * Means of model calls hold neither hits nor shared answers nor fallbacks, and never the
 * loading of a model: load_s lies inside latency_s and is subtracted. The one mean over
 * everything answered is as the person waited, loading included. A figure that has too few
 * samples is NAN: median from 3, p50, p90 and p95 from 20, p99 from 100. */
#ifndef LAB_SUMMARY_H
#define LAB_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "core/lab/always.h"
#include "core/lab/answer.h"
#include "core/lab/items.h"
#include "core/lab/stats.h"
#include "core/route/level.h"
#include "core/route/route.h"

/* Seconds of one kind of answer. */
struct figures {
    size_t n;
    double total, mean, median, p50, p90, p95, p99, slowest;
};

/* The rows of one level, one model, one role, or all of them. */
struct group {
    const char *name;                      /* "all", a level, a role or SERVER/MODEL */
    size_t asked;                          /* rows, however they ended */
    size_t ended[OUTCOMES];                /* the same by their end */
    size_t calls, hits, shared, fallbacks; /* of the answered ones */
    double mean_all;                       /* over everything answered, as the person waited */
    struct figures call;                   /* model calls, without loading */
    struct figures hit;                    /* hits: the look-ups */
    size_t cold;                           /* calls and fallbacks that loaded their model first */
    double load_s;                         /* what that took together */
    double saved_s; /* measured, of the hits: the calls that made the answers; NAN where no hit
                       knows its call (it was slowed) */
    double tokens;  /* mean completion tokens of the model calls, NAN unknown */
    enum kind_of_number tokens_kind;
    /* Right answers among those with a known one. A repeat out of the cache is no second
     * sample: it counts only where the run holds no other row of its query. Rounds that were
     * asked anew count, but make the interval no narrower. */
    struct interval right;
    size_t right_count;
};

/* How many model calls took how long. Edges are 1, 2 or 5 times a power of ten, chosen to
 * span the data in at most HISTOGRAM_BINS. */
#define HISTOGRAM_BINS 8

struct bin {
    double from_s, to_s;
    size_t fast, reasoning, other; /* calls of each role; other: asked by name */
};

/* Calls of one model in one round that had to wait for loading. */
struct loading {
    int64_t round;
    const char *model;
    size_t calls;
    double load_s;
};

struct summary {
    struct arena arena; /* what follows lives here, and in the rows */
    int64_t rounds;
    size_t queries;   /* different places of the set */
    struct group all; /* the rows below; never those of the always-reasoning side */
    struct group level[LEVELS];
    struct group role[ROLES];
    struct group *model;
    size_t models;
    struct bin bin[HISTOGRAM_BINS];
    size_t bins;
    struct loading *loading;
    size_t loadings;
    size_t labelled, agreed;   /* queries of the set with a label; where routing agrees */
    size_t as[LEVELS][LEVELS]; /* label -> level it was given */
    struct always always;
    const char **warnings; /* sentences a person should read before quoting a figure */
    size_t warning_count;
    const char
        *few; /* the one of them that says there are too few calls for percentiles, or NULL */
};

/* Borrows the rows for the summary's life. */
void summary_init(struct summary *s, const struct items *t);
void summary_done(struct summary *s); /* accepts a zeroed one */

#endif
