/* What is kept of an answer: its figures, its rows, the pipeline's counts. */
#ifndef LAB_LEDGER_H
#define LAB_LEDGER_H

#include "core/lab/pipeline.h"

/* After how long what found the file busy is tried again; a try itself may take a screen's 100 ms. */
#define LEDGER_AGAIN_MS 20

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
/* True where another process holds the file: what there is to write is written a little later, and
 * the loop goes on. `since_ns` is 0 at first and belongs to the rows in question: after 5 s nobody
 * is waited for any more. */
bool ledger_is_busy(struct pipeline *p, int64_t *since_ns);
/* The same at the program's end, where there is no later: waits until the file is free, or 5 s. */
void ledger_wait(struct pipeline *p, int64_t *since_ns);

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
