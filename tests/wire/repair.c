/* Text in pieces becomes valid UTF-8, and the same text however it is cut. */
#include "tests/test.h"

#include "core/base/random.h"
#include "core/base/text.h"
#include "core/wire/repair.h"

#define BAD "\xEF\xBF\xBD"

/* Repairs a text cut before the bytes `a` and `b`. */
static char *repaired(const char *text, size_t len, size_t a, size_t b)
{
    struct repair r = { 0 };
    struct buf out = buf_with_max(10000);
    repair_add(&r, text, a, &out);
    repair_add(&r, text + a, b - a, &out);
    repair_add(&r, text + b, len - b, &out);
    repair_end(&r, &out);
    return buf_take(&out);
}

static void test_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "", "" },
        { "plain", "plain" },
        { "gr\xC3\xBC\xC3\x9F\xE2\x82\xAC\xF0\x9F\x98\x80",
          "gr\xC3\xBC\xC3\x9F\xE2\x82\xAC\xF0\x9F\x98\x80" },
        { "\xC3", BAD },
        { "\xE2\x82", BAD },
        { "\xF0\x9F\x98", BAD },
        { "\xE2\x82 x", BAD " x" },
        { "\xE2\x82\xC3\xBC", BAD "\xC3\xBC" },
        { "\xE2\xE2\x82\xAC", BAD "\xE2\x82\xAC" },
        { "\xFF\xFE", BAD BAD },
        { "\x80x", BAD "x" },
        { "\xC0\xAF", BAD BAD },
        { "\xED\xA0\x80", BAD BAD BAD },
        { "\xF4\x90\x80\x80", BAD BAD BAD BAD },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len = strlen(rows[i].text);
        for (size_t a = 0; a <= len; a++) {
            for (size_t b = a; b <= len; b++) {
                char *got = repaired(rows[i].text, len, a, b);
                if (strcmp(got, rows[i].want) != 0)
                    fail_msg("row %zu, cut at %zu and %zu: %s", i, a, b, got);
                free(got);
            }
        }
    }
}

static void test_random(void **state)
{
    (void)state;
    static const char bytes[] = "ab\x80\x9F\xA0\xBF\xC3\xE0\xE2\xED\xEF\xF0\xF4\xF5\xFF";
    struct random r;
    random_seed(&r, 1);
    for (int i = 0; i < 20000; i++) {
        char text[12];
        size_t len = random_below(&r, sizeof text);
        for (size_t k = 0; k < len; k++)
            text[k] = bytes[random_below(&r, sizeof bytes - 1)];
        size_t a = random_below(&r, len + 1), b = a + random_below(&r, len - a + 1);
        char *whole = repaired(text, len, len, len), *cut = repaired(text, len, a, b);
        assert_string_equal(whole, cut);
        assert_int_equal(text_valid_up_to(cut, strlen(cut)), strlen(cut));
        free(whole);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
