/* Training: optimizers against plain formulas, threads that share work, runs that repeat bit
 * for bit, checkpoints that go on exactly, and a model that learns. */
#include <math.h>
#include <stdatomic.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/nn/crew.h"
#include "core/nn/matrix.h"
#include "core/nn/optim.h"
#include "core/nn/pair.h"
#include "core/nn/sample.h"
#include "core/nn/stream.h"
#include "core/nn/train.h"
#include "core/nn/vocabulary.h"
#include "tests/test.h"

/* --- a crew ----------------------------------------------------------------------------- */

struct tally {
    atomic_int done[8];
};

static void count_share(void *self, int share)
{
    struct tally *t = self;
    atomic_fetch_add(&t->done[share], share + 1);
}

static void test_crew_does_each_share_once(void **state)
{
    (void)state;
    for (int shares = 1; shares <= 8; shares++) {
        struct tally t = { 0 };
        struct nn_crew *c = nn_crew_new(shares, 1 + shares * 5 % 7);
        for (int round = 0; round < 50; round++)
            nn_crew_run(c, count_share, &t);
        nn_crew_free(c);
        for (int i = 0; i < 8; i++)
            assert_int_equal(t.done[i], i < shares ? 50 * (i + 1) : 0);
    }
}

/* --- optimizers ---------------------------------------------------------------------------- */

/* Adam as its paper has it, in double precision. */
static void plain_adam(int steps, const double *g, double rate, double *w)
{
    double mean = 0, square = 0;
    for (int t = 1; t <= steps; t++) {
        mean = 0.9 * mean + 0.1 * g[t - 1];
        square = 0.98 * square + 0.02 * g[t - 1] * g[t - 1];
        *w -= rate * (mean / (1 - pow(0.9, t))) / (sqrt(square / (1 - pow(0.98, t))) + 1e-8);
    }
}

static void test_adam(void **state)
{
    (void)state;
    const double g[] = { 0.5, -0.25, 3, 1e-4, 0, 0, -2 };
    double want = 1;
    float w = 1, mean = 0, square = 0;
    plain_adam((int)COUNT(g), g, 0.01, &want);
    for (int t = 0; t < (int)COUNT(g); t++) {
        struct adam how = { 0.01, 0.9, 0.98, t + 1 };
        float f = (float)g[t];
        adam_step(&how, 1, &f, &mean, &square, &w);
    }
    assert_float_equal(w, want, 1e-5);
}

/* After Muon a step's singular values are near 1: its Gram matrix is near the identity times
 * a number between 0.65^2 and 1.2^2 in every direction we look. */
static void check_straight(int rows, int cols, uint64_t seed)
{
    struct random r;
    random_seed(&r, seed);
    size_t n = (size_t)rows * (size_t)cols;
    float *g = mem_new(float, n), *m = mem_new(float, n), *w = mem_new(float, n);
    float *scratch = mem_new(float, muon_scratch(rows, cols));
    for (size_t i = 0; i < n; i++)
        g[i] = (float)(random_unit(&r) - 0.5);
    muon_step(rows, cols, 1, g, m, w, scratch);
    double by = sqrt(fmax(1, (double)rows / cols));
    /* w = -by * O, O (rows,cols) with min(rows,cols) directions of length about 1: the mean of
     * their squares is |O|^2 / min. */
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)w[i] * (double)w[i] / (by * by);
    double mean = sum / (rows < cols ? rows : cols);
    if (!(mean > 0.42 && mean < 1.44))
        fail_msg("%d x %d: mean squared singular value %g", rows, cols, mean);
    mem_free(g);
    mem_free(m);
    mem_free(w);
    mem_free(scratch);
}

static void test_muon_straightens(void **state)
{
    (void)state;
    static const int sizes[][2] = {
        { 8, 8 }, { 24, 8 }, { 8, 32 }, { 1, 5 }, { 5, 1 }, { 48, 16 }
    };
    matrix_start();
    for (size_t i = 0; i < COUNT(sizes); i++)
        check_straight(sizes[i][0], sizes[i][1], i + 1);
}

/* A matrix with one large direction and one small: both are moved by nearly the same. */
static void test_muon_evens_out(void **state)
{
    (void)state;
    float g[4] = { 10, 0, 0, 0.5f }, m[4] = { 0 }, w[4] = { 0 }, scratch[16];
    assert_true(muon_scratch(2, 2) <= COUNT(scratch));
    matrix_start();
    muon_step(2, 2, 0.1, g, m, w, scratch);
    assert_true(w[0] < -0.06f && w[0] > -0.13f);
    assert_true(w[3] < -0.06f && w[3] > -0.13f);
    assert_true(fabsf(w[1]) < 1e-6f && fabsf(w[2]) < 1e-6f);
}

static void test_rate(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        int warm;
        double progress, want;
    } rates[] = {
        { 1, 50, 0, 0.02 }, { 25, 50, 0, 0.5 },  { 50, 50, 0, 1 },      { 51, 50, 0, 1 },
        { 1, 0, 0, 1 },     { 99, 50, 1, 0.02 }, { 99, 50, 0.5, 0.51 }, { 99, 50, 2, 0.02 },
    };
    for (size_t i = 0; i < COUNT(rates); i++)
        assert_float_equal(rate_share(rates[i].number, rates[i].warm, rates[i].progress, 0.02),
                           rates[i].want, 1e-9);
}

/* --- a small task ----------------------------------------------------------------------------- */

/* Three digits, then the same three from the last to the first. */
enum { END = 10, TURN = 11, TOY_VOCAB = 12 };
static const struct nn_shape toy = { TOY_VOCAB, 32, 2, 2 };

static void draw_toy(void *self, struct random *r, double progress, struct nn_example *ret)
{
    (void)self;
    (void)progress;
    *ret = (struct nn_example){ .prompt = 4, .total = 8, .turn = 3 };
    for (int i = 0; i < 3; i++)
        ret->ids[i] = ret->ids[6 - i] = (int)random_below(r, 10);
    ret->ids[3] = TURN;
    ret->ids[7] = END;
}

static struct nn_recipe toy_recipe(int shares)
{
    struct nn_recipe r = nn_recipe_usual();
    r.shares = shares;
    r.batch = 8;
    r.batch_to = 32;
    r.warm = 10;
    r.gap = 16;
    r.gap_share = 0.5;
    return r;
}

static struct nn_trainer *toy_trainer(int shares, int threads)
{
    struct nn_recipe recipe = toy_recipe(shares);
    recipe.threads = threads;
    return nn_trainer_new(&toy, &recipe, (struct nn_source){ .draw = draw_toy });
}

static double toy_run(struct nn_trainer *t, int from, int to, int of)
{
    double loss = 0;
    for (int i = from; i < to; i++) {
        struct nn_update u;
        struct error err;
        assert_ok(nn_trainer_step(t, (double)i / of, &u, &err), err);
        assert_int_equal(u.number, i + 1);
        loss = u.loss;
    }
    return loss;
}

static void assert_same_weights(const struct nn_trainer *a, const struct nn_trainer *b)
{
    size_t bytes = nn_map_of(&toy).count * sizeof(float);
    assert_memory_equal(nn_trainer_weights(a), nn_trainer_weights(b), bytes);
}

static void test_runs_repeat(void **state)
{
    (void)state;
    for (int shares = 1; shares <= 3; shares++) {
        struct nn_trainer *a = toy_trainer(shares, 1), *b = toy_trainer(shares, 3);
        double one = toy_run(a, 0, 12, 12), two = toy_run(b, 0, 12, 12);
        assert_true(one == two);
        assert_same_weights(a, b);
        nn_trainer_free(a);
        nn_trainer_free(b);
    }
}

static void test_checkpoint_goes_on_exactly(void **state)
{
    (void)state;
    struct error err;
    char *folder = test_folder();
    char path[512];
    snprintf(path, sizeof path, "%s/half-way", folder);
    struct nn_trainer *whole = toy_trainer(2, 0), *first = toy_trainer(2, 0);
    struct nn_trainer *second = toy_trainer(2, 1);
    toy_run(whole, 0, 20, 20);
    toy_run(first, 0, 9, 20);
    assert_ok(nn_trainer_save(first, path, &err), err);
    assert_ok(nn_trainer_load(second, path, &err), err);
    assert_int_equal(nn_trainer_updates(second), 9);
    assert_int_equal(nn_trainer_tokens(second), nn_trainer_tokens(first));
    toy_run(second, 9, 20, 20);
    assert_same_weights(whole, second);
    assert_int_equal(nn_trainer_tokens(second), nn_trainer_tokens(whole));
    nn_trainer_free(whole);
    nn_trainer_free(first);
    nn_trainer_free(second);
    test_folder_remove(folder);
}

static void test_checkpoint_refuses(void **state)
{
    (void)state;
    struct error err;
    char *folder = test_folder();
    char path[512];
    snprintf(path, sizeof path, "%s/checkpoint", folder);
    struct nn_trainer *t = toy_trainer(1, 0), *other = toy_trainer(2, 0);
    toy_run(t, 0, 2, 10);
    assert_ok(nn_trainer_save(t, path, &err), err);

    assert_false(nn_trainer_load(other, path, &err));
    assert_holds("shares differ", err.text, "with other settings");

    struct buf file = { 0 };
    assert_ok(file_read(path, (size_t)1 << 24, &file, &err), err);
    static const struct {
        const char *what, *error;
        size_t at; /* the byte that is changed; 0: none */
        size_t cut;
        bool turned; /* the version in the other order */
    } rows[] = {
        { "magic", "is not a checkpoint", 1, 0 },
        { "big-endian", "its bytes in the other order", 0, 0, true },
        { "short", "is not a checkpoint", 0, 100000000 },
        { "version", "another version", 8, 0 },
        { "weight", "is damaged", 5000, 0 },
        { "cut", "is damaged", 0, 1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *copy = mem_copy(file.data, file.len);
        size_t len = rows[i].cut >= file.len ? 20 : file.len - rows[i].cut;
        copy[rows[i].at] = (char)(copy[rows[i].at] ^ (rows[i].at ? 1 : 0));
        if (rows[i].turned)
            memcpy(copy + 8, "\0\0\0\0\0\0\0\1", 8);
        assert_ok(file_write(path, copy, len, &err), err);
        assert_false(nn_trainer_load(t, path, &err));
        assert_holds(rows[i].what, err.text, rows[i].error);
        assert_holds(rows[i].what, err.text, path);
        assert_int_equal(nn_trainer_updates(t), 2);
        mem_free(copy);
    }
    assert_false(nn_trainer_load(t, "/nowhere/at/all", &err));
    buf_done(&file);
    nn_trainer_free(t);
    nn_trainer_free(other);
    test_folder_remove(folder);
}

/* A rate no training survives: said, and the last good weights are still there. */
static void test_broken_loss_is_said(void **state)
{
    (void)state;
    struct nn_recipe recipe = toy_recipe(1);
    recipe.rate_rest = 1e30;
    recipe.rate_matrix = 1e30;
    recipe.warm = 0;
    struct nn_trainer *t = nn_trainer_new(&toy, &recipe, (struct nn_source){ .draw = draw_toy });
    struct nn_update u;
    struct error err = { 0 };
    bool ok = true;
    for (int i = 0; ok && i < 50; i++)
        ok = nn_trainer_step(t, 0, &u, &err);
    assert_false(ok);
    assert_holds("error", err.text, "no longer a number");
    int64_t done = nn_trainer_updates(t);
    assert_false(nn_trainer_step(t, 0, &u, &err));
    assert_int_equal(nn_trainer_updates(t), done);
    nn_trainer_free(t);
}

/* From nothing to turning three digits round, asked through a stream. */
static void test_learns(void **state)
{
    (void)state;
    struct nn_trainer *t = toy_trainer(2, 0);
    double loss = toy_run(t, 0, 400, 400);
    if (loss > 0.05)
        fail_msg("the loss is still %g", loss);
    struct nn_net *net = nn_net_new(&toy, nn_trainer_weights(t));
    struct nn_stream *s = nn_stream_new(net);
    const struct nn_taste greedy = { .top_p = 1 };
    int right = 0;
    struct random r;
    random_seed(&r, 77);
    for (int i = 0; i < 50; i++) {
        struct nn_example ex;
        draw_toy(NULL, &r, 0, &ex);
        nn_stream_clear(s);
        nn_stream_feed(s, ex.ids, ex.prompt);
        bool ok = true;
        for (int k = ex.prompt; k < ex.total; k++) {
            struct nn_pick p = nn_choose(TOY_VOCAB, nn_stream_logits(s), &greedy, NULL);
            ok = ok && p.id == ex.ids[k];
            nn_stream_feed(s, &p.id, 1);
        }
        right += ok;
    }
    assert_in_range(right, 48, 50);
    nn_stream_free(s);
    nn_net_free(net);
    nn_trainer_free(t);
}

static void test_built_in_pair(void **state)
{
    (void)state;
    static const char *const names[] = { "fast", "reason" };
    size_t weights = 0;
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct nn_built_in *b = nn_built_in_find(names[i]);
        struct error err;
        assert_non_null(b);
        assert_ok(nn_shape_check(&b->shape, &err), err);
        assert_int_equal(b->shape.vocab, vocabulary_size());
        weights += nn_map_of(&b->shape).count;
    }
    assert_true(weights <= 1500000);
    assert_null(nn_built_in_find("slow"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crew_does_each_share_once),
        cmocka_unit_test(test_adam),
        cmocka_unit_test(test_muon_straightens),
        cmocka_unit_test(test_muon_evens_out),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_runs_repeat),
        cmocka_unit_test(test_checkpoint_goes_on_exactly),
        cmocka_unit_test(test_checkpoint_refuses),
        cmocka_unit_test(test_broken_loss_is_said),
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_built_in_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
