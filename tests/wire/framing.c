/* Lines and server-sent events below JSON: ends of lines, ceilings, what is left over. */
#include "tests/test.h"

#include "core/base/buf.h"
#include "core/limits.h"
#include "core/wire/lines.h"
#include "core/wire/sse.h"

/* The lines of a text, "|" behind each, "~" before one without an end, "!" where one was too
 * long; fed in pieces of `step`. */
static char *cut(const char *text, size_t len, size_t max, bool lone_cr, size_t step)
{
    struct lines l;
    struct buf out = buf_with_max(10000);
    bool stop = false;
    lines_init(&l, max, lone_cr);
    for (size_t at = 0; at < len && !stop; at += step) {
        const char *p = text + at, *line;
        size_t n = step < len - at ? step : len - at, line_len;
        enum lines_said said;
        while ((said = lines_next(&l, &p, &n, &line, &line_len)) == LINES_LINE) {
            buf_add(&out, line, line_len);
            buf_putc(&out, '|');
        }
        stop = said == LINES_TOO_LONG;
    }
    const char *rest;
    size_t rest_len;
    if (stop) {
        buf_putc(&out, '!');
    } else if (lines_rest(&l, &rest, &rest_len)) {
        buf_putc(&out, '~');
        buf_add(&out, rest, rest_len);
    }
    lines_done(&l);
    return buf_take(&out);
}

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t max;
        bool lone_cr;
        const char *lines;
    } rows[] = {
        { "", 9, true, "" },
        { "a\nb\n", 9, true, "a|b|" },
        { "a\r\nb\r\n", 9, true, "a|b|" },
        { "a\rb\r", 9, true, "a|b|" },
        { "a\r\r\nb\n\n", 9, true, "a||b||" },
        { "a\rb\r", 9, false, "~a\rb" },
        { "a\r\nb\rc\nd", 9, false, "a|b\rc|~d" },
        { "\n\n", 9, false, "||" },
        { "123456789\n", 9, true, "123456789|" },
        { "123456789\r\n", 9, false, "123456789|" },
        { "1234567890\n", 9, true, "!" },
        { "1234567890\n", 9, false, "!" },
        { "12345678901234", 9, true, "!" },
        { "ok\n1234567890\nno\n", 9, true, "ok|!" },
        { "123456789", 9, true, "~123456789" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t step = 1; step <= 20; step++) {
            char *got = cut(rows[i].text, strlen(rows[i].text), rows[i].max, rows[i].lone_cr, step);
            if (strcmp(got, rows[i].lines) != 0)
                fail_msg("row %zu in steps of %zu: %s", i, step, got);
            free(got);
        }
    }
}

/* The first thing said about a stream of `head`, `count` times 'x', `tail`. */
static enum sse_said first_said(const char *head, size_t count, const char *tail)
{
    struct sse s;
    struct buf b = buf_with_max(64 * MIB);
    buf_puts(&b, head);
    char block[4096];
    memset(block, 'x', sizeof block);
    for (size_t left = count; left; left -= left < sizeof block ? left : sizeof block)
        buf_add(&b, block, left < sizeof block ? left : sizeof block);
    buf_puts(&b, tail);
    sse_init(&s);
    enum sse_said said = SSE_MORE;
    struct sse_event ev;
    for (size_t at = 0; at < b.len && said == SSE_MORE; at += 16384) {
        const char *p = b.data + at;
        size_t n = b.len - at < 16384 ? b.len - at : 16384;
        said = sse_next(&s, &p, &n, &ev);
    }
    assert_true(s.lines.held.cap <= 32 * MIB && s.data.cap <= 32 * MIB); /* memory stays bounded */
    sse_done(&s);
    buf_done(&b);
    return said;
}

static void test_ceilings(void **state)
{
    (void)state;
    assert_int_equal(first_said("data: ", MAX_EVENT_BYTES, "\n\n"), SSE_EVENT);
    assert_int_equal(first_said("data: ", MAX_EVENT_BYTES + 1, "\n\n"), SSE_TOO_LONG);
    assert_int_equal(first_said("data: ", 9 * MIB, "\n\n"), SSE_TOO_LONG);
    assert_int_equal(first_said("data: ", 9 * MIB, ""), SSE_TOO_LONG);
    assert_int_equal(first_said("data: abc\ndata: ", MAX_EVENT_BYTES, "\n\n"), SSE_TOO_LONG);
    assert_int_equal(first_said("event: ", MAX_FIELD_BYTES, "\n\n"), SSE_TOO_LONG);
    assert_int_equal(first_said("event: ", MAX_FIELD_BYTES - 7, "\ndata: 1\n\n"), SSE_EVENT);
    assert_int_equal(first_said(":", MAX_FIELD_BYTES - 1, "\n"), SSE_COMMENT);
    assert_int_equal(first_said(":", MAX_FIELD_BYTES, "\n"), SSE_TOO_LONG);
    assert_int_equal(first_said("unknown", MAX_FIELD_BYTES, "\n"), SSE_TOO_LONG);
}

/* A name without data is forgotten, data without a name has none. */
static void test_events(void **state)
{
    (void)state;
    static const char text[] =
        "event: a\n\ndata: 1\n\nevent: b\nevent: c\ndata:  2\ndata\ndata:3\n\n"
        "data: 4\n\ndata: 5";
    static const struct {
        const char *name, *data;
    } want[] = { { "", "1" }, { "c", " 2\n\n3" }, { "", "4" }, { "", "5" } };
    for (size_t step = 1; step < sizeof text; step++) {
        struct sse s;
        struct sse_event ev;
        size_t seen = 0;
        sse_init(&s);
        for (size_t at = 0; at < sizeof text - 1; at += step) {
            const char *p = text + at;
            size_t n = step < sizeof text - 1 - at ? step : sizeof text - 1 - at;
            while (sse_next(&s, &p, &n, &ev) == SSE_EVENT) {
                assert_string_equal(ev.name, want[seen].name);
                assert_string_equal(ev.data, want[seen++].data);
            }
        }
        assert_int_equal(seen, 3);
        assert_int_equal(sse_end(&s, &ev), SSE_EVENT);
        assert_string_equal(ev.data, "5");
        assert_int_equal(sse_end(&s, &ev), SSE_MORE);
        sse_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
