/* What a trainer consists of; for train.c and checkpoint.c only. */
#ifndef NN_TRAIN_STATE_H
#define NN_TRAIN_STATE_H

#include "core/nn/crew.h"
#include "core/nn/learn.h"
#include "core/nn/train.h"

/* One share of an update. */
struct share {
    struct nn_learner *learner;
    struct nn_pack pack;
    float *grad;    /* (count,) */
    float *scratch; /* for Muon's largest matrix */
    int *example;   /* (examples,): which of the batch are this share's */
    int examples, tokens;
    double loss;
};

struct nn_trainer {
    struct nn_shape shape;
    struct nn_recipe recipe;
    struct nn_source source;
    size_t count;
    struct nn_weight list[NN_MAX_WEIGHTS];
    int weights;

    /* The state: with these, and nothing else, a run goes on exactly. */
    float *w;      /* (count,) */
    float *mean;   /* (count,): momentum of matrices, Adam's first average of the rest */
    float *square; /* (count,): Adam's second average; unused for matrices */
    struct random random;
    int64_t updates, tokens;

    /* Of the update at hand. */
    struct nn_crew *crew;
    struct share share[NN_MAX_SHARES];
    struct nn_example *batch; /* (examples,) */
    int *gap, *order;         /* (examples,) */
    int examples;
    float weight; /* of one target in the mean */
    double rate;
};

#endif
