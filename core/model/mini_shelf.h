/* The built-in models of this machine: weights files in up to two folders, the person's own
 * before the shipped ones, read when first needed and shared by everybody who asks.
 *
 * NAME.weights is the model mini/NAME; the digest of the file is its identity. A file that
 * changed (a training that went on) is read anew by whoever asks next, while those who are
 * writing keep what they began with. */
#ifndef MODEL_MINI_SHELF_H
#define MODEL_MINI_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/model/server.h"
#include "core/nn/stream.h"
#include "core/nn/weights.h"

struct mini_model {
    const char *path;
    struct nn_card card;
    struct nn_net *net;
    bool thinks;   /* it begins with thinking: asked of the model itself */
    int64_t bytes; /* of the file */
};

/* Lends a model: give it back with mini_return. NULL with err set: ERR_MODEL where there is
 * none of that name (the known ones are listed), else what is wrong with its file. */
const struct mini_model *mini_borrow(const struct server *s, const char *name, struct error *err);
void mini_return(const struct mini_model *m); /* accepts NULL */

/* Names of all weights files, each once, own ones first; at most `max`. The strings live in
 * the arena. */
size_t mini_names(const struct server *s, struct arena *a, const char **ret, size_t max);

#endif
