/* What a cell becomes in the terminal: always its own columns, whatever it holds. */
#include "tests/test.h"

#include <locale.h>

#include "core/base/text.h"
#include "tui/screen/glyph.h"

/* "e+0301|0020": glyphs by |, marks by +. */
static void describe(const struct cell *c, int cols, bool ascii, char *ret, size_t size)
{
    struct glyph g[2];
    int n = glyphs_of(c, cols, ascii, g), total = 0;
    size_t at = 0;
    assert_in_range(n, 1, 2);
    for (int i = 0; i < n; i++) {
        total += g[i].cols;
        for (size_t k = 0; g[i].points[k]; k++)
            at += (size_t)snprintf(ret + at, size - at, "%s%04X",
                                   k   ? "+"
                                   : i ? "|"
                                       : "",
                                   (unsigned)g[i].points[k]);
    }
    assert_int_equal(total, cols);
}

static struct cell cell_of(const char *text, int cols)
{
    struct cell c = { .cols = (uint8_t)cols };
    snprintf(c.text, sizeof c.text, "%s", text);
    return c;
}

static const struct row {
    const char *what, *text;
    int cols;
    const char *glyphs;
} rows[] = {
    { "blank", "", 1, "0020" },
    { "wide blank", "", 2, "0020|0020" },
    { "letter", "a", 1, "0061" },
    { "box", "\xE2\x94\x80", 1, "2500" },
    { "mark", "e\xCC\x81", 1, "0065+0301" },
    { "three marks", "e\xCC\x81\xCC\x82\xCC\x83", 1, "0065+0301+0302+0303" },
    { "Han", "\xE4\xBD\xA0", 2, "4F60" },
    { "Han in a narrow cell", "\xE4\xBD\xA0", 1, "FFFD" },
    { "a letter in a wide cell", "a", 2, "0061|0020" },
    { "Arabic", "\xD8\xA7\xD9\x8E", 1, "0627+064E" },
    { "Hebrew", "\xD7\xA9\xD7\x81", 1, "05E9+05C1" },
    { "emoji", "\xF0\x9F\x98\x80", 2, "1F600" },
    { "heart that asks to be wide", "\xE2\x9D\xA4\xEF\xB8\x8F", 2, "2764|0020" },
    { "heart that asks to be narrow", "\xE2\x9D\xA4\xEF\xB8\x8E", 1, "2764" },
    { "couple", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA6", 2, "1F469" },
    { "skin", "\xF0\x9F\x91\x8B\xF0\x9F\x8F\xBD", 2, "1F44B" },
    { "flag", "\xF0\x9F\x87\xB3\xF0\x9F\x87\xB4", 2, "1F1F3|1F1F4" },
    { "only a mark", "\xCC\x81", 1, "FFFD" },
    { "not UTF-8", "\xFF", 1, "FFFD" },
    { "a control", "\033", 1, "FFFD" },
    { "C1", "\xC2\x9B", 1, "FFFD" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char got[200];
        struct cell c = cell_of(rows[i].text, rows[i].cols);
        describe(&c, rows[i].cols, false, got, sizeof got);
        if (strcmp(got, rows[i].glyphs) != 0)
            fail_msg("%s: %s, not %s", rows[i].what, got, rows[i].glyphs);
    }
}

/* Every letter there is, in one column and in two. */
static void test_all_letters(void **state)
{
    (void)state;
    for (int32_t cp = 0x20; cp < 0x110000; cp++) {
        char text[8] = "", got[200];
        if (cp == 0xD800)
            cp = 0xE000;
        text[text_encode(cp, text)] = '\0';
        for (int cols = 1; cols <= 2; cols++) {
            struct cell c = cell_of(text, cols);
            describe(&c, cols, false, got, sizeof got);
        }
    }
}

static void test_ascii(void **state)
{
    (void)state;
    static const struct row plain[] = {
        { "letter", "a", 1, "0061" },        { "mark", "e\xCC\x81", 1, "0065" },
        { "accent", "\xC3\xA9", 1, "003F" }, { "Han", "\xE4\xBD\xA0", 2, "003F|0020" },
        { "blank", "", 1, "0020" },          { "control", "\a", 1, "003F" },
    };
    for (size_t i = 0; i < COUNT(plain); i++) {
        char got[200];
        struct cell c = cell_of(plain[i].text, plain[i].cols);
        describe(&c, plain[i].cols, true, got, sizeof got);
        if (strcmp(got, plain[i].glyphs) != 0)
            fail_msg("%s: %s, not %s", plain[i].what, got, plain[i].glyphs);
    }
}

/* A cell that is full to its last byte has no end mark. */
static void test_full(void **state)
{
    (void)state;
    struct cell c = { .cols = 1 };
    char got[200];
    memset(c.text, 'x', sizeof c.text);
    describe(&c, 1, false, got, sizeof got);
    assert_string_equal(got, "0078");
}

int main(void)
{
    static const char *const locales[] = { "C.UTF-8", "en_US.UTF-8", "de_DE.UTF-8" };
    bool utf8 = false;
    for (size_t i = 0; i < COUNT(locales) && !utf8; i++)
        utf8 = setlocale(LC_CTYPE, locales[i]) != NULL;
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_all_letters),
        cmocka_unit_test(test_full),
    };
    const struct CMUnitTest without[] = { cmocka_unit_test(test_ascii) };
    return utf8 ? cmocka_run_group_tests(all, NULL, NULL)
                : cmocka_run_group_tests(without, NULL, NULL);
}
