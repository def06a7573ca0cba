/* The Production pane: eight topics, each with a demonstration on the person's own pipeline. What
 * it shows of a run is what the demonstration told, which it read back from the rows the pipeline
 * wrote. Owns the runs' lines. */
#include "tui/pane/production.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/route/breaker.h"
#include "tui/pane/pane.h"
#include "tui/screen/list.h"

/* Lines of one demonstration that are kept. */
#define MAX_TOLD 400
/* Deadlines a person can choose, s. */
#define LEAST_DEADLINE 1
#define MOST_DEADLINE  60

struct production_state {
    int chosen;
    bool ran[DEMOS];
    double deadline_s[DEMOS]; /* NAN: it takes none */
    bool calm;
    bool at_text;
    int top; /* -1: the end */

    int running; /* topic whose demonstration runs, -1 none */
    struct demo_run *run;
    int64_t started_ns;
    int shown; /* topic whose lines are kept, -1 none */
    struct arena arena;
    struct told *told; /* (MAX_TOLD,) in the arena */
    size_t count;
};

/* --- what a demonstration tells ----------------------------------------------------------- */

static void hear(void *self, const struct demo_news *n)
{
    struct pane *p = self;
    struct production_state *st = p->state;
    if (st->count == MAX_TOLD)
        return;
    struct told *t = &st->told[st->count++];
    *t = (struct told){ .type = n->type, .table = n->table };
    t->text = arena_string(&st->arena, n->text);
    if (n->type == DEMO_ROW) {
        t->cells = arena_new(&st->arena, struct demo_cell, n->table->count);
        for (size_t i = 0; i < n->table->count; i++)
            t->cells[i] = (struct demo_cell){ arena_string(&st->arena, n->cells[i].text),
                                              n->cells[i].number };
    }
    pane_dirty(p);
}

static void ended(void *self, const struct error *err)
{
    struct pane *p = self;
    struct production_state *st = p->state;
    int topic = st->running;
    st->run = NULL;
    st->running = -1;
    if (err)
        desk_trouble(p->desk, &(struct trouble){ .title = "The demonstration ended early",
                                                 .what = err->text,
                                                 .kept = "the rows above it",
                                                 .retry = true,
                                                 .setup = true });
    else
        st->ran[topic] = true;
    char text[DEMOS + 1];
    for (int i = 0; i < DEMOS; i++)
        text[i] = st->ran[i] ? '1' : '0';
    text[DEMOS] = '\0';
    desk_keep(p->desk, "production.ran", text);
    pane_dirty(p);
}

static void start(struct pane *p)
{
    struct production_state *st = p->state;
    struct error err;
    struct demo_options o = { .deadline_s = st->deadline_s[st->chosen],
                              .max_tokens = -1,
                              .calm = st->calm };
    arena_clear(&st->arena);
    st->told = arena_new(&st->arena, struct told, MAX_TOLD);
    st->count = 0;
    st->top = -1;
    st->shown = st->chosen;
    st->run = demo_start(p->desk->lab, demo_find(st->chosen + 1), &o, hear, ended, p, &err);
    if (!st->run) {
        desk_fail(p->desk, "The demonstration was not started", &err);
        return;
    }
    st->running = st->chosen;
    st->started_ns = clock_mono(p->desk->clock);
}

static void stop(struct pane *p)
{
    struct production_state *st = p->state;
    demo_stop(st->run);
    st->run = NULL;
    st->running = -1;
    desk_say(p->desk, "the demonstration was stopped; its rows stay");
    pane_dirty(p);
}

/* --- the pane ----------------------------------------------------------------------------- */

static bool pane_open(struct pane *p, struct error *err)
{
    struct production_state *st = p->state;
    const char *kept = desk_kept(p->desk, "production.ran");
    (void)err;
    st->running = st->shown = -1;
    st->top = -1;
    for (int i = 0; i < DEMOS; i++) {
        st->deadline_s[i] = demo_find(i + 1)->deadline_s;
        st->ran[i] = kept && strlen(kept) == DEMOS && kept[i] == '1';
    }
    return true;
}

static void pane_close(struct pane *p)
{
    struct production_state *st = p->state;
    demo_stop(st->run);
    arena_done(&st->arena);
}

static void fill_breaker(const struct pane *p, struct production_view *v)
{
    const struct production_state *st = p->state;
    const struct lab_model *m = p->desk->lab->pipeline.reasoning;
    bool about_it = demo_find(st->chosen + 1)->arranges;
    if (!about_it || !m)
        return;
    switch (m->breaker.state) {
    case BREAKER_CLOSED:
        v->breaker = SHOWN_CLOSED;
        break;
    case BREAKER_OPEN:
        v->breaker = SHOWN_OPEN;
        break;
    case BREAKER_HALF_OPEN:
        v->breaker = SHOWN_HALF_OPEN;
        break;
    }
    v->pause_s = clock_seconds(breaker_wait(&m->breaker, clock_mono(p->desk->clock)));
}

static struct production_view view_of(const struct pane *p)
{
    const struct production_state *st = p->state;
    bool mine = st->shown == st->chosen;
    struct production_view v = { .chosen = st->chosen,
                                 .running = st->running == st->chosen,
                                 .told = mine ? st->told : NULL,
                                 .count = mine ? st->count : 0,
                                 .top = st->top,
                                 .at_text = st->at_text,
                                 .deadline_s = st->deadline_s[st->chosen],
                                 .calm = st->calm };
    memcpy(v.ran, st->ran, sizeof v.ran);
    fill_breaker(p, &v);
    return v;
}

static void pane_draw(const struct pane *p, struct surface *s)
{
    struct production_view v = view_of(p);
    production_draw(&v, s);
}

static void pane_corner(const struct pane *p, char *ret, size_t size)
{
    const struct production_state *st = p->state;
    int n = 0;
    for (int i = 0; i < DEMOS; i++)
        n += st->ran[i];
    snprintf(ret, size, "%d of %d tried", n, DEMOS);
}

static void choose(struct production_state *st, int by)
{
    int at = st->chosen + by;
    st->chosen = at < 0 ? 0 : at >= DEMOS ? DEMOS - 1 : at;
    st->top = -1;
}

/* From following the end to a place of its own, which a step back from the end begins. */
static void scroll(struct pane *p, int by)
{
    struct production_state *st = p->state;
    struct production_view v = view_of(p);
    struct grid none = { .rows = 1, .cols = 1 };
    struct surface s = { &none, 0, 0, 0, p->body_cols - 27 };
    int all = production_told_rows(&v, &s), room = p->body_rows / 2;
    if (st->top < 0)
        st->top = all > room ? all - room : 0;
    st->top += by;
    if (st->top < 0)
        st->top = 0;
    if (st->top > all)
        st->top = all;
}

static void change_deadline(struct pane *p, double by)
{
    struct production_state *st = p->state;
    double *d = &st->deadline_s[st->chosen];
    *d = fmin(fmax(*d + by, LEAST_DEADLINE), MOST_DEADLINE);
}

static enum pane_said pane_act(struct pane *p, enum action a)
{
    struct production_state *st = p->state;
    int by = a == ACT_UP ? -1 : a == ACT_DOWN ? 1 : a == ACT_PAGE_UP ? -8 : 8;
    switch (a) {
    case ACT_UP:
    case ACT_DOWN:
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
        if (st->at_text)
            scroll(p, by);
        else
            choose(st, by);
        return PANE_REDRAW;
    case ACT_TOP:
        st->top = 0;
        if (!st->at_text)
            choose(st, -DEMOS);
        return PANE_REDRAW;
    case ACT_BOTTOM:
        st->top = -1;
        if (!st->at_text)
            choose(st, DEMOS);
        return PANE_REDRAW;
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        st->at_text = !st->at_text;
        desk_say(p->desk, "%s",
                 st->at_text ? "the keys move what the demonstration told"
                             : "the keys move the topics");
        return PANE_REDRAW;
    case ACT_ENTER:
    case ACT_AGAIN:
        start(p);
        return PANE_REDRAW;
    case ACT_MORE:
    case ACT_LESS:
        change_deadline(p, a == ACT_MORE ? 1 : -1);
        return PANE_REDRAW;
    case ACT_LIVE:
        st->calm = !st->calm;
        desk_say(p->desk, st->calm ? "trouble on purpose is off: the models as they are"
                                   : "trouble on purpose is on for the next run");
        return PANE_REDRAW;
    case ACT_STOP:
        stop(p);
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

static const char *pane_off(const struct pane *p, enum action a)
{
    const struct production_state *st = p->state;
    const struct demo *d = demo_find(st->chosen + 1);
    switch (a) {
    case ACT_ENTER:
    case ACT_AGAIN:
        return st->run                                   ? "a demonstration runs; ^C stops it"
               : d->asks && p->desk->choosing            ? "the models are still being looked for"
               : d->asks && !p->desk->lab->pipeline.fast ? "no model is chosen: 1 opens Setup"
                                                         : NULL;
    case ACT_MORE:
    case ACT_LESS:
        return isnan(st->deadline_s[st->chosen]) ? "this topic has no value to move" : NULL;
    case ACT_LIVE:
        return d->arranges ? NULL : "this topic arranges no trouble";
    case ACT_STOP:
        return st->run ? NULL : "no demonstration runs";
    default:
        return NULL;
    }
}

static bool pane_busy(const struct pane *p, struct busy *ret)
{
    const struct production_state *st = p->state;
    if (!st->run)
        return false;
    ret->started_ns = st->started_ns;
    snprintf(ret->what, sizeof ret->what, "demo %d %.0f s", st->running + 1,
             clock_seconds(clock_mono(p->desk->clock) - st->started_ns));
    return true;
}

static bool pane_tick(struct pane *p)
{
    const struct production_state *st = p->state;
    return st->run != NULL; /* the pause of a breaker counts down */
}

static void copy_told(const struct told *t, struct buf *to)
{
    if (t->type == DEMO_SAYS || t->type == DEMO_FINDS) {
        buf_printf(to, "%s\n", t->text);
        return;
    }
    for (size_t i = 0; i < t->table->count; i++) {
        const struct demo_column *c = &t->table->columns[i];
        const char *end = i + 1 < t->table->count ? "\t" : "\n";
        if (!t->cells)
            buf_printf(to, "%s%s", c->key, end);
        else if (c->unit == DEMO_TEXT || c->unit == DEMO_TAIL)
            buf_printf(to, "%s%s", t->cells[i].text ? t->cells[i].text : "", end);
        else if (isfinite(t->cells[i].number))
            buf_printf(to, "%.6g%s", t->cells[i].number, end);
        else
            buf_puts(to, end);
    }
}

static void copy_json(const struct told *t, int topic, struct buf *to)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.demo/1");
    json_put_int(j, "demo", topic + 1);
    if (t->type == DEMO_ROW) {
        json_put_text(j, "table", t->table->name);
        for (size_t i = 0; i < t->table->count; i++) {
            const struct demo_column *c = &t->table->columns[i];
            if (c->unit == DEMO_TEXT || c->unit == DEMO_TAIL)
                json_put_text(j, c->key, t->cells[i].text);
            else
                json_put_real(j, c->key, t->cells[i].number);
        }
    } else {
        json_put_text(j, t->type == DEMO_SAYS ? "says" : "finds", t->text);
    }
    json_print(j, to);
    buf_putc(to, '\n');
    json_free(j);
}

static bool pane_copy(const struct pane *p, bool json, struct buf *to)
{
    const struct production_state *st = p->state;
    if (st->shown != st->chosen || !st->count)
        return false;
    for (size_t i = 0; i < st->count; i++) {
        if (!json)
            copy_told(&st->told[i], to);
        else if (st->told[i].type != DEMO_TABLE)
            copy_json(&st->told[i], st->shown, to);
    }
    return true;
}

static bool pane_search(struct pane *p, const char *words, int dir)
{
    struct production_state *st = p->state;
    for (int i = 1; i <= DEMOS; i++) {
        int at = list_around(st->chosen, DEMOS, dir * i);
        const struct demo *d = demo_find(at + 1);
        if (strcasestr(topics[at].tab, words) || strcasestr(d->title, words) ||
            strcasestr(d->idea, words)) {
            st->chosen = at;
            return true;
        }
    }
    return false;
}

const struct pane_ops production_pane = {
    .name = "production",
    .tab = "Prod",
    .title = "Production topics",
    .keymap = MAP_PRODUCTION,
    .state_size = sizeof(struct production_state),
    .open = pane_open,
    .close = pane_close,
    .draw = pane_draw,
    .corner = pane_corner,
    .act = pane_act,
    .off = pane_off,
    .busy = pane_busy,
    .stop = stop,
    .tick = pane_tick,
    .copy = pane_copy,
    .search = pane_search,
};
