/* Server-sent events: bytes in, events out, by the grammar of the HTML standard, with three
 * habits real servers ask for: a comment is reported (it is a sign of life), a field named
 * `error` is reported (some servers put their error there), and an event that is not closed
 * by an empty line at the end is handed over and marked. */
#ifndef WIRE_SSE_H
#define WIRE_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/wire/lines.h"

struct sse {
    struct lines lines;
    struct buf name;  /* of the event being gathered */
    struct buf data;  /* its data lines, joined by LF */
    bool has_data;    /* a data line was seen, be it empty */
    bool event_given; /* name and data were handed over: empty them first */
    bool past_first;  /* the first line was seen: no byte order mark from now on */
};

enum sse_said {
    SSE_MORE,     /* every byte was taken */
    SSE_EVENT,    /* name and data */
    SSE_COMMENT,  /* a line that starts with a colon */
    SSE_ERROR,    /* a field `error`: data is its value */
    SSE_TOO_LONG, /* an event or a field passed its ceiling (core/limits.h) */
};

/* Borrowed until the next call; both are followed by a NUL. */
struct sse_event {
    const char *name; /* "" where the server gave none */
    const char *data;
    size_t len;
};

void sse_init(struct sse *s);
void sse_done(struct sse *s);

/* Called again until SSE_MORE; *data and *len move past the bytes taken. */
enum sse_said sse_next(struct sse *s, const char **data, size_t *len, struct sse_event *ret);

/* No more bytes come: SSE_EVENT for data that no empty line closed, else as above. Called
 * until SSE_MORE. */
enum sse_said sse_end(struct sse *s, struct sse_event *ret);

#endif
