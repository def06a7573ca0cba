/* What the network of mini/steps reads: a question as a row of small numbers.
 *
 * The text is trimmed, lower-cased, and each run of white space becomes one space. Then every
 * character is one id: 2 and up for a to z, 0 to 9, ? + - , . and space, in this order; 1 for
 * all others; 0 is padding and never read. Longer texts are read up to STEPS_MAX_CHARS characters, 128. */
#ifndef MODEL_STEPS_TEXT_H
#define MODEL_STEPS_TEXT_H

#include <stddef.h>

#include "core/nn/reader.h"

#define STEPS_ALPHABET  "abcdefghijklmnopqrstuvwxyz0123456789?+-,. "
#define STEPS_MAX_CHARS NN_MAX_LETTERS

enum { STEPS_PAD, STEPS_UNKNOWN, STEPS_FIRST_CHAR };
#define STEPS_VOCAB (STEPS_FIRST_CHAR + (int)sizeof STEPS_ALPHABET - 1)

/* An empty text is read as one unknown character: there is always something to read. */
void steps_text_read(const char *text, size_t len, struct nn_letters *ret);

#endif
