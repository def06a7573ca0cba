/* Looking through the history a little at a time: a list that fills while keys are answered.
 * Without a search ranges of answers are looked at; with one, the index gives the matches first
 * (a step of its own: a beginning of four letters or more that half of a million answers hold
 * takes 0.2 s, rarer words nothing to speak of), then each is held against the filters. */
#ifndef STORE_HISTORY_WALK_H
#define STORE_HISTORY_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/store/history.h"
#include "core/store/store.h"

struct history_walk {
    char *search, *purpose, *model; /* of the filter, NULL: any */
    int64_t since_wall;
    int64_t *ids; /* the lines found so far, newest first; of a compare the newer side */
    size_t count, cap;
    bool done;                 /* everything was looked at: count is all there are */
    int64_t newest_id;         /* looked at; what came later is found by history_walk_later */
    int64_t before_id, stride; /* all from here on up was looked at; ids in one look */
    int64_t *found;            /* matches of the search not yet looked at, from found_at on */
    size_t found_count, found_cap, found_at;
    bool found_all; /* the index has no older ones */
    int64_t *sides; /* older sides of compares found, still to be met */
    size_t side_count, side_cap;
};

/* Begins anew with this filter (its texts are copied; limits and ids of it are not used). */
void history_walk_start(struct history_walk *w, const struct history_filter *f);
void history_walk_done(struct history_walk *w); /* accepts a zeroed one */

/* Looks on until `want` lines are known, all are, or budget_ns is over (one look of some
 * milliseconds is always taken). A failure ends the walk. */
bool history_walk_step(struct history_walk *w, struct store *s, size_t want, int64_t budget_ns,
                       struct error *err);
/* Puts lines that came since in front; *ret how many. */
bool history_walk_later(struct history_walk *w, struct store *s, size_t *ret, struct error *err);
/* The line of this answer is gone. */
void history_walk_drop(struct history_walk *w, int64_t id);

#endif
