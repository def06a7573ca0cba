/* Everything that was said, newest first: messages and errors. */
#include "tui/app.h"

#include <string.h>
#include <time.h>

static void when(int64_t wall_ns, char ret[8])
{
    time_t t = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    strcpy(ret, "-");
    if (localtime_r(&t, &tm))
        strftime(ret, 8, "%H:%M", &tm);
}

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)whole;
    struct surface in =
        over_box(body, body->rows, body->cols, "Errors and messages", "y copy   q close");
    int row = 0;
    list_count(&a->rows, (int)a->desk.log_count);
    if (a->rows.at < a->rows.top)
        a->rows.top = a->rows.at;
    for (size_t i = (size_t)a->rows.top; row < in.rows; i++) {
        const struct desk_line *l = desk_log(&a->desk, i);
        char at[8];
        if (!l)
            break;
        when(l->at_wall, at);
        bool chosen = (int)i == a->rows.at;
        put(&in, row, 0, LOOK_TITLE, chosen ? "\xE2\x96\xB8" : " ");
        put(&in, row, 2, LOOK_MUTED, at);
        put(&in, row, 8, l->error ? LOOK_FAIL : LOOK_TEXT, l->error ? "error" : "said");
        if (chosen)
            surface_cursor(&in, row, 0, false);
        row +=
            put_wrapped(&in, row, 14, in.cols - 14, chosen ? in.rows - row : 1, LOOK_TEXT, l->text);
    }
    if (a->rows.at >= a->rows.top + in.rows)
        a->rows.top = a->rows.at;
    if (!a->desk.log_count)
        put(&in, 0, 0, LOOK_MUTED, "nothing so far");
}

static bool key(struct app *a, const struct key *k)
{
    int32_t c = k->code == K_LETTER ? k->letter : 0;
    const struct desk_line *l = desk_log(&a->desk, (size_t)a->rows.at);
    if (k->code == K_DOWN || c == 'j')
        list_move(&a->rows, 1);
    else if (k->code == K_UP || c == 'k')
        list_move(&a->rows, -1);
    else if (k->code == K_PAGE_DOWN)
        list_move(&a->rows, 10);
    else if (k->code == K_PAGE_UP)
        list_move(&a->rows, -10);
    else if (c == 'g')
        list_to(&a->rows, 0);
    else if (c == 'G')
        list_to(&a->rows, a->rows.count);
    else if (c == 'y' && l)
        desk_copy(&a->desk, l->text, strlen(l->text));
    else
        return false;
    return true;
}

const struct over over_log = { .name = "log",
                               .draw = draw,
                               .key = key,
                               .keys = "\xE2\x86\x91\xE2\x86\x93 move   y copy   q close" };
