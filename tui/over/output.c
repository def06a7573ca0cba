/* What a verb of the palette says, while it runs and after. */
#include "tui/app.h"

#include <stdio.h>
#include <string.h>

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)whole;
    char title[120];
    snprintf(title, sizeof title, "rlab %s", a->child_said);
    struct surface in =
        over_box(body, body->rows, body->cols, title, a->child ? "running" : "q close");
    a->scroll = in.rows;
    if (a->output)
        page_draw(a->output, &in);
    int below = a->output ? page_below(a->output, in.rows) : 0;
    char more[40];
    snprintf(more, sizeof more, "\xE2\x86\x93 %d below", below);
    if (below > 0)
        put_right(body, body->rows - 1, body->cols - 2, LOOK_MUTED, more);
}

static void copy(struct app *a)
{
    size_t len;
    const char *text = page_source(a->output, &len);
    desk_copy(&a->desk, text, len);
}

static bool key(struct app *a, const struct key *k)
{
    int32_t c = k->code == K_LETTER ? k->letter : 0;
    int rows = a->scroll > 0 ? a->scroll : 1;
    if (k->code == K_DOWN || c == 'j')
        page_move(a->output, 1, rows);
    else if (k->code == K_UP || c == 'k')
        page_move(a->output, -1, rows);
    else if (k->code == K_PAGE_DOWN || c == ' ')
        page_move(a->output, rows, rows);
    else if (k->code == K_PAGE_UP)
        page_move(a->output, -rows, rows);
    else if (c == 'g')
        page_home(a->output);
    else if (c == 'G')
        page_end(a->output);
    else if (c == 'y')
        copy(a);
    else
        return false;
    return true;
}

const struct over over_output = {
    .name = "output",
    .draw = draw,
    .key = key,
    .keys = "\xE2\x86\x91\xE2\x86\x93 scroll   g G top, bottom   y copy   ^C stop   q close",
};
