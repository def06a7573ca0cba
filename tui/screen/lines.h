/* Lines of runs: text of several looks, measured and wrapped, ready to be drawn. What Markdown and
 * plain text become before a surface is there. */
#ifndef SCREEN_LINES_H
#define SCREEN_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/screen/look.h"

/* A run of text in one look. Text lies in the arena, is one line, and safe. */
struct run {
    const char *text;
    size_t len;
    int cols;
    look_t look;
};

struct line {
    struct run *runs;
    size_t count;
    int cols; /* of all runs */
};

struct lines {
    struct line *v;
    size_t n, cap;
};

/* A line of its own, with room for so many runs. */
struct line *line_new(struct arena *a, size_t runs);
/* Appends a line with room for so many runs, none in it yet. It is valid until the next one. */
struct line *lines_add(struct lines *to, struct arena *a, size_t runs);
/* Appends a run; the line must have room. Text is borrowed for as long as the line lives. */
void line_run(struct line *l, const char *text, size_t len, int cols, look_t look);
/* Appends `cols` blanks, in as few runs as there is room for (one holds LINE_BLANKS). */
#define LINE_BLANKS 64
void line_blanks(struct line *l, int cols);
/* Appends the runs of another line; NULL has none. */
void line_join(struct line *l, const struct line *other);

/* --- text on its way to being lines ------------------------------------------------------ */

/* Text that is being collected, piece by piece, each in its look. It is safe (text_safe), has no
 * tabs (they go to the next multiple of TAB_COLS) and, for an ASCII surface, the twins of signs,
 * so that its columns are those it will be drawn in. \n ends a line; a soft end (FLOW_SOFT) is an
 * end or a blank, which flow_settle decides. */
#define TAB_COLS  4
#define FLOW_SOFT '\v'

struct flow_mark {
    size_t at; /* from this byte on */
    look_t look;
};

struct flow {
    struct buf text;
    struct flow_mark *marks;
    size_t count, cap;
    bool ascii;
    size_t tab_at; /* where the columns of tabs were counted to, and the column there */
    int tab_col;
};

void flow_init(struct flow *f, bool ascii);
void flow_done(struct flow *f);
void flow_clear(struct flow *f);
/* Appends; CR LF and CR are taken as \n. */
void flow_add(struct flow *f, look_t look, const char *text, size_t len);
/* A line end of the source inside a paragraph. */
void flow_soft(struct flow *f, look_t look);

/* Decides the soft ends in [from, end): in a paragraph somebody filled (its lines are long, and
 * none is so short that the next word would have fitted) they are blanks; else the lines were
 * meant as lines, as models write equations, verse and addresses, and stay. */
void flow_settle(struct flow *f, size_t from, size_t end);

enum wrap_how { WRAP_WORDS, WRAP_COLUMNS };

struct wrap {
    int cols;                        /* of the whole line, at least 1 */
    enum wrap_how how;               /* columns: blanks stay, as in code */
    const struct line *first, *rest; /* drawn before the first line and the others; NULL: nothing */
};

/* Appends [from, end) as lines: at least one. Words break at blanks and between wide letters,
 * words longer than a line by columns; graphemes are never cut. A grapheme wider than the room
 * there is stands alone in its line. */
void flow_lines(const struct flow *f, size_t from, size_t end, const struct wrap *w,
                struct arena *a, struct lines *to);

#endif
