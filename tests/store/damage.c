/* Files that are damaged, or never were a database: moved aside, told in a sentence, never lost. */
#include "tests/store/lab.h"

#include <sys/stat.h>

#include "core/base/random.h"
#include "core/store/history.h"

/* --- files that are no database --------------------------------------------------------- */

static void test_no_database(void **state)
{
    (void)state;
    static char zeros[8192];
    static const struct row {
        const char *what, *bytes;
        size_t len;
        bool aside;
    } rows[] = {
        { "empty", "", 0, false },
        { "text", "this is my shopping list, please keep it\n", 41, true },
        { "zeros", zeros, sizeof zeros, true },
        { "start of a header", "SQLite format 3", 16, true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lab l;
        lab_start(&l);
        lab_put(&l, rows[i].bytes, rows[i].len);
        struct store *s = lab_open(&l);
        const char *aside = lab_find(&l, "rlab.db.damaged-");
        if (rows[i].aside) {
            assert_string_equal(aside, "rlab.db.damaged-20260101-000000");
            assert_holds(rows[i].what, store_notice(s), "rlab.db.damaged-20260101-000000");
            struct buf kept = buf_with_max(1 << 20);
            struct error err;
            assert_ok(file_read(arena_format(&l.arena, "%s/data/%s", l.folder, aside), 1 << 20,
                                &kept, &err),
                      err);
            assert_int_equal(kept.len, rows[i].len);
            assert_memory_equal(kept.data, rows[i].bytes, rows[i].len);
            buf_done(&kept);
        } else {
            assert_string_equal(aside, "");
            assert_null(store_notice(s));
        }
        lab_answer(s, "q", "a", NULL, "ask", "m");
        store_close(s);
        lab_end(&l);
    }
}

static void test_twice_damaged(void **state)
{
    (void)state;
    struct lab l;
    lab_start(&l);
    for (int i = 0; i < 3; i++) {
        lab_put(&l, "not a database at all, whatever", 31);
        store_close(lab_open(&l));
    }
    struct stat st;
    static const char *const names[] = { "20260101-000000", "20260101-000000-2",
                                         "20260101-000000-3" };
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(stat(arena_format(&l.arena, "%s.damaged-%s", l.path, names[i]), &st), 0);
    lab_end(&l);
}

/* --- databases that were damaged -------------------------------------------------------- */

static void overwrite(struct lab *l, long at, long len)
{
    FILE *f = fopen(l->path, "r+b");
    assert_non_null(f);
    fseek(f, at, SEEK_SET);
    for (long i = 0; i < len; i++)
        fputc(0xA5, f);
    fclose(f);
}

static void test_damaged_header(void **state)
{
    (void)state;
    struct lab l;
    lab_start(&l);
    struct store *s = lab_open(&l);
    lab_fill(s, 3);
    store_close(s);
    overwrite(&l, 0, 100);
    s = lab_open(&l);
    assert_holds("notice", store_notice(s), "damaged");
    assert_int_equal(lab_rows(s), 0);
    store_close(s);
    lab_end(&l);
}

/* Damage in the middle after a clean end: met by a read, told in a sentence, and looked for
 * by the next start. */
static void test_damaged_page(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    lab_fill(s, 300);
    store_close(s);
    struct stat st;
    assert_int_equal(stat(l.path, &st), 0);
    overwrite(&l, st.st_size / 2 / 4096 * 4096, 4096 * 40);
    s = lab_open(&l);
    lab_answer(s, "q", "a", NULL, "ask", "m");
    int n = 0;
    assert_false(
        history_list(s, &(struct history_filter){ .limit = 1000 }, lab_count_row, &n, &err));
    assert_holds("read", err.text, "is damaged");
    assert_holds("read", err.text, l.path);
    store_close(s);
    s = lab_open(&l);
    assert_holds("notice", store_notice(s), "rlab.db.damaged-");
    assert_int_equal(lab_rows(s), 0);
    lab_fill(s, 1);
    store_close(s);
    lab_end(&l);
}

/* Whatever is damaged: sentences, never a crash, and the next start has a store. */
static void test_damage_anywhere(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct buf whole = buf_with_max(16 << 20);
    struct random r;
    char text[64], level[16];
    lab_start(&l);
    random_seed(&r, 5);
    struct store *s = lab_open(&l);
    lab_fill(s, 60);
    struct cache *c = cache_new(s, &l.clock, 50, 0);
    for (int i = 0; i < 60; i++) {
        struct cache_entry e = lab_entry(i, text);
        assert_ok(cache_put(c, &e, &err), err);
    }
    cache_free(c);
    store_close(s);
    assert_ok(file_read(l.path, 16 << 20, &whole, &err), err);
    for (int round = 0; round < 60; round++) {
        assert_ok(file_write(l.path, whole.data, whole.len, &err), err);
        for (int k = 0; k < 1 + round % 5; k++)
            overwrite(&l, (long)random_below(&r, whole.len - 64), 1 + (long)random_below(&r, 64));
        for (int again = 0; again < 2; again++) {
            s = lab_open_with(&l, (struct store_options){ 0 });
            int n = 0;
            int64_t count = 0, id;
            assert_true(store_writes(s) != (store_trouble(s) != NULL));
            history_count(s, &count, &err);
            history_list(s, &(struct history_filter){ .limit = 100 }, lab_count_row, &n, &err);
            history_list(s, &(struct history_filter){ .search = "how" }, lab_count_row, &n, &err);
            label_get(s, "q", 1, level, &err);
            c = cache_new(s, &l.clock, 50, 0);
            for (int i = 0; i < 60; i += 7) {
                struct cache_entry e = lab_entry(i, text);
                cache_get(c, &e.key);
                cache_put(c, &e, &err);
            }
            cache_free(c);
            answer_add(s, &(struct answer_row){ .purpose = "ask" }, &id, &err);
            history_delete(s, 7, 0, &id, &err);
            store_close(s);
        }
    }
    buf_done(&whole);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_database),     cmocka_unit_test(test_twice_damaged),
        cmocka_unit_test(test_damaged_header),  cmocka_unit_test(test_damaged_page),
        cmocka_unit_test(test_damage_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
