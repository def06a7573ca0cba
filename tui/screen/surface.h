/* A grid of cells, and the only door to the terminal: what is drawn here can be shown, and
 * nothing else can be drawn.
 *
 * A cell holds one grapheme (what a person takes for one letter) and its look. A wide grapheme
 * takes two cells, the second empty. Control bytes, escapes, bidirectional overrides and bytes
 * that are not UTF-8 become U+FFFD on their way in, whoever draws them. With `ascii` every sign
 * has a twin in ASCII (surface_twin).
 *
 * A surface is a window on a grid: panes get one of their own size, starting at row 0 and column
 * 0. Everything is clipped to it; drawing outside is harmless, so panes need not check sizes. */
#ifndef SCREEN_SURFACE_H
#define SCREEN_SURFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "tui/screen/look.h"

#define CELL_BYTES 22 /* a letter with four marks above and below it; more marks are dropped */

struct cell {
    char text
        [CELL_BYTES]; /* UTF-8, NUL-terminated; "" is a blank, or the second half of a wide one */
    uint8_t cols;     /* 1 or 2; 0: the second half of a wide one */
    look_t look;
};

struct grid {
    int rows, cols;
    struct cell *cells;         /* (rows, cols) row-major */
    int cursor_row, cursor_col; /* -1: nowhere said */
    bool cursor_shown;          /* in a field: the person should see it */
    bool ascii;
};

/* Sizes below 1 become 1. Everything blank. */
void grid_init(struct grid *g, int rows, int cols, bool ascii);
void grid_resize(struct grid *g, int rows, int cols);
void grid_clear(struct grid *g);
void grid_done(struct grid *g); /* accepts a zeroed one */
/* The text of all rows, blanks at their ends dropped, a line each: golden screens and ^S. */
void grid_text(const struct grid *g, struct buf *to);

struct surface {
    struct grid *grid;
    int top, left, rows, cols; /* in the grid; may lie partly outside it */
};

struct surface surface_of(struct grid *g);
/* A window on a part of s, in the coordinates of s; clipped to it. */
struct surface surface_part(const struct surface *s, int row, int col, int rows, int cols);

/* Draws one line of text (line ends become blanks) and returns the column after it, which may lie
 * beyond the edge. `put_len` takes bytes. */
int put(struct surface *s, int row, int col, look_t look, const char *text);
int put_len(struct surface *s, int row, int col, look_t look, const char *text, size_t len);
int putf(struct surface *s, int row, int col, look_t look, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* At most `cols` columns, cut with an ellipsis where it is longer. */
int put_fit(struct surface *s, int row, int col, int cols, look_t look, const char *text);
/* Ends before column `end`; cut at its start where it is longer than the room from 0. */
void put_right(struct surface *s, int row, int end, look_t look, const char *text);
/* One sign `cols` times. */
int put_fill(struct surface *s, int row, int col, int cols, look_t look, const char *sign);
/* One sign in each of `rows` rows. */
void put_down(struct surface *s, int row, int col, int rows, look_t look, const char *sign);
/* Blanks a rectangle. */
void surface_blank(struct surface *s, int row, int col, int rows, int cols);
/* Adds LOOK_REVERSE to the cells of a row from col on. */
void surface_reverse(struct surface *s, int row, int col, int cols);

/* Where the cursor stands: on the active row, always; shown in fields only. */
void surface_cursor(struct surface *s, int row, int col, bool shown);

/* Columns a text will take on this surface (twins may be wider). */
int surface_width(const struct surface *s, const char *text);
/* The ASCII twin of a sign, or NULL where it needs none and has none. */
const char *surface_twin(int32_t cp);
static inline bool surface_ascii(const struct surface *s)
{
    return s->grid->ascii;
}

/* Text in paragraphs, wrapped at blanks; returns rows taken (drawn or not). `rows` < 0: no limit. */
int put_wrapped(struct surface *s, int row, int col, int cols, int rows, look_t look,
                const char *text);
/* "── Title ─────────── right ──" over `cols` columns. */
void put_rule(struct surface *s, int row, int col, int cols, const char *title, const char *right);

#endif
