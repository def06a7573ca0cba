/* A name lookup that takes seconds must hold up neither a cancel, nor a time-out, nor the end
 * of the program. The lookup here is ours: the one libcurl finds when it is loaded. */
#include "tests/test.h"

#include <netdb.h>
#include <time.h>

#include "core/wire/net.h"

#define LOOKUP_MS 1500
#define QUICK_MS  400

static void sleep_ms(int64_t ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret)
{
    (void)name;
    (void)service;
    (void)hints;
    (void)ret;
    sleep_ms(LOOKUP_MS * test_slower());
    return EAI_NONAME;
}

static int dones;
static enum net_outcome outcome;

static bool bytes(void *self, const char *data, size_t len, int64_t now_ns)
{
    (void)self;
    (void)data;
    (void)len;
    (void)now_ns;
    return true;
}

static void done(void *self, const struct net_result *r)
{
    (void)self;
    dones++;
    outcome = r->outcome;
}

static void step(struct net *n, int64_t ms)
{
    struct error err;
    assert_ok(net_wait(n, NULL, 0, ms, &err), err);
    net_step(n);
}

static struct net_transfer *look_up(struct net *n, int64_t connect_ms)
{
    static const struct net_handler handler = { NULL, bytes, done };
    struct error err;
    struct net_request r = { .method = "GET",
                             .url = "http://slow.example/",
                             .connect_ms = connect_ms };
    struct net_transfer *t = net_start(n, &r, &handler, NULL, &err);
    if (!t)
        fail_msg("%s", err.text);
    dones = 0;
    return t;
}

static void test_stuck_lookup(void **state)
{
    (void)state;
    struct error err;
    struct net *n = net_new(clock_real(), &err);
    int64_t begin = test_ms();

    struct net_transfer *t = look_up(n, 5000 * test_slower());
    for (int i = 0; i < 3; i++)
        step(n, 10);
    int64_t at = test_ms();
    net_cancel(t);
    assert_quick(test_ms() - at, QUICK_MS);

    look_up(n, 50);
    at = test_ms();
    while (!dones)
        step(n, 100);
    assert_quick(test_ms() - at, QUICK_MS);
    assert_int_equal(outcome, NET_CONNECT_TIMEOUT);

    look_up(n, 5000 * test_slower());
    step(n, 10);
    at = test_ms();
    net_free(n);
    assert_quick(test_ms() - at, QUICK_MS);

    /* The lookups were really stuck: none of this was long enough for one. They are let
     * finish, because what they hold is freed only then. */
    assert_quick(test_ms() - begin, LOOKUP_MS);
    sleep_ms((LOOKUP_MS + 300) * test_slower());
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_stuck_lookup) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
