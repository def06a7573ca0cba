/* What rules find, letter by letter; and rules and queries written to do harm. */
#include "tests/test.h"

#include <limits.h>

#include "core/base/buf.h"
#include "core/base/random.h"
#include "core/limits.h"
#include "core/route/classifier.h"

static struct rules *parsed(const char *text)
{
    struct error err;
    struct rules *r = rules_parse("x", text, strlen(text), &err);
    if (!r)
        fail_msg("%s", err.text);
    return r;
}

/* One rule, one query. `found` is what the signal shows of it, NULL where no signal comes, ""
 * where the rule has no place. */
static void test_rules(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *query, *found;
        int points;
        size_t at;
    } rows[] = {
        { "keyword +2 prove", "Improve it", "prove", 2, 3 },
        { "keyword +2 prove", "pro ve", NULL, 0, 0 },
        { "keyword -1 a", "", NULL, 0, 0 },
        { "keyword +1 aa", "xaaaa", "aa", 1, 2 },
        /* Letters whose lower case has another length, or is two. */
        { "keyword +1 like",
          "\xC3\xA9 LI\xE2\x84\xAA"
          "E",
          "LI\xE2\x84\xAA"
          "E",
          1, 3 },
        { "keyword +1 i", "d\xC4\xB0ne", "\xC4\xB0", 1, 2 },
        { "keyword +1 di\xCC\x87n", "xD\xC4\xB0Nx", "D\xC4\xB0N", 1, 2 },
        { "keyword +1 \xCC\x87n", "xd\xC4\xB0N", "\xC4\xB0N", 1, 3 },
        { "keyword +1 \xC4\xB0", "a\xC4\xB0z", "\xC4\xB0", 1, 2 },
        { "keyword +1 x", "\xC8\xBA\xC8\xBA\xC8\xBAX", "X", 1, 4 },
        /* One small sigma, however written. */
        { "keyword +1 \xCF\x83\xCE\xBF\xCF\x82", "\xCE\xA3\xCE\x9F\xCE\xA3",
          "\xCE\xA3\xCE\x9F\xCE\xA3", 1, 1 },
        { "keyword +1 \xCE\xA3", "a\xCF\x82", "\xCF\x82", 1, 2 },
        { "pattern +1 p \xCF\x82$", "\xCE\xA3", "\xCE\xA3", 1, 1 },
        { "pattern +1 p [\xCE\xB1\xCF\x82]x", "\xCE\xA3X", "\xCE\xA3X", 1, 1 },
        /* White space and digits of every script. */
        { "pattern +1 p a\\sb",
          "a\x1C"
          "b",
          "a\x1C"
          "b",
          1, 1 },
        { "pattern +1 p a\\sb",
          "a\xC2\xA0"
          "b",
          "a\xC2\xA0"
          "b",
          1, 1 },
        { "pattern +1 p a\\sb",
          "a\xE1\xA0\x8E"
          "b",
          NULL, 0, 0 }, /* U+180E is none */
        { "pattern +1 p a\\Sb",
          "a\xE1\xA0\x8E"
          "b",
          "a\xE1\xA0\x8E"
          "b",
          1, 1 },
        { "pattern +1 p a\\Sb",
          "a\x1F"
          "b",
          NULL, 0, 0 },
        { "pattern +1 p a[x\\s]b",
          "a\x1D"
          "b",
          "a\x1D"
          "b",
          1, 1 },
        { "pattern +1 p a[^\\s]b",
          "a\xE3\x80\x80"
          "b",
          NULL, 0, 0 },
        { "pattern +1 p a[]\\s]b",
          "a\x1E"
          "b",
          "a\x1E"
          "b",
          1, 1 },
        { "pattern +1 p a[^]\\s]b",
          "a\x1E"
          "b",
          NULL, 0, 0 },
        { "pattern +1 p a[[:digit:]\\s]b",
          "a\x1E"
          "b",
          "a\x1E"
          "b",
          1, 1 },
        { "pattern +1 p a[[:digit:]\\s]b", "a[b", NULL, 0, 0 },
        { "pattern +1 p \\Q\\s\\E", "a\\s", "\\s", 1, 2 },
        { "pattern +1 p (?# [ )a\\sb", "a b", "a b", 1, 1 },
        { "pattern +1 p \\\\s", "\\s", "\\s", 1, 1 },
        { "pattern +1 p \\d+", "x \xD9\xA3\xD9\xA4", "\xD9\xA3\xD9\xA4", 1, 3 },
        { "pattern +1 p \\d+", "x \xC2\xB2", NULL, 0, 0 }, /* superscripts are no digits */
        { "pattern +1 p (a)(b)(c)", "abc", "abc", 1, 1 },
        { "pattern +1 p a\\Kb", "ab", "b", 1, 2 },
        { "pattern +1 p .$", "ab\xC3\xA9", "\xC3\xA9", 1, 3 },
        { "pattern +1 p x*", "ab", "", 1, 1 }, /* an empty match is one */
        /* Counting. */
        { "longer +1 3", "abc", NULL, 0, 0 },
        { "longer +1 3", "\xF0\x9F\x91\x8D\xF0\x9F\x91\x8D\xF0\x9F\x91\x8D", NULL, 0, 0 },
        { "longer +1 3", "\xC4\xB0\xC4\xB0\xC4\xB0", NULL, 0, 0 },
        { "longer +1 3", "abc ", "", 1, 0 },
        { "pieces +1 3 .!?", "$1.10!?", "", 1, 0 },
        { "pieces +1 3 .!?", "a.b.", NULL, 0, 0 },
        { "pieces +1 0 .", "", "", 1, 0 },
        { "pieces +1 1 \xE3\x80\x82", "a\xE3\x80\x82", "", 1, 0 },
        { "each +2 1 ?", "a?", NULL, 0, 0 },
        { "each +2 1 ?", "a?b??", "", 4, 0 },
        { "each -1 0 \xC3\x89?\xC3\xA9", "\xC3\x89\xC3\xA9?", "", -3, 0 },
    };
    struct verdict v = { 0 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *query = rows[i].query, *found = rows[i].found;
        struct rules *r = parsed(rows[i].rule);
        classify(r, query, strlen(query), &v);
        const struct signal *s = v.signals;
        if (v.count != (found ? 1u : 0u) || v.score != rows[i].points || v.gave_up)
            fail_msg("%s on \"%s\": score %d", rows[i].rule, query, v.score);
        if (found && (s->at != rows[i].at || s->len != strlen(found) ||
                      memcmp(query + s->from, found, s->len) != 0))
            fail_msg("%s on \"%s\": found %zu bytes at %zu, byte %zu", rows[i].rule, query, s->len,
                     s->at, s->from);
        rules_free(r);
    }
    verdict_done(&v);
}

/* Words within words: each is found once, at its own first place, in the order of the file. */
static void test_nested_keywords(void **state)
{
    (void)state;
    struct rules *r = parsed("keyword +1 e\nkeyword +2 she\nkeyword +4 hers\nkeyword +8 he\n"
                             "keyword +16 his\nkeyword +32 ushers");
    struct verdict v = { 0 };
    classify(r, "USHERS", 6, &v);
    static const struct {
        const char *what;
        size_t at;
    } rows[] = { { "e", 4 }, { "she", 2 }, { "hers", 3 }, { "he", 3 }, { "ushers", 1 } };
    assert_int_equal(v.count, COUNT(rows));
    assert_int_equal(v.score, 1 + 2 + 4 + 8 + 32);
    assert_int_equal(v.level, LEVEL_COMPLEX);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(v.signals[i].what, rows[i].what);
        assert_int_equal(v.signals[i].at, rows[i].at);
    }
    rules_free(r);
    verdict_done(&v);
}

/* The automaton against memmem, over words and texts of few letters. */
static void test_keywords_at_random(void **state)
{
    (void)state;
    struct random rng;
    random_seed(&rng, 7);
    struct verdict v = { 0 };
    for (int round = 0; round < 300; round++) {
        struct buf file = buf_with_max(4096);
        for (int i = 0; i < 12; i++) {
            char word[8] = { 0 };
            for (uint64_t k = 0, n = 1 + random_below(&rng, 5); k < n; k++)
                word[k] = "abc"[random_below(&rng, 3)];
            char line[32];
            snprintf(line, sizeof line, "keyword +1 %s\n", word);
            if (!file.data || !strstr(buf_text(&file), line))
                buf_puts(&file, line);
        }
        struct rules *r = parsed(buf_text(&file));
        char text[41] = { 0 };
        for (uint64_t k = 0, n = random_below(&rng, 40); k < n; k++)
            text[k] = "abcABC "[random_below(&rng, 7)];
        classify(r, text, strlen(text), &v);
        size_t next = 0;
        for (size_t i = 0; i < rules_count(r); i++) {
            const char *at = strcasestr(text, rules_at(r, i)->what);
            if (!at)
                continue;
            assert_true(next < v.count);
            assert_string_equal(v.signals[next].what, rules_at(r, i)->what);
            assert_int_equal(v.signals[next].at, at - text + 1);
            next++;
        }
        assert_int_equal(v.count, next);
        rules_free(r);
        buf_done(&file);
    }
    verdict_done(&v);
}

/* One verdict used by sets of different size, shorter and longer queries: as if fresh. */
static void test_reuse(void **state)
{
    (void)state;
    struct rules *one = parsed("keyword +1 a"),
                 *two = parsed("longer +1 0\nkeyword +5 b\neach +1 0 b");
    struct verdict v = { 0 };
    classify(two, "abb\xC3\x89", 5, &v);
    assert_int_equal(v.score, 8);
    assert_int_equal(v.count, 3);
    classify(one, "bA", 2, &v);
    assert_int_equal(v.score, 1);
    assert_int_equal(v.count, 1);
    assert_int_equal(v.signals[0].at, 2);
    classify(one, "", 0, &v);
    assert_int_equal(v.count, 0);
    assert_int_equal(v.level, LEVEL_SIMPLE);
    verdict_done(&v);
    verdict_done(&v);
    rules_free(one);
    rules_free(two);
}

static char *repeated(const char *unit, size_t len, const char *last)
{
    char *s = calloc(1, len + strlen(last) + 1);
    for (size_t i = 0; i < len; i++)
        s[i] = unit[i % strlen(unit)];
    memcpy(s + len, last, strlen(last) + 1);
    return s;
}

/* Patterns that would run for years give up, and say so; the test's own timeout is the
 * judge of "in good time". */
static void test_hostile_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *unit;
        size_t len;
        const char *last;
        bool gives_up;
    } rows[] = {
        { "pattern +1 p ^(a+)+$", "a", 60, "b", true },
        { "pattern +1 p (a|a)*b", "a", 60, "c b", true },
        { "pattern +1 p (?:a*)*c\\b", "a", 200, "cd", true },
        { "pattern +1 p a[^c]*b[^c]*d", "ab", 200000, "c d", true },
        { "pattern +1 p (\\w+\\s?)+:", "word ", 100000, "! :", true },
        { "pattern +1 p ^(?:a|b)*$", "ab", 1000, "", false },
        { "pattern +1 p ((?:a|b)*)d", "ab", 500, "", false },
    };
    struct verdict v = { 0 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rules *r = parsed(rows[i].rule);
        char *query = repeated(rows[i].unit, rows[i].len, rows[i].last);
        classify(r, query, strlen(query), &v);
        if (v.gave_up != rows[i].gives_up)
            fail_msg("%s: gave up %u times", rows[i].rule, v.gave_up);
        if (v.gave_up)
            assert_int_equal(v.count, 0);
        free(query);
        rules_free(r);
    }
    verdict_done(&v);
}

/* The shipped patterns never give up, however long the question, and find what stands last. */
static void test_shipped_on_long_queries(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *last, *what; /* what: the last signal that is a pattern, or NULL */
        size_t found;                   /* its length in bytes, 0: the test does not say */
    } rows[] = {
        { "1", "", NULL, 0 },
        { "1", "+", NULL, 0 },
        { "1", " + a 1+1", "arithmetic", 3 },
        { "1", " 12 + 7", "arithmetic", 6 },
        { "+1", "", "arithmetic", 3 },
        { "+ 1 \xC3\x89", " 12 + 7 END", "arithmetic", 6 },
        { "7 +a", "", NULL, 0 },
        { " ", "7 % of", NULL, 0 },
        { " ", "7+", NULL, 0 },
        { " ", "7% of", "percent-of", 5 },
        { "1% ", "7% of", "percent-of", 5 },
        { "$ ", "$\xD9\xA3", "money", 3 },
        { "1 k", "3\xC2\xA0KM", "distance", 5 },
        { "equatio", "FORMULA", "equation", 7 },
    };
    /* A pattern has a time by the length of the text; under an emulator or memcheck it takes
     * much longer. */
    size_t slower = (size_t)test_slower();
    struct error err;
    struct rules *r = rules_load("data/rules/weighted.rules", &err);
    assert_ok(r, err);
    struct verdict v = { 0 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t unit = strlen(rows[i].unit), most = (MAX_QUERY_BYTES - 20) / slower;
        char *query = repeated(rows[i].unit, most - most % unit, rows[i].last);
        classify(r, query, strlen(query), &v);
        const struct signal *last = NULL;
        for (size_t k = 0; k < v.count; k++)
            if (v.signals[k].kind == SIGNAL_PATTERN)
                last = &v.signals[k];
        if (v.gave_up || strcmp(last ? last->what : "-", rows[i].what ? rows[i].what : "-") != 0 ||
            (rows[i].found && last->len != rows[i].found))
            fail_msg("row %zu: %s, gave up %u", i, last ? last->what : "nothing", v.gave_up);
        free(query);
    }
    rules_free(r);
    verdict_done(&v);
}

/* Many rules of many points over the longest query: the score stays an int. */
static void test_scores_add_up(void **state)
{
    (void)state;
    struct buf file = buf_with_max(MIB);
    for (int i = 0; i < MAX_RULES; i++)
        buf_printf(&file, "each %+d 0 e\n", MAX_RULE_POINTS);
    struct rules *r = parsed(buf_text(&file));
    char *query = repeated("e", MAX_QUERY_BYTES, "");
    struct verdict v = { 0 };
    classify(r, query, MAX_QUERY_BYTES, &v);
    assert_int_equal(v.score, INT_MAX);
    assert_int_equal(v.count, MAX_RULES);
    assert_int_equal(v.signals[0].points, (int)MAX_QUERY_BYTES * MAX_RULE_POINTS);
    free(query);
    rules_free(r);
    verdict_done(&v);
    buf_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_nested_keywords),
        cmocka_unit_test(test_keywords_at_random),
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_hostile_patterns),
        cmocka_unit_test(test_shipped_on_long_queries),
        cmocka_unit_test(test_scores_add_up),
    };
    return cmocka_run_group_tests_name("classifier", tests, NULL, NULL);
}
