/* What mini/steps can do: the table of its tasks.
 *
 * The network only names the task. Everything after that is exact: a solver finds its inputs in
 * the text, computes, and writes numbered steps. A new task is one row here and lines of its
 * name in data/mini/steps.samples. */
#ifndef MODEL_STEPS_TASK_H
#define MODEL_STEPS_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/* Room for tasks in the network, `other` included. */
#define STEPS_MAX_TASKS 16

struct steps_task {
    const char *name;    /* in the samples: "add"; "other" has no solver */
    const char *skill;   /* after "I can": "add two whole numbers" */
    const char *opening; /* the first line of an answer, without its confidence */
    /* Appends numbered steps, a line each, the last of which ends in the result, and returns
     * true; or appends a sentence that says what is missing, with an example, and returns
     * false. What passes the ceiling of `ret` is cut off; the caller looks. */
    bool (*solve)(const char *text, size_t len, struct buf *ret);
};

/* The tasks in the order of the network's outputs, `other` last; NULL past the end. */
const struct steps_task *steps_task_at(int i);
int steps_tasks(void);
/* Its place in the table, -1 where there is none of that name. */
int steps_task_find(const char *name, size_t len);
/* Appends "add, parity, reverse, other", for a sentence. */
void steps_task_names(struct buf *ret);
/* Appends the sentence that refuses and names every skill. */
void steps_task_refuse(struct buf *ret);

#endif
