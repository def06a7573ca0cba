/* What thinking buys: the built-in pair asked the same held-out questions, the reasoning model
 * also with its thinking cut after so many tokens and the answer forced, by number of steps;
 * then votes over samples of the longest questions.
 *
 * Everything is asked for real, in slices of about 2 ms from the loop, so that a screen stays
 * alive meanwhile; between two figures a slice takes 0.1 ms for each question (drawing them, and
 * the intervals). The figures are recorded as facts, the questions are not.
 *
 *     struct budget *b = budget_start(lab, &options, hear, self, &err);
 *     ... lab_turn until budget_is_over(b)
 *     budget_free(b);                             at any time: what still runs is given up
 */
#ifndef LAB_BUDGET_H
#define LAB_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/lab/lab.h"
#include "core/lab/stats.h"
#include "core/nn/problem.h"

#define BUDGET_STEPS       6   /* budgets are tried on questions of 1 to so many steps */
#define BUDGET_SAMPLES     15  /* of every question that is voted on */
#define BUDGET_TEMPERATURE 0.8 /* of those samples */

enum budget_how {
    BUDGET_FREE,    /* as the model likes */
    BUDGET_CUT,     /* thinking ends after `allowed` tokens */
    BUDGET_CAREFUL, /* beside the votes: one answer, the likeliest token each time */
    BUDGET_VOTE,    /* the answer most of `samples` samples gave */
    BUDGET_SOME,    /* at least one of `samples` samples was right */
};

/* One figure, over n questions of one number of steps. */
struct budget_figure {
    enum budget_how how;
    const char *model; /* "fast", "reason" */
    int steps;
    int allowed; /* BUDGET_CUT: tokens of thinking */
    int samples; /* BUDGET_VOTE, BUDGET_SOME */
    size_t n, right;
    struct interval share;   /* of right answers */
    struct interval tokens;  /* written for a question, all its samples together */
    struct interval thought; /* those of thinking */
};

/* The lines of the first table in order: -2 the fast model, -1 the reasoning model as it likes,
 * else the tokens of thinking it is allowed. */
#define BUDGET_LINE_FAST (-2)
#define BUDGET_LINE_FREE (-1)
extern const int budget_lines[];
extern const size_t budget_line_count;
/* Numbers of steps and sizes of votes in the second table. */
extern const int budget_vote_steps[];
extern const size_t budget_vote_step_count;
extern const int budget_vote_sizes[];
extern const size_t budget_vote_size_count;

struct budget_options {
    enum problem_kind kind; /* one that comes in 1 to 8 steps: chain, word */
    size_t n;               /* questions for each number of steps */
    uint64_t seed;          /* the same seed asks the same questions and draws the same samples */
};

struct budget;
/* With each finished figure (`fresh`), and after slices that ended questions or all of it (NULL).
 * From net_step; may free the budget. */
typedef void budget_hear(void *self, const struct budget_figure *fresh);

/* Fails where the kind does not come by steps or a model cannot be opened. */
struct budget *budget_start(struct lab *lab, const struct budget_options *o, budget_hear *hear,
                            void *self, struct error *err);
void budget_free(struct budget *b); /* accepts NULL */
bool budget_is_over(const struct budget *b);
/* Questions asked, and how many there will be. */
void budget_progress(const struct budget *b, size_t *ret_asked, size_t *ret_to_ask);

/* The figure of a line of the first table, or of the second; NULL while there is none. */
const struct budget_figure *budget_at(const struct budget *b, int line, int steps);
const struct budget_figure *budget_vote_at(const struct budget *b, enum budget_how how, int samples,
                                           int steps);
/* Tokens written for a question of a line, over all its steps. NAN: none yet. */
double budget_line_tokens(const struct budget *b, int line);

/* What follows, a sentence each, out of the figures there are; nothing where they say nothing.
 * Appended. */
void budget_cliff_words(const struct budget *b, struct buf *to);
void budget_vote_words(const struct budget *b, struct buf *to);

#endif
