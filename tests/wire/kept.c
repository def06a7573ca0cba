/* Kept connections: what was left on one is seen whichever others were kept after it. */
#include "tests/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/wire/kept.h"

#define CONNECTIONS 200

/* A connection to a host of this machine: both its ends. */
struct pair {
    int here, there;
};

static int listener;
static int remote_port;

static struct sockaddr_in place(const char *host, int port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    assert_int_equal(inet_pton(AF_INET, host, &a.sin_addr), 1);
    return a;
}

static int port_here(int fd)
{
    struct sockaddr_in a;
    socklen_t len = sizeof a;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    return ntohs(a.sin_port);
}

/* From a port of ours; 0 any. */
static struct pair pair_of(const char *host, int local_port)
{
    struct pair p = { .here = socket(AF_INET, SOCK_STREAM, 0) };
    struct sockaddr_in from = place("127.0.0.1", local_port), to = place(host, remote_port);
    assert_true(p.here >= 0);
    assert_int_equal(setsockopt(p.here, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)), 0);
    if (local_port)
        assert_int_equal(bind(p.here, (struct sockaddr *)&from, sizeof from), 0);
    assert_int_equal(connect(p.here, (struct sockaddr *)&to, sizeof to), 0);
    p.there = accept(listener, NULL, NULL);
    assert_true(p.there >= 0);
    return p;
}

static void leave_something(const struct pair *p)
{
    assert_int_equal(write(p->there, "\r\n", 2), 2);
}

static bool soiled(const struct kept *k, const struct pair *p)
{
    return kept_has_leftover(k, port_here(p->here), remote_port);
}

static void close_pair(struct pair *p)
{
    close(p->here);
    close(p->there);
}

static void test_others_kept_later(void **state)
{
    (void)state;
    struct kept k = { 0 };
    struct pair p[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
        p[i] = pair_of("127.0.0.1", 0);
        if (i % 2)
            leave_something(&p[i]);
        kept_note(&k, p[i].here);
    }
    for (int i = 0; i < CONNECTIONS; i++)
        if (soiled(&k, &p[i]) != (i % 2 == 1))
            fail_msg("connection %d of %d", i, CONNECTIONS);
    for (int i = 0; i < CONNECTIONS; i++)
        close_pair(&p[i]);
    kept_done(&k);
}

static void test_one_port_to_two_hosts(void **state)
{
    (void)state;
    struct kept k = { 0 };
    struct pair first = pair_of("127.0.0.1", 0);
    int port = port_here(first.here);
    close_pair(&first); /* `there` keeps nobody from its port */
    struct pair one = pair_of("127.0.0.2", port), two = pair_of("127.0.0.3", port);
    kept_note(&k, one.here);
    kept_note(&k, two.here);
    assert_false(soiled(&k, &one));
    leave_something(&one);
    assert_true(soiled(&k, &one));
    close_pair(&one);
    close_pair(&two);
    kept_done(&k);
}

/* The descriptor was closed, and its number belongs to something else. */
static void test_numbers_given_away(void **state)
{
    (void)state;
    struct kept k = { 0 };
    struct pair old = pair_of("127.0.0.1", 0);
    int port = port_here(old.here);
    kept_note(&k, old.here);
    close_pair(&old);
    struct pair other = pair_of("127.0.0.1", 0);
    assert_int_equal(other.here, old.here);
    leave_something(&other);
    assert_false(kept_has_leftover(&k, port, remote_port));
    kept_note(&k, other.here);
    assert_true(soiled(&k, &other));
    close_pair(&other);
    kept_note(&k, -1);
    assert_false(kept_has_leftover(&k, port, remote_port));
    assert_false(kept_has_leftover(&(struct kept){ 0 }, port, remote_port));
    kept_done(&k);
}

static int begin(void **state)
{
    (void)state;
    struct sockaddr_in any = place("0.0.0.0", 0);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&any, sizeof any), 0);
    assert_int_equal(listen(listener, 16), 0);
    remote_port = port_here(listener);
    return 0;
}

static int end(void **state)
{
    (void)state;
    return close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_others_kept_later),
        cmocka_unit_test(test_one_port_to_two_hosts),
        cmocka_unit_test(test_numbers_given_away),
    };
    return cmocka_run_group_tests_name("kept connections", tests, begin, end);
}
