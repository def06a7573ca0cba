/* The vocabulary of the built-in models: one list of pieces, each with its number. Marks come
 * first, then digits, letters, signs and the words of the questions. A word that is not in the
 * list goes letter by letter, so that nothing a person types is out of reach.
 *
 * Weights belong to one list in one order: a change of either makes every weights file foreign,
 * which is what vocabulary_hash is for. */
#ifndef NN_VOCABULARY_H
#define NN_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/hash.h"

/* A piece's number: its place in the list. */
typedef uint16_t token_id;

enum {
    TOKEN_PAD,         /* fills the end of a row of a batch */
    TOKEN_QUESTION,    /* a question follows */
    TOKEN_ANSWER,      /* the question ends here, the model writes from here on */
    TOKEN_THINK,       /* thinking begins */
    TOKEN_THINK_END,   /* thinking ends, the answer follows */
    TOKEN_END,         /* the model has finished */
    TOKEN_CANNOT,      /* the whole answer to a question outside its skills */
    TOKEN_UNKNOWN,     /* a sign no question knows */
    TOKEN_BLANK,       /* the space between two pieces that go letter by letter */
    TOKEN_DIGITS,      /* '0' to '9' from here */
    TOKEN_LETTERS = 19 /* 'a' to 'z' from here; 'a' and 'i' are the words, too */
};

#define TOKEN_WORD_MAX 10 /* letters of the longest word in the list */

size_t vocabulary_size(void);
/* "<think>", "7", "a", "+", "backwards"; id < vocabulary_size(). */
const char *vocabulary_name(token_id id);
/* The number of a lower-case word or a sign; false where it is not in the list. */
bool vocabulary_find(const char *name, size_t len, token_id *ret);

/* A piece that is written to be read: no mark. */
bool token_is_mark(token_id id);
bool token_is_digit(token_id id);
bool token_is_letter(token_id id);
bool token_is_word(token_id id); /* of more than one letter */

/* Digest of all names in order. */
struct hash vocabulary_hash(void);

#endif
