/* Cells, and drawing on them. Owns the grid's cells; knows no terminal. */
#include "tui/screen/surface.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define LINE_BYTES  2048 /* of one formatted line: wider than any window */

/* A window nobody has: keeps rows x cols within memory. */
#define MAX_ROWS 1000
#define MAX_COLS 2000

/* --- the grid ---------------------------------------------------------------------------- */

static int within(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

static struct cell *cell_at(const struct grid *g, int row, int col)
{
    return &g->cells[(size_t)row * (size_t)g->cols + (size_t)col];
}

static void blank(struct cell *c)
{
    c->text[0] = '\0';
    c->cols = 1;
    c->look = LOOK_TEXT;
}

void grid_clear(struct grid *g)
{
    size_t n = (size_t)g->rows * (size_t)g->cols;
    for (size_t i = 0; i < n; i++)
        blank(&g->cells[i]);
    g->cursor_row = g->cursor_col = -1;
    g->cursor_shown = false;
}

void grid_resize(struct grid *g, int rows, int cols)
{
    mem_free(g->cells);
    g->rows = within(rows, 1, MAX_ROWS);
    g->cols = within(cols, 1, MAX_COLS);
    g->cells = mem_new(struct cell, (size_t)g->rows * (size_t)g->cols);
    grid_clear(g);
}

void grid_init(struct grid *g, int rows, int cols, bool ascii)
{
    *g = (struct grid){ .ascii = ascii };
    grid_resize(g, rows, cols);
}

void grid_done(struct grid *g)
{
    mem_free(g->cells);
    *g = (struct grid){ 0 };
}

void grid_text(const struct grid *g, struct buf *to)
{
    for (int row = 0; row < g->rows; row++) {
        int end = g->cols;
        while (end > 0 && !cell_at(g, row, end - 1)->text[0] && cell_at(g, row, end - 1)->cols)
            end--;
        for (int col = 0; col < end; col++) {
            const struct cell *c = cell_at(g, row, col);
            if (c->cols)
                buf_puts(to, c->text[0] ? c->text : " ");
        }
        buf_putc(to, '\n');
    }
}

/* --- windows on it ----------------------------------------------------------------------- */

struct surface surface_of(struct grid *g)
{
    return (struct surface){ g, 0, 0, g->rows, g->cols };
}

struct surface surface_part(const struct surface *s, int row, int col, int rows, int cols)
{
    row = within(row, 0, s->rows);
    col = within(col, 0, s->cols);
    return (struct surface){ s->grid, s->top + row, s->left + col, within(rows, 0, s->rows - row),
                             within(cols, 0, s->cols - col) };
}

/* --- one cell ---------------------------------------------------------------------------- */

/* A wide letter loses its other half when one half is drawn over. */
static void clear_halves(struct grid *g, int row, int col)
{
    struct cell *c = cell_at(g, row, col);
    if (c->cols == 0 && col > 0)
        blank(cell_at(g, row, col - 1));
    if (c->cols == 2 && col + 1 < g->cols)
        blank(cell_at(g, row, col + 1));
}

/* Of a letter with more marks than a cell holds: the bytes up to the last that fits whole. */
static size_t cut_marks(const char *text)
{
    size_t len = CELL_BYTES - 1;
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    return len;
}

static void set_cell(struct surface *s, int row, int col, look_t look, const char *text, size_t len,
                     int cols)
{
    if (row < 0 || row >= s->rows || col < 0 || col + cols > s->cols)
        return;
    struct grid *g = s->grid;
    row += s->top;
    col += s->left;
    if (row >= g->rows || col + cols > g->cols)
        return;
    for (int i = 0; i < cols; i++)
        clear_halves(g, row, col + i);
    struct cell *c = cell_at(g, row, col);
    int wide = cols;
    if (len >= CELL_BYTES) {
        len = cut_marks(text);
        wide = (int)text_cols(text, len);
    }
    if (wide == 0 || (len == 1 && *text == ' '))
        len = 0;
    memcpy(c->text, text, len);
    c->text[len] = '\0';
    c->cols = wide == 2 ? 2 : 1;
    c->look = look;
    if (cols == 2) /* the second half, or a blank where what was wide is cut off */
        *cell_at(g, row, col + 1) = (struct cell){ .cols = wide != 2, .look = look };
}

/* --- signs in ASCII ---------------------------------------------------------------------- */

static const struct twin {
    int32_t sign;
    const char *ascii;
} twins[] = {
    { 0x2500, "-" },  { 0x2502, "|" },  { 0x250C, "+" },  { 0x2510, "+" }, { 0x2514, "+" },
    { 0x2518, "+" },  { 0x251C, "+" },  { 0x2524, "+" },  { 0x252C, "+" }, { 0x2534, "+" },
    { 0x253C, "+" },  { 0x2588, "#" },  { 0x2589, "#" },  { 0x258A, "#" }, { 0x258B, "#" },
    { 0x258C, "+" },  { 0x258D, "+" },  { 0x258E, "+" },  { 0x258F, "|" }, { 0x2591, "-" },
    { 0x2592, "r" },  { 0x2593, "#" },  { 0x2581, "_" },  { 0x25CF, "*" }, { 0x25D0, "%" },
    { 0x25CB, "o" },  { 0x00B7, "." },  { 0x2713, "+" },  { 0x2717, "x" }, { 0x25B8, ">" },
    { 0x25BE, "v" },  { 0x25B4, "^" },  { 0x25B6, ">" },  { 0x25B2, "^" }, { 0x2191, "^" },
    { 0x2193, "v" },  { 0x2192, "->" }, { 0x2190, "<-" }, { 0x2026, "~" }, { 0x26A0, "!" },
    { 0x2264, "<=" }, { 0x2265, ">=" }, { 0x2212, "-" },  { 0x00D7, "x" }, { 0x2018, "'" },
    { 0x2019, "'" },  { 0x201C, "\"" }, { 0x201D, "\"" }, { 0x2013, "-" }, { 0x2014, "-" },
};

const char *surface_twin(int32_t cp)
{
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (twins[i].sign == cp)
            return twins[i].ascii;
    return NULL;
}

/* --- text -------------------------------------------------------------------------------- */

/* What is drawn for the next letter of a text, and how far it goes. */
struct glyph {
    const char *text;
    size_t len, used;
    int cols;
};

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F;
}

static struct glyph next_glyph(const char *s, size_t len, bool ascii)
{
    /* A letter of ASCII with no mark after it: nearly everything. */
    if (is_plain((unsigned char)*s) && (len == 1 || (unsigned char)s[1] < 0x80))
        return (struct glyph){ s, 1, 1, 1 };
    int32_t cp;
    size_t cols, point = text_decode(s, len, &cp);
    if (cp == '\n' || cp == '\t' || cp == '\r')
        return (struct glyph){ " ", 1, point, 1 };
    const char *replaced = text_is_unsafe(cp) ? (ascii ? "?" : REPLACEMENT) : NULL;
    if (replaced)
        return (struct glyph){ replaced, strlen(replaced), point, 1 };
    size_t used = text_next(s, len, &cols);
    const char *twin = ascii && cp >= 0x80 ? surface_twin(cp) : NULL;
    if (twin)
        return (struct glyph){ twin, strlen(twin), used, (int)strlen(twin) };
    return (struct glyph){ s, used, used, (int)cols };
}

static int draw_glyph(struct surface *s, int row, int col, look_t look, const struct glyph *g)
{
    if (g->cols > 0 && (unsigned char)*g->text < 0x80 && g->len == (size_t)g->cols) {
        for (int i = 0; i < g->cols; i++) /* a twin of several letters */
            set_cell(s, row, col + i, look, g->text + i, 1, 1);
    } else if (g->cols > 0) {
        set_cell(s, row, col, look, g->text, g->len, g->cols);
    }
    return col + g->cols;
}

int put_len(struct surface *s, int row, int col, look_t look, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        struct glyph g = next_glyph(text + i, len - i, s->grid->ascii);
        if (col >= s->cols)
            return col; /* nothing more of it can be seen */
        col = draw_glyph(s, row, col, look, &g);
        i += g.used;
    }
    return col;
}

int put(struct surface *s, int row, int col, look_t look, const char *text)
{
    return put_len(s, row, col, look, text, strlen(text));
}

int putf(struct surface *s, int row, int col, look_t look, const char *fmt, ...)
{
    char line[LINE_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    text_trim_partial(line);
    return put(s, row, col, look, line);
}

static int width_of(const struct surface *s, const char *text, size_t len)
{
    int cols = 0;
    for (size_t i = 0; i < len;) {
        struct glyph g = next_glyph(text + i, len - i, s->grid->ascii);
        cols += g.cols;
        i += g.used;
    }
    return cols;
}

int surface_width(const struct surface *s, const char *text)
{
    return width_of(s, text, strlen(text));
}

int put_fit(struct surface *s, int row, int col, int cols, look_t look, const char *text)
{
    if (cols <= 0)
        return col;
    size_t len = strlen(text), fits = 0, i = 0;
    int used = 0;
    while (i < len) {
        struct glyph g = next_glyph(text + i, len - i, s->grid->ascii);
        if (used + g.cols > cols) {
            col = put_len(s, row, col, look, text, fits);
            return put(s, row, col, look, "\xE2\x80\xA6");
        }
        used += g.cols;
        i += g.used;
        if (used < cols) /* room for the ellipsis after it */
            fits = i;
    }
    return put_len(s, row, col, look, text, len);
}

void put_right(struct surface *s, int row, int end, look_t look, const char *text)
{
    size_t len = strlen(text), from = 0;
    int cols = width_of(s, text, len);
    while (cols > end && from < len) {
        struct glyph g = next_glyph(text + from, len - from, s->grid->ascii);
        cols -= g.cols;
        from += g.used;
    }
    put_len(s, row, end - cols, look, text + from, len - from);
}

int put_fill(struct surface *s, int row, int col, int cols, look_t look, const char *sign)
{
    struct glyph g = next_glyph(sign, strlen(sign), s->grid->ascii);
    for (int end = col + cols; g.cols > 0 && col + g.cols <= end && col < s->cols;)
        col = draw_glyph(s, row, col, look, &g);
    return col;
}

void put_down(struct surface *s, int row, int col, int rows, look_t look, const char *sign)
{
    for (int i = 0; i < rows && row + i < s->rows; i++)
        put(s, row + i, col, look, sign);
}

void surface_blank(struct surface *s, int row, int col, int rows, int cols)
{
    for (int r = row; r < row + rows && r < s->rows; r++)
        for (int c = col < 0 ? 0 : col; c < col + cols && c < s->cols; c++)
            set_cell(s, r, c, LOOK_TEXT, "", 0, 1);
}

void surface_reverse(struct surface *s, int row, int col, int cols)
{
    if (row < 0 || row >= s->rows || s->top + row >= s->grid->rows)
        return;
    for (int c = col < 0 ? 0 : col; c < col + cols && c < s->cols; c++)
        if (s->left + c < s->grid->cols)
            cell_at(s->grid, s->top + row, s->left + c)->look |= LOOK_REVERSE;
}

void surface_cursor(struct surface *s, int row, int col, bool shown)
{
    struct grid *g = s->grid;
    g->cursor_row = within(s->top + within(row, 0, s->rows - 1), 0, g->rows - 1);
    g->cursor_col = within(s->left + within(col, 0, s->cols - 1), 0, g->cols - 1);
    g->cursor_shown = shown;
}

/* Bytes of the first line of a text in `cols` columns: up to the last blank that fits, else all
 * that fits; at least one letter, so that it goes on in a window of any width. */
static size_t line_fit(const struct surface *s, const char *text, size_t len, int cols)
{
    size_t i = 0, at_blank = 0;
    int used = 0;
    while (i < len && text[i] != '\n') {
        struct glyph g = next_glyph(text + i, len - i, s->grid->ascii);
        if (text[i] == ' ')
            at_blank = i;
        if (used + g.cols > cols)
            return at_blank ? at_blank : i ? i : g.used;
        used += g.cols;
        i += g.used;
    }
    return i;
}

int put_wrapped(struct surface *s, int row, int col, int cols, int rows, look_t look,
                const char *text)
{
    size_t len = strlen(text), i = 0;
    int taken = 0;
    while (i < len && (rows < 0 || taken < rows)) {
        size_t n = line_fit(s, text + i, len - i, cols);
        bool last = rows >= 0 && taken == rows - 1 && i + n < len;
        if (last) /* the rest does not fit: say so */
            put_fit(s, row + taken, col, cols, look, text + i);
        else
            put_len(s, row + taken, col, look, text + i, n);
        taken++;
        i += n;
        if (i < len && text[i] == '\n')
            i++;
        else
            while (i < len && text[i] == ' ')
                i++;
    }
    return taken;
}

void put_rule(struct surface *s, int row, int col, int cols, const char *title, const char *right)
{
    static const char line[] = "\xE2\x94\x80";
    put_fill(s, row, col, cols, LOOK_MUTED, line);
    int at = col + 2, end = col + cols;
    bool room = right && *right && surface_width(s, title) + surface_width(s, right) + 10 <= cols;
    if (title && *title) {
        at = put(s, row, at, LOOK_TEXT, " ");
        at = put_fit(s, row, at, end - at - 2, LOOK_TITLE, title);
        put(s, row, at, LOOK_TEXT, " ");
    }
    if (room) {
        int from = end - 3 - surface_width(s, right);
        put(s, row, from - 1, LOOK_TEXT, " ");
        put(s, row, from, LOOK_TEXT, right);
        put(s, row, end - 3, LOOK_TEXT, " ");
    }
}
