/* Showing the cache: its entries in order, its figures (cache.h). */
#include "core/store/cache_inside.h"
#include "core/store/cache_table.h"

/* Rule of thumb for what a hit saves, in seconds; an estimate, and called one. */
#define RULE_S 2.0

/* --- showing ------------------------------------------------------------------------------ */

struct listing {
    struct cache *c;
    cache_each *each;
    void *self;
    struct db *db; /* being read */
    int64_t place;
};

static bool list_row(void *self, const struct cache_entry *e)
{
    struct listing *l = self;
    struct error err;
    int64_t version = 0;
    const struct slot *s = memory_find(&l->c->memory, &e->key);
    if (s && s->dirty)
        return true; /* shown from memory */
    if (l->db != &l->c->store->main && table_version(&l->c->store->main, &e->key, &version, &err) &&
        version)
        return true; /* shown from the stand-in */
    return l->each(l->self, e, ++l->place);
}

bool cache_list(struct cache *c, cache_each *each, void *self, struct error *err)
{
    struct error ignored;
    cache_flush(c, &ignored); /* what stays unwritten is shown from memory */
    struct listing l = { .c = c, .each = each, .self = self };
    for (const struct slot *s = memory_newest(&c->memory); s && s->dirty;
         s = memory_older(&c->memory, s)) {
        cache_tell_uses(c, s, s->kept);
        if (!each(self, &s->kept->e, ++l.place))
            return true;
    }
    if (!c->table)
        return true;
    bool stopped = false;
    for (l.db = cache_source(c, NULL); l.db && !stopped; l.db = cache_source(c, l.db))
        if (!table_list(l.db, list_row, &l, &stopped, err))
            return error_within(err, "listing the cache");
    return true;
}

struct window {
    int64_t from, until; /* places */
    int64_t place;
    cache_each *each;
    void *self;
};

static bool window_row(void *self, const struct cache_entry *e)
{
    struct window *w = self;
    return w->each(w->self, e, w->place++);
}

static bool window_entry(void *self, const struct cache_entry *e, int64_t place)
{
    struct window *w = self;
    return place < w->from || (place < w->until && w->each(w->self, e, place));
}

bool cache_list_from(struct cache *c, int64_t from, int64_t count, cache_each *each, void *self,
                     struct error *err)
{
    struct error ignored;
    struct window w = { from, from + count, from, each, self };
    cache_flush(c, &ignored);
    const struct slot *newest = memory_newest(&c->memory);
    bool one_truth = c->table && !c->store->below.handle && !(newest && newest->dirty);
    if (!one_truth) /* order lies in two places: walked */
        return cache_list(c, window_entry, &w, err);
    return table_list_from(&c->store->main, from, count, window_row, &w, err) ||
           error_within(err, "listing the cache");
}

static bool count_entry(void *self, const struct cache_entry *e, int64_t place)
{
    (void)e;
    *(int64_t *)self = place;
    return true;
}

bool cache_stats(struct cache *c, struct cache_stats *ret, struct error *err)
{
    struct table_state total = { 0 };
    struct cache_stats st = { .session = c->session, .ttl_s = clock_seconds(c->ttl_ns) };
    if (c->store) {
        if (!table_state(&c->store->main, &total, err))
            return error_within(err, "reading the cache's counters");
        c->size = table_size(&c->store->main, c->size);
    }
    st.size = c->size;
    st.entries = (c->table ? total.entries : 0) + cache_count_loose(c);
    if (c->table && c->store->below.handle && !cache_list(c, count_entry, &st.entries, err))
        return false;
    st.total.hits = total.counts.hits + c->add.hits;
    st.total.misses = total.counts.misses + c->add.misses;
    st.total.expired = total.counts.expired + c->add.expired;
    st.total.evicted = total.counts.evicted + c->add.evicted;
    st.saved_s = total.saved_s + c->add_saved_s;
    st.saved_rule_s = RULE_S * (double)st.total.hits;
    *ret = st;
    return true;
}
