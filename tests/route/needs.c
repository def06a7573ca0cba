/* What a pattern needs: never more than is true, and enough to be of use. */
#include "tests/test.h"

#include "core/base/buf.h"
#include "core/base/random.h"
#include "core/route/classifier.h"
#include "core/route/needs.h"

static bool holds_all(const struct needs *n, const char *text)
{
    for (size_t i = 0; i < n->count; i++) {
        bool some = false;
        for (const char *p = text; *p; p++)
            some |= byte_set_has(&n->set[i], (unsigned char)*p);
        if (!some)
            return false;
    }
    return true;
}

/* `lacks` must be ruled out, NULL where nothing can be; `holds` must not. */
static void test_table(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *holds, *lacks;
    } rows[] = {
        { "\\$\\d", "5$", "5" },
        { "\\$\\d", "$\xD9\xA3", "$ x" },
        { "(?<!\\d)\\d++\\s*+[-+*/]\\s*+\\d+", "1/", "1 2" },
        { "(?<!\\d)\\d++%\\s*+of", "1%of", "1 of" },
        { "equation|formula", "equation", "bz" },
        { "equation|formula", "formula", "bz" },
        { "\\d+\\s*(?:mph|km)", "1mph", "mph" },
        { "a?b*c{0}d{0,3}", "", NULL },
        { "a{1}", "a", "b" },
        { "ab+?c++", "abc", "ab" },
        { "[^a]", "", NULL },
        { "[a-c\\d]", "\xC3\xA9", "def" },
        { "[\xC3\xA0-\xC3\xBF]", "\xC3\xA9", "e" },
        { "[+-]", "-", "," },
        { "[%--]", "-", "/" },
        { "(?=a)b", "b", "a" },
        { "(?!a)b", "b", "a" },
        { "(?>a|b)c", "bc", "ab" },
        { "(a|)", "", NULL },
        { "\xC3\xA9", "\xC3\xA9", "e" },
        /* Left alone: what is outside the safe part. */
        { "(?i)a", "", NULL },
        { "(?x) a b", "", NULL },
        { "\\x61", "", NULL },
        { "\\Qa\\E", "", NULL },
        { "[[:digit:]]", "", NULL },
        { "[]a]", "", NULL },
        { "(?<n>a)\\k<n>", "", NULL },
        { "(a)\\1", "", NULL },
        { "a(*ACCEPT)b", "", NULL },
        { "a{,3}", "", NULL },
        { "(?|a|b)", "", NULL },
        { "(?#a)b", "", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct needs n = needs_of(rows[i].pattern, strlen(rows[i].pattern));
        if (!holds_all(&n, rows[i].holds))
            fail_msg("%s rules out \"%s\"", rows[i].pattern, rows[i].holds);
        if (rows[i].lacks ? holds_all(&n, rows[i].lacks) : n.count != 0)
            fail_msg("%s: %zu sets", rows[i].pattern, n.count);
    }
}

static const char *const bits[] = {
    "a",        "b",     "\\d",     "\\s",     "\\w",     "[ab]",  "[^a]",   "[a-\xC3\xA9]",
    "\xC3\xA9", ".",     "(",       "(?:",     "(?=",     "(?!",   "(?<!a)", "(?>",
    ")",        ")",     ")",       "|",       "|",       "*",     "+",      "?",
    "{2}",      "{0,1}", "{1,}",    "??",      "*+",      "^",     "$",      "\\b",
    "\\.",      "\\$",   "[\\d.]",  "[\\]a]",  "[+-]",    "\\n",   "{",      "}",
    "[]b]",     "\\1",   "(?i)",    "\\Qa",    "\\E",     "(?#b)", "\\K",    "\\D",
    "[\\S]",    "-",     "]",       "[\\w-a]", "[b\\-+]", "(?|",   "\\x61",  "1",
    "(?<!b",    "{,2}",  "(*FAIL)", "\\R",
};

static void random_pattern(struct random *rng, struct buf *to)
{
    buf_clear(to);
    for (uint64_t i = 0, n = 1 + random_below(rng, 8); i < n; i++)
        buf_puts(to, bits[random_below(rng, COUNT(bits))]);
}

static void random_text(struct random *rng, struct buf *to)
{
    static const char *const letters[] = { "a", "b",        "1", " ",        ".",
                                           "$", "\xC3\xA9", "-", "\xD9\xA3", "\n" };
    buf_clear(to);
    for (uint64_t i = 0, n = random_below(rng, 8); i < n; i++)
        buf_puts(to, letters[random_below(rng, COUNT(letters))]);
}

/* The same pattern behind a comment, which the reader does not know, is always tried. Both
 * must find the same, for patterns thrown together of everything there is. */
static void test_never_too_much(void **state)
{
    (void)state;
    struct random rng;
    random_seed(&rng, 11);
    struct buf pattern = buf_with_max(1000), text = buf_with_max(1000), file = buf_with_max(4000);
    struct verdict v = { 0 };
    int taken = 0, found = 0;
    for (int i = 0; i < 20000; i++) {
        random_pattern(&rng, &pattern);
        buf_clear(&file);
        buf_printf(&file, "pattern +1 a %s\npattern +1 b (?#)%s\n", buf_text(&pattern),
                   buf_text(&pattern));
        struct error err;
        struct rules *r = rules_parse("x", buf_text(&file), file.len, &err);
        for (int k = 0; r && k < 10; k++) {
            random_text(&rng, &text);
            classify(r, buf_text(&text), text.len, &v);
            const struct signal *s = v.signals;
            if (v.count == 1 || (v.count == 2 && (s[0].from != s[1].from || s[0].len != s[1].len)))
                fail_msg("%s differs on \"%s\"", buf_text(&pattern), buf_text(&text));
            found += v.count == 2;
        }
        taken += r != NULL;
        rules_free(r);
    }
    assert_true(taken > 5000 && found > 5000);
    buf_done(&pattern);
    buf_done(&text);
    buf_done(&file);
    verdict_done(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_never_too_much),
    };
    return cmocka_run_group_tests_name("needs", tests, NULL, NULL);
}
