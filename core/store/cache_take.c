/* Dropping an entry with a way back (cache.h). */
#include "core/store/cache_inside.h"
#include "core/store/cache_table.h"

struct cache_taken {
    struct kept *kept;
    size_t older; /* memory only: entries that go before it */
};

void cache_taken_free(struct cache_taken *t)
{
    if (t)
        kept_free(t->kept);
    mem_free(t);
}

bool cache_take(struct cache *c, const struct hash *key, struct cache_taken **ret,
                struct error *err)
{
    int64_t place = 0;
    bool found;
    const struct cache_entry *e = cache_peek(c, key, &place);
    *ret = NULL;
    if (!e)
        return true;
    struct cache_taken *t = mem_new(struct cache_taken, 1);
    *t = (struct cache_taken){ kept_new(e), c->memory.count - (size_t)place };
    if (!cache_drop(c, key, &found, err)) {
        cache_taken_free(t);
        return false;
    }
    *ret = t;
    return true;
}

static bool put_back(struct cache *c, const struct cache_entry *e, struct error *err)
{
    int64_t order;
    return table_put(&c->store->main, e, e->used_order, err) &&
           cache_write(c, NULL, WRITE_DURABLE, &order, err); /* evicts where it is full */
}

bool cache_give_back(struct cache *c, const struct cache_taken *t, bool *ret_there,
                     struct error *err)
{
    const struct hash *key = &t->kept->e.key;
    *ret_there = true;
    if (cache_peek(c, key, NULL))
        return true;
    if (c->table) {
        if (!write_begin(c->store, WRITE_DURABLE, err) ||
            !write_end(c->store, put_back(c, &t->kept->e, err), err))
            return error_within(err, "giving an answer back to the cache");
    } else {
        size_t count = c->memory.count;
        struct slot *s = memory_add_behind(&c->memory, kept_new(&t->kept->e),
                                           count > t->older ? count - t->older : 0);
        s->dirty = s->loose = true;
        cache_make_room(c, 0, 0);
    }
    *ret_there = cache_peek(c, key, NULL) != NULL;
    return true;
}
