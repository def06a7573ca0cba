/* A page's text, its layout and how it is drawn (page.h). Owns the source; lines live as long as
 * it takes to count or draw them. */
#include "tui/screen/page_inside.h"

#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"

static void open_block(struct page *p)
{
    p->blocks = mem_grow(p->blocks, &p->cap, p->last + 1, sizeof *p->blocks);
    struct page_block *b = &p->blocks[p->last];
    *b = (struct page_block){ .b = p->cutter.open, .rows = b->rows };
    b->b.len = p->source.len - b->b.from;
    if (p->rough > p->last)
        p->rough = p->last;
}

static void start(struct page *p, bool plain)
{
    cutter_init(&p->cutter, plain);
    p->last = p->rough = 0;
    p->follow = true;
    p->top = p->hit = (struct page_place){ 0 };
    p->wanted_top = -1;
    p->has_hit = false;
    open_block(p);
    p->blocks[0].rows = 0;
}

struct page *page_new(enum page_kind kind, look_t look)
{
    struct page *p = mem_new(struct page, 1);
    p->look = look;
    p->source = buf_with_max(MAX_ANSWER_BYTES);
    p->definitions = buf_with_max(PAGE_DEFINITIONS);
    p->scratch = buf_with_max(2 * MAX_ANSWER_BYTES);
    start(p, kind == PAGE_PLAIN);
    return p;
}

void page_free(struct page *p)
{
    if (!p)
        return;
    buf_done(&p->source);
    buf_done(&p->definitions);
    buf_done(&p->scratch);
    cutter_done(&p->cutter);
    arena_done(&p->arena);
    mem_free(p->blocks);
    mem_free(p->words);
    mem_free(p);
}

void page_clear(struct page *p)
{
    bool plain = p->cutter.plain;
    buf_done(&p->source);
    buf_clear(&p->definitions);
    cutter_done(&p->cutter);
    start(p, plain);
}

const char *page_source(const struct page *p, size_t *ret_len)
{
    *ret_len = p->source.len;
    return buf_text(&p->source);
}

/* --- growing ----------------------------------------------------------------------------- */

/* Of the lines that may define a link, those that do: Markdown shows nothing of them. A new one may
 * change every block. */
static void take_definitions(struct page *p)
{
    struct buf *found = &p->cutter.definitions;
    bool changed = false;
    for (size_t i = 0, len; i < found->len; i += len + 1) {
        const char *s = buf_text(found) + i;
        struct lines l = { 0 };
        len = (size_t)((const char *)memchr(s, '\n', found->len - i) - s);
        if (p->definitions.len + len + 2 > p->definitions.max)
            continue;
        arena_clear(&p->arena);
        markdown_lines(s, len, MARKDOWN_COLS, false, LOOK_TEXT, &p->arena, &l);
        if (l.n > 0)
            continue;
        buf_add(&p->definitions, s, len);
        buf_puts(&p->definitions, "\n\n"); /* so that none is the title of the one before */
        changed = true;
    }
    buf_clear(found);
    for (size_t i = 0; changed && i <= p->last; i++)
        p->blocks[i].exact = false;
    p->rough = changed ? 0 : p->rough;
}

static int estimate(const struct page *p, size_t len)
{
    return len > 0 && p->cols > 0 ? (int)(len / (size_t)p->cols) + 1 : 0;
}

void page_add(struct page *p, const char *text, size_t len)
{
    if (len > p->source.max - p->source.len)
        len = p->source.max - p->source.len;
    if (len == 0)
        return;
    buf_add(&p->source, text, len);
    struct block b;
    while (cutter_next(&p->cutter, buf_text(&p->source), p->source.len, &b)) {
        if (p->rough > p->last)
            p->rough = p->last;
        p->blocks[p->last].b = b;
        p->blocks[p->last].exact = false;
        p->blocks[p->last++].rows = estimate(p, b.len);
        open_block(p);
        p->blocks[p->last].rows = estimate(p, p->blocks[p->last].b.len);
        take_definitions(p);
    }
    open_block(p);
    take_definitions(p);
}

/* --- layout ------------------------------------------------------------------------------ */

/* Long text ends with the blank line that ended it; that is the gap behind it. */
static size_t without_ends(const char *s, size_t len)
{
    while (len > 0 && (s[len - 1] == '\n' || s[len - 1] == '\r'))
        len--;
    return len;
}

void page_lay(struct page *p, size_t block, struct lines *ret)
{
    const struct block *b = &p->blocks[block].b;
    const char *s = buf_text(&p->source) + b->from;
    size_t len = b->len;
    if (block == p->last)
        len -= text_partial(s, len); /* the rest of its last letter is still to come */
    arena_clear(&p->arena);
    *ret = (struct lines){ 0 };
    if (b->kind == BLOCK_CODE) {
        code_lines(s, len, p->cols, p->ascii, &p->arena, ret);
    } else if (b->kind == BLOCK_PLAIN) {
        if (!p->cutter.plain)
            len = without_ends(s, len);
        plain_lines(s, len, p->cols, p->ascii, p->look, &p->arena, ret);
    } else if (p->definitions.len == 0) {
        markdown_lines(s, len, p->cols, p->ascii, p->look, &p->arena, ret);
    } else {
        buf_clear(&p->scratch);
        buf_add(&p->scratch, buf_text(&p->definitions), p->definitions.len);
        buf_add(&p->scratch, s, len);
        markdown_lines(buf_text(&p->scratch), p->scratch.len, p->cols, p->ascii, p->look, &p->arena,
                       ret);
    }
}

bool page_gap(const struct page *p, size_t block, const struct lines *l)
{
    return block > 0 && p->blocks[block].b.gap && l->n > 0;
}

static void count(struct page *p, size_t block, const struct lines *l)
{
    p->blocks[block].rows = (int)l->n + page_gap(p, block, l);
    p->blocks[block].exact = true;
}

int page_block_rows(struct page *p, size_t block)
{
    if (!p->blocks[block].exact) {
        struct lines l;
        page_lay(p, block, &l);
        count(p, block, &l);
    }
    return p->blocks[block].rows;
}

/* Another width: rows become estimates, from what they were, and the place being read stays where
 * it was in its block. */
static void set_width(struct page *p, int cols, bool ascii)
{
    cols = cols < MARKDOWN_COLS ? MARKDOWN_COLS : cols;
    if (cols == p->cols && ascii == p->ascii)
        return;
    int before = p->cols, old_rows = p->blocks[p->top.block].rows;
    p->cols = cols;
    p->ascii = ascii;
    p->rough = 0;
    for (size_t i = 0; i <= p->last; i++) {
        struct page_block *b = &p->blocks[i];
        b->rows = before > 0 ? (int)((long)b->rows * before / cols) + (b->rows > 0)
                             : estimate(p, b->b.len);
        b->exact = false;
    }
    if (p->top.row > 0 && old_rows > 0)
        p->top.row = (int)((long)p->top.row * page_block_rows(p, p->top.block) / old_rows);
    if (p->wanted_top >= 0)
        page_set_top(p, p->wanted_top);
}

int page_rows(struct page *p, int cols, bool ascii)
{
    set_width(p, cols, ascii);
    size_t spent = 0;
    while (p->rough <= p->last && spent < PAGE_SLICE_BYTES) {
        if (!p->blocks[p->rough].exact) {
            spent += p->blocks[p->rough].b.len;
            page_block_rows(p, p->rough);
        }
        p->rough++;
    }
    page_block_rows(p, p->last);
    long rows = 0;
    for (size_t i = 0; i <= p->last; i++)
        rows += p->blocks[i].rows;
    return (int)rows;
}

bool page_unfinished(const struct page *p)
{
    return p->cols > 0 && p->rough <= p->last;
}

/* --- drawing ----------------------------------------------------------------------------- */

static void draw_line(struct surface *s, int row, const struct line *l)
{
    int col = 0;
    for (size_t i = 0; i < l->count; i++)
        col = put_len(s, row, col, l->runs[i].look, l->runs[i].text, l->runs[i].len);
}

void page_draw(struct page *p, struct surface *s)
{
    if (s->rows < 1 || s->cols < 1)
        return;
    page_rows(p, s->cols, surface_ascii(s));
    page_settle(p, s->rows);
    surface_blank(s, 0, 0, s->rows, s->cols);
    int row = 0, from = p->top.row;
    for (size_t i = p->top.block; i <= p->last && row < s->rows; i++, from = 0) {
        struct lines l;
        page_lay(p, i, &l);
        count(p, i, &l);
        int gap = page_gap(p, i, &l), first = from > gap ? from - gap : 0;
        row += from < gap; /* the blank line above it */
        int shown = (int)l.n - first < s->rows - row ? (int)l.n - first : s->rows - row;
        for (int r = 0; r < shown; r++)
            draw_line(s, row + r, &l.v[first + r]);
        page_mark(p, &l, first, shown, s, row);
        row += shown;
    }
    surface_cursor(s, 0, 0, false);
}
