/* A file of an earlier version that may not be brought up: read through a copy in memory that is;
 * private to core/store. */
#ifndef STORE_OLDER_H
#define STORE_OLDER_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/store/db.h"

/* `db` is open for reading. Where the file is of an earlier version, `db` becomes a copy in memory
 * brought up to this one (the file stays as it is to the byte, and what others write to it from
 * now on is not seen), and ret_version is what it was; 0 where nothing was to do. False where that
 * cannot be had: larger than MAX_OLDER_BYTES, or a page cannot be read; `db` stays what it was. */
bool older_bring_up(struct db *db, int *ret_version, struct error *err);

#endif
