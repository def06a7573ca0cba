/* Collecting, measuring and wrapping text of several looks (lines.h). Owns a flow's text while it
 * is collected; lines live in the arena of whoever asks. */
#include "tui/screen/lines.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/screen/surface.h"

/* --- lines ------------------------------------------------------------------------------- */

struct line *line_new(struct arena *a, size_t runs)
{
    struct line *l = arena_new(a, struct line, 1);
    l->runs = runs ? arena_new(a, struct run, runs) : NULL;
    return l;
}

struct line *lines_add(struct lines *to, struct arena *a, size_t runs)
{
    if (to->n == to->cap) {
        size_t cap = to->cap ? 2 * to->cap : 16;
        struct line *v = arena_new(a, struct line, cap);
        if (to->n)
            memcpy(v, to->v, to->n * sizeof *v);
        to->v = v;
        to->cap = cap;
    }
    struct line *l = &to->v[to->n++];
    *l = (struct line){ .runs = runs ? arena_new(a, struct run, runs) : NULL };
    return l;
}

void line_run(struct line *l, const char *text, size_t len, int cols, look_t look)
{
    l->runs[l->count++] = (struct run){ text, len, cols, look };
    l->cols += cols;
}

void line_blanks(struct line *l, int cols)
{
    static const char blanks[] = "                                                                ";
    for (; cols > 0; cols -= LINE_BLANKS) {
        int n = cols < LINE_BLANKS ? cols : LINE_BLANKS;
        line_run(l, blanks, (size_t)n, n, LOOK_TEXT);
    }
}

void line_join(struct line *l, const struct line *other)
{
    for (size_t i = 0; other && i < other->count; i++)
        l->runs[l->count++] = other->runs[i];
    l->cols += other ? other->cols : 0;
}

/* --- collecting -------------------------------------------------------------------------- */

void flow_init(struct flow *f, bool ascii)
{
    *f = (struct flow){ .text = buf_with_max((size_t)-1 / 4), .ascii = ascii };
}

void flow_done(struct flow *f)
{
    buf_done(&f->text);
    mem_free(f->marks);
    *f = (struct flow){ 0 };
}

void flow_clear(struct flow *f)
{
    buf_clear(&f->text);
    f->count = 0;
    f->tab_at = 0;
    f->tab_col = 0;
}

static void mark(struct flow *f, look_t look)
{
    if (f->count && f->marks[f->count - 1].look == look)
        return;
    f->marks = mem_grow(f->marks, &f->cap, f->count + 1, sizeof *f->marks);
    f->marks[f->count++] = (struct flow_mark){ f->text.len, look };
}

/* A sign that a terminal without Unicode cannot draw goes in as its twin now, because twins can be
 * wider and the columns are counted here. */
static void add_ascii(struct flow *f, const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        int32_t cp;
        size_t n = text_decode(s + i, len - i, &cp);
        const char *twin = NULL;
        if (cp == 0xFFFD || text_is_unsafe(cp))
            twin = "?";
        else if (cp >= 0x80)
            twin = surface_twin(cp);
        if (twin)
            buf_puts(&f->text, twin);
        else
            buf_add(&f->text, s + i, n);
        i += n;
    }
}

static void add_piece(struct flow *f, const char *s, size_t len)
{
    if (f->ascii)
        add_ascii(f, s, len);
    else
        text_safe(&f->text, s, len);
}

/* Blanks up to the next stop, counted from the start of the line. What was counted for the tab
 * before is not counted again: a line may be nothing but tabs. */
static void add_tab(struct flow *f)
{
    const char *text = buf_text(&f->text);
    size_t from = f->text.len;
    while (from > f->tab_at && text[from - 1] != '\n' && text[from - 1] != FLOW_SOFT)
        from--;
    if (from > f->tab_at)
        f->tab_col = 0;
    f->tab_col += (int)text_cols(text + from, f->text.len - from);
    do {
        buf_putc(&f->text, ' ');
        f->tab_col++;
    } while (f->tab_col % TAB_COLS);
    f->tab_at = f->text.len;
}

void flow_add(struct flow *f, look_t look, const char *text, size_t len)
{
    if (!len)
        return;
    mark(f, look);
    for (size_t i = 0; i < len;) {
        size_t n = 0;
        while (i + n < len && text[i + n] != '\t' && text[i + n] != '\r')
            n++;
        add_piece(f, text + i, n);
        i += n;
        if (i == len)
            break;
        if (text[i] == '\t')
            add_tab(f);
        else if (i + 1 == len || text[i + 1] != '\n')
            buf_putc(&f->text, '\n');
        i++;
    }
}

void flow_soft(struct flow *f, look_t look)
{
    mark(f, look);
    buf_putc(&f->text, FLOW_SOFT);
}

/* --- soft line ends ---------------------------------------------------------------------- */

/* Nobody fills paragraphs narrower than this, and a line this much shorter than the longest one
 * (in percent of it, its next word counted) was ended on purpose. */
enum { FILLED_COLS = 60, FILLED_PERCENT = 75 };

static size_t end_of_line(const char *s, size_t from, size_t end)
{
    while (from < end && s[from] != '\n' && s[from] != FLOW_SOFT)
        from++;
    return from;
}

static size_t first_word(const char *s, size_t from, size_t end)
{
    size_t i = from;
    while (i < end && s[i] != ' ' && s[i] != '\n' && s[i] != FLOW_SOFT)
        i++;
    return text_cols(s + from, i - from);
}

static bool is_filled(const char *s, size_t from, size_t end)
{
    size_t longest = 0;
    for (size_t i = from, to; i < end; i = to + 1) {
        to = end_of_line(s, i, end);
        size_t cols = text_cols(s + i, to - i);
        if (cols > longest)
            longest = cols;
    }
    if (longest < FILLED_COLS)
        return false;
    for (size_t i = from, to; i < end; i = to + 1) {
        to = end_of_line(s, i, end);
        if (to < end && s[to] == FLOW_SOFT &&
            (text_cols(s + i, to - i) + 1 + first_word(s, to + 1, end)) * 100 <
                longest * FILLED_PERCENT)
            return false;
    }
    return true;
}

void flow_settle(struct flow *f, size_t from, size_t end)
{
    char *s = f->text.data;
    if (from == end || !memchr(s + from, FLOW_SOFT, end - from))
        return;
    char with = is_filled(s, from, end) ? ' ' : '\n';
    for (size_t i = from; i < end; i++)
        if (s[i] == FLOW_SOFT)
            s[i] = with;
}

/* --- wrapping ---------------------------------------------------------------------------- */

/* What one row takes of a hard line: its text, and where the next row starts. */
struct cut {
    size_t end, next;
};

/* The first row of s[0..len) in `cols` columns, broken anywhere. */
static struct cut cut_columns(const char *s, size_t len, int cols)
{
    size_t i = 0;
    int col = 0;
    while (i < len) {
        size_t w, n = text_next(s + i, len - i, &w);
        if (col + (int)w > cols && i > 0)
            break;
        col += (int)w;
        i += n;
    }
    return (struct cut){ i, i };
}

/* The same at words. Blanks at a break are in neither row; those at the start of a hard line are
 * its indent and stay. */
static struct cut cut_words(const char *s, size_t len, int cols)
{
    size_t i = 0, words_end = 0; /* behind the last letter */
    struct cut at = { 0, 0 };    /* the last place where it may break */
    bool letters = false, was_wide = false, was_blank = false;
    int col = 0;
    while (i < len) {
        size_t w, n = text_next(s + i, len - i, &w);
        bool blank = s[i] == ' ' && n == 1, wide = w == 2; /* with a mark on it, it is a letter */
        if (letters && !blank && (wide || was_wide || was_blank))
            at = (struct cut){ words_end, i };
        if (col + (int)w > cols && !blank) {
            if (at.next == 0)
                at = !letters && i ? (struct cut){ 0, i }
                     : i           ? (struct cut){ i, i }
                                   : (struct cut){ n, n };
            return at;
        }
        col += (int)w;
        i += n;
        if (!blank) {
            letters = true;
            words_end = i;
            was_wide = wide;
        }
        was_blank = blank;
    }
    return (struct cut){ words_end, len };
}

struct wrapping {
    const struct flow *f;
    const char *text; /* the flow's, in the arena: runs point into it */
    size_t from;      /* of the flow's text: where `text` starts */
    size_t mark;      /* the mark that is in force at the row's start */
    struct arena *a;
    struct lines *to;
};

/* Appends the runs of [from, end) of the flow. A look that changes inside a grapheme changes
 * behind it. */
static void add_runs(struct wrapping *w, struct line *l, size_t from, size_t end)
{
    const struct flow_mark *marks = w->f->marks;
    while (from < end) {
        while (w->mark + 1 < w->f->count && marks[w->mark + 1].at <= from)
            w->mark++;
        size_t stop = w->mark + 1 < w->f->count ? marks[w->mark + 1].at : end, i = from;
        int cols = 0;
        if (stop > end)
            stop = end;
        while (i < stop) {
            size_t n_cols, n = text_next(w->text + (i - w->from), end - i, &n_cols);
            cols += (int)n_cols;
            i += n;
        }
        line_run(l, w->text + (from - w->from), i - from, cols, marks[w->mark].look);
        from = i;
    }
}

static void add_row(struct wrapping *w, const struct line *before, size_t from, size_t end)
{
    size_t runs = before ? before->count : 0, m = w->mark;
    if (from < end)
        runs++;
    for (; m + 1 < w->f->count && w->f->marks[m + 1].at < end; m++)
        runs += w->f->marks[m + 1].at > from;
    struct line *l = lines_add(w->to, w->a, runs);
    line_join(l, before);
    add_runs(w, l, from, end);
}

void flow_lines(const struct flow *f, size_t from, size_t end, const struct wrap *w,
                struct arena *a, struct lines *to)
{
    struct wrapping state = { .f = f, .from = from, .a = a, .to = to };
    state.text = arena_copy(a, buf_text(&f->text) + from, end - from);
    const struct line *before = w->first;
    size_t hard = from;
    do {
        const char *nl = end > hard ? memchr(state.text + (hard - from), '\n', end - hard) : NULL;
        size_t hard_end = nl ? from + (size_t)(nl - state.text) : end;
        do {
            int cols = w->cols - (before ? before->cols : 0);
            const char *s = state.text + (hard - from);
            struct cut cut = w->how == WRAP_WORDS ? cut_words(s, hard_end - hard, cols)
                                                  : cut_columns(s, hard_end - hard, cols);
            add_row(&state, before, hard, hard + cut.end);
            before = w->rest;
            hard += cut.next;
        } while (hard < hard_end);
        hard = hard_end + 1;
    } while (hard <= end);
}
