/* The cache's tier in memory: a hash table of entries in recency order; private to core/store.
 * Knows nothing of the table, of time, or of sizes: cache.c decides what goes. */
#ifndef STORE_CACHE_MEMORY_H
#define STORE_CACHE_MEMORY_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/store/cache.h"

/* A copy of an entry with its texts, in one piece of memory. */
struct kept {
    struct cache_entry e; /* its texts point into `text`; hits and used_order may be out of date */
    int64_t put_order;    /* which stored version this is */
    int64_t hits;         /* before those of its slot, where it is not in the table */
    bool redated;         /* created_wall is no longer what is stored */
    size_t bytes;         /* all of it */
    char text[];
};

struct kept *kept_new(const struct cache_entry *e); /* hits as in `e` */
void kept_free(struct kept *k);                     /* accepts NULL */

/* A place of the hash table, with all that a hit reads and writes: in a cache too large for the
 * processor's own, a hit costs what the lines of memory cost that it has to wait for, and this is
 * one. Slots move whenever an entry is added or removed. */
struct slot {
    alignas(64) struct hash key;
    struct kept *kept;     /* NULL: free */
    uint32_t newer, older; /* numbers of slots, from 1; 0 none */
    int64_t new_hits;      /* not yet written */
    unsigned epoch;        /* when it was last known to be the stored version */
    bool dirty;            /* its recency is not yet written */
    bool loose;            /* it is not in the table at all; always dirty too */
};

struct memory {
    struct slot *slots; /* at most half of them taken; a taken one's neighbours may be its own */
    size_t slot_count;  /* a power of two, or 0 */
    void *memory;       /* that the slots stand in */
    size_t count, bytes;
    uint32_t newest, oldest;
    uint32_t touched; /* will be the newest as soon as anybody asks for the order */
};

struct slot *memory_find(const struct memory *m, const struct hash *key);

/* Takes `k`, as newest, neither dirty nor loose; one of the same key is freed. */
struct slot *memory_add(struct memory *m, struct kept *k);
/* The same, behind the `newer` most recent. */
struct slot *memory_add_behind(struct memory *m, struct kept *k, size_t newer);
void memory_touch(struct memory *m, struct slot *s);  /* makes it the newest */
void memory_remove(struct memory *m, struct slot *s); /* frees it */
void memory_clear(struct memory *m);                  /* also frees the slots */

/* In the order of use; NULL at the end. */
struct slot *memory_newest(struct memory *m);
struct slot *memory_oldest(struct memory *m);
struct slot *memory_newer(const struct memory *m, const struct slot *s);
struct slot *memory_older(const struct memory *m, const struct slot *s);

#endif
