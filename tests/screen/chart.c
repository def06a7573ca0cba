/* Charts, in Unicode and ASCII, with values nobody should have sent too. */
#include <float.h>
#include <limits.h>
#include <math.h>

#include "core/base/mem.h"
#include "tests/screen/golden.h"
#include "tests/test.h"
#include "tui/screen/chart.h"

#define WIDE 40

/* The first row of a grid as text. */
static const char *first_row(const struct grid *g)
{
    static char text[1024];
    struct buf all = buf_with_max(64 * 1024);
    grid_text(g, &all);
    snprintf(text, sizeof text, "%.*s", (int)strcspn(buf_text(&all), "\n"), buf_text(&all));
    buf_done(&all);
    return text;
}

struct sheet {
    struct grid grid;
    struct surface s;
};

static struct sheet *sheet_new(int rows, int cols, bool ascii)
{
    struct sheet *sh = mem_new(struct sheet, 1);
    grid_init(&sh->grid, rows, cols, ascii);
    sh->s = surface_of(&sh->grid);
    return sh;
}

static void sheet_free(struct sheet *sh)
{
    grid_done(&sh->grid);
    mem_free(sh);
}

static const struct bar {
    double value, max;
    int cols;
    const char *bar, *ascii, *track, *track_ascii;
} bars[] = {
    { 0, 10, 10, "", "", "░░░░░░░░░░", "----------" },
    { 5, 10, 10, "█████", "#####", "█████░░░░░", "#####-----" },
    { 10, 10, 10, "██████████", "##########", "██████████", "##########" },
    { 11, 17, 10, "██████▌", "######+", "██████▌░░░", "######+---" },
    { 1, 8, 1, "▏", "+", "▏", "+" },
    { 2, 8, 1, "▎", "+", "▎", "+" },
    { 3, 8, 1, "▍", "+", "▍", "+" },
    { 4, 8, 1, "▌", "+", "▌", "+" },
    { 5, 8, 1, "▋", "+", "▋", "+" },
    { 6, 8, 1, "▊", "#", "▊", "#" },
    { 7, 8, 1, "▉", "#", "▉", "#" },
    { 8, 8, 1, "█", "#", "█", "#" },
    { 0.0001, 100, 5, "▏", "+", "▏░░░░", "+----" }, /* little is not nothing */
    { 99.99, 100, 5, "█████", "#####", "█████", "#####" },
    { 12, 10, 5, "█████", "#####", "█████", "#####" },
    { -3, 10, 5, "", "", "░░░░░", "-----" },
    { INFINITY, 10, 5, "█████", "#####", "█████", "#####" },
    { -INFINITY, 10, 5, "", "", "░░░░░", "-----" },
    { DBL_MAX, DBL_MAX, 5, "█████", "#####", "█████", "#####" },
    { NAN, 10, 5, "", "", "", "" }, /* unknown is a blank */
    { 3, NAN, 5, "", "", "", "" },
    { 0, 0, 5, "", "", "░░░░░", "-----" },
    { 3, 0, 5, "", "", "░░░░░", "-----" },
    { 3, -1, 5, "", "", "░░░░░", "-----" },
    { 3, INFINITY, 5, "", "", "░░░░░", "-----" },
    { 3, 10, 0, "", "", "", "" },
    { 3, 10, -4, "", "", "", "" },
};

static void bars_are_in_eighths(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bars); i++)
        for (int kind = 0; kind < 4; kind++) {
            const struct bar *b = &bars[i];
            bool ascii = kind & 1, track = kind & 2;
            const char *wanted =
                track ? (ascii ? b->track_ascii : b->track) : (ascii ? b->ascii : b->bar);
            struct sheet *sh = sheet_new(1, WIDE, ascii);
            int at = track ? chart_track(&sh->s, 0, 0, b->cols, LOOK_FAST, b->value, b->max)
                           : chart_bar(&sh->s, 0, 0, b->cols, LOOK_FAST, b->value, b->max);
            char drawn[256];
            snprintf(drawn, sizeof drawn, "%s", first_row(&sh->grid));
            int after = track ? (b->cols > 0 ? b->cols : 0) : surface_width(&sh->s, wanted);
            sheet_free(sh);
            if (strcmp(drawn, wanted) != 0 || at != after)
                fail_msg("row %zu, kind %d: |%s| to %d, not |%s| to %d", i, kind, drawn, at, wanted,
                         after);
        }
}

static void a_bar_stays_in_its_surface(void **state)
{
    (void)state;
    struct sheet *sh = sheet_new(1, 10, false);
    chart_track(&sh->s, 0, 7, 100, LOOK_FAST, 1, 1);
    chart_track(&sh->s, 5, 0, 100, LOOK_FAST, 1, 1);
    chart_bar(&sh->s, -1, -1, 5, LOOK_FAST, 1, 1);
    assert_string_equal(first_row(&sh->grid), "       ███");
    assert_int_equal(sh->grid.cells[7].look, LOOK_FAST);
    sheet_free(sh);
}

static const struct spark {
    const char *what;
    double v[10];
    size_t n;
    int cols;
    double low, high;
    const char *text, *ascii;
} sparks[] = {
    { "all heights", { 0, 1, 2, 3, 4, 5, 6, 7 }, 8, 8, 0, 7, "▁▂▃▄▅▆▇█", "_.:-=+*#" },
    { "rounded", { 0, 0.5, 0.9, 1 }, 4, 4, 0, 1, "▁▅▇█", "_=*#" },
    { "the newest", { 9, 9, 9, 0, 1 }, 5, 2, 0, 1, "▁█", "_#" },
    { "from the left", { 0, 1 }, 2, 5, 0, 1, "▁█", "_#" },
    { "a gap", { 0, NAN, 1 }, 3, 3, 0, 1, "▁ █", "_ #" },
    { "beyond", { -9, 9, -INFINITY, INFINITY }, 4, 4, 0, 1, "▁█▁█", "_#_#" },
    { "all alike", { 3, 3, 3 }, 3, 3, 3, 3, "▁▁▁", "___" },
    { "no range", { 3, 4 }, 2, 2, NAN, NAN, "▁▁", "__" },
    { "turned round", { 3, 4 }, 2, 2, 9, 1, "▁▁", "__" },
    { "endless", { 3, 4 }, 2, 2, -INFINITY, INFINITY, "▁▁", "__" },
    { "far apart", { -DBL_MAX, 0, DBL_MAX }, 3, 3, -DBL_MAX, DBL_MAX, "▁▅█", "_=#" },
    { "one column", { 0, 1 }, 2, 1, 0, 1, "█", "#" },
    { "no column", { 0, 1 }, 2, 0, 0, 1, "", "" },
    { "less", { 0, 1 }, 2, -3, 0, 1, "", "" },
    { "nothing", { 0 }, 0, 4, 0, 1, "", "" },
};

static void sparks_end_with_the_newest(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sparks); i++)
        for (int ascii = 0; ascii < 2; ascii++) {
            const struct spark *p = &sparks[i];
            struct sheet *sh = sheet_new(1, WIDE, ascii);
            int at = chart_spark(&sh->s, 0, 0, p->cols, LOOK_TEXT, p->v, p->n, p->low, p->high);
            char drawn[256];
            snprintf(drawn, sizeof drawn, "%s", first_row(&sh->grid));
            int after = surface_width(&sh->s, drawn);
            sheet_free(sh);
            if (strcmp(drawn, ascii ? p->ascii : p->text) != 0 || at != after)
                fail_msg("%s: |%s| to %d", p->what, drawn, at);
        }
}

static void a_strip_shows_the_last_lookups(void **state)
{
    (void)state;
    static const bool hits[] = { false, false, false, true, false, false, true,
                                 false, true,  false, true, true,  true };
    static const struct strip {
        int cols;
        size_t n;
        const char *text, *ascii;
        int after;
    } strips[] = {
        { 40, 13, "· · · H · · H · H · H H H", ". . . H . . H . H . H H H", 25 },
        { 25, 13, "· · · H · · H · H · H H H", ". . . H . . H . H . H H H", 25 },
        { 24, 13, "· · H · · H · H · H H H", ". . H . . H . H . H H H", 23 },
        { 1, 13, "H", "H", 1 },
        { 0, 13, "", "", 0 },
        { -1, 13, "", "", 0 },
        { 9, 0, "", "", 0 },
    };
    for (size_t i = 0; i < COUNT(strips); i++)
        for (int ascii = 0; ascii < 2; ascii++) {
            struct sheet *sh = sheet_new(1, WIDE, ascii);
            int after = chart_strip(&sh->s, 0, 0, strips[i].cols, hits, strips[i].n);
            assert_string_equal(first_row(&sh->grid), ascii ? strips[i].ascii : strips[i].text);
            assert_int_equal(after, strips[i].after);
            sheet_free(sh);
        }
}

static const struct stack {
    const char *what;
    double v[3];
    double max;
    int cols;
    const char *text, *ascii;
} stacks[] = {
    { "the design's",
      { 45.8, 146.2, 192.0 },
      384,
      44,
      "█████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░",
      "#####rrrrrrrrrrrrrrrrrcccccccccccccccccccccc" },
    { "adds up", { 1, 1, 1 }, 3, 10, "███▒▒▒▒░░░", "###rrrrccc" },
    { "not full", { 1, 1, 0 }, 4, 8, "██▒▒", "##rr" },
    { "unknown", { 1, NAN, 1 }, 4, 8, "██░░", "##cc" },
    { "negative", { 2, -1, 2 }, 4, 8, "████░░░░", "####cccc" },
    { "too much", { 3, 3, 3 }, 4, 8, "██████▒▒", "######rr" },
    { "endless", { 1, INFINITY, 1 }, 4, 8, "██▒▒▒▒▒▒", "##rrrrrr" },
    { "huge", { DBL_MAX, DBL_MAX, 1 }, DBL_MAX, 4, "████", "####" },
    { "no measure", { 1, 1, 1 }, 0, 8, "", "" },
    { "unknown measure", { 1, 1, 1 }, NAN, 8, "", "" },
    { "one column", { 1, 1, 1 }, 3, 1, "▒", "r" },
    { "no column", { 1, 1, 1 }, 3, 0, "", "" },
    { "less", { 1, 1, 1 }, 3, -7, "", "" },
};

static void parts_add_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stacks); i++)
        for (int ascii = 0; ascii < 2; ascii++) {
            const struct stack *k = &stacks[i];
            const struct chart_part parts[] = {
                { k->v[0], "█", "#", LOOK_MEASURED },
                { k->v[1], "▒", "r", LOOK_ESTIMATED },
                { k->v[2], "░", "c", LOOK_HIT },
            };
            struct sheet *sh = sheet_new(1, 60, ascii);
            int after = chart_stacked(&sh->s, 0, 0, k->cols, parts, 3, k->max);
            char drawn[256];
            snprintf(drawn, sizeof drawn, "%s", first_row(&sh->grid));
            int wide = surface_width(&sh->s, drawn);
            sheet_free(sh);
            if (strcmp(drawn, ascii ? k->ascii : k->text) != 0 || after != wide)
                fail_msg("%s: |%s| to %d", k->what, drawn, after);
        }
}

/* One gauge under another, each with what it is asked for and the column it says. */
static const struct gauge {
    int cols, score, simple_max, complex_min;
} gauges[] = {
    { 72, 4, 0, 4 },       { 78, -4, 0, 4 },
    { 72, 11, 0, 4 },      { 72, -30, 0, 4 },
    { 72, 2, 0, 1 },       { 72, 2, 0, 2 },
    { 72, 3, -2, 3 },      { 40, 4, 0, 4 },
    { 24, 4, 0, 4 },       { 12, -4, 0, 4 },
    { 60, 12, -40, 40 },   { 60, -1000000, -1000000, 1000000 },
    { 60, INT_MAX, 0, 4 }, { 60, INT_MIN, INT_MIN, INT_MAX },
    { 5, 2, 0, 4 },        { 1, 2, 0, 4 },
    { 72, 5, 4, 0 },
};

static void draw_gauges(const void *view, struct surface *s)
{
    (void)view;
    for (size_t i = 0; i < COUNT(gauges); i++) {
        const struct gauge *g = &gauges[i];
        int row = (int)i * 5;
        int at = chart_gauge(s, row + 1, 2, g->cols, g->score, g->simple_max, g->complex_min);
        putf(s, row, 0, LOOK_TEXT, "%d columns, score %d of %d and %d: column %d", g->cols,
             g->score, g->simple_max, g->complex_min, at);
        put_down(s, row + 1, 2 + g->cols, 3, LOOK_TEXT, "]");
    }
}

static const struct chart_bin few[] = {
    { 0.5, 1, 2, 0, 0 }, { 1, 2, 0, 0, 0 },         { 2, 5, 2, 0, 0 },
    { 5, 20, 0, 0, 0 },  { 20, INFINITY, 0, 1, 0 },
};
static const struct chart_bin many[] = {
    { 0, 0.01, 0, 0, 3 },   { 0.05, 0.1, 40, 0, 0 },    { 0.1, 0.2, 80, 20, 5 },
    { 0.2, 0.5, 10, 1, 0 }, { 0.5, INFINITY, 0, 1, 0 },
};
static const struct chart_bin flood[] = { { 1, 2, UINT32_MAX / 4, UINT32_MAX / 4, 0 } };

static void draw_histograms(const void *view, struct surface *s)
{
    (void)view;
    chart_histogram(s, 0, 2, 55, few, COUNT(few), true);
    chart_histogram(s, 6, 2, 55, few, COUNT(few), false);
    chart_histogram(s, 12, 2, 55, many, COUNT(many), false);
    chart_histogram(s, 18, 2, 55, many, COUNT(many), true); /* no room for a letter a call */
    chart_histogram(s, 24, 2, 20, few, COUNT(few), true);
    chart_histogram(s, 30, 2, 14, few, COUNT(few), true);
    chart_histogram(s, 36, 2, 5, few, COUNT(few), true);
    chart_histogram(s, 42, 2, 0, few, COUNT(few), true);
    chart_histogram(s, 42, 2, 55, flood, 1, true);
    chart_histogram(s, 43, 2, 55, NULL, 0, true);
}

static void draw_braille(const void *view, struct surface *s)
{
    (void)view;
    double wave[60], line[8] = { 0, 1, 2, 3, 4, 5, 6, 7 }, holes[5] = { NAN, 0, NAN, INFINITY, -9 };
    for (size_t i = 0; i < 60; i++)
        wave[i] = sin((double)i / 6);
    chart_braille(s, 0, 0, 4, 30, LOOK_TEXT, wave, 60, -1, 1);
    chart_braille(s, 5, 0, 2, 10, LOOK_TEXT, line, 8, 0, 7);
    chart_braille(s, 8, 0, 1, 3, LOOK_TEXT, holes, 5, 0, 1);
    chart_braille(s, 9, 0, 1, 1, LOOK_TEXT, line, 8, 0, 7);
    chart_braille(s, 10, 0, 0, 5, LOOK_TEXT, line, 8, 0, 7);
    chart_braille(s, 10, 0, 5, 0, LOOK_TEXT, line, 8, 0, 7);
    chart_braille(s, 10, 0, 2, 4, LOOK_TEXT, line, 8, 7, 7);
}

static void check_sheet(const char *name, golden_draw *draw, int rows)
{
    for (int ascii = 0; ascii < 2; ascii++) {
        struct sheet *sh = sheet_new(rows, 84, ascii);
        char full[64];
        snprintf(full, sizeof full, "chart-%s%s", name, ascii ? "-ascii" : "");
        draw(NULL, &sh->s);
        golden_check(full, &sh->grid);
        sheet_free(sh);
    }
}

static void gauges_lie_around_the_thresholds(void **state)
{
    (void)state;
    check_sheet("gauge", draw_gauges, (int)COUNT(gauges) * 5);
}

static void histograms_count_in_letters_or_bars(void **state)
{
    (void)state;
    check_sheet("histogram", draw_histograms, 44);
}

/* More calls than an int counts, as many as this machine can: a bar as wide as there is room. */
static void a_flood_fills_its_bar(void **state)
{
    (void)state;
    struct chart_bin most = { 1, 2, SIZE_MAX / 2, 0, 0 };
    struct sheet *sh = sheet_new(1, 60, true);
    char count[32], drawn[61] = "";
    chart_histogram(&sh->s, 0, 0, 60, &most, 1, true);
    for (int i = 0; i < 60; i++)
        strcat(drawn, sh->grid.cells[i].text[0] ? sh->grid.cells[i].text : " ");
    size_t len = (size_t)snprintf(count, sizeof count, "   %zu", most.fast);
    assert_string_equal(drawn + 60 - len, count);
    assert_int_equal(strspn(drawn, "1 to2s"), strlen("1 to 2 s   "));
    assert_int_equal(strspn(drawn + strlen("1 to 2 s   "), "F"), 60 - len - strlen("1 to 2 s   "));
    sheet_free(sh);
}

static void braille_falls_back_to_a_spark(void **state)
{
    (void)state;
    check_sheet("braille", draw_braille, 12);
}

/* The mark stands under its number, whatever the line is like. */
static void the_mark_stands_under_the_score(void **state)
{
    (void)state;
    for (int cols = 1; cols <= 100; cols++)
        for (int score = -12; score <= 12; score++)
            for (int ascii = 0; ascii < 2; ascii++) {
                struct sheet *sh = sheet_new(3, cols, ascii);
                int at = chart_gauge(&sh->s, 0, 0, cols, score, 0, 4);
                assert_in_range(at, 0, cols - 1);
                const struct cell *mark = &sh->grid.cells[2 * cols + at];
                const struct cell *over = &sh->grid.cells[cols + at];
                assert_string_equal(mark->text, ascii ? "^" : "▲");
                assert_int_equal(mark->look, score <= 0   ? LOOK_SIMPLE
                                             : score >= 4 ? LOOK_COMPLEX
                                                          : LOOK_MODERATE);
                char digit[2] = { (char)('0' + abs(score) % 10) };
                bool off = at + 2 >= cols || mark[2].text[0]; /* its number stands beside it */
                if (!off && over->text[0] && strcmp(over->text, digit) != 0)
                    fail_msg("%d columns, score %d: under %s", cols, score, over->text);
                sheet_free(sh);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_in_eighths),
        cmocka_unit_test(a_bar_stays_in_its_surface),
        cmocka_unit_test(sparks_end_with_the_newest),
        cmocka_unit_test(a_strip_shows_the_last_lookups),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(gauges_lie_around_the_thresholds),
        cmocka_unit_test(the_mark_stands_under_the_score),
        cmocka_unit_test(histograms_count_in_letters_or_bars),
        cmocka_unit_test(a_flood_fills_its_bar),
        cmocka_unit_test(braille_falls_back_to_a_spark),
    };
    return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
