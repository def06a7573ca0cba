/* Time (clock.h). */
#include "core/base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int64_t real_mono(void *self)
{
    (void)self;
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t real_wall(void *self)
{
    (void)self;
    return read_clock(CLOCK_REALTIME);
}

const struct clock *clock_real(void)
{
    static const struct clock real = { .mono_ns = real_mono, .wall_ns = real_wall };
    return &real;
}

int64_t clock_thread_ns(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void clock_stamp(int64_t wall_ns, char ret[CLOCK_STAMP_SIZE])
{
    time_t s = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    if (wall_ns == 0 || !gmtime_r(&s, &tm) ||
        strftime(ret, CLOCK_STAMP_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        snprintf(ret, CLOCK_STAMP_SIZE, "-");
}

void clock_local(int64_t wall_ns, char ret[CLOCK_STAMP_SIZE])
{
    time_t s = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    if (wall_ns == 0 || !localtime_r(&s, &tm) ||
        strftime(ret, CLOCK_STAMP_SIZE, "%Y-%m-%d %H:%M", &tm) == 0)
        snprintf(ret, CLOCK_STAMP_SIZE, "-");
}
