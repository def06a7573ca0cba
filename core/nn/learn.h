/* The gradient of a whole model over a pack of examples: forward, loss, backward.
 *
 * A pack holds examples end to end, without padding, as many as fit; its size is chosen so
 * that what the way forward leaves behind stays in a processor's second cache. A learner is
 * the working memory of one thread; weights are only read. */
#ifndef NN_LEARN_H
#define NN_LEARN_H

#include "core/nn/layer.h"
#include "core/nn/shape.h"
#include "core/nn/train.h"

/* Tokens of a pack; the longest example fits. */
#define NN_PACK_TOKENS 384

struct nn_pack {
    int rows, seqs, picks;
    int ids[NN_PACK_TOKENS]; /* what goes in */
    int pos[NN_PACK_TOKENS];
    int start[NN_PACK_TOKENS + 1]; /* (seqs + 1,): where each sequence starts */
    int pick[NN_PACK_TOKENS];      /* (picks,): rows that have a target, ascending */
    int target[NN_PACK_TOKENS];    /* (picks,): the token that should come after */
};

void nn_pack_clear(struct nn_pack *pack);
/* Adds an example, its positions moved ahead by `gap` from its turn on, 0 <= gap <=
 * NN_MAX_TOKENS. False, with nothing added, where it does not fit any more. */
bool nn_pack_add(struct nn_pack *pack, const struct nn_example *example, int gap);

struct nn_learner;

struct nn_learner *nn_learner_new(const struct nn_shape *shape);
void nn_learner_free(struct nn_learner *k);

/* Adds `weight` times the gradient of the pack's summed cross-entropy to `grad`, flat like the
 * weights; returns that sum, in nats. */
double nn_learn(struct nn_learner *k, const float *weights, const struct nn_pack *pack,
                float weight, float *grad);

#endif
