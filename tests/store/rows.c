/* Rows in, rows out: calls, answers, labels, judgements, settings, runs, batches, and what
 * is left out with history off. */
#include "tests/store/lab.h"

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

/* --- answers ------------------------------------------------------------------------------ */

static bool check_row(void *self, const struct history_row *r)
{
    int *seen = self;
    ++*seen;
    assert_string_equal(r->query, "how \"many\"?\n");
    assert_string_equal(r->answer, "forty-two");
    assert_string_equal(r->thinking, "hm");
    assert_string_equal(r->purpose, "ask");
    assert_string_equal(r->level, "simple");
    assert_string_equal(r->server, "local");
    assert_string_equal(r->model, "org/model:1b");
    assert_string_equal(r->from, "model");
    assert_string_equal(r->end, "OK_STOP");
    assert_string_equal(r->role, "");
    assert_string_equal(r->error, "");
    assert_string_equal(r->snippet, "");
    assert_string_equal(r->judgement, "");
    assert_int_equal(r->score, -2);
    assert_true(r->latency_s == 1.5 && r->ttft_text_s == 0.25);
    assert_true(isnan(r->original_latency_s) && isnan(r->ttft_s) && isnan(r->load_s));
    assert_true(isnan(r->saved_s));
    assert_int_equal(r->prompt_tokens, 7);
    assert_int_equal(r->answer_tokens, 0);
    assert_int_equal(r->completion_tokens, -1);
    assert_int_equal(r->pair_id, 0);
    assert_int_equal(r->run_id, 0);
    return true;
}

static void test_answer_comes_back(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    int64_t id = lab_answer(s, "how \"many\"?\n", "forty-two", "hm", "ask", "org/model:1b");
    for (int i = 0; i < 2; i++) {
        int seen = 0;
        assert_ok(history_get(s, id, check_row, &seen, &err), err);
        assert_ok(history_list(s, &(struct history_filter){ 0 }, check_row, &seen, &err), err);
        assert_int_equal(seen, 2);
        store_close(s);
        s = lab_open(&l);
    }
    assert_false(history_get(s, id + 1, check_row, NULL, &err));
    assert_holds("get", err.text, "there is no answer 2");
    store_close(s);
    lab_end(&l);
}

static void test_calls_that_are_not_there(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_false(call_progress(s, 99, "x", 1, NULL, 0, &err));
    assert_holds("progress", err.text, "no call 99");
    assert_false(call_end_row(s, 99, &(struct call_result){ .end = "OK_STOP" }, &err));
    assert_holds("end", err.text, "no call 99");
    assert_false(run_end(s, 5, "done", &err));
    assert_holds("run", err.text, "no run 5");
    store_close(s);
    lab_end(&l);
}

/* --- labels and judgements ---------------------------------------------------------------- */

struct heard {
    char text[200];
};

static void hear_label(void *self, const char *query, const char *level, int64_t at_wall)
{
    struct heard *h = self;
    assert_true(at_wall > 0);
    strcat(h->text, query);
    strcat(h->text, "=");
    strcat(h->text, level);
    strcat(h->text, " ");
}

static int textless(struct store *s)
{
    struct error err;
    int64_t n = -1;
    assert_ok(label_count_textless(s, &n, &err), err);
    return (int)n;
}

static void test_labels(void **state)
{
    (void)state;
    static const struct row {
        const char *query, *level, *source, *now;
    } rows[] = {
        { "a", "simple", "person", "simple" },
        { "a", "complex", "sample", "simple" }, /* a set's word is not a person's */
        { "a", "moderate", "person", "moderate" },
        { "b", "complex", "sample", "" },
        { "", "simple", "person", "simple" },
        { "b", "complex", "person", "complex" },
    };
    struct lab l;
    struct error err;
    char level[16];
    lab_start(&l);
    struct store *s = lab_open(&l);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        assert_ok(label_add(s, r->query, strlen(r->query), r->level, r->source, &err), err);
        assert_ok(label_get(s, r->query, strlen(r->query), level, &err), err);
        assert_string_equal(level, r->now);
    }
    struct heard h = { "" };
    assert_ok(label_list(s, hear_label, &h, &err), err);
    assert_string_equal(h.text, "b=complex =simple a=moderate ");
    assert_int_equal(textless(s), 0);
    store_close(s);
    /* Labelled again with history off: the label counts, the text is the earlier one. */
    s = lab_open_with(&l, (struct store_options){ .no_history = true });
    assert_ok(label_add(s, "a", 1, "complex", "person", &err), err);
    assert_ok(label_add(s, "unseen words", 12, "complex", "person", &err), err);
    assert_ok(label_get(s, "unseen words", 12, level, &err), err);
    assert_string_equal(level, "complex");
    h = (struct heard){ "" };
    assert_ok(label_list(s, hear_label, &h, &err), err);
    assert_string_equal(h.text, "a=complex b=complex =simple ");
    assert_int_equal(textless(s), 1);
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_ok(label_add(s, "b", 1, "simple", "person", &err), err);
    assert_ok(label_get(s, "b", 1, level, &err), err);
    assert_string_equal(level, "simple");
    h = (struct heard){ "" };
    assert_ok(label_list(s, hear_label, &h, &err), err);
    assert_string_equal(h.text, "b=simple a=complex =simple ");
    assert_int_equal(textless(s), 1);
    store_close(s);
    lab_end(&l);
}

static int64_t side(struct store *s, const char *which, int64_t pair_id, const char *end)
{
    struct error err;
    int64_t id;
    struct answer_row row = { .purpose = "compare",
                              .query = "q",
                              .query_len = 1,
                              .side = which,
                              .pair_id = pair_id,
                              .end = end };
    assert_ok(answer_add(s, &row, &id, &err), err);
    return id;
}

static bool copy_judgement(void *self, const struct history_row *r)
{
    struct heard *h = self;
    snprintf(h->text, sizeof h->text, "%s %lld", r->judgement, (long long)r->pair_id);
    return true;
}

static void test_judgements(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct heard h;
    lab_start(&l);
    struct store *s = lab_open(&l);
    int64_t alone = lab_answer(s, "q", "a", NULL, "ask", "m");
    int64_t left = side(s, "left", 0, "OK_STOP");
    assert_false(judgement_add(s, left, "left", false, false, &err)); /* half a compare */
    int64_t right = side(s, "right", left, "OK_LENGTH");
    int64_t fine = side(s, "left", 0, "OK_STOP"), failed = side(s, "right", fine, "ERR_HTTP");
    int64_t cut = side(s, "left", 0, "interrupted"), with = side(s, "right", cut, "OK_STOP");

    const struct row {
        int64_t id;
        const char *verdict, *error, *shown;
    } rows[] = {
        { alone, "left", "no side of a finished compare", NULL },
        { 999, "left", "no side of a finished compare", NULL },
        { with, "left", "no side of a finished compare", NULL },
        { fine, "left", "one of them failed", NULL },
        { failed, "left", "one of them failed", NULL },
        { left, "better", "'better' is no judgement", NULL },
        { right, "right", NULL, "right" },
        { left, "both-wrong", NULL, "both-wrong" },
        { left, "same", NULL, "same" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        bool ok = judgement_add(s, r->id, r->verdict, true, false, &err);
        assert_int_equal(ok, !r->error);
        if (r->error)
            assert_holds(r->verdict, err.text, r->error);
        if (!r->shown)
            continue;
        assert_ok(history_get(s, left, copy_judgement, &h, &err), err);
        assert_string_equal(h.text, arena_format(&l.arena, "%s %lld", r->shown, (long long)right));
        assert_ok(history_get(s, right, copy_judgement, &h, &err), err);
        assert_string_equal(h.text, arena_format(&l.arena, "%s %lld", r->shown, (long long)left));
    }
    assert_int_equal(number(s, "SELECT count(*) FROM judgement"), 3);
    store_close(s);
    lab_end(&l);
}

/* --- settings and facts ------------------------------------------------------------------- */

static void hear_setting(void *self, const char *key, const char *value, int64_t changed_wall)
{
    hear_label(self, key, value, changed_wall);
}

static void test_settings(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_null(setting_get(s, "theme"));
    assert_ok(setting_set(s, "theme", "dark", &err), err);
    assert_ok(setting_set(s, "theme", "light", &err), err);
    assert_ok(setting_set(s, "cache.size", "20", &err), err);
    assert_ok(setting_set(s, "gone", "x", &err), err);
    assert_ok(setting_set(s, "gone", NULL, &err), err);
    assert_ok(fact_add(s, "setting", "cache.size", "50", "20", &err), err);
    assert_ok(fact_add(s, "breaker", "local/m", NULL, NULL, &err), err);
    store_close(s);
    s = lab_open(&l);
    assert_string_equal(setting_get(s, "theme"), "light");
    assert_null(setting_get(s, "gone"));
    struct heard h = { "" };
    assert_ok(setting_list(s, hear_setting, &h, &err), err);
    assert_string_equal(h.text, "cache.size=20 theme=light ");
    assert_int_equal(number(s, "SELECT count(*) FROM fact"), 2);
    store_close(s);
    lab_end(&l);
}

static void test_batches(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(store_batch_begin(s, &err), err);
    assert_ok(setting_set(s, "a", "1", &err), err);
    assert_ok(store_batch_begin(s, &err), err);
    assert_ok(setting_set(s, "b", "1", &err), err);
    store_batch_undo(s);
    assert_ok(store_batch_begin(s, &err), err);
    assert_ok(setting_set(s, "c", "1", &err), err);
    assert_ok(store_batch_end(s, &err), err);
    assert_ok(store_batch_end(s, &err), err);
    assert_non_null(setting_get(s, "a"));
    assert_null(setting_get(s, "b"));
    assert_non_null(setting_get(s, "c"));
    assert_ok(store_batch_begin(s, &err), err);
    assert_ok(setting_set(s, "d", "1", &err), err);
    store_batch_undo(s);
    assert_null(setting_get(s, "d"));
    assert_true(store_session(s) > 0);
    assert_ok(store_batch_begin(s, &err), err);
    assert_ok(setting_set(s, "e", "1", &err), err);
    store_close(s); /* undoes what is open */
    s = lab_open(&l);
    assert_null(setting_get(s, "e"));
    assert_int_equal(store_session(s), 0);
    assert_ok(store_batch_begin(s, &err), err); /* the session's own row is undone with it */
    store_batch_undo(s);
    assert_int_equal(store_session(s), 0);
    assert_ok(setting_set(s, "f", "1", &err), err);
    assert_int_equal(number(s, "SELECT count(*) FROM session"), 2);
    store_close(s);
    lab_end(&l);
}

/* --- runs --------------------------------------------------------------------------------- */

static bool hear_run(void *self, const struct run_row *r)
{
    struct heard *h = self;
    size_t len = strlen(h->text);
    snprintf(h->text + len, sizeof h->text - len, "%lld:%s:%s:%s:%lld ", (long long)r->id, r->kind,
             r->name, r->state, (long long)r->items);
    assert_non_null(r->notes);
    assert_string_equal(r->settings, "{}");
    return true;
}

static bool hear_item(void *self, const struct run_item *i)
{
    struct heard *h = self;
    size_t len = strlen(h->text);
    assert_true(isnan(i->load_s));
    assert_int_equal(i->thinking_tokens, -1);
    snprintf(h->text + len, sizeof h->text - len, "%lld.%lld:%s:%d:%.1f ",
             (long long)i->query_index, (long long)i->round, i->query, i->correct, i->latency_s);
    return i->round < 2;
}

static void test_runs(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct heard h = { "" };
    int64_t id[3], found = 0;
    lab_start(&l);
    struct store *s = lab_open(&l);
    static const struct run_row runs[] = {
        { .kind = "bench", .name = "first", .settings = "{}" },
        { .kind = "trial", .settings = "{}", .set_name = "sample" },
        { .kind = "bench", .name = "first", .settings = "{}", .notes = "again" },
    };
    for (size_t i = 0; i < COUNT(runs); i++)
        assert_ok(run_begin(s, &runs[i], &id[i], &err), err);
    for (int i = 0; i < 6; i++) {
        struct run_item item = { .run_id = id[0],
                                 .query_index = i % 2,
                                 .round = 1 + i / 2,
                                 .query = i % 2 ? "odd" : "even",
                                 .correct = i % 3 - 1,
                                 .latency_s = i,
                                 .load_s = NAN,
                                 .ttft_s = NAN,
                                 .original_latency_s = NAN,
                                 .thinking_tokens = -1 };
        assert_ok(run_add_item(s, &item, &err), err);
    }
    assert_ok(run_end(s, id[0], "done", &err), err);
    assert_ok(run_list(s, "bench", 0, hear_run, &h, &err), err);
    assert_string_equal(h.text, "3:bench:first:running:0 1:bench:first:done:6 ");
    h = (struct heard){ "" };
    assert_ok(run_items(s, id[0], hear_item, &h, &err), err);
    assert_string_equal(h.text, "0.1:even:-1:0.0 1.1:odd:0:1.0 0.2:even:1:2.0 ");
    h = (struct heard){ "" };
    assert_ok(run_get(s, id[1], hear_run, &h, &err), err);
    assert_string_equal(h.text, "2:trial::running:0 ");
    assert_false(run_get(s, 77, hear_run, &h, &err));

    const struct row {
        const char *kind, *which;
        int64_t id;
    } rows[] = {
        { "bench", "first", id[2] },
        { "bench", "1", id[0] },
        { "bench", "last", id[2] },
        { "trial", "last", id[1] },
        { "trial", "1", 0 },
        { NULL, "2", id[1] },
        { NULL, "nothing", 0 },
        { "bench", "", 0 },
        { NULL, "0", 0 },
        { NULL, "99999999999999999999999", 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        found = 0;
        assert_int_equal(run_find(s, rows[i].kind, rows[i].which, &found, &err), rows[i].id != 0);
        assert_int_equal(found, rows[i].id);
    }
    store_close(s);
    lab_end(&l);
}

/* --- history off -------------------------------------------------------------------------- */

static void test_no_history(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    int64_t id;
    char text[64];
    lab_start(&l);
    struct store *s = lab_open_with(&l, (struct store_options){ .no_history = true });
    assert_false(store_keeps_history(s));
    id = lab_answer(s, "SECRETQUERY", "SECRETANSWER", "SECRETTHINKING", "ask", "m");
    struct call_row call = { .model = "m", .query = "SECRETQUERY", .query_len = 11 };
    assert_ok(call_begin(s, &call, &id, &err), err);
    assert_ok(call_progress(s, id, "SECRETANSWER", 12, "SECRETTHINKING", 14, &err), err);
    assert_ok(classification_add(s, "SECRETQUERY", 11, "basic", 1, "simple", 0, "ask", &err), err);
    assert_ok(label_add(s, "SECRETQUERY", 11, "simple", "person", &err), err);
    struct run_row run = { .kind = "bench" };
    assert_ok(run_begin(s, &run, &id, &err), err);
    struct run_item item = { .run_id = id, .query = "SECRETQUERY", .answer = "SECRETANSWER" };
    assert_ok(run_add_item(s, &item, &err), err);
    struct cache *c = cache_new(s, &l.clock, 2, 0);
    struct cache_entry e = lab_entry(1, text);
    e.query = "SECRETQUERY";
    e.query_len = 11;
    e.answer = e.thinking = "SECRETANSWER";
    e.answer_len = e.thinking_len = 12;
    e.fields = "SECRETFIELDS";
    assert_ok(cache_put(c, &e, &err), err);
    assert_non_null(cache_get(c, &e.key));
    assert_ok(lookup_add(s, &e.key, "hit", 1e-6, 1.5, "m", &err), err);
    struct cache_stats st;
    assert_ok(cache_stats(c, &st, &err), err);
    assert_int_equal(st.entries, 1);
    cache_free(c);
    store_close(s);

    s = lab_open(&l);
    assert_int_equal(number(s, "SELECT count(*) FROM answer WHERE latency_s = 1.5"), 1);
    assert_int_equal(number(s, "SELECT count(*) FROM call WHERE prompt_tokens = 7"), 1);
    assert_int_equal(number(s, "SELECT count(*) FROM classification WHERE query IS NULL"), 1);
    assert_int_equal(number(s, "SELECT count(*) FROM lookup"), 1);
    assert_int_equal(number(s, "SELECT count(*) FROM run_item"), 1);
    assert_int_equal(number(s, "SELECT count(*) FROM cache"), 0);
    assert_int_equal(number(s, "SELECT hits FROM cache_state"), 1);
    assert_false(lab_file_holds(&l, "SECRET"));
    assert_false(lab_file_holds(&l, "secret"));
    lab_answer(s, "SECRETQUERY", "SECRETANSWER", NULL, "ask", "m"); /* the search does find */
    assert_true(lab_file_holds(&l, "SECRETQUERY"));
    assert_true(lab_file_holds(&l, "secretanswer"));
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_comes_back),
        cmocka_unit_test(test_calls_that_are_not_there),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_judgements),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_no_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
