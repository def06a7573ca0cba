/* The timer heap (timers.h). Each timer knows its own place, so that stopping one in the
 * middle costs no search. */
#include "core/wire/timers.h"

#include "core/base/mem.h"

static void settle_at(struct timers *h, size_t i, struct net_timer *t)
{
    h->at[i] = t;
    t->place = i + 1;
}

/* Moves t, now at i, towards the root while it is earlier than its parent. */
static void rise(struct timers *h, size_t i, struct net_timer *t)
{
    while (i > 0 && t->at_ns < h->at[(i - 1) / 2]->at_ns) {
        settle_at(h, i, h->at[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    settle_at(h, i, t);
}

/* Moves t, now at i, away from the root while a child is earlier. */
static void sink(struct timers *h, size_t i, struct net_timer *t)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= h->count)
            break;
        if (child + 1 < h->count && h->at[child + 1]->at_ns < h->at[child]->at_ns)
            child++;
        if (h->at[child]->at_ns >= t->at_ns)
            break;
        settle_at(h, i, h->at[child]);
        i = child;
    }
    settle_at(h, i, t);
}

void timers_put(struct timers *h, struct net_timer *t)
{
    timers_take(h, t);
    if (h->firing_ns && t->at_ns <= h->firing_ns)
        t->at_ns = h->firing_ns + 1;
    h->at = mem_grow(h->at, &h->cap, h->count + 1, sizeof *h->at);
    h->count++;
    rise(h, h->count - 1, t);
}

void timers_take(struct timers *h, struct net_timer *t)
{
    if (!t->place)
        return;
    size_t hole = t->place - 1;
    t->place = 0;
    struct net_timer *last = h->at[--h->count];
    if (last == t)
        return;
    if (hole > 0 && last->at_ns < h->at[(hole - 1) / 2]->at_ns)
        rise(h, hole, last);
    else
        sink(h, hole, last);
}

int64_t timers_next(const struct timers *h)
{
    return h->count ? h->at[0]->at_ns : INT64_MAX;
}

void timers_fire(struct timers *h, int64_t now_ns)
{
    h->firing_ns = now_ns;
    while (timers_next(h) <= now_ns) {
        struct net_timer *t = h->at[0];
        timers_take(h, t); /* first: its handler may set it again, or free its owner */
        t->fire(t->self);
    }
    h->firing_ns = 0;
}

void timers_done(struct timers *h)
{
    for (size_t i = 0; i < h->count; i++)
        h->at[i]->place = 0;
    mem_free(h->at);
    *h = (struct timers){ 0 };
}
