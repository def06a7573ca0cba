/* The servers and the two models (doctor.h). */
#include <stdlib.h>
#include <string.h>

#include "core/model/pick.h"
#include "core/model/provider.h"
#include "tui/verb/doctor.h"

/* --- servers -------------------------------------------------------------------------------------- */

/* The proxy that stands between us and a server elsewhere, by the name of its variable: its
 * value may hold a password. */
static const char *proxy_for(const struct server *s)
{
    static const char *const plain[] = { "http_proxy", "all_proxy", "ALL_PROXY", NULL };
    static const char *const safe[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                        NULL };
    const char *const *names = strncmp(s->url, "https", 5) == 0 ? safe : plain;
    for (; !s->local && *names; names++)
        if (getenv(*names) && *getenv(*names))
            return *names;
    return NULL;
}

static struct finding answering(struct doctor *d, const struct lab_server *s)
{
    const struct catalog *list = s->list;
    char took[SECONDS_SIZE];
    struct finding f = { .area = "servers", .what = s->server.name };
    f.found =
        doctor_text(d, "%s%s%s at %s (%s), %zu model%s, answers in %s", s->server.provider->label,
                    list->version[0] ? " " : "", list->version, s->server.url, s->server.origin,
                    list->count, list->count == 1 ? "" : "s", seconds_text(list->answer_s, took));
    if (!list->count) {
        f.health = HEALTH_WARN;
        f.todo = "it has no models: fetch some";
    } else if (list->answer_s * 1000 > CHOICE_PROBE_MS) {
        f.health = HEALTH_WARN;
        f.todo = doctor_text(d,
                             "rlab waits %d ms at its start: keep the models of a slower server "
                             "with 'rlab models use'",
                             CHOICE_PROBE_MS);
    }
    return f;
}

/* Bad where it leaves us without a model; else only said. */
static struct finding silent(struct doctor *d, const struct lab_server *s)
{
    const char *proxy = proxy_for(&s->server);
    bool refused = s->error.code == ERR_REFUSED;
    struct finding f = { .area = "servers",
                         .what = s->server.name,
                         .found = s->error.text,
                         .health = d->session->lab.choice.help ? HEALTH_BAD : HEALTH_WARN,
                         .code = refused ? EXIT_MISUSE : EXIT_NO_SERVER };
    if (refused)
        f.todo = s->server.key_from
                     ? doctor_text(d, "look at the key in %s", s->server.key_from)
                     : "export its key, and name the variable as key_env in the config";
    else if (proxy)
        f.todo = doctor_text(d,
                             "the proxy of %s stands between: if that is wrong, name the host "
                             "in no_proxy",
                             proxy);
    return f;
}

static void check_servers(struct doctor *d)
{
    struct models *m = &d->session->lab.models;
    for (size_t i = 0; i < m->server_count; i++) {
        const struct lab_server *s = m->servers[i];
        if (s->answered && s->list)
            doctor_note(d, answering(d, s));
        else if (!choice_is_guess(s))
            doctor_note(d, silent(d, s));
    }
}

/* --- models --------------------------------------------------------------------------------------- */

/* Why nobody had to choose this one. */
static const char *picked_because(struct doctor *d, const struct lab_model *m)
{
    const struct choice *c = &d->session->lab.choice;
    struct pick pick = { 0 };
    if (c->fast->server != c->reasoning->server)
        return "started for it";
    if (m->server->list)
        pick_models(m->server->list->models, m->server->list->count, &d->arena, &pick);
    const char *why = m == c->fast ? pick.fast_why : pick.reasoning_why;
    return why ? why : "picked by its name";
}

static void check_model(struct doctor *d, const char *what, const struct lab_model *m,
                        const char *key)
{
    const char *origin;
    if (!lab_setting(&d->session->lab, key, &origin))
        origin = picked_because(d, m);
    struct finding f = { .area = "models", .what = what, .code = EXIT_NO_MODEL };
    f.found = doctor_text(d, "%s (%s), identity by %s%s", m->full_name, origin,
                          identity_kind_name(m->identity_kind),
                          m->identity_checked ? "" : ", not checked");
    if (m->known_missing) {
        f.health = HEALTH_BAD;
        f.found = doctor_text(d, "%s (%s) is not on its server", m->full_name, origin);
        f.todo = doctor_text(d, "fetch it, or choose another: rlab models use %s MODEL", what);
    } else if (!m->server->answered) {
        f.health = HEALTH_BAD;
        f.code = EXIT_NO_SERVER;
        f.todo = "its server does not answer (above)";
    }
    doctor_note(d, f);
}

void doctor_servers(struct doctor *d)
{
    struct error err;
    const struct choice *c = &d->session->lab.choice;
    if (!session_survey(d->session, &err)) {
        doctor_note(d, (struct finding){ .area = "servers",
                                         .what = "choice",
                                         .found = doctor_text(d, "%s", err.text),
                                         .health = HEALTH_BAD,
                                         .code = exit_code(&err) });
        return;
    }
    check_servers(d);
    if (c->help) {
        doctor_note(d, (struct finding){ .area = "models",
                                         .what = "models",
                                         .found = c->help,
                                         .health = HEALTH_BAD,
                                         .code = EXIT_NO_SERVER });
        return;
    }
    check_model(d, "fast", c->fast, "pair.fast");
    check_model(d, "reason", c->reasoning, "pair.reason");
    if (c->warning)
        doctor_note(
            d, (struct finding){
                   .area = "models", .what = "note", .found = c->warning, .health = HEALTH_WARN });
}
