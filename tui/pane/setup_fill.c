/* What the Setup pane shows, read from the lab (setup_inside.h). */
#include "tui/pane/setup_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/lab/roles.h"
#include "core/model/provider.h"

/* --- words ---------------------------------------------------------------------------------- */

static const char *size_words(int64_t bytes, struct arena *a)
{
    if (bytes < 0)
        return "-";
    double mb = (double)bytes / 1e6;
    return mb < 95     ? arena_format(a, "%.1f MB", mb)
           : mb < 9950 ? arena_format(a, "%.1f GB", mb / 1e3)
                       : arena_format(a, "%.0f GB", mb / 1e3);
}

static const char *memory_words(int64_t bytes, struct arena *a)
{
    double gib = (double)bytes / (1 << 30);
    return bytes < 0     ? ""
           : gib < 0.095 ? arena_format(a, "%.0f MiB", gib * 1024)
           : gib < 99.5  ? arena_format(a, "%.1f GiB", gib)
                         : arena_format(a, "%.0f GiB", gib);
}

static const char *context_words(int64_t tokens, struct arena *a)
{
    return tokens < 0      ? "-"
           : tokens < 1000 ? arena_format(a, "%lld", (long long)tokens)
                           : arena_format(a, "%lldk", (long long)(tokens / 1000));
}

/* --- the rows -------------------------------------------------------------------------------- */

static bool is_inside(const struct lab_server *s)
{
    return s->server.provider->start != NULL;
}

/* Names stand alone on the server that was picked; elsewhere the server is a part of them. */
static const char *row_name(const struct lab *lab, const struct lab_server *s, const char *name,
                            struct arena *a)
{
    const struct choice *c = &lab->choice;
    const struct lab_server *usual = c->server ? c->server : c->fast ? c->fast->server : NULL;
    return s == usual && !is_inside(s) ? arena_string(a, name)
                                       : arena_format(a, "%s/%s", s->server.name, name);
}

static void add_rows(struct setup_state *st, const struct lab *lab, struct lab_server *s,
                     size_t *at)
{
    const struct catalog *list = s->list;
    struct arena *a = &st->arena;
    struct pick pick;
    pick_models(list->models, list->count, a, &pick);
    for (size_t i = 0; i < list->count; i++, ++*at) {
        const struct model_info *info = &list->models[i];
        struct setup_model *m = &st->models[*at];
        const char *why, *role = model_role(lab, s, info, &pick, &why, a);
        const struct lab_model *loads = st->loading ? st->loading_model : NULL;
        if (checkup_line(st->checkup, CHECKUP_LOADING)->state == CHECKUP_RUNNING)
            loads = lab->pipeline.reasoning;
        *m = (struct setup_model){ .name = row_name(lab, s, info->name, a),
                                   .size = size_words(info->size_bytes, a),
                                   .quant = info->quant[0] ? arena_string(a, info->quant) : "-",
                                   .context = context_words(info->context_tokens, a),
                                   .loaded = lab_server_is_silent(s) ? TRI_UNKNOWN : info->loaded,
                                   .memory = memory_words(info->vram_bytes, a),
                                   .why = arena_string(a, why) };
        m->loading = loads && loads->server == s && strcmp(loads->name, info->name) == 0 &&
                     (info->loaded != TRI_YES || !st->loading_in);
        m->role = !role                            ? NULL
                  : strcmp(role, "fast") == 0      ? "FAST"
                  : strcmp(role, "reasoning") == 0 ? "REASONING"
                                                   : "BOTH";
        st->rows[*at] = (struct setup_row){ s, arena_string(a, info->name) };
    }
}

/* The servers of the pair first, the built-in one last. */
static int place_of(const struct lab *lab, const struct lab_server *s)
{
    const struct choice *c = &lab->choice;
    bool plays = (c->fast && c->fast->server == s) || (c->reasoning && c->reasoning->server == s);
    return plays ? 0 : is_inside(s) ? 2 : 1;
}

static void fill_rows(struct setup_state *st, struct lab *lab)
{
    struct models *m = &lab->models;
    size_t count = 0, at = 0;
    for (size_t i = 0; i < m->server_count; i++)
        if (!m->servers[i]->replaced && m->servers[i]->list)
            count += m->servers[i]->list->count;
    st->models = arena_new(&st->arena, struct setup_model, count + 1);
    st->rows = arena_new(&st->arena, struct setup_row, count + 1);
    for (int place = 0; place < 3; place++)
        for (size_t i = 0; i < m->server_count; i++) {
            struct lab_server *s = m->servers[i];
            if (!s->replaced && s->list && place_of(lab, s) == place)
                add_rows(st, lab, s, &at);
        }
    list_count(&st->list, (int)at);
}

/* --- how -------------------------------------------------------------------------------------- */

static void say_chosen(struct setup_how *h, const char *role, const struct lab_model *m,
                       const char *how, struct arena *a)
{
    *h = (struct setup_how){ role, how, m ? arena_string(a, m->name) : "-", m != NULL };
}

/* The lines of the rule, and which of them gave the pair. */
static void fill_how(struct setup_state *st, const struct lab *lab)
{
    const struct choice *c = &lab->choice;
    struct arena *a = &st->arena;
    struct setup_how *h = st->how;
    memset(h, 0, sizeof st->how);
    for (int i = 0; i < SETUP_HOWS; i++)
        h[i].role = h[i].rule = h[i].result = "";
    const char *fast = c->fast_why ? c->fast_why : "", *reason = c->reasoning_why;
    bool by_name = strncmp(fast, "has \"", 5) == 0 || strncmp(fast, "the first model", 15) == 0;
    if (!by_name || c->fast_origin)
        say_chosen(&h[0], "fast", c->fast,
                   c->fast_origin ? arena_format(a, "chosen (%s)", c->fast_origin) : fast, a);
    else
        say_chosen(&h[0], "fast", c->fast, "first name containing 7b, 8b or 3b and not r1", a);
    bool ruled =
        reason && (strncmp(reason, "has \"", 5) == 0 || strncmp(reason, "the fast model", 14) == 0);
    if (!ruled || c->reasoning_origin) {
        say_chosen(&h[1], "reasoning", c->reasoning,
                   c->reasoning_origin ? arena_format(a, "chosen (%s)", c->reasoning_origin)
                   : reason            ? reason
                                       : "",
                   a);
        return;
    }
    static const char *const rules[] = { "first name containing r1",
                                         "else first containing 70b, 32b or 14b",
                                         "else the fast model, with a warning" };
    int which = strcmp(reason, "has \"r1\"") == 0 ? 0 : strncmp(reason, "has ", 4) == 0 ? 1 : 2;
    for (int i = 0; i < 3; i++)
        h[1 + i] = (struct setup_how){ i ? "" : "reasoning", rules[i],
                                       i < which   ? "(no such name)"
                                       : i > which ? "(not needed)"
                                                   : arena_string(a, c->reasoning->name),
                                       i == which };
}

/* --- a server that does not answer ------------------------------------------------------------- */

const struct lab_server *setup_silent(const struct lab *lab)
{
    const struct choice *c = &lab->choice;
    struct lab_model *pair[] = { c->fast, c->reasoning };
    for (int i = 0; i < 2; i++)
        if (pair[i] && lab_server_is_silent(pair[i]->server))
            return pair[i]->server;
    return NULL;
}

/* "'local' (http://...): nothing listens there": that it is the server and what to do about it
 * stands beside it. */
static const char *without_advice(const char *text, struct arena *a)
{
    const char *end = strstr(text, ": start ");
    text += strncmp(text, "server '", 8) == 0 ? 7 : 0;
    return arena_copy(a, text, end ? (size_t)(end - text) : strlen(text));
}

/* NULL where all is well: a server answers, or the built-in pair was asked for. */
static const char *what_is_down(const struct setup_state *st, const struct lab *lab,
                                struct arena *a)
{
    const struct choice *c = &lab->choice;
    const struct lab_server *silent = setup_silent(lab);
    if (silent)
        return without_advice(silent->error.text, a);
    if (c->help)
        return arena_copy(a, c->help, strcspn(c->help, "\n"));
    if (!c->builtin || st->forced_in || lab->options->builtin || c->fast_origin)
        return NULL;
    const struct lab_server *local = models_find_server((struct models *)&lab->models, "local");
    return local && local->error.text[0] ? without_advice(local->error.text, a)
                                         : "no model server was found on this machine";
}

void setup_fill(struct pane *p)
{
    struct setup_state *st = p->state;
    struct lab *lab = p->desk->lab;
    struct lab_server *server = NULL;
    char name[200] = "";
    if (st->list.at < st->list.count) {
        server = st->rows[st->list.at].server;
        snprintf(name, sizeof name, "%s", st->rows[st->list.at].name);
    }
    arena_clear(&st->arena);
    fill_rows(st, lab);
    fill_how(st, lab);
    st->warning = lab->choice.warning ? arena_string(&st->arena, lab->choice.warning) : NULL;
    st->down = lab->chosen ? what_is_down(st, lab, &st->arena) : NULL;
    for (int i = 0; server && i < st->list.count; i++)
        if (st->rows[i].server == server && strcmp(st->rows[i].name, name) == 0)
            list_to(&st->list, i);
    list_count(&st->check_list, CHECKUPS);
    if (st->explain)
        setup_explain(st);
    pane_dirty(p);
}

struct lab_model *setup_model_at(const struct pane *p, int row)
{
    const struct setup_state *st = p->state;
    if (row < 0 || row >= st->list.count)
        return NULL;
    return models_get(&p->desk->lab->models, st->rows[row].server, st->rows[row].name);
}

const struct model_info *setup_info_at(const struct pane *p, int row)
{
    const struct setup_state *st = p->state;
    if (row < 0 || row >= st->list.count || !st->rows[row].server->list)
        return NULL;
    return catalog_find(st->rows[row].server->list, st->rows[row].name);
}

/* --- the view ---------------------------------------------------------------------------------- */

static const struct lab_server *shown_server(const struct lab *lab)
{
    const struct choice *c = &lab->choice;
    return c->fast ? c->fast->server : c->server;
}

struct setup_view setup_view_of(const struct pane *p)
{
    const struct setup_state *st = p->state;
    const struct lab *lab = p->desk->lab;
    const struct lab_server *s = shown_server(lab);
    bool silent = setup_silent(lab) != NULL || !s;
    struct setup_view v = {
        .welcome = st->tour || (st->welcome && p->desk->coach.done == 0),
        .server = !lab->chosen || p->desk->choosing ? SETUP_LOOKING
                  : silent                          ? SETUP_DOWN
                  : is_inside(s)                    ? SETUP_INSIDE
                                                    : SETUP_UP,
        .answer_s = s && s->list ? s->list->answer_s : NAN,
        .served = s && s->list ? s->list->count : 0,
        .memory_total = st->memory.total,
        .memory_used = st->memory.available < 0 ? -1 : st->memory.total - st->memory.available,
        .gpus = &st->gpus,
        .use = st->use,
        .use_count = st->use_count,
        .models = st->models,
        .list = (struct list *)&st->list,
        .warning = st->warning,
        .how = st->how,
        .checks = checkup_line(st->checkup, (enum checkup_id)0),
        .check_list = (struct list *)&st->check_list,
        .checking = checkup_runs(st->checkup),
        .now_ns = clock_mono(p->desk->clock),
        .down = st->down,
        .start = "ollama serve",
        .built_in = lab->choice.builtin,
        .forced_in = st->forced_in,
        .part = st->part,
        .explain_title = st->explain_title,
        .explain = st->explain ? st->explanation : NULL,
    };
    return v;
}

/* --- explaining --------------------------------------------------------------------------------- */

static void explain_model(struct setup_state *st)
{
    const struct pane *p = st->pane;
    const struct lab_model *m = setup_model_at(p, st->list.at);
    const struct model_info *info = setup_info_at(p, st->list.at);
    struct buf to = buf_with_max(sizeof st->explanation - 1);
    if (!m || !info) {
        snprintf(st->explanation, sizeof st->explanation, "There is no model to explain.");
        return;
    }
    const struct setup_model *row = &st->models[st->list.at];
    snprintf(st->explain_title, sizeof st->explain_title, "%.100s", m->full_name);
    buf_printf(&to, "%s: %s. ", row->role ? row->role : "No role", row->why);
    if (*info->parameters || *info->family)
        buf_printf(&to, "%s%s%s. ", info->parameters, *info->parameters ? " weights, family " : "",
                   *info->family ? info->family : "unknown");
    if (isfinite(loading_last_s(p->desk->lab, m)))
        buf_printf(&to, "Its last load took %.1f s. ", loading_last_s(p->desk->lab, m));
    buf_printf(&to, "%s. Identity by %s: %.40s. ",
               info->thinking == TRI_YES  ? "It can be told to think"
               : info->thinking == TRI_NO ? "It does not think before it answers"
                                          : "Its server does not tell whether it thinks",
               identity_kind_name(info->identity_kind), info->identity);
    buf_printf(&to, "f makes it FAST, r makes it REASONING; either choice lasts.");
    snprintf(st->explanation, sizeof st->explanation, "%s", buf_text(&to));
    text_trim_partial(st->explanation);
    buf_done(&to);
}

static const char *check_meaning(enum checkup_id id)
{
    static const char *const words[CHECKUPS] = {
        [CHECKUP_SERVER] = "The server was asked for its list of models; the time is until the "
                           "list was there.",
        [CHECKUP_PAIR] = "Routing sends easy questions to one model and hard ones to another, so "
                         "it takes two that are different.",
        [CHECKUP_FAST] = "The fast model is asked one easy question. Loading the model comes "
                         "before its first word and is told apart from it.",
        [CHECKUP_LOADING] = "A model answers only from memory. Loading a large one takes seconds "
                            "to minutes, once, and is no part of how fast it answers.",
        [CHECKUP_REASONING] = "The reasoning model is asked the same question: it thinks first, "
                              "also about easy ones.",
        [CHECKUP_BOTH] = "Where memory holds only one of the two, each change of model loads it "
                         "anew, and every comparison of times is spoilt.",
        [CHECKUP_STORE] = "Answers, labels and progress are written to one database file. WAL lets "
                          "two programs use it at once.",
        [CHECKUP_TERMINAL] = "80x24 shows everything, 120x40 adds the coach. Without UTF-8 plain "
                             "signs are used (--ascii), without colours words and letters.",
        [CHECKUP_COPY] = "How y reaches the clipboard, also over SSH: through tmux, else by an "
                         "escape sequence, and always into a file.",
    };
    return words[id];
}

static void explain_check(struct setup_state *st)
{
    enum checkup_id id = (enum checkup_id)st->check_list.at;
    const struct checkup_line *l = checkup_line(st->checkup, id);
    snprintf(st->explain_title, sizeof st->explain_title, "%s", checkup_what(id));
    snprintf(st->explanation, sizeof st->explanation, "%s%s%s%s%s%s", check_meaning(id),
             *l->text ? " Found: " : "", l->text, *l->text ? "." : "", *l->advice ? " To do: " : "",
             l->advice);
    text_trim_partial(st->explanation);
}

void setup_explain(struct setup_state *st)
{
    if (st->part == SETUP_MODELS)
        explain_model(st);
    else
        explain_check(st);
}

/* --- the report ---------------------------------------------------------------------------------- */

static const char *state_word(enum checkup_state state)
{
    static const char *const words[] = { "waits", "running", "ok", "failed", "unknown" };
    return words[state];
}

static void report_text(const struct setup_state *st, const struct setup_view *v, struct buf *to)
{
    buf_printf(to, "server\t%s\n",
               v->server == SETUP_DOWN      ? "down"
               : v->server == SETUP_INSIDE  ? "built-in"
               : v->server == SETUP_LOOKING ? "looking"
                                            : "up");
    if (v->down)
        buf_printf(to, "trouble\t%s\n", v->down);
    if (v->memory_total >= 0)
        buf_printf(to, "memory\t%.1f GiB\n", (double)v->memory_total / (1 << 30));
    for (size_t i = 0; i < st->gpus.count; i++)
        buf_printf(to, "gpu\t%s\n", st->gpus.gpu[i].name);
    for (int i = 0; i < st->list.count; i++) {
        const struct setup_model *m = &st->models[i];
        buf_printf(to, "model\t%s\t%s\t%s\t%s\t%s\n", m->name, m->size, m->quant,
                   m->role ? m->role : "-", m->why);
    }
    for (int i = 0; i < CHECKUPS; i++)
        buf_printf(to, "check\t%s\t%s\t%s\n", checkup_what((enum checkup_id)i),
                   state_word(v->checks[i].state), v->checks[i].text);
}

static struct json *report_json(const struct setup_state *st, const struct setup_view *v)
{
    struct json *j = json_object(), *models = json_array(), *checks = json_array();
    json_put_text(j, "schema", "rlab.setup/1");
    json_put_text(j, "trouble", v->down);
    json_put_count(j, "memory_bytes", v->memory_total);
    json_put_count(j, "memory_used_bytes", v->memory_used);
    for (int i = 0; i < st->list.count; i++) {
        struct json *m = json_object();
        json_put_text(m, "model", st->models[i].name);
        json_put_text(m, "role", st->models[i].role);
        json_put_text(m, "why", st->models[i].why);
        json_add(models, m);
    }
    for (int i = 0; i < CHECKUPS; i++) {
        struct json *c = json_object();
        json_put_text(c, "check", checkup_what((enum checkup_id)i));
        json_put_text(c, "state", state_word(v->checks[i].state));
        json_put_text(c, "found", v->checks[i].text);
        json_add(checks, c);
    }
    json_put(j, "models", models);
    json_put(j, "checks", checks);
    return j;
}

void setup_report(const struct pane *p, bool json, struct buf *to)
{
    const struct setup_state *st = p->state;
    struct setup_view v = setup_view_of(p);
    if (!json) {
        report_text(st, &v, to);
        return;
    }
    struct json *j = report_json(st, &v);
    json_print(j, to);
    buf_putc(to, '\n');
    json_free(j);
}
