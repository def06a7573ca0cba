/* Which word of a sentence a person wants reversed: "spell rover backwards please" means
 * rover.
 *
 *   1. what stands in quotes, all of it
 *   2. the word right after "word", "text", "name" and the like
 *   3. otherwise, of the words that do not belong to the usual ways to ask, the one nearest
 *      to "reverse", "flip", "backwards", ...
 *   4. where there is none, a word of asking that stands where the one meant would:
 *      "reverse order", "spell letter backwards"
 *
 * Marks at a word's ends are not part of it; those inside are (well-known, don't). */
#ifndef MODEL_STEPS_WORD_H
#define MODEL_STEPS_WORD_H

#include <stdbool.h>
#include <stddef.h>

/* Words of a sentence that are looked at; the network reads far less. */
#define STEPS_MAX_WORDS 256

/* False where no word is meant; `ret` points into the text. */
bool steps_word_find(const char *text, size_t len, const char **ret, size_t *ret_len);

#endif
