/* The think splitter: the first byte says how it starts, the rest is the text. The parts are
 * the same whole and in pieces, and nothing of the text is made up or lost but tags and the
 * white space beside them. */
#include "tests/fuzz/fuzz.h"

#include "core/base/buf.h"
#include "core/limits.h"
#include "core/wire/think.h"

struct parts {
    struct buf thinking, answer;
    bool inside;
};

static void take(struct parts *p, const struct think_piece *piece)
{
    if (piece->kind == THINK_PIECE_RECLASSIFY) {
        buf_add(&p->thinking, buf_text(&p->answer), p->answer.len);
        buf_clear(&p->answer);
    } else {
        PROMISE(piece->len > 0);
        buf_add(piece->kind == THINK_PIECE_TEXT ? &p->answer : &p->thinking, piece->text,
                piece->len);
    }
}

static struct parts play(unsigned how, const char *text, size_t size, size_t step)
{
    struct parts p = { .thinking = buf_with_max(64 * MIB), .answer = buf_with_max(64 * MIB) };
    struct think t;
    struct think_piece piece;
    think_init(&t, how & 1);
    if (how & 2)
        think_structured(&t);
    for (size_t at = 0; at < size; at += step) {
        const char *s = text + at;
        size_t n = step < size - at ? step : size - at;
        while (think_next(&t, &s, &n, &piece))
            take(&p, &piece);
        PROMISE(n == 0);
    }
    if (think_end(&t, &piece))
        take(&p, &piece);
    PROMISE(!think_end(&t, &piece));
    p.inside = think_is_inside(&t);
    return p;
}

static bool same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && memcmp(buf_text(a), buf_text(b), a->len) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const char *text = (const char *)data + 1;
    size--;
    struct parts whole = play(data[0], text, size, size ? size : 1);
    for (size_t step = 1; step < 10; step += 2) {
        struct parts p = play(data[0], text, size, step);
        PROMISE(same(&p.thinking, &whole.thinking) && same(&p.answer, &whole.answer));
        PROMISE(p.inside == whole.inside);
        buf_done(&p.thinking);
        buf_done(&p.answer);
    }
    PROMISE(whole.thinking.len + whole.answer.len <= size);
    if (!memchr(text, '<', size) && !(data[0] & 1))
        PROMISE(whole.answer.len == size);
    buf_done(&whole.thinking);
    buf_done(&whole.answer);
    return 0;
}
