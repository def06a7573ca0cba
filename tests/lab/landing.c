/* Answers that cannot be written: they wait in memory, and come to the disk whole and in order. */
#include "tests/test.h"

#include "core/lab/landing.h"
#include "tests/lab/world.h"
#include "tests/store/other.h"

/* A pipeline over a file, and another connection that can hold the file. */
struct held {
    struct world w;
    char *folder, path[4200];
    struct other other;
};

static void held_open(struct held *h)
{
    *h = (struct held){ .folder = test_folder() };
    snprintf(h->path, sizeof h->path, "%s/data/rlab.db", h->folder);
    world_open(&h->w,
               &(struct store_options){ .path = h->path, .clock = clock_real(), .busy_ms = 20 });
    other_open(&h->other, h->path);
}

static void held_close(struct held *h)
{
    world_close(&h->w);
    other_close(&h->other);
    test_folder_remove(h->folder);
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

static struct told finish(struct held *h, struct told *t)
{
    int64_t start = test_ms();
    while (!t->ended) {
        world_turn(&h->w, 1000);
        assert_not_hung(start, 20000);
    }
    return *t;
}

static struct told ask(struct held *h, const struct question *q)
{
    struct error err;
    struct told t = { 0 };
    assert_non_null(ask_start(&h->w.p, q, hear, &t, &err));
    return finish(h, &t);
}

static void ask_both(struct held *h, const char *text)
{
    struct question q = world_question(text);
    int64_t pair = 0;
    q.compare = true;
    q.purpose = "compare";
    q.pair_id = &pair;
    q.force = ROUTE_FAST;
    q.side = "left";
    assert_int_equal(ask(h, &q).end, END_OK_STOP);
    assert_true(pair != 0);
    q.force = ROUTE_REASONING;
    q.side = "right";
    assert_int_equal(ask(h, &q).end, END_OK_STOP);
}

static void test_wait_and_come_whole(void **state)
{
    (void)state;
    struct held h;
    const char *why;
    held_open(&h);
    struct question a = world_question("first"), b = world_question("second");
    assert_true(ask(&h, &a).answer_id > 0);

    hold(&h.other, true);
    assert_int_equal(ask(&h, &b).answer_id, 0); /* shown, and said to be nowhere yet */
    ask_both(&h, "third");
    struct told again = ask(&h, &b); /* what waits is in the cache as well */
    assert_int_equal(again.from, FROM_CACHE);
    assert_int_equal(number(&h.other, "SELECT count(*) FROM answer"), 1);
    assert_int_equal(landings_waiting(&h.w.p, &why), 4);
    assert_holds("why", why, "another rlab is writing");
    assert_false(landing_flush(&h.w.p));

    hold(&h.other, false);
    assert_true(landing_flush(&h.w.p));
    assert_int_equal(landings_waiting(&h.w.p, &why), 0);
    assert_null(why);
    assert_string_equal(h.w.p.not_recorded, "");
    struct question d = world_question("fourth");
    assert_true(ask(&h, &d).answer_id > 0);

    struct error err;
    assert_ok(cache_flush(h.w.cache, &err), err);
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
        if (number(&h.other, rows[i].sql) != rows[i].wanted)
            fail_msg("%s: %lld, not %lld", rows[i].what, (long long)number(&h.other, rows[i].sql),
                     (long long)rows[i].wanted);
    held_close(&h);
}

/* A call that began on disk and ends while nothing can be written. */
static void test_held_in_mid_answer(void **state)
{
    (void)state;
    struct held h;
    struct error err;
    struct told t = { 0 };
    held_open(&h);
    struct question q = world_question("long");
    mock_play(&h.w.mock, "{'tokens':20,'rate':100}");
    assert_non_null(ask_start(&h.w.p, &q, hear, &t, &err));
    while (number(&h.other, "SELECT count(*) FROM call") == 0)
        world_turn(&h.w, 1000);
    hold(&h.other, true);
    assert_int_equal(finish(&h, &t).end, END_OK_STOP);
    assert_int_equal(number(&h.other, "SELECT count(*) FROM call WHERE end_state IS NULL"), 1);
    hold(&h.other, false);
    landing_settle(&h.w.p);
    assert_string_equal(h.w.p.not_recorded, "");
    assert_int_equal(number(&h.other, "SELECT count(*) FROM call"), 1);
    assert_int_equal(number(&h.other,
                            "SELECT count(*) FROM answer a JOIN call c ON c.id = a.call_id"
                            " WHERE c.end_state = 'OK_STOP'"),
                     1);
    held_close(&h);
}

/* Nothing is half there when the program ends first, and it says what is lost. */
static void test_never_written(void **state)
{
    (void)state;
    struct held h;
    held_open(&h);
    struct question q = world_question("lost");
    hold(&h.other, true);
    assert_int_equal(ask(&h, &q).end, END_OK_STOP);
    ask_both(&h, "these too");
    landing_settle(&h.w.p);
    assert_holds("sentence", h.w.p.not_recorded, "3 answers: ");
    pipeline_done(&h.w.p);
    hold(&h.other, false);
    assert_int_equal(number(&h.other, "SELECT count(*) FROM answer"), 0);
    assert_int_equal(number(&h.other, "SELECT count(*) FROM call"), 0);
    held_close(&h);
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
