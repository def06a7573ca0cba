/* Several processes on one file, and processes that die: nothing is lost that was said to be
 * kept, nothing is counted twice, nobody waits long. */
#include "tests/store/lab.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/random.h"
#include "core/store/history.h"
#include "core/store/inside.h"
#include "core/store/runs.h"

static int64_t number(struct store *s, const char *sql)
{
    struct error err;
    int64_t n = -1;
    assert_ok(db_number(&s->main, sql, &n, &err), err);
    return n;
}

/* For children, where a failed assertion has nowhere to go. */
#define must(what, err)                                                                            \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "# %s:%d: %s: %s\n", __FILE__, __LINE__, #what, (err).text);           \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static struct store *open_in_child(const struct lab *l, int busy_ms)
{
    struct error err = { 0 };
    struct store *s = NULL;
    struct store_options o = { .path = l->path, .clock = clock_real(), .busy_ms = busy_ms };
    must(store_open(&o, &s, &err), err);
    if (store_trouble(s)) {
        fprintf(stderr, "# %s\n", store_trouble(s));
        _exit(1);
    }
    return s;
}

/* A child that tells the test of its doings over a pipe, until it is killed. It keeps no end to
 * read from: when the test has failed and gone, so does the child, which would hold the test's
 * output open for ever. */
static pid_t start_telling(const struct lab *l, int pipes[2],
                           void (*work)(const struct lab *l, int told))
{
    assert_int_equal(pipe(pipes), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(pipes[0]);
        work(l, pipes[1]);
        _exit(1);
    }
    assert_true(child > 0);
    close(pipes[1]);
    return child;
}

static void wait_for(pid_t child, int expect)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), expect);
}

/* --- many at once ------------------------------------------------------------------------- */

enum { CHILDREN = 4, ROUNDS = 60, SIZE = 20 };

static void work(const struct lab *l, int who)
{
    struct error err = { 0 };
    struct store *s = open_in_child(l, 20000);
    struct cache *c = cache_new(s, clock_real(), SIZE, 0);
    char text[64];
    for (int i = 0; i < ROUNDS; i++) {
        int64_t id;
        struct answer_row row = { .query = "same question", .query_len = 13, .end = "OK_STOP" };
        must(answer_add(s, &row, &id, &err), err);
        must(label_add(s, "q", 1, "simple", "person", &err), err);
        struct cache_entry e = lab_entry(who * 1000 + i, text);
        must(cache_put(c, &e, &err), err);
        must(cache_get(c, &e.key) != NULL || true, err);
        struct hash nowhere = { { 0xFF } };
        must(cache_get(c, &nowhere) == NULL, err);
        must(fact_add(s, "setting", "x", NULL, NULL, &err), err);
        if (i % 7 == 0)
            must(cache_flush(c, &err), err);
    }
    cache_free(c);
    store_close(s);
    _exit(0);
}

static void test_many_at_once(void **state)
{
    (void)state;
    struct lab l;
    pid_t child[CHILDREN];
    lab_start(&l);
    fflush(NULL);
    for (int i = 0; i < CHILDREN; i++) /* all of them make the file */
        if ((child[i] = fork()) == 0)
            work(&l, i);
    for (int i = 0; i < CHILDREN; i++)
        wait_for(child[i], 0);
    struct store *s = lab_open(&l);
    int64_t all = CHILDREN * ROUNDS;
    assert_int_equal(number(s, "SELECT count(*) FROM answer"), all);
    assert_int_equal(number(s, "SELECT count(*) FROM label"), all);
    assert_int_equal(number(s, "SELECT count(*) FROM fact"), all);
    assert_int_equal(number(s, "SELECT count(*) FROM cache"), SIZE);
    assert_int_equal(number(s, "SELECT entries FROM cache_state"), SIZE);
    assert_int_equal(number(s, "SELECT evicted FROM cache_state"), all - SIZE);
    assert_int_equal(number(s, "SELECT hits + misses FROM cache_state"), 2 * all);
    assert_true(number(s, "SELECT misses FROM cache_state") >= all);
    assert_int_equal(number(s, "SELECT count(*) FROM session WHERE outcome = 'closed'"), CHILDREN);
    assert_int_equal(number(s, "SELECT sum(hits + misses) FROM session"), 2 * all);
    assert_int_equal(number(s, "SELECT sum(evicted) FROM session"), all - SIZE);
    assert_int_equal(number(s, "SELECT count(DISTINCT used_order) FROM cache"), SIZE);
    store_close(s);
    lab_end(&l);
}

/* --- busy --------------------------------------------------------------------------------- */

static void test_read_then_write(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    char level[16];
    lab_start(&l);
    struct store *a = lab_open(&l);
    struct store *b = lab_open_with(&l, (struct store_options){ .busy_ms = 30 });
    /* What one has read, the other changes; the first then writes all the same. */
    assert_ok(label_get(a, "q", 1, level, &err), err);
    assert_ok(label_add(b, "q", 1, "simple", "person", &err), err);
    assert_ok(label_add(a, "q", 1, "complex", "person", &err), err);
    /* Within a transaction the reader holds the pen: the other is told, and loses nothing. */
    assert_ok(store_batch_begin(a, &err), err);
    assert_ok(label_get(a, "q", 1, level, &err), err);
    assert_false(label_add(b, "q", 1, "moderate", "person", &err));
    assert_holds("busy", err.text, "is busy");
    assert_null(strstr(err.text, "locked"));
    assert_true(store_was_busy(b));
    assert_ok(label_get(b, "q", 1, level, &err), err); /* reading needs no pen */
    assert_string_equal(level, "complex");
    assert_ok(label_add(a, "q", 1, "simple", "person", &err), err);
    assert_ok(store_batch_end(a, &err), err);
    assert_ok(label_add(b, "q", 1, "moderate", "person", &err), err);
    assert_false(store_was_busy(b));
    assert_int_equal(number(a, "SELECT count(*) FROM label"), 4);
    store_close(a);
    store_close(b);
    lab_end(&l);
}

static void test_waiting_is_bounded(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    char text[64];
    lab_start(&l);
    struct store *holder = lab_open(&l);
    struct store *s = lab_open_with(&l, (struct store_options){ .busy_ms = 100 });
    struct cache *c = cache_new(s, &l.clock, 5, 0);
    assert_ok(store_batch_begin(holder, &err), err);
    struct cache_entry e = lab_entry(1, text);
    int64_t start = test_ms();
    assert_false(cache_put(c, &e, &err));
    int64_t took_ms = test_ms() - start;
    assert_true(took_ms > 50);
    assert_quick(took_ms, 1000); /* 0.1 s, but the machine may be busy too */
    assert_holds("busy", err.text, "is busy");
    start = test_ms();
    assert_non_null(cache_get(c, &e.key)); /* memory answers at once */
    assert_quick(test_ms() - start, 50);
    assert_ok(store_batch_end(holder, &err), err);
    assert_ok(cache_flush(c, &err), err); /* the loop tries again */
    assert_int_equal(number(holder, "SELECT count(*) FROM cache"), 1);
    assert_int_equal(number(holder, "SELECT hits FROM cache"), 1);
    cache_free(c);
    store_close(s);
    store_close(holder);
    lab_end(&l);
}

/* What is only noted finds the file busy: it is not lost, and keeps its time. */
static void test_a_late_fact(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *holder = lab_open(&l);
    struct store *s = lab_open_with(&l, (struct store_options){ .busy_ms = 10 });
    assert_ok(label_add(s, "q", 1, "simple", "person", &err), err);
    assert_ok(store_batch_begin(holder, &err), err);
    l.wall += 7 * NS_PER_S;
    int64_t at = l.wall;
    assert_ok(fact_add(s, "screen", "cache", NULL, "visited", &err), err);
    assert_ok(fact_add(s, "screen", "ask", NULL, NULL, &err), err);
    assert_false(label_add(s, "q", 1, "simple", "person", &err)); /* that one is told */
    assert_ok(store_batch_end(holder, &err), err);
    assert_int_equal(number(holder, "SELECT count(*) FROM fact"), 0);
    l.wall += 7 * NS_PER_S;
    assert_ok(store_batch_begin(s, &err), err); /* one that is undone takes them not with it */
    store_batch_undo(s);
    assert_ok(label_add(s, "q", 1, "simple", "person", &err), err);
    assert_ok(label_add(s, "q", 1, "simple", "person", &err), err);
    assert_int_equal(number(holder, "SELECT count(*) FROM fact"), 2);
    assert_int_equal(number(holder, "SELECT at_wall FROM fact WHERE after = 'visited'"), at);
    store_close(s);

    s = lab_open_with(&l, (struct store_options){ .busy_ms = 10 }); /* the end writes them too */
    assert_ok(label_add(s, "q", 1, "simple", "person", &err), err);
    assert_ok(store_batch_begin(holder, &err), err);
    assert_ok(fact_add(s, "screen", "bench", NULL, "visited", &err), err);
    assert_ok(store_batch_end(holder, &err), err);
    store_close(s);
    assert_int_equal(number(holder, "SELECT count(*) FROM fact"), 3);
    store_close(holder);
    lab_end(&l);
}

/* --- sudden death ------------------------------------------------------------------------- */

static void stream_until_killed(const struct lab *l, int told)
{
    struct error err = { 0 };
    struct store *s = open_in_child(l, 5000);
    int64_t run, call;
    must(run_begin(s, &(struct run_row){ .kind = "bench" }, &run, &err), err);
    struct call_row row = { .model = "m",
                            .query = "long question",
                            .query_len = 13,
                            .purpose = "ask",
                            .role = "reasoning" };
    must(call_begin(s, &row, &call, &err), err);
    must(call_progress(s, call, "The first half", 14, "I wonder", 8, &err), err);
    must(write(told, "x", 1) == 1, err);
    struct pollfd reader = { .fd = told }; /* ready when nobody is there to read */
    while (poll(&reader, 1, -1) <= 0)
        ;
}

static bool check_interrupted(void *self, const struct history_row *r)
{
    ++*(int *)self;
    assert_string_equal(r->end, "interrupted");
    assert_string_equal(r->query, "long question");
    assert_string_equal(r->answer, "The first half");
    assert_string_equal(r->thinking, "I wonder");
    assert_string_equal(r->model, "m");
    assert_string_equal(r->role, "reasoning");
    assert_true(isnan(r->latency_s));
    return true;
}

static void test_killed_in_mid_stream(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    int pipes[2], seen = 0;
    char byte;
    lab_start(&l);
    pid_t child = start_telling(&l, pipes, stream_until_killed);
    assert_int_equal(read(pipes[0], &byte, 1), 1);

    l.wall = clock_wall(clock_real());
    struct store *s = lab_open(&l); /* while it lives, its call is its own */
    assert_int_equal(store_others(s), 1);
    assert_int_equal(number(s, "SELECT count(*) FROM call WHERE end_state IS NULL"), 1);
    assert_int_equal(number(s, "SELECT count(*) FROM answer"), 0);
    store_close(s);

    assert_int_equal(kill(child, SIGKILL), 0);
    siginfo_t info; /* dead but not collected: that is dead too */
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    s = lab_open(&l);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(store_others(s), 0);
    for (int i = 0; i < 2; i++) { /* once, not again with the next start */
        assert_ok(history_list(s, &(struct history_filter){ .search = "first half" },
                               check_interrupted, &seen, &err),
                  err);
        assert_int_equal(seen, i + 1);
        assert_int_equal(number(s, "SELECT count(*) FROM run WHERE state = 'interrupted'"), 1);
        assert_int_equal(number(s, "SELECT count(*) FROM session WHERE outcome = 'died'"), 1);
        store_close(s);
        s = lab_open(&l);
    }
    assert_null(store_notice(s));
    store_close(s);
    close(pipes[0]);
    lab_end(&l);
}

/* Writes, and tells each row it was promised. */
static void write_until_killed(const struct lab *l, int told)
{
    struct error err = { 0 };
    struct store *s = open_in_child(l, 5000);
    struct cache *c = cache_new(s, clock_real(), 1000, 0);
    char text[64];
    for (int i = 1;; i++) {
        int64_t id;
        struct answer_row row = { .query = "q", .query_len = 1, .end = "OK_STOP" };
        must(answer_add(s, &row, &id, &err), err);
        struct cache_entry e = lab_entry((int)id, text);
        must(cache_put(c, &e, &err), err);
        must(write(told, &id, sizeof id) == sizeof id, err);
    }
}

static void test_promises_survive_a_kill(void **state)
{
    (void)state;
    struct lab l;
    struct random r;
    struct error err;
    char text[64];
    lab_start(&l);
    random_seed(&r, 11);
    static bool promised[100000];
    int64_t last = 0, id;
    for (int round = 0; round < 8; round++) {
        int pipes[2];
        pid_t child = start_telling(&l, pipes, write_until_killed);
        int64_t wanted = 1 + (int64_t)random_below(&r, 12);
        for (int64_t n = 0; n < wanted; n++) {
            assert_int_equal(read(pipes[0], &id, sizeof id), sizeof id);
            promised[id] = true;
        }
        usleep((useconds_t)random_below(&r, 3000));
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(pipes[0], &id, sizeof id) == sizeof id)
            promised[id] = true;
        close(pipes[0]);
        last = id;

        struct store *s = lab_open(&l);
        assert_null(store_notice(s));
        assert_int_equal(number(s, "SELECT max(id) >= 1 FROM answer"), 1);
        assert_int_equal(number(s, "SELECT count(*) FROM answer") >= last, 1);
        struct cache *c = cache_new(s, &l.clock, 1000, 0);
        for (int64_t i = 1; i <= last; i++) {
            struct cache_entry e = lab_entry((int)i, text);
            if (promised[i] && !cache_get(c, &e.key))
                fail_msg("round %d: entry %lld of %lld is lost", round, (long long)i,
                         (long long)last);
        }
        assert_int_equal(number(s, "SELECT (SELECT count(*) FROM cache) ="
                                   " (SELECT entries FROM cache_state)"),
                         1);
        cache_free(c);
        int64_t ok = 0;
        assert_ok(db_number(&s->main,
                            "SELECT count(*) FROM pragma_integrity_check()"
                            " WHERE integrity_check <> 'ok'",
                            &ok, &err),
                  err);
        assert_int_equal(ok, 0);
        store_close(s);
    }
    lab_end(&l);
}

/* Sessions of other machines, of an earlier boot, of a number that is another process now. */
static void test_who_is_dead(void **state)
{
    (void)state;
    static const struct row {
        const char *what, *change;
        bool dead;
    } rows[] = {
        { "this very process", "pid = pid", false },
        { "another boot", "boot = 'another'", true },
        { "no such process", "pid = 0", true },
        { "its number was given away", "pid_start = pid_start - 1", true },
        { "start unknown", "pid_start = 0", false },
        { "another machine, today", "host = 'another'", false },
        { "another machine, long ago", "host = 'another', started_wall = 5", true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lab l;
        struct error err;
        lab_start(&l);
        struct store *s = lab_open(&l), *probe;
        assert_ok(fact_add(s, "x", NULL, NULL, NULL, &err), err);
        assert_ok(db_exec(&s->main, arena_format(&l.arena, "UPDATE session SET %s", rows[i].change),
                          &err),
                  err);
        probe = lab_open(&l);
        if (number(probe, "SELECT count(*) FROM session WHERE outcome = 'died'") != rows[i].dead)
            fail_msg("%s", rows[i].what);
        assert_int_equal(store_others(probe), !rows[i].dead);
        store_close(probe);
        store_close(s);
        lab_end(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_at_once),         cmocka_unit_test(test_read_then_write),
        cmocka_unit_test(test_waiting_is_bounded),   cmocka_unit_test(test_a_late_fact),
        cmocka_unit_test(test_killed_in_mid_stream), cmocka_unit_test(test_promises_survive_a_kill),
        cmocka_unit_test(test_who_is_dead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
