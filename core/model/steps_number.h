/* Whole numbers as people write them inside a sentence, one after the other.
 *
 *   -5, −5 (U+2212), –5 (U+2013)   a minus is a sign where it touches the number and does not
 *                                  touch a digit, a letter or ')' on its other side: 3-5 holds
 *                                  3 and 5, and the minus is an operator
 *   minus 5, negative 5            likewise, unless a number stands before "minus"
 *   1,234                          commas between groups of three
 *   3.5, .5, 1.2.3, 2e5            not whole: found, so that it can be named, but not read */
#ifndef MODEL_STEPS_NUMBER_H
#define MODEL_STEPS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum steps_number_kind {
    NUMBER_WHOLE,
    NUMBER_NOT_WHOLE, /* a fraction or an exponent */
    NUMBER_TOO_LARGE, /* beyond 64 bits */
};

struct steps_number {
    enum steps_number_kind kind;
    int64_t value;  /* of a whole one */
    size_t at, len; /* where it stands, the sign included */
};

/* The next number at or after *at, which moves behind it; false where there is none. */
bool steps_number_next(const char *text, size_t len, size_t *at, struct steps_number *ret);

#endif
