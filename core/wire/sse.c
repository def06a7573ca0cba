/* Server-sent events (sse.h). */
#include "core/wire/sse.h"

#include <string.h>

#include "core/limits.h"

#define BOM "\xEF\xBB\xBF"
/* "data: " in front of the largest event. */
#define FIELD_NAME_ROOM 16

void sse_init(struct sse *s)
{
    *s = (struct sse){ .name = buf_with_max(MAX_FIELD_BYTES),
                       .data = buf_with_max(MAX_EVENT_BYTES) };
    lines_init(&s->lines, MAX_EVENT_BYTES + FIELD_NAME_ROOM, true);
}

void sse_done(struct sse *s)
{
    lines_done(&s->lines);
    buf_done(&s->name);
    buf_done(&s->data);
}

static void forget_event(struct sse *s)
{
    buf_clear(&s->name);
    buf_clear(&s->data);
    s->has_data = false;
    s->event_given = false;
}

static bool is_field(const char *line, size_t name_len, const char *name)
{
    return strlen(name) == name_len && memcmp(line, name, name_len) == 0;
}

static enum sse_said add_data(struct sse *s, const char *value, size_t len)
{
    if ((s->has_data && !buf_putc(&s->data, '\n')) || !buf_add(&s->data, value, len))
        return SSE_TOO_LONG;
    s->has_data = true;
    return SSE_MORE;
}

/* An empty line: the event is whole. One without data is none, but its name is forgotten. */
static enum sse_said dispatch(struct sse *s, struct sse_event *ret)
{
    if (!s->has_data) {
        forget_event(s);
        return SSE_MORE;
    }
    s->event_given = true;
    *ret = (struct sse_event){ buf_text(&s->name), buf_text(&s->data), s->data.len };
    return SSE_EVENT;
}

/* The value of an error field is kept where the event's data would be: an event that also
 * carries an error is of no further use. */
static enum sse_said error_field(struct sse *s, const char *value, size_t len,
                                 struct sse_event *ret)
{
    forget_event(s);
    buf_add(&s->data, value, len);
    s->event_given = true;
    *ret = (struct sse_event){ "error", buf_text(&s->data), s->data.len };
    return SSE_ERROR;
}

static enum sse_said field(struct sse *s, const char *line, size_t len, struct sse_event *ret)
{
    const char *colon = memchr(line, ':', len);
    size_t name_len = colon ? (size_t)(colon - line) : len;
    const char *value = colon ? colon + 1 : line + len;
    size_t value_len = (size_t)(line + len - value);
    if (value_len && *value == ' ') { /* exactly one blank belongs to the colon */
        value++;
        value_len--;
    }
    if (is_field(line, name_len, "data"))
        return add_data(s, value, value_len);
    if (len > MAX_FIELD_BYTES)
        return SSE_TOO_LONG;
    if (is_field(line, name_len, "error"))
        return error_field(s, value, value_len, ret);
    if (is_field(line, name_len, "event")) {
        buf_clear(&s->name);
        buf_add(&s->name, value, value_len);
    }
    return SSE_MORE; /* id, retry and what we do not know */
}

static enum sse_said line(struct sse *s, const char *text, size_t len, struct sse_event *ret)
{
    if (!s->past_first) {
        s->past_first = true;
        if (len >= 3 && memcmp(text, BOM, 3) == 0) {
            text += 3;
            len -= 3;
        }
    }
    if (len == 0)
        return dispatch(s, ret);
    if (*text == ':')
        return len > MAX_FIELD_BYTES ? SSE_TOO_LONG : SSE_COMMENT;
    return field(s, text, len, ret);
}

enum sse_said sse_next(struct sse *s, const char **data, size_t *len, struct sse_event *ret)
{
    if (s->event_given)
        forget_event(s);
    for (;;) {
        const char *text;
        size_t text_len;
        switch (lines_next(&s->lines, data, len, &text, &text_len)) {
        case LINES_MORE:
            return SSE_MORE;
        case LINES_TOO_LONG:
            return SSE_TOO_LONG;
        case LINES_LINE:
            break;
        }
        enum sse_said said = line(s, text, text_len, ret);
        if (said != SSE_MORE)
            return said;
    }
}

enum sse_said sse_end(struct sse *s, struct sse_event *ret)
{
    if (s->event_given)
        forget_event(s);
    const char *text;
    size_t len;
    if (lines_rest(&s->lines, &text, &len)) {
        enum sse_said said = line(s, text, len, ret);
        if (said != SSE_MORE)
            return said;
    }
    return s->has_data ? dispatch(s, ret) : SSE_MORE;
}
