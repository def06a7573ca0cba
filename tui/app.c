/* The app's life: its panes, what runs in them, what time does. Owns the panes and the desk. */
#include "tui/app.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/store/cache.h"
#include "tui/app_inside.h"
#include "tui/child.h"

struct pane *app_pane(struct app *a)
{
    return &a->pane[a->shown];
}

struct field *app_field(const struct pane *p)
{
    return p->ops->field ? p->ops->field(p) : NULL;
}

bool app_pane_busy(const struct pane *p, struct busy *b)
{
    return p->ops->busy && p->ops->busy(p, b);
}

/* --- life --------------------------------------------------------------------------------- */

bool app_init(struct app *a, struct lab *lab, const struct app_options *o, struct error *err)
{
    *a = (struct app){ .options = *o, .lab = lab, .clock = lab->clock, .mouse = o->mouse };
    desk_init(&a->desk, lab, lab->clock);
    a->desk.over_ssh = o->over_ssh;
    a->desk.read_only = o->read_only;
    a->desk.motion = o->motion;
    a->desk.braille = o->braille;
    a->desk.choosing = true;
    field_init(&a->line, true);
    a->line.bare = true;
    a->sums.hit_rate = a->sums.saved_s = NAN;
    a->minute = -1;
    lab_watch_settings(lab, true);
    for (int i = 0; i < PANES; i++) {
        struct pane *p = &a->pane[i];
        *p = (struct pane){ .ops = panes[i], .desk = &a->desk };
        p->state = mem_alloc(1, p->ops->state_size ? p->ops->state_size : 1);
        if (p->ops->open && !p->ops->open(p, err)) {
            app_done(a);
            return error_within(err, "opening the pane '%s'", panes[i]->tab);
        }
    }
    const char *kept = desk_kept(&a->desk, "screen.pane");
    enum action first = kept ? action_find(kept) : ACT_NONE;
    app_show(a, first >= ACT_PANE_1 && first <= ACT_PANE_9 ? (int)(first - ACT_PANE_1) : 0);
    return true;
}

void app_done(struct app *a)
{
    lab_watch_settings(a->lab, false);
    while (a->overs)
        app_close(a);
    deeds_settle(&a->desk);
    for (int i = PANES - 1; i >= 0; i--) {
        if (a->pane[i].ops && a->pane[i].ops->close)
            a->pane[i].ops->close(&a->pane[i]);
        mem_free(a->pane[i].state);
    }
    mem_free(a->welcome.query);
    child_free(a->child);
    page_free(a->output);
    field_done(&a->line);
    desk_done(&a->desk);
    *a = (struct app){ 0 };
}

void app_show(struct app *a, int pane)
{
    struct pane *p = app_pane(a);
    if (a->entered[a->shown] && a->shown != pane && p->ops->leave)
        p->ops->leave(p);
    p->focused = false;
    a->shown = pane;
    a->entered[pane] = true;
    a->dirty = true;
    p = app_pane(a);
    if (p->ops->enter)
        p->ops->enter(p);
    p->focused = a->options.autofocus && app_field(p);
    desk_keep(&a->desk, "screen.pane", action_name((enum action)(ACT_PANE_1 + pane)));
    if (store_writes(a->lab->store)) {
        struct error err; /* a visit that is not recorded changes nothing for the person */
        (void)!fact_add(a->lab->store, "screen", p->ops->name, NULL, "visited", &err);
    }
}

/* --- what runs ---------------------------------------------------------------------------- */

bool app_busy(const struct app *a, char *ret, size_t size)
{
    size_t used = 0;
    *ret = '\0';
    for (int i = 0; i < PANES; i++) {
        struct busy b;
        if (app_pane_busy(&a->pane[i], &b) && used < size)
            used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? ", " : "", b.what);
    }
    if (a->child && used < size)
        used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? ", " : "", a->child_said);
    return used > 0;
}

void app_stop_all(struct app *a)
{
    for (int i = 0; i < PANES; i++) {
        struct busy b;
        struct pane *p = &a->pane[i];
        if (app_pane_busy(p, &b) && p->ops->stop)
            p->ops->stop(p);
    }
    if (a->child)
        child_stop(a->child);
    a->dirty = true;
}

/* --- the models --------------------------------------------------------------------------- */

static void tell_models(struct app *a)
{
    if (a->models_known == a->desk.models_changed)
        return;
    a->models_known = a->desk.models_changed;
    for (int i = 0; i < PANES; i++)
        if (a->pane[i].ops->models)
            a->pane[i].ops->models(&a->pane[i]);
}

void app_chosen(struct app *a, const struct error *err)
{
    struct pane *p = app_pane(a);
    const struct choice *c = &a->lab->choice;
    a->desk.choosing = false;
    a->desk.models_changed++;
    if (err)
        desk_fail(&a->desk, "The models could not be chosen", err);
    else if (c->line)
        desk_say(&a->desk, "%s", c->line);
    tell_models(a);
    if (p->ops->enter)
        p->ops->enter(p);
    a->dirty = true;
}

/* --- time --------------------------------------------------------------------------------- */

static void read_sums(struct app *a, int64_t now)
{
    struct cache_stats st;
    struct error err;
    a->sums.due = a->sums.read_ns && now - a->sums.read_ns < NS_PER_S;
    if (a->sums.due)
        return;
    a->sums.read_ns = now;
    if (!cache_stats(a->lab->cache, &st, &err))
        return; /* the Cache pane says what is wrong with it */
    int64_t lookups = st.session.hits + st.session.misses;
    double rate = lookups ? (double)st.session.hits / (double)lookups : NAN;
    if (st.entries != a->sums.entries || st.size != a->sums.size || rate != a->sums.hit_rate)
        a->data_dirty = true;
    a->sums.entries = st.entries;
    a->sums.size = st.size;
    a->sums.hit_rate = rate;
    a->sums.saved_s = st.saved_s;
}

/* The banner about answers that cannot be written yet. */
static void watch_waiting(struct app *a)
{
    const char *why;
    size_t waiting = lab_waiting(a->lab, &why);
    if (waiting == a->waiting)
        return;
    if (waiting && !a->waiting)
        desk_say(&a->desk, "kept in memory until it can be written: %s", why);
    if (!waiting)
        desk_say(&a->desk, "what waited in memory is recorded now");
    a->waiting = waiting;
    a->dirty = true;
}

void app_tick(struct app *a)
{
    int64_t now = clock_mono(a->clock), minute = clock_wall(a->clock) / (60 * NS_PER_S);
    char what[8];
    bool busy = app_busy(a, what, sizeof what);
    int64_t every = a->options.over_ssh ? NS_PER_S / 5 : NS_PER_S / 10;
    if (now - a->ticked_ns >= (busy ? every : NS_PER_S)) {
        a->ticked_ns = now;
        for (int i = 0; i < PANES; i++) {
            struct pane *p = &a->pane[i];
            struct busy b;
            if (p->ops->tick && (i == a->shown || app_pane_busy(p, &b)) && p->ops->tick(p))
                p->dirty = true;
        }
        if (busy)
            a->data_dirty = true; /* elapsed times move on */
    }
    for (int i = 0; i < PANES; i++) {
        if (a->pane[i].dirty)
            a->data_dirty = true;
        a->pane[i].dirty = false;
    }
    watch_waiting(a);
    app_look_elsewhere(a, now);
    if (a->desk.message[0] && now >= a->desk.message_until_ns) {
        a->desk.message[0] = '\0';
        a->dirty = true;
    }
    if (a->leave_until_ns && now >= a->leave_until_ns) {
        a->leave_until_ns = 0;
        a->reason[0] = '\0';
        a->dirty = true;
    }
    if (minute != a->minute) {
        a->minute = minute;
        if (a->options.motion)
            a->data_dirty = true;
    }
    tell_models(a);
    if (a->child && child_fd(a->child) < 0)
        app_fd_ready(a); /* it has said all, and nothing will wake us when it ends */
    if (a->data_dirty || a->dirty || a->sums.due)
        read_sums(a, now);
    desk_flush(&a->desk, false);
    app_take_notes(a);
}

int64_t app_rest_ms(const struct app *a)
{
    int64_t now = clock_mono(a->clock), rest = -1;
    char what[8];
    if (app_busy(a, what, sizeof what))
        return a->options.over_ssh ? 200 : 100;
    if (a->options.motion) /* the clock */
        rest = 60000 - clock_wall(a->clock) / NS_PER_MS % 60000;
    const struct pane *p = &a->pane[a->shown];
    if (p->ops->tick && (rest < 0 || rest > 1000))
        rest = 1000;
    if (a->desk.draft_due_ns && (rest < 0 || rest > 500))
        rest = 500;
    if (a->sums.due && (rest < 0 || rest > 500))
        rest = 500;
    if (rest < 0 || rest > LOOK_NS / NS_PER_MS)
        rest = LOOK_NS / NS_PER_MS;
    int64_t until = a->desk.message[0] ? a->desk.message_until_ns : a->leave_until_ns;
    if (until) {
        int64_t ms = (until - now) / NS_PER_MS + 1;
        if (rest < 0 || ms < rest)
            rest = ms > 0 ? ms : 0;
    }
    return rest;
}
