/* Tokens: the list, reading (against a file of texts with their tokens) and writing. */
#include "tests/test.h"

#include "core/base/file.h"
#include "core/limits.h"
#include "core/nn/token.h"

#define VECTORS "tests/nn/vectors/tokens.tsv"

static void test_vocabulary(void **state)
{
    (void)state;
    assert_int_equal(vocabulary_size(), 247);
    assert_string_equal(vocabulary_name(TOKEN_BLANK), "_");
    assert_string_equal(vocabulary_name(TOKEN_CANNOT), "<idk>");
    assert_string_equal(vocabulary_name(TOKEN_DIGITS), "0");
    assert_string_equal(vocabulary_name(TOKEN_LETTERS), "a");
    for (size_t i = 0; i < vocabulary_size(); i++) {
        const char *name = vocabulary_name((token_id)i);
        token_id id = 0;
        assert_int_equal(vocabulary_find(name, strlen(name), &id), !token_is_mark((token_id)i));
        assert_int_equal(id, token_is_mark((token_id)i) ? 0 : i);
    }
    char hex[HASH_HEX];
    struct hash h = vocabulary_hash();
    hash_hex(&h, hex);
    assert_string_equal(hex, "2991e2f28e79bf7096c1fee96d590b53cb89f9df506c807098142bb1b4b88ae0");
}

/* "\n", "\t" and "\\" of a vector file, undone in place. */
static void unescape(char *s)
{
    char *to = s;
    for (; *s; s++) {
        if (*s == '\\' && s[1]) {
            s++;
            *to++ = (char)(*s == 'n' ? '\n' : *s == 't' ? '\t' : *s);
        } else {
            *to++ = *s;
        }
    }
    *to = '\0';
}

static void check_vector(char *line)
{
    char *ids = strchr(line, '\t');
    assert_non_null(ids);
    *ids++ = '\0';
    unescape(line);
    token_id got[512];
    size_t count = token_read(line, strlen(line), got, COUNT(got)), i = 0;
    for (char *end; *ids; ids = end, i++) {
        unsigned long want = strtoul(ids, &end, 10);
        if (i >= count || got[i] != want)
            fail_msg("\"%s\": token %zu of %zu is %d, not %lu", line, i, count,
                     i < count ? got[i] : -1, want);
    }
    if (i != count)
        fail_msg("\"%s\": %zu tokens, not %zu", line, count, i);
}

static void test_reading(void **state)
{
    (void)state;
    struct buf file = buf_with_max(MAX_FILE_BYTES);
    struct error err;
    assert_ok(file_read(VECTORS, MAX_FILE_BYTES, &file, &err), err);
    const char *line;
    size_t n, lines = 0;
    for (size_t at = 0; file_line(file.data, file.len, &at, &line, &n); lines++) {
        char *copy = strndup(line, n);
        check_vector(copy);
        free(copy);
    }
    assert_true(lines > 300);
    buf_done(&file);
}

/* What people type that the vectors cannot say: how it reads, in the words of the list. */
static void test_typed(void **state)
{
    (void)state;
    static const struct row {
        const char *text, *tokens;
    } rows[] = {
        { "23 \xC3\x97 48", "3 2 * 8 4" },
        { "8 \xC3\xB7 2", "8 / 2" },
        { "9 \xE2\x88\x92 2", "9 - 2" },
        { "What\xE2\x80\x99s 5?", "what ' s 5 ?" },
        { "caf\xC3\xA9", "c a f <unk>" },
        { "\xE4\xBD\xA0\xE5\xA5\xBD", "<unk> <unk>" },
        { "\xF0\x9F\x98\x80 12", "<unk> 2 1" },
        { "a\xFF\xFE b", "a <unk> <unk> b" },
        { "{7}", "<unk> 7 <unk>" },
        { "1\xC2\xA0"
          "2",
          "1 _ 2" },
        { "<idk>", "< i d k >" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        token_id ids[64];
        size_t n = token_read(rows[i].text, strlen(rows[i].text), ids, COUNT(ids));
        char got[512] = "";
        for (size_t k = 0; k < n; k++) {
            strcat(got, k ? " " : "");
            strcat(got, vocabulary_name(ids[k]));
        }
        assert_string_equal(got, rows[i].tokens);
    }
}

static void test_room(void **state)
{
    (void)state;
    token_id ids[3] = { 9, 9, 9 };
    assert_int_equal(token_read("1 2 3", 5, ids, 2), 5);
    assert_int_equal(ids[0], TOKEN_DIGITS + 1);
    assert_int_equal(ids[1], TOKEN_BLANK);
    assert_int_equal(ids[2], 9);
    assert_int_equal(token_read("", 0, NULL, 0), 0);
    size_t len = 1 << 20;
    char *noise = malloc(len);
    memset(noise, 'q', len);
    assert_int_equal(token_read(noise, len, NULL, 0), len);
    free(noise);
}

static void test_what_cannot_be_spelled(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool cannot;
    } rows[] = {
        { "reverse na\u00efve", true },   { "Reverse abc1", true },
        { "spell 1st backwards", true },  { "reverse hello", false },
        { "reverse hello!", false },      { "reverse the word \"hello\"", false },
        { "what is na\u00efve?", false }, /* no spelling: the models have their own say */
        { "take 2x 3", false },           { "", false },
        { "reverse \xff", false },        { "reverse hello \u2192 please", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (token_cannot_spell(rows[i].text, strlen(rows[i].text)) != rows[i].cannot)
            fail_msg("'%s'", rows[i].text);
}

static void test_spelling(void **state)
{
    (void)state;
    token_id ids[8];
    assert_int_equal(token_spell("ball", 4, ids, COUNT(ids)), 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(ids[i], TOKEN_LETTERS + "ball"[i] - 'a');
}

static void write_all(const token_id *ids, size_t n, struct buf *to)
{
    struct token_writer w = { 0 };
    for (size_t i = 0; i < n; i++)
        assert_true(token_write(&w, ids[i], to));
    assert_true(token_write_end(&w, to));
}

/* What the models write reads as it was meant: text to tokens to the same text. */
static void test_writing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "7+15=22;22*2=44",
        "48,23:>;48-23=25",
        "last digit 7:odd",
        "even?last digit 10:even",
        "no rule fits",
        "ball:110-100=10",
        "zab:7-5=2;2/2=1",
        "3,7:<;7-3=4;15+4=19",
        "-15",
        "yes",
        "what is 5 plus 6?",
        "",
        "12 34",
        "a shop has 5 pens",
        "ab12",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        token_id ids[64];
        struct buf got = buf_with_max(KIB);
        size_t n = token_read(texts[i], strlen(texts[i]), ids, COUNT(ids));
        write_all(ids, n, &got);
        assert_string_equal(buf_text(&got), texts[i]);
        buf_done(&got);
    }
}

/* While it streams: digits wait until the number is whole, everything else comes at once. */
static void test_streaming(void **state)
{
    (void)state;
    struct token_writer w = { 0 };
    struct buf to = buf_with_max(KIB);
    const token_id digit = TOKEN_DIGITS;
    assert_true(token_write(&w, TOKEN_THINK, &to));
    assert_true(token_write(&w, digit + 4, &to));
    assert_true(token_write(&w, digit + 1, &to));
    assert_string_equal(buf_text(&to), "");
    assert_true(token_write(&w, TOKEN_THINK_END, &to));
    assert_string_equal(buf_text(&to), "14");
    assert_true(token_write(&w, TOKEN_LETTERS, &to));
    assert_string_equal(buf_text(&to), "14a");
    assert_true(token_write(&w, digit + 5, &to));
    assert_true(token_write_end(&w, &to));
    assert_string_equal(buf_text(&to), "14a5");
    /* A number longer than any is written in parts; nothing is lost. */
    buf_clear(&to);
    for (int i = 0; i < 200; i++)
        assert_true(token_write(&w, digit + 1, &to));
    assert_true(token_write_end(&w, &to));
    assert_int_equal(to.len, 200);
    buf_done(&to);
    /* A full buffer says so. */
    to = buf_with_max(2);
    assert_true(token_write(&w, TOKEN_LETTERS, &to));
    token_id word;
    assert_true(vocabulary_find("what", 4, &word));
    assert_false(token_write(&w, word, &to));
    buf_done(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vocabulary), cmocka_unit_test(test_reading),
        cmocka_unit_test(test_typed),      cmocka_unit_test(test_room),
        cmocka_unit_test(test_spelling),   cmocka_unit_test(test_writing),
        cmocka_unit_test(test_streaming),  cmocka_unit_test(test_what_cannot_be_spelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
