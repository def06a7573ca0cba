/* What each line of the check list looks at (checkup_inside.h). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/lab/checkup_inside.h"
#include "core/store/history.h"

/* One word to which every model of any size has an answer. The built-in models know no other way
 * of putting it; the others are asked to be brief. */
#define WORD_BUILT_IN "Is 7 even or odd?"
#define WORD          "Is 7 even or odd? Answer with one word."
/* Room for the word; a reasoning model's thinking counts. */
#define MOST_TOKENS_FAST   64
#define MOST_TOKENS_REASON 1024
/* How long a list may take. */
#define LIST_MS 3000

/* "12 ms", "2.1 s", "31 s". */
static const char *seconds(double s, char ret[24])
{
    if (!isfinite(s))
        snprintf(ret, 24, "-");
    else if (s < 0.001)
        snprintf(ret, 24, "under 1 ms");
    else if (s < 0.1)
        snprintf(ret, 24, "%.0f ms", s * 1000);
    else
        snprintf(ret, 24, s < 9.95 ? "%.1f s" : "%.0f s", s);
    return ret;
}

/* Lines that hang on one that did not go well. */
static void give_up(struct checkup *c, const char *why)
{
    static const enum checkup_id models[] = { CHECKUP_FAST, CHECKUP_LOADING, CHECKUP_REASONING,
                                              CHECKUP_BOTH };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (c->line[models[i]].state == CHECKUP_WAITS)
            checkup_say(c, models[i], CHECKUP_UNKNOWN, NULL, "could not be checked: %s", why);
}

/* --- the servers ----------------------------------------------------------------------------------- */

static void servers_told(struct checkup *c)
{
    struct lab_server *servers[] = { c->fast->server, c->reasoning->server };
    char took[24];
    for (int i = 0; i < 2; i++) {
        const struct lab_server *s = servers[i];
        if (s->answered && s->list)
            continue;
        checkup_say(c, CHECKUP_SERVER, CHECKUP_FAILED,
                    "start the server, or press e for another address, d for the built-in models",
                    "%s", s->error.text);
        give_up(c, "the server does not answer");
        checkup_go_on(c);
        return;
    }
    double answer_s = servers[0]->list->answer_s;
    checkup_say(c, CHECKUP_SERVER, CHECKUP_OK, NULL, "%s",
                isfinite(answer_s) ? seconds(answer_s, took) : "inside the program");
    checkup_go_on(c);
}

static void first_listed(void *self)
{
    struct checkup *c = self;
    c->list[0] = NULL;
    if (!c->list[1])
        servers_told(c);
}

static void second_listed(void *self)
{
    struct checkup *c = self;
    c->list[1] = NULL;
    if (!c->list[0])
        servers_told(c);
}

static void see_server(struct checkup *c)
{
    const struct choice *found = &c->lab->choice;
    if (!c->fast || !c->reasoning) {
        size_t len = found->help ? strcspn(found->help, "\n") : 0;
        checkup_say(c, CHECKUP_SERVER, CHECKUP_FAILED,
                    "press e for the address of a server, d for the built-in models", "%.*s",
                    (int)len, found->help ? found->help : "");
        checkup_say(c, CHECKUP_PAIR, CHECKUP_UNKNOWN, NULL,
                    "could not be checked: there is no server");
        give_up(c, "there is no server");
        checkup_go_on(c);
        return;
    }
    checkup_begin(c, CHECKUP_SERVER, NAN);
    c->list[0] = lab_server_refresh(c->fast->server, true, 0, LIST_MS, first_listed, c);
    if (c->reasoning->server != c->fast->server)
        c->list[1] = lab_server_refresh(c->reasoning->server, true, 0, LIST_MS, second_listed, c);
    if (!c->list[0] && !c->list[1])
        servers_told(c);
}

/* --- the pair --------------------------------------------------------------------------------------- */

static void see_pair(struct checkup *c)
{
    struct lab_model *pair[] = { c->fast, c->reasoning };
    struct error err;
    for (int i = 0; i < 2; i++) {
        if (lab_model_plays(pair[i], &err))
            continue;
        checkup_say(c, CHECKUP_PAIR, CHECKUP_FAILED,
                    i ? "choose another one with r" : "choose another one with f", "%s", err.text);
        give_up(c, "a model of the pair is missing");
        checkup_go_on(c);
        return;
    }
    bool same_server = c->fast->server == c->reasoning->server;
    if (c->fast == c->reasoning)
        checkup_say(
            c, CHECKUP_PAIR, CHECKUP_FAILED,
            "one model plays both roles: routing is then only shown; choose two with f and r",
            "%s plays both", c->fast->name);
    else
        checkup_say(c, CHECKUP_PAIR, CHECKUP_OK, NULL, "%s / %s",
                    same_server ? c->fast->name : c->fast->full_name,
                    same_server ? c->reasoning->name : c->reasoning->full_name);
    checkup_go_on(c);
}

/* --- one word ---------------------------------------------------------------------------------------- */

static void say_word(struct checkup *c, enum checkup_id id, const struct answer *a)
{
    char took[24], load[24];
    double own_s = isfinite(a->load_s) ? a->latency_s - a->load_s : a->latency_s;
    struct buf thought = buf_with_max(60);
    if (a->thinking_tokens > 0)
        buf_printf(&thought, ", thought %s%lld tok", a->split_kind == KIND_ESTIMATED ? "~" : "",
                   (long long)a->thinking_tokens);
    if (a->cold)
        checkup_say(c, id, CHECKUP_OK, NULL, "%s after a %s load%s", seconds(own_s, took),
                    seconds(a->load_s, load), buf_text(&thought));
    else
        checkup_say(c, id, CHECKUP_OK, NULL, "%s%s", seconds(own_s, took), buf_text(&thought));
    if (a->end == END_OK_LENGTH)
        snprintf(c->line[id].advice, sizeof c->line[id].advice,
                 "it was cut off at its limit, which is enough to know that it speaks");
    buf_done(&thought);
}

/* What the reply told of a load that nobody had asked for; NULL: there was none. */
static void say_load(struct checkup *c, const struct answer *a)
{
    char took[24];
    if (c->line[CHECKUP_LOADING].state != CHECKUP_RUNNING)
        return;
    if (!a || !answer_is_good(a))
        checkup_say(c, CHECKUP_LOADING, CHECKUP_UNKNOWN, NULL,
                    "could not be checked: it gave no word");
    else if (a->load_s > 0)
        checkup_say(c, CHECKUP_LOADING, CHECKUP_OK, NULL, "%s, with its first word",
                    seconds(a->load_s, took));
    else
        checkup_say(c, CHECKUP_LOADING, CHECKUP_UNKNOWN, NULL,
                    "its server loads by itself, and does not tell how long");
}

static void word_heard(void *self, const struct ask_event *ev)
{
    struct checkup *c = self;
    const struct answer *a = ev->answer;
    enum checkup_id id = c->at;
    if (ev->type != ASK_END)
        return;
    c->ask = NULL;
    if (answer_is_good(a)) {
        struct lab_model *m = id == CHECKUP_FAST ? c->fast : c->reasoning;
        loading_keep(c->lab, m, a->load_s);
        say_word(c, id, a);
    } else {
        checkup_say(c, id, CHECKUP_FAILED, a->advice, "%s",
                    a->error ? a->error : call_end_words(a->end));
    }
    if (id == CHECKUP_REASONING)
        say_load(c, a);
    checkup_go_on(c);
}

static bool is_inside(const struct lab_model *m)
{
    return strcmp(m->server->server.origin, "built-in") == 0;
}

/* A question that may cost money is not asked before a person said so. */
static bool must_not_ask(struct checkup *c, const struct lab_model *m, enum checkup_id id)
{
    if (!m->server->server.hosted || c->may_cost)
        return false;
    checkup_say(c, id, CHECKUP_UNKNOWN, "press R to ask it",
                "not asked by itself: %s may charge for it", m->server->server.name);
    checkup_go_on(c);
    return true;
}

static void ask_word(struct checkup *c, struct lab_model *m, bool reasoning)
{
    struct error err;
    struct question q = question_default();
    q.text = is_inside(m) ? WORD_BUILT_IN : WORD;
    q.len = strlen(q.text);
    q.force = reasoning ? ROUTE_REASONING : ROUTE_FAST;
    q.no_cache = q.no_cot = true;
    q.purpose = "check";
    q.settings = lab_ask_settings(c->lab);
    q.settings.max_tokens = reasoning ? MOST_TOKENS_REASON : MOST_TOKENS_FAST;
    checkup_begin(c, c->at, NAN);
    c->ask = ask_start(&c->pipeline, &q, word_heard, c, &err);
    if (c->ask)
        return;
    checkup_say(c, c->at, CHECKUP_FAILED, NULL, "%s", err.text);
    if (reasoning)
        say_load(c, NULL);
    checkup_go_on(c);
}

static void ask_fast(struct checkup *c)
{
    if (!must_not_ask(c, c->fast, CHECKUP_FAST))
        ask_word(c, c->fast, false);
}

static void ask_reasoning(struct checkup *c)
{
    if (!must_not_ask(c, c->reasoning, CHECKUP_REASONING))
        ask_word(c, c->reasoning, true);
}

/* --- loading ------------------------------------------------------------------------------------------ */

static const struct model_info *listed(const struct lab_model *m)
{
    return m->server->list ? catalog_find(m->server->list, m->name) : NULL;
}

static enum tristate is_loaded(const struct lab_model *m)
{
    const struct model_info *info = listed(m);
    return info ? info->loaded : TRI_UNKNOWN;
}

static void loaded(void *self, double took_s, const struct error *err)
{
    struct checkup *c = self;
    char took[24];
    c->loading = NULL;
    if (err) {
        checkup_say(c, CHECKUP_LOADING, CHECKUP_FAILED,
                    "unload another model with -, or choose a smaller "
                    "one with r",
                    "%s", err->text);
        checkup_say(c, CHECKUP_REASONING, CHECKUP_UNKNOWN, NULL,
                    "could not be checked: it is not loaded");
    } else {
        checkup_say(c, CHECKUP_LOADING, CHECKUP_OK, NULL, "%s", seconds(took_s, took));
    }
    checkup_go_on(c);
}

/* What is loaded may be another since the fast model was asked. */
static void load_where_needed(void *self)
{
    struct checkup *c = self;
    struct lab_model *m = c->reasoning;
    struct error err;
    c->list[0] = NULL;
    if (is_loaded(m) == TRI_YES) {
        checkup_say(c, CHECKUP_LOADING, CHECKUP_OK, NULL, "it was in memory already");
        checkup_go_on(c);
    } else if (!loading_is_possible(m)) {
        c->at = CHECKUP_REASONING; /* the word tells of the load */
        checkup_go_on(c);
    } else {
        c->loading = loading_start(c->lab, m, true, loaded, c, &err);
        if (!c->loading)
            loaded(c, NAN, &err);
    }
}

static void load_reasoning(struct checkup *c)
{
    if (must_not_ask(c, c->reasoning, CHECKUP_LOADING))
        return;
    checkup_begin(c, CHECKUP_LOADING, loading_last_s(c->lab, c->reasoning));
    c->list[0] = lab_server_refresh(c->reasoning->server, true, 0, LIST_MS, load_where_needed, c);
    if (!c->list[0])
        load_where_needed(c);
}

/* --- both --------------------------------------------------------------------------------------------- */

static void both_told(struct checkup *c)
{
    enum tristate fast = is_loaded(c->fast), reasoning = is_loaded(c->reasoning);
    bool asked =
        c->line[CHECKUP_FAST].state == CHECKUP_OK && c->line[CHECKUP_REASONING].state == CHECKUP_OK;
    if (!asked)
        checkup_say(c, CHECKUP_BOTH, CHECKUP_UNKNOWN, NULL,
                    "could not be checked: not both have spoken");
    else if (fast == TRI_UNKNOWN || reasoning == TRI_UNKNOWN)
        checkup_say(c, CHECKUP_BOTH, CHECKUP_UNKNOWN, NULL,
                    "could not be checked: the server does not tell");
    else if (fast == TRI_YES && reasoning == TRI_YES)
        checkup_say(c, CHECKUP_BOTH, CHECKUP_OK, NULL,
                    c->fast == c->reasoning ? "it is one model" : "both are in memory");
    else
        checkup_say(
            c, CHECKUP_BOTH, CHECKUP_FAILED,
            "each change of model loads it anew. With Ollama set OLLAMA_MAX_LOADED_MODELS=2 and "
            "keep_alive to -1, or choose smaller models with f and r",
            "%s was put out for the other one",
            fast == TRI_YES ? c->reasoning->name : c->fast->name);
    checkup_go_on(c);
}

static void both_listed(void *self)
{
    struct checkup *c = self;
    c->list[0] = NULL;
    if (!c->list[1])
        both_told(c);
}

static void other_listed(void *self)
{
    struct checkup *c = self;
    c->list[1] = NULL;
    if (!c->list[0])
        both_told(c);
}

static void see_both(struct checkup *c)
{
    checkup_begin(c, CHECKUP_BOTH, NAN);
    c->list[0] = lab_server_refresh(c->fast->server, true, 0, LIST_MS, both_listed, c);
    if (c->reasoning->server != c->fast->server)
        c->list[1] = lab_server_refresh(c->reasoning->server, true, 0, LIST_MS, other_listed, c);
    if (!c->list[0] && !c->list[1])
        both_told(c);
}

/* --- the data folder ------------------------------------------------------------------------------------- */

static void see_store(struct checkup *c)
{
    struct store *s = c->lab->store;
    struct store_facts f;
    struct error ignored;
    int64_t rows = -1;
    store_facts(s, &f);
    if (!history_count(s, &rows, &ignored))
        rows = -1;
    char count[48] = "";
    if (rows >= 0)
        snprintf(count, sizeof count, ", %lld history row%s", (long long)rows,
                 rows == 1 ? "" : "s");
    if (c->lab->options->memory_store)
        checkup_say(c, CHECKUP_STORE, CHECKUP_UNKNOWN, NULL, "in memory only, as it was asked for");
    else if (!store_writes(s) && c->lab->options->read_only)
        checkup_say(c, CHECKUP_STORE, CHECKUP_UNKNOWN, store_trouble(s),
                    "--read-only: nothing is written");
    else if (!store_writes(s))
        checkup_say(c, CHECKUP_STORE, CHECKUP_FAILED, "everything works, but nothing is kept", "%s",
                    store_trouble(s) ? store_trouble(s) : "read only: nothing is written");
    else if (f.wal)
        checkup_say(c, CHECKUP_STORE, CHECKUP_OK, NULL, "%.1f MiB%s", (double)f.bytes / (1 << 20),
                    count);
    else
        checkup_say(
            c, CHECKUP_STORE, CHECKUP_OK,
            "the file system cannot share memory between programs: a slower journal is used",
            "%.1f MiB%s; without WAL", (double)f.bytes / (1 << 20), count);
    checkup_go_on(c);
}

checkup_step *const checkup_steps[CHECKUPS] = {
    [CHECKUP_SERVER] = see_server,       [CHECKUP_PAIR] = see_pair,
    [CHECKUP_FAST] = ask_fast,           [CHECKUP_LOADING] = load_reasoning,
    [CHECKUP_REASONING] = ask_reasoning, [CHECKUP_BOTH] = see_both,
    [CHECKUP_STORE] = see_store,
};
