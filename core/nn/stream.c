/* Running a built-in model (stream.h).
 *
 * Matrices lie turned, input by input, so that a product is a sum of rows: no sums across a
 * register, and an input of zero costs nothing. After a squared ReLU most are. */
#include "core/nn/stream.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/nn/lanes.h"
#include "core/nn/layer.h"

#define MAX_WIDE (NN_WIDEN * NN_MAX_WIDTH)

/* y = W x, W turned: row i of v holds what input i adds to each output. Rows are filled up
 * with zeros to whole lanes. */
struct turned {
    float *v;
    int in, out; /* out: in whole lanes */
};

struct net_layer {
    struct turned qkv, out, up, down;
    const float *mix_gain, *mix_taps, *feed_gain, *feed_taps, *scale;
};

struct nn_net {
    struct nn_shape shape;
    struct nn_map map;
    struct nn_turns turns;
    struct arena arena;
    float *flat; /* (count,): for all but the matrices, and to look tokens up */
    struct net_layer layer[NN_MAX_LAYERS];
    struct turned logits;
};

/* The last inputs of a filter, newest first: row (at + j) % NN_TAPS is the one 1 + j ago. */
struct memory {
    float *row; /* (NN_TAPS,width) */
};

struct stream_layer {
    struct memory mix, feed;
    float *keys, *values; /* (NN_MAX_TOKENS,width) */
};

struct nn_stream {
    const struct nn_net *net;
    struct arena arena;
    int tokens;
    struct stream_layer layer[NN_MAX_LAYERS];
    float *x, *normed, *mixed, *heard; /* (width,) */
    float *qkv;                        /* (3 width,) */
    float *up, *squared;               /* (4 width,) */
    float *shares;                     /* (NN_MAX_TOKENS,): of attention */
    float *logits;                     /* (vocab,) */
};

/* --- a net ------------------------------------------------------------------------------ */

static int whole_lanes(int n)
{
    return (n + NN_LANES - 1) / NN_LANES * NN_LANES;
}

static struct turned turned_of(struct arena *a, const float *w, int out, int in)
{
    int wide = whole_lanes(out);
    struct turned t = { arena_new(a, float, (size_t)wide *(size_t)in), in, wide };
    for (int o = 0; o < out; o++)
        for (int i = 0; i < in; i++)
            t.v[i * wide + o] = w[o * in + i];
    return t;
}

struct nn_net *nn_net_new(const struct nn_shape *shape, const float *weights)
{
    struct nn_net *net = mem_new(struct nn_net, 1);
    int d = shape->width;
    net->shape = *shape;
    net->map = nn_map_of(shape);
    nn_turns_init(&net->turns, shape);
    net->flat = arena_new(&net->arena, float, net->map.count);
    memcpy(net->flat, weights, net->map.count * sizeof *weights);
    const float *w = net->flat;
    for (int l = 0; l < shape->layers; l++) {
        const struct nn_layer_map *at = &net->map.layer[l];
        net->layer[l] = (struct net_layer){
            .qkv = turned_of(&net->arena, w + at->qkv, 3 * d, d),
            .out = turned_of(&net->arena, w + at->out, d, d),
            .up = turned_of(&net->arena, w + at->up, NN_WIDEN * d, d),
            .down = turned_of(&net->arena, w + at->down, d, NN_WIDEN * d),
            .mix_gain = w + at->mix_gain,
            .mix_taps = w + at->mix_taps,
            .feed_gain = w + at->feed_gain,
            .feed_taps = w + at->feed_taps,
            .scale = w + at->scale,
        };
    }
    net->logits = turned_of(&net->arena, w + net->map.embed, shape->vocab, d);
    return net;
}

void nn_net_free(struct nn_net *net)
{
    if (!net)
        return;
    nn_turns_done(&net->turns);
    arena_done(&net->arena);
    mem_free(net);
}

const struct nn_shape *nn_net_shape(const struct nn_net *net)
{
    return &net->shape;
}

/* --- a stream ----------------------------------------------------------------------------- */

struct nn_stream *nn_stream_new(const struct nn_net *net)
{
    struct nn_stream *s = mem_new(struct nn_stream, 1);
    size_t d = (size_t)net->shape.width;
    s->net = net;
    for (int l = 0; l < net->shape.layers; l++) {
        s->layer[l].mix.row = arena_new(&s->arena, float, NN_TAPS *d);
        s->layer[l].feed.row = arena_new(&s->arena, float, NN_TAPS *d);
        s->layer[l].keys = arena_new(&s->arena, float, NN_MAX_TOKENS *d);
        s->layer[l].values = arena_new(&s->arena, float, NN_MAX_TOKENS *d);
    }
    float **row[] = { &s->x, &s->normed, &s->mixed, &s->heard };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        *row[i] = arena_new(&s->arena, float, (size_t)whole_lanes((int)d));
    s->qkv = arena_new(&s->arena, float, (size_t)whole_lanes(3 * (int)d));
    s->up = arena_new(&s->arena, float, (size_t)whole_lanes(NN_WIDEN * (int)d));
    s->squared = arena_new(&s->arena, float, (size_t)whole_lanes(NN_WIDEN * (int)d));
    s->shares = arena_new(&s->arena, float, NN_MAX_TOKENS);
    s->logits = arena_new(&s->arena, float, (size_t)net->logits.out);
    return s;
}

void nn_stream_free(struct nn_stream *s)
{
    if (!s)
        return;
    arena_done(&s->arena);
    mem_free(s);
}

void nn_stream_clear(struct nn_stream *s)
{
    size_t bytes = NN_TAPS * (size_t)s->net->shape.width * sizeof *s->x;
    for (int l = 0; l < s->net->shape.layers; l++) {
        memset(s->layer[l].mix.row, 0, bytes);
        memset(s->layer[l].feed.row, 0, bytes);
    }
    s->tokens = 0;
}

int nn_stream_tokens(const struct nn_stream *s)
{
    return s->tokens;
}

int nn_stream_room(const struct nn_stream *s)
{
    return NN_MAX_TOKENS - s->tokens;
}

const float *nn_stream_logits(const struct nn_stream *s)
{
    assert(s->tokens > 0);
    return s->logits;
}

/* --- one token ---------------------------------------------------------------------------- */

#define BLOCK (4 * NN_LANES) /* outputs summed up at a time: as many as fit in registers */

/* `width` outputs from `o` on, the inputs listed in `live` being those that are not zero. */
NN_INTO void turned_block(const struct turned *w, int lives, const int *live, const float *x, int o,
                          int width, float *ret_y)
{
    float sum[BLOCK] = { 0 };
    for (int k = 0; k < lives; k++) {
        const float *row = w->v + (size_t)live[k] * (size_t)w->out + o;
        float by = x[live[k]];
        for (int c = 0; c < width; c++)
            sum[c] += by * row[c];
    }
    memcpy(ret_y + o, sum, (size_t)width * sizeof *sum);
}

NN_WIDE static void turned_apply(const struct turned *w, const float *x, float *ret_y)
{
    int live[MAX_WIDE], lives = 0, o = 0;
    for (int i = 0; i < w->in; i++) {
        live[lives] = i;
        lives += x[i] != 0;
    }
    for (; o + BLOCK <= w->out; o += BLOCK)
        turned_block(w, lives, live, x, o, BLOCK, ret_y);
    for (; o < w->out; o += NN_LANES)
        turned_block(w, lives, live, x, o, NN_LANES, ret_y);
}

/* As nn_filter, for one token; then x takes the place of the oldest input remembered. */
NN_WIDE static void filter(int d, int now, struct memory *m, const float *restrict x,
                           const float *restrict taps, float *restrict ret_y)
{
    memcpy(ret_y, x, (size_t)d * sizeof *x);
    for (int j = 0; j < NN_TAPS; j++) {
        const float *past = m->row + (now + NN_TAPS - 1 - j) % NN_TAPS * d;
        for (int c = 0; c < d; c++)
            ret_y[c] += taps[j * d + c] * past[c];
    }
    memcpy(m->row + now % NN_TAPS * d, x, (size_t)d * sizeof *x);
}

/* One head's look at the n tokens so far. p (n,) is scratch. */
NN_WIDE static void listen(int n, int d, int size, float scale, const float *restrict q,
                           const float *restrict keys, const float *restrict values,
                           float *restrict p, float *restrict ret_y)
{
    float sum = 0;
    for (int j = 0; j < n; j++)
        p[j] = scale * lanes_dot(q, keys + j * d, size);
    float most = lanes_most(p, n);
    for (int j = 0; j < n; j++)
        p[j] = lanes_exp(p[j] - most);
    memset(ret_y, 0, (size_t)size * sizeof *ret_y);
    for (int j = 0; j < n; j++) {
        sum += p[j];
        for (int c = 0; c < size; c++)
            ret_y[c] += p[j] * values[j * d + c];
    }
    for (int c = 0; c < size; c++)
        ret_y[c] /= sum;
}

static void layer_step(struct nn_stream *s, int l)
{
    const struct nn_net *net = s->net;
    const struct net_layer *at = &net->layer[l];
    struct stream_layer *mine = &s->layer[l];
    int d = net->shape.width, heads = net->shape.heads, size = d / heads, now = s->tokens;
    float inv, turn_inv[2 * NN_MAX_HEADS];

    nn_norm(1, d, s->x, at->mix_gain, &inv, s->normed);
    filter(d, now, &mine->mix, s->normed, at->mix_taps, s->mixed);
    turned_apply(&at->qkv, s->mixed, s->qkv);
    nn_turn(&net->turns, 1, 2 * heads, 3 * d, &now, s->qkv, turn_inv);
    memcpy(mine->keys + now * d, s->qkv + d, (size_t)d * sizeof *s->x);
    memcpy(mine->values + now * d, s->qkv + 2 * d, (size_t)d * sizeof *s->x);
    for (int h = 0; h < heads; h++)
        listen(now + 1, d, size, at->scale[h], s->qkv + h * size, mine->keys + h * size,
               mine->values + h * size, s->shares, s->heard + h * size);
    turned_apply(&at->out, s->heard, s->mixed);
    nn_add(d, s->mixed, s->x);

    nn_norm(1, d, s->x, at->feed_gain, &inv, s->normed);
    filter(d, now, &mine->feed, s->normed, at->feed_taps, s->mixed);
    turned_apply(&at->up, s->mixed, s->up);
    nn_square(NN_WIDEN * d, s->up, s->squared);
    turned_apply(&at->down, s->squared, s->mixed);
    nn_add(d, s->mixed, s->x);
}

void nn_stream_feed(struct nn_stream *s, const int *ids, int n)
{
    const struct nn_net *net = s->net;
    int d = net->shape.width;
    assert(n >= 1 && n <= nn_stream_room(s));
    for (int i = 0; i < n; i++) {
        assert(ids[i] >= 0 && ids[i] < net->shape.vocab);
        memcpy(s->x, net->flat + net->map.embed + ids[i] * d, (size_t)d * sizeof *s->x);
        for (int l = 0; l < net->shape.layers; l++)
            layer_step(s, l);
        s->tokens++;
    }
    float inv;
    nn_norm(1, d, s->x, net->flat + net->map.gain, &inv, s->normed);
    turned_apply(&net->logits, s->normed, s->logits);
}
