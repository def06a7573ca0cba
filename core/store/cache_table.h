/* The cache's rows in the database; private to core/store. Every writing function runs within
 * a transaction of the caller. */
#ifndef STORE_CACHE_TABLE_H
#define STORE_CACHE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/store/cache.h"
#include "core/store/cache_memory.h"
#include "core/store/db.h"

/* The one row of cache_state. */
struct table_state {
    int64_t next_order; /* the recency number to be given next */
    int64_t entries;
    int64_t revision; /* grows whenever an entry is added, replaced or removed */
    struct cache_counts counts;
    double saved_s;
};

bool table_state(struct db *db, struct table_state *ret, struct error *err);
/* Adds counts and time saved to the totals and to the session's, and sets next_order. */
bool table_count(struct db *db, int64_t next_order, const struct cache_counts *add, double saved_s,
                 int64_t session, struct error *err);
/* The setting "cache.size", or `fallback` where it is unset or no sensible number. */
int64_t table_size(struct db *db, int64_t fallback);
/* Whether a file of another version has the tables below. */
bool table_there(struct db *db);
/* Changes with every commit of another connection; 0 where that cannot be told. */
int64_t table_data_version(struct db *db);

/* `ret`: a copy of the entry, without hits and used_order; NULL where there is none. */
bool table_find(struct db *db, const struct hash *key, struct kept **ret, struct error *err);
/* Sets those two; false too where this version of the entry is not there any more. */
bool table_uses(struct db *db, struct kept *k, struct error *err);
/* put_order of the stored version, 0 where there is none. */
bool table_version(struct db *db, const struct hash *key, int64_t *ret, struct error *err);
/* How many entries are more recent than this one, plus one; 0 where it is not there. */
int64_t table_place(struct db *db, const struct hash *key);
/* Inserts or replaces, as most recent. */
bool table_put(struct db *db, const struct cache_entry *e, int64_t order, struct error *err);
/* `k` is used: its place in the order, its hits, and its date where that is no longer the stored
 * one. Nothing happens to another version of the entry. */
bool table_touch(struct db *db, const struct kept *k, int64_t new_hits, int64_t order,
                 struct error *err);
bool table_remove(struct db *db, const struct hash *key, bool *ret_found, struct error *err);
/* Removes the `count` least recent; each key goes to `gone`. */
typedef void table_gone(void *self, const struct hash *key);
bool table_evict(struct db *db, int64_t count, table_gone *gone, void *self, struct error *err);
/* Removes all and zeroes the counters, the session's too. */
bool table_clear(struct db *db, int64_t session, struct error *err);

/* What happened to an entry, as a fact: "stored", "evicted", "dropped", "cleared". The rest may be
 * NULL; what is left out of one that goes is taken from where it was stored. */
struct table_note {
    const char *event;
    const struct hash *key, *query;
    const char *model;
    int64_t size; /* of the cache */
};
bool table_note(struct db *db, int64_t session, int64_t at_wall, const struct table_note *n,
                struct error *err);

typedef bool table_each(void *self, const struct cache_entry *e);
/* Those from the from-th most recent on, from 1; at most `count`. */
bool table_list_from(struct db *db, int64_t from, int64_t count, table_each *each, void *self,
                     struct error *err);
/* Most recent first; stops, successfully, where the handler returns false. */
bool table_list(struct db *db, table_each *each, void *self, bool *ret_stopped, struct error *err);

#endif
