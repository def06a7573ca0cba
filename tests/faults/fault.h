/* Bad luck on purpose: a library that is loaded before the program's own (LD_PRELOAD) and lets the
 * n-th allocation, write, sync, read or step of SQLite fail. The program knows nothing of it.
 *
 *   LD_PRELOAD=fault.so FAULT_KIND=write FAULT_AT=7 FAULT_HOW=ENOSPC rlab ask "What is 2+3?"
 *
 *   FAULT_KIND     what fails: a row of `kinds` in fault.c; unset: nothing, it is only counted
 *   FAULT_AT       which one of them, from 1
 *   FAULT_TIMES    how many in a row from there: 1 unless set, 0 for all
 *   FAULT_HOW      an errno by name (EIO, ENOSPC, EDQUOT, EROFS, ECONNRESET ...); "short" writes
 *                  half; "eof" ends a read; for steps BUSY, FULL, IOERR, NOMEM, CORRUPT, and the
 *                  same with "+undone": SQLite took the whole transaction back by itself
 *   FAULT_WHILE    a path: faults strike, and are counted, only while there is such a file
 *   FAULT_UNDER    a path: only files whose names begin with it (writes, syncs, opens, file reads)
 *   FAULT_GROWTH   1: writes within the length a file has already succeed, as on a full disk
 *   FAULT_COUNTS   a path: a file of counters, 8 bytes each, in the order of `kinds`, the last one
 *                  the number of faults that struck. It is right at every moment, a crash included
 *   FAULT_NO_SHM   1: no file system here has shared memory, so SQLite's write-ahead log cannot be
 *
 * Counting begins with main: what libraries do when they are loaded is not the program's. A disk and
 * a clock that only say what is not so are in tests/verb/faults_preload.c, with the reason why. */
#ifndef TESTS_FAULT_H
#define TESTS_FAULT_H

#include <stdbool.h>

enum fault_kind {
    FAULT_ALLOC,
    FAULT_WRITE,
    FAULT_SYNC,
    FAULT_READ,
    FAULT_RECEIVE,
    FAULT_SEND,
    FAULT_OPEN,
    FAULT_STEP,
    FAULT_KINDS,
};

/* Counts one more; true where this one has to fail. */
bool fault_strikes(enum fault_kind kind);
/* The same for something done with an open file: one out of bounds is not counted. `end`: where
 * the file would end after it; -1 where it does not grow by it. */
bool fault_strikes_file(enum fault_kind kind, int fd, long long end);

/* FAULT_HOW as it was given, "" unset; and as an errno, EIO where it is none. */
const char *fault_how(void);
int fault_errno(void);

/* The next function of that name; ends the program where there is none. */
void *fault_next(const char *name);

#endif
