/* Text that arrives in pieces, made valid UTF-8: a sequence cut between two pieces is joined
 * again, and what can never become one is shown as U+FFFD, one for each broken run. */
#ifndef WIRE_REPAIR_H
#define WIRE_REPAIR_H

#include <stddef.h>

#include "core/base/buf.h"

/* Zeroed: nothing is held. */
struct repair {
    char held[4]; /* the start of a sequence that is not whole yet */
    size_t held_len;
};

/* Appends what can be said for sure; at most three bytes are held back. */
void repair_add(struct repair *r, const char *text, size_t len, struct buf *to);
/* No more text comes: a held start becomes U+FFFD. */
void repair_end(struct repair *r, struct buf *to);

#endif
