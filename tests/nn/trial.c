/* Trials: votes, telling right from wrong, and the problems that are drawn. */
#include "tests/test.h"

#include <math.h>

#include "core/base/mem.h"
#include "core/nn/trial.h"

static struct trial answer(int a, bool answered)
{
    return (struct trial){ .answered = answered, .answer = { a }, .answer_count = 1 };
}

static void test_vote(void **state)
{
    (void)state;
    static const struct row {
        int answers[5]; /* negative: not finished */
        int winner;     /* index, -1 none */
    } rows[] = {
        { { 1, 2, 2, 3, 1 }, 0 }, /* the first given of equals */
        { { 3, 2, 2, 2, 3 }, 1 },       { { -1, -1, -1, -1, 4 }, 4 },
        { { -1, -1, -1, -1, -1 }, -1 }, { { -2, -2, -2, 5, 5 }, 3 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial t[5];
        for (int k = 0; k < 5; k++)
            t[k] = answer(rows[i].answers[k], rows[i].answers[k] >= 0);
        const struct trial *won = trial_vote(t, 5);
        assert_int_equal(won ? won - t : -1, rows[i].winner);
    }
    assert_null(trial_vote(NULL, 0));
}

static void test_auroc(void **state)
{
    (void)state;
    static const struct row {
        double score[4];
        bool right[4];
        double area;
    } rows[] = {
        { { 4, 3, 2, 1 }, { true, true, false, false }, 1 },
        { { 4, 3, 2, 1 }, { false, false, true, true }, 0 },
        { { 1, 1, 1, 1 }, { true, false, true, false }, 0.5 },
        { { 4, 3, 2, 1 }, { true, false, true, false }, 0.75 },
        { { 4, 3, 2, 1 }, { true, true, true, true }, NAN },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double a = trial_auroc(rows[i].score, rows[i].right, 4);
        assert_true(isnan(rows[i].area) ? isnan(a) : fabs(a - rows[i].area) < 1e-12);
    }
    assert_true(isnan(trial_auroc(NULL, NULL, 0)));
}

static void test_draw(void **state)
{
    (void)state;
    enum { N = 100 };
    struct problem *a = mem_new(struct problem, N), *b = mem_new(struct problem, N);
    assert_int_equal(trial_draw(PROBLEM_CHAIN, 3, N, 5, a), N);
    assert_int_equal(trial_draw(PROBLEM_CHAIN, 3, N, 5, b), N);
    for (size_t i = 0; i < N; i++) {
        assert_string_equal(a[i].question, b[i].question);
        assert_true(a[i].held_out && a[i].steps == 3);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(a[i].key, a[k].key);
    }
    size_t few = trial_draw(PROBLEM_TIMES, 0, N, 5, a); /* not so many products exist */
    assert_in_range(few, 30, 60);
    assert_int_equal(trial_draw(PROBLEM_CHAIN, 12, N, 5, a), 0);
    mem_free(a);
    mem_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vote),
        cmocka_unit_test(test_auroc),
        cmocka_unit_test(test_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
