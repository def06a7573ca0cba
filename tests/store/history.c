/* The history: order, paging, filters, search with whatever a person types, deleting. */
#include "tests/store/lab.h"

#include "core/store/history.h"
#include "core/store/inside.h"
#include "core/store/runs.h"

struct ids {
    int64_t id[200];
    int count;
    char snippet[400];
    int stop_after;
};

static bool take(void *self, const struct history_row *r)
{
    struct ids *to = self;
    to->id[to->count++] = r->id;
    snprintf(to->snippet, sizeof to->snippet, "%s", r->snippet);
    return to->count != to->stop_after;
}

static struct ids list(struct store *s, struct history_filter f)
{
    struct error err;
    struct ids got = { .count = 0 };
    assert_ok(history_list(s, &f, take, &got, &err), err);
    return got;
}

static void test_order_and_paging(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    for (int i = 0; i < 120; i++) {
        l.wall += (i == 60 ? -5 : 1) * NS_PER_S; /* the clock was once set back */
        lab_answer(s, i % 2 ? "odd one" : "even one", "yes", NULL, i % 3 ? "ask" : "trial",
                   i % 5 ? "m" : "org/m");
    }
    struct ids got = list(s, (struct history_filter){ 0 });
    assert_int_equal(got.count, 50);
    assert_int_equal(got.id[0], 120);
    /* Page by page, everything comes exactly once, newest first. */
    int64_t before = 0, expect = 120;
    while ((got = list(s, (struct history_filter){ .limit = 7, .before_id = before })).count) {
        for (int i = 0; i < got.count; i++)
            assert_int_equal(got.id[i], expect--);
        before = got.id[got.count - 1];
    }
    assert_int_equal(expect, 0);
    int64_t n;
    assert_ok(history_count(s, &n, &err), err);
    assert_int_equal(n, 120);

    int64_t start = 1767225600 * NS_PER_S;
    const struct row {
        const char *what;
        struct history_filter f;
        int count;
    } rows[] = {
        { "purpose", { .purpose = "trial" }, 40 },
        { "model", { .model = "m" }, 96 },
        { "server and model", { .model = "local/m" }, 96 },
        { "a slash in the name", { .model = "org/m" }, 24 },
        { "all three", { .model = "local/org/m" }, 24 },
        { "model and purpose", { .model = "m", .purpose = "trial" }, 32 },
        { "no such model", { .model = "nobody/m" }, 0 },
        { "no such purpose", { .purpose = "party" }, 0 },
        { "since the end", { .since_wall = start + 114 * NS_PER_S }, 1 },
        { "since a moment passed twice", { .since_wall = start + 60 * NS_PER_S }, 56 },
        { "since for ever", { .since_wall = start + 9999 * NS_PER_S }, 0 },
        { "searched", { .search = "odd" }, 60 },
        { "searched and filtered", { .search = "odd", .purpose = "trial" }, 20 },
        { "searched by model", { .search = "odd", .model = "org/m" }, 12 },
        { "searched since", { .search = "yes", .since_wall = start + 114 * NS_PER_S }, 1 },
        { "searched before", { .search = "even", .before_id = 3 }, 1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct history_filter f = rows[i].f;
        f.limit = 200;
        got = list(s, f);
        if (got.count != rows[i].count)
            fail_msg("%s: %d rows, not %d", rows[i].what, got.count, rows[i].count);
        for (int k = 1; k < got.count; k++)
            assert_true(got.id[k] < got.id[k - 1]);
    }
    struct ids few = { .stop_after = 3 };
    assert_ok(history_list(s, &(struct history_filter){ 0 }, take, &few, &err), err);
    assert_int_equal(few.count, 3);
    store_close(s);
    lab_end(&l);
}

/* --- search ------------------------------------------------------------------------------- */

static void test_search(void **state)
{
    (void)state;
    struct lab l;
    lab_start(&l);
    struct store *s = lab_open(&l);
    static const char *const texts[][3] = {
        { "What is 2+2?", "Four, of course.", NULL },
        { "Prove that sqrt(2) is irrational", "By contradiction", "suppose p/q AND reduce" },
        { "Sag „Grüße“ auf Türkisch", "İyi günler", NULL },
        { "emoji 🙂 party 🎉", "🚀", NULL },
        { "say \"hello\" NOT goodbye", "hello*", NULL },
        { "日本語 の質問", "答え", NULL },
        { "x = y OR z: NEAR(a b) ^col -minus", "(unbalanced", "don't" },
        { "zebra", "", "zest" },
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        lab_answer(s, texts[i][0], texts[i][1], texts[i][2], "ask", "m");
    static const struct row {
        const char *search;
        int count;
        int64_t first;
    } rows[] = {
        { "2+2", 1, 1 },
        { "2 + 2", 2, 2 },
        { "2", 2, 2 },
        { "four course", 1, 1 },
        { "four sqrt", 0, 0 },
        { "irr", 1, 2 },
        { "AND", 1, 2 },
        { "OR", 1, 7 },
        { "NOT", 1, 5 },
        { "NOT goodbye", 1, 5 },
        { "NEAR(a b)", 1, 7 },
        { "query:zebra", 0, 0 },
        { "col", 1, 7 },
        { "^col", 1, 7 },
        { "-minus", 1, 7 },
        { "hello*", 1, 5 },
        { "\"hello", 1, 5 },
        { "\"hello\" \"", 1, 5 },
        { "(unbalanced", 1, 7 },
        { "don't", 1, 7 },
        { "z", 2, 8 },
        { "ze", 1, 8 },
        { "zest", 1, 8 },
        { "grusse", 0, 0 },
        { "GRÜSS", 0, 0 },
        { "gruß", 1, 3 },
        { "Türk", 1, 3 },
        { "turk", 1, 3 },
        { "🙂", 1, 4 },
        { "🎉 party", 1, 4 },
        { "🚀", 1, 4 },
        { "日本", 1, 6 },
        { "{}", 0, 0 },
        { "\"", 0, 0 },
        { "*", 0, 0 },
        { "'; DROP TABLE answer; --", 0, 0 },
        { "\xff\xfe", 0, 0 },
        { "", 8, 8 },
        { "  \t ", 8, 8 },
        { "\"of course\"", 1, 1 },
        { "\"course of\"", 0, 0 },
        { "\"hello NOT\"", 1, 5 },
        { "\"What is\" 2", 1, 1 },
        { "2 -four", 1, 2 },
        { "-four 2", 1, 2 },
        { "2 -\"by contradiction\"", 1, 1 },
        { "2 -four -reduce", 0, 0 },
        { "- 2", 2, 2 },
        { "2 -", 2, 2 },
        { "\"\"", 0, 0 },
        { "\"of cou\"", 0, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ids got = list(s, (struct history_filter){ .search = rows[i].search });
        if (got.count != rows[i].count || (got.count && got.id[0] != rows[i].first))
            fail_msg("'%s': %d rows, first %lld; not %d, first %lld", rows[i].search, got.count,
                     (long long)got.id[0], rows[i].count, (long long)rows[i].first);
    }
    struct ids got = list(s, (struct history_filter){ .search = "sqrt irr" });
    assert_holds("snippet", got.snippet, "[sqrt](2) is [irrational]");
    struct error err;
    char *many = arena_alloc(&l.arena, 1, 3 * 40 + 1), *large = arena_alloc(&l.arena, 1, 9000);
    for (int i = 0; i < 40; i++)
        strcat(many, "ab ");
    memset(large, '"', 8999);
    assert_false(history_list(s, &(struct history_filter){ .search = many }, take, &got, &err));
    assert_holds("many", err.text, "at most 32 words");
    assert_false(history_list(s, &(struct history_filter){ .search = large }, take, &got, &err));
    assert_holds("large", err.text, "bytes");
    store_close(s);
    lab_end(&l);
}

/* The index follows a call that ends after its answer was stored. */
static void test_search_follows_the_call(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    int64_t call, id, gone;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(call_begin(s, &(struct call_row){ .query = "q", .query_len = 1 }, &call, &err), err);
    struct answer_row row = { .call_id = call, .query = "q", .query_len = 1 };
    assert_ok(answer_add(s, &row, &id, &err), err);
    assert_ok(call_progress(s, call, "first", 5, NULL, 0, &err), err);
    assert_int_equal(list(s, (struct history_filter){ .search = "first" }).count, 1);
    struct call_result r = { .end = "OK_STOP", .text = "second", .text_len = 6 };
    assert_ok(call_end_row(s, call, &r, &err), err);
    assert_int_equal(list(s, (struct history_filter){ .search = "first" }).count, 0);
    assert_int_equal(list(s, (struct history_filter){ .search = "second" }).count, 1);
    assert_ok(history_delete(s, id, 0, &gone, &err), err);
    assert_ok(db_exec(&s->main,
                      "INSERT INTO history_index(history_index, rank) VALUES('integrity-check', 1)",
                      &err),
              err);
    store_close(s);
    lab_end(&l);
}

/* --- deleting ----------------------------------------------------------------------------- */

static bool show_text(void *self, const struct history_row *r)
{
    struct ids *to = self;
    snprintf(to->snippet, sizeof to->snippet, "%s|%s", r->query, r->answer);
    return true;
}

static void test_delete_one(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct ids got = { 0 };
    int64_t gone, again, run;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(classification_add(s, "DELETEDQUESTION", 15, "basic", 0, "simple", 0, "ask", &err),
              err);
    int64_t id = lab_answer(s, "DELETEDQUESTION", "DELETEDANSWER", "DELETEDTHINKING", "ask", "m");
    struct answer_row cached = {
        .call_id = 1, .query = "DELETEDQUESTION", .query_len = 15, .from = "cache"
    };
    assert_ok(answer_add(s, &cached, &again, &err), err);
    int64_t other = lab_answer(s, "KEPTQUESTION", "KEPTANSWER", NULL, "ask", "m");
    assert_ok(run_begin(s, &(struct run_row){ .kind = "bench" }, &run, &err), err);
    struct run_item item = {
        .run_id = run, .answer_id = again, .query = "DELETEDQUESTION", .answer = "DELETEDANSWER"
    };
    assert_ok(run_add_item(s, &item, &err), err);

    /* The other answer of the same call keeps its texts. */
    assert_ok(history_delete(s, id, 0, &gone, &err), err);
    assert_int_equal(gone, 1);
    assert_ok(history_get(s, again, show_text, &got, &err), err);
    assert_string_equal(got.snippet, "DELETEDQUESTION|DELETEDANSWER");
    assert_int_equal(list(s, (struct history_filter){ .search = "deletedanswer" }).count, 1);

    assert_ok(history_delete(s, again, 0, &gone, &err), err);
    assert_int_equal(gone, 1);
    assert_int_equal(list(s, (struct history_filter){ .search = "deletedanswer" }).count, 0);
    assert_ok(history_delete(s, again, 0, &gone, &err), err);
    assert_int_equal(gone, 0);
    assert_ok(history_get(s, other, show_text, &got, &err), err);
    assert_string_equal(got.snippet, "KEPTQUESTION|KEPTANSWER");
    /* Not in the tables, not in the pages, not in the search index, not in the log. */
    assert_false(lab_file_holds(&l, "DELETED"));
    assert_false(lab_file_holds(&l, "deleted"));
    assert_true(lab_file_holds(&l, "KEPTQUESTION"));
    int64_t calls = 0;
    assert_ok(
        db_number(&s->main, "SELECT count(*) FROM call WHERE prompt_tokens = 7", &calls, &err),
        err);
    assert_int_equal(calls, 2); /* numbers stay */
    store_close(s);
    lab_end(&l);
}

/* A fallback's answer stands for a call that failed and has no answer of its own. */
static void test_delete_fallback(void **state)
{
    (void)state;
    static const char words[] = "DELETEDQUESTION", thought[] = "DELETEDTHINKING";
    struct call_row asked = { .query = words, .query_len = 15, .purpose = "ask" };
    struct call_result late = { .end = "TIMEOUT_TOTAL", .thinking = thought, .thinking_len = 15 };
    struct call_result quick = { .end = "OK_STOP", .text = "DELETEDANSWER", .text_len = 13 };
    struct call_row kept = { .query = "KEPTQUESTION", .query_len = 12, .purpose = "ask" };
    struct lab l;
    struct error err;
    struct history_gone *g = NULL;
    int64_t call, first, again, gone;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(call_begin(s, &kept, &call, &err), err);
    assert_ok(call_end_row(s, call, &(struct call_result){ .end = "ERR_STREAM" }, &err), err);
    for (int i = 0; i < 2; i++) {
        assert_ok(call_begin(s, &asked, &call, &err), err);
        assert_ok(call_end_row(s, call, &late, &err), err);
    }
    assert_ok(call_begin(s, &asked, &call, &err), err);
    assert_ok(call_end_row(s, call, &quick, &err), err);
    struct answer_row row = { .call_id = call,
                              .query = words,
                              .query_len = 15,
                              .fallback_from = "local/slow",
                              .fallback_why = "too late" };
    assert_ok(answer_add(s, &row, &first, &err), err);
    assert_ok(answer_add(s, &row, &again, &err), err);

    assert_ok(history_delete(s, first, 0, &gone, &err), err);
    assert_ok(history_take(s, again, &g, &err), err);
    int64_t with_text = 0;
    static const char texts[] = "SELECT count(*) FROM call WHERE query IS NOT NULL";
    assert_ok(db_number(&s->main, texts, &with_text, &err), err);
    assert_int_equal(with_text, 1); /* another question's failed call keeps its own */

    assert_ok(history_give_back(s, g, &err), err);
    assert_ok(db_number(&s->main, texts, &with_text, &err), err);
    assert_int_equal(with_text, 3);
    history_gone_free(g);
    assert_ok(history_delete(s, again, 0, &gone, &err), err);
    assert_int_equal(gone, 1);
    assert_false(lab_file_holds(&l, "DELETED"));
    assert_true(lab_file_holds(&l, "KEPTQUESTION"));
    store_close(s);
    lab_end(&l);
}

static bool see_names(void *self, const struct history_row *r)
{
    buf_printf(self, "%lld '%s' '%s'\n", (long long)r->id, r->name, r->notes);
    return true;
}

/* What a person calls a question goes with its answer, and comes back with it. */
static void test_names(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    int64_t first, second, third, found = 0, gone;
    struct history_gone *g;
    lab_start(&l);
    struct store *s = lab_open(&l);
    struct answer_row row = { .query = "q", .query_len = 1, .name = "MYNAME", .notes = "MYNOTES" };
    assert_ok(answer_add(s, &row, &first, &err), err);
    assert_ok(answer_add(s, &row, &second, &err), err);
    row.name = row.notes = "";
    assert_ok(answer_add(s, &row, &third, &err), err);
    assert_ok(history_find(s, "MYNAME", &found, &err), err);
    assert_int_equal(found, second);
    assert_ok(history_find(s, "1", &found, &err), err);
    assert_int_equal(found, first);

    assert_ok(history_take(s, second, &g, &err), err);
    assert_ok(history_find(s, "MYNAME", &found, &err), err);
    assert_int_equal(found, first);
    assert_ok(history_give_back(s, g, &err), err);
    history_gone_free(g);
    struct buf seen = buf_with_max(1000);
    struct history_filter all = { 0 };
    assert_ok(history_list(s, &all, see_names, &seen, &err), err);
    assert_string_equal(buf_text(&seen), "3 '' ''\n2 'MYNAME' 'MYNOTES'\n1 'MYNAME' 'MYNOTES'\n");

    assert_ok(history_delete(s, 0, 0, &gone, &err), err);
    assert_false(history_find(s, "MYNAME", &found, &err));
    assert_non_null(strstr(err.text, "there is no answer 'MYNAME'"));
    assert_false(history_find(s, "", &found, &err));
    store_close(s);
    assert_false(lab_file_holds(&l, "MYNAME"));
    assert_false(lab_file_holds(&l, "MYNOTES"));

    s = lab_open_with(&l, (struct store_options){ .no_history = true });
    row.name = row.notes = "SECRETNAME";
    assert_ok(answer_add(s, &row, &first, &err), err);
    store_close(s);
    assert_false(lab_file_holds(&l, "SECRETNAME"));
    buf_done(&seen);
    lab_end(&l);
}

/* The cache keeps what the history forgot: answered out of it once more, the answer is in the
 * history again, whole and found by its words. */
static void test_asked_again_after_a_delete(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct ids got = { 0 };
    int64_t gone, again;
    lab_start(&l);
    struct store *s = lab_open(&l);
    int64_t id = lab_answer(s, "the question", "its answer", "a thought", "ask", "m");
    assert_ok(history_delete(s, id, 0, &gone, &err), err);
    struct answer_row cached = { .call_id = 1,
                                 .query = "the question",
                                 .query_len = 12,
                                 .from = "cache",
                                 .text = "its answer",
                                 .text_len = 10,
                                 .thinking = "a thought",
                                 .thinking_len = 9 };
    assert_ok(answer_add(s, &cached, &again, &err), err);
    assert_ok(history_get(s, again, show_text, &got, &err), err);
    assert_string_equal(got.snippet, "the question|its answer");
    assert_int_equal(list(s, (struct history_filter){ .search = "thought" }).count, 1);

    /* What is there is not written over, and found in other words it is not said to be asked so. */
    struct answer_row other = cached;
    other.text = "another";
    other.text_len = 7;
    assert_ok(answer_add(s, &other, &id, &err), err);
    assert_ok(history_get(s, again, show_text, &got, &err), err);
    assert_string_equal(got.snippet, "the question|its answer");
    assert_ok(history_delete(s, 0, 0, &gone, &err), err);
    cached.query = "The  question";
    cached.query_len = 13;
    assert_ok(answer_add(s, &cached, &again, &err), err);
    assert_ok(history_get(s, again, show_text, &got, &err), err);
    assert_string_equal(got.snippet, "The  question|its answer");
    int64_t named = -1;
    assert_ok(
        db_number(&s->main, "SELECT count(*) FROM call WHERE query IS NOT NULL", &named, &err),
        err);
    assert_int_equal(named, 0);
    assert_ok(db_exec(&s->main,
                      "INSERT INTO history_index(history_index, rank) VALUES('integrity-check', 1)",
                      &err),
              err);

    /* With recording off nothing comes back. */
    assert_ok(history_delete(s, 0, 0, &gone, &err), err);
    assert_ok(store_keep_history(s, false, &err), err);
    assert_ok(answer_add(s, &cached, &again, &err), err);
    assert_false(lab_file_holds(&l, "its answer"));
    store_close(s);
    lab_end(&l);
}

static void test_delete_before(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    int64_t gone, call;
    lab_start(&l);
    struct store *s = lab_open(&l);
    for (int i = 0; i < 10; i++) {
        lab_answer(s, "DELETEDQUESTION", "fine", NULL, "ask", "m");
        l.wall += NS_PER_S;
    }
    assert_ok(
        call_begin(s, &(struct call_row){ .query = "RUNNINGCALL", .query_len = 11 }, &call, &err),
        err);
    assert_ok(history_delete(s, 0, l.wall - 3 * NS_PER_S, &gone, &err), err);
    assert_int_equal(gone, 7);
    struct ids got = list(s, (struct history_filter){ .search = "deletedquestion" });
    assert_int_equal(got.count, 3);
    assert_ok(history_delete(s, 0, 0, &gone, &err), err);
    assert_int_equal(gone, 3);
    int64_t left;
    assert_ok(history_count(s, &left, &err), err);
    assert_int_equal(left, 0);
    assert_false(lab_file_holds(&l, "DELETED"));
    assert_false(lab_file_holds(&l, "deleted"));
    assert_true(lab_file_holds(&l, "RUNNINGCALL"));
    assert_int_equal(lab_answer(s, "new", "one", NULL, "ask", "m"), 11); /* ids are not reused */
    assert_int_equal(list(s, (struct history_filter){ .search = "new" }).count, 1);
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_paging),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_search_follows_the_call),
        cmocka_unit_test(test_delete_one),
        cmocka_unit_test(test_delete_fallback),
        cmocka_unit_test(test_delete_before),
        cmocka_unit_test(test_asked_again_after_a_delete),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
