/* The Test pane as it is drawn, and what its keys do on a real lab. */
#include "tests/test.h"

#include <math.h>

#include "tests/screen/golden.h"
#include "tests/screen/world.h"
#include "tui/pane/test.h"

/* === drawing ================================================================================ */

static const struct test_row frame_rows[] = {
    { "What is the capital of Japan?", "simple", "simple", "fast", TEST_DONE, 0.9, "model", -1 },
    { "Is Python a programming language?", "simple", "simple", "fast", TEST_DONE, 1.1, "model",
      -1 },
    { "Explain what machine learning is in simple terms.", "moderate", "simple", "fast", TEST_DONE,
      2.8, "model", -1 },
    { "What are the main differences between Python and JavaScript?", "moderate", "simple", "fast",
      TEST_DONE, 3.0, "model", -1 },
    { "Solve step by step: If a train leaves at 9am traveling at 60mph, and another", "complex",
      "complex", "reasoning", TEST_RUNNING, 21, "", -1 },
    { "A bat and a ball cost $1.10 in total. The bat costs $1.00 more than the ball.", "complex",
      "moderate", "fast", TEST_QUEUED, NAN, "", -1 },
};

static const struct test_past frame_past[] = {
    { "13:40", "done", 6, 6, 6, 3, 58.3, 2280 },
    { "12:02", "stopped", 3, 6, 3, 3, 5.2, NAN },
};

struct sheet {
    struct test_view v;
    struct list list;
};

static void sheet_of_frame(struct sheet *f, bool large)
{
    *f = (struct sheet){ .list = { .at = 3 } };
    f->v = (struct test_view){
        .set_name = "sample",
        .rows = frame_rows,
        .count = COUNT(frame_rows),
        .done = 4,
        .running = true,
        .elapsed_s = 29,
        .this_s = 21,
        .list = &f->list,
        .labelled = 6,
        .agreed = 3,
        .as = { { 2, 0, 0 }, { 2, 0, 0 }, { 0, 1, 1 } },
        .why = large ? "score 0: none of 18 complex words, 9 simple words or 4 patterns occurs. "
                       "\"differences\" is not a keyword; the list has only \"compare and "
                       "contrast\"."
                     : "4 scored 0: no listed word or pattern occurs in it. \"differences\" is not "
                       "a keyword, so the rules cannot see that it needs a comparison.",
        .repeat_words = "",
        .answer = "Python and JavaScript differ mainly in typing, runtime and typical use. Python "
                  "is mostly run on servers and in notebooks, while JavaScript started in the "
                  "browser and came to servers later.",
        .answer_by = "FAST, no CoT, 212 tok",
        .past = frame_past,
        .past_count = COUNT(frame_past),
    };
}

static void draw(const void *view, struct surface *s)
{
    test_draw(view, s);
}

static void check_frame(const char *name, int rows, int cols, bool large,
                        const struct golden_row *differ, size_t count)
{
    struct sheet f;
    struct grid g = { 0 };
    sheet_of_frame(&f, large);
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    test_draw(&f.v, &s);
    assert_int_equal(g.cursor_row, 7); /* on the chosen row */
    golden_frame(name, &g, differ, count);
    grid_done(&g);
}

static void the_frames_are_as_designed(void **state)
{
    (void)state;
#define NAMED "the set is named: it can be another one"
#define BAR   "the bar is drawn from the figures: 4 of 6"
    static const struct golden_row narrow[] = { { 0, NAMED }, { 1, BAR } };
    static const struct golden_row wide[] = { { 0, NAMED },
                                              { 1, BAR },
                                              { 24, "an answer is cut where its columns end" } };
    check_frame("test-80x24", 19, 80, false, narrow, COUNT(narrow));
    check_frame("test-120x40", 36, 88, true, wide, COUNT(wide));
}

static void working(void **state)
{
    (void)state;
    struct sheet f;
    sheet_of_frame(&f, false);
    golden_sizes("test-working", draw, &f.v);
}

static void ready(void **state)
{
    (void)state;
    struct sheet f;
    struct test_row rows[6];
    sheet_of_frame(&f, false);
    for (size_t i = 0; i < 6; i++) {
        rows[i] = frame_rows[i];
        rows[i].state = TEST_READY;
        rows[i].seconds = NAN;
        rows[i].from = "";
    }
    f.v.rows = rows;
    f.v.running = false;
    f.v.done = 0;
    f.v.answer = f.v.answer_by = NULL;
    f.v.past_count = 0;
    golden_sizes("test-ready", draw, &f.v);
}

/* All done, with known answers, a fallback, one that failed, and the repeat test. */
static void done(void **state)
{
    (void)state;
    struct sheet f;
    struct test_row rows[6];
    sheet_of_frame(&f, false);
    memcpy(rows, frame_rows, sizeof rows);
    rows[1].correct = 1;
    rows[2].correct = 0;
    rows[4].state = TEST_DONE;
    rows[4].seconds = 147.2;
    rows[4].from = "fallback";
    rows[5].state = TEST_FAILED;
    rows[5].seconds = NAN;
    rows[5].from = "failed";
    f.v.rows = rows;
    f.v.running = false;
    f.v.done = 6;
    f.v.repeat =
        (struct repeat){ .done = true, .hit = true, .call_s = 0.9, .hit_s = 0.0004, .ratio = 2250 };
    f.v.repeat_words = "The second answer came out of the cache. The ratio holds a model call "
                       "against a look-up and says nothing about the model.";
    golden_sizes("test-done", draw, &f.v);
}

/* A long set of a stranger, without labels. */
static void full(void **state)
{
    (void)state;
    static struct test_row rows[150];
    struct sheet f;
    sheet_of_frame(&f, false);
    for (int i = 0; i < 150; i++)
        rows[i] =
            (struct test_row){ "\x1b[31m%s%n \xE6\xBC\xA2\xE5\xAD\x97 \xff words without end, "
                               "as long as the row and longer than any row can be",
                               NULL,
                               i % 2 ? "complex" : "moderate",
                               "reasoning",
                               (enum test_state)(i % 5),
                               1000.0 * i,
                               i % 5 == 4 ? "stopped" : "shared",
                               i % 3 - 1 };
    f.v.rows = rows;
    f.v.count = COUNT(rows);
    f.v.done = 120;
    f.v.elapsed_s = 7205;
    f.v.this_s = 1234;
    f.v.labelled = f.v.agreed = 0;
    f.v.why = "\x1b[2J%n";
    f.v.answer = "\x1b]0;x\x07 %s";
    f.list.at = 120;
    golden_sizes("test-full", draw, &f.v);
}

/* === behaviour ============================================================================== */

extern const struct pane_ops test_pane;

static void a_set_is_run_and_read(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(1 << 20);
    world_open(&w, &test_pane);
    world_sees(&w, 19, 80, "mini-sample: ");
    world_sees(&w, 19, 80, "A runs all of it");
    assert_holds("off", world_off(&w, ACT_ENTER), "no answer yet");
    world_act(&w, ACT_RUN_ALL);
    assert_holds("off", world_off(&w, ACT_RUN_ALL), "a run is under way");
    world_off(&w, ACT_EDIT_LIST);
    world_sees(&w, 19, 80, "elapsed 0:0");
    world_settle(&w);
    world_sees(&w, 19, 80, "6 of 6 done");
    world_sees(&w, 19, 80, "model");
    char corner[40];
    test_pane.corner(&w.pane, corner, sizeof corner);
    assert_string_equal(corner, "done");
    world_act(&w, ACT_DOWN);
    world_act(&w, ACT_ENTER);
    world_act(&w, ACT_DOWN);
    world_act(&w, ACT_BACK);
    assert_true(test_pane.copy(&w.pane, false, &text));
    assert_holds("copy", buf_text(&text), "query\tlabel\trouted\tto\ttime_s\tfrom\n");
    buf_clear(&text);
    assert_true(test_pane.copy(&w.pane, true, &text));
    assert_holds("copy", buf_text(&text), "\"latency_s\":");
    world_act(&w, ACT_TOP);
    world_act(&w, ACT_RUN_ROW);
    world_settle(&w);
    world_sees(&w, 19, 80, "cache"); /* the first was asked before */
    world_sees(&w, 36, 88, "6 of 6   agreement");
    world_act(&w, ACT_WHY);
    assert_string_equal(w.desk.pane, "classify");
    assert_true(test_pane.search(&w.pane, "?", 1) || test_pane.search(&w.pane, "t", 1));
    assert_false(test_pane.search(&w.pane, "no such words", 1));
    buf_done(&text);
    world_close(&w, false);
}

static void a_run_is_stopped(void **state)
{
    (void)state;
    struct world w;
    struct error err;
    world_open(&w, &test_pane);
    world_act(&w, ACT_RUN_ALL);
    for (int i = 0; i < 3; i++)
        assert_ok(lab_turn(&w.lab, NULL, 0, 1, &err), err);
    test_pane.stop(&w.pane);
    world_settle(&w);
    world_sees(&w, 19, 80, "stopped by you");
    world_sees(&w, 36, 88, "stopped at ");
    world_act(&w, ACT_RUN_ROW);
    char *folder = world_close(&w, true); /* closed in the middle of a question */
    world_open_in(&w, folder, &test_pane);
    world_close(&w, false);
}

static void a_set_is_taken_and_edited(void **state)
{
    (void)state;
    struct world w;
    static const char own[] = "{\"query\":\"What is 2 plus 3?\",\"label\":\"simple\",\"answer\":"
                              "\"5\",\"check\":\"number\"}\n";
    world_open(&w, &test_pane);
    world_act(&w, ACT_EDIT_LIST);
    assert_holds("asked", w.desk.question.text, "Take the set");
    desk_answer(&w.desk, "no-such-set");
    assert_string_equal(w.desk.trouble.t.title, "The set was not taken");
    w.desk.trouble.t.title = NULL;
    world_act(&w, ACT_EDIT_LIST);
    desk_answer(&w.desk, NULL);
    world_sees(&w, 19, 80, "mini-sample: ");
    world_act(&w, ACT_EDIT_LIST);
    desk_answer(&w.desk, "edit");
    assert_int_equal(w.desk.wants, DESK_EDITOR);
    test_pane.edited(&w.pane, "{broken", 7);
    assert_string_equal(w.desk.trouble.t.title, "The set was not changed");
    world_sees(&w, 19, 80, "mini-sample: ");
    world_act(&w, ACT_EDIT_LIST);
    desk_answer(&w.desk, "edit");
    test_pane.edited(&w.pane, own, sizeof own - 1);
    assert_holds("said", w.desk.message, "the set is now ");
    world_sees(&w, 19, 80, "1 query");
    world_sees(&w, 19, 80, "What is 2 plus 3?");
    world_close(&w, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_frames_are_as_designed),
        cmocka_unit_test(working),
        cmocka_unit_test(ready),
        cmocka_unit_test(done),
        cmocka_unit_test(full),
        cmocka_unit_test(a_set_is_run_and_read),
        cmocka_unit_test(a_run_is_stopped),
        cmocka_unit_test(a_set_is_taken_and_edited),
    };
    return cmocka_run_group_tests_name("test_pane", tests, NULL, NULL);
}
