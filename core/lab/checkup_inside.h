/* What the check list's own files share; private to core/lab/checkup*.c.
 *
 * One step runs at a time. A step that has ended calls checkup_go_on, and the next one begins
 * with the next turn: nobody is started from within another's report. */
#ifndef LAB_CHECKUP_INSIDE_H
#define LAB_CHECKUP_INSIDE_H

#include "core/lab/checkup.h"
#include "core/lab/loading.h"

struct checkup {
    struct lab *lab;
    void (*changed)(void *self);
    void *self;
    struct checkup_line line[CHECKUPS];
    bool started, running, may_cost;
    enum checkup_id at;
    struct net_timer turn;
    struct lab_model *fast, *reasoning; /* the pair this one is about */
    struct waiter *list[2];
    struct loading *loading;
    struct ask *ask;
    struct pipeline pipeline; /* its own, for a cache that is nobody's */
    struct cache *cache;
    bool piped;
};

/* What looks at a line; NULL for those that are told from outside. Each ends with
 * checkup_go_on. */
typedef void checkup_step(struct checkup *c);
extern checkup_step *const checkup_steps[CHECKUPS];

void checkup_say(struct checkup *c, enum checkup_id id, enum checkup_state state,
                 const char *advice, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* It runs from now on; last_s as in checkup_line. */
void checkup_begin(struct checkup *c, enum checkup_id id, double last_s);
void checkup_go_on(struct checkup *c);

#endif
