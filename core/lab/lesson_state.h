/* What a person did with one exercise, out of its events in their order (core/store/exercises.h).
 * Progress only grows: an event of another session adds to it and takes nothing away, but for a
 * reset, which was asked for and can be undone. */
#ifndef LAB_LESSON_STATE_H
#define LAB_LESSON_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "core/store/exercises.h"

struct lesson_state {
    bool opened;
    int64_t since; /* facts count from here on: first opened, or reset */
    int tries;     /* checks */
    int failed;    /* of those, the ones that did not pass */
    int64_t checked_wall;
    const char *found; /* of the last check; in the arena */
    int hints;
    bool solution, skipped;
    bool done, done_after_solution;
    int64_t done_wall;
    int rounds;                  /* of answers */
    int64_t reset_id;            /* of the last reset, while it can be undone; 0: none */
    struct lesson_state *before; /* as it was before that */
};

/* Takes one event; texts are copied into the arena. */
void lesson_state_hear(struct lesson_state *s, const struct exercise_event *e, struct arena *a);

/* How long a person has worked, out of the times of all events: gaps of more than half an hour
 * lie between two sittings. Events come in their order. */
struct lesson_time {
    int64_t first_wall, last_wall;
    int sittings;
    double spent_s;
};
void lesson_time_hear(struct lesson_time *t, int64_t at_wall);

#endif
