/* Moving a page by keys (scroll.h). */
#include "tui/pane/scroll.h"

#define FURTHEST (1 << 28) /* added to any row, still a number */

int scroll_rows(enum action a, int page)
{
    switch (a) {
    case ACT_UP:
        return -1;
    case ACT_DOWN:
        return 1;
    case ACT_PAGE_UP:
        return page > 1 ? -page : -1;
    case ACT_PAGE_DOWN:
        return page > 1 ? page : 1;
    case ACT_TOP:
        return -FURTHEST;
    case ACT_BOTTOM:
        return FURTHEST;
    default:
        return 0;
    }
}

bool scroll_page(struct page *page, enum action a, int height)
{
    int rows = scroll_rows(a, height - 1); /* one row stays in sight */
    if (a == ACT_TOP)
        page_home(page);
    else if (a == ACT_BOTTOM)
        page_end(page);
    else if (rows)
        page_move(page, rows, height);
    return rows != 0;
}
