/* Figures of runs from their rows: means that hold no hit, percentiles that need samples,
 * pairs, intervals and what is said about them, the split of a saving. */
#include "tests/test.h"

#include <math.h>

#include "core/base/random.h"
#include "core/lab/summary.h"
#include "tests/lab/items.h"

/* NAN equals NAN here: "unknown" is a result like any other. */
static bool near(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

static void expect(const char *what, double got, double want)
{
    if (!near(got, want))
        fail_msg("%s: %.17g instead of %.17g", what, got, want);
}

static struct run_item reasoning_of(int64_t query, int64_t round, double latency_s)
{
    struct run_item i = item_of(query, round, latency_s);
    i.level = "complex";
    i.role = "reasoning";
    i.model = "s/reason";
    return i;
}

static struct run_item hit_of(struct run_item made_by, int64_t round)
{
    made_by.round = round;
    made_by.from = "cache";
    made_by.original_latency_s = made_by.latency_s;
    made_by.latency_s = 0.0001;
    return made_by;
}

static void add(struct items *t, struct run_item i)
{
    items_add(t, &i);
}

/* --- rows ---------------------------------------------------------------------------------- */

static const struct outcome_row {
    const char *end, *from;
    bool fallback;
    enum outcome outcome;
    bool call, hit, shared, is_fallback, slowed;
} outcomes[] = {
    { "OK_STOP", "model", false, OUTCOME_ANSWERED, true, false, false, false },
    { "OK_TOOL", "model", false, OUTCOME_ANSWERED, true, false, false, false },
    { "OK_STOP", "cache", false, OUTCOME_ANSWERED, false, true, false, false },
    { "OK_STOP", "shared", false, OUTCOME_ANSWERED, false, false, true, false },
    { "OK_STOP", "model", true, OUTCOME_ANSWERED, false, false, false, true },
    { "OK_LENGTH", "model", false, OUTCOME_CUT, false, false, false, false },
    { "OK_LENGTH", "shared", false, OUTCOME_CUT, false, false, false, false },
    { "OK_FILTER", "model", false, OUTCOME_WITHHELD, false, false, false, false },
    { "CANCELLED", "model", false, OUTCOME_STOPPED, false, false, false, false },
    { "ERR_TRANSPORT", "model", false, OUTCOME_FAILED, false, false, false, false },
    { "TIMEOUT_TOTAL", "model", true, OUTCOME_FAILED, false, false, false, false },
    { "of a later version", "model", false, OUTCOME_FAILED, false, false, false, false },
    { NULL, NULL, false, OUTCOME_FAILED, false, false, false, false },
    { "OK_STOP", "model", false, OUTCOME_SLOWED, false, false, false, false, .slowed = true },
    { "OK_STOP", "shared", false, OUTCOME_SLOWED, false, false, false, false, .slowed = true },
    { "OK_LENGTH", "model", true, OUTCOME_SLOWED, false, false, false, false, .slowed = true },
    { "CANCELLED", "model", false, OUTCOME_STOPPED, false, false, false, false, .slowed = true },
};

static void test_outcomes(void **state)
{
    (void)state;
    for (size_t n = 0; n < COUNT(outcomes); n++) {
        const struct outcome_row *r = &outcomes[n];
        struct run_item i = item_of(0, 1, 1);
        i.end = r->end;
        i.from = r->from;
        i.fallback = r->fallback;
        i.slowed = r->slowed;
        if (item_outcome(&i) != r->outcome || item_is_call(&i) != r->call ||
            item_is_hit(&i) != r->hit || item_is_shared(&i) != r->shared ||
            item_is_fallback(&i) != r->is_fallback)
            fail_msg("%s from %s", r->end, r->from);
    }
}

/* What was slowed on purpose is counted, named, and in no figure. */
static void test_slowed(void **state)
{
    (void)state;
    struct items t = { 0 };
    struct summary s;
    for (int n = 0; n < 4; n++) {
        struct run_item i = item_of(n, 1, n < 2 ? 1 : 100);
        i.slowed = n >= 2;
        i.correct = 1;
        add(&t, i);
    }
    struct run_item always = item_of(0, 1, 100);
    always.always = always.slowed = true;
    add(&t, always);
    struct run_item hit = hit_of(item_of(3, 1, NAN), 2);
    add(&t, hit);
    summary_init(&s, &t);
    assert_int_equal(s.all.asked, 5);
    assert_int_equal(s.all.calls, 2);
    assert_int_equal(s.all.ended[OUTCOME_SLOWED], 2);
    assert_true(s.all.call.total == 2 && s.all.call.slowest == 1);
    assert_int_equal(s.all.right.n, 2);
    assert_true(isnan(s.all.saved_s)); /* what the call of the hit took is not known */
    assert_int_equal(s.always.asked, 0);
    assert_int_equal(s.always.failed, 0);
    assert_int_equal(s.always.slowed, 1);
    assert_holds("warning", s.warnings[0], "3 slowed calls left out of every figure");
    summary_done(&s);
    items_done(&t);
}

/* Rows of a damaged or foreign file: nothing may be read beyond what is there. */
static void test_strange_rows(void **state)
{
    (void)state;
    struct items t = { 0 };
    struct summary s;
    struct run_item bare = { .query_index = -7, .correct = -1, .latency_s = NAN, .load_s = NAN };
    add(&t, bare);
    struct run_item far = item_of(INT64_MAX, INT64_MIN, 1);
    far.level = "enormous";
    far.model = NULL;
    add(&t, far);
    char longer[3 * ITEM_ANSWER_BYTES];
    memset(longer, 'x', sizeof longer);
    memcpy(longer + ITEM_ANSWER_BYTES - 1, "\xc3\xa9", 2); /* would be cut in half */
    longer[sizeof longer - 1] = '\0';
    struct run_item wordy = item_of(1, 1, 1);
    wordy.answer = longer;
    add(&t, wordy);
    assert_int_equal(strlen(t.v[2].answer), ITEM_ANSWER_BYTES - 1);
    summary_init(&s, &t);
    assert_int_equal(s.all.asked, 3);
    assert_int_equal(s.all.calls, 2);
    assert_int_equal(s.all.ended[OUTCOME_FAILED], 1);
    summary_done(&s);
    items_done(&t);
}

/* --- means ------------------------------------------------------------------------------------ */

static void test_hits_are_apart(void **state)
{
    (void)state;
    struct items t = { 0 };
    for (int q = 0; q < 4; q++)
        add(&t, item_of(q, 1, q + 1));
    for (int q = 0; q < 4; q++)
        add(&t, hit_of(item_of(q, 1, q + 1), 2));
    struct run_item slower = hit_of(item_of(0, 1, 1), 3); /* a look-up may take longer */
    slower.latency_s = 1.5;
    add(&t, slower);
    struct run_item shared = item_of(0, 2, 0.5);
    shared.from = "shared";
    add(&t, shared);
    struct summary s;
    summary_init(&s, &t);
    assert_int_equal(s.all.calls, 4);
    assert_int_equal(s.all.hits, 5);
    assert_int_equal(s.all.shared, 1);
    assert_int_equal(s.rounds, 3);
    assert_int_equal(s.queries, 4);
    expect("mean of calls", s.all.call.mean, 2.5);
    expect("mean of all", s.all.mean_all, (10 + 4 * 0.0001 + 1.5 + 0.5) / 10);
    expect("mean of hits", s.all.hit.mean, (4 * 0.0001 + 1.5) / 5);
    expect("saved", s.all.saved_s, 10 - 4 * 0.0001 - 0.5);
    expect("slowest", s.all.call.slowest, 4);
    assert_int_equal(s.models, 1);
    expect("of the model", s.model[0].call.mean, 2.5);
    expect("of the role", s.role[ROLE_FAST].call.mean, 2.5);
    expect("of no call", s.role[ROLE_REASONING].call.mean, NAN);
    summary_done(&s);
    items_done(&t);
}

static void test_loading_is_subtracted(void **state)
{
    (void)state;
    struct items t = { 0 };
    struct run_item cold = item_of(0, 1, 3.0), warm = item_of(1, 1, 1.1);
    cold.load_s = 2.0;
    warm.load_s = 0.1;
    struct run_item odd = item_of(2, 1, 0.1);
    odd.load_s = 0.2; /* more than the call took: clocks differ */
    add(&t, cold);
    add(&t, warm);
    add(&t, odd);
    struct summary s;
    summary_init(&s, &t);
    expect("mean of calls", s.all.call.mean, 2.0 / 3);
    expect("mean of all, as waited", s.all.mean_all, 4.2 / 3);
    assert_int_equal(s.all.cold, 1);
    expect("loading", s.all.load_s, 2.0);
    assert_int_equal(s.loadings, 1);
    assert_holds("warning", s.warnings[0], "round 1 of 's/fast' included 2.0 s of loading");
    summary_done(&s);
    items_done(&t);
}

static void test_ends_are_counted(void **state)
{
    (void)state;
    static const char *const ends[] = { "OK_LENGTH", "OK_FILTER", "CANCELLED", "ERR_TRANSPORT" };
    struct items t = { 0 };
    add(&t, item_of(0, 1, 1));
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct run_item bad = item_of((int64_t)i + 1, 1, 1000);
        bad.end = ends[i];
        add(&t, bad);
    }
    struct run_item other = item_of(9, 1, 500);
    other.fallback = true;
    add(&t, other);
    struct summary s;
    summary_init(&s, &t);
    expect("mean", s.all.call.mean, 1);
    expect("mean of all", s.all.mean_all, 501.0 / 2);
    assert_int_equal(s.all.asked, 6);
    assert_int_equal(s.all.ended[OUTCOME_CUT], 1);
    assert_int_equal(s.all.ended[OUTCOME_WITHHELD], 1);
    assert_int_equal(s.all.ended[OUTCOME_STOPPED], 1);
    assert_int_equal(s.all.ended[OUTCOME_FAILED], 1);
    assert_int_equal(s.all.fallbacks, 1);
    assert_holds("warning", s.warnings[0], "1 question was cut off at the token limit");
    summary_done(&s);
    items_done(&t);
}

static const struct percentile_row {
    int n;
    double median, p95, p99;
} percentiles[] = {
    { 2, NAN, NAN, NAN },  { 3, 2, NAN, NAN },  { 19, 10, NAN, NAN },
    { 20, 10.5, 19, NAN }, { 99, 50, 95, NAN }, { 100, 50.5, 95, 99 },
};

static void test_percentiles_need_samples(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT(percentiles); r++) {
        struct items t = { 0 };
        struct summary s;
        for (int i = percentiles[r].n; i >= 1; i--)
            add(&t, item_of(i, 1, i));
        for (int i = 0; i < 200; i++) /* hits are no samples */
            add(&t, hit_of(item_of(1, 1, 1), 2));
        summary_init(&s, &t);
        expect("median", s.all.call.median, percentiles[r].median);
        expect("p95", s.all.call.p95, percentiles[r].p95);
        expect("p99", s.all.call.p99, percentiles[r].p99);
        summary_done(&s);
        items_done(&t);
    }
}

/* --- right answers and labels ------------------------------------------------------------------- */

static void test_a_copy_is_no_sample(void **state)
{
    (void)state;
    struct items t = { 0 };
    struct run_item right = item_of(0, 1, 1), wrong = item_of(1, 1, 1), kept = item_of(2, 1, 1);
    right.correct = 1;
    wrong.correct = 0;
    kept.correct = 1;
    add(&t, right);
    add(&t, wrong);
    for (int round = 2; round < 6; round++) {
        add(&t, hit_of(right, round));
        add(&t, hit_of(kept, round)); /* cached before the run: its only row counts */
    }
    struct summary s;
    summary_init(&s, &t);
    assert_int_equal(s.all.right.n, 3);
    assert_int_equal(s.all.right_count, 2);
    summary_done(&s);

    struct run_item again = wrong; /* a model asked again is another sample */
    again.round = 2;
    add(&t, again);
    summary_init(&s, &t);
    assert_int_equal(s.all.right.n, 4);
    expect("share", s.all.right.estimate, 0.5);
    assert_true(s.all.right.low > 0 && s.all.right.high < 1);
    summary_done(&s);
    items_done(&t);
}

static void test_labels_count_once(void **state)
{
    (void)state;
    struct items t = { 0 };
    static const char *const labels[] = { "simple", "moderate", "moderate", "complex", NULL };
    static const char *const levels[] = { "simple", "simple", "simple", "complex", "simple" };
    for (int round = 1; round <= 3; round++)
        for (int q = 0; q < 5; q++) {
            struct run_item i = item_of(q, round, 1);
            i.label = labels[q];
            i.level = levels[q];
            add(&t, i);
        }
    struct summary s;
    summary_init(&s, &t);
    assert_int_equal(s.labelled, 4);
    assert_int_equal(s.agreed, 2);
    assert_int_equal(s.as[LEVEL_MODERATE][LEVEL_SIMPLE], 2);
    assert_holds("warning", s.warnings[0],
                 "no query was judged moderate; those labelled so were judged: 2 as simple");
    summary_done(&s);
    items_done(&t);
}

/* --- the histogram --------------------------------------------------------------------------------- */

static const struct histogram_row {
    const char *what;
    double s[6];
    size_t n;
    double first, last; /* edges of the whole */
    size_t bins;
} histograms[] = {
    { "one", { 0.7 }, 1, 0.5, 1, 1 },
    { "a fast and a slow one", { 0.6, 0.9, 2.5, 3.1, 38.4 }, 5, 0.5, 50, 6 },
    { "on an edge", { 1, 2 }, 2, 1, 5, 2 },
    { "milliseconds", { 0.0021, 0.009 }, 2, 0.002, 0.01, 2 },
    { "below all edges", { 0.0001, 0.0015 }, 2, 0, 0.002, 1 },
    { "six decades", { 0.002, 900 }, 2, 0.001, 1000, 6 },
    { "hours", { 0.002, 90000 }, 2, 0.001, 100000, 8 },
};

static void test_histogram(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT(histograms); r++) {
        const struct histogram_row *h = &histograms[r];
        struct items t = { 0 };
        for (size_t i = 0; i < h->n; i++)
            add(&t, i % 2 ? reasoning_of((int64_t)i, 1, h->s[i]) : item_of((int64_t)i, 1, h->s[i]));
        struct summary s;
        summary_init(&s, &t);
        if (s.bins != h->bins || !near(s.bin[0].from_s, h->first) ||
            !near(s.bin[s.bins - 1].to_s, h->last))
            fail_msg("%s: %zu bins from %g to %g", h->what, s.bins, s.bin[0].from_s,
                     s.bin[s.bins - 1].to_s);
        size_t calls = 0;
        for (size_t b = 0; b < s.bins; b++) {
            calls += s.bin[b].fast + s.bin[b].reasoning + s.bin[b].other;
            if (b)
                expect(h->what, s.bin[b].from_s, s.bin[b - 1].to_s);
        }
        assert_int_equal(calls, h->n);
        summary_done(&s);
        items_done(&t);
    }
}

static void test_nothing_at_all(void **state)
{
    (void)state;
    struct items t = { 0 };
    struct summary s;
    summary_init(&s, &t);
    assert_int_equal(s.bins, 0);
    assert_int_equal(s.models, 0);
    expect("mean", s.all.call.mean, NAN);
    expect("rule", s.always.rule.saved_s, NAN);
    expect("split", s.always.split.saved_s, NAN);
    summary_done(&s);
    items_done(&t);
}

/* --- pairs ------------------------------------------------------------------------------------------ */

/* 20 queries in two rounds, with noise of about a second on both sides and a difference put in by
 * hand. */
static void make_pairs(struct items *a, struct items *b, double difference_s)
{
    struct random r;
    random_seed(&r, 7);
    for (int q = 0; q < 20; q++)
        for (int round = 1; round <= 2; round++) {
            double own = 5 + random_unit(&r);
            add(a, item_of(q, round, own + random_unit(&r)));
            add(b, item_of(q, round, own + random_unit(&r) + difference_s));
            add(a, hit_of(item_of(q, round, 1000), round));
        }
}

static const struct pair_row {
    const char *what;
    double difference_s;
    enum verdict_of_difference verdict;
    const char *says;
} pair_rows[] = {
    { "faster", -1.2, DIFFERENCE_LESS, "B is 1.1" },
    { "slower", 1.2, DIFFERENCE_MORE, "s slower per model call (95 %: 1." },
    { "none", 0, DIFFERENCE_NONE, "no clear difference in time: B minus A is" },
};

static void test_pairs(void **state)
{
    (void)state;
    for (size_t n = 0; n < COUNT(pair_rows); n++) {
        const struct pair_row *r = &pair_rows[n];
        struct items a = { 0 }, b = { 0 };
        struct paired p;
        struct buf text = buf_with_max(1000);
        make_pairs(&a, &b, r->difference_s);
        paired_compare(&(struct side){ .items = &a }, &(struct side){ .items = &b }, &p);
        assert_int_equal(p.pairs, 20);
        assert_int_equal(p.only_a + p.only_b, 0);
        assert_int_equal(stats_verdict(&p.seconds), r->verdict);
        assert_true(p.seconds.low <= r->difference_s && r->difference_s <= p.seconds.high);
        assert_true(p.seconds.high - p.seconds.low < 0.5);
        assert_true(p.total_a < 20 * 7); /* no hit of 1000 s came in */
        paired_sentence(&p, "A", "B", &text);
        assert_holds(r->what, buf_text(&text), r->says);
        assert_holds(r->what, buf_text(&text), "20 pairs)");
        buf_done(&text);
        items_done(&a);
        items_done(&b);
    }
}

static void test_pairs_of_different_rounds(void **state)
{
    (void)state;
    struct items a = { 0 }, b = { 0 };
    struct paired p;
    for (int q = 0; q < 6; q++) {
        add(&a, item_of(q, 1, 2));
        add(&a, item_of(q, 2, 4));
        add(&b, item_of(q, 1, 1));
    }
    add(&a, item_of(50, 1, 9));
    add(&a, item_of(50, 2, 9));
    add(&b, item_of(60, 1, 9));
    add(&b, item_of(61, 1, 9));
    paired_compare(&(struct side){ .items = &a }, &(struct side){ .items = &b }, &p);
    assert_int_equal(p.pairs, 6);
    assert_int_equal(p.only_a, 1);
    assert_int_equal(p.only_b, 2);
    expect("difference", p.seconds.estimate, -2);
    items_done(&a);
    items_done(&b);
}

/* What a query costs differs from query to query, what a round adds is nothing: 50 rounds teach no
 * more than one, and the interval must not grow narrower. */
static void test_rounds_are_no_pairs_of_their_own(void **state)
{
    (void)state;
    struct paired p[2];
    struct interval share[2];
    for (int k = 0; k < 2; k++) {
        struct items a = { 0 }, b = { 0 };
        for (int q = 0; q < 6; q++)
            for (int round = 1; round <= (k ? 50 : 1); round++) {
                struct run_item x = item_of(q, round, 1), y = item_of(q, round, 1 + q - 2);
                x.correct = q % 2;
                y.correct = 1;
                add(&a, x);
                add(&b, y);
            }
        paired_compare(&(struct side){ .items = &a }, &(struct side){ .items = &b }, &p[k]);
        assert_int_equal(p[k].pairs, 6);
        struct summary s;
        summary_init(&s, &a);
        share[k] = s.all.right;
        summary_done(&s);
        items_done(&a);
        items_done(&b);
    }
    expect("low", p[1].seconds.low, p[0].seconds.low);
    expect("high", p[1].seconds.high, p[0].seconds.high);
    assert_int_equal(p[1].right.n, 6);
    expect("right", p[1].right_a, 3);
    expect("low, right", p[1].right.low, p[0].right.low);
    assert_int_equal(share[1].n, 300);
    expect("share", share[1].estimate, 0.5);
    expect("low, share", share[1].low, share[0].low);
    expect("high, share", share[1].high, share[0].high);
}

/* The same text twice in a set, without cache: two calls a round on each side are one pair. */
static void test_pairs_of_twins(void **state)
{
    (void)state;
    struct items a = { 0 }, b = { 0 };
    struct paired p;
    for (int i = 0; i < 2; i++) {
        struct run_item x = item_of(3, 1, 1 + i), y = item_of(3, 1, 11 + i);
        x.query_index = y.query_index = 3 + i;
        add(&a, x);
        add(&b, y);
    }
    paired_compare(&(struct side){ .items = &a }, &(struct side){ .items = &b }, &p);
    assert_int_equal(p.pairs, 1);
    expect("difference", p.seconds.estimate, 10);
    expect("no interval", p.seconds.low, NAN);
    assert_int_equal(p.only_a + p.only_b, 0);
    struct buf text = buf_with_max(1000);
    paired_sentence(&p, "A", "B", &text);
    assert_string_equal(buf_text(&text),
                        "too few pairs for a verdict on time: 1, and 5 are needed");
    buf_done(&text);
    items_done(&a);
    items_done(&b);
}

static void test_nothing_to_pair(void **state)
{
    (void)state;
    struct items a = { 0 }, b = { 0 };
    struct paired p;
    struct buf text = buf_with_max(1000);
    add(&a, item_of(1, 1, 1));
    add(&b, hit_of(item_of(1, 1, 1), 1));
    paired_compare(&(struct side){ .items = &a }, &(struct side){ .items = &b }, &p);
    assert_int_equal(p.pairs, 0);
    assert_int_equal(p.only_a, 1);
    paired_sentence(&p, "A", "B", &text);
    assert_holds("sentence", buf_text(&text), "nothing to compare");
    buf_done(&text);
    items_done(&a);
    items_done(&b);
}

static void test_pairs_of_right_answers(void **state)
{
    (void)state;
    struct items a = { 0 }, b = { 0 };
    struct paired p;
    struct buf text = buf_with_max(1000);
    for (int q = 0; q < 30; q++) {
        struct run_item x = item_of(q, 1, 1), y = item_of(q, 1, 1 + 0.001 * q);
        x.correct = q % 3 == 0;
        y.correct = q == 29 ? -1 : q % 3 != 2; /* the last is not known on one side */
        add(&a, x);
        add(&b, y);
    }
    paired_compare(&(struct side){ .items = &a }, &(struct side){ .items = &b }, &p);
    assert_int_equal(p.pairs, 30);
    assert_int_equal(p.right.n, 29);
    expect("right A", p.right_a, 10);
    expect("right B", p.right_b, 20);
    assert_int_equal(stats_verdict(&p.right), DIFFERENCE_MORE);
    paired_sentence(&p, "A", "B", &text);
    assert_holds("sentence", buf_text(&text), "; B is 34.5 points more often right (95 %: ");
    buf_done(&text);
    items_done(&a);
    items_done(&b);
}

/* --- against always-reasoning ------------------------------------------------------------------------ */

/* Five queries, two rounds, the second out of the cache; one query is complex. */
static void make_run(struct items *t)
{
    static const double fast_s[] = { 1.6, 1.9, 1.85, 2.05 };
    for (int round = 1; round <= 2; round++) {
        for (int q = 0; q < 4; q++) {
            struct run_item i = item_of(q, 1, fast_s[q]);
            add(t, round == 1 ? i : hit_of(i, 2));
        }
        struct run_item slow = reasoning_of(4, 1, 38.4);
        add(t, round == 1 ? slow : hit_of(slow, 2));
    }
}

static void test_rule_of_thumb_against_measured(void **state)
{
    (void)state;
    struct items t = { 0 };
    struct summary s;
    make_run(&t);
    summary_init(&s, &t);
    const struct always *a = &s.always;
    expect("spent", a->spent_s, 45.8);
    expect("rule", a->rule.always_s, 15.0);
    expect("rule says", a->rule.saved_s, -30.8);
    assert_true(a->rule.share < -2.05 && a->rule.share > -2.06); /* "minus 205 %" */
    assert_int_equal(a->rule.kind, KIND_ESTIMATED);
    expect("projected", a->projected.always_s, 384);
    assert_true(a->projected.share > 0.88 && a->projected.share < 0.881);
    assert_int_equal(a->projected.kind, KIND_ESTIMATED);
    assert_int_equal(a->measured.kind, KIND_UNKNOWN);
    expect("measured", a->measured.saved_s, NAN);
    expect("cache", a->by_cache_s, 192);
    expect("routing", a->by_routing_s, 146.2);
    expect("parts", a->by_cache_s + a->by_routing_s + a->by_sharing_s, a->split.saved_s);
    assert_false(a->reasoning_from_measured);
    summary_done(&s);

    /* Now really asked: the reasoning model takes longer for all of them than for fast ones. */
    for (int q = 0; q < 5; q++) {
        struct run_item i = reasoning_of(q, 1, 30 + q);
        i.always = true;
        i.correct = 1;
        i.load_s = 1; /* not in any figure */
        i.latency_s += 1;
        add(&t, i);
    }
    summary_init(&s, &t);
    expect("calls are the pipeline's", (double)s.all.calls, 5);
    expect("measured always", a->measured.always_s, 160);
    expect("measured saved", a->measured.saved_s, 160 - 45.8);
    assert_int_equal(a->measured.kind, KIND_MEASURED);
    assert_int_equal(a->pairs.pairs, 5);
    assert_true(a->pairs.seconds.high < 0); /* the pipeline is faster */
    expect("rule stays", a->rule.saved_s, -30.8);
    expect("projected stays", a->projected.always_s, 384);
    assert_true(a->reasoning_from_measured);
    expect("mean", a->reasoning_s, 32);
    expect("split", a->split.always_s, 320);
    expect("parts", a->by_cache_s + a->by_routing_s + a->by_sharing_s, a->split.saved_s);
    summary_done(&s);
    items_done(&t);
}

static void test_without_reasoning_calls(void **state)
{
    (void)state;
    struct items t = { 0 };
    struct summary s;
    add(&t, item_of(0, 1, 1));
    struct run_item failed = reasoning_of(1, 1, 50);
    failed.end = "TIMEOUT_IDLE";
    add(&t, failed);
    summary_init(&s, &t);
    assert_int_equal(s.always.projected.kind, KIND_UNKNOWN);
    assert_int_equal(s.always.split.kind, KIND_UNKNOWN);
    expect("rule", s.always.rule.saved_s, 2);
    summary_done(&s);
    items_done(&t);
}

/* A fallback is no model call: no figure of saving counts it, but where every question was asked
 * of the reasoning model too, what the person waited stands against that answer. */
static void test_fallbacks_are_no_saving(void **state)
{
    (void)state;
    struct items t = { 0 };
    struct summary s;
    struct run_item other = item_of(0, 1, 12);
    other.fallback = true;
    add(&t, other);
    struct run_item measured = reasoning_of(0, 1, 20);
    measured.always = true;
    add(&t, measured);
    measured = reasoning_of(1, 1, 20);
    measured.always = true;
    measured.end = "ERR_STREAM";
    add(&t, measured);
    summary_init(&s, &t);
    expect("spent", s.always.spent_s, 0);
    assert_int_equal(s.always.calls, 0);
    assert_int_equal(s.always.pairs.pairs, 1);
    expect("saved", s.always.measured.saved_s, 8);
    assert_int_equal(s.always.asked, 2);
    assert_int_equal(s.always.failed, 1);
    assert_int_equal(s.all.call.n, 0);
    summary_done(&s);
    items_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_slowed),
        cmocka_unit_test(test_strange_rows),
        cmocka_unit_test(test_hits_are_apart),
        cmocka_unit_test(test_loading_is_subtracted),
        cmocka_unit_test(test_ends_are_counted),
        cmocka_unit_test(test_percentiles_need_samples),
        cmocka_unit_test(test_a_copy_is_no_sample),
        cmocka_unit_test(test_labels_count_once),
        cmocka_unit_test(test_histogram),
        cmocka_unit_test(test_nothing_at_all),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_pairs_of_different_rounds),
        cmocka_unit_test(test_rounds_are_no_pairs_of_their_own),
        cmocka_unit_test(test_pairs_of_twins),
        cmocka_unit_test(test_nothing_to_pair),
        cmocka_unit_test(test_pairs_of_right_answers),
        cmocka_unit_test(test_rule_of_thumb_against_measured),
        cmocka_unit_test(test_without_reasoning_calls),
        cmocka_unit_test(test_fallbacks_are_no_saving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
