/* How much of everything was done so far, counted over all the file holds. */
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/store/store.h"

struct tally {
    int64_t classifications;      /* asked for by a person, not made on the way to an answer */
    int64_t labels;               /* given by a person */
    int64_t fast, reasoning;      /* finished answers that a route sent to either model */
    int64_t hits, lookups;        /* like fast and reasoning without those of demonstrations */
    int64_t compares, judgements; /* pairs, both models side by side; those of them judged */
    int64_t runs;                 /* finished, of any kind */
    int64_t measured_items;       /* model calls inside them, none slowed */
    int64_t fallbacks, openings;  /* answers by the other model; breakers that opened */
};

bool tally_read(struct store *s, struct tally *ret, struct error *err);

/* The same in steps of some milliseconds, whatever the file holds, for those who must not wait:
 *     struct tally_walk w = { 0 };
 *     while (!w.done) if (!tally_step(store, &w, err)) ...;     then w.so_far is the tally
 * Rows that come or go meanwhile may count or not. */
struct tally_walk {
    struct tally so_far;
    bool done;
    bool below; /* in the file that a stand-in stands in for */
    bool began; /* there: its small tables are counted */
    int table;  /* the one walked through now */
    int64_t at; /* the number of the last row looked at */
};

bool tally_step(struct store *s, struct tally_walk *w, struct error *err);

#endif
