/* The gradient of a whole model (learn.h).
 *
 * The last feed-forward part runs only over the rows that have a target: of the others
 * nothing is asked any more. For a model that answers at once this is a sixth of all work. */
#include "core/nn/learn.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/nn/attention.h"
#include "core/nn/matrix.h"

/* --- packs ------------------------------------------------------------------------------ */

void nn_pack_clear(struct nn_pack *pack)
{
    pack->rows = pack->seqs = pack->picks = 0;
    pack->start[0] = 0;
}

bool nn_pack_add(struct nn_pack *pack, const struct nn_example *example, int gap)
{
    int n = example->total - 1; /* the last token is only ever a target */
    assert(example->prompt >= 1 && n >= example->prompt && n < NN_MAX_TOKENS);
    assert(gap >= 0 && gap <= NN_MAX_TOKENS);
    if (pack->rows + n > NN_PACK_TOKENS)
        return false;
    for (int i = 0; i < n; i++) {
        int row = pack->rows + i;
        pack->ids[row] = example->ids[i];
        pack->pos[row] = i + (i >= example->turn ? gap : 0);
        if (i < example->prompt - 1)
            continue;
        pack->pick[pack->picks] = row;
        pack->target[pack->picks++] = example->ids[i + 1];
    }
    pack->rows += n;
    pack->start[++pack->seqs] = pack->rows;
    return true;
}

/* --- working memory ------------------------------------------------------------------------ */

/* What the way forward leaves behind for one layer: X(name, numbers a row), d the width, h the
 * heads. feed_ rows are all rows, but in the last layer those with a target. */
#define KEPT(X)                                                                                    \
    X(x, d)       /* what came in */                                                               \
    X(mix_inv, 1) /* of the norm */                                                                \
    X(mix_normed, d)                                                                               \
    X(mixed, d) /* after the filter */                                                             \
    X(qkv, 3 * d)                                                                                  \
    X(turn_inv, 2 * h)                                                                             \
    X(listen, h *NN_MAX_TOKENS) /* attention's p */                                                \
    X(heard, d)                                                                                    \
    X(x_mid, d) /* x with attention's part added */                                                \
    X(feed_inv, 1)                                                                                 \
    X(feed_normed, d)                                                                              \
    X(feed_mixed, d)                                                                               \
    X(up, NN_WIDEN *d)                                                                             \
    X(squared, NN_WIDEN *d)

struct kept {
#define X(name, per_row) float *name;
    KEPT(X)
#undef X
};

struct nn_learner {
    struct nn_shape shape;
    struct nn_map map;
    struct nn_turns turns;
    struct arena arena;
    struct kept layer[NN_MAX_LAYERS];
    float *feed_picked;      /* feed_mixed of the last layer, rows with a target (rows,d) */
    float *x, *inv, *normed; /* after the last layer (rows,d), (rows,), (rows,d) */
    float *logits;           /* (rows,vocab) */
    float *dx, *da, *db;     /* (rows,d) */
    float *dwide;            /* (rows,4d): also dqkv */
    float *square;           /* (NN_MAX_TOKENS,NN_MAX_TOKENS) */
};

static float *numbers(struct nn_learner *k, int per_row)
{
    return arena_new(&k->arena, float, (size_t)per_row *NN_PACK_TOKENS);
}

struct nn_learner *nn_learner_new(const struct nn_shape *shape)
{
    struct nn_learner *k = mem_new(struct nn_learner, 1);
    int d = shape->width, h = shape->heads;
    k->shape = *shape;
    k->map = nn_map_of(shape);
    nn_turns_init(&k->turns, shape);
    for (int l = 0; l < shape->layers; l++) {
#define X(name, per_row) k->layer[l].name = numbers(k, per_row);
        KEPT(X)
#undef X
    }
    k->feed_picked = numbers(k, d);
    k->x = numbers(k, d);
    k->inv = numbers(k, 1);
    k->normed = numbers(k, d);
    k->logits = numbers(k, shape->vocab);
    k->dx = numbers(k, d);
    k->da = numbers(k, d);
    k->db = numbers(k, d);
    k->dwide = numbers(k, NN_WIDEN * d);
    k->square = arena_new(&k->arena, float, NN_MAX_TOKENS *NN_MAX_TOKENS);
    return k;
}

void nn_learner_free(struct nn_learner *k)
{
    if (!k)
        return;
    nn_turns_done(&k->turns);
    arena_done(&k->arena);
    mem_free(k);
}

/* --- rows that have a target ------------------------------------------------------------------ */

static void gather(const struct nn_pack *pack, int d, const float *from, float *to)
{
    for (int i = 0; i < pack->picks; i++)
        memcpy(to + i * d, from + pack->pick[i] * d, (size_t)d * sizeof *to);
}

/* The other way; rows without a target become 0. */
static void scatter(const struct nn_pack *pack, int d, const float *from, float *to)
{
    memset(to, 0, (size_t)(pack->rows * d) * sizeof *to);
    for (int i = 0; i < pack->picks; i++)
        memcpy(to + pack->pick[i] * d, from + i * d, (size_t)d * sizeof *to);
}

/* --- forward ------------------------------------------------------------------------------ */

static struct nn_sight sight_of(const struct nn_learner *k, const struct nn_pack *pack)
{
    return (struct nn_sight){ pack->seqs, pack->start, k->shape.heads, k->shape.width };
}

static void mix_forward(struct nn_learner *k, int l, const float *w, const struct nn_pack *pack)
{
    struct kept *at = &k->layer[l];
    const struct nn_layer_map *map = &k->map.layer[l];
    int n = pack->rows, d = k->shape.width;
    struct nn_sight sight = sight_of(k, pack);
    nn_norm(n, d, at->x, w + map->mix_gain, at->mix_inv, at->mix_normed);
    nn_filter(pack->seqs, pack->start, d, at->mix_normed, w + map->mix_taps, at->mixed);
    matrix_nt(1, matrix_of(at->mixed, n, d), matrix_of(w + map->qkv, 3 * d, d), 0,
              matrix_of(at->qkv, n, 3 * d));
    nn_turn(&k->turns, n, 2 * k->shape.heads, 3 * d, pack->pos, at->qkv, at->turn_inv);
    nn_attention(&sight, at->qkv, w + map->scale, at->listen, at->heard);
    memcpy(at->x_mid, at->x, (size_t)(n * d) * sizeof *at->x);
    matrix_nt(1, matrix_of(at->heard, n, d), matrix_of(w + map->out, d, d), 1,
              matrix_of(at->x_mid, n, d));
}

/* `out` (rows,d), in the last layer (picks,d). */
static void feed_forward(struct nn_learner *k, int l, const float *w, const struct nn_pack *pack,
                         float *out)
{
    struct kept *at = &k->layer[l];
    const struct nn_layer_map *map = &k->map.layer[l];
    bool last = l == k->shape.layers - 1;
    int n = last ? pack->picks : pack->rows, d = k->shape.width, wide = NN_WIDEN * d;
    const float *in = last ? k->feed_picked : at->feed_mixed;
    nn_norm(pack->rows, d, at->x_mid, w + map->feed_gain, at->feed_inv, at->feed_normed);
    nn_filter(pack->seqs, pack->start, d, at->feed_normed, w + map->feed_taps, at->feed_mixed);
    if (last) {
        gather(pack, d, at->feed_mixed, k->feed_picked);
        gather(pack, d, at->x_mid, out);
    } else {
        memcpy(out, at->x_mid, (size_t)(n * d) * sizeof *out);
    }
    matrix_nt(1, matrix_of(in, n, d), matrix_of(w + map->up, wide, d), 0,
              matrix_of(at->up, n, wide));
    nn_square(n * wide, at->up, at->squared);
    matrix_nt(1, matrix_of(at->squared, n, wide), matrix_of(w + map->down, d, wide), 1,
              matrix_of(out, n, d));
}

static double forward(struct nn_learner *k, const float *w, const struct nn_pack *pack,
                      float weight)
{
    int d = k->shape.width, layers = k->shape.layers, vocab = k->shape.vocab;
    for (int t = 0; t < pack->rows; t++)
        memcpy(k->layer[0].x + t * d, w + k->map.embed + pack->ids[t] * d, (size_t)d * sizeof *w);
    for (int l = 0; l < layers; l++) {
        mix_forward(k, l, w, pack);
        feed_forward(k, l, w, pack, l + 1 < layers ? k->layer[l + 1].x : k->x);
    }
    nn_norm(pack->picks, d, k->x, w + k->map.gain, k->inv, k->normed);
    matrix_nt(1, matrix_of(k->normed, pack->picks, d), matrix_of(w + k->map.embed, vocab, d), 0,
              matrix_of(k->logits, pack->picks, vocab));
    return nn_loss(pack->picks, vocab, pack->target, weight, k->logits);
}

/* --- backward ----------------------------------------------------------------------------- */

/* y = x W^T backwards: dx written, dw added to. */
static void linear_back(int n, int in, int out, const float *x, const float *w, const float *dy,
                        float *dx, float *dw)
{
    matrix_tn(1, matrix_of(dy, n, out), matrix_of(x, n, in), 1, matrix_of(dw, out, in));
    matrix_nn(1, matrix_of(dy, n, out), matrix_of(w, out, in), 0, matrix_of(dx, n, in));
}

/* k->dx: from the gradient at the layer's output to the one between its two parts. */
static void feed_back(struct nn_learner *k, int l, const float *w, const struct nn_pack *pack,
                      float *grad)
{
    struct kept *at = &k->layer[l];
    const struct nn_layer_map *map = &k->map.layer[l];
    bool last = l == k->shape.layers - 1;
    int n = last ? pack->picks : pack->rows, d = k->shape.width, wide = NN_WIDEN * d;
    const float *in = last ? k->feed_picked : at->feed_mixed;
    float *dmixed = k->da, *dnormed = k->db;
    linear_back(n, wide, d, at->squared, w + map->down, k->dx, k->dwide, grad + map->down);
    nn_square_back(n * wide, at->up, k->dwide);
    linear_back(n, d, wide, in, w + map->up, k->dwide, dmixed, grad + map->up);
    if (last) {
        scatter(pack, d, k->da, k->db);
        dmixed = k->db;
        dnormed = k->da;
        /* feed_mixed is done with: its memory holds dx while the rows are spread out. */
        memcpy(at->feed_mixed, k->dx, (size_t)(n * d) * sizeof *k->dx);
        scatter(pack, d, at->feed_mixed, k->dx);
    }
    nn_filter_back(pack->seqs, pack->start, d, at->feed_normed, w + map->feed_taps, dmixed, dnormed,
                   grad + map->feed_taps);
    nn_norm_back(pack->rows, d, at->x_mid, w + map->feed_gain, at->feed_inv, dnormed, k->dx,
                 grad + map->feed_gain);
}

/* k->dx: from the gradient between the two parts to the one at the layer's input. */
static void mix_back(struct nn_learner *k, int l, const float *w, const struct nn_pack *pack,
                     float *grad)
{
    struct kept *at = &k->layer[l];
    const struct nn_layer_map *map = &k->map.layer[l];
    int n = pack->rows, d = k->shape.width;
    struct nn_sight sight = sight_of(k, pack);
    float *dheard = k->da, *dmixed = k->da, *dnormed = k->db, *dqkv = k->dwide;
    linear_back(n, d, d, at->heard, w + map->out, k->dx, dheard, grad + map->out);
    nn_attention_back(&sight, at->qkv, w + map->scale, at->listen, dheard, k->square, dqkv,
                      grad + map->scale);
    nn_turn_back(&k->turns, n, 2 * k->shape.heads, 3 * d, pack->pos, at->qkv, at->turn_inv, dqkv);
    linear_back(n, d, 3 * d, at->mixed, w + map->qkv, dqkv, dmixed, grad + map->qkv);
    nn_filter_back(pack->seqs, pack->start, d, at->mix_normed, w + map->mix_taps, dmixed, dnormed,
                   grad + map->mix_taps);
    nn_norm_back(n, d, at->x, w + map->mix_gain, at->mix_inv, dnormed, k->dx, grad + map->mix_gain);
}

double nn_learn(struct nn_learner *k, const float *weights, const struct nn_pack *pack,
                float weight, float *grad)
{
    int d = k->shape.width;
    double loss = forward(k, weights, pack, weight);
    linear_back(pack->picks, d, k->shape.vocab, k->normed, weights + k->map.embed, k->logits, k->da,
                grad + k->map.embed);
    memset(k->dx, 0, (size_t)(pack->picks * d) * sizeof *k->dx);
    nn_norm_back(pack->picks, d, k->x, weights + k->map.gain, k->inv, k->da, k->dx,
                 grad + k->map.gain);
    for (int l = k->shape.layers - 1; l >= 0; l--) {
        feed_back(k, l, weights, pack, grad);
        mix_back(k, l, weights, pack, grad);
    }
    for (int t = 0; t < pack->rows; t++)
        nn_add(d, k->dx + t * d, grad + k->map.embed + pack->ids[t] * d);
    return loss;
}
