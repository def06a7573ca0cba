/* Lessons: files that are read or refused with a line, what follows from events in their order, ticks
 * as facts come, and the criteria whose facts take minutes to make. */
#include "tests/test.h"

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/lab/lesson_file.h"
#include "core/lab/lesson_state.h"
#include "core/lab/lessons.h"
#include "core/store/calls.h"

/* --- files ------------------------------------------------------------------------------------- */

#define HEAD                                                                                       \
    "id: 9.1\ncourse: 2\nname: N\ntitle: T\npart: P\npane: ask\nminutes: 3\ngoal: g\nwhy: w\n"
#define CRITERION "criterion: c\nselect: SELECT 0, 1\nnear: {found} of {found}\nmissing: m\n"
#define TAIL      "solution: s\nshows: x\n"

static void files_are_read_or_refused_with_a_line(void **state)
{
    (void)state;
    static const struct row {
        const char *what, *text, *error;
    } rows[] = {
        { "whole", HEAD CRITERION TAIL, NULL },
        { "comments, blanks, CRLF", "# x\n\n" HEAD CRITERION "\r\n" TAIL, NULL },
        { "goes on", HEAD CRITERION "note: one\n  two\n\tthree\n" TAIL, NULL },
        { "empty", "", "has no 'id'" },
        { "no colon", HEAD "what\n", "line 10: this is no 'key: value'" },
        { "unknown", HEAD "gaol: x\n", "line 10: unknown key 'gaol'; there are: id, course" },
        { "twice", HEAD "goal: x\n" CRITERION TAIL, "line 10: this key was there already" },
        { "nothing behind", HEAD "note:\n" CRITERION TAIL, "line 10: there is nothing behind" },
        { "goes on with nothing", "  x\n" HEAD, "line 1: this line goes on with nothing" },
        { "no number", HEAD "numbers: many\n", "'numbers' is a whole number from 1 to 8" },
        { "no criterion", HEAD TAIL, "has no criterion" },
        { "half a criterion", HEAD "criterion: c\nselect: SELECT 0, 1\n" TAIL, "needs select" },
        { "select alone", HEAD "select: SELECT 0, 1\n",
          "line 10: 'select', 'near', 'missing' and" },
        { "five", HEAD CRITERION CRITERION CRITERION CRITERION CRITERION TAIL, "at most four" },
        { "four hints", HEAD CRITERION "hint: a\nhint: b\nhint: c\nhint: d\n" TAIL,
          "at most three" },
        { "what it asks", HEAD CRITERION "ask: me\n" TAIL, "'ask' is picks" },
        { "choice",
          HEAD CRITERION "ask: choice\nquestion: q\nchoice: a\nchoice: b\nright: b\n" TAIL, NULL },
        { "wrong right",
          HEAD CRITERION "ask: choice\nquestion: q\nchoice: a\nchoice: b\nright: c\n" TAIL,
          "line 18: 'right' is the letter" },
        { "right alone", HEAD CRITERION "right: a\n" TAIL, "'right' belongs to 'ask: choice'" },
        { "no pane",
          "id: 1.1\ncourse: 1\nname: N\ntitle: T\npart: P\npane: attic\nminutes: 3\n"
          "goal: g\nwhy: w\n" CRITERION TAIL,
          "line 6: 'pane' is setup" },
        { "odd id",
          "id: x\ncourse: 1\nname: N\ntitle: T\npart: P\npane: ask\nminutes: 3\n"
          "goal: g\nwhy: w\n" CRITERION TAIL,
          "line 1: an id is two numbers" },
        { "no text", HEAD CRITERION TAIL "note: \xFF\n", "no text in UTF-8" },
        { "an escape", HEAD CRITERION TAIL "note: a\x1B[2Jb\n", "line 16: it holds a control" },
        { "a C1 control", HEAD "\xC2\x9B: x\n" CRITERION TAIL, "line 10: it holds a control" },
        { "letters turned round", HEAD CRITERION TAIL "note: \xE2\x80\xAE x\n",
          "line 16: it holds" },
        { "in a remark", HEAD CRITERION TAIL "# \x1B[2J\n", NULL },
        { "a tab", HEAD CRITERION TAIL "note: a\tb\n", NULL },
        { "no goal of the lab", HEAD "serves: fun\n" CRITERION TAIL, "line 10: 'serves' is diff" },
        { "a goal of the lab", HEAD "serves: cache\n" CRITERION TAIL, NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = { 0 };
        struct lesson l = { 0 };
        struct error err = { 0 };
        bool ok = lesson_parse("f", rows[i].text, strlen(rows[i].text), &a, &l, &err);
        if (ok != !rows[i].error)
            fail_msg("%s: %s", rows[i].what, ok ? "was read" : err.text);
        if (!ok)
            assert_holds(rows[i].what, err.text, rows[i].error);
        arena_done(&a);
    }
}

static void values_are_what_was_written(void **state)
{
    (void)state;
    struct arena a = { 0 };
    struct lesson l = { 0 };
    struct error err = { 0 };
    static const char text[] = HEAD "with: x AS (SELECT 1)\n" CRITERION "note: one\n  two\n" TAIL;
    assert_ok(lesson_parse("f", text, strlen(text), &a, &l, &err), err);
    assert_string_equal(l.note, "one two");
    assert_string_equal(l.criteria[0].select, "WITH x AS (SELECT 1) SELECT 0, 1");
    assert_int_equal(l.criteria[0].line, 12);
    struct buf said = buf_with_max(100);
    lesson_say(l.criteria[0].near, "3", &said);
    assert_string_equal(buf_text(&said), "3 of 3");
    buf_done(&said);
    arena_done(&a);
}

/* --- events ------------------------------------------------------------------------------------ */

#define EVENT(k, n)                                                                                \
    {                                                                                              \
        .kind = (k), .number = (n), .correct = -1                                                  \
    }

static void state_follows_from_events(void **state)
{
    (void)state;
    static const struct row {
        const char *what;
        struct exercise_event events[8];
        bool done, seen, skipped;
        int hints, tries;
        int64_t since;
    } rows[] = {
        { "nothing", { { 0 } }, false, false, false, 0, 0, 0 },
        { "opened twice", { EVENT("open", -1), EVENT("open", -1) }, false, false, false, 0, 0, 1 },
        { "passed",
          { EVENT("open", -1), EVENT("check", 1), EVENT("pass", -1) },
          true,
          false,
          false,
          0,
          1,
          1 },
        { "after the solution",
          { EVENT("open", -1), EVENT("solution", -1), EVENT("pass", -1) },
          true,
          true,
          false,
          0,
          0,
          1 },
        { "solution after",
          { EVENT("open", -1), EVENT("pass", -1), EVENT("solution", -1) },
          true,
          false,
          false,
          0,
          0,
          1 },
        { "skipped, back",
          { EVENT("open", -1), EVENT("skip", -1), EVENT("unskip", -1) },
          false,
          false,
          false,
          0,
          0,
          1 },
        { "passed stays",
          { EVENT("open", -1), EVENT("pass", -1), EVENT("skip", -1) },
          true,
          false,
          false,
          0,
          0,
          1 },
        { "one hint from two sessions",
          { EVENT("open", -1), EVENT("hint", 1), EVENT("hint", 1) },
          false,
          false,
          false,
          1,
          0,
          1 },
        { "reset",
          { EVENT("open", -1), EVENT("hint", 2), EVENT("pass", -1), EVENT("reset", -1) },
          false,
          false,
          false,
          0,
          0,
          4 },
        { "undone",
          { EVENT("open", -1), EVENT("pass", -1), EVENT("reset", -1), EVENT("hint", 1),
            EVENT("undo", 3) },
          true,
          false,
          false,
          1,
          0,
          1 },
        { "another's undo",
          { EVENT("open", -1), EVENT("pass", -1), EVENT("reset", -1), EVENT("undo", 9) },
          false,
          false,
          false,
          0,
          0,
          3 },
        { "passed in one, reset in the other, undone",
          { EVENT("open", -1), EVENT("reset", -1), EVENT("pass", -1), EVENT("undo", 2) },
          true,
          false,
          false,
          0,
          0,
          1 },
        { "of a later program",
          { EVENT("open", -1), EVENT("sing", 4) },
          false,
          false,
          false,
          0,
          0,
          1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = { 0 };
        struct lesson_state s = { 0 };
        for (int k = 0; k < 8 && rows[i].events[k].kind; k++) {
            struct exercise_event e = rows[i].events[k];
            e.id = e.at_wall = k + 1;
            lesson_state_hear(&s, &e, &a);
        }
        if (s.done != rows[i].done || s.done_after_solution != rows[i].seen ||
            s.skipped != rows[i].skipped || s.hints != rows[i].hints || s.tries != rows[i].tries ||
            s.since != rows[i].since)
            fail_msg("%s: done %d seen %d skipped %d hints %d tries %d since %lld", rows[i].what,
                     s.done, s.done_after_solution, s.skipped, s.hints, s.tries,
                     (long long)s.since);
        arena_done(&a);
    }
}

static void time_is_counted_in_sittings(void **state)
{
    (void)state;
    struct lesson_time t = { 0 };
    for (int i = 1; i <= 3; i++)
        lesson_time_hear(&t, i * 60 * NS_PER_S);
    lesson_time_hear(&t, 100 * 60 * NS_PER_S);
    lesson_time_hear(&t, 101 * 60 * NS_PER_S);
    assert_int_equal(t.sittings, 2);
    assert_true(t.spent_s > 179 && t.spent_s < 181);
}

/* --- a lab --------------------------------------------------------------------------------------- */

struct world {
    struct lab lab;
    struct lab_options options;
    struct lessons *lessons;
    char *folder;
    int changes;
};

static void count_change(void *self)
{
    ((struct world *)self)->changes++;
}

static struct world *world_open(char *folder)
{
    struct world *w = mem_new(struct world, 1);
    struct error err = { 0 };
    w->folder = folder;
    w->options =
        (struct lab_options){ .data_dir = folder, .memory_store = !folder, .builtin = true };
    assert_ok(lab_open(&w->lab, &w->options, &err), err);
    w->lessons = lessons_open(&w->lab);
    if (!w->lessons->ops->course(w->lessons)->exercise_count)
        fail_msg("no lessons were found beside the source tree");
    return w;
}

static void world_close(struct world *w)
{
    lessons_close(w->lessons);
    lab_close(&w->lab);
    mem_free(w);
}

static const struct exercise *exercise(struct world *w, const char *id)
{
    const struct course *c = w->lessons->ops->course(w->lessons);
    for (int i = 0; i < c->exercise_count; i++)
        if (strcmp(c->exercises[i].id, id) == 0)
            return &c->exercises[i];
    fail_msg("there is no exercise %s", id);
    return NULL;
}

static void do_it(struct world *w, bool (*what)(struct lessons *, const char *, struct error *),
                  const char *id)
{
    struct error err = { 0 };
    assert_ok(what(w->lessons, id, &err), err);
}

static void classified(struct world *w, const char *query, int score)
{
    struct error err = { 0 };
    assert_ok(classification_add(w->lab.store, query, strlen(query), "basic", score, "simple", 2,
                                 "classify", &err),
              err);
}

static void lines_tick_as_facts_come(void **state)
{
    (void)state;
    struct world *w = world_open(NULL);
    struct error err = { 0 };
    w->lessons->ops->listen(w->lessons, count_change, w);
    do_it(w, w->lessons->ops->choose, "2.2");
    assert_int_equal(exercise(w, "2.2")->criteria[0].met, MET_NOT_YET);
    w->changes = 0;
    classified(w, "mine", -2);
    for (int i = 0; i < 100 && !w->changes; i++)
        assert_ok(lab_turn(&w->lab, NULL, 0, 50, &err), err);
    assert_int_equal(exercise(w, "2.2")->criteria[0].met, MET_YES);
    assert_int_equal(exercise(w, "2.2")->criteria[1].met, MET_YES);
    assert_int_equal(exercise(w, "2.2")->state, EXERCISE_TODO); /* only a check passes it */
    do_it(w, w->lessons->ops->check, "2.2");
    assert_int_equal(exercise(w, "2.2")->state, EXERCISE_DONE);
    world_close(w);
}

static void two_sessions_share_what_was_done(void **state)
{
    (void)state;
    char *folder = test_folder();
    struct world *a = world_open(folder), *b = world_open(folder);
    do_it(a, a->lessons->ops->choose, "2.2");
    do_it(b, b->lessons->ops->choose, "2.3");
    do_it(b, b->lessons->ops->hint, "2.2");
    classified(a, "mine", -2);
    do_it(a, a->lessons->ops->check, "2.2");
    b->lessons->ops->refresh(b->lessons);
    assert_int_equal(exercise(b, "2.2")->state, EXERCISE_DONE);
    assert_int_equal(exercise(a, "2.2")->hints_used, 1);
    do_it(b, b->lessons->ops->reset, "2.2");
    a->lessons->ops->refresh(a->lessons);
    assert_int_equal(exercise(a, "2.2")->state, EXERCISE_TODO);
    do_it(a, a->lessons->ops->undo, "2.2");
    b->lessons->ops->refresh(b->lessons);
    assert_int_equal(exercise(b, "2.2")->state, EXERCISE_DONE);
    world_close(a);
    world_close(b);
    test_folder_remove(folder);
}

static void three_failed_checks_suggest_a_hint(void **state)
{
    (void)state;
    struct world *w = world_open(NULL);
    for (int i = 0; i < 3; i++) {
        assert_false(exercise(w, "2.2")->suggest_hint);
        do_it(w, w->lessons->ops->check, "2.2");
    }
    assert_true(exercise(w, "2.2")->suggest_hint);
    world_close(w);
}

/* --- what thinking buys, on rows ----------------------------------------------------------------- */

static int questions = 20; /* of each figure */

static void measured(struct world *w, const char *model, const char *how, int steps, int allowed,
                     int right)
{
    struct error err = { 0 };
    const struct budget_row row = { .measured = 7, /* one measurement */
                                    .model = model,
                                    .kind = "chain",
                                    .how = how,
                                    .steps = steps,
                                    .allowed = allowed,
                                    .samples = -1,
                                    .n = questions,
                                    .right = right * questions / 20 };
    assert_ok(budget_add(w->lab.store, &row, &err), err);
}

static void answered(struct world *w, const char *id, const char *text)
{
    struct error err = { 0 };
    assert_ok(w->lessons->ops->answer(w->lessons, id, text, &err), err);
}

static void checks(struct world *w, const char *id, const char *said)
{
    do_it(w, w->lessons->ops->check, id);
    const struct exercise *e = exercise(w, id);
    if (said)
        assert_holds(id, e->found, said);
    else if (e->state != EXERCISE_DONE)
        fail_msg("%s is not passed: %s", id, e->found);
}

static void measure(struct world *w, int cuts)
{
    static const int right[] = { 0, 3, 18, 20, 20 };
    for (int steps = 1; steps <= 6; steps++) {
        measured(w, "fast", "free", steps, -1, steps < 3 ? 18 : 4);
        measured(w, "reason", "free", steps, -1, 20);
    }
    for (int i = 0; i < cuts; i++)
        measured(w, "reason", "cut", 2, 8 * i, right[i]);
}

static void begins_anew(struct world *w)
{
    do_it(w, w->lessons->ops->reset, "8.7");
    do_it(w, w->lessons->ops->reset, "8.8");
}

/* Figures of before, a number said before there were any, too few questions, no budgets. */
static void budgets_cannot_be_cheated(void **state)
{
    (void)state;
    struct world *w = world_open(NULL);
    do_it(w, w->lessons->ops->choose, "8.7");
    do_it(w, w->lessons->ops->choose, "8.8");
    measure(w, 5);
    begins_anew(w);
    answered(w, "8.7", "3");
    answered(w, "8.8", "16");
    checks(w, "8.7", "nothing was measured since");
    checks(w, "8.8", "nothing was measured since");
    begins_anew(w);
    questions = 10;
    measure(w, 5);
    questions = 20;
    answered(w, "8.7", "3");
    answered(w, "8.8", "16");
    checks(w, "8.7", "or with 10 questions a number of steps");
    checks(w, "8.8", "with 10 questions a budget");
    begins_anew(w);
    measure(w, 0);
    answered(w, "8.8", "16");
    checks(w, "8.8", "or without budgets");
    world_close(w);
}

static void budgets_are_read_from_what_was_measured(void **state)
{
    (void)state;
    struct world *w = world_open(NULL);
    do_it(w, w->lessons->ops->choose, "8.7");
    do_it(w, w->lessons->ops->choose, "8.8");
    checks(w, "8.7", "nothing was measured");
    measure(w, 5);
    answered(w, "8.7", "2");
    checks(w, "8.7", "at 2 it is not so for the first time");
    answered(w, "8.7", "3");
    checks(w, "8.7", NULL);
    answered(w, "8.8", "24");
    checks(w, "8.8", "24 tokens is not the smallest");
    answered(w, "8.8", "16");
    checks(w, "8.8", NULL);
    world_close(w);
}

/* It opened before the exercise was: what is left of it is no opening. */
static void a_breaker_that_only_closes(void **state)
{
    (void)state;
    struct world *w = world_open(NULL);
    struct error err = { 0 };
    do_it(w, w->lessons->ops->choose, "7.1");
    assert_ok(fact_add(w->lab.store, "breaker", "m", "half-open", "closed", &err), err);
    checks(w, "7.1", "changes so far: 1, none of them an opening");
    world_close(w);
}

/* Where nothing can be read it is not said that nothing is there. */
static void none_that_can_be_read(void **state)
{
    (void)state;
    char *folder = test_folder();
    struct lab lab = { 0 };
    struct arena a = { 0 };
    const struct lab_options options = { .memory_store = true, .builtin = true };
    struct error err = { 0 };
    assert_ok(lab_open(&lab, &options, &err), err);
    lab.paths.source_data = lab.paths.config_dir = NULL;
    lab.paths.share_dir = folder;
    struct lessons *l = lessons_open(&lab);
    assert_null(lessons_trouble(l, 0));
    assert_holds("nothing", l->ops->course(l)->missing, "No exercises are installed");
    lessons_close(l);

    const char *lessons = arena_format(&a, "%s/lessons", folder);
    assert_ok(file_write(lessons, "a file", 6, &err), err);
    l = lessons_open(&lab);
    assert_holds("a file", lessons_trouble(l, 0), "cannot be read: Not a directory");
    assert_null(lessons_trouble(l, 1));
    assert_holds("a file", l->ops->course(l)->missing, "No exercise can be read");
    lessons_close(l);

    lab_close(&lab);
    arena_done(&a);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_or_refused_with_a_line),
        cmocka_unit_test(values_are_what_was_written),
        cmocka_unit_test(state_follows_from_events),
        cmocka_unit_test(time_is_counted_in_sittings),
        cmocka_unit_test(lines_tick_as_facts_come),
        cmocka_unit_test(two_sessions_share_what_was_done),
        cmocka_unit_test(three_failed_checks_suggest_a_hint),
        cmocka_unit_test(budgets_cannot_be_cheated),
        cmocka_unit_test(a_breaker_that_only_closes),
        cmocka_unit_test(budgets_are_read_from_what_was_measured),
        cmocka_unit_test(none_that_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
