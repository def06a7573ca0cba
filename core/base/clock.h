/* Time. Durations come from the monotonic clock, dates from the wall clock; the two are
 * never mixed. A struct clock is passed in, so tests can hold their own time. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_S  1000000000LL
#define NS_PER_MS 1000000LL
#define NS_PER_US 1000LL

/* Both in nanoseconds: since some fixed moment, and since 1970-01-01 UTC. */
struct clock {
    int64_t (*mono_ns)(void *self);
    int64_t (*wall_ns)(void *self);
    void *self;
};

const struct clock *clock_real(void);
/* Processor time this thread has used: what a bound on work is held against, so that a busy
 * machine changes no outcome. */
int64_t clock_thread_ns(void);

static inline int64_t clock_mono(const struct clock *c)
{
    return c->mono_ns(c->self);
}

static inline int64_t clock_wall(const struct clock *c)
{
    return c->wall_ns(c->self);
}

static inline double clock_seconds(int64_t ns)
{
    return (double)ns / (double)NS_PER_S;
}

#define CLOCK_STAMP_SIZE 32
/* "2026-01-31T08:15:30Z" in UTC; "-" for 0. */
void clock_stamp(int64_t wall_ns, char ret[CLOCK_STAMP_SIZE]);
/* "2026-01-31 08:15" in local time; "-" for 0. */
void clock_local(int64_t wall_ns, char ret[CLOCK_STAMP_SIZE]);

#endif
