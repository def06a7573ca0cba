/* The check list, against the built-in pair, a small server, and none. */
#include "tests/test.h"

#include <math.h>

#include "core/base/mem.h"
#include "core/lab/checkup.h"
#include "core/lab/loading.h"
#include "core/store/history.h"
#include "tests/lab/served.h"

struct world {
    struct served s;
    struct checkup *c;
    int changes;
    bool loading_seen;
};

static void changed(void *self)
{
    struct world *w = self;
    w->changes++;
    if (w->c && checkup_line(w->c, CHECKUP_LOADING)->state == CHECKUP_RUNNING)
        w->loading_seen = true;
}

/* models NULL: the built-in pair alone. */
static void world_open(struct world *w, const char *models)
{
    struct error err;
    *w = (struct world){ 0 };
    served_open(&w->s, models, !models);
    assert_ok(lab_choose(&w->s.lab, &err), err);
    w->c = checkup_new(&w->s.lab, changed, w);
}

static void world_close(struct world *w)
{
    checkup_free(w->c);
    served_close(&w->s);
}

static void run(struct world *w, bool may_cost)
{
    struct error err;
    int64_t start = test_ms();
    checkup_start(w->c, may_cost);
    assert_true(checkup_runs(w->c));
    while (checkup_runs(w->c)) {
        assert_not_hung(start, 30000);
        assert_ok(lab_turn(&w->s.lab, NULL, 0, 1000, &err), err);
    }
}

struct wanted {
    enum checkup_id id;
    enum checkup_state state;
    const char *text;
};

static void check_lines(const struct world *w, const struct wanted *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct checkup_line *l = checkup_line(w->c, rows[i].id);
        if (l->state != rows[i].state)
            fail_msg("%s: state %d, not %d (%s)", checkup_what(rows[i].id), l->state, rows[i].state,
                     l->text);
        assert_holds(checkup_what(rows[i].id), l->text, rows[i].text);
    }
}

static bool count_row(void *self, const struct history_row *row)
{
    int *count = self;
    assert_string_equal(row->purpose, "check");
    ++*count;
    return true;
}

static int answers(struct world *w)
{
    struct error err;
    struct history_filter all = { 0 };
    int count = 0;
    assert_ok(history_list(w->s.lab.store, &all, count_row, &count, &err), err);
    return count;
}

static void test_built_in(void **state)
{
    (void)state;
    static const struct wanted rows[] = {
        { CHECKUP_SERVER, CHECKUP_OK, "s" },
        { CHECKUP_PAIR, CHECKUP_OK, "fast / reason" },
        { CHECKUP_FAST, CHECKUP_OK, "s" },
        { CHECKUP_LOADING, CHECKUP_OK, "in memory already" },
        { CHECKUP_REASONING, CHECKUP_OK, "thought" },
        { CHECKUP_BOTH, CHECKUP_OK, "both are in memory" },
        { CHECKUP_STORE, CHECKUP_UNKNOWN, "memory only" },
        { CHECKUP_TERMINAL, CHECKUP_WAITS, "" },
    };
    struct world w;
    world_open(&w, NULL);
    run(&w, false);
    check_lines(&w, rows, COUNT(rows));
    assert_int_equal(answers(&w), 2); /* they are answers like others ... */
    struct cache_stats stats;
    struct error err;
    assert_ok(cache_stats(w.s.lab.cache, &stats, &err), err);
    assert_int_equal(stats.entries, 0); /* ... but not in the person's cache */
    struct checkup_count n = checkup_count(w.c);
    assert_int_equal(n.of, 7);
    assert_int_equal(n.at, 6);
    assert_int_equal(n.failed, 0);
    checkup_tell(w.c, CHECKUP_TERMINAL, CHECKUP_OK, "UTF-8, 256 colours, 80x24", NULL);
    assert_int_equal(checkup_count(w.c).at, 7);
    run(&w, false); /* again: the terminal's line stays */
    assert_string_equal(checkup_line(w.c, CHECKUP_TERMINAL)->text, "UTF-8, 256 colours, 80x24");
    world_close(&w);
}

static void test_server(void **state)
{
    (void)state;
    static const struct wanted rows[] = {
        { CHECKUP_SERVER, CHECKUP_OK, "ms" },
        { CHECKUP_PAIR, CHECKUP_OK, "fast:8b / big-r1:70b" },
        { CHECKUP_FAST, CHECKUP_OK, "after a 0.4 s load" },
        { CHECKUP_LOADING, CHECKUP_OK, "0." },
        { CHECKUP_REASONING, CHECKUP_OK, "thought" },
        { CHECKUP_BOTH, CHECKUP_OK, "both are in memory" },
    };
    struct world w;
    world_open(&w, "fast:8b,big-r1:70b");
    mock_play(&w.s.mock,
              "{'model': {'fast:8b': {'load_ms': 400}, 'big-r1:70b': {'load_ms': 600}}}");
    assert_true(isnan(loading_last_s(&w.s.lab, w.s.lab.choice.reasoning)));
    run(&w, false);
    check_lines(&w, rows, COUNT(rows));
    assert_true(w.loading_seen);
    double last = loading_last_s(&w.s.lab, w.s.lab.choice.reasoning);
    assert_true(last >= 0.6 && last < 20); /* kept for the next time */
    world_close(&w);
}

/* A server whose reasoning model fails: the other lines still say what they can. */
static void test_failure(void **state)
{
    (void)state;
    static const struct wanted rows[] = {
        { CHECKUP_SERVER, CHECKUP_OK, "" },
        { CHECKUP_FAST, CHECKUP_OK, "" },
        { CHECKUP_LOADING, CHECKUP_FAILED, "no room" },
        { CHECKUP_REASONING, CHECKUP_UNKNOWN, "it is not loaded" },
        { CHECKUP_BOTH, CHECKUP_UNKNOWN, "not both have spoken" },
    };
    struct world w;
    world_open(&w, "fast:8b,big-r1:70b");
    mock_play(&w.s.mock, "{'model': {'big-r1:70b': {'fail': {'status': 500, 'error': 'no room', "
                         "'times': -1}}}}");
    run(&w, false);
    check_lines(&w, rows, COUNT(rows));
    assert_int_equal(checkup_count(w.c).failed, 1);
    world_close(&w);
}

static void test_server_gone(void **state)
{
    (void)state;
    static const struct wanted rows[] = {
        { CHECKUP_SERVER, CHECKUP_FAILED, "" },
        { CHECKUP_FAST, CHECKUP_UNKNOWN, "the server does not answer" },
        { CHECKUP_LOADING, CHECKUP_UNKNOWN, "the server does not answer" },
        { CHECKUP_REASONING, CHECKUP_UNKNOWN, "the server does not answer" },
        { CHECKUP_BOTH, CHECKUP_UNKNOWN, "the server does not answer" },
        { CHECKUP_STORE, CHECKUP_UNKNOWN, "" },
    };
    struct world w;
    world_open(&w, "fast:8b,big-r1:70b");
    mock_stop(&w.s.mock);
    w.s.mocked = false;
    run(&w, false);
    check_lines(&w, rows, COUNT(rows));
    assert_true(checkup_line(w.c, CHECKUP_SERVER)->advice[0]);
    world_close(&w);
}

static void test_one_model_for_both(void **state)
{
    (void)state;
    static const struct wanted rows[] = {
        { CHECKUP_PAIR, CHECKUP_FAILED, "plays both" },
        { CHECKUP_FAST, CHECKUP_OK, "" },
        { CHECKUP_REASONING, CHECKUP_OK, "" },
        { CHECKUP_BOTH, CHECKUP_OK, "one model" },
    };
    struct world w;
    world_open(&w, "fast:8b");
    run(&w, false);
    check_lines(&w, rows, COUNT(rows));
    world_close(&w);
}

/* Stopped in the middle of a load: what ran and what was to come both say so, and the next one
 * begins anew. */
static void test_stop(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    world_open(&w, "fast:8b,big-r1:70b");
    mock_play(&w.s.mock, "{'model': {'big-r1:70b': {'load_ms': 60000}}}");
    checkup_start(w.c, false);
    for (int i = 0; i < 2000 && !w.loading_seen; i++)
        assert_ok(lab_turn(&w.s.lab, NULL, 0, 20, &err), err);
    assert_true(w.loading_seen);
    assert_int_equal(checkup_count(w.c).at, 4);
    checkup_stop(w.c);
    assert_false(checkup_runs(w.c));
    assert_string_equal(checkup_line(w.c, CHECKUP_LOADING)->text, "stopped by you");
    assert_int_equal(checkup_line(w.c, CHECKUP_BOTH)->state, CHECKUP_UNKNOWN);
    mock_play(&w.s.mock, "{'model': {'big-r1:70b': {'load_ms': 0}}}");
    run(&w, false);
    assert_int_equal(checkup_line(w.c, CHECKUP_BOTH)->state, CHECKUP_OK);
    checkup_start(w.c, false); /* freed while it runs */
    assert_ok(lab_turn(&w.s.lab, NULL, 0, 5, &err), err);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_built_in),
        cmocka_unit_test(test_server),
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_server_gone),
        cmocka_unit_test(test_one_model_for_both),
        cmocka_unit_test(test_stop),
    };
    return cmocka_run_group_tests_name("checkup", tests, NULL, NULL);
}
