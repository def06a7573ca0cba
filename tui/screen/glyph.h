/* What of a cell the terminal is sent, so that columns stay straight.
 *
 * How wide a letter is, everybody decides alone: rlab (graphemes, text.h), the C library (code
 * points, wcwidth) and the terminal, which mostly goes with the C library. Where the first two do
 * not agree, the cell is shown by what they do agree on, in the columns it has: marks that would
 * widen it are left out (family emoji show their first person), what is too narrow gets a blank,
 * and what the C library does not know becomes a replacement sign. */
#ifndef SCREEN_GLYPH_H
#define SCREEN_GLYPH_H

#include <stdbool.h>
#include <wchar.h>

#include "tui/screen/surface.h"

#define GLYPH_POINTS 5 /* a letter and four marks: what curses takes in one cell */

/* One spacing letter with its marks. */
struct glyph {
    wchar_t points[GLYPH_POINTS + 1]; /* ends with 0; never empty */
    int cols;                         /* 1 or 2 */
};

/* The glyphs of a cell `cols` wide (1 or 2), from left to right; their columns add up to `cols`.
 * Returns how many, 1 or 2. `ascii`: anything else becomes '?'. Uses LC_CTYPE. */
int glyphs_of(const struct cell *c, int cols, bool ascii, struct glyph ret[2]);

#endif
