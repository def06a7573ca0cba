/* Questions for the built-in models: drawn by chance from a seed, in plain words, each with
 * its worked trace and its answer. Training and evaluation draw from here; nothing that
 * answers a question does.
 *
 * A problem is what is asked, whatever the wording: its canonical key. One problem in sixteen,
 * chosen by a hash of the key, is held out: no training ever sees it in any wording. Problems
 * whose numbers are all below 10 are never held out, since everybody tries 7 times 8. */
#ifndef NN_PROBLEM_H
#define NN_PROBLEM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/random.h"

/* X(id, name, fewest steps, most steps in training, most steps ever, what it is). Where the
 * fewest and the most steps differ, a caller may ask for a number of steps; the others
 * are what they are (0: varies with the problem, within what `steps` says). */
#define PROBLEM_LIST(X)                                                                            \
    X(ADD, "add", 1, 1, 1, "the sum of two numbers")                                               \
    X(SUB, "sub", 1, 1, 1, "the difference of two numbers")                                        \
    X(TIMES, "times", 1, 1, 1, "a number of up to two digits times one of one digit")              \
    X(REV, "rev", 1, 1, 1, "a word written backwards")                                             \
    X(PARITY, "parity", 1, 1, 1, "even or odd")                                                    \
    X(COMPARE, "compare", 1, 1, 1, "which of two numbers is bigger or smaller")                    \
    X(CHAIN, "chain", 1, 6, 8, "start with a number, then do this and that")                       \
    X(EXPR, "expr", 2, 6, 8, "a line of sums, or a sum with a product")                            \
    X(WORD, "word", 1, 6, 8, "a small story of things bought, sold and given away")                \
    X(BAT, "bat", 2, 3, 3, "two things cost so much together, one costs more")                     \
    X(SEQ, "seq", 6, 7, 7, "the next number of a sequence")                                        \
    X(MUL, "mul", 3, 3, 3, "the product of two numbers of two digits")                             \
    X(SUMPAR, "sumpar", 1, 5, 7, "is this sum even or odd")                                        \
    X(REFUSE, "refuse", 0, 0, 0, "anything else: to be refused")                                   \
    X(BROKEN, "broken", 1, 6, 8, "a step goes below 0 or halves an odd number: to be refused")

enum problem_kind {
#define X(id, name, fewest, usual, most, help) PROBLEM_##id,
    PROBLEM_LIST(X)
#undef X
        PROBLEM_KINDS
};

const char *problem_kind_name(enum problem_kind k);
const char *problem_kind_help(enum problem_kind k);
bool problem_kind_find(const char *name, enum problem_kind *ret); /* false where unknown */
/* The known names for an error text: "add, sub, ...". Appended. */
void problem_kind_names(struct buf *to);
bool problem_kind_is_one_step(enum problem_kind k); /* thinking buys nothing there */
bool problem_kind_is_refused(enum problem_kind k);  /* "I cannot" is the right answer */
/* Steps a caller may ask for (problem_ask.steps); false where the kind has no choice. */
bool problem_kind_steps(enum problem_kind k, int *ret_fewest, int *ret_most);

#define PROBLEM_QUESTION_SIZE 640
#define PROBLEM_TRACE_SIZE    160
#define PROBLEM_ANSWER_SIZE   16

struct problem {
    enum problem_kind kind;
    int steps;                            /* equations of the working; 0 for a refusal */
    char question[PROBLEM_QUESTION_SIZE]; /* as a person types it */
    char trace[PROBLEM_TRACE_SIZE];       /* "7+15=22;22*2=44" */
    char answer[PROBLEM_ANSWER_SIZE];     /* "44", "even", "olleh"; "" where it must refuse */
    char key[PROBLEM_QUESTION_SIZE + 1];  /* the same for all wordings */
    bool held_out;
};

/* Held out by the hash of the key alone, before the rule of small numbers. */
bool problem_key_held_out(const char *key);

enum problem_side { PROBLEM_TRAINING, PROBLEM_HELD_OUT, PROBLEM_EITHER };

/* What to draw. { .kind = K } asks for any training problem of a kind. */
struct problem_ask {
    enum problem_kind kind;
    enum problem_side side;
    int steps;      /* exactly so many; 0: drawn */
    int most_steps; /* of those drawn; 0: as many as are trained */
};

/* Draws one problem. `r` is the only source of chance: the same state draws the same problem.
 * Fails only where a kind has no problems of that many steps. */
bool problem_draw(const struct problem_ask *ask, struct random *r, struct problem *ret,
                  struct error *err);

/* How often each kind comes up while a model is trained: relative weights. */
struct problem_mix {
    const char *name;
    int weight[PROBLEM_KINDS];
    double ones;      /* share of the chains and stories that have one step only */
    bool broken_ones; /* the broken have one only: what fails later cannot be seen at a glance,
                         and would teach to give up on all of them */
};
extern const struct problem_mix problem_mix_fast, problem_mix_reason;

/* A training problem of a mix. `progress` runs from 0 to 1: the number of steps grows from 2
 * to 6 over the first third. */
void problem_draw_mix(const struct problem_mix *mix, double progress, struct random *r,
                      struct problem *ret);

#endif
