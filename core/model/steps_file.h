/* What mini/steps keeps of its learning: a file in the data folder.
 *
 * All numbers are little-endian.
 *
 *   at   bytes
 *    0      8  "rlab.st" and a line feed
 *    8      4  version of this format: 1
 *   12      4  embedding, 32
 *   16      4  units, 64
 *   20      4  most characters read, 128
 *   24      8  seed it learnt with
 *   32     32  digest of the samples it learnt from
 *   64     64  the alphabet (steps_text.h), filled up with zeros
 *  128    256  names of the tasks in order, 16 bytes each, filled up with zeros
 *  384      4  count: how many weights follow
 *  388      4  epochs: how many losses follow them
 *  392     32  BLAKE2b-256 of the whole file with these 32 bytes left out
 *  424      4  each weight as a float, in the order of nn_reader (core/nn/reader.h)
 *           4  each epoch's mean loss as a float
 *
 * A file is read whole and every field checked before a weight is believed. */
#ifndef MODEL_STEPS_FILE_H
#define MODEL_STEPS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/nn/reader.h"

/* Times every sample is learnt from. */
#define STEPS_EPOCHS 150

struct steps_card {
    uint64_t seed;
    struct hash samples; /* digest of the file of samples */
    struct hash digest;  /* of the file: the model's identity */
};

/* The network. */
struct nn_reader_shape steps_shape(void);

/* Bytes of a file of this program. */
size_t steps_file_size(void);

/* `path` is for the sentences. `ret_weights` takes nn_reader_count numbers, `ret_curve`
 * STEPS_EPOCHS. Damaged, cut off, foreign and too new files are refused. */
bool steps_file_parse(const char *path, const void *bytes, size_t len, struct steps_card *ret,
                      float *ret_weights, float *ret_curve, struct error *err);
bool steps_file_read(const char *path, struct steps_card *ret, float *ret_weights, float *ret_curve,
                     struct error *err);

/* The bytes of a file, steps_file_size of them; fills card->digest. */
void steps_file_print(struct steps_card *card, const float *weights, const float *curve,
                      unsigned char *ret);

#endif
