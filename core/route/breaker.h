/* A circuit breaker for one model: after several failures in a short time the model is left
 * alone for a while, then ONE call tries it again.
 *
 *     closed --(failures within window)--> open --(pause over, next call)--> half-open
 *     half-open --(trial answers)--> closed     half-open --(trial fails)--> open
 *
 * A plain value without memory of its own; time is handed in (monotonic nanoseconds), so a
 * test can live through a minute at once. Ask breaker_allows before each call, keep what it
 * said with the call, and hand it back with how the call ended: so only the trial decides
 * about the half-open state, and calls that began before the breaker opened and end late
 * change nothing. What counts as a failure is the caller's business: no answer, a deadline,
 * a broken stream; not a refusal of the request, not a stop by the person.
 *
 * Successes do not forgive failures: a model that fails three times within the window is
 * opened even where other calls in between were answered. */
#ifndef ROUTE_BREAKER_H
#define ROUTE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

/* What a call was allowed as. Zero means no, so it reads well in an `if`. */
enum breaker_pass { BREAKER_REFUSED, BREAKER_CALL, BREAKER_TRIAL };

#define BREAKER_MOST_FAILURES 32 /* of `failures` below: how many times are remembered */

struct breaker_settings {
    int failures;      /* 1 to BREAKER_MOST_FAILURES */
    int64_t window_ns; /* they count when this close together, > 0 */
    int64_t pause_ns;  /* how long an open breaker refuses, > 0 */
};

/* 3 failures within 60 s; 60 s of pause. */
extern const struct breaker_settings breaker_usual;

struct breaker {
    struct breaker_settings settings;
    enum breaker_state state;
    bool trying;       /* half-open: the trial is on its way */
    int64_t opened_ns; /* when it last opened */
    /* The latest failures while closed, a ring: failed_ns[next] is the oldest once full. */
    int64_t failed_ns[BREAKER_MOST_FAILURES];
    int next, count;
};

/* Settings out of range are taken to the nearest value in range. */
void breaker_init(struct breaker *b, struct breaker_settings settings);

/* May a call start now? BREAKER_TRIAL takes the one trial, and must be handed back by one of
 * the three below. *ret_changed (may be NULL) tells whether the state changed: the caller
 * records that as a fact. */
enum breaker_pass breaker_allows(struct breaker *b, int64_t now_ns, bool *ret_changed);

/* How an allowed call ended: answered, failed, or stopped by the person, which proves nothing
 * and frees the trial for the next call. Each returns whether the state changed. */
bool breaker_ok(struct breaker *b, enum breaker_pass pass, int64_t now_ns);
bool breaker_failed(struct breaker *b, enum breaker_pass pass, int64_t now_ns);
bool breaker_cancelled(struct breaker *b, enum breaker_pass pass, int64_t now_ns);

/* Nanoseconds until an open breaker lets a trial through; 0 in the other states. */
int64_t breaker_wait(const struct breaker *b, int64_t now_ns);

const char *breaker_state_name(enum breaker_state state); /* "closed", "open", "half-open" */

#endif
