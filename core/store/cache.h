/* The response cache: exact LRU over two tiers. With history off it is in memory only.
 *
 * In memory a hash table in recency order; behind it the table `cache`, which survives. One
 * truth: the table; memory holds what this process touched. A get that finds an entry makes
 * it the most recent and counts a hit; one that does not counts a miss (and expired, where
 * the entry was too old). A put into a full cache evicts the least recent entry. Recency and
 * counters are written in batches (cache_flush), answers at once.
 *
 * Other processes may share the table: their changes are seen within 10 ms, size and guard
 * are read inside the cache's own transaction, and LRU is exact over the stored order. */
#ifndef STORE_CACHE_H
#define STORE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/store/store.h"

#define CACHE_SIZE_PERSON 50
#define CACHE_SIZE_TYPE   100

/* --- the key ----------------------------------------------------------------------------- */

/* What makes two questions the same question. Bump CACHE_KEY_VERSION when it changes. */
#define CACHE_KEY_VERSION 1

struct cache_key {
    const char *provider, *url, *model;
    const char *identity;      /* NULL with the guard off */
    const char *identity_kind; /* NULL with the guard off */
    const char *query;         /* byte for byte */
    size_t query_len;
    const char *suffix, *system;      /* NULL: none */
    double temperature, top_p;        /* NAN: not sent */
    int64_t max_tokens, think_budget; /* -1: not sent */
    bool has_seed;
    int64_t seed;
    const char *const *stop;
    size_t stop_count;
    const char *think; /* "on", "off", "unset" */
    int64_t sample;    /* number of the sample, 0 for an ordinary question */
};

/* BLAKE2b-256 over the length-prefixed fields. */
struct hash cache_key_hash(const struct cache_key *k);
/* Digest of the model's name, the system text and the prompt written one behind another with
 * nothing between them: what it takes for two different questions to be one. Only ever a fact. */
struct hash cache_key_joined(const struct cache_key *k);
/* The same fields as JSON (no query text: its digest), to explain a miss later. The caller
 * frees with mem_free. */
char *cache_key_fields(const struct cache_key *k);

/* --- entries ----------------------------------------------------------------------------- */

struct cache_entry {
    struct hash key;
    int64_t hits, created_wall, used_order, call_id;
    const char *query, *answer, *thinking; /* query is "" with history off */
    size_t query_len, answer_len, thinking_len;
    const char *server, *model, *identity, *level, *role, *fields;
    double latency_s, ttft_s, ttft_text_s, load_s;
    int64_t prompt_tokens, completion_tokens, thinking_tokens, answer_tokens;
    const char *tokens_kind, *split_kind;
};

struct cache;

/* store NULL: memory only (bench, tour). size >= 1; ttl_s 0: entries do not age. */
struct cache *cache_new(struct store *store, const struct clock *clock, int64_t size, double ttl_s);
void cache_free(struct cache *c); /* flushes; accepts NULL */

/* How many bytes memory may hold; 64 MiB until it is said. For measuring: answers out of memory
 * and out of the table cost much the same. */
void cache_set_room(struct cache *c, size_t bytes);

/* The entry, counted and moved to most recent, or NULL (counted as a miss). The entry is
 * borrowed until the next call on this cache. Its hits and used_order are not looked up: they may
 * be those of earlier. */
const struct cache_entry *cache_get(struct cache *c, const struct hash *key);
/* The same without counting or moving; too old is NULL too. `ret_place` may be NULL: 1-based
 * place in recency, 0 unknown. */
const struct cache_entry *cache_peek(struct cache *c, const struct hash *key, int64_t *ret_place);
/* Stores a copy as most recent, replacing one of the same key, evicting where full; hits
 * begin at 0, created_wall 0 is now. True once it is durable (without a table: kept); false
 * leaves it in the memory tier, and it is tried again with the next write. In memory texts
 * end at 64 MiB: the least recent go first. */
bool cache_put(struct cache *c, const struct cache_entry *e, struct error *err);
bool cache_drop(struct cache *c, const struct hash *key, bool *ret_found, struct error *err);
/* Drops an entry and hands it over, to be given back to its old place; ret NULL: there was none. */
struct cache_taken;
bool cache_take(struct cache *c, const struct hash *key, struct cache_taken **ret,
                struct error *err);
/* Back to where it was in the order of use, with its hits. ret_there: it is in the cache now;
 * false where it was the first to go again, because the cache is full. An entry that was stored
 * anew meanwhile stays. `t` stays the caller's. */
bool cache_give_back(struct cache *c, const struct cache_taken *t, bool *ret_there,
                     struct error *err);
void cache_taken_free(struct cache_taken *t); /* accepts NULL */
/* Empties and zeroes the counters. */
bool cache_clear(struct cache *c, int64_t *ret_dropped, struct error *err);
/* Evicts down to the new size, kept as the setting "cache.size" where there is a store. */
bool cache_resize(struct cache *c, int64_t size, struct error *err);
void cache_set_ttl(struct cache *c, double ttl_s);
/* The store may have begun or ended keeping history: from then on entries are only in memory, or
 * in the table again. What the memory holds is let go of in both directions, so that nothing
 * asked with history off is ever written. Flush before history ends. */
void cache_follow_store(struct cache *c);

/* Most recent first; stops where the handler returns false. */
typedef bool cache_each(void *self, const struct cache_entry *e, int64_t place);
bool cache_list(struct cache *c, cache_each *each, void *self, struct error *err);
/* The same for the places [from, from + count), from 1: as quick at the end of a long list. */
bool cache_list_from(struct cache *c, int64_t from, int64_t count, cache_each *each, void *self,
                     struct error *err);

struct cache_counts {
    int64_t hits, misses, expired, evicted;
};

struct cache_stats {
    int64_t entries, size;
    double ttl_s;
    struct cache_counts session, total;
    double saved_s;      /* measured, over the hits counted in total */
    double saved_rule_s; /* rule of thumb: 2.0 s a hit, an estimate */
};
/* This session's counters alone: no database, cheap enough for every lookup. */
struct cache_counts cache_session_counts(const struct cache *c);
bool cache_stats(struct cache *c, struct cache_stats *ret, struct error *err);
/* Adds to the measured time saved by hits (written with the counters). */
void cache_saved(struct cache *c, double seconds);

/* For whoever puts an entry inside a transaction of their own (store_batch_begin): where that is
 * undone as a whole, the counters that went with the entry are not lost. */
struct cache_mark {
    struct cache_counts session, add;
    double add_saved_s;
};
void cache_mark(const struct cache *c, struct cache_mark *ret);
void cache_undone(struct cache *c, const struct cache_mark *mark);
/* The call of entries that were put before it had a number of its own: `before` is now `id`. */
void cache_name_call(struct cache *c, int64_t before, int64_t id);
/* The rows of all calls are gone: entries in memory name none of them any more. */
void cache_forget_calls(struct cache *c);

/* Writes recency and counters; cheap when nothing is due. cache_due_ms: ms until a flush is
 * due (250 ms after the first change), -1 where nothing waits. */
bool cache_flush(struct cache *c, struct error *err);
int64_t cache_due_ms(struct cache *c);

/* Why a lookup of `k` missed or would: the entry whose fields differ least, of the 10,000 most
 * recent, and the name of the first differing field ("model", "identity", "query", ..., "ttl"
 * where it is only too old). Peeks only. Text into the arena; where the cache is empty or it
 * would hit the text says so and the field is NULL. */
bool cache_why(struct cache *c, const struct cache_key *k, struct arena *a, const char **ret_text,
               const char **ret_field, struct error *err);

#endif
