/* Connections, kept statements, and what a failure of SQLite means to a person (db.h). */
#include "core/store/db.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/store/sql_heap.h"

struct db_kept {
    const char *sql;
    sqlite3_stmt *stmt;
};

/* What a person can do about it. SQLite's own words are for programmers ("database is
 * locked"), so only a failure that has no row here shows them. */
static const struct {
    int code;
    const char *words;
} sentences[] = {
    { SQLITE_BUSY, "is busy: another rlab is writing to it, try again in a moment" },
    { SQLITE_LOCKED, "is busy: another rlab is writing to it, try again in a moment" },
    { SQLITE_FULL, "cannot grow: the disk is full, make room and try again" },
    { SQLITE_CORRUPT, "is damaged: quit every rlab and start it again, then the file is moved "
                      "aside and a new one is made" },
    { SQLITE_NOTADB, "is damaged or no database: quit every rlab and start it again, then the "
                     "file is moved aside and a new one is made" },
    { SQLITE_READONLY, "cannot be written: look at the rights of the file and its folder" },
    { SQLITE_CANTOPEN, "cannot be opened: look at the rights of the file and its folder" },
    { SQLITE_PERM, "cannot be opened: look at the rights of the file and its folder" },
};

/* A journal that cannot be made is a file that cannot be opened, to SQLite. */
static bool no_inodes(const char *path)
{
    struct statvfs disk;
    return path && statvfs(path, &disk) == 0 && disk.f_files && !disk.f_favail;
}

bool db_fail(struct db *db, struct error *err)
{
    int code = sqlite3_extended_errcode(db->handle) & 0xFF;
    const char *path = db->path ? db->path : "in memory";
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        db->damaged = true;
    int system = code == SQLITE_IOERR ? sqlite3_system_errno(db->handle) : 0;
    /* Where room is short for a journal or its index, SQLite only speaks of the system's error. */
    int said = system == ENOSPC || system == EDQUOT ? SQLITE_FULL
               : system == EROFS                    ? SQLITE_READONLY
                                                    : code;
    db->failed = said;
    if (said == SQLITE_CANTOPEN && no_inodes(db->path))
        said = SQLITE_FULL;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (sentences[i].code == said)
            return error_set(err, ERR_STORE, "the database '%s' %s", path, sentences[i].words);
    return error_set(err, ERR_STORE, "the database '%s' failed: %s%s%s", path,
                     sqlite3_errmsg(db->handle), system ? ", " : "",
                     system ? strerror(system) : "");
}

bool db_open(const char *name, int flags, const char *path, struct db *ret, struct error *err)
{
    struct db db = { .path = mem_string(path) };
    sql_heap_prepare();
    int code = sqlite3_open_v2(name, &db.handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        sqlite3_extended_result_codes(db.handle, 1);
        sqlite3_db_config(db.handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        *ret = db;
        return true;
    }
    db_fail(&db, err);
    db_close(&db);
    return false;
}

/* SQLite's own handler soon looks only ten times a second, and where many write, whoever has
 * waited longest is then served last. Everybody looks about as often here, and not in step. */
static int look_again(void *self, int tries)
{
    struct db *db = self;
    int64_t now = clock_mono(clock_real());
    if (tries == 0)
        db->waits_since_ns = now;
    if (now - db->waits_since_ns >= db->wait_ms * NS_PER_MS)
        return 0;
    nanosleep(&(struct timespec){ .tv_nsec = NS_PER_MS / 2 + now % (2 * NS_PER_MS) }, NULL);
    return 1;
}

void db_wait(struct db *db, int ms)
{
    db->wait_ms = ms;
    sqlite3_busy_handler(db->handle, ms > 0 ? look_again : NULL, db);
}

void db_close(struct db *db)
{
    for (size_t i = 0; i < db->kept_count; i++)
        sqlite3_finalize(db->kept[i].stmt);
    mem_free(db->kept);
    mem_free(db->path);
    sqlite3_close(db->handle);
    *db = (struct db){ 0 };
}

bool db_exec(struct db *db, const char *sql, struct error *err)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || db_fail(db, err);
}

bool db_number(struct db *db, const char *sql, int64_t *ret, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        *ret = sqlite3_column_int64(stmt, 0);
    else if (code == SQLITE_DONE)
        error_set(err, ERR_STORE, "the database has no answer to '%s'", sql);
    else
        db_fail(db, err);
    sqlite3_finalize(stmt);
    return code == SQLITE_ROW;
}

bool db_says(struct db *db, const char *sql, const char *text)
{
    sqlite3_stmt *stmt = NULL;
    const char *said = NULL;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        said = (const char *)sqlite3_column_text(stmt, 0);
    bool same = said && strcmp(said, text) == 0;
    sqlite3_finalize(stmt);
    return same;
}

/* --- one use of a statement --------------------------------------------------------------- */

static sqlite3_stmt *find_kept(const struct db *db, const char *sql)
{
    for (size_t i = 0; i < db->kept_count; i++)
        if (db->kept[i].sql == sql)
            return db->kept[i].stmt;
    return NULL;
}

bool query_open(struct db *db, const char *sql, struct query *ret, struct error *err)
{
    sqlite3_stmt *stmt = find_kept(db, sql);
    bool twin = stmt && sqlite3_stmt_busy(stmt);
    if (!stmt || twin) {
        unsigned flags = twin ? 0 : SQLITE_PREPARE_PERSISTENT;
        if (sqlite3_prepare_v3(db->handle, sql, -1, flags, &stmt, NULL) != SQLITE_OK)
            return db_fail(db, err);
        if (!twin) {
            db->kept = mem_grow(db->kept, &db->kept_cap, db->kept_count + 1, sizeof *db->kept);
            db->kept[db->kept_count++] = (struct db_kept){ sql, stmt };
        }
    }
    *ret = (struct query){ .db = db, .stmt = stmt, .kept = !twin };
    return true;
}

void query_auto(struct query *q)
{
    if (!q->stmt)
        return;
    if (!q->kept) {
        sqlite3_finalize(q->stmt);
        return;
    }
    sqlite3_reset(q->stmt);
    sqlite3_clear_bindings(q->stmt);
}

int query_step(struct query *q, struct error *err)
{
    q->read = 0;
    int code = sqlite3_step(q->stmt);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    db_fail(q->db, err);
    return -1;
}

bool query_run(struct query *q, struct error *err)
{
    int more;
    while ((more = query_step(q, err)) > 0)
        continue;
    sqlite3_reset(q->stmt);
    q->bound = 0;
    return more == 0;
}

/* --- values ------------------------------------------------------------------------------- */

/* Binding can only fail by our own mistake (a parameter too many) or out of memory; a step with
 * the value left out would write something else. */
static void bound(struct query *q, int code)
{
    assert(code != SQLITE_RANGE && code != SQLITE_MISUSE);
    (void)q;
    if (code == SQLITE_NOMEM)
        mem_out(0);
}

void bind_text(struct query *q, const char *text)
{
    bound(q, sqlite3_bind_text(q->stmt, ++q->bound, text, -1, SQLITE_STATIC));
}

void bind_bytes_as_text(struct query *q, const char *text, size_t len)
{
    bound(q, sqlite3_bind_text64(q->stmt, ++q->bound, text, len, SQLITE_STATIC, SQLITE_UTF8));
}

void bind_int(struct query *q, int64_t v)
{
    bound(q, sqlite3_bind_int64(q->stmt, ++q->bound, v));
}

static void bind_null(struct query *q)
{
    bound(q, sqlite3_bind_null(q->stmt, ++q->bound));
}

void bind_id(struct query *q, int64_t id)
{
    if (id)
        bind_int(q, id);
    else
        bind_null(q);
}

void bind_count(struct query *q, int64_t v)
{
    if (v >= 0)
        bind_int(q, v);
    else
        bind_null(q);
}

void bind_real(struct query *q, double v)
{
    if (isfinite(v))
        bound(q, sqlite3_bind_double(q->stmt, ++q->bound, v));
    else
        bind_null(q);
}

void bind_hash(struct query *q, const struct hash *h)
{
    bound(q, sqlite3_bind_blob(q->stmt, ++q->bound, h->bytes, HASH_BYTES, SQLITE_STATIC));
}

/* Without memory SQLite gives NULL here too, and what was stored would seem not to be. */
const char *column_maybe(struct query *q)
{
    const char *text = (const char *)sqlite3_column_text(q->stmt, q->read++);
    if (!text && sqlite3_errcode(q->db->handle) == SQLITE_NOMEM)
        mem_out(0);
    return text;
}

const char *column_text(struct query *q)
{
    const char *text = column_maybe(q);
    return text ? text : "";
}

const char *column_sized(struct query *q, size_t *ret_len)
{
    const char *text = column_text(q);
    *ret_len = (size_t)sqlite3_column_bytes(q->stmt, q->read - 1);
    return text;
}

static bool column_is_null(struct query *q)
{
    return sqlite3_column_type(q->stmt, q->read) == SQLITE_NULL;
}

int64_t column_int(struct query *q)
{
    return sqlite3_column_int64(q->stmt, q->read++);
}

int64_t column_count(struct query *q)
{
    bool unknown = column_is_null(q);
    int64_t v = column_int(q);
    return unknown ? -1 : v;
}

double column_real(struct query *q)
{
    bool unknown = column_is_null(q);
    double v = sqlite3_column_double(q->stmt, q->read++);
    return unknown ? NAN : v;
}

struct hash column_hash(struct query *q)
{
    struct hash h = { { 0 } };
    const void *bytes = sqlite3_column_blob(q->stmt, q->read);
    if (bytes && sqlite3_column_bytes(q->stmt, q->read) == HASH_BYTES)
        memcpy(h.bytes, bytes, HASH_BYTES);
    q->read++;
    return h;
}
