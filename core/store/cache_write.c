/* Writing the cache: recency, entries, eviction and counters in one transaction, and the
 * bounds of its memory (cache_inside.h). */
#include "core/store/cache_inside.h"

#include <math.h>
#include <stdio.h>

#include "core/limits.h"
#include "core/store/calls.h"
#include "core/store/cache_table.h"

#define FLUSH_NS (250 * NS_PER_MS)

/* --- one transaction ---------------------------------------------------------------------- */

static void note_gone(void *self, const struct hash *key)
{
    struct cache *c = self;
    c->gone = mem_grow(c->gone, &c->gone_cap, c->gone_count + 1, sizeof *c->gone);
    c->gone[c->gone_count++] = *key;
}

/* Oldest first, so that the numbers grow with recency. */
static bool write_recency(struct cache *c, int64_t *order, struct error *err)
{
    struct db *db = &c->store->main;
    struct memory *m = &c->memory;
    struct slot *older, *s = memory_newest(m);
    while (s && (older = memory_older(m, s)) && older->dirty)
        s = older;
    for (; s && s->dirty; s = memory_newer(m, s), ++*order) {
        struct kept *k = s->kept;
        if (s->loose)
            k->e.hits = k->hits + s->new_hits;
        if (!(s->loose ? table_put(db, &k->e, *order, err)
                       : table_touch(db, k, s->new_hits, *order, err)))
            return false;
        if (s->loose)
            k->put_order = *order;
    }
    return true;
}

static bool evict_rows(struct cache *c, struct table_state *now, struct error *err)
{
    struct db *db = &c->store->main;
    c->size = table_size(db, c->size);
    if (!table_state(db, now, err))
        return false;
    return now->entries <= c->size || (table_evict(db, now->entries - c->size, note_gone, c, err) &&
                                       table_state(db, now, err));
}

static bool note_stored(struct cache *c, const struct cache_entry *e, struct error *err)
{
    struct arena a = { 0 };
    struct hash query = query_hash(e->query, e->query_len);
    const char *model =
        arena_format(&a, "%s/%s", e->server ? e->server : "", e->model ? e->model : "");
    const struct table_note note = {
        .event = "stored", .key = &e->key, .query = &query, .model = model, .size = c->size
    };
    bool ok = table_note(&c->store->main, c->store->session, clock_wall(c->clock), &note, err);
    arena_done(&a);
    return ok;
}

static bool note_evicted(struct cache *c, const struct hash *key, struct error *err)
{
    const struct table_note note = { .event = "evicted", .key = key, .size = c->size };
    return table_note(&c->store->main, c->store->session, clock_wall(c->clock), &note, err);
}

static bool note_all_evicted(struct cache *c, struct error *err)
{
    for (size_t i = 0; i < c->gone_count; i++)
        if (!note_evicted(c, &c->gone[i], err))
            return false;
    return true;
}

/* A cache that is in memory alone has no transaction to go with. */
bool cache_note_loose(struct cache *c, const struct cache_entry *e, const struct hash *evicted,
                      struct error *err)
{
    if (!c->store)
        return true;
    return write_begin(c->store, WRITE_SOFT, err) &&
           write_end(c->store, e ? note_stored(c, e, err) : note_evicted(c, evicted, err), err);
}

static bool write_rows(struct cache *c, const struct cache_entry *e, int64_t *ret_order,
                       int64_t *ret_revision, struct error *err)
{
    struct db *db = &c->store->main;
    struct table_state now;
    c->gone_count = 0;
    if (!table_state(db, &now, err))
        return false;
    int64_t order = now.next_order;
    if (c->table) {
        if (now.revision != c->revision)
            c->epoch++; /* another process was here before us */
        if (!write_recency(c, &order, err))
            return false;
        *ret_order = order;
        if (e && !(table_put(db, e, order++, err) && note_stored(c, e, err)))
            return false;
        if (!evict_rows(c, &now, err) || !note_all_evicted(c, err))
            return false;
    }
    struct cache_counts add = c->add;
    add.evicted += (int64_t)c->gone_count;
    *ret_revision = now.revision;
    return table_count(db, order, &add, c->add_saved_s, c->store->session, err);
}

/* After the commit: what was written is clean, what was evicted leaves memory too. */
static void settle(struct cache *c, int64_t revision)
{
    struct memory *m = &c->memory;
    for (struct slot *s = memory_newest(m); c->table && s && s->dirty; s = memory_older(m, s)) {
        if (s->loose)
            s->epoch = c->epoch;
        s->dirty = s->loose = s->kept->redated = false;
        s->new_hits = 0;
    }
    for (size_t i = 0; i < c->gone_count; i++) {
        struct slot *s = memory_find(m, &c->gone[i]);
        if (s)
            memory_remove(m, s);
    }
    c->session.evicted += (int64_t)c->gone_count;
    c->gone_count = 0;
    c->add = (struct cache_counts){ 0 };
    c->add_saved_s = 0;
    c->changed_ns = 0;
    c->revision = revision;
}

bool cache_write(struct cache *c, const struct cache_entry *e, enum write_kind kind,
                 int64_t *ret_order, struct error *err)
{
    int64_t revision = -1;
    if (!write_begin(c->store, kind, err) ||
        !write_end(c->store, write_rows(c, e, ret_order, &revision, err), err))
        return false;
    settle(c, revision);
    return true;
}

static bool write_size(struct cache *c, int64_t size, int64_t *ret_revision, struct error *err)
{
    char text[32];
    int64_t order;
    snprintf(text, sizeof text, "%lld", (long long)size);
    return setting_set(c->store, "cache.size", text, err) &&
           write_rows(c, NULL, &order, ret_revision, err);
}

bool cache_write_size(struct cache *c, int64_t size, struct error *err)
{
    int64_t revision = -1;
    if (!write_begin(c->store, WRITE_DURABLE, err) ||
        !write_end(c->store, write_size(c, size, &revision, err), err))
        return false;
    settle(c, revision);
    return true;
}

bool cache_flush(struct cache *c, struct error *err)
{
    if (!c->store || !c->changed_ns)
        return true;
    int64_t order;
    if (cache_write(c, NULL, WRITE_SOFT, &order, err))
        return true;
    c->changed_ns = clock_mono(c->clock); /* again in a while, not at once */
    return error_within(err, "writing the cache's recency and counters");
}

int64_t cache_due_ms(struct cache *c)
{
    if (!c->store || !c->changed_ns)
        return -1;
    int64_t left = c->changed_ns + FLUSH_NS - clock_mono(c->clock);
    return left > 0 ? (left + NS_PER_MS - 1) / NS_PER_MS : 0;
}

void cache_saved(struct cache *c, double seconds)
{
    if (!isfinite(seconds))
        return;
    c->add_saved_s += seconds;
    cache_changed(c);
}

/* --- room in memory ----------------------------------------------------------------------- */

void cache_make_room(struct cache *c, size_t count, size_t bytes)
{
    struct error err;
    bool flushed = false;
    struct memory *m = &c->memory;
    while (m->count && (m->count + count > (size_t)c->size || m->bytes + bytes > c->room)) {
        struct slot *s = memory_oldest(m);
        if (s->dirty && !s->loose && !flushed) {
            flushed = true; /* its recency should outlive it */
            cache_flush(c, &err);
            continue;
        }
        if (s->loose) {
            if (!c->table)
                cache_note_loose(c, NULL, &s->key, &err);
            c->session.evicted++;
            c->add.evicted++;
            cache_changed(c);
        }
        memory_remove(m, s);
    }
}
