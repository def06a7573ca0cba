/* One layer of gated recurrent units, fast: plain_gru (plain.h, which has the formulas) in
 * floats, over a batch of sequences of different lengths, from zero states to the state after
 * each one's last token. */
#ifndef NN_GRU_H
#define NN_GRU_H

struct nn_gru_shape {
    int in, units;
};

/* Weights or their gradients, each three parts one below the other: reset, update, candidate.
 *   w (3 units,in)   wh (3 units,units)   b, bh (3 units,) */
struct nn_gru_weights {
    float *w, *wh, *b, *bh;
};

struct nn_gru; /* working memory, and what the way back needs */

/* For batches of at most `batch` sequences of at most `most` tokens. */
struct nn_gru *nn_gru_new(const struct nn_gru_shape *shape, int batch, int most);
void nn_gru_free(struct nn_gru *g);

/*   x (most,batch,in): the tokens of one moment together   length (batch,): 1 to most
 *   last (batch,units)   Here `batch` and `most` are those of this call. */
void nn_gru_forward(struct nn_gru *g, const struct nn_gru_weights *w, int batch, int most,
                    const int *length, const float *x, float *ret_last);

/* Of the last forward.   dlast (batch,units)   grad is added to   dx like x, written. */
void nn_gru_back(struct nn_gru *g, const struct nn_gru_weights *w, const float *x,
                 const float *dlast, const struct nn_gru_weights *grad, float *dx);

#endif
