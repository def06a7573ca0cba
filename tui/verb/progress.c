/* rlab progress: the five things the lab is there to teach, what was done for each, and how far the
 * exercises are. */
#include "core/lab/progress.h"

#include <string.h>

#include "core/base/text.h"
#include "core/lab/lessons.h"
#include "tui/verb/session.h"
#include "tui/verb/table.h"

#define BAR_COLS  26
#define PART_COLS 16 /* of the name of a part, and two blanks */

static bool is_done(const struct exercise *e)
{
    return e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN;
}

static int count_of(const struct course *c, int course, bool (*is)(const struct exercise *e))
{
    int n = 0;
    for (int i = 0; i < c->exercise_count; i++)
        n += (!course || c->exercises[i].course == course) && (!is || is(&c->exercises[i]));
    return n;
}

static bool is_skipped(const struct exercise *e)
{
    return e->state == EXERCISE_SKIPPED;
}

/* Where a person goes on: at the current one until it is done, then at the next that is not. */
static const struct exercise *next_of(const struct course *c)
{
    int from = c->current < 0 ? 0 : c->current;
    for (int i = 0; i < c->exercise_count; i++) {
        const struct exercise *e = &c->exercises[(from + i) % c->exercise_count];
        if (!is_done(e) && (e->state != EXERCISE_SKIPPED || i == 0))
            return e;
    }
    for (int i = 0; i < c->exercise_count; i++) /* only skipped ones are left */
        if (!is_done(&c->exercises[i]))
            return &c->exercises[i];
    return NULL;
}

static int met_of(const struct exercise *e)
{
    int met = 0;
    for (int i = 0; i < e->criterion_count; i++)
        met += e->criteria[i].met == MET_YES;
    return met;
}

/* --- JSON ----------------------------------------------------------------------------------------- */

static struct json *courses_json(const struct course *c)
{
    struct json *list = json_array();
    for (int n = 1; n <= 9; n++) {
        if (!count_of(c, n, NULL))
            continue;
        struct json *j = json_object();
        json_put_int(j, "course", n);
        json_put_int(j, "done", count_of(c, n, is_done));
        json_put_int(j, "in_all", count_of(c, n, NULL));
        json_add(list, j);
    }
    return list;
}

static struct json *list_json(const struct course *c)
{
    struct json *list = json_array();
    for (int i = 0; i < c->exercise_count; i++) {
        const struct exercise *e = &c->exercises[i];
        struct json *j = json_object();
        json_put_text(j, "id", e->id);
        json_put_text(j, "title", e->title);
        json_put_text(j, "part", c->parts[e->part].name);
        json_put_text(j, "state", exercise_state_words(e->state));
        json_put_bool(j, "passed", is_done(e));
        json_put_int(j, "checks", e->tries);
        json_put_int(j, "hints", e->hints_used);
        json_add(list, j);
    }
    return list;
}

static struct json *exercises_json(const struct course *c)
{
    struct json *j = json_object();
    const struct exercise *next = next_of(c);
    json_put_int(j, "done", c->all_done);
    json_put_int(j, "in_all", c->exercise_count);
    json_put_int(j, "skipped", count_of(c, 0, is_skipped));
    json_put_text(j, "current", c->current < 0 ? NULL : c->exercises[c->current].id);
    json_put_text(j, "next", next ? next->id : NULL);
    json_put_real(j, "spent_s", c->spent_s);
    json_put(j, "courses", courses_json(c));
    json_put(j, "list", list_json(c));
    return j;
}

/* --- words ---------------------------------------------------------------------------------------- */

static void print_goals(struct session *s, const struct progress_goal goals[PROGRESS_GOALS])
{
    for (size_t i = 0; i < PROGRESS_GOALS; i++) {
        const struct progress_goal *g = &goals[i];
        struct buf line = buf_with_max(400);
        buf_printf(&line, "%s: %s", g->title, g->found);
        if (!g->reached)
            buf_printf(&line, "; next: %s", g->next);
        print_wrapped(s, g->reached ? "  done      " : "  to do     ", 12, buf_text(&line));
        buf_done(&line);
    }
}

static const char *mark_of(const struct session *s, enum exercise_state state)
{
    static const char *const marks[][2] = { [EXERCISE_TODO] = { "\xC2\xB7", "." },
                                            [EXERCISE_DONE] = { "\xE2\x9C\x93", "x" },
                                            [EXERCISE_SEEN] = { "*", "*" },
                                            [EXERCISE_SKIPPED] = { "\xE2\x97\x8B", "-" } };
    return marks[state][session_ascii(s)];
}

static void print_bars(struct session *s, const struct course *c)
{
    for (int n = 1; n <= 9; n++) {
        int done = count_of(c, n, is_done), all = count_of(c, n, NULL);
        struct buf bar = buf_with_max(200);
        if (!all)
            continue;
        for (int i = 0; i < BAR_COLS; i++)
            buf_puts(&bar, i * all < done * BAR_COLS ? session_ascii(s) ? "#" : "\xE2\x96\x88"
                           : session_ascii(s)        ? "."
                                                     : "\xE2\x96\x91");
        print_line(s, "  course %d  %s  %d of %d", n, buf_text(&bar), done, all);
        buf_done(&bar);
    }
}

static void print_parts(struct session *s, const struct course *c)
{
    struct arena a = { 0 };
    for (int p = 0; p < c->part_count; p++) {
        struct buf line = buf_with_max(4000);
        const char *name = c->parts[p].name;
        int pad = PART_COLS - (int)text_cols(name, strlen(name));
        for (int i = c->parts[p].first; i < c->parts[p].first + c->parts[p].count; i++)
            buf_printf(&line, "%s%s %s", line.len ? "  " : "", mark_of(s, c->exercises[i].state),
                       c->exercises[i].id);
        print_wrapped(s, arena_format(&a, "  %s%*s", name, pad > 2 ? pad : 2, ""),
                      (size_t)(pad > 2 ? PART_COLS + 2 : PART_COLS + 4 - pad), buf_text(&line));
        buf_done(&line);
    }
    arena_done(&a);
}

static void print_exercises(struct session *s, const struct course *c)
{
    const struct exercise *next = next_of(c);
    int skipped = count_of(c, 0, is_skipped);
    print_line(s, "%s", "");
    if (skipped)
        print_line(s, "%d of %d exercises done, %d skipped", c->all_done, c->exercise_count,
                   skipped);
    else
        print_line(s, "%d of %d exercises done", c->all_done, c->exercise_count);
    print_bars(s, c);
    print_parts(s, c);
    if (!next)
        print_line(s, "all of them are done: rlab report");
    else if (next->open)
        print_line(s, "now %s, %s: %d of %d met; rlab exercise show %s", next->id, next->name,
                   met_of(next), next->criterion_count, next->id);
    else
        print_line(s, "next %s, %s: rlab exercise show %s", next->id, next->name, next->id);
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct tally t = { 0 };
    struct progress_goal goals[PROGRESS_GOALS];
    if (a->count)
        return error_set(err, ERR_USAGE, "progress takes no words");
    if (!session_open_store(s, err) || !tally_read(s->lab.store, &t, err))
        return false;
    progress_of(&t, goals);
    struct lessons *l = lessons_open(&s->lab);
    const struct course *c = l->ops->course(l);
    const char *trouble;
    for (size_t i = 0; (trouble = lessons_trouble(l, i)); i++)
        say_warning("left out: %s", trouble);
    if (c->exercise_count)
        l->ops->refresh(l);
    if (s->json) {
        struct json *j = progress_json(goals);
        if (c->exercise_count)
            json_put(j, "exercises", exercises_json(c));
        else
            json_put_null(j, "exercises");
        print_json(j);
    } else {
        print_goals(s, goals);
        if (c->exercise_count)
            print_exercises(s, c);
    }
    lessons_close(l);
    return true;
}

const struct verb verb_progress = {
    .name = "progress",
    .words = "",
    .summary = "the five goals of the lab, the exercises, and how far you are",
    .help = "Counted from what rlab recorded while you worked, never from what anybody claims:\n"
            "classifications, answers, look-ups, runs, judgements, fallbacks. Below the goals\n"
            "stands every exercise with its mark, and where to go on.",
    .example = "rlab progress",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
