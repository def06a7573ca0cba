/* A page: text from a model, drawn as Markdown, that grows while it is read.
 *
 * Text is added piece by piece and laid out block by block: a finished block (paragraph, list,
 * table, fenced code) is laid out once per width, only the open last block again, so a long
 * answer costs the same per frame as a short one. One block of more than PAGE_BLOCK_BYTES is laid
 * out as plain text, so that ten megabytes on one line cannot slow a key down.
 *
 * The view follows the end until a person scrolls up, then it stays; `below` says how many rows
 * are out of sight. */
#ifndef SCREEN_PAGE_H
#define SCREEN_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "tui/screen/surface.h"

#define PAGE_BLOCK_BYTES (16 * 1024)

struct page;

enum page_kind { PAGE_MARKDOWN, PAGE_PLAIN };

struct page *page_new(enum page_kind kind, look_t look); /* the look of ordinary text */
void page_free(struct page *p);                          /* accepts NULL */
void page_clear(struct page *p);
/* The source grows. Bytes may end inside a letter or a word. */
void page_add(struct page *p, const char *text, size_t len);
const char *page_source(const struct page *p, size_t *ret_len);

/* Lays out what is not laid out yet at this width; draw does it too. Returns all rows. */
int page_rows(struct page *p, int cols, bool ascii);
/* Draws the rows in view into s (all of it) and puts the cursor on the first one. */
void page_draw(struct page *p, struct surface *s);

/* Scrolling, by rows; `height` is that of the surface it is drawn in. Moving up lets go of the
 * end; only page_end follows again. */
void page_move(struct page *p, int rows, int height);
void page_home(struct page *p);
void page_end(struct page *p); /* to the end, and follow */
bool page_follows(const struct page *p);
int page_below(struct page *p, int height); /* rows below the view */
int page_top(const struct page *p);         /* first row in view, for keeping */
void page_set_top(struct page *p, int row);

/* Finds the next row holding the words (any case) from the view on; dir 1 or -1, wrapping round.
 * Marks matches in reverse until page_search(p, NULL, 0, ...). False where there is none. */
bool page_search(struct page *p, const char *words, int dir, int height);

#endif
