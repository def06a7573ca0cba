/* Hash table and recency list (cache_memory.h). */
#include "core/store/cache_memory.h"

#include <string.h>

#include "core/base/mem.h"

#define FIRST_BUCKETS 64

/* --- nodes -------------------------------------------------------------------------------- */

/* Every text of an entry; those with a length may hold anything. */
#define PLAIN_TEXTS(X)                                                                             \
    X(server) X(model) X(identity) X(level) X(role) X(fields) X(tokens_kind) X(split_kind)
#define SIZED_TEXTS(X) X(query) X(answer) X(thinking)

static size_t place(char *base, size_t at, const char **text, size_t len)
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
#define X(name) at = place(n->text, at, &n->e.name, n->e.name ? strlen(n->e.name) : 0);
    PLAIN_TEXTS(X)
#undef X
#define X(name)                                                                                    \
    if (!n->e.name)                                                                                \
        n->e.name = "", n->e.name##_len = 0;                                                       \
    at = place(n->text, at, &n->e.name, n->e.name##_len);
    SIZED_TEXTS(X)
#undef X
    return n;
}

void node_free(struct node *n)
{
    mem_free(n);
}

/* --- the table ---------------------------------------------------------------------------- */

/* Keys are digests: any bytes of them are spread evenly. */
static size_t bucket_of(const struct memory *m, const struct hash *key)
{
    uint64_t v;
    memcpy(&v, key->bytes, sizeof v);
    return (size_t)v & (m->bucket_count - 1);
}

struct node *memory_find(const struct memory *m, const struct hash *key)
{
    if (!m->bucket_count)
        return NULL;
    struct node *n = m->buckets[bucket_of(m, key)];
    while (n && !hash_equal(&n->e.key, key))
        n = n->chain;
    return n;
}

static void enter(struct memory *m, struct node *n)
{
    struct node **bucket = &m->buckets[bucket_of(m, &n->e.key)];
    n->chain = *bucket;
    *bucket = n;
}

static void grow(struct memory *m)
{
    mem_free(m->buckets);
    m->bucket_count = m->bucket_count ? m->bucket_count * 2 : FIRST_BUCKETS;
    m->buckets = mem_new(struct node *, m->bucket_count);
    for (struct node *n = m->newest; n; n = n->older)
        enter(m, n);
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
    if (m->count >= m->bucket_count)
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
    struct node **at = &m->buckets[bucket_of(m, &n->e.key)];
    while (*at != n)
        at = &(*at)->chain;
    *at = n->chain;
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
    mem_free(m->buckets);
    *m = (struct memory){ 0 };
}
