/* The reading network: its gradient by finite differences, texts of all lengths in one batch,
 * and that it learns to tell kinds of text apart. */
#include <math.h>

#include "core/base/mem.h"
#include "core/nn/reader.h"
#include "tests/test.h"

static struct nn_letters letters_of(const char *text)
{
    struct nn_letters l = { .count = (int)strlen(text) };
    for (int i = 0; i < l.count; i++)
        l.symbol[i] = (uint8_t)(text[i] == ' ' ? 27 : text[i] - 'a' + 1);
    return l;
}

enum { TEXTS = 4 };

static void test_gradient(void **state)
{
    (void)state;
    const struct nn_reader_shape shape = { 28, 5, 6, 3 };
    size_t count = nn_reader_count(&shape);
    struct nn_letters text[TEXTS] = { letters_of("a"), letters_of("bad cab"), letters_of("cab"),
                                      letters_of("dabbed") };
    const struct nn_letters *all[TEXTS] = { &text[0], &text[1], &text[2], &text[3] };
    const int kind[TEXTS] = { 0, 2, 1, 2 };
    struct random r;
    random_seed(&r, 3);
    float *w = mem_new(float, count), *grad = mem_new(float, count);
    float *unused = mem_new(float, count);
    nn_reader_init(&shape, &r, w);
    /* Far from where ReLU bends, or a difference across the bend would be no slope: the bias of
     * the inner layer, which lies before the outer one. */
    float *bias = w + count - (size_t)(shape.kinds * (shape.units + 1) + shape.units);
    for (int i = 0; i < shape.units; i++)
        bias[i] = i % 2 ? 2 : -2;
    struct nn_reader *k = nn_reader_new(&shape, TEXTS);
    double loss = nn_reader_learn(k, w, TEXTS, all, kind, 1, grad);

    double alone = 0; /* the batch is the sum of its texts */
    for (int i = 0; i < TEXTS; i++)
        alone += nn_reader_learn(k, w, 1, &all[i], &kind[i], 0, unused);
    assert_float_equal(loss, alone, 1e-4);

    for (size_t i = 0; i < count; i++) {
        const float step = 1e-2f; /* floats allow no smaller; the error is of its square */
        float at = w[i];
        w[i] = at + step;
        double more = nn_reader_learn(k, w, TEXTS, all, kind, 0, unused);
        w[i] = at - step;
        double less = nn_reader_learn(k, w, TEXTS, all, kind, 0, unused);
        w[i] = at;
        double want = (more - less) / (2 * (double)step);
        if (fabs(want - (double)grad[i]) > 2e-3 * fmax(1, fabs(want)))
            fail_msg("gradient of weight %zu is %g, not %g", i, (double)grad[i], want);
    }
    nn_reader_free(k);
    mem_free(w);
    mem_free(grad);
    mem_free(unused);
}

static void test_size(void **state)
{
    (void)state;
    const struct nn_reader_shape shape = { 43, 32, 64, 4 };
    assert_in_range(nn_reader_count(&shape), 24000, 25200);
}

/* Does a text hold an x, hold a y, or neither? */
static void test_learns(void **state)
{
    (void)state;
    const struct nn_reader_shape shape = { 28, 16, 32, 3 };
    enum { BATCH = 8, STEPS = 400 };
    struct random r;
    random_seed(&r, 1);
    float *w = mem_new(float, nn_reader_count(&shape)), share[3];
    nn_reader_init(&shape, &r, w);
    struct nn_reader *k = nn_reader_new(&shape, BATCH);
    int right = 0;
    for (int step = 0; step < STEPS + 10; step++) {
        struct nn_letters text[BATCH];
        const struct nn_letters *all[BATCH];
        int kind[BATCH];
        for (int i = 0; i < BATCH; i++) {
            text[i].count = 1 + (int)random_below(&r, 20);
            for (int t = 0; t < text[i].count; t++)
                text[i].symbol[t] = (uint8_t)(1 + random_below(&r, 20));
            kind[i] = (int)random_below(&r, 3);
            uint8_t *at = &text[i].symbol[random_below(&r, (uint64_t)text[i].count)];
            *at = kind[i] == 0 ? 24 : kind[i] == 1 ? 25 : *at;
            all[i] = &text[i];
        }
        if (step < STEPS) {
            nn_reader_step(k, w, BATCH, all, kind, 5e-3);
            continue;
        }
        for (int i = 0; i < BATCH; i++) {
            nn_reader_read(k, w, all[i], share);
            assert_float_equal(share[0] + share[1] + share[2], 1, 1e-5);
            right += share[kind[i]] > 0.5f;
        }
    }
    assert_in_range(right, 76, 80);
    nn_reader_free(k);
    mem_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_learns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
