/* A question in the key line: y or n, or a short text. The harmless answer is the default. */
#include "tui/app.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#define ROOM 20 /* for the answers, or the beginning of a text */

/* A long question begins a row above; returns what is left of it. */
static const char *draw_first(struct surface *whole, int row, const char *text)
{
    size_t fits = 0;
    int cols = 0;
    for (size_t i = 0; text[i]; i += strcspn(text + i, " ")) {
        i += strspn(text + i, " ");
        size_t end = i + strcspn(text + i, " ");
        cols = (int)text_cols(text, end);
        if (cols > whole->cols - 2)
            break;
        fits = end;
    }
    if (!fits || row < 0)
        return text;
    surface_blank(whole, row, 0, 1, whole->cols);
    put_len(whole, row, 1, LOOK_TITLE, text, fits);
    return text + fits + strspn(text + fits, " ");
}

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)body;
    const struct desk_question *q = &a->desk.question;
    int row = whole->rows - 1;
    surface_blank(whole, row, 0, 1, whole->cols);
    if (!q->text)
        return;
    const char *text = q->text;
    if (surface_width(whole, text) > whole->cols - ROOM)
        text = draw_first(whole, row - 1, text);
    int col = put_fit(whole, row, 1, whole->cols - ROOM, LOOK_TITLE, text);
    if (q->wants_text) {
        field_draw(&a->line, whole, row, col + 1, whole->cols - col - 2, 1, true, "");
    } else {
        col = put(whole, row, col + 2, LOOK_KEY, "y");
        col = put(whole, row, col + 1, LOOK_TEXT, "yes");
        col = put(whole, row, col + 2, LOOK_KEY, "Esc");
        put(whole, row, col + 1, LOOK_TEXT, "no");
        surface_cursor(whole, row, 1, false);
    }
}

static void answer(struct app *a, bool yes)
{
    char text[sizeof a->desk.question.value];
    snprintf(text, sizeof text, "%s", field_text(&a->line));
    struct desk_question q = a->desk.question;
    a->desk.question.text = NULL; /* so that closing does not answer it again */
    app_close(a);
    a->desk.question = q;
    desk_answer(&a->desk, yes ? text : NULL);
}

static bool key(struct app *a, const struct key *k)
{
    bool text = a->desk.question.wants_text;
    if (k->code == K_ESC || (k->code == K_CTRL && k->letter == 'c') ||
        (!text && (k->code == K_ENTER || k->code == K_LETTER) && k->letter != 'y' &&
         k->letter != 'Y')) {
        answer(a, false);
    } else if (!text) {
        if (k->code == K_LETTER)
            answer(a, true);
    } else if (k->code == K_ENTER) {
        answer(a, true);
    } else {
        field_key(&a->line, k);
    }
    return true;
}

static void closed(struct app *a)
{
    if (a->desk.question.text)
        desk_answer(&a->desk, NULL);
}

const struct over over_question = {
    .name = "question", .draw = draw, .key = key, .close = closed, .keys = "", .takes_text = true
};
