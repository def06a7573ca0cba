/* Which row of a list is chosen, and which are seen. */
#include "tests/test.h"

#include "tui/screen/list.h"

static void test_around(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int at, count, rows, wanted;
    } rows[] = {
        { "on", 2, 5, 1, 3 },
        { "back", 2, 5, -1, 1 },
        { "beyond the end", 4, 5, 1, 0 },
        { "beyond the beginning", 0, 5, -1, 4 },
        { "all the way on", 3, 5, 5, 3 },
        { "all the way back", 3, 5, -5, 3 },
        { "the only one, on", 0, 1, 1, 0 },
        { "the only one, back", 0, 1, -1, 0 },
        { "from where there is no row", 7, 5, -5, 2 }, /* rows went away since */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int found = list_around(rows[i].at, rows[i].count, rows[i].rows);
        if (found != rows[i].wanted)
            fail_msg("%s: %d, not %d", rows[i].what, found, rows[i].wanted);
    }
}

/* The choice stops at the ends, and what is seen follows it no further than it must. */
static void test_move_and_show(void **state)
{
    (void)state;
    static const struct {
        int rows, at, top;
        bool moved;
    } steps[] = {
        { 2, 2, 0, true },  { 1, 3, 1, true },  { -2, 1, 1, true },   { 100, 9, 7, true },
        { 1, 9, 7, false }, { -1, 8, 7, true }, { -100, 0, 0, true }, { -1, 0, 0, false },
    };
    struct list l = { .count = 10 };
    for (size_t i = 0; i < COUNT(steps); i++) {
        assert_int_equal(list_move(&l, steps[i].rows), steps[i].moved);
        list_show(&l, 3);
        assert_int_equal(l.at, steps[i].at);
        assert_int_equal(l.top, steps[i].top);
    }
}

/* Rows go away, and come again: the choice stays where it can. */
static void test_count(void **state)
{
    (void)state;
    static const struct {
        int count, at, top;
    } steps[] = { { 10, 8, 5 }, { 6, 5, 2 }, { 0, 0, 0 }, { 4, 0, 0 } };
    struct list l = { .count = 10, .at = 8, .top = 5 };
    for (size_t i = 0; i < COUNT(steps); i++) {
        list_count(&l, steps[i].count);
        list_show(&l, 4);
        assert_int_equal(l.at, steps[i].at);
        assert_int_equal(l.top, steps[i].top);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_around),
        cmocka_unit_test(test_move_and_show),
        cmocka_unit_test(test_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
