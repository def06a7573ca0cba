/* One row a process: who wrote what, who is still there, and what a dead one left running;
 * private to core/store. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/store/db.h"
#include "core/store/store.h"

/* Sessions without an end: of processes that live, and of those that do not. */
struct session_census {
    int alive, dead;
};
bool session_count(struct db *db, int64_t now_wall, struct session_census *ret, struct error *err);

/* Adds this process's row; within a transaction. */
bool session_add(struct db *db, int64_t now_wall, int64_t *ret_id, struct error *err);
/* Ends it; where damage was met it is left open as one that died, since that is what makes
 * the next start check the file. */
bool session_end(struct store *s, struct error *err);

/* Closes dead sessions: their running calls and runs become 'interrupted', and a question
 * that was being answered gets its row in the history with the text it had. */
bool session_bury(struct store *s, struct error *err);

#endif
