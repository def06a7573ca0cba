/* The history as a list shows it: lines of one answer or of two, found in steps, taken away
 * and brought back. */
#include "tests/store/lab.h"

#include "core/store/history.h"
#include "core/store/history_lines.h"
#include "core/store/history_walk.h"
#include "core/store/inside.h"
#include "core/store/runs.h"

/* Both sides of a compare; the left one is stored first. Gives the newer id. */
static int64_t add_compare(struct store *s, const char *query, const char *left, const char *right)
{
    struct error err;
    int64_t id[2], pair = 0;
    const char *texts[] = { left, right };
    for (int i = 0; i < 2; i++) {
        int64_t call;
        struct call_row c = { .model = i ? "m:7b" : "m:1b",
                              .query = query,
                              .query_len = strlen(query),
                              .purpose = "compare" };
        struct call_result r = { .end = "OK_STOP",
                                 .text = texts[i],
                                 .text_len = strlen(texts[i]),
                                 .completion_tokens = 10 + i,
                                 .thinking_tokens = -1,
                                 .answer_tokens = -1,
                                 .tokens_kind = "measured",
                                 .latency_s = 1 + i };
        assert_ok(call_begin(s, &c, &call, &err), err);
        assert_ok(call_end_row(s, call, &r, &err), err);
        struct answer_row row = { .call_id = call,
                                  .purpose = "compare",
                                  .query = query,
                                  .query_len = strlen(query),
                                  .server = "local",
                                  .model = c.model,
                                  .from = "model",
                                  .end = "OK_STOP",
                                  .latency_s = 1 + i,
                                  .pair_id = pair,
                                  .side = i ? "right" : "left" };
        assert_ok(answer_add(s, &row, &id[i], &err), err);
        pair = id[0];
    }
    return id[1];
}

static struct history_state state_of(struct store *s)
{
    struct history_state st;
    struct error err;
    assert_ok(history_state(s, &st, &err), err);
    return st;
}

/* --- lines -------------------------------------------------------------------------------- */

static void test_lines(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct history_line line;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_int_equal(state_of(s).lines, 0);
    assert_int_equal(state_of(s).first_wall, 0);
    int64_t one = lab_answer(s, "alone", "yes", NULL, "ask", "m");
    l.wall += NS_PER_S;
    int64_t two = add_compare(s, "both?", "left says", "right says");
    assert_int_equal(state_of(s).lines, 2);
    assert_int_equal(state_of(s).answers, 3);
    assert_int_equal(state_of(s).newest_id, two);
    assert_int_equal(state_of(s).first_wall, l.wall - NS_PER_S);

    assert_ok(history_line(s, one, &l.arena, &line, &err), err);
    assert_false(line.compare);
    assert_string_equal(line.query, "alone");
    assert_true(line.side[0].latency_s == 1.5 && line.side[1].id == 0);
    assert_int_equal(line.side[0].tokens, 0);     /* the parts were told, the sum was not */
    for (int64_t id = two - 1; id <= two; id++) { /* from either side the same line */
        assert_ok(history_line(s, id, &l.arena, &line, &err), err);
        assert_true(line.compare);
        assert_string_equal(line.side[0].model, "m:1b");
        assert_string_equal(line.side[1].model, "m:7b");
        assert_true(line.side[0].latency_s == 1 && line.side[1].latency_s == 2);
        assert_int_equal(line.side[1].tokens, 11);
    }
    assert_ok(history_line(s, 999, &l.arena, &line, &err), err);
    assert_int_equal(line.id, 0);
    int64_t gone;
    assert_ok(history_delete(s, two, 0, &gone, &err), err);
    assert_int_equal(state_of(s).lines, 2); /* the other side is a line now */
    assert_ok(history_line(s, two - 1, &l.arena, &line, &err), err);
    assert_false(line.compare);
    assert_string_equal(line.side[0].model, "m:1b");
    assert_ok(history_delete(s, 0, 0, &gone, &err), err);
    assert_int_equal(state_of(s).lines, 0);
    assert_int_equal(state_of(s).answers, 0);
    store_close(s);
    lab_end(&l);
}

static void test_marks(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct history_marks m;
    lab_start(&l);
    struct store *s = lab_open(&l);
    int64_t id =
        lab_answer(s, "Which train?", "The trains.\nNo other.\nA TRAIN", "train", "ask", "m");
    assert_ok(history_marks(s, id, "train", &l.arena, &m, &err), err);
    assert_string_equal(m.query, "Which \1train\2?");
    assert_string_equal(m.answer, "The \1trains\2.\nNo other.\nA \1TRAIN\2");
    assert_string_equal(m.thinking, "\1train\2");
    assert_ok(history_marks(s, id, "bus", &l.arena, &m, &err), err);
    assert_null(m.query);
    assert_ok(history_marks(s, id, "", &l.arena, &m, &err), err);
    assert_null(m.query);
    char *large = arena_alloc(&l.arena, 1, 2 << 20);
    memset(large, 'x', (2 << 20) - 1);
    id = lab_answer(s, "train", large, NULL, "ask", "m");
    assert_ok(history_marks(s, id, "train", &l.arena, &m, &err), err);
    assert_null(m.query);
    store_close(s);
    lab_end(&l);
}

static void add_value(void *self, const char *value)
{
    strcat(self, value);
    strcat(self, " ");
}

static void test_values(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    char text[200] = "";
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(history_purposes(s, add_value, text, &err), err);
    assert_string_equal(text, "");
    for (int i = 0; i < 30; i++)
        lab_answer(s, "q", "a", NULL, i % 3 ? "trial" : "ask", i % 2 ? "m:7b" : "a/b");
    assert_ok(history_purposes(s, add_value, text, &err), err);
    assert_ok(history_models(s, add_value, text, &err), err);
    assert_string_equal(text, "ask trial a/b m:7b ");
    store_close(s);
    lab_end(&l);
}

/* --- walking ------------------------------------------------------------------------------ */

static void walk_all(struct history_walk *w, struct store *s, struct history_filter f)
{
    struct error err;
    history_walk_start(w, &f);
    while (!w->done)
        assert_ok(history_walk_step(w, s, SIZE_MAX, 0, &err), err);
}

static void test_walk(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    size_t later;
    lab_start(&l);
    struct store *s = lab_open(&l);
    struct history_walk w = { 0 };
    walk_all(&w, s, (struct history_filter){ 0 });
    assert_int_equal(w.count, 0);
    assert_ok(store_batch_begin(s, &err), err);
    for (int i = 0; i < 500; i++) {
        lab_answer(s, i % 2 ? "odd one" : "even one", "yes", NULL, i % 3 ? "ask" : "trial", "m");
        if (i % 50 == 0) /* 10 compares, one side of them matches */
            add_compare(s, "to compare", "leftword", "rightword");
        l.wall += NS_PER_S;
    }
    assert_ok(store_batch_end(s, &err), err);
    const struct row {
        const char *what;
        struct history_filter f;
        size_t count;
    } rows[] = {
        { "all", { 0 }, 510 },
        { "odd", { .search = "odd" }, 250 },
        { "either side", { .search = "leftword" }, 10 },
        { "the other", { .search = "rightword" }, 10 },
        { "both sides", { .search = "compare" }, 10 },
        { "of one model", { .model = "m:7b" }, 10 },
        { "odd trials", { .search = "odd", .purpose = "trial" }, 83 },
        { "since", { .since_wall = l.wall - 10 * NS_PER_S }, 10 },
        { "none", { .search = "one", .purpose = "party" }, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        walk_all(&w, s, rows[i].f);
        if (w.count != rows[i].count)
            fail_msg("%s: %zu, not %zu", rows[i].what, w.count, rows[i].count);
        for (size_t k = 1; k < w.count; k++)
            assert_true(w.ids[k] < w.ids[k - 1]);
    }
    assert_int_equal(state_of(s).lines, 510);

    /* Only as far as wanted, then on from there; what comes later stands in front. */
    history_walk_start(&w, &(struct history_filter){ .search = "odd" });
    w.stride = 16;
    assert_ok(history_walk_step(&w, s, 20, NS_PER_S, &err), err);
    assert_true(w.count >= 20 && w.count < 60 && !w.done);
    int64_t first = w.ids[0];
    lab_answer(s, "odd again", "yes", NULL, "ask", "m");
    lab_answer(s, "even again", "yes", NULL, "ask", "m");
    assert_ok(history_walk_later(&w, s, &later, &err), err);
    assert_int_equal(later, 1);
    assert_true(w.ids[0] > first && w.ids[1] == first);
    assert_ok(history_walk_later(&w, s, &later, &err), err);
    assert_int_equal(later, 0);
    while (!w.done)
        assert_ok(history_walk_step(&w, s, SIZE_MAX, NS_PER_S, &err), err);
    assert_int_equal(w.count, 251);
    history_walk_drop(&w, first);
    assert_int_equal(w.count, 250);
    assert_true(w.ids[1] != first);
    struct history_filter bad = { .search =
                                      "a a a a a a a a a a a a a a a a a a a a a a a a a a a a"
                                      " a a a a a a" };
    history_walk_start(&w, &bad);
    assert_false(history_walk_step(&w, s, 1, 0, &err));
    assert_true(w.done);
    history_walk_done(&w);
    store_close(s);
    lab_end(&l);
}

/* --- taken and given back ------------------------------------------------------------------------ */

static int matches(struct store *s, const char *search)
{
    struct history_walk w = { 0 };
    walk_all(&w, s, (struct history_filter){ .search = search });
    int count = (int)w.count;
    history_walk_done(&w);
    return count;
}

static void sweep_all(struct store *s)
{
    struct error err;
    bool done = false;
    for (int i = 0; !done; i++) {
        assert_true(i < 1000);
        assert_ok(history_sweep(s, &done, &err), err);
    }
}

static void test_take_and_give_back(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct history_gone *gone = NULL;
    int64_t run;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(classification_add(s, "TAKENQUESTION", 13, "basic", 3, "moderate", 2, "ask", &err),
              err);
    int64_t id = lab_answer(s, "TAKENQUESTION", "TAKENANSWER", "TAKENTHOUGHT", "ask", "m");
    assert_ok(run_begin(s, &(struct run_row){ .kind = "bench" }, &run, &err), err);
    struct run_item item = {
        .run_id = run, .answer_id = id, .query = "TAKENQUESTION", .answer = "TAKENANSWER"
    };
    assert_ok(run_add_item(s, &item, &err), err);
    for (int i = 0; i < 40; i++)
        lab_answer(s, "kept", "kept too", NULL, "ask", "m");
    static const char all[] =
        "SELECT (SELECT count(*) FROM answer WHERE query = 'TAKENQUESTION' AND score = -2"
        "    AND latency_s = 1.5 AND query_hash IS NOT NULL)"
        " + (SELECT count(*) FROM call WHERE answer = 'TAKENANSWER' AND query = 'TAKENQUESTION'"
        "    AND thinking = 'TAKENTHOUGHT')"
        " + (SELECT count(*) FROM run_item WHERE query IS NOT NULL AND answer IS NOT NULL)"
        " + (SELECT count(*) FROM classification WHERE query = 'TAKENQUESTION')";
    int64_t n;
    for (int round = 0; round < 2; round++) {
        assert_ok(history_take(s, id, &gone, &err), err);
        assert_non_null(gone);
        assert_int_equal(matches(s, "takenanswer"), 0);
        assert_int_equal(state_of(s).lines, 40);
        assert_ok(db_number(&s->main, all, &n, &err), err);
        assert_int_equal(n, 0);
        if (round == 0)
            assert_ok(history_give_back(s, gone, &err), err);
        else
            break;
        history_gone_free(gone);
        assert_int_equal(matches(s, "takenanswer"), 1);
        assert_int_equal(matches(s, "takenthought"), 1);
        assert_int_equal(state_of(s).lines, 41);
        assert_ok(db_number(&s->main, all, &n, &err), err);
        assert_int_equal(n, 4);
        assert_ok(db_exec(&s->main,
                          "INSERT INTO history_index(history_index, rank)"
                          " VALUES('integrity-check', 1)",
                          &err),
                  err);
    }
    sweep_all(s);
    assert_false(lab_file_holds(&l, "TAKEN"));
    assert_false(lab_file_holds(&l, "taken"));
    assert_int_equal(matches(s, "kept"), 40);

    assert_ok(store_keep_history(s, false, &err), err);
    assert_false(history_give_back(s, gone, &err));
    assert_holds("off", err.text, "recording is off");
    assert_ok(store_keep_history(s, true, &err), err);
    assert_ok(history_give_back(s, gone, &err), err);
    assert_false(history_give_back(s, gone, &err)); /* it is there already */
    assert_int_equal(matches(s, "takenquestion"), 1);
    history_gone_free(gone);
    assert_ok(history_take(s, 9999, &gone, &err), err);
    assert_null(gone);
    history_gone_free(gone);
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_false(history_take(s, id, &gone, &err));
    assert_holds("read-only", err.text, "nothing can be deleted");
    store_close(s);
    lab_end(&l);
}

static void test_take_a_compare(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct history_gone *gone;
    struct history_line line;
    lab_start(&l);
    struct store *s = lab_open(&l);
    int64_t id = add_compare(s, "both", "leftword", "rightword");
    assert_ok(judgement_add(s, id, "left", false, false, &err), err);
    assert_ok(history_take(s, id, &gone, &err), err);
    assert_int_equal(state_of(s).lines, 0);
    assert_int_equal(state_of(s).answers, 0);
    assert_ok(history_give_back(s, gone, &err), err);
    history_gone_free(gone);
    assert_int_equal(state_of(s).lines, 1);
    assert_int_equal(state_of(s).answers, 2);
    assert_int_equal(matches(s, "leftword"), 1);
    assert_int_equal(matches(s, "both"), 1);
    assert_ok(history_line(s, id, &l.arena, &line, &err), err);
    assert_true(line.compare);
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_take_and_give_back),
        cmocka_unit_test(test_take_a_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
