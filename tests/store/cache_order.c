/* The cache against a plain reference: exact LRU through sizes, ages, batches and starts, alone, in
 * memory only, and two on one file. */
#include "tests/store/lab.h"

#include "core/base/random.h"

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
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct lab l;
        struct error err;
        struct random r;
        lab_start(&l);
        random_seed(&r, seed);
        struct store *s = lab_open(&l);
        struct plain p = { .size = (int)seed * 4 };
        struct cache *c = cache_new(s, &l.clock, p.size, 0);
        for (int step = 0; step < 5000; step++) {
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
    for (int step = 0; step < 2000; step++) {
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_reference),
        cmocka_unit_test(test_memory_only_against_reference),
        cmocka_unit_test(test_two_against_reference),
        cmocka_unit_test(test_read_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
