/* Files of earlier versions: brought up with all they hold, or left as they were. */
#include "tests/store/lab.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/limits.h"
#include "core/store/cache.h"
#include "core/store/history.h"
#include "core/store/inside.h"
#include "core/store/runs.h"
#include "core/store/schema.h"

/* A new file of an earlier version, with what `sql` puts there. Each version has pages of another
 * size, from 512 bytes to 64 KiB: who built SQLite or rewrote the file may have chosen it. */
static void make_old(struct lab *l, int version, const char *sql)
{
    struct db db = { 0 };
    struct error err;
    assert_ok(file_make_folder(arena_format(&l->arena, "%s/data", l->folder), &err), err);
    assert_ok(db_open(l->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, l->path, &db, &err),
              err);
    const char *pages = arena_format(&l->arena, "PRAGMA page_size = %d; PRAGMA journal_mode = WAL",
                                     512 << version % 8);
    assert_ok(db_exec(&db, pages, &err), err);
    assert_ok(schema_migrate(&db, version, &err), err);
    assert_ok(db_exec(&db, sql, &err), err);
    int64_t bytes = 0;
    assert_true(db_number(&db, "PRAGMA page_size", &bytes, &err));
    assert_int_equal(bytes, 512 << version % 8);
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

/* --- only read ---------------------------------------------------------------------------- */

static bool count_run(void *self, const struct run_row *r)
{
    (void)r;
    ++*(int *)self;
    return true;
}

/* Every row of every version is read as after it was brought up, and the file stays as it is to the
 * byte. */
static void test_older_that_is_only_read(void **state)
{
    (void)state;
    for (int from = 1; from < schema_newest(); from++) {
        struct lab l;
        struct error err;
        lab_start(&l);
        make_old(
            &l, from,
            "INSERT INTO call(id, session, cot, query_hash, started_wall, end_state, answer)"
            "  VALUES (4, 1, 0, x'00', 5, 'OK_STOP', 'forty-four apples');"
            "INSERT INTO answer(session, call_id, cot, forced, at_wall, query_hash, query)"
            "  VALUES (1, 4, 0, 0, 5, x'00', 'how many?');"
            "INSERT INTO run(session, kind, state, started_wall) VALUES (1, 'bench', 'done', 6)");
        struct buf before = buf_with_max(1 << 24), after = buf_with_max(1 << 24);
        assert_ok(file_read(l.path, 1 << 24, &before, &err), err);
        struct store *s = lab_open_with(&l, (struct store_options){ .read_only = true });
        assert_non_null(strstr(store_trouble(s), "is only read"));
        assert_true(store_has_file(s));
        int answers = 0, found = 0, runs = 0;
        struct history_filter all = { 0 }, f = { .search = "apple" };
        assert_ok(history_list(s, &all, lab_count_row, &answers, &err), err);
        assert_ok(history_list(s, &f, lab_count_row, &found, &err), err);
        assert_ok(run_list(s, NULL, 0, count_run, &runs, &err), err);
        assert_int_equal(answers, 1);
        assert_int_equal(found, 1);
        assert_int_equal(runs, 1);
        struct store_facts facts;
        store_facts(s, &facts);
        assert_int_equal(facts.version, from);
        store_close(s);
        assert_ok(file_read(l.path, 1 << 24, &after, &err), err);
        assert_int_equal(before.len, after.len);
        assert_memory_equal(before.data, after.data, before.len);
        buf_done(&before);
        buf_done(&after);
        lab_end(&l);
    }
}

static void test_cache_that_is_only_read(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    make_old(&l, BEFORE_KEYS, old_cache);
    struct store *s = lab_open_with(&l, (struct store_options){ .read_only = true });
    struct cache *c = cache_new(s, &l.clock, 3, 0);
    struct hash key = { { 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10 } };
    const struct cache_entry *e = cache_get(c, &key);
    assert_non_null(e);
    assert_string_equal(e->answer, "a7");
    char text[64];
    struct cache_entry one = lab_entry(1, text);
    struct buf all = buf_with_max(1 << 16);
    assert_ok(cache_put(c, &one, &err), err);
    assert_ok(cache_list(c, write_one, &all, &err), err);
    assert_non_null(strstr(buf_text(&all), "'answer 1'"));
    assert_non_null(strstr(buf_text(&all), "'q9' 'a9'"));
    cache_free(c);
    buf_done(&all);
    store_close(s);
    lab_end(&l);
}

/* One that is too large for a copy is not read by halves. A file whose header was written by another
 * program counts its pages by its length; the disk holds none of them. */
static void test_older_that_is_too_large(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    make_old(&l, 5, "SELECT 1");
    int fd = open(l.path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "\0\0\0", 4, 92), 4);
    assert_int_equal(ftruncate(fd, (off_t)(MAX_OLDER_BYTES + MIB)), 0);
    close(fd);
    struct store *s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_false(store_has_file(s));
    assert_non_null(strstr(store_trouble(s), "an older rlab"));
    assert_non_null(strstr(store_trouble(s), "too large"));
    assert_non_null(strstr(store_trouble(s), "without --read-only"));
    assert_true(setting_set(s, "theme", "dark", &err)); /* the stand-in works */
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_older_is_brought_up),
        cmocka_unit_test(test_cache_is_brought_up),
        cmocka_unit_test(test_older_that_is_only_read),
        cmocka_unit_test(test_cache_that_is_only_read),
        cmocka_unit_test(test_older_that_is_too_large),
        cmocka_unit_test(test_failing_migration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
