/* The line of / : what is looked for in the pane. */
#include "tui/app.h"

#include <stdio.h>

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)body;
    int row = whole->rows - 1;
    surface_blank(whole, row, 0, 1, whole->cols);
    put(whole, row, 1, LOOK_KEY, "/");
    field_draw(&a->line, whole, row, 2, whole->cols - 3, 1, true, "");
}

static bool key(struct app *a, const struct key *k)
{
    if (k->code == K_ESC || (k->code == K_CTRL && k->letter == 'c')) {
        app_close(a);
    } else if (k->code == K_ENTER) {
        if (*field_text(&a->line))
            snprintf(a->wanted, sizeof a->wanted, "%s", field_text(&a->line));
        app_close(a);
        if (*a->wanted)
            app_act(a, ACT_SEARCH_NEXT);
    } else {
        field_key(&a->line, k);
    }
    return true;
}

const struct over over_search = {
    .name = "search", .draw = draw, .key = key, .keys = "", .takes_text = true
};
