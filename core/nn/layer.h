/* The layers, fast: the same as their reference versions (plain.h, which says what each
 * computes), in floats, over many sequences at once.
 *
 * The tokens of a pack lie one below the other, without padding: n rows of d channels;
 * sequence s is rows start[s] to start[s + 1]. What a way back needs from the way forward
 * beyond its input is in a `ret_` array the caller keeps. Gradients of inputs are written or
 * added as said; those of weights are always added. Arrays must not overlap unless said. */
#ifndef NN_LAYER_H
#define NN_LAYER_H

#include "core/nn/shape.h"

/* inv (n,): one over the root mean square of each row. */
void nn_norm(int n, int d, const float *x, const float *gain, float *ret_inv, float *ret_y);
/* dx is added to; dy is spoilt. */
void nn_norm_back(int n, int d, const float *x, const float *gain, const float *inv, float *dy,
                  float *dx, float *dgain);

void nn_filter(int seqs, const int *start, int d, const float *x, const float *taps, float *ret_y);
/* dx is written. */
void nn_filter_back(int seqs, const int *start, int d, const float *x, const float *taps,
                    const float *dy, float *dx, float *dtaps);

/* Cosines and sines of every position. */
struct nn_turns {
    int half;         /* half a head's channels */
    float *cos, *sin; /* (NN_MAX_PLACES,half) */
};
/* Positions: those of a full sequence, and the widest gap in it. */
#define NN_MAX_PLACES (2 * NN_MAX_TOKENS)
void nn_turns_init(struct nn_turns *t, const struct nn_shape *shape);
void nn_turns_done(struct nn_turns *t);

/* In place over the first `heads` heads of each row of x (n,stride): unit length, then turned.
 * inv (n,heads): one over each length. */
void nn_turn(const struct nn_turns *t, int n, int heads, int stride, const int *pos, float *x,
             float *ret_inv);
/* y: what nn_turn made; dy becomes dx in place, laid out like y. */
void nn_turn_back(const struct nn_turns *t, int n, int heads, int stride, const int *pos,
                  const float *y, const float *inv, float *dy);

void nn_square(int n, const float *x, float *ret_y);
/* dy becomes dx in place. */
void nn_square_back(int n, const float *x, float *dy);

/* Logits (n,vocab) become `weight` times the gradient of their cross-entropy in place; returns
 * its sum over the rows. */
double nn_loss(int n, int vocab, const int *target, float weight, float *logits);

/* y += x. */
void nn_add(int n, const float *x, float *y);

#endif
