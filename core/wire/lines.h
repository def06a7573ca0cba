/* Bytes in, lines out, whatever way the bytes were cut. Both framings of streamed replies
 * stand on it. A line ends at LF or CRLF, and where `lone_cr` is set at a CR too; a CR at
 * the end of one piece and the LF at the start of the next are one end. */
#ifndef WIRE_LINES_H
#define WIRE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

struct lines {
    struct buf held; /* start of a line that is not finished */
    bool held_used;  /* the line last returned lay in `held` */
    bool lone_cr;
    bool after_cr; /* the last line ended in a CR: an LF now belongs to it */
};

enum lines_said {
    LINES_MORE,     /* every byte was taken and no line is finished */
    LINES_LINE,     /* ret is a line without its end */
    LINES_TOO_LONG, /* a line passed the ceiling: nothing sensible can follow */
};

/* max: bytes of the longest line, its end not counted. */
void lines_init(struct lines *l, size_t max, bool lone_cr);
void lines_done(struct lines *l);

/* The next line of what came before and *data[0..*len), which move past the bytes taken.
 * The line is borrowed from either until the next call. Called again until LINES_MORE. */
enum lines_said lines_next(struct lines *l, const char **data, size_t *len, const char **ret,
                           size_t *ret_len);

/* What is left without an end once no more bytes come; false where nothing is. */
bool lines_rest(struct lines *l, const char **ret, size_t *ret_len);

#endif
