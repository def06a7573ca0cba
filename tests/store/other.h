/* Another process with the same file, for tests of what waits for it. */
#ifndef TESTS_STORE_OTHER_H
#define TESTS_STORE_OTHER_H

#include "core/store/db.h"
#include "core/store/inside.h"
#include "tests/test.h"

/* As another process has it. */
struct other {
    struct db db;
};

static void other_open(struct other *o, const char *path)
{
    struct error err;
    *o = (struct other){ 0 };
    assert_ok(db_open(path, SQLITE_OPEN_READWRITE, path, &o->db, &err), err);
    db_wait(&o->db, 5000);
}

static void other_close(struct other *o)
{
    db_close(&o->db);
}

static void hold(struct other *o, bool on)
{
    struct error err;
    assert_ok(db_exec(&o->db, on ? "BEGIN IMMEDIATE" : "ROLLBACK", &err), err);
}

static int64_t number(struct other *o, const char *sql)
{
    struct error err;
    int64_t n = -1;
    assert_ok(db_number(&o->db, sql, &n, &err), err);
    return n;
}

__attribute__((unused)) static bool says(struct other *o, const char *sql, const char *text)
{
    return db_says(&o->db, sql, text);
}

/* No wait on the screen's thread is longer than a try, whatever waits. */
#define assert_at_once(doing)                                                                      \
    do {                                                                                           \
        int64_t before_ms = test_ms();                                                             \
        doing;                                                                                     \
        assert_quick(test_ms() - before_ms, 1000);                                                 \
    } while (0)

#endif
