/* Parts a model's thinking from its answer where the server left the tags in the text:
 * "<think> ... </think> answer". A small machine over bytes: it never looks at a byte twice
 * and holds back no more than the start of a tag.
 *
 *   START   white space, then perhaps an open tag
 *   IN      thinking, until the close tag
 *   AFTER   white space behind the close tag, dropped
 *   OUT     the answer; a later "<think>" in it is plain text
 *
 * A close tag in OUT that no open tag went before means that the prompt itself opened the
 * block: all text so far was thinking (RECLASSIFY). That happens at most once. */
#ifndef WIRE_THINK_H
#define WIRE_THINK_H

#include <stdbool.h>
#include <stddef.h>

/* Leading white space that is kept in case it belongs to an answer. */
#define THINK_BLANKS 64
#define THINK_TAG    16

struct think {
    enum { THINK_START, THINK_IN, THINK_AFTER, THINK_OUT } state;
    size_t matched;                      /* bytes of the awaited tag that are held back */
    char held[THINK_BLANKS + THINK_TAG]; /* START: white space and the start of a tag */
    size_t held_len;
    bool starts_inside; /* the prompt opens the block */
    bool opened;        /* an open tag was read */
    bool structured;    /* the server parts thinking itself */
    bool close_seen;
    char before;  /* the last byte given before a close tag in OUT */
    bool on_line; /* the close tag began or ended a line */
};

enum think_kind {
    THINK_PIECE_TEXT,
    THINK_PIECE_THINKING,
    THINK_PIECE_RECLASSIFY, /* no text of its own */
};

struct think_piece {
    enum think_kind kind;
    const char *text; /* borrowed until the next call */
    size_t len;
};

void think_init(struct think *t, bool starts_inside);

/* The server sends thinking in a field of its own: tags mean nothing from now on, but for a
 * block at the very start of the answer, which says the same again and is dropped. */
void think_structured(struct think *t);

/* The next piece of *text[0..*len), which move past the bytes taken; false once all of them
 * are. */
bool think_next(struct think *t, const char **text, size_t *len, struct think_piece *ret);

/* No more text comes: a piece that was held back, or false. */
bool think_end(struct think *t, struct think_piece *ret);

/* The text ended inside the thinking. */
bool think_is_inside(const struct think *t);

/* The text, all of it here, was taken for thinking because others began inside, and no tag
 * bore that out: it was the answer. */
bool think_guessed_wrong(const struct think *t);

/* A close tag without an open one stood where templates put it, at a line's beginning or end:
 * no proof (an answer may quote one), but worth remembering. */
bool think_began_inside(const struct think *t);

#endif
