/* Why a lookup missed: the nearest entry, and the first field in which it differs (cache.h). */
#include <string.h>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/store/cache_key.h"
#include "core/store/inside.h"

/* Entries looked at, most recent first: an explanation should come at once. */
#define MAX_LOOKED_AT 10000
/* How much of a value is shown, in columns. */
#define SHOWN_COLS 60

struct nearest {
    struct arena *arena;
    const struct json *wanted;
    struct json_pool *pool;
    int64_t seen;
    size_t differ; /* fields, of the nearest so far */
    const char *field, *ours, *theirs;
    const char *query; /* of the nearest */
};

static const char *shown(struct arena *a, const char *text, size_t len)
{
    struct buf safe = buf_with_max(8 * SHOWN_COLS + 64);
    size_t fit = text_fit(text, len, SHOWN_COLS);
    text_safe_line(&safe, text, fit);
    const char *copy = arena_format(a, "%s%s", buf_text(&safe), fit < len ? "…" : "");
    buf_done(&safe);
    return copy;
}

static const char *value_text(struct arena *a, const struct json *v)
{
    if (!v || json_is_null(v))
        return "none";
    struct buf b = buf_with_max(SIZE_MAX / 2);
    json_print(v, &b);
    const char *copy = shown(a, buf_text(&b), b.len);
    buf_done(&b);
    return copy;
}

static bool same(const struct json *a, const struct json *b)
{
    if (json_is_string(a) && json_is_string(b))
        return strcmp(json_text(a), json_text(b)) == 0;
    if (!a || !b)
        return !a && !b;
    struct buf x = buf_with_max(SIZE_MAX / 2), y = buf_with_max(SIZE_MAX / 2);
    json_print(a, &x);
    json_print(b, &y);
    bool equal = strcmp(buf_text(&x), buf_text(&y)) == 0;
    buf_done(&x);
    buf_done(&y);
    return equal;
}

static bool compare(void *self, const struct cache_entry *e, int64_t place)
{
    struct nearest *n = self;
    struct error err;
    size_t differ = 0;
    const char *first = NULL;
    if (place > MAX_LOOKED_AT)
        return false;
    n->seen++;
    const char *text = e->fields ? e->fields : "{}";
    const struct json *theirs = json_parse_in(n->pool, text, strlen(text), &err);
    for (size_t i = 0; i < cache_key_field_count(); i++) {
        const char *name = cache_key_field_name(i);
        if (same(json_get(n->wanted, name), json_get(theirs, name)))
            continue;
        first = first ? first : name;
        differ++;
    }
    if (!same(json_get(n->wanted, "version"), json_get(theirs, "version"))) {
        first = first ? first : "version";
        differ++;
    }
    if (n->seen > 1 && differ >= n->differ)
        return true;
    n->differ = differ;
    n->field = first;
    n->query = shown(n->arena, e->query, e->query_len);
    if (first) {
        n->ours = value_text(n->arena, json_get(n->wanted, first));
        n->theirs = value_text(n->arena, json_get(theirs, first));
    }
    return differ > 0;
}

static const char *explain(const struct nearest *n)
{
    if (n->seen == 0)
        return "it would miss: the cache is empty";
    if (!n->field)
        return "it would miss: the answer is there but older than the time to live";
    if (strcmp(n->field, "query") == 0)
        return arena_format(n->arena,
                            "it would miss: no entry is for this question; the nearest is for "
                            "'%s'",
                            n->query);
    return arena_format(n->arena, "it would miss: the nearest entry has another %s: %s, not %s",
                        n->field, n->theirs, n->ours);
}

bool cache_why(struct cache *c, const struct cache_key *k, struct arena *a, const char **ret_text,
               const char **ret_field, struct error *err)
{
    struct hash key = cache_key_hash(k);
    if (cache_peek(c, &key, NULL)) {
        *ret_text = "it would hit: the answer is in the cache";
        *ret_field = NULL;
        return true;
    }
    char *fields = cache_key_fields(k);
    struct json *wanted = json_parse(fields, strlen(fields), err);
    mem_free(fields);
    if (!wanted)
        return error_within(err, "explaining a miss");
    struct nearest n = { .arena = a, .wanted = wanted, .pool = json_pool_new() };
    bool ok = cache_list(c, compare, &n, err);
    if (ok) {
        *ret_text = explain(&n);
        *ret_field = n.seen && !n.field ? "ttl" : n.field;
    }
    json_pool_free(n.pool);
    json_free(wanted);
    return ok;
}
