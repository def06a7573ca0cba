/* A table of cells as lines: columns of their own where they fit, else a record a row. */
#ifndef SCREEN_TABULAR_H
#define SCREEN_TABULAR_H

#include <stddef.h>

#include "core/base/mem.h"
#include "tui/screen/lines.h"

enum tabular_align { TABULAR_LEFT, TABULAR_CENTER, TABULAR_RIGHT };

struct tabular_cell {
    size_t from, end; /* of the flow's text; one line, no \n */
};

struct tabular {
    const struct flow *flow;
    size_t cols, rows;               /* row 0 is the heading */
    const struct tabular_cell *cell; /* (rows, cols) row-major */
    const enum tabular_align *align; /* (cols,) */
    look_t look;                     /* of what is not a cell's: colons */
};

/* A column that must give way is never narrower than this, or the rows become records. */
#define TABULAR_NARROW 8

/* Appends the lines, `width` columns wide, `first` and `rest` before them as in struct wrap.
 *
 *   name │ value           name: a
 *   ─────┼──────           value: 1
 *   a    │     1
 */
void tabular_lines(const struct tabular *t, int width, const struct line *first,
                   const struct line *rest, struct arena *a, struct lines *to);

#endif
