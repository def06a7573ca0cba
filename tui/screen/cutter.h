/* Cutting a growing text into blocks that can be laid out apart from each other, so that a long
 * answer costs no more per frame than a short one.
 *
 * Markdown is cut at blank lines outside fences and lists, behind closed fences, and where a list
 * ends (a line that is neither indented nor an item, after a blank one). Blocks shorter than
 * CUTTER_SHORT are kept together. What goes on for more than CUTTER_LONG without such a place is
 * cut anyway: a list at an item, a fence at a line (the rest of it is code still), anything else at
 * a line or, without one, at a blank: and is plain text until its end. Plain text is cut at lines.
 *
 * It is pure: it sees the text, and remembers how far it looked, so that all pieces together cost
 * one reading of the text. */
#ifndef SCREEN_CUTTER_H
#define SCREEN_CUTTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

#define CUTTER_SHORT 1024
#define CUTTER_LONG  (16 * 1024)

enum block_kind { BLOCK_MARKDOWN, BLOCK_PLAIN, BLOCK_CODE };

struct block {
    size_t from, len; /* of the text */
    uint8_t kind;     /* enum block_kind */
    bool gap;         /* a blank line stands between it and what is before it */
};

struct cutter {
    bool plain; /* not Markdown */

    struct block open; /* the last block, which goes on growing: from, kind, gap; len is not kept */
    size_t line;       /* the first line not looked at yet */
    size_t seen;       /* there is no line end from `line` to here */
    size_t item;       /* the last item of the list in the open block, 0 none */
    bool item_gap;     /* a blank line stands before it */
    bool list, blank;  /* in a list; the line before is blank */
    char fence;        /* ` or ~: in a fence of this many */
    size_t fence_len;
    bool long_text; /* the rest of a text that was too long */

    /* Lines that may define links ("[1]: http://..."), a \n after each, since the caller last
     * emptied it, to be done after every call of cutter_next: blocks are laid out apart, so whoever
     * does it must give them to all. */
    struct buf definitions;
};

void cutter_init(struct cutter *c, bool plain);
void cutter_done(struct cutter *c);
/* The next finished block of s[0..len), which may only have grown since the last call; false where
 * there is none: the rest, from c->open.from on, is open. */
bool cutter_next(struct cutter *c, const char *s, size_t len, struct block *ret);

#endif
