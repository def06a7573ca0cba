/* A network that reads letter by letter (reader.h). */
#include "core/nn/reader.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/nn/gru.h"
#include "core/nn/layer.h"
#include "core/nn/matrix.h"
#include "core/nn/optim.h"

/* Where the weights lie: X(name, rows, cols); e width, u units, k kinds. */
#define WEIGHTS(X)                                                                                 \
    X(embed, s->symbols, e)                                                                        \
    X(w, 3 * u, e)                                                                                 \
    X(wh, 3 * u, u)                                                                                \
    X(b, 3 * u, 1)                                                                                 \
    X(bh, 3 * u, 1)                                                                                \
    X(inner, u, u)                                                                                 \
    X(inner_b, u, 1)                                                                               \
    X(outer, k, u)                                                                                 \
    X(outer_b, k, 1)

struct map {
#define X(name, rows, cols) size_t name;
    WEIGHTS(X)
#undef X
    size_t count;
};

static struct map map_of(const struct nn_reader_shape *s)
{
    struct map m;
    size_t at = 0;
    int e = s->width, u = s->units, k = s->kinds;
#define X(name, rows, cols)                                                                        \
    m.name = at;                                                                                   \
    at += (size_t)(rows) * (size_t)(cols);
    WEIGHTS(X)
#undef X
    m.count = at;
    return m;
}

struct nn_reader {
    struct nn_reader_shape shape;
    struct map map;
    int batch;
    struct nn_gru *gru;
    struct arena arena;
    float *x, *dx;                 /* (NN_MAX_LETTERS,batch,width) */
    float *state, *inner, *dinner; /* (batch,units) */
    float *lit;                    /* (batch,units): inner after ReLU */
    float *scores;                 /* (batch,kinds) */
    float *grad, *mean, *square;   /* (count,): of nn_reader_step */
    int *length;                   /* (batch,) */
    int64_t steps;
};

size_t nn_reader_count(const struct nn_reader_shape *shape)
{
    return map_of(shape).count;
}

void nn_reader_init(const struct nn_reader_shape *shape, struct random *r, float *ret)
{
    struct map m = map_of(shape);
    double bound = 1 / sqrt(shape->units);
    for (size_t i = 0; i < m.count; i++)
        ret[i] = (float)((2 * random_unit(r) - 1) * (i < m.w ? sqrt(3) : bound));
    memset(ret, 0, (size_t)shape->width * sizeof *ret); /* of the padding */
}

struct nn_reader *nn_reader_new(const struct nn_reader_shape *shape, int batch)
{
    assert(shape->symbols >= 2 && shape->kinds >= 1 && shape->kinds <= NN_MAX_KINDS);
    struct nn_reader *k = mem_new(struct nn_reader, 1);
    const struct nn_gru_shape gru = { shape->width, shape->units };
    size_t n = (size_t)batch, u = (size_t)shape->units;
    size_t letters = NN_MAX_LETTERS * n * (size_t)shape->width;
    k->shape = *shape;
    k->map = map_of(shape);
    k->batch = batch;
    k->gru = nn_gru_new(&gru, batch, NN_MAX_LETTERS);
    k->x = arena_new(&k->arena, float, letters);
    k->dx = arena_new(&k->arena, float, letters);
    k->state = arena_new(&k->arena, float, n *u);
    k->inner = arena_new(&k->arena, float, n *u);
    k->dinner = arena_new(&k->arena, float, n *u);
    k->lit = arena_new(&k->arena, float, n *u);
    k->scores = arena_new(&k->arena, float, n *(size_t)shape->kinds);
    k->grad = arena_new(&k->arena, float, k->map.count);
    k->mean = arena_new(&k->arena, float, k->map.count);
    k->square = arena_new(&k->arena, float, k->map.count);
    k->length = arena_new(&k->arena, int, n);
    return k;
}

void nn_reader_free(struct nn_reader *k)
{
    if (!k)
        return;
    nn_gru_free(k->gru);
    arena_done(&k->arena);
    mem_free(k);
}

/* --- forward ------------------------------------------------------------------------------ */

static struct nn_gru_weights gru_of(const struct nn_reader *k, const float *flat)
{
    float *w = (float *)flat; /* only read where the weights are constant */
    return (struct nn_gru_weights){ w + k->map.w, w + k->map.wh, w + k->map.b, w + k->map.bh };
}

/* y = x W^T + b.   x (n,in)  y (n,out) */
static void linear(int n, int in, int out, const float *x, const float *w, const float *b,
                   float *ret_y)
{
    for (int i = 0; i < n; i++)
        memcpy(ret_y + i * out, b, (size_t)out * sizeof *b);
    matrix_nt(1, matrix_of(x, n, in), matrix_of(w, out, in), 1, matrix_of(ret_y, n, out));
}

/* Returns the length of the longest text. */
static int look_up(struct nn_reader *k, const float *w, int n, const struct nn_letters *const *text)
{
    int e = k->shape.width, most = 0;
    for (int i = 0; i < n; i++) {
        assert(text[i]->count >= 1 && text[i]->count <= NN_MAX_LETTERS);
        k->length[i] = text[i]->count;
        most = text[i]->count > most ? text[i]->count : most;
    }
    for (int t = 0; t < most; t++)
        for (int i = 0; i < n; i++) {
            int symbol = t < text[i]->count ? text[i]->symbol[t] : 0;
            assert(symbol < k->shape.symbols);
            memcpy(k->x + (t * n + i) * e, w + k->map.embed + symbol * e, (size_t)e * sizeof *w);
        }
    return most;
}

/* Leaves the scores of each kind in k->scores. Returns the length of the longest text. */
static int forward(struct nn_reader *k, const float *w, int n, const struct nn_letters *const *text)
{
    assert(n >= 1 && n <= k->batch);
    int u = k->shape.units, most = look_up(k, w, n, text);
    struct nn_gru_weights gru = gru_of(k, w);
    nn_gru_forward(k->gru, &gru, n, most, k->length, k->x, k->state);
    linear(n, u, u, k->state, w + k->map.inner, w + k->map.inner_b, k->inner);
    for (int i = 0; i < n * u; i++)
        k->lit[i] = k->inner[i] > 0 ? k->inner[i] : 0;
    linear(n, u, k->shape.kinds, k->lit, w + k->map.outer, w + k->map.outer_b, k->scores);
    return most;
}

void nn_reader_read(struct nn_reader *k, const float *weights, const struct nn_letters *text,
                    float *ret_share)
{
    forward(k, weights, 1, &text);
    /* The gradient of the loss is the share of each kind, less 1 at the target. */
    const int first = 0;
    nn_loss(1, k->shape.kinds, &first, 1, k->scores);
    k->scores[0] += 1;
    memcpy(ret_share, k->scores, (size_t)k->shape.kinds * sizeof *ret_share);
}

/* --- backward ----------------------------------------------------------------------------- */

/* dx written, dw and db added to. */
static void linear_back(int n, int in, int out, const float *x, const float *w, const float *dy,
                        float *dx, float *dw, float *db)
{
    matrix_tn(1, matrix_of(dy, n, out), matrix_of(x, n, in), 1, matrix_of(dw, out, in));
    matrix_nn(1, matrix_of(dy, n, out), matrix_of(w, out, in), 0, matrix_of(dx, n, in));
    for (int i = 0; i < n; i++)
        nn_add(out, dy + i * out, db);
}

double nn_reader_learn(struct nn_reader *k, const float *weights, int n,
                       const struct nn_letters *const *text, const int *kind, float weight,
                       float *grad)
{
    const struct map *m = &k->map;
    int e = k->shape.width, u = k->shape.units, most = forward(k, weights, n, text);
    double loss = nn_loss(n, k->shape.kinds, kind, weight, k->scores);
    linear_back(n, u, k->shape.kinds, k->lit, weights + m->outer, k->scores, k->dinner,
                grad + m->outer, grad + m->outer_b);
    for (int i = 0; i < n * u; i++)
        k->dinner[i] = k->inner[i] > 0 ? k->dinner[i] : 0;
    /* lit is done with: its memory takes the gradient of the state. */
    linear_back(n, u, u, k->state, weights + m->inner, k->dinner, k->lit, grad + m->inner,
                grad + m->inner_b);
    struct nn_gru_weights gru = gru_of(k, weights), dgru = gru_of(k, grad);
    nn_gru_back(k->gru, &gru, k->x, k->lit, &dgru, k->dx);
    for (int t = 0; t < most; t++)
        for (int i = 0; i < n; i++)
            if (t < text[i]->count)
                nn_add(e, k->dx + (t * n + i) * e, grad + m->embed + text[i]->symbol[t] * e);
    return loss;
}

double nn_reader_step(struct nn_reader *k, float *weights, int n,
                      const struct nn_letters *const *text, const int *kind, double rate)
{
    memset(k->grad, 0, k->map.count * sizeof *k->grad);
    double loss = nn_reader_learn(k, weights, n, text, kind, 1.0f / (float)n, k->grad);
    const struct adam how = { rate, 0.9, 0.999, ++k->steps };
    adam_step(&how, k->map.count, k->grad, k->mean, k->square, weights);
    return loss / n;
}
