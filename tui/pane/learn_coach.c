/* The coach's keys, and the coach itself: they are about the current exercise, and in the pane of
 * exercises about the chosen one. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/pane/learn_inside.h"

/* The exercise a key is about: the chosen one here, the current one beside other panes. */
static int target(const struct pane *p)
{
    const struct learn_state *st = p->state;
    const struct course *c = learn_course(p);
    int i = st->shown && st->part == LEARN_LIST ? st->chosen : c->current;
    return i >= 0 && i < c->exercise_count ? i : -1;
}

/* --- the coach ---------------------------------------------------------------------------- */

enum criterion_state learn_criterion(enum met met)
{
    static const enum criterion_state states[] = { [MET_NOT_YET] = CRITERION_OPEN,
                                                   [MET_YES] = CRITERION_MET,
                                                   [MET_NO] = CRITERION_FAILED,
                                                   [MET_UNKNOWN] = CRITERION_UNKNOWN };
    return states[met];
}

void learn_fill_coach(struct pane *p)
{
    struct learn_state *st = p->state;
    const struct course *c = learn_course(p);
    p->desk->coach = (struct coach){ 0 };
    st->checked[0] = '\0';
    if (c->current < 0 || c->current >= c->exercise_count)
        return;
    const struct exercise *e = &c->exercises[c->current];
    struct coach coach = {
        .id = e->id,
        .title = e->title,
        .part = e->part + 1,
        .goal = e->goal,
        .why = e->why,
        .note = e->note,
        .criterion_count = e->criterion_count,
        .hint_count = e->hint_count,
        .hints_used = e->hints_used,
        .last_check = e->found,
        .pane = e->pane,
        .first = c->current == 0,
        .last = c->current == c->exercise_count - 1,
        .suggest_hint = e->suggest_hint,
        .done = c->done,
        .total = c->total ? c->total : c->exercise_count,
        .course_name = c->name,
    };
    for (int i = 0; i < e->criterion_count && i < COACH_CRITERIA; i++)
        coach.criteria[i] =
            (struct criterion){ e->criteria[i].text, learn_criterion(e->criteria[i].met) };
    for (int i = 0; i < e->hints_used && i < COACH_HINTS; i++)
        coach.hints[i] = e->hints[i];
    if (e->checked_wall) {
        when_text(e->checked_wall, clock_wall(p->desk->clock), st->checked);
        coach.last_check_at = st->checked;
    }
    p->desk->coach = coach;
}

/* --- what the coach's keys do -------------------------------------------------------------- */

static void solution_answered(void *self, const char *text)
{
    struct pane *p = self;
    const struct learn_state *st = p->state;
    if (text)
        learn_call(p, st->lessons->ops->solution, "The solution cannot be shown", st->asked,
                   learn_show_solution);
}

static void say_reset(struct pane *p, const char *id)
{
    desk_say(p->desk, "%s begins anew; u in Learn takes that back", id);
}

static void reset_answered(void *self, const char *text)
{
    struct pane *p = self;
    const struct learn_state *st = p->state;
    if (text)
        learn_call(p, st->lessons->ops->reset, "The exercise cannot be reset", st->asked,
                   say_reset);
}

static void ask(struct pane *p, const char *id, const char *before, const char *after,
                void (*answered)(void *self, const char *text))
{
    struct learn_state *st = p->state;
    char question[160];
    snprintf(st->asked, sizeof st->asked, "%s", id);
    snprintf(question, sizeof question, "%s %s%s", before, id, after);
    desk_ask(p->desk, question, answered, p);
}

/* It is skipped now, or asked for again where it was skipped. */
static void say_skipped(struct pane *p, const char *id)
{
    const struct course *c = learn_course(p);
    int i = learn_find(p, id);
    if (i >= 0 && c->exercises[i].state == EXERCISE_SKIPPED)
        desk_say(p->desk, "%s is skipped; it is asked for again when all others are done", id);
    else
        desk_say(p->desk, "%s is to do again", id);
}

/* To the exercise before or after, which becomes the current one. */
static void turn(struct pane *p, int dir)
{
    struct learn_state *st = p->state;
    int i = target(p) + dir;
    if (i < 0 || i >= learn_course(p)->exercise_count)
        return;
    st->filter = LEARN_ALL;
    st->chosen = i;
    learn_call(p, st->lessons->ops->choose, "The exercise cannot be opened",
               learn_course(p)->exercises[i].id, NULL);
}

enum pane_said learn_coach_act(struct pane *p, enum action a)
{
    struct learn_state *st = p->state;
    const struct lessons_ops *ops = st->lessons->ops;
    int i = target(p);
    if (i < 0)
        return PANE_IGNORED;
    const struct exercise *e = &learn_course(p)->exercises[i];
    switch (a) {
    case ACT_CHECK:
        learn_call(p, ops->check, "The exercise could not be checked", e->id, learn_show_check);
        return PANE_REDRAW;
    case ACT_HINT:
        if (e->hints_used < e->hint_count)
            learn_call(p, ops->hint, "There is no hint", e->id, learn_show_hint);
        else /* those there are once more */
            learn_show_hint(p, e->id);
        return PANE_REDRAW;
    case ACT_SKIP:
        learn_call(p, ops->skip, "The exercise cannot be skipped", e->id, say_skipped);
        return PANE_REDRAW;
    case ACT_SOLUTION:
        if (e->solution || learn_is_done(e)) {
            /* It costs nothing any more. */
            snprintf(st->asked, sizeof st->asked, "%s", e->id);
            solution_answered(p, "y");
            return PANE_REDRAW;
        }
        ask(p, e->id, "Show a solution of", "? It then counts as done after seeing it (*).",
            solution_answered);
        return PANE_HANDLED;
    case ACT_RESET:
        ask(p, e->id, "Reset", "? Its checks, hints and state are forgotten.", reset_answered);
        return PANE_HANDLED;
    case ACT_GO_THERE:
        learn_go(p, e->pane);
        return PANE_HANDLED;
    case ACT_LESSON_BACK:
    case ACT_LESSON_NEXT:
        turn(p, a == ACT_LESSON_BACK ? -1 : 1);
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

/* --- why a key does nothing ---------------------------------------------------------------- */

/* "all hints of 2.3 are used". */
static const char *reason(struct learn_state *st, const char *before, const char *id,
                          const char *after)
{
    snprintf(st->reason, sizeof st->reason, "%s%s%s", before, id, after);
    text_trim_partial(st->reason);
    return st->reason;
}

const char *learn_coach_off(const struct pane *p, enum action a)
{
    struct learn_state *st = p->state;
    const struct course *c = learn_course(p);
    int i = target(p);
    if (!learn_installed(p))
        return NONE_INSTALLED;
    if (i < 0)
        return st->shown ? "no exercise is chosen" : "no exercise is open";
    const struct exercise *e = &c->exercises[i];
    if (a == ACT_HINT && !e->hint_count)
        return reason(st, "", e->id, " has no hints");
    if (a == ACT_HINT && e->hints_used >= e->hint_count && p->desk->coach_column)
        return reason(st, "all hints of ", e->id, " are used");
    if (a == ACT_SKIP && learn_is_done(e))
        return reason(st, "", e->id, " is done");
    if (a == ACT_GO_THERE && !e->pane)
        return reason(st, "", e->id, " can be done anywhere");
    if (a == ACT_LESSON_BACK && i == 0)
        return reason(st, "", e->id, " is the first one");
    if (a == ACT_LESSON_NEXT && i == c->exercise_count - 1)
        return reason(st, "", e->id, " is the last one");
    return NULL;
}
