/* What the cache's files share; private to core/store.
 *
 * The list in memory always begins with the entries whose recency is not yet written
 * ("dirty"); they are more recent than everything else. Writing them in that order, and only
 * then choosing what to evict, makes LRU exact. An entry that could not be written is "loose":
 * it lives in memory and is tried again with the next write. Without a table (no store, or no
 * history) all entries are loose for ever. */
#ifndef STORE_CACHE_INSIDE_H
#define STORE_CACHE_INSIDE_H

#include "core/store/cache.h"
#include "core/store/cache_memory.h"
#include "core/store/inside.h"

struct cache {
    struct store *store; /* NULL: memory only */
    bool table;          /* entries are in the store too */
    bool below;          /* and in the file below a stand-in: its version has the same table */
    const struct clock *clock;
    int64_t size; /* as last known */
    int64_t ttl_ns;
    struct memory memory;
    size_t room;        /* of its texts; what does not fit is read from the table again */
    struct kept *shown; /* what peek read from the table */

    struct cache_counts session, add; /* since it was made; since they were last written */
    double add_saved_s;
    int64_t changed_ns; /* when the first unwritten change was made, 0 none */

    /* What is known of the table; a new epoch means: ask again before trusting memory. */
    unsigned epoch, undone;
    int64_t revision, data_version, watched_ns;

    struct hash *gone; /* evicted by the transaction that is running */
    size_t gone_count, gone_cap;
};

/* There is something to write: starts the time until a flush is due. */
static inline void cache_changed(struct cache *c)
{
    if (c->store && !c->changed_ns)
        c->changed_ns = clock_mono(c->clock);
}

/* The one way entries are written: recency first, then the new entry (or NULL), then eviction,
 * then the counters; all or nothing. `ret_order`: the put_order the new entry got. */
bool cache_write(struct cache *c, const struct cache_entry *e, enum write_kind kind,
                 int64_t *ret_order, struct error *err);
/* A fact about an entry where entries are in memory only: `e` was stored, or `evicted` went. */
bool cache_note_loose(struct cache *c, const struct cache_entry *e, const struct hash *evicted,
                      struct error *err);
/* Keeps the size as the setting and evicts down to it, in one transaction. */
bool cache_write_size(struct cache *c, int64_t size, struct error *err);

/* The files with entries, as store_source gives them. */
static inline struct db *cache_source(struct cache *c, const struct db *after)
{
    struct db *db = store_source(c->store, after);
    return db == &c->store->main || c->below ? db : NULL;
}

/* How many entries are in memory alone. */
int64_t cache_count_loose(struct cache *c);
/* Brings hits and used_order of `k` up to date, to be shown. `s`: its slot, NULL where it was only
 * read from the table. */
void cache_tell_uses(struct cache *c, const struct slot *s, struct kept *k);

/* Lets go of the least recent until `count` more entries with `bytes` of text fit in memory.
 * What is in the table is only forgotten; what is not is evicted. */
void cache_make_room(struct cache *c, size_t count, size_t bytes);

#endif
