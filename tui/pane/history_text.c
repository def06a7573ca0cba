/* Text with matches in it: wrapped, counted, drawn (history.h). */
#include "tui/pane/history.h"

#include <string.h>

#include "core/base/text.h"

#define MATCH_BEGINS '\1'
#define MATCH_ENDS   '\2'

/* One row of a text: bytes [from, to), and where the next one begins. */
struct span {
    size_t from, to, next;
    int cols;
    bool starts_marked;
};

static bool is_mark(char c)
{
    return c == MATCH_BEGINS || c == MATCH_ENDS;
}

/* The row that begins at `from`, wrapped at the last blank that fits, or in the middle of a word
 * that is wider than a row. `marked` is carried from row to row. */
static struct span next_span(const char *text, size_t len, size_t from, int cols, bool *marked)
{
    struct span s = { .from = from, .to = from, .next = len, .starts_marked = *marked };
    size_t at = from, blank = 0;
    bool blank_marked = *marked, now = *marked;
    int used = 0, blank_cols = 0;
    while (at < len && text[at] != '\n') {
        if (is_mark(text[at])) {
            now = text[at++] == MATCH_BEGINS;
            continue;
        }
        size_t n = text_grapheme(text + at, len - at);
        int wide = (int)text_cols(text + at, n);
        if (used + wide > cols && used && text[at] == ' ') { /* the row ends with a word */
            blank = at;
            blank_cols = used;
            blank_marked = now;
        }
        if (used + wide > cols && used) {
            bool at_blank = blank > from;
            s.to = at_blank ? blank : at;
            s.cols = at_blank ? blank_cols : used;
            s.next = at_blank ? blank + 1 : at;
            *marked = at_blank ? blank_marked : now;
            return s;
        }
        if (text[at] == ' ') {
            blank = at;
            blank_cols = used;
            blank_marked = now;
        }
        used += wide;
        at += n;
    }
    s.to = at;
    s.cols = used;
    s.next = at < len ? at + 1 : len;
    *marked = now;
    return s;
}

static int draw_span(struct surface *s, int row, int col, look_t look, const char *text,
                     const struct span *p)
{
    bool marked = p->starts_marked;
    for (size_t at = p->from; at < p->to;) {
        if (is_mark(text[at])) {
            marked = text[at++] == MATCH_BEGINS;
            continue;
        }
        size_t n = 0;
        while (at + n < p->to && !is_mark(text[at + n]))
            n++;
        col = put_len(s, row, col, marked ? look | LOOK_REVERSE : look, text + at, n);
        at += n;
    }
    return col;
}

int marked_rows(const char *text, int cols, int most)
{
    size_t len = strlen(text), at = 0;
    bool marked = false;
    int rows = 0;
    while (at < len && rows < most) {
        at = next_span(text, len, at, cols, &marked).next;
        rows++;
    }
    return rows;
}

int marked_matches(const char *text)
{
    int lines = 0;
    bool held = false;
    for (; *text; text++) {
        if (*text == MATCH_BEGINS && !held) {
            held = true;
            lines++;
        } else if (*text == '\n') {
            held = false;
        }
    }
    return lines;
}

/* The last line that is not blank, its start and length. */
static size_t last_line(const char *text, size_t *ret_len)
{
    size_t end = strlen(text);
    while (end && (text[end - 1] == '\n' || text[end - 1] == ' ' || is_mark(text[end - 1])))
        end--;
    size_t from = end;
    while (from && text[from - 1] != '\n')
        from--;
    *ret_len = end - from;
    return from;
}

static void draw_last(struct surface *s, int row, int col, int cols, look_t look, const char *text)
{
    size_t len, from = last_line(text, &len);
    bool marked = false;
    for (size_t i = 0; i < from; i++) /* a match may span lines */
        marked = is_mark(text[i]) ? text[i] == MATCH_BEGINS : marked;
    struct span p = next_span(text, from + len, from, cols, &marked);
    if (p.next < from + len && p.cols > cols - 2) {
        bool again = p.starts_marked;
        p = next_span(text, from + len, from, cols - 2, &again);
    }
    int end = draw_span(s, row, col, look, text, &p);
    if (p.next < from + len)
        put(s, row, end, LOOK_MUTED, " …");
}

/* Where row number `row` of a text begins. */
static size_t row_start(const char *text, int cols, int row)
{
    size_t len = strlen(text), at = 0;
    bool marked = false;
    for (int i = 0; i < row && at < len; i++)
        at = next_span(text, len, at, cols, &marked).next;
    return at;
}

int marked_draw(struct surface *s, int row, int col, int cols, int rows, look_t look,
                const char *text)
{
    size_t len = strlen(text), at = 0;
    bool marked = false;
    if (cols < 4 || rows < 1 || !len)
        return 0;
    int all = marked_rows(text, cols, rows + 1);
    if (all > rows && rows == 1) {
        draw_last(s, row, col, cols, look, text);
        return 1;
    }
    int shown = all > rows ? rows - 1 : all;
    size_t last_len;
    bool jumps = all > rows && last_line(text, &last_len) >= row_start(text, cols, shown);
    for (int i = 0; i < shown; i++) {
        bool before = marked;
        struct span p = next_span(text, len, at, cols, &marked);
        bool goes_on = all > rows && i == shown - 1 && jumps;
        if (goes_on && p.cols > cols - 2) {
            marked = before;
            p = next_span(text, len, at, cols - 2, &marked);
        }
        int end = draw_span(s, row + i, col, look, text, &p);
        if (goes_on)
            put(s, row + i, end, LOOK_MUTED, " …");
        at = p.next;
    }
    if (all <= rows)
        return all;
    if (jumps) {
        draw_last(s, row + rows - 1, col, cols, look, text);
        return rows;
    }
    struct span p = next_span(text, len, at, cols - 2, &marked); /* one long line goes on */
    put(s, row + rows - 1, draw_span(s, row + rows - 1, col, look, text, &p), LOOK_MUTED, " …");
    return rows;
}
