/* What the store keeps for a person's next start, and what it keeps to itself: drafts, answers
 * that were cut off, recording turned off and on, how long the history is. */
#include "tests/store/lab.h"

#include "core/store/drafts.h"
#include "core/store/history.h"
#include "core/store/inside.h"
#include "core/store/interrupted.h"
#include "core/store/session.h"

static int64_t number(struct store *s, const char *sql)
{
    struct error err;
    int64_t n = -1;
    assert_ok(db_number(&s->main, sql, &n, &err), err);
    return n;
}

/* --- drafts ------------------------------------------------------------------------------- */

static void test_drafts(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_null(draft_get(s, "ask.prompt"));
    assert_ok(draft_set(s, "ask.prompt", "half a quest\xc3\xb6ion\nand more", &err), err);
    assert_ok(draft_set(s, "screen.pane", "cache", &err), err);
    assert_ok(draft_set(s, "screen.pane", "ask", &err), err);
    store_close(s);
    s = lab_open(&l);
    assert_string_equal(draft_get(s, "ask.prompt"), "half a quest\xc3\xb6ion\nand more");
    assert_string_equal(draft_get(s, "screen.pane"), "ask");
    assert_ok(draft_set(s, "ask.prompt", "", &err), err);
    assert_null(draft_get(s, "ask.prompt"));
    assert_ok(draft_set(s, "screen.pane", NULL, &err), err);
    assert_null(draft_get(s, "screen.pane"));
    assert_int_equal(number(s, "SELECT count(*) FROM draft"), 0);
    store_close(s);
    lab_end(&l);
}

static void test_no_draft_with_history_off(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(draft_set(s, "a", "EARLIER", &err), err);
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .no_history = true });
    assert_ok(draft_set(s, "a", "SECRETDRAFT", &err), err);
    assert_ok(draft_set(s, "b", "SECRETDRAFT", &err), err);
    assert_string_equal(draft_get(s, "a"), "EARLIER");
    assert_null(draft_get(s, "b"));
    assert_false(lab_file_holds(&l, "SECRETDRAFT"));
    assert_ok(draft_set(s, "a", NULL, &err), err); /* forgetting is not writing */
    assert_null(draft_get(s, "a"));
    store_close(s);
    lab_end(&l);
}

/* A file that is only read: what is written lives for the session, what is forgotten stays so. */
static void test_drafts_of_a_stand_in(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(draft_set(s, "a", "one", &err), err);
    assert_ok(draft_set(s, "b", "two", &err), err);
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_string_equal(draft_get(s, "a"), "one");
    assert_ok(draft_set(s, "a", "other", &err), err);
    assert_string_equal(draft_get(s, "a"), "other");
    assert_ok(draft_set(s, "b", "", &err), err);
    assert_null(draft_get(s, "b"));
    store_close(s);
    s = lab_open(&l);
    assert_string_equal(draft_get(s, "a"), "one");
    assert_string_equal(draft_get(s, "b"), "two");
    store_close(s);
    lab_end(&l);
}

/* --- answers that were cut off ---------------------------------------------------------------- */

struct offers {
    int count;
    int64_t id[10];
    char query[10][40], answer[10][40];
};

static bool take_offer(void *self, const struct interrupted *i)
{
    struct offers *o = self;
    o->id[o->count] = i->answer_id;
    snprintf(o->query[o->count], 40, "%s", i->query);
    snprintf(o->answer[o->count++], 40, "%s", i->answer);
    assert_int_equal(i->answer_len, strlen(i->answer));
    assert_string_equal(i->model, "m");
    return true;
}

/* A call that runs, with some text, in a session whose process is gone. */
static void die_while_answering(struct lab *l, const char *query, const char *text,
                                const char *purpose, bool no_history)
{
    struct error err;
    int64_t id;
    struct store *s = lab_open_with(l, (struct store_options){ .no_history = no_history });
    struct call_row row = { .server = "local",
                            .model = "m",
                            .role = "fast",
                            .query = query,
                            .query_len = strlen(query),
                            .purpose = purpose };
    assert_ok(call_begin(s, &row, &id, &err), err);
    assert_ok(call_progress(s, id, text, strlen(text), NULL, 0, &err), err);
    assert_ok(db_exec(&s->main, "UPDATE session SET pid = 0 WHERE ended_wall IS NULL", &err), err);
    s->session = 0; /* it does not end, it is gone */
    store_close(s);
}

static struct offers offers(struct store *s)
{
    struct offers o = { 0 };
    struct error err;
    assert_ok(interrupted_list(s, take_offer, &o, &err), err);
    return o;
}

static void test_interrupted_is_offered_once(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    die_while_answering(&l, "first question", "half an", "ask", false);
    die_while_answering(&l, "second question", "a quarter", "compare", false);
    die_while_answering(&l, "of a bench", "nobody waits for it", "bench", false);
    die_while_answering(&l, "not to be kept", "secret", "ask", true);
    struct store *s = lab_open(&l);
    lab_answer(s, "fine", "yes", NULL, "ask", "m");
    struct offers o = offers(s);
    assert_int_equal(o.count, 2);
    assert_string_equal(o.query[0], "second question");
    assert_string_equal(o.answer[0], "a quarter");
    assert_string_equal(o.query[1], "first question");
    assert_ok(interrupted_offered(s, o.id[0], "kept", &err), err);
    assert_ok(interrupted_offered(s, o.id[0], "again", &err), err);
    struct offers left = offers(s);
    assert_int_equal(left.count, 1);
    assert_int_equal(left.id[0], o.id[1]);
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_int_equal(offers(s).count, 0); /* it could not be told that it was offered */
    store_close(s);
    s = lab_open(&l);
    assert_int_equal(offers(s).count, 1);
    assert_ok(interrupted_offered(s, o.id[1], NULL, &err), err);
    assert_int_equal(offers(s).count, 0);
    int64_t gone;
    assert_ok(history_delete(s, o.id[1], 0, &gone, &err), err);
    assert_int_equal(gone, 1);
    store_close(s);
    lab_end(&l);
}

/* --- recording ------------------------------------------------------------------------------- */

static void test_recording_off_and_on(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    char text[64];
    lab_start(&l);
    struct store *s = lab_open(&l);
    struct cache *c = cache_new(s, &l.clock, 10, 0);
    struct cache_entry kept = lab_entry(1, text);
    assert_ok(cache_put(c, &kept, &err), err);
    lab_answer(s, "QUESTIONBEFORE", "yes", NULL, "ask", "m");

    assert_ok(cache_flush(c, &err), err);
    assert_ok(store_keep_history(s, false, &err), err);
    cache_follow_store(c);
    assert_false(store_keeps_history(s));
    lab_answer(s, "SECRETQUESTION", "SECRETANSWER", "SECRETTHOUGHT", "ask", "m");
    struct cache_entry secret = lab_entry(2, text);
    secret.query = secret.answer = "SECRETENTRY";
    secret.query_len = secret.answer_len = 11;
    assert_ok(cache_put(c, &secret, &err), err);
    assert_non_null(cache_get(c, &secret.key)); /* in memory it works */
    assert_null(cache_peek(c, &kept.key, NULL));
    assert_ok(cache_flush(c, &err), err);

    /* Not while something runs that was asked without it. */
    int64_t call;
    struct call_row row = { .query = "SECRETRUNNING", .query_len = 13, .model = "m" };
    assert_ok(call_begin(s, &row, &call, &err), err);
    assert_false(store_keep_history(s, true, &err));
    assert_holds("running", err.text, "1 call is running");
    assert_false(store_keeps_history(s));
    struct call_result r = { .end = "OK_STOP", .text = "SECRETEND", .text_len = 9 };
    assert_ok(call_end_row(s, call, &r, &err), err);

    assert_ok(store_keep_history(s, true, &err), err);
    cache_follow_store(c);
    assert_null(cache_peek(c, &secret.key, NULL));
    assert_non_null(cache_peek(c, &kept.key, NULL));
    assert_ok(cache_flush(c, &err), err);
    cache_free(c);
    lab_answer(s, "QUESTIONAFTER", "yes", NULL, "ask", "m");
    assert_int_equal(number(s, "SELECT count(*) FROM answer"), 3);
    assert_false(lab_file_holds(&l, "SECRET"));
    assert_true(lab_file_holds(&l, "QUESTIONBEFORE"));
    assert_true(lab_file_holds(&l, "QUESTIONAFTER"));
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drafts),
        cmocka_unit_test(test_no_draft_with_history_off),
        cmocka_unit_test(test_drafts_of_a_stand_in),
        cmocka_unit_test(test_interrupted_is_offered_once),
        cmocka_unit_test(test_recording_off_and_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
