/* A reply's body as a row of JSON values (frames.h). */
#include "core/model/frames.h"

#include <string.h>
#include <strings.h>

#include "core/limits.h"

/* An event of this size is looked at before it is parsed: every value costs some 80 bytes,
 * so 8 MiB of "0,0,0," would take 300 MiB. An answer's text holds no such number of commas. */
#define SUSPECT_BYTES (256 * KIB)
#define MAX_VALUES    ((size_t)200000)

static bool type_is(const char *content_type, const char *type)
{
    size_t n = strlen(type);
    return strncasecmp(content_type, type, n) == 0 &&
           (content_type[n] == '\0' || content_type[n] == ';' || content_type[n] == ' ');
}

void frames_init(struct frames *f, enum framing expected, const char *content_type)
{
    *f = (struct frames){ .expected = expected, .whole = buf_with_max(MAX_REPLY_BYTES) };
    sse_init(&f->sse);
    lines_init(&f->lines, MAX_EVENT_BYTES, false);
    f->pool = json_pool_new();
    if (type_is(content_type, "application/x-ndjson") ||
        type_is(content_type, "application/jsonl")) {
        f->mode = FRAMES_LINES;
    } else if (type_is(content_type, "text/event-stream")) {
        f->expected = FRAMING_SSE; /* yet a lone error object may come under this name */
    } else if (type_is(content_type, "application/json") && expected == FRAMING_SSE) {
        f->mode = FRAMES_WHOLE;
    } else {
        f->may_be_whole = true;
    }
}

void frames_done(struct frames *f)
{
    sse_done(&f->sse);
    lines_done(&f->lines);
    buf_done(&f->whole);
    json_pool_free(f->pool);
    f->pool = NULL;
}

bool frames_is_whole(const struct frames *f)
{
    return f->mode == FRAMES_WHOLE;
}

/* The first byte of a body that is no white space. */
static enum frames_mode mode_by_byte(const struct frames *f, char c)
{
    if (c == '<') /* a page of a proxy */
        return FRAMES_WHOLE;
    if (f->expected == FRAMING_NDJSON)
        return FRAMES_LINES;
    return c == '{' || c == '[' ? FRAMES_WHOLE : FRAMES_SSE;
}

static void sniff(struct frames *f, const char **data, size_t *len)
{
    while (*len && strchr(" \t\r\n", **data) && **data) {
        ++*data;
        --*len;
    }
    if (*len)
        f->mode = mode_by_byte(f, **data);
}

static bool is_swollen(const char *text, size_t len)
{
    if (len < SUSPECT_BYTES)
        return false;
    size_t values = 0;
    const char *end = text + len;
    for (const char *p = text; values < MAX_VALUES && (p = memchr(p, ',', (size_t)(end - p))); p++)
        values++;
    return values == MAX_VALUES;
}

static const struct json *read_json(struct frames *f, const char *text, size_t len)
{
    struct error ignored;
    if (is_swollen(text, len))
        return NULL;
    return json_parse_in(f->pool, text, len, &ignored);
}

/* Fills ret from the text of one event; only objects mean anything to a provider. */
static enum frame_kind read_frame(struct frames *f, const char *name, const char *text, size_t len,
                                  struct frame *ret)
{
    *ret = (struct frame){ .name = name, .text = text, .len = len };
    ret->json = read_json(f, text, len);
    if (!json_is_object(ret->json))
        return FRAME_BAD;
    return FRAME_JSON;
}

static void trim(const char **text, size_t *len)
{
    while (*len && strchr(" \t\r\n", **text) && **text) {
        ++*text;
        --*len;
    }
    while (*len && strchr(" \t\r\n", (*text)[*len - 1]) && (*text)[*len - 1])
        --*len;
}

/* FRAME_MORE here means: nothing to tell, go on. */
static enum frame_kind from_sse(struct frames *f, enum sse_said said, const struct sse_event *ev,
                                struct frame *ret)
{
    const char *text = ev->data;
    size_t len = ev->len;
    switch (said) {
    case SSE_MORE:
        return FRAME_MORE;
    case SSE_COMMENT:
        return FRAME_COMMENT;
    case SSE_TOO_LONG:
        f->spent = true;
        return FRAME_TOO_LONG;
    case SSE_ERROR:
        read_frame(f, ev->name, text, len, ret);
        return FRAME_ERROR;
    case SSE_EVENT:
        break;
    }
    trim(&text, &len);
    if (len == 0)
        return FRAME_MORE;
    if (len >= 6 && memcmp(text, "[DONE]", 6) == 0)
        return FRAME_DONE;
    return read_frame(f, ev->name, text, len, ret);
}

static enum frame_kind next_event(struct frames *f, const char **data, size_t *len,
                                  struct frame *ret)
{
    for (;;) {
        struct sse_event ev = { 0 };
        enum sse_said said = sse_next(&f->sse, data, len, &ev);
        enum frame_kind kind = from_sse(f, said, &ev, ret);
        if (kind != FRAME_MORE || said == SSE_MORE)
            return kind;
    }
}

/* The first line of a body that was not declared as lines is no JSON: perhaps the value goes
 * over several. */
static bool turn_whole(struct frames *f, const char *line, size_t len)
{
    f->mode = FRAMES_WHOLE;
    return buf_add(&f->whole, line, len) && buf_putc(&f->whole, '\n');
}

static enum frame_kind next_line(struct frames *f, const char **data, size_t *len,
                                 struct frame *ret)
{
    for (;;) {
        const char *text;
        size_t text_len;
        enum lines_said said = lines_next(&f->lines, data, len, &text, &text_len);
        if (said == LINES_MORE)
            return FRAME_MORE;
        if (said == LINES_TOO_LONG) {
            f->spent = true;
            return FRAME_TOO_LONG;
        }
        trim(&text, &text_len);
        if (text_len == 0)
            continue;
        enum frame_kind kind = read_frame(f, "", text, text_len, ret);
        if (kind == FRAME_BAD && f->may_be_whole && turn_whole(f, text, text_len))
            return FRAME_MORE;
        f->may_be_whole = false;
        return kind;
    }
}

static enum frame_kind gather(struct frames *f, const char **data, size_t *len)
{
    if (!buf_add(&f->whole, *data, *len)) {
        f->spent = true;
        return FRAME_TOO_LONG;
    }
    *data += *len;
    *len = 0;
    return FRAME_MORE;
}

enum frame_kind frames_next(struct frames *f, const char **data, size_t *len, struct frame *ret)
{
    *ret = (struct frame){ .name = "" };
    for (;;) {
        if (f->spent)
            return FRAME_MORE;
        if (f->mode == FRAMES_SNIFF)
            sniff(f, data, len);
        enum frame_kind kind = FRAME_MORE;
        switch (f->mode) {
        case FRAMES_SNIFF:
            break;
        case FRAMES_SSE:
            kind = next_event(f, data, len, ret);
            break;
        case FRAMES_LINES:
            kind = next_line(f, data, len, ret);
            break;
        case FRAMES_WHOLE:
            kind = gather(f, data, len);
            break;
        }
        if (kind != FRAME_MORE || *len == 0)
            return kind;
    }
}

static enum frame_kind end_event(struct frames *f, struct frame *ret)
{
    for (;;) {
        struct sse_event ev = { 0 };
        enum sse_said said = sse_end(&f->sse, &ev);
        enum frame_kind kind = from_sse(f, said, &ev, ret);
        if (kind == FRAME_MORE && said != SSE_MORE)
            continue;
        ret->unclosed = said == SSE_EVENT;
        return kind;
    }
}

static enum frame_kind end_line(struct frames *f, struct frame *ret)
{
    const char *text;
    size_t len;
    if (!lines_rest(&f->lines, &text, &len))
        return FRAME_MORE;
    trim(&text, &len);
    if (len == 0)
        return FRAME_MORE;
    enum frame_kind kind = read_frame(f, "", text, len, ret);
    /* A last line without its end is usual; one cut off in the middle is told by the state. */
    ret->unclosed = kind == FRAME_BAD && !f->may_be_whole;
    return kind;
}

enum frame_kind frames_end(struct frames *f, struct frame *ret)
{
    *ret = (struct frame){ .name = "" };
    if (f->spent)
        return FRAME_MORE;
    if (f->mode == FRAMES_SSE)
        return end_event(f, ret);
    if (f->mode == FRAMES_LINES)
        return end_line(f, ret);
    if (f->mode == FRAMES_SNIFF || f->whole.len == 0)
        return FRAME_MORE;
    f->spent = true;
    const char *text = buf_text(&f->whole);
    size_t len = f->whole.len;
    trim(&text, &len);
    return len ? read_frame(f, "", text, len, ret) : FRAME_MORE;
}
