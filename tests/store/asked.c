/* Earlier prompts, judgements counted and taken back, the last loading time (asked.h). */
#include "tests/store/lab.h"

#include "core/store/asked.h"

struct heard {
    char text[400];
    int most;
};

static bool note_prompt(void *self, const char *query)
{
    struct heard *h = self;
    size_t used = strlen(h->text);
    snprintf(h->text + used, sizeof h->text - used, "%s|", query);
    return --h->most > 0;
}

static void test_prompts(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    lab_answer(s, "first", "a", NULL, "ask", "m");
    lab_answer(s, "of a bench", "a", NULL, "bench", "m");
    lab_answer(s, "second", "a", NULL, "compare", "m");
    struct heard all = { .most = 100 }, one = { .most = 1 };
    assert_ok(prompt_list(s, note_prompt, &all, &err), err);
    assert_string_equal(all.text, "second|first|");
    assert_ok(prompt_list(s, note_prompt, &one, &err), err);
    assert_string_equal(one.text, "second|");
    store_close(s);
    lab_end(&l);
}

/* Two sides of a compare; the id of the left one. */
static int64_t compare(struct store *s)
{
    struct error err;
    int64_t left, right;
    struct answer_row row = {
        .purpose = "compare", .query = "q", .query_len = 1, .end = "OK_STOP"
    };
    row.side = "left";
    assert_ok(answer_add(s, &row, &left, &err), err);
    row.side = "right";
    row.pair_id = left;
    assert_ok(answer_add(s, &row, &right, &err), err);
    return left;
}

static void test_judged(void **state)
{
    (void)state;
    static const struct {
        const char *verdict;
        bool swapped;
    } rows[] = {
        { "left", false },  { "left", true },  { "right", false },
        { "right", false }, { "same", false }, { "both-wrong", true },
    };
    struct lab l;
    struct error err;
    struct judged j;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_ok(judged_count(s, &j, &err), err);
    assert_int_equal(j.fast + j.reasoning + j.same + j.both_wrong, 0);
    int64_t last = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        last = compare(s);
        assert_ok(judgement_add(s, last, rows[i].verdict, false, rows[i].swapped, &err), err);
    }
    assert_ok(judged_count(s, &j, &err), err);
    assert_int_equal(j.fast, 1);
    assert_int_equal(j.reasoning, 3);
    assert_int_equal(j.same, 1);
    assert_int_equal(j.both_wrong, 1);

    /* A second judgement replaces the first, and taking it back brings the first again. */
    assert_ok(judgement_add(s, last, "same", false, true, &err), err);
    assert_ok(judged_count(s, &j, &err), err);
    assert_int_equal(j.same, 2);
    assert_ok(judgement_drop(s, last + 1, &err), err); /* by the other side */
    assert_ok(judged_count(s, &j, &err), err);
    assert_int_equal(j.same, 1);
    assert_int_equal(j.both_wrong, 1);
    assert_ok(judgement_drop(s, last, &err), err);
    assert_false(judgement_drop(s, last, &err));
    assert_holds("none left", err.text, "no judgement of this sitting");
    store_close(s);

    s = lab_open(&l); /* another sitting: what was judged before stays */
    assert_false(judgement_drop(s, last - 2, &err));
    assert_ok(judged_count(s, &j, &err), err);
    assert_int_equal(j.fast + j.reasoning + j.same + j.both_wrong, 5);
    store_close(s);
    lab_end(&l);
}

static void add_call(struct store *s, const char *model, double load_s)
{
    struct error err;
    int64_t id;
    struct call_row row = { .server = "local", .model = model, .query = "q", .query_len = 1 };
    struct call_result r = {
        .end = "OK_STOP", .latency_s = 90, .ttft_s = NAN, .ttft_text_s = NAN, .load_s = load_s
    };
    assert_ok(call_begin(s, &row, &id, &err), err);
    assert_ok(call_end_row(s, id, &r, &err), err);
}

static void test_last_load(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    double load_s;
    lab_start(&l);
    struct store *s = lab_open(&l);
    add_call(s, "big", 70);
    add_call(s, "big", 55);
    add_call(s, "big", 0.1); /* it was loaded */
    add_call(s, "big", NAN);
    add_call(s, "small", 2);
    assert_ok(call_last_load(s, "local", "big", &load_s, &err), err);
    assert_true(load_s == 55);
    assert_ok(call_last_load(s, "other", "big", &load_s, &err), err);
    assert_true(isnan(load_s));
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prompts),
        cmocka_unit_test(test_judged),
        cmocka_unit_test(test_last_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
