/* Running a model: a stream against the reference version, choosing tokens, 16-bit floats and
 * the weights file. */
#include <math.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/nn/half.h"
#include "core/nn/plain.h"
#include "core/nn/sample.h"
#include "core/nn/stream.h"
#include "core/nn/weights.h"
#include "tests/test.h"

static const struct nn_shape shape = { 21, 24, 2, 2 };

static float *some_weights(uint64_t seed)
{
    struct random r;
    random_seed(&r, seed);
    size_t count = nn_map_of(&shape).count;
    float *w = mem_new(float, count);
    nn_weights_init(&shape, &r, w);
    for (size_t i = 0; i < count; i++)
        w[i] += (float)(0.4 * random_unit(&r) - 0.2);
    return w;
}

/* --- streams ---------------------------------------------------------------------------------- */

enum { LONG = 40 };

static void plain_scores(const float *w, const int *ids, double *ret)
{
    size_t count = nn_map_of(&shape).count;
    double *dw = mem_new(double, count);
    int pos[LONG];
    for (size_t i = 0; i < count; i++)
        dw[i] = (double)w[i];
    for (int t = 0; t < LONG; t++)
        pos[t] = t;
    plain_model(&shape, dw, LONG, ids, pos, ret);
    mem_free(dw);
}

static void assert_scores(const struct nn_stream *s, const double *want)
{
    for (int i = 0; i < shape.vocab; i++)
        assert_float_equal(nn_stream_logits(s)[i], want[i], 1e-4);
}

static void test_stream_is_the_model(void **state)
{
    (void)state;
    float *w = some_weights(1);
    int ids[LONG];
    double want[LONG * 21];
    struct random r;
    random_seed(&r, 2);
    for (int t = 0; t < LONG; t++)
        ids[t] = (int)random_below(&r, 21);
    plain_scores(w, ids, want);

    struct nn_net *net = nn_net_new(&shape, w);
    struct nn_stream *one = nn_stream_new(net), *two = nn_stream_new(net);
    mem_free(w); /* the net has its own */
    for (int t = 0; t < LONG; t++) {
        nn_stream_feed(one, &ids[t], 1);
        assert_scores(one, want + t * shape.vocab);
        /* Another text at the same time disturbs nothing. */
        nn_stream_feed(two, &ids[LONG - 1 - t], 1);
    }
    assert_int_equal(nn_stream_tokens(one), LONG);
    assert_int_equal(nn_stream_room(one), NN_MAX_TOKENS - LONG);
    /* In pieces, after another text. */
    nn_stream_clear(two);
    nn_stream_feed(two, ids, 7);
    assert_scores(two, want + 6 * shape.vocab);
    nn_stream_feed(two, ids + 7, LONG - 7);
    assert_memory_equal(nn_stream_logits(two), nn_stream_logits(one),
                        (size_t)shape.vocab * sizeof(float));
    nn_stream_free(one);
    nn_stream_free(two);
    nn_net_free(net);
}

/* Any number of streams at once give what each gives alone, to the bit. */
static void test_streams_together(void **state)
{
    (void)state;
    enum { MOST = 9, STEPS = 12 };
    float *w = some_weights(8);
    struct nn_net *net = nn_net_new(&shape, w);
    struct nn_stream *alone[MOST], *together[MOST];
    struct random r;
    random_seed(&r, 3);
    for (int i = 0; i < MOST; i++) {
        int prompt[MOST];
        for (int k = 0; k <= i; k++)
            prompt[k] = (int)random_below(&r, 21);
        alone[i] = nn_stream_new(net);
        together[i] = nn_stream_new(net);
        nn_stream_feed(together[i], prompt, i + 1);
        for (int k = 0; k <= i; k++)
            nn_stream_feed(alone[i], &prompt[k], 1);
    }
    for (int step = 0; step < STEPS; step++) {
        int ids[MOST], n = 1 + step % MOST;
        for (int i = 0; i < n; i++)
            ids[i] = (int)random_below(&r, 21);
        nn_streams_feed(n, together, ids);
        for (int i = 0; i < n; i++)
            nn_stream_feed(alone[i], &ids[i], 1);
        for (int i = 0; i < MOST; i++)
            assert_memory_equal(nn_stream_logits(alone[i]), nn_stream_logits(together[i]),
                                (size_t)shape.vocab * sizeof(float));
    }
    for (int i = 0; i < MOST; i++) {
        nn_stream_free(alone[i]);
        nn_stream_free(together[i]);
    }
    nn_net_free(net);
    mem_free(w);
}

static void test_stream_runs_full(void **state)
{
    (void)state;
    float *w = some_weights(3);
    struct nn_net *net = nn_net_new(&shape, w);
    struct nn_stream *s = nn_stream_new(net);
    mem_free(w);
    int id = 5;
    while (nn_stream_room(s) > 0)
        nn_stream_feed(s, &id, 1);
    assert_int_equal(nn_stream_tokens(s), NN_MAX_TOKENS);
    for (int i = 0; i < shape.vocab; i++)
        assert_true(isfinite((double)nn_stream_logits(s)[i]));
    nn_stream_free(s);
    nn_net_free(net);
}

/* --- choosing ---------------------------------------------------------------------------------- */

static void test_greedy(void **state)
{
    (void)state;
    const float logits[] = { 1, 3, 3, -2 };
    const struct nn_taste greedy = { 0, 1 };
    struct nn_pick p = nn_choose(4, logits, &greedy, NULL);
    assert_int_equal(p.id, 1); /* the lowest of equals */
    double sum = exp(-2) + 2 + exp(-5);
    assert_float_equal(p.logprob, -log(sum), 1e-9);
    assert_float_equal(nn_logprob(4, logits, 3), -5 - log(sum), 1e-9);
}

static void test_sampling(void **state)
{
    (void)state;
    /* shares 0.5 0.25 0.125 0.125 at temperature 1 */
    const float logits[] = { 0, -0.69314718f, -1.38629436f, -1.38629436f };
    static const struct {
        double temperature, top_p, share[4];
    } rows[] = {
        { 1, 1, { 0.5, 0.25, 0.125, 0.125 } },
        { 0.5, 1, { 0.727273, 0.181818, 0.045455, 0.045455 } },
        { 1, 0.75, { 0.666667, 0.333333, 0, 0 } },
        { 1, 0.76, { 0.571429, 0.285714, 0.142857, 0 } },
        { 1, 0.01, { 1, 0, 0, 0 } },
        { 1e-9, 1, { 1, 0, 0, 0 } },
    };
    enum { DRAWS = 20000 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct random r;
        random_seed(&r, 11 + i);
        const struct nn_taste taste = { rows[i].temperature, rows[i].top_p };
        int count[4] = { 0 };
        for (int n = 0; n < DRAWS; n++) {
            struct nn_pick p = nn_choose(4, logits, &taste, &r);
            count[p.id]++;
            assert_float_equal(p.logprob, nn_logprob(4, logits, p.id), 1e-12);
        }
        for (int k = 0; k < 4; k++)
            if (fabs((double)count[k] / DRAWS - rows[i].share[k]) > 0.012)
                fail_msg("row %zu: token %d came %d times of %d", i, k, count[k], DRAWS);
    }
}

static void test_sampling_repeats(void **state)
{
    (void)state;
    const float logits[] = { 0.1f, 0.2f, 0.3f, 0.25f };
    const struct nn_taste taste = { 0.8, 0.95 };
    struct random a, b;
    random_seed(&a, 4);
    random_seed(&b, 4);
    for (int i = 0; i < 200; i++)
        assert_int_equal(nn_choose(4, logits, &taste, &a).id, nn_choose(4, logits, &taste, &b).id);
}

/* --- 16-bit floats --------------------------------------------------------------------------- */

static void test_halves(void **state)
{
    (void)state;
    static const struct {
        float value;
        uint16_t bits;
    } rows[] = {
        { 0, 0 },
        { -0.0f, 0x8000 },
        { 1, 0x3c00 },
        { -2, 0xc000 },
        { 65504, 0x7bff },
        { 65519.996f, 0x7bff },
        { 65520, 0x7c00 },
        { -1e30f, 0xfc00 },
        { 0x1p-14f, 0x0400 },
        { 0x1p-24f, 1 },
        { 0x1p-25f, 0 },
        { 0x1.8p-24f, 2 },
        { 0x1.002p0f, 0x3c00 },
        { 0x1.006p0f, 0x3c02 },
        { 0x1.0021p0f, 0x3c01 },
        { 0.1f, 0x2e66 },
        { 0x1.ff8p-15f, 0x03ff },
        { 0x1.ffcp-15f, 0x0400 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (half_of(rows[i].value) != rows[i].bits)
            fail_msg("%a is 0x%04x, not 0x%04x", (double)rows[i].value, half_of(rows[i].value),
                     rows[i].bits);
    for (unsigned h = 0; h < 0x10000; h++) {
        float f = half_to_float((uint16_t)h);
        if ((h & 0x7fff) > 0x7c00)
            assert_true(isnan((double)f));
        else
            assert_int_equal(half_of(f), h);
    }
    assert_true(isnan((double)half_to_float(half_of(NAN))));
}

/* --- the weights file --------------------------------------------------------------------------- */

static struct nn_card some_card(void)
{
    struct nn_card card = { .name = "toy-1", .shape = shape, .vocab = hash_of("words", 5) };
    return card;
}

static void test_weights_come_back(void **state)
{
    (void)state;
    struct error err;
    char *folder = test_folder(), path[512];
    snprintf(path, sizeof path, "%s/toy.weights", folder);
    float *w = some_weights(5), *got;
    size_t count = nn_map_of(&shape).count;
    struct nn_card card = some_card(), read;
    assert_ok(nn_weights_write(path, &card, w, &err), err);
    assert_ok(nn_weights_read(path, &read, &got, &err), err);
    assert_string_equal(read.name, "toy-1");
    assert_memory_equal(&read.shape, &shape, sizeof shape);
    assert_true(hash_equal(&read.vocab, &card.vocab));
    for (size_t i = 0; i < count; i++)
        assert_true(got[i] == half_to_float(half_of(w[i])));

    struct buf file = { 0 };
    assert_ok(file_read(path, NN_MAX_FILE_BYTES, &file, &err), err);
    assert_int_equal(file.len, NN_HEADER_BYTES + 2 * count + HASH_BYTES);
    buf_done(&file);
    mem_free(got);
    mem_free(w);
    test_folder_remove(folder);
}

/* Made elsewhere after the description of the format. */
static void test_weights_made_elsewhere(void **state)
{
    (void)state;
    struct nn_card card;
    float *w;
    struct error err;
    assert_ok(nn_weights_read("tests/fuzz/corpus/weights/layers", &card, &w, &err), err);
    assert_string_equal(card.name, "toy");
    const struct nn_shape want = { 3, 8, 2, 4 };
    assert_memory_equal(&card.shape, &want, sizeof want);
    for (size_t i = 0; i < nn_map_of(&want).count; i++)
        assert_true(w[i] >= -1 && w[i] <= 1);
    mem_free(w);
}

static void test_weights_that_do_not_fit(void **state)
{
    (void)state;
    static const char *const names[] = { "", "Big", "a b", "../x", "a\n" };
    struct error err;
    float *w = some_weights(6);
    struct nn_card card = some_card();
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(card.name, sizeof card.name, "%s", names[i]);
        assert_false(nn_weights_write("/nowhere/x", &card, w, &err));
        assert_holds(names[i], err.text, "is no name for a model");
    }
    memset(card.name, 'a', sizeof card.name); /* no end */
    assert_false(nn_weights_write("/nowhere/x", &card, w, &err));
    card = some_card();
    w[3] = 1e6f;
    assert_false(nn_weights_write("/nowhere/x", &card, w, &err));
    assert_holds("too large", err.text, "weight 3 of 'toy-1' is 1e+06");
    w[3] = NAN;
    assert_false(nn_weights_write("/nowhere/x", &card, w, &err));
    mem_free(w);
}

static void turn(unsigned char *p, int n)
{
    for (int i = 0; i < n / 2; i++) {
        unsigned char byte = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = byte;
    }
}

static void test_bad_files(void **state)
{
    (void)state;
    static const struct {
        const char *what, *error;
        int at, to; /* this byte becomes that; at -1: none */
        int add;    /* bytes added to the end, or cut off */
        int turned; /* every number of the header of so many bytes in the other order */
    } rows[] = {
        { "empty", "is not a weights file", -1, 0, -1000000 },
        { "foreign", "is not a weights file", 0, 'R', 0 },
        { "newer", "has format 2, this rlab reads format 1", 8, 2, 0 },
        { "big-endian", "its bytes in the other order", -1, 0, 0, 4 },
        { "turned round, magic and all", "is not a weights file", 0, 'b', 0, 4 },
        { "sixteen bits turned round", "has format 256", -1, 0, 0, 2 },
        { "no layers", "reading the weights file", 20, 0, 0 },
        { "layers", "counts disagree", 20, 3, 0 },
        { "many layers", "cannot have", 20, 200, 0 },
        { "negative width", "cannot have", 19, 255, 0 },
        { "heads", "cannot have 7 heads", 24, 7, 0 },
        { "vocab", "counts disagree", 12, 22, 0 },
        { "unused", "damaged", 28, 1, 0 },
        { "count", "counts disagree", 32, 0, 0 },
        { "huge count", "counts disagree", 39, 0x7f, 0 },
        { "name", "its name is none", 40, 0x1b, 0 },
        { "no name", "its name is none", 40, 0, 0 },
        { "after the name", "its name is none", 71, 'x', 0 },
        { "vocabulary", "its checksum is wrong", 80, 0, 0 },
        { "a weight", "its checksum is wrong", 4000, 0x55, 0 },
        { "cut", "it ends early", -1, 0, -1 },
        { "cut in the header", "it ends early", -1, 0, -100000 },
        { "more", "it goes on after its end", -1, 0, 2 },
    };
    struct error err;
    char *folder = test_folder(), path[512];
    snprintf(path, sizeof path, "%s/toy.weights", folder);
    float *w = some_weights(7), *got;
    struct nn_card card = some_card(), read;
    struct buf file = { 0 };
    assert_ok(nn_weights_write(path, &card, w, &err), err);
    assert_ok(file_read(path, NN_MAX_FILE_BYTES, &file, &err), err);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int len = (int)file.len + rows[i].add;
        len = len < -500000 ? 0 : len < 0 ? 50 : len;
        unsigned char *copy = mem_alloc((size_t)len + 1, 1);
        memcpy(copy, file.data, (size_t)len < file.len ? (size_t)len : file.len);
        if (rows[i].at >= 0)
            copy[rows[i].at] = (unsigned char)rows[i].to;
        for (int k = 8; rows[i].turned && k < NN_HEADER_BYTES; k += rows[i].turned)
            turn(copy + k, rows[i].turned);
        if (nn_weights_parse("x.weights", copy, (size_t)len, &read, &got, &err))
            fail_msg("%s: taken", rows[i].what);
        assert_holds(rows[i].what, err.text, rows[i].error);
        assert_holds(rows[i].what, err.text, "'x.weights'");
        mem_free(copy);
    }
    assert_false(nn_weights_read("/nowhere/at/all", &read, &got, &err));
    buf_done(&file);
    mem_free(w);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream_is_the_model),
        cmocka_unit_test(test_streams_together),
        cmocka_unit_test(test_stream_runs_full),
        cmocka_unit_test(test_greedy),
        cmocka_unit_test(test_sampling),
        cmocka_unit_test(test_sampling_repeats),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_weights_come_back),
        cmocka_unit_test(test_weights_made_elsewhere),
        cmocka_unit_test(test_weights_that_do_not_fit),
        cmocka_unit_test(test_bad_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
