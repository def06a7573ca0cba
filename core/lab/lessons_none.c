/* Lessons where none are installed (lessons.h): the goals are counted from what was done anyway. */
#include "core/lab/lessons.h"

#include <math.h>

#include "core/base/mem.h"
#include "core/lab/lesson_find.h"
#include "core/lab/progress.h"

#define NONE    "no exercises are installed"
#define STEP_NS (4 * NS_PER_MS) /* of counting, between two looks at the keyboard */

struct none {
    struct lessons base;
    struct lab *lab;
    struct lesson_list found; /* no exercises, but maybe why */
    struct progress_goal progress[PROGRESS_GOALS];
    struct course_goal goals[PROGRESS_GOALS];
    struct error trouble; /* why the figures could not be read; ERR_NONE: they could */
    struct course course;
    struct tally_walk walk;
    struct net_timer next; /* step of the walk */
    lessons_changed *changed;
    void *self;
};

static struct none *none_of(struct lessons *l)
{
    return (struct none *)l;
}

static void none_close(struct lessons *l)
{
    struct none *n = none_of(l);
    if (n->lab)
        net_timer_stop(n->lab->net, &n->next);
    lesson_list_done(&n->found);
    mem_free(l);
}

static const struct course *none_course(struct lessons *l)
{
    return &none_of(l)->course;
}

static void say_goals(struct none *n)
{
    progress_of(&n->walk.so_far, n->progress);
    for (size_t i = 0; i < PROGRESS_GOALS; i++) {
        const struct progress_goal *g = &n->progress[i];
        n->goals[i] = (struct course_goal){ .id = g->id,
                                            .name = g->title,
                                            .share = NAN,
                                            .reached = g->reached,
                                            .found = g->found,
                                            .next = g->reached ? NULL : g->next };
    }
    n->course.goal_count = PROGRESS_GOALS;
    n->course.counting = false;
}

static void count_on(void *self)
{
    struct none *n = self;
    const struct clock *clock = n->lab->clock;
    int64_t end = clock_mono(clock) + STEP_NS;
    do {
        if (!tally_step(n->lab->store, &n->walk, &n->trouble)) {
            n->course.goal_count = 0;
            n->course.counting = false;
            break;
        }
    } while (!n->walk.done && clock_mono(clock) < end);
    bool over = n->walk.done || n->trouble.code != ERR_NONE;
    if (n->walk.done)
        say_goals(n);
    if (!over)
        net_timer_set(n->lab->net, &n->next, 0, count_on, n);
    else if (n->changed)
        n->changed(n->self);
}

/* A short history is counted before this returns. */
static void none_refresh(struct lessons *l)
{
    struct none *n = none_of(l);
    if (!n->lab || n->next.place) /* it is being counted already */
        return;
    n->walk = (struct tally_walk){ 0 };
    n->trouble = (struct error){ 0 };
    n->course.counting = n->course.goal_count == 0;
    count_on(n);
}

static void none_listen(struct lessons *l, lessons_changed *changed, void *self)
{
    none_of(l)->changed = changed;
    none_of(l)->self = self;
}

static bool none_does(struct lessons *l, const char *id, struct error *err)
{
    (void)l;
    (void)id;
    return error_set(err, ERR_NO, NONE);
}

static bool none_answers(struct lessons *l, const char *id, const char *text, struct error *err)
{
    (void)text;
    return none_does(l, id, err);
}

static const struct lesson_form *none_form(struct lessons *l, const char *id, struct error *err)
{
    none_does(l, id, err);
    return NULL;
}

static bool none_counted(struct none *n, struct error *err)
{
    if (n->trouble.code != ERR_NONE)
        *err = n->trouble;
    else if (!n->course.goal_count)
        error_set(err, ERR_STORE, "what was done is still being counted; try again soon");
    return n->trouble.code == ERR_NONE && n->course.goal_count;
}

static bool none_report(struct lessons *l, bool json, struct buf *to, struct error *err)
{
    struct none *n = none_of(l);
    if (!none_counted(n, err))
        return false;
    if (!json) {
        progress_text(n->progress, to);
        return true;
    }
    struct json *j = progress_json(n->progress);
    json_print(j, to);
    buf_putc(to, '\n');
    json_free(j);
    return true;
}

static bool none_tell(struct lessons *l, struct buf *to, struct error *err)
{
    const struct none *n = none_of(l);
    if (!none_counted(none_of(l), err))
        return false;
    for (int g = 0; g < PROGRESS_GOALS; g++) {
        const struct progress_goal *goal = &n->progress[g];
        buf_printf(to, "Goal %d, %s: %s. Recorded: %s.", g + 1, goal->title,
                   goal->reached ? "reached" : "not reached yet", goal->found);
        if (!goal->reached)
            buf_printf(to, " Next: %s.", goal->next);
        buf_putc(to, '\n');
    }
    return true;
}

static const struct lessons_ops none_ops = {
    .close = none_close,
    .course = none_course,
    .refresh = none_refresh,
    .listen = none_listen,
    .choose = none_does,
    .check = none_does,
    .hint = none_does,
    .solution = none_does,
    .skip = none_does,
    .reset = none_does,
    .undo = none_does,
    .answer = none_answers,
    .form = none_form,
    .report = none_report,
    .tell = none_tell,
};

#define GO_ON                                                                                      \
    "so there is nothing to check. What you do counts all the same: it is recorded, and "          \
    "the goals below are counted from it."

struct lessons *lessons_none(struct lab *lab, struct lesson_list *found)
{
    struct none *n = mem_new(struct none, 1);
    n->base.ops = &none_ops;
    n->lab = lab;
    if (found)
        n->found = *found;
    n->base.list = &n->found;
    n->course = (struct course){
        .current = -1,
        .goals = n->goals,
        .minutes_left = NAN,
        .spent_s = NAN,
        .missing = n->found.trouble_count
                       ? "No exercise can be read (rlab exercise list says why), " GO_ON
                       : "No exercises are installed, " GO_ON,
    };
    return &n->base;
}
