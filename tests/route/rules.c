/* Rule files: what is taken, and the sentence for each thing that is not. */
#include "tests/test.h"

#include <limits.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/limits.h"
#include "core/route/rules.h"

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } rows[] = {
        { "keywrd +2 solve\n", "file 'x.rules', line 1: there is no rule 'keywrd', did you mean "
                               "'keyword'? expected keyword POINTS TEXT" },
        { "\n# fine\npeices +1 3 .\n",
          "line 3: there is no rule 'peices', did you mean 'pieces'?" },
        { "lever complex 4", "did you mean 'level'?" },
        { "KEYWORD +2 solve", "there is no rule 'KEYWORD', expected keyword, pattern, longer" },
        { "score 5", "there is no rule 'score', expected" },
        { "keyword", "nothing follows 'keyword', expected keyword POINTS TEXT" },
        { "keyword  \t ", "nothing follows 'keyword'" },
        { "keyword two solve", "'two' are no points, expected a whole number" },
        { "keyword +2.5 solve", "'+2.5' are no points" },
        { "keyword ++2 solve", "'++2' are no points" },
        { "keyword +1001 solve", "expected a whole number from -1000 to +1000" },
        { "keyword +99999999999999999999 solve", "are no points" },
        { "keyword 0 solve", "a rule of 0 points does nothing" },
        { "keyword +2", "line 1: the keyword is empty" },
        { "keyword +2   ", "line 1: the keyword is empty" },
        { "keyword +2 solve\nkeyword -1 define\nkeyword +3 SOLVE",
          "line 3: keyword 'solve' stands in line 1 already" },
        { "pattern +2", "line 1: the pattern has no name" },
        { "pattern +2 money", "pattern 'money' has no expression" },
        { "pattern +2 money (\\d", "line 1: pattern 'money': missing closing parenthesis" },
        { "pattern +2 caf\xC3\xA9 \xC3\xA9\xC3\xA9[z-a]",
          "range out of order in character class at "
          "character" },
        { "pattern +2 a *b", "quantifier does not follow a repeatable item at character 1" },
        { "pattern +2 a \\C", "expected a regular expression" },
        { "pattern +2 a b\npattern +1 a c", "line 2: pattern 'a' stands in line 1 already" },
        { "longer +1", "the length is missing, expected a whole number" },
        { "longer +1 many", "'many' is no length, expected a whole number from 0" },
        { "longer +1 -5", "'-5' is no length" },
        { "longer +1 200 letters", "'letters' is left over, expected the end of the line" },
        { "pieces +1", "the count is missing" },
        { "pieces +1 3", "the marks are missing, expected those to count" },
        { "pieces +1 3 . !", "'!' is left over" },
        { "each +1 1 abcdefghijklmnopq", "too many marks, expected at most 16" },
        { "level", "nothing follows 'level', expected level moderate|complex SCORE" },
        { "level simple 0", "'simple' is no level with a beginning" },
        { "level hard 4", "'hard' is no level with a beginning, expected moderate or complex" },
        { "level complex", "'' is no score" },
        { "level complex four", "'four' is no score" },
        { "level complex 4 5", "'5' is left over" },
        { "level complex 4\n\nlevel complex 5",
          "line 3: level 'complex' stands in line 1 already" },
        { "level complex 2\nlevel moderate 3\nkeyword +1 a",
          "line 2: level 'moderate' begins at 3, above 'complex' at 2" },
        { "level complex 0", "line 1: level 'moderate' begins at 1, above 'complex' at 0" },
        { "keyword +1 a\xFFz", "line 1: byte 13 (0xFF) is not UTF-8" },
        { "keyword +1 \xC3", "is not UTF-8" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err;
        struct rules *r = rules_parse("x", rows[i].text, strlen(rows[i].text), &err);
        if (r)
            fail_msg("taken: %s", rows[i].text);
        assert_holds(rows[i].text, err.text, rows[i].error);
        assert_holds(rows[i].text, err.text, "file 'x.rules', line ");
        assert_holds(rows[i].text, err.text, "expected");
        assert_int_equal(err.code, ERR_PARSE);
    }
}

static void refused(const char *text, size_t len, const char *error)
{
    struct error err;
    assert_null(rules_parse("x", text, len, &err));
    assert_holds("refused", err.text, error);
}

static void test_ceilings(void **state)
{
    (void)state;
    refused("keyword +1 a\0b", 14, "line 1: it holds a NUL byte");

    struct buf b = buf_with_max(4 * MIB);
    buf_puts(&b, "keyword +1 ");
    while (b.len < MAX_RULE_LINE + 1)
        buf_putc(&b, 'a');
    refused(buf_text(&b), b.len, "line 1: the line has 1001 bytes, expected at most 1000");

    buf_clear(&b);
    for (int i = 0; i <= MAX_RULES; i++)
        buf_printf(&b, "keyword +1 w%d\n", i);
    refused(buf_text(&b), b.len, "line 1001: one rule too many, expected at most 1000");

    buf_clear(&b);
    for (int i = 0; i < 40; i++)
        buf_printf(&b, "keyword +1 %d%0900d\n", i, 1);
    refused(buf_text(&b), b.len, "too much text in keywords, expected at most 32768 bytes");
    buf_done(&b);
}

static void test_shape(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF# made by an editor that puts a mark in front\r\n"
                               "\r\n"
                               "  keyword\t+2   What Is It  \r\n"
                               "pattern -3 hash a #b\r\n"
                               "longer 5 0\r\n"
                               "each +1 1 ?!?\r\n"
                               "level moderate -2\r\n"
                               "level complex -2";
    static const struct rule rows[] = {
        { SIGNAL_KEYWORD, "what is it", "", 2, 0, 3 },
        { SIGNAL_PATTERN, "hash", "a #b", -3, 0, 4 },
        { SIGNAL_LENGTH, ">0", "", 5, 0, 5 },
        { SIGNAL_QUESTIONS, ">1", "?!?", 1, 1, 6 },
    };
    struct error err;
    struct rules *r = rules_parse("mine", text, sizeof text - 1, &err);
    assert_ok(r, err);
    assert_string_equal(rules_name(r), "mine");
    assert_int_equal(rules_count(r), COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct rule *rule = rules_at(r, i);
        assert_int_equal(rule->kind, rows[i].kind);
        assert_string_equal(rule->what, rows[i].what);
        assert_string_equal(rule->text, rows[i].text);
        assert_int_equal(rule->points, rows[i].points);
        assert_int_equal(rule->limit, rows[i].limit);
        assert_int_equal(rule->line, rows[i].line);
    }
    assert_int_equal(rules_threshold(r, LEVEL_SIMPLE), INT_MIN);
    assert_int_equal(rules_threshold(r, LEVEL_MODERATE), -2);
    assert_int_equal(rules_threshold(r, LEVEL_COMPLEX), -2);
    rules_free(r);
}

static void test_usual_levels(void **state)
{
    (void)state;
    struct error err;
    struct rules *r = rules_parse("empty", "", 0, &err);
    assert_ok(r, err);
    assert_int_equal(rules_count(r), 0);
    struct thresholds t = rules_thresholds(r);
    assert_int_equal(t.moderate, 1);
    assert_int_equal(t.complex, 4);
    rules_free(r);
}

static void test_load(void **state)
{
    (void)state;
    char *dir = test_folder();
    struct arena a = { 0 };
    struct error err;
    const char *good = arena_format(&a, "%s/my.own.rules", dir);
    const char *bad = arena_format(&a, "%s/bad.rules", dir);
    assert_ok(file_write(good, "keyword +1 a\n", 13, &err), err);
    assert_ok(file_write(bad, "keyword +1\n", 11, &err), err);
    struct rules *r = rules_load(good, &err);
    assert_ok(r, err);
    assert_string_equal(rules_name(r), "my.own");
    rules_free(r);
    assert_null(rules_load(bad, &err));
    assert_holds("bad file", err.text, arena_format(&a, "file '%s', line 1: the keyword is", bad));
    assert_null(rules_load(arena_format(&a, "%s/none.rules", dir), &err));
    assert_holds("no file", err.text, "cannot open");
    assert_null(rules_load(dir, &err));
    assert_holds("folder", err.text, "is a folder");
    arena_done(&a);
    test_folder_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors), cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_shape),  cmocka_unit_test(test_usual_levels),
        cmocka_unit_test(test_load),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
