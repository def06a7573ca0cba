/* A database that fails, and one without shared memory (fault.h). */
#include "tests/faults/fault.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* --- steps ---------------------------------------------------------------------------------- */

static const struct {
    const char *name, *words;
    int code;
} failures[] = {
    { "BUSY", "database is locked", SQLITE_BUSY },
    { "CORRUPT", "database disk image is malformed", SQLITE_CORRUPT },
    { "FULL", "database or disk is full", SQLITE_FULL },
    { "IOERR", "disk I/O error", SQLITE_IOERR },
    { "NOMEM", "out of memory", SQLITE_NOMEM },
};

/* SQLite remembers why the last call on a connection failed; so do we, until the next one.
 * `inside`: within a call of its own, whose steps are SQLite's matter. */
static _Thread_local sqlite3 *failed;
static _Thread_local int failed_as, inside;

static int next_exec(sqlite3 *db, const char *sql, int (*each)(void *, int, char **, char **),
                     void *self, char **message)
{
    static int (*next)(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *,
                       char **);
    if (!next)
        next = fault_next("sqlite3_exec");
    inside++;
    int code = next(db, sql, each, self, message);
    inside--;
    return code;
}

/* The code of a struck step, or SQLITE_OK. */
static int strike(sqlite3 *db)
{
    if (!inside)
        failed = NULL;
    if (inside || !fault_strikes(FAULT_STEP))
        return SQLITE_OK;
    const char *how = fault_how();
    size_t len = strcspn(how, "+");
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (strlen(failures[i].name) == len && strncmp(failures[i].name, how, len) == 0)
            failed_as = (int)i;
    if (how[len] && !sqlite3_get_autocommit(db))
        next_exec(db, "ROLLBACK", NULL, NULL, NULL);
    failed = db;
    return failures[failed_as].code;
}

int sqlite3_step(sqlite3_stmt *stmt)
{
    static int (*next)(sqlite3_stmt *);
    if (!next)
        next = fault_next("sqlite3_step");
    int code = strike(sqlite3_db_handle(stmt));
    if (code != SQLITE_OK)
        return code;
    inside++;
    code = next(stmt);
    inside--;
    return code;
}

int sqlite3_exec(sqlite3 *db, const char *sql, int (*each)(void *, int, char **, char **),
                 void *self, char **message)
{
    int code = strike(db);
    return code != SQLITE_OK ? code : next_exec(db, sql, each, self, message);
}

int sqlite3_prepare_v3(sqlite3 *db, const char *sql, int len, unsigned flags, sqlite3_stmt **ret,
                       const char **tail)
{
    static int (*next)(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);
    if (!next)
        next = fault_next("sqlite3_prepare_v3");
    if (!inside)
        failed = NULL;
    inside++; /* the search index reads its own tables */
    int code = next(db, sql, len, flags, ret, tail);
    inside--;
    return code;
}

int sqlite3_extended_errcode(sqlite3 *db)
{
    static int (*next)(sqlite3 *);
    if (!next)
        next = fault_next("sqlite3_extended_errcode");
    return failed == db && db ? failures[failed_as].code : next(db);
}

const char *sqlite3_errmsg(sqlite3 *db)
{
    static const char *(*next)(sqlite3 *);
    if (!next)
        next = fault_next("sqlite3_errmsg");
    return failed == db && db ? failures[failed_as].words : next(db);
}

/* --- no shared memory ----------------------------------------------------------------------- */

/* The file system's own methods, cut down to the first version of the interface, which knew no
 * shared memory. There are a few sets of them (one a kind of locking). */
static const sqlite3_io_methods *without_shm(const sqlite3_io_methods *whole)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct {
        const sqlite3_io_methods *whole;
        sqlite3_io_methods cut;
    } known[16];
    size_t i = 0;
    pthread_mutex_lock(&lock);
    while (i < 15 && known[i].whole && known[i].whole != whole)
        i++;
    known[i].whole = whole;
    known[i].cut = *whole;
    known[i].cut.iVersion = 1;
    pthread_mutex_unlock(&lock);
    return &known[i].cut;
}

static int cut_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret)
{
    sqlite3_vfs *below = vfs->pAppData;
    int code = below->xOpen(below, name, file, flags, ret);
    if (file->pMethods)
        file->pMethods = without_shm(file->pMethods);
    return code;
}

static const char *no_shm(void)
{
    static sqlite3_vfs cut;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    if (!cut.zName) {
        sqlite3_vfs *below = sqlite3_vfs_find(NULL);
        cut = *below;
        cut.pNext = NULL;
        cut.zName = "no-shm";
        cut.pAppData = below;
        cut.xOpen = cut_open;
        sqlite3_vfs_register(&cut, 0);
    }
    pthread_mutex_unlock(&lock);
    return cut.zName;
}

int sqlite3_open_v2(const char *name, sqlite3 **ret, int flags, const char *vfs)
{
    static int (*next)(const char *, sqlite3 **, int, const char *);
    if (!next)
        next = fault_next("sqlite3_open_v2");
    const char *wanted = getenv("FAULT_NO_SHM");
    return next(name, ret, flags, wanted && *wanted == '1' ? no_shm() : vfs);
}
