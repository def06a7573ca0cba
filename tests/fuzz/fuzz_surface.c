/* Text of a stranger drawn on a window of a grid, in every way there is to draw: nothing outside
 * the window changes, every cell is safe to show, and wide letters are whole or not there.
 *
 * The first six bytes say how large the grid is, where the window lies and whether it is ASCII;
 * then comes one drawing after another: four bytes (what, row, column, columns) and a text up to
 * the next NUL. */
#include "tests/fuzz/fuzz.h"

#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/screen/surface.h"

/* What is left of the input. */
struct rest {
    const uint8_t *at;
    size_t len;
};

static int next(struct rest *r)
{
    if (r->len == 0)
        return 0;
    r->len--;
    return *r->at++;
}

/* Up to the next NUL, as a string in memory of its own size. */
static char *next_text(struct rest *r)
{
    const uint8_t *end = r->len ? memchr(r->at, 0, r->len) : NULL;
    size_t len = end ? (size_t)(end - r->at) : r->len;
    char *text = mem_copy((const char *)r->at, len);
    len += end != NULL;
    r->at += len;
    r->len -= len;
    return text;
}

/* --- promises ----------------------------------------------------------------------------- */

static void check_cell(const struct grid *g, const struct cell *c, bool last)
{
    size_t len = strnlen(c->text, CELL_BYTES);
    PROMISE(len < CELL_BYTES && c->cols <= 2);
    PROMISE(c->cols < 2 || (!last && c[1].cols == 0 && c[1].text[0] == '\0'));
    for (size_t i = 0; i < len;) {
        int32_t cp;
        i += text_decode(c->text + i, len - i, &cp);
        PROMISE(!text_is_unsafe(cp) && cp != '\n' && cp != '\t' && cp != '\r');
    }
    PROMISE(len == 0 || text_cols(c->text, len) == c->cols);
    (void)g;
}

static bool is_inside(const struct surface *s, int row, int col)
{
    return row >= s->top && row < s->top + s->rows && col >= s->left && col < s->left + s->cols;
}

static void check_grid(const struct grid *g, const struct surface *s)
{
    struct buf text = buf_with_max((size_t)-1 / 4);
    for (int row = 0; row < g->rows; row++) {
        int sum = 0;
        for (int col = 0; col < g->cols; col++) {
            const struct cell *c = &g->cells[row * g->cols + col];
            check_cell(g, c, col == g->cols - 1);
            PROMISE(is_inside(s, row, col) || (c->text[0] == '.' && c->look == LOOK_MUTED));
            sum += c->cols;
        }
        PROMISE(sum == g->cols);
    }
    grid_text(g, &text);
    PROMISE(text_valid_up_to(buf_text(&text), text.len) == text.len);
    buf_done(&text);
}

/* --- drawing ------------------------------------------------------------------------------ */

/* The column a text ends in, unless that is beyond the edge. */
static void check_end(const struct surface *s, int end, int col, const char *text)
{
    PROMISE(end >= s->cols || end == col + surface_width(s, text));
}

static void draw(struct surface *s, int what, int row, int col, int cols, const char *text)
{
    switch (what % 12) {
    case 0:
        check_end(s, put(s, row, col, LOOK_TEXT, text), col, text);
        break;
    case 1:
        PROMISE(put_fit(s, row, col, cols, LOOK_CODE, text) <= (cols > 0 ? col + cols : col));
        break;
    case 2:
        put_right(s, row, cols, LOOK_TITLE, text);
        break;
    case 3:
        if (*text)
            PROMISE(put_fill(s, row, col, cols, LOOK_MUTED, text) <= (cols > 0 ? col + cols : col));
        break;
    case 4:
        put_down(s, row, col, cols, LOOK_MUTED, text);
        break;
    case 5:
        surface_blank(s, row, col, 1 + cols / 4, cols);
        break;
    case 6:
        surface_reverse(s, row, col, cols);
        break;
    case 7:
        surface_cursor(s, row, col, cols & 1);
        PROMISE(s->grid->cursor_row >= 0 && s->grid->cursor_row < s->grid->rows);
        PROMISE(s->grid->cursor_col >= 0 && s->grid->cursor_col < s->grid->cols);
        break;
    case 8:
        PROMISE(put_wrapped(s, row, col, 1 + cols, col & 7, LOOK_TEXT, text) <= (col & 7));
        break;
    case 9:
        put_wrapped(s, row, col, 1 + cols, -1, LOOK_TEXT, text);
        break;
    case 10:
        put_rule(s, row, col, cols, text, cols & 1 ? text + strlen(text) / 2 : NULL);
        break;
    default:
        putf(s, row, col, LOOK_TEXT, "%s %d", text, cols);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rest in = { data, size };
    struct grid g;
    int rows = next(&in) % 12, cols = next(&in) % 40;
    grid_init(&g, rows, cols, next(&in) & 1);
    struct surface whole = surface_of(&g);
    for (int row = 0; row < g.rows; row++)
        put_fill(&whole, row, 0, g.cols, LOOK_MUTED, ".");
    int top = next(&in) % 12, left = next(&in) % 40, sides = next(&in);
    struct surface s = surface_part(&whole, top, left, 1 + sides % 8, 1 + sides / 8);
    for (int drawn = 0; in.len && drawn < 64; drawn++) {
        int what = next(&in), row = next(&in), col = next(&in), width = next(&in);
        char *text = next_text(&in);
        draw(&s, what, row % 16 - 2, col % 48 - 4, width % 48 - 2, text);
        mem_free(text);
        check_grid(&g, &s);
    }
    grid_done(&g);
    return 0;
}
