/* What mini/steps computes once the task is known: numbers and words as people write them, and
 * every solver against a reckoning of its own. */
#include <inttypes.h>

#include "core/base/mem.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/model/steps_number.h"
#include "core/model/steps_task.h"
#include "core/model/steps_text.h"
#include "core/model/steps_word.h"
#include "tests/test.h"

/* --- numbers ------------------------------------------------------------------------------ */

static void test_numbers(void **state)
{
    (void)state;
    static const struct row {
        const char *text, *numbers; /* each as it is read, "?" not whole, "!" too large */
    } rows[] = {
        { "23 and 48", "23 48" },
        { "3-5", "3 5" },
        { "3 - 5", "3 5" },
        { "3 -5", "3 -5" },
        { "3--5", "3 -5" },
        { "-3+-5", "-3 -5" },
        { "(-3)-5", "-3 5" },
        { "add -5 to -7", "-5 -7" },
        { "\xE2\x88\x92"
          "5 and \xE2\x80\x93"
          "6",
          "-5 -6" },
        { "3\xE2\x80\x93"
          "5",
          "3 5" },
        { "minus 5 and negative 6", "-5 -6" },
        { "9 minus 4", "9 4" },
        { "Minus 9 minus 4", "-9 4" },
        { "a terminus 5", "5" },
        { "covid-19", "19" },
        { "1,234 and 5", "1234 5" },
        { "1,234,567", "1234567" },
        { "-1,234,567", "-1234567" },
        { "3,5", "3 5" },
        { "12,34 1234,567 1,2345", "12 34 1234 567 1 2345" },
        { "3.5 and .5 and 1.2.3", "? ? ?" },
        { "1e5 2E-3 7e", "? ? 7" },
        { "7. And 8.", "7 8" },
        { "end.5", "5" },
        { "-.5", "?" },
        { "007", "7" },
        { "-0", "0" },
        { "9223372036854775807 -9223372036854775808", "9223372036854775807 -9223372036854775808" },
        { "9223372036854775808 -9223372036854775809", "! !" },
        { "99999999999999999999999999", "!" },
        { "seven", "" },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf got = buf_with_max(1000);
        struct steps_number n;
        size_t len = strlen(rows[i].text);
        for (size_t at = 0; steps_number_next(rows[i].text, len, &at, &n);) {
            assert_true(n.at + n.len <= len && at <= len);
            buf_puts(&got, got.len ? " " : "");
            if (n.kind == NUMBER_WHOLE)
                buf_printf(&got, "%" PRId64, n.value);
            else
                buf_puts(&got, n.kind == NUMBER_NOT_WHOLE ? "?" : "!");
        }
        if (strcmp(buf_text(&got), rows[i].numbers) != 0)
            fail_msg("\"%s\" holds \"%s\", not \"%s\"", rows[i].text, buf_text(&got),
                     rows[i].numbers);
        buf_done(&got);
    }
}

/* --- words -------------------------------------------------------------------------------- */

static void test_words(void **state)
{
    (void)state;
    static const struct row {
        const char *text, *word; /* NULL: none is meant */
    } rows[] = {
        { "reverse hello", "hello" },
        { "Reverse Hello!", "Hello" },
        { "reverse: hello", "hello" },
        { "reverse:hello", "hello" },
        { "reverse(hello)", "hello" },
        { "hello reversed", "hello" },
        { "spell garden backwards", "garden" },
        { "How do you spell the word garden backwards, please?", "garden" },
        { "backwards version of table please", "table" },
        { "give me the backwards version of table please", "table" },
        { "flip table", "table" },
        { "can you flip the letters in table around?", "table" },
        { "write table in reverse order", "table" },
        { "reverse the order of the letters of table", "table" },
        { "what do you get when you reverse table?", "table" },
        { "read window from right to left", "window" },
        { "take window and reverse it", "window" },
        { "I love cats, reverse kitten", "kitten" },
        { "my friend bob says hello, spell rover backwards", "rover" },
        /* In quotes, all of it. */
        { "reverse \"hello world\"", "hello world" },
        { "reverse 'hello' please", "hello" },
        { "what's 'don't' backwards?", "don't" },
        { "reverse \xE2\x80\x9Cna\xC3\xAFve\xE2\x80\x9D", "na\xC3\xAFve" },
        { "reverse \xE2\x80\x98yes\xE2\x80\x99", "yes" },
        { "reverse \xC2\xABnon\xC2\xBB", "non" },
        { "reverse `code` now", "code" },
        { "reverse \"\" and 'lamp'", "lamp" },
        { "reverse \"lamp", "lamp" },
        /* Marks inside a word are part of it. */
        { "reverse don't", "don't" },
        { "reverse well-known.", "well-known" },
        { "reverse c++", "c++" },
        { "reverse 123", "123" },
        { "what's lamp backwards", "lamp" },
        { "reverse - lamp", "lamp" },
        { "lamp -> reversed", "lamp" },
        /* Words of asking that are meant. */
        { "spell the word backwards backwards", "backwards" },
        { "reverse the word backwards", "backwards" },
        { "spell the word please backwards", "please" },
        { "what is the word reverse spelled backwards", "reverse" },
        { "reverse order", "order" },
        { "reverse the word order", "order" },
        { "spell letter backwards", "letter" },
        { "reverse stop please", "stop" },
        { "reverse word", "word" },
        /* Nothing to reverse. */
        { "reverse the word", NULL },
        { "reverse the word please", NULL },
        { "spell the word backwards", NULL },
        { "spell a word backwards", NULL },
        { "say the word in reverse", NULL },
        { "flip the word around", NULL },
        { "how is the word spelled backwards", NULL },
        { "reverse it please", NULL },
        { "reverse", NULL },
        { "?!", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *word = "";
        size_t len = 0;
        bool found = steps_word_find(rows[i].text, strlen(rows[i].text), &word, &len);
        if (found != (rows[i].word != NULL) ||
            (found && (len != strlen(rows[i].word) || memcmp(word, rows[i].word, len) != 0)))
            fail_msg("\"%s\" means \"%.*s\", not \"%s\"", rows[i].text, (int)len, word,
                     rows[i].word ? rows[i].word : "(none)");
    }
}

/* Far more words than are looked at. */
static void test_many_words(void **state)
{
    (void)state;
    struct buf text = buf_with_max(100000);
    buf_puts(&text, "reverse lamp ");
    for (int i = 0; i < 5000; i++)
        buf_puts(&text, "and so on ");
    const char *word;
    size_t len;
    assert_true(steps_word_find(buf_text(&text), text.len, &word, &len));
    assert_memory_equal(word, "lamp", len);
    buf_done(&text);
}

/* --- solvers ------------------------------------------------------------------------------ */

static bool solve(const char *task, const char *text, size_t len, struct buf *ret)
{
    *ret = buf_with_max(8 * len + 4096);
    return steps_task_at(steps_task_find(task, strlen(task)))->solve(text, len, ret);
}

static void test_solvers(void **state)
{
    (void)state;
    static const struct row {
        const char *task, *text;
        bool solved;
        const char *part; /* of what is said */
    } rows[] = {
        { "add", "23 + 48", true, "2. Add them: 23 + 48 = 71.\n3. The sum is 71." },
        { "add", "add -5 and -7", true, "-5 + (-7) = -12.\n3. The sum is -12." },
        { "add", "add 1, 2 and 3", true, "1. Of the 3 numbers I take the first two: 1 and 2.\n" },
        { "add", "what is 3-5", true, "with a minus between them" },
        { "add", "3-5", true, "3 - 5 = -2.\n3. The difference is -2." },
        { "add", "3 - -5", true, "3 - (-5) = 8." },
        { "add", "3 minus 5", true, "The difference is -2." },
        { "add", "3 * 5", false, "I cannot multiply" },
        { "add", "3x5", false, "I cannot multiply" },
        { "add", "3/5", false, "I cannot divide" },
        { "add", "3 divided by 5", false, "I cannot divide" },
        { "add", "2^5", false, "I cannot raise to a power" },
        { "add", "add 3.5 and 2", false, "3.5 is no whole number" },
        { "add", "add 5", false, "5 is the only number I found, and a sum needs two. Ask for" },
        { "add", "add 5.5", false, "5.5 is no whole number" },
        { "add", "add two and three", false, "no number written in digits" },
        { "add", "9223372036854775807 + 1", false, "overflows 64 bits" },
        { "add", "-9223372036854775808 + -1", false, "overflows 64 bits" },
        { "add", "-9223372036854775808 - 1", false, "overflows 64 bits" },
        { "add", "-9223372036854775808 + 1", true, "The sum is -9223372036854775807." },
        { "add", "9223372036854775808 + 1", false, "9223372036854775808 does not fit in 64 bits" },
        { "parity", "is 17 odd", true,
          "17 = 2 \xC3\x97 8 + 1, so the remainder is 1.\n3. 17 is odd." },
        { "parity", "is 0 even", true,
          "0 = 2 \xC3\x97 0 + 0, so the remainder is 0.\n3. 0 is even." },
        { "parity", "-7?", true,
          "-7 = 2 \xC3\x97 (-4) + 1, so the remainder is 1.\n3. -7 is odd." },
        { "parity", "-8?", true, "-8 = 2 \xC3\x97 (-4) + 0, so the remainder is 0." },
        { "parity", "-9223372036854775808", true, "(-4611686018427387904) + 0" },
        { "parity", "is it even", false, "I found no number" },
        { "parity", "is 2.5 even", false, "2.5 is no whole number" },
        { "parity", "is 123456789012345678901234567890 odd", false, "does not fit in 64 bits" },
        { "reverse", "reverse hello", true,
          "1. The word is \"hello\".\n2. Take its letters from the last to the first: o l l e h.\n"
          "3. Reversed it is olleh." },
        { "reverse",
          "reverse a\xCC\x81"
          "bc",
          true, "Reversed it is cba\xCC\x81." },
        { "reverse", "reverse \"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7x\"", true,
          "is x\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7." },
        { "reverse", "reverse the word", false, "I found no word to reverse. Ask for example" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf said;
        bool solved = solve(rows[i].task, rows[i].text, strlen(rows[i].text), &said);
        assert_holds(rows[i].text, buf_text(&said), rows[i].part);
        if (solved != rows[i].solved)
            fail_msg("%s: solved is %d", rows[i].text, solved);
        if (!solved)
            assert_holds(rows[i].text, buf_text(&said), "I cannot");
        buf_done(&said);
    }
}

/* Numbers of all lengths, both signs; half of them the longest. */
static int64_t draw_number(struct random *r)
{
    uint64_t shift = random_below(r, 2) ? random_below(r, 64) : 0;
    return (int64_t)random_u64(r) / (int64_t)(UINT64_C(1) << (shift > 62 ? 62 : shift));
}

static void test_sums(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 1);
    int overflows = 0;
    for (int i = 0; i < 20000; i++) {
        int64_t a = draw_number(&r), b = draw_number(&r);
        char text[100], end[100];
        int len = snprintf(text, sizeof text, "add %" PRId64 " and %" PRId64, a, b);
        bool fits = b > 0 ? a <= INT64_MAX - b : a >= INT64_MIN - b;
        struct buf said;
        assert_int_equal(solve("add", text, (size_t)len, &said), fits);
        snprintf(end, sizeof end, "3. The sum is %" PRId64 ".", fits ? a + b : 0);
        assert_holds(text, buf_text(&said), fits ? end : "overflows");
        overflows += !fits;
        buf_done(&said);
    }
    assert_in_range(overflows, 10, 5000);
}

static void test_parities(void **state)
{
    (void)state;
    struct random r;
    random_seed(&r, 2);
    for (int i = 0; i < 20000; i++) {
        int64_t n = draw_number(&r);
        char text[100], end[100];
        int len = snprintf(text, sizeof text, "is %" PRId64 " even", n);
        struct buf said;
        assert_true(solve("parity", text, (size_t)len, &said));
        snprintf(end, sizeof end, "3. %" PRId64 " is %s.", n,
                 strchr("02468", text[len - 6]) ? "even" : "odd");
        assert_holds(text, buf_text(&said), end);
        buf_done(&said);
    }
}

/* A quoted text of any letters: reversed, and reversed again, it is itself. */
static void test_reversals(void **state)
{
    (void)state;
    static const char *const letters[] = {
        "a", "Z", "7", "-", "\xC3\xA9", "\xC3\x9F", "\xE4\xBD\xA0", "\xF0\x9F\x98\x80", "e\xCC\x81"
    };
    struct random r;
    random_seed(&r, 3);
    for (int i = 0; i < 3000; i++) {
        struct buf text = buf_with_max(2000), back = buf_with_max(1000), said;
        buf_puts(&text, "reverse \"");
        for (uint64_t n = 1 + random_below(&r, 60); n > 0; n--) {
            const char *letter = letters[random_below(&r, COUNT(letters))];
            struct buf longer = buf_with_max(1000);
            buf_puts(&text, letter);
            buf_puts(&longer, letter);
            buf_puts(&longer, buf_text(&back));
            buf_done(&back);
            back = longer;
        }
        buf_puts(&text, "\"");
        buf_puts(&back, ".");
        assert_true(solve("reverse", buf_text(&text), text.len, &said));
        assert_holds(buf_text(&text), buf_text(&said), buf_text(&back));
        buf_done(&text);
        buf_done(&back);
        buf_done(&said);
    }
}

/* --- what the network reads ----------------------------------------------------------------- */

static void test_letters(void **state)
{
    (void)state;
    struct nn_letters got;
    steps_text_read("  Ab\t\n 9?+-,.\xC3\xA9 ", 16, &got);
    static const uint8_t want[] = { 2, 3, 43, 37, 38, 39, 40, 41, 42, 1 };
    assert_int_equal(got.count, COUNT(want));
    assert_memory_equal(got.symbol, want, sizeof want);
    assert_int_equal(STEPS_VOCAB, 44);

    steps_text_read("", 0, &got);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.symbol[0], STEPS_UNKNOWN);

    char *wide = mem_new(char, 100001);
    memset(wide, ' ', 100000);
    memcpy(wide + 99990, "end", 3);
    steps_text_read(wide, 100000, &got); /* the white space is folded before it is cut off */
    assert_int_equal(got.count, 3);
    memset(wide, 'x', 100000);
    steps_text_read(wide, 100000, &got);
    assert_int_equal(got.count, STEPS_MAX_CHARS);
    mem_free(wide);
}

static void test_refusal(void **state)
{
    (void)state;
    struct buf said = buf_with_max(1000);
    steps_task_refuse(&said);
    assert_string_equal(buf_text(&said),
                        "I cannot answer this. I can add two whole numbers, tell the parity of a "
                        "whole number and reverse a word, and nothing else.");
    buf_done(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),    cmocka_unit_test(test_words),
        cmocka_unit_test(test_many_words), cmocka_unit_test(test_solvers),
        cmocka_unit_test(test_sums),       cmocka_unit_test(test_parities),
        cmocka_unit_test(test_reversals),  cmocka_unit_test(test_letters),
        cmocka_unit_test(test_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
