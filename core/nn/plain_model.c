/* The reference version of the whole model (plain.h), one sequence at a time. */
#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/nn/plain.h"

/* What the way forward leaves behind for one layer, each (n,width) unless said otherwise. */
struct layer_trace {
    double *x;              /* what came in */
    double *normed, *mixed; /* before and after the filter */
    double *q, *k, *v;      /* as projected */
    double *q_turned, *k_turned;
    double *heard; /* attention's output */
    double *x_mid; /* x with attention's part added */
    double *feed_normed, *feed_mixed;
    double *up, *squared; /* (n,4 width) */
};

struct trace {
    const struct nn_shape *shape;
    struct nn_map map;
    struct arena arena;
    int n;
    struct layer_trace layer[NN_MAX_LAYERS];
    double *x, *normed; /* after the last layer */
};

static double *rows_of(struct trace *tr, int cols)
{
    return arena_new(&tr->arena, double, (size_t)tr->n *(size_t)cols);
}

static void add(int n, const double *x, double *y)
{
    for (int i = 0; i < n; i++)
        y[i] += x[i];
}

/* x (n,in) to x + w x' added into a fresh array, the residual way through a layer. */
static double *add_linear(struct trace *tr, int in, const double *residual, const double *x,
                          const double *w)
{
    int d = tr->shape->width;
    double *y = rows_of(tr, d);
    plain_linear(tr->n, in, d, x, w, y);
    add(tr->n * d, residual, y);
    return y;
}

static double *layer_forward(struct trace *tr, int l, const double *w, const int *pos, double *x)
{
    struct layer_trace *at = &tr->layer[l];
    const struct nn_layer_map *map = &tr->map.layer[l];
    int n = tr->n, d = tr->shape->width, heads = tr->shape->heads, s = d / heads;
    double **each[] = {
        &at->normed,   &at->mixed,    &at->q,     &at->k,           &at->v,
        &at->q_turned, &at->k_turned, &at->heard, &at->feed_normed, &at->feed_mixed
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++)
        *each[i] = rows_of(tr, d);
    at->x = x;
    plain_norm(n, d, x, w + map->mix_gain, at->normed);
    plain_filter(n, d, at->normed, w + map->mix_taps, at->mixed);
    plain_linear(n, d, d, at->mixed, w + map->qkv, at->q);
    plain_linear(n, d, d, at->mixed, w + map->qkv + d * d, at->k);
    plain_linear(n, d, d, at->mixed, w + map->qkv + 2 * d * d, at->v);
    plain_turn(n, heads, s, pos, at->q, at->q_turned);
    plain_turn(n, heads, s, pos, at->k, at->k_turned);
    plain_attention(n, heads, s, at->q_turned, at->k_turned, at->v, w + map->scale, at->heard);
    at->x_mid = add_linear(tr, d, x, at->heard, w + map->out);

    plain_norm(n, d, at->x_mid, w + map->feed_gain, at->feed_normed);
    plain_filter(n, d, at->feed_normed, w + map->feed_taps, at->feed_mixed);
    at->up = rows_of(tr, NN_WIDEN * d);
    at->squared = rows_of(tr, NN_WIDEN * d);
    plain_linear(n, d, NN_WIDEN * d, at->feed_mixed, w + map->up, at->up);
    plain_square(n * NN_WIDEN * d, at->up, at->squared);
    return add_linear(tr, NN_WIDEN * d, at->x_mid, at->squared, w + map->down);
}

static void forward(struct trace *tr, const struct nn_shape *shape, const double *w, int n,
                    const int *ids, const int *pos, double *ret_logits)
{
    assert(n <= NN_MAX_TOKENS);
    int d = shape->width;
    tr->shape = shape;
    tr->map = nn_map_of(shape);
    tr->n = n;
    tr->x = rows_of(tr, d);
    for (int t = 0; t < n; t++)
        memcpy(tr->x + t * d, w + tr->map.embed + ids[t] * d, (size_t)d * sizeof *w);
    for (int l = 0; l < shape->layers; l++)
        tr->x = layer_forward(tr, l, w, pos, tr->x);
    tr->normed = rows_of(tr, d);
    plain_norm(n, d, tr->x, w + tr->map.gain, tr->normed);
    plain_linear(n, d, shape->vocab, tr->normed, w + tr->map.embed, ret_logits);
}

/* dx: the gradient at the layer's output, (n,width); becomes the one at its input. */
static void layer_back(struct trace *tr, int l, const double *w, const int *pos, double *dx,
                       double *dw)
{
    struct layer_trace *at = &tr->layer[l];
    const struct nn_layer_map *map = &tr->map.layer[l];
    int n = tr->n, d = tr->shape->width, heads = tr->shape->heads, s = d / heads;

    double *dsquared = rows_of(tr, NN_WIDEN * d), *dup = rows_of(tr, NN_WIDEN * d);
    double *dmixed = rows_of(tr, d), *dnormed = rows_of(tr, d);
    plain_linear_back(n, NN_WIDEN * d, d, at->squared, w + map->down, dx, dsquared, dw + map->down);
    plain_square_back(n * NN_WIDEN * d, at->up, dsquared, dup);
    plain_linear_back(n, d, NN_WIDEN * d, at->feed_mixed, w + map->up, dup, dmixed, dw + map->up);
    plain_filter_back(n, d, at->feed_normed, w + map->feed_taps, dmixed, dnormed,
                      dw + map->feed_taps);
    plain_norm_back(n, d, at->x_mid, w + map->feed_gain, dnormed, dx, dw + map->feed_gain);

    double *dheard = rows_of(tr, d), *dq = rows_of(tr, d), *dk = rows_of(tr, d);
    double *dq_turned = rows_of(tr, d), *dk_turned = rows_of(tr, d), *dv = rows_of(tr, d);
    plain_linear_back(n, d, d, at->heard, w + map->out, dx, dheard, dw + map->out);
    plain_attention_back(n, heads, s, at->q_turned, at->k_turned, at->v, w + map->scale, dheard,
                         dq_turned, dk_turned, dv, dw + map->scale);
    plain_turn_back(n, heads, s, pos, at->q, dq_turned, dq);
    plain_turn_back(n, heads, s, pos, at->k, dk_turned, dk);
    const double *each[] = { dq, dk, dv };
    dmixed = rows_of(tr, d);
    dnormed = rows_of(tr, d);
    for (int i = 0; i < 3; i++)
        plain_linear_back(n, d, d, at->mixed, w + map->qkv + i * d * d, each[i], dmixed,
                          dw + map->qkv + i * d * d);
    plain_filter_back(n, d, at->normed, w + map->mix_taps, dmixed, dnormed, dw + map->mix_taps);
    plain_norm_back(n, d, at->x, w + map->mix_gain, dnormed, dx, dw + map->mix_gain);
}

void plain_model(const struct nn_shape *shape, const double *w, int n, const int *ids,
                 const int *pos, double *ret_logits)
{
    struct trace tr = { 0 };
    forward(&tr, shape, w, n, ids, pos, ret_logits);
    arena_done(&tr.arena);
}

double plain_model_back(const struct nn_shape *shape, const double *w, int n, const int *ids,
                        const int *pos, const int *target, double weight, double *dw)
{
    struct trace tr = { .n = n };
    int d = shape->width, vocab = shape->vocab;
    double *logits = rows_of(&tr, vocab), *dlogits = rows_of(&tr, vocab);
    forward(&tr, shape, w, n, ids, pos, logits);

    double loss = 0;
    for (int t = 0; t < n; t++)
        if (target[t] >= 0)
            loss +=
                plain_loss(1, vocab, logits + t * vocab, &target[t], weight, dlogits + t * vocab);
    double *dnormed = rows_of(&tr, d), *dx = rows_of(&tr, d);
    plain_linear_back(n, d, vocab, tr.normed, w + tr.map.embed, dlogits, dnormed,
                      dw + tr.map.embed);
    plain_norm_back(n, d, tr.x, w + tr.map.gain, dnormed, dx, dw + tr.map.gain);
    for (int l = shape->layers - 1; l >= 0; l--)
        layer_back(&tr, l, w, pos, dx, dw);
    for (int t = 0; t < n; t++)
        add(d, dx + t * d, dw + tr.map.embed + ids[t] * d);
    arena_done(&tr.arena);
    return loss;
}
