/* Answers that were being written when their program died: a crash, a kill, a power cut. Their
 * text so far is in the history; each is offered to the person once, to be kept as it is or
 * asked again. */
#ifndef STORE_INTERRUPTED_H
#define STORE_INTERRUPTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/store/store.h"

/* Borrowed for the call of the handler; "" where unknown. Nobody counted tokens: the lengths
 * are bytes. */
struct interrupted {
    int64_t answer_id, pair_id, at_wall; /* pair_id: the other side of a compare, or 0 */
    const char *purpose, *role, *server, *model, *query, *answer, *thinking;
    size_t query_len, answer_len, thinking_len;
};

/* Those not yet offered whose question was kept, newest first, at most 100. Nothing where the
 * database cannot be written: what is offered then would be offered for ever. */
typedef bool interrupted_each(void *self, const struct interrupted *i);
bool interrupted_list(struct store *s, interrupted_each *each, void *self, struct error *err);

/* It is never offered again. outcome: what the person chose ("kept", "again"), or NULL where
 * nothing was chosen. */
bool interrupted_offered(struct store *s, int64_t answer_id, const char *outcome,
                         struct error *err);

#endif
