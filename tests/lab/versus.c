/* What is concluded from two models' answers, the repeat test, and why a level was given. */
#include "tests/test.h"

#include <math.h>

#include "core/lab/bench.h"
#include "core/lab/trial.h"
#include "core/lab/versus.h"

/* --- which model to use ------------------------------------------------------------------------ */

static struct interval apart(double estimate, size_t n)
{
    double half = fabs(estimate) / 2;
    return (struct interval){ estimate, estimate - half, estimate + half, n };
}

static struct interval open(size_t n)
{
    return (struct interval){ 0.01, -0.2, 0.22, n };
}

static struct interval unknown(size_t n)
{
    return (struct interval){ n ? 1 : NAN, NAN, NAN, n };
}

#define USE(x) "use " x " for these"

static void test_conclusions(void **state)
{
    (void)state;
    const struct row {
        const char *what;
        struct interval right, seconds; /* B minus A */
        double right_a, right_b;
        const char *starts, *holds;
    } rows[] = {
        { "as often, A faster",
          { 0, 0, 0, 20 },
          apart(3.1, 20),
          18,
          18,
          "m/a is right as often (18 of 20 each) and 3.10 s faster (95 %: 1.55 to 4.65 s, 20 "
          "pairs)",
          USE("m/a") },
        { "as often, B faster",
          { 0, -.1, .1, 20 },
          apart(-3.1, 20),
          18,
          18,
          "m/b is right as often (18 of 20 each) and 3.10 s faster (95 %: 1.55 to 4.65 s, 20 "
          "pairs)",
          USE("m/b") },
        { "as often, as fast",
          { 0, 0, 0, 20 },
          open(20),
          18,
          18,
          "both are right as often (18 of 20 each), with no clear difference in time",
          "take the smaller one" },
        { "not clear, B faster", open(20), apart(-0.02, 20), 17, 18,
          "no clear difference in right answers (m/a 17, m/b 18 of 20), and m/b is 20.0 ms faster",
          "use m/b for these, or ask more" },
        { "nothing clear", open(20), open(20), 17, 18,
          "no clear difference in right answers (m/a 17, m/b 18 of 20) or time over 20 pairs",
          "ask more questions" },
        { "B better and faster", apart(0.2, 20), apart(-12, 20), 14, 18,
          "m/b is 20.0 points more often right (95 %: 10.0 to 30.0, 20 pairs) and 12.0 s "
          "faster",
          USE("m/b") },
        { "A better and faster", apart(-0.2, 20), apart(12, 20), 18, 14,
          "m/a is 20.0 points more often right (95 %: 10.0 to 30.0, 20 pairs) and 12.0 s "
          "faster",
          USE("m/a") },
        { "B better, A faster", apart(0.2, 20), apart(3, 20), 14, 18,
          "m/b is 20.0 points more often right (95 %: 10.0 to 30.0, 20 pairs), but m/a is 3.00 "
          "s "
          "faster",
          "use m/b where a right answer matters, m/a where time does" },
        { "A better, B faster", apart(-0.2, 20), apart(-3, 20), 18, 14,
          "m/a is 20.0 points more often right (95 %: 10.0 to 30.0, 20 pairs), but m/b is 3.00 "
          "s "
          "faster",
          "use m/a where a right answer matters, m/b where time does" },
        { "A better, as fast", apart(-0.2, 20), open(20), 18, 14,
          "m/a is 20.0 points more often right", "no clear difference in time: " USE("m/a") },
        { "no known answers", unknown(0), apart(-3, 20), 0, 0, "m/b is 3.00 s faster",
          "not known: that takes a set with known answers" },
        { "four known answers", unknown(4), open(20), 4, 0,
          "no clear difference in time over 20 pairs", "not known" },
        { "too few", unknown(4), unknown(4), 4, 0, "too few pairs for a verdict: 4",
          "5 are needed" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        struct paired p = { .pairs = r->seconds.n,
                            .seconds = r->seconds,
                            .right = r->right,
                            .right_a = r->right_a,
                            .right_b = r->right_b };
        struct buf text = buf_with_max(4000);
        versus_sentence(&p, "m/a", "m/b", &text);
        if (strncmp(buf_text(&text), r->starts, strlen(r->starts)) != 0)
            fail_msg("%s: %s", r->what, buf_text(&text));
        assert_holds(r->what, buf_text(&text), r->holds);
        assert_null(strchr(buf_text(&text), '{'));
        buf_done(&text);
    }
}

static void test_no_pairs(void **state)
{
    (void)state;
    struct items t = { 0 };
    struct paired p;
    struct buf text = buf_with_max(1000);
    versus_compare(&t, "m/a", "m/b", &p);
    versus_sentence(&p, "m/a", "m/b", &text);
    assert_string_equal(buf_text(&text), "nothing to compare: no question was answered by both");
    buf_done(&text);
}

/* --- the repeat test ------------------------------------------------------------------------------ */

static struct run_item row_of(int64_t round, const char *from, const char *end, double latency_s)
{
    return (struct run_item){ .query_index = 0,
                              .round = round,
                              .query_hash = "00",
                              .from = from,
                              .end = end,
                              .correct = -1,
                              .latency_s = latency_s,
                              .load_s = NAN,
                              .completion_tokens = -1 };
}

static const struct repeat_row {
    const char *what;
    struct {
        const char *from, *end;
        double s, load_s;
        bool fallback;
    } first, again;
    bool hit;
    double ratio;
    const char *says;
} repeats[] = {
    { "usual",
      { "model", "OK_STOP", 2 },
      { "cache", "OK_STOP", 0.001 },
      true,
      2000,
      "how slow the model was, not how good the cache is" },
    { "warm enough",
      { "model", "OK_STOP", 2, .load_s = 0.2 },
      { "cache", "OK_STOP", 0.001 },
      true,
      2000,
      "The ratio says how slow the model was, not how good the cache is: a slower" },
    { "cold",
      { "model", "OK_STOP", 2, .load_s = 1.5 },
      { "cache", "OK_STOP", 0.001 },
      true,
      2000,
      "Loading the model took 1.50 s of the call, once; without that it is 500 times as fast. The "
      "ratio says how slow the model was" },
    { "fallback",
      { "cache", "OK_STOP", 0.001 },
      { "model", "OK_STOP", 12, .fallback = true },
      false,
      NAN,
      "not both of the two calls were answered as they were routed" },
    { "cached before",
      { "cache", "OK_STOP", 0.001 },
      { "model", "OK_STOP", 3 },
      true,
      3000,
      "in the cache already, so the model was asked once more" },
    { "not kept",
      { "model", "OK_STOP", 2 },
      { "model", "OK_STOP", 2 },
      false,
      NAN,
      "answered by the model too" },
    { "cut off", { "model", "OK_LENGTH", 2 }, { "model", "OK_LENGTH", 2 }, false, NAN, "not both" },
    { "failed",
      { "model", "OK_STOP", 2 },
      { "model", "ERR_TRANSPORT", 2 },
      false,
      NAN,
      "not both" },
    { "stopped before", { "model", "OK_STOP", 2 }, { NULL, NULL, 0 }, false, NAN, "not both" },
};

static void test_repeat(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(repeats); i++) {
        const struct repeat_row *row = &repeats[i];
        struct items t = { 0 };
        struct repeat r;
        struct buf text = buf_with_max(1000);
        struct run_item a = row_of(1, row->first.from, row->first.end, row->first.s);
        struct run_item b = row_of(2, row->again.from, row->again.end, row->again.s);
        a.load_s = row->first.load_s;
        b.fallback = row->again.fallback;
        items_add(&t, &a);
        if (row->again.from)
            items_add(&t, &b);
        trial_repeat(&t, &r);
        trial_repeat_words(&r, &text);
        assert_int_equal(r.hit, row->hit);
        if (row->hit)
            assert_float_equal(r.ratio, row->ratio, 1e-6);
        else
            assert_true(isnan(r.ratio));
        assert_holds(row->what, buf_text(&text), row->says);
        buf_done(&text);
        items_done(&t);
    }
}

/* --- why ---------------------------------------------------------------------------------------------- */

static const char some_rules[] = "keyword +2 solve\n"
                                 "keyword -1 what is\n"
                                 "pattern +2 money \\$\\d\n"
                                 "longer +1 20\n";

static const struct why_row {
    const char *query, *says;
} whys[] = {
    { "Hello there", "scored 0, so simple: no listed word or pattern occurs in it; moderate begins "
                     "at 1" },
    { "What is it?", "scored -1, so simple: what is -1 (\"What is\"); moderate begins at 1" },
    { "solve it", "scored 2, so moderate: solve +2; complex begins at 4" },
    { "Solve this one for a good $5",
      "scored 5, so complex: solve +2 (\"Solve\"), money +2 (\"$5\"), >20 +1; moderate ends below "
      "4" },
};

static void test_why(void **state)
{
    (void)state;
    struct error err;
    struct rules *rules = rules_parse("some", some_rules, strlen(some_rules), &err);
    if (!rules)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < COUNT(whys); i++) {
        struct buf text = buf_with_max(4000);
        trial_why(rules, NULL, whys[i].query, strlen(whys[i].query), &text);
        assert_string_equal(buf_text(&text), whys[i].says);
        buf_done(&text);
    }
    struct thresholds moved = { .moderate = 2, .complex = 2 };
    struct buf text = buf_with_max(4000);
    trial_why(rules, &moved, "solve it", 8, &text);
    assert_string_equal(buf_text(&text), "scored 2, so complex: solve +2; moderate ends below 2");
    buf_done(&text);
    rules_free(rules);
}

/* --- different queries ------------------------------------------------------------------------------------ */

static void test_distinct(void **state)
{
    (void)state;
    static const char text[] = "b\na\nb\nc\na\nb \n";
    struct set set = { 0 };
    struct error err;
    size_t first[6];
    assert_ok(set_parse("x.txt", text, strlen(text), &set, &err), err);
    size_t n = set_distinct(&set, first);
    assert_int_equal(n, set.count == 6 && strcmp(set.items[5].query, "b ") == 0 ? 4 : 3);
    assert_int_equal(first[0], 0);
    assert_int_equal(first[1], 1);
    assert_int_equal(first[2], 3);
    struct bench_options o = { .set = &set, .rounds = 3 };
    assert_int_equal(bench_calls(&o), n + 2);
    o.always = true;
    assert_int_equal(bench_calls(&o), 2 * n + 2);
    o.no_cache = o.cold = true;
    assert_int_equal(bench_calls(&o), 3 * set.count + n);
    set_done(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conclusions), cmocka_unit_test(test_no_pairs),
        cmocka_unit_test(test_repeat),      cmocka_unit_test(test_why),
        cmocka_unit_test(test_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
