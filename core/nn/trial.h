/* Asking a model a problem whose answer is known, and judging what it writes. For training and
 * evaluation; the models as they are asked by people live in core/model/mini.h. */
#ifndef NN_TRIAL_H
#define NN_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/random.h"
#include "core/nn/problem.h"
#include "core/nn/sample.h"
#include "core/nn/stream.h"
#include "core/nn/train.h"

/* How to ask. { .budget = -1, .taste = { .top_p = 1 } } is the plain way: thinking as long as
 * it likes, the likeliest token each time. */
struct trial_ask {
    int budget; /* tokens of thinking, then the answer is forced; -1: no limit */
    struct nn_taste taste;
};

#define TRIAL_ANSWER_MOST 24 /* tokens kept of an answer; the right ones are far shorter */

struct trial {
    bool right;
    bool refused;
    int written; /* tokens the model chose, marks included */
    int thought; /* those between the marks of thinking */
    /* The answer, without its end mark; `answered` is false where none was finished. */
    bool answered;
    int answer[TRIAL_ANSWER_MOST], answer_count;
    double answer_logprob; /* of its tokens and the end mark together, in nats */
    double lowest_logprob; /* of any token it chose */
};

/* Asking in pieces of a token or a few, for who has other things to do meanwhile. A struct of
 * the caller's; nothing to free. */
struct trial_work {
    struct nn_stream *stream;
    struct trial *trial;
    struct trial_ask ask;
    struct random *random;
    struct nn_example example;
    int fed; /* tokens of the prompt */
    bool thinking;
};

/* As trial_run, which is this and trial_go until it says false; stream, `r` and `ret` are kept
 * until then. */
void trial_begin(struct trial_work *w, struct nn_stream *s, const struct problem *p,
                 const struct trial_ask *ask, struct random *r, struct trial *ret);
bool trial_go(struct trial_work *w);

/* Asks once. The stream is cleared first; `r` is used for a temperature above 0 only. */
void trial_run(struct nn_stream *s, const struct problem *p, const struct trial_ask *ask,
               struct random *r, struct trial *ret);
/* The same answer, token by token; never where one was not finished. */
bool trial_same_answer(const struct trial *a, const struct trial *b);
/* The answer most of them gave, the first given of equals; NULL where none has one. */
const struct trial *trial_vote(const struct trial *trials, size_t count);

/* At most n different held-out problems of a kind (and a number of steps; 0: any), the same for
 * the same seed. Returns how many there are: fewer where few exist. */
size_t trial_draw(enum problem_kind kind, int steps, size_t n, uint64_t seed, struct problem *ret);

/* How well a score tells right from wrong: the chance that a right one scores higher than a
 * wrong one, 0.5 where it says nothing (area under the ROC curve). NAN where one side is
 * empty. score, right (n,). */
double trial_auroc(const double *score, const bool *right, size_t n);

#endif
