/* Golden screens: what a test drew, compared with a text file below tests/golden/.
 *
 * A file holds the rows of a grid, blanks at their ends dropped, and a last line
 * "cursor ROW,COL shown" (or hidden). With UPDATE_GOLDEN=1 in the environment it is written
 * instead of compared; the diff is then read like any other change. */
#ifndef TESTS_SCREEN_GOLDEN_H
#define TESTS_SCREEN_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "tui/screen/surface.h"

/* Fails, with both versions of every row that differs, unless tests/golden/NAME.txt holds what the
 * grid shows. Name: PANE-STATE-COLSxROWS of the terminal ("ask-working-80x24"). */
void golden_check(const char *name, const struct grid *g);

/* One drawing at every size a pane must cope with: the body of a terminal of 80x24, of 120x40 with
 * the coach beside it, of 60x16, of 40x10, a single cell, and 80x24 in ASCII. Each is checked as
 * "NAME-80x24", "NAME-120x40", ..., "NAME-80x24-ascii". */
typedef void golden_draw(const void *view, struct surface *s);
void golden_sizes(const char *name, golden_draw *draw, const void *view);
/* The same at one of them: "80x24", ..., "80x24-ascii". */
void golden_size(const char *name, const char *size, golden_draw *draw, const void *view);

/* The design's own frame, drawn with the frame's own data: tests/golden/ux/NAME.txt holds its
 * rows. A row may differ only where it is listed with the reason, and one that is listed must
 * differ, so that the list stays true. */
struct golden_row {
    int row; /* from 0 */
    const char *why;
};
void golden_frame(const char *name, const struct grid *g, const struct golden_row *differ,
                  size_t count);

/* What the above stand on, for their own test. Each adds what is wrong to `why` and returns
 * false. */
bool golden_compare(const char *path, const struct grid *g, bool update, struct buf *why);
bool golden_compare_frame(const char *path, const struct grid *g, const struct golden_row *differ,
                          size_t count, struct buf *why);

#endif
