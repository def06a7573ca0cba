/* The cache's tier in memory: a hash table of entries in recency order; private to core/store.
 * Knows nothing of the table, of time, or of sizes: cache.c decides what goes. */
#ifndef STORE_CACHE_MEMORY_H
#define STORE_CACHE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/store/cache.h"

/* One entry and its texts, in one piece of memory. In a large cache a hit waits for memory more
 * than for anything else, so what it touches lies together, at the front. */
struct node {
    struct node *newer, *older;
    int64_t new_hits;     /* not yet written */
    unsigned epoch;       /* when it was last known to be the stored version */
    bool dirty;           /* its recency is not yet written */
    bool loose;           /* it is not in the table at all; always dirty too */
    struct cache_entry e; /* its texts point into `text` */
    size_t bytes;         /* all of the node */
    int64_t put_order;    /* which stored version this is */
    char text[];
};

/* A place in the hash table. The start of the digest stands beside the pointer, so that only the
 * right node is ever looked at. */
struct place {
    uint64_t start;
    struct node *node; /* NULL: free */
};

struct memory {
    struct place *places; /* at most half of them taken; a taken one's neighbours may be its own */
    size_t place_count;   /* a power of two, or 0 */
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
void memory_clear(struct memory *m);                  /* also frees the places */

#endif
