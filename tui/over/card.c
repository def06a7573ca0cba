/* A card: a text that stays until it is put away, with one thing that Enter does. Lessons use it: an
 * exercise that was passed, a hint, a solution, a prediction that is asked for. */
#include "tui/app.h"

#include <stdio.h>
#include <string.h>

/* The lines of the text, each wrapped; on a surface without rows they only count. */
static int draw_text(const struct desk_card *c, struct surface *s, int from)
{
    int row = -from;
    for (const char *at = c->text; at && *at;) {
        char line[CARD_LINE];
        size_t len = strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", (int)len, at);
        /* What scrolled out above is counted on a surface that has no rows. */
        struct surface none = surface_part(s, 0, 0, 0, s->cols);
        int rows = *line ? put_wrapped(&none, 0, 0, s->cols, -1, LOOK_TEXT, line) : 1;
        if (row >= 0 && *line)
            put_wrapped(s, row, 0, s->cols, s->rows - row, LOOK_TEXT, line);
        row += rows;
        at += len + (at[len] == '\n');
    }
    return row + from;
}

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)whole;
    const struct desk_card *c = &a->desk.card;
    int cols = body->cols > 84 ? 84 : body->cols;
    struct surface none = surface_part(body, 0, 0, 0, cols - 4);
    int need = draw_text(c, &none, 0);
    int rows = need + 4 < body->rows ? need + 4 : body->rows;
    struct surface in = over_box(body, rows, cols, c->title, NULL);
    struct surface text = surface_part(&in, 0, 0, in.rows - 2, in.cols);
    if (a->scroll > need - text.rows)
        a->scroll = need > text.rows ? need - text.rows : 0;
    draw_text(c, &text, a->scroll);
    int foot = in.rows - 1, col = 0;
    if (c->enter && foot >= 0) {
        col = put(&in, foot, 0, LOOK_KEY, "Enter");
        col = put(&in, foot, col + 1, LOOK_TEXT, c->enter) + 3;
    }
    put(&in, foot, put(&in, foot, col, LOOK_KEY, "Esc"), LOOK_TEXT, " close");
    surface_cursor(&in, 0, 0, false);
}

static bool key(struct app *a, const struct key *k)
{
    struct desk_card *c = &a->desk.card;
    int32_t letter = k->code == K_LETTER && !k->alt ? k->letter : 0;
    if (k->code == K_ENTER) {
        void (*act)(void *self) = c->act;
        void *self = c->self;
        bool stays = c->stays;
        if (!stays)
            app_close(a);
        if (act)
            act(self);
    } else if (k->code == K_DOWN || letter == 'j') {
        a->scroll++;
    } else if ((k->code == K_UP || letter == 'k') && a->scroll > 0) {
        a->scroll--;
    } else if (letter == 'y') {
        desk_copy(&a->desk, c->text, strlen(c->text));
    } else {
        return false;
    }
    return true;
}

static void closed(struct app *a)
{
    desk_card(&a->desk, NULL);
    a->scroll = 0;
}

const struct over over_card = { .name = "card",
                                .draw = draw,
                                .key = key,
                                .close = closed,
                                .keys = "\xE2\x86\x91\xE2\x86\x93 scroll   y copy   Esc close" };
