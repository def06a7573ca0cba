/* Inside a budget: what its two files share (budget.h). Nobody else includes this. */
#ifndef LAB_BUDGET_INSIDE_H
#define LAB_BUDGET_INSIDE_H

#include "core/lab/budget.h"
#include "core/model/mini_shelf.h"
#include "core/nn/trial.h"

/* What is gathered for one figure, an entry a question. */
struct gathering {
    size_t right;
    struct sample tokens, thought;
};

struct budget {
    struct net *net;
    struct net_timer timer;
    budget_hear *hear;
    void *self;
    bool *gone; /* while it tells: set where it is freed meanwhile */

    struct lab *lab;
    int64_t measured; /* when it began: one number for all its facts */
    enum problem_kind kind;
    size_t n;
    uint64_t seed;
    const struct mini_model *fast, *reason;
    struct problem *problems; /* (n,) of this stage, of which `count` there are */
    size_t count;

    size_t stage; /* what is asked now; past the last: over */
    bool open, asking;
    size_t question, trial_at; /* within the stage, within the question */
    struct nn_stream *stream;
    struct random random;
    struct trial_work work;
    struct trial trials[1 + BUDGET_SAMPLES];

    struct gathering plain, votes[3], some;
    struct sample over_careful, over_sample; /* the largest vote less those two, a question each */
    struct budget_figure *figures;
    size_t figure_count, figure_cap;
    size_t asked, to_ask;
};

#endif
