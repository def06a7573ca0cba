/* A document on its way to being lines: leaves (paragraph, heading, code, table) inside boxes
 * (quotes, lists and their items). Whoever reads the source (markdown.c) opens and closes; what
 * stands before each line, where blank lines go and how leaves wrap is decided here. */
#ifndef SCREEN_DOCUMENT_H
#define SCREEN_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/mem.h"
#include "tui/screen/lines.h"
#include "tui/screen/tabular.h"

#define DOCUMENT_CELLS       64 /* columns of a table, at most */
#define DOCUMENT_MARKER      16
#define DOCUMENT_CODE_INDENT 2

enum box_kind { BOX_QUOTE, BOX_LIST, BOX_ITEM };

struct box {
    enum box_kind kind;
    bool tight;                   /* a list: no blank lines between its leaves */
    bool ordered;                 /* a list */
    bool drawn;                   /* an item: its marker is */
    unsigned number;              /* a list: of its next item */
    char after;                   /* a list: '.' or ')' */
    char marker[DOCUMENT_MARKER]; /* an item: "12. " */
    int cols;                     /* of what stands before the lines */
    size_t leaves;                /* laid out in it so far */
};

enum item_task { ITEM_PLAIN, ITEM_OPEN, ITEM_DONE };

struct document {
    int cols;
    bool ascii;
    look_t base; /* of ordinary text */
    struct arena *a;
    struct lines *to;
    struct flow flow; /* the text of the leaf that is open */

    struct box *box;
    size_t boxes, box_cap, leaves;

    bool in_table;
    struct tabular_cell *cell;
    size_t cells, cell_cap, table_cols;
    enum tabular_align align[DOCUMENT_CELLS];
};

/* Lines go into `to`, with their memory in `a`. */
void document_init(struct document *d, int cols, bool ascii, look_t base, struct arena *a,
                   struct lines *to);
void document_done(struct document *d);

void document_quote(struct document *d);
/* `number` and `after` (. or )) of an ordered list. */
void document_list(struct document *d, bool tight, bool ordered, unsigned number, char after);
void document_item(struct document *d, enum item_task task);
void document_close(struct document *d); /* the innermost box */

/* Ends the open leaf, whose text is in the flow. Without text there is none. */
void document_text(struct document *d);                    /* a paragraph */
void document_heading(struct document *d, unsigned level); /* 1 is underlined */
/* Code; the first `language` bytes of the flow are the name shown above it. */
void document_code(struct document *d, size_t language);
void document_rule(struct document *d);

/* A table: opened, its cells one after the other (the heading's first), ended. */
void document_table(struct document *d, size_t cols); /* 1 to DOCUMENT_CELLS */
void document_cell(struct document *d, enum tabular_align align);
void document_cell_end(struct document *d);
void document_table_end(struct document *d);

#endif
