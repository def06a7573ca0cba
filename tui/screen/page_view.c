/* Where a page is looked at (page.h): a place is a row of a block, so that rows that are only
 * estimated, and text that is laid out anew above it, do not move it. */
#include "tui/screen/page_inside.h"

void page_step(struct page *p, struct page_place *at, int rows)
{
    while (rows < 0 && (at->row > 0 || at->block > 0)) {
        int n = at->row < -rows ? at->row : -rows;
        at->row -= n;
        rows += n;
        if (rows < 0 && at->block > 0)
            at->row = page_block_rows(p, --at->block);
    }
    at->row += rows > 0 ? rows : 0;
    while (at->block < p->last && at->row >= page_block_rows(p, at->block))
        at->row -= page_block_rows(p, at->block++);
    int rows_here = page_block_rows(p, at->block);
    if (at->row < rows_here)
        return;
    while (rows_here == 0 && at->block > 0) /* the open block may hold nothing that is seen yet */
        rows_here = page_block_rows(p, --at->block);
    at->row = rows_here > 0 ? rows_here - 1 : 0;
}

static bool is_before(const struct page_place *a, const struct page_place *b)
{
    return a->block < b->block || (a->block == b->block && a->row < b->row);
}

/* The first row of the last view: all rows below it fill `height`. */
static struct page_place last_top(struct page *p, int height)
{
    struct page_place at = { p->last, 0 };
    for (;; at.block--) {
        int rows = page_block_rows(p, at.block);
        if (rows >= height) {
            at.row = rows - height;
            return at;
        }
        height -= rows;
        if (at.block == 0)
            return at;
    }
}

void page_settle(struct page *p, int height)
{
    p->height = height < 1 ? 1 : height;
    struct page_place last = last_top(p, p->height);
    page_step(p, &p->top, 0);
    if (p->follow || is_before(&last, &p->top))
        p->top = last;
}

void page_move(struct page *p, int rows, int height)
{
    if (p->cols == 0)
        return;
    page_settle(p, height);
    struct page_place before = p->top;
    page_step(p, &p->top, rows);
    if (is_before(&p->top, &before))
        p->follow = false; /* only where it did move: a short page goes on following */
    page_settle(p, height);
}

void page_home(struct page *p)
{
    p->follow = false;
    p->wanted_top = -1;
    p->top = (struct page_place){ 0 };
}

void page_end(struct page *p)
{
    p->follow = true;
    p->wanted_top = -1;
    if (p->cols > 0 && p->height > 0)
        page_settle(p, p->height);
}

bool page_follows(const struct page *p)
{
    return p->follow;
}

int page_below(struct page *p, int height)
{
    if (p->cols == 0)
        return 0;
    page_settle(p, height);
    long rows = -(long)p->top.row - height;
    for (size_t i = p->top.block; i <= p->last; i++)
        rows += p->blocks[i].rows;
    return rows > 0 ? (int)rows : 0;
}

int page_top(const struct page *p)
{
    if (p->wanted_top >= 0)
        return p->wanted_top;
    long row = p->top.row;
    for (size_t i = 0; i < p->top.block; i++)
        row += p->blocks[i].rows;
    return (int)row;
}

void page_set_top(struct page *p, int row)
{
    p->follow = false;
    p->wanted_top = row < 0 ? 0 : row;
    if (p->cols == 0)
        return; /* kept until there is a width to count rows at */
    p->wanted_top = -1;
    struct page_place at = { 0, row < 0 ? 0 : row };
    for (size_t spent = 0; at.block < p->last; at.block++) {
        spent += p->blocks[at.block].b.len;
        int rows =
            spent < PAGE_SLICE_BYTES ? page_block_rows(p, at.block) : p->blocks[at.block].rows;
        if (at.row < rows)
            break;
        at.row -= rows;
    }
    page_step(p, &at, 0);
    p->top = at;
}
