/* JSON: strict where it matters, forgiving where real servers need it. */
#include "tests/test.h"

#include "core/base/json.h"
#include "core/base/mem.h"

/* Reads {"a":...} and prints the value of "a" again; "refused" where it is not JSON. */
static char *round_trip(const char *text, size_t len)
{
    struct error err;
    struct json *j = json_parse(text, len, &err);
    if (!j)
        return mem_string("refused");
    struct buf b = buf_with_max(1000);
    const struct json *a = json_get(j, "a");
    if (a)
        json_print(a, &b);
    json_free(j);
    return buf_take(&b);
}

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text, *value;
    } rows[] = {
        { "number", "{\"a\":12}", "12" },
        { "white space after", "{\"a\":1}\r\n ", "1" },
        { "trailing garbage", "{\"a\":1}x", "refused" },
        { "cut off", "{\"a\":", "refused" },
        { "empty", "", "refused" },
        { "lone high half", "{\"a\":\"x\\ud83dy\"}", "\"x\xEF\xBF\xBDy\"" },
        { "lone low half", "{\"a\":\"\\ude00\"}", "\"\xEF\xBF\xBD\"" },
        { "two halves", "{\"a\":\"\\ud83d\\ude00\"}", "\"\xF0\x9F\x98\x80\"" },
        { "escaped NUL", "{\"a\":\"x\\u0000y\"}", "\"x\xEF\xBF\xBDy\"" },
        { "backslash before u0000", "{\"a\":\"\\\\u0000\"}", "\"\\\\u0000\"" },
        { "broken escape", "{\"a\":\"\\uZZZZb\"}", "\"\xEF\xBF\xBDZZZZb\"" },
        { "first of two keys", "{\"a\":1,\"a\":2}", "1" },
        { "other case is another key", "{\"A\":1}", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *got = round_trip(rows[i].text, strlen(rows[i].text));
        if (strcmp(got, rows[i].value) != 0)
            fail_msg("%s: got %s", rows[i].what, got);
        mem_free(got);
    }
    char *raw = round_trip("{\"a\":\"x\0y\"}", 11);
    assert_string_equal(raw, "\"x\xEF\xBF\xBDy\"");
    mem_free(raw);
}

static void test_missing(void **state)
{
    (void)state;
    double n = 7;
    assert_null(json_get(NULL, "a"));
    assert_null(json_get_text(NULL, "a"));
    assert_false(json_get_number(NULL, "a", &n));
    assert_null(json_first(NULL));
    assert_int_equal(json_size(NULL), 0);
    struct error err;
    struct json *j = json_parse("{\"big\":1e999,\"ns\":10706818083}", 30, &err);
    assert_false(json_get_number(j, "big", &n));
    assert_true(n == 7);
    assert_true(json_get_number(j, "ns", &n) && n == 10706818083.0);
    json_free(j);
}

static void test_make(void **state)
{
    (void)state;
    struct json *j = json_object();
    json_put_text(j, "t", "a\"b\n");
    json_put_text(j, "none", NULL);
    json_put_int(j, "seed", 1234567890123456789);
    json_put_int(j, "round", 1000000000000000);
    json_put_count(j, "n", 0);
    json_put_count(j, "unknown", -1);
    json_put_real(j, "r", 0.25);
    json_put_real(j, "nan", __builtin_nan(""));
    json_put_bool(j, "b", true);
    struct json *a = json_array();
    json_add_text(a, "x");
    json_put(j, "list", a);
    struct buf b = buf_with_max(1000);
    assert_true(json_print(j, &b));
    assert_string_equal(
        buf_text(&b),
        "{\"t\":\"a\\\"b\\n\",\"none\":null,\"seed\":1234567890123456789,"
        "\"round\":1000000000000000,\"n\":0,\"unknown\":null,\"r\":0.25,\"nan\":null,\"b\":true,"
        "\"list\":[\"x\"]}");
    buf_done(&b);
    json_free(j);
}

static void test_pool(void **state)
{
    (void)state;
    struct json_pool *p = json_pool_new();
    struct error err;
    for (int i = 0; i < 1000; i++) {
        const char *text = i % 3 ? "{\"a\":{\"b\":[1,2,\"three\"]}}" : "{\"a\":\"\\ud83d\"}";
        const struct json *j = json_parse_in(p, text, strlen(text), &err);
        assert_non_null(j);
        assert_non_null(json_get(j, "a"));
        assert_null(json_parse_in(p, "{\"a\":[1,", 8, &err));
    }
    json_pool_free(p);
}

static void test_exact(void **state)
{
    (void)state;
    struct error err;
    struct json *j = json_parse_exact("{\"a\":1}", 7, &err);
    assert_non_null(j);
    json_free(j);
    assert_null(json_parse_exact("{\"a\":\"\\u0000\"}", 14, &err));
    assert_holds("escaped NUL", err.text, "NUL");
    assert_null(json_parse_exact("{\"a\":\"\\ud83d\"}", 14, &err));
    assert_null(json_parse_exact("", 0, &err));
}

static void test_depth(void **state)
{
    (void)state;
    enum { DEEP = 5000 };
    char *text = malloc(2 * DEEP + 1);
    memset(text, '[', DEEP);
    memset(text + DEEP, ']', DEEP);
    struct error err;
    assert_null(json_parse(text, 2 * DEEP, &err));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse), cmocka_unit_test(test_missing), cmocka_unit_test(test_make),
        cmocka_unit_test(test_pool),  cmocka_unit_test(test_depth),   cmocka_unit_test(test_exact),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
