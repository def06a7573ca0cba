/* Ways a known answer is compared with what a model wrote. A new one is one row here and one
 * row of tests.
 *
 *   exact     the whole answer is the known text; letter case, spaces at the ends, runs of
 *             white space and one full stop at the end do not count
 *   number    the last number of the answer is the known one, whatever the notation. Whole
 *             numbers must agree in every digit; where either has a fraction or an exponent
 *             they may differ by one part in 10^9, so that 0.30000000000000004 is 0.3
 *   contains  the known text stands somewhere in the answer as words of its own, letter case
 *             and white space as in exact: "oslo" is in "It is Oslo." but not in "Oslofjord" */
#ifndef LAB_CHECK_H
#define LAB_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct check {
    const char *name; /* "exact", "number", "contains" */
    /* Whether this is a right answer; `known` is one that fits. */
    bool (*right)(const char *answer, size_t len, const char *known);
    /* Whether a known answer can be compared this way; it needs to be `needs`. */
    bool (*fits)(const char *known);
    const char *needs; /* "one number", "some text ..." */
    const char *help;  /* for the guide to sets */
};

const struct check *check_find(const char *name); /* NULL where unknown */
const char *check_names(void);                    /* "exact, number, contains" */
const struct check *check_at(size_t i);           /* NULL past the last */

/* How a known answer is compared where its set does not say: a bare number ("44", "$5",
 * "-3.5%") as number, all else as contains. */
const struct check *check_default(const char *known);

/* The last number in a text, thousands separators dropped ("about $1,250.50." -> 1250.5).
 *
 * A number is ASCII digits with an optional fraction (3.50, .5) and exponent (1e3). Groups of
 * three may be parted by commas, by LaTeX's {,} and \, or by no-break and thin spaces; a dot
 * or comma that ends a sentence is not part of it. A minus, also the typographic ones, is a
 * sign where it touches the number (or its currency sign) and does not follow a word, a
 * number or a closing bracket: 5-3 and 10-20 end in 3 and 20, x = -3 in -3. Digits behind an
 * ASCII letter belong to a name: CO2 and x2 hold no number. A fraction is two numbers: 3/4
 * ends in 4.
 *
 * False where there is no number, or the last is beyond what a double holds. */
bool check_last_number(const char *text, size_t len, double *ret);

#endif
