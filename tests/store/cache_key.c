/* The cache's key: every field of it counts, and a miss is told by the field that differs. */
#include "tests/store/lab.h"

#include "core/base/json.h"
#include "core/store/cache_key.h"

static const char *const stops[] = { "END", "STOP" };

static const struct cache_key base = {
    .provider = "ollama",
    .url = "http://127.0.0.1:11434",
    .model = "m:1b",
    .identity = "sha256:1",
    .identity_kind = "digest",
    .query = "why?",
    .query_len = 4,
    .suffix = NULL,
    .system = NULL,
    .temperature = 0,
    .top_p = NAN,
    .max_tokens = 1024,
    .think_budget = -1,
    .stop = stops,
    .stop_count = 1,
    .think = "unset",
    .sample = 0,
};

/* One row a field: the same key with only that field changed. */
#define CHANGED(name, ...)                                                                         \
    {                                                                                              \
        name,                                                                                      \
        {                                                                                          \
            .provider = "ollama", .url = "http://127.0.0.1:11434", .model = "m:1b",                \
            .identity = "sha256:1", .identity_kind = "digest", .query = "why?", .query_len = 4,    \
            .top_p = NAN, .max_tokens = 1024, .think_budget = -1, .stop = stops, .stop_count = 1,  \
            .think = "unset", __VA_ARGS__                                                          \
        }                                                                                          \
    }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#endif
static const struct changed {
    const char *field;
    struct cache_key k;
} changes[] = {
    CHANGED("provider", .provider = "openai"),
    CHANGED("url", .url = "http://127.0.0.1:11435"),
    CHANGED("model", .model = "m:3b"),
    CHANGED("identity", .identity = "sha256:2"),
    CHANGED("identity", .identity = NULL),
    CHANGED("identity_kind", .identity_kind = "name"),
    CHANGED("query", .query = "why!"),
    CHANGED("query", .query = "why? ", .query_len = 5),
    CHANGED("query", .query_len = 3),
    CHANGED("suffix", .suffix = ""),
    CHANGED("suffix", .suffix = "step by step"),
    CHANGED("system", .system = "be brief"),
    CHANGED("temperature", .temperature = 0.1),
    CHANGED("temperature", .temperature = NAN),
    CHANGED("top_p", .top_p = 1),
    CHANGED("top_p", .top_p = 0),
    CHANGED("max_tokens", .max_tokens = 8192),
    CHANGED("max_tokens", .max_tokens = -1),
    CHANGED("think_budget", .think_budget = 0),
    CHANGED("seed", .has_seed = true, .seed = 0),
    CHANGED("seed", .has_seed = true, .seed = INT64_MIN),
    CHANGED("stop", .stop_count = 0),
    CHANGED("stop", .stop_count = 2),
    CHANGED("think", .think = "off"),
    CHANGED("sample", .sample = 1),
};
#pragma GCC diagnostic pop

static void test_every_field_counts(void **state)
{
    (void)state;
    struct hash first = cache_key_hash(&base);
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct hash h = cache_key_hash(&changes[i].k);
        if (hash_equal(&h, &first))
            fail_msg("%s does not count", changes[i].field);
        for (size_t k = 0; k < i; k++) {
            struct hash other = cache_key_hash(&changes[k].k);
            assert_false(hash_equal(&h, &other));
        }
    }
    for (size_t f = 0; f < cache_key_field_count(); f++) {
        bool named = false;
        for (size_t i = 0; i < COUNT(changes); i++)
            named = named || strcmp(changes[i].field, cache_key_field_name(f)) == 0;
        if (!named)
            fail_msg("no row changes %s", cache_key_field_name(f));
    }
    /* The same settings said differently are the same. */
    struct cache_key same = base;
    same.temperature = -0.0;
    same.top_p = -NAN;
    same.think_budget = -7;
    same.seed = 5; /* not sent */
    struct hash h = cache_key_hash(&same);
    assert_true(hash_equal(&h, &first));
}

static void test_fields_as_json(void **state)
{
    (void)state;
    struct error err;
    char *text = cache_key_fields(&base);
    struct json *j = json_parse(text, strlen(text), &err);
    assert_non_null(j);
    assert_int_equal(json_size(j), cache_key_field_count() + 1);
    assert_string_equal(json_get_text(j, "model"), "m:1b");
    assert_true(json_is_null(json_get(j, "system")));
    assert_true(json_is_null(json_get(j, "top_p")));
    assert_null(strstr(text, "why")); /* the question itself is not in it */
    json_free(j);
    mem_free(text);
}

static void put_key(struct cache *c, const struct cache_key *k)
{
    struct error err;
    char text[64];
    struct cache_entry e = lab_entry(1, text);
    char *fields = cache_key_fields(k);
    e.key = cache_key_hash(k);
    e.query = k->query;
    e.query_len = k->query_len;
    e.fields = fields;
    assert_ok(cache_put(c, &e, &err), err);
    mem_free(fields);
}

static void test_why(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    const char *text, *field;
    lab_start(&l);
    struct store *s = lab_open(&l);
    struct cache *c = cache_new(s, &l.clock, 50, 0);
    assert_ok(cache_why(c, &base, &l.arena, &text, &field, &err), err);
    assert_holds("empty", text, "empty");
    assert_null(field);
    put_key(c, &base);
    /* Farther entries do not hide the nearest. */
    struct cache_key far = base;
    far.provider = "x", far.url = "y", far.model = "z", far.query = "else", far.sample = 4;
    put_key(c, &far);
    for (size_t i = 0; i < COUNT(changes); i++) {
        assert_ok(cache_why(c, &changes[i].k, &l.arena, &text, &field, &err), err);
        assert_non_null(field);
        assert_string_equal(field, changes[i].field);
    }
    assert_ok(cache_why(c, &changes[2].k, &l.arena, &text, &field, &err), err);
    assert_string_equal(
        text, "it would miss: the nearest entry has another model: \"m:1b\", not \"m:3b\"");
    assert_ok(cache_why(c, &changes[6].k, &l.arena, &text, &field, &err), err);
    assert_holds("query", text, "'why?'");
    assert_ok(cache_why(c, &base, &l.arena, &text, &field, &err), err);
    assert_holds("hit", text, "would hit");
    assert_null(field);
    cache_set_ttl(c, 10);
    l.wall += 11 * NS_PER_S;
    assert_ok(cache_why(c, &base, &l.arena, &text, &field, &err), err);
    assert_string_equal(field, "ttl");
    struct cache_stats st;
    assert_ok(cache_stats(c, &st, &err), err);
    assert_int_equal(st.total.hits + st.total.misses + st.total.expired, 0);
    cache_free(c);
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_counts),
        cmocka_unit_test(test_fields_as_json),
        cmocka_unit_test(test_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
