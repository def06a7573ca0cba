/* What is kept of an answer: its figures, its rows, the pipeline's counts. */
#ifndef LAB_LEDGER_H
#define LAB_LEDGER_H

#include "core/lab/pipeline.h"

/* One look into the cache. */
struct lookup {
    const char *result;      /* "hit", "miss", "expired", "shared"; NULL where none was made */
    struct hash key, joined; /* joined: calls.h */
    double took_s;
};

/* Opens the pipeline's group, where it has one that is closed. */
void ledger_group_begin(struct pipeline *p);
/* Commits an open group; nothing where none is open. False where all of it is lost: then the
 * numbers of its calls are forgotten, for others will get them. */
bool ledger_group_end(struct pipeline *p);

/* Latency, saving and cost of a finished answer. `waited_s` is the time since the question. */
void ledger_figures(struct answer *w, const struct lab_model *m, const struct lookup *l,
                    double waited_s);
/* Rows: classification, lookup, answer; they join the landing that is open. */
void ledger_record(struct pipeline *p, const struct question *q, struct answer *w,
                   const struct lab_model *m, const struct lookup *l, size_t signals);
void ledger_count(struct pipeline *p, const struct answer *w);
/* A change of a model's breaker, as a fact. */
void ledger_breaker(struct pipeline *p, const struct lab_model *m, enum breaker_state before);

#endif
