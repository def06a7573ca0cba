/* The keys that move a page a person reads, the same in every pane that shows one. */
#ifndef PANE_SCROLL_H
#define PANE_SCROLL_H

#include <stdbool.h>

#include "tui/pane/action.h"
#include "tui/screen/page.h"

/* Moves the page, of which `height` rows are seen; false where the action moves nothing. */
bool scroll_page(struct page *page, enum action a, int height);

#endif
