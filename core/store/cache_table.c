/* The cache's rows (cache_table.h). */
#include "core/store/cache_table.h"

#include <stdlib.h>

#include "core/limits.h"

/* --- counters ----------------------------------------------------------------------------- */

bool table_state(struct db *db, struct table_state *ret, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "SELECT next_order, entries, revision, hits, misses, expired, evicted, saved_s"
                    " FROM cache_state",
                    &q, err))
        return false;
    int found = query_step(&q, err);
    if (found == 0)
        error_set(err, ERR_STORE, "the cache's counters are gone from the database");
    if (found <= 0)
        return false;
    ret->next_order = column_int(&q);
    ret->entries = column_int(&q);
    ret->revision = column_int(&q);
    ret->counts.hits = column_int(&q);
    ret->counts.misses = column_int(&q);
    ret->counts.expired = column_int(&q);
    ret->counts.evicted = column_int(&q);
    ret->saved_s = column_real(&q);
    return true;
}

static void bind_counts(struct query *q, const struct cache_counts *c)
{
    bind_int(q, c->hits);
    bind_int(q, c->misses);
    bind_int(q, c->expired);
    bind_int(q, c->evicted);
}

static bool count_session(struct db *db, const struct cache_counts *add, int64_t session,
                          struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "UPDATE session SET hits = hits + ?, misses = misses + ?,"
                    "  expired = expired + ?, evicted = evicted + ? WHERE id = ?",
                    &q, err))
        return false;
    bind_counts(&q, add);
    bind_int(&q, session);
    return query_run(&q, err);
}

bool table_count(struct db *db, int64_t next_order, const struct cache_counts *add, double saved_s,
                 int64_t session, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "UPDATE cache_state SET hits = hits + ?, misses = misses + ?,"
                    "  expired = expired + ?, evicted = evicted + ?, saved_s = saved_s + ?,"
                    "  next_order = ?",
                    &q, err))
        return false;
    bind_counts(&q, add);
    bind_real(&q, saved_s);
    bind_int(&q, next_order);
    return query_run(&q, err) && count_session(db, add, session, err);
}

int64_t table_size(struct db *db, int64_t fallback)
{
    struct error err;
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT value FROM setting WHERE key = 'cache.size'", &q, &err) ||
        query_step(&q, &err) <= 0)
        return fallback;
    const char *text = column_text(&q);
    char *end;
    long long size = strtoll(text, &end, 10);
    return end != text && *end == '\0' && size >= 1 && size <= MAX_CACHE_SIZE ? size : fallback;
}

bool table_there(struct db *db)
{
    return db_says(db, "SELECT name FROM sqlite_schema WHERE name = 'cache_answer'",
                   "cache_answer");
}

int64_t table_data_version(struct db *db)
{
    struct error err;
    AUTO(query) struct query q = { 0 };
    return query_open(db, "PRAGMA data_version", &q, &err) && query_step(&q, &err) > 0
               ? column_int(&q)
               : 0;
}

/* --- entries ------------------------------------------------------------------------------ */

/* What an entry is from the moment it is put; what becomes of it stands in `cache`. */
#define ENTRY_COLUMNS                                                                              \
    "key, put_order, created_wall, call_id, latency_s, ttft_s, ttft_text_s, load_s,"               \
    " prompt_tokens, completion_tokens, thinking_tokens, answer_tokens, tokens_kind, split_kind,"  \
    " server, model, identity, level, role, fields, query, answer, thinking"
#define WHOLE_ENTRIES                                                                              \
    "SELECT " ENTRY_COLUMNS ", hits, used_order"                                                   \
    " FROM cache JOIN cache_answer USING (id, key, put_order) "

/* Where a key's rows stand: its first eight bytes as a number. Two keys that begin alike, one pair
 * in some forty million caches of a million entries, take each other's place. */
static int64_t id_of(const struct hash *key)
{
    uint64_t id = 0;
    for (size_t i = 0; i < sizeof id; i++)
        id = id << 8 | key->bytes[i];
    return (int64_t)id;
}

static void bind_key(struct query *q, const struct hash *key)
{
    bind_int(q, id_of(key));
    bind_hash(q, key);
}

/* The entry is borrowed from the row. */
static struct cache_entry read_entry(struct query *q, int64_t *ret_put_order)
{
    struct cache_entry e = { 0 };
    e.key = column_hash(q);
    *ret_put_order = column_int(q);
    e.created_wall = column_int(q);
    e.call_id = column_int(q);
    e.latency_s = column_real(q);
    e.ttft_s = column_real(q);
    e.ttft_text_s = column_real(q);
    e.load_s = column_real(q);
    e.prompt_tokens = column_count(q);
    e.completion_tokens = column_count(q);
    e.thinking_tokens = column_count(q);
    e.answer_tokens = column_count(q);
    e.tokens_kind = column_maybe(q);
    e.split_kind = column_maybe(q);
    e.server = column_maybe(q);
    e.model = column_maybe(q);
    e.identity = column_maybe(q);
    e.level = column_maybe(q);
    e.role = column_maybe(q);
    e.fields = column_maybe(q);
    e.query = column_sized(q, &e.query_len);
    e.answer = column_sized(q, &e.answer_len);
    e.thinking = column_sized(q, &e.thinking_len);
    return e;
}

/* One page of one tree, however large the cache is: a page that is not at hand costs as much as all
 * the rest of a look-up. That is why an entry stands under a number made of its key, and why what
 * changes with every hit is not read here. */
bool table_find(struct db *db, const struct hash *key, struct kept **ret, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT " ENTRY_COLUMNS " FROM cache_answer WHERE id = ?", &q, err))
        return false;
    bind_int(&q, id_of(key));
    int found = query_step(&q, err);
    if (found < 0)
        return false;
    *ret = NULL;
    if (found) {
        int64_t put_order;
        struct cache_entry e = read_entry(&q, &put_order);
        if (!hash_equal(&e.key, key))
            return true;
        *ret = kept_new(&e);
        (*ret)->put_order = put_order;
    }
    return true;
}

bool table_uses(struct db *db, struct kept *k, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT hits, used_order FROM cache WHERE id = ? AND put_order = ?", &q,
                    err))
        return false;
    bind_int(&q, id_of(&k->e.key));
    bind_int(&q, k->put_order);
    if (query_step(&q, err) <= 0)
        return false;
    k->e.hits = column_int(&q);
    k->e.used_order = column_int(&q);
    return true;
}

bool table_version(struct db *db, const struct hash *key, int64_t *ret, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT put_order FROM cache WHERE id = ? AND key = ?", &q, err))
        return false;
    bind_key(&q, key);
    int found = query_step(&q, err);
    if (found < 0)
        return false;
    *ret = found ? column_int(&q) : 0;
    return true;
}

int64_t table_place(struct db *db, const struct hash *key)
{
    struct error err;
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "SELECT (SELECT count(*) FROM cache b WHERE b.used_order >= a.used_order)"
                    " FROM cache a WHERE a.id = ? AND a.key = ?",
                    &q, &err))
        return 0;
    bind_key(&q, key);
    return query_step(&q, &err) > 0 ? column_int(&q) : 0;
}

static bool put_use(struct db *db, const struct cache_entry *e, int64_t order, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "INSERT INTO cache(id, key, used_order, put_order, hits)"
                    " VALUES (?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET (key, used_order,"
                    "  put_order, hits) = (excluded.key, excluded.used_order, excluded.put_order,"
                    "  excluded.hits)",
                    &q, err))
        return false;
    bind_key(&q, &e->key);
    bind_int(&q, order);
    bind_int(&q, order);
    bind_int(&q, e->hits);
    return query_run(&q, err);
}

bool table_put(struct db *db, const struct cache_entry *e, int64_t order, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!put_use(db, e, order, err) ||
        !query_open(db,
                    "INSERT OR REPLACE INTO cache_answer(id, " ENTRY_COLUMNS ") VALUES"
                    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_key(&q, &e->key);
    bind_int(&q, order);
    bind_int(&q, e->created_wall);
    bind_id(&q, e->call_id > 0 ? e->call_id : 0);
    bind_real(&q, e->latency_s);
    bind_real(&q, e->ttft_s);
    bind_real(&q, e->ttft_text_s);
    bind_real(&q, e->load_s);
    bind_count(&q, e->prompt_tokens);
    bind_count(&q, e->completion_tokens);
    bind_count(&q, e->thinking_tokens);
    bind_count(&q, e->answer_tokens);
    bind_text(&q, e->tokens_kind);
    bind_text(&q, e->split_kind);
    bind_text(&q, e->server);
    bind_text(&q, e->model);
    bind_text(&q, e->identity);
    bind_text(&q, e->level);
    bind_text(&q, e->role);
    bind_text(&q, e->fields);
    bind_bytes_as_text(&q, e->query, e->query_len);
    bind_bytes_as_text(&q, e->answer, e->answer_len);
    bind_bytes_as_text(&q, e->thinking, e->thinking_len);
    return query_run(&q, err);
}

static bool date_anew(struct db *db, const struct kept *k, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "UPDATE cache_answer SET created_wall = ? WHERE id = ? AND put_order = ?",
                    &q, err))
        return false;
    bind_int(&q, k->e.created_wall);
    bind_int(&q, id_of(&k->e.key));
    bind_int(&q, k->put_order);
    return query_run(&q, err);
}

bool table_touch(struct db *db, const struct kept *k, int64_t new_hits, int64_t order,
                 struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "UPDATE cache SET used_order = ?, hits = hits + ?"
                    " WHERE id = ? AND put_order = ?",
                    &q, err))
        return false;
    bind_int(&q, order);
    bind_int(&q, new_hits);
    bind_int(&q, id_of(&k->e.key));
    bind_int(&q, k->put_order);
    return query_run(&q, err) && (!k->redated || date_anew(db, k, err));
}

bool table_remove(struct db *db, const struct hash *key, bool *ret_found, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "DELETE FROM cache WHERE id = ? AND key = ?", &q, err))
        return false;
    bind_key(&q, key);
    if (!query_run(&q, err))
        return false;
    *ret_found = sqlite3_changes(db->handle) > 0;
    return true;
}

bool table_evict(struct db *db, int64_t count, table_gone *gone, void *self, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "DELETE FROM cache WHERE id IN"
                    " (SELECT id FROM cache ORDER BY used_order LIMIT ?) RETURNING key",
                    &q, err))
        return false;
    bind_int(&q, count);
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct hash key = column_hash(&q);
        gone(self, &key);
    }
    return more == 0;
}

bool table_note(struct db *db, int64_t session, int64_t at_wall, const struct table_note *n,
                struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "INSERT INTO entry(session, at_wall, event, key, size, model, query_hash)"
                    " SELECT ?1, ?2, ?3, ?4, ?5,"
                    "  coalesce(?6, (SELECT model FROM entry WHERE key = ?4 AND event = 'stored'"
                    "                ORDER BY id DESC LIMIT 1)),"
                    "  coalesce(?7, (SELECT query_hash FROM entry WHERE key = ?4"
                    "                AND event = 'stored' ORDER BY id DESC LIMIT 1))",
                    &q, err))
        return false;
    bind_int(&q, session);
    bind_int(&q, at_wall);
    bind_text(&q, n->event);
    if (n->key)
        bind_hash(&q, n->key);
    else
        bind_text(&q, NULL);
    bind_int(&q, n->size);
    bind_text(&q, n->model);
    if (n->query)
        bind_hash(&q, n->query);
    return query_run(&q, err);
}

bool table_clear(struct db *db, int64_t session, struct error *err)
{
    if (!db_exec(db,
                 "DELETE FROM cache; UPDATE cache_state SET hits = 0, misses = 0,"
                 "  expired = 0, evicted = 0, saved_s = 0",
                 err))
        return false;
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "UPDATE session SET hits = 0, misses = 0, expired = 0, evicted = 0"
                    " WHERE id = ?",
                    &q, err))
        return false;
    bind_int(&q, session);
    return query_run(&q, err);
}

/* A row of WHOLE_ENTRIES. */
static struct cache_entry read_whole(struct query *q)
{
    int64_t put_order;
    struct cache_entry e = read_entry(q, &put_order);
    e.hits = column_int(q);
    e.used_order = column_int(q);
    return e;
}

bool table_list(struct db *db, table_each *each, void *self, bool *ret_stopped, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, WHOLE_ENTRIES "ORDER BY used_order DESC", &q, err))
        return false;
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct cache_entry e = read_whole(&q);
        if (!each(self, &e)) {
            *ret_stopped = true;
            return true;
        }
    }
    return more == 0;
}

/* The places are counted in the index alone; only then are texts looked at. */
bool table_list_from(struct db *db, int64_t from, int64_t count, table_each *each, void *self,
                     struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    WHOLE_ENTRIES "WHERE id IN (SELECT id FROM cache ORDER BY used_order DESC"
                                  " LIMIT ? OFFSET ?) ORDER BY used_order DESC",
                    &q, err))
        return false;
    bind_int(&q, count);
    bind_int(&q, from - 1);
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct cache_entry e = read_whole(&q);
        if (!each(self, &e))
            return true;
    }
    return more == 0;
}
