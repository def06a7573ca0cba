/* The weights file: a trained model as it is shipped, about two bytes a weight.
 *
 * All numbers are little-endian.
 *
 *   at   bytes
 *    0      8  "rlab.nn" and a line feed
 *    8      4  version of this format: 1
 *   12      4  vocab
 *   16      4  width
 *   20      4  layers
 *   24      4  heads
 *   28      4  0
 *   32      8  count: how many weights follow
 *   40     32  name, a to z, 0 to 9, '-', '_', '.', filled up with zeros
 *   72     32  digest of the vocabulary it was trained with
 *  104      2  each weight as a 16-bit float (half.h), in the order of shape.h
 *  end     32  BLAKE2b-256 of all before it
 *
 * A file is read whole and every field checked before a weight is believed: damaged, cut off,
 * foreign or too new a file is refused with a sentence that names it. */
#ifndef NN_WEIGHTS_H
#define NN_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/nn/shape.h"

#define NN_NAME_SIZE    32 /* with its NUL */
#define NN_HEADER_BYTES 104
/* Largest file taken: ten times the built-in pair, for larger ones of a person's own. */
#define NN_MAX_FILE_BYTES ((size_t)40 << 20)

/* What a file says of its weights. */
struct nn_card {
    char name[NN_NAME_SIZE];
    struct nn_shape shape;
    struct hash vocab;  /* of the vocabulary */
    struct hash digest; /* the file's last field: the model's identity */
};

/* Reads the bytes of a file; `path` is for the sentences. `ret_weights` are nn_map.count
 * floats, freed with mem_free. */
bool nn_weights_parse(const char *path, const void *bytes, size_t len, struct nn_card *ret,
                      float **ret_weights, struct error *err);
bool nn_weights_read(const char *path, struct nn_card *ret, float **ret_weights, struct error *err);

/* Writes beside and renames over; `card->digest` is not looked at. Refuses a name that is none
 * and a weight that 16 bits cannot hold. */
bool nn_weights_write(const char *path, const struct nn_card *card, const float *weights,
                      struct error *err);

#endif
