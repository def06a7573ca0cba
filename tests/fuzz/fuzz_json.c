/* JSON from outside: whatever comes, it is read or refused; what was read prints as JSON that
 * reads again, to the same text; and it is the same value when it is read member by member and
 * made anew, and when it is read into a pool that others were read into before. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The value as text, freed by the caller; NULL where it is no JSON. */
static char *print_again(const char *text, size_t len)
{
    struct error err;
    struct json *j = json_parse(text, len, &err);
    if (!j)
        return NULL;
    struct buf b = buf_with_max(64 << 20);
    assert(json_print(j, &b));
    json_free(j);
    return buf_take(&b);
}

/* --- made anew ---------------------------------------------------------------------------- */

static struct json *again(const struct json *j, int depth);

/* A member under its name, by the function that is there for its kind. */
static void put_again(struct json *to, const char *key, const struct json *x, int depth)
{
    double v;
    if (json_is_null(x))
        json_put_null(to, key);
    else if (json_is_bool(x))
        json_put_bool(to, key, json_is_true(x));
    else if (json_is_string(x))
        json_put_text(to, key, json_text(x));
    else if (json_number(x, &v) && v == floor(v) && fabs(v) < 1e15 && !signbit(v))
        json_put_count(to, key, (int64_t)v);
    else if (json_number(x, &v) && v == floor(v) && fabs(v) < 1e15 && v != 0)
        json_put_int(to, key, (int64_t)v);
    else if (json_number(x, &v))
        json_put_real(to, key, v);
    else
        json_put(to, key, again(x, depth + 1));
}

/* Far below, where a function of ours need not follow, a copy. */
static struct json *again(const struct json *j, int depth)
{
    if (depth > 50 || !(json_is_array(j) || json_is_object(j)))
        return json_copy(j);
    struct json *to = json_is_array(j) ? json_array() : json_object();
    for (const struct json *x = json_first(j); x; x = json_next(x)) {
        if (json_is_object(j))
            put_again(to, json_key(x), x, depth);
        else if (json_is_string(x))
            json_add_text(to, json_text(x));
        else
            json_add(to, again(x, depth + 1));
    }
    assert(json_size(to) == json_size(j));
    return to;
}

static void check_members(const struct json *j)
{
    for (const struct json *x = json_first(j); json_is_object(j) && x; x = json_next(x)) {
        const struct json *found = json_get(j, json_key(x)); /* the first of this name */
        double v = 0;
        assert(found && strcmp(json_key(found), json_key(x)) == 0);
        assert((json_get_text(j, json_key(x)) != NULL) == json_is_string(found));
        bool number = json_get_number(j, json_key(x), &v);
        assert(isfinite(v) && (!number || json_is_number(found)));
        assert(json_get_count(j, json_key(x)) >= -1);
    }
}

/* A pool of its own comes and goes as a reply does. */
static void check_pool(const char *text, size_t len)
{
    struct error err;
    struct json_pool *pool = json_pool_new();
    json_parse_in(pool, text, len, &err);
    json_pool_free(pool);
}

static void check_value(const char *text, size_t len, const char *printed)
{
    static struct json_pool *pool;
    struct error err;
    if (!pool)
        pool = json_pool_new();
    const struct json *pooled = json_parse_in(pool, text, len, &err);
    struct json *j = json_parse(text, len, &err);
    struct buf b = buf_with_max(64 << 20), c = buf_with_max(64 << 20);
    assert(pooled && json_print(pooled, &b) && strcmp(buf_text(&b), printed) == 0);
    check_members(j);
    struct json *made = again(j, 0);
    assert(json_print(made, &c) && strcmp(buf_text(&c), printed) == 0);
    struct json *exact = json_parse_exact(text, len, &err);
    json_free(exact);
    json_free(made);
    json_free(j);
    buf_done(&c);
    buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_pool((const char *)data, size);
    char *once = print_again((const char *)data, size);
    if (!once)
        return 0;
    char *twice = print_again(once, strlen(once));
    assert(twice && strcmp(once, twice) == 0);
    check_value((const char *)data, size, once);
    mem_free(twice);
    mem_free(once);
    return 0;
}
