/* The models in use (models.h). */
#include "core/lab/models.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/model/provider.h"

/* Someone who waits for a server's list. */
struct waiter {
    struct waiter *next;
    struct lab_server *server;
    void (*ready)(void *self);
    void *self;
};

void models_init(struct models *m, struct net *net, struct store *store)
{
    *m = (struct models){ .net = net, .store = store };
}

static void server_free(struct lab_server *s)
{
    listing_cancel(s->listing);
    net_timer_stop(s->owner->net, &s->failed);
    for (struct waiter *next, *w = s->waiters; w; w = next) {
        next = w->next;
        mem_free(w);
    }
    if (s->list) {
        catalog_done(s->list);
        mem_free(s->list);
    }
    mem_free(s);
}

void models_done(struct models *m)
{
    for (size_t i = 0; i < m->model_count; i++)
        mem_free(m->models[i]);
    for (size_t i = 0; i < m->server_count; i++)
        server_free(m->servers[i]);
    mem_free(m->models);
    mem_free(m->servers);
    arena_done(&m->arena);
    *m = (struct models){ 0 };
}

struct lab_server *models_find_server(struct models *m, const char *name)
{
    for (size_t i = 0; i < m->server_count; i++)
        if (!m->servers[i]->replaced && strcmp(m->servers[i]->server.name, name) == 0)
            return m->servers[i];
    return NULL;
}

struct lab_server *models_add_server(struct models *m, const struct server *s)
{
    struct lab_server *found = models_find_server(m, s->name);
    if (found)
        return found;
    struct lab_server *fresh = mem_new(struct lab_server, 1);
    fresh->server = *s;
    fresh->owner = m;
    m->servers = mem_grow(m->servers, &m->server_cap, m->server_count + 1, sizeof *m->servers);
    m->servers[m->server_count++] = fresh;
    return fresh;
}

struct lab_server *models_replace_server(struct models *m, const struct server *s)
{
    struct lab_server *old = models_find_server(m, s->name);
    if (old)
        old->replaced = true;
    return models_add_server(m, s);
}

/* --- one model ------------------------------------------------------------------------ */

static const char *identity_setting(const struct lab_model *m, struct arena *a)
{
    return arena_format(a, "identity.%s", m->full_name);
}

/* What was known at the end of the last process, as "KIND identity". */
static void recall_identity(struct models *ms, struct lab_model *m)
{
    struct arena a = { 0 };
    const char *kept = ms->store ? setting_get(ms->store, identity_setting(m, &a)) : NULL;
    for (int k = IDENTITY_DIGEST; kept && k <= IDENTITY_NAME; k++) {
        const char *kind = identity_kind_name((enum identity_kind)k);
        size_t len = strlen(kind);
        if (strncmp(kept, kind, len) == 0 && kept[len] == ' ') {
            m->identity_kind = (enum identity_kind)k;
            m->identity_known = true;
            snprintf(m->identity, sizeof m->identity, "%s", kept + len + 1);
            break;
        }
    }
    arena_done(&a);
}

/* --- quirks: names of the switches that are on, kept as a setting -------------------------- */

static const struct {
    const char *name;
    size_t at;
} quirk_names[] = {
#define QUIRK(name)                                                                                \
    {                                                                                              \
#name, offsetof(struct model_quirks, name)                                                 \
    }
    QUIRK(no_think),
    QUIRK(completion_limit),
    QUIRK(limit_plain),
    QUIRK(no_temperature),
    QUIRK(no_stream_options),
    QUIRK(adaptive_thinking),
    QUIRK(starts_inside_think),
    QUIRK(maybe_inside_think),
#undef QUIRK
};

#define QUIRKS (sizeof quirk_names / sizeof *quirk_names)

static bool *quirk(struct model_quirks *q, size_t i)
{
    return (bool *)((char *)q + quirk_names[i].at);
}

static const char *quirks_setting(const struct lab_model *m, struct arena *a)
{
    return arena_format(a, "quirks.%s", m->full_name);
}

static void recall_quirks(struct models *ms, struct lab_model *m)
{
    struct arena a = { 0 };
    const char *kept = ms->store ? setting_get(ms->store, quirks_setting(m, &a)) : NULL;
    for (size_t i = 0; kept && i < QUIRKS; i++) {
        const char *found = strstr(kept, quirk_names[i].name);
        size_t len = strlen(quirk_names[i].name);
        *quirk(&m->quirks, i) = found && (found[len] == ' ' || !found[len]);
    }
    m->kept_quirks = m->quirks;
    arena_done(&a);
}

void lab_model_keep_quirks(struct lab_model *m)
{
    struct store *store = m->server->owner->store;
    if (m->stands_for || !store || memcmp(&m->quirks, &m->kept_quirks, sizeof m->quirks) == 0)
        return;
    struct arena a = { 0 };
    struct error err; /* asking again next time costs one refused request: no loss */
    const char *words = "";
    for (size_t i = 0; i < QUIRKS; i++)
        if (*quirk(&m->quirks, i))
            words = arena_format(&a, "%s%s%s", words, *words ? " " : "", quirk_names[i].name);
    if (setting_set(store, quirks_setting(m, &a), words, &err))
        m->kept_quirks = m->quirks;
    arena_done(&a);
}

/* --- identity ------------------------------------------------------------------------------ */

/* The one door through which an identity changes. */
static void set_identity(struct models *ms, struct lab_model *m, enum identity_kind kind,
                         const char *identity)
{
    char before[sizeof m->identity];
    memcpy(before, m->identity, sizeof before);
    m->identity_kind = kind;
    snprintf(m->identity, sizeof m->identity, "%s", identity);
    bool was_known = m->identity_known;
    m->identity_known = true;
    if (was_known && strcmp(before, m->identity) == 0)
        return;
    if (was_known)
        m->quirks = (struct model_quirks){ 0 }; /* they were the old model's */
    if (!ms->store)
        return;
    struct arena a = { 0 };
    struct error err; /* a store that cannot be written is told elsewhere, once */
    setting_set(ms->store, identity_setting(m, &a),
                arena_format(&a, "%s %s", identity_kind_name(kind), m->identity), &err);
    if (was_known)
        fact_add(ms->store, "identity", m->full_name, before, m->identity, &err);
    arena_done(&a);
}

/* What the server's list says about this model; a server that ignores names and holds one
 * model answers every name with that one. */
static const struct model_info *listed_info(const struct lab_model *m)
{
    const struct catalog *list = m->server->list;
    if (!list)
        return NULL;
    const struct model_info *info = catalog_find(list, m->name);
    if (!info && list->count == 1 && list->models[0].identity_kind == IDENTITY_METADATA)
        info = &list->models[0];
    return info;
}

static void learn_from_list(struct models *ms, struct lab_model *m)
{
    const struct model_info *info = listed_info(m);
    m->identity_checked = m->server->answered;
    m->known_missing = m->server->answered && m->server->list && !info;
    if (!info) {
        if (!m->identity_known && m->server->answered)
            set_identity(ms, m, IDENTITY_NAME, m->name);
        return;
    }
    if (info->thinking != TRI_UNKNOWN)
        m->thinking = info->thinking;
    if (info->completion != TRI_UNKNOWN)
        m->completion = info->completion;
    if (info->context_tokens > 0)
        m->context_tokens = info->context_tokens;
    m->size_bytes = info->size_bytes;
    m->vram_bytes = info->vram_bytes;
    bool name_only = info->identity_kind == IDENTITY_NAME;
    if (!(name_only && m->identity_kind == IDENTITY_FINGERPRINT && m->identity_known))
        set_identity(ms, m, info->identity_kind, info->identity);
}

struct lab_model *models_get(struct models *ms, struct lab_server *s, const char *name)
{
    for (size_t i = 0; i < ms->model_count; i++)
        if (ms->models[i]->server == s && strcmp(ms->models[i]->name, name) == 0)
            return ms->models[i];
    struct lab_model *m = mem_new(struct lab_model, 1);
    m->server = s;
    m->name = arena_string(&ms->arena, name);
    m->full_name = arena_format(&ms->arena, "%s/%s", s->server.name, name);
    m->context_tokens = m->size_bytes = m->vram_bytes = -1;
    m->identity_kind = IDENTITY_NAME;
    breaker_init(&m->breaker, breaker_usual);
    recall_identity(ms, m);
    recall_quirks(ms, m);
    if (s->list || s->answered)
        learn_from_list(ms, m);
    if (!m->identity[0])
        snprintf(m->identity, sizeof m->identity, "%s", name);
    ms->models = mem_grow(ms->models, &ms->model_cap, ms->model_count + 1, sizeof *ms->models);
    ms->models[ms->model_count++] = m;
    return m;
}

void model_alias_point(struct lab_model *alias, const struct lab_model *target)
{
    const char *name = alias->name, *full_name = alias->full_name;
    *alias = *target;
    alias->name = name;
    alias->full_name = full_name;
    alias->stands_for = target->name;
}

static const char *server_names(struct models *ms, struct arena *a)
{
    const char *all = "";
    for (size_t i = 0; i < ms->server_count; i++)
        all = arena_format(a, "%s%s%s", all, i ? ", " : "", ms->servers[i]->server.name);
    return all;
}

bool models_parse(struct models *ms, const char *text, struct lab_server *fallback,
                  struct lab_model **ret, struct error *err)
{
    const char *slash = strchr(text, '/');
    struct lab_server *s = NULL;
    const char *name = text;
    if (slash) {
        char *first = mem_copy(text, (size_t)(slash - text));
        s = models_find_server(ms, first);
        mem_free(first);
        if (s)
            name = slash + 1;
    }
    if (!s)
        s = fallback;
    if (!s) {
        struct arena a = { 0 };
        error_set(err, ERR_MODEL,
                  "no server for the model '%s': write SERVER/MODEL (servers: %s), or start a "
                  "model server",
                  text, server_names(ms, &a));
        arena_done(&a);
        return false;
    }
    if (!*name)
        return error_set(err, ERR_USAGE, "'%s' names a server but no model: write SERVER/MODEL",
                         text);
    *ret = models_get(ms, s, name);
    return true;
}

bool lab_model_is_listed(const struct lab_model *m)
{
    bool name_says_all =
        m->identity_kind == IDENTITY_NAME || m->identity_kind == IDENTITY_FINGERPRINT;
    return !(m->server->server.hosted && m->identity_known && name_says_all);
}

void lab_model_told(struct lab_model *m, const char *fingerprint)
{
    /* A digest or metadata say more than a build number does; what an alias is, its target
     * knows. */
    if (m->stands_for || m->identity_kind == IDENTITY_DIGEST ||
        m->identity_kind == IDENTITY_METADATA)
        return;
    char identity[sizeof m->identity];
    snprintf(identity, sizeof identity, "%s %s", m->name, fingerprint);
    set_identity(m->server->owner, m, IDENTITY_FINGERPRINT, identity);
}

/* --- asking a server for its list ------------------------------------------------------ */

static void listed(void *self, struct catalog *list, const struct error *err)
{
    struct lab_server *s = self;
    s->listing = NULL;
    s->answered = list != NULL;
    if (list) {
        if (s->list)
            catalog_done(s->list);
        else
            s->list = mem_new(struct catalog, 1);
        *s->list = *list; /* handed over with its arena */
        s->listed_ns = clock_mono(net_clock(s->owner->net));
    } else {
        s->error = *err;
    }
    for (size_t i = 0; i < s->owner->model_count; i++)
        if (s->owner->models[i]->server == s)
            learn_from_list(s->owner, s->owner->models[i]);

    /* A waiter may start new ones: take the whole queue off first. */
    struct waiter *queue = s->waiters;
    s->waiters = NULL;
    while (queue) {
        struct waiter *w = queue;
        queue = w->next;
        if (w->ready)
            w->ready(w->self);
        mem_free(w);
    }
}

static void listing_failed(void *self)
{
    struct lab_server *s = self;
    listed(s, NULL, &s->error);
}

struct waiter *lab_server_refresh(struct lab_server *s, bool deep, int64_t fresh_ns,
                                  int64_t limit_ms, void (*ready)(void *self), void *self)
{
    struct net *net = s->owner->net;
    int64_t now = clock_mono(net_clock(net));
    if (s->answered && s->listed_ns && now - s->listed_ns <= fresh_ns && (!deep || s->deep))
        return NULL;
    struct waiter *w = mem_new(struct waiter, 1);
    *w = (struct waiter){ .next = s->waiters, .server = s, .ready = ready, .self = self };
    s->waiters = w;
    if (s->listing || s->failed.place)
        return w;
    s->deep = deep;
    s->listing = listing_start(net, &s->server, deep, limit_ms, listed, s, &s->error);
    if (!s->listing)
        net_timer_set(net, &s->failed, 0, listing_failed, s);
    return w;
}

void lab_server_forget(struct waiter *w)
{
    if (w)
        w->ready = NULL; /* freed when the list comes or the server goes */
}
