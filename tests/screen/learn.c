/* The pane of exercises as it is drawn: the design's frames, every state, every size. */
#include "tests/screen/golden.h"
#include "tests/screen/learn_data.h"

static void draw(const void *view, struct surface *s)
{
    learn_draw(view, s);
}

static void check_frame(const char *name, int rows, int cols, const struct golden_row *differ,
                        size_t count)
{
    struct grid g = { 0 };
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    learn_draw(&data_view, &s);
    golden_frame(name, &g, differ, count);
    grid_done(&g);
}

static void it_is_as_designed(void **state)
{
    (void)state;
    static const struct golden_row narrow[] = {
        { 0, "9 of 18 is half of the bar" },
        { 13, "the words on the right end in one column" },
    };
#define BELOW                                                                                      \
    "the chosen exercise stands here too: the coach can be closed, and shows the current one"
    static const struct golden_row wide[] = {
        { 0, "9 of 18 is half of the bar" },
        { 28, BELOW },
        { 29, BELOW },
        { 30, BELOW },
        { 31, BELOW },
        { 32, BELOW },
    };
    check_frame("learn-80x24", 19, 80, narrow, COUNT(narrow));
    check_frame("learn-120x40", 36, 88, wide, COUNT(wide));
}

/* --- states ------------------------------------------------------------------------------- */

static void working(void **state)
{
    (void)state;
    golden_sizes("learn-working", draw, &data_view);
}

static void goals_have_a_page_where_there_is_no_room_beside(void **state)
{
    (void)state;
    struct learn_view v = data_view;
    v.part = LEARN_GOALS;
    v.goal = 2;
    golden_sizes("learn-goals", draw, &v);
}

/* No lessons: what is missing is said, and what was done is shown. */
static void none_installed(void **state)
{
    (void)state;
    static const struct course_goal goals[] = {
        { "difficulty", "a router that sees difficulty", NAN, true, "classified 12, labelled 3",
          NULL },
        { "route", "easy to fast, hard to reasoning", NAN, false,
          "answers by the fast model 4, by the reasoning model 0",
          "rlab ask TEXT, once easy and once hard" },
        { "cache", "repeated work from the cache", NAN, true, "hits 2, look-ups 9", NULL },
        { "measure", "latency and quality, honestly", NAN, false,
          "runs 3, model calls in them 45; compares judged 2 of 6",
          "rlab bench run, rlab ask --compare TEXT, rlab judge ID VERDICT" },
        { "production", "a pipeline that meets trouble", NAN, false,
          "fallbacks 0, breakers opened 0", "rlab demo 4" },
    };
    const struct course none = { .current = -1,
                                 .goals = goals,
                                 .goal_count = COUNT(goals),
                                 .missing = "No exercises are installed, so there is nothing to "
                                            "check. What you do counts all the same." };
    const struct learn_view v = { .course = &none, .part = LEARN_GOALS, .chosen = -1, .goal = 3 };
    golden_sizes("learn-none", draw, &v);
}

/* Nothing was done yet, and the figures could not be read. */
static void nothing_is_known(void **state)
{
    (void)state;
    const struct course none = { .current = -1, .missing = "No exercises are installed." };
    const struct learn_view v = { .course = &none, .part = LEARN_GOALS, .chosen = -1 };
    golden_size("learn-unknown", "80x24", draw, &v);
    golden_size("learn-unknown", "1x1", draw, &v);

    struct course counting = none;
    counting.counting = true;
    const struct learn_view soon = { .course = &counting, .part = LEARN_GOALS, .chosen = -1 };
    golden_size("learn-counting", "80x24", draw, &soon);
}

static void no_exercise_passes_the_filter(void **state)
{
    (void)state;
    struct learn_view v = data_view;
    struct exercise todo[2] = { data_exercises[0], data_exercises[1] };
    struct course c = data_course;
    todo[0].state = todo[1].state = EXERCISE_TODO;
    c.exercises = todo;
    c.exercise_count = 2;
    c.done = 0;
    c.current = 0;
    v.course = &c;
    v.filter = LEARN_SKIPPED;
    v.chosen = -1;
    golden_size("learn-filter-empty", "80x24", draw, &v);
    golden_size("learn-filter-empty", "40x10", draw, &v);
}

static void a_filter_leaves_the_others_out(void **state)
{
    (void)state;
    struct learn_view v = data_view;
    v.filter = LEARN_TODO;
    v.chosen = 14;
    golden_size("learn-to-do", "80x24", draw, &v);
    golden_size("learn-to-do", "120x40", draw, &v);
}

/* Everything at its longest, and nothing of it trusted. */
static void full(void **state)
{
    (void)state;
    struct exercise e[40];
    struct course c = data_course;
    struct learn_view v = data_view;
    const struct course_part parts[] = { { "A part with a long name \x1b]0;x\x07", 0, 13 },
                                         { "Another", 13, 27 } };
    for (int i = 0; i < 40; i++)
        e[i] = (struct exercise){ .id = i < 13 ? "1.8" : "2.14",
                                  .name = "A name with more letters than there is room for",
                                  .title = "A title",
                                  .part = i < 13 ? 0 : 1,
                                  .state = (enum exercise_state)(i % 4) };
    e[20] = (struct exercise){
        .id = "2.14",
        .name = "wide \xe6\xbc\xa2\xe5\xad\x97 and bad \xff\xfe bytes",
        .title = "A title that is much longer than any line of this pane, so that it has to be cut "
                 "somewhere before its end",
        .part = 1,
        .minutes = 125,
        .criteria = { { "the first, met", MET_YES },
                      { "the second, with words enough for a row of their own", MET_NO },
                      { "the third: server is down", MET_UNKNOWN },
                      { "the fourth", MET_NOT_YET } },
        .criterion_count = 4,
        .hints = { "One.", "Two.",
                   "The third hint, nearly the answer, is the longest of them and needs more than "
                   "a row." },
        .hint_count = 3,
        .hints_used = 3,
        .state = EXERCISE_SEEN,
        .tries = 12,
        .checked_wall = 1,
        .found = "score is 8, too high: \x1b[2J\xe2\x80\xae and more about it, until the row "
                 "is full and another one begins",
        .solution = "Calculate 15% of 80",
    };
    c.parts = parts;
    c.part_count = 2;
    c.exercises = e;
    c.exercise_count = 40;
    c.current = 21;
    c.done = 30;
    v.course = &c;
    v.chosen = 20;
    golden_sizes("learn-full", draw, &v);
}

static void the_end_is_reached(void **state)
{
    (void)state;
    struct exercise e[COUNT(data_exercises)];
    struct course c = data_course;
    struct learn_view v = data_view;
    for (size_t i = 0; i < COUNT(e); i++) {
        e[i] = data_exercises[i];
        e[i].state = EXERCISE_DONE;
    }
    c.exercises = e;
    c.done = COUNT(e);
    c.current = -1;
    v.course = &c;
    v.chosen = 17;
    v.left[0] = '\0';
    golden_size("learn-done", "80x24", draw, &v);
}

/* No size makes it draw outside, and the cursor is always somewhere. */
static void any_size_will_do(void **state)
{
    (void)state;
    for (int rows = 1; rows < 45; rows += 3)
        for (int cols = 1; cols < 130; cols += 3)
            for (int part = 0; part < 2; part++) {
                struct learn_view v = data_view;
                struct grid g = { 0 };
                v.part = (enum learn_part)part;
                v.chosen = 17;
                grid_init(&g, rows, cols, part);
                struct surface s = surface_of(&g);
                learn_draw(&v, &s);
                assert_in_range(g.cursor_row, 0, rows - 1);
                assert_in_range(g.cursor_col, 0, cols - 1);
                grid_done(&g);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_as_designed),
        cmocka_unit_test(working),
        cmocka_unit_test(goals_have_a_page_where_there_is_no_room_beside),
        cmocka_unit_test(none_installed),
        cmocka_unit_test(nothing_is_known),
        cmocka_unit_test(no_exercise_passes_the_filter),
        cmocka_unit_test(a_filter_leaves_the_others_out),
        cmocka_unit_test(full),
        cmocka_unit_test(the_end_is_reached),
        cmocka_unit_test(any_size_will_do),
    };
    return cmocka_run_group_tests_name("learn", tests, NULL, NULL);
}
