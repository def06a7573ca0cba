/* Which two models, when nobody said (choice.h). */
#include "core/lab/choice.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/limits.h"
#include "core/model/mini_shelf.h"
#include "core/model/pick.h"
#include "core/model/provider.h"

/* Ports where people run OpenAI-compatible servers: llama.cpp, vLLM, LM Studio. */
static const int usual_ports[] = { 8080, 8000, 1234 };

/* A server of ours whose process lives is there for sure: on a busy machine it is waited for. */
#define OWN_SERVER_MS 3000

/* What the two chosen models can do is asked with more patience than a probe. */
#define DETAIL_MS 3000

struct candidate {
    struct lab_server *server;
    struct lab_server *partner; /* of `./lab model start`: the reasoning side, else NULL */
    int64_t limit_ms;           /* how long it may take to answer */
    struct waiter *waiter, *partner_waiter;
};

struct probing {
    struct models *models;
    struct arena *a;
    struct candidate all[MAX_SERVERS];
    size_t count;
};

static void noticed(void *self)
{
    *(struct waiter **)self = NULL;
}

static struct candidate *add_candidate(struct probing *p, struct lab_server *s)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->all[i].server == s)
            return &p->all[i];
    if (p->count == MAX_SERVERS)
        return NULL;
    struct candidate *c = &p->all[p->count++];
    *c = (struct candidate){ .server = s, .limit_ms = CHOICE_PROBE_MS };
    return c;
}

/* --- who may be asked ------------------------------------------------------------------------ */

/* The servers `./lab model start` left word of, while its process lives. */
static void add_own_servers(struct probing *p, const char *state_file)
{
    struct buf text = { 0 };
    struct error ignored; /* no file, or not ours: then there is no such server */
    if (!state_file || !file_exists(state_file) ||
        !file_read(state_file, 64 * KIB, &text, &ignored))
        return;
    struct json *j = json_parse(buf_text(&text), text.len, &ignored);
    struct candidate *c = NULL;
    double pid = 0;
    bool lives = json_get_number(j, "pid", &pid) && pid > 1 && kill((pid_t)pid, 0) == 0;
    const struct json *list = json_get(j, "servers");
    for (const struct json *e = json_first(list); e; e = json_next(e)) {
        const char *name = json_get_text(e, "name"), *type = json_get_text(e, "type");
        const char *url = json_get_text(e, "url"), *role = json_get_text(e, "role");
        struct server s;
        if (!name || !type || !url || !role || !server_url_is_local(url) ||
            !server_make(name, type, url, &p->models->arena, &s, &ignored))
            continue;
        s.origin = "./lab model start";
        struct lab_server *ls = models_add_server(p->models, &s);
        if (strcmp(role, "reasoning") == 0 && c)
            c->partner = ls;
        else if (!c)
            c = add_candidate(p, ls);
    }
    if (c && lives)
        c->limit_ms = OWN_SERVER_MS;
    json_free(j);
    buf_done(&text);
}

static void add_usual_ports(struct probing *p)
{
    for (size_t i = 0; i < sizeof usual_ports / sizeof *usual_ports; i++) {
        struct server s;
        struct error ignored;
        char name[32], url[64];
        snprintf(name, sizeof name, "port%d", usual_ports[i]);
        snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", usual_ports[i]);
        if (server_make(name, "openai", url, &p->models->arena, &s, &ignored)) {
            s.origin = "found on this machine";
            add_candidate(p, models_add_server(p->models, &s));
        }
    }
}

static bool comes_before_local(const struct lab_server *s)
{
    const char *from = s->server.origin;
    return strcmp(from, "--server") == 0 || strcmp(from, "config") == 0 ||
           strcmp(from, "OPENAI_BASE_URL") == 0;
}

static void add_all(struct probing *p, const struct choice_wish *w)
{
    static const char *const order[] = { "--server", "config", "OPENAI_BASE_URL" };
    for (size_t o = 0; o < sizeof order / sizeof *order; o++)
        for (size_t i = 0; i < p->models->server_count; i++) {
            struct lab_server *s = p->models->servers[i];
            if (comes_before_local(s) && strcmp(s->server.origin, order[o]) == 0)
                add_candidate(p, s);
        }
    struct lab_server *local = models_find_server(p->models, "local");
    if (local)
        add_candidate(p, local);
    add_own_servers(p, w->state_file);
    add_usual_ports(p);
}

/* --- asking ---------------------------------------------------------------------------------- */

static bool can_chat(const struct lab_server *s)
{
    struct arena a = { 0 };
    struct pick pick = { 0 };
    if (s->answered && s->list)
        pick_models(s->list->models, s->list->count, &a, &pick);
    arena_done(&a);
    return pick.fast != NULL;
}

static bool is_settled(const struct candidate *c)
{
    return !c->waiter && !c->partner_waiter;
}

static bool fits(const struct candidate *c)
{
    return can_chat(c->server) && (!c->partner || can_chat(c->partner));
}

/* The first in order that fits, once everything before it has answered or time is up. */
static struct candidate *first_fit(struct probing *p, bool time_is_up)
{
    for (size_t i = 0; i < p->count; i++) {
        if (!is_settled(&p->all[i]) && !time_is_up)
            return NULL;
        if (is_settled(&p->all[i]) && fits(&p->all[i]))
            return &p->all[i];
    }
    return NULL;
}

static bool all_settled(const struct probing *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (!is_settled(&p->all[i]))
            return false;
    return true;
}

static void start_asking(struct candidate *c)
{
    c->waiter =
        lab_server_refresh(c->server, false, IDENTITY_FRESH_NS, c->limit_ms, noticed, &c->waiter);
    if (c->partner)
        c->partner_waiter = lab_server_refresh(c->partner, false, IDENTITY_FRESH_NS, c->limit_ms,
                                               noticed, &c->partner_waiter);
}

static bool ask_around(struct probing *p, struct candidate **ret, struct error *err)
{
    struct net *net = p->models->net;
    int64_t now = clock_mono(net_clock(net)), end = now;
    for (size_t i = 0; i < p->count; i++) {
        start_asking(&p->all[i]);
        int64_t last = now + p->all[i].limit_ms * NS_PER_MS;
        end = last > end ? last : end;
    }
    struct candidate *found = NULL;
    bool ok = true;
    while (ok && !found && !all_settled(p)) {
        int64_t left = end - clock_mono(net_clock(net));
        if (left <= 0)
            break;
        ok = net_wait(net, NULL, 0, left / NS_PER_MS + 1, err);
        net_step(net);
        found = first_fit(p, false);
    }
    if (ok && !found)
        found = first_fit(p, true);
    for (size_t i = 0; i < p->count; i++) {
        lab_server_forget(p->all[i].waiter);
        lab_server_forget(p->all[i].partner_waiter);
    }
    *ret = found;
    return ok;
}

/* Whether the chosen models can be told to think is only in the deep list of some servers. */
static bool ask_details(struct models *m, struct lab_model *one, struct lab_model *two,
                        struct error *err)
{
    struct lab_model *both[2] = { one, two };
    struct waiter *w[2] = { NULL, NULL };
    for (int i = 0; i < 2; i++) {
        bool needed = both[i] && both[i]->thinking == TRI_UNKNOWN &&
                      !both[i]->server->server.hosted &&
                      strcmp(both[i]->server->server.provider->name, "ollama") == 0;
        if (needed && (i == 0 || !w[0] || both[0]->server != both[1]->server))
            w[i] = lab_server_refresh(both[i]->server, true, 0, DETAIL_MS, noticed, &w[i]);
    }
    bool ok = true;
    while (ok && (w[0] || w[1])) {
        ok = net_wait(m->net, NULL, 0, DETAIL_MS, err);
        net_step(m->net);
    }
    if (!ok) {
        lab_server_forget(w[0]);
        lab_server_forget(w[1]);
    }
    return ok;
}

/* --- saying it ------------------------------------------------------------------------------- */

static const char *server_words(const struct lab_server *s, struct arena *a)
{
    const char *version = s->list && s->list->version[0] ? s->list->version : NULL;
    size_t n = s->list ? s->list->count : 0;
    return arena_format(a, "%s%s%s at %s, %zu model%s", s->server.provider->label,
                        version ? " " : "", version ? version : "", s->server.url, n,
                        n == 1 ? "" : "s");
}

/* Names that the picking rule understands, of sizes the machine can hold. */
static const char *pull_words(void)
{
    double gib = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / (1u << 30);
    return gib >= 48   ? "llama3.1:8b and deepseek-r1:32b"
           : gib >= 24 ? "llama3.1:8b and deepseek-r1:14b"
           : gib >= 12 ? "llama3.1:8b and deepseek-r1:8b"
           : gib >= 8  ? "llama3.2:3b and deepseek-r1:7b"
                       : "llama3.2:3b and deepseek-r1:1.5b";
}

static const char *help_words(const struct probing *p, struct arena *a)
{
    const char *asked = "", *empty = NULL;
    for (size_t i = 0; i < p->count; i++) {
        const struct lab_server *s = p->all[i].server;
        asked = arena_format(a, "%s%s%s", asked, i ? ", " : "", s->server.url);
        if (s->answered && !can_chat(s) && !empty)
            empty = arena_format(a, "'%s' at %s answers but has no model that can chat",
                                 s->server.name, s->server.url);
    }
    return arena_format(a,
                        "no model to ask: %s (asked %s)\n"
                        "with Ollama, fetch two sizes that fit this machine: ollama pull %s; or "
                        "start a small server for trying out: ./lab model start\n"
                        "a server elsewhere: --server NAME=openai:http://HOST:PORT/v1, or a "
                        "[server NAME] section in the config",
                        empty ? empty : "no model server answered", asked, pull_words());
}

static void say_choice(struct choice *ret, const struct candidate *c, const char *fast_why,
                       const char *reasoning_why, bool asked_for, struct arena *a)
{
    const char *found =
        c ? arena_format(a, " on %s (%s)", server_words(c->server, a), c->server->server.origin)
          : "";
    const char *start = ret->builtin && !asked_for ? "no model server answered; built-in " : "";
    const char *change = *start ? "; another: --server NAME=TYPE:URL, see rlab doctor" : "";
    ret->line = arena_format(a, "%smodels%s: fast = %s (%s), reasoning = %s (%s)%s", start, found,
                             ret->fast->full_name, fast_why, ret->reasoning->full_name,
                             reasoning_why, change);
}

/* --- the built-in pair ----------------------------------------------------------------------- */

static bool has_weights(const struct lab_server *s, const char *name, struct error *err)
{
    const struct mini_model *m = mini_borrow(&s->server, name, err);
    mini_return(m);
    return m != NULL;
}

/* Always there, but for an installation without its data. */
static bool take_built_in(struct models *m, struct choice *ret, const char **fast_why,
                          const char **reasoning_why, struct error *err)
{
    struct lab_server *s = models_find_server(m, "mini");
    if (!has_weights(s, "fast", err) || !has_weights(s, "reason", err))
        return false;
    ret->server = s;
    ret->fast = models_get(m, s, "fast");
    ret->reasoning = models_get(m, s, "reason");
    *fast_why = "answers at once";
    *reasoning_why = "thinks first";
    return true;
}

static bool is_built_in(const struct lab_model *m)
{
    return m && m->server->server.provider->start;
}

/* --- the choice ------------------------------------------------------------------------------ */

static bool named_without_looking(struct models *m, const char *text)
{
    struct lab_model *model;
    struct error ignored;
    return text && models_parse(m, text, NULL, &model, &ignored);
}

static void pick_from(struct models *m, const struct candidate *c, struct arena *a,
                      struct choice *ret, const char **fast_why, const char **reasoning_why)
{
    struct pick pick;
    pick_models(c->server->list->models, c->server->list->count, a, &pick);
    ret->server = c->server;
    ret->fast = models_get(m, c->server, pick.fast->name);
    if (c->partner) {
        struct pick other;
        pick_models(c->partner->list->models, c->partner->list->count, a, &other);
        ret->reasoning = models_get(m, c->partner, other.fast->name);
        *fast_why = "started as the fast one";
        *reasoning_why = "started as the reasoning one";
        return;
    }
    ret->reasoning = models_get(m, c->server, pick.reasoning->name);
    *fast_why = pick.fast_why;
    *reasoning_why = pick.reasoning_why;
    ret->warning = pick.warning;
}

bool choice_make(struct models *m, const struct choice_wish *w, struct arena *a, struct choice *ret,
                 struct error *err)
{
    struct choice c = { 0 };
    struct probing p = { .models = m, .a = a };
    struct candidate *found = NULL;
    const char *fast_why = "", *reasoning_why = "";
    bool all_named = named_without_looking(m, w->fast) && named_without_looking(m, w->reason);
    if (w->builtin) {
        if (!take_built_in(m, &c, &fast_why, &reasoning_why, err))
            return false;
    } else if (!all_named) {
        add_all(&p, w);
        if (!ask_around(&p, &found, err))
            return false;
        if (found)
            pick_from(m, found, a, &c, &fast_why, &reasoning_why);
        else if (!w->fast && !w->reason)
            take_built_in(m, &c, &fast_why, &reasoning_why, &(struct error){ 0 });
    }
    if (w->fast) {
        if (!models_parse(m, w->fast, c.server, &c.fast, err))
            return error_within(err, "the fast model (%s)", w->fast_origin);
        fast_why = w->fast_origin;
    }
    if (w->reason) {
        if (!models_parse(m, w->reason, c.server, &c.reasoning, err))
            return error_within(err, "the reasoning model (%s)", w->reason_origin);
        reasoning_why = w->reason_origin;
    }
    if (!c.fast || !c.reasoning) {
        if (!c.fast && !c.reasoning)
            c.help = help_words(&p, a);
        else if (!c.fast)
            c.fast = c.reasoning;
        else
            c.reasoning = c.fast;
    }
    c.builtin = is_built_in(c.fast) && is_built_in(c.reasoning);
    if (!c.help) {
        if (!ask_details(m, c.fast, c.reasoning, err))
            return false;
        bool asked_for = w->builtin || w->fast || w->reason;
        say_choice(&c, found, fast_why, reasoning_why, asked_for, a);
        if (c.fast == c.reasoning && !c.warning)
            c.warning = "one model plays both roles: routing is only shown, not felt";
    }
    *ret = c;
    return true;
}
