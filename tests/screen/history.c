/* The History pane: the design's frames with their own data, and every state at every size. */
#include "tests/test.h"

#include <math.h>

#include "tests/screen/golden.h"
#include "tui/pane/history.h"

#define NOTHING                                                                                    \
    {                                                                                              \
        .role = "", .model = "", .end = "", .first_s = NAN, .rate = NAN, .took_s = NAN,            \
        .thought_s = NAN, .tokens = -1, .thinking_tokens = -1, .answer_tokens = -1, .answer = "",  \
        .thinking = ""                                                                             \
    }

static const struct history_row_view rows[] = {
    { "14:03", "compare", "M", "both", "3.4/49s", "128/410", "model",
      "A bat and a ball cost $1.10 in total." },
    { "13:40", "test", "C", "deepseek-r1:70b", "47.2 s", "388", "model",
      "Solve step by step: If a train leaves at 9am traveling at 60mph" },
    { "Mon 11:20", "ask", "C", "deepseek-r1:70b", "stopped", "96", "model",
      "Two trains start 280 miles apart." },
};

static const char question[] = "A bat and a ball cost $1.10 in total. The bat costs $1.00 more "
                               "than the ball. How much does the ball cost? Think carefully.";

static struct history_view frame_view(struct field *f)
{
    field_init(f, true);
    field_set(f, "train", 5);
    return (struct history_view){
        .filter = f,
        .focused = true,
        .kind = "all panes",
        .model = "all models",
        .day = "any day",
        .total = 214,
        .matching = 3,
        .filtered = true,
        .wanted = "train",
        .list = { .count = 3 },
        .rows = rows,
        .row_count = 3,
        .chosen = true,
        .query = question,
        .sides = 2,
        .side = { { .role = "FAST",
                    .role_look = LOOK_FAST,
                    .model = "qwen3:8b",
                    .end = "",
                    .first_s = 0.3,
                    .rate = 41,
                    .took_s = 3.4,
                    .thought_s = NAN,
                    .tokens = 128,
                    .thinking_tokens = 0,
                    .answer_tokens = 128,
                    .answer = "Let the ball cost x dollars. Then the bat costs x + 1.00.\n"
                              "x + (x + 1.00) = 1.10    2x = 0.10    x = 0.05\n"
                              "The ball costs 5 cents.",
                    .thinking = "" },
                  { .role = "REASON",
                    .role_look = LOOK_REASONING,
                    .model = "deepseek-r1:70b",
                    .end = "",
                    .first_s = 1.9,
                    .rate = 9,
                    .took_s = 49.0,
                    .thought_s = 34,
                    .tokens = 410,
                    .thinking_tokens = 312,
                    .answer_tokens = 98,
                    .answer = "Call the ball b. The bat is then b + 1.00, so together b + "
                              "(b + 1.00) = 1.10\n2b = 0.10, like the \1train\2 puzzle\n"
                              "The ball costs $0.05.",
                    .thinking = "like the \1train\2 puzzle, but with coins",
                    .thinking_matches = 1 } },
        .judgement = "same",
        .judged_at = "14:04",
        .matched = "Matched in answer B: \"…like the train puzzle…\"",
        .matches = 2,
        .recording = true,
        .since = "Mon 09:10",
        .size = "3.1 MiB",
        .trouble = "",
        .key_thinking = "t",
        .key_recording = "p",
        .key_delete = "D",
        .key_undo = "u",
    };
}

static void draw(const void *view, struct surface *s)
{
    history_draw(view, s);
}

static void check_frame(const char *name, int height, int cols, const struct history_view *v,
                        const struct golden_row *differ, size_t count)
{
    struct grid g = { 0 };
    grid_init(&g, height, cols, false);
    struct surface s = surface_of(&g);
    history_draw(v, &s);
    golden_frame(name, &g, differ, count);
    grid_done(&g);
}

static void test_frames(void **state)
{
    (void)state;
    struct field f;
    struct history_view v = frame_view(&f);
    static const struct golden_row small[] = { { 13,
                                                 "the figures of both sides end in one column" } };
    static const struct golden_row large[] = {
        { 25, "an answer does not know which exercise it was given for; where it matched is said" },
        { 28, "the list is in the order of time, so nothing counts more than another" },
        { 29, "follows the row above" },
    };
    check_frame("history-80x24", 19, 80, &v, small, COUNT(small));
    check_frame("history-120x40", 36, 88, &v, large, COUNT(large));
    golden_sizes("history-full", draw, &v);
    v.focused = false;
    v.thinking = true;
    golden_sizes("history-thinking", draw, &v);
    field_done(&f);
}

/* A window that is narrow but high has the line about keeping, whole. */
static void test_narrow_and_high(void **state)
{
    (void)state;
    struct field f;
    struct history_view v = frame_view(&f);
    struct grid g = { 0 };
    struct buf text = buf_with_max(1 << 16);
    grid_init(&g, 16, 60, false);
    struct surface s = surface_of(&g);
    draw(&v, &s);
    grid_text(&g, &text);
    assert_holds("60x20", buf_text(&text),
                 " Kept until you delete it. p stops recording: REC OFF.\n");
    buf_done(&text);
    grid_done(&g);
    field_done(&f);
}

static void test_states(void **state)
{
    (void)state;
    struct field f;
    struct history_view full = frame_view(&f), v = full;
    field_clear(&f);
    v.focused = v.filtered = v.chosen = false;
    v.total = v.matching = v.matches = 0;
    v.list = (struct list){ 0 };
    v.row_count = 0;
    v.wanted = "";
    v.since = "";
    golden_sizes("history-empty", draw, &v);

    v.recording = false;
    golden_size("history-off", "80x24", draw, &v);
    golden_size("history-off", "120x40", draw, &v);
    v.recording = true;

    v.trouble =
        "the history cannot be read: the database '/home/me/rlab.db' is damaged: quit every "
        "rlab and start it again";
    golden_sizes("history-error", draw, &v);

    /* Looking through a million; nothing found so far, then nothing at all. */
    v.trouble = "";
    v.filtered = v.looking = true;
    v.total = 1000000;
    v.wanted = "zebra";
    field_set(&f, "zebra", 5);
    golden_sizes("history-working", draw, &v);
    v.looking = false;
    golden_size("history-none", "80x24", draw, &v);
    field_done(&f);
}

/* One answer that was stopped, from a cache that said it, with hostile text. */
static void test_single(void **state)
{
    (void)state;
    struct field f;
    struct history_view v = frame_view(&f);
    struct history_side_view side = NOTHING;
    v.focused = false;
    v.part = PART_KIND;
    v.kind = "ask";
    v.list.at = 2;
    v.sides = 1;
    v.query = "Two \1train\2s start\n280 miles apart.\x1b[2J\nWhen?";
    side.role = "REASON";
    side.role_look = LOOK_REASONING;
    side.model = "a-model-with-a-very-long-name:70b-instruct-q4_K_M";
    side.end = "stopped";
    side.took_s = 700;
    side.tokens = 1234567;
    side.about = true;
    side.answer = "They meet \xff\xfe after\ttwo hours.\n\n日本語のとても長い答えがここにあります。"
                  "日本語のとても長い答えがここにあります。\nlast";
    v.side[0] = side;
    v.judgement = v.judged_at = v.matched = "";
    v.matches = 1;
    golden_sizes("history-single", draw, &v);
    field_done(&f);
}

/* What the person called it stands below, beside what was judged. */
static void test_named(void **state)
{
    (void)state;
    struct field f;
    struct history_view v = frame_view(&f);
    v.named = "MYNAME: first try";
    for (int high = 24; high <= 40; high += 16) {
        struct grid g = { 0 };
        struct buf text = buf_with_max(1 << 16);
        grid_init(&g, high, 80, false);
        struct surface s = surface_of(&g);
        history_draw(&v, &s);
        grid_text(&g, &text);
        assert_non_null(strstr(buf_text(&text), "You judged: same"));
        assert_non_null(strstr(buf_text(&text), "MYNAME: first try"));
        buf_done(&text);
        grid_done(&g);
    }
    field_done(&f);
}

static void test_marked(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        int cols, rows, used, matches;
        const char *shown;
    } cases[] = {
        { "", 10, 3, 0, 0, "" },
        { "one two", 10, 3, 1, 0, "one two\n" },
        { "one two three", 7, 3, 2, 0, "one two\nthree\n" },
        { "one\n\ntwo", 10, 5, 3, 0, "one\n\ntwo\n" },
        { "abcdefghij", 4, 5, 3, 0, "abcd\nefgh\nij\n" },
        { "one two three four", 5, 2, 2, 0, "one\ntwo …\n" },
        { "first\nsecond\nthird\nlast", 10, 2, 2, 0, "first …\nlast\n" },
        { "first\nsecond\nlast\n\n", 10, 1, 1, 0, "last\n" },
        { "a \1match\2 and \1one\2\nno\n\1yes\2", 20, 3, 3, 2, "a match and one\nno\nyes\n" },
        { "日本語日本語", 5, 9, 3, 0, "日本\n語日\n本語\n" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct grid g = { 0 };
        struct buf got = buf_with_max(4000);
        grid_init(&g, 10, 30, false);
        struct surface s = surface_of(&g);
        int used = marked_draw(&s, 0, 0, cases[i].cols, cases[i].rows, LOOK_TEXT, cases[i].text);
        grid_text(&g, &got);
        if (used != cases[i].used || marked_matches(cases[i].text) != cases[i].matches ||
            strncmp(buf_text(&got), cases[i].shown, strlen(cases[i].shown)) != 0)
            fail_msg("'%s': %d rows\n%s", cases[i].text, used, buf_text(&got));
        grid_done(&g);
        buf_done(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames), cmocka_unit_test(test_narrow_and_high),
        cmocka_unit_test(test_states), cmocka_unit_test(test_single),
        cmocka_unit_test(test_named),  cmocka_unit_test(test_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
