/* The layers: the reference versions against finite differences, the fast ones against the
 * reference, forward and backward; then the whole model the same way. */
#include <math.h>

#include "core/base/mem.h"
#include "core/base/random.h"
#include "core/nn/attention.h"
#include "core/nn/gru.h"
#include "core/nn/layer.h"
#include "core/nn/learn.h"
#include "core/nn/matrix.h"
#include "core/nn/plain.h"
#include "tests/test.h"

/* --- arrays ------------------------------------------------------------------------------ */

static struct arena arena;

static double *some(struct random *r, size_t n)
{
    double *x = arena_new(&arena, double, n);
    for (size_t i = 0; i < n; i++)
        x[i] = 2 * random_unit(r) - 1;
    return x;
}

static double *zeros(size_t n)
{
    return arena_new(&arena, double, n);
}

static float *floats(const double *x, size_t n)
{
    float *f = arena_new(&arena, float, n);
    for (size_t i = 0; i < n; i++)
        f[i] = (float)x[i];
    return f;
}

/* Fails unless all of `got` are near `want`, measured by the largest of `want`. */
static void assert_near(const char *what, size_t n, const double *want, const float *got,
                        double within)
{
    double most = 1e-3;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(want[i]));
    for (size_t i = 0; i < n; i++)
        if (!(fabs(want[i] - (double)got[i]) <= within * most))
            fail_msg("%s: number %zu of %zu is %g, not %g", what, i, n, (double)got[i], want[i]);
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* --- gradients by finite differences ------------------------------------------------------- */

/* A layer as a function of several arrays: y = f(in[0], in[1], ...). Its loss is the sum of
 * y weighted by dy, so that dy is the gradient of y. */
#define MAX_IN 6
struct layer {
    const char *name;
    int ins, out;
    int size[MAX_IN];
    void (*forward)(double *const in[MAX_IN], double *y);
    void (*backward)(double *const in[MAX_IN], const double *dy, double *const din[MAX_IN]);
};

enum { N = 7, D = 8, H = 2, S = D / H, WIDE = 12, V = 9, U = 5 };
static const int places[N] = { 0, 1, 2, 30, 31, 32, 33 };
static const int targets[N] = { 0, 8, 3, 3, 1, 7, 2 };

static void linear_f(double *const in[MAX_IN], double *y)
{
    plain_linear(N, D, WIDE, in[0], in[1], y);
}
static void linear_b(double *const in[MAX_IN], const double *dy, double *const din[MAX_IN])
{
    plain_linear_back(N, D, WIDE, in[0], in[1], dy, din[0], din[1]);
}
static void norm_f(double *const in[MAX_IN], double *y)
{
    plain_norm(N, D, in[0], in[1], y);
}
static void norm_b(double *const in[MAX_IN], const double *dy, double *const din[MAX_IN])
{
    plain_norm_back(N, D, in[0], in[1], dy, din[0], din[1]);
}
static void filter_f(double *const in[MAX_IN], double *y)
{
    plain_filter(N, D, in[0], in[1], y);
}
static void filter_b(double *const in[MAX_IN], const double *dy, double *const din[MAX_IN])
{
    plain_filter_back(N, D, in[0], in[1], dy, din[0], din[1]);
}
static void turn_f(double *const in[MAX_IN], double *y)
{
    plain_turn(N, H, S, places, in[0], y);
}
static void turn_b(double *const in[MAX_IN], const double *dy, double *const din[MAX_IN])
{
    plain_turn_back(N, H, S, places, in[0], dy, din[0]);
}
static void attention_f(double *const in[MAX_IN], double *y)
{
    plain_attention(N, H, S, in[0], in[1], in[2], in[3], y);
}
static void attention_b(double *const in[MAX_IN], const double *dy, double *const din[MAX_IN])
{
    plain_attention_back(N, H, S, in[0], in[1], in[2], in[3], dy, din[0], din[1], din[2], din[3]);
}
static void square_f(double *const in[MAX_IN], double *y)
{
    plain_square(N * D, in[0], y);
}
static void square_b(double *const in[MAX_IN], const double *dy, double *const din[MAX_IN])
{
    plain_square_back(N * D, in[0], dy, din[0]);
}
static void loss_f(double *const in[MAX_IN], double *y)
{
    double unused[N * V] = { 0 };
    y[0] = plain_loss(N, V, in[0], targets, 1, unused);
}
static void loss_b(double *const in[MAX_IN], const double *dy, double *const din[MAX_IN])
{
    plain_loss(N, V, in[0], targets, dy[0], din[0]);
}
static void gru_f(double *const in[MAX_IN], double *y)
{
    plain_gru(N, D, U, in[0], in[1], in[2], in[3], in[4], y);
}
static void gru_b(double *const in[MAX_IN], const double *dy, double *const din[MAX_IN])
{
    plain_gru_back(N, D, U, in[0], in[1], in[2], in[3], in[4], dy, din[0], din[1], din[2], din[3],
                   din[4]);
}

static const struct layer layers[] = {
    { "linear", 2, N *WIDE, { N * D, WIDE *D }, linear_f, linear_b },
    { "norm", 2, N *D, { N * D, D }, norm_f, norm_b },
    { "filter", 2, N *D, { N * D, NN_TAPS *D }, filter_f, filter_b },
    { "turn", 1, N *D, { N * D }, turn_f, turn_b },
    { "attention", 4, N *D, { N * D, N *D, N *D, H }, attention_f, attention_b },
    { "squared relu", 1, N *D, { N * D }, square_f, square_b },
    { "loss", 1, 1, { N * V }, loss_f, loss_b },
    { "gru", 5, N *U, { N * D, 3 * U *D, 3 * U *U, 3 * U, 3 * U }, gru_f, gru_b },
};

static double weighted(const struct layer *l, double *const in[MAX_IN], const double *dy)
{
    double *y = zeros((size_t)l->out), sum = 0;
    l->forward(in, y);
    for (int i = 0; i < l->out; i++)
        sum += y[i] * dy[i];
    return sum;
}

static void check_layer(const struct layer *l)
{
    struct random r;
    random_seed(&r, 5);
    double *in[MAX_IN] = { 0 }, *din[MAX_IN] = { 0 }, *dy = some(&r, (size_t)l->out);
    for (int i = 0; i < l->ins; i++) {
        in[i] = some(&r, (size_t)l->size[i]);
        din[i] = zeros((size_t)l->size[i]);
    }
    l->backward(in, dy, din);
    for (int i = 0; i < l->ins; i++)
        for (int k = 0; k < l->size[i]; k++) {
            const double step = 1e-5;
            double at = in[i][k];
            in[i][k] = at + step;
            double more = weighted(l, in, dy);
            in[i][k] = at - step;
            double less = weighted(l, in, dy);
            in[i][k] = at;
            double want = (more - less) / (2 * step);
            if (fabs(want - din[i][k]) > 1e-7 * fmax(1, fabs(want)))
                fail_msg("%s: gradient of input %d, number %d is %.9g, not %.9g", l->name, i, k,
                         din[i][k], want);
        }
}

static void test_plain_gradients(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(layers); i++)
        check_layer(&layers[i]);
}

/* --- fast against plain ---------------------------------------------------------------------- */

/* Two sequences end to end, shapes that are no multiple of the lanes. */
enum { ROWS = 33, FIRST = 12, DF = 56, HF = 2, SF = DF / HF, VF = 37 };
static const int starts[] = { 0, FIRST, ROWS };

static void test_products(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 1);
    enum { M = 5, K = 7, P = 6 };
    double *a = some(&r, M * K), *b = some(&r, P * K), *want = zeros(M * P);
    plain_linear(M, K, P, a, b, want);
    float *fa = floats(a, M * K), *fb = floats(b, P * K);
    float got[M * P], turned_a[K * M], turned_b[K * P];
    for (int k = 0; k < K; k++) {
        for (int i = 0; i < M; i++)
            turned_a[k * M + i] = fa[i * K + k];
        for (int i = 0; i < P; i++)
            turned_b[k * P + i] = fb[i * K + k];
    }
    struct matrix c = matrix_of(got, M, P);
    matrix_nt(1, matrix_of(fa, M, K), matrix_of(fb, P, K), 0, c);
    assert_near("nt", M * P, want, got, 1e-6);
    matrix_nn(1, matrix_of(fa, M, K), matrix_of(turned_b, K, P), 0, c);
    assert_near("nn", M * P, want, got, 1e-6);
    matrix_tn(1, matrix_of(turned_a, K, M), matrix_of(turned_b, K, P), 0, c);
    assert_near("tn", M * P, want, got, 1e-6);
    matrix_tn(2, matrix_of(turned_a, K, M), matrix_of(turned_b, K, P), -1, c);
    assert_near("2 tn - c", M * P, want, got, 2e-6);
}

static void test_fast_norm(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 2);
    double *x = some(&r, ROWS * DF), *gain = some(&r, DF), *dy = some(&r, ROWS * DF);
    double *y = zeros(ROWS * DF), *dx = some(&r, ROWS * DF), *dgain = some(&r, DF);
    float *fx = floats(x, ROWS * DF), *fgain = floats(gain, DF), *fdy = floats(dy, ROWS * DF);
    float *fdx = floats(dx, ROWS * DF), *fdgain = floats(dgain, DF);
    float fy[ROWS * DF], inv[ROWS];
    plain_norm(ROWS, DF, x, gain, y);
    plain_norm_back(ROWS, DF, x, gain, dy, dx, dgain);
    nn_norm(ROWS, DF, fx, fgain, inv, fy);
    nn_norm_back(ROWS, DF, fx, fgain, inv, fdy, fdx, fdgain);
    assert_near("norm y", ROWS * DF, y, fy, 1e-6);
    assert_near("norm dx", ROWS * DF, dx, fdx, 1e-6);
    assert_near("norm dgain", DF, dgain, fdgain, 1e-6);
}

static void test_fast_filter(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 3);
    double *x = some(&r, ROWS * DF), *taps = some(&r, NN_TAPS * DF), *dy = some(&r, ROWS * DF);
    double *y = zeros(ROWS * DF), *dx = zeros(ROWS * DF), *dtaps = some(&r, NN_TAPS * DF);
    float *fx = floats(x, ROWS * DF), *ftaps = floats(taps, NN_TAPS * DF);
    float *fdy = floats(dy, ROWS * DF), *fdtaps = floats(dtaps, NN_TAPS * DF);
    float fy[ROWS * DF], fdx[ROWS * DF];
    for (int s = 0; s < 2; s++) {
        int at = starts[s] * DF, n = starts[s + 1] - starts[s];
        plain_filter(n, DF, x + at, taps, y + at);
        plain_filter_back(n, DF, x + at, taps, dy + at, dx + at, dtaps);
    }
    nn_filter(2, starts, DF, fx, ftaps, fy);
    nn_filter_back(2, starts, DF, fx, ftaps, fdy, fdx, fdtaps);
    assert_near("filter y", ROWS * DF, y, fy, 1e-6);
    assert_near("filter dx", ROWS * DF, dx, fdx, 1e-6);
    assert_near("filter dtaps", NN_TAPS * DF, dtaps, fdtaps, 1e-6);
}

static void test_fast_turn(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 4);
    const struct nn_shape shape = { VF, DF, 1, HF };
    int pos[ROWS];
    for (int t = 0; t < ROWS; t++)
        pos[t] = (int)random_below(&r, NN_MAX_PLACES);
    double *x = some(&r, ROWS * DF), *dy = some(&r, ROWS * DF);
    double *y = zeros(ROWS * DF), *dx = zeros(ROWS * DF);
    float *fx = floats(x, ROWS * DF), *fdy = floats(dy, ROWS * DF), inv[ROWS * HF];
    struct nn_turns turns;
    nn_turns_init(&turns, &shape);
    plain_turn(ROWS, HF, SF, pos, x, y);
    plain_turn_back(ROWS, HF, SF, pos, x, dy, dx);
    nn_turn(&turns, ROWS, HF, DF, pos, fx, inv);
    nn_turn_back(&turns, ROWS, HF, DF, pos, fx, inv, fdy);
    nn_turns_done(&turns);
    assert_near("turn y", ROWS * DF, y, fx, 1e-6);
    assert_near("turn dx", ROWS * DF, dx, fdy, 1e-5);
}

/* Copies the columns of one third of (rows,3 d) out. */
static double *third(const float *x, int part)
{
    double *y = zeros(ROWS * DF);
    for (int t = 0; t < ROWS; t++)
        for (int c = 0; c < DF; c++)
            y[t * DF + c] = (double)x[(t * 3 + part) * DF + c];
    return y;
}

static void test_fast_attention(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 6);
    const double scale[HF] = { 3, -1.5 };
    const float fscale[HF] = { 3, -1.5f };
    float *qkv = floats(some(&r, ROWS * 3 * DF), ROWS * 3 * DF);
    double *in[3] = { third(qkv, 0), third(qkv, 1), third(qkv, 2) };
    double *din[3] = { zeros(ROWS * DF), zeros(ROWS * DF), zeros(ROWS * DF) };
    double *y = zeros(ROWS * DF), *dy = some(&r, ROWS * DF), dscale[HF] = { 0 };
    for (int s = 0; s < 2; s++) {
        int at = starts[s] * DF, n = starts[s + 1] - starts[s];
        plain_attention(n, HF, SF, in[0] + at, in[1] + at, in[2] + at, scale, y + at);
        plain_attention_back(n, HF, SF, in[0] + at, in[1] + at, in[2] + at, scale, dy + at,
                             din[0] + at, din[1] + at, din[2] + at, dscale);
    }
    struct nn_sight sight = { 2, starts, HF, DF };
    float *p = arena_new(&arena, float, nn_attention_size(&sight));
    float *scratch = arena_new(&arena, float, NN_MAX_TOKENS *NN_MAX_TOKENS);
    float fy[ROWS * DF], fdqkv[ROWS * 3 * DF], fdscale[HF] = { 0 };
    nn_attention(&sight, qkv, fscale, p, fy);
    nn_attention_back(&sight, qkv, fscale, p, floats(dy, ROWS * DF), scratch, fdqkv, fdscale);
    assert_near("attention y", ROWS * DF, y, fy, 1e-6);
    for (int i = 0; i < 3; i++)
        assert_near("attention dq, dk, dv", ROWS * DF, din[i], floats(third(fdqkv, i), ROWS * DF),
                    1e-5);
    assert_near("attention dscale", HF, dscale, fdscale, 1e-5);
}

static void test_fast_square_and_loss(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 7);
    double *x = some(&r, ROWS * VF), *dy = some(&r, ROWS * VF);
    double *y = zeros(ROWS * VF), *dx = zeros(ROWS * VF);
    float *fx = floats(x, ROWS * VF), *fdy = floats(dy, ROWS * VF), fy[ROWS * VF];
    plain_square(ROWS * VF, x, y);
    plain_square_back(ROWS * VF, x, dy, dx);
    nn_square(ROWS * VF, fx, fy);
    nn_square_back(ROWS * VF, fx, fdy);
    assert_near("square y", ROWS * VF, y, fy, 1e-6);
    assert_near("square dx", ROWS * VF, dx, fdy, 1e-6);

    int target[ROWS];
    for (int t = 0; t < ROWS; t++)
        target[t] = (int)random_below(&r, VF);
    for (int i = 0; i < ROWS * VF; i++)
        fx[i] = (float)(x[i] *= 40); /* some far from all others */
    double *dlogits = zeros(ROWS * VF);
    double want = plain_loss(ROWS, VF, x, target, 0.25, dlogits);
    double got = nn_loss(ROWS, VF, target, 0.25f, fx);
    assert_true(fabs(want - got) < 1e-5 * want);
    assert_near("loss", ROWS * VF, dlogits, fx, 1e-5);
}

static void test_fast_gru(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 8);
    enum { B = 3, T = 9, IN = 10, UF = 20 };
    static const int length[B] = { 9, 1, 6 };
    const struct nn_gru_shape shape = { IN, UF };
    double *w = some(&r, 3 * UF * IN), *wh = some(&r, 3 * UF * UF);
    double *b = some(&r, 3 * UF), *bh = some(&r, 3 * UF);
    double *x = some(&r, B * T * IN), *dlast = some(&r, B * UF);
    double *dx = zeros(B * T * IN), *dw = zeros(3 * UF * IN), *dwh = zeros(3 * UF * UF);
    double *db = zeros(3 * UF), *dbh = zeros(3 * UF), *last = zeros(B * UF);
    for (int i = 0; i < B; i++) {
        /* The fast one has the tokens of a moment together: (T,B,in). */
        double *xi = zeros(T * IN), *dxi = zeros(T * IN), *h = zeros(T * UF), *dh = zeros(T * UF);
        int n = length[i];
        for (int t = 0; t < T; t++)
            memcpy(xi + t * IN, x + (t * B + i) * IN, IN * sizeof *x);
        plain_gru(n, IN, UF, xi, w, wh, b, bh, h);
        memcpy(last + i * UF, h + (n - 1) * UF, UF * sizeof *h);
        memcpy(dh + (n - 1) * UF, dlast + i * UF, UF * sizeof *h);
        plain_gru_back(n, IN, UF, xi, w, wh, b, bh, dh, dxi, dw, dwh, db, dbh);
        for (int t = 0; t < T; t++)
            memcpy(dx + (t * B + i) * IN, dxi + t * IN, IN * sizeof *x);
    }
    const struct nn_gru_weights weights = { floats(w, 3 * UF * IN), floats(wh, 3 * UF * UF),
                                            floats(b, 3 * UF), floats(bh, 3 * UF) };
    struct nn_gru_weights grad = { floats(zeros(3 * UF * IN), 3 * UF * IN),
                                   floats(zeros(3 * UF * UF), 3 * UF * UF),
                                   floats(zeros(3 * UF), 3 * UF), floats(zeros(3 * UF), 3 * UF) };
    float *fx = floats(x, B * T * IN), flast[B * UF], fdx[B * T * IN];
    struct nn_gru *g = nn_gru_new(&shape, B, T);
    nn_gru_forward(g, &weights, B, T, length, fx, flast);
    nn_gru_back(g, &weights, fx, floats(dlast, B * UF), &grad, fdx);
    nn_gru_free(g);
    assert_near("gru last", B * UF, last, flast, 1e-6);
    assert_near("gru dx", B * T * IN, dx, fdx, 1e-5);
    assert_near("gru dw", 3 * UF * IN, dw, grad.w, 1e-5);
    assert_near("gru dwh", 3 * UF * UF, dwh, grad.wh, 1e-5);
    assert_near("gru db", 3 * UF, db, grad.b, 1e-5);
    assert_near("gru dbh", 3 * UF, dbh, grad.bh, 1e-5);
}

/* --- the whole model ---------------------------------------------------------------------------- */

static const struct nn_shape small = { 11, 8, 2, 2 };

/* Fresh weights, moved a little so that nothing is zero or one. */
static double *model_weights(struct random *r, size_t count)
{
    float *f = arena_new(&arena, float, count);
    double *w = zeros(count);
    nn_weights_init(&small, r, f);
    for (size_t i = 0; i < count; i++)
        w[i] = (double)f[i] + 0.3 * (2 * random_unit(r) - 1);
    return w;
}

static struct nn_example example_of(struct random *r, int prompt, int total)
{
    struct nn_example ex = { .prompt = prompt, .total = total, .turn = prompt - 1 };
    for (int i = 0; i < total; i++)
        ex.ids[i] = (int)random_below(r, (uint64_t)small.vocab);
    return ex;
}

/* What plain_model_back wants of one sequence of a pack. */
static void sequence_of(const struct nn_pack *pack, int seq, int *ret_n, int *ret_target)
{
    int from = pack->start[seq], n = pack->start[seq + 1] - from;
    for (int t = 0; t < n; t++)
        ret_target[t] = -1;
    for (int i = 0; i < pack->picks; i++)
        if (pack->pick[i] >= from && pack->pick[i] < from + n)
            ret_target[pack->pick[i] - from] = pack->target[i];
    *ret_n = n;
}

static double plain_pack(const double *w, const struct nn_pack *pack, double weight, double *dw)
{
    double loss = 0;
    for (int s = 0; s < pack->seqs; s++) {
        int n, target[NN_MAX_TOKENS];
        sequence_of(pack, s, &n, target);
        loss += plain_model_back(&small, w, n, pack->ids + pack->start[s],
                                 pack->pos + pack->start[s], target, weight, dw);
    }
    return loss;
}

static void test_whole_model(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 9);
    size_t count = nn_map_of(&small).count;
    double *w = model_weights(&r, count), *dw = zeros(count), *unused = zeros(count);
    static struct nn_pack pack;
    nn_pack_clear(&pack);
    struct nn_example one = example_of(&r, 4, 9), two = example_of(&r, 1, 3);
    assert_true(nn_pack_add(&pack, &one, 0));
    assert_true(nn_pack_add(&pack, &two, 5));
    assert_int_equal(pack.picks, 5 + 2);
    double loss = plain_pack(w, &pack, 0.2, dw);

    for (size_t i = 0; i < count; i++) {
        const double step = 1e-5;
        double at = w[i];
        w[i] = at + step;
        double more = plain_pack(w, &pack, 0, unused);
        w[i] = at - step;
        double less = plain_pack(w, &pack, 0, unused);
        w[i] = at;
        double want = 0.2 * (more - less) / (2 * step);
        if (fabs(want - dw[i]) > 1e-6 * fmax(1, fabs(want)))
            fail_msg("gradient of weight %zu is %.9g, not %.9g", i, dw[i], want);
    }

    struct nn_learner *k = nn_learner_new(&small);
    float *fw = floats(w, count), *fdw = arena_new(&arena, float, count);
    double fast = nn_learn(k, fw, &pack, 0.2f, fdw);
    assert_true(fabs(fast - loss) < 1e-5 * loss);
    assert_near("model", count, dw, fdw, 1e-5);
    /* The gradient is added to, and nothing is left over from the last time. */
    nn_learn(k, fw, &pack, -0.2f, fdw);
    assert_near("model and back", count, zeros(count), fdw, 1e-3);
    nn_learner_free(k);
}

static void test_pack_limits(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 10);
    static struct nn_pack pack;
    nn_pack_clear(&pack);
    struct nn_example longest = example_of(&r, NN_MAX_TOKENS - 1, NN_MAX_TOKENS);
    assert_true(nn_pack_add(&pack, &longest, NN_MAX_TOKENS));
    assert_int_equal(pack.pos[NN_MAX_TOKENS - 2], 2 * NN_MAX_TOKENS - 2);
    assert_false(nn_pack_add(&pack, &longest, 0));
    assert_int_equal(pack.rows, NN_MAX_TOKENS - 1);
    assert_int_equal(pack.seqs, 1);
    assert_int_equal(pack.picks, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_plain_gradients, teardown),
        cmocka_unit_test_teardown(test_products, teardown),
        cmocka_unit_test_teardown(test_fast_norm, teardown),
        cmocka_unit_test_teardown(test_fast_filter, teardown),
        cmocka_unit_test_teardown(test_fast_turn, teardown),
        cmocka_unit_test_teardown(test_fast_attention, teardown),
        cmocka_unit_test_teardown(test_fast_square_and_loss, teardown),
        cmocka_unit_test_teardown(test_fast_gru, teardown),
        cmocka_unit_test_teardown(test_whole_model, teardown),
        cmocka_unit_test_teardown(test_pack_limits, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
