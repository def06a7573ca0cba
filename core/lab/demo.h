/* Eight demonstrations of what running such a pipeline means, live on a person's own models.
 *
 * A demonstration asks by the ordinary pipeline, with a cache of its own and records of the
 * purpose "demo"; what is slow or fails does so by a switch on the call path (call.h). The
 * figures it shows are read back from the rows that were written meanwhile. It knows nothing
 * of a screen: it tells sentences, tables and rows, each column with its unit and kind, and a
 * front end shows them as text, JSON or a pane.
 *
 *     struct demo_run *r = demo_start(lab, demo_find(4), &options, hear, ended, self, &err);
 *     ... lab_turn until `ended` was called, or demo_stop(r)
 *
 * Whatever it changed for its own ends (breakers, switches) is as before when it has ended. */
#ifndef LAB_DEMO_H
#define LAB_DEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/lab/lab.h"

/* What a column holds, and how a front end may write it. */
enum demo_unit {
    DEMO_TEXT,
    DEMO_TAIL,    /* text that is told apart by its end: where it is cut, the end stays */
    DEMO_COUNT,   /* whole number */
    DEMO_SECONDS, /* key ends in _s */
    DEMO_SHARE,   /* 0 to 1 */
    DEMO_BYTES,   /* key ends in _bytes */
};

struct demo_column {
    const char *key;   /* in JSON */
    const char *title; /* above the column */
    enum demo_unit unit;
    int cols;                 /* width it wants on an 80-column screen */
    enum kind_of_number kind; /* of its numbers; KIND_UNKNOWN: counts, which are what they are */
};

struct demo_table {
    const char *name;
    const struct demo_column *columns;
    size_t count;
};

/* One field of a row. Unknown is NULL or NAN. */
struct demo_cell {
    const char *text;
    double number;
};

enum demo_news_type {
    DEMO_SAYS,  /* text: what is being done now */
    DEMO_TABLE, /* table: its rows follow */
    DEMO_ROW,   /* table, cells (table->count of them) */
    DEMO_FINDS, /* text: what the figures show */
};

/* Borrowed for the call of the handler. */
struct demo_news {
    enum demo_news_type type;
    const char *text;
    const struct demo_table *table;
    const struct demo_cell *cells;
};

struct demo_options {
    double deadline_s;  /* NAN: the demonstration's own */
    int64_t max_tokens; /* of every answer; -1: the demonstration's own */
    bool calm;          /* the switch on the call path stays off: the models as they are */
};

struct demo_run;
typedef bool demo_step(struct demo_run *r, struct error *err);

struct demo {
    int number;
    const char *title;
    const char *idea;  /* a paragraph: what this is about */
    const char *watch; /* what to look at while it runs */
    bool asks;         /* needs a model */
    bool needs_two;    /* and another one for the other role */
    bool arranges;     /* uses the switch on the call path, which `calm` leaves off */
    bool suits;        /* asks none, but goes by rules and a set that suit the models chosen */
    double deadline_s; /* its own; NAN where it takes none */
    int64_t max_tokens;
    size_t state_size;
    void (*state_done)(void *state); /* frees what the state holds; may be NULL */
    demo_step *const *steps;         /* NULL ends them */
};

#define DEMOS 8
const struct demo *demo_find(int number); /* 1 to DEMOS, else NULL */

typedef void demo_hear(void *self, const struct demo_news *news);
/* Last, once, from net_step: `err` is NULL where it went well. The run is gone after it. */
typedef void demo_ended(void *self, const struct error *err);

/* Starts; everything is told from net_step. The models have been chosen (lab_choose) where it
 * asks any. Fails where the models do not do. Options are copied. */
struct demo_run *demo_start(struct lab *lab, const struct demo *demo, const struct demo_options *o,
                            demo_hear *hear, demo_ended *ended, void *self, struct error *err);
/* Ends it now, without a further word; accepts NULL. */
void demo_stop(struct demo_run *r);

#endif
