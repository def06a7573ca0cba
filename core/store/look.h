/* What kind of file a database is, found without changing it; private to core/store. */
#ifndef STORE_LOOK_H
#define STORE_LOOK_H

#include "core/base/clock.h"
#include "core/store/db.h"

enum look {
    LOOK_NEW,     /* missing or empty */
    LOOK_OURS,    /* this version or an earlier one */
    LOOK_NEWER,   /* of a later program */
    LOOK_FOREIGN, /* a database, but not rlab's */
    LOOK_DAMAGED,
    LOOK_UNKNOWN, /* cannot be read this way */
};

enum look look_classify(struct db *db, struct error *err);
/* `ret` stays open, for reading only, where it could be read. `no_trace`: SQLite does not even
 * touch the -shm beside it, as long as nothing waits in the -wal; but what somebody writes in this
 * moment may then look like damage. */
enum look look_at(const char *path, int busy_ms, bool no_trace, struct db *ret, struct error *err);
/* Takes away an empty -wal with its -shm: reading makes them where there are none, and who only
 * reads cannot. Where somebody else has the file open, or wrote to the log, all stays. For the
 * end, with all connections of this process to the file closed. */
void look_tidy(const char *path);
/* Looks through the pages, for a second at most. False only where damage was found; a check that
 * ran out of time found none. */
bool look_pages(struct db *db, const struct clock *clock);

#endif
