/* Opening, choosing, turning, closing (lab.h). */
#include "core/lab/lab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/lab/elsewhere.h"
#include "core/lab/landing.h"
#include "core/model/built_in.h"
#include "core/model/provider.h"

#define DEFAULT_RULES "basic"
/* What is hard for the built-in models is steps, which the usual rules do not count. */
#define BUILT_IN_RULES "steps"

static const char *set_variable(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

/* --- settings -------------------------------------------------------------------------------- */

/* Section and key of "SECTION.KEY". */
static void split_key(const char *key, char section[64], const char **ret_key)
{
    size_t n = strcspn(key, ".");
    if (n > 63)
        n = 63;
    memcpy(section, key, n);
    section[n] = '\0';
    *ret_key = key[n] ? key + n + 1 : "";
}

/* Settings that a flag of this command overrides. */
static const char *flag_setting(const struct lab_options *o, const char *key)
{
    return strcmp(key, "pair.fast") == 0     ? o->fast_model
           : strcmp(key, "pair.reason") == 0 ? o->reason_model
           : strcmp(key, "ask.rules") == 0   ? o->rules
                                             : NULL;
}

const char *lab_written_setting(struct lab *lab, const char *key, const char **ret_origin)
{
    const char *name;
    char section[64];
    split_key(key, section, &name);
    const struct config_value *written = config_find(&lab->config, section, name);
    *ret_origin = written ? "config" : "default";
    return written ? written->text : config_text(&lab->config, section, name);
}

const char *lab_setting(struct lab *lab, const char *key, const char **ret_origin)
{
    const char *sink;
    if (!ret_origin)
        ret_origin = &sink;
    const char *flag = flag_setting(lab->options, key);
    if (flag) {
        *ret_origin = "flag";
        return flag;
    }
    const char *chosen = NULL;
    if (!watch_knows(lab->watch, key, &chosen) && lab->store)
        chosen = setting_get(lab->store, key);
    if (chosen) {
        *ret_origin = "setting";
        return arena_string(&lab->arena, chosen);
    }
    return lab_written_setting(lab, key, ret_origin);
}

double lab_setting_number(struct lab *lab, const char *key)
{
    const char *text = lab_setting(lab, key, NULL);
    return text ? config_to_number(text) : NAN;
}

bool lab_setting_bool(struct lab *lab, const char *key)
{
    const char *text = lab_setting(lab, key, NULL);
    return text && config_to_bool(text);
}

/* What mini.pace says goes for calls that begin from now on. */
static void set_pace(struct lab *lab)
{
    struct lab_server *mini = models_find_server(&lab->models, "mini");
    if (mini)
        mini->server.pace = lab_setting_number(lab, "mini.pace");
}

bool lab_set(struct lab *lab, const char *key, const char *value, struct error *err)
{
    char section[64];
    const char *name;
    split_key(key, section, &name);
    const struct config_key *known = config_key_find(section, name);
    if (!known)
        return config_section_find(section) ? config_unknown_key(section, name, err)
                                            : config_unknown_section(section, err);
    if (value && !config_key_check(known, value, err))
        return false;
    const char *before = lab_setting(lab, key, NULL);
    if (!setting_set(lab->store, key, value, err))
        return false;
    watch_note(lab->watch, key, value);
    set_pace(lab);
    return fact_add(lab->store, "setting", key, before, value ? value : lab_setting(lab, key, NULL),
                    err);
}

bool lab_record(struct lab *lab, bool on, struct error *err)
{
    bool was = store_keeps_history(lab->store);
    if (was == on)
        return true;
    if (on && lab->pipeline.asks)
        return error_set(err, ERR_USAGE,
                         "recording stays off until what was asked without it is answered");
    struct error lost;
    if (!on && !cache_flush(lab->cache, &lost)) /* recency alone: it is told, not waited for */
        pipeline_not_recorded(&lab->pipeline, &lost);
    if (!store_keep_history(lab->store, on, err))
        return false;
    cache_follow_store(lab->cache);
    if (!fact_add(lab->store, "setting", "history.recording", on ? "off" : "on", on ? "on" : "off",
                  &lost))
        pipeline_not_recorded(&lab->pipeline, &lost);
    return true;
}

struct ask_settings lab_ask_settings(struct lab *lab)
{
    struct ask_settings s = ask_settings_default();
    s.temperature = lab_setting_number(lab, "ask.temperature");
    s.max_tokens_fast = (int64_t)lab_setting_number(lab, "ask.max_tokens_fast");
    s.max_tokens_reason = (int64_t)lab_setting_number(lab, "ask.max_tokens_reason");
    double deadline = lab_setting_number(lab, "ask.deadline");
    if (deadline > 0) /* 0 is how a config says none */
        s.deadline_s = deadline;
    return s;
}

/* --- rules ------------------------------------------------------------------------------------ */

const char *lab_rules_path(struct lab *lab, const char *name, struct arena *a)
{
    if (strchr(name, '/') || strstr(name, ".rules"))
        return file_exists(name) ? arena_string(a, name) : NULL;
    return paths_data(&lab->paths, arena_format(a, "rules/%s.rules", name), a);
}

/* Takes a set that was loaded, or NULL. */
static bool take_rules(struct lab *lab, struct rules *fresh, const char *name)
{
    if (!fresh)
        return false;
    /* A run that is under way goes on with the rules it began with. */
    lab->old_rules = mem_grow(lab->old_rules, &lab->old_rules_cap, lab->old_rules_count + 1,
                              sizeof *lab->old_rules);
    lab->old_rules[lab->old_rules_count++] = lab->rules;
    lab->rules = fresh;
    lab->rules_from = arena_string(&lab->arena, name);
    lab->pipeline.rules = fresh;
    return true;
}

bool lab_use_rules(struct lab *lab, const char *name, struct error *err)
{
    const char *path = lab_rules_path(lab, name, &lab->arena);
    if (!path && !strchr(name, '/') && !paths_have_files(&lab->paths))
        return paths_miss_files(&lab->paths, err);
    if (!path)
        return error_set(err, ERR_CONFIG, "no rule set '%s'; see: rlab rules list", name);
    return take_rules(lab, rules_load(path, err), name);
}

static bool goes_without(const struct lab *lab)
{
    return lab->options->without_files && !paths_have_files(&lab->paths);
}

static bool open_without_rules(struct lab *lab, struct error *err)
{
    return take_rules(lab, rules_parse("none", "", 0, err), "none");
}

/* --- servers ----------------------------------------------------------------------------------- */

/* A server whose key is named but cannot be had is a mistake to be told; who only looks at what
 * is there (the doctor) goes on without that key. */
static bool set_key(struct lab *lab, struct server *s, const char *key_env, const char *key_file,
                    struct error *err)
{
    struct arena *a = &lab->models.arena;
    if (!key_env && !key_file)
        return true;
    if (key_env && key_file)
        return error_set(err, ERR_CONFIG,
                         "server '%s' has a key_env and a key_file: one of them is enough",
                         s->name);
    if (key_env ? server_set_key_env(s, key_env, a, err) : server_set_key_file(s, key_file, a, err))
        return true;
    if (!lab->options->looks_only)
        return false;
    /* What is no path is not shown: it may be the key itself. */
    s->key_from = key_env ? key_env : *key_file == '/' ? key_file : NULL;
    s->key_trouble = arena_string(a, err->text);
    return true;
}

static bool add_server(struct lab *lab, const char *name, const char *type, const char *url,
                       const char *key_env, const char *origin, struct server *ret,
                       struct error *err)
{
    struct server s;
    if (!server_make(name, type, url, &lab->models.arena, &s, err) ||
        !set_key(lab, &s, key_env, NULL, err))
        return ret ? false : error_within(err, "%s", origin); /* who takes it knows its line */
    s.origin = origin;
    if (ret)
        *ret = s;
    else
        models_add_server(&lab->models, &s);
    return true;
}

static bool add_flag_servers(struct lab *lab, struct error *err)
{
    for (size_t i = 0; i < lab->options->server_count; i++) {
        struct server s;
        if (!server_parse_flag(lab->options->servers[i], &lab->models.arena, &s, err))
            return error_within(err, "--server"); /* not its value: it may hold a password */
        /* A key may come with the address by the variable its type is known for. */
        const char *variable =
            strcmp(s.provider->name, "anthropic") == 0 ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY";
        if (s.hosted && set_variable(variable) &&
            !server_set_key_env(&s, variable, &lab->models.arena, err))
            return false;
        s.origin = "--server";
        models_add_server(&lab->models, &s);
    }
    return true;
}

static enum think_policy think_policy_of(const char *word)
{
    return strcmp(word, "always") == 0  ? THINK_ALWAYS
           : strcmp(word, "never") == 0 ? THINK_NEVER
                                        : THINK_BY_CAPABILITY;
}

static bool add_config_servers(struct lab *lab, struct error *err)
{
    const struct config *c = &lab->config;
    for (size_t i = 0; i < c->server_count; i++) {
        const char *name = c->servers[i];
        const char *url = config_server_text(c, name, "url");
        struct server s;
        if (!add_server(lab, name, config_server_text(c, name, "type"), url, NULL, "config", &s,
                        err) ||
            !set_key(lab, &s, config_server_text(c, name, "key_env"),
                     config_server_text(c, name, "key_file"), err))
            return config_blame(c, config_server_find(c, name, "url"), err);
        s.ca_file = config_server_text(c, name, "ca_file");
        s.think = think_policy_of(config_server_text(c, name, "think"));
        s.price_in = config_server_number(c, name, "price_in");
        s.price_out = config_server_number(c, name, "price_out");
        models_add_server(&lab->models, &s);
    }
    return true;
}

static bool add_environment_servers(struct lab *lab, struct error *err)
{
    const char *openai = set_variable("OPENAI_BASE_URL");
    const char *anthropic = set_variable("ANTHROPIC_BASE_URL");
    const char *host = set_variable("OLLAMA_HOST");
    if (openai && !add_server(lab, "openai", "openai", openai,
                              set_variable("OPENAI_API_KEY") ? "OPENAI_API_KEY" : NULL,
                              "OPENAI_BASE_URL", NULL, err))
        return false;
    if (!openai && set_variable("OPENAI_API_KEY") &&
        !add_server(lab, "openai", "openai", "https://api.openai.com/v1", "OPENAI_API_KEY",
                    "OPENAI_API_KEY", NULL, err))
        return false;
    if (set_variable("ANTHROPIC_API_KEY") &&
        !add_server(lab, "anthropic", "anthropic",
                    anthropic ? anthropic : "https://api.anthropic.com", "ANTHROPIC_API_KEY",
                    anthropic ? "ANTHROPIC_BASE_URL" : "ANTHROPIC_API_KEY", NULL, err))
        return false;
    return add_server(lab, "local", "ollama", host ? host : "", NULL,
                      host ? "OLLAMA_HOST" : "the usual place", NULL, err);
}

/* Weights a person trained lie in the data folder, the shipped ones where all data is. */
static void add_built_in(struct lab *lab)
{
    struct arena *a = &lab->models.arena;
    struct server s = built_in_server(arena_format(a, "%s/mini", lab->paths.data_dir),
                                      paths_data(&lab->paths, "mini", a));
    models_add_server(&lab->models, &s);
    set_pace(lab);
}

/* Later servers of a name that is taken are kept out, so the order is the precedence. */
static bool add_servers(struct lab *lab, struct error *err)
{
    add_built_in(lab);
    return add_flag_servers(lab, err) && add_config_servers(lab, err) &&
           add_environment_servers(lab, err);
}

/* --- opening and closing ------------------------------------------------------------------------ */

/* A set that was chosen and cannot be had is an error, not another score: figures would
 * change without a word. */
static bool use_chosen_rules(struct lab *lab, struct error *err)
{
    const char *origin, *chosen = lab_setting(lab, "ask.rules", &origin);
    if (goes_without(lab))
        return open_without_rules(lab, err);
    if (lab->options->usual_rules)
        return lab_use_rules(lab, DEFAULT_RULES, err);
    if (!chosen)
        return lab_use_rules(lab, lab->options->builtin ? BUILT_IN_RULES : DEFAULT_RULES, err);
    if (lab_use_rules(lab, chosen, err))
        return true;
    if (strcmp(origin, "flag") == 0 || !paths_have_files(&lab->paths))
        return false;
    return error_within(err, "the rules chosen by %s ('rlab rules use basic' takes others)",
                        strcmp(origin, "setting") == 0 ? "'rlab rules use'" : "the config");
}

static bool open_parts(struct lab *lab, struct error *err)
{
    const struct lab_options *o = lab->options;
    if (!paths_find(o->data_dir, o->config, &lab->arena, &lab->paths, err) ||
        !config_load(lab->paths.config_file, o->config != NULL, &lab->arena, &lab->config, err))
        return false;
    struct store_options so = { .path = o->memory_store ? NULL : lab->paths.database,
                                .clock = lab->clock,
                                .read_only = o->read_only,
                                .no_trace = o->looks_only,
                                .no_history = o->no_history,
                                .busy_ms = o->busy_ms ? o->busy_ms : 5000 };
    if (!store_open(&so, &lab->store, err))
        return false;
    lab->net = net_new(lab->clock, err);
    if (!lab->net)
        return false;
    models_init(&lab->models, lab->net, lab->store);
    double size = lab_setting_number(lab, "cache.size");
    lab->cache = cache_new(o->private_cache ? NULL : lab->store, lab->clock,
                           o->private_cache ? CACHE_SIZE_TYPE : (int64_t)size,
                           lab_setting_number(lab, "cache.ttl"));
    pipeline_init(&lab->pipeline, &lab->models, lab->net, lab->store, lab->cache, NULL);
    lab->pipeline.guard = lab_setting_bool(lab, "cache.guard");
    return use_chosen_rules(lab, err) && add_servers(lab, err);
}

bool lab_open(struct lab *lab, const struct lab_options *options, struct error *err)
{
    *lab = (struct lab){ .options = options };
    lab->clock = options->clock ? options->clock : clock_real();
    if (open_parts(lab, err))
        return true;
    lab_close(lab);
    return false;
}

void lab_close(struct lab *lab)
{
    choice_cancel(lab->choosing.running);
    lab_watch_settings(lab, false);
    if (lab->store)
        store_last_chance(lab->store);
    if (lab->pipeline.net)
        pipeline_done(&lab->pipeline);
    cache_free(lab->cache);
    if (lab->models.net)
        models_done(&lab->models);
    net_free(lab->net);
    store_close(lab->store);
    rules_free(lab->rules);
    for (size_t i = 0; i < lab->old_rules_count; i++)
        rules_free((struct rules *)lab->old_rules[i]);
    mem_free(lab->old_rules);
    arena_done(&lab->arena);
    *lab = (struct lab){ 0 };
}

/* --- choosing ------------------------------------------------------------------------------------ */

static void wish_for(struct lab *lab, const char *flag_value, const char *flag, const char *key,
                     const char **ret, const char **ret_origin)
{
    *ret = flag_value;
    *ret_origin = flag;
    if (!flag_value)
        *ret = lab_setting(lab, key, ret_origin);
    if (*ret && !**ret)
        *ret = NULL;
}

static void note_wish(struct lab *lab)
{
    lab->wished_fast = lab_setting(lab, "pair.fast", NULL);
    lab->wished_reason = lab_setting(lab, "pair.reason", NULL);
}

static struct choice_wish wish_of(struct lab *lab, bool builtin)
{
    struct choice_wish w = { .builtin = builtin || lab->options->builtin,
                             .openai_base_url = set_variable("OPENAI_BASE_URL"),
                             .most_ms = lab->options->patience_ms,
                             .state_file = lab->paths.own_servers };
    if (builtin)
        return w;
    wish_for(lab, lab->options->fast_model, "--fast-model", "pair.fast", &w.fast, &w.fast_origin);
    wish_for(lab, lab->options->reason_model, "--reason-model", "pair.reason", &w.reason,
             &w.reason_origin);
    note_wish(lab);
    return w;
}

/* The usual rules go with the pair, where nobody chose any. */
static bool settle_rules(struct lab *lab, struct error *err)
{
    const char *usual = lab->choice.builtin ? BUILT_IN_RULES : DEFAULT_RULES;
    if (lab->options->usual_rules || goes_without(lab) || lab_setting(lab, "ask.rules", NULL) ||
        strcmp(rules_name(lab->rules), usual) == 0)
        return true;
    return lab_use_rules(lab, usual, err);
}

static bool take_choice(struct lab *lab, const struct choice *c, struct error *err)
{
    lab->choice = *c;
    lab->chosen = true;
    lab->pipeline.fast = c->fast;
    lab->pipeline.reasoning = c->reasoning;
    return settle_rules(lab, err);
}

bool lab_choose(struct lab *lab, struct error *err)
{
    struct choice found;
    if (lab->chosen)
        return true;
    struct choice_wish w = wish_of(lab, false);
    return choice_make(&lab->models, &w, &lab->arena, &found, err) && take_choice(lab, &found, err);
}

static void chosen(void *self, const struct choice *found, const struct error *err)
{
    struct lab *lab = self;
    struct error why;
    lab->choosing.running = NULL;
    if (found && !take_choice(lab, found, &why))
        err = &why;
    lab->choosing.done(lab->choosing.self, err);
}

void lab_choose_start(struct lab *lab, bool builtin,
                      void (*done)(void *self, const struct error *err), void *self)
{
    struct choice_wish w = wish_of(lab, builtin);
    w.anew = lab->chosen;
    choice_cancel(lab->choosing.running);
    lab->choosing = (struct lab_choosing){ .builtin = builtin, .done = done, .self = self };
    lab->choosing.running = choice_start(&lab->models, &w, &lab->arena, chosen, lab);
}

/* --- another model, another server ---------------------------------------------------------------- */

static const char *names_on(const struct lab_server *server, struct arena *a)
{
    const char *all = "";
    for (size_t i = 0; i < server->list->count && strlen(all) < 300; i++)
        all = arena_format(a, "%s%s%s", all, i ? ", " : "", server->list->models[i].name);
    return *all ? all : "none";
}

bool lab_model_plays(const struct lab_model *m, struct error *err)
{
    if (m->server->answered && m->known_missing) {
        struct arena a = { 0 };
        error_set(err, ERR_MODEL, "the server '%s' has no model '%s'; it has: %s",
                  m->server->server.name, m->name, names_on(m->server, &a));
        arena_done(&a);
        return false;
    }
    if (m->completion == TRI_NO)
        return error_set(err, ERR_MODEL, "'%s' can only make embeddings, it answers no question",
                         m->full_name);
    return true;
}

bool lab_use_model(struct lab *lab, enum role role, struct lab_model *m, struct error *err)
{
    struct choice c = lab->choice;
    bool fast = role == ROLE_FAST;
    if (!lab_model_plays(m, err) ||
        !lab_set(lab, fast ? "pair.fast" : "pair.reason", m->full_name, err))
        return false;
    note_wish(lab);
    *(fast ? &c.fast : &c.reasoning) = m;
    *(fast ? &c.fast_why : &c.reasoning_why) = "chosen by you";
    *(fast ? &c.fast_origin : &c.reasoning_origin) = "setting";
    if (!(fast ? c.reasoning : c.fast)) { /* there was none at all */
        c.fast = c.reasoning = m;
        c.help = NULL;
    }
    c.builtin = choice_is_built_in(&c);
    c.warning =
        c.fast == c.reasoning ? "one model plays both roles: routing is then only shown" : NULL;
    return take_choice(lab, &c, err);
}

/* --- what was chosen meanwhile ------------------------------------------------------------------- */

static const char *rules_wanted(struct lab *lab)
{
    const char *chosen = lab_setting(lab, "ask.rules", NULL);
    bool builtin = lab->chosen ? lab->choice.builtin : lab->options->builtin;
    return chosen ? chosen : builtin ? BUILT_IN_RULES : DEFAULT_RULES;
}

/* Whether the setting says another model than when the pair was last chosen. */
static bool is_other(struct lab *lab, const char *key, const char *then)
{
    const char *now = lab_setting(lab, key, NULL);
    return strcmp(now ? now : "", then ? then : "") != 0;
}

/* The size is the table's, which every process reads with its writes; this makes room at once. A
 * choice that was taken back stays so. */
static bool take_size(struct lab *lab, struct error *err)
{
    const char *origin;
    lab_setting(lab, "cache.size", &origin);
    double size = lab_setting_number(lab, "cache.size");
    return !store_writes(lab->store) || lab->options->private_cache ||
           (cache_resize(lab->cache, (int64_t)size, err) &&
            (strcmp(origin, "setting") == 0 || setting_set(lab->store, "cache.size", NULL, err)));
}

static bool take_rules_over(struct lab *lab, struct error *err)
{
    const char *rules = rules_wanted(lab);
    return lab->options->usual_rules || strcmp(rules, lab->rules_from) == 0 ||
           lab_use_rules(lab, rules, err);
}

bool lab_take_over(struct lab *lab, struct buf *said, bool *ret_pair, struct error *err)
{
    const char *rules = NULL, *size = NULL;
    *ret_pair = false;
    if (!watch_knows(lab->watch, "ask.rules", &rules) ||
        !watch_knows(lab->watch, "cache.size", &size))
        return true;
    rules = rules ? arena_string(&lab->arena, rules) : NULL;
    size = size ? arena_string(&lab->arena, size) : NULL;
    double size_before = lab_setting_number(lab, "cache.size");
    if (!watch_take(lab, said, err))
        return false;
    *ret_pair = lab->chosen && !lab->options->builtin &&
                (is_other(lab, "pair.fast", lab->wished_fast) ||
                 is_other(lab, "pair.reason", lab->wished_reason));
    set_pace(lab);
    cache_set_ttl(lab->cache, lab_setting_number(lab, "cache.ttl"));
    lab->pipeline.guard = lab_setting_bool(lab, "cache.guard");
    bool has_size = lab_setting_number(lab, "cache.size") == size_before || take_size(lab, err);
    if (!has_size)
        watch_give_back(lab->watch, "cache.size", size);
    if (take_rules_over(lab, err))
        return has_size;
    watch_give_back(lab->watch, "ask.rules", rules);
    return false;
}

/* --- another server ------------------------------------------------------------------------------ */

/* "URL" alone: as the known server with that address, else by what such addresses look like. */
static const char *type_of_address(const struct lab *lab, const char *url)
{
    for (size_t i = 0; i < lab->models.server_count; i++)
        if (strcmp(lab->models.servers[i]->server.url, url) == 0)
            return lab->models.servers[i]->server.provider->name;
    if (strstr(url, "anthropic"))
        return "anthropic";
    size_t len = strlen(url);
    bool v1 = len > 3 && (strcmp(url + len - 3, "/v1") == 0 || strstr(url, "/v1/"));
    return v1 ? "openai" : "ollama";
}

bool lab_add_server(struct lab *lab, const char *text, struct lab_server **ret, struct error *err)
{
    struct arena *a = &lab->models.arena;
    struct server s;
    bool bare = strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
    const char *whole = bare ? arena_format(a, "%s:%s", type_of_address(lab, text), text) : text;
    if (!server_parse_flag(whole, a, &s, err))
        return false;
    if (strcmp(s.name, "mini") == 0)
        return error_set(err, ERR_USAGE, "'mini' is the name of the built-in models: take another");
    const char *variable =
        strcmp(s.provider->name, "anthropic") == 0 ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY";
    if (s.hosted && set_variable(variable) && !server_set_key_env(&s, variable, a, err))
        return false;
    s.origin = "typed here";
    *ret = models_replace_server(&lab->models, &s);
    return true;
}

const char *lab_set_name(const struct lab *lab, const char *use)
{
    static const char *const names[][2] = {
        { "sample", "mini-sample" },
        { "bench", "mini-bench" },
        { "known", "mini-known" },
    };
    for (size_t i = 0; lab->choice.builtin && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], use) == 0)
            return names[i][1];
    return use;
}

bool lab_model(struct lab *lab, const char *text, struct lab_model **ret, struct error *err)
{
    return models_parse(&lab->models, text, lab->choice.server, ret, err);
}

bool lab_turn(struct lab *lab, struct net_fd *fds, size_t count, int64_t max_ms, struct error *err)
{
    const char *why;
    int64_t due = landings_waiting(&lab->pipeline, &why) ? -1 : cache_due_ms(lab->cache);
    if (due >= 0 && (max_ms < 0 || due < max_ms))
        max_ms = due;
    if (!net_wait(lab->net, fds, count, max_ms, err))
        return false;
    net_step(lab->net);
    /* What is late goes first: entries of the cache name their calls. A flush that fails is
     * tried again. */
    struct error late;
    if (cache_due_ms(lab->cache) == 0 && landings_waiting(&lab->pipeline, &why) == 0)
        (void)cache_flush(lab->cache, &late);
    return true;
}

void lab_settle(struct lab *lab)
{
    struct error lost;
    landing_settle(&lab->pipeline);
    if (lab->cache && !cache_flush(lab->cache, &lost))
        pipeline_not_recorded(&lab->pipeline, &lost);
}

void lab_log(const struct lab *lab, const char *text)
{
    const struct lab_options *o = lab->options;
    if (o->read_only || o->looks_only || o->memory_store || !store_keeps_history(lab->store))
        return;
    log_add(lab->paths.log_file, clock_wall(lab->clock), text);
}

size_t lab_waiting(const struct lab *lab, const char **ret_why)
{
    return landings_waiting(&lab->pipeline, ret_why);
}

const char *lab_not_recorded(const struct lab *lab)
{
    return lab->pipeline.not_recorded[0] ? lab->pipeline.not_recorded : NULL;
}
