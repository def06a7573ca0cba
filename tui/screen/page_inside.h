/* What the files of the page share: page.c (text, layout, drawing), page_view.c (scrolling),
 * page_search.c. Nobody else includes it. */
#ifndef SCREEN_PAGE_INSIDE_H
#define SCREEN_PAGE_INSIDE_H

#include "core/base/mem.h"
#include "tui/screen/cutter.h"
#include "tui/screen/markdown.h"
#include "tui/screen/page.h"

/* All definitions of links together; more of them are not kept. */
#define PAGE_DEFINITIONS (4 * 1024)

struct page_block {
    struct block b;
    int rows;   /* its gap included */
    bool exact; /* counted at this width; else estimated */
};

/* A row: of block `block`, the `row`th. */
struct page_place {
    size_t block;
    int row;
};

struct page {
    look_t look;
    struct buf source;
    struct cutter cutter;
    struct buf definitions; /* of links, for every block */

    struct page_block *blocks; /* `last` is the open one: there is always one */
    size_t last, cap;
    size_t rough; /* all blocks before it are exact */

    int cols; /* laid out for; 0: never */
    bool ascii;
    int height; /* last drawn in */

    bool follow;
    struct page_place top; /* first row in view */
    int wanted_top;        /* set before there was a width; -1 none */

    char *words;           /* searched for, folded; NULL none */
    struct page_place hit; /* found last */
    bool has_hit;

    struct arena arena; /* of the block that is laid out now */
    struct buf scratch;
};

/* The lines of a block, in p->arena until the next call. A gap is not among them. */
void page_lay(struct page *p, size_t block, struct lines *ret);
/* Whether a gap is drawn before these lines of a block: then row 0 is the gap. */
bool page_gap(const struct page *p, size_t block, const struct lines *l);
/* Its rows, counted if they are not yet. */
int page_block_rows(struct page *p, size_t block);

/* Moves a place up or down, stopping at both ends. */
void page_step(struct page *p, struct page_place *at, int rows);
/* The view where it may be: at the end when following, never beyond it. */
void page_settle(struct page *p, int height);

/* Marks what is searched for in lines [first, first + n) of a block, which were drawn from a row
 * on. */
void page_mark(struct page *p, const struct lines *l, int first, int n, struct surface *s, int row);

#endif
