/* The servers and the two models (doctor.h). */
#include <string.h>

#include "core/lab/second_look.h"
#include "core/limits.h"
#include "core/model/pick.h"
#include "core/model/provider.h"
#include "tui/verb/doctor.h"

/* How long the servers may take to tell what they have, all at once; how long those that answered
 * may take for details; and how long the others are looked for elsewhere. Together with the rest
 * this stays below two seconds. */
#define SURVEY_MS 1000
#define DETAIL_MS 400
#define SECOND_MS 250

/* --- asking --------------------------------------------------------------------------------------- */

static void arrived(void *self)
{
    *(struct waiter **)self = NULL;
}

/* Asks all servers there are; those that the search for the two models asks too join in. */
static bool ask_all(struct lab *lab, struct waiter **waiting, size_t *ret_count)
{
    bool any = false;
    for (; *ret_count < lab->models.server_count && *ret_count < MAX_SERVERS; ++*ret_count)
        waiting[*ret_count] =
            lab_server_refresh(lab->models.servers[*ret_count], false, IDENTITY_FRESH_NS, SURVEY_MS,
                               arrived, &waiting[*ret_count]);
    for (size_t i = 0; i < *ret_count; i++)
        any |= waiting[i] != NULL;
    return any;
}

/* What those that answered can do, and of which version they are. A slow one is not asked again:
 * its list would be lost where it does not come in time. */
static bool ask_details(struct session *s, struct error *err)
{
    struct lab_server *there[MAX_SERVERS];
    size_t count = 0;
    for (size_t i = 0; i < s->lab.models.server_count && count < MAX_SERVERS; i++) {
        struct lab_server *one = s->lab.models.servers[i];
        if (one->answered && one->list && !(one->list->answer_s * 1000 >= DETAIL_MS / 2))
            there[count++] = one;
    }
    return session_refresh(s, there, count, true, DETAIL_MS, err);
}

static bool survey(struct doctor *d, struct error *err)
{
    struct session *s = d->session;
    struct choice unused;
    struct choice_wish nothing = { .state_file = s->lab.paths.own_servers, .most_ms = SURVEY_MS };
    struct waiter *waiting[MAX_SERVERS] = { 0 };
    size_t count = 0;
    ask_all(&s->lab, waiting, &count);
    bool ok = lab_choose(&s->lab, err);
    /* A choice by name asked nobody: here everything there is shall be seen. */
    if (ok && !s->lab.choice.server)
        ok = choice_make(&s->lab.models, &nothing, &s->lab.arena, &unused, err);
    while (ok && ask_all(&s->lab, waiting, &count) && !session_stopped())
        ok = session_turn(s, err);
    for (size_t i = 0; i < count; i++)
        lab_server_forget(waiting[i]);
    return ok && ask_details(s, err);
}

/* --- servers -------------------------------------------------------------------------------------- */

static struct finding answering(struct doctor *d, const struct lab_server *s)
{
    const struct catalog *list = s->list;
    struct finding f = { .area = "servers",
                         .what = s->server.name,
                         .found = server_text(s, &d->arena) };
    if (!list->count) {
        const char *type = s->server.provider->name;
        f.health = HEALTH_WARN;
        f.problem = PROBLEM_MODEL_MISSING;
        f.todo = s->server.provider->start ? "its weights are not there: install rlab's data anew"
                 : strcmp(type, "ollama") == 0
                     ? "it has no models: fetch one, ollama pull llama3.2:3b"
                     : "it has no models: start it with one";
    } else if (list->answer_s * 1000 > CHOICE_PROBE_MS) {
        f.health = HEALTH_WARN;
        f.problem = PROBLEM_SLOW_SERVER;
        f.todo = doctor_text(d,
                             "rlab waits %d ms at its start: keep the models of a slower server "
                             "with 'rlab models use'",
                             CHOICE_PROBE_MS);
    }
    return f;
}

/* How the server was named, for who corrects it. */
static const char *address_of(struct doctor *d, const struct server *s)
{
    return strcmp(s->origin, "config") == 0
               ? doctor_text(d, "in [server %s] of the config", s->name)
               : doctor_text(d, "(from %s)", s->origin);
}

/* The variable that names a server of this type; NULL where the config or a flag must. */
static const char *variable_of(const char *type)
{
    return strcmp(type, "openai") == 0   ? "OPENAI_BASE_URL"
           : strcmp(type, "ollama") == 0 ? "OLLAMA_HOST"
                                         : NULL;
}

/* What a variable names is of one type. */
static const char *other_type(struct doctor *d, const struct server *s,
                              const struct second_look *look)
{
    const char *variable = variable_of(look->type), *was = variable_of(s->provider->name);
    if (variable && was && strcmp(variable, was) != 0 && strcmp(s->origin, was) == 0)
        return doctor_text(d, "export %s=%s; unset %s", variable, look->url, was);
    return doctor_text(d, "write type %s and address %s for it %s", look->type, look->url,
                       address_of(d, s));
}

static void explain_key(struct doctor *d, const struct server *s, struct finding *f)
{
    f->code = EXIT_MISUSE;
    if (s->key) {
        f->problem = PROBLEM_KEY_REFUSED;
        f->todo = doctor_text(d, "look at the key in %s", s->key_from);
    } else {
        f->problem = PROBLEM_KEY_MISSING;
        f->todo = strcmp(s->origin, "OPENAI_BASE_URL") == 0
                      ? "export its key: OPENAI_API_KEY=..."
                      : "export its key, and name the variable as key_env in the config";
    }
}

/* It was found elsewhere: the best thing that can be told. */
static bool explain_found(struct doctor *d, const struct server *s, const struct second_look *look,
                          struct finding *f)
{
    const char *proxy = server_proxy(s);
    switch (look->found) {
    case SECOND_LOOPBACK:
        f->problem = PROBLEM_LOOPBACK;
        f->found = doctor_text(d, "%s; but a server answers at %s", f->found, look->url);
        f->todo = doctor_text(d, "it listens there alone: write %s as its address %s", look->url,
                              address_of(d, s));
        return true;
    case SECOND_DIRECT:
        f->problem = PROBLEM_PROXY;
        f->found = doctor_text(d, "%s; but without the proxy it answers", f->found);
        f->todo = doctor_text(d, "the proxy of %s stands between: name the host of %s in no_proxy",
                              proxy, s->url);
        return true;
    case SECOND_TYPE:
        f->problem = PROBLEM_WRONG_ADDRESS;
        f->found = doctor_text(d, "%s; but a server of type %s answers at %s", f->found, look->type,
                               look->url);
        f->todo = other_type(d, s, look);
        return true;
    case SECOND_NOTHING:
        break;
    }
    return false;
}

static void explain(struct doctor *d, const struct lab_server *s, struct finding *f)
{
    const struct server *server = &s->server;
    const char *proxy = server_proxy(server), *address = address_of(d, server);
    if (s->error.code == ERR_REFUSED) {
        explain_key(d, server, f);
    } else if (proxy) {
        f->problem = PROBLEM_PROXY;
        f->todo = doctor_text(d,
                              "the proxy of %s stands between: if that is wrong, name the host "
                              "in no_proxy",
                              proxy);
    } else if (s->error.code == ERR_ADDRESS) {
        f->problem = PROBLEM_WRONG_ADDRESS;
        f->todo = doctor_text(d, "correct its address or type %s", address);
    } else if (s->error.code == ERR_TLS) {
        f->problem = PROBLEM_TLS;
        f->todo = "name the CA of a certificate of your own with ca_file in the config; check the "
                  "clock; or is the address http, not https?";
    } else {
        f->problem = PROBLEM_NO_SERVER;
        f->todo = doctor_text(d, "start it, or correct its address %s", address);
    }
}

/* Bad where it leaves us without a model, or where rlab asks nobody in its place; else only
 * said. */
static struct finding silent(struct doctor *d, const struct lab_server *s,
                             const struct second_look *look)
{
    const struct choice *c = &d->session->lab.choice;
    bool in_the_way = c->refusal.code && strcmp(c->refusal.text, s->error.text) == 0;
    struct finding f = { .area = "servers",
                         .what = s->server.name,
                         .found = s->error.text,
                         .health = c->help || in_the_way ? HEALTH_BAD : HEALTH_WARN,
                         .code = EXIT_NO_SERVER };
    if (!explain_found(d, &s->server, look, &f))
        explain(d, s, &f);
    return f;
}

/* Its key was named and cannot be had: every verb stops there. */
static struct finding keyless(struct doctor *d, const struct server *s)
{
    bool file = s->key_from && s->key_from[0] == '/';
    bool open = file && strstr(s->key_trouble, "open to others");
    return (struct finding){
        .area = "servers",
        .what = s->name,
        .found = s->key_trouble,
        .todo = !s->key_from
                    ? doctor_text(d,
                                  "write a path from '/' on as key_file in [server %s] of the "
                                  "config, and the key into that file (chmod 600)",
                                  s->name)
                : open ? doctor_text(d, "chmod 600 '%s', and have a new key made", s->key_from)
                : file ? doctor_text(d,
                                     "put the key into '%s', readable by you "
                                     "alone (chmod 600)",
                                     s->key_from)
                       : doctor_text(d, "export %s=... before you start rlab", s->key_from),
        .health = HEALTH_BAD,
        .problem = open ? PROBLEM_PERMISSIONS : PROBLEM_KEY_MISSING,
        .code = EXIT_MISUSE
    };
}

static bool check_servers(struct doctor *d, struct error *err)
{
    struct models *m = &d->session->lab.models;
    struct second_look looks[MAX_SERVERS] = { 0 };
    if (!second_look(&d->session->lab, SECOND_MS, &d->arena, looks, err))
        return false;
    for (size_t i = 0; i < m->server_count && i < MAX_SERVERS; i++) {
        const struct lab_server *s = m->servers[i];
        if (s->server.key_trouble)
            doctor_note(d, keyless(d, &s->server));
        else if (s->answered && s->list)
            doctor_note(d, answering(d, s));
        else if (!choice_is_guess(s))
            doctor_note(d, silent(d, s, &looks[i]));
    }
    return true;
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
        bool ollama = strcmp(m->server->server.provider->name, "ollama") == 0;
        f.health = HEALTH_BAD;
        f.problem = PROBLEM_MODEL_MISSING;
        f.found = doctor_text(d, "%s (%s) is not on its server", m->full_name, origin);
        f.todo = doctor_text(d, "fetch it%s%s, or choose another: rlab models use %s MODEL",
                             ollama ? " with ollama pull " : "", ollama ? m->name : "", what);
    } else if (!m->server->answered) {
        f.health = HEALTH_BAD;
        f.problem = PROBLEM_NO_SERVER;
        f.code = EXIT_NO_SERVER;
        f.todo = "its server does not answer: see its line above";
    }
    doctor_note(d, f);
}

static void check_models(struct doctor *d)
{
    const struct choice *c = &d->session->lab.choice;
    if (c->help) {
        doctor_note(d, (struct finding){ .area = "models",
                                         .what = "models",
                                         .found = c->help,
                                         .todo = "start a model server, or name one: --server "
                                                 "NAME=TYPE:URL",
                                         .health = HEALTH_BAD,
                                         .problem = PROBLEM_NO_SERVER,
                                         .code = EXIT_NO_SERVER });
        return;
    }
    check_model(d, "fast", c->fast, "pair.fast");
    check_model(d, "reason", c->reasoning, "pair.reason");
    if (c->warning)
        doctor_note(d,
                    (struct finding){ .area = "models",
                                      .what = "note",
                                      .found = c->warning,
                                      .todo = c->fast == c->reasoning
                                                  ? "choose two: rlab models use fast|reason MODEL"
                                                  : "mend or leave out what is named above, or "
                                                    "choose: rlab models use fast|reason MODEL",
                                      .health = HEALTH_WARN,
                                      .problem = PROBLEM_PAIR });
}

void doctor_servers(struct doctor *d)
{
    struct error err;
    bool asked = survey(d, &err);
    if (check_servers(d, &err) && asked) {
        check_models(d);
        return;
    }
    doctor_note(d, (struct finding){ .area = "models",
                                     .what = "choice",
                                     .found = doctor_text(d, "%s", err.text),
                                     .todo = "choose others: rlab models use fast|reason MODEL",
                                     .health = HEALTH_BAD,
                                     .problem = PROBLEM_PAIR,
                                     .code = exit_code(&err) });
}
