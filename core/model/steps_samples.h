/* The sentences mini/steps learns from: data/mini/steps.samples, one a line with its task.
 *
 *   add: [what is|how much is] {number} plus {number}?
 *   other: how tall is an oak?
 *
 * Each time a line is learnt from, chance fills in one part of [this|that|] and what stands in
 * braces, so that the network learns the wording and not the words: {number} a whole number of
 * 1 to 5 digits, {word} a made-up word, {noise} characters without sense. Brackets without a bar
 * are text, and so are braces but for those that open a name. Lines that are blank or begin with
 * # are not read. Every task of the table (steps_task.h) has at least one line.
 */
#ifndef MODEL_STEPS_SAMPLES_H
#define MODEL_STEPS_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/random.h"
#include "core/nn/reader.h"

/* A file learns in seconds; one of this many lines takes minutes. */
#define STEPS_MAX_SAMPLES 5000
/* A line may be longer than what the network reads of it, but not without end. */
#define STEPS_MAX_SAMPLE 400

struct steps_sample {
    int task;
    const char *text; /* with its braces */
    size_t len;
};

struct steps_samples {
    struct steps_sample *sample;
    int count;
    struct hash digest; /* of the file */
    struct arena arena; /* owns all of it */
};

/* Errors name file and line. */
bool steps_samples_read(const char *path, struct steps_samples *ret, struct error *err);
/* The same from bytes; `path` is for the sentences. */
bool steps_samples_parse(const char *path, const char *text, size_t len, struct steps_samples *ret,
                         struct error *err);
void steps_samples_done(struct steps_samples *s);

/* A sample as the network reads it (steps_text.h), as a person might have typed it this time: its
 * braces filled, a "please" or a question mark more or less, a slip of the finger. */
void steps_sample_draw(const struct steps_sample *s, struct random *r, struct nn_letters *ret);

#endif
