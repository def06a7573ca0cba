/* Moving a page by keys (scroll.h). */
#include "tui/pane/scroll.h"

bool scroll_page(struct page *page, enum action a, int height)
{
    int step = height > 1 ? height - 1 : 1; /* one row stays in sight */
    switch (a) {
    case ACT_UP:
    case ACT_DOWN:
        page_move(page, a == ACT_UP ? -1 : 1, height);
        return true;
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
        page_move(page, a == ACT_PAGE_UP ? -step : step, height);
        return true;
    case ACT_TOP:
        page_home(page);
        return true;
    case ACT_BOTTOM:
        page_end(page);
        return true;
    default:
        return false;
    }
}

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
