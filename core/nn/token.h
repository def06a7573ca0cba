/* Text to tokens and back, for the built-in models.
 *
 * Reading: lower case; digits and signs one by one; a word of the vocabulary is one token, any
 * other goes letter by letter; a space is kept (TOKEN_BLANK) only between two pieces that go
 * letter by letter or digit by digit. In a question about spelling (it holds "reverse", "spell"
 * or "backwards") every word is spelled but for the few that ask. An x between two numbers is
 * a times sign, and so are the typographic signs for times, minus and division.
 *
 * Numbers are turned round at the edges, here and nowhere else: inside the models the units
 * come first, because then a digit of a sum depends only on what was read already. */
#ifndef NN_TOKEN_H
#define NN_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/nn/vocabulary.h"

/* The tokens of a text. Writes at most max of them and returns how many there are, so a
 * larger result says that the text did not fit. Any bytes will do: what is not a letter,
 * digit or sign the models know becomes TOKEN_UNKNOWN. */
size_t token_read(const char *text, size_t len, token_id *ret, size_t max);
/* A question as a model is given it: <q> text <a>. The same result. */
size_t token_read_prompt(const char *text, size_t len, token_id *ret, size_t max);
/* Whether a question about spelling holds a word that the tokens cannot spell: one with letters
 * beyond a to z, or with digits among its letters. What the models would be given is another
 * word. */
bool token_cannot_spell(const char *text, size_t len);
/* Letter by letter throughout, without marks: for a word that is to be turned round. */
size_t token_spell(const char *text, size_t len, token_id *ret, size_t max);

/* Writing, one token at a time. A number is held back until a piece shows that it is whole,
 * because its first digit comes last. Start with { 0 }. */
struct token_writer {
    char number[64]; /* digits held back, units first; a longer run is written in parts */
    size_t digits;
    token_id last; /* the last piece that left a trace in the text; 0 at the start */
};

/* Appends what can be written now that `id` is known. Marks end a number and write nothing,
 * TOKEN_BLANK writes a space. False where `to` is full. */
bool token_write(struct token_writer *w, token_id id, struct buf *to);
/* Appends the number still held back. The writer can start anew. */
bool token_write_end(struct token_writer *w, struct buf *to);

#endif
