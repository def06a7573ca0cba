/* The one database: everything rlab remembers, in one SQLite file.
 *
 * Opening never loses a file: a damaged one is moved aside and a new one is made, one of a
 * newer version is opened for reading only. What could not be had is told by store_trouble,
 * and a store that cannot be written still works: a stand-in in memory takes the rows, so
 * that nobody above needs a second path.
 *
 * Every write is its own BEGIN IMMEDIATE transaction unless store_batch holds one open. A
 * busy database is waited for (busy_ms), then the write fails with a sentence. Answers,
 * labels, judgements and runs are on disk (synchronous FULL) when a call returns true;
 * pieces of a running stream, recency and counters are not synced one by one.
 *
 * Text that is NULL is stored as NULL; NAN and -1 mean unknown and are stored as NULL.
 * A handler that is given rows must not write to the store: the read it is called from is
 * still open. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"

struct store;

struct store_options {
    const char *path;          /* NULL: in memory, for tests and --no-store runs */
    const struct clock *clock; /* borrowed */
    bool read_only;            /* --read-only: nothing is written */
    bool no_trace;             /* read_only, for a moment: nothing is even made beside the file */
    bool no_history;           /* no query, answer, thinking or draft text is written */
    int busy_ms;               /* how long one write waits for another process: 5000, screen 100 */
};

/* Always gives a store; `ret` is NULL only where not even memory could be opened. Makes the
 * folder (0700) and the file (0600) where missing. */
bool store_open(const struct store_options *o, struct store **ret, struct error *err);
/* Undoes a batch left open. */
void store_close(struct store *s); /* accepts NULL */

/* Why rows do not reach the disk, as a sentence ("the folder '...' cannot be written: ..."),
 * or NULL. Reading verbs that need the file fail with it (exit code 5). */
const char *store_trouble(const struct store *s);
/* What a person should know once: a database moved aside, WAL not possible here. Or NULL. */
const char *store_notice(const struct store *s);
/* This opening met a damaged file and began a new one: what was asked for is in the old. */
bool store_was_damaged(const struct store *s);
/* The file's rows can be read (a newer version or a read-only home still can). */
bool store_has_file(const struct store *s);
bool store_writes(const struct store *s);
bool store_keeps_history(const struct store *s);
/* From now on texts are kept, or are not; numbers always are, and what was kept stays. Turning
 * it on is refused while a call of this process runs: that may have been asked with it off. The
 * cache has to follow (cache_follow_store). */
bool store_keep_history(struct store *s, bool keep, struct error *err);
/* This process's row in `session`; made by the first write, 0 before it. */
int64_t store_session(const struct store *s);
/* Other rlabs that had this file open when this one opened it. */
int store_others(const struct store *s);
const struct clock *store_clock(const struct store *s);

/* The last failure was only that another process held the file: worth trying again. */
bool store_was_busy(const struct store *s);
/* From here on writes wait for other processes as long as a verb does. */
void store_be_patient(struct store *s);
/* The same, because there is no later. Said again it does not begin another wait: who waited in vain
 * for what was done last does not wait once more to close. */
void store_last_chance(struct store *s);

/* Several writes as one transaction, durable at its end. Nests: an inner one undone takes
 * only its own rows back. */
bool store_batch_begin(struct store *s, struct error *err);
bool store_batch_end(struct store *s, struct error *err);
void store_batch_undo(struct store *s);

/* Facts about the file for `paths` and `doctor`. */
struct store_facts {
    int version, newest_version; /* of the schema: the file's, this program's */
    bool wal;
    int64_t bytes;
};
void store_facts(struct store *s, struct store_facts *ret);

/* A look at a database that leaves no trace: nothing is made, mended, moved aside or written. */
struct store_exam {
    enum {
        STORE_MISSING, /* not there, or empty: the first answer makes it */
        STORE_SOUND,
        STORE_NEWER,   /* of a later rlab: it is only read */
        STORE_FOREIGN, /* a database of another program, or no file at all */
        STORE_DAMAGED, /* opening it would move it aside */
        STORE_UNREADABLE,
    } state;
    struct store_facts facts;
    int others;           /* rlabs that have it open */
    int64_t last_wall_ns; /* of the newest row, 0 where there is none */
    const char *network;  /* the network file system it lies on, or NULL */
    bool no_shared;       /* its disk shares no memory between processes */
    const char *blocked;  /* what stands in the way, so that nothing was opened: "", the name's own
                           * entry, or the ending of one beside it ("-wal" ...); NULL: nothing */
    struct error why;     /* of STORE_UNREADABLE */
};
void store_examine(const char *path, const struct clock *clock, struct store_exam *ret);

/* A whole copy into a new file, which has its name once it is whole and on the disk (before, it is
 * PATH.unfinished); refuses one that exists. */
bool store_backup(struct store *s, const char *path, struct error *err);

/* --- settings made in the program (config file values are not here) -------------------- */

/* NULL where unset; the text lives until the next call of setting_get. */
const char *setting_get(struct store *s, const char *key);
/* A number that is another one once another process wrote. Does not wait: where the file is busy it
 * is what it was. */
int64_t store_version(struct store *s);
/* value NULL unsets. */
bool setting_set(struct store *s, const char *key, const char *value, struct error *err);
typedef void setting_each(void *self, const char *key, const char *value, int64_t changed_wall);
bool setting_list(struct store *s, setting_each *each, void *self, struct error *err);

/* --- facts: what the program or the person did, for lessons and the monitor ------------- */

/* kind: "breaker", "setting", "identity" ...; subject: the model or key; the rest may be NULL. One
 * that finds the file busy goes with the next write. */
bool fact_add(struct store *s, const char *kind, const char *subject, const char *before,
              const char *after, struct error *err);

#endif
