/* The cache: exact LRU against a plain reference, counters, age, the key and its reasons. */
#include "tests/store/lab.h"

#include "core/base/json.h"
#include "core/base/random.h"
#include "core/limits.h"
#include "core/store/cache_key.h"
#include "core/store/inside.h"

/* --- against a reference ------------------------------------------------------------------ */

/* LRU as one would write it on paper: an array, most recent first. */
struct plain {
    int key[32], version[32];
    int count, size;
    struct cache_counts n;
};

static int plain_find(const struct plain *p, int key)
{
    for (int i = 0; i < p->count; i++)
        if (p->key[i] == key)
            return i;
    return -1;
}

static void plain_remove(struct plain *p, int at)
{
    p->count--;
    for (int i = at; i < p->count; i++) {
        p->key[i] = p->key[i + 1];
        p->version[i] = p->version[i + 1];
    }
}

static void plain_front(struct plain *p, int key, int version)
{
    for (int i = p->count++; i > 0; i--) {
        p->key[i] = p->key[i - 1];
        p->version[i] = p->version[i - 1];
    }
    p->key[0] = key;
    p->version[0] = version;
}

static int plain_get(struct plain *p, int key)
{
    int at = plain_find(p, key);
    if (at < 0) {
        p->n.misses++;
        return -1;
    }
    int version = p->version[at];
    plain_remove(p, at);
    plain_front(p, key, version);
    p->n.hits++;
    return version;
}

static void plain_shrink(struct plain *p)
{
    while (p->count > p->size) {
        p->count--;
        p->n.evicted++;
    }
}

static void plain_put(struct plain *p, int key, int version)
{
    int at = plain_find(p, key);
    if (at >= 0)
        plain_remove(p, at);
    plain_front(p, key, version);
    plain_shrink(p);
}

struct seen {
    const struct plain *plain;
    int count;
};

static struct hash key_of(int key)
{
    return hash_of(&key, sizeof key);
}

static bool same_place(void *self, const struct cache_entry *e, int64_t place)
{
    struct seen *seen = self;
    char text[64];
    assert_int_equal(place, seen->count + 1);
    assert_true(seen->count < seen->plain->count);
    int at = seen->count++;
    struct hash key = key_of(seen->plain->key[at]);
    assert_true(hash_equal(&key, &e->key));
    snprintf(text, sizeof text, "version %d", seen->plain->version[at]);
    assert_string_equal(e->answer, text);
    return true;
}

static void assert_same(struct cache *c, const struct plain *p)
{
    struct error err;
    struct cache_stats st;
    struct seen seen = { .plain = p };
    assert_ok(cache_list(c, same_place, &seen, &err), err);
    assert_int_equal(seen.count, p->count);
    assert_ok(cache_stats(c, &st, &err), err);
    assert_int_equal(st.entries, p->count);
    assert_int_equal(st.size, p->size);
    assert_int_equal(st.total.hits, p->n.hits);
    assert_int_equal(st.total.misses, p->n.misses);
    assert_int_equal(st.total.evicted, p->n.evicted);
    assert_int_equal(st.total.expired, 0);
}

static void put_version(struct cache *c, int key, int version)
{
    struct error err;
    char text[64];
    struct cache_entry e = lab_entry(0, text);
    snprintf(text, 64, "version %d", version);
    e.answer_len = strlen(text);
    e.key = key_of(key);
    assert_ok(cache_put(c, &e, &err), err);
}

static void one_step(struct cache *c, struct plain *p, struct random *r, int step)
{
    struct error err;
    int64_t place = -1, dropped;
    bool found;
    char text[64];
    int key = (int)random_below(r, 30), at = plain_find(p, key);
    struct hash k = key_of(key);
    uint64_t what = random_below(r, 1000);
    if (what < 500) {
        const struct cache_entry *e = cache_get(c, &k);
        int version = plain_get(p, key);
        assert_int_equal(e != NULL, version >= 0);
        snprintf(text, sizeof text, "version %d", version);
        if (e)
            assert_string_equal(e->answer, text);
    } else if (what < 900) {
        put_version(c, key, step);
        plain_put(p, key, step);
    } else if (what < 950) {
        const struct cache_entry *e = cache_peek(c, &k, what % 2 ? &place : NULL);
        assert_int_equal(e != NULL, at >= 0);
        if (e && what % 2)
            assert_int_equal(place, at + 1);
    } else if (what < 980) {
        assert_ok(cache_drop(c, &k, &found, &err), err);
        assert_int_equal(found, at >= 0);
        if (found)
            plain_remove(p, at);
    } else if (what < 996) {
        p->size = 1 + (int)random_below(r, 20);
        assert_ok(cache_resize(c, p->size, &err), err);
        plain_shrink(p);
    } else {
        assert_ok(cache_clear(c, &dropped, &err), err);
        assert_int_equal(dropped, p->count);
        p->count = 0;
        p->n = (struct cache_counts){ 0 };
    }
}

static void test_against_reference(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct lab l;
        struct error err;
        struct random r;
        lab_start(&l);
        random_seed(&r, seed);
        struct store *s = lab_open(&l);
        struct plain p = { .size = (int)seed * 4 };
        struct cache *c = cache_new(s, &l.clock, p.size, 0);
        for (int step = 0; step < 10000; step++) {
            one_step(c, &p, &r, step);
            l.mono += NS_PER_MS * (int64_t)random_below(&r, 30);
            if (cache_due_ms(c) == 0)
                assert_ok(cache_flush(c, &err), err);
            if (step % 50 == 0)
                assert_same(c, &p);
            if (random_below(&r, 500) == 0) {
                cache_free(c);
                if (random_below(&r, 2)) {
                    store_close(s);
                    s = lab_open(&l);
                }
                c = cache_new(s, &l.clock, seed * 4, 0);
                p.size = setting_get(s, "cache.size") ? p.size : (int)seed * 4;
            }
        }
        assert_same(c, &p);
        cache_free(c);
        store_close(s);
        lab_end(&l);
    }
}

static void test_memory_only_against_reference(void **state)
{
    (void)state;
    struct lab l;
    struct random r;
    lab_start(&l);
    random_seed(&r, 7);
    struct plain p = { .size = 9 };
    struct cache *c = cache_new(NULL, &l.clock, 9, 0);
    for (int step = 0; step < 10000; step++) {
        one_step(c, &p, &r, step);
        assert_int_equal(cache_due_ms(c), -1);
        if (step % 50 == 0)
            assert_same(c, &p);
    }
    cache_free(c);
    cache_free(NULL);
    lab_end(&l);
}

/* Two caches on one file take turns: recency is exact over the stored order, and what one
 * changes the other sees within 10 ms. */
static void test_two_against_reference(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct random r;
    lab_start(&l);
    random_seed(&r, 3);
    struct store *s[2] = { lab_open(&l), lab_open(&l) };
    struct plain p = { .size = 8 };
    struct cache *c[2] = { cache_new(s[0], &l.clock, 8, 0), cache_new(s[1], &l.clock, 8, 0) };
    for (int step = 0; step < 4000; step++) {
        int who = (int)random_below(&r, 2);
        one_step(c[who], &p, &r, step);
        assert_ok(cache_flush(c[who], &err), err);
        l.mono += 10 * NS_PER_MS;
        if (step % 20 == 0)
            assert_same(c[1 - who], &p);
    }
    for (int i = 0; i < 2; i++) {
        cache_free(c[i]);
        store_close(s[i]);
    }
    lab_end(&l);
}

/* --- entries and counters ----------------------------------------------------------------- */

static void test_everything_comes_back(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    struct cache *c = cache_new(s, &l.clock, 5, 0);
    struct cache_entry e = {
        .query = "q\n",
        .query_len = 2,
        .answer = "",
        .answer_len = 0,
        .thinking = "hm",
        .thinking_len = 2,
        .server = "local",
        .model = "m:1b",
        .identity = "sha",
        .level = "complex",
        .role = "reasoning",
        .fields = "{\"a\":1}",
        .call_id = 77,
        .created_wall = l.wall - 5,
        .hits = 9,
        .latency_s = 2.5,
        .ttft_s = 0.1,
        .ttft_text_s = NAN,
        .load_s = 0,
        .prompt_tokens = 1,
        .completion_tokens = 2,
        .thinking_tokens = -1,
        .answer_tokens = 0,
        .tokens_kind = "measured",
        .split_kind = NULL,
    };
    assert_ok(cache_put(c, &e, &err), err);
    for (int i = 0; i < 3; i++) { /* from memory, from the table, from a reopened one */
        const struct cache_entry *f = cache_get(c, &e.key);
        assert_non_null(f);
        assert_string_equal(f->query, "q\n");
        assert_string_equal(f->answer, "");
        assert_string_equal(f->thinking, "hm");
        assert_string_equal(f->server, "local");
        assert_string_equal(f->model, "m:1b");
        assert_string_equal(f->identity, "sha");
        assert_string_equal(f->level, "complex");
        assert_string_equal(f->role, "reasoning");
        assert_string_equal(f->fields, "{\"a\":1}");
        assert_string_equal(f->tokens_kind, "measured");
        assert_null(f->split_kind);
        assert_int_equal(f->call_id, 77);
        assert_int_equal(f->created_wall, l.wall - 5);
        assert_int_equal(f->hits, i + 1);
        assert_true(f->latency_s == 2.5 && f->ttft_s == 0.1 && f->load_s == 0);
        assert_true(isnan(f->ttft_text_s));
        assert_int_equal(f->thinking_tokens, -1);
        assert_int_equal(f->answer_tokens, 0);
        cache_saved(c, 2.25);
        cache_saved(c, NAN);
        cache_free(c);
        if (i == 1) {
            store_close(s);
            s = lab_open(&l);
        }
        c = cache_new(s, &l.clock, 5, 0);
    }
    struct hash other = { { 1 } };
    assert_null(cache_get(c, &other));
    struct cache_stats st;
    assert_ok(cache_stats(c, &st, &err), err);
    assert_int_equal(st.session.hits, 0);
    assert_int_equal(st.session.misses, 1);
    assert_int_equal(st.total.hits, 3);
    assert_int_equal(st.total.misses, 1);
    assert_true(st.saved_s == 6.75 && st.saved_rule_s == 6.0);
    assert_int_equal(cache_due_ms(c), 250);
    l.mono += 249 * NS_PER_MS + 1;
    assert_int_equal(cache_due_ms(c), 1);
    l.mono += NS_PER_MS;
    assert_int_equal(cache_due_ms(c), 0);
    assert_ok(cache_flush(c, &err), err);
    assert_int_equal(cache_due_ms(c), -1);

    /* An entry of the cache itself can be put back; lookups outlive a clear. */
    const struct cache_entry *own = cache_get(c, &e.key);
    assert_ok(cache_put(c, own, &err), err);
    assert_ok(lookup_add(s, &e.key, "hit", 1e-6, 2.5, "m", &err), err);
    int64_t n;
    assert_ok(cache_clear(c, &n, &err), err);
    assert_int_equal(n, 1);
    assert_null(cache_peek(c, &e.key, NULL));
    assert_ok(cache_stats(c, &st, &err), err);
    assert_int_equal(st.total.hits + st.total.misses + st.session.hits + st.entries, 0);
    assert_true(st.saved_s == 0);
    assert_ok(db_number(&s->main, "SELECT count(*) FROM lookup", &n, &err), err);
    assert_int_equal(n, 1);
    cache_free(c);
    store_close(s);
    lab_end(&l);
}

static void test_sizes(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct cache_stats st;
    lab_start(&l);
    struct store *s = lab_open(&l);
    struct cache *c = cache_new(s, &l.clock, CACHE_SIZE_PERSON, 0);
    static const int64_t bad[] = { 0, -1, (int64_t)MAX_CACHE_SIZE + 1 };
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_false(cache_resize(c, bad[i], &err));
        assert_holds("size", err.text, "1 to 1000000");
    }
    /* A setting that is no size is not taken; one made elsewhere is, with the next put. */
    static const struct row {
        const char *setting;
        int64_t size;
    } rows[] = {
        { "7", 7 },       { "lots", 7 }, { "0", 7 }, { "-3", 7 }, { "12x", 7 },
        { "1000001", 7 }, { "", 7 },     { "3", 3 }, { "2", 2 },
    };
    char text[64];
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_ok(setting_set(s, "cache.size", rows[i].setting, &err), err);
        for (int n = 0; n < 9; n++) {
            struct cache_entry e = lab_entry(n, text);
            assert_ok(cache_put(c, &e, &err), err);
        }
        assert_ok(cache_stats(c, &st, &err), err);
        assert_int_equal(st.size, rows[i].size);
        assert_int_equal(st.entries, rows[i].size);
    }
    cache_free(c);
    store_close(s);
    lab_end(&l);
}

/* --- age ---------------------------------------------------------------------------------- */

static void test_age(void **state)
{
    (void)state;
    for (int stored = 0; stored < 2; stored++) {
        struct lab l;
        struct error err;
        struct cache_stats st;
        char text[64];
        lab_start(&l);
        struct store *s = stored ? lab_open(&l) : NULL;
        struct cache *c = cache_new(s, &l.clock, 5, 60);
        struct cache_entry e = lab_entry(1, text);
        assert_ok(cache_put(c, &e, &err), err);
        l.wall += 60 * NS_PER_S - 1;
        assert_non_null(cache_get(c, &e.key));
        l.wall += 1;
        assert_null(cache_peek(c, &e.key, NULL));
        assert_null(cache_get(c, &e.key)); /* too old, and gone */
        assert_null(cache_get(c, &e.key));
        assert_ok(cache_stats(c, &st, &err), err);
        assert_int_equal(st.session.expired, 1);
        assert_int_equal(st.session.misses, 2);
        assert_int_equal(st.session.hits, 1);
        assert_int_equal(st.entries, 0);
        /* The clock is set back by a day: the entry lives, but not for a day. */
        assert_ok(cache_put(c, &e, &err), err);
        l.wall -= 86400 * NS_PER_S;
        assert_non_null(cache_get(c, &e.key));
        if (stored) { /* the new date survives */
            cache_free(c);
            c = cache_new(s, &l.clock, 5, 60);
        }
        l.wall += 59 * NS_PER_S;
        assert_non_null(cache_get(c, &e.key));
        l.wall += NS_PER_S;
        assert_null(cache_get(c, &e.key));
        /* Without a time to live nothing ages. */
        assert_ok(cache_put(c, &e, &err), err);
        cache_set_ttl(c, 0);
        l.wall += 1000 * 86400 * NS_PER_S;
        assert_non_null(cache_get(c, &e.key));
        cache_set_ttl(c, 1e300); /* longer than any clock */
        assert_non_null(cache_get(c, &e.key));
        cache_set_ttl(c, NAN);
        assert_non_null(cache_get(c, &e.key));
        cache_free(c);
        store_close(s);
        lab_end(&l);
    }
}

/* --- memory ------------------------------------------------------------------------------- */

static void test_bounded_memory(void **state)
{
    (void)state;
    enum { BIG = 4 << 20, MANY = 40 };
    struct lab l;
    struct error err;
    char text[64];
    lab_start(&l);
    char *big = mem_alloc(BIG, 1);
    memset(big, 'a', BIG - 1);
    struct store *s = lab_open(&l);
    for (int stored = 0; stored < 2; stored++) {
        struct cache *c = cache_new(stored ? s : NULL, &l.clock, MANY, 0);
        for (int i = 0; i < MANY; i++) {
            struct cache_entry e = lab_entry(i, text);
            e.answer = big;
            e.answer_len = BIG - 1;
            assert_ok(cache_put(c, &e, &err), err);
        }
        int found = 0;
        struct cache_stats st;
        assert_ok(cache_stats(c, &st, &err), err);
        for (int i = 0; i < MANY; i++) {
            struct cache_entry e = lab_entry(i, text);
            const struct cache_entry *f = cache_get(c, &e.key);
            if (f)
                assert_int_equal(f->answer_len, BIG - 1);
            found += f != NULL;
        }
        /* The table forgets nothing; memory alone keeps what fits in 64 MiB. */
        assert_int_equal(found, stored ? MANY : 15);
        assert_int_equal(st.entries, stored ? MANY : 15);
        assert_int_equal(st.session.evicted, stored ? 0 : MANY - 15);
        cache_free(c);
    }
    store_close(s);
    mem_free(big);
    lab_end(&l);
}

/* A batch that is undone takes its entries back out of memory too. */
static void test_undone_batch(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    char text[64], more[64];
    lab_start(&l);
    struct store *s = lab_open(&l);
    struct cache *c = cache_new(s, &l.clock, 5, 0);
    struct cache_entry a = lab_entry(1, text), b = lab_entry(2, more);
    assert_ok(cache_put(c, &a, &err), err);
    assert_ok(store_batch_begin(s, &err), err);
    assert_ok(cache_put(c, &b, &err), err);
    assert_non_null(cache_get(c, &b.key));
    store_batch_undo(s);
    assert_null(cache_get(c, &b.key));
    assert_non_null(cache_get(c, &a.key));
    cache_free(c);
    store_close(s);
    lab_end(&l);
}

/* A file that can only be read still answers, and what is new stays in memory. */
static void test_read_only(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct cache_stats st;
    char text[64];
    lab_start(&l);
    struct store *s = lab_open(&l);
    struct cache *c = cache_new(s, &l.clock, 5, 0);
    struct plain p = { .size = 5 };
    for (int i = 0; i < 3; i++) {
        put_version(c, i, i);
        plain_put(&p, i, i);
    }
    cache_free(c);
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .read_only = true });
    c = cache_new(s, &l.clock, 5, 0);
    struct seen seen = { .plain = &p };
    assert_ok(cache_list(c, same_place, &seen, &err), err);
    assert_int_equal(seen.count, 3);
    struct hash key = key_of(1);
    assert_non_null(cache_get(c, &key));
    plain_get(&p, 1);
    struct cache_entry e = lab_entry(0, text);
    snprintf(text, sizeof text, "version %d", 9);
    e.answer_len = strlen(text);
    e.key = key_of(9);
    assert_ok(cache_put(c, &e, &err), err);
    plain_put(&p, 9, 9);
    seen = (struct seen){ .plain = &p };
    assert_ok(cache_list(c, same_place, &seen, &err), err);
    assert_int_equal(seen.count, 4);
    assert_ok(cache_stats(c, &st, &err), err);
    assert_int_equal(st.entries, 4);
    bool found;
    key = key_of(0);
    assert_false(cache_drop(c, &key, &found, &err));
    assert_holds("drop", err.text, "--read-only");
    int64_t n;
    assert_false(cache_clear(c, &n, &err));
    assert_holds("clear", err.text, "--read-only");
    cache_free(c);
    store_close(s);
    lab_end(&l);
}

/* --- the key ------------------------------------------------------------------------------ */

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

/* --- dropped and given back ---------------------------------------------------------------- */

struct order {
    char text[400];
    int count;
};

static bool add_place(void *self, const struct cache_entry *e, int64_t place)
{
    struct order *o = self;
    size_t used = strlen(o->text);
    snprintf(o->text + used, sizeof o->text - used, "%lld:%.*s(%lld) ", (long long)place,
             (int)(e->answer_len > 7 ? e->answer_len - 7 : 0), e->answer + 7, (long long)e->hits);
    o->count++;
    return true;
}

static void check_order(struct cache *c, int64_t from, int64_t count, const char *expect)
{
    struct order o = { 0 };
    struct error err;
    assert_ok(cache_list_from(c, from, count, add_place, &o, &err), err);
    assert_string_equal(o.text, expect);
}

static void take_and_give_back(struct lab *l, struct store *s)
{
    struct error err;
    char text[64];
    struct cache_taken *t = NULL;
    bool there;
    struct cache *c = cache_new(s, &l->clock, 4, 0);
    for (int i = 1; i <= 4; i++) {
        struct cache_entry e = lab_entry(i, text);
        assert_ok(cache_put(c, &e, &err), err);
    }
    struct cache_entry two = lab_entry(2, text), four = lab_entry(4, text);
    assert_non_null(cache_get(c, &four.key));
    check_order(c, 1, 9, "1:4(1) 2:3(0) 3:2(0) 4:1(0) ");
    check_order(c, 2, 2, "2:3(0) 3:2(0) ");
    check_order(c, 5, 2, "");
    assert_non_null(cache_get(c, &two.key));
    assert_non_null(cache_get(c, &four.key));
    check_order(c, 1, 9, "1:4(2) 2:2(1) 3:3(0) 4:1(0) ");

    /* Back to its place with its hits. */
    assert_ok(cache_take(c, &two.key, &t, &err), err);
    assert_non_null(t);
    assert_null(cache_peek(c, &two.key, NULL));
    check_order(c, 1, 9, "1:4(2) 2:3(0) 3:1(0) ");
    assert_ok(cache_give_back(c, t, &there, &err), err);
    assert_true(there);
    check_order(c, 1, 9, "1:4(2) 2:2(1) 3:3(0) 4:1(0) ");
    assert_string_equal(cache_peek(c, &two.key, NULL)->answer, "answer 2");
    cache_taken_free(t);

    /* The last one, when its place was taken meanwhile: it is the first to go. */
    struct cache_entry one = lab_entry(1, text), five;
    assert_ok(cache_take(c, &one.key, &t, &err), err);
    five = lab_entry(5, text);
    assert_ok(cache_put(c, &five, &err), err);
    assert_ok(cache_give_back(c, t, &there, &err), err);
    assert_false(there);
    check_order(c, 1, 9, "1:5(0) 2:4(2) 3:2(1) 4:3(0) ");
    /* Stored anew meanwhile: that one stays. */
    one = lab_entry(1, text);
    assert_ok(cache_put(c, &one, &err), err);
    assert_ok(cache_give_back(c, t, &there, &err), err);
    assert_true(there);
    check_order(c, 1, 1, "1:1(0) ");
    cache_taken_free(t);
    struct hash nowhere = { { 0xFF } };
    assert_ok(cache_take(c, &nowhere, &t, &err), err);
    assert_null(t);
    cache_taken_free(t);
    cache_free(c);
}

static void test_take_and_give_back(void **state)
{
    (void)state;
    struct lab l;
    lab_start(&l);
    struct store *s = lab_open(&l);
    take_and_give_back(&l, s);
    store_close(s);
    take_and_give_back(&l, NULL);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_reference),
        cmocka_unit_test(test_memory_only_against_reference),
        cmocka_unit_test(test_two_against_reference),
        cmocka_unit_test(test_everything_comes_back),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_bounded_memory),
        cmocka_unit_test(test_undone_batch),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_every_field_counts),
        cmocka_unit_test(test_fields_as_json),
        cmocka_unit_test(test_why),
        cmocka_unit_test(test_take_and_give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
