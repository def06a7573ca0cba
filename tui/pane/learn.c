/* The pane of exercises and progress: the list, and what the coach's keys do in every pane. Owns
 * the lessons and fills the desk's coach from them. */
#include "tui/pane/learn_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/pane/scroll.h"
#include "tui/screen/list.h"

#define PAGE 6

const struct course *learn_course(const struct pane *p)
{
    const struct learn_state *st = p->state;
    return st->lessons->ops->course(st->lessons);
}

/* --- choosing ----------------------------------------------------------------------------- */

static bool passes(const struct pane *p, int i)
{
    const struct learn_state *st = p->state;
    const struct course *c = learn_course(p);
    return i >= 0 && i < c->exercise_count && learn_shows(st->filter, &c->exercises[i]);
}

/* The choice stays where it can, else goes to the nearest one that is listed. */
void learn_settle(struct pane *p)
{
    struct learn_state *st = p->state;
    const struct course *c = learn_course(p);
    int from = st->chosen < 0 ? 0 : st->chosen;
    st->chosen = -1;
    for (int away = 0; away < c->exercise_count && st->chosen < 0; away++)
        st->chosen = passes(p, from + away)   ? from + away
                     : passes(p, from - away) ? from - away
                                              : -1;
    if (st->goal >= c->goal_count)
        st->goal = c->goal_count ? c->goal_count - 1 : 0;
    if (!c->exercise_count)
        st->part = LEARN_GOALS;
}

static bool step(struct pane *p, int dir)
{
    struct learn_state *st = p->state;
    for (int i = st->chosen + dir; st->chosen >= 0 && i >= 0 && i < learn_course(p)->exercise_count;
         i += dir)
        if (passes(p, i)) {
            st->chosen = i;
            return true;
        }
    return false;
}

static void move(struct pane *p, int rows)
{
    struct learn_state *st = p->state;
    if (st->part == LEARN_GOALS) {
        int most = learn_course(p)->goal_count - 1, to = st->goal + rows;
        st->goal = to > most ? most : to;
        st->goal = st->goal < 0 ? 0 : st->goal;
        return;
    }
    for (int i = 0; i < (rows < 0 ? -rows : rows); i++)
        if (!step(p, rows < 0 ? -1 : 1))
            return;
}

void learn_is_new(void *self)
{
    struct pane *p = self;
    learn_settle(p);
    learn_fill_coach(p);
    pane_dirty(p);
    p->desk->dirty = true;
}

/* --- what is asked of the lessons ------------------------------------------------------------ */

struct call {
    char id[16];
    lesson_call *what;
    lesson_then *then;
    const char *title;
};

static bool write_call(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    struct learn_state *st = p->state;
    const struct call *c = what;
    int i = learn_find(p, c->id);
    st->was_done = i >= 0 && learn_is_done(&learn_course(p)->exercises[i]);
    return c->what(st->lessons, c->id, err);
}

static void call_is_done(void *self, void *what)
{
    const struct call *c = what;
    learn_is_new(self);
    if (c->then)
        c->then(self, c->id);
}

static void call_failed(void *self, void *what, const struct error *err)
{
    struct pane *p = self;
    desk_fail(p->desk, ((struct call *)what)->title, err);
    learn_is_new(p);
}

static const struct deed calling = { .title = "What you did last in the exercises",
                                     .loss = LOSS_OWN,
                                     .size = sizeof(struct call),
                                     .write = write_call,
                                     .done = call_is_done,
                                     .failed = call_failed };

void learn_call(struct pane *p, lesson_call *what, const char *title, const char *id,
                lesson_then *then)
{
    struct call c = { .what = what, .then = then, .title = title };
    snprintf(c.id, sizeof c.id, "%s", id);
    deed_do(p->desk, &calling, p, &c);
}

void learn_go(struct pane *p, const char *pane)
{
    struct learn_state *st = p->state;
    snprintf(st->to, sizeof st->to, "%s", pane);
    desk_go(p->desk, st->to, NULL);
}

static const char *pane_off(const struct pane *p, enum action a)
{
    const struct learn_state *st = p->state;
    if (action_is_of_coach(a))
        return learn_coach_off(p, a);
    switch (a) {
    case ACT_FILTER:
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        return learn_installed(p) ? NULL : NONE_INSTALLED;
    case ACT_ENTER:
        if (st->part == LEARN_LIST)
            return st->chosen >= 0 ? NULL : "no exercise is chosen";
        return learn_course(p)->goal_count ? NULL
               : learn_course(p)->counting ? "what was done is still being counted"
                                           : "what was done could not be read";
    case ACT_UNDO:
        if (st->chosen < 0 || !learn_course(p)->exercises[st->chosen].can_undo)
            return "the chosen exercise was not reset";
        return NULL;
    case ACT_SEARCH:
        return learn_installed(p) ? NULL : NONE_INSTALLED;
    default:
        return NULL;
    }
}

/* --- keys of its own ----------------------------------------------------------------------- */

/* Where a goal without exercises is worked at. */
static const char *pane_of_goal(const char *id)
{
    static const struct {
        const char *goal, *pane;
    } where[] = {
        { "difficulty", "classify" },
        { "route", "ask" },
        { "cache", "ask" },
        { "measure", "bench" },
        { "production", "production" },
    };
    for (size_t i = 0; i < sizeof where / sizeof *where; i++)
        if (strcmp(where[i].goal, id) == 0)
            return where[i].pane;
    return NULL;
}

int learn_find(const struct pane *p, const char *id)
{
    const struct course *c = learn_course(p);
    for (int i = 0; id && i < c->exercise_count; i++)
        if (strcmp(c->exercises[i].id, id) == 0)
            return i;
    return -1;
}

/* An exercise is opened and its pane shown; a goal leads to its next exercise, or to the pane
 * where it is worked at. */
static enum pane_said enter(struct pane *p)
{
    struct learn_state *st = p->state;
    const struct course *c = learn_course(p);
    if (st->part == LEARN_LIST && st->chosen >= 0) {
        const struct exercise *e = &c->exercises[st->chosen];
        if (e->pane && !e->asks) /* first: the choice may move what was read */
            learn_go(p, e->pane);
        learn_call(p, st->lessons->ops->choose, "The exercise cannot be opened", e->id,
                   learn_show_start);
        return PANE_REDRAW;
    }
    if (st->goal >= c->goal_count)
        return PANE_IGNORED;
    const struct course_goal *g = &c->goals[st->goal];
    int next = learn_find(p, g->next);
    const char *pane = pane_of_goal(g->id);
    if (next >= 0) {
        st->part = LEARN_LIST;
        st->filter = LEARN_ALL;
        st->chosen = next;
        return PANE_REDRAW;
    }
    if (pane)
        learn_go(p, pane);
    return PANE_HANDLED;
}

static enum pane_said pane_act(struct pane *p, enum action a)
{
    struct learn_state *st = p->state;
    if (action_is_of_coach(a))
        return learn_coach_act(p, a);
    int rows = scroll_rows(a, PAGE);
    if (rows) {
        move(p, rows);
        return PANE_REDRAW;
    }
    switch (a) {
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        st->part = st->part == LEARN_LIST && learn_course(p)->goal_count ? LEARN_GOALS : LEARN_LIST;
        learn_settle(p);
        return PANE_REDRAW;
    case ACT_FILTER:
        st->filter = (enum learn_filter)((st->filter + 1) % LEARN_FILTERS);
        st->part = LEARN_LIST;
        learn_settle(p);
        return PANE_REDRAW;
    case ACT_ENTER:
        return enter(p);
    case ACT_UNDO:
        learn_call(p, st->lessons->ops->undo, "Nothing was taken back",
                   learn_course(p)->exercises[st->chosen].id, NULL);
        return PANE_REDRAW;
    case ACT_EXPORT:
        learn_write_report(p);
        return PANE_HANDLED;
    default:
        return PANE_IGNORED;
    }
}

/* --- searching and copying ----------------------------------------------------------------- */

static bool holds(const char *text, const char *words)
{
    struct buf a = buf_with_max(4096), b = buf_with_max(4096);
    text_fold(&a, text, strlen(text));
    text_fold(&b, words, strlen(words));
    bool found = b.len && strstr(buf_text(&a), buf_text(&b));
    buf_done(&a);
    buf_done(&b);
    return found;
}

static bool pane_search(struct pane *p, const char *words, int dir)
{
    struct learn_state *st = p->state;
    const struct course *c = learn_course(p);
    int n = c->exercise_count;
    for (int away = 1; away <= n; away++) {
        int i = list_around(st->chosen, n, dir * away);
        const struct exercise *e = &c->exercises[i];
        if (!passes(p, i) ||
            !(holds(e->id, words) || holds(e->name, words) || holds(e->title, words)))
            continue;
        st->chosen = i;
        st->part = LEARN_LIST;
        pane_dirty(p);
        return true;
    }
    return false;
}

static bool pane_copy(const struct pane *p, bool json, struct buf *to)
{
    return learn_report((struct pane *)p, json, to);
}

/* --- the view ------------------------------------------------------------------------------ */

static void say_span(double s, char ret[LEARN_STAMP])
{
    long long minutes = (long long)(s / 60);
    if (minutes >= 60)
        snprintf(ret, LEARN_STAMP, "%lld h %lld min", minutes / 60, minutes % 60);
    else
        snprintf(ret, LEARN_STAMP, "%lld min", minutes);
}

/* In a narrow column: "14:01", "Mon" of "Mon 09:10", "01-31" of "2026-01-31". */
static void say_day(const char *when, char ret[LEARN_STAMP])
{
    size_t len = strlen(when), word = strcspn(when, " ");
    const char *from = len == 10 && word == len ? when + 5 : when;
    snprintf(ret, LEARN_STAMP, "%.*s", (int)word, from);
}

static void fill_times(const struct pane *p, struct learn_view *v)
{
    const struct course *c = v->course;
    int64_t now = clock_wall(p->desk->clock);
    char text[WHEN_SIZE];
    if (isfinite(c->minutes_left) && c->minutes_left > 0)
        snprintf(v->left, sizeof v->left, "about %.0f min left", c->minutes_left);
    if (c->started_wall)
        snprintf(v->started, sizeof v->started, "%s", when_text(c->started_wall, now, text));
    if (isfinite(c->spent_s))
        say_span(c->spent_s, v->spent);
    if (v->chosen >= 0 && c->exercises[v->chosen].checked_wall)
        snprintf(v->checked, sizeof v->checked, "%s",
                 when_text(c->exercises[v->chosen].checked_wall, now, text));
    for (int i = 0; i < c->event_count && i < LEARN_EVENTS; i++)
        say_day(when_text(c->events[i].at_wall, now, text), v->at[i]);
}

static void pane_draw(const struct pane *p, struct surface *s)
{
    const struct learn_state *st = p->state;
    struct learn_view v = { .course = learn_course(p),
                            .filter = st->filter,
                            .part = st->part,
                            .chosen = st->chosen,
                            .goal = st->goal };
    fill_times(p, &v);
    learn_draw(&v, s);
}

static void pane_corner(const struct pane *p, char *ret, size_t size)
{
    const struct course *c = learn_course(p);
    char text[WHEN_SIZE];
    if (c->saved_wall)
        snprintf(ret, size, "saved %s", when_text(c->saved_wall, clock_wall(p->desk->clock), text));
}

/* --- its life ------------------------------------------------------------------------------ */

void learn_use(struct pane *p, struct lessons *lessons)
{
    struct learn_state *st = p->state;
    lessons_close(st->lessons);
    st->lessons = lessons;
    lessons->ops->listen(lessons, learn_is_new, p);
    st->part = learn_installed(p) ? LEARN_LIST : LEARN_GOALS;
    st->chosen = learn_course(p)->current;
    learn_is_new(p);
}

static bool pane_open(struct pane *p, struct error *err)
{
    (void)err;
    learn_use(p, lessons_open(p->desk->lab));
    return true;
}

static void pane_close(struct pane *p)
{
    struct learn_state *st = p->state;
    p->desk->coach = (struct coach){ 0 };
    lessons_close(st->lessons);
    st->lessons = NULL;
}

/* What was done in other panes counts here. */
static void pane_enter(struct pane *p)
{
    struct learn_state *st = p->state;
    st->shown = true;
    st->lessons->ops->refresh(st->lessons);
    learn_is_new(p);
}

static void pane_leave(struct pane *p)
{
    struct learn_state *st = p->state;
    st->shown = false;
}

const struct pane_ops learn_pane = {
    .name = "learn",
    .tab = "Learn",
    .title = "Exercises and progress",
    .keymap = MAP_LEARN,
    .state_size = sizeof(struct learn_state),
    .open = pane_open,
    .close = pane_close,
    .enter = pane_enter,
    .leave = pane_leave,
    .draw = pane_draw,
    .corner = pane_corner,
    .act = pane_act,
    .off = pane_off,
    .copy = pane_copy,
    .search = pane_search,
};
