/* The error box: stays until it is dismissed, says what to do, and can be copied. */
#include "tui/app.h"

#include <stdio.h>
#include <string.h>

#define ROWS 4

struct row {
    const char *name, *text;
};

static void rows_of(const struct trouble *t, struct row rows[ROWS])
{
    rows[0] = (struct row){ "What", t->what };
    rows[1] = (struct row){ "Reply", t->reply };
    rows[2] = (struct row){ "Do", t->advice };
    rows[3] = (struct row){ "Kept", t->kept };
}

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)whole;
    const struct trouble *t = &a->desk.trouble.t;
    struct row rows[ROWS];
    rows_of(t, rows);
    int cols = body->cols > 100 ? 100 : body->cols, height = 0, taken[ROWS];
    struct surface none = surface_part(body, 0, 0, 0, 0); /* measures without drawing */
    for (int i = 0; i < ROWS; i++) {
        taken[i] = rows[i].text && *rows[i].text
                       ? put_wrapped(&none, 0, 0, cols - 13, 8, LOOK_TEXT, rows[i].text)
                       : 0;
        height += taken[i];
    }
    struct surface in = over_box(body, height + 4, cols, t->title, NULL);
    int row = 0;
    for (int i = 0; i < ROWS; i++) {
        if (!taken[i])
            continue;
        put(&in, row, 0, LOOK_TITLE, rows[i].name);
        put_wrapped(&in, row, 9, in.cols - 9, taken[i], LOOK_TEXT, rows[i].text);
        row += taken[i];
    }
    int col = 0, at = in.rows - 1;
    if (t->retry)
        col = put(&in, at, put(&in, at, col, LOOK_KEY, "R"), LOOK_TEXT, " retry") + 4;
    if (t->fast)
        col = put(&in, at, put(&in, at, col, LOOK_KEY, "f"), LOOK_TEXT, " answer with FAST") + 4;
    if (t->setup)
        col = put(&in, at, put(&in, at, col, LOOK_KEY, "s"), LOOK_TEXT, " open Setup") + 4;
    col = put(&in, at, put(&in, at, col, LOOK_KEY, "y"), LOOK_TEXT, " copy all") + 4;
    put(&in, at, put(&in, at, col, LOOK_KEY, "Esc"), LOOK_TEXT, " dismiss");
    surface_cursor(&in, 0, 0, false);
}

static void copy(struct app *a)
{
    const struct desk_line *l = NULL;
    for (size_t i = 0; (l = desk_log(&a->desk, i)) && !l->error; i++)
        ;
    if (l)
        desk_copy(&a->desk, l->text, strlen(l->text));
}

static bool key(struct app *a, const struct key *k)
{
    const struct trouble *t = &a->desk.trouble.t;
    int32_t c = k->code == K_LETTER && !k->alt ? k->letter : 0;
    if (c == 'R' && t->retry) {
        app_close(a);
        app_act(a, ACT_AGAIN);
    } else if (c == 'f' && t->fast) {
        struct pane *p = app_pane(a);
        app_close(a);
        if (p->ops->act)
            p->ops->act(p, ACT_USE_FAST);
    } else if (c == 's' && t->setup) {
        app_close(a);
        app_show(a, 0);
    } else if (c == 'y') {
        copy(a);
    } else if (k->code == K_ENTER) { /* the harmless answer */
        app_close(a);
    } else {
        return false;
    }
    return true;
}

static void closed(struct app *a)
{
    a->desk.trouble.t.title = NULL;
    a->desk.errors_unread = 0;
}

const struct over over_trouble = { .name = "trouble",
                                   .draw = draw,
                                   .key = key,
                                   .close = closed,
                                   .keys =
                                       "Enter or Esc dismiss   y copy all   ! all errors later" };
