/* From md4c's calls to a document (markdown.h, document.h). */
#include "tui/screen/markdown.h"

#include <string.h>

#include <md4c.h>

#include "tui/screen/document.h"
#include "tui/screen/entity.h"

/* A document may become this many times as much text as it is, and so many bytes more; a cell of
 * a table costs some beside its text, because md4c fills short rows up. */
enum { GROWTH = 8, GROWTH_BYTES = 64 * 1024, CELL_COST = 8 };

struct link {
    size_t from; /* where its text starts in the flow */
    struct buf address;
};

struct reader {
    struct document doc;
    int strong, emphasis, code, deleted; /* spans open around the text; headings, too, and code */
    struct link *link;                   /* links and images, the innermost last */
    size_t links, link_cap;
    size_t left; /* how much more it may become */
    bool over;   /* it became too much: md4c does not stop at every nonzero it is told */
};

/* --- text -------------------------------------------------------------------------------- */

static look_t look_now(const struct reader *r)
{
    return r->code       ? LOOK_CODE
           : r->strong   ? LOOK_STRONG
           : r->emphasis ? LOOK_EMPHASIS
           : r->deleted  ? LOOK_MUTED
                         : r->doc.base;
}

/* All text goes through here. Nonzero stops md4c: the document became too much. */
static int add(struct reader *r, look_t look, const char *text, size_t len)
{
    r->over |= len > r->left;
    if (r->over)
        return 1;
    r->left -= len;
    flow_add(&r->doc.flow, look, text, len);
    return 0;
}

static int add_entity(struct reader *r, look_t look, const char *text, size_t len)
{
    char c[ENTITY_BYTES];
    return entity_text(text, len, c) ? add(r, look, c, strlen(c)) : add(r, look, text, len);
}

/* An attribute comes in pieces, entities apart. */
static void attribute_text(const MD_ATTRIBUTE *at, struct buf *to)
{
    for (int i = 0; at->text && at->substr_offsets[i] < at->size; i++) {
        const char *s = at->text + at->substr_offsets[i];
        size_t len = at->substr_offsets[i + 1] - at->substr_offsets[i];
        char c[ENTITY_BYTES];
        if (at->substr_types[i] == MD_TEXT_ENTITY && entity_text(s, len, c))
            buf_puts(to, c);
        else
            buf_add(to, s, len);
    }
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *self)
{
    struct reader *r = self;
    look_t look = look_now(r);
    switch (type) {
    case MD_TEXT_NULLCHAR:
        return add(r, look, "\xEF\xBF\xBD", 3);
    case MD_TEXT_ENTITY:
        return add_entity(r, look, text, size);
    case MD_TEXT_BR:
        return add(r, look, r->doc.in_table ? " " : "\n", 1);
    case MD_TEXT_SOFTBR:
        flow_soft(&r->doc.flow, look);
        return 0;
    case MD_TEXT_NORMAL:
    case MD_TEXT_CODE:
    case MD_TEXT_HTML:
    case MD_TEXT_LATEXMATH:
        break;
    }
    return add(r, look, text, size);
}

/* --- spans ------------------------------------------------------------------------------- */

static int link_open(struct reader *r, const MD_ATTRIBUTE *address)
{
    r->link = mem_grow(r->link, &r->link_cap, r->links + 1, sizeof *r->link);
    struct link *l = &r->link[r->links++];
    *l = (struct link){ .from = r->doc.flow.text.len, .address = buf_with_max((size_t)-1 / 4) };
    attribute_text(address, &l->address);
    return 0;
}

/* The address in brackets, where the text does not say it already; for an image only where it has
 * no text, because nobody can open it here. */
static int link_close(struct reader *r, bool image)
{
    if (r->links == 0)
        return 0;
    struct link *l = &r->link[--r->links];
    const char *shown = buf_text(&r->doc.flow.text) + l->from, *address = buf_text(&l->address);
    size_t len = r->doc.flow.text.len - l->from;
    if (strncmp(address, "mailto:", 7) == 0)
        address += 7;
    bool same = strlen(address) == len && memcmp(address, shown, len) == 0;
    int said = 0;
    if (*address && !same && !(image && len > 0)) {
        said = add(r, LOOK_MUTED, len > 0 ? " (" : "(", len > 0 ? 2 : 1) ||
               add(r, LOOK_MUTED, address, strlen(address)) || add(r, LOOK_MUTED, ")", 1);
    }
    buf_done(&l->address);
    return said;
}

/* md4c ends spans that it never began (mity/md4c#294), where the marks of one stand in the address
 * of a link: "![a](b[) c](d)". */
static void ended(int *open)
{
    *open -= *open > 0;
}

/* No span reaches beyond its block, whatever md4c forgot to end. */
static void spans_end(struct reader *r)
{
    r->strong = r->emphasis = r->code = r->deleted = 0;
    while (r->links > 0)
        buf_done(&r->link[--r->links].address);
}

/* No terminal is sure to strike through: the marks of what is deleted stay. */
static int deleted(struct reader *r, int more)
{
    r->deleted += more > 0;
    int said = add(r, look_now(r), "~~", 2);
    if (more < 0)
        ended(&r->deleted);
    return said;
}

static int on_span(MD_SPANTYPE type, void *detail, void *self)
{
    struct reader *r = self;
    r->emphasis += type == MD_SPAN_EM;
    r->strong += type == MD_SPAN_STRONG;
    r->code += type == MD_SPAN_CODE;
    if (type == MD_SPAN_DEL)
        return deleted(r, 1);
    if (type == MD_SPAN_A)
        return link_open(r, &((MD_SPAN_A_DETAIL *)detail)->href);
    if (type == MD_SPAN_IMG)
        return link_open(r, &((MD_SPAN_IMG_DETAIL *)detail)->src);
    return 0;
}

static int on_span_end(MD_SPANTYPE type, void *detail, void *self)
{
    (void)detail;
    struct reader *r = self;
    switch (type) {
    case MD_SPAN_EM:
        ended(&r->emphasis);
        return 0;
    case MD_SPAN_STRONG:
        ended(&r->strong);
        return 0;
    case MD_SPAN_CODE:
        ended(&r->code);
        return 0;
    case MD_SPAN_DEL:
        return deleted(r, -1);
    case MD_SPAN_A:
    case MD_SPAN_IMG:
        return link_close(r, type == MD_SPAN_IMG);
    default:
        return 0;
    }
}

/* --- blocks ------------------------------------------------------------------------------ */

static int item_open(struct reader *r, const MD_BLOCK_LI_DETAIL *li)
{
    document_item(&r->doc, !li->is_task           ? ITEM_PLAIN
                           : li->task_mark == ' ' ? ITEM_OPEN
                                                  : ITEM_DONE);
    return 0;
}

static int table_open(struct reader *r, const MD_BLOCK_TABLE_DETAIL *t)
{
    if (t->col_count < 1 || t->col_count > DOCUMENT_CELLS)
        return r->over = true;
    document_table(&r->doc, t->col_count);
    return 0;
}

static int cell_open(struct reader *r, const MD_BLOCK_TD_DETAIL *td, bool heading)
{
    static const enum tabular_align aligns[] = { [MD_ALIGN_DEFAULT] = TABULAR_LEFT,
                                                 [MD_ALIGN_LEFT] = TABULAR_LEFT,
                                                 [MD_ALIGN_CENTER] = TABULAR_CENTER,
                                                 [MD_ALIGN_RIGHT] = TABULAR_RIGHT };
    r->over |= r->left < CELL_COST;
    if (r->over)
        return 1;
    r->left -= CELL_COST;
    r->strong += heading;
    document_cell(&r->doc, aligns[td->align]);
    return 0;
}

/* The name of the language goes first into the flow: it is found again as the text before the
 * look changes, because code has one look. */
static int code_open(struct reader *r, const MD_BLOCK_CODE_DETAIL *code)
{
    struct buf name = buf_with_max((size_t)-1 / 4);
    attribute_text(&code->lang, &name);
    int said = name.len ? add(r, LOOK_MUTED, buf_text(&name), name.len) : 0;
    buf_done(&name);
    r->code++;
    return said;
}

static void code_close(struct reader *r)
{
    const struct flow *f = &r->doc.flow;
    size_t language = 0;
    if (f->count > 0 && f->marks[0].look == LOOK_MUTED)
        language = f->count > 1 ? f->marks[1].at : f->text.len;
    document_code(&r->doc, language);
}

static int on_block(MD_BLOCKTYPE type, void *detail, void *self)
{
    struct reader *r = self;
    struct document *d = &r->doc;
    const MD_BLOCK_OL_DETAIL *ol = detail;
    if (r->over)
        return 1;
    spans_end(r);
    if (!d->in_table)
        document_text(d); /* of a tight item, which has no paragraph of its own */
    switch (type) {
    case MD_BLOCK_QUOTE:
        document_quote(d);
        return 0;
    case MD_BLOCK_UL:
        document_list(d, ((const MD_BLOCK_UL_DETAIL *)detail)->is_tight, false, 0, 0);
        return 0;
    case MD_BLOCK_OL:
        document_list(d, ol->is_tight, true, ol->start, ol->mark_delimiter);
        return 0;
    case MD_BLOCK_LI:
        return item_open(r, detail);
    case MD_BLOCK_HR:
        document_rule(d);
        return 0;
    case MD_BLOCK_H:
        r->strong++;
        return 0;
    case MD_BLOCK_CODE:
        return code_open(r, detail);
    case MD_BLOCK_TABLE:
        return table_open(r, detail);
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        return cell_open(r, detail, type == MD_BLOCK_TH);
    default:
        return 0;
    }
}

static int on_block_end(MD_BLOCKTYPE type, void *detail, void *self)
{
    struct reader *r = self;
    struct document *d = &r->doc;
    if (r->over)
        return 1;
    spans_end(r);
    switch (type) {
    case MD_BLOCK_P:
        document_text(d);
        break;
    case MD_BLOCK_H:
        document_heading(d, ((const MD_BLOCK_H_DETAIL *)detail)->level);
        break;
    case MD_BLOCK_CODE:
        code_close(r);
        break;
    case MD_BLOCK_TABLE:
        document_table_end(d);
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        document_cell_end(d);
        break;
    case MD_BLOCK_LI:
    case MD_BLOCK_QUOTE:
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        document_text(d);
        document_close(d);
        break;
    default:
        break;
    }
    return 0;
}

/* --- short rules of tables --------------------------------------------------------------- */

/* Everybody takes "|-|-|" for the rule of a table, but md4c wants three dashes a column: shorter
 * ones are made that long before it reads. */
enum { RULE_DASHES = 3 };

static size_t line_len(const char *s, size_t len)
{
    const char *nl = memchr(s, '\n', len);
    return nl ? (size_t)(nl - s) + 1 : len;
}

/* What stands before a line's own text: blanks and the marks of quotes. */
static size_t indent_len(const char *s, size_t len)
{
    size_t i = 0;
    while (i < len && (s[i] == ' ' || s[i] == '>'))
        i++;
    return i;
}

static bool is_rule(const char *s, size_t len)
{
    bool dash = false, bar = false;
    for (size_t i = 0; i < len; i++) {
        dash |= s[i] == '-';
        bar |= s[i] == '|';
        if (!memchr("|-: \t\r\n", s[i], 8))
            return false;
    }
    return dash && bar;
}

static void add_stretched(struct buf *to, const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = 0;
        while (i + n < len && s[i + n] == '-')
            n++;
        for (size_t k = n; n > 0 && k < RULE_DASHES; k++)
            buf_putc(to, '-');
        n += n == 0;
        buf_add(to, s + i, n);
        i += n;
    }
}

/* The text with its rules stretched, in `to`; false where there is nothing to stretch. */
static bool stretch_rules(const char *s, size_t len, struct buf *to)
{
    size_t done = 0;
    char fence = 0; /* of the code we are in */
    bool bar_above = false;
    for (size_t i = 0, n; i < len; i += n) {
        n = line_len(s + i, len - i);
        size_t in = indent_len(s + i, n);
        const char *own = s + i + in;
        if (n - in > 3 && (*own == '`' || *own == '~') && own[1] == *own && own[2] == *own)
            fence = !fence ? *own : fence == *own ? 0 : fence;
        if (bar_above && !fence && is_rule(own, n - in)) {
            buf_add(to, s + done, i + in - done);
            add_stretched(to, own, n - in);
            done = i + n;
        }
        bar_above = memchr(own, '|', n - in) != NULL;
    }
    if (done > 0)
        buf_add(to, s + done, len - done);
    return done > 0;
}

/* --- the whole --------------------------------------------------------------------------- */

static int at_least(int cols)
{
    return cols < MARKDOWN_COLS ? MARKDOWN_COLS : cols;
}

void markdown_lines(const char *text, size_t len, int cols, bool ascii, look_t base,
                    struct arena *a, struct lines *ret)
{
    static const MD_PARSER parser = {
        .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML,
        .enter_block = on_block,
        .leave_block = on_block_end,
        .enter_span = on_span,
        .leave_span = on_span_end,
        .text = on_text,
    };
    struct reader r = { .left = GROWTH * len + GROWTH_BYTES };
    struct buf copy = buf_with_max((size_t)-1 / 4);
    size_t before = ret->n, size = len;
    const char *source = text;
    if (stretch_rules(text, len, &copy)) {
        source = buf_text(&copy);
        size = copy.len;
    }
    document_init(&r.doc, at_least(cols), ascii, base, a, ret);
    bool done =
        size < (MD_SIZE)-1 / 4 && md_parse(source, (MD_SIZE)size, &parser, &r) == 0 && !r.over;
    buf_done(&copy);
    spans_end(&r);
    mem_free(r.link);
    document_done(&r.doc);
    if (!done) { /* too much, or md4c had no memory */
        ret->n = before;
        plain_lines(text, len, cols, ascii, base, a, ret);
    }
}

static void wrap_all(const char *text, size_t len, look_t look, bool ascii, const struct wrap *w,
                     struct arena *a, struct lines *ret)
{
    struct flow f;
    flow_init(&f, ascii);
    flow_add(&f, look, text, len);
    size_t end = f.text.len;
    if (end > 0)
        flow_lines(&f, 0, end - (f.text.data[end - 1] == '\n'), w, a, ret);
    flow_done(&f);
}

void plain_lines(const char *text, size_t len, int cols, bool ascii, look_t base, struct arena *a,
                 struct lines *ret)
{
    struct wrap w = { .cols = at_least(cols), .how = WRAP_WORDS };
    wrap_all(text, len, base, ascii, &w, a, ret);
}

void code_lines(const char *text, size_t len, int cols, bool ascii, struct arena *a,
                struct lines *ret)
{
    struct line *indent = line_new(a, 1);
    line_blanks(indent, DOCUMENT_CODE_INDENT);
    struct wrap w = {
        .cols = at_least(cols), .how = WRAP_COLUMNS, .first = indent, .rest = indent
    };
    wrap_all(text, len, LOOK_CODE, ascii, &w, a, ret);
}
