/* Lines of JSON: the same frames whole and in pieces, under every content type. */
#include "tests/fuzz/fuzz.h"

#include "core/base/buf.h"
#include "core/limits.h"
#include "core/model/frames.h"

static void note(struct buf *to, enum frame_kind kind, const struct frame *f)
{
    buf_printf(to, "%d%d", (int)kind, f->unclosed);
    PROMISE(kind != FRAME_JSON || json_is_object(f->json));
    if (kind == FRAME_JSON)
        json_print(f->json, to);
    if (kind == FRAME_BAD)
        buf_add(to, f->text, f->len);
    buf_putc(to, '\n');
}

static void play(const char *type, const uint8_t *data, size_t size, size_t step, struct buf *to)
{
    struct frames f;
    struct frame frame;
    enum frame_kind kind = FRAME_MORE;
    frames_init(&f, FRAMING_NDJSON, type);
    for (size_t at = 0; at < size && kind == FRAME_MORE; at += step) {
        const char *p = (const char *)data + at;
        size_t n = step < size - at ? step : size - at;
        while ((kind = frames_next(&f, &p, &n, &frame)) != FRAME_MORE && kind != FRAME_TOO_LONG)
            note(to, kind, &frame);
    }
    int left = 0;
    while (kind != FRAME_TOO_LONG && (kind = frames_end(&f, &frame)) != FRAME_MORE) {
        note(to, kind, &frame);
        PROMISE(++left < 3);
    }
    buf_printf(to, "%d", frames_is_whole(&f));
    frames_done(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = { "application/x-ndjson", "application/json", "text/plain",
                                         "text/event-stream" };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct buf whole = buf_with_max(64 * MIB), pieces = buf_with_max(64 * MIB);
        play(types[i], data, size, size ? size : 1, &whole);
        play(types[i], data, size, 1 + size % 5, &pieces);
        PROMISE(whole.len == pieces.len &&
                memcmp(buf_text(&whole), buf_text(&pieces), whole.len) == 0);
        buf_done(&whole);
        buf_done(&pieces);
    }
    return 0;
}
