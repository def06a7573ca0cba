/* Disks that take nothing: read-only, full, without shared memory for a log. */
#include "tests/store/lab.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/history.h"
#include "core/store/inside.h"
#include "core/store/place.h"

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
    int n = 0;
    must(history_list(s, &(struct history_filter){ .search = "how" }, lab_count_row, &n, &err));
    must(n == 3);
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
        lab_fill(s, 3);
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

/* A full disk: the write fails with a sentence, nothing is half written, the cache still
 * answers, and once there is room the entry reaches the table. */
static void check_full(struct lab *l, struct store *s, void (*make_room)(void *), void *self)
{
    struct error err;
    char *big = mem_alloc(3 << 20, 1), text[64];
    memset(big, 'y', (3 << 20) - 1);
    struct cache *c = cache_new(s, &l->clock, 50, 0);
    int64_t before = lab_rows(s), id = -5;
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
    assert_int_equal(lab_rows(s), before);
    assert_ok(store_batch_begin(s, &err), err); /* what a batch loses on the way, it says */
    bool large = answer_add(s, &row, &id, &err);
    bool small = answer_add(s, &(struct answer_row){ .purpose = "ask" }, &id, &err);
    bool ended = store_batch_end(s, &err);
    assert_false(large && ended);
    before += ended && small;
    assert_int_equal(lab_rows(s), before);

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
    lab_fill(s, 3);
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
    lab_fill(s, 3);
    char *ballast = arena_format(&l.arena, "%s/ballast", folder);
    int fd = open(ballast, O_WRONLY | O_CREAT, 0600);
    static char block[65536];
    while (write(fd, block, sizeof block) == sizeof block)
        continue;
    close(fd);
    check_full(&l, s, remove_ballast, ballast);
    store_close(s);
    s = lab_open(&l);
    assert_true(lab_rows(s) >= 4);
    store_close(s);
    assert_int_equal(umount(folder), 0);
    lab_end(&l);
}

/* A disk whose files run out, not its bytes: nothing blames the memory. */
static void test_no_inodes(void **state)
{
    (void)state;
    int told = 0;
    for (int inodes = 2; inodes <= 8; inodes++) {
        struct lab l;
        lab_start(&l);
        const char *folder = arena_format(&l.arena, "%s/data", l.folder);
        assert_int_equal(mkdir(folder, 0700), 0);
        const char *how = arena_format(&l.arena, "size=16m,nr_inodes=%d", inodes);
        if (mount("tmpfs", folder, "tmpfs", 0, how) != 0) {
            lab_end(&l);
            skip();
        }
        struct store *s = lab_open_with(&l, (struct store_options){ 0 });
        const char *notice = store_notice(s);
        if (store_trouble(s))
            assert_non_null(strstr(store_trouble(s), "the disk is full"));
        if (notice)
            assert_non_null(strstr(notice, "no room for another file"));
        told += notice != NULL;
        store_close(s);
        assert_string_equal(lab_find(&l, "rlab.db.probe"), "");
        assert_int_equal(umount(folder), 0);
        lab_end(&l);
    }
    assert_true(told >= 2);
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
    assert_string_equal(place_refuses_wal("/proc/self/rlab.db"), "no file can be made beside it");
    struct store *s = lab_open(&l);
    assert_ok(db_exec(&s->main, "PRAGMA journal_mode = DELETE", &err), err);
    s->wal = false;
    lab_fill(s, 3);
    struct cache *c = cache_new(s, &l.clock, 5, 0);
    struct cache_entry e = lab_entry(1, text);
    assert_ok(cache_put(c, &e, &err), err);
    struct store *reader = lab_open_with(&l, (struct store_options){ .read_only = true });
    assert_int_equal(lab_rows(reader), 3);
    store_close(reader);
    assert_non_null(cache_get(c, &e.key));
    assert_ok(cache_flush(c, &err), err);
    cache_free(c);
    store_close(s);
    assert_string_equal(lab_find(&l, "rlab.db-"), "");
    s = lab_open(&l); /* moved to a disk that can */
    store_facts(s, &facts);
    assert_true(facts.wal);
    assert_int_equal(lab_rows(s), 3);
    store_close(s);
    lab_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_only_places), cmocka_unit_test(test_full),
        cmocka_unit_test(test_full_disk),        cmocka_unit_test(test_no_inodes),
        cmocka_unit_test(test_without_wal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
