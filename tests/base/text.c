/* UTF-8 text: counting, checking, folding, safety. */
#include "tests/test.h"

#include "core/base/text.h"
#include "core/limits.h"

static void test_valid(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text;
        size_t len, good;
    } rows[] = {
        { "empty", "", 0, 0 },
        { "ascii", "plain words", 11, 11 },
        { "two bytes", "caf\xC3\xA9", 5, 5 },
        { "overlong slash", "a\xC0\xAF", 3, 1 },
        { "surrogate half", "ab\xED\xA0\x80", 5, 2 },
        { "beyond the last code point", "\xF4\x90\x80\x80", 4, 0 },
        { "cut off", "12345678\xE2\x82", 10, 8 },
        { "lone continuation", "x\x80", 2, 1 },
        { "last code point", "\xF4\x8F\xBF\xBF", 4, 4 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (text_valid_up_to(rows[i].text, rows[i].len) != rows[i].good)
            fail_msg("%s: got %zu", rows[i].what, text_valid_up_to(rows[i].text, rows[i].len));
}

static void test_query(void **state)
{
    (void)state;
    struct error err;
    assert_true(text_check_query("two and two", 11, &err));
    assert_true(text_check_query("", 0, &err));
    assert_false(text_check_query("a\0b", 3, &err));
    assert_holds("NUL", err.text, "NUL byte at byte 2");
    assert_false(text_check_query("ab\xFF", 3, &err));
    assert_holds("bad byte", err.text, "byte 3 (0xFF)");
    char *big = calloc(1, MAX_QUERY_BYTES + 1);
    memset(big, 'a', MAX_QUERY_BYTES + 1);
    assert_true(text_check_query(big, MAX_QUERY_BYTES, &err));
    assert_false(text_check_query(big, MAX_QUERY_BYTES + 1, &err));
    assert_holds("too long", err.text, "1 MiB");
    free(big);
}

static void test_lower_and_fold(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lower, *fold;
    } rows[] = {
        { "ABC def", "abc def", "abc def" },
        { "\xC4\xB0x", "i\xCC\x87x", "i\xCC\x87x" }, /* dotted capital I */
        { "\xE2\x84\xAA", "k", "k" },                /* Kelvin sign */
        { "  a\t\n B ", "  a\t\n b ", "a b" },
        { "\xC2\xA0two\xE3\x80\x80words", "\xC2\xA0two\xE3\x80\x80words", "two words" },
        { "\xC3\x84", "\xC3\xA4", "\xC3\xA4" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = buf_with_max(100);
        text_lower(&b, rows[i].text, strlen(rows[i].text));
        assert_string_equal(buf_text(&b), rows[i].lower);
        buf_clear(&b);
        text_fold(&b, rows[i].text, strlen(rows[i].text));
        assert_string_equal(buf_text(&b), rows[i].fold);
        buf_done(&b);
    }
}

static void test_safe(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text, *safe, *line;
    } rows[] = {
        { "plain", "a\nb\tc", "a\nb\tc", "a b c" },
        { "escape", "\x1B[2J", "\xEF\xBF\xBD[2J", "\xEF\xBF\xBD[2J" },
        { "bell and backspace", "\a\b", "\xEF\xBF\xBD\xEF\xBF\xBD", "\xEF\xBF\xBD\xEF\xBF\xBD" },
        { "C1 control sequence introducer", "\xC2\x9B", "\xEF\xBF\xBD", "\xEF\xBF\xBD" },
        { "right-to-left override", "\xE2\x80\xAEx", "\xEF\xBF\xBDx", "\xEF\xBF\xBDx" },
        { "bad byte", "a\xFF", "a\xEF\xBF\xBD", "a\xEF\xBF\xBD" },
        { "carriage return", "a\r\nb", "a\xEF\xBF\xBD\nb", "a b" },
        { "family emoji stays whole", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
          "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
          "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = buf_with_max(200);
        text_safe(&b, rows[i].text, strlen(rows[i].text));
        assert_string_equal(buf_text(&b), rows[i].safe);
        buf_clear(&b);
        text_safe_line(&b, rows[i].text, strlen(rows[i].text));
        assert_string_equal(buf_text(&b), rows[i].line);
        buf_done(&b);
    }
}

static void test_columns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t cols;
    } rows[] = {
        { "", 0 },
        { "abc", 3 },
        { "\xE4\xB8\xAD\xE6\x96\x87", 4 },                     /* two wide letters */
        { "e\xCC\x81", 1 },                                    /* e with an accent apart */
        { "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", 2 }, /* joined emoji */
        { "\x1B", 1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(text_cols(rows[i].text, strlen(rows[i].text)), rows[i].cols);
    assert_int_equal(text_fit("\xE4\xB8\xAD\xE6\x96\x87", 6, 3), 3);
    assert_int_equal(text_fit("e\xCC\x81x", 4, 1), 3);
}

static void test_partial(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t held;
    } rows[] = {
        { "", 0 },
        { "abc", 0 },
        { "a\xC3", 1 },
        { "a\xE2\x82", 2 },
        { "\xF0\x9F\x91", 3 },
        { "\xE2\x82\xAC", 0 },
        { "\x80\x80\x80", 0 },
        { "\xC0", 0 },
        { "\xED\xA0", 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(text_partial(rows[i].text, strlen(rows[i].text)), rows[i].held);
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(text_distance("bench", "bench", 3), 0);
    assert_int_equal(text_distance("bnech", "bench", 3), 1);
    assert_int_equal(text_distance("ask", "tasks", 3), 2);
    assert_int_equal(text_distance("cache", "tour", 3), 4);
}

static void test_find(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        int at, len; /* -1: not found */
    } rows[] = {
        { "one two", "two", 4, 3 },
        { "One TWO", "two", 4, 3 },
        { "one \n  two three", "one two", 0, 10 },
        { "onetwo", "one two", -1, 0 },
        { "aab", "ab", 1, 2 },
        { "caf\xC3\x89!", "\xC3\xA9!", 3, 3 },
        { "4 \xE2\x84\xAA", "k", 2, 3 },
        { "bad \xFF byte", "byte", 6, 4 },
        { "a ", "a b", -1, 0 },
        { "a", "ab", -1, 0 },
        { "anything", "", -1, 0 },
        { "", "a", -1, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t at = 0, len = 0;
        bool found = text_find(rows[i].text, strlen(rows[i].text), rows[i].words, &at, &len);
        if (found != (rows[i].at >= 0) ||
            (found && ((int)at != rows[i].at || (int)len != rows[i].len)))
            fail_msg("\"%s\" in \"%s\": %d at %zu, %zu long", rows[i].words, rows[i].text, found,
                     at, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),          cmocka_unit_test(test_query),
        cmocka_unit_test(test_lower_and_fold), cmocka_unit_test(test_safe),
        cmocka_unit_test(test_columns),        cmocka_unit_test(test_partial),
        cmocka_unit_test(test_distance),       cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
