/* The database as a file among files: its folder, its rights, its file system; private to
 * core/store. */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

/* Makes the folder (0700) and an empty file (0600) where they are missing, whatever the umask
 * says, and takes group and others off a file that is ours. Fails where rows could not be
 * written there. */
bool place_prepare(const char *path, struct error *err);

/* Ours or the system's (and anybody's where we are root): nobody else can give it away. */
struct stat;
bool place_is_own(const struct stat *st);

bool place_is_file(const char *path);
/* What keeps the file from being used: "" where its own name is a link to nowhere, a folder or a
 * pipe; "-wal", "-shm", "-journal" where that is no plain file (SQLite follows no link there).
 * NULL, and no err: nothing does. */
const char *place_blocked_by(const char *path, struct error *err);
/* Reads the file and its -wal from end to end: fails where the disk, not what is written there,
 * is at fault. Takes away the locks this process holds on it. */
bool place_is_readable(const char *path, struct error *err);

/* Moves a damaged database and its -wal and -shm aside, as PATH.damaged-YYYYMMDD-HHMMSS in
 * UTC. `ret` is freed with mem_free. */
bool place_move_aside(const char *path, int64_t wall_ns, char **ret, struct error *err);

/* Whether write-ahead logging works in this folder, tried on a file that is thrown away;
 * NULL, or why not ("nfs", ...). WAL needs memory shared between processes, which network
 * file systems lack, some of them without saying so. */
const char *place_refuses_wal(const char *path);
/* Removes what such a trial left behind when its process was killed in the middle of it. */
void place_sweep(const char *path);
/* Name of the network file system below `path`, or NULL. */
const char *place_network(const char *path);

/* The file: address that opens `path` for reading only. `frozen`: SQLite takes no locks and
 * makes no files beside it (right only where nobody can write). Freed with mem_free. */
char *place_address(const char *path, bool frozen);

/* Bytes of the database with its -wal. */
int64_t place_bytes(const char *path);
bool place_has_wal(const char *path); /* a -wal that is not empty */
/* A -wal without a byte, and no -journal that waits to be rolled back. */
bool place_has_empty_wal(const char *path);
bool place_has_shm(const char *path); /* a -shm: somebody has it open, or died with it open */

#endif
