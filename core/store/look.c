/* What kind of file a database is (look.h). */
#include "core/store/look.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/store/place.h"
#include "core/store/schema.h"

/* After an unclean exit the file is checked, but no start waits longer than this for it. */
#define CHECK_NS NS_PER_S

/* One transaction: another process that makes a new file in this moment is seen before or
 * after, never half. */
static bool read_marks(struct db *db, int64_t *version, int64_t *application, int64_t *tables,
                       struct error *err)
{
    struct error ignored; /* what was read stands, however the reading ends */
    if (!db_exec(db, "BEGIN", err))
        return false;
    bool ok = db_number(db, "PRAGMA user_version", version, err) &&
              db_number(db, "PRAGMA application_id", application, err) &&
              db_number(db, "SELECT count(*) FROM sqlite_schema", tables, err);
    if (!db_exec(db, "END", &ignored))
        db_exec(db, "ROLLBACK", &ignored); /* a reader left open would hold up every writer */
    return ok;
}

enum look look_classify(struct db *db, struct error *err)
{
    int64_t version = 0, application = 0, tables = 0;
    if (!read_marks(db, &version, &application, &tables, err))
        return db->damaged ? LOOK_DAMAGED : LOOK_UNKNOWN;
    if (version == 0 && application == 0 && tables == 0)
        return LOOK_NEW;
    if (application != SCHEMA_APPLICATION_ID)
        return LOOK_FOREIGN;
    return version > schema_newest() ? LOOK_NEWER : LOOK_OURS;
}

static bool open_to_read(const char *path, bool frozen, struct db *ret, struct error *err)
{
    char *address = place_address(path, frozen);
    bool ok = db_open(address, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, path, ret, err);
    mem_free(address);
    return ok;
}

enum look look_at(const char *path, int busy_ms, bool no_trace, struct db *ret, struct error *err)
{
    enum look seen = LOOK_UNKNOWN;
    /* Where no -shm can be made, a WAL file can still be read as long as nothing waits in
     * its -wal and nobody can write to it. */
    bool may_freeze = !place_has_wal(path);
    int first = no_trace && may_freeze;
    for (int frozen = first; frozen <= (may_freeze ? 1 : 0) && seen == LOOK_UNKNOWN; frozen++) {
        db_close(ret);
        if (!open_to_read(path, frozen != 0, ret, err))
            continue;
        db_wait(ret, busy_ms);
        seen = look_classify(ret, err);
        if (seen == LOOK_UNKNOWN && ret->failed == SQLITE_BUSY)
            break; /* somebody can write to it */
    }
    return seen;
}

/* Removing the files by name could take them from a process that opens the database in this
 * moment. So SQLite does it: the last connection that could write removes them as it closes, under
 * a lock that keeps everybody out. Nothing is in the log, so nothing is written. */
void look_tidy(const char *path)
{
    struct db db;
    struct error ignored;
    int64_t tables;
    if (!place_has_empty_wal(path) || !db_open(path, SQLITE_OPEN_READWRITE, path, &db, &ignored))
        return;
    (void)db_number(&db, "SELECT count(*) FROM sqlite_schema", &tables, &ignored);
    db_close(&db);
}

/* --- pages -------------------------------------------------------------------------------- */

struct deadline {
    const struct clock *clock;
    int64_t until;
};

static int past_deadline(void *self)
{
    const struct deadline *d = self;
    return clock_mono(d->clock) > d->until;
}

bool look_pages(struct db *db, const struct clock *clock)
{
    struct deadline d = { clock, clock_mono(clock) + CHECK_NS };
    sqlite3_stmt *stmt = NULL;
    sqlite3_progress_handler(db->handle, 10000, past_deadline, &d);
    bool sound = true;
    int code = sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    const char *said = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    if (said)
        sound = strcmp(said, "ok") == 0;
    else if ((code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB)
        sound = false;
    sqlite3_finalize(stmt);
    sqlite3_progress_handler(db->handle, 0, NULL, NULL);
    return sound;
}
