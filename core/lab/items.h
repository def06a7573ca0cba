/* The rows of one run, in memory: added as they end, or read back from the store. All figures
 * are made from these, so a run says the same live and a year later.
 *
 * What each row counts as is decided here, once:
 *   - an answered row is a model call, a hit, shared, or a fallback; only model calls are in
 *     the means of models
 *   - a row that was cut off, withheld, stopped or failed is in no mean, and is counted */
#ifndef LAB_ITEMS_H
#define LAB_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "core/store/runs.h"

/* How much of an answer a row keeps in memory: its first words. */
#define ITEM_ANSWER_BYTES 400

struct items {
    struct arena arena; /* all texts */
    struct run_item *v;
    size_t n, cap;
    const char **names; /* words that many rows share */
    size_t name_count, name_cap;
    struct item_query *queries; /* by their place in the set */
    size_t query_cap;
};

/* Copies the row; of its answer only the first ITEM_ANSWER_BYTES. */
void items_add(struct items *t, const struct run_item *row);
/* Fills an empty `ret` with a run's rows; one of more than MAX_RUN_ITEMS is refused. */
bool items_load(struct items *ret, struct store *s, int64_t run_id, struct error *err);
void items_done(struct items *t); /* accepts a zeroed one */

/* How a question ended, as far as figures care. */
enum outcome {
    OUTCOME_ANSWERED,
    OUTCOME_CUT,      /* at its token limit: the model was not done */
    OUTCOME_WITHHELD, /* by the server's filter */
    OUTCOME_STOPPED,  /* by the person */
    OUTCOME_FAILED,
    OUTCOME_SLOWED, /* answered by a model that was slowed on purpose: in no figure */
    OUTCOMES
};
const char *outcome_name(enum outcome o); /* "answered", "cut", ... */

enum outcome item_outcome(const struct run_item *i);
bool item_is_call(const struct run_item *i);     /* answered by the model it was routed to */
bool item_is_fallback(const struct run_item *i); /* answered by another model instead */
bool item_is_hit(const struct run_item *i);
bool item_is_shared(const struct run_item *i);
bool item_is_cold(const struct run_item *i); /* a call that loaded its model first */
bool item_has_role(const struct run_item *i, const char *role);
/* Seconds of a call without the loading of its model, which lies inside latency_s. */
double item_call_s(const struct run_item *i);

#endif
