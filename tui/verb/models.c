/* rlab models: what every server has, which two were picked and why, choosing others. */
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/lab/loading.h"
#include "core/lab/roles.h"
#include "core/model/pick.h"
#include "core/model/provider.h"
#include "tui/verb/session.h"
#include "tui/verb/subs.h"
#include "tui/verb/table.h"

/* How long a list with all its details may take. */
#define LIST_MS 3000

/* --- list ---------------------------------------------------------------------------------------- */

static void put_known(struct json *j, const char *key, enum tristate t)
{
    if (t == TRI_UNKNOWN)
        json_put_null(j, key);
    else
        json_put_bool(j, key, t == TRI_YES);
}

static void print_model_json(const struct lab_server *server, const struct model_info *m,
                             const char *role, const char *why)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.model/1");
    json_put_text(j, "server", server->server.name);
    json_put_text(j, "name", m->name);
    json_put_text(j, "digest", m->identity);
    json_put_text(j, "digest_kind", identity_kind_name(m->identity_kind));
    json_put_count(j, "size_bytes", m->size_bytes);
    json_put_count(j, "memory_bytes", m->vram_bytes);
    json_put_count(j, "context_tokens", m->context_tokens);
    json_put_text(j, "family", *m->family ? m->family : NULL);
    json_put_text(j, "parameters", *m->parameters ? m->parameters : NULL);
    json_put_text(j, "quant", *m->quant ? m->quant : NULL);
    put_known(j, "loaded", m->loaded);
    put_known(j, "can_chat", m->completion);
    put_known(j, "can_think", m->thinking);
    json_put_text(j, "role", role);
    json_put_text(j, "why", why);
    print_json(j);
}

static const struct table_column columns[] = {
    { "model", .name = true, .most = 28 },
    { "size", .right = true },
    { "quant", .most = 8 },
    { "family", .most = 8 },
    { "loaded", .most = 8 },
    { "identity", .most = 9 },
    { "role", .fills = true },
};

#define COLUMNS (sizeof columns / sizeof *columns)

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

static void add_model(struct table *t, const struct model_info *m, const char *role)
{
    struct arena *a = &t->arena;
    char size[SECONDS_SIZE], memory[SECONDS_SIZE];
    const char *loaded = m->loaded == TRI_UNKNOWN ? "-"
                         : m->loaded == TRI_NO    ? "no"
                         : m->vram_bytes >= 0     ? bytes_text(m->vram_bytes, memory)
                                                  : "yes";
    const char *identity = m->identity_kind == IDENTITY_DIGEST
                               ? arena_format(a, "%.8s", m->identity)
                               : identity_kind_name(m->identity_kind);
    table_add(t, (const char *const[COLUMNS]){ m->name, bytes_text(m->size_bytes, size),
                                               or_dash(m->quant), or_dash(m->family), loaded,
                                               identity, or_dash(role) });
}

/* The models of one reason on one line: hosted lists have hundreds without a role. */
static void show_roleless(struct session *s, const struct catalog *list, const char **why,
                          struct arena *a)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *reason = why[i], *names = "";
        for (size_t k = i; reason && k < list->count; k++) {
            if (!why[k] || strcmp(why[k], reason) != 0)
                continue;
            names = arena_format(a, "%s%s%s", names, *names ? ", " : "", list->models[k].name);
            why[k] = NULL;
        }
        if (reason)
            print_wrapped(s, "  no role    ", 13, arena_format(a, "%s: %s", names, reason));
    }
}

/* Why each has its role or none, below the table: reasons are sentences. Of a server that was
 * not picked there is only one. */
static void show_reasons(struct session *s, const struct lab_server *server,
                         const struct pick *pick, struct arena *a)
{
    const struct catalog *list = server->list;
    const struct choice *c = &s->lab.choice;
    const char **roleless = arena_new(a, const char *, list->count);
    bool plays = server == c->server;
    for (size_t i = 0; i < list->count; i++) {
        const char *why, *role = model_role(&s->lab, server, &list->models[i], pick, &why, a);
        plays |= role != NULL;
        if (role)
            print_wrapped(s, arena_format(a, "  %-9s  ", role), 13,
                          arena_format(a, "%s: %s", list->models[i].name, why));
        else
            roleless[i] = why;
    }
    if (plays)
        show_roleless(s, list, roleless, a);
    else if (list->count)
        print_wrapped(s, "  no role    ", 13,
                      !c->help              ? "server not picked"
                      : catalog_chats(list) ? model_not_by_itself(server, "NAME", a)
                                            : "none can chat");
}

static const char *server_words(const struct lab_server *s, struct arena *a)
{
    return arena_format(a, "%s: %s", s->server.name, server_text(s, a));
}

static void show_server(struct session *s, const struct lab_server *server, struct arena *a)
{
    const struct catalog *list = server->list;
    struct table t;
    struct pick pick;
    pick_models(list->models, list->count, a, &pick);
    table_init(&t, s, columns, COLUMNS);
    for (size_t i = 0; i < list->count; i++) {
        const char *why, *role = model_role(&s->lab, server, &list->models[i], &pick, &why, a);
        if (s->json)
            print_model_json(server, &list->models[i], role, why);
        else
            add_model(&t, &list->models[i], role);
    }
    if (!s->json) {
        print_wrapped(s, "", 2, server_words(server, a));
        if (list->count)
            table_print(&t);
        fputc('\n', stdout);
        show_reasons(s, server, &pick, a);
        fputc('\n', stdout);
    }
    table_done(&t);
}

/* On stdout for a person, on stderr beside JSON: one object a model, and nothing else. */
static void show_silent(struct session *s, const struct lab_server *server)
{
    if (s->json)
        say("no answer: %s", server->error.text);
    else
        print_wrapped(s, "no answer: ", 2, server->error.text);
}

/* What to do, line by line. */
static void print_help_lines(struct session *s, const char *text)
{
    const char *line;
    size_t len;
    for (size_t at = 0; file_line(text, strlen(text), &at, &line, &len);) {
        char *copy = mem_copy(line, len);
        print_wrapped(s, "", 2, copy);
        mem_free(copy);
    }
}

static void show_choice(struct session *s)
{
    const struct choice *c = &s->lab.choice;
    if (s->json)
        return;
    if (c->help) {
        print_help_lines(s, c->help);
        return;
    }
    print_line(s, "fast = %s, reasoning = %s", c->fast->full_name, c->reasoning->full_name);
    if (c->warning)
        print_wrapped(s, "note: ", 2, c->warning);
    print_now();
    say("choose others: rlab models use fast|reason MODEL");
}

static bool run_list(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)a;
    struct arena arena = { 0 };
    struct models *m = &s->lab.models;
    if (!session_survey(s, err))
        return false;
    size_t silent = 0;
    for (size_t i = 0; i < m->server_count; i++)
        if (m->servers[i]->answered && m->servers[i]->list)
            show_server(s, m->servers[i], &arena);
    for (size_t i = 0; i < m->server_count; i++)
        if (!m->servers[i]->answered && !choice_is_guess(m->servers[i])) {
            show_silent(s, m->servers[i]);
            silent++;
        }
    if (silent && !s->json)
        fputc('\n', stdout);
    show_choice(s);
    *ret_code = s->lab.choice.help ? EXIT_NO_SERVER : 0;
    arena_done(&arena);
    return true;
}

/* --- use ------------------------------------------------------------------------------------------ */

/* A name as typed; its server is asked where it answers. */
static bool find_model(struct session *s, const char *name, struct lab_model **ret,
                       struct error *err)
{
    struct lab_model *m;
    if (!session_open(s, err) || !lab_choose(&s->lab, err) || !lab_model(&s->lab, name, &m, err) ||
        !session_refresh(s, &m->server, 1, true, LIST_MS, err) || !lab_model_plays(m, err))
        return false;
    if (!m->server->answered)
        say_warning("%s; '%s' is taken unchecked", m->server->error.text, m->full_name);
    *ret = m;
    return true;
}

static bool run_use(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    struct lab_model *m;
    bool fast = strcmp(a->words[0], "fast") == 0;
    if (!fast && strcmp(a->words[0], "reason") != 0 && strcmp(a->words[0], "reasoning") != 0)
        return error_set(err, ERR_USAGE, "'%s' is no role: fast or reason is expected",
                         a->words[0]);
    enum role role = fast ? ROLE_FAST : ROLE_REASONING;
    if (!session_open_writing(s, err) || !find_model(s, a->words[1], &m, err) ||
        !lab_use_model(&s->lab, role, m, err))
        return false;
    if (s->json) {
        struct json *j = json_object();
        json_put_text(j, "schema", "rlab.choice/1");
        json_put_text(j, "role", role_name(role));
        json_put_text(j, "model", m->full_name);
        json_put_bool(j, "checked", m->server->answered);
        print_json(j);
    } else {
        say("the %s model is %s from now on; back to picking by itself: rlab set %s --reset",
            role_name(role), m->full_name, fast ? "pair.fast" : "pair.reason");
    }
    return true;
}

/* --- load, unload ----------------------------------------------------------------------------------- */

struct load_wait {
    bool done, failed;
    double took_s;
    struct error error;
};

static void loaded(void *self, double took_s, const struct error *err)
{
    struct load_wait *l = self;
    l->done = true;
    l->took_s = took_s;
    l->failed = err != NULL;
    if (err)
        l->error = *err;
}

static bool wait_for_load(struct session *s, struct loading *running, struct load_wait *l,
                          struct error *err)
{
    while (!l->done && !session_stopped())
        if (!session_turn(s, err)) {
            loading_cancel(running);
            return false;
        }
    if (!l->done) {
        loading_cancel(running);
        return error_set(err, ERR_NO, "stopped; the server may have given up loading");
    }
    if (l->failed)
        *err = l->error;
    return !l->failed;
}

static void show_loaded(struct session *s, const struct lab_model *m, bool in, double took_s)
{
    char took[SECONDS_SIZE], memory[SECONDS_SIZE];
    bool known = in && m->vram_bytes >= 0;
    if (s->json) {
        struct json *j = json_object();
        json_put_text(j, "schema", "rlab.load/1");
        json_put_text(j, "model", m->full_name);
        json_put_bool(j, "loaded", in);
        json_put_real(j, "took_s", took_s);
        json_put_count(j, "memory_bytes", known ? m->vram_bytes : -1);
        print_json(j);
    } else if (in) {
        say("%s is loaded, in %s%s%s; the server keeps it as long as its own settings say",
            m->full_name, seconds_text(took_s, took), known ? ", and takes " : "",
            known ? bytes_text(m->vram_bytes, memory) : "");
    } else {
        say("%s is unloaded, in %s", m->full_name, seconds_text(took_s, took));
    }
}

static bool change_load(struct session *s, const char *name, bool in, struct error *err)
{
    struct lab_model *m;
    struct load_wait l = { 0 };
    if (!find_model(s, name, &m, err))
        return false;
    struct loading *running = loading_start(&s->lab, m, in, loaded, &l, err);
    if (!running)
        return false;
    if (in && !s->json)
        say("loading %s ...", m->full_name);
    if (!wait_for_load(s, running, &l, err))
        return error_within(err, "%s '%s'", in ? "loading" : "unloading", m->full_name);
    show_loaded(s, m, in, l.took_s);
    return true;
}

static bool run_load(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    return change_load(s, a->words[0], true, err);
}

static bool run_unload(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    (void)ret_code;
    return change_load(s, a->words[0], false, err);
}

static const struct sub subs[] = {
    { "list", "", 0, 0, run_list },
    { "use", "fast|reason MODEL", 2, 2, run_use },
    { "load", "MODEL", 1, 1, run_load },
    { "unload", "MODEL", 1, 1, run_unload },
};

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    s->options.without_files = true;
    return subs_run("models", subs, sizeof subs / sizeof *subs, s, a, ret_code, err);
}

const struct verb verb_models = {
    .name = "models",
    .words = "[list] | use fast|reason MODEL | load MODEL | unload MODEL",
    .summary = "the models of every server, and which two are used",
    .help = "Lists all servers that answer and what each has; identity is the short digest,\n"
            "or what stands for it where the server tells none: a model is taken for changed\n"
            "when it changes. Below each table: why a model was picked, and why the others\n"
            "were not.\n"
            "\n"
            "use keeps a choice; MODEL is SERVER/MODEL, or a name on the server that was\n"
            "picked. load brings a model into memory before the first question, unload frees\n"
            "it (Ollama; other servers load by themselves).",
    .example = "rlab models use reason local/deepseek-r1:14b",
    .subs = "list use load unload",
    .options = (const enum option[]){ OPTIONS },
    .run = run,
};
