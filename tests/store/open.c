/* Opening: rights, names, versions, what is no file of ours. No file is ever lost. */
#include "tests/store/lab.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/store/history.h"
#include "core/store/inside.h"
#include "core/store/schema.h"

static void exec_on_file(struct lab *l, const char *sql)
{
    struct db db = { 0 };
    struct error err;
    assert_ok(db_open(l->path, SQLITE_OPEN_READWRITE, l->path, &db, &err), err);
    assert_ok(db_exec(&db, sql, &err), err);
    db_close(&db);
}

static void test_new(void **state)
{
    (void)state;
    static const mode_t masks[] = { 0, 022, 077, 0277 };
    for (size_t i = 0; i < COUNT(masks); i++) {
        struct lab l;
        lab_start(&l);
        mode_t old = umask(masks[i]);
        struct store *s = lab_open(&l);
        umask(old);
        struct store_facts facts;
        store_facts(s, &facts);
        assert_int_equal(facts.version, schema_newest());
        assert_int_equal(facts.newest_version, schema_newest());
        assert_true(facts.wal);
        assert_true(facts.bytes > 0);
        assert_null(store_notice(s));
        assert_int_equal(store_others(s), 0);
        lab_answer(s, "q", "a", NULL, "ask", "m");
        assert_true(store_session(s) > 0);
        struct stat st;
        assert_int_equal(stat(l.path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        const char *wal = arena_format(&l.arena, "%s-wal", l.path);
        assert_int_equal(stat(wal, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_int_equal(stat(arena_format(&l.arena, "%s/data", l.folder), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0700);
        store_close(s);
        assert_string_equal(lab_find(&l, "rlab.db."), ""); /* the probe is gone */
        s = lab_open(&l);
        assert_int_equal(lab_rows(s), 1);
        store_close(s);
        lab_end(&l);
    }
}

/* A process that was killed while it tried whether the folder takes a log. */
static void test_orphaned_probes_go(void **state)
{
    (void)state;
    static const char *const parts[] = { "", "-wal", "-shm" };
    struct lab l;
    struct stat st;
    lab_start(&l);
    store_close(lab_open(&l));
    for (size_t i = 0; i < COUNT(parts); i++) {
        for (int ours = 0; ours < 2; ours++) {
            FILE *f = fopen(arena_format(&l.arena, "%s.probe-%ld-ab%s", l.path,
                                         ours ? (long)getpid() : 2000000000L, parts[i]),
                            "w");
            assert_non_null(f);
            fclose(f);
        }
    }
    store_close(lab_open(&l));
    assert_string_equal(lab_find(&l, "rlab.db.probe-2000000000"), "");
    for (size_t i = 0; i < COUNT(parts); i++) /* of a living one */
        assert_int_equal(
            stat(arena_format(&l.arena, "%s.probe-%ld-ab%s", l.path, (long)getpid(), parts[i]),
                 &st),
            0);
    lab_end(&l);
}

static void test_loose_rights_are_tightened(void **state)
{
    (void)state;
    struct lab l;
    lab_start(&l);
    store_close(lab_open(&l));
    assert_int_equal(chmod(l.path, 0644), 0);
    store_close(lab_open(&l));
    struct stat st;
    assert_int_equal(stat(l.path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    lab_end(&l);
}

static void test_memory(void **state)
{
    (void)state;
    struct error err;
    struct store *s = NULL;
    assert_ok(store_open(&(struct store_options){ .clock = clock_real() }, &s, &err), err);
    assert_null(store_trouble(s));
    assert_false(store_has_file(s));
    assert_false(store_writes(s));
    lab_answer(s, "q", "a", "t", "ask", "m");
    assert_int_equal(lab_rows(s), 1);
    store_close(s);
    store_close(NULL);
}

static void test_odd_names(void **state)
{
    (void)state;
    static const char *const names[] = { "a b", "per%cent", "what?x=1", "#hash", "ünï", "it's" };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct lab l;
        lab_start(&l);
        const char *path = arena_format(&l.arena, "%s/%s/rlab.db", l.folder, names[i]);
        struct store_options o = { .path = path };
        struct store *s = lab_open_with(&l, o);
        assert_true(store_writes(s));
        lab_fill(s, 1);
        store_close(s);
        o.read_only = true;
        s = lab_open_with(&l, o);
        assert_int_equal(lab_rows(s), 1);
        store_close(s);
        lab_end(&l);
    }
}

/* --- places that hold no file of ours --------------------------------------------------- */

/* A stand-in takes the rows, and says why. */
static void assert_stand_in(struct lab *l, struct store *s, const char *trouble, bool has_file)
{
    assert_non_null(store_trouble(s));
    assert_holds(l->path, store_trouble(s), trouble);
    assert_false(store_writes(s));
    assert_int_equal(store_has_file(s), has_file);
    int before = lab_rows(s);
    int64_t id = lab_answer(s, "stand-in", "yes", NULL, "ask", "m");
    assert_true(id > before);
    assert_int_equal(lab_rows(s), before + 1);
    struct error err;
    assert_ok(setting_set(s, "k", "v", &err), err);
    assert_string_equal(setting_get(s, "k"), "v");
}

static void test_no_file(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct lab l;
        struct error err;
        lab_start(&l);
        if (i / 2) { /* a pipe */
            assert_ok(file_make_folder(arena_format(&l.arena, "%s/data", l.folder), &err), err);
            assert_int_equal(mkfifo(l.path, 0600), 0);
        } else {
            assert_ok(file_make_folder(l.path, &err), err);
        }
        struct store *s = lab_open_with(&l, (struct store_options){ .read_only = i % 2 });
        assert_stand_in(&l, s, "is no file", false);
        store_close(s);
        lab_end(&l);
    }
}

static void test_below_a_file(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    assert_ok(file_write(arena_format(&l.arena, "%s/data", l.folder), "x", 1, &err), err);
    struct store *s = lab_open_with(&l, (struct store_options){ 0 });
    assert_stand_in(&l, s, "is no folder", false);
    store_close(s);
    lab_end(&l);
}

static void test_foreign(void **state)
{
    (void)state;
    struct lab l;
    lab_start(&l);
    lab_put(&l, "", 0);
    exec_on_file(&l, "CREATE TABLE songs(title); INSERT INTO songs VALUES ('mine')");
    struct buf before = buf_with_max(1 << 20), after = buf_with_max(1 << 20);
    struct error err;
    assert_ok(file_read(l.path, 1 << 20, &before, &err), err);
    struct store *s = lab_open_with(&l, (struct store_options){ 0 });
    assert_stand_in(&l, s, "another program", false);
    store_close(s);
    assert_ok(file_read(l.path, 1 << 20, &after, &err), err);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
    buf_done(&before);
    buf_done(&after);
    lab_end(&l);
}

/* --- another rlab, another copy --------------------------------------------------------- */

static void test_newer(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    int64_t old = lab_answer(s, "kept from before", "yes", NULL, "ask", "m");
    assert_ok(setting_set(s, "theme", "dark", &err), err);
    store_close(s);
    exec_on_file(&l, arena_format(&l.arena, "PRAGMA user_version = %d", schema_newest() + 1));
    struct buf before = buf_with_max(1 << 24), after = buf_with_max(1 << 24);
    assert_ok(file_read(l.path, 1 << 24, &before, &err), err);
    s = lab_open_with(&l, (struct store_options){ 0 });
    assert_int_equal(lab_rows(s), 1);
    assert_string_equal(setting_get(s, "theme"), "dark");
    struct store_facts facts;
    store_facts(s, &facts);
    assert_int_equal(facts.version, schema_newest() + 1);
    assert_stand_in(&l, s, "newer rlab", true);
    int64_t gone;
    assert_false(history_delete(s, old, 0, &gone, &err));
    assert_holds("delete", err.text, "newer rlab");
    int n = 0;
    assert_ok(history_get(s, old, lab_count_row, &n, &err), err);
    assert_ok(history_get(s, old + 1, lab_count_row, &n, &err), err); /* the stand-in's own */
    assert_int_equal(n, 2);
    store_close(s);
    assert_ok(file_read(l.path, 1 << 24, &after, &err), err);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
    buf_done(&before);
    buf_done(&after);
    lab_end(&l);
}

static void test_read_only_by_choice(void **state)
{
    (void)state;
    struct lab l;
    lab_start(&l);
    struct store *s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_stand_in(&l, s, "does not exist", false);
    store_close(s);
    assert_false(file_exists(arena_format(&l.arena, "%s/data", l.folder)));
    s = lab_open(&l);
    lab_fill(s, 3);
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_int_equal(lab_rows(s), 3);
    assert_stand_in(&l, s, "--read-only", true);
    store_close(s);
    s = lab_open(&l);
    assert_int_equal(lab_rows(s), 3);
    store_close(s);
    lab_end(&l);
}

static void put_setting(struct store *s, const char *key)
{
    struct error err;
    assert_ok(setting_set(s, key, "1", &err), err);
}

/* Reading a file with a write-ahead log makes one; it is gone with the last reader, and stays
 * where somebody writes or wrote. */
static void test_readers_leave_nothing(void **state)
{
    (void)state;
    struct lab l;
    struct store_options only_read = { .read_only = true };
    lab_start(&l);
    struct store *s = lab_open(&l);
    lab_fill(s, 3);
    store_close(s);
    assert_string_equal(lab_find(&l, "rlab.db-"), "");

    struct store *one = lab_open_with(&l, only_read), *two = lab_open_with(&l, only_read);
    assert_string_not_equal(lab_find(&l, "rlab.db-"), "");
    store_close(one);
    assert_int_equal(lab_rows(two), 3);
    store_close(two);
    assert_string_equal(lab_find(&l, "rlab.db-"), "");

    one = lab_open_with(&l, only_read);
    s = lab_open(&l); /* a writer comes, and its log is still empty */
    store_close(one);
    assert_string_not_equal(lab_find(&l, "rlab.db-"), "");
    put_setting(s, "a.b");
    one = lab_open_with(&l, only_read);
    assert_string_equal(setting_get(one, "a.b"), "1");
    put_setting(s, "c.d");
    store_close(s);
    store_close(one); /* what the writer left in the log is not this one's to move */
    assert_string_not_equal(lab_find(&l, "rlab.db-wal"), "");
    s = lab_open(&l);
    assert_string_equal(setting_get(s, "c.d"), "1");
    store_close(s);
    assert_string_equal(lab_find(&l, "rlab.db-"), "");
    lab_end(&l);
}

static void test_backup(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    lab_fill(s, 3);
    const char *copy = arena_format(&l.arena, "%s/copy.db", l.folder);
    assert_ok(store_backup(s, copy, &err), err);
    assert_false(store_backup(s, copy, &err));
    assert_holds("again", err.text, "exists");
    const char *second = arena_format(&l.arena, "%s/second.db", l.folder);
    FILE *f = fopen(arena_format(&l.arena, "%s.unfinished", second), "w"); /* of a killed one */
    assert_non_null(f);
    fclose(f);
    assert_ok(store_backup(s, second, &err), err);
    assert_int_not_equal(access(arena_format(&l.arena, "%s.unfinished", second), F_OK), 0);
    assert_false(store_backup(s, "/nowhere/at/all.db", &err));
    store_close(s);
    struct stat st;
    assert_int_equal(stat(copy, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    s = lab_open_with(&l, (struct store_options){ .path = copy });
    assert_null(store_trouble(s));
    assert_int_equal(lab_rows(s), 3);
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_orphaned_probes_go),
        cmocka_unit_test(test_loose_rights_are_tightened),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_odd_names),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_below_a_file),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_newer),
        cmocka_unit_test(test_read_only_by_choice),
        cmocka_unit_test(test_readers_leave_nothing),
        cmocka_unit_test(test_backup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
