/* A field on the screen (field.h): rows, the cursor among them, what is drawn. */
#include "tui/screen/field_inside.h"

#include <stdint.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#define MARK     "\xE2\x96\x8F"
#define ABOVE    "\xE2\x96\xB4"
#define BELOW    "\xE2\x96\xBE"
#define ELLIPSIS "\xE2\x80\xA6"

/* --- rows -------------------------------------------------------------------------------- */

/* The next letter of the text and its columns, which for a tab depend on where it is. */
static size_t next_letter(const struct field *f, size_t at, int col, int *ret_cols)
{
    size_t cols, n = text_next(field_text(f) + at, f->text.len - at, &cols);
    *ret_cols = field_text(f)[at] == '\t' ? FIELD_TAB - col % FIELD_TAB : (int)cols;
    return n;
}

int field_cols(const struct field *f, size_t from, size_t to)
{
    int col = 0, w;
    for (size_t i = from; i < to && field_text(f)[i] != '\n'; col += w)
        i += next_letter(f, i, col, &w);
    return col;
}

/* Where the row after the one at `from` starts. Blanks hang over the edge of theirs, where nobody
 * sees them, so that no row starts with one. `full`: a cursor behind it has no column left. */
static size_t row_end(const struct field *f, size_t from, int width, bool *full)
{
    size_t i = from, may_break = from, len = f->text.len;
    int col = 0, w;
    while (i < len && field_text(f)[i] != '\n') {
        size_t n = next_letter(f, i, col, &w);
        bool blank = n == 1 && (field_text(f)[i] == ' ' || field_text(f)[i] == '\t');
        if (!blank && col + w > width) {
            *full = false;
            return may_break > from ? may_break : i > from ? i : i + n;
        }
        if (w == 2 && i > from)
            may_break = i;
        col += w;
        i += n;
        if (blank || w == 2)
            may_break = i;
    }
    *full = col >= width;
    return i < len ? i + 1 : i;
}

static void add_row(struct field *f, size_t at)
{
    f->rows = mem_grow(f->rows, &f->row_cap, f->row_count + 1, sizeof *f->rows);
    f->rows[f->row_count++] = at;
}

void field_lay(struct field *f, int cols)
{
    int width = cols - !f->bare < 1 ? 1 : cols - !f->bare;
    if (f->rows_cols == width && f->rows_to == SIZE_MAX)
        return;
    /* A change in a row can move the end of the row before it, and of none further up. */
    size_t kept = f->rows_cols == width && f->row_count > 0 ? field_row_of(f, f->rows_to) : 0;
    kept -= kept > 0;
    size_t at = kept > 0 ? f->rows[kept] : 0;
    bool full = false;
    f->row_count = kept;
    f->rows_cols = width;
    f->rows_to = SIZE_MAX;
    do {
        add_row(f, at);
        at = row_end(f, at, width, &full);
    } while (at < f->text.len);
    if (f->text.len > 0 && (full || f->text.data[f->text.len - 1] == '\n'))
        add_row(f, f->text.len);
}

size_t field_row_of(const struct field *f, size_t at)
{
    size_t low = 0, high = f->row_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (f->rows[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Where a row's text ends: before its \n, before the start of the next one. */
static size_t row_text_end(const struct field *f, size_t row)
{
    size_t end = row + 1 < f->row_count ? f->rows[row + 1] : f->text.len;
    return end > f->rows[row] && f->text.data[end - 1] == '\n' ? end - 1 : end;
}

size_t field_at_col(const struct field *f, size_t row, int col)
{
    size_t i = f->rows[row], end = row_text_end(f, row);
    bool wrapped = row + 1 < f->row_count && end == f->rows[row + 1];
    for (int at = 0, w; i < end; at += w) {
        size_t n = next_letter(f, i, at, &w);
        if (at + w > col || (wrapped && i + n >= end))
            break; /* behind the last letter of a wrapped row the next one starts */
        i += n;
    }
    return i;
}

int field_rows(struct field *f, int cols)
{
    field_lay(f, cols);
    return (int)f->row_count;
}

/* --- drawing ----------------------------------------------------------------------------- */

/* A row's text into a window of one row. */
static void draw_text(const struct field *f, struct surface *w, size_t from, size_t end)
{
    int col = 0, cols;
    for (size_t i = from; i < end && col < w->cols; col += cols) {
        size_t n = next_letter(f, i, col, &cols);
        if (field_text(f)[i] != '\t')
            put_len(w, 0, col, LOOK_TEXT, field_text(f) + i, n);
        i += n;
    }
}

static int within(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

/* One line in one row: the end that the cursor is at, with an ellipsis for what is left of it. */
static void draw_sideways(const struct field *f, struct surface *w, bool focused)
{
    if (!focused) {
        put_fit(w, 0, 0, w->cols, LOOK_TEXT, field_text(f));
        return;
    }
    size_t from = 0, at = f->at;
    bool cut = field_cols(f, 0, at) >= w->cols;
    int room = w->cols - 1 - cut; /* for what is before the cursor */
    for (int cols = field_cols(f, 0, at), n; cols > room && from < at; cols -= n)
        from += next_letter(f, from, 0, &n);
    struct surface text = surface_part(w, 0, cut, 1, w->cols - cut);
    if (cut)
        put(w, 0, 0, LOOK_MUTED, ELLIPSIS);
    draw_text(f, &text, from, f->text.len);
    surface_cursor(&text, 0, field_cols(f, from, at), true);
}

static void draw_search(struct field *f, struct surface *w, bool focused)
{
    const char *found = field_search_found(f);
    int col = put(w, 0, 0, LOOK_MUTED, "(search) ");
    int cursor = put(w, 0, col, LOOK_TEXT, buf_text(&f->wanted));
    col = put(w, 0, cursor, LOOK_MUTED, ": ");
    if (found)
        put_fit(w, 0, col, w->cols - col, LOOK_TEXT, found);
    else if (f->wanted.len > 0)
        put_fit(w, 0, col, w->cols - col, LOOK_MUTED, "not found");
    if (focused)
        surface_cursor(w, 0, cursor, true);
}

/* The rows in view; where there are more, the mark says so. */
static int draw_rows(struct field *f, struct surface *w, struct surface *marks, bool focused)
{
    int count = (int)f->row_count, cursor = (int)field_row_of(f, f->at);
    int shown = count < w->rows ? count : w->rows;
    if (focused)
        f->top = within(f->top, cursor - shown + 1, cursor);
    f->top = within(f->top, 0, count - shown);
    for (int r = 0; r < shown; r++) {
        size_t row = (size_t)(f->top + r);
        struct surface line = surface_part(w, r, 0, 1, w->cols);
        bool above = r == 0 && f->top > 0, below = r == shown - 1 && f->top + shown < count;
        put(marks, r, 0, focused ? LOOK_TITLE : LOOK_MUTED, above ? ABOVE : below ? BELOW : MARK);
        draw_text(f, &line, f->rows[row], row_text_end(f, row));
    }
    if (focused)
        surface_cursor(w, cursor - f->top,
                       within(field_cols(f, f->rows[cursor], f->at), 0, w->cols - 1), true);
    return shown;
}

int field_draw(struct field *f, struct surface *s, int row, int col, int cols, int rows,
               bool focused, const char *hint)
{
    int indent = !f->bare;
    if (rows < 1 || cols < 1)
        return 0;
    f->cols = cols;
    field_lay(f, cols);
    struct surface marks = surface_part(s, row, col, rows, indent);
    struct surface w = surface_part(s, row, col + indent, rows, cols - indent);
    if (w.rows < 1 || w.cols < 1)
        return 1;
    bool one_row = f->searching || (f->one_line && rows == 1) || f->text.len == 0;
    if (!one_row)
        return draw_rows(f, &w, &marks, focused);
    f->top = 0;
    put(&marks, 0, 0, focused ? LOOK_TITLE : LOOK_MUTED, MARK);
    if (f->searching) {
        draw_search(f, &w, focused);
    } else if (f->text.len > 0) {
        draw_sideways(f, &w, focused);
    } else if (focused) {
        surface_cursor(&w, 0, 0, true);
    } else if (hint) {
        put_fit(&w, 0, 0, w.cols, LOOK_MUTED, hint);
    }
    return 1;
}
