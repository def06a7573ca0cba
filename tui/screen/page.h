/* A page: text from a model, drawn as Markdown, that grows while it is read.
 *
 * Text is added piece by piece, cut into blocks (cutter.h), and laid out block by block: of a
 * finished block only its number of rows is kept, only the open last one is laid out again when
 * text comes, and drawing lays out what is in view. So a long answer costs the same per frame as
 * a short one, and little more memory than its text.
 *
 * At a new width rows are counted anew, a slice (PAGE_SLICE_BYTES) a call: until a long text is
 * through, rows far from the view are estimated. What is drawn is always exact, and the place that
 * was being read stays.
 *
 * The view follows the end until a person scrolls up, then it stays; `below` says how many rows
 * are out of sight. */
#ifndef SCREEN_PAGE_H
#define SCREEN_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "tui/screen/surface.h"

#define PAGE_SLICE_BYTES (128 * 1024)

struct page;

enum page_kind { PAGE_MARKDOWN, PAGE_PLAIN };

struct page *page_new(enum page_kind kind, look_t look); /* the look of ordinary text */
void page_free(struct page *p);                          /* accepts NULL */
void page_clear(struct page *p);                         /* empty again, and following */
/* The source grows. Bytes may end inside a letter or a word. Beyond MAX_ANSWER_BYTES the rest is
 * dropped. */
void page_add(struct page *p, const char *text, size_t len);
/* The bytes as they came, with a NUL behind them; borrowed until the next change. */
const char *page_source(const struct page *p, size_t *ret_len);

/* Lays out what is not laid out yet at this width; draw does it too. Returns all rows. */
int page_rows(struct page *p, int cols, bool ascii);
/* Some of the rows are an estimate still: page_rows or page_draw again makes fewer of them. */
bool page_unfinished(const struct page *p);
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
void page_set_top(struct page *p, int row); /* and stay there; also before it was ever drawn */

/* Finds the next row holding the words (any case; they may go on in the next row) from the view
 * on; dir 1 or -1, wrapping round, and brings it into view. All matches are marked in reverse
 * until page_search(p, NULL, 0, ...). False where there is none, and before it was ever drawn. */
bool page_search(struct page *p, const char *words, int dir, int height);

#endif
