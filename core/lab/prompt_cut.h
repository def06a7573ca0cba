/* Whether a server dropped a part of the prompt without a word. Some do, where it does not fit:
 * then the answer is one to another question, and the only sign is how few tokens were counted. */
#ifndef LAB_PROMPT_CUT_H
#define LAB_PROMPT_CUT_H

#include <stdbool.h>

#include "core/model/event.h"
#include "core/store/cache.h"

/* Fewer tokens than this no model in use makes of a text (valid UTF-8, len bytes): no estimate of
 * how many there are, which is two to three times that in plain English. 0 for NULL, blanks and
 * signs. */
int64_t prompt_least_tokens(const char *text, size_t len);

/* Whether the count is so far below what was sent (query, suffix and system text) that something was
 * left out. Never for short prompts, for counts that are not known, and where tokens the server
 * had in its own cache explain it. */
bool prompt_looks_cut(const struct cache_key *sent, const struct usage *u);

#endif
