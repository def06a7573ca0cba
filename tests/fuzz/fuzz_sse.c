/* Server-sent events: the same events whole and in pieces, all within their ceilings. */
#include "tests/fuzz/fuzz.h"

#include "core/base/buf.h"
#include "core/limits.h"
#include "core/wire/sse.h"

static void note(struct buf *to, enum sse_said said, const struct sse_event *ev)
{
    buf_printf(to, "%d", (int)said);
    if (said == SSE_EVENT || said == SSE_ERROR) {
        PROMISE(ev->len <= MAX_EVENT_BYTES && ev->data[ev->len] == '\0');
        PROMISE(strlen(ev->name) <= MAX_FIELD_BYTES);
        buf_puts(to, ev->name);
        buf_putc(to, '=');
        buf_add(to, ev->data, ev->len);
    }
    buf_putc(to, '\n');
}

static void play(const uint8_t *data, size_t size, size_t step, struct buf *to)
{
    struct sse s;
    struct sse_event ev;
    enum sse_said said = SSE_MORE;
    sse_init(&s);
    for (size_t at = 0; at < size && said == SSE_MORE; at += step) {
        const char *p = (const char *)data + at;
        size_t n = step < size - at ? step : size - at;
        while ((said = sse_next(&s, &p, &n, &ev)) != SSE_MORE && said != SSE_TOO_LONG)
            note(to, said, &ev);
        PROMISE(said == SSE_TOO_LONG || n == 0);
    }
    while (said != SSE_TOO_LONG && (said = sse_end(&s, &ev)) != SSE_MORE)
        note(to, said, &ev);
    sse_done(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = buf_with_max(64 * MIB), pieces = buf_with_max(64 * MIB);
    play(data, size, size ? size : 1, &whole);
    play(data, size, 1 + size % 7, &pieces);
    PROMISE(whole.len == pieces.len && memcmp(buf_text(&whole), buf_text(&pieces), whole.len) == 0);
    buf_done(&whole);
    buf_done(&pieces);
    return 0;
}
