/* Answers that cannot be written: they wait in memory, and come to the disk whole and in order. */
#include "tests/test.h"

#include <math.h>

#include "core/base/mem.h"
#include "core/lab/landing.h"
#include "core/lab/pipeline.h"
#include "core/model/server.h"
#include "core/store/db.h"
#include "tests/wire/mock.h"

/* A pipeline over a file, and another connection that can hold the file. */
struct world {
    struct mock mock;
    struct net *net;
    struct store *store;
    struct cache *cache;
    struct rules *rules;
    struct models models;
    struct pipeline p;
    struct arena arena;
    char *folder;
    struct db other;
};

static void world_open(struct world *w)
{
    static const char *const args[] = { "--play", "ollama", "--models", "fast:8b,big-r1:70b",
                                        NULL };
    static const char rules[] = "keyword +2 solve\n";
    struct error err;
    struct server s;
    *w = (struct world){ .folder = test_folder() };
    const char *path = arena_format(&w->arena, "%s/data/rlab.db", w->folder);
    mock_start(&w->mock, args);
    w->net = net_new(clock_real(), &err);
    assert_non_null(w->net);
    assert_ok(
        store_open(&(struct store_options){ .path = path, .clock = clock_real(), .busy_ms = 20 },
                   &w->store, &err),
        err);
    w->cache = cache_new(w->store, clock_real(), 10, 0);
    w->rules = rules_parse("test", rules, sizeof rules - 1, &err);
    assert_non_null(w->rules);
    models_init(&w->models, w->net, w->store);
    assert_ok(server_make("local", "ollama", w->mock.url, &w->arena, &s, &err), err);
    struct lab_server *ls = models_add_server(&w->models, &s);
    pipeline_init(&w->p, &w->models, w->net, w->store, w->cache, w->rules);
    w->p.fast = models_get(&w->models, ls, "fast:8b");
    w->p.reasoning = models_get(&w->models, ls, "big-r1:70b");
    assert_ok(db_open(path, SQLITE_OPEN_READWRITE, path, &w->other, &err), err);
}

static void world_close(struct world *w)
{
    pipeline_done(&w->p);
    cache_free(w->cache);
    models_done(&w->models);
    net_free(w->net);
    store_close(w->store);
    rules_free(w->rules);
    db_close(&w->other);
    test_folder_remove(w->folder);
    arena_done(&w->arena);
    mock_stop(&w->mock);
}

static void hold(struct world *w, bool on)
{
    struct error err;
    assert_ok(db_exec(&w->other, on ? "BEGIN IMMEDIATE" : "ROLLBACK", &err), err);
}

/* As another process sees it. */
static int64_t number(struct world *w, const char *sql)
{
    struct error err;
    int64_t n = -1;
    assert_ok(db_number(&w->other, sql, &n, &err), err);
    return n;
}

struct told {
    bool ended;
    enum call_end end;
    enum answer_from from;
    int64_t answer_id;
};

static void hear(void *self, const struct ask_event *ev)
{
    struct told *t = self;
    if (ev->type == ASK_END)
        *t = (struct told){ true, ev->answer->end, ev->answer->from, ev->answer->answer_id };
}

static struct told finish(struct world *w, struct told *t)
{
    struct error err;
    int64_t start = test_ms();
    while (!t->ended) {
        assert_ok(net_wait(w->net, NULL, 0, 1000, &err), err);
        net_step(w->net);
        assert_not_hung(start, 20000);
    }
    return *t;
}

static struct told ask(struct world *w, const struct question *q)
{
    struct error err;
    struct told t = { 0 };
    assert_non_null(ask_start(&w->p, q, hear, &t, &err));
    return finish(w, &t);
}

static struct question question(const char *text)
{
    struct question q = question_default();
    q.text = text;
    q.len = strlen(text);
    return q;
}

static void ask_both(struct world *w, const char *text)
{
    struct question q = question(text);
    int64_t pair = 0;
    q.compare = true;
    q.purpose = "compare";
    q.pair_id = &pair;
    q.force = ROUTE_FAST;
    q.side = "left";
    assert_int_equal(ask(w, &q).end, END_OK_STOP);
    assert_true(pair != 0);
    q.force = ROUTE_REASONING;
    q.side = "right";
    assert_int_equal(ask(w, &q).end, END_OK_STOP);
}

static void test_wait_and_come_whole(void **state)
{
    (void)state;
    struct world w;
    const char *why;
    world_open(&w);
    struct question a = question("first"), b = question("second");
    assert_true(ask(&w, &a).answer_id > 0);

    hold(&w, true);
    assert_int_equal(ask(&w, &b).answer_id, 0); /* shown, and said to be nowhere yet */
    ask_both(&w, "third");
    struct told again = ask(&w, &b); /* what waits is in the cache as well */
    assert_int_equal(again.from, FROM_CACHE);
    assert_int_equal(number(&w, "SELECT count(*) FROM answer"), 1);
    assert_int_equal(landings_waiting(&w.p, &why), 4);
    assert_holds("why", why, "another rlab is writing");
    assert_false(landing_flush(&w.p));

    hold(&w, false);
    assert_true(landing_flush(&w.p));
    assert_int_equal(landings_waiting(&w.p, &why), 0);
    assert_null(why);
    assert_string_equal(w.p.not_recorded, "");
    struct question d = question("fourth");
    assert_true(ask(&w, &d).answer_id > 0);

    struct error err;
    assert_ok(cache_flush(w.cache, &err), err);
    static const struct row {
        const char *what, *sql;
        int64_t wanted;
    } rows[] = {
        { "answers", "SELECT count(*) FROM answer", 6 },
        { "in order",
          "SELECT group_concat(query, ' ') = 'first second third third second fourth'"
          " FROM (SELECT query FROM answer ORDER BY id)",
          1 },
        { "calls", "SELECT count(*) FROM call WHERE end_state = 'OK_STOP'", 5 },
        { "nothing runs", "SELECT count(*) FROM call WHERE end_state IS NULL", 0 },
        { "answers have their calls",
          "SELECT count(*) FROM answer a JOIN call c ON c.id = a.call_id AND c.query = a.query",
          6 },
        { "sides point at each other",
          "SELECT count(*) FROM answer a JOIN answer b ON b.id = a.pair_id AND b.pair_id = a.id",
          2 },
        { "lookups", "SELECT count(*) FROM lookup", 4 },
        { "entries name their calls",
          "SELECT count(*) FROM cache_answer t"
          " JOIN call c ON c.id = t.call_id AND c.answer = t.answer AND c.query = t.query",
          5 },
        { "hits", "SELECT hits FROM cache_state", 1 },
        { "misses", "SELECT misses FROM cache_state", 3 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (number(&w, rows[i].sql) != rows[i].wanted)
            fail_msg("%s: %lld, not %lld", rows[i].what, (long long)number(&w, rows[i].sql),
                     (long long)rows[i].wanted);
    world_close(&w);
}

/* A call that began on disk and ends while nothing can be written. */
static void test_held_in_mid_answer(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    struct told t = { 0 };
    world_open(&w);
    struct question q = question("long");
    mock_play(&w.mock, "{'tokens':20,'rate':100}");
    assert_non_null(ask_start(&w.p, &q, hear, &t, &err));
    while (number(&w, "SELECT count(*) FROM call") == 0) {
        assert_ok(net_wait(w.net, NULL, 0, 1000, &err), err);
        net_step(w.net);
    }
    hold(&w, true);
    assert_int_equal(finish(&w, &t).end, END_OK_STOP);
    assert_int_equal(number(&w, "SELECT count(*) FROM call WHERE end_state IS NULL"), 1);
    hold(&w, false);
    landing_settle(&w.p);
    assert_string_equal(w.p.not_recorded, "");
    assert_int_equal(number(&w, "SELECT count(*) FROM call"), 1);
    assert_int_equal(number(&w, "SELECT count(*) FROM answer a JOIN call c ON c.id = a.call_id"
                                " WHERE c.end_state = 'OK_STOP'"),
                     1);
    world_close(&w);
}

/* Nothing is half there when the program ends first, and it says what is lost. */
static void test_never_written(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    struct question q = question("lost");
    hold(&w, true);
    assert_int_equal(ask(&w, &q).end, END_OK_STOP);
    ask_both(&w, "these too");
    landing_settle(&w.p);
    assert_holds("sentence", w.p.not_recorded, "3 answers: ");
    pipeline_done(&w.p);
    hold(&w, false);
    assert_int_equal(number(&w, "SELECT count(*) FROM answer"), 0);
    assert_int_equal(number(&w, "SELECT count(*) FROM call"), 0);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait_and_come_whole),
        cmocka_unit_test(test_held_in_mid_answer),
        cmocka_unit_test(test_never_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
