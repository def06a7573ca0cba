/* The cache's tier in memory: a hash table of entries in recency order; private to core/store.
 * Knows nothing of the table, of time, or of sizes: cache.c decides what goes. */
#ifndef STORE_CACHE_MEMORY_H
#define STORE_CACHE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/store/cache.h"

/* One entry and its texts, in one piece of memory. */
struct node {
    struct node *newer, *older, *chain;
    struct cache_entry e; /* its texts point into `text` */
    size_t bytes;         /* all of the node */
    int64_t put_order;    /* which stored version this is */
    int64_t new_hits;     /* not yet written */
    unsigned epoch;       /* when it was last known to be the stored version */
    bool dirty;           /* its recency is not yet written */
    bool loose;           /* it is not in the table at all; always dirty too */
    char text[];
};

struct memory {
    struct node **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count, bytes;
    struct node *newest, *oldest;
};

/* A copy of an entry that is in no memory yet. */
struct node *node_new(const struct cache_entry *e);
void node_free(struct node *n); /* accepts NULL */

struct node *memory_find(const struct memory *m, const struct hash *key);
/* Takes the node, as newest; one of the same key is freed. */
void memory_add(struct memory *m, struct node *n);
/* The same, behind the `newer` most recent. */
void memory_add_behind(struct memory *m, struct node *n, size_t newer);
void memory_touch(struct memory *m, struct node *n);  /* makes it the newest */
void memory_remove(struct memory *m, struct node *n); /* frees it */
void memory_clear(struct memory *m);                  /* also frees the buckets */

#endif
