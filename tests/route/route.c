/* Levels, thresholds and the routing table. */
#include "tests/test.h"

#include "core/route/level.h"
#include "core/route/route.h"

static void test_names(void **state)
{
    (void)state;
    static const char *const levels[] = { "simple", "moderate", "complex" };
    for (size_t i = 0; i < COUNT(levels); i++) {
        enum level level = LEVEL_SIMPLE;
        assert_true(level_from_name(levels[i], &level));
        assert_int_equal(level, i);
        assert_string_equal(level_name(level), levels[i]);
    }
    enum level kept = LEVEL_COMPLEX;
    assert_false(level_from_name("Simple", &kept));
    assert_false(level_from_name("", &kept));
    assert_int_equal(kept, LEVEL_COMPLEX);

    enum role role = ROLE_FAST;
    assert_true(role_from_name("reasoning", &role));
    assert_int_equal(role, ROLE_REASONING);
    assert_string_equal(role_name(ROLE_FAST), "fast");
    assert_false(role_from_name("slow", &role));
    assert_int_equal(role, ROLE_REASONING);
}

static void test_levels(void **state)
{
    (void)state;
    static const struct {
        struct thresholds at;
        int score;
        enum level level;
    } rows[] = {
        { { 1, 4 }, -9, LEVEL_SIMPLE },  { { 1, 4 }, 0, LEVEL_SIMPLE },
        { { 1, 4 }, 1, LEVEL_MODERATE }, { { 1, 4 }, 3, LEVEL_MODERATE },
        { { 1, 4 }, 4, LEVEL_COMPLEX },  { { 1, 4 }, 400, LEVEL_COMPLEX },
        { { 2, 2 }, 1, LEVEL_SIMPLE },   { { 2, 2 }, 2, LEVEL_COMPLEX },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (thresholds_level(&rows[i].at, rows[i].score) != rows[i].level)
            fail_msg("row %zu: score %d", i, rows[i].score);
}

static void test_move(void **state)
{
    (void)state;
    static const struct {
        enum level level;
        int score;
        const char *error;
        struct thresholds then;
    } rows[] = {
        { LEVEL_MODERATE, 3, NULL, { 3, 4 } },
        { LEVEL_MODERATE, 4, NULL, { 4, 4 } },
        { LEVEL_COMPLEX, 1, NULL, { 1, 1 } },
        { LEVEL_COMPLEX, -5, "'moderate' would start at 1, above 'complex' at -5", { 1, 4 } },
        { LEVEL_MODERATE, 5, "above 'complex' at 4", { 1, 4 } },
        { LEVEL_SIMPLE, 0, "'simple' has no threshold", { 1, 4 } },
        { LEVEL_COMPLEX, THRESHOLD_MOST + 1, "use -1000000 to 1000000", { 1, 4 } },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct thresholds t = { 1, 4 };
        struct error err;
        bool ok = thresholds_move(&t, rows[i].level, rows[i].score, &err);
        assert_int_equal(ok, !rows[i].error);
        if (!ok)
            assert_holds("move", err.text, rows[i].error);
        assert_int_equal(t.moderate, rows[i].then.moderate);
        assert_int_equal(t.complex, rows[i].then.complex);
    }
}

static void test_routes(void **state)
{
    (void)state;
    static const struct {
        enum level level;
        enum route_force force;
        enum role role;
        bool cot;
    } rows[] = {
        { LEVEL_SIMPLE, ROUTE_AUTO, ROLE_FAST, false },
        { LEVEL_MODERATE, ROUTE_AUTO, ROLE_FAST, true },
        { LEVEL_COMPLEX, ROUTE_AUTO, ROLE_REASONING, true },
        { LEVEL_SIMPLE, ROUTE_FAST, ROLE_FAST, false },
        { LEVEL_MODERATE, ROUTE_FAST, ROLE_FAST, true },
        { LEVEL_COMPLEX, ROUTE_FAST, ROLE_FAST, true },
        { LEVEL_SIMPLE, ROUTE_REASONING, ROLE_REASONING, true },
        { LEVEL_MODERATE, ROUTE_REASONING, ROLE_REASONING, true },
        { LEVEL_COMPLEX, ROUTE_REASONING, ROLE_REASONING, true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct route r = route_for(rows[i].level, rows[i].force);
        if (r.role != rows[i].role || r.cot != rows[i].cot)
            fail_msg("%s, force %d: %s, cot %d", level_name(rows[i].level), (int)rows[i].force,
                     role_name(r.role), r.cot);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_move),
        cmocka_unit_test(test_routes),
    };
    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
