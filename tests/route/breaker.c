/* The circuit breaker: one story a table, one step a row. */
#include "tests/test.h"

#include "core/base/clock.h"
#include "core/route/breaker.h"

enum step { END, ASK, OK, FAILED, CANCELLED };

/* What happens at which second, and what must follow. `pass` is the answer expected of ASK,
 * and what is handed back by the others. */
struct row {
    enum step step;
    int at_s;
    enum breaker_pass pass;
    bool changed;
    enum breaker_state state;
};

#define CALL    BREAKER_CALL
#define TRIAL   BREAKER_TRIAL
#define REFUSED BREAKER_REFUSED
#define CLOSED  BREAKER_CLOSED
#define OPEN    BREAKER_OPEN
#define HALF    BREAKER_HALF_OPEN

#define OPENED_AT_2                                                                                \
    { ASK, 0, CALL, false, CLOSED }, { FAILED, 0, CALL, false, CLOSED },                           \
        { FAILED, 1, CALL, false, CLOSED },                                                        \
    {                                                                                              \
        FAILED, 2, CALL, true, OPEN                                                                \
    }

static const struct story {
    const char *what;
    struct row rows[16];
} stories[] = {
    { "three failures open it, a pause later one trial closes it",
      { OPENED_AT_2,
        { ASK, 2, REFUSED, false, OPEN },
        { ASK, 61, REFUSED, false, OPEN },
        { ASK, 62, TRIAL, true, HALF },
        { ASK, 62, REFUSED, false, HALF },
        { ASK, 200, REFUSED, false, HALF },
        { OK, 201, TRIAL, true, CLOSED },
        { ASK, 201, CALL, false, CLOSED } } },
    { "a failed trial opens it for a whole pause again",
      { OPENED_AT_2,
        { ASK, 62, TRIAL, true, HALF },
        { FAILED, 70, TRIAL, true, OPEN },
        { ASK, 129, REFUSED, false, OPEN },
        { ASK, 130, TRIAL, true, HALF } } },
    { "a trial stopped by the person frees its place",
      { OPENED_AT_2,
        { ASK, 62, TRIAL, true, HALF },
        { CANCELLED, 63, TRIAL, false, HALF },
        { ASK, 63, TRIAL, false, HALF },
        { OK, 64, TRIAL, true, CLOSED } } },
    { "failures exactly a window apart count, a second later they do not",
      { { FAILED, 0, CALL, false, CLOSED },
        { FAILED, 30, CALL, false, CLOSED },
        { FAILED, 61, CALL, false, CLOSED },
        { FAILED, 90, CALL, true, OPEN } } },
    { "a success between does not forgive",
      { { FAILED, 0, CALL, false, CLOSED },
        { FAILED, 1, CALL, false, CLOSED },
        { OK, 2, CALL, false, CLOSED },
        { FAILED, 3, CALL, true, OPEN } } },
    { "calls begun before it opened and ended late decide nothing",
      { OPENED_AT_2,
        { FAILED, 10, CALL, false, OPEN },
        { OK, 11, CALL, false, OPEN },
        { ASK, 62, TRIAL, true, HALF },
        { FAILED, 63, CALL, false, HALF },
        { CANCELLED, 63, CALL, false, HALF },
        { ASK, 63, REFUSED, false, HALF },
        { OK, 64, CALL, false, HALF },
        { OK, 65, TRIAL, true, CLOSED } } },
    { "failures from before a trial are forgotten once it is closed",
      { OPENED_AT_2,
        { ASK, 62, TRIAL, true, HALF },
        { OK, 62, TRIAL, true, CLOSED },
        { FAILED, 62, CALL, false, CLOSED },
        { FAILED, 62, CALL, false, CLOSED },
        { FAILED, 62, CALL, true, OPEN } } },
    { "a stop by the person is no failure",
      { { CANCELLED, 0, CALL, false, CLOSED },
        { CANCELLED, 0, CALL, false, CLOSED },
        { CANCELLED, 0, CALL, false, CLOSED },
        { ASK, 0, CALL, false, CLOSED } } },
};

static void play(const struct story *story)
{
    struct breaker b;
    breaker_init(&b, breaker_usual);
    for (size_t i = 0; story->rows[i].step != END; i++) {
        const struct row *row = &story->rows[i];
        int64_t now = row->at_s * NS_PER_S;
        bool changed = false;
        enum breaker_pass pass = row->pass;
        if (row->step == ASK)
            pass = breaker_allows(&b, now, &changed);
        else if (row->step == OK)
            changed = breaker_ok(&b, pass, now);
        else if (row->step == FAILED)
            changed = breaker_failed(&b, pass, now);
        else
            changed = breaker_cancelled(&b, pass, now);
        if (pass != row->pass || changed != row->changed || b.state != row->state)
            fail_msg("%s, step %zu: pass %d, changed %d, state %s", story->what, i + 1, (int)pass,
                     changed, breaker_state_name(b.state));
    }
}

static void test_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stories); i++)
        play(&stories[i]);
}

static void test_settings(void **state)
{
    (void)state;
    struct breaker b;
    breaker_init(&b, (struct breaker_settings){ .failures = 1, .window_ns = 1, .pause_ns = 5 });
    assert_true(breaker_failed(&b, BREAKER_CALL, 100));
    assert_int_equal(breaker_wait(&b, 102), 3);
    assert_int_equal(breaker_allows(&b, 104, NULL), BREAKER_REFUSED);
    assert_int_equal(breaker_allows(&b, 105, NULL), BREAKER_TRIAL);
    assert_int_equal(breaker_wait(&b, 105), 0);

    breaker_init(&b, (struct breaker_settings){ .failures = 1000, .window_ns = 0, .pause_ns = -1 });
    assert_int_equal(b.settings.failures, BREAKER_MOST_FAILURES);
    for (int i = 1; i < BREAKER_MOST_FAILURES; i++)
        assert_false(breaker_failed(&b, BREAKER_CALL, 7));
    assert_true(breaker_failed(&b, BREAKER_CALL, 7));
    breaker_init(&b, (struct breaker_settings){ 0 });
    assert_int_equal(b.settings.failures, 1);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(breaker_state_name(BREAKER_CLOSED), "closed");
    assert_string_equal(breaker_state_name(BREAKER_OPEN), "open");
    assert_string_equal(breaker_state_name(BREAKER_HALF_OPEN), "half-open");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stories),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("breaker", tests, NULL, NULL);
}
