/* Servers' lists of models, read (catalog_read.h). */
#include "core/model/catalog_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"
#include "core/limits.h"

/* --- what all lists share ------------------------------------------------------------------ */

/* A text of the server, safe to show on a line; "" where there is none. */
static const char *field(struct catalog *c, const struct json *j, const char *key)
{
    const char *text = json_get_text(j, key);
    if (!text || !*text)
        return "";
    struct buf b = buf_with_max(4 * MAX_FIELD_BYTES);
    const char *ret =
        text_safe_line(&b, text, strlen(text)) ? arena_string(&c->arena, buf_text(&b)) : "";
    buf_done(&b);
    return ret;
}

static bool is_embedding(const struct model_info *m)
{
    return strcmp(m->family, "bert") == 0 || strcmp(m->family, "nomic-bert") == 0 ||
           strcasestr(m->name, "embed");
}

static struct model_info named(const char *name)
{
    return (struct model_info){
        .name = name,
        .identity = name,
        .identity_kind = IDENTITY_NAME,
        .size_bytes = -1,
        .vram_bytes = -1,
        .context_tokens = -1,
        .family = "",
        .parameters = "",
        .quant = "",
    };
}

/* What a model can do where the server says it, else where its kind and name do. */
static void read_capabilities(struct model_info *m, const struct json *list)
{
    if (!json_is_array(list)) {
        if (m->completion == TRI_UNKNOWN && is_embedding(m))
            m->completion = TRI_NO;
        return;
    }
    m->completion = m->thinking = TRI_NO;
    for (const struct json *x = json_first(list); x; x = json_next(x)) {
        const char *what = json_text(x);
        if (what && strcmp(what, "completion") == 0)
            m->completion = TRI_YES;
        if (what && strcmp(what, "thinking") == 0)
            m->thinking = TRI_YES;
    }
}

/* Room for the entries of a list behind those that are there. */
static void make_room(struct catalog *c, const struct json *list)
{
    size_t more = json_is_array(list) ? json_size(list) : 0;
    struct model_info *models =
        arena_new(&c->arena, struct model_info, c->count + (more < MAX_MODELS ? more : MAX_MODELS));
    if (c->count)
        memcpy(models, c->models, c->count * sizeof *models);
    c->models = models;
}

/* The list under a key; an object without it is still a list, an empty one. */
static bool list_of(const struct json *j, const char *key, const struct json **ret,
                    struct error *err)
{
    const struct json *list = json_get(j, key);
    if (!json_is_object(j) || (list && !json_is_array(list) && !json_is_null(list)))
        return error_set(err, ERR_ADDRESS,
                         "the reply holds no list of models: check the server's address and type");
    *ret = json_is_array(list) ? list : NULL;
    return true;
}

typedef struct model_info read_entry(struct catalog *c, const struct json *entry);

static bool read_list(struct catalog *c, const struct json *j, const char *key, read_entry *read,
                      struct error *err)
{
    const struct json *list = NULL;
    if (!list_of(j, key, &list, err))
        return false;
    make_room(c, list);
    for (const struct json *x = json_first(list); x && c->count < MAX_MODELS; x = json_next(x)) {
        struct model_info m = read(c, x);
        if (*m.name)
            c->models[c->count++] = m;
    }
    return true;
}

/* --- Ollama ------------------------------------------------------------------------------- */

static void read_details(struct catalog *c, struct model_info *m, const struct json *details)
{
    if (!*m->family)
        m->family = field(c, details, "family");
    if (!*m->parameters)
        m->parameters = field(c, details, "parameter_size");
    if (!*m->quant)
        m->quant = field(c, details, "quantization_level");
}

static struct model_info read_tag(struct catalog *c, const struct json *entry)
{
    const char *name = field(c, entry, "name");
    struct model_info m = named(*name ? name : field(c, entry, "model"));
    const char *digest = field(c, entry, "digest");
    if (strncmp(digest, "sha256:", 7) == 0)
        digest += 7;
    if (*digest) {
        m.identity = digest;
        m.identity_kind = IDENTITY_DIGEST;
    }
    m.size_bytes = json_get_count(entry, "size");
    read_details(c, &m, json_get(entry, "details"));
    read_capabilities(&m, json_get(entry, "capabilities"));
    return m;
}

bool catalog_read_tags(struct catalog *c, const struct json *j, struct error *err)
{
    return read_list(c, j, "models", read_tag, err);
}

static const struct json *entry_named(const struct json *list, const char *name)
{
    for (const struct json *x = json_first(list); x; x = json_next(x)) {
        const char *its = json_get_text(x, "name");
        if (its && strcmp(its, name) == 0)
            return x;
    }
    return NULL;
}

void catalog_read_ps(struct catalog *c, const struct json *j)
{
    const struct json *list = json_get(j, "models");
    if (!json_is_array(list) && !json_is_null(list))
        return;
    for (size_t i = 0; i < c->count; i++) {
        struct model_info *m = &c->models[i];
        const struct json *loaded = json_is_array(list) ? entry_named(list, m->name) : NULL;
        m->loaded = loaded ? TRI_YES : TRI_NO;
        if (!loaded)
            continue;
        m->vram_bytes = json_get_count(loaded, "size_vram");
        if (json_get_count(loaded, "context_length") > 0) /* the window it really runs with */
            m->context_tokens = json_get_count(loaded, "context_length");
    }
}

/* "num_ctx    4096" among the lines of a Modelfile's parameters. */
static int64_t num_ctx(const char *parameters)
{
    const char *p = parameters ? strstr(parameters, "num_ctx") : NULL;
    long long n = p ? atoll(p + strlen("num_ctx")) : 0;
    return n > 0 ? n : -1;
}

void catalog_read_show(struct catalog *c, struct model_info *m, const struct json *j)
{
    char key[100];
    const struct json *info = json_get(j, "model_info");
    const char *arch = json_get_text(info, "general.architecture");
    read_details(c, m, json_get(j, "details"));
    read_capabilities(m, json_get(j, "capabilities"));
    if (m->context_tokens < 0)
        m->context_tokens = num_ctx(json_get_text(j, "parameters"));
    if (m->context_tokens < 0 && arch) {
        snprintf(key, sizeof key, "%.60s.context_length", arch);
        m->context_tokens = json_get_count(info, key);
    }
}

void catalog_read_version(struct catalog *c, const struct json *j)
{
    c->version = field(c, j, "version");
}

/* --- OpenAI-compatible -------------------------------------------------------------------- */

/* The window goes by many names. */
static int64_t window_of(const struct json *entry)
{
    static const char *const names[] = { "max_model_len", "context_length", "context_window",
                                         "max_context_length", "max_input_tokens" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int64_t n = json_get_count(entry, names[i]);
        if (n > 0)
            return n;
    }
    return -1;
}

static const char *parameters_of(struct catalog *c, int64_t count)
{
    if (count < 1)
        return "";
    bool billions = count >= 1000000000;
    return arena_format(&c->arena, "%.1f%c", (double)count / (billions ? 1e9 : 1e6),
                        billions ? 'B' : 'M');
}

/* llama.cpp tells what it has loaded, but no digest: sizes and type stand in for it. */
static void read_meta(struct catalog *c, struct model_info *m, const struct json *meta)
{
    int64_t params = json_get_count(meta, "n_params");
    m->size_bytes = json_get_count(meta, "size");
    m->quant = field(c, meta, "ftype");
    m->parameters = parameters_of(c, params);
    m->loaded = TRI_YES;
    if (json_get_count(meta, "n_ctx") > 0)
        m->context_tokens = json_get_count(meta, "n_ctx");
    if (m->size_bytes < 0 && params < 0)
        return;
    m->identity = arena_format(&c->arena, "size=%lld params=%lld type=%s alias=%s",
                               (long long)m->size_bytes, (long long)params, m->quant, m->name);
    m->identity_kind = IDENTITY_METADATA;
}

static struct model_info read_openai_entry(struct catalog *c, const struct json *entry)
{
    struct model_info m = named(field(c, entry, "id"));
    m.context_tokens = window_of(entry);
    if (json_is_object(json_get(entry, "meta")))
        read_meta(c, &m, json_get(entry, "meta"));
    read_capabilities(&m, NULL);
    return m;
}

bool catalog_read_openai(struct catalog *c, const struct json *j, struct error *err)
{
    if (!read_list(c, j, "data", read_openai_entry, err))
        return false;
    /* llama.cpp repeats its list in Ollama's form beside it, with capabilities. */
    for (size_t i = 0; i < c->count; i++) {
        const struct json *twin = entry_named(json_get(j, "models"), c->models[i].name);
        if (json_size(json_get(twin, "capabilities")))
            read_capabilities(&c->models[i], json_get(twin, "capabilities"));
    }
    return true;
}

/* --- Anthropic ---------------------------------------------------------------------------- */

static struct model_info read_anthropic_entry(struct catalog *c, const struct json *entry)
{
    struct model_info m = named(field(c, entry, "id"));
    m.context_tokens = window_of(entry);
    m.completion = TRI_YES;
    return m;
}

bool catalog_read_anthropic(struct catalog *c, const struct json *j, const char **ret_after,
                            struct error *err)
{
    size_t before = c->count;
    if (!read_list(c, j, "data", read_anthropic_entry, err))
        return false;
    const char *last = field(c, j, "last_id");
    /* A page that adds nothing would be asked for without end. */
    bool more = json_is_true(json_get(j, "has_more")) && c->count > before && c->count < MAX_MODELS;
    *ret_after = more && *last ? last : NULL;
    return true;
}
