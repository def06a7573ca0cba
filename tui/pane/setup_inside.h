/* What the Setup pane's own files share: its state, and what fills its view. */
#ifndef PANE_SETUP_INSIDE_H
#define PANE_SETUP_INSIDE_H

#include "core/lab/loading.h"
#include "core/lab/machine.h"
#include "core/limits.h"
#include "tui/pane/pane.h"
#include "tui/pane/setup.h"

#define SETUP_USES 10 /* readings of the first card's use that are shown */

struct setup_row {
    struct lab_server *server;
    const char *name; /* as the server lists it */
};

struct setup_state {
    struct pane *pane;
    struct arena arena; /* what the rows are made of; emptied when they are made anew */
    struct setup_model *models;
    struct setup_row *rows;
    struct setup_how how[SETUP_HOWS];
    const char *warning, *down;
    struct list list, check_list;
    enum setup_part part;
    bool explain;
    char explanation[1200], explain_title[120];

    struct checkup *checkup;
    bool both_corrected; /* the line "both stay loaded" tells what came after the check */
    struct waiter *lists[MAX_SERVERS];
    struct setup_asked { /* who a waiter's news are for */
        struct setup_state *st;
        size_t at;
    } asked[MAX_SERVERS];
    size_t list_count;
    struct loading *loading;
    struct lab_model *loading_model;
    bool loading_in;
    int64_t loading_ns;
    struct lab_server *typed; /* whose address was typed a moment ago */
    bool forced_in;           /* d was pressed: the built-in pair */
    bool may_cost;            /* the next check was asked for by a person */

    bool shown, welcome;
    bool tour;         /* the line for the first time is wanted in any case */
    int64_t gauges_ns; /* when they were read last */
    int64_t drawn_s;   /* whole seconds of what runs, as drawn last */
    struct machine_memory memory;
    struct gpu_watch *watch;
    struct gpus gpus;
    double use[SETUP_USES];
    size_t use_count;
};

/* The rows, the reasons, what is wrong: read anew from the lab. The chosen row stays where it
 * can. */
void setup_fill(struct pane *p);
/* The view of what was filled. */
struct setup_view setup_view_of(const struct pane *p);
/* The chosen line in sentences, into explanation and explain_title. */
void setup_explain(struct setup_state *st);

/* The model a row is about; NULL where there is none. */
struct lab_model *setup_model_at(const struct pane *p, int row);
/* The server of the pair that did not answer when it was asked last; NULL: all do. */
const struct lab_server *setup_silent(const struct lab *lab);
/* The row as its server lists it, NULL where the list has changed since. */
const struct model_info *setup_info_at(const struct pane *p, int row);

/* --- what is done (setup_work.c) -------------------------------------------------------------- */

/* Asks every server that was named or has answered what it has and what is loaded. */
void setup_ask_lists(struct pane *p);
void setup_forget_lists(struct setup_state *st);
/* The checks that a server's list has overtaken since: it fell silent, or a model is out of
 * memory by now. Nothing while they run. */
void setup_correct_checks(struct pane *p);
/* Reads memory now and begins a reading of the cards; true where a look showed something new. */
void setup_look_at_gauges(struct pane *p);
bool setup_gauges_moved(struct pane *p);
void setup_checks_changed(void *pane); /* news of the check list */
void setup_tell_terminal(struct pane *p);
/* The check list from its start; may_cost as there. */
void setup_check(struct pane *p, bool may_cost);
/* Looks around for servers and takes what is found; what was chosen by hand stays chosen. */
void setup_choose(struct pane *p);
/* Keys, on the chosen model. */
enum pane_said setup_use(struct pane *p, enum role role);
enum pane_said setup_built_in(struct pane *p);
enum pane_said setup_load(struct pane *p, bool in);
enum pane_said setup_ask_address(struct pane *p);

/* The whole as text, or as one JSON object. */
void setup_report(const struct pane *p, bool json, struct buf *to);

#endif
