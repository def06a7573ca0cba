/* The Ask pane as it is drawn: every state at every size, and the frame of its design. */
#include "tests/test.h"

#include <math.h>

#include "tests/screen/golden.h"
#include "tui/pane/ask.h"

#define BAT                                                                                        \
    "A bat and a ball cost $1.10 in total. The bat costs $1.00 more than the ball. How much does " \
    "the ball cost? Think carefully."

/* A view with what it borrows. */
struct scene {
    struct ask_view v;
    struct field field;
    struct page *answer[2], *thinking[2];
};

static void scene_init(struct scene *s, const char *prompt)
{
    *s = (struct scene){ 0 };
    field_init(&s->field, false);
    field_set(&s->field, prompt, strlen(prompt));
    for (int i = 0; i < 2; i++) {
        s->answer[i] = page_new(PAGE_MARKDOWN, LOOK_TEXT);
        s->thinking[i] = page_new(PAGE_PLAIN, LOOK_THINKING);
        s->v.column[i] = column_nothing();
        s->v.column[i].answer = s->answer[i];
        s->v.column[i].thinking = s->thinking[i];
    }
    s->v.field = &s->field;
    s->v.hint = "i or Enter to type";
    s->v.help = "Type a question.\nEach question stands alone.";
    s->v.scored = *prompt != '\0';
    s->v.score = 3;
    s->v.level = LEVEL_MODERATE;
    s->v.role = ROLE_FAST;
    s->v.cot = true;
    s->v.names[0] = "A";
    s->v.names[1] = "B";
}

static void scene_done(struct scene *s)
{
    field_done(&s->field);
    for (int i = 0; i < 2; i++) {
        page_free(s->answer[i]);
        page_free(s->thinking[i]);
    }
}

static void say(struct page *p, const char *text)
{
    page_add(p, text, strlen(text));
}

static void draw(const void *view, struct surface *s)
{
    ask_draw(view, s);
}

/* The fast column of the frame: done. */
static void fast_done(struct scene *s, int at)
{
    struct column_view *c = &s->v.column[at];
    static const double pace[] = { 14, 33, 44, 46, 45, 45, 46, 45, 44, 38 };
    c->phase = PHASE_DONE;
    c->role = "FAST";
    c->role_look = LOOK_FAST;
    c->model = "qwen3:8b";
    c->first_s = 0.3;
    c->rate = 41;
    c->rate_kind = c->tokens_kind = c->split_kind = KIND_MEASURED;
    c->tokens = c->answer_tokens = 128;
    c->thinking_tokens = 0;
    c->took_s = 3.4;
    c->load_s = 0;
    c->pace_count = COUNT(pace);
    c->pace_high = 46;
    memcpy(c->pace, pace, sizeof pace);
    say(s->answer[at], "Let the ball cost x dollars. Then the bat costs x + 1.00.\n\n"
                       "x + (x + 1.00) = 1.10  \n2x = 0.10  \nx = 0.05\n\n"
                       "The ball costs 5 cents.");
}

/* The reasoning column of the frame: answering. */
static void reason_answering(struct scene *s, int at, const char *gap)
{
    struct column_view *c = &s->v.column[at];
    c->phase = PHASE_ANSWERING;
    c->role = "REASON";
    c->role_look = LOOK_REASONING;
    c->model = "deepseek-r1:70b";
    c->first_s = 1.9;
    c->rate = 9;
    c->rate_kind = c->tokens_kind = c->split_kind = KIND_MEASURED;
    c->tokens = 410;
    c->thinking_tokens = 312;
    c->answer_tokens = 98;
    c->took_s = 47;
    c->load_s = 0;
    c->has_thinking = true;
    c->thinking_s = 34;
    c->pace_count = 17;
    c->pace_high = 46;
    c->pace[0] = 3;
    for (int i = 1; i < 17; i++)
        c->pace[i] = 9;
    say(s->thinking[at], "Okay, the total is 1.10 and the bat\nis 1.00 more. A quick answer would\n"
                         "be 0.10, but then the bat would be\n1.10 and the total 1.20. So…\n"
                         "5\n6\n7\n8\n9\n10\n11\n12\n13");
    say(s->answer[at], "Call the ball b. The bat is then  \nb + 1.00, so together\n\n```\n"
                       "b + (b + 1.00) = 1.10\n2b = 0.10\nb = 0.05");
    say(s->answer[at], gap);
    say(s->answer[at], "1.05 + 0.05 = 1.10\nas it should be");
    page_home(s->answer[at]);
}

/* The frame of the design, with its own data. */
static void frame(struct scene *s, const char *gap)
{
    scene_init(s, BAT);
    fast_done(s, 0);
    reason_answering(s, 1, gap);
    s->v.mode = MODE_COMPARE;
    s->v.two = true;
    s->v.waits = true;
    s->v.focus = 1;
    s->v.has_before = true;
    s->v.better[0] = 1;
    s->v.better[1] = 3;
    s->v.same = 2;
}

static void test_frame_small(void **state)
{
    (void)state;
    static const struct golden_row differ[] = {
        { 4, "the column that has the keys carries a mark" },
        { 6, "what can be done stands in one place: x above t" },
        { 14, "the text goes on below, so its end is not here" },
    };
    struct scene s;
    struct grid g = { 0 };
    frame(&s, "\n\n");
    grid_init(&g, 19, 80, false);
    struct surface all = surface_of(&g);
    ask_draw(&s.v, &all);
    golden_frame("ask-80x24", &g, differ, COUNT(differ));
    grid_done(&g);
    scene_done(&s);
}

static void test_frame_large(void **state)
{
    (void)state;
    static const struct golden_row differ[] = {
        { 4, "the column that has the keys carries a mark; states stand in one place" },
        { 6, "what can be done stands in one place: x above t" },
        { 7, "both columns draw their rates on one scale" },
        { 22, "the text goes on below, so its end is not here" },
        { 29, "both bars have one scale" },
        { 30, "both bars have one scale" },
        { 31,
          "nothing here can tell whether two answers say the same: tokens are counted instead" },
    };
    struct scene s;
    struct grid g = { 0 };
    frame(&s, "\n\n\n\n\n");
    s.v.column[1].fold = FOLD_SOME;
    page_home(s.thinking[1]);
    grid_init(&g, 36, 88, false);
    struct surface all = surface_of(&g);
    ask_draw(&s.v, &all);
    golden_frame("ask-120x40", &g, differ, COUNT(differ));
    grid_done(&g);
    scene_done(&s);
}

/* --- every state at every size ------------------------------------------------------------------ */

static void test_empty(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s, "");
    golden_sizes("ask-empty", draw, &s.v);
    s.v.focused = true;
    s.v.mode = MODE_COMPARE;
    s.v.cache = CACHE_NOT_READ;
    s.v.two = true;
    golden_size("ask-empty-compare", "80x24", draw, &s.v);
    scene_done(&s);
}

/* Two columns: one done, the other answering, with its thinking folded. */
static void test_working(void **state)
{
    (void)state;
    struct scene s;
    frame(&s, "\n\n");
    golden_sizes("ask-working", draw, &s.v);
    s.v.zoomed = true;
    golden_size("ask-zoomed", "80x24", draw, &s.v);
    scene_done(&s);
}

/* One answer over the whole width, before its first word and after. */
static void test_waiting(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum ask_phase phase;
        double last_load_s;
    } rows[] = {
        { "ask-checking", PHASE_CHECKING, NAN },
        { "ask-asked", PHASE_ASKED, NAN },
        { "ask-loading", PHASE_LOADING, 55 },
        { "ask-started", PHASE_STARTED, NAN },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scene s;
        scene_init(&s, BAT);
        struct column_view *c = &s.v.column[0];
        c->phase = rows[i].phase;
        c->role = "REASON";
        c->role_look = LOOK_REASONING;
        c->model = "deepseek-r1:70b";
        c->took_s = 31;
        c->last_load_s = rows[i].last_load_s;
        golden_size(rows[i].name, "80x24", draw, &s.v);
        scene_done(&s);
    }
}

static void long_text(struct page *p, int lines)
{
    for (int i = 1; i <= lines; i++) {
        char line[80];
        snprintf(line, sizeof line, "Line %d of a long answer, with \xe4\xbd\xa0\xe5\xa5\xbd.  \n",
                 i);
        say(p, line);
    }
}

/* All of it: thinking above the answer, notes, a cost, slowed; estimated figures. */
static void test_full(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s, BAT);
    reason_answering(&s, 0, "\n\n");
    struct column_view *c = &s.v.column[0];
    s.v.mode = MODE_REASON;
    s.v.role = ROLE_REASONING;
    s.v.score = 4;
    s.v.level = LEVEL_COMPLEX;
    c->phase = PHASE_CUT;
    c->limit = 8192;
    c->rate_kind = c->tokens_kind = c->split_kind = KIND_ESTIMATED;
    c->fold = FOLD_SOME;
    c->slowed = true;
    c->cost = 0.0123;
    c->cost_kind = KIND_ESTIMATED;
    c->notes[0] = "cut off while thinking";
    c->note_count = 1;
    long_text(s.answer[0], 40);
    page_home(s.thinking[0]);
    golden_sizes("ask-full", draw, &s.v);
    c->fold = FOLD_ALL;
    golden_size("ask-thinking", "80x24", draw, &s.v);
    scene_done(&s);
}

static void test_error(void **state)
{
    (void)state;
    struct scene s;
    frame(&s, "\n\n");
    struct column_view *c = &s.v.column[1];
    c->phase = PHASE_FAILED;
    c->has_thinking = false;
    c->first_s = c->rate = NAN;
    c->tokens = c->thinking_tokens = c->answer_tokens = -1;
    c->pace_count = 0;
    c->took_s = 1.2;
    c->failure = "HTTP 500: model requires more system memory (44.1 GiB) than is available "
                 "(38.7 GiB)";
    c->advice = "unload another model, or pick a smaller one";
    page_clear(s.answer[1]);
    s.v.waits = false;
    s.v.judge_off = "column B has no whole answer";
    golden_sizes("ask-error", draw, &s.v);
    scene_done(&s);
}

/* The ends that are neither done nor failed, and what a judgement looks like. */
static void test_ends(void **state)
{
    (void)state;
    struct scene s;
    frame(&s, "\n\n");
    s.v.waits = false;
    s.v.judged = "right is better";
    s.v.column[1].phase = PHASE_DONE;
    golden_size("ask-judged", "80x24", draw, &s.v);
    golden_size("ask-judged", "120x40", draw, &s.v);
    scene_done(&s);

    frame(&s, "\n\n");
    s.v.waits = false;
    s.v.hidden = true;
    s.v.column[1].phase = PHASE_DONE;
    for (int i = 0; i < 2; i++) {
        s.v.column[i].role = s.v.column[i].model = NULL;
        s.v.column[i].has_thinking = false;
        s.v.names[i] = i ? "REASON" : "FAST";
    }
    golden_size("ask-hidden", "120x40", draw, &s.v);
    scene_done(&s);

    scene_init(&s, BAT);
    fast_done(&s, 0);
    struct column_view *c = &s.v.column[0];
    c->phase = PHASE_CACHED;
    c->lookup_s = 0.0003;
    c->original_s = 3.4;
    c->saved_s = 3.3997;
    golden_size("ask-cached", "80x24", draw, &s.v);
    c->phase = PHASE_FALLBACK;
    c->notes[0] = "instead of local/deepseek-r1:70b: no answer within the deadline of 10 s";
    c->note_count = 1;
    golden_size("ask-fallback", "80x24", draw, &s.v);
    c->note_count = 0;
    c->phase = PHASE_STOPPED;
    golden_size("ask-stopped", "80x24", draw, &s.v);
    scene_done(&s);
}

/* No size is too small, no text too wide. */
static void test_any_size(void **state)
{
    (void)state;
    struct scene s;
    frame(&s, "\n\n");
    s.v.column[1].fold = FOLD_SOME;
    s.v.column[1].failure = "it broke";
    for (int rows = 1; rows <= 40; rows += 3) {
        for (int cols = 1; cols <= 130; cols += 7) {
            struct grid g = { 0 };
            grid_init(&g, rows, cols, rows % 2);
            struct surface all = surface_of(&g);
            ask_draw(&s.v, &all);
            assert_in_range(g.cursor_row, 0, rows - 1);
            assert_in_range(g.cursor_col, 0, cols - 1);
            struct ask_layout l = ask_layout_of(&s.v, rows, cols);
            assert_true(l.text_row + l.text_rows <= rows);
            grid_done(&g);
        }
    }
    scene_done(&s);
}

static void test_seconds(void **state)
{
    (void)state;
    static const struct {
        double s;
        bool live;
        const char *text;
    } rows[] = {
        { NAN, false, "-" },      { 0, false, "0.0 s" },        { 0.0003, false, "0.3 ms" },
        { 0.05, false, "50 ms" }, { 3.4, true, "3.4 s" },       { 47.25, false, "47.2 s" },
        { 47.25, true, "47 s" },  { 99.7, true, "1 min 39 s" }, { 125, false, "2 min 5 s" },
    };
    char text[ASK_SECONDS];
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(ask_seconds(rows[i].s, rows[i].live, text), rows[i].text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_small), cmocka_unit_test(test_frame_large),
        cmocka_unit_test(test_empty),       cmocka_unit_test(test_working),
        cmocka_unit_test(test_waiting),     cmocka_unit_test(test_full),
        cmocka_unit_test(test_error),       cmocka_unit_test(test_ends),
        cmocka_unit_test(test_any_size),    cmocka_unit_test(test_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
