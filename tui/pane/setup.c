/* The Setup pane: which models there are, which two are used, and whether everything works. */
#include <stdio.h>
#include <string.h>

#include "core/model/provider.h"
#include "core/store/history.h"
#include "tui/pane/scroll.h"
#include "tui/pane/setup_inside.h"

/* --- keys --------------------------------------------------------------------------------------- */

static struct list *active_list(struct setup_state *st)
{
    return st->part == SETUP_MODELS ? &st->list : &st->check_list;
}

static enum pane_said moved(struct setup_state *st)
{
    if (st->explain)
        setup_explain(st);
    return PANE_REDRAW;
}

static void stop(struct pane *p)
{
    struct setup_state *st = p->state;
    if (st->loading) {
        loading_cancel(st->loading);
        st->loading = NULL;
        desk_say(p->desk, "stopped; the server may go on with it");
    }
    checkup_stop(st->checkup);
    setup_fill(p);
}

static enum pane_said again(struct pane *p)
{
    struct setup_state *st = p->state;
    st->may_cost = true; /* R was pressed: a person wants it */
    setup_choose(p);
    return PANE_REDRAW;
}

static enum pane_said act_list(struct setup_state *st, enum action a)
{
    struct list *l = active_list(st);
    int rows = scroll_rows(a, 5);
    if (rows) {
        list_move(l, rows);
        return moved(st);
    }
    switch (a) {
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        st->part = st->part == SETUP_MODELS ? SETUP_CHECKS : SETUP_MODELS;
        return moved(st);
    case ACT_ENTER:
        st->explain = !st->explain;
        return moved(st);
    case ACT_BACK:
        if (!st->explain)
            return PANE_IGNORED;
        st->explain = false;
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

static enum pane_said pane_act(struct pane *p, enum action a)
{
    switch (a) {
    case ACT_USE_FAST:
        return setup_use(p, ROLE_FAST);
    case ACT_USE_REASONING:
        return setup_use(p, ROLE_REASONING);
    case ACT_LOAD:
    case ACT_UNLOAD:
        return setup_load(p, a == ACT_LOAD);
    case ACT_ADDRESS:
        return setup_ask_address(p);
    case ACT_BUILT_IN:
        return setup_built_in(p);
    case ACT_AGAIN:
        return again(p);
    case ACT_STOP:
        stop(p);
        return PANE_REDRAW;
    default:
        return act_list(p->state, a);
    }
}

/* Why a model cannot be loaded or put out now. */
static const char *load_off(const struct pane *p, bool in)
{
    const struct setup_state *st = p->state;
    const struct setup_model *m = &st->models[st->list.at];
    const struct lab_server *s = st->rows[st->list.at].server;
    if (st->loading)
        return "another load runs: x stops it";
    if (checkup_line(st->checkup, CHECKUP_LOADING)->state == CHECKUP_RUNNING)
        return "the check loads a model: x stops it";
    if (!s->server.provider->load)
        return s->server.provider->start ? "the built-in models are always there"
                                         : "its server loads models by itself";
    if (in && m->loaded == TRI_YES)
        return "it is loaded already";
    return !in && m->loaded == TRI_NO ? "it is not loaded" : NULL;
}

static const char *pane_off(const struct pane *p, enum action a)
{
    const struct setup_state *st = p->state;
    bool rows = st->list.count > 0, busy = st->loading || checkup_runs(st->checkup);
    switch (a) {
    case ACT_USE_FAST:
    case ACT_USE_REASONING:
    case ACT_LOAD:
    case ACT_UNLOAD:
        if (p->desk->choosing || !p->desk->lab->chosen)
            return "the models are being looked for";
        if (!rows)
            return "there is no model to choose";
        if (st->part != SETUP_MODELS)
            return "Tab goes back to the models first";
        return a == ACT_LOAD || a == ACT_UNLOAD ? load_off(p, a == ACT_LOAD) : NULL;
    case ACT_BUILT_IN:
        if (p->desk->lab->options->builtin)
            return "--builtin was given: nothing else is looked for";
        return p->desk->lab->choice.builtin && !st->forced_in ? "they answer already" : NULL;
    case ACT_STOP:
        return busy ? NULL : "nothing runs here";
    case ACT_AGAIN:
        return p->desk->choosing ? "the models are being looked for" : NULL;
    default:
        return NULL;
    }
}

/* --- the pane ----------------------------------------------------------------------------------- */

static bool pane_open(struct pane *p, struct error *err)
{
    struct setup_state *st = p->state;
    (void)err;
    st->pane = p;
    st->memory = (struct machine_memory){ .total = -1, .available = -1 };
    st->watch = gpu_watch_new(NULL);
    st->checkup = checkup_new(p->desk->lab, setup_checks_changed, p);
    return true;
}

static void pane_close(struct pane *p)
{
    struct setup_state *st = p->state;
    setup_forget_lists(st);
    loading_cancel(st->loading);
    checkup_free(st->checkup);
    gpu_watch_free(st->watch);
    arena_done(&st->arena);
}

/* A person's own question, as against those of the checks. */
static bool is_own(void *self, const struct history_row *row)
{
    bool *found = self;
    *found |= strcmp(row->purpose, "check") != 0;
    return !*found;
}

static void look_for_questions(struct pane *p)
{
    struct setup_state *st = p->state;
    struct history_filter newest = { .limit = 50 };
    struct error ignored; /* a history that cannot be read is told elsewhere */
    bool found = false;
    st->welcome = history_list(p->desk->lab->store, &newest, is_own, &found, &ignored) && !found;
    const char *kept = desk_kept(p->desk, "setup.tour"); /* asked for in the palette */
    st->tour = kept && strcmp(kept, "on") == 0;
}

static void pane_enter(struct pane *p)
{
    struct setup_state *st = p->state;
    struct lab *lab = p->desk->lab;
    st->shown = true;
    look_for_questions(p);
    setup_look_at_gauges(p);
    setup_tell_terminal(p);
    if (lab->chosen && !p->desk->choosing) {
        setup_ask_lists(p);
        if (!checkup_was_started(st->checkup))
            setup_check(p, false);
    }
    setup_fill(p);
}

static void pane_leave(struct pane *p)
{
    struct setup_state *st = p->state;
    st->shown = false;
}

static void pane_draw(const struct pane *p, struct surface *s)
{
    struct setup_view v = setup_view_of(p);
    setup_draw(&v, s);
}

static void pane_corner(const struct pane *p, char *ret, size_t size)
{
    const struct setup_state *st = p->state;
    struct checkup_count n = checkup_count(st->checkup);
    if (!checkup_was_started(st->checkup))
        snprintf(ret, size, p->desk->choosing ? "looking for models" : "not checked");
    else if (checkup_runs(st->checkup))
        snprintf(ret, size, "checking %d/%d", n.at, n.of);
    else if (n.failed)
        snprintf(ret, size, "%d failed", n.failed);
    else if (n.unknown)
        snprintf(ret, size, "%d could not be checked", n.unknown);
    else
        snprintf(ret, size, "all %d passed", n.of);
}

static int64_t running_since(const struct setup_state *st)
{
    for (int i = 0; i < CHECKUPS; i++) {
        const struct checkup_line *l = checkup_line(st->checkup, (enum checkup_id)i);
        if (l->state == CHECKUP_RUNNING)
            return l->started_ns;
    }
    return st->loading ? st->loading_ns : 0;
}

static bool pane_busy(const struct pane *p, struct busy *ret)
{
    const struct setup_state *st = p->state;
    int64_t since = running_since(st);
    double s = since ? clock_seconds(clock_mono(p->desk->clock) - since) : 0;
    struct checkup_count n = checkup_count(st->checkup);
    ret->started_ns = since ? since : clock_mono(p->desk->clock);
    if (st->loading)
        snprintf(ret->what, sizeof ret->what, "%s %.0f s", st->loading_in ? "loading" : "unloading",
                 s);
    else if (checkup_runs(st->checkup))
        snprintf(ret->what, sizeof ret->what, "check %d/%d %.0f s", n.at, n.of, s);
    else
        return false;
    return true;
}

static bool pane_tick(struct pane *p)
{
    struct setup_state *st = p->state;
    int64_t since = running_since(st);
    int64_t s = since ? (clock_mono(p->desk->clock) - since) / NS_PER_S : 0;
    bool moved_on = s != st->drawn_s;
    st->drawn_s = s;
    return setup_gauges_moved(p) || moved_on;
}

static bool pane_copy(const struct pane *p, bool json, struct buf *to)
{
    setup_report(p, json, to);
    return true;
}

/* The next model whose name holds the words. */
static bool pane_search(struct pane *p, const char *words, int dir)
{
    struct setup_state *st = p->state;
    int n = st->list.count;
    for (int i = 1; i <= n; i++) {
        int at = list_around(st->list.at, n, dir * i);
        if (strcasestr(st->models[at].name, words)) {
            st->part = SETUP_MODELS;
            list_to(&st->list, at);
            moved(st);
            return true;
        }
    }
    return false;
}

const struct pane_ops setup_pane = {
    .name = "setup",
    .tab = "Setup",
    .title = "Setup and models",
    .keymap = MAP_SETUP,
    .state_size = sizeof(struct setup_state),
    .open = pane_open,
    .close = pane_close,
    .enter = pane_enter,
    .leave = pane_leave,
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
