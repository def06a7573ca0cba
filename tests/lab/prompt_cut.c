/* The fewest tokens a text can be, and counts too small for what was sent. */
#include "tests/test.h"

#include "core/base/buf.h"
#include "core/lab/prompt_cut.h"
#include "core/limits.h"

static const struct least_row {
    const char *what, *text;
    int64_t least;
} least_rows[] = {
    { "nothing", "", 0 },
    { "words", "Which is heavier, a ton of feathers or a ton of lead?", 12 },
    { "digits and marks", "on 3.5.2024 at 10:15", 7 },
    { "a word of 16 letters", "incomprehensible", 1 },
    { "and one of 17", "incomprehensibles", 2 },
    { "one letter over and over", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 3 },
    { "a ruler", "================================================", 0 },
    { "a drawn ruler", "────────────────────────────────────────────────", 0 },
    { "an indent", "\n\t\t                                        x", 1 },
    { "accents joined and apart", "\u00e9t\u00e9 e\u0301te\u0301", 2 },
    { "Hindi", "\u0928\u092e\u0938\u094d\u0924\u0947 \u0906\u092a", 3 },
    { "Chinese", "\u4e2d\u534e\u4eba\u6c11\u5171\u548c\u56fd", 2 },
    { "Chinese among letters", "a\u4e2d\u534e\u4ebab", 3 },
    { "smileys", "\U0001F600\U0001F600\U0001F600", 0 },
    { "bad bytes", "a\xff\xfe\xff b", 2 },
};

static void test_least(void **state)
{
    (void)state;
    assert_int_equal(prompt_least_tokens(NULL, 0), 0);
    for (size_t i = 0; i < sizeof least_rows / sizeof *least_rows; i++) {
        const struct least_row *r = &least_rows[i];
        int64_t got = prompt_least_tokens(r->text, strlen(r->text));
        if (got != r->least)
            fail_msg("%s: at least %lld instead of %lld", r->what, (long long)got,
                     (long long)r->least);
    }
}

static const struct cut_row {
    const char *what, *unit; /* sent `times` times */
    int times;
    int64_t counted, cached;
    bool cut;
} cut_rows[] = {
    { "short: half a thought", "word ", 255, 1, -1, false },
    { "long enough", "word ", 256, 127, -1, true },
    { "half is not far", "word ", 256, 128, -1, false },
    { "unknown", "word ", 5000, -1, -1, false },
    { "nothing counted", "word ", 5000, 0, -1, true },
    { "a window of 2,048", "the quick brown fox ", 2000, 2048, -1, true },
    { "all of it", "the quick brown fox ", 2000, 8012, -1, false },
    { "the rest was cached", "word ", 5000, 12, 4990, false },
    { "too little was cached", "word ", 5000, 12, 100, true },
    { "cached: none", "word ", 5000, 12, 0, true },
    { "one token for a row of blanks and a ruler", "                                ========\n",
      500, 600, -1, false },
    { "thrifty Chinese", "\u4e2d\u534e\u4eba\u6c11\u5171\u548c\u56fd", 1000, 3500, -1, false },
    { "cut Chinese", "\u4e2d\u534e\u4eba\u6c11\u5171\u548c\u56fd", 1000, 1000, -1, true },
    { "one long word", "x", 20000, 21, -1, true },
};

static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cut_rows / sizeof *cut_rows; i++) {
        const struct cut_row *r = &cut_rows[i];
        struct buf text = buf_with_max(MAX_QUERY_BYTES);
        struct usage u = USAGE_UNKNOWN;
        for (int n = 0; n < r->times; n++)
            buf_puts(&text, r->unit);
        u.prompt_tokens = r->counted;
        u.cached_tokens = r->cached;
        struct cache_key sent = { .query = buf_text(&text), .query_len = text.len };
        if (prompt_looks_cut(&sent, &u) != r->cut)
            fail_msg("%s: %s", r->what, r->cut ? "not noticed" : "a false alarm");
        buf_done(&text);
    }
}

/* What goes along with the query is cut with it. */
static void test_all_that_is_sent(void **state)
{
    (void)state;
    struct buf text = buf_with_max(MAX_QUERY_BYTES);
    struct usage u = USAGE_UNKNOWN;
    for (int n = 0; n < 200; n++)
        buf_puts(&text, "word ");
    u.prompt_tokens = 140;
    struct cache_key sent = { .query = buf_text(&text), .query_len = text.len };
    assert_false(prompt_looks_cut(&sent, &u));
    sent.system = buf_text(&text);
    assert_true(prompt_looks_cut(&sent, &u));
    sent.system = NULL;
    sent.suffix = buf_text(&text);
    assert_true(prompt_looks_cut(&sent, &u));
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_least),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_all_that_is_sent),
    };
    return cmocka_run_group_tests_name("prompt_cut", tests, NULL, NULL);
}
