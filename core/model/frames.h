/* A reply's body as a row of JSON values: finds out how the body is framed (server-sent
 * events, one object a line, or one JSON value in all), cuts it, and reads the JSON.
 *
 * The provider says which framing it expects; the content type and the first bytes are
 * believed more: proxies and errors answer otherwise. The same bytes give the same frames
 * however they are cut. */
#ifndef MODEL_FRAMES_H
#define MODEL_FRAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/json.h"
#include "core/model/provider.h"
#include "core/wire/lines.h"
#include "core/wire/sse.h"

enum frames_mode {
    FRAMES_SNIFF, /* the first byte that is no white space decides */
    FRAMES_SSE,
    FRAMES_LINES,
    FRAMES_WHOLE, /* gathered, read at the end */
};

struct frames {
    enum frames_mode mode;
    enum framing expected;
    bool may_be_whole; /* LINES: not declared, so the first line may be the start of one value */
    bool spent;        /* FRAMES_WHOLE was handed over, or a ceiling was passed */
    struct sse sse;
    struct lines lines;
    struct buf whole;
    struct json_pool *pool;
};

enum frame_kind {
    FRAME_MORE,     /* every byte was taken */
    FRAME_JSON,     /* name, json */
    FRAME_DONE,     /* the sentinel [DONE] */
    FRAME_ERROR,    /* a field `error`: json, or NULL and text */
    FRAME_COMMENT,  /* a sign of life */
    FRAME_BAD,      /* text that is no JSON object */
    FRAME_TOO_LONG, /* a ceiling was passed (core/limits.h): nothing sensible can follow */
};

/* Borrowed until the next call. */
struct frame {
    const char *name; /* of an event; "" where there is none */
    const struct json *json;
    const char *text;
    size_t len;
    bool unclosed; /* the last event lacked its end */
};

void frames_init(struct frames *f, enum framing expected, const char *content_type);
void frames_done(struct frames *f);

/* Called again until FRAME_MORE; *data and *len move past the bytes taken. */
enum frame_kind frames_next(struct frames *f, const char **data, size_t *len, struct frame *ret);

/* No more bytes come: what is left. Called again until FRAME_MORE. */
enum frame_kind frames_end(struct frames *f, struct frame *ret);

/* The reply came as one value, not as a stream. */
bool frames_is_whole(const struct frames *f);

#endif
