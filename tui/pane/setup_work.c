/* What the Setup pane has done for it: lists, gauges, checks, the choice, loads, another address
 * (setup_inside.h). Everything here starts something and returns; its end comes from the loop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/model/catalog.h"
#include "core/model/provider.h"
#include "tui/pane/setup_inside.h"
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
    setup_correct_checks(a->st->pane);
    setup_fill(a->st->pane);
}

void setup_forget_lists(struct setup_state *st)
{
    for (size_t i = 0; i < st->list_count; i++)
        lab_server_forget(st->lists[i]);
    st->list_count = 0;
}

/* Every server that was named or has answered, with what each model can do and which are loaded. */
void setup_ask_lists(struct pane *p)
{
    struct setup_state *st = p->state;
    struct models *m = &p->desk->lab->models;
    setup_forget_lists(st);
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
void setup_look_at_gauges(struct pane *p)
{
    struct setup_state *st = p->state;
    st->gauges_ns = clock_mono(p->desk->clock);
    st->memory = machine_memory();
    gpu_watch_ask(st->watch);
}

/* True where something shown is another. */
bool setup_gauges_moved(struct pane *p)
{
    struct setup_state *st = p->state;
    struct machine_memory before = st->memory;
    int64_t now = clock_mono(p->desk->clock);
    bool moved = gpu_watch_take(st->watch, &st->gpus) && st->gpus.count;
    if (moved)
        keep_use(st);
    if (!p->desk->motion || !st->shown || now - st->gauges_ns < GAUGES_NS)
        return moved;
    setup_look_at_gauges(p);
    return moved || before.available >> 26 != st->memory.available >> 26;
}

/* --- the checks -------------------------------------------------------------------------------- */

void setup_checks_changed(void *self)
{
    struct pane *p = self;
    struct setup_state *st = p->state;
    if (!checkup_runs(st->checkup))
        p->desk->models_changed++; /* what is loaded */
    setup_fill(p);
}

/* What the terminal can do is told by the app; how text is copied by the environment. */
void setup_tell_terminal(struct pane *p)
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

static const struct model_info *listed_as(const struct lab_model *m)
{
    return m && m->server->list ? catalog_find(m->server->list, m->name) : NULL;
}

/* Said once: a line that tells it already stays as it is. */
static void correct(struct checkup *c, enum checkup_id id, enum checkup_state state,
                    const char *text, const char *advice)
{
    const struct checkup_line *l = checkup_line(c, id);
    if (l->state != state || strcmp(l->text, text) != 0)
        checkup_tell(c, id, state, text, advice);
}

/* What the check itself found wrong stays: it has the better advice. */
static void correct_both(struct setup_state *st, const struct lab_model *const pair[2])
{
    const struct checkup_line *l = checkup_line(st->checkup, CHECKUP_BOTH);
    char text[240];
    bool in = true;
    if (l->state != CHECKUP_OK && !st->both_corrected)
        return;
    for (int i = 0; i < 2 && in; i++) {
        const struct model_info *info = listed_as(pair[i]);
        in = info && info->loaded == TRI_YES;
        snprintf(text, sizeof text, "%s is not in memory now", pair[i]->name);
    }
    st->both_corrected = !in;
    if (in)
        correct(st->checkup, CHECKUP_BOTH, CHECKUP_OK, "both are in memory", NULL);
    else
        correct(st->checkup, CHECKUP_BOTH, CHECKUP_FAILED, text,
                "+ loads it; so does the next question to it, which then waits");
}

void setup_correct_checks(struct pane *p)
{
    struct setup_state *st = p->state;
    const struct lab *lab = p->desk->lab;
    const struct lab_model *pair[] = { lab->choice.fast, lab->choice.reasoning };
    const struct lab_server *silent = setup_silent(lab);
    if (!checkup_was_started(st->checkup) || checkup_runs(st->checkup) || !pair[0] || !pair[1])
        return;
    if (silent) {
        const char *why = strstr(silent->error.text, "): ");
        correct(st->checkup, CHECKUP_SERVER, CHECKUP_FAILED, why ? why + 3 : silent->error.text,
                "start the server, then R; or e for another address, d for the built-in models");
        correct(st->checkup, CHECKUP_BOTH, CHECKUP_UNKNOWN, "the server does not answer now", NULL);
        st->both_corrected = true;
        return;
    }
    if (checkup_line(st->checkup, CHECKUP_SERVER)->state == CHECKUP_FAILED)
        correct(st->checkup, CHECKUP_SERVER, CHECKUP_OK, "it answers again; R checks all", NULL);
    correct_both(st, pair);
}

void setup_check(struct pane *p, bool may_cost)
{
    struct setup_state *st = p->state;
    st->both_corrected = false;
    checkup_start(st->checkup, may_cost);
    setup_tell_terminal(p);
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
    setup_ask_lists(p);
    setup_check(p, st->may_cost);
    st->may_cost = false;
    setup_fill(p);
}

/* Looks around for servers and takes what is found; what was chosen by hand stays chosen. */
void setup_choose(struct pane *p)
{
    struct setup_state *st = p->state;
    checkup_stop(st->checkup);
    p->desk->choosing = true;
    p->desk->dirty = true;
    lab_choose_start(p->desk->lab, st->forced_in, chosen, p);
    setup_fill(p);
}

struct use {
    enum role role;
    struct lab_model *model; /* models live as long as the lab */
};

static bool write_use(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    const struct use *u = what;
    return lab_use_model(p->desk->lab, u->role, u->model, err);
}

static void is_used(void *self, void *what)
{
    struct pane *p = self;
    const struct use *u = what;
    p->desk->models_changed++;
    desk_say(p->desk, "%s is %s from now on%s", u->role == ROLE_FAST ? "FAST" : "REASONING",
             u->model->full_name,
             store_writes(p->desk->lab->store) ? ", also after the next start"
                                               : ", until rlab ends");
    if (!p->desk->deeds.ending)
        setup_check(p, false);
    setup_fill(p);
}

static const struct deed using_fast = { .title = "FAST stays what it was",
                                        .size = sizeof(struct use),
                                        .write = write_use,
                                        .done = is_used };
static const struct deed using_reasoning = { .title = "REASONING stays what it was",
                                             .size = sizeof(struct use),
                                             .write = write_use,
                                             .done = is_used };

enum pane_said setup_use(struct pane *p, enum role role)
{
    const struct setup_state *st = p->state;
    deed_do(p->desk, role == ROLE_FAST ? &using_fast : &using_reasoning, p,
            &(struct use){ role, setup_model_at(p, st->list.at) });
    return PANE_REDRAW;
}

enum pane_said setup_built_in(struct pane *p)
{
    struct setup_state *st = p->state;
    st->forced_in = !st->forced_in;
    setup_choose(p);
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
    setup_correct_checks(p);
    setup_fill(p);
}

enum pane_said setup_load(struct pane *p, bool in)
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
    setup_choose(p);
}

enum pane_said setup_ask_address(struct pane *p)
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
