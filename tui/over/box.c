/* The box all overlays stand in. */
#include "tui/app.h"

#define BESIDE 12 /* columns; where fewer are left, words beside a box are only pieces of words */

struct surface over_box(struct surface *s, int rows, int cols, const char *title, const char *right)
{
    if (rows > s->rows)
        rows = s->rows;
    if (cols > s->cols)
        cols = s->cols;
    struct surface b = surface_part(s, (s->rows - rows) / 2, (s->cols - cols) / 2, rows, cols);
    int last = cols - 1, foot = rows - 1;
    surface_blank(&b, 0, 0, rows, cols);
    if (s->cols - cols < BESIDE)
        surface_blank(s, (s->rows - rows) / 2, 0, rows, s->cols);
    put_fill(&b, 0, 1, cols - 2, LOOK_MUTED, "\xE2\x94\x80");
    put_fill(&b, foot, 1, cols - 2, LOOK_MUTED, "\xE2\x94\x80");
    put_down(&b, 1, 0, rows - 2, LOOK_MUTED, "\xE2\x94\x82");
    put_down(&b, 1, last, rows - 2, LOOK_MUTED, "\xE2\x94\x82");
    put(&b, 0, 0, LOOK_MUTED, "\xE2\x94\x8C");
    put(&b, 0, last, LOOK_MUTED, "\xE2\x94\x90");
    put(&b, foot, 0, LOOK_MUTED, "\xE2\x94\x94");
    put(&b, foot, last, LOOK_MUTED, "\xE2\x94\x98");
    int at = put(&b, 0, 1, LOOK_TEXT, " ");
    at = put_fit(&b, 0, at, cols - 5, LOOK_TITLE, title);
    put(&b, 0, at, LOOK_TEXT, " ");
    if (right && at + surface_width(s, right) + 5 < last) {
        int from = last - 2 - surface_width(s, right);
        put(&b, 0, from, LOOK_TEXT, " ");
        put(&b, 0, from + 1, LOOK_MUTED, right);
        put(&b, 0, last - 1, LOOK_TEXT, " ");
    }
    return surface_part(&b, 1, 2, rows - 2, cols - 4);
}
