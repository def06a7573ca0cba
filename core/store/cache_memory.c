/* Hash table and recency list (cache_memory.h).
 *
 * To make an entry the newest, its neighbours in the list have to be told, and in a large cache
 * each of them is a line of memory to wait for. So a touch only asks for those lines, and the next
 * call that needs the order moves the entry, when they have long arrived. */
#include "core/store/cache_memory.h"

#include <string.h>

#include "core/base/mem.h"

#define FIRST_SLOTS 128
#define LINE        64 /* bytes the processor fetches at once */

/* --- copies of entries -------------------------------------------------------------------- */

/* Every text of an entry; those with a length may hold anything. */
#define PLAIN_TEXTS(X)                                                                             \
    X(server) X(model) X(identity) X(level) X(role) X(fields) X(tokens_kind) X(split_kind)
#define SIZED_TEXTS(X) X(query) X(answer) X(thinking)

static size_t lay(char *base, size_t at, const char **text, size_t len)
{
    if (*text) {
        if (len)
            memcpy(base + at, *text, len);
        *text = base + at; /* the memory is zeroed: the NUL is there */
    } else {
        len = 0;
    }
    return at + len + 1;
}

struct kept *kept_new(const struct cache_entry *e)
{
    size_t len = 0;
#define X(name) len += (e->name ? strlen(e->name) : 0) + 1;
    PLAIN_TEXTS(X)
#undef X
#define X(name) len += e->name##_len + 1;
    SIZED_TEXTS(X)
#undef X
    struct kept *k = mem_alloc(1, sizeof *k + len);
    k->bytes = sizeof *k + len;
    k->e = *e;
    k->hits = e->hits;
    size_t at = 0;
#define X(name) at = lay(k->text, at, &k->e.name, k->e.name ? strlen(k->e.name) : 0);
    PLAIN_TEXTS(X)
#undef X
#define X(name)                                                                                    \
    if (!k->e.name)                                                                                \
        k->e.name = "", k->e.name##_len = 0;                                                       \
    at = lay(k->text, at, &k->e.name, k->e.name##_len);
    SIZED_TEXTS(X)
#undef X
    return k;
}

void kept_free(struct kept *k)
{
    mem_free(k);
}

/* --- the list ----------------------------------------------------------------------------- */

static struct slot *slot_at(const struct memory *m, uint32_t number)
{
    return number ? &m->slots[number - 1] : NULL;
}

static uint32_t number_of(const struct memory *m, const struct slot *s)
{
    return (uint32_t)(s - m->slots) + 1;
}

/* Tells the neighbours of `s`, or the ends of the list, who stands there now: `newer` is told to
 * its newer neighbour. */
static void tell_neighbours(struct memory *m, const struct slot *s, uint32_t newer, uint32_t older)
{
    *(s->newer ? &slot_at(m, s->newer)->older : &m->newest) = newer;
    *(s->older ? &slot_at(m, s->older)->newer : &m->oldest) = older;
}

static void unlink_slot(struct memory *m, const struct slot *s)
{
    tell_neighbours(m, s, s->older, s->newer);
}

/* Between `newer` (0: as the newest) and whatever stood behind that. */
static void link_behind(struct memory *m, struct slot *s, uint32_t newer)
{
    s->newer = newer;
    s->older = newer ? slot_at(m, newer)->older : m->newest;
    tell_neighbours(m, s, number_of(m, s), number_of(m, s));
}

static void settle(struct memory *m)
{
    struct slot *s = slot_at(m, m->touched);
    if (!s)
        return;
    m->touched = 0;
    unlink_slot(m, s);
    link_behind(m, s, 0);
}

void memory_touch(struct memory *m, struct slot *s)
{
    settle(m);
    if (!s->newer)
        return;
    __builtin_prefetch(slot_at(m, s->newer), 1);
    if (s->older)
        __builtin_prefetch(slot_at(m, s->older), 1);
    m->touched = number_of(m, s);
}

struct slot *memory_newest(struct memory *m)
{
    settle(m);
    return slot_at(m, m->newest);
}

struct slot *memory_oldest(struct memory *m)
{
    settle(m);
    return slot_at(m, m->oldest);
}

struct slot *memory_newer(const struct memory *m, const struct slot *s)
{
    return slot_at(m, s->newer);
}

struct slot *memory_older(const struct memory *m, const struct slot *s)
{
    return slot_at(m, s->older);
}

/* --- the table ---------------------------------------------------------------------------- */

/* Where a key belongs. Open addressing with steps of one; keys are digests: any bytes of them are
 * spread evenly. */
static size_t wanted(const struct memory *m, const struct hash *key)
{
    uint64_t v;
    memcpy(&v, key->bytes, sizeof v);
    return (size_t)v & (m->slot_count - 1);
}

/* The slot of this key, or the free one where it would stand. */
static struct slot *slot_of(const struct memory *m, const struct hash *key)
{
    size_t i = wanted(m, key);
    while (m->slots[i].kept && !hash_equal(&m->slots[i].key, key))
        i = (i + 1) & (m->slot_count - 1);
    return &m->slots[i];
}

struct slot *memory_find(const struct memory *m, const struct hash *key)
{
    if (!m->slot_count)
        return NULL;
    struct slot *s = slot_of(m, key);
    return s->kept ? s : NULL;
}

/* `slot_count` free slots, each in a line of its own. */
static void set_up(struct memory *m, size_t slot_count)
{
    m->slot_count = slot_count;
    m->memory = mem_alloc(slot_count + 1, sizeof *m->slots);
    uintptr_t start = ((uintptr_t)m->memory + LINE - 1) / LINE * LINE;
    m->slots = (struct slot *)((char *)m->memory + (start - (uintptr_t)m->memory));
    m->newest = m->oldest = 0;
}

static void grow(struct memory *m)
{
    struct memory old = *m;
    set_up(m, old.slot_count ? old.slot_count * 2 : FIRST_SLOTS);
    for (const struct slot *s = slot_at(&old, old.oldest); s; s = memory_newer(&old, s)) {
        struct slot *into = slot_of(m, &s->key);
        *into = *s;
        link_behind(m, into, 0);
    }
    mem_free(old.memory);
}

/* Those behind a slot that becomes free move up, so that a search may end at the first free one:
 * each as far as where it belongs. */
static void leave(struct memory *m, struct slot *s)
{
    size_t last = m->slot_count - 1, gap = (size_t)(s - m->slots);
    for (size_t i = (gap + 1) & last; m->slots[i].kept; i = (i + 1) & last) {
        if (((i - wanted(m, &m->slots[i].key)) & last) < ((i - gap) & last))
            continue;
        m->slots[gap] = m->slots[i];
        tell_neighbours(m, &m->slots[gap], (uint32_t)gap + 1, (uint32_t)gap + 1);
        gap = i;
    }
    m->slots[gap] = (struct slot){ 0 };
}

struct slot *memory_add(struct memory *m, struct kept *k)
{
    return memory_add_behind(m, k, 0);
}

struct slot *memory_add_behind(struct memory *m, struct kept *k, size_t newer)
{
    settle(m);
    struct slot *s = memory_find(m, &k->e.key);
    if (s)
        memory_remove(m, s);
    if (2 * (m->count + 1) > m->slot_count)
        grow(m);
    uint32_t before = 0;
    for (size_t i = 0; i < newer && before != m->oldest; i++)
        before = before ? slot_at(m, before)->older : m->newest;
    s = slot_of(m, &k->e.key);
    *s = (struct slot){ .key = k->e.key, .kept = k };
    link_behind(m, s, before);
    m->count++;
    m->bytes += k->bytes;
    return s;
}

void memory_remove(struct memory *m, struct slot *s)
{
    settle(m);
    m->count--;
    m->bytes -= s->kept->bytes;
    kept_free(s->kept);
    unlink_slot(m, s);
    leave(m, s);
}

void memory_clear(struct memory *m)
{
    for (size_t i = 0; i < m->slot_count; i++)
        kept_free(m->slots[i].kept);
    mem_free(m->memory);
    *m = (struct memory){ 0 };
}
