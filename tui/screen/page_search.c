/* Finding words on a page (page.h). Words are looked for in the lines as they are shown, joined by
 * their line ends, so that markup does not hide them and a wrap does not cut them. */
#include "tui/screen/page_inside.h"

#include <string.h>

#include "core/base/text.h"

/* The lines of a block as one text; starts[i] is where line i starts, starts[n] the end. */
struct joined {
    struct buf text;
    size_t *starts;
};

static void join(struct page *p, const struct lines *l, struct joined *ret)
{
    *ret = (struct joined){ .text = buf_with_max((size_t)-1 / 4) };
    ret->starts = arena_new(&p->arena, size_t, l->n + 1);
    for (size_t i = 0; i < l->n; i++) {
        ret->starts[i] = ret->text.len;
        for (size_t k = 0; k < l->v[i].count; k++)
            buf_add(&ret->text, l->v[i].runs[k].text, l->v[i].runs[k].len);
        buf_putc(&ret->text, '\n');
    }
    ret->starts[l->n] = ret->text.len;
}

/* --- marking ----------------------------------------------------------------------------- */

/* The part of a match, bytes [from, end), that lies in one line. */
static void mark_line(const struct joined *j, size_t line, size_t from, size_t end,
                      struct surface *s, int row)
{
    const char *text = buf_text(&j->text);
    size_t start = j->starts[line], stop = j->starts[line + 1] - 1;
    from = from < start ? start : from;
    end = end > stop ? stop : end;
    if (from < end)
        surface_reverse(s, row, (int)text_cols(text + start, from - start),
                        (int)text_cols(text + from, end - from));
}

void page_mark(struct page *p, const struct lines *l, int first, int n, struct surface *s, int row)
{
    if (!p->words || n < 1)
        return;
    struct joined j;
    join(p, l, &j);
    size_t at, len, line = 0, last = (size_t)(first + n);
    for (size_t i = 0; text_find(buf_text(&j.text) + i, j.text.len - i, p->words, &at, &len);
         i += at + len) {
        while (j.starts[line + 1] <= i + at)
            line++;
        if (line >= last)
            break;
        for (size_t k = line; k < last && j.starts[k] < i + at + len; k++)
            if (k >= (size_t)first)
                mark_line(&j, k, i + at, i + at + len, s, row + (int)k - first);
    }
    buf_done(&j.text);
}

/* --- searching --------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* False only where the words cannot be in a block: its letters do not hold theirs in this order
 * with nothing but other signs between them. Saves laying out nearly all of a long text. Where the
 * lines may say more than the source in its order, it is not tried. */
static bool may_hold(const char *s, size_t len, const char *words)
{
    size_t first = 0;
    for (const char *w = words; *w; w++)
        if ((unsigned char)*w >= 0x80)
            return true;
    while (words[first] && !is_letter(words[first]))
        first++;
    if (!words[first] || memchr(s, '&', len) || memchr(s, '|', len) || memchr(s, ']', len))
        return true;
    for (size_t i = 0; i < len; i++) {
        if ((s[i] | 0x20) != words[first])
            continue;
        const char *w = words + first + 1;
        for (size_t k = i + 1;; k++) {
            while (*w && !is_letter(*w))
                w++;
            if (!*w)
                return true;
            while (k < len && !is_letter(s[k]))
                k++;
            if (k == len || (s[k] | 0x20) != *w)
                break;
            w++;
        }
    }
    return false;
}

/* The first (dir 1) or last row of a block behind or before row `from` where a match begins; -1
 * for none. */
static int find_row(struct page *p, size_t block, int dir, int from)
{
    const struct block *b = &p->blocks[block].b;
    if (!may_hold(buf_text(&p->source) + b->from, b->len, p->words))
        return -1;
    struct lines l;
    page_lay(p, block, &l);
    int gap = page_gap(p, block, &l), found = -1;
    struct joined j;
    join(p, &l, &j);
    size_t at, len, line = 0;
    for (size_t i = 0; text_find(buf_text(&j.text) + i, j.text.len - i, p->words, &at, &len);
         i += at + len) {
        while (j.starts[line + 1] <= i + at)
            line++;
        int row = (int)line + gap;
        if (dir > 0 ? row > from : row < from)
            found = row;
        if (found >= 0 && dir > 0)
            break;
    }
    buf_done(&j.text);
    return found;
}

/* The next place with a match behind or before `from`, all round. */
static bool find(struct page *p, int dir, struct page_place from, struct page_place *ret)
{
    size_t blocks = p->last + 1;
    for (size_t k = 0; k <= blocks; k++) {
        size_t block = (from.block + (dir > 0 ? k : 2 * blocks - k)) % blocks;
        int row = find_row(p, block, dir, k == 0 ? from.row : dir > 0 ? -1 : 0x7FFFFFFF);
        if (row >= 0) {
            *ret = (struct page_place){ block, row };
            return true;
        }
    }
    return false;
}

/* Whether a place is in view. */
static bool in_view(struct page *p, const struct page_place *at, int height)
{
    if (at->block < p->top.block)
        return false;
    long rows = (long)at->row - p->top.row;
    for (size_t i = p->top.block; i < at->block && rows < height; i++)
        rows += page_block_rows(p, i);
    return rows >= 0 && rows < height;
}

static bool same_words(const struct page *p, const char *words)
{
    return p->words && strcmp(p->words, words) == 0;
}

bool page_search(struct page *p, const char *words, int dir, int height)
{
    struct buf folded = buf_with_max((size_t)-1 / 4);
    text_fold(&folded, words ? words : "", words ? strlen(words) : 0);
    bool again = same_words(p, buf_text(&folded)) && p->has_hit;
    mem_free(p->words);
    p->words = folded.len > 0 ? mem_copy(buf_text(&folded), folded.len) : NULL;
    buf_done(&folded);
    p->has_hit = false;
    if (!p->words || p->cols == 0)
        return false;
    page_settle(p, height);
    struct page_place from = p->top;
    if (again && in_view(p, &p->hit, height))
        from = p->hit; /* on from the one found last; else from the first row in view */
    else if (dir > 0)
        from.row--;
    if (!find(p, dir, from, &p->hit))
        return false;
    p->has_hit = true;
    p->follow = false;
    if (!in_view(p, &p->hit, height)) {
        p->top = p->hit;
        page_step(p, &p->top, -height / 3);
        page_settle(p, height);
    }
    return true;
}
