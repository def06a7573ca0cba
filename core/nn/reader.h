/* A small network that reads a text letter by letter and says what kind it is:
 *
 *   embedding (width) -> one GRU layer (units), to the text's last letter
 *     -> linear (units) -> ReLU -> linear (kinds) -> softmax
 *
 * Weights are one flat array, like a transformer's: embedding (symbols,width); the GRU's w, wh,
 * b, bh (gru.h); inner (units,units) and its bias; outer (kinds,units) and its bias. Symbol 0 is kept for padding and is never
 * read. Trained by Adam on batches of labelled texts; some seconds are enough for a few
 * hundred of them. */
#ifndef NN_READER_H
#define NN_READER_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/random.h"

#define NN_MAX_LETTERS 128 /* of one text */
#define NN_MAX_KINDS   32

struct nn_reader_shape {
    int symbols; /* 1 <= symbol < symbols */
    int width, units;
    int kinds; /* 1 to NN_MAX_KINDS */
};

/* A text as symbols. */
struct nn_letters {
    int count; /* 1 to NN_MAX_LETTERS */
    uint8_t symbol[NN_MAX_LETTERS];
};

size_t nn_reader_count(const struct nn_reader_shape *shape); /* weights */
/* Fresh ones: embedding normal, the rest even between -1 and 1 over the root of units. */
void nn_reader_init(const struct nn_reader_shape *shape, struct random *r, float *ret);

struct nn_reader; /* working memory, and what training keeps */

/* For batches of at most `batch` texts. */
struct nn_reader *nn_reader_new(const struct nn_reader_shape *shape, int batch);
void nn_reader_free(struct nn_reader *k);

/* How likely each kind is: ret_share (kinds,), summing to 1. */
void nn_reader_read(struct nn_reader *k, const float *weights, const struct nn_letters *text,
                    float *ret_share);

/* Cross-entropy of n texts summed, in nats, and `weight` times its gradient added to `grad`,
 * flat like the weights. text, kind (n,), 0 <= kind < kinds. */
double nn_reader_learn(struct nn_reader *k, const float *weights, int n,
                       const struct nn_letters *const *text, const int *kind, float weight,
                       float *grad);

/* One step of Adam on the mean loss of n texts, at `rate`; returns that loss. The averages live
 * in the reader: one reader trains one set of weights. */
double nn_reader_step(struct nn_reader *k, float *weights, int n,
                      const struct nn_letters *const *text, const int *kind, double rate);

#endif
