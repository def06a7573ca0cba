/* SQLite as the store's own files use it; private to core/store.
 *
 * A struct db is one connection with the statements it has prepared, kept for its life. A
 * struct query is one use of such a statement: bind in order, step, read columns in order.
 * AUTO(query) resets it when it leaves its scope, so that no reader stays open.
 *
 *     AUTO(query) struct query q = { 0 };
 *     if (!query_open(db, "SELECT level FROM label WHERE query_hash = ?", &q, err))
 *         return false;
 *     bind_hash(&q, &key);
 *     int more;
 *     while ((more = query_step(&q, err)) > 0)
 *         hear(column_text(&q));
 *     return more == 0;
 *
 * Failures are ERR_STORE with a sentence that names the file and what to try. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "core/base/error.h"
#include "core/base/hash.h"

#define AUTO(thing) __attribute__((cleanup(thing##_auto)))

struct db {
    sqlite3 *handle; /* NULL: closed */
    char *path;      /* for sentences; NULL in memory */
    struct db_kept *kept;
    size_t kept_count, kept_cap;
    int failed;   /* primary result code of the last failure, 0 none yet */
    bool damaged; /* a damaged page was met */
    int wait_ms;  /* db_wait */
    int64_t waits_since_ns;
};

/* `name` is what SQLite opens (a path, a file: address or ":memory:"), `path` what sentences
 * call it. `ret` must be zeroed or closed. */
bool db_open(const char *name, int flags, const char *path, struct db *ret, struct error *err);
void db_close(struct db *db); /* accepts a zeroed one */
/* How long a statement waits for another connection's lock; 0: not at all. `db` must stay where
 * it is from then on. */
void db_wait(struct db *db, int ms);
/* Runs statements without parameters or rows. */
bool db_exec(struct db *db, const char *sql, struct error *err);
/* First column of the first row of a statement that is not kept. False with a sentence where
 * it fails or gives no row. */
bool db_number(struct db *db, const char *sql, int64_t *ret, struct error *err);
/* Whether a statement gives a first row whose first column is this text. */
bool db_says(struct db *db, const char *sql, const char *text);
/* The sentence for the failure that just happened on this connection. Returns false. */
bool db_fail(struct db *db, struct error *err);

struct query {
    struct db *db;
    sqlite3_stmt *stmt;
    bool kept; /* belongs to the connection: reset, not finalised */
    int bound, read;
};

/* `sql` is a string constant: statements are kept by its address. One that is being stepped
 * right now (a handler that asks again) gets a twin. */
bool query_open(struct db *db, const char *sql, struct query *ret, struct error *err);
void query_auto(struct query *q);
/* 1: a row; 0: no more; -1: failed. */
int query_step(struct query *q, struct error *err);
/* Steps to the end of a statement that writes, then makes it ready to be bound again. */
bool query_run(struct query *q, struct error *err);

/* Each binds the next parameter. Texts and bytes must live until the query is done. */
void bind_text(struct query *q, const char *text); /* NULL: NULL */
void bind_bytes_as_text(struct query *q, const char *text, size_t len);
void bind_int(struct query *q, int64_t v);
void bind_id(struct query *q, int64_t id);   /* 0: NULL */
void bind_count(struct query *q, int64_t v); /* negative: NULL */
void bind_real(struct query *q, double v);   /* not finite: NULL */
void bind_hash(struct query *q, const struct hash *h);

/* Each reads the next column. Texts live until the next step. */
const char *column_text(struct query *q);  /* NULL: "" */
const char *column_maybe(struct query *q); /* NULL: NULL */
const char *column_sized(struct query *q, size_t *ret_len);
int64_t column_int(struct query *q);   /* NULL: 0 */
int64_t column_count(struct query *q); /* NULL: -1 */
double column_real(struct query *q);   /* NULL: NAN */
struct hash column_hash(struct query *q);

#endif
