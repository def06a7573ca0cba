/* Figures: plain ones against values worked out apart, intervals by what they promise. */
#include "tests/test.h"

#include <math.h>

#include "core/base/random.h"
#include "core/lab/answer.h"
#include "core/lab/stats.h"

/* NAN equals NAN here: "unknown" is a result like any other. */
static bool near(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fmax(1, fabs(b));
}

static void expect(const char *what, double got, double want)
{
    if (!near(got, want))
        fail_msg("%s: %.17g instead of %.17g", what, got, want);
}

/* --- one sample --------------------------------------------------------------------- */

/* Mean, median and sd from Python's statistics.fmean, median and stdev, but for the limits of
 * how few samples may have them. */
static const struct row {
    const char *what;
    double x[8];
    size_t n;
    double mean, median, sd, max;
} rows[] = {
    { "none", { 0 }, 0, NAN, NAN, NAN, NAN },
    { "one", { 7 }, 1, 7, NAN, NAN, 7 },
    { "two", { 2, 4 }, 2, 3, NAN, 1.4142135623730951, 4 },
    { "three, not in order", { 9, -1, 4 }, 3, 4, 4, 5, 9 },
    { "even count", { 3.2, 1.1, 4.8, 2.2, 9.75, 0.4 }, 6, 3.575, 2.7, 3.4020214578982304, 9.75 },
    { "all the same", { 5, 5, 5, 5 }, 4, 5, 5, 0, 5 },
    { "all below zero", { -3, -1, -2 }, 3, -2, -2, 1, -1 },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        expect(r->what, stats_mean(r->x, r->n), r->mean);
        expect(r->what, stats_median(r->x, r->n), r->median);
        expect(r->what, stats_sd(r->x, r->n), r->sd);
        expect(r->what, stats_max(r->x, r->n), r->max);
    }
}

/* Nearest rank over 1 .. n, given from n down: the value is the rank. */
static const struct rank_row {
    size_t n;
    double p, want;
} ranks[] = {
    { 19, 0.5, NAN },  { 19, 0.95, NAN }, { 20, 0.5, 10 },    { 20, 0.9, 18 },
    { 20, 0.95, 19 },  { 21, 0.5, 11 },   { 21, 0.95, 20 },   { 99, 0.99, NAN },
    { 99, 0.95, 95 },  { 100, 0.99, 99 }, { 100, 0.55, 55 },  { 100, 0.07, 7 },
    { 100, 0.29, 29 }, { 20, 0.99, NAN }, { 101, 0.99, 100 }, { 1000, 0.999, 999 },
    { 20, 0.001, 1 },
};

static void test_percentiles(void **state)
{
    (void)state;
    double x[1000];
    for (size_t i = 0; i < COUNT(ranks); i++) {
        size_t n = ranks[i].n;
        for (size_t j = 0; j < n; j++)
            x[j] = (double)(n - j);
        char what[60];
        snprintf(what, sizeof what, "p%g of %zu", 100 * ranks[i].p, n);
        expect(what, stats_percentile(x, n, ranks[i].p), ranks[i].want);
        assert_true(x[0] == (double)n); /* the caller's array is left in its order */
    }
}

static void test_sample(void **state)
{
    (void)state;
    struct sample s = { 0 };
    for (int i = 0; i < 100; i++) {
        sample_add(&s, i);
        sample_add(&s, NAN);
    }
    assert_int_equal(s.n, 100);
    expect("mean", stats_mean(s.v, s.n), 49.5);
    sample_done(&s);
    assert_int_equal(s.n, 0);
    sample_done(&s);
}

/* --- shares ------------------------------------------------------------------------- */

/* Bounds found by bisection of |k/n - p| = 1.96 sqrt(p (1 - p) / n), not by the closed form. */
static const struct share_row {
    size_t k, n;
    double low, high;
} shares[] = {
    { 0, 0, NAN, NAN },
    { 0, 10, 0, 0.2775401687666167 },
    { 10, 10, 0.7224598312333834, 1 },
    { 3, 6, 0.18761280689940868, 0.8123871931005913 },
    { 45, 60, 0.627676890545152, 0.8422361442158814 },
    { 1, 1, 0.2065432914738929, 1 },
    { 17, 400, 0.02670146955162518, 0.06700259659708263 },
};

static void test_shares(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shares); i++) {
        const struct share_row *r = &shares[i];
        struct interval v = stats_share(r->k, r->n);
        char what[60];
        snprintf(what, sizeof what, "%zu of %zu", r->k, r->n);
        expect(what, v.estimate, r->n ? (double)r->k / (double)r->n : NAN);
        expect(what, v.low, r->low);
        expect(what, v.high, r->high);
        assert_int_equal(v.n, r->n);
    }
}

/* --- paired differences ------------------------------------------------------------- */

/* From a second bootstrap, written in Python with its own generator of the same kind, so the
 * interval is the same on every machine and after every change of the code. */
static const struct paired_row {
    const char *what;
    double d[8];
    size_t n;
    double estimate, low, high;
    enum verdict_of_difference verdict;
} pairs[] = {
    { "none", { 0 }, 0, NAN, NAN, NAN, DIFFERENCE_UNKNOWN },
    { "four are too few", { 1, 2, 3, 4 }, 4, 2.5, NAN, NAN, DIFFERENCE_UNKNOWN },
    { "more",
      { 0.5, 1.5, -0.25, 2, 0.75, 1.25 },
      6,
      0.9583333333333334,
      0.375,
      1.5,
      DIFFERENCE_MORE },
    { "less", { -3, -1, -2, -2.5, -0.5 }, 5, -1.8, -2.6, -1, DIFFERENCE_LESS },
    { "no clear difference",
      { 4, -4, 3, -3, 1, -1, 0.5 },
      7,
      0.07142857142857142,
      -1.9285714285714286,
      2.0714285714285716,
      DIFFERENCE_NONE },
    { "always one", { 1, 1, 1, 1, 1 }, 5, 1, 1, 1, DIFFERENCE_MORE },
    { "always zero", { 0, 0, 0, 0, 0 }, 5, 0, 0, 0, DIFFERENCE_NONE },
};

static void test_paired(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        const struct paired_row *r = &pairs[i];
        struct interval v = stats_paired(r->d, r->n);
        expect(r->what, v.estimate, r->estimate);
        expect(r->what, v.low, r->low);
        expect(r->what, v.high, r->high);
        assert_int_equal(v.n, r->n);
        assert_int_equal(stats_verdict(&v), r->verdict);
    }
}

static void test_verdict_at_the_edge(void **state)
{
    (void)state;
    assert_int_equal(stats_verdict(&(struct interval){ .low = 0, .high = 1 }), DIFFERENCE_NONE);
    assert_int_equal(stats_verdict(&(struct interval){ .low = -1, .high = 0 }), DIFFERENCE_NONE);
    assert_int_equal(stats_verdict(&(struct interval){ .low = NAN, .high = 1 }),
                     DIFFERENCE_UNKNOWN);
}

#define ITEMS 40

/* Latencies of two models on the same items: items differ much, the models by `shift` give or
 * take noise of standard deviation 1 (twelve uniform numbers are close to normal). */
static void draw_differences(struct random *r, double shift, double ret[ITEMS])
{
    for (int i = 0; i < ITEMS; i++) {
        double item = 20 * random_unit(r), noise = -6;
        for (int j = 0; j < 12; j++)
            noise += random_unit(r);
        ret[i] = (item + shift + noise) - item;
    }
}

static const struct forty_row {
    const char *what;
    double shift;
    enum verdict_of_difference verdict;
} forty[] = {
    { "the second model is faster", -0.8, DIFFERENCE_LESS },
    { "the second model is slower", 0.8, DIFFERENCE_MORE },
    { "the models are the same", 0, DIFFERENCE_NONE },
};

static void test_forty_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forty); i++) {
        struct random r;
        random_seed(&r, 40);
        double d[ITEMS];
        draw_differences(&r, forty[i].shift, d);
        struct interval v = stats_paired(d, ITEMS);
        if (!(v.low < forty[i].shift && forty[i].shift < v.high))
            fail_msg("%s: [%g, %g] does not cover %g", forty[i].what, v.low, v.high,
                     forty[i].shift);
        assert_true(v.low < v.estimate && v.estimate < v.high);
        /* 1.96 standard errors of 40 are 0.31 to each side. */
        assert_true(v.high - v.low > 0.4 && v.high - v.low < 0.8);
        if (stats_verdict(&v) != forty[i].verdict)
            fail_msg("%s: wrong verdict from [%g, %g]", forty[i].what, v.low, v.high);
    }
}

/* What a 95 % interval promises: where there is no difference it seldom finds one. */
static void test_coverage(void **state)
{
    (void)state;
    enum { REPEATS = 200 };
    int none = 0;
    struct random r;
    random_seed(&r, 2024);
    for (int i = 0; i < REPEATS; i++) {
        double d[ITEMS];
        draw_differences(&r, 0, d);
        struct interval v = stats_paired(d, ITEMS);
        none += stats_verdict(&v) == DIFFERENCE_NONE;
    }
    if (none < REPEATS * 90 / 100 || none > REPEATS * 99 / 100)
        fail_msg("no difference was seen as none in %d of %d repeats", none, REPEATS);
}

/* --- tokens of one answer ----------------------------------------------------------------- */

/* What a server says it counted (-1: nothing) of 40 bytes, the first `thinking` of them thinking. */
static const struct counted {
    const char *what;
    size_t bytes, thinking;
    int64_t said_prompt, said, said_thinking;
    int64_t prompt, all, thought;
    enum kind_of_number kind, split;
} counts[] = {
    { "all told", 40, 20, 9, 12, 7, 9, 12, 7, KIND_MEASURED, KIND_MEASURED },
    { "nothing told", 40, 20, -1, -1, -1, -1, 10, 5, KIND_ESTIMATED, KIND_ESTIMATED },
    { "filled in with 0", 40, 0, 0, 0, 0, -1, 10, 0, KIND_ESTIMATED, KIND_ESTIMATED },
    { "0 of nothing", 0, 0, 9, 0, 0, 9, 0, 0, KIND_MEASURED, KIND_MEASURED },
    { "0 of thinking that is there", 40, 20, 9, 12, 0, 9, 12, 6, KIND_MEASURED, KIND_ESTIMATED },
    { "thinking that was hidden", 40, 0, 9, 12, 7, 9, 12, 7, KIND_MEASURED, KIND_MEASURED },
    { "more thinking than all", 40, 20, 9, 12, 13, 9, 12, 6, KIND_MEASURED, KIND_ESTIMATED },
};

static void test_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const struct counted *c = &counts[i];
        struct answer a = { .text_len = c->bytes - c->thinking,
                            .thinking_len = c->thinking,
                            .call_s = 3,
                            .ttft_s = 1 };
        struct usage u = { .prompt_tokens = c->said_prompt,
                           .completion_tokens = c->said,
                           .thinking_tokens = c->said_thinking,
                           .eval_s = 4 };
        answer_count_tokens(&a, &u);
        answer_rate(&a, &u);
        if (a.prompt_tokens != c->prompt || a.completion_tokens != c->all ||
            a.thinking_tokens != c->thought || a.answer_tokens != c->all - c->thought)
            fail_msg("%s: %d, %d, %d, %d", c->what, (int)a.prompt_tokens, (int)a.completion_tokens,
                     (int)a.thinking_tokens, (int)a.answer_tokens);
        assert_int_equal(a.tokens_kind, c->kind);
        assert_int_equal(a.split_kind, c->split);
        assert_int_equal(a.rate_kind, c->all ? c->kind : KIND_UNKNOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),        cmocka_unit_test(test_percentiles),
        cmocka_unit_test(test_sample),      cmocka_unit_test(test_shares),
        cmocka_unit_test(test_paired),      cmocka_unit_test(test_verdict_at_the_edge),
        cmocka_unit_test(test_forty_pairs), cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_counts),
    };
    return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
