/* Running a built-in model: tokens in, one at a time, and the scores of the next one out.
 *
 * A net holds the weights in the order that running likes; any number of streams share it,
 * from any thread each. A stream is one text being written: what its tokens leave behind for
 * those that follow (keys, values, the last inputs of each filter), about 3 KiB a token, all
 * reserved at birth. Feeding allocates nothing.
 *
 * No library computes here, and sums have one fixed order (lanes.h): the same weights and
 * tokens give the same scores on every machine. */
#ifndef NN_STREAM_H
#define NN_STREAM_H

#include <stdbool.h>

#include "core/nn/shape.h"

struct nn_net;
struct nn_stream;

/* `weights` flat as in shape.h; copied. The shape has passed nn_shape_check. */
struct nn_net *nn_net_new(const struct nn_shape *shape, const float *weights);
void nn_net_free(struct nn_net *net); /* after its streams */
const struct nn_shape *nn_net_shape(const struct nn_net *net);

/* Keeps `net`. */
struct nn_stream *nn_stream_new(const struct nn_net *net);
void nn_stream_free(struct nn_stream *s);
void nn_stream_clear(struct nn_stream *s); /* ready for another text */

/* Takes n >= 1 more tokens, 0 <= id < vocab: a prompt at once or in pieces, then each token
 * chosen. At most nn_stream_room of them. */
void nn_stream_feed(struct nn_stream *s, const int *ids, int n);
/* One token into each of n different streams of one net: the same as feeding them one by one,
 * bit for bit, but the weights are gone through once for several. */
void nn_streams_feed(int n, struct nn_stream *const *s, const int *ids);
int nn_stream_tokens(const struct nn_stream *s); /* taken so far */
int nn_stream_room(const struct nn_stream *s);   /* tokens it can still take */

/* Scores (vocab,) of what comes after the last token taken: logits, softmax not applied.
 * Borrowed until the next feed or clear. At least one token has been taken. */
const float *nn_stream_logits(const struct nn_stream *s);

#endif
