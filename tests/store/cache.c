/* The cache: what comes back, sizes, counters, age, memory, batches, and entries dropped and given
 * back. Its order is tested in cache_order.c, its key in cache_key.c. */
#include "tests/store/lab.h"

#include "core/limits.h"
#include "core/store/inside.h"

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
        assert_true(f->latency_s == 2.5 && f->ttft_s == 0.1 && f->load_s == 0);
        assert_true(isnan(f->ttft_text_s));
        assert_int_equal(f->thinking_tokens, -1);
        assert_int_equal(f->answer_tokens, 0);
        assert_int_equal(cache_peek(c, &e.key, NULL)->hits, i + 1);
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
        cmocka_unit_test(test_everything_comes_back),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_bounded_memory),
        cmocka_unit_test(test_undone_batch),
        cmocka_unit_test(test_take_and_give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
