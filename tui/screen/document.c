/* Leaves in boxes (document.h). Owns the flow of the open leaf and the stack of boxes. */
#include "tui/screen/document.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#define BAR  "\xE2\x94\x82 "
#define DASH "\xE2\x94\x80"

void document_init(struct document *d, int cols, bool ascii, look_t base, struct arena *a,
                   struct lines *to)
{
    *d = (struct document){ .cols = cols, .ascii = ascii, .base = base, .a = a, .to = to };
    flow_init(&d->flow, ascii);
}

void document_done(struct document *d)
{
    flow_done(&d->flow);
    mem_free(d->box);
    mem_free(d->cell);
    *d = (struct document){ 0 };
}

/* --- what stands before a line ----------------------------------------------------------- */

/* The outermost `boxes` boxes, then `extra` blanks. Boxes deeper than half of the columns draw
 * nothing more, so that there is room for words. */
static struct line *prefix(struct document *d, bool first, size_t boxes, int extra)
{
    size_t most = (size_t)d->cols / 2; /* each drawn takes two columns at least */
    struct line *l = line_new(d->a, (boxes < most ? boxes : most) + 1);
    for (size_t i = 0; i < boxes; i++) {
        const struct box *b = &d->box[i];
        if (b->kind == BOX_LIST || l->cols + b->cols > d->cols / 2)
            continue;
        if (b->kind == BOX_QUOTE)
            line_run(l, d->ascii ? "| " : BAR, strlen(d->ascii ? "| " : BAR), 2, LOOK_MUTED);
        else if (first && !b->drawn)
            line_run(l, arena_string(d->a, b->marker), strlen(b->marker), b->cols, d->base);
        else
            line_blanks(l, b->cols);
    }
    line_blanks(l, extra);
    return l;
}

static struct line *add_line(struct document *d, const struct line *before, size_t runs)
{
    struct line *l = lines_add(d->to, d->a, before->count + runs);
    line_join(l, before);
    return l;
}

/* The blank line between two leaves, drawn inside the boxes both are in; none where the innermost of
 * them is a tight list. */
static void gap(struct document *d)
{
    size_t shared = 0;
    bool tight = false;
    for (size_t i = 0; i < d->boxes && d->box[i].leaves > 0; i++) {
        shared = i + 1;
        if (d->box[i].kind != BOX_ITEM)
            tight = d->box[i].tight;
    }
    if (d->leaves == 0 || tight)
        return;
    struct line *before = prefix(d, false, shared, 0);
    while (before->count > 0 && before->runs[before->count - 1].look == LOOK_TEXT)
        before->cols -= before->runs[--before->count].cols; /* of items: nothing is behind them */
    add_line(d, before, 0);
}

static void leaf_done(struct document *d)
{
    d->leaves++;
    for (size_t i = 0; i < d->boxes; i++) {
        d->box[i].leaves++;
        d->box[i].drawn = true;
    }
    flow_clear(&d->flow);
}

/* --- boxes ------------------------------------------------------------------------------- */

static struct box *box_open(struct document *d, enum box_kind kind)
{
    d->box = mem_grow(d->box, &d->box_cap, d->boxes + 1, sizeof *d->box);
    struct box *b = &d->box[d->boxes++];
    *b = (struct box){ .kind = kind };
    return b;
}

void document_quote(struct document *d)
{
    box_open(d, BOX_QUOTE)->cols = 2;
}

void document_list(struct document *d, bool tight, bool ordered, unsigned number, char after)
{
    struct box *b = box_open(d, BOX_LIST);
    b->tight = tight;
    b->ordered = ordered;
    b->number = number;
    b->after = after;
}

void document_item(struct document *d, enum item_task task)
{
    static const char *const marks[][2] = {
        [ITEM_OPEN] = { "\xC2\xB7 ", "[ ] " }, [ITEM_DONE] = { "\xE2\x9C\x93 ", "[x] " }
    };
    struct box *b = box_open(d, BOX_ITEM), *list = d->boxes > 1 ? b - 1 : b;
    if (task != ITEM_PLAIN)
        snprintf(b->marker, sizeof b->marker, "%s", marks[task][d->ascii]);
    else if (list->ordered)
        snprintf(b->marker, sizeof b->marker, "%u%c ", list->number, list->after);
    else
        snprintf(b->marker, sizeof b->marker, "- ");
    list->number += list->ordered;
    b->cols = (int)text_cols(b->marker, strlen(b->marker));
}

void document_close(struct document *d)
{
    const struct box *b = &d->box[d->boxes - 1];
    if (b->kind == BOX_ITEM && !b->drawn) { /* with nothing in it, it still has its marker */
        gap(d);
        add_line(d, prefix(d, true, d->boxes, 0), 0);
        leaf_done(d);
    }
    d->boxes--;
}

/* --- leaves ------------------------------------------------------------------------------ */

void document_text(struct document *d)
{
    size_t len = d->flow.text.len;
    if (len == 0)
        return;
    gap(d);
    flow_settle(&d->flow, 0, len);
    struct wrap w = { .cols = d->cols,
                      .how = WRAP_WORDS,
                      .first = prefix(d, true, d->boxes, 0),
                      .rest = prefix(d, false, d->boxes, 0) };
    flow_lines(&d->flow, 0, len, &w, d->a, d->to);
    leaf_done(d);
}

static void rule(struct document *d, const struct line *before, int cols)
{
    const char *dash = d->ascii ? "-" : DASH;
    size_t bytes = strlen(dash);
    char *text = arena_new(d->a, char, (size_t)cols *bytes + 1);
    for (int i = 0; i < cols; i++)
        memcpy(text + (size_t)i * bytes, dash, bytes);
    line_run(add_line(d, before, 1), text, (size_t)cols * bytes, cols, LOOK_MUTED);
}

void document_heading(struct document *d, unsigned level)
{
    if (d->flow.text.len == 0)
        return;
    size_t from = d->to->n;
    document_text(d);
    const struct line *before = prefix(d, false, d->boxes, 0);
    int widest = 1; /* of its lines: so wide is what underlines it */
    for (size_t i = from; i < d->to->n; i++)
        if (d->to->v[i].cols - before->cols > widest)
            widest = d->to->v[i].cols - before->cols;
    if (level == 1)
        rule(d, before, widest);
}

void document_rule(struct document *d)
{
    gap(d);
    const struct line *before = prefix(d, true, d->boxes, 0);
    rule(d, before, d->cols - before->cols);
    leaf_done(d);
}

void document_code(struct document *d, size_t language)
{
    size_t len = d->flow.text.len;
    if (len > language && d->flow.text.data[len - 1] == '\n')
        len--; /* the end of the last line, not a line */
    gap(d);
    struct wrap w = { .cols = d->cols,
                      .how = WRAP_COLUMNS,
                      .first = prefix(d, true, d->boxes, DOCUMENT_CODE_INDENT),
                      .rest = prefix(d, false, d->boxes, DOCUMENT_CODE_INDENT) };
    if (language > 0) {
        flow_lines(&d->flow, 0, language, &w, d->a, d->to);
        w.first = w.rest;
    }
    if (len > language || language == 0)
        flow_lines(&d->flow, language, len, &w, d->a, d->to);
    leaf_done(d);
}

/* --- tables ------------------------------------------------------------------------------ */

void document_table(struct document *d, size_t cols)
{
    d->in_table = true;
    d->cells = 0;
    d->table_cols = cols;
}

void document_cell(struct document *d, enum tabular_align align)
{
    d->cell = mem_grow(d->cell, &d->cell_cap, d->cells + 1, sizeof *d->cell);
    if (d->cells < d->table_cols)
        d->align[d->cells] = align;
    d->cell[d->cells++] = (struct tabular_cell){ d->flow.text.len, d->flow.text.len };
}

void document_cell_end(struct document *d)
{
    d->cell[d->cells - 1].end = d->flow.text.len;
}

void document_table_end(struct document *d)
{
    struct tabular t = { .flow = &d->flow,
                         .cols = d->table_cols,
                         .rows = d->cells / d->table_cols,
                         .cell = d->cell,
                         .align = d->align,
                         .look = d->base };
    gap(d);
    tabular_lines(&t, d->cols, prefix(d, true, d->boxes, 0), prefix(d, false, d->boxes, 0), d->a,
                  d->to);
    d->in_table = false;
    leaf_done(d);
}
