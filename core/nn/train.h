/* Training a built-in model: examples in, weights out, one update at a time.
 *
 * The trainer knows nothing of questions: a source gives it token ids. An update draws a
 * batch of examples, sums the gradient of the mean cross-entropy over all target tokens, and
 * moves the weights: matrices by Muon, the rest by Adam (optim.h).
 *
 * The same shape, recipe, source and sequence of progress values give the same weights, bit
 * for bit, on the same machine, however many threads there are. */
#ifndef NN_TRAIN_H
#define NN_TRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/nn/shape.h"

/* One example: a prompt the model is given and the target it has to write after it. */
struct nn_example {
    int ids[NN_MAX_TOKENS]; /* prompt, then target, end mark included */
    int prompt;             /* tokens of the prompt, >= 1; no loss on them */
    int total;              /* prompt < total <= NN_MAX_TOKENS */
    /* Index of the mark that ends the question: from it on, positions may be moved ahead by a
     * random gap. Usually prompt - 1; less where the prompt holds part of a trace. */
    int turn;
};

/* Draws the next example. `r` is the only source of chance; `progress` runs from 0 to 1 over
 * the training (for a curriculum). Called from one thread. */
typedef void nn_source_fn(void *self, struct random *r, double progress, struct nn_example *ret);

struct nn_source {
    nn_source_fn *draw;
    void *self;
};

/* How to train. Start from nn_recipe_usual and change what differs. */
struct nn_recipe {
    uint64_t seed;
    int shares;          /* 1 to NN_MAX_SHARES: into how many parts a batch is cut */
    int threads;         /* that do them; 0: as many as there are processors */
    int batch, batch_to; /* examples an update at the start, and from half of the way on */
    int warm;            /* updates over which the rates grow from 0 */
    double rate_matrix, rate_rest; /* highest rates: Muon, Adam */
    double rate_floor;             /* what is left of them at the end, as a share */
    int gap;                       /* positions of the random gap: 0 to gap - 1 */
    double gap_share;              /* share of examples that get one */
};

/* Sums are taken share by share, so that the shares, and not the threads, make a run repeat. */
#define NN_MAX_SHARES 16

/* Seed 1, 2 shares, batch 12 to 48, 50 updates of warm-up, rates 0.02 and 0.005 down to
 * 2 %, no gap. */
struct nn_recipe nn_recipe_usual(void);

/* What one update did. */
struct nn_update {
    int64_t number; /* 1 for the first */
    double loss;    /* mean over the target tokens of this batch, in nats */
    int tokens;     /* all tokens of the batch */
    int targets;    /* those that counted */
    double rate;    /* share of the highest rates that was used */
};

struct nn_trainer;

/* A fresh model and its optimizer. Keeps `source.self`. The shape has passed nn_shape_check. */
struct nn_trainer *nn_trainer_new(const struct nn_shape *shape, const struct nn_recipe *recipe,
                                  struct nn_source source);
void nn_trainer_free(struct nn_trainer *t);

/* One update. `progress` (0 to 1) sets rates, batch and curriculum: the share of updates or of
 * time that is behind. The loss is checked: false when it is no longer a number (rates too
 * high), with the weights of before. */
bool nn_trainer_step(struct nn_trainer *t, double progress, struct nn_update *ret,
                     struct error *err);

/* The weights as they stand, nn_map.count numbers; borrowed until the next step. */
const float *nn_trainer_weights(const struct nn_trainer *t);
const struct nn_shape *nn_trainer_shape(const struct nn_trainer *t);
int64_t nn_trainer_updates(const struct nn_trainer *t); /* done so far */
int64_t nn_trainer_tokens(const struct nn_trainer *t);  /* seen so far */

/* A checkpoint: weights, optimizer states, random state and counts, written beside and
 * renamed over, with a digest. A trainer made with the same shape and recipe that loads it
 * goes on exactly as the one that wrote it. Load refuses, with a sentence and nothing
 * changed, a file that is damaged or of another shape or recipe. */
bool nn_trainer_save(const struct nn_trainer *t, const char *path, struct error *err);
bool nn_trainer_load(struct nn_trainer *t, const char *path, struct error *err);

#endif
