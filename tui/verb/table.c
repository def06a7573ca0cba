/* Tables for reading (table.h). */
#include "tui/verb/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/limits.h"

#define GAP 2
/* What a column that fills keeps on the narrowest terminal. */
#define LEAST_FILL 12
/* What a name keeps, and the columns of the ".." in its middle. */
#define LEAST_NAME 12
#define NAME_MARK  2
/* Of a cell that is kept: more than any terminal is wide. */
#define MAX_CELL (4 * KIB)

size_t print_width(const struct session *s)
{
    struct winsize w;
    if (s->out_is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40)
        return w.ws_col;
    /* The screen shows what a verb says in a box, and tells how wide that is. */
    const char *box = s->out_is_terminal ? NULL : getenv("RLAB_COLUMNS");
    long cols = box ? strtol(box, NULL, 10) : 80;
    return cols >= 40 && cols <= 1000 ? (size_t)cols : 80;
}

void table_init(struct table *t, const struct session *s, const struct table_column *columns,
                size_t count)
{
    *t = (struct table){ .session = s, .columns = columns, .count = count };
}

void table_done(struct table *t)
{
    mem_free(t->cells);
    arena_done(&t->arena);
    *t = (struct table){ 0 };
}

void table_add(struct table *t, const char *const *cells)
{
    t->cells = mem_grow(t->cells, &t->cap, (t->rows + 1) * t->count, sizeof *t->cells);
    struct buf safe = buf_with_max(2 * MAX_CELL);
    for (size_t i = 0; i < t->count; i++) {
        const char *text = cells[i] ? cells[i] : "";
        size_t len = strnlen(text, MAX_CELL);
        buf_clear(&safe);
        text_safe_line(&safe, text, len - text_partial(text, len));
        t->cells[t->rows * t->count + i] = arena_copy(&t->arena, buf_text(&safe), safe.len);
    }
    buf_done(&safe);
    t->rows++;
}

static size_t cols_of(const char *cell)
{
    return text_cols(cell, strlen(cell));
}

/* Names give way, one after the other, where a row of `taken` columns does not fit; returns by
 * how much. */
static size_t shrink_names(const struct table *t, size_t *widths, size_t taken)
{
    size_t width = print_width(t->session), given = 0;
    for (size_t c = 0; c < t->count && taken - given > width; c++) {
        if (!t->columns[c].name || widths[c] <= LEAST_NAME)
            continue;
        size_t over = taken - given - width, may = widths[c] - LEAST_NAME;
        widths[c] -= over < may ? over : may;
        given += over < may ? over : may;
    }
    return given;
}

/* How wide each column is: its widest cell, within its bound; the one that fills gets what
 * is left of the line. */
static void measure(const struct table *t, size_t *ret_widths)
{
    size_t others = 0, fills = t->count;
    for (size_t c = 0; c < t->count; c++) {
        const struct table_column *col = &t->columns[c];
        size_t w = cols_of(col->title);
        for (size_t r = 0; r < t->rows; r++) {
            size_t n = cols_of(t->cells[r * t->count + c]);
            w = n > w ? n : w;
        }
        if (col->most && w > col->most)
            w = col->most;
        ret_widths[c] = w;
        if (col->fills)
            fills = c;
        else
            others += w;
    }
    if (fills == t->count) {
        shrink_names(t, ret_widths, others + GAP * t->count);
        return;
    }
    size_t taken = others + GAP * t->count, width = print_width(t->session);
    if (taken + LEAST_FILL > width && ret_widths[fills] + taken > width)
        taken -= shrink_names(t, ret_widths, taken + LEAST_FILL);
    size_t room = width > taken + LEAST_FILL ? width - taken : LEAST_FILL;
    if (ret_widths[fills] > room)
        ret_widths[fills] = room;
}

static void put_blanks(struct buf *to, size_t n)
{
    while (n--)
        buf_putc(to, ' ');
}

static void put_cell(const struct table *t, const char *cell, size_t width, bool right, bool name,
                     struct buf *to)
{
    const char *mark = session_ascii(t->session) ? "..." : "…";
    size_t len = strlen(cell), cols = text_cols(cell, len), mark_cols = cols_of(mark);
    if (cols <= width) {
        put_blanks(to, right ? width - cols : 0);
        buf_add(to, cell, len);
        put_blanks(to, right ? 0 : width - cols);
        return;
    }
    if (name && width > NAME_MARK) {
        size_t tail = (width - NAME_MARK) / 2, at = 0;
        size_t head = text_fit(cell, len, width - NAME_MARK - tail);
        while (at < len && text_cols(cell + at, len - at) > tail)
            at += text_grapheme(cell + at, len - at);
        buf_add(to, cell, head);
        buf_puts(to, "..");
        buf_add(to, cell + at, len - at);
        size_t all = text_cols(cell, head) + NAME_MARK + text_cols(cell + at, len - at);
        put_blanks(to, width > all ? width - all : 0);
        return;
    }
    size_t fit = text_fit(cell, len, width > mark_cols ? width - mark_cols : 0);
    size_t shown = text_cols(cell, fit) + mark_cols;
    buf_add(to, cell, fit);
    buf_puts(to, mark);
    put_blanks(to, width > shown ? width - shown : 0);
}

static void print_row(const struct table *t, const char *const *cells, const size_t *widths)
{
    struct buf line = buf_with_max(t->count * (MAX_CELL + GAP) * 4);
    for (size_t c = 0; c < t->count; c++) {
        put_blanks(&line, GAP);
        put_cell(t, cells[c], widths[c], t->columns[c].right, t->columns[c].name, &line);
    }
    while (line.len && line.data[line.len - 1] == ' ')
        line.data[--line.len] = '\0';
    print_line(t->session, "%s", buf_text(&line));
    buf_done(&line);
}

void table_print(const struct table *t)
{
    size_t *widths = mem_new(size_t, t->count);
    const char **titles = mem_new(const char *, t->count);
    for (size_t c = 0; c < t->count; c++)
        titles[c] = t->columns[c].title;
    measure(t, widths);
    print_row(t, titles, widths);
    for (size_t r = 0; r < t->rows; r++)
        print_row(t, &t->cells[r * t->count], widths);
    mem_free(titles);
    mem_free(widths);
}

/* --- running text --------------------------------------------------------------------------- */

void print_wrapped(const struct session *s, const char *head, size_t indent, const char *text)
{
    size_t width = print_width(s);
    struct buf safe = buf_with_max(64 * KIB), line = buf_with_max(128 * KIB);
    text_safe_line(&safe, text, strlen(text));
    buf_puts(&line, head);
    bool fresh = true; /* no word on this line yet */
    for (const char *p = buf_text(&safe); *p;) {
        size_t n = strcspn(p, " "), cols = text_cols(p, n);
        if (!fresh && text_cols(line.data, line.len) + 1 + cols > width) {
            print_line(s, "%s", buf_text(&line));
            buf_clear(&line);
            put_blanks(&line, indent);
            fresh = true;
        }
        if (!fresh)
            buf_putc(&line, ' ');
        buf_add(&line, p, n);
        fresh = false;
        p += n + strspn(p + n, " ");
    }
    print_line(s, "%s", buf_text(&line));
    buf_done(&line);
    buf_done(&safe);
}
