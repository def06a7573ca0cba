/* The Setup pane: which models there are, which two are used, and whether everything works. */
#include "tui/pane/setup_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/model/provider.h"
#include "core/store/history.h"
#include "tui/screen/copy.h"

/* Between two looks at the gauges. */
#define GAUGES_NS (2 * NS_PER_S)
/* How long all the lists may take, and how old one may be that is shown again. */
#define LIST_MS       3000
#define LIST_FRESH_NS (2 * NS_PER_S)

/* --- lists ------------------------------------------------------------------------------------- */

static void listed(void *self)
{
    struct setup_asked *a = self;
    a->st->lists[a->at] = NULL;
    setup_fill(a->st->pane);
}

static void forget_lists(struct setup_state *st)
{
    for (size_t i = 0; i < st->list_count; i++)
        lab_server_forget(st->lists[i]);
    st->list_count = 0;
}

/* Every server that was named or has answered, with what each model can do and which are loaded. */
static void ask_lists(struct pane *p)
{
    struct setup_state *st = p->state;
    struct models *m = &p->desk->lab->models;
    forget_lists(st);
    for (size_t i = 0; i < m->server_count && st->list_count < MAX_SERVERS; i++) {
        struct lab_server *s = m->servers[i];
        if (s->replaced || (choice_is_guess(s) && !s->answered))
            continue;
        size_t at = st->list_count++;
        st->asked[at] = (struct setup_asked){ st, at };
        st->lists[at] = lab_server_refresh(s, true, LIST_FRESH_NS, LIST_MS, listed, &st->asked[at]);
    }
}

/* --- gauges ------------------------------------------------------------------------------------ */

static void keep_use(struct setup_state *st)
{
    if (!st->gpus.count || st->gpus.gpu[0].use_percent < 0)
        return;
    if (st->use_count == SETUP_USES)
        memmove(st->use, st->use + 1, --st->use_count * sizeof *st->use);
    st->use[st->use_count++] = st->gpus.gpu[0].use_percent;
}

/* A look costs some microseconds of the loop; the cards are read in a thread of their own. */
static void look_at_gauges(struct pane *p)
{
    struct setup_state *st = p->state;
    st->gauges_ns = clock_mono(p->desk->clock);
    st->memory = machine_memory();
    gpu_watch_ask(st->watch);
}

/* True where something shown is another. */
static bool gauges_moved(struct pane *p)
{
    struct setup_state *st = p->state;
    struct machine_memory before = st->memory;
    int64_t now = clock_mono(p->desk->clock);
    bool moved = gpu_watch_take(st->watch, &st->gpus) && st->gpus.count;
    if (moved)
        keep_use(st);
    if (!p->desk->motion || !st->shown || now - st->gauges_ns < GAUGES_NS)
        return moved;
    look_at_gauges(p);
    return moved || before.available >> 26 != st->memory.available >> 26;
}

/* --- the checks -------------------------------------------------------------------------------- */

static void checks_changed(void *self)
{
    struct pane *p = self;
    struct setup_state *st = p->state;
    if (!checkup_runs(st->checkup))
        p->desk->models_changed++; /* what is loaded */
    setup_fill(p);
}

/* What the terminal can do is told by the app; how text is copied by the environment. */
static void tell_terminal(struct pane *p)
{
    static const char *const ways[] = {
        [COPY_TMUX] = "tmux buffer (then OSC 52, then file)",
        [COPY_OSC52] = "OSC 52 (and file)",
        [COPY_SCREEN] = "OSC 52 in pieces for screen (and file)",
        [COPY_NONE] = "file (this terminal takes no OSC 52)",
    };
    struct setup_state *st = p->state;
    const struct desk_terminal *t = &p->desk->terminal;
    enum copy_way way = copy_way(getenv("TMUX"), getenv("STY"), getenv("TERM"));
    char text[120];
    checkup_tell(st->checkup, CHECKUP_COPY, CHECKUP_OK, ways[way], NULL);
    if (!t->rows) {
        checkup_tell(st->checkup, CHECKUP_TERMINAL, CHECKUP_UNKNOWN, "not known here", NULL);
        return;
    }
    bool small = t->cols < 60 || t->rows < 16;
    snprintf(text, sizeof text, "%s, %s, %dx%d", t->utf8 ? "UTF-8" : "plain signs",
             t->colors >= 256 ? "256 colours"
             : t->colors >= 8 ? "8 colours"
                              : "no colours",
             t->cols, t->rows);
    checkup_tell(st->checkup, CHECKUP_TERMINAL, small ? CHECKUP_FAILED : CHECKUP_OK, text,
                 small     ? "make it at least 60x16; 80x24 shows everything"
                 : t->utf8 ? NULL
                           : "set LANG to a UTF-8 locale (C.UTF-8 is always there)");
}

static void check(struct pane *p, bool may_cost)
{
    struct setup_state *st = p->state;
    checkup_start(st->checkup, may_cost);
    tell_terminal(p);
}

/* --- the choice -------------------------------------------------------------------------------- */

static void say_typed(struct pane *p)
{
    struct setup_state *st = p->state;
    struct lab_server *s = st->typed;
    st->typed = NULL;
    if (s && s->answered)
        desk_say(p->desk,
                 "'%s' is asked until rlab ends; a [server %s] section in the config keeps it",
                 s->server.name, s->server.name);
    else if (s)
        desk_trouble(
            p->desk,
            &(struct trouble){ .title = "The server does not answer",
                               .what = s->error.text[0] ? s->error.text : "no answer within 300 ms",
                               .advice = "start it, or correct the address with e",
                               .kept = "the pair that was there",
                               .retry = true });
}

static void chosen(void *self, const struct error *err)
{
    struct pane *p = self;
    struct setup_state *st = p->state;
    struct lab *lab = p->desk->lab;
    p->desk->choosing = false;
    p->desk->models_changed++;
    p->desk->dirty = true;
    if (err)
        desk_fail(p->desk, "The models could not be chosen", err);
    else if (st->typed)
        say_typed(p);
    else if (lab->choice.line)
        desk_say(p->desk, "%s", lab->choice.line);
    st->typed = NULL;
    ask_lists(p);
    check(p, st->may_cost);
    st->may_cost = false;
    setup_fill(p);
}

/* Looks around for servers and takes what is found; what was chosen by hand stays chosen. */
static void choose(struct pane *p)
{
    struct setup_state *st = p->state;
    checkup_stop(st->checkup);
    p->desk->choosing = true;
    p->desk->dirty = true;
    lab_choose_start(p->desk->lab, st->forced_in, chosen, p);
    setup_fill(p);
}

static enum pane_said use(struct pane *p, enum role role)
{
    struct setup_state *st = p->state;
    struct lab *lab = p->desk->lab;
    struct lab_model *m = setup_model_at(p, st->list.at);
    struct error err;
    if (!lab_use_model(lab, role, m, &err)) {
        desk_fail(p->desk,
                  role == ROLE_FAST ? "FAST stays what it was" : "REASONING stays what it was",
                  &err);
        return PANE_REDRAW;
    }
    p->desk->models_changed++;
    desk_say(p->desk, "%s is %s from now on%s", role == ROLE_FAST ? "FAST" : "REASONING",
             m->full_name,
             store_writes(lab->store) ? ", also after the next start" : ", until rlab ends");
    check(p, false);
    setup_fill(p);
    return PANE_REDRAW;
}

static enum pane_said built_in(struct pane *p)
{
    struct setup_state *st = p->state;
    st->forced_in = !st->forced_in;
    choose(p);
    return PANE_REDRAW;
}

/* --- loading ----------------------------------------------------------------------------------- */

static void loaded(void *self, double took_s, const struct error *err)
{
    struct pane *p = self;
    struct setup_state *st = p->state;
    const char *name = st->loading_model->full_name;
    st->loading = NULL;
    p->desk->models_changed++;
    p->desk->dirty = true;
    if (err)
        desk_fail(p->desk,
                  st->loading_in ? "The model was not loaded" : "The model was not unloaded", err);
    else
        desk_say(p->desk, "%s is %s, in %.1f s", name, st->loading_in ? "loaded" : "unloaded",
                 took_s);
    setup_fill(p);
}

static enum pane_said load(struct pane *p, bool in)
{
    struct setup_state *st = p->state;
    struct error err;
    st->loading_model = setup_model_at(p, st->list.at);
    st->loading_in = in;
    st->loading_ns = clock_mono(p->desk->clock);
    st->loading = loading_start(p->desk->lab, st->loading_model, in, loaded, p, &err);
    if (!st->loading)
        desk_fail(p->desk, in ? "The model was not loaded" : "The model was not unloaded", &err);
    setup_fill(p);
    return PANE_REDRAW;
}

/* --- an address -------------------------------------------------------------------------------- */

static void address_typed(void *self, const char *text)
{
    struct pane *p = self;
    struct setup_state *st = p->state;
    struct error err;
    if (!text || !*text)
        return;
    if (!lab_add_server(p->desk->lab, text, &st->typed, &err)) {
        desk_fail(p->desk, "The address was not understood", &err);
        return;
    }
    st->forced_in = false;
    choose(p);
}

static enum pane_said ask_address(struct pane *p)
{
    const struct lab *lab = p->desk->lab;
    const struct lab_server *s = lab->choice.fast ? lab->choice.fast->server : lab->choice.server;
    char now[256];
    if (!s || s->server.provider->start)
        s = models_find_server((struct models *)&lab->models, "local");
    snprintf(now, sizeof now, "%s=%s:%s", s ? s->server.name : "local",
             s ? s->server.provider->name : "ollama", s ? s->server.url : "http://127.0.0.1:11434");
    desk_ask_text(p->desk, "Model server, as URL, TYPE:URL or NAME=TYPE:URL", now, address_typed,
                  p);
    return PANE_REDRAW;
}

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
    choose(p);
    return PANE_REDRAW;
}

static enum pane_said act_list(struct setup_state *st, enum action a)
{
    struct list *l = active_list(st);
    switch (a) {
    case ACT_UP:
    case ACT_DOWN:
        list_move(l, a == ACT_UP ? -1 : 1);
        return moved(st);
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
        list_move(l, a == ACT_PAGE_UP ? -5 : 5);
        return moved(st);
    case ACT_TOP:
    case ACT_BOTTOM:
        list_to(l, a == ACT_TOP ? 0 : l->count);
        return moved(st);
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
        return use(p, ROLE_FAST);
    case ACT_USE_REASONING:
        return use(p, ROLE_REASONING);
    case ACT_LOAD:
    case ACT_UNLOAD:
        return load(p, a == ACT_LOAD);
    case ACT_ADDRESS:
        return ask_address(p);
    case ACT_BUILT_IN:
        return built_in(p);
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
    st->checkup = checkup_new(p->desk->lab, checks_changed, p);
    return true;
}

static void pane_close(struct pane *p)
{
    struct setup_state *st = p->state;
    forget_lists(st);
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
}

static void pane_enter(struct pane *p)
{
    struct setup_state *st = p->state;
    struct lab *lab = p->desk->lab;
    st->shown = true;
    look_for_questions(p);
    look_at_gauges(p);
    tell_terminal(p);
    if (lab->chosen && !p->desk->choosing) {
        ask_lists(p);
        if (!checkup_was_started(st->checkup))
            check(p, false);
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
    return gauges_moved(p) || moved_on;
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
        int at = ((st->list.at + dir * i) % n + n) % n;
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
