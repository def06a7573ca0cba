/* The keys that move what a person reads or chooses from, the same in every pane. */
#ifndef PANE_SCROLL_H
#define PANE_SCROLL_H

#include <stdbool.h>

#include "tui/pane/action.h"
#include "tui/screen/page.h"

/* Moves the page, of which `height` rows are seen; false where the action moves nothing. */
bool scroll_page(struct page *page, enum action a, int height);

/* By how many rows the action moves in a list of which `page` rows are a page; negative: up, 0: it
 * moves nothing. To an end is further than any list is long. */
int scroll_rows(enum action a, int page);

#endif
