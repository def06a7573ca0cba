/* The built-in pair: what `mini/fast` and `mini/reason` are and how they were trained.
 *
 * Both get the same questions. `fast` answers at once; `reason` writes its working first. They
 * are the same size, so that what tells them apart is the thinking. */
#ifndef NN_PAIR_H
#define NN_PAIR_H

#include "core/nn/source.h"
#include "core/nn/train.h"

struct nn_built_in {
    const char *name; /* "fast" */
    struct nn_shape shape;
    struct nn_recipe recipe;
    int updates; /* of the whole training */
    const struct problem_source *source;
};

/* The row of a name; NULL where there is none. */
const struct nn_built_in *nn_built_in_find(const char *name);

#endif
