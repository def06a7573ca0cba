/* A run: many questions through one pipeline, a row for each, kept for ever.
 *
 * A plan says what is asked, stage by stage; all of a stage end before the next begins. Within
 * a stage at most `concurrency` questions are in flight. A free place is filled before the
 * finished question's row is written, so the wire never waits for the disk; rows are on disk
 * within a few milliseconds, before anything is reported as an item.
 *
 * A run ends when all is asked, when it is stopped (what is in flight is cancelled; every
 * finished row stays), or when RUNNER_FAILURES questions in a row failed in a way that the
 * next one will too: no connection, a refused key, a missing model. */
#ifndef LAB_RUNNER_H
#define LAB_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/json.h"
#include "core/lab/items.h"
#include "core/lab/lab.h"
#include "core/lab/set.h"

/* Failures in a row that end a run. */
#define RUNNER_FAILURES 3
/* What a model is asked before the first round, so that it is loaded. */
#define WARM_UP_WORD "Say one word."

/* One question of a run. */
struct job {
    size_t index;            /* of the set */
    int64_t round;           /* from 1 */
    struct lab_model *model; /* asked by name, no route; NULL: the pair */
    enum route_force force;
    bool no_cache, always;
    int64_t sample;
};

struct runner;

struct run_plan {
    const char *kind, *purpose;   /* of the run's row and of the answers'; not copied */
    const char *name, *notes;     /* NULL: none */
    const struct set *set;        /* borrowed for the run's life */
    struct ask_settings settings; /* texts borrowed for the run's life */
    bool no_cot;
    int64_t concurrency;       /* 1 to MAX_CONCURRENCY */
    bool fresh;                /* an own pipeline with an empty cache of 100 in memory, guard on */
    struct lab_model *warm[2]; /* models to warm up, one after the other; NULL: none */
    struct json *said;         /* settings of this kind of run; the rest is added. Taken */

    /* Questions of a stage (from 0; 0: there is no such stage), always the same number, and
     * each of them, which may depend on the rows so far. */
    size_t (*stage_size)(const struct runner *r, void *self, size_t stage);
    struct job (*job)(const struct runner *r, void *self, size_t stage, size_t i);
    void *self; /* freed with mem_free when the run is; may be NULL */
};

enum run_event_type {
    RUN_WARMING, /* model: is being asked its warm-up word */
    RUN_ITEM,    /* item: was answered, and its row is written */
    RUN_ENDED,   /* always last, exactly once */
};

struct run_event {
    enum run_event_type type;
    const struct lab_model *model;
    const struct run_item *item;
    size_t done, total; /* questions with a row; all that will be asked */
};

typedef void run_hear(void *self, const struct run_event *ev);

/* Starts it; everything is reported from net_step. NULL with err set where the run would have
 * more than MAX_RUN_ITEMS questions. The plan's `said` and `self` are the run's either way. */
struct runner *runner_start(struct lab *lab, const struct run_plan *plan, run_hear *hear,
                            void *self, struct error *err);
/* Ends it early; RUN_ENDED comes from net_step, once what is in flight was cancelled. */
void runner_stop(struct runner *r);
/* Drops what still runs, without reports; accepts NULL. One without a pipeline of its own must
 * be over, or the loop must not be turned again. */
void runner_free(struct runner *r);

bool runner_is_over(const struct runner *r);
/* Why the run ended by itself before all was asked, with the code of the failure; else NULL. */
const struct error *runner_trouble(const struct runner *r);
const char *runner_state(const struct runner *r); /* "running", "done", "stopped" */
int64_t runner_id(const struct runner *r);        /* 0: its row could not be written */
const struct items *runner_items(const struct runner *r);
const struct run_plan *runner_plan(const struct runner *r);
const char *runner_settings(const struct runner *r); /* the JSON of the row */

#endif
