/* An answer that is written inside the program, not by a server: what all such writers share.
 * built_in.c holds the list of them. */
#ifndef MODEL_INSIDE_H
#define MODEL_INSIDE_H

#include <stddef.h>

#include "core/model/call.h"

/* First member of each writer's own struct. */
struct inside {
    /* As provider.cancel. */
    void (*cancel)(struct inside *i, struct usage *ret);
};

/* Where the first stop text of a request begins in text, or len. */
size_t inside_find_stop(const struct call_request *r, const char *text, size_t len);

#endif
