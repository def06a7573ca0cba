/* Ways a known answer is compared with what a model wrote. A new one is one row here and one
 * row of tests. */
#ifndef LAB_CHECK_H
#define LAB_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct check {
    const char *name; /* "exact", "number", "contains" */
    bool (*right)(const char *answer, size_t len, const char *known);
    const char *help; /* for the guide to sets */
};

const struct check *check_find(const char *name); /* NULL where unknown */
const char *check_names(void);                    /* "exact, number, contains" */
const struct check *check_at(size_t i);           /* NULL past the last */

/* The last number in a text, thousands commas dropped ("about $1,250.50." -> 1250.5). A dot
 * or comma that ends a sentence is not part of it; a minus counts only where it is a sign.
 * False where there is none. */
bool check_last_number(const char *text, size_t len, double *ret);

#endif
