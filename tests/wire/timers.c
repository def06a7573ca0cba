/* Timers: they ring in their order, may stop and set each other, and take no time of their own. */
#include "tests/test.h"

#include "core/base/mem.h"
#include "core/base/random.h"
#include "core/wire/net.h"
#include "core/wire/timers.h"

struct alarm {
    struct net_timer timer;
    struct net *net;
    int64_t fired_at; /* order of firing, from 1 */
    struct alarm *stop, *again;
    int64_t *count;
};

static void ring(void *self)
{
    struct alarm *a = self;
    a->fired_at = ++*a->count;
    assert_int_equal(a->timer.place, 0);
    if (a->stop)
        net_timer_stop(a->net, &a->stop->timer);
    if (a->again)
        net_timer_set(a->net, &a->again->timer, 0, ring, a->again);
}

static int64_t held_ns;

static int64_t held(void *self)
{
    (void)self;
    return held_ns;
}

static void test_timers(void **state)
{
    (void)state;
    struct error err;
    const struct clock clock = { held, held, NULL };
    held_ns = NS_PER_S;
    struct net *n = net_new(&clock, &err);
    int64_t count = 0;
    struct alarm a[4] = { 0 };
    for (size_t i = 0; i < 4; i++) {
        a[i].net = n;
        a[i].count = &count;
    }
    a[1].stop = &a[2];  /* stops one that is due in the same step */
    a[3].again = &a[3]; /* sets itself, at once, again and again */
    net_timer_set(n, &a[0].timer, 50, ring, &a[0]);
    net_timer_set(n, &a[1].timer, 10, ring, &a[1]);
    net_timer_set(n, &a[2].timer, 20, ring, &a[2]);
    net_timer_set(n, &a[3].timer, 30, ring, &a[3]);
    net_step(n);
    assert_int_equal(count, 0);
    held_ns += 40 * NS_PER_MS;
    net_step(n);
    assert_int_equal(a[1].fired_at, 1);
    assert_int_equal(a[2].fired_at, 0);
    assert_int_equal(a[3].fired_at, 2);            /* once a step, though it is due again */
    net_timer_set(n, &a[0].timer, 0, ring, &a[0]); /* sooner than it was */
    held_ns += NS_PER_MS;
    net_step(n);
    assert_int_equal(count, 4);
    net_free(n); /* one still runs */
    assert_int_equal(a[3].timer.place, 0);
}

static int64_t last_at;

static void in_order(void *self)
{
    struct net_timer *t = self;
    assert_true(t->at_ns >= last_at);
    last_at = t->at_ns;
}

/* Thousands of timers set, moved and stopped at random fire in order, each once. */
static void test_many_timers(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    static struct net_timer t[MANY];
    struct timers h = { 0 };
    struct random r;
    random_seed(&r, 7);
    for (int round = 0; round < 4 * MANY; round++) {
        size_t i = random_below(&r, MANY);
        t[i].at_ns = (int64_t)random_below(&r, 1000);
        t[i].fire = in_order;
        t[i].self = &t[i];
        if (random_below(&r, 4) == 0)
            timers_take(&h, &t[i]);
        else
            timers_put(&h, &t[i]);
    }
    size_t running = 0;
    for (size_t i = 0; i < MANY; i++)
        running += t[i].place != 0;
    assert_int_equal(running, h.count);
    last_at = 0;
    timers_fire(&h, 499);
    assert_true(h.count > 0 && timers_next(&h) >= 500);
    timers_fire(&h, 1000);
    assert_int_equal(h.count, 0);
    timers_done(&h);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timers),
        cmocka_unit_test(test_many_timers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
