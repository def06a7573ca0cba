/* Where a growing Markdown text may be cut (cutter.h). It need not be exact: what it takes for one
 * block may be several, and the other way round only where nobody sees it. */
#include "tui/screen/cutter.h"

#include <string.h>

#include "core/base/text.h"

void cutter_init(struct cutter *c, bool plain)
{
    *c = (struct cutter){ .plain = plain, .definitions = buf_with_max(2 * CUTTER_LONG) };
    c->open.kind = plain ? BLOCK_PLAIN : BLOCK_MARKDOWN;
}

void cutter_done(struct cutter *c)
{
    buf_done(&c->definitions);
    *c = (struct cutter){ 0 };
}

/* --- what a line is ---------------------------------------------------------------------- */

struct line_view {
    const char *s; /* without its indent and its end */
    size_t len;
    size_t indent; /* in columns */
};

static struct line_view view(const char *s, size_t len)
{
    struct line_view v = { s, len, 0 };
    while (v.len && (*v.s == ' ' || *v.s == '\t')) {
        v.indent = *v.s == '\t' ? v.indent / 4 * 4 + 4 : v.indent + 1;
        v.s++;
        v.len--;
    }
    while (v.len && (v.s[v.len - 1] == '\r' || v.s[v.len - 1] == ' ' || v.s[v.len - 1] == '\t'))
        v.len--;
    return v;
}

/* Bytes of the marker of a list item ("-", "12."), 0 where there is none. */
static size_t marker_len(const struct line_view *v)
{
    size_t n = 0;
    if (v->len && (*v->s == '-' || *v->s == '*' || *v->s == '+')) {
        n = 1;
    } else {
        while (n < v->len && n < 9 && v->s[n] >= '0' && v->s[n] <= '9')
            n++;
        if (n == 0 || n == v->len || (v->s[n] != '.' && v->s[n] != ')'))
            return 0;
        n++;
    }
    return n == v->len || v->s[n] == ' ' || v->s[n] == '\t' ? n : 0;
}

/* The line behind the marker of its item: a fence may open there. */
static struct line_view behind_marker(const struct line_view *v, size_t marker)
{
    return marker ? view(v->s + marker, v->len - marker) : *v;
}

/* Length of the run of ` or ~ that opens or closes a fence; 0 where it is none. */
static size_t fence_run(const struct line_view *v)
{
    size_t n = 0;
    if (v->len == 0 || (*v->s != '`' && *v->s != '~'))
        return 0;
    while (n < v->len && v->s[n] == *v->s)
        n++;
    return n < 3 ? 0 : n;
}

static bool opens_fence(const struct line_view *v, size_t run)
{
    return run > 0 && (*v->s == '~' || !memchr(v->s + run, '`', v->len - run));
}

/* "[label]: address", perhaps with a title. Whether it defines a link is for Markdown to say. */
static bool may_define(const struct line_view *v)
{
    if (v->indent > 3 || v->len < 5 || *v->s != '[')
        return false;
    const char *end = memchr(v->s, ']', v->len);
    return end && end > v->s + 1 && end + 1 < v->s + v->len && end[1] == ':';
}

/* --- cutting ----------------------------------------------------------------------------- */

/* Ends the open block at `at`; the next one starts at `next`. */
static bool cut(struct cutter *c, size_t at, size_t next, bool gap, struct block *ret)
{
    *ret = c->open;
    ret->len = at - c->open.from;
    c->open = (struct block){ .from = next, .gap = gap };
    c->open.kind = c->plain || c->long_text ? BLOCK_PLAIN : BLOCK_MARKDOWN;
    c->item = 0;
    if (c->line < next)
        c->line = next;
    if (c->seen < next)
        c->seen = next;
    return true;
}

/* A place where it may be cut, if there is enough before it to be worth it. */
static bool border(struct cutter *c, size_t at, bool gap, struct block *ret)
{
    return at - c->open.from >= CUTTER_SHORT && cut(c, at, at, gap, ret);
}

/* A place inside a line, near CUTTER_LONG: behind a blank, else before a letter. */
static size_t inside(const struct cutter *c, const char *s)
{
    enum { WORD = 200, MARKS = 16 };
    size_t end = c->open.from + CUTTER_LONG, at = end;
    for (size_t i = end; i > end - WORD; i--)
        if (s[i - 1] == ' ')
            return i;
    for (int i = 0; i < MARKS; i++) {
        int32_t cp;
        for (at--; ((unsigned char)s[at] & 0xC0) == 0x80 && at > end - WORD;)
            at--;
        size_t n = text_decode(s + at, end - at, &cp);
        if (cp < 0x80 || text_cols(s + at, n) > 0)
            break; /* marks behind it would belong to it, so it starts the next piece */
    }
    return at;
}

/* The open block is too long: it ends before the line we are at, wherever that is. */
static bool force(struct cutter *c, const char *s, struct block *ret)
{
    bool whole = c->line > c->open.from;
    size_t at = whole ? c->line : inside(c, s);
    if (c->fence) {
        cut(c, at, at, false, ret);
        c->open.kind = BLOCK_CODE;
        return true;
    }
    if (c->list && c->item > c->open.from && !c->long_text) {
        size_t item = c->item;
        return cut(c, item, item, c->item_gap, ret);
    }
    c->open.kind = BLOCK_PLAIN;
    c->long_text = true;
    return cut(c, at, at, false, ret);
}

/* --- line by line ------------------------------------------------------------------------ */

static bool fence_line(struct cutter *c, const struct line_view *v, size_t end, struct block *ret)
{
    size_t run = fence_run(v);
    bool closes =
        run >= c->fence_len && *v->s == c->fence && run == v->len && (c->list || v->indent < 4);
    size_t line = c->line;
    c->line = end;
    if (!closes)
        return false;
    c->fence = 0;
    if (c->open.kind == BLOCK_CODE) /* the line that closes it is drawn by nobody */
        return cut(c, line, end, true, ret);
    return !c->list && border(c, end, true, ret);
}

static bool blank_line(struct cutter *c, size_t end, struct block *ret)
{
    c->blank = true;
    c->line = end;
    if (c->long_text) {
        c->long_text = c->list = false;
        return cut(c, end, end, true, ret);
    }
    return !c->list && border(c, end, true, ret);
}

/* Whether a fence opens in this line; if so, what it is. */
static bool fence_opens(struct cutter *c, const struct line_view *v, size_t marker)
{
    struct line_view own = behind_marker(v, marker);
    size_t run = fence_run(&own);
    if (!opens_fence(&own, run) || (v->indent > 3 && !c->list))
        return false;
    c->fence = *own.s;
    c->fence_len = run;
    return true;
}

/* A line of text that is too long already. Only a fence ends it before a blank line does: what is
 * in there must not be taken for anything else. */
static bool long_line(struct cutter *c, const struct line_view *v, size_t end, struct block *ret)
{
    size_t line = c->line;
    c->line = end;
    if (!fence_opens(c, v, 0))
        return false;
    c->long_text = false;
    if (line > c->open.from)
        return cut(c, line, line, true, ret);
    c->open.kind = BLOCK_MARKDOWN;
    return false;
}

/* A line with something in it, outside fences. */
static bool text_line(struct cutter *c, const struct line_view *v, size_t end, struct block *ret)
{
    size_t marker = v->indent < 4 || c->list ? marker_len(v) : 0, line = c->line;
    bool ends_list = c->list && c->blank && v->indent < 2 && !marker, ended = false;
    if (ends_list) {
        c->list = false;
        ended = border(c, line, true, ret);
    }
    if (marker) {
        c->list = true;
        if (v->indent < 2 && line > c->open.from) {
            c->item = line;
            c->item_gap = c->blank;
        }
    }
    c->blank = false;
    c->line = end;
    fence_opens(c, v, marker);
    if (may_define(v) && c->definitions.len + v->len < c->definitions.max) {
        buf_add(&c->definitions, v->s, v->len);
        buf_putc(&c->definitions, '\n');
    }
    return ended;
}

/* Takes the line from c->line to `end` (behind its \n); true where a block ended with it or before
 * it. */
static bool take_line(struct cutter *c, const char *s, size_t end, struct block *ret)
{
    struct line_view v = view(s + c->line, end - 1 - c->line);
    if (c->plain) {
        c->line = end;
        return border(c, end, false, ret);
    }
    if (c->fence)
        return fence_line(c, &v, end, ret);
    if (v.len == 0)
        return blank_line(c, end, ret);
    return c->long_text ? long_line(c, &v, end, ret) : text_line(c, &v, end, ret);
}

bool cutter_next(struct cutter *c, const char *s, size_t len, struct block *ret)
{
    for (;;) {
        const char *nl = c->seen < len ? memchr(s + c->seen, '\n', len - c->seen) : NULL;
        size_t end = nl ? (size_t)(nl - s) + 1 : len;
        if (end - c->open.from > CUTTER_LONG)
            return force(c, s, ret);
        c->seen = end;
        if (!nl)
            return false;
        if (take_line(c, s, end, ret))
            return true;
    }
}
