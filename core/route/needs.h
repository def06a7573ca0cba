/* Which bytes must a text hold before a pattern can match anywhere in it?
 *
 * Trying a pattern costs many times a look at a table of the bytes seen. So the pattern is
 * read once, when its rules are loaded, for sets of bytes of which each match holds one:
 * `\$\d` needs a dollar sign and a digit (of any script, so: or a byte beyond ASCII).
 *
 * The reader is careful rather than clever: it knows literals, `.`, anchors, escapes for
 * digits, spaces, words and punctuation, plain classes, groups, lookarounds and repeats. Where
 * it meets anything else it says that nothing is needed, and the pattern is always tried. */
#ifndef ROUTE_NEEDS_H
#define ROUTE_NEEDS_H

#include <stddef.h>

#include "core/route/byte_set.h"

#define NEEDS_MOST 8

struct needs {
    struct byte_set set[NEEDS_MOST]; /* a match holds at least one byte of each */
    size_t count;                    /* 0: nothing is known */
};

/* `pattern` is one that PCRE2 has taken, to be matched without options that change how it is
 * read (case, extended syntax). */
struct needs needs_of(const char *pattern, size_t len);

#endif
