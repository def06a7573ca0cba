/* Timers in order of their time: a binary heap of pointers to timers that live in their
 * owners. net.c is its only user; the public face is net_timer_set and net_timer_stop. */
#ifndef WIRE_TIMERS_H
#define WIRE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/wire/net.h"

struct timers {
    struct net_timer **at; /* at[0] is the earliest */
    size_t count, cap;
    int64_t firing_ns; /* while timers_fire runs: its moment; else 0 */
};

/* Sets or moves t to t->at_ns. */
void timers_put(struct timers *h, struct net_timer *t);
void timers_take(struct timers *h, struct net_timer *t); /* a stopped one is fine */
/* The earliest time, or INT64_MAX where none runs. */
int64_t timers_next(const struct timers *h);
/* Fires, in order of time, all that were due at now_ns. One that is set meanwhile waits for
 * the next call, however short its time: handlers cannot keep this from returning. */
void timers_fire(struct timers *h, int64_t now_ns);
/* Stops all of them. */
void timers_done(struct timers *h);

#endif
