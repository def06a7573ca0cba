/* Which servers may be asked for models, in which order (choice_inside.h). */
#include "core/lab/choice_inside.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/model/pick.h"

/* Ports where people run OpenAI-compatible servers: llama.cpp, vLLM, LM Studio. */
static const int usual_ports[] = { 8080, 8000, 1234 };

/* A server of ours whose process lives is there for sure: on a busy machine it is waited for. */
#define OWN_SERVER_MS 3000

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

/* The servers `./lab model start` left word of, while its process lives. */
static void add_own_servers(struct probing *p, const char *state_file, int64_t most_ms)
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
        c->limit_ms = most_ms && most_ms < OWN_SERVER_MS ? most_ms : OWN_SERVER_MS;
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
    return strcmp(from, "typed here") == 0 || strcmp(from, "--server") == 0 ||
           strcmp(from, "config") == 0 || strcmp(from, "OPENAI_BASE_URL") == 0;
}

bool probe_was_named(const struct lab_server *s)
{
    return comes_before_local(s) || strcmp(s->server.origin, "OLLAMA_HOST") == 0;
}

void probe_add_all(struct probing *p, const struct choice_wish *w)
{
    static const char *const order[] = { "typed here", "--server", "config", "OPENAI_BASE_URL" };
    for (size_t o = 0; o < sizeof order / sizeof *order; o++)
        for (size_t i = 0; i < p->models->server_count; i++) {
            struct lab_server *s = p->models->servers[i];
            if (!s->replaced && comes_before_local(s) && strcmp(s->server.origin, order[o]) == 0)
                add_candidate(p, s);
        }
    struct lab_server *local = models_find_server(p->models, "local");
    if (local)
        add_candidate(p, local);
    add_own_servers(p, w->state_file, w->most_ms);
    add_usual_ports(p);
}

/* --- asking ---------------------------------------------------------------------------------- */

bool probe_can_chat(const struct lab_server *s)
{
    struct arena a = { 0 };
    struct pick pick = { 0 };
    if (s->answered && s->list)
        pick_models(s->list->models, s->list->count, &a, &pick);
    arena_done(&a);
    return pick.fast != NULL;
}

bool probe_is_settled(const struct candidate *c)
{
    return !c->asked.waiter && !c->partner_asked.waiter;
}

bool probe_fits(const struct candidate *c)
{
    return probe_can_chat(c->server) && (!c->partner || probe_can_chat(c->partner));
}

struct candidate *probe_first_fit(struct probing *p, bool time_is_up)
{
    for (size_t i = 0; i < p->count; i++) {
        if (!probe_is_settled(&p->all[i]) && !time_is_up)
            return NULL;
        if (probe_is_settled(&p->all[i]) && probe_fits(&p->all[i]))
            return &p->all[i];
    }
    return NULL;
}

bool probe_all_settled(const struct probing *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (!probe_is_settled(&p->all[i]))
            return false;
    return true;
}
