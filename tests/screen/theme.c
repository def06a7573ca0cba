/* Themes: what may be promised of every one of them, and who decides about colours. */
#include "tests/test.h"

#include <math.h>

#include "core/base/buf.h"
#include "core/base/config_key.h"
#include "tui/screen/theme.h"

static void test_found(void **state)
{
    (void)state;
    static const char *const names[] = { "default", "mono", "high-contrast", "blue-orange" };
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_string_equal(theme_name(theme_at(i)), names[i]);
        assert_ptr_equal(theme_find(names[i]), theme_at(i));
    }
    assert_null(theme_at(COUNT(names)));
    assert_null(theme_find("solarized"));
}

/* What may be set is what there is. */
static void test_settable(void **state)
{
    (void)state;
    struct buf names = buf_with_max(200);
    for (size_t i = 0; theme_at(i); i++)
        buf_printf(&names, "%s%s", i ? " " : "", theme_name(theme_at(i)));
    assert_string_equal(buf_text(&names), config_key_find("screen", "theme")->choices);
    buf_done(&names);
}

/* Numbers that the terminal has, no dim, and no colours where there are none. */
static void test_ranges(void **state)
{
    (void)state;
    static const int colors[] = { 0, 8, 256 };
    for (size_t i = 0; theme_at(i); i++) {
        for (size_t c = 0; c < COUNT(colors); c++) {
            for (int look = 0; look < LOOKS; look++) {
                struct style s = theme_style(theme_at(i), (look_t)look, colors[c]);
                assert_true(s.color >= COLOR_DEFAULT && s.color < (colors[c] ? colors[c] : 0));
                assert_true(s.attrs <= 15);
            }
        }
    }
    const struct theme *mono = theme_find("mono");
    for (int look = 0; look < LOOKS; look++)
        assert_int_equal(theme_style(mono, (look_t)look, 256).color, COLOR_DEFAULT);
}

static void test_reverse(void **state)
{
    (void)state;
    const struct theme *t = theme_at(0);
    assert_int_equal(theme_style(t, LOOK_TEXT, 256).attrs, 0);
    assert_int_equal(theme_style(t, LOOK_TEXT | LOOK_REVERSE, 256).attrs, STYLE_REVERSE);
    /* What fails is reverse without colours; in a chosen row it stands out the other way round. */
    assert_int_equal(theme_style(t, LOOK_FAIL, 0).attrs, STYLE_REVERSE);
    assert_int_equal(theme_style(t, LOOK_FAIL | LOOK_REVERSE, 0).attrs, 0);
    assert_int_equal(theme_style(t, LOOKS, 256).color, COLOR_DEFAULT);
}

/* Roles that stand beside each other differ in every column. */
static void test_told_apart(void **state)
{
    (void)state;
    static const enum look pairs[][2] = {
        { LOOK_SIMPLE, LOOK_MODERATE }, { LOOK_MODERATE, LOOK_COMPLEX },
        { LOOK_SIMPLE, LOOK_COMPLEX },  { LOOK_FAST, LOOK_REASONING },
        { LOOK_PASS, LOOK_FAIL },       { LOOK_FAIL, LOOK_WARN },
        { LOOK_TITLE, LOOK_TEXT },      { LOOK_KEY, LOOK_TEXT },
    };
    static const int colors[] = { 0, 8, 256 };
    for (size_t i = 0; theme_at(i); i++) {
        for (size_t c = 0; c < COUNT(colors); c++) {
            for (size_t p = 0; p < COUNT(pairs); p++) {
                struct style a = theme_style(theme_at(i), (look_t)pairs[p][0], colors[c]);
                struct style b = theme_style(theme_at(i), (look_t)pairs[p][1], colors[c]);
                if (a.color == b.color && a.attrs == b.attrs)
                    fail_msg("%s, %d colours: %s and %s", theme_name(theme_at(i)), colors[c],
                             look_name(pairs[p][0]), look_name(pairs[p][1]));
            }
        }
    }
}

static double channel(int v)
{
    double c = v / 255.0;
    return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* Relative luminance of a colour of the 6x6x6 cube or of the greys, as WCAG 2 defines it. */
static double luminance(int color)
{
    static const int levels[] = { 0, 95, 135, 175, 215, 255 };
    int i = color - 16, grey = 8 + 10 * (color - 232);
    int r = color < 232 ? levels[i / 36] : grey;
    int g = color < 232 ? levels[i / 6 % 6] : grey;
    int b = color < 232 ? levels[i % 6] : grey;
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
}

static double least_contrast(int color)
{
    double l = luminance(color);
    return fmin((l + 0.05) / 0.05, 1.05 / (l + 0.05));
}

/* Whether the background is black or white: 4.2 to 1 in high-contrast, 1.8 to 1 elsewhere. */
static void test_contrast(void **state)
{
    (void)state;
    for (size_t i = 0; theme_at(i); i++) {
        const char *name = theme_name(theme_at(i));
        double least = strcmp(name, "high-contrast") == 0 ? 4.2 : 1.8;
        for (int look = 0; look < LOOKS; look++) {
            int color = theme_style(theme_at(i), (look_t)look, 256).color;
            if (color != COLOR_DEFAULT && (color < 16 || least_contrast(color) < least))
                fail_msg("%s, %s: %d has %.2f to 1", name, look_name((enum look)look), color,
                         least_contrast(color));
        }
    }
}

static void test_colors(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum color_flag flag;
        const char *chosen, *no_color;
        int has, colors;
    } rows[] = {
        { "nothing said", COLOR_FLAG_AUTO, NULL, NULL, 256, 256 },
        { "8 colours", COLOR_FLAG_AUTO, NULL, NULL, 8, 8 },
        { "16 colours", COLOR_FLAG_AUTO, NULL, NULL, 16, 8 },
        { "88 colours", COLOR_FLAG_AUTO, NULL, NULL, 88, 8 },
        { "direct colours", COLOR_FLAG_AUTO, NULL, NULL, 16777216, 8 },
        { "a terminal without", COLOR_FLAG_AUTO, NULL, NULL, -1, 0 },
        { "NO_COLOR", COLOR_FLAG_AUTO, NULL, "1", 256, 0 },
        { "NO_COLOR empty", COLOR_FLAG_AUTO, NULL, "", 256, 256 },
        { "never", COLOR_FLAG_NEVER, "default", NULL, 256, 0 },
        { "always beats NO_COLOR", COLOR_FLAG_ALWAYS, NULL, "1", 256, 256 },
        { "always without colours", COLOR_FLAG_ALWAYS, NULL, NULL, 0, 0 },
        { "a chosen theme beats NO_COLOR", COLOR_FLAG_AUTO, "blue-orange", "1", 256, 256 },
        { "mono chosen", COLOR_FLAG_AUTO, "mono", NULL, 256, 0 },
        { "mono chosen, always", COLOR_FLAG_ALWAYS, "mono", NULL, 256, 0 },
        { "a theme nobody knows", COLOR_FLAG_AUTO, "pink", "1", 256, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int got = theme_colors(rows[i].flag, rows[i].chosen, rows[i].no_color, rows[i].has);
        if (got != rows[i].colors)
            fail_msg("%s: %d", rows[i].what, got);
    }
    enum color_flag flag;
    assert_true(color_flag_parse("always", &flag) && flag == COLOR_FLAG_ALWAYS);
    assert_true(color_flag_parse("never", &flag) && flag == COLOR_FLAG_NEVER);
    assert_true(color_flag_parse("auto", &flag) && flag == COLOR_FLAG_AUTO);
    assert_false(color_flag_parse("yes", &flag));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),      cmocka_unit_test(test_settable),
        cmocka_unit_test(test_ranges),     cmocka_unit_test(test_reverse),
        cmocka_unit_test(test_told_apart), cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_colors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
