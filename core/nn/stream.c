/* Running a built-in model (stream.h).
 *
 * Reading weights from memory costs more than computing with them, so up to ROWS tokens go
 * through the layers side by side: those of a prompt, or one of each of several streams. */
#include "core/nn/stream.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/nn/lanes.h"
#include "core/nn/layer.h"

#define MAX_WIDE (NN_WIDEN * NN_MAX_WIDTH)

/* Tokens that go side by side: as many as leave the sums of a panel in registers. */
#define ROWS 4

/* y = W x, with W cut into panels of PANEL outputs. Within a panel W lies turned, input by
 * input, so that a product is a sum of rows, read from first to last: no sums across a
 * register, and an input of zero can be left out. Outputs are filled up to whole panels. */
#define PANEL (2 * NN_LANES)
struct panels {
    float *v; /* (out / PANEL,in,PANEL) */
    int in, out;
};

struct net_layer {
    struct panels qkv, out, up, down;
    const float *mix_gain, *mix_taps, *feed_gain, *feed_taps, *scale;
};

struct nn_net {
    struct nn_shape shape;
    struct nn_map map;
    struct nn_turns turns;
    struct arena arena;
    float *flat; /* (count,): for all but the matrices, and to look tokens up */
    struct net_layer layer[NN_MAX_LAYERS];
    struct panels logits;
};

struct stream_layer {
    float *mix_past,
        *feed_past;       /* (NN_TAPS,width): a filter's last inputs, token t in t % NN_TAPS */
    float *keys, *values; /* (NN_MAX_TOKENS,width) */
};

struct nn_stream {
    const struct nn_net *net;
    struct arena arena;
    int tokens;
    struct stream_layer layer[NN_MAX_LAYERS];
    float *x, *normed, *mixed, *heard; /* (ROWS,width), rows filled up like panels */
    float *qkv;                        /* (ROWS,3 width) */
    float *up, *squared;               /* (ROWS,4 width) */
    float *shares;                     /* (NN_MAX_TOKENS,): of attention */
    float *logits;                     /* (vocab,) */
    float *all_logits;                 /* (ROWS,vocab) */
};

/* --- a net ------------------------------------------------------------------------------ */

static int whole_panels(int n)
{
    return (n + PANEL - 1) / PANEL * PANEL;
}

static struct panels panels_of(struct arena *a, const float *w, int out, int in)
{
    struct panels p = { .in = in, .out = whole_panels(out) };
    p.v = arena_new(a, float, (size_t)p.out *(size_t)in);
    for (int o = 0; o < out; o++)
        for (int i = 0; i < in; i++)
            p.v[(o / PANEL * in + i) * PANEL + o % PANEL] = w[o * in + i];
    return p;
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
            .qkv = panels_of(&net->arena, w + at->qkv, 3 * d, d),
            .out = panels_of(&net->arena, w + at->out, d, d),
            .up = panels_of(&net->arena, w + at->up, NN_WIDEN * d, d),
            .down = panels_of(&net->arena, w + at->down, d, NN_WIDEN * d),
            .mix_gain = w + at->mix_gain,
            .mix_taps = w + at->mix_taps,
            .feed_gain = w + at->feed_gain,
            .feed_taps = w + at->feed_taps,
            .scale = w + at->scale,
        };
    }
    net->logits = panels_of(&net->arena, w + net->map.embed, shape->vocab, d);
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

static float *rows_of(struct nn_stream *s, int width)
{
    return arena_new(&s->arena, float, ROWS *(size_t)whole_panels(width));
}

struct nn_stream *nn_stream_new(const struct nn_net *net)
{
    struct nn_stream *s = mem_new(struct nn_stream, 1);
    int d = net->shape.width;
    s->net = net;
    for (int l = 0; l < net->shape.layers; l++) {
        s->layer[l].mix_past = arena_new(&s->arena, float, (size_t)(NN_TAPS * d));
        s->layer[l].feed_past = arena_new(&s->arena, float, (size_t)(NN_TAPS * d));
        s->layer[l].keys = arena_new(&s->arena, float, (size_t)(NN_MAX_TOKENS * d));
        s->layer[l].values = arena_new(&s->arena, float, (size_t)(NN_MAX_TOKENS * d));
    }
    s->x = rows_of(s, d);
    s->normed = rows_of(s, d);
    s->mixed = rows_of(s, d);
    s->heard = rows_of(s, d);
    s->qkv = rows_of(s, 3 * d);
    s->up = rows_of(s, NN_WIDEN * d);
    s->squared = rows_of(s, NN_WIDEN * d);
    s->all_logits = rows_of(s, net->shape.vocab);
    s->logits = arena_new(&s->arena, float, (size_t)net->shape.vocab);
    s->shares = arena_new(&s->arena, float, NN_MAX_TOKENS);
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
        memset(s->layer[l].mix_past, 0, bytes);
        memset(s->layer[l].feed_past, 0, bytes);
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

/* --- products ----------------------------------------------------------------------------- */

/* One panel's outputs for one x, of which only the inputs listed in `live` are not zero. */
NN_INTO void panel_one(const float *v, int lives, const int *live, const float *x, float *ret_y)
{
    nn_lanes sum[2] = { 0 }, w[2];
    for (int k = 0; k < lives; k++) {
        memcpy(w, v + live[k] * PANEL, sizeof w);
        sum[0] += w[0] * x[live[k]];
        sum[1] += w[1] * x[live[k]];
    }
    memcpy(ret_y, sum, sizeof sum);
}

/* The same for ROWS of them, `in` and `out` numbers apart. */
NN_INTO void panel_rows(const float *v, int in, const float *x, int out, float *ret_y)
{
    nn_lanes a[2] = { 0 }, b[2] = { 0 }, c[2] = { 0 }, d[2] = { 0 }, w[2];
    for (int i = 0; i < in; i++) {
        memcpy(w, v + i * PANEL, sizeof w);
        a[0] += w[0] * x[i];
        a[1] += w[1] * x[i];
        b[0] += w[0] * x[in + i];
        b[1] += w[1] * x[in + i];
        c[0] += w[0] * x[2 * in + i];
        c[1] += w[1] * x[2 * in + i];
        d[0] += w[0] * x[3 * in + i];
        d[1] += w[1] * x[3 * in + i];
    }
    memcpy(ret_y, a, sizeof a);
    memcpy(ret_y + out, b, sizeof b);
    memcpy(ret_y + 2 * out, c, sizeof c);
    memcpy(ret_y + 3 * out, d, sizeof d);
}

/* y = W x for 1 or ROWS rows; x (rows,in)  y (rows,out). After a squared ReLU most inputs are
 * zero, which is worth a list where there is but one row. */
NN_WIDE static void apply(const struct panels *w, int rows, const float *x, float *ret_y)
{
    int live[MAX_WIDE], lives = 0;
    for (int i = 0; rows == 1 && i < w->in; i++) {
        live[lives] = i;
        lives += x[i] != 0;
    }
    for (int o = 0; o < w->out; o += PANEL)
        if (rows == 1)
            panel_one(w->v + (size_t)o * (size_t)w->in, lives, live, x, ret_y + o);
        else
            panel_rows(w->v + (size_t)o * (size_t)w->in, w->in, x, w->out, ret_y + o);
}

/* --- a few tokens through all layers ------------------------------------------------------------ */

/* What goes side by side: row i is the token at `pos` of a stream. Rows of one stream follow
 * one another. Where there are 2 or 3, products are made for ROWS, and the others left unread. */
struct batch {
    const struct nn_net *net;
    struct nn_stream *desk; /* whose rows are worked on */
    int rows;
    struct nn_stream *stream[ROWS];
    int pos[ROWS];
};

/* As nn_filter, for one token; then x takes the place of the oldest input remembered. */
NN_WIDE static void filter(int d, int pos, float *restrict past, const float *restrict x,
                           const float *restrict taps, float *restrict ret_y)
{
    memcpy(ret_y, x, (size_t)d * sizeof *x);
    for (int j = 0; j < NN_TAPS; j++) {
        const float *before = past + (pos + NN_TAPS - 1 - j) % NN_TAPS * d;
        for (int c = 0; c < d; c++)
            ret_y[c] += taps[j * d + c] * before[c];
    }
    memcpy(past + pos % NN_TAPS * d, x, (size_t)d * sizeof *x);
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

/* Attention of one row, whose qkv are not turned yet. */
static void hear(const struct batch *b, int l, int row)
{
    const struct nn_net *net = b->net;
    const struct net_layer *at = &net->layer[l];
    struct stream_layer *mine = &b->stream[row]->layer[l];
    int d = net->shape.width, heads = net->shape.heads, size = d / heads, pos = b->pos[row];
    float *qkv = b->desk->qkv + row * at->qkv.out, *heard = b->desk->heard + row * d;
    float inv[2 * NN_MAX_HEADS];
    nn_turn(&net->turns, 1, 2 * heads, 3 * d, &pos, qkv, inv);
    memcpy(mine->keys + pos * d, qkv + d, (size_t)d * sizeof *qkv);
    memcpy(mine->values + pos * d, qkv + 2 * d, (size_t)d * sizeof *qkv);
    for (int h = 0; h < heads; h++)
        listen(pos + 1, d, size, at->scale[h], qkv + h * size, mine->keys + h * size,
               mine->values + h * size, b->desk->shares, heard + h * size);
}

/* x += y, whose rows are `wide` numbers apart. */
static void add_rows(int rows, int d, int wide, const float *y, float *x)
{
    for (int i = 0; i < rows; i++)
        nn_add(d, y + i * wide, x + i * d);
}

static void layer_step(const struct batch *b, int l)
{
    const struct nn_net *net = b->net;
    const struct net_layer *at = &net->layer[l];
    struct nn_stream *s = b->desk;
    int d = net->shape.width, rows = b->rows == 1 ? 1 : ROWS;
    float inv[ROWS];

    nn_norm(b->rows, d, s->x, at->mix_gain, inv, s->normed);
    for (int i = 0; i < b->rows; i++)
        filter(d, b->pos[i], b->stream[i]->layer[l].mix_past, s->normed + i * d, at->mix_taps,
               s->mixed + i * d);
    apply(&at->qkv, rows, s->mixed, s->qkv);
    for (int i = 0; i < b->rows; i++)
        hear(b, l, i);
    apply(&at->out, rows, s->heard, s->mixed);
    add_rows(b->rows, d, at->out.out, s->mixed, s->x);

    nn_norm(b->rows, d, s->x, at->feed_gain, inv, s->normed);
    for (int i = 0; i < b->rows; i++)
        filter(d, b->pos[i], b->stream[i]->layer[l].feed_past, s->normed + i * d, at->feed_taps,
               s->mixed + i * d);
    apply(&at->up, rows, s->mixed, s->up);
    for (int i = 0; i < b->rows; i++)
        nn_square(NN_WIDEN * d, s->up + i * at->up.out, s->squared + i * NN_WIDEN * d);
    apply(&at->down, rows, s->squared, s->mixed);
    add_rows(b->rows, d, at->down.out, s->mixed, s->x);
}

static void look_up(const struct batch *b, const int *ids)
{
    const struct nn_net *net = b->net;
    int d = net->shape.width;
    for (int i = 0; i < b->rows; i++) {
        assert(ids[i] >= 0 && ids[i] < net->shape.vocab);
        memcpy(b->desk->x + i * d, net->flat + net->map.embed + ids[i] * d,
               (size_t)d * sizeof *net->flat);
    }
}

/* The logits of rows from..b->rows, each to its stream. */
static void score(const struct batch *b, int from)
{
    const struct nn_net *net = b->net;
    struct nn_stream *s = b->desk;
    int d = net->shape.width, n = b->rows - from;
    float inv[ROWS];
    nn_norm(n, d, s->x + from * d, net->flat + net->map.gain, inv, s->normed);
    apply(&net->logits, n == 1 ? 1 : ROWS, s->normed, s->all_logits);
    for (int i = 0; i < n; i++)
        memcpy(b->stream[from + i]->logits, s->all_logits + i * net->logits.out,
               (size_t)net->shape.vocab * sizeof *s->logits);
}

void nn_stream_feed(struct nn_stream *s, const int *ids, int n)
{
    assert(n >= 1 && n <= nn_stream_room(s));
    struct batch b = { .net = s->net, .desk = s };
    for (int done = 0; done < n; done += b.rows) {
        b.rows = n - done < ROWS ? n - done : ROWS;
        for (int i = 0; i < b.rows; i++) {
            b.stream[i] = s;
            b.pos[i] = s->tokens++;
        }
        look_up(&b, ids + done);
        for (int l = 0; l < s->net->shape.layers; l++)
            layer_step(&b, l);
    }
    score(&b, b.rows - 1);
}

void nn_streams_feed(int n, struct nn_stream *const *s, const int *ids)
{
    for (int done = 0; done < n; done += ROWS) {
        struct batch b = { .net = s[0]->net, .desk = s[done] };
        for (; b.rows < ROWS && done + b.rows < n; b.rows++) {
            struct nn_stream *one = s[done + b.rows];
            assert(one->net == b.net && nn_stream_room(one) > 0);
            b.stream[b.rows] = one;
            b.pos[b.rows] = one->tokens++;
        }
        look_up(&b, ids + done);
        for (int l = 0; l < b.net->shape.layers; l++)
            layer_step(&b, l);
        score(&b, 0);
    }
}
