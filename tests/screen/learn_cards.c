/* The cards of the lessons as a person meets them in a small and in a large window: what is to be
 * done, what is missing, a hint, a solution, what was passed, the end of a part and of all, the
 * forms that ask for a prediction, and the report. The shipped lessons, a clock that stands. */
#include "core/store/calls.h"
#include "core/store/exercises.h"
#include "tests/screen/golden.h"
#include "tests/screen/world.h"
#include "tui/app.h"
#include "tui/app_inside.h"
#include "tui/pane/learn_inside.h"

#define LEARN 7
#define BEGAN (1750000000 * NS_PER_S) /* wall clock at the start: 2025-06-15 15:06:40 UTC */

static struct cards {
    char *folder;
    int64_t wall;
    struct clock clock;
    struct lab_options options;
    struct lab lab;
    struct app_options app_options;
    struct app app;
    bool chosen;
} cards;

static int64_t cards_mono(void *self)
{
    (void)self;
    return clock_mono(clock_real());
}

static int64_t cards_wall(void *self)
{
    return ((struct cards *)self)->wall;
}

static void chosen(void *self, const struct error *err)
{
    struct cards *c = self;
    c->chosen = true;
    app_chosen(&c->app, err);
}

static struct cards *cards_open(void)
{
    static const char *const lessons[] = { "lessons" };
    struct cards *c = &cards;
    struct error err = { 0 };
    *c = (struct cards){ .wall = BEGAN };
    c->folder = test_folder();
    world_use_data(c->folder);
    c->clock = (struct clock){ cards_mono, cards_wall, c };
    c->options = (struct lab_options){ .data_dir = c->folder,
                                       .builtin = true,
                                       .clock = &c->clock,
                                       .lessons = lessons,
                                       .lesson_count = COUNT(lessons) };
    assert_ok(lab_open(&c->lab, &c->options, &err), err);
    c->app_options = (struct app_options){ .program = "rlab" };
    assert_ok(app_init(&c->app, &c->lab, &c->app_options, &err), err);
    app_show(&c->app, LEARN); /* before Setup begins its checks */
    lab_choose_start(&c->lab, true, chosen, c);
    for (int i = 0; i < 500 && !c->chosen; i++)
        assert_ok(lab_turn(&c->lab, NULL, 0, 20, &err), err);
    assert_true(c->chosen);
    c->app.desk.message[0] = '\0';
    return c;
}

static void cards_close(struct cards *c)
{
    app_done(&c->app);
    lab_close(&c->lab);
    test_folder_remove(c->folder);
}

static void draw_at(struct cards *c, int rows, int cols, const char *name)
{
    struct grid g = { 0 };
    grid_init(&g, rows, cols, false);
    app_draw(&c->app, &g);
    app_draw(&c->app, &g); /* what the first one found out about the window */
    if (name)
        golden_check(name, &g);
    grid_done(&g);
}

/* Both windows; a card is shown anew in each, as it may say less beside the coach's column. */
static void both(struct cards *c, const char *name, void (*show)(struct pane *p, const char *id),
                 const char *id)
{
    static const struct {
        int rows, cols;
        const char *size;
    } sizes[] = { { 24, 80, "80x24" }, { 40, 120, "120x40" } };
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char full[80];
        snprintf(full, sizeof full, "card-%s-%s", name, sizes[i].size);
        draw_at(c, sizes[i].rows, sizes[i].cols, NULL);
        show(&c->app.pane[LEARN], id);
        c->app.reason[0] = c->app.desk.message[0] = '\0';
        app_take_notes(&c->app);
        draw_at(c, sizes[i].rows, sizes[i].cols, full);
        while (c->app.overs)
            app_close(&c->app);
    }
}

static void choose(struct cards *c, const char *id)
{
    struct pane *p = &c->app.pane[LEARN];
    struct learn_state *st = p->state;
    c->wall += NS_PER_S;
    learn_call(p, st->lessons->ops->choose, "it cannot be opened", id, NULL);
    st->chosen = learn_find(p, id);
    c->wall += NS_PER_S;
}

static void press(struct cards *c, char letter)
{
    struct key k = { .code = K_LETTER, .letter = letter };
    c->wall += NS_PER_S;
    app_key(&c->app, &k);
    c->app.desk.message[0] = '\0';
}

static void scored(struct cards *c, const char *query, int score, size_t signals)
{
    struct error err = { 0 };
    c->wall += NS_PER_S;
    assert_ok(classification_add(c->lab.store, query, strlen(query), "steps", score, "complex",
                                 signals, "classify", &err),
              err);
}

static void passed(struct cards *c, const char *id)
{
    const struct exercise_event e[] = {
        { .exercise = id, .kind = "check", .number = 2, .question = -1, .correct = 1 },
        { .exercise = id, .kind = "pass", .number = -1, .question = -1, .correct = -1 },
    };
    struct error err = { 0 };
    c->wall += NS_PER_S;
    assert_ok(exercise_add(c->lab.store, e, COUNT(e), &err), err);
}

static void all_but(struct cards *c, const char *one, int course)
{
    const struct course *all = learn_course(&c->app.pane[LEARN]);
    const char *ids[MAX_EXERCISES];
    int n = 0;
    for (int i = 0; i < all->exercise_count; i++)
        if (strcmp(all->exercises[i].id, one) != 0 &&
            (!course || all->exercises[i].course == course))
            ids[n++] = all->exercises[i].id;
    for (int i = 0; i < n; i++)
        passed(c, ids[i]);
}

/* --- what is to be done, and help --------------------------------------------------------- */

static void what_is_to_be_done(void **state)
{
    (void)state;
    struct cards *c = cards_open();
    choose(c, "2.3");
    both(c, "goal", learn_show_goal, "2.3");
    press(c, 'h');
    both(c, "hint", learn_show_hint, "2.3");
    press(c, 'S');
    press(c, 'y');
    both(c, "solution", learn_show_solution, "2.3");
    cards_close(c);
}

/* --- checks ------------------------------------------------------------------------------- */

static void what_a_check_says(void **state)
{
    (void)state;
    struct cards *c = cards_open();
    choose(c, "2.3");
    scored(c, "double it twice", 3, 1);
    press(c, 'c');
    both(c, "missing", learn_show_check, "2.3");
    scored(c, "Begin with six and double it", 4, 2);
    press(c, 'c');
    both(c, "passed", learn_show_check, "2.3");
    cards_close(c);
}

/* No sound, unless it was asked for: then for what is passed, and for nothing else. */
static void the_bell_rings_for_a_pass(void **state)
{
    (void)state;
    struct cards *c = cards_open();
    struct error err;
    choose(c, "2.3");
    scored(c, "Begin with six and double it", 4, 2);
    press(c, 'c');
    assert_false(c->app.desk.rings);
    cards_close(c);

    c = cards_open();
    assert_ok(lab_set(&c->lab, "screen.bell", "pass", &err), err);
    choose(c, "2.3");
    press(c, 'c');
    assert_false(c->app.desk.rings);
    while (c->app.overs) /* what is missing */
        app_close(&c->app);
    scored(c, "Begin with six and double it", 4, 2);
    press(c, 'c');
    assert_true(c->app.desk.rings);
    cards_close(c);
}

static void at_the_end(const char *name, int course, bool parts_only)
{
    struct cards *c = cards_open();
    if (parts_only) {
        static const char *const rest[] = { "2.1", "2.2", "2.4", "2.5" };
        for (size_t i = 0; i < COUNT(rest); i++)
            passed(c, rest[i]);
    } else {
        all_but(c, "2.3", course);
    }
    choose(c, "2.3");
    scored(c, "Begin with six and double it", 4, 2);
    press(c, 'c');
    both(c, name, learn_show_check, "2.3");
    struct key tab = { .code = K_TAB };
    app_key(&c->app, &tab); /* what happened last is on the page of the goals */
    if (parts_only)
        draw_at(c, 24, 80, "learn-part-done-80x24");
    cards_close(c);
}

static void the_ends_are_said(void **state)
{
    (void)state;
    at_the_end("end-of-part", 0, true);
    at_the_end("end-of-course", 1, false);
    at_the_end("end-of-lab", 0, false);
}

/* No window is too small or too large for a card with everything on it. */
static void any_size_will_do(void **state)
{
    (void)state;
    struct cards *c = cards_open();
    choose(c, "2.3");
    scored(c, "Begin with six and double it", 4, 2);
    press(c, 'c');
    assert_int_equal(c->app.overs, 1);
    for (int rows = 1; rows < 50; rows += 3)
        for (int cols = 1; cols < 140; cols += 3) {
            struct grid g = { 0 };
            grid_init(&g, rows, cols, (rows + cols) % 2);
            app_draw(&c->app, &g);
            assert_in_range(g.cursor_row, 0, rows - 1);
            assert_in_range(g.cursor_col, 0, cols - 1);
            grid_done(&g);
        }
    cards_close(c);
}

/* --- predictions -------------------------------------------------------------------------- */

static void forms(void **state)
{
    (void)state;
    static const struct {
        const char *id, *name;
    } rows[] = { { "1.2", "form-picks" },
                 { "2.1", "form-scores" },
                 { "5.2", "form-choice" },
                 { "6.2", "form-measured" } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cards *c = cards_open();
        choose(c, rows[i].id);
        both(c, rows[i].name, learn_show_form, rows[i].id);
        cards_close(c);
    }
}

static void a_guess_is_remembered(void **state)
{
    (void)state;
    struct cards *c = cards_open();
    struct pane *p = &c->app.pane[LEARN];
    struct learn_state *st = p->state;
    struct error err = { 0 };
    choose(c, "1.2");
    assert_ok(st->lessons->ops->answer(st->lessons, "1.2", "1 1", &err), err);
    both(c, "form-answered", learn_show_form, "1.2");
    cards_close(c);
}

/* --- the report --------------------------------------------------------------------------- */

static void the_report(void **state)
{
    (void)state;
    struct cards *c = cards_open();
    struct buf text = buf_with_max(64 * KIB);
    struct grid g = { 0 };
    const struct agreement agreed = {
        .rules = "steps", .moderate_from = 1, .complex_from = 4, .labels = 10, .agreed = 8
    };
    struct error err = { 0 };
    all_but(c, "7.2", 0);
    choose(c, "7.2");
    assert_ok(agreement_add(c->lab.store, &agreed, &err), err);
    assert_true(learn_report(&c->app.pane[LEARN], false, &text));
    grid_init(&g, 52, 100, false);
    struct surface s = surface_of(&g);
    int row = 0;
    for (const char *at = buf_text(&text); *at; row++) {
        size_t n = strcspn(at, "\n");
        put_len(&s, row, 0, LOOK_TEXT, at, n);
        at += n + (at[n] == '\n');
    }
    golden_check("report", &g);
    grid_done(&g);
    buf_done(&text);
    cards_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_to_be_done),        cmocka_unit_test(what_a_check_says),
        cmocka_unit_test(the_bell_rings_for_a_pass), cmocka_unit_test(the_ends_are_said),
        cmocka_unit_test(any_size_will_do),          cmocka_unit_test(forms),
        cmocka_unit_test(a_guess_is_remembered),     cmocka_unit_test(the_report),
    };
    setenv("TZ", "UTC", 1);
    return cmocka_run_group_tests_name("learn_cards", tests, NULL, NULL);
}
