/* mini/steps: a small network that names the task, and exact arithmetic that does it and shows
 * its steps. A good first network to read whole:
 *
 *   steps_text      a question as a row of small numbers
 *   nn_reader       the network: which task is it, and how sure (core/nn/reader.h)
 *   steps_task      the tasks: find the inputs, compute, explain (steps_number, steps_word)
 *   steps_samples   the sentences it learns from
 *   steps_file      what it keeps of its learning
 *
 * It learns the first time it is needed, in seconds, and keeps the weights; later starts load
 * them. It learns anew when the samples have changed since, and when the kept file is damaged
 * or foreign.
 *
 *   struct steps *s;
 *   if (!steps_open(samples, weights, &s, err)) ...
 *   while (!steps_train_slice(s))
 *       ...                                     a loop stays alive here
 *   steps_answer(s, text, len, &answer, &confidence);
 *
 * Belongs to one thread. The same samples and seed give the same weights on the same machine. */
#ifndef MODEL_STEPS_H
#define MODEL_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/model/steps_task.h"

/* An answer that is less sure of its task than this is a refusal. */
#define STEPS_SURE 0.6
#define STEPS_SEED 1

struct steps;

/* `samples`: the file of sentences. `weights`: where the learning is kept, NULL for nowhere; its
 * folder is made. Fails where the samples are NULL (none
 * were found), cannot be read or are not well formed; what is wrong
 * with the weights is no failure but a note. */
bool steps_open(const char *samples, const char *weights, struct steps **ret, struct error *err);
void steps_free(struct steps *s);

/* Forgets all and learns with this seed, by slices. */
void steps_restart(struct steps *s, uint64_t seed);
/* Learns a little, 8 sentences in a few milliseconds; true once all is learnt (and kept, if it
 * can be). */
bool steps_train_slice(struct steps *s);
bool steps_ready(const struct steps *s);

/* A sentence for the person, given once, then NULL: that a kept file was refused, that the
 * samples changed, that the weights cannot be kept. Borrowed until the next call. */
const char *steps_note(struct steps *s);

struct steps_progress {
    int epoch, epochs; /* done, and in all */
    const float *loss; /* (epoch,): mean cross-entropy of each, in nats; borrowed */
};
struct steps_progress steps_progress(const struct steps *s);

/* Digest of what is kept, weights and all: the model's identity. Zero until ready. */
struct hash steps_digest(const struct steps *s);

/* Which task a text asks for, and its share of the network's belief, 0 to 1. The model is
 * ready. */
const struct steps_task *steps_recognise(struct steps *s, const char *text, size_t len,
                                         double *ret_share);

/* Appends the answer: an opening line with the confidence, numbered steps, the last of which
 * ends in the result; or one sentence that says what is missing; or the refusal. `text` is valid
 * UTF-8. The model is ready. False, with nothing added, where the ceiling of `answer` would be
 * passed. */
bool steps_answer(struct steps *s, const char *text, size_t len, struct buf *answer,
                  double *ret_confidence);

#endif
