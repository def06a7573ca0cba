/* What the store's own files share; private to core/store.
 *
 * `main` takes every write. Usually it is the file; where the file cannot be written it is a
 * stand-in in memory, and `below` is the file opened for reading, if that much is possible.
 * The stand-in numbers its rows on from the file's, so reading is: main first, then below. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/store/db.h"
#include "core/store/store.h"

struct store {
    struct db main, below;
    const struct clock *clock;
    char *path; /* NULL: in memory by choice */
    char *trouble, *notice;
    bool writes;   /* main is the file */
    bool no_trace; /* as it was asked for */
    bool aside;    /* this opening moved a damaged file aside; `notice` says where */
    bool keeps_history;
    bool wal;
    int older_version;      /* of the file, where `below` is a copy brought up; 0: it is not */
    int others;             /* live sessions of other processes seen when it was opened */
    int64_t session;        /* 0: no row yet */
    bool session_fresh;     /* made in the transaction that is open now */
    int depth;              /* of nested transactions */
    bool full_sync;         /* commits of main are synced right now */
    unsigned undone;        /* transactions undone so far */
    int busy_ms;            /* how long a write waits for another process ... */
    bool impatient;         /* ... unless the last one waited in vain: then not at all */
    bool last_chance;       /* store_last_chance was called */
    bool packing;           /* the search index, in steps */
    struct late_fact *late; /* facts that wait for the next transaction, the oldest first */
    int late_count;
    char *setting;   /* what setting_get gave last */
    char *draft;     /* what draft_get gave last */
    int64_t version; /* what store_version gave last */
};

/* --- transactions ------------------------------------------------------------------------ */

enum write_kind {
    WRITE_PASSING, /* soft, and not waited for: its writer comes again soon by itself */
    WRITE_SOFT,    /* may be lost when the power fails, never when the process ends */
    WRITE_DURABLE, /* on disk when it is committed */
};

/* A write looks like this; inside a batch it is a part that can be undone alone:
 *     return write_begin(s, WRITE_DURABLE, err) && write_end(s, insert(s, row, err), err); */
bool write_begin(struct store *s, enum write_kind kind, struct error *err);
/* Commits where `ok`, else undoes and keeps `err`. */
bool write_end(struct store *s, bool ok, struct error *err);

/* Facts that found the file busy: into the open transaction, and off the list after its commit. */
bool facts_write_late(struct store *s, struct error *err);
void facts_forget_late(struct store *s);

/* --- reading ----------------------------------------------------------------------------- */

/* for (struct db *db = store_source(s, NULL); db; db = store_source(s, db)) */
struct db *store_source(struct store *s, const struct db *after);

/* Binds text that is only kept with history on, NULL otherwise. */
void bind_history(struct query *q, const struct store *s, const char *text, size_t len);

/* Binds the digest of a text folded (text_fold): by it equal texts are known, history on or off. */
struct hash fold_hash(const char *text, size_t len);
void bind_fold(struct query *q, struct hash *room, const char *text, size_t len);

/* Text as it is kept for a sentence; replaces the old one. */
void store_say(char **text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
