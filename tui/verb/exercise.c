/* rlab exercise: the exercises, one after the other, checked by what was done. */
#include <string.h>

#include "core/lab/lesson_file.h"
#include "core/lab/lessons.h"
#include "tui/verb/answers.h"
#include "tui/verb/subs.h"
#include "tui/verb/table.h"

static const char *const met_names[] = { [MET_NOT_YET] = "not yet",
                                         [MET_YES] = "yes",
                                         [MET_NO] = "no",
                                         [MET_UNKNOWN] = "could not be checked" };

/* --- which one --------------------------------------------------------------------------------- */

static struct lessons *open_lessons(struct session *s, bool writing, struct error *err)
{
    if (writing ? !session_open_writing(s, err) : !session_open(s, err))
        return NULL;
    struct lessons *l = lessons_open(&s->lab);
    const char *trouble;
    for (size_t i = 0; (trouble = lessons_trouble(l, i)); i++)
        say_warning("left out: %s", trouble);
    if (l->ops->course(l)->exercise_count)
        return l;
    error_set(err, ERR_NO, "%s; a folder of them is named with --lessons",
              lessons_trouble(l, 0) ? "no exercise can be read" : "no exercises are installed");
    lessons_close(l);
    return NULL;
}

static const struct exercise *by_id(struct lessons *l, const char *id, struct error *err)
{
    const struct course *c = l->ops->course(l);
    for (int i = 0; i < c->exercise_count; i++)
        if (strcmp(c->exercises[i].id, id) == 0)
            return &c->exercises[i];
    error_set(err, ERR_USAGE, "no exercise is called '%s'; see: rlab exercise list", id);
    return NULL;
}

/* The one named, else the current one, else the first that is not done. */
static const struct exercise *which(struct lessons *l, const struct args *a, struct error *err)
{
    const struct course *c = l->ops->course(l);
    int i = c->current;
    if (a->count)
        return by_id(l, a->words[0], err);
    for (int k = 0; i < 0 && k < c->exercise_count; k++)
        if (c->exercises[k].state != EXERCISE_DONE && c->exercises[k].state != EXERCISE_SEEN)
            i = k;
    return &c->exercises[i < 0 ? 0 : i];
}

/* --- JSON --------------------------------------------------------------------------------------- */

static struct json *criteria_json(const struct exercise *e)
{
    struct json *list = json_array();
    for (int i = 0; i < e->criterion_count; i++) {
        struct json *j = json_object();
        json_put_text(j, "text", e->criteria[i].text);
        json_put_text(j, "met", met_names[e->criteria[i].met]);
        json_put_text(j, "said", e->criteria[i].said);
        json_add(list, j);
    }
    return list;
}

static struct json *texts_json(const char *const *texts, int count)
{
    struct json *list = json_array();
    for (int i = 0; i < count; i++)
        json_add_text(list, texts[i]);
    return list;
}

static struct json *form_json(const struct lesson_form *f)
{
    struct json *j = json_object();
    json_put_text(j, "question", f->intro);
    json_put(j, "items", texts_json(f->items, f->item_count));
    json_put(j, "choices", texts_json(f->choices, f->choice_count));
    json_put_int(j, "answers", f->words);
    json_put_text(j, "example", f->example);
    json_put_int(j, "round", f->round);
    return j;
}

static struct json *exercise_json(const struct course *c, const struct exercise *e,
                                  const struct lesson_form *f)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.exercise/1");
    json_put_text(j, "id", e->id);
    json_put_int(j, "course", e->course);
    json_put_text(j, "part", c->parts[e->part].name);
    json_put_text(j, "name", e->name);
    json_put_text(j, "title", e->title);
    json_put_text(j, "pane", e->pane);
    json_put_int(j, "minutes", e->minutes);
    json_put_text(j, "goal", e->goal);
    json_put_text(j, "why", e->why);
    json_put_text(j, "note", e->note);
    json_put_text(j, "state", exercise_state_words(e->state));
    json_put_bool(j, "passed", e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN);
    json_put_bool(j, "current", c->current >= 0 && e == &c->exercises[c->current]);
    json_put(j, "criteria", criteria_json(e));
    json_put(j, "hints", texts_json(e->hints, e->hints_used));
    json_put_int(j, "hints_in_all", e->hint_count);
    json_put_text(j, "solution", e->solution);
    json_put_text(j, "shows", e->shows);
    json_put_int(j, "checks", e->tries);
    if (f)
        json_put(j, "asks", form_json(f));
    else
        json_put_null(j, "asks");
    json_put_text(j, "answered", e->answered);
    return j;
}

/* --- words --------------------------------------------------------------------------------------- */

static const char *mark_of(const struct session *s, enum met met)
{
    static const char *const marks[][2] = { [MET_NOT_YET] = { "\xC2\xB7", "[ ]" },
                                            [MET_YES] = { "\xE2\x9C\x93", "[x]" },
                                            [MET_NO] = { "\xE2\x9C\x97", "[!]" },
                                            [MET_UNKNOWN] = { "?", "[?]" } };
    return marks[met][session_ascii(s)];
}

static void print_criteria(struct session *s, const struct exercise *e)
{
    for (int i = 0; i < e->criterion_count; i++) {
        struct buf line = buf_with_max(900), head = buf_with_max(16);
        buf_printf(&head, "  %s ", mark_of(s, e->criteria[i].met));
        buf_puts(&line, e->criteria[i].text);
        if (e->criteria[i].said)
            buf_printf(&line, ": %s", e->criteria[i].said);
        print_wrapped(s, buf_text(&head), session_ascii(s) ? 6 : 4, buf_text(&line));
        buf_done(&head);
        buf_done(&line);
    }
}

static void print_form(struct session *s, const struct exercise *e, const struct lesson_form *f)
{
    struct arena a = { 0 };
    print_line(s, "%s", "");
    print_wrapped(s, "Asked   ", 8, f->intro);
    for (int i = 0; i < f->item_count; i++)
        print_wrapped(s, arena_format(&a, "  %d  ", i + 1), 5, f->items[i]);
    for (int i = 0; i < f->choice_count; i++)
        print_wrapped(s, arena_format(&a, "  %c  ", 'a' + i), 5, f->choices[i]);
    if (f->words)
        print_line(
            s, "%s",
            arena_format(&a, "        answer with: rlab exercise answer %s %s", e->id, f->example));
    arena_done(&a);
}

static void print_help(struct session *s, const struct exercise *e)
{
    struct arena a = { 0 };
    for (int i = 0; i < e->hints_used; i++)
        print_wrapped(s, arena_format(&a, "Hint %d  ", i + 1), 8, e->hints[i]);
    if (e->solution)
        print_wrapped(s, "Solve   ", 8, e->solution);
    if (e->shows)
        print_wrapped(s, "Shows   ", 8, e->shows);
    arena_done(&a);
}

static void print_exercise(struct session *s, const struct course *c, const struct exercise *e,
                           const struct lesson_form *f)
{
    print_line(s, "%s  %s", e->id, e->title);
    print_line(s, "        part %d, %s; about %d min; in the pane %s; %s", e->part + 1,
               c->parts[e->part].name, e->minutes, e->pane, exercise_state_words(e->state));
    print_wrapped(s, "Goal    ", 8, e->goal);
    print_wrapped(s, "Why     ", 8, e->why);
    if (e->note)
        print_wrapped(s, "Note    ", 8, e->note);
    print_line(s, "Passes when");
    print_criteria(s, e);
    print_help(s, e);
    if (f)
        print_form(s, e, f);
}

/* --- list ---------------------------------------------------------------------------------------- */

static const struct table_column columns[] = {
    { "" },
    { "id" },
    { "exercise" },
    { "pane" },
    { "min", .right = true },
    { "state", .fills = true },
};

#define COLUMNS (sizeof columns / sizeof *columns)

/* The same four as the filter of the screen. */
enum filter { FILTER_ALL, FILTER_TODO, FILTER_DONE, FILTER_SKIPPED, FILTERS };

static bool read_filter(const struct args *a, enum filter *ret, struct error *err)
{
    static const char *const names[FILTERS] = { "all", "to-do", "done", "skipped" };
    *ret = FILTER_ALL;
    if (!a->count)
        return true;
    for (int i = 0; i < FILTERS; i++)
        if (strcmp(names[i], a->words[0]) == 0) {
            *ret = (enum filter)i;
            return true;
        }
    return error_set(err, ERR_USAGE, "'%s' is no list of exercises: all, to-do, done or skipped",
                     a->words[0]);
}

static bool is_shown(enum filter filter, const struct exercise *e)
{
    bool done = e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN;
    return filter == FILTER_ALL || (filter == FILTER_TODO && e->state == EXERCISE_TODO) ||
           (filter == FILTER_DONE && done) ||
           (filter == FILTER_SKIPPED && e->state == EXERCISE_SKIPPED);
}

static bool run_list(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    enum filter filter;
    if (!read_filter(a, &filter, err))
        return false;
    struct lessons *l = open_lessons(s, false, err);
    struct table t;
    if (!l)
        return false;
    const struct course *c = l->ops->course(l);
    table_init(&t, s, columns, COLUMNS);
    for (int i = 0; i < c->exercise_count; i++) {
        const struct exercise *e = &c->exercises[i];
        if (!is_shown(filter, e))
            continue;
        if (s->json)
            print_json(exercise_json(c, e, NULL));
        else
            table_add(&t, (const char *const[COLUMNS]){ i == c->current ? ">" : "", e->id, e->name,
                                                        e->pane,
                                                        arena_format(&t.arena, "%d", e->minutes),
                                                        exercise_state_words(e->state) });
    }
    if (!s->json) {
        table_print(&t);
        print_now();
        say("%d of %d done; one of them: rlab exercise show ID", c->all_done, c->exercise_count);
    }
    table_done(&t);
    lessons_close(l);
    return true;
}

/* --- what is done with one ------------------------------------------------------------------------- */

typedef bool lesson_call(struct lessons *l, const char *id, struct error *err);

static const struct lesson_form *form_of(struct session *s, struct lessons *l,
                                         const struct exercise *e, struct error *err)
{
    return !e->needs_models || lab_choose(&s->lab, err) ? l->ops->form(l, e->id, err) : NULL;
}

/* Opens, does `what` (NULL: nothing but opening), and shows. */
static bool with_one(struct session *s, const struct args *a, lesson_call *what,
                     void (*show)(struct session *s, struct lessons *l, const struct exercise *e,
                                  const struct lesson_form *f),
                     bool *ret_passed, struct error *err)
{
    struct lessons *l = open_lessons(s, true, err);
    if (!l)
        return false;
    const struct exercise *e = which(l, a, err);
    bool ok = e && (!what || what(l, e->id, err));
    const char *id = e ? e->id : NULL;
    e = ok ? by_id(l, id, err) : NULL;
    const struct lesson_form *f = NULL;
    if (e && e->asks) {
        f = form_of(s, l, e, err);
        ok = f != NULL;
        e = by_id(l, id, err);
    }
    if (ok && s->json)
        print_json(exercise_json(l->ops->course(l), e, f));
    else if (ok)
        show(s, l, e, f);
    if (ok && ret_passed)
        *ret_passed = e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN;
    lessons_close(l);
    return ok;
}

static void show_all(struct session *s, struct lessons *l, const struct exercise *e,
                     const struct lesson_form *f)
{
    print_exercise(s, l->ops->course(l), e, f);
}

static bool run_show(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct lessons *l = open_lessons(s, true, err);
    if (!l)
        return false;
    const struct exercise *e = which(l, a, err);
    struct args one = *a;
    const char *word = e ? e->id : NULL;
    one.words = &word;
    one.count = 1;
    bool ok = e && with_one(s, &one, l->ops->choose, show_all, NULL, err);
    lessons_close(l);
    return ok;
}

static void show_check(struct session *s, struct lessons *l, const struct exercise *e,
                       const struct lesson_form *f)
{
    const struct course *c = l->ops->course(l);
    bool passed = e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN;
    (void)f;
    print_line(s, "%s %s", e->id, passed ? "passed" : "not passed yet");
    print_criteria(s, e);
    if (passed) {
        print_wrapped(s, "So now you know  ", 17, e->shows);
        print_line(s, "%d of %d done in this course, %d of %d in all", c->done, c->total,
                   c->all_done, c->exercise_count);
    } else if (e->suggest_hint) {
        say("a hint: rlab exercise hint %s", e->id);
    }
}

static bool check_call(struct lessons *l, const char *id, struct error *err)
{
    return l->ops->check(l, id, err);
}

static bool run_check(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    bool passed = false;
    if (!with_one(s, a, check_call, show_check, &passed, err))
        return false;
    if (!passed)
        *ret_code = EXIT_NO_ANSWER;
    return true;
}

static void show_hints(struct session *s, struct lessons *l, const struct exercise *e,
                       const struct lesson_form *f)
{
    (void)l;
    (void)f;
    print_help(s, e);
    say("%d of %d hints used", e->hints_used, e->hint_count);
}

static bool hint_call(struct lessons *l, const char *id, struct error *err)
{
    return l->ops->hint(l, id, err);
}

static bool run_hint(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    return with_one(s, a, hint_call, show_hints, NULL, err);
}

static void show_solution(struct session *s, struct lessons *l, const struct exercise *e,
                          const struct lesson_form *f)
{
    (void)l;
    (void)f;
    print_wrapped(s, "Solve   ", 8, e->solution);
}

static bool solution_call(struct lessons *l, const char *id, struct error *err)
{
    return l->ops->solution(l, id, err);
}

/* It marks the exercise, so it is asked before, where there is somebody to ask. */
static bool run_solution(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    return (s->args->given[OPT_YES] ||
            ask_yes(s, "Show a solution? The exercise then counts as done after seeing it.",
                    err)) &&
           with_one(s, a, solution_call, show_solution, NULL, err);
}

static void show_state(struct session *s, struct lessons *l, const struct exercise *e,
                       const struct lesson_form *f)
{
    (void)l;
    (void)f;
    print_line(s, "%s is %s", e->id, exercise_state_words(e->state));
}

static bool skip_call(struct lessons *l, const char *id, struct error *err)
{
    return l->ops->skip(l, id, err);
}

static bool run_skip(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    return with_one(s, a, skip_call, show_state, NULL, err);
}

static bool reset_call(struct lessons *l, const char *id, struct error *err)
{
    return l->ops->reset(l, id, err);
}

static bool run_reset(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    if (!(s->args->given[OPT_YES] ||
          ask_yes(s, "Reset? Checks, hints and state are forgotten; undo takes it back.", err)) ||
        !with_one(s, a, reset_call, show_state, NULL, err))
        return false;
    say("facts from now on count; take it back: rlab exercise undo%s%s", a->count ? " " : "",
        a->count ? a->words[0] : "");
    return true;
}

static bool undo_call(struct lessons *l, const char *id, struct error *err)
{
    return l->ops->undo(l, id, err);
}

static bool run_undo(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    return with_one(s, a, undo_call, show_state, NULL, err);
}

/* --- answer -------------------------------------------------------------------------------------- */

static bool answer_with(struct session *s, struct lessons *l, const struct exercise *e,
                        const struct args *a, struct error *err)
{
    struct buf text = buf_with_max(2000);
    const char *id = e->id;
    for (size_t i = 1; i < a->count; i++)
        buf_printf(&text, "%s%s", i > 1 ? " " : "", a->words[i]);
    bool ok = form_of(s, l, e, err) && l->ops->answer(l, id, buf_text(&text), err);
    buf_done(&text);
    if (!ok)
        return false;
    e = by_id(l, id, err);
    if (s->json)
        print_json(exercise_json(l->ops->course(l), e, NULL));
    else
        print_wrapped(s, "", 0, e->answered);
    return true;
}

static bool run_answer(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct lessons *l = open_lessons(s, true, err);
    if (!l)
        return false;
    const struct exercise *e = by_id(l, a->words[0], err);
    bool ok = e != NULL;
    if (ok && !e->asks)
        ok = error_set(err, ERR_USAGE, "%s asks nothing: it is checked by what you do", e->id);
    ok = ok && answer_with(s, l, e, a, err);
    lessons_close(l);
    return ok;
}

/* --- lint ---------------------------------------------------------------------------------------- */

static bool run_lint(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    for (size_t i = 0; i < a->count; i++) {
        struct error why = { 0 };
        bool fine = lesson_lint(a->words[i], &why);
        if (s->json) {
            struct json *j = json_object();
            json_put_text(j, "schema", "rlab.lint/1");
            json_put_text(j, "file", a->words[i]);
            json_put_bool(j, "fine", fine);
            json_put_text(j, "error", fine ? NULL : why.text);
            print_json(j);
        } else if (fine) {
            print_line(s, "'%s' is fine", a->words[i]);
        }
        if (!fine && a->count == 1 && !s->json) {
            *err = why;
            return false;
        }
        if (!fine) {
            *ret_code = EXIT_MISUSE;
            if (!s->json)
                say_warning("%s", why.text);
        }
    }
    return true;
}

static const struct sub subs[] = {
    { "list", "[all|to-do|done|skipped]", 0, 1, run_list },
    { "show", "[ID]", 0, 1, run_show },
    { "check", "[ID]", 0, 1, run_check },
    { "hint", "[ID]", 0, 1, run_hint },
    { "solution", "[ID]", 0, 1, run_solution },
    { "answer", "ID ANSWER...", 2, SIZE_MAX, run_answer },
    { "skip", "[ID]", 0, 1, run_skip },
    { "reset", "[ID]", 0, 1, run_reset },
    { "undo", "[ID]", 0, 1, run_undo },
    { "lint", "FILE...", 1, SIZE_MAX, run_lint },
};

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    return subs_run("exercise", subs, sizeof subs / sizeof *subs, s, a, ret_code, err);
}

const struct verb verb_exercise = {
    .name = "exercise",
    .words = "list | show|check|hint|solution|skip|reset|undo [ID] | ...",
    .summary = "exercises, checked by what you do",
    .help =
        "show opens an exercise: from then on what you do counts for it. check says which of\n"
        "its criteria are met and what is missing in kind (exit 1 where it is not passed);\n"
        "hint gives the next of three, solution shows one way (it asks first, --yes does not)\n"
        "and marks the exercise. Some ask for a prediction before they show: answer says it.\n"
        "reset forgets an exercise, undo takes that back. Without ID the current exercise is\n"
        "meant. list shows all of them, or those that are to-do, done or skipped.\n"
        "\n"
        "lint checks a file you wrote and names the line that is wrong; lessons/README.md is\n"
        "the guide. A folder of own exercises is read from lessons/ in the config folder, from\n"
        "the setting lessons.dir, and from --lessons DIR.",
    .example = "rlab exercise show 2.2",
    .subs = "list show check hint solution answer skip reset undo lint",
    .options = (const enum option[]){ OPT_YES, OPTIONS },
    .run = run,
};
