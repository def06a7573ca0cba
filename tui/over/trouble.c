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

/* The keys of the box from `row` on, each whole; what does not fit goes on below. Returns the rows
 * they take. */
static int draw_keys(const struct trouble *t, struct surface *s, int row, int cols)
{
    const struct {
        bool there;
        const char *key, *label;
    } keys[] = { { t->retry, "R", "retry" },
                 { t->fast, "f", "answer with FAST" },
                 { t->setup, "s", "open Setup" },
                 { true, "y", "copy all" },
                 { true, "Esc", "dismiss" } };
    int col = 0, rows = 1;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        int width = (int)(strlen(keys[i].key) + 1 + strlen(keys[i].label));
        if (!keys[i].there)
            continue;
        if (col > 0 && col + width > cols) {
            rows++;
            col = 0;
        }
        int at = put(s, row + rows - 1, col, LOOK_KEY, keys[i].key);
        put(s, row + rows - 1, at + 1, LOOK_TEXT, keys[i].label);
        col += width + 4;
    }
    return rows;
}

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)whole;
    const struct trouble *t = &a->desk.trouble.t;
    struct row rows[ROWS];
    rows_of(t, rows);
    int cols = body->cols > OVER_COLS ? OVER_COLS : body->cols, height = 0, taken[ROWS];
    struct surface none = surface_part(body, 0, 0, 0, 0); /* measures without drawing */
    int keys = draw_keys(t, &none, 0, cols - 4), most = (body->rows - 3 - keys) / 2;
    for (int i = 0; i < ROWS; i++) {
        taken[i] =
            rows[i].text && *rows[i].text
                ? put_wrapped(&none, 0, 0, cols - 13, most < 2 ? 2 : most, LOOK_TEXT, rows[i].text)
                : 0;
        height += taken[i];
    }
    /* What is cut first is what stands below: what was kept, the advice, the reply. All of it can
     * be copied. */
    for (int i = ROWS - 1; i > 0; i--)
        while (height + keys + 3 > body->rows && taken[i] > 1) {
            taken[i]--;
            height--;
        }
    struct surface in = over_box(body, height + keys + 3, cols, t->title, NULL);
    int row = 0;
    for (int i = 0; i < ROWS; i++) {
        if (!taken[i])
            continue;
        put(&in, row, 0, LOOK_TITLE, rows[i].name);
        put_wrapped(&in, row, 9, in.cols - 9, taken[i], LOOK_TEXT, rows[i].text);
        row += taken[i];
    }
    surface_blank(&in, in.rows - keys, 0, keys, in.cols);
    draw_keys(t, &in, in.rows - keys, in.cols);
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
        app_close(a);
        app_act(a, ACT_USE_FAST);
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
