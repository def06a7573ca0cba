/* The cache's key: one table of fields for the digest and for what a person is told
 * (cache.h). The order of the table is part of the key and the order in which a difference
 * is named. */
#include "core/store/cache_key.h"

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/limits.h"
#include "core/store/calls.h"

enum field_kind { FIELD_TEXT, FIELD_QUERY, FIELD_REAL, FIELD_COUNT, FIELD_SEED, FIELD_STOPS };

static const struct field {
    const char *name;
    enum field_kind kind;
    size_t at;
} fields[] = {
#define AT(member) offsetof(struct cache_key, member)
    { "provider", FIELD_TEXT, AT(provider) },
    { "url", FIELD_TEXT, AT(url) },
    { "model", FIELD_TEXT, AT(model) },
    { "identity", FIELD_TEXT, AT(identity) },
    { "identity_kind", FIELD_TEXT, AT(identity_kind) },
    { "query", FIELD_QUERY, AT(query) },
    { "suffix", FIELD_TEXT, AT(suffix) },
    { "system", FIELD_TEXT, AT(system) },
    { "temperature", FIELD_REAL, AT(temperature) },
    { "top_p", FIELD_REAL, AT(top_p) },
    { "max_tokens", FIELD_COUNT, AT(max_tokens) },
    { "think_budget", FIELD_COUNT, AT(think_budget) },
    { "seed", FIELD_SEED, AT(seed) },
    { "stop", FIELD_STOPS, AT(stop) },
    { "think", FIELD_TEXT, AT(think) },
    { "sample", FIELD_COUNT, AT(sample) },
#undef AT
};

#define FIELDS (sizeof fields / sizeof *fields)

size_t cache_key_field_count(void)
{
    return FIELDS;
}

const char *cache_key_field_name(size_t i)
{
    return fields[i].name;
}

static const char *text_at(const struct cache_key *k, const struct field *f)
{
    return *(const char *const *)(const void *)((const char *)k + f->at);
}

static double real_at(const struct cache_key *k, const struct field *f)
{
    double v = *(const double *)(const void *)((const char *)k + f->at);
    return v == 0 ? 0.0 : v; /* minus zero is the same setting */
}

static int64_t count_at(const struct cache_key *k, const struct field *f)
{
    return *(const int64_t *)(const void *)((const char *)k + f->at);
}

/* What is not sent is a field without data, told apart from any value. */
static void hash_one(struct hash_state *s, const struct cache_key *k, const struct field *f)
{
    switch (f->kind) {
    case FIELD_TEXT:
        hash_field_text(s, text_at(k, f));
        break;
    case FIELD_QUERY:
        hash_field(s, k->query, k->query_len);
        break;
    case FIELD_REAL:
        if (real_at(k, f) == real_at(k, f))
            hash_field_real(s, real_at(k, f));
        else
            hash_field_text(s, NULL);
        break;
    case FIELD_COUNT:
        if (count_at(k, f) >= 0)
            hash_field_int(s, count_at(k, f));
        else
            hash_field_text(s, NULL);
        break;
    case FIELD_SEED:
        if (k->has_seed)
            hash_field_int(s, k->seed);
        else
            hash_field_text(s, NULL);
        break;
    case FIELD_STOPS:
        hash_field_int(s, (int64_t)k->stop_count);
        for (size_t i = 0; i < k->stop_count; i++)
            hash_field_text(s, k->stop[i]);
        break;
    }
}

struct hash cache_key_hash(const struct cache_key *k)
{
    struct hash_state s;
    hash_start(&s);
    hash_field_int(&s, CACHE_KEY_VERSION);
    for (size_t i = 0; i < FIELDS; i++)
        hash_one(&s, k, &fields[i]);
    return hash_end(&s);
}

struct hash cache_key_joined(const struct cache_key *k)
{
    struct buf all = buf_with_max(2 * MAX_QUERY_BYTES + 64 * KIB);
    buf_printf(&all, "%s:", k->model ? k->model : "");
    buf_puts(&all, k->system ? k->system : "");
    buf_add(&all, k->query, k->query_len);
    buf_puts(&all, k->suffix ? k->suffix : "");
    struct hash h = hash_of(buf_text(&all), all.len);
    buf_done(&all);
    return h;
}

static void put_one(struct json *to, const struct cache_key *k, const struct field *f)
{
    switch (f->kind) {
    case FIELD_TEXT:
        json_put_text(to, f->name, text_at(k, f));
        break;
    case FIELD_QUERY: {
        struct hash digest = query_hash(k->query, k->query_len);
        char hex[HASH_HEX];
        hash_hex(&digest, hex);
        json_put_text(to, f->name, hex);
        break;
    }
    case FIELD_REAL:
        json_put_real(to, f->name, real_at(k, f));
        break;
    case FIELD_COUNT:
        if (count_at(k, f) >= 0)
            json_put_int(to, f->name, count_at(k, f));
        else
            json_put_null(to, f->name);
        break;
    case FIELD_SEED:
        if (k->has_seed)
            json_put_int(to, f->name, k->seed);
        else
            json_put_null(to, f->name);
        break;
    case FIELD_STOPS: {
        struct json *stops = json_array();
        for (size_t i = 0; i < k->stop_count; i++)
            json_add_text(stops, k->stop[i]);
        json_put(to, f->name, stops);
        break;
    }
    }
}

char *cache_key_fields(const struct cache_key *k)
{
    struct json *all = json_object();
    json_put_int(all, "version", CACHE_KEY_VERSION);
    for (size_t i = 0; i < FIELDS; i++)
        put_one(all, k, &fields[i]);
    struct buf text = buf_with_max(SIZE_MAX / 2); /* as long as the system text in it */
    json_print(all, &text);
    json_free(all);
    return buf_take(&text);
}
