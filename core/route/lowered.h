/* A text in lower case that still knows where each of its bytes came from.
 *
 * Lower case is the full Unicode one, with one simplification: the two small sigmas count as
 * one letter, so a Greek word is found however it was written. A letter may take another
 * number of bytes than its capital (Kelvin sign: three and one) or become two (U+0130), so
 * what is found in `text` is asked back with lowered_span. */
#ifndef ROUTE_LOWERED_H
#define ROUTE_LOWERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lowered {
    char *text; /* followed by a NUL; lives until the next lowered_set or lowered_done */
    size_t len;
    bool ascii;    /* no byte beyond 0x7F: every offset is the same in both texts */
    size_t points; /* code points of the text as typed */

    /* Private: for each byte of `text`, the offset in the text as typed of the letter it came
     * from, and one more for the end. Unused where ascii. */
    uint32_t *origin;
    const char *typed;
    size_t text_cap, origin_cap;
};

/* Lowers s[0..len), valid UTF-8 of at most MAX_QUERY_BYTES; keeps s for lowered_span.
 * Allocates only where a text is longer than all before. Start with a zeroed struct. */
void lowered_set(struct lowered *l, const char *s, size_t len);

/* A stretch of the text as typed. */
struct span {
    size_t at;        /* 1-based code point of its first letter */
    size_t from, len; /* bytes */
};

/* Where text[from..from+len) came from, whole letters. Code points are counted only where
 * the text is not plain ASCII. */
struct span lowered_span(const struct lowered *l, size_t from, size_t len);

void lowered_done(struct lowered *l);

#endif
