/* Opening: rights, versions, damage, full and read-only disks. No file is ever lost. */
#include "tests/store/lab.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/random.h"
#include "core/store/history.h"
#include "core/store/inside.h"
#include "core/store/place.h"
#include "core/store/schema.h"

static bool take_one(void *self, const struct history_row *row)
{
    struct history_row *to = self;
    (void)row;
    to->id++;
    return true;
}

static int history_rows(struct store *s)
{
    struct error err;
    struct history_row n = { 0 };
    assert_ok(history_list(s, &(struct history_filter){ .limit = 1000 }, take_one, &n, &err), err);
    return (int)n.id;
}

/* Name of the file in the data folder that begins with `start`, "" where none does. */
static const char *find_file(struct lab *l, const char *start)
{
    const char *found = "";
    DIR *d = opendir(arena_format(&l->arena, "%s/data", l->folder));
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        if (strncmp(e->d_name, start, strlen(start)) == 0)
            found = arena_string(&l->arena, e->d_name);
    closedir(d);
    return found;
}

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
        assert_string_equal(find_file(&l, "rlab.db."), ""); /* the probe is gone */
        s = lab_open(&l);
        assert_int_equal(history_rows(s), 1);
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
    assert_string_equal(find_file(&l, "rlab.db.probe-2000000000"), "");
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
    assert_int_equal(history_rows(s), 1);
    store_close(s);
    store_close(NULL);
}

/* --- files that are no database of ours --------------------------------------------------- */

static void make_file(struct lab *l, const char *bytes, size_t len)
{
    struct error err;
    assert_ok(file_make_folder(arena_format(&l->arena, "%s/data", l->folder), &err), err);
    assert_ok(file_write(l->path, bytes, len, &err), err);
}

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
        make_file(&l, rows[i].bytes, rows[i].len);
        struct store *s = lab_open(&l);
        const char *aside = find_file(&l, "rlab.db.damaged-");
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
        make_file(&l, "not a database at all, whatever", 31);
        store_close(lab_open(&l));
    }
    struct stat st;
    static const char *const names[] = { "20260101-000000", "20260101-000000-2",
                                         "20260101-000000-3" };
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(stat(arena_format(&l.arena, "%s.damaged-%s", l.path, names[i]), &st), 0);
    lab_end(&l);
}

/* A stand-in takes the rows, and says why. */
static void assert_stand_in(struct lab *l, struct store *s, const char *trouble, bool has_file)
{
    assert_non_null(store_trouble(s));
    assert_holds(l->path, store_trouble(s), trouble);
    assert_false(store_writes(s));
    assert_int_equal(store_has_file(s), has_file);
    int before = history_rows(s);
    int64_t id = lab_answer(s, "stand-in", "yes", NULL, "ask", "m");
    assert_true(id > before);
    assert_int_equal(history_rows(s), before + 1);
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
        assert_stand_in(&l, s, i % 2 ? "cannot be read" : "is no file", false);
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
    make_file(&l, "", 0);
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

/* --- versions ----------------------------------------------------------------------------- */

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
    assert_int_equal(history_rows(s), 1);
    assert_string_equal(setting_get(s, "theme"), "dark");
    struct store_facts facts;
    store_facts(s, &facts);
    assert_int_equal(facts.version, schema_newest() + 1);
    assert_stand_in(&l, s, "newer rlab", true);
    int64_t gone;
    assert_false(history_delete(s, old, 0, &gone, &err));
    assert_holds("delete", err.text, "newer rlab");
    struct history_row n = { 0 };
    assert_ok(history_get(s, old, take_one, &n, &err), err);
    assert_ok(history_get(s, old + 1, take_one, &n, &err), err); /* the stand-in's own */
    assert_int_equal(n.id, 2);
    store_close(s);
    assert_ok(file_read(l.path, 1 << 24, &after, &err), err);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
    buf_done(&before);
    buf_done(&after);
    lab_end(&l);
}

/* --- damage ------------------------------------------------------------------------------- */

static void fill(struct store *s, int rows)
{
    struct error err;
    assert_ok(store_batch_begin(s, &err), err);
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < rows; i++)
        lab_answer(s, "how many?", text, NULL, "ask", "m");
    assert_ok(store_batch_end(s, &err), err);
}

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
    fill(s, 3);
    store_close(s);
    overwrite(&l, 0, 100);
    s = lab_open(&l);
    assert_holds("notice", store_notice(s), "damaged");
    assert_int_equal(history_rows(s), 0);
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
    fill(s, 300);
    store_close(s);
    struct stat st;
    assert_int_equal(stat(l.path, &st), 0);
    overwrite(&l, st.st_size / 2 / 4096 * 4096, 4096 * 40);
    s = lab_open(&l);
    lab_answer(s, "q", "a", NULL, "ask", "m");
    struct history_row n = { 0 };
    assert_false(history_list(s, &(struct history_filter){ .limit = 1000 }, take_one, &n, &err));
    assert_holds("read", err.text, "is damaged");
    assert_holds("read", err.text, l.path);
    store_close(s);
    s = lab_open(&l);
    assert_holds("notice", store_notice(s), "rlab.db.damaged-");
    assert_int_equal(history_rows(s), 0);
    fill(s, 1);
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
    fill(s, 60);
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
            struct history_row n = { 0 };
            int64_t count = 0, id;
            assert_true(store_writes(s) != (store_trouble(s) != NULL));
            history_count(s, &count, &err);
            history_list(s, &(struct history_filter){ .limit = 100 }, take_one, &n, &err);
            history_list(s, &(struct history_filter){ .search = "how" }, take_one, &n, &err);
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

/* --- disks that take nothing -------------------------------------------------------------- */

/* The program as another user, since root may write everywhere. */
static void as_nobody(struct lab *l, void (*check)(struct lab *l))
{
    if (geteuid() != 0) {
        check(l);
        return;
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (setegid(65534) != 0 || seteuid(65534) != 0)
            _exit(9);
        check(l);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* For a child, where a failed assertion has nowhere to go. */
#define must(what)                                                                                 \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "# %s:%d: %s\n", __FILE__, __LINE__, #what);                           \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static void check_read_only(struct lab *l)
{
    struct error err;
    struct store *s = NULL;
    struct store_options o = { .path = l->path, .clock = &l->clock, .busy_ms = 100 };
    must(store_open(&o, &s, &err));
    must(store_trouble(s));
    must(strstr(store_trouble(s), "cannot be written"));
    must(!store_writes(s) && store_has_file(s));
    struct history_row n = { 0 };
    must(history_list(s, &(struct history_filter){ .search = "how" }, take_one, &n, &err));
    must(n.id == 3);
    must(setting_set(s, "theme", "light", &err));
    must(strcmp(setting_get(s, "theme"), "light") == 0);
    store_close(s);
}

static void test_read_only_places(void **state)
{
    (void)state;
    static const struct row {
        mode_t folder, file;
    } rows[] = { { 0555, 0644 }, { 0555, 0444 }, { 0755, 0444 } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lab l;
        lab_start(&l);
        struct store *s = lab_open(&l);
        fill(s, 3);
        store_close(s);
        const char *folder = arena_format(&l.arena, "%s/data", l.folder);
        assert_int_equal(chmod(l.folder, 0755), 0);
        assert_int_equal(chmod(l.path, rows[i].file), 0);
        assert_int_equal(chmod(folder, rows[i].folder), 0);
        as_nobody(&l, check_read_only);
        assert_int_equal(chmod(folder, 0755), 0);
        lab_end(&l);
    }
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
    fill(s, 3);
    store_close(s);
    s = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_int_equal(history_rows(s), 3);
    assert_stand_in(&l, s, "--read-only", true);
    store_close(s);
    s = lab_open(&l);
    assert_int_equal(history_rows(s), 3);
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
    fill(s, 3);
    store_close(s);
    assert_string_equal(find_file(&l, "rlab.db-"), "");

    struct store *one = lab_open_with(&l, only_read), *two = lab_open_with(&l, only_read);
    assert_string_not_equal(find_file(&l, "rlab.db-"), "");
    store_close(one);
    assert_int_equal(history_rows(two), 3);
    store_close(two);
    assert_string_equal(find_file(&l, "rlab.db-"), "");

    one = lab_open_with(&l, only_read);
    s = lab_open(&l); /* a writer comes, and its log is still empty */
    store_close(one);
    assert_string_not_equal(find_file(&l, "rlab.db-"), "");
    put_setting(s, "a.b");
    one = lab_open_with(&l, only_read);
    assert_string_equal(setting_get(one, "a.b"), "1");
    put_setting(s, "c.d");
    store_close(s);
    store_close(one); /* what the writer left in the log is not this one's to move */
    assert_string_not_equal(find_file(&l, "rlab.db-wal"), "");
    s = lab_open(&l);
    assert_string_equal(setting_get(s, "c.d"), "1");
    store_close(s);
    assert_string_equal(find_file(&l, "rlab.db-"), "");
    lab_end(&l);
}

/* A full disk: the write fails with a sentence, nothing is half written, the cache still
 * answers, and once there is room the entry reaches the table. */
static void check_full(struct lab *l, struct store *s, void (*make_room)(void *), void *self)
{
    struct error err;
    char *big = mem_alloc(3 << 20, 1), text[64];
    memset(big, 'y', (3 << 20) - 1);
    struct cache *c = cache_new(s, &l->clock, 50, 0);
    int64_t before = history_rows(s), id = -5;
    struct answer_row row = { .purpose = "ask",
                              .query = big,
                              .query_len = (3 << 20) - 1,
                              .end = "OK_STOP",
                              .from = "model" };
    assert_false(answer_add(s, &row, &id, &err));
    assert_holds("answer", err.text, "full");
    assert_int_equal(id, -5);
    struct cache_entry e = lab_entry(1, text);
    e.answer = big;
    e.answer_len = (3 << 20) - 1;
    assert_false(cache_put(c, &e, &err));
    assert_holds("cache", err.text, "full");
    const struct cache_entry *found = cache_get(c, &e.key);
    assert_non_null(found);
    assert_int_equal(found->answer_len, e.answer_len);
    assert_int_equal(history_rows(s), before);
    assert_ok(store_batch_begin(s, &err), err); /* what a batch loses on the way, it says */
    bool large = answer_add(s, &row, &id, &err);
    bool small = answer_add(s, &(struct answer_row){ .purpose = "ask" }, &id, &err);
    bool ended = store_batch_end(s, &err);
    assert_false(large && ended);
    before += ended && small;
    assert_int_equal(history_rows(s), before);

    make_room(self);
    assert_ok(cache_flush(c, &err), err);
    cache_free(c);
    c = cache_new(s, &l->clock, 50, 0);
    assert_non_null(cache_get(c, &e.key));
    assert_ok(answer_add(s, &row, &id, &err), err);
    cache_free(c);
    mem_free(big);
}

static void lift_limit(void *self)
{
    struct store *s = self;
    struct error err;
    assert_ok(db_exec(&s->main, "PRAGMA max_page_count = 100000", &err), err);
}

static void test_full(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    fill(s, 3);
    assert_ok(db_exec(&s->main, "PRAGMA max_page_count = 200", &err), err);
    check_full(&l, s, lift_limit, s);
    store_close(s);
    lab_end(&l);
}

static void remove_ballast(void *self)
{
    unlink(self);
}

static void test_full_disk(void **state)
{
    (void)state;
    struct lab l;
    lab_start(&l);
    const char *folder = arena_format(&l.arena, "%s/data", l.folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    if (mount("tmpfs", folder, "tmpfs", 0, "size=16m") != 0) {
        lab_end(&l);
        skip();
    }
    struct store *s = lab_open(&l);
    fill(s, 3);
    char *ballast = arena_format(&l.arena, "%s/ballast", folder);
    int fd = open(ballast, O_WRONLY | O_CREAT, 0600);
    static char block[65536];
    while (write(fd, block, sizeof block) == sizeof block)
        continue;
    close(fd);
    check_full(&l, s, remove_ballast, ballast);
    store_close(s);
    s = lab_open(&l);
    assert_true(history_rows(s) >= 4);
    store_close(s);
    assert_int_equal(umount(folder), 0);
    lab_end(&l);
}

/* Where there is no write-ahead log all is the same, only slower. */
static void test_without_wal(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    struct store_facts facts;
    char text[64];
    lab_start(&l);
    assert_non_null(place_refuses_wal("/proc/self/rlab.db"));
    struct store *s = lab_open(&l);
    assert_ok(db_exec(&s->main, "PRAGMA journal_mode = DELETE", &err), err);
    s->wal = false;
    fill(s, 3);
    struct cache *c = cache_new(s, &l.clock, 5, 0);
    struct cache_entry e = lab_entry(1, text);
    assert_ok(cache_put(c, &e, &err), err);
    struct store *reader = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_int_equal(history_rows(reader), 3);
    store_close(reader);
    assert_non_null(cache_get(c, &e.key));
    assert_ok(cache_flush(c, &err), err);
    cache_free(c);
    store_close(s);
    assert_string_equal(find_file(&l, "rlab.db-"), "");
    s = lab_open(&l); /* moved to a disk that can */
    store_facts(s, &facts);
    assert_true(facts.wal);
    assert_int_equal(history_rows(s), 3);
    store_close(s);
    lab_end(&l);
}

static void test_backup(void **state)
{
    (void)state;
    struct lab l;
    struct error err;
    lab_start(&l);
    struct store *s = lab_open(&l);
    fill(s, 3);
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
    assert_int_equal(history_rows(s), 3);
    store_close(s);
    lab_end(&l);
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
        fill(s, 1);
        store_close(s);
        o.read_only = true;
        s = lab_open_with(&l, o);
        assert_int_equal(history_rows(s), 1);
        store_close(s);
        lab_end(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_orphaned_probes_go),
        cmocka_unit_test(test_loose_rights_are_tightened),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_no_database),
        cmocka_unit_test(test_twice_damaged),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_below_a_file),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_newer),
        cmocka_unit_test(test_damaged_header),
        cmocka_unit_test(test_damaged_page),
        cmocka_unit_test(test_damage_anywhere),
        cmocka_unit_test(test_read_only_places),
        cmocka_unit_test(test_read_only_by_choice),
        cmocka_unit_test(test_readers_leave_nothing),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_without_wal),
        cmocka_unit_test(test_backup),
        cmocka_unit_test(test_odd_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
