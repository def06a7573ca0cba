/* The monitor: what is counted, and what a demonstration leaves out of it. */
#include "tests/store/lab.h"

#include "core/store/monitor.h"
#include "core/store/runs.h"

struct seen {
    int64_t id[100];
    int count, stop_after;
    char words[1000]; /* what the rows said, one after another */
};

static bool take_answer(void *self, const struct monitor_answer *a)
{
    struct seen *to = self;
    to->id[to->count++] = a->id;
    snprintf(to->words, sizeof to->words, "%s|%s|%s|%.2f|%s", a->query, a->from, a->end,
             a->latency_s, isnan(a->load_s) ? "-" : "load");
    return to->count != to->stop_after;
}

static struct seen answers(struct store *s, int limit, int stop_after)
{
    struct error err;
    struct seen got = { .stop_after = stop_after };
    assert_ok(monitor_answers(s, limit, take_answer, &got, &err), err);
    return got;
}

static void test_answers(void **state)
{
    (void)state;
    struct lab l;
    lab_start(&l);
    struct store *s = lab_open(&l);
    assert_int_equal(answers(s, 10, -1).count, 0);
    int64_t first = lab_answer(s, "one", "1", NULL, "ask", "m");
    lab_answer(s, "slow on purpose", "2", NULL, "demo", "m");
    lab_answer(s, "Say one word.", "3", NULL, "warm-up", "m");
    int64_t last = lab_answer(s, "two", "4", NULL, "trial", "m");

    struct seen got = answers(s, 10, -1);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.id[0], last);
    assert_int_equal(got.id[1], first);
    assert_string_equal(got.words, "one|model|OK_STOP|1.50|-");
    assert_int_equal(answers(s, 1, -1).count, 1);
    assert_int_equal(answers(s, 10, 1).count, 1);
    store_close(s);
    lab_end(&l);
}

static bool take_lookup(void *self, const struct monitor_lookup *l)
{
    struct seen *to = self;
    to->count++;
    strcat(strcat(to->words, l->result), " ");
    return true;
}

static bool take_fact(void *self, const struct monitor_fact *f)
{
    struct seen *to = self;
    to->count++;
    strcat(strcat(strcat(to->words, f->before), ">"), f->after);
    strcat(to->words, " ");
    return true;
}

/* Only what came after the mark, and only what this process wrote. */
static void test_marks(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct hash key = hash_of("x", 1);
    lab_start(&l);
    struct store *other = lab_open(&l), *s = lab_open(&l);
    assert_ok(lookup_add(s, &key, "miss", 0.1, NAN, "local/m", &err), err);
    assert_ok(fact_add(s, "breaker", "local/m", "closed", "open", &err), err);
    struct monitor_mark mark;
    assert_ok(monitor_mark(s, &mark, &err), err);
    assert_true(mark.lookup > 0 && mark.fact > 0);

    assert_ok(lookup_add(other, &key, "shared", 0.1, NAN, "local/m", &err), err);
    assert_ok(fact_add(other, "breaker", "local/m", "closed", "open", &err), err);
    assert_ok(lookup_add(s, &key, "hit", 0.1, 1.0, "local/m", &err), err);
    assert_ok(lookup_add(s, &key, "expired", 0.1, NAN, "local/m", &err), err);
    assert_ok(fact_add(s, "breaker", "local/m", "open", "half-open", &err), err);
    assert_ok(fact_add(s, "setting", "cache.size", "50", "20", &err), err);
    assert_ok(fact_add(s, "breaker", "local/m", "half-open", NULL, &err), err);

    struct seen lookups = { 0 }, facts = { 0 };
    assert_ok(monitor_lookups(s, mark.lookup, take_lookup, &lookups, &err), err);
    assert_string_equal(lookups.words, "hit expired ");
    assert_ok(monitor_facts(s, "breaker", mark.fact, take_fact, &facts, &err), err);
    assert_string_equal(facts.words, "open>half-open half-open> ");
    store_close(s);
    store_close(other);
    lab_end(&l);
}

static bool take_grade(void *self, const struct monitor_grade *g)
{
    struct seen *to = self;
    size_t len = strlen(to->words);
    snprintf(to->words + len, sizeof to->words - len, "%s %lld/%lld ", g->level,
             (long long)g->right, (long long)g->checked);
    return true;
}

static void test_grades(void **state)
{
    (void)state;
    static const struct row {
        const char *level;
        int correct; /* 1, 0, -1 no known answer */
        bool always;
    } rows[] = {
        { "simple", 1, false }, { "simple", 0, false },  { "simple", -1, false },
        { "simple", 1, true },  { "complex", 1, false }, { NULL, 1, false },
    };
    struct lab l;
    struct error err;
    int64_t run;
    lab_start(&l);
    struct store *s = lab_open(&l);
    struct run_row r = {
        .kind = "bench", .name = "", .notes = "", .set_name = "known", .settings = "{}"
    };
    assert_ok(run_begin(s, &r, &run, &err), err);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct run_item item = { .run_id = run,
                                 .round = 1,
                                 .query = "q",
                                 .query_hash = "00",
                                 .level = rows[i].level,
                                 .correct = rows[i].correct,
                                 .always = rows[i].always,
                                 .from = "model",
                                 .end = "OK_STOP",
                                 .completion_tokens = -1,
                                 .thinking_tokens = -1 };
        assert_ok(run_add_item(s, &item, &err), err);
    }
    struct seen got = { 0 };
    assert_ok(monitor_grades(s, take_grade, &got, &err), err);
    assert_string_equal(got.words, "complex 1/1 simple 1/2 ");
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_grades),
    };
    return cmocka_run_group_tests_name("store_monitor", tests, NULL, NULL);
}
