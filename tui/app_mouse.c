/* The mouse, once a person has turned it on: the wheel moves, a click on a tab goes to its pane.
 * All else stays with the keys, and a click elsewhere says so. */
#include <stdio.h>

#include "tui/app_inside.h"
#include "tui/frame.h"

#define WHEEL_ROWS 3 /* a notch, as in pagers and browsers */

/* In a box it is the box's arrows, and nothing below it moves. */
static void turn_wheel(struct app *a, bool up)
{
    const struct key arrow = { .code = up ? K_UP : K_DOWN };
    for (int i = 0; i < WHEEL_ROWS; i++) {
        if (!a->overs)
            app_act(a, up ? ACT_UP : ACT_DOWN);
        else if (a->over[a->overs - 1]->key)
            a->over[a->overs - 1]->key(a, &arrow);
    }
}

/* Only tabs that are drawn, and not from under a box, which has to be put away first. */
static int tab_under(const struct app *a, const struct key *k)
{
    bool drawn = a->wide || a->pane[a->shown].body_cols >= 80;
    bool there = drawn && k->button == MOUSE_LEFT && k->row == 0;
    return there && !a->overs ? frame_tab_at(a->wide, k->col) : -1;
}

void app_mouse(struct app *a, const struct key *k)
{
    int tab = tab_under(a, k);
    if (!a->mouse)
        return; /* one that was on its way when it was turned off */
    if (k->button == MOUSE_WHEEL_UP || k->button == MOUSE_WHEEL_DOWN)
        turn_wheel(a, k->button == MOUSE_WHEEL_UP);
    else if (tab >= 0)
        app_act(a, (enum action)(ACT_PANE_1 + tab));
    else
        snprintf(a->reason, sizeof a->reason,
                 "the wheel moves, a click on a tab goes there; keys do the rest");
}
