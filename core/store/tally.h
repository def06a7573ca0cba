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

#endif
