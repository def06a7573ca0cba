/* The cache: what is counted, what is recent, what goes (cache.h).
 *
 * Age is measured by the wall clock, since it must survive a restart. Where that clock was set
 * back, an entry can seem to come from the future: it is dated to now when it is next used, so
 * it lives at most one time to live longer and never for ever. */
#include "core/store/cache_inside.h"

#include "core/limits.h"
#include "core/store/cache_table.h"

/* How long a change by another process may go unseen. */
#define WATCH_NS (10 * NS_PER_MS)
/* Texts kept in memory, until cache_set_room says otherwise. */
#define MAX_MEMORY_BYTES (64 * MIB)

/* --- life --------------------------------------------------------------------------------- */

struct cache *cache_new(struct store *store, const struct clock *clock, int64_t size, double ttl_s)
{
    struct cache *c = mem_new(struct cache, 1);
    c->store = store;
    c->table = store && store->keeps_history;
    c->clock = clock;
    c->size = size < 1 ? 1 : size;
    c->room = MAX_MEMORY_BYTES;
    if (store) {
        if (store->below.handle)
            c->size = table_size(&store->below, c->size);
        c->size = table_size(&store->main, c->size);
        c->below = store->below.handle && table_there(&store->below);
        c->undone = store->undone;
    }
    c->revision = c->data_version = -1;
    cache_set_ttl(c, ttl_s);
    return c;
}

void cache_free(struct cache *c)
{
    if (!c)
        return;
    struct error err;
    cache_flush(c, &err); /* recency may be lost, answers are long written */
    memory_clear(&c->memory);
    kept_free(c->shown);
    mem_free(c->gone);
    mem_free(c);
}

void cache_set_ttl(struct cache *c, double ttl_s)
{
    double longest = (double)(INT64_MAX / NS_PER_S / 4);
    c->ttl_ns = ttl_s > 0 ? (int64_t)((ttl_s < longest ? ttl_s : longest) * NS_PER_S) : 0;
}

void cache_set_room(struct cache *c, size_t bytes)
{
    c->room = bytes;
}

void cache_follow_store(struct cache *c)
{
    bool table = c->store && c->store->keeps_history;
    if (table == c->table)
        return;
    memory_clear(&c->memory);
    c->table = table;
    c->epoch++;
}

/* --- looking up --------------------------------------------------------------------------- */

/* Has another process, or an undone batch of ours, changed what memory holds? */
static void watch(struct cache *c)
{
    if (!c->table)
        return;
    if (c->store->undone != c->undone) {
        c->undone = c->store->undone;
        c->epoch++;
    }
    if (!c->store->writes)
        return; /* a stand-in is ours alone */
    int64_t now = clock_mono(c->clock);
    if (now - c->watched_ns < WATCH_NS && c->data_version != -1)
        return;
    c->watched_ns = now;
    int64_t version = table_data_version(&c->store->main);
    if (version == c->data_version)
        return;
    c->data_version = version;
    struct table_state state;
    struct error err;
    if (!table_state(&c->store->main, &state, &err) || state.revision != c->revision)
        c->epoch++;
    else
        return;
    c->revision = state.revision;
}

/* The entry as memory holds it, asked of the table where that may have moved on. */
static struct slot *find_in_memory(struct cache *c, const struct hash *key)
{
    struct slot *s = memory_find(&c->memory, key);
    if (!s || s->loose || s->epoch == c->epoch)
        return s;
    struct error err;
    int64_t stored = 0;
    if (table_version(&c->store->main, key, &stored, &err) && stored != s->kept->put_order) {
        memory_remove(&c->memory, s);
        return NULL;
    }
    s->epoch = c->epoch;
    return s;
}

/* A copy out of the table, or out of the file below a stand-in: that one is loose, since the
 * stand-in does not have it yet. NULL where there is none. */
static struct kept *find_in_table(struct cache *c, const struct hash *key, bool *ret_loose)
{
    struct error err;
    struct kept *k = NULL;
    if (!c->table)
        return NULL;
    for (struct db *db = cache_source(c, NULL); db && !k; db = cache_source(c, db)) {
        if (!table_find(db, key, &k, &err))
            k = NULL; /* what cannot be read is a miss: the answer can be asked for again */
        *ret_loose = db != &c->store->main;
    }
    return k;
}

/* Out of the table into memory, as the most recent. */
static struct slot *bring(struct cache *c, const struct hash *key)
{
    bool loose;
    struct kept *k = find_in_table(c, key, &loose);
    if (!k)
        return NULL;
    int64_t revision = c->revision;
    unsigned epoch = c->epoch;
    if (loose)
        cache_tell_uses(c, NULL, k);
    k->hits = k->e.hits;
    cache_make_room(c, 1, k->bytes);
    struct slot *s = memory_add(&c->memory, k);
    /* Making room may have evicted this very row: then it is asked for next time. */
    s->epoch = c->revision == revision ? epoch : epoch - 1;
    s->loose = loose;
    s->dirty = true;
    return s;
}

static bool too_old(const struct cache *c, const struct cache_entry *e)
{
    return c->ttl_ns && clock_wall(c->clock) - e->created_wall >= c->ttl_ns;
}

static void use(struct cache *c, struct slot *s)
{
    memory_touch(&c->memory, s);
    s->dirty = true;
    s->new_hits++;
    if (!c->ttl_ns)
        return;
    int64_t now = clock_wall(c->clock);
    if (s->kept->e.created_wall > now) {
        s->kept->e.created_wall = now;
        s->kept->redated = true;
    }
}

static bool remove_row(struct cache *c, const struct hash *key, bool *ret_found, struct error *err)
{
    struct store *s = c->store;
    const struct table_note note = { .event = "dropped", .key = key, .size = c->size };
    return write_begin(s, WRITE_SOFT, err) &&
           write_end(s,
                     table_remove(&s->main, key, ret_found, err) &&
                         (!*ret_found ||
                          table_note(&s->main, s->session, clock_wall(s->clock), &note, err)),
                     err);
}

static void expire(struct cache *c, struct slot *s)
{
    struct error err;
    bool found;
    if (!s->loose)
        remove_row(c, &s->key, &found, &err); /* where that fails it only stays too old */
    c->session.expired++;
    c->add.expired++;
    memory_remove(&c->memory, s);
}

const struct cache_entry *cache_get(struct cache *c, const struct hash *key)
{
    watch(c);
    struct slot *s = find_in_memory(c, key);
    if (!s)
        s = bring(c, key);
    if (s && too_old(c, &s->kept->e)) {
        expire(c, s);
        s = NULL;
    }
    cache_changed(c);
    if (!s) {
        c->session.misses++;
        c->add.misses++;
        return NULL;
    }
    c->session.hits++;
    c->add.hits++;
    use(c, s);
    return &s->kept->e;
}

/* 0 where it cannot be told: recency that could not be written, or rows in two places. */
static int64_t place_of(struct cache *c, const struct hash *key)
{
    int64_t place = 1;
    if (c->table)
        return c->changed_ns || c->store->below.handle ? 0 : table_place(&c->store->main, key);
    const struct slot *s = memory_newest(&c->memory);
    for (; s && !hash_equal(&s->key, key); s = memory_older(&c->memory, s))
        place++;
    return s ? place : 0;
}

void cache_tell_uses(struct cache *c, const struct slot *s, struct kept *k)
{
    struct error err;
    if (s && s->loose) {
        k->e.hits = k->hits + s->new_hits;
        return;
    }
    if (!c->table)
        return;
    k->e.hits = 0;
    for (struct db *db = cache_source(c, NULL); db; db = cache_source(c, db))
        if (table_uses(db, k, &err))
            break;
    k->e.hits += s ? s->new_hits : 0;
}

const struct cache_entry *cache_peek(struct cache *c, const struct hash *key, int64_t *ret_place)
{
    struct error err;
    if (ret_place)
        cache_flush(c, &err);
    watch(c);
    const struct slot *s = find_in_memory(c, key);
    struct kept *k = s ? s->kept : NULL;
    bool loose;
    if (!k) {
        kept_free(c->shown);
        k = c->shown = find_in_table(c, key, &loose);
    }
    if (!k || too_old(c, &k->e))
        return NULL;
    if (ret_place)
        *ret_place = place_of(c, key);
    cache_tell_uses(c, s, k);
    return &k->e;
}

/* --- putting ------------------------------------------------------------------------------ */

bool cache_put(struct cache *c, const struct cache_entry *e, struct error *err)
{
    struct kept *k = kept_new(e); /* first: `e` may be an entry of ours */
    if (!k->e.created_wall)
        k->e.created_wall = clock_wall(c->clock);
    k->e.hits = k->hits = 0;
    bool written = false;
    if (c->table) {
        watch(c);
        written = cache_write(c, &k->e, WRITE_DURABLE, &k->put_order, err);
    } else if (c->store) {
        struct error lost; /* the fact alone: the answer is kept all the same */
        c->size = table_size(&c->store->main, c->size);
        cache_note_loose(c, &k->e, NULL, &lost);
    }
    unsigned epoch = c->epoch;
    struct slot *old = memory_find(&c->memory, &k->e.key);
    if (old)
        memory_remove(&c->memory, old);
    cache_make_room(c, 1, k->bytes);
    struct slot *s = memory_add(&c->memory, k);
    s->dirty = s->loose = !written;
    s->epoch = epoch;
    if (c->table && !written) {
        cache_changed(c);
        return error_within(err, "keeping an answer in the cache");
    }
    return true;
}

/* --- taking away -------------------------------------------------------------------------- */

bool cache_drop(struct cache *c, const struct hash *key, bool *ret_found, struct error *err)
{
    watch(c);
    struct slot *s = find_in_memory(c, key);
    bool found = false, below = false;
    if (c->table) {
        int64_t version = 0;
        if (!remove_row(c, key, &found, err))
            return error_within(err, "dropping an answer from the cache");
        if (c->below && table_version(&c->store->below, key, &version, err))
            below = version != 0;
    }
    *ret_found = found || s;
    if (s)
        memory_remove(&c->memory, s);
    return !below ||
           error_set(err, ERR_STORE, "the answer cannot be dropped: %s", c->store->trouble);
}

int64_t cache_count_loose(struct cache *c)
{
    int64_t loose = 0;
    for (const struct slot *s = memory_newest(&c->memory); s && s->dirty;
         s = memory_older(&c->memory, s))
        loose += s->loose;
    return loose;
}

static bool clear_rows(struct store *s, int64_t *ret_dropped, struct error *err)
{
    struct table_state before;
    const struct table_note note = { .event = "cleared" };
    if (!table_state(&s->main, &before, err) || !table_clear(&s->main, s->session, err) ||
        !table_note(&s->main, s->session, clock_wall(s->clock), &note, err))
        return false;
    *ret_dropped = before.entries;
    return true;
}

bool cache_clear(struct cache *c, int64_t *ret_dropped, struct error *err)
{
    struct store *s = c->store;
    int64_t dropped = 0;
    if (c->table && s->below.handle)
        return error_set(err, ERR_STORE, "the cache cannot be cleared: %s", s->trouble);
    if (s &&
        (!write_begin(s, WRITE_DURABLE, err) || !write_end(s, clear_rows(s, &dropped, err), err)))
        return error_within(err, "clearing the cache");
    dropped += cache_count_loose(c);
    memory_clear(&c->memory);
    c->session = c->add = (struct cache_counts){ 0 };
    c->add_saved_s = 0;
    c->changed_ns = 0;
    c->epoch++;
    *ret_dropped = dropped;
    return true;
}

bool cache_resize(struct cache *c, int64_t size, struct error *err)
{
    if (size < 1 || size > MAX_CACHE_SIZE)
        return error_set(err, ERR_USAGE, "a cache holds 1 to %d entries, not %lld", MAX_CACHE_SIZE,
                         (long long)size);
    if (c->store && !cache_write_size(c, size, err))
        return error_within(err, "changing the size of the cache");
    c->size = size;
    cache_make_room(c, 0, 0);
    return true;
}

struct cache_counts cache_session_counts(const struct cache *c)
{
    return c->session;
}
