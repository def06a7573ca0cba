/* What the app looks like now, as a grid. */
#include "tui/app.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/text.h"
#include "core/model/provider.h"

/* Texts the view borrows. */
struct drawing {
    char running[200], clock[8], corner[80];
};

static bool is_off(void *self, enum action act)
{
    return app_off(self, act) != NULL;
}

/* "fast" of "mini/fast": the server stands before it in the bar. */
static const char *short_name(const struct lab_model *m)
{
    return m ? m->name : NULL;
}

static char load_state(const struct lab_model *m)
{
    if (m && m->server->server.provider->start)
        return 'l'; /* the built-in pair is a part of the program */
    if (!m || !m->server->list || lab_server_is_silent(m->server))
        return ' '; /* what a silent server has loaded is not known */
    const struct model_info *c = catalog_find(m->server->list, m->name);
    if (!c || c->loaded == TRI_UNKNOWN)
        return ' ';
    return c->loaded == TRI_YES ? 'l' : 'o';
}

static void fill_models(const struct app *a, struct frame_view *v)
{
    const struct choice *c = &a->lab->choice;
    const struct lab_model *fast = a->lab->pipeline.fast, *reason = a->lab->pipeline.reasoning;
    v->choosing = !a->lab->chosen;
    v->fast = (struct frame_model){ short_name(fast), load_state(fast) };
    v->reasoning = (struct frame_model){ short_name(reason), load_state(reason) };
    if (fast || c->server) {
        const struct lab_server *server = fast ? fast->server : c->server;
        v->server = server->server.name;
        v->built_in = strcmp(v->server, "mini") == 0;
        v->server_up = v->built_in || server->answered;
    }
}

static void fill_clock(const struct app *a, struct drawing *d)
{
    time_t now = (time_t)(clock_wall(a->clock) / NS_PER_S);
    struct tm tm;
    if (localtime_r(&now, &tm))
        strftime(d->clock, sizeof d->clock, "%H:%M", &tm);
}

static void fill_running(struct app *a, struct drawing *d, struct frame_view *v)
{
    if (!app_busy(a, d->running, sizeof d->running))
        return;
    text_trim_partial(d->running);
    v->running = d->running;
}

static const char *message(const struct app *a)
{
    const struct pane *p = &a->pane[a->shown];
    if (*a->reason)
        return a->reason;
    if (*a->desk.message)
        return a->desk.message;
    if (a->overs)
        return a->over[a->overs - 1]->keys;
    const char *asks = p->ops->asks ? p->ops->asks(p) : NULL;
    return asks ? asks : deeds_words(&a->desk);
}

/* What was said stands in the list of messages; letters of a field and of a box are their own. */
static const char *all_of_it(const struct app *a)
{
    const struct binding *b = binding_of(a->pane[a->shown].ops->keymap, ACT_ERRORS);
    return *a->reason || a->overs || a->pane[a->shown].focused || !b ? NULL : b->key;
}

static struct frame_view view_of(struct app *a, struct drawing *d)
{
    struct pane *p = app_pane(a);
    const struct field *f = p->focused && p->ops->field ? p->ops->field(p) : NULL;
    struct coach *coach = &a->desk.coach;
    coach->here = coach->pane && strcmp(coach->pane, p->ops->name) == 0;
    struct frame_view v = {
        .shown = a->shown,
        .title = p->ops->title,
        .corner = d->corner,
        .input = f && !a->overs,
        .one_line = f && f->one_line,
        .has_past = f && f->past_texts,
        .recording_off = !store_keeps_history(a->lab->store),
        .read_only = a->options.read_only,
        .errors = a->desk.errors_unread,
        .waiting = a->waiting,
        .entries = a->sums.entries,
        .size = a->sums.size,
        .hit_rate = a->sums.hit_rate,
        .saved_s = a->sums.saved_s,
        .clock = d->clock,
        .coach = coach,
        .coach_hidden = a->coach_hidden,
        .keymap = p->ops->keymap,
        .message = message(a),
        .all_of_it = all_of_it(a),
        .is_off = is_off,
        .self = a,
    };
    if (p->ops->corner)
        p->ops->corner(p, d->corner, sizeof d->corner);
    fill_models(a, &v);
    fill_clock(a, d);
    fill_running(a, d, &v);
    return v;
}

/* A question is asked even there: its keys would be dead else. */
static void draw_small(struct app *a, struct surface *s)
{
    char running[200];
    frame_too_small(s, app_busy(a, running, sizeof running) ? running : NULL);
    if (*a->reason) {
        surface_blank(s, s->rows - 1, 0, 1, s->cols);
        put_fit(s, s->rows - 1, 0, s->cols, LOOK_TEXT, a->reason);
    }
    if (a->overs && a->over[a->overs - 1] == &over_question)
        over_question.draw(a, s, s);
}

void app_draw(struct app *a, struct grid *g)
{
    struct surface s = surface_of(g);
    struct drawing d = { 0 };
    struct frame_view v = view_of(a, &d);
    grid_clear(g);
    a->dirty = a->data_dirty = false;
    a->small = s.rows < FRAME_MIN_ROWS || s.cols < FRAME_MIN_COLS;
    if (a->small) {
        draw_small(a, &s);
        return;
    }
    struct frame_body b = frame_layout(&s, &v);
    a->wide = b.wide;
    a->desk.coach_column = b.coach_column.cols > 0;
    struct pane *p = app_pane(a);
    p->body_rows = b.body.rows;
    p->body_cols = b.body.cols;
    surface_cursor(&b.body, 0, 0, false);
    p->ops->draw(p, &b.body);
    frame_draw(&s, &v, &b);
    for (int i = 0; i < a->overs; i++)
        a->over[i]->draw(a, &s, &b.body);
    if (a->options.cursor)
        g->cursor_shown = true;
}
