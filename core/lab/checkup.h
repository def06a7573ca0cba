/* The live check list: does what is needed work, one line after the other, on the person's own
 * server and models. It asks each model one easy question, so that both are loaded and have
 * spoken once: these are ordinary calls and answers in the records, of purpose "check", but they
 * are never looked up in the person's cache nor put into it.
 *
 * Some lines are about the terminal, which is not known here: who shows the list fills them. */
#ifndef LAB_CHECKUP_H
#define LAB_CHECKUP_H

#include "core/lab/lab.h"

/* id, what the line says. In the order in which they are looked at. */
#define CHECKUP_LIST(X)                                                                            \
    X(SERVER, "server answers")                                                                    \
    X(PAIR, "two different models chosen")                                                         \
    X(FAST, "fast model says one word")                                                            \
    X(LOADING, "reasoning model loaded")                                                           \
    X(REASONING, "reasoning model says one word")                                                  \
    X(BOTH, "both stay loaded together")                                                           \
    X(STORE, "data folder writable, WAL works")                                                    \
    X(TERMINAL, "terminal")                                                                        \
    X(COPY, "copy")

enum checkup_id {
#define X(id, what) CHECKUP_##id,
    CHECKUP_LIST(X)
#undef X
        CHECKUPS
};

enum checkup_state {
    CHECKUP_WAITS,
    CHECKUP_RUNNING,
    CHECKUP_OK,
    CHECKUP_FAILED,
    CHECKUP_UNKNOWN, /* could not be checked: the text says why */
};

struct checkup_line {
    enum checkup_state state;
    char text[240];     /* what was found: "0.4 s after a 2.1 s load"; "" nothing yet */
    char advice[400];   /* what to do, where there is something; else "" */
    int64_t started_ns; /* RUNNING: since when, monotonic */
    double last_s;      /* RUNNING: how long the same took last time, NAN unknown */
};

struct checkup;
/* changed: a line is another one now; from lab_turn, or from within start, stop and tell. */
struct checkup *checkup_new(struct lab *lab, void (*changed)(void *self), void *self);
void checkup_free(struct checkup *c); /* stops it; accepts NULL */

/* Begins anew; the models must have been chosen (lab_choose). Servers that are not this machine's
 * may charge for each question: without `may_cost` their models are not asked, and the line says
 * so. */
void checkup_start(struct checkup *c, bool may_cost);
/* What runs is stopped, and what was not looked at says so. */
void checkup_stop(struct checkup *c);
bool checkup_runs(const struct checkup *c);
bool checkup_was_started(const struct checkup *c);

const struct checkup_line *checkup_line(const struct checkup *c, enum checkup_id id);
const char *checkup_what(enum checkup_id id); /* "server answers" */
/* Fills a line from outside. */
void checkup_tell(struct checkup *c, enum checkup_id id, enum checkup_state state, const char *text,
                  const char *advice);

/* For "4/7": the loading is a part of the line below it, and copying of the terminal's. `at` is
 * the one that runs, or how many are over where none does. */
struct checkup_count {
    int at, of, failed, unknown;
};
struct checkup_count checkup_count(const struct checkup *c);

#endif
