/* Files of earlier versions: brought up with all they hold, or left as they were. */
#include "tests/store/lab.h"

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/store/cache.h"
#include "core/store/history.h"
#include "core/store/inside.h"
#include "core/store/schema.h"

/* A new file of an earlier version, with what `sql` puts there. */
static void make_old(struct lab *l, int version, const char *sql)
{
    struct db db = { 0 };
    struct error err;
    assert_ok(file_make_folder(arena_format(&l->arena, "%s/data", l->folder), &err), err);
    assert_ok(db_open(l->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, l->path, &db, &err),
              err);
    assert_ok(schema_migrate(&db, version, &err), err);
    assert_ok(db_exec(&db, sql, &err), err);
    db_close(&db);
}

static void test_older_is_brought_up(void **state)
{
    (void)state;
    for (int from = 1; from < schema_newest(); from++) {
        struct lab l;
        struct error err;
        lab_start(&l);
        make_old(&l, from,
                 "INSERT INTO call(id, session, cot, query_hash, started_wall, end_state, answer)"
                 "  VALUES (4, 1, 0, x'00', 5, 'OK_STOP', 'forty-four apples');"
                 "INSERT INTO answer(session, call_id, cot, forced, at_wall, query_hash, query)"
                 "  VALUES (1, 4, 0, 0, 5, x'00', 'how many?')");
        struct store *s = lab_open(&l);
        int n = 0;
        struct history_filter f = { .search = "apple" };
        assert_ok(history_list(s, &f, lab_count_row, &n, &err), err);
        assert_int_equal(n, 1);
        store_close(s);
        lab_end(&l);
    }
}

/* The last version before entries stood under their keys: three of them, the second without its
 * texts, put in another order than they were used. */
#define BEFORE_KEYS 10
#define ZEROS       "000000000000000000000000000000000000000000000000"
static const char old_cache[] =
    "INSERT INTO cache(id, key, used_order, put_order, created_wall, hits, call_id, latency_s,"
    "  model) VALUES"
    "  (7, x'FEDCBA9876543210" ZEROS "', 5, 1, 100, 3, 70, 1.5, 'm'),"
    "  (8, x'0000000000000000" ZEROS "', 9, 2, 200, 0, NULL, NULL, NULL),"
    "  (9, x'7FFFFFFFFFFFFFFF" ZEROS "', 4, 4, 300, 1, 90, 2.5, 'n');"
    "INSERT INTO cache_text(id, fields, query, answer, thinking) VALUES"
    "  (7, '{}', 'q7', 'a7', 't7'), (9, NULL, 'q9', 'a9', '');"
    "UPDATE cache_state SET next_order = 10, hits = 4, misses = 3";

static bool write_one(void *self, const struct cache_entry *e, int64_t place)
{
    struct buf *to = self;
    char hex[HASH_HEX];
    hash_hex(&e->key, hex);
    buf_printf(to, "%d %.16s order %d dated %d hits %d call %d %.1f %s '%.*s' '%.*s' '%.*s'\n",
               (int)place, hex, (int)e->used_order, (int)e->created_wall, (int)e->hits,
               (int)e->call_id, e->latency_s, e->model ? e->model : "-", (int)e->query_len,
               e->query, (int)e->answer_len, e->answer, (int)e->thinking_len, e->thinking);
    return true;
}

static void test_cache_is_brought_up(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    make_old(&l, BEFORE_KEYS, old_cache);
    struct store *s = lab_open(&l);
    struct cache *c = cache_new(s, &l.clock, 3, 0);
    struct buf all = buf_with_max(1 << 16);
    assert_ok(cache_list(c, write_one, &all, &err), err);
    assert_string_equal(buf_text(&all),
                        "1 0000000000000000 order 9 dated 200 hits 0 call 0 nan - '' '' ''\n"
                        "2 fedcba9876543210 order 5 dated 100 hits 3 call 70 1.5 m 'q7' 'a7' 't7'\n"
                        "3 7fffffffffffffff order 4 dated 300 hits 1 call 90 2.5 n 'q9' 'a9' ''\n");
    struct cache_stats st;
    assert_ok(cache_stats(c, &st, &err), err);
    assert_int_equal(st.entries, 3);
    assert_int_equal(st.total.hits, 4);

    /* A number below nothing is found as well, and the oldest goes first. */
    struct hash key = { { 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10 } };
    const struct cache_entry *e = cache_get(c, &key);
    assert_non_null(e);
    assert_string_equal(e->answer, "a7");
    char text[64];
    struct cache_entry one = lab_entry(1, text);
    assert_ok(cache_put(c, &one, &err), err);
    struct hash oldest = { { 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF } };
    assert_null(cache_peek(c, &oldest, NULL));
    assert_non_null(cache_peek(c, &key, NULL));
    cache_free(c);
    buf_done(&all);
    store_close(s);
    lab_end(&l);
}

/* Refuses the n-th thing a statement asks leave for, and only that. */
struct fuse {
    int left;
};

static int burn_down(void *self, int action, const char *a, const char *b, const char *c,
                     const char *d)
{
    struct fuse *f = self;
    (void)action;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return f->left-- == 0 ? SQLITE_DENY : SQLITE_OK;
}

static int64_t number(struct db *db, const char *sql)
{
    struct error err;
    int64_t n = -1;
    assert_ok(db_number(db, sql, &n, &err), err);
    return n;
}

/* Fails at the n-th thing a migration does, for every n: the file stays what it was. */
static void test_failing_migration(void **state)
{
    (void)state;
    for (int from = 0; from < schema_newest(); from++) {
        bool done = false;
        for (int n = 0; !done; n++) {
            struct db db = { 0 };
            struct error err;
            assert_ok(
                db_open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL, &db, &err),
                err);
            assert_ok(schema_migrate(&db, from, &err), err);
            int64_t tables = number(&db, "SELECT count(*) FROM sqlite_schema");
            struct fuse fuse = { n };
            sqlite3_set_authorizer(db.handle, burn_down, &fuse);
            done = schema_migrate(&db, from + 1, &err);
            sqlite3_set_authorizer(db.handle, NULL, NULL);
            assert_true(sqlite3_get_autocommit(db.handle));
            assert_int_equal(number(&db, "PRAGMA user_version"), done ? from + 1 : from);
            if (!done) {
                assert_int_equal(number(&db, "SELECT count(*) FROM sqlite_schema"), tables);
                assert_true(strlen(err.text) > 10);
            }
            db_close(&db);
            assert_true(n < 5000);
        }
    }
}

/* A file that may not be brought up keeps its history readable; its cache is of another shape and
 * counts as empty. */
static void test_older_that_is_only_read(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    make_old(&l, BEFORE_KEYS, old_cache);
    struct store *s = lab_open_with(&l, (struct store_options){ .read_only = true });
    struct cache *c = cache_new(s, &l.clock, 3, 0);
    struct buf all = buf_with_max(1 << 16);
    assert_ok(cache_list(c, write_one, &all, &err), err);
    assert_string_equal(buf_text(&all), "");
    struct hash key = { { 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10 } };
    bool found;
    assert_null(cache_get(c, &key));
    assert_ok(cache_drop(c, &key, &found, &err), err);
    assert_false(found);
    char text[64];
    struct cache_entry one = lab_entry(1, text);
    assert_ok(cache_put(c, &one, &err), err);
    assert_ok(cache_list(c, write_one, &all, &err), err);
    assert_non_null(strstr(buf_text(&all), "'answer 1'"));
    cache_free(c);
    buf_done(&all);
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_older_is_brought_up),
        cmocka_unit_test(test_cache_is_brought_up),
        cmocka_unit_test(test_older_that_is_only_read),
        cmocka_unit_test(test_failing_migration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
