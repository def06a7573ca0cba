/* One pass over a lower-cased text finds every keyword and tells which sets of bytes occur.
 *
 * Keywords are matched all at once by the automaton of Aho and Corasick (Communications of
 * the ACM 18, 1975), as a dense table over only those bytes that stand in some keyword: one
 * table step a byte, however many keywords there are. */
#ifndef ROUTE_SCAN_H
#define ROUTE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "core/route/byte_set.h"

#define SCAN_MOST_SETS 64

struct scan; /* immutable once made; may be shared */

struct scan_word {
    const char *text; /* borrowed for scan_new; not empty, no two alike */
    size_t len;
    unsigned id; /* number of its bit in scan_found.seen */
};

/* Words together at most MAX_KEYWORD_BYTES, sets at most SCAN_MOST_SETS. */
struct scan *scan_new(const struct scan_word *words, size_t count, const struct byte_set *sets,
                      size_t set_count);
void scan_free(struct scan *s); /* accepts NULL */

/* What a pass found; the arrays are the caller's. */
struct scan_found {
    uint64_t sets;  /* out: bit i: some byte of set i occurs */
    uint64_t *seen; /* (ids / 64 + 1,)  bit of each word found is set; others stay */
    uint32_t *from; /* (ids,)  of each word found: offset of its first occurrence */
};

void scan_text(const struct scan *s, const char *text, size_t len, struct scan_found *found);

#endif
