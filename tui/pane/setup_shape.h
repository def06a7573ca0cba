/* Signs and blocks that the Setup pane's drawing shares. */
#ifndef PANE_SETUP_SHAPE_H
#define PANE_SETUP_SHAPE_H

#include "tui/pane/setup.h"

#define MARK      "\xE2\x96\xB8" /* a small triangle to the right */
#define DOT_FULL  "\xE2\x97\x8F"
#define DOT_HALF  "\xE2\x97\x90"
#define DOT_EMPTY "\xE2\x97\x8B"
#define DOT_SMALL "\xC2\xB7"
#define TICK      "\xE2\x9C\x93"
#define CROSS     "\xE2\x9C\x97"
#define WARNING   "\xE2\x9A\xA0"
#define ARROW     "\xE2\x86\x92"
#define ELLIPSIS  "\xE2\x80\xA6"

/* There is room for the blocks of the large frame. */
static inline bool setup_is_large(const struct surface *s)
{
    return s->rows >= 30 && s->cols >= 84;
}

/* As many lines as fit, the chosen one among them; returns the rows taken. */
int setup_draw_checks(const struct setup_view *v, struct surface *s, int row, int rows);
/* The last line: which keys help. */
void setup_draw_bottom(const struct setup_view *v, struct surface *s, int row);
/* Five rows about a server that does not answer. */
void setup_draw_down(const struct setup_view *v, struct surface *s, int row);
/* A line explained, in the place of the part it is not about. */
void setup_draw_explain(const struct setup_view *v, struct surface *s, int row, int rows);

#endif
