/* The coach's line and column, with the data of the design's frames and without any. */
#include "tests/screen/golden.h"
#include "tests/test.h"
#include "tui/pane/coach.h"

/* The frames' own exercises. */
static const struct coach score_four = {
    .id = "2.3",
    .title = "Find a query that scores exactly 4",
    .part = 2,
    .goal = "Write your own query, not one from the list, whose score is 4.",
    .criteria = { { "score is 4", CRITERION_MET },
                  { "at least two rules fired", CRITERION_MET },
                  { "not one of a shipped set queries", CRITERION_FAILED } },
    .criterion_count = 3,
    .hints = { "Two +2 rules are enough." },
    .hint_count = 3,
    .hints_used = 1,
    .last_check = "This text is sample query 5 of the Test pane. Change the wording and check "
                  "again.",
    .last_check_at = "14:01",
    .pane = "classify",
    .done = 9,
    .total = 18,
};

static const struct coach both_answer = {
    .id = "1.1",
    .title = "See both models answer once",
    .part = 1,
    .goal = "Get one word out of the fast model and one out of the reasoning model.",
    .why = "A router needs two models that are really different. Here you see what each one costs "
           "before its first word: load time and memory.",
    .criteria = { { "server answers", CRITERION_MET },
                  { "fast model answered", CRITERION_MET },
                  { "reasoning model answered", CRITERION_OPEN } },
    .criterion_count = 3,
    .hint_count = 3,
    .pane = "setup",
    .here = true,
    .first = true,
    .total = 18,
};

static const struct coach easy_and_hard = {
    .id = "4.1",
    .title = "Compare one easy and one hard question",
    .part = 4,
    .criteria = { { "easy one compared and judged", CRITERION_MET },
                  { "hard one compared and judged", CRITERION_OPEN } },
    .criterion_count = 2,
    .hint_count = 2,
};

/* Everything at once: more text than any lesson should have, all states, all hints. */
static const struct coach full = {
    .id = "8.8",
    .title = "A title that is longer than its line has room for, with \x1b[31mcolour and "
             "wide letters \xe6\xbc\xa2\xe5\xad\x97",
    .part = 8,
    .course_name = "Second course",
    .goal = "A goal of one sentence.",
    .why = "Why it matters, in at most three lines of the column.",
    .note = "A note.",
    .criteria = { { "met", CRITERION_MET },
                  { "failed, with words that need a second line", CRITERION_FAILED },
                  { "could not be checked: server is down", CRITERION_UNKNOWN },
                  { "not yet", CRITERION_OPEN } },
    .criterion_count = 4,
    .hints = { "A nudge.", "A pointer: which pane, which rule.", "Nearly the answer." },
    .hint_count = 3,
    .hints_used = 3,
    .last_check = "Score is 8, too high.",
    .last_check_at = "14:01",
    .pane = "classify",
    .last = true,
};

static const struct coach nothing = { 0 };

static void draw_column(const void *view, struct surface *s)
{
    coach_column(view, s);
}

static void draw_line(const void *view, struct surface *s)
{
    coach_line(view, s, 0);
}

static void check(const char *name, const struct coach *c, golden_draw *draw, int rows, int cols,
                  bool ascii)
{
    struct grid g = { 0 };
    grid_init(&g, rows, cols, ascii);
    struct surface s = surface_of(&g);
    draw(c, &s);
    golden_check(name, &g);
    grid_done(&g);
}

static void check_frame(const char *name, const struct coach *c, golden_draw *draw, int rows,
                        int cols, bool ascii, const struct golden_row *differ, size_t count)
{
    struct grid g = { 0 };
    grid_init(&g, rows, cols, ascii);
    struct surface s = surface_of(&g);
    draw(c, &s);
    golden_frame(name, &g, differ, count);
    grid_done(&g);
}

static void the_line_is_as_designed(void **state)
{
    (void)state;
    struct coach open = score_four;
    open.criteria[2].state = CRITERION_OPEN;
    check_frame("coach-line-2.3", &score_four, draw_line, 1, 80, false, NULL, 0);
    check_frame("coach-line-4.1", &easy_and_hard, draw_line, 1, 80, false, NULL, 0);
    check_frame("coach-line-2.3-ascii", &open, draw_line, 1, 80, true, NULL, 0);
}

static void the_column_is_as_designed(void **state)
{
    (void)state;
    static const struct golden_row keys[] = {
        { 25, "the same keys beside every pane; the exercise list has its own in the key line" },
        { 26, "the same keys beside every pane" },
    };
    check_frame("coach-1.1", &both_answer, draw_column, 37, COACH_COLS, false, NULL, 0);
    check_frame("coach-2.3", &score_four, draw_column, 37, COACH_COLS, false, keys, 2);
}

static void all_states_are_drawn(void **state)
{
    (void)state;
    struct coach stuck = score_four;
    stuck.suggest_hint = true;
    check("coach-column-full", &full, draw_column, 45, COACH_COLS, false);
    check("coach-column-full-ascii", &full, draw_column, 45, COACH_COLS, true);
    check("coach-column-stuck", &stuck, draw_column, 30, COACH_COLS, false);
    check("coach-line-stuck", &stuck, draw_line, 1, 80, false);
}

static void what_matters_least_goes_first(void **state)
{
    (void)state;
    check("coach-column-27-rows", &full, draw_column, 27, COACH_COLS, false);
    check("coach-column-15-rows", &full, draw_column, 15, COACH_COLS, false);
    check("coach-column-4-rows", &full, draw_column, 4, COACH_COLS, false);
    check("coach-column-1x1", &full, draw_column, 1, 1, false);
}

/* Each row: how wide, and what is left of the line. */
static const struct row {
    int cols;
    const struct coach *c;
    const char *line;
} rows[] = {
    { 80, &full,
      " ▸ Ex 8.8 A title that is longer than its li… ✓ ✗ ? ·  1/4  c check  h hint 3/3" },
    { 70, &score_four, " ▸ Ex 2.3 Find a query that scores e… ✓ ✓ ✗  2/3  c check  h hint 1/3" },
    { 60, &score_four, " ▸ Ex 2.3 Find a query that scores … ✓ ✓ ✗  2/3  h hint 1/3" },
    { 40, &score_four, " ▸ Ex 2.3 Find a query that scores… 2/3" },
    { 30, &score_four, " ▸ Ex 2.3 Find a query that…" },
    { 20, &score_four, " ▸ Ex 2.3 Find a …" },
    { 9, &score_four, " ▸ Ex 2.3" },
    { 1, &score_four, "" },
    { 80, &nothing, "" },
};

static void the_title_is_cut_before_the_words_go(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct grid g = { 0 };
        struct buf text = buf_with_max(1000);
        grid_init(&g, 1, rows[i].cols, false);
        struct surface s = surface_of(&g);
        coach_line(rows[i].c, &s, 0);
        grid_text(&g, &text);
        text.data[text.len - 1] = '\0';
        char drawn[400];
        snprintf(drawn, sizeof drawn, "%s", buf_text(&text));
        buf_done(&text);
        grid_done(&g);
        if (strcmp(drawn, rows[i].line) != 0)
            fail_msg("row %zu: |%s|", i, drawn);
    }
}

static void no_exercise_draws_nothing(void **state)
{
    (void)state;
    struct grid g = { 0 };
    struct buf text = buf_with_max(1000);
    grid_init(&g, 3, COACH_COLS, false);
    struct surface s = surface_of(&g);
    coach_column(&nothing, &s);
    grid_text(&g, &text);
    assert_string_equal(buf_text(&text), "\n\n\n");
    buf_done(&text);
    grid_done(&g);
}

/* No state is told by colour alone, and none by the sign alone. */
static void every_state_has_a_sign_and_a_look(void **state)
{
    (void)state;
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < a; b++)
            for (int ascii = 0; ascii < 2; ascii++) {
                look_t one, other;
                const char *left = criterion_mark(ascii, (enum criterion_state)a, &one);
                const char *right = criterion_mark(ascii, (enum criterion_state)b, &other);
                assert_string_not_equal(left, right);
                assert_int_not_equal(one, other);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_as_designed),
        cmocka_unit_test(the_column_is_as_designed),
        cmocka_unit_test(all_states_are_drawn),
        cmocka_unit_test(what_matters_least_goes_first),
        cmocka_unit_test(the_title_is_cut_before_the_words_go),
        cmocka_unit_test(no_exercise_draws_nothing),
        cmocka_unit_test(every_state_has_a_sign_and_a_look),
    };
    return cmocka_run_group_tests_name("coach", tests, NULL, NULL);
}
