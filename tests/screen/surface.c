/* Cells: what a text becomes on its way into the grid. */
#include "tests/test.h"

#include "tui/screen/surface.h"

#define EYE  "\xF0\x9F\x91\x81" /* narrow */
#define MARK "\xCC\x81"

static const struct row {
    const char *what, *text;
    size_t len;
    const char *shown;
} rows[] = {
    { "plain", "ab", 2, "ab" },
    { "a bad byte after a letter", "m\x9Bx", 3, "m\xEF\xBF\xBDx" },
    { "only as long as it is", "ab\xCC\x81", 2, "ab" },
    { "a letter with a mark", "e" MARK "x", 4, "e" MARK "x" },
    { "more marks than a cell holds",
      "e" MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK "x", 24,
      "e" MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK "x" },
    { "more marks, and what made it wide is behind them",
      EYE MARK MARK MARK MARK MARK MARK MARK MARK "\xE2\x80\x8D\xF0\x9F\x91\xA9x", 28,
      EYE MARK MARK MARK MARK MARK MARK MARK MARK " x" },
    { "escape and C1", "\033[m\xC2\x9Bm", 6, "\xEF\xBF\xBD[m\xEF\xBF\xBDm" },
};

static void test_put(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct grid g;
        struct buf b = buf_with_max(1000);
        grid_init(&g, 1, 20, false);
        struct surface s = surface_of(&g);
        put_len(&s, 0, 0, LOOK_TEXT, rows[i].text, rows[i].len);
        grid_text(&g, &b);
        if (strncmp(buf_text(&b), rows[i].shown, b.len - 1) != 0 ||
            strlen(rows[i].shown) != b.len - 1)
            fail_msg("%s: \"%s\"", rows[i].what, buf_text(&b));
        buf_done(&b);
        grid_done(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_put) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
