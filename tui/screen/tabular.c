/* Laying out tables (tabular.h). Owns nothing: widths and lines live in the caller's arena. */
#include "tui/screen/tabular.h"

#include <string.h>

#include "core/base/text.h"

#define BAR   " \xE2\x94\x82 "
#define CROSS "\xE2\x94\x80\xE2\x94\xBC\xE2\x94\x80"
#define DASH  "\xE2\x94\x80"

enum { BAR_COLS = 3 };

struct layout {
    const struct tabular *t;
    int *widths; /* (cols,) */
    const struct line *first, *rest;
    struct arena *a;
    struct lines *to;
};

static const struct tabular_cell *cell_of(const struct tabular *t, size_t row, size_t col)
{
    return &t->cell[row * t->cols + col];
}

static int cell_cols(const struct tabular *t, size_t row, size_t col)
{
    const struct tabular_cell *c = cell_of(t, row, col);
    return (int)text_cols(buf_text(&t->flow->text) + c->from, c->end - c->from);
}

/* What stands before the next line. */
static const struct line *before(struct layout *l)
{
    const struct line *b = l->first;
    l->first = l->rest;
    return b;
}

static struct line *start_line(struct layout *l, size_t runs)
{
    const struct line *b = before(l);
    struct line *line = lines_add(l->to, l->a, runs + (b ? b->count : 0));
    line_join(line, b);
    return line;
}

/* --- columns ----------------------------------------------------------------------------- */

/* Widths that add up to `room` at most: columns as wide as their cells want, the widest ones cut
 * to one common width. False where that would be narrower than TABULAR_NARROW. */
static bool fit_widths(const struct tabular *t, int room, int *widths)
{
    int longest = 0;
    for (size_t c = 0; c < t->cols; c++) {
        widths[c] = 1;
        for (size_t r = 0; r < t->rows; r++)
            if (cell_cols(t, r, c) > widths[c])
                widths[c] = cell_cols(t, r, c);
        if (widths[c] > longest)
            longest = widths[c];
    }
    int low = 0, high = longest; /* the widest common width: low fits, high may not */
    while (low < high) {
        int most = high - (high - low) / 2;
        long sum = 0;
        for (size_t c = 0; c < t->cols; c++)
            sum += widths[c] < most ? widths[c] : most;
        if (sum <= room)
            low = most;
        else
            high = most - 1;
    }
    int left = room;
    for (size_t c = 0; c < t->cols; c++)
        left -= widths[c] < low ? widths[c] : low;
    for (size_t c = 0; c < t->cols; c++) {
        if (widths[c] <= low)
            continue;
        if (low < TABULAR_NARROW)
            return false;
        widths[c] = low + (left > 0); /* what is left over goes to the first ones */
        left -= left > 0;
    }
    return left >= 0;
}

/* The piece of a cell that stands in this line of its row, with the blanks around it. */
static void add_piece(struct line *line, const struct line *piece, int width,
                      enum tabular_align align, bool last)
{
    int spare = width - (piece ? piece->cols : 0);
    int left = align == TABULAR_RIGHT ? spare : align == TABULAR_CENTER ? spare / 2 : 0;
    line_blanks(line, left);
    line_join(line, piece);
    if (!last)
        line_blanks(line, spare - left);
}

static void add_row(struct layout *l, size_t row)
{
    const struct tabular *t = l->t;
    struct lines *cells = arena_new(l->a, struct lines, t->cols);
    size_t height = 1;
    for (size_t c = 0; c < t->cols; c++) {
        const struct tabular_cell *cell = cell_of(t, row, c);
        struct wrap w = { .cols = l->widths[c], .how = WRAP_WORDS };
        flow_lines(t->flow, cell->from, cell->end, &w, l->a, &cells[c]);
        if (cells[c].n > height)
            height = cells[c].n;
    }
    for (size_t k = 0; k < height; k++) {
        size_t runs = 0;
        for (size_t c = 0; c < t->cols; c++)
            runs += 3 + 2 * (size_t)(l->widths[c] / LINE_BLANKS) +
                    (k < cells[c].n ? cells[c].v[k].count : 0);
        struct line *line = start_line(l, runs);
        for (size_t c = 0; c < t->cols; c++) {
            if (c > 0)
                line_run(line, t->flow->ascii ? " | " : BAR, strlen(t->flow->ascii ? " | " : BAR),
                         BAR_COLS, LOOK_MUTED);
            add_piece(line, k < cells[c].n ? &cells[c].v[k] : NULL, l->widths[c], t->align[c],
                      c + 1 == t->cols);
        }
    }
}

static void add_rule(struct layout *l)
{
    const char *dash = l->t->flow->ascii ? "-" : DASH, *cross = l->t->flow->ascii ? "-+-" : CROSS;
    struct buf rule = buf_with_max((size_t)-1 / 4);
    int cols = 0;
    for (size_t c = 0; c < l->t->cols; c++) {
        if (c > 0)
            buf_puts(&rule, cross);
        for (int i = 0; i < l->widths[c]; i++)
            buf_puts(&rule, dash);
        cols += l->widths[c] + (c > 0 ? BAR_COLS : 0);
    }
    line_run(start_line(l, 1), arena_copy(l->a, buf_text(&rule), rule.len), rule.len, cols,
             LOOK_MUTED);
    buf_done(&rule);
}

/* --- records ----------------------------------------------------------------------------- */

/* `before` with the text of a cell and ": " behind it. */
static struct line *with_name(struct layout *l, const struct line *b, size_t col)
{
    const struct tabular_cell *name = cell_of(l->t, 0, col);
    struct lines one = { 0 };
    struct wrap w = { .cols = cell_cols(l->t, 0, col) + 1 + (b ? b->cols : 0), .first = b };
    flow_lines(l->t->flow, name->from, name->end, &w, l->a, &one);
    struct line *line = line_new(l->a, one.v[0].count + 1);
    line_join(line, &one.v[0]);
    line_run(line, ": ", 2, 2, l->t->look);
    return line;
}

static struct line *indented(struct layout *l)
{
    struct line *line = line_new(l->a, (l->rest ? l->rest->count : 0) + 1);
    line_join(line, l->rest);
    line_blanks(line, 2);
    return line;
}

static void add_record(struct layout *l, size_t row, int width)
{
    const struct tabular *t = l->t;
    for (size_t c = 0; c < t->cols; c++) {
        const struct tabular_cell *name = cell_of(t, 0, c), *cell = cell_of(t, row, c);
        const struct line *b = before(l);
        struct wrap w = { .cols = width, .how = WRAP_WORDS, .first = b, .rest = indented(l) };
        bool named = name->from < name->end;
        if (named && cell_cols(t, 0, c) + 2 > width / 2) { /* a long name has lines of its own */
            flow_lines(t->flow, name->from, name->end, &w, l->a, l->to);
            w.first = w.rest;
        } else if (named) {
            w.first = with_name(l, b, c);
        }
        flow_lines(t->flow, cell->from, cell->end, &w, l->a, l->to);
    }
}

void tabular_lines(const struct tabular *t, int width, const struct line *first,
                   const struct line *rest, struct arena *a, struct lines *to)
{
    if (t->cols == 0 || t->rows == 0)
        return;
    struct layout l = { .t = t, .first = first, .rest = rest, .a = a, .to = to };
    l.widths = arena_new(a, int, t->cols);
    int room = width - (rest ? rest->cols : 0) - BAR_COLS * ((int)t->cols - 1);
    bool columns = room > 0 && fit_widths(t, room, l.widths);
    if (columns) {
        add_row(&l, 0);
        add_rule(&l);
    }
    for (size_t r = 1; r < t->rows; r++) {
        if (columns)
            add_row(&l, r);
        else if (r > 1)
            start_line(&l, 0);
        if (!columns)
            add_record(&l, r, width);
    }
}
