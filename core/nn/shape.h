/* The shape of a built-in model, and where each of its weights lies.
 *
 * A model is a decoder-only transformer. Per layer, with d = width:
 *
 *   x += out · attention(qkv · filter(norm(x)))      heads heads, rotary positions
 *   x += down · relu(up · filter(norm(x)))^2         4 d wide
 *
 * and at the end logits = embed · norm(x), embed being the table the tokens came in by. A
 * filter adds to each token a weighted sum of the NN_TAPS before it, channel by channel.
 *
 * All weights of a model lie in one flat array; an optimizer, a checkpoint, the weights file
 * and the sum over threads are one loop each. Gradients and optimizer states use the same map.
 * Every matrix is row-major, out x in: y = W x. */
#ifndef NN_SHAPE_H
#define NN_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/random.h"

/* Ceilings of a shape. A built-in model stays far below; a file may not pass them. */
#define NN_MAX_VOCAB  1024
#define NN_MAX_WIDTH  512
#define NN_MAX_LAYERS 8
#define NN_MAX_HEADS  16
/* Most tokens of one sequence, prompt and answer together. */
#define NN_MAX_TOKENS 256
/* Tokens before its own that a filter sees. */
#define NN_TAPS 3
/* The feed-forward part is this many widths wide. */
#define NN_WIDEN 4

struct nn_shape {
    int vocab; /* tokens known: ids are 0 <= id < vocab */
    int width;
    int layers;
    int heads; /* width / heads is even */
};

/* Is it one this program can run? Says what is wrong otherwise. */
bool nn_shape_check(const struct nn_shape *shape, struct error *err);

/* The weights of one layer in the order they lie: X(name, rows, cols, matrix). d is the
 * width, h the heads; a matrix is trained by Muon, the rest by Adam. */
#define NN_LAYER_WEIGHTS(X)                                                                        \
    X(mix_gain, 1, d, false)       /* norm before attention */                                     \
    X(mix_taps, NN_TAPS, d, false) /* filter: row j weighs the token 1 + j before */               \
    X(qkv, 3 * d, d, true)         /* queries, keys, values, each head by head */                  \
    X(scale, 1, h, false)          /* attention score = scale · cosine */                         \
    X(out, d, d, true)                                                                             \
    X(feed_gain, 1, d, false) /* norm before the feed-forward part */                              \
    X(feed_taps, NN_TAPS, d, false)                                                                \
    X(up, NN_WIDEN *d, d, true)                                                                    \
    X(down, d, NN_WIDEN *d, true)

/* Where they lie: offsets into the flat array, in numbers. */
struct nn_layer_map {
#define X(name, rows, cols, matrix) size_t name;
    NN_LAYER_WEIGHTS(X)
#undef X
};

struct nn_map {
    size_t embed; /* vocab x width */
    struct nn_layer_map layer[NN_MAX_LAYERS];
    size_t gain;  /* width: the last norm */
    size_t count; /* all weights */
};

struct nn_map nn_map_of(const struct nn_shape *shape);

/* The same as a list, for whoever treats all weights alike. */
struct nn_weight {
    const char *name;
    int layer; /* -1: of no layer */
    int rows, cols;
    size_t at;
    bool matrix;
};

#define NN_MAX_WEIGHTS (2 + 9 * NN_MAX_LAYERS)
/* Fills `ret` in the order of the flat array; returns how many there are. */
int nn_weights_list(const struct nn_shape *shape, struct nn_weight ret[NN_MAX_WEIGHTS]);

/* Fresh weights: table, qkv and up normal with variance 1/d; out and down zero, so that a
 * layer starts by doing nothing; gains 1, filters 0, scales 12. */
void nn_weights_init(const struct nn_shape *shape, struct random *r, float *ret);

#endif
