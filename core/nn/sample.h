/* Choosing the next token from its scores. */
#ifndef NN_SAMPLE_H
#define NN_SAMPLE_H

#include "core/base/random.h"

/* How to choose. Temperature 0 takes the likeliest (the lowest id of equals) and draws
 * nothing; else logits are divided by it. Top-p keeps the likeliest tokens whose shares
 * together reach top_p, at least one; 1 keeps all. */
struct nn_taste {
    double temperature; /* >= 0 */
    double top_p;       /* 0 < top_p <= 1 */
};

struct nn_pick {
    int id;
    double logprob; /* in nats, under the model itself: temperature 1, all tokens */
};

/* logits (vocab,), 1 <= vocab <= NN_MAX_VOCAB. `r` is used for a temperature above 0 only. */
struct nn_pick nn_choose(int vocab, const float *logits, const struct nn_taste *taste,
                         struct random *r);

/* What the model gives a token that was not chosen by it. */
double nn_logprob(int vocab, const float *logits, int id);

#endif
