/* What a choice is told with (choice_inside.h). */
#include "core/lab/choice_inside.h"

#include <unistd.h>

#include "core/model/provider.h"

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

const char *choice_help(const struct probing *p)
{
    struct arena *a = p->a;
    const char *asked = "", *empty = NULL;
    for (size_t i = 0; i < p->count; i++) {
        const struct lab_server *s = p->all[i].server;
        asked = arena_format(a, "%s%s%s", asked, i ? ", " : "", s->server.url);
        if (s->answered && !probe_can_chat(s) && !empty)
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

/* Why a server that came first was not taken; NULL where it fits. */
static const char *passed_over(const struct candidate *c, struct arena *a)
{
    const struct lab_server *s = c->server;
    if (probe_fits(c) && probe_is_settled(c))
        return NULL;
    if (!s->answered && !s->error.text[0])
        return arena_format(a,
                            "'%s' (%s) did not answer within %lld ms; ask it by name: --model "
                            "%s/MODEL",
                            s->server.name, s->server.origin, (long long)c->limit_ms,
                            s->server.name);
    return arena_format(a, "'%s' (%s) was passed over: %s", s->server.name, s->server.origin,
                        s->answered ? "it has no model that can chat" : s->error.text);
}

void choice_judge_named(const struct probing *p, const struct candidate *found, struct choice *ret)
{
    for (size_t i = 0; i < p->count && &p->all[i] != found; i++) {
        const struct candidate *c = &p->all[i];
        if (!probe_was_named(c->server))
            continue;
        if (!c->server->answered && c->server->error.code == ERR_REFUSED && !ret->refusal.code)
            ret->refusal = c->server->error;
        const char *why = passed_over(c, p->a);
        if (why && !ret->warning)
            ret->warning = why;
    }
}

void choice_say(struct choice *ret, const struct candidate *c, bool asked_for, struct arena *a)
{
    const char *found =
        c ? arena_format(a, " on %s (%s)", server_words(c->server, a), c->server->server.origin)
          : "";
    const char *start = ret->builtin && !asked_for ? "no model server answered; built-in " : "";
    const char *change = *start ? "; another: --server NAME=TYPE:URL, see rlab doctor" : "";
    ret->line = arena_format(a, "%smodels%s: fast = %s (%s), reasoning = %s (%s)%s", start, found,
                             ret->fast->full_name, ret->fast_why, ret->reasoning->full_name,
                             ret->reasoning_why, change);
}
