/* Causal attention, fast: plain_attention (plain.h) in floats, over a pack (layer.h). */
#ifndef NN_ATTENTION_H
#define NN_ATTENTION_H

#include <stddef.h>

/* The sequences of a pack and the heads that look at them. */
struct nn_sight {
    int seqs;
    const int *start; /* (seqs + 1,) */
    int heads, width; /* width: channels of all heads */
};

/* Numbers in p: a square of each sequence's length for each head. */
size_t nn_attention_size(const struct nn_sight *sight);

/*   qkv (rows,3 width): queries and keys turned (nn_turn), values   scale (heads,)
 *   y (rows,width)   p: who listened to whom, nn_attention_size numbers, for the way back */
void nn_attention(const struct nn_sight *sight, const float *qkv, const float *scale, float *ret_p,
                  float *ret_y);

/*   dy (rows,width)   dqkv (rows,3 width) is written   dscale (heads,) is added to
 *   scratch: NN_MAX_TOKENS squared numbers */
void nn_attention_back(const struct nn_sight *sight, const float *qkv, const float *scale,
                       const float *p, const float *dy, float *scratch, float *dqkv, float *dscale);

#endif
