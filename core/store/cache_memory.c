/* Hash table and recency list (cache_memory.h). */
#include "core/store/cache_memory.h"

#include <string.h>

#include "core/base/mem.h"

#define FIRST_PLACES 128

/* --- nodes -------------------------------------------------------------------------------- */

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

struct node *node_new(const struct cache_entry *e)
{
    size_t len = 0;
#define X(name) len += (e->name ? strlen(e->name) : 0) + 1;
    PLAIN_TEXTS(X)
#undef X
#define X(name) len += e->name##_len + 1;
    SIZED_TEXTS(X)
#undef X
    struct node *n = mem_alloc(1, sizeof *n + len);
    n->bytes = sizeof *n + len;
    n->e = *e;
    size_t at = 0;
#define X(name) at = lay(n->text, at, &n->e.name, n->e.name ? strlen(n->e.name) : 0);
    PLAIN_TEXTS(X)
#undef X
#define X(name)                                                                                    \
    if (!n->e.name)                                                                                \
        n->e.name = "", n->e.name##_len = 0;                                                       \
    at = lay(n->text, at, &n->e.name, n->e.name##_len);
    SIZED_TEXTS(X)
#undef X
    return n;
}

void node_free(struct node *n)
{
    mem_free(n);
}

/* --- the table ---------------------------------------------------------------------------- */

/* Open addressing with steps of one. Keys are digests: any bytes of them are spread evenly. */
static uint64_t start_of(const struct hash *key)
{
    uint64_t v;
    memcpy(&v, key->bytes, sizeof v);
    return v;
}

/* The place of this key, or the free one where it would stand. */
static struct place *place_of(const struct memory *m, const struct hash *key)
{
    uint64_t start = start_of(key);
    size_t last = m->place_count - 1, i = (size_t)start & last;
    while (m->places[i].node &&
           (m->places[i].start != start || !hash_equal(&m->places[i].node->e.key, key)))
        i = (i + 1) & last;
    return &m->places[i];
}

struct node *memory_find(const struct memory *m, const struct hash *key)
{
    return m->place_count ? place_of(m, key)->node : NULL;
}

static void enter(struct memory *m, struct node *n)
{
    *place_of(m, &n->e.key) = (struct place){ start_of(&n->e.key), n };
}

static void grow(struct memory *m)
{
    mem_free(m->places);
    m->place_count = m->place_count ? m->place_count * 2 : FIRST_PLACES;
    m->places = mem_new(struct place, m->place_count);
    for (struct node *n = m->newest; n; n = n->older)
        enter(m, n);
}

/* Those behind a place that becomes free move up, so that a search may end at the first free
 * place: each as far as where it belongs. */
static void leave(struct memory *m, const struct hash *key)
{
    size_t last = m->place_count - 1, gap = (size_t)(place_of(m, key) - m->places);
    for (size_t i = (gap + 1) & last; m->places[i].node; i = (i + 1) & last) {
        size_t wanted = (size_t)m->places[i].start & last;
        if (((i - wanted) & last) < ((i - gap) & last))
            continue;
        m->places[gap] = m->places[i];
        gap = i;
    }
    m->places[gap] = (struct place){ 0 };
}

/* --- the list ----------------------------------------------------------------------------- */

static void unlink_node(struct memory *m, struct node *n)
{
    *(n->newer ? &n->newer->older : &m->newest) = n->older;
    *(n->older ? &n->older->newer : &m->oldest) = n->newer;
}

static void link_newest(struct memory *m, struct node *n)
{
    n->newer = NULL;
    n->older = m->newest;
    *(m->newest ? &m->newest->newer : &m->oldest) = n;
    m->newest = n;
}

void memory_add(struct memory *m, struct node *n)
{
    struct node *old = memory_find(m, &n->e.key);
    if (old)
        memory_remove(m, old);
    if (2 * (m->count + 1) > m->place_count)
        grow(m);
    enter(m, n);
    link_newest(m, n);
    m->count++;
    m->bytes += n->bytes;
}

void memory_add_behind(struct memory *m, struct node *n, size_t newer)
{
    memory_add(m, n);
    struct node *before = n;
    for (size_t i = 0; i < newer && before->older; i++)
        before = i ? before->older : n->older;
    if (before == n)
        return;
    unlink_node(m, n);
    n->newer = before;
    n->older = before->older;
    *(before->older ? &before->older->newer : &m->oldest) = n;
    before->older = n;
}

void memory_touch(struct memory *m, struct node *n)
{
    if (m->newest == n)
        return;
    unlink_node(m, n);
    link_newest(m, n);
}

void memory_remove(struct memory *m, struct node *n)
{
    leave(m, &n->e.key);
    unlink_node(m, n);
    m->count--;
    m->bytes -= n->bytes;
    node_free(n);
}

void memory_clear(struct memory *m)
{
    for (struct node *older, *n = m->newest; n; n = older) {
        older = n->older;
        node_free(n);
    }
    mem_free(m->places);
    *m = (struct memory){ 0 };
}
