/* Building short texts in a box of fixed size, and the small draws that go into them. The
 * boxes are sized for the longest text a question can be; passing one is a broken promise. */
#ifndef NN_PHRASE_H
#define NN_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/random.h"

struct phrase {
    char *text; /* borrowed, always ends in NUL */
    size_t len, size;
};

/* struct phrase p = phrase_in(box, sizeof box); empties the box. */
struct phrase phrase_in(char *box, size_t size);
void phrase_add(struct phrase *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Appends a wording: $1 to $9 are replaced by the texts of `with`, in that order. */
void phrase_fill(struct phrase *p, const char *wording, const char *const *with);
/* The same with whole numbers for $1 and $2. */
void phrase_fill_numbers(struct phrase *p, const char *wording, int first, int second);

/* Two draws stand in two statements, never in one call: in what order arguments are worked out
 * is the compiler's choice, and with it what is drawn.
 *
 * low <= value <= high */
int draw_between(struct random *r, int low, int high);
bool draw_chance(struct random *r, double p);
/* One of the places 0 to count - 1, each as often as its weight says. */
int draw_weighted(struct random *r, const int *weight, int count);
/* A number of exactly so many digits (one digit: 0 to 9). */
int draw_digits(struct random *r, int digits);
/* An operand as people type them: one digit seldom, two and three often. */
int draw_operand(struct random *r);

/* One of a table's entries. */
#define DRAW_FROM(r, table) ((table)[random_below((r), sizeof(table) / sizeof *(table))])

#endif
