/* The goals of the lab and what happened last (learn_inside.h). */
#include "tui/pane/learn_inside.h"

#include <math.h>

#include "tui/screen/chart.h"

#define GOAL_BAR 30

int learn_wrapped(struct surface *s, int row, int col, int cols, look_t look, const char *text)
{
    int left = s->rows - row;
    bool all = s->rows == 0 || put_wrapped(&(struct surface){ s->grid, 0, 0, 0, s->cols }, 0, col,
                                           cols, -1, look, text) <= left;
    return put_wrapped(s, row, col, cols, all ? -1 : left > 0 ? left : 0, look, text);
}

static void choose_row(const struct learn_view *v, struct surface *s, int row, int i, int end)
{
    if (v->part != LEARN_GOALS || i != v->goal)
        return;
    surface_reverse(s, row, 3, end - 3);
    surface_cursor(s, row, 3, false);
}

/* Exercises stand behind it: a bar, which ones are done, the next one. */
static int draw_goal_bar(const struct learn_view *v, struct surface *s, int row, int i)
{
    const struct course_goal *g = &v->course->goals[i];
    int bar = s->cols >= 86 ? GOAL_BAR : s->cols >= 70 ? GOAL_BAR / 2 : s->cols >= 60 ? 8 : 0;
    int end = put_fit(s, row, 3, 25, LOOK_TEXT, g->name), at = 29;
    if (bar)
        at = chart_track(s, row, at, bar, LOOK_PASS, g->share, 1) + 3;
    if (g->found && at + 10 <= s->cols)
        put_fit(s, row, at, 9, LOOK_TEXT, g->found);
    if (g->next && at + 15 + surface_width(s, g->next) <= s->cols)
        putf(s, row, at + 10, LOOK_TEXT, "next %s", g->next);
    choose_row(v, s, row, i, end);
    return row + 1;
}

static bool speaks(const struct learn_view *v, int i)
{
    return v->part == LEARN_GOALS && i == v->goal;
}

/* Only facts stand behind it: whether it is reached, what was found. */
static int draw_goal_facts(const struct learn_view *v, struct surface *s, int row, int i)
{
    const struct course_goal *g = &v->course->goals[i];
    int end = put_fit(s, row, 5, s->cols - 5, LOOK_TEXT, g->name), from = row;
    put(s, row, 3, g->reached ? LOOK_PASS : LOOK_MUTED, g->reached ? "\xE2\x9C\x93" : "\xC2\xB7");
    if (g->found && s->cols >= 76)
        row += put_wrapped(s, row, 39, s->cols - 40, -1, LOOK_MEASURED, g->found);
    else if (g->found)
        row += 1 + put_wrapped(s, row + 1, 7, s->cols - 7, -1, LOOK_MEASURED, g->found);
    choose_row(v, s, from, i, end);
    return row > from ? row : from + 1;
}

int learn_draw_goals(const struct learn_view *v, struct surface *s, int row)
{
    const struct course *c = v->course;
    put_rule(s, row, 0, s->cols, "The five goals of the lab", NULL);
    row++;
    for (int i = 0; i < c->goal_count; i++)
        row =
            isnan(c->goals[i].share) ? draw_goal_facts(v, s, row, i) : draw_goal_bar(v, s, row, i);
    if (!c->goal_count) {
        put_fit(s, row, 3, s->cols - 3, c->counting ? LOOK_MUTED : LOOK_WARN,
                c->counting ? "What was done is being counted."
                            : "What was done could not be read just now.");
        row++;
    }
    const struct course_goal *g = v->goal < c->goal_count ? &c->goals[v->goal] : NULL;
    if (g && speaks(v, v->goal) && isnan(g->share)) {
        int at = put(s, row + 1, 3, LOOK_TEXT, g->reached ? "Reached." : "Next  ");
        row +=
            1 + (g->next ? put_wrapped(s, row + 1, at, s->cols - at, -1, LOOK_TEXT, g->next) : 1);
    }
    return row;
}

/* Where there is no room for all facts: a row a goal, and what the chosen one says below. */
void learn_draw_goals_tight(const struct learn_view *v, struct surface *s)
{
    const struct course *c = v->course;
    int row = 0;
    for (int i = 0; i < c->goal_count; i++, row++) {
        const struct course_goal *g = &c->goals[i];
        put(s, row, 3, g->reached ? LOOK_PASS : LOOK_MUTED,
            g->reached ? "\xE2\x9C\x93" : "\xC2\xB7");
        choose_row(v, s, row, i, put_fit(s, row, 5, s->cols - 5, LOOK_TEXT, g->name));
    }
    const struct course_goal *g = v->goal < c->goal_count ? &c->goals[v->goal] : NULL;
    if (!g)
        return;
    row++;
    if (g->found)
        row += learn_wrapped(s, row, 3, s->cols - 3, LOOK_MEASURED, g->found);
    if (g->next) {
        int at = put(s, row, 3, LOOK_TEXT, "Next  ");
        learn_wrapped(s, row, at, s->cols - at, LOOK_TEXT, g->next);
    }
}

int learn_draw_events(const struct learn_view *v, struct surface *s, int row)
{
    const struct course *c = v->course;
    put_rule(s, row, 0, s->cols, "Recent", NULL);
    row++;
    for (int i = 0; i < c->event_count && i < LEARN_EVENTS; i++, row++) {
        const struct course_event *e = &c->events[i];
        put_fit(s, row, 3, 6, LOOK_TEXT, v->at[i]);
        put_fit(s, row, 10, 4, LOOK_TEXT, e->id);
        put_fit(s, row, 15, 9, LOOK_TEXT, e->what);
        put_fit(s, row, 25, s->cols - 25, LOOK_TEXT, e->found);
    }
    if (!c->event_count) {
        put_fit(s, row, 3, s->cols - 3, LOOK_MUTED, "nothing checked so far");
        row++;
    }
    return row;
}
