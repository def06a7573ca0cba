/* What a demonstration's steps stand on; private to core/lab/demo*.c.
 *
 * A demonstration is a list of steps. A step tells something, or starts something (a question,
 * a pause, a server's list); the next one runs when that has ended, or the one that was named
 * with demo_go_to. One that returns false ends the demonstration. */
#ifndef LAB_DEMO_STEPS_H
#define LAB_DEMO_STEPS_H

#include "core/lab/demo.h"
#include "core/store/monitor.h"

/* The answer to the last question asked, read back from its rows. Texts live as long as the
 * run. */
struct demo_answer {
    struct ask_wanted {
        const char *question;
        enum route_force force;
        struct lab_model *model; /* asked by name; NULL: by route */
        bool may_fail;           /* a failure is part of the show */
        const char *system;
        double deadline_s; /* NAN: none */
    } wanted;
    const char *text; /* the whole answer, one line */
    int64_t id, call_id;
    const char *level, *role, *server, *model, *identity; /* of the row; identity of its call */
    const char *from, *end, *fallback_from, *fallback_why, *error;
    const char *lookup; /* "hit", "miss", "expired"; NULL where none was made */
    int score;
    double latency_s, original_latency_s;
    bool slowed; /* the call, on purpose: its time is in no figure */
    bool good;
};

struct demo_run {
    struct lab *lab;
    const struct demo *demo;
    double deadline_s;  /* in force: the person's, else the demonstration's own */
    int64_t max_tokens; /* likewise */
    bool calm;          /* no trouble is arranged */
    void *state;        /* demo->state_size zeroed bytes */
    struct pipeline pipeline;
    struct lab_model *fast, *reasoning;
    struct monitor_mark began;
    struct demo_answer got;
    struct arena arena;

    /* The engine's own. */
    size_t step;
    demo_step *then; /* NULL: the next of the list */
    struct net_timer next;
    struct ask *ask;
    struct waiter *waiter;
    bool failed;
    struct error error;
    struct monitor_mark asked;
    struct breaker kept_fast, kept_reasoning;
    demo_hear *hear;
    demo_ended *ended;
    void *self;
};

/* --- telling ------------------------------------------------------------------------------ */

void demo_says(struct demo_run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void demo_finds(struct demo_run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void demo_table(struct demo_run *r, const struct demo_table *t);
void demo_row(struct demo_run *r, const struct demo_table *t, const struct demo_cell *cells);

#define CELL_TEXT(t)   ((struct demo_cell){ .text = (t), .number = NAN })
#define CELL_NUMBER(n) ((struct demo_cell){ .text = NULL, .number = (double)(n) })
#define DEMO_TABLE_OF(name, columns)                                                               \
    {                                                                                              \
        name, columns, sizeof(columns) / sizeof *(columns)                                         \
    }

/* "1.25 s", in the arena of the run. */
const char *demo_seconds(struct demo_run *r, double seconds);

/* --- doing -------------------------------------------------------------------------------- */

/* Asks; the answer is in r->got when the next step runs. Unless the question may fail, a
 * failure ends the demonstration with the answer's own words. */
bool demo_ask(struct demo_run *r, const struct ask_wanted *w, struct error *err);
void demo_pause(struct demo_run *r, double seconds);
/* Asks the model's server for its list, with sizes and load state. */
void demo_list(struct demo_run *r, struct lab_model *m);
/* The step that runs after this one; this one itself, too. */
void demo_go_to(struct demo_run *r, demo_step *step);
/* A cache of the demonstration's own instead of the one it had (none at the start). */
void demo_cache(struct demo_run *r, double ttl_s);

extern const struct demo demo_threshold_sweep, demo_time_to_live, demo_monitor, demo_fallback,
    demo_machine, demo_stale_cache, demo_eager_rules, demo_no_plan;

#endif
