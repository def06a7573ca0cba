/* The cache when what was written around it is undone, or comes late (cache.h). */
#include "core/store/cache_inside.h"

void cache_mark(const struct cache *c, struct cache_mark *ret)
{
    *ret = (struct cache_mark){ c->session, c->add, c->add_saved_s };
}

/* That entries are no longer in the table is seen at the next look-up. */
void cache_undone(struct cache *c, const struct cache_mark *mark)
{
    c->session = mark->session;
    c->add = mark->add;
    c->add_saved_s = mark->add_saved_s;
    cache_changed(c);
}

void cache_name_call(struct cache *c, int64_t before, int64_t id)
{
    for (struct slot *next, *s = memory_newest(&c->memory); s; s = next) {
        next = memory_older(&c->memory, s);
        if (s->kept->e.call_id != before)
            continue;
        s->kept->e.call_id = id;
        if (!s->loose) {
            cache_tell_uses(c, s, s->kept);
            s->kept->hits = s->kept->e.hits - s->new_hits;
        }
        memory_touch(&c->memory, s); /* what has to be written stands at the front */
        s->dirty = s->loose = true;
        cache_changed(c);
    }
}

void cache_forget_calls(struct cache *c)
{
    for (struct slot *s = memory_newest(&c->memory); s; s = memory_older(&c->memory, s))
        s->kept->e.call_id = 0;
}
