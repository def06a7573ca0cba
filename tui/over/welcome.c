/* Welcome back: an answer that was cut off when its program died, offered once, and where one was
 * in the exercises; shown only where there is such an answer. */
#include "tui/app.h"

#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/store/interrupted.h"

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)whole;
    const struct app_welcome *w = &a->welcome;
    char text[400];
    const struct coach *c = &a->desk.coach;
    struct surface in =
        over_box(body, c->id ? 14 : 11, body->cols > OVER_COLS ? OVER_COLS : body->cols,
                 "Welcome back", NULL);
    int row = 0;
    if (c->id) {
        snprintf(text, sizeof text, "%d of %d exercises done. You were on %s, \"%s\".", c->done,
                 c->total, c->id, c->title);
        row += put_wrapped(&in, row, 0, in.cols, 2, LOOK_TEXT, text) + 1;
    }
    snprintf(text, sizeof text,
             "One answer was cut off (%zu characters had come)%s:", w->answer_chars,
             w->more ? ", and others: History has them" : "");
    row += put_wrapped(&in, row, 0, in.cols, 2, LOOK_TEXT, text);
    snprintf(text, sizeof text, "\"%s\"", w->query);
    row += put_wrapped(&in, row, 2, in.cols - 4, 2, LOOK_TITLE, text);
    snprintf(text, sizeof text, "asked of %s", w->model);
    put_fit(&in, row++, 2, in.cols - 4, LOOK_MUTED, text);
    int foot = in.rows - 1;
    int col = put(&in, foot, put(&in, foot, 0, LOOK_KEY, "k"), LOOK_TEXT, " keep as it is") + 3;
    col = put(&in, foot, put(&in, foot, col, LOOK_KEY, "r"), LOOK_TEXT, " ask again") + 3;
    if (c->id)
        col = put(&in, foot, put(&in, foot, col, LOOK_KEY, "l"), LOOK_TEXT, " exercises") + 3;
    put(&in, foot, put(&in, foot, col, LOOK_KEY, "Esc"), LOOK_TEXT, " just look");
    surface_cursor(&in, 0, 0, false);
}

struct offer {
    int64_t answer_id;
    const char *outcome;
};

static bool write_offer(void *self, void *what, struct error *err)
{
    const struct app *a = self;
    const struct offer *o = what;
    return interrupted_offered(a->lab->store, o->answer_id, o->outcome, err);
}

static const struct deed offering = { .title = "It will be offered again",
                                      .loss = LOSS_LINE,
                                      .size = sizeof(struct offer),
                                      .write = write_offer };

static void settle(struct app *a, const char *outcome)
{
    deed_do(&a->desk, &offering, a, &(struct offer){ a->welcome.answer_id, outcome });
    a->welcome.answer_id = 0;
}

static bool key(struct app *a, const struct key *k)
{
    int32_t c = k->code == K_LETTER && !k->alt ? k->letter : 0;
    if (c == 'k' || k->code == K_ENTER) {
        settle(a, "kept");
        desk_say(&a->desk, "kept in the history as a partial answer");
        app_close(a);
    } else if (c == 'r') {
        settle(a, "again");
        desk_go(&a->desk, "ask", a->welcome.query);
        app_close(a);
    } else if (c == 'l' && a->desk.coach.id) {
        desk_go(&a->desk, "learn", NULL);
        app_close(a);
    } else {
        return false;
    }
    return true;
}

static void closed(struct app *a)
{
    if (a->welcome.answer_id)
        settle(a, NULL);
}

const struct over over_welcome = { .name = "welcome",
                                   .draw = draw,
                                   .key = key,
                                   .close = closed,
                                   .keys = "k keep   r ask again   Esc just look" };

static bool take(void *self, const struct interrupted *i)
{
    struct app_welcome *w = self;
    if (w->answer_id) {
        w->more = true;
        return false;
    }
    w->answer_id = i->answer_id;
    w->answer_chars = i->answer_len + i->thinking_len;
    snprintf(w->model, sizeof w->model, "%s/%s", i->server, i->model);
    mem_free(w->query);
    w->query = mem_copy(i->query, i->query_len);
    return true;
}

void app_welcome(struct app *a)
{
    struct error err; /* nothing to offer is no news */
    if (interrupted_list(a->lab->store, take, &a->welcome, &err) && a->welcome.answer_id)
        app_open(a, &over_welcome);
}
