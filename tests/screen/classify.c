/* The Classifier as it is drawn: the design's frames, every state, every size; and what its keys do
 * on a real lab. */
#include "tests/test.h"

#include "core/base/mem.h"
#include "tests/screen/golden.h"
#include "tests/screen/world.h"
#include "tui/pane/classify.h"

/* === drawing ================================================================================ */

#define TRAIN                                                                                      \
    "Solve step by step: If a train leaves at 9am traveling at 60mph, and another train leaves "   \
    "at 10am traveling at 80mph, when do they meet if they started 280 miles apart?"

static const struct classify_row narrow_rows[] = {
    { "keyword", "solve", "\"Solve\" at 1", 2, 2 },
    { "keyword", "step by step", "\"step by step\" at 7", 2, 4 },
    { "pattern", "number op number", "no match (\"9am\", \"60mph\")", 0, 4 },
    { "length", "over 200 / 500", "168", 0, 4 },
    { "sentences", "more than 3", "2 pieces", 0, 4 },
};

static const struct classify_row wide_rows[] = {
    { "keyword", "solve", "\"Solve\" at 1", 2, 2 },
    { "keyword", "step by step", "\"step by step\" at 7", 2, 4 },
    { "keyword", "(16 others)", "none", 0, 4 },
    { "simple", "(9 words)", "none", 0, 4 },
    { "pattern", "number op number", "no: \"9am\" and \"60mph\" have no operator", 0, 4 },
    { "pattern", "number % of", "no", 0, 4 },
    { "pattern", "equation|formula", "no", 0, 4 },
    { "pattern", "$ number", "no", 0, 4 },
    { "length", "over 200, over 500", "168", 0, 4 },
    { "sentences", "more than 3", "2 pieces after splitting on . ! ?", 0, 4 },
};

/* 11 simple, 4 moderate of which three score 3, 2 complex. */
static const double frame_scores[] = { 0, -1, 0, 3, 0, -2, 4, 0, -1, 1, 0, 0, 8, -1, 3, 0, 3 };

/* What a case is made of; the view points into it. */
struct sheet {
    struct classify_view v;
    struct field field;
    struct list list;
};

static void sheet_of_frame(struct sheet *f, bool tall)
{
    *f = (struct sheet){ .list = { .at = tall ? 4 : 2 } };
    field_init(&f->field, false);
    field_set(&f->field, TRAIN, strlen(TRAIN));
    f->v = (struct classify_view){ .field = &f->field,
                                   .focused = true,
                                   .points = 168,
                                   .score = 4,
                                   .level = LEVEL_COMPLEX,
                                   .thresholds = { 1, 4 },
                                   .selected = LEVEL_COMPLEX,
                                   .role = ROLE_REASONING,
                                   .cot = true,
                                   .model = "deepseek-r1:70b",
                                   .rules = "basic",
                                   .rows = tall ? wide_rows : narrow_rows,
                                   .row_count = tall ? COUNT(wide_rows) : COUNT(narrow_rows),
                                   .rest = tall ? ""
                                                : "16 other complex words, 9 simple words, "
                                                  "3 patterns: no match",
                                   .list = &f->list,
                                   .level_count = { 11, 4, 2 },
                                   .scores = frame_scores,
                                   .score_count = COUNT(frame_scores),
                                   .what_if = { 11, 1, 5 },
                                   .labelled = 6,
                                   .agreed = 3 };
}

static void sheet_done(struct sheet *f)
{
    field_done(&f->field);
}

static void draw(const void *view, struct surface *s)
{
    classify_draw(view, s);
}

static void check_frame(const char *name, int rows, int cols, bool ascii, bool tall,
                        const struct golden_row *differ, size_t count)
{
    struct sheet f;
    struct grid g = { 0 };
    sheet_of_frame(&f, tall);
    grid_init(&g, rows, cols, ascii);
    struct surface s = surface_of(&g);
    classify_draw(&f.v, &s);
    assert_true(g.cursor_shown && g.cursor_row == 2);
    golden_frame(name, &g, differ, count);
    grid_done(&g);
    sheet_done(&f);
}

static void the_frames_are_as_designed(void **state)
{
    (void)state;
#define CURSOR "the terminal's own cursor stands there"
#define GAUGE  "thresholds stand in the middle between two scores"
#define BARS   "the bars are drawn from the figures: the longest is full"
    static const struct golden_row narrow[] = {
        { 2, CURSOR }, { 4, GAUGE }, { 5, GAUGE }, { 17, BARS }
    };
    static const struct golden_row ascii[] = { { 2, CURSOR },
                                               { 4, GAUGE },
                                               { 5, GAUGE },
                                               { 7,
                                                 "the verdict begins in the same column in both" },
                                               { 17, BARS } };
    static const struct golden_row wide[] = {
        { 2, CURSOR }, { 4, GAUGE },
        { 5, GAUGE },  { 6, GAUGE },
        { 7, GAUGE },  { 23, "which threshold is selected is said" },
        { 27, BARS },  { 30, "drawn from the scores" },
    };
    check_frame("classify-80x24", 19, 80, false, false, narrow, COUNT(narrow));
    check_frame("classify-80x24-ascii", 19, 80, true, false, ascii, COUNT(ascii));
    check_frame("classify-120x40", 36, 88, false, true, wide, COUNT(wide));
}

static void working(void **state)
{
    (void)state;
    struct sheet f;
    sheet_of_frame(&f, false);
    golden_sizes("classify-working", draw, &f.v);
    f.v.focused = false; /* the keyboard is in the table */
    f.v.in_list = true;
    f.v.label = "complex";
    f.v.moved = true;
    f.v.selected = LEVEL_MODERATE;
    golden_size("classify-list", "80x24", draw, &f.v);
    golden_size("classify-list", "120x40", draw, &f.v);
    sheet_done(&f);
}

static void empty(void **state)
{
    (void)state;
    struct sheet f;
    sheet_of_frame(&f, false);
    field_set(&f.field, "", 0);
    f.v = (struct classify_view){ .field = &f.field,
                                  .blank = true,
                                  .level = LEVEL_SIMPLE,
                                  .thresholds = { 1, 4 },
                                  .selected = LEVEL_COMPLEX,
                                  .rules = "basic",
                                  .rows = narrow_rows + 3,
                                  .row_count = 2,
                                  .rest = "18 complex words, 9 simple words, 4 patterns: no match",
                                  .list = &f.list,
                                  .in_list = true };
    golden_sizes("classify-empty", draw, &f.v);
    sheet_done(&f);
}

/* A long text with everything in it, a score off the gauge, more rules than rows, words of a
 * stranger's rule file. */
static void full(void **state)
{
    (void)state;
    static struct classify_row rows[60];
    static double scores[1000];
    struct sheet f;
    sheet_of_frame(&f, false);
    for (int i = 0; i < 60; i++) {
        rows[i] = (struct classify_row){ i % 2 ? "keyword" : "questions", "", "", i % 3, 100 * i };
        snprintf(rows[i].what, sizeof rows[i].what, "rule %d \x1b[31m \xE6\xBC\xA2\xE5\xAD\x97", i);
        snprintf(rows[i].found, sizeof rows[i].found,
                 "\"%%s%%n \x07 \xFF\xFE and words enough to fill any column of this table\" at %d",
                 1000 * i);
    }
    for (int i = 0; i < 1000; i++)
        scores[i] = i % 23 - 5;
    struct buf text = buf_with_max(1 << 20);
    for (int i = 0; i < 300; i++)
        buf_puts(&text, i % 2 ? "word " : "\xE6\xBC\xA2\xE5\xAD\x97 ");
    field_set(&f.field, buf_text(&text), text.len);
    buf_done(&text);
    f.v.points = 2400;
    f.v.score = 5900;
    f.v.thresholds = (struct thresholds){ -3, 120 };
    f.v.rows = rows;
    f.v.row_count = COUNT(rows);
    f.v.all = true;
    f.v.rest = "all 60 rules of 'own'";
    f.list.at = 41;
    f.v.focused = false;
    f.v.in_list = true;
    f.v.scores = scores;
    f.v.score_count = COUNT(scores);
    f.v.level_count[0] = 100;
    f.v.level_count[1] = 899;
    f.v.level_count[2] = 1;
    f.v.labelled = f.v.agreed = 1234;
    golden_sizes("classify-full", draw, &f.v);
    sheet_done(&f);
}

/* === behaviour ============================================================================== */

extern const struct pane_ops classify_pane;

static void type(struct world *w, const char *text)
{
    field_set(classify_pane.field(&w->pane), text, strlen(text));
    classify_pane.typed(&w->pane, false);
}

/* Built-in rules: a number beyond the second and every step word count. */
static void a_query_is_scored_as_it_is_typed(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, &classify_pane);
    world_sees(&w, 19, 80, "nothing typed yet: score 0");
    world_sees(&w, 19, 80, "i or Enter to type a query");
    assert_string_equal(world_off(&w, ACT_LABEL), "type a query first");
    world_off(&w, ACT_COPY);
    type(&w, "Start with 3, then double it, then add 4, then halve it.");
    world_sees(&w, 19, 80, "reasoning");
    world_sees(&w, 36, 88, "COMPLEX → reason");
    world_sees(&w, 36, 88, "What if");
    char corner[80];
    classify_pane.corner(&w.pane, corner, sizeof corner);
    assert_holds("corner", corner, "rules steps, live, ");
    world_act(&w, ACT_ALL);
    world_sees(&w, 19, 80, "move for the others");
    world_act(&w, ACT_BOTTOM);
    world_act(&w, ACT_UP);
    world_act(&w, ACT_PAGE_UP);
    world_act(&w, ACT_PAGE_DOWN);
    world_act(&w, ACT_TOP);
    world_act(&w, ACT_ALL);
    world_close(&w, false);
}

/* Only what was meant is recorded: once it has not changed for a while, or was sent. */
static void what_was_meant_is_recorded_once(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, &classify_pane);
    type(&w, "What is");
    type(&w, "What is 2 plus 2?");
    assert_false(classify_pane.tick(&w.pane));
    world_sees(&w, 19, 80, "no query scored yet");
    w.ahead_ns += 2 * NS_PER_S;
    assert_true(classify_pane.tick(&w.pane));
    assert_false(classify_pane.tick(&w.pane));
    world_sees(&w, 19, 80, "1 query");
    classify_pane.typed(&w.pane, true);
    assert_int_equal(w.desk.wants, DESK_PANE);
    assert_string_equal(w.desk.pane, "ask");
    assert_string_equal(buf_text(&w.desk.text), "What is 2 plus 2?");
    assert_string_equal(field_text(classify_pane.field(&w.pane)), "What is 2 plus 2?");
    world_close(&w, false);
}

static void press(struct world *w, int32_t letter)
{
    struct key k = { .code = K_LETTER, .letter = letter };
    assert_true(classify_pane.key(&w->pane, &k));
}

static void a_label_is_kept_and_compared(void **state)
{
    (void)state;
    struct world w;
    struct key k = { .code = K_LETTER, .letter = 's' };
    world_open(&w, &classify_pane);
    type(&w, "What is 2 plus 2?");
    assert_false(classify_pane.key(&w.pane, &k));
    assert_null(classify_pane.asks(&w.pane));
    world_act(&w, ACT_LABEL);
    assert_holds("asks", classify_pane.asks(&w.pane), "s simple   m moderate   c complex");
    press(&w, 's');
    assert_holds("said", w.desk.message, "labelled simple: the rules agree");
    world_sees(&w, 19, 80, "1 of 1   (this query: simple)");
    world_act(&w, ACT_LABEL);
    press(&w, 'c');
    assert_holds("said", w.desk.message, "the rules disagree");
    world_sees(&w, 19, 80, "0 of 1   (this query: complex)");
    world_act(&w, ACT_LABEL);
    press(&w, 'x');
    assert_string_equal(w.desk.message, "not labelled");
    world_sees(&w, 36, 88, "(labelled complex)");
    type(&w, "Another one");
    world_sees(&w, 36, 88, "(not labelled)");
    world_close(&w, false);
}

/* A threshold that was moved counts for the pipeline, is a fact, and is there the next time. */
static void a_threshold_is_moved(void **state)
{
    (void)state;
    struct world w;
    struct pipeline *p = &w.lab.pipeline;
    world_open(&w, &classify_pane);
    assert_null(p->moved);
    world_act(&w, ACT_LESS);
    assert_non_null(p->moved);
    assert_int_equal(p->moved->complex, 3);
    assert_int_equal(p->moved->moderate, 1);
    world_sees(&w, 36, 88, "complex \xE2\x89\xA5 3");
    world_sees(&w, 36, 88, ", moved   - and + move complex");
    world_act(&w, ACT_PART_NEXT);
    assert_holds("said", w.desk.message, "moderate");
    world_act(&w, ACT_MORE);
    world_act(&w, ACT_MORE);
    assert_int_equal(p->moved->moderate, 3);
    world_act(&w, ACT_MORE); /* above complex: refused with its reason */
    assert_int_equal(p->moved->moderate, 3);
    assert_true(*w.desk.message);
    char *folder = world_close(&w, true);
    world_open_in(&w, folder, &classify_pane);
    assert_non_null(p->moved);
    assert_int_equal(p->moved->moderate, 3);
    assert_int_equal(p->moved->complex, 3);
    struct error err;
    assert_ok(lab_use_rules(&w.lab, "weighted", &err), err);
    classify_pane.models(&w.pane);
    assert_null(p->moved); /* those of another set are where it puts them */
    world_close(&w, false);
}

static void copied_text_is_plain(void **state)
{
    (void)state;
    struct world w;
    struct buf text = buf_with_max(1 << 20);
    world_open(&w, &classify_pane);
    type(&w, "Start with 3, then double it, then add 4, then halve it.");
    assert_true(classify_pane.copy(&w.pane, false, &text));
    assert_holds("text", buf_text(&text), "halve it.\nscore ");
    assert_holds("text", buf_text(&text), "\tthen\t");
    buf_clear(&text);
    assert_true(classify_pane.copy(&w.pane, true, &text));
    assert_holds("json", buf_text(&text), "\"schema\":\"rlab.classify/1\"");
    buf_done(&text);
    world_close(&w, false);
}

/* The draft comes back, and earlier queries by Up. */
static void nothing_typed_is_lost(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, &classify_pane);
    type(&w, "the first");
    w.ahead_ns += 2 * NS_PER_S;
    classify_pane.tick(&w.pane);
    type(&w, "the second");
    struct field *f = classify_pane.field(&w.pane);
    assert_string_equal(f->past_texts(f->past_self, 0), "the first");
    assert_null(f->past_texts(f->past_self, 1));
    char *folder = world_close(&w, true);
    world_open_in(&w, folder, &classify_pane);
    assert_string_equal(field_text(classify_pane.field(&w.pane)), "the second");
    world_close(&w, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_frames_are_as_designed),
        cmocka_unit_test(working),
        cmocka_unit_test(empty),
        cmocka_unit_test(full),
        cmocka_unit_test(a_query_is_scored_as_it_is_typed),
        cmocka_unit_test(what_was_meant_is_recorded_once),
        cmocka_unit_test(a_label_is_kept_and_compared),
        cmocka_unit_test(a_threshold_is_moved),
        cmocka_unit_test(copied_text_is_plain),
        cmocka_unit_test(nothing_typed_is_lost),
    };
    return cmocka_run_group_tests_name("classify_pane", tests, NULL, NULL);
}
