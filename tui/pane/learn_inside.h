/* What the files of the pane of exercises share. */
#ifndef PANE_LEARN_INSIDE_H
#define PANE_LEARN_INSIDE_H

#include "tui/pane/learn.h"
#include "tui/screen/words.h"

#define NONE_INSTALLED "no exercises are installed"

struct learn_state {
    struct lessons *lessons;
    enum learn_filter filter;
    enum learn_part part;
    int chosen, goal;
    bool shown;              /* this pane is the one on the screen */
    char checked[WHEN_SIZE]; /* when the current exercise was checked, for the coach */
    char asked[16];          /* the exercise a question or a card is about */
    bool was_done;           /* it was, before the lessons were asked for something */
    char to[16];             /* the pane asked for */
    char reason[120];        /* of off(): until the next one */
};

const struct course *learn_course(const struct pane *p);
static inline bool learn_installed(const struct pane *p)
{
    return learn_course(p)->exercise_count > 0;
}

/* Something in the lessons is another: the choice is settled, the coach filled. */
void learn_is_new(void *pane);
/* The choice stays where it can, else goes to the nearest exercise that is listed. */
void learn_settle(struct pane *p);
/* Asks the lessons for something. When it is written `then` shows what came of it (NULL: there is
 * nothing more to show); what they refuse is said under the title. */
typedef bool lesson_call(struct lessons *l, const char *id, struct error *err);
typedef void lesson_then(struct pane *p, const char *id);
void learn_call(struct pane *p, lesson_call *what, const char *title, const char *id,
                lesson_then *then);
/* Shows another pane; the name may belong to the lessons. */
void learn_go(struct pane *p, const char *pane);

/* The coach's keys, which work beside every pane: check, hint, solution, skip, reset, go there,
 * back and next. */
enum pane_said learn_coach_act(struct pane *p, enum action a);
const char *learn_coach_off(const struct pane *p, enum action a);
/* The desk's coach, from the current exercise. */
void learn_fill_coach(struct pane *p);
enum criterion_state learn_criterion(enum met met);

/* Cards (learn_card.c): what is to be done and hints where no column shows them, how a check went,
 * a solution, and the form of a prediction. */
lesson_then learn_show_goal, learn_show_check, learn_show_hint, learn_show_solution,
    learn_show_form;
/* What an exercise begins with: its form where it asks for a prediction, else its goal. */
lesson_then learn_show_start;

/* The report (learn_report.c). False, and said, where it cannot be made. */
bool learn_report(struct pane *p, bool json, struct buf *to);
void learn_write_report(struct pane *p); /* asks for a name */

/* Done, with or without having seen a solution. */
bool learn_is_done(const struct exercise *e);
int learn_find(const struct pane *p, const char *id); /* index of an exercise, -1 none */

/* Parts of the drawing; each draws from `row` on and returns the row after it. On a surface with
 * no rows they only count. */
int learn_draw_goals(const struct learn_view *v, struct surface *s, int row);
int learn_draw_events(const struct learn_view *v, struct surface *s, int row);
/* Where there is no room for all facts: a row a goal, and what the chosen one says below. */
void learn_draw_goals_tight(const struct learn_view *v, struct surface *s);
/* Wrapped text that ends with an ellipsis where the surface ends before it does; rows taken. */
int learn_wrapped(struct surface *s, int row, int col, int cols, look_t look, const char *text);

#endif
