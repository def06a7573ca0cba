/* The keys of the pane of exercises, with lessons of the test's own and with none installed. */
#include "core/base/mem.h"
#include "core/lab/progress.h"
#include "core/store/calls.h"
#include "tests/screen/learn_data.h"
#include "tui/pane/desk.h"
#include "tui/pane/learn_inside.h"

/* --- lessons that write down what they are asked for ------------------------------------- */

struct fake {
    struct lessons base;
    struct course course;
    struct exercise exercises[COUNT(data_exercises)];
    lessons_changed *changed;
    void *self;
    char asked[200];
    bool refuses;
    int *closed;
};

static struct fake *fake_of(struct lessons *l)
{
    return (struct fake *)l;
}

static void fake_close(struct lessons *l)
{
    ++*fake_of(l)->closed;
    mem_free(l);
}

static const struct course *fake_course(struct lessons *l)
{
    return &fake_of(l)->course;
}

static void fake_refresh(struct lessons *l)
{
    (void)l;
}

static void fake_listen(struct lessons *l, lessons_changed *changed, void *self)
{
    fake_of(l)->changed = changed;
    fake_of(l)->self = self;
}

static bool note(struct lessons *l, const char *what, const char *id, struct error *err)
{
    struct fake *f = fake_of(l);
    size_t n = strlen(f->asked);
    snprintf(f->asked + n, sizeof f->asked - n, "%s %s;", what, id);
    return !f->refuses || error_set(err, ERR_STORE, "the database is busy; try again");
}

static bool fake_choose(struct lessons *l, const char *id, struct error *err)
{
    struct fake *f = fake_of(l);
    for (int i = 0; i < f->course.exercise_count; i++)
        if (strcmp(f->exercises[i].id, id) == 0)
            f->course.current = i;
    return note(l, "choose", id, err);
}

static bool fake_check(struct lessons *l, const char *id, struct error *err)
{
    return note(l, "check", id, err);
}

static bool fake_hint(struct lessons *l, const char *id, struct error *err)
{
    return note(l, "hint", id, err);
}

static bool fake_solution(struct lessons *l, const char *id, struct error *err)
{
    return note(l, "solution", id, err);
}

static bool fake_skip(struct lessons *l, const char *id, struct error *err)
{
    struct fake *f = fake_of(l);
    for (int i = 0; i < f->course.exercise_count; i++)
        if (strcmp(f->exercises[i].id, id) == 0)
            f->exercises[i].state =
                f->exercises[i].state == EXERCISE_SKIPPED ? EXERCISE_TODO : EXERCISE_SKIPPED;
    return note(l, "skip", id, err);
}

static bool fake_reset(struct lessons *l, const char *id, struct error *err)
{
    return note(l, "reset", id, err);
}

static bool fake_report(struct lessons *l, bool json, struct buf *to, struct error *err)
{
    if (fake_of(l)->refuses)
        return error_set(err, ERR_STORE, "the database is busy; try again");
    return buf_puts(to, json ? "{}\n" : "the report\n");
}

static const struct lessons_ops fake_ops = {
    .close = fake_close,
    .course = fake_course,
    .refresh = fake_refresh,
    .listen = fake_listen,
    .choose = fake_choose,
    .check = fake_check,
    .hint = fake_hint,
    .solution = fake_solution,
    .skip = fake_skip,
    .reset = fake_reset,
    .report = fake_report,
};

/* --- a pane on a desk --------------------------------------------------------------------- */

struct world {
    struct lab lab;
    struct lab_options options;
    struct desk desk;
    struct pane pane;
    struct fake *fake;
    int closed;
};

static bool learn_course_counts(const struct world *w)
{
    const struct learn_state *st = w->pane.state;
    return st->lessons->ops->course(st->lessons)->counting;
}

static struct world *world_open(bool with_lessons)
{
    struct world *w = mem_new(struct world, 1);
    struct error err = { 0 };
    w->options = (struct lab_options){ .memory_store = true, .builtin = true };
    assert_ok(lab_open(&w->lab, &w->options, &err), err);
    desk_init(&w->desk, &w->lab, clock_real());
    w->pane = (struct pane){ .ops = &learn_pane,
                             .desk = &w->desk,
                             .state = mem_alloc(1, learn_pane.state_size) };
    assert_ok(learn_pane.open(&w->pane, &err), err);
    if (with_lessons) {
        w->fake = mem_new(struct fake, 1);
        *w->fake =
            (struct fake){ .base = { &fake_ops }, .course = data_course, .closed = &w->closed };
        memcpy(w->fake->exercises, data_exercises, sizeof data_exercises);
        w->fake->course.exercises = w->fake->exercises;
        learn_use(&w->pane, &w->fake->base);
    } else {
        learn_use(&w->pane, lessons_none(&w->lab, NULL));
    }
    learn_pane.enter(&w->pane);
    for (int i = 0; i < 100 && learn_course_counts(w); i++) /* a busy machine counts in steps */
        assert_ok(lab_turn(&w->lab, NULL, 0, 10, &err), err);
    return w;
}

static void world_close(struct world *w)
{
    learn_pane.close(&w->pane);
    mem_free(w->pane.state);
    desk_done(&w->desk);
    lab_close(&w->lab);
    assert_int_equal(w->closed, w->fake != NULL);
    mem_free(w);
}

/* What stands on row `row` of the pane at this size; "" beyond the last. */
static const char *row_of(struct world *w, int rows, int cols, int row)
{
    static char line[600];
    struct grid g = { 0 };
    struct buf text = buf_with_max(64 * 1024);
    grid_init(&g, rows, cols, false);
    struct surface s = surface_of(&g);
    learn_pane.draw(&w->pane, &s);
    row = row < 0 ? g.cursor_row : row;
    grid_text(&g, &text);
    const char *at = buf_text(&text);
    for (int i = 0; i < row && *at; i++)
        at += strcspn(at, "\n") + 1;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    buf_done(&text);
    grid_done(&g);
    return line;
}

static const char *cursor_row(struct world *w)
{
    return row_of(w, 12, 60, -1);
}

static enum pane_said press(struct world *w, enum action a)
{
    const char *why = learn_pane.off(&w->pane, a);
    if (why)
        fail_msg("action %s is off: %s", action_name(a), why);
    return learn_pane.act(&w->pane, a);
}

/* --- with lessons ------------------------------------------------------------------------- */

static void moving_goes_through_what_is_listed(void **state)
{
    (void)state;
    struct world *w = world_open(true);
    static const struct step {
        enum action act;
        const char *row;
    } steps[] = {
        { ACT_DOWN, "2.4 Fool it" },
        { ACT_UP, "2.3 Scores exactly 4" },
        { ACT_PAGE_DOWN, "4.1 Easy" },
        { ACT_PAGE_UP, "2.3 Scores" },
        { ACT_BOTTOM, "7.2 Stale cache" },
        { ACT_DOWN, "7.2 Stale cache" },
        { ACT_TOP, "1.1 Both models" },
        { ACT_UP, "1.1 Both models" },
        { ACT_FILTER, "2.3 Scores" }, /* to do: the nearest */
        { ACT_BOTTOM, "7.2 Stale cache" },
        { ACT_UP, "7.1 Breaker" },
        { ACT_FILTER, "5.1 Explain" }, /* done */
        { ACT_FILTER, "3.3 Same text" },
        { ACT_DOWN, "3.3 Same text" },
        { ACT_FILTER, "3.3 Same text" }, /* all again */
        { ACT_PART_NEXT, "Detect complexity" },
        { ACT_DOWN, "Route to fast" },
        { ACT_BOTTOM, "Ready for production" },
        { ACT_TOP, "Detect complexity" },
        { ACT_PART_BACK, "3.3 Same text" },
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        press(w, steps[i].act);
        assert_holds(action_name(steps[i].act), cursor_row(w), steps[i].row);
    }
    world_close(w);
}

static void every_filter_is_named(void **state)
{
    (void)state;
    struct world *w = world_open(true);
    static const char *const said[] = { "to do shown", "done, done shown", "skipped shown" };
    for (size_t i = 0; i < COUNT(said); i++) {
        press(w, ACT_FILTER);
        assert_holds("filter", row_of(w, 19, 80, 0), said[i]);
    }
    press(w, ACT_FILTER);
    assert_null(strstr(row_of(w, 19, 80, 0), "shown"));
    world_close(w);
}

static void the_coachs_keys_ask_the_lessons(void **state)
{
    (void)state;
    struct world *w = world_open(true);
    press(w, ACT_CHECK);
    press(w, ACT_HINT);
    press(w, ACT_SKIP);
    assert_string_equal(w->fake->asked, "check 2.3;hint 2.3;skip 2.3;");

    /* Here they are about the chosen exercise, beside other panes about the current one. */
    w->fake->asked[0] = '\0';
    press(w, ACT_BOTTOM);
    press(w, ACT_CHECK);
    learn_pane.leave(&w->pane);
    press(w, ACT_CHECK);
    assert_string_equal(w->fake->asked, "check 7.2;check 2.3;");

    /* Back and next open another one. */
    w->fake->asked[0] = '\0';
    press(w, ACT_LESSON_NEXT);
    press(w, ACT_LESSON_BACK);
    press(w, ACT_LESSON_BACK);
    assert_string_equal(w->fake->asked, "choose 2.4;choose 2.3;choose 2.2;");
    assert_string_equal(w->desk.coach.id, "2.2");
    world_close(w);
}

/* What costs nothing any more is not asked about, and can be read again. */
static void help_can_be_read_again(void **state)
{
    (void)state;
    struct world *w = world_open(true);
    struct exercise *e = &w->fake->exercises[4];
    e->hints[1] = "Calculate is one.";
    e->hints[2] = "Percent of is one.";
    e->hints_used = 3;
    press(w, ACT_HINT);
    assert_string_equal(w->fake->asked, "");
    assert_string_equal(w->desk.card.title, "2.3 hint 3 of 3");
    assert_holds("all of them", w->desk.card.text, "1  Two +2 rules are enough.\n2  Calculate");

    e->solution = "Calculate 15% of 80";
    press(w, ACT_SOLUTION);
    assert_null(w->desk.question.text);
    assert_string_equal(w->desk.card.title, "2.3 a solution");
    press(w, ACT_TOP);
    press(w, ACT_SOLUTION); /* 1.1 is done */
    assert_null(w->desk.question.text);

    w->fake->asked[0] = '\0';
    e->state = EXERCISE_SKIPPED;
    press(w, ACT_PAGE_DOWN);
    while (strcmp(data_exercises[((struct learn_state *)w->pane.state)->chosen].id, "2.3") != 0)
        press(w, ACT_UP);
    press(w, ACT_SKIP);
    assert_string_equal(w->desk.message, "2.3 is to do again");
    e->state = EXERCISE_TODO;
    press(w, ACT_SKIP);
    assert_holds("says so", w->desk.message, "2.3 is skipped; it is asked for again");
    world_close(w);
}

static void solution_and_reset_ask_first(void **state)
{
    (void)state;
    struct world *w = world_open(true);
    press(w, ACT_SOLUTION);
    assert_holds("asks", w->desk.question.text, "solution of 2.3?");
    desk_answer(&w->desk, NULL);
    assert_string_equal(w->fake->asked, "");
    press(w, ACT_SOLUTION);
    press(w, ACT_BOTTOM); /* the answer is about what was asked */
    desk_answer(&w->desk, "y");
    press(w, ACT_RESET);
    assert_holds("asks", w->desk.question.text, "Reset 7.2?");
    desk_answer(&w->desk, "y");
    assert_string_equal(w->fake->asked, "solution 2.3;reset 7.2;");
    world_close(w);
}

static void going_there_names_the_pane(void **state)
{
    (void)state;
    struct world *w = world_open(true);
    w->fake->exercises[16].pane = "production";
    press(w, ACT_GO_THERE);
    assert_int_equal(w->desk.wants, DESK_PANE);
    assert_string_equal(w->desk.pane, "classify");
    press(w, ACT_BOTTOM);
    press(w, ACT_UP);
    press(w, ACT_ENTER);
    assert_string_equal(w->desk.pane, "production");
    assert_string_equal(w->fake->asked, "choose 7.1;");
    press(w, ACT_PART_NEXT); /* a goal leads to its next exercise */
    press(w, ACT_ENTER);
    assert_holds("goal", cursor_row(w), "2.3 Scores exactly 4");
    world_close(w);
}

static void a_refusal_opens_the_box(void **state)
{
    (void)state;
    static const struct {
        enum action act;
        const char *title;
    } rows[] = {
        { ACT_CHECK, "The exercise could not be checked" },
        { ACT_HINT, "There is no hint" },
        { ACT_SKIP, "The exercise cannot be skipped" },
        { ACT_LESSON_NEXT, "The exercise cannot be opened" },
        { ACT_EXPORT, "The report cannot be made" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world *w = world_open(true);
        w->fake->refuses = true;
        press(w, rows[i].act);
        if (w->desk.question.text) /* for the name of a file */
            desk_answer(&w->desk, "nowhere.md");
        assert_string_equal(w->desk.trouble.t.title, rows[i].title);
        assert_holds("what", w->desk.trouble.t.what, "the database is busy");
        world_close(w);
    }
}

static void a_key_that_is_off_says_why(void **state)
{
    (void)state;
    struct world *w = world_open(true);
    struct exercise *e = w->fake->exercises;
    e[4].hints_used = 3;
    w->desk.coach_column = true; /* where they stand */
    e[4].solution = "Calculate 15% of 80";
    e[4].pane = NULL;
    const struct {
        int chosen;
        enum action act;
        const char *why;
    } rows[] = {
        { 4, ACT_HINT, "all hints of 2.3 are used" },
        { 4, ACT_GO_THERE, "2.3 can be done anywhere" },
        { 0, ACT_LESSON_BACK, "1.1 is the first one" },
        { 0, ACT_HINT, "1.1 has no hints" },
        { 0, ACT_SKIP, "1.1 is done" },
        { 17, ACT_LESSON_NEXT, "7.2 is the last one" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        press(w, ACT_TOP);
        for (int k = 0; k < rows[i].chosen; k++)
            press(w, ACT_DOWN);
        const char *why = learn_pane.off(&w->pane, rows[i].act);
        assert_non_null(why);
        assert_string_equal(why, rows[i].why);
    }
    w->fake->course.current = -1;
    learn_pane.leave(&w->pane);
    assert_string_equal(learn_pane.off(&w->pane, ACT_CHECK), "no exercise is open");
    world_close(w);
}

static void the_coach_follows_the_lessons(void **state)
{
    (void)state;
    struct world *w = world_open(true);
    const struct coach *c = &w->desk.coach;
    assert_string_equal(c->id, "2.3");
    assert_int_equal(c->part, 2);
    assert_int_equal(c->criteria[2].state, CRITERION_FAILED);
    assert_int_equal(c->done, 9);
    assert_string_equal(c->hints[0], "Two +2 rules are enough.");
    assert_null(c->hints[1]);
    assert_non_null(c->last_check_at);

    learn_pane.leave(&w->pane); /* criteria become true beside other panes */
    w->desk.dirty = false;
    w->fake->exercises[4].criteria[2].met = MET_YES;
    w->fake->exercises[4].criteria[1].met = MET_UNKNOWN;
    w->fake->changed(w->fake->self);
    assert_int_equal(c->criteria[2].state, CRITERION_MET);
    assert_int_equal(c->criteria[1].state, CRITERION_UNKNOWN);
    assert_true(w->desk.dirty);

    w->fake->course.current = -1;
    w->fake->changed(w->fake->self);
    assert_null(c->title);
    world_close(w);
}

static void words_find_exercises(void **state)
{
    (void)state;
    struct world *w = world_open(true);
    assert_true(learn_pane.search(&w->pane, "CACHE", 1));
    assert_holds("found", cursor_row(w), "7.2 Stale cache");
    assert_true(learn_pane.search(&w->pane, "  model", 1)); /* from the top again */
    assert_holds("found", cursor_row(w), "1.1 Both models");
    assert_true(learn_pane.search(&w->pane, "model", -1));
    assert_holds("found", cursor_row(w), "3.3 Same text");
    assert_true(learn_pane.search(&w->pane, "5.1", 1));
    assert_false(learn_pane.search(&w->pane, "nowhere", 1));
    assert_false(learn_pane.search(&w->pane, "", 1));
    assert_holds("found", cursor_row(w), "5.1 Explain");
    world_close(w);
}

/* --- with none installed ------------------------------------------------------------------ */

static void without_lessons_every_key_says_so(void **state)
{
    (void)state;
    struct world *w = world_open(false);
    static const enum action acts[] = { ACT_CHECK,  ACT_HINT,      ACT_SOLUTION,    ACT_SKIP,
                                        ACT_RESET,  ACT_GO_THERE,  ACT_LESSON_BACK, ACT_LESSON_NEXT,
                                        ACT_FILTER, ACT_PART_NEXT, ACT_SEARCH };
    for (size_t i = 0; i < COUNT(acts); i++) {
        assert_non_null(learn_pane.off(&w->pane, acts[i]));
        assert_string_equal(learn_pane.off(&w->pane, acts[i]), "no exercises are installed");
    }
    learn_pane.leave(&w->pane); /* the same beside other panes */
    assert_string_equal(learn_pane.off(&w->pane, ACT_CHECK), "no exercises are installed");
    assert_null(w->desk.coach.title);
    world_close(w);
}

static void what_was_done_is_shown(void **state)
{
    (void)state;
    struct world *w = world_open(false);
    struct error err = { 0 };
    assert_holds("missing", row_of(w, 19, 80, 0), "No exercises are installed");
    assert_holds("first", row_of(w, 12, 60, -1), "· a router that sees difficulty");
    assert_ok(label_add(w->lab.store, "2+2", 3, "simple", "person", &err), err);
    assert_ok(classification_add(w->lab.store, "2+2", 3, "basic", 0, "simple", 0, "classify", &err),
              err);
    learn_pane.enter(&w->pane);
    assert_holds("reached", row_of(w, 12, 60, -1), "✓ a router that sees difficulty");
    assert_holds("figures", row_of(w, 36, 88, 4), "classified 1, labelled 1");
    world_close(w);
}

/* A clock that is late whenever it is looked at: every slice of work has room for one step. */
static int64_t late_mono(void *self)
{
    int64_t *at = self;
    return *at += 50 * NS_PER_MS;
}

static int64_t late_wall(void *self)
{
    (void)self;
    return NS_PER_S;
}

static void a_long_history_is_counted_between_keys(void **state)
{
    (void)state;
    int64_t at = 1;
    const struct clock late = { late_mono, late_wall, &at };
    struct lab lab = { 0 };
    const struct lab_options options = { .memory_store = true, .builtin = true, .clock = &late };
    struct error err = { 0 };
    assert_ok(lab_open(&lab, &options, &err), err);
    struct lessons *l = lessons_none(&lab, NULL);
    const struct course *c = l->ops->course(l);
    struct buf text = buf_with_max(10000);

    l->ops->refresh(l);
    assert_true(c->counting);
    assert_int_equal(c->goal_count, 0);
    assert_false(l->ops->report(l, false, &text, &err));
    assert_holds("report", err.text, "still being counted");
    int turns = 0;
    for (; c->counting && turns < 100; turns++)
        assert_ok(lab_turn(&lab, NULL, 0, 10, &err), err);
    assert_in_range(turns, 2, 99);
    assert_int_equal(c->goal_count, PROGRESS_GOALS);
    assert_ok(l->ops->report(l, false, &text, &err), err);

    l->ops->refresh(l); /* what was known stays until the new count is there */
    assert_false(c->counting);
    assert_int_equal(c->goal_count, PROGRESS_GOALS);
    lessons_close(l); /* in the middle of it */
    assert_ok(lab_turn(&lab, NULL, 0, 10, &err), err);
    buf_done(&text);
    lab_close(&lab);
}

static void enter_on_a_goal_goes_where_it_is_worked_at(void **state)
{
    (void)state;
    static const char *const panes_of[] = { "classify", "ask", "ask", "bench", "production" };
    struct world *w = world_open(false);
    for (size_t i = 0; i < COUNT(panes_of); i++) {
        press(w, ACT_ENTER);
        assert_int_equal(w->desk.wants, DESK_PANE);
        assert_string_equal(w->desk.pane, panes_of[i]);
        press(w, ACT_DOWN);
    }
    world_close(w);
}

/* The report says what the verb says. */
static void the_report_is_that_of_the_verb(void **state)
{
    (void)state;
    struct world *w = world_open(false);
    struct progress_goal goals[PROGRESS_GOALS];
    struct tally t = { 0 };
    struct error err = { 0 };
    struct buf text = buf_with_max(10000), copied = buf_with_max(10000);
    assert_ok(tally_read(w->lab.store, &t, &err), err);
    progress_of(&t, goals);
    progress_text(goals, &text);
    press(w, ACT_EXPORT);
    assert_holds("asks for a name", w->desk.question.text, "Write the report as");
    assert_string_equal(w->desk.question.value, "rlab-report");
    desk_answer(&w->desk, NULL);
    assert_holds("text", buf_text(&text), "to do  a router that sees difficulty: classified 0");
    assert_true(learn_pane.copy(&w->pane, false, &copied));
    assert_string_equal(buf_text(&copied), buf_text(&text));
    buf_clear(&copied);
    assert_true(learn_pane.copy(&w->pane, true, &copied));
    assert_holds("json", buf_text(&copied), "{\"schema\":\"rlab.progress/1\",\"goals\":[");
    buf_done(&text);
    buf_done(&copied);
    world_close(w);
}

/* Every key the tables give this pane does something, or says why it does not. */
static void no_key_is_dead(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++)
        for (size_t i = 0; i < binding_count(); i++) {
            const struct binding *b = binding_at(i);
            if ((b->map != MAP_LEARN && b->map != MAP_COACH) || b->act == ACT_COACH)
                continue;
            struct world *w = world_open(with);
            if (!learn_pane.off(&w->pane, b->act) &&
                learn_pane.act(&w->pane, b->act) == PANE_IGNORED)
                fail_msg("%s is dead", b->key);
            world_close(w);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moving_goes_through_what_is_listed),
        cmocka_unit_test(every_filter_is_named),
        cmocka_unit_test(the_coachs_keys_ask_the_lessons),
        cmocka_unit_test(help_can_be_read_again),
        cmocka_unit_test(solution_and_reset_ask_first),
        cmocka_unit_test(going_there_names_the_pane),
        cmocka_unit_test(a_refusal_opens_the_box),
        cmocka_unit_test(a_key_that_is_off_says_why),
        cmocka_unit_test(the_coach_follows_the_lessons),
        cmocka_unit_test(words_find_exercises),
        cmocka_unit_test(without_lessons_every_key_says_so),
        cmocka_unit_test(what_was_done_is_shown),
        cmocka_unit_test(a_long_history_is_counted_between_keys),
        cmocka_unit_test(enter_on_a_goal_goes_where_it_is_worked_at),
        cmocka_unit_test(the_report_is_that_of_the_verb),
        cmocka_unit_test(no_key_is_dead),
    };
    return cmocka_run_group_tests_name("learn_keys", tests, NULL, NULL);
}
