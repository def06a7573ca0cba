/* Reading files of earlier versions (older.h). */
#include "core/store/older.h"

#include "core/limits.h"
#include "core/store/schema.h"

static bool fits(struct db *db, struct error *err)
{
    int64_t pages, bytes;
    return db_number(db, "PRAGMA page_count", &pages, err) &&
           db_number(db, "PRAGMA page_size", &bytes, err) &&
           (pages <= (int64_t)MAX_OLDER_BYTES / bytes ||
            error_set(err, ERR_STORE, "it is too large to be read as it is (%lld MiB)",
                      (long long)(pages * bytes / (int64_t)MIB)));
}

/* All pages in one step: one moment of the file. */
static bool copy_pages(struct db *from, struct db *to, struct error *err)
{
    sqlite3_backup *b = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    if (b)
        sqlite3_backup_step(b, -1);
    return (b && sqlite3_backup_finish(b) == SQLITE_OK) || db_fail(to, err);
}

bool older_bring_up(struct db *db, int *ret_version, struct error *err)
{
    int64_t version = 0;
    struct db copy = { 0 };
    if (!db_number(db, "PRAGMA user_version", &version, err))
        return false;
    *ret_version = 0;
    if (version >= schema_newest())
        return true;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
    if (!fits(db, err) || !db_open(":memory:", flags, db->path, &copy, err) ||
        !copy_pages(db, &copy, err) || !schema_migrate(&copy, schema_newest(), err)) {
        db_close(&copy);
        return false;
    }
    db_close(db);
    *db = copy;
    *ret_version = (int)version;
    return true;
}
