/* JSON (json.h): the only file that knows cJSON. */
#include "core/base/json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/base/mem.h"
#include "core/limits.h"

/* struct json is a cJSON under a name of ours; only these two turn one into the other. */
static cJSON *in(const struct json *j)
{
    return (cJSON *)(void *)(uintptr_t)j;
}

static struct json *out(cJSON *c)
{
    return (struct json *)(void *)c;
}

/* --- memory ------------------------------------------------------------------------- */

struct json_pool {
    struct arena arena;
    struct buf repaired;
};

/* The pool of the parse that is running in this thread, if any: cJSON's hooks carry no
 * pointer of ours. */
static _Thread_local struct arena *parsing_in;

/* Memory that is out ends the program here as everywhere (mem.h), so nothing below is ever
 * half made. */
static void *hook_alloc(size_t size)
{
    return parsing_in ? arena_alloc(parsing_in, 1, size) : mem_alloc(1, size);
}

static void hook_free(void *p)
{
    if (!parsing_in) /* what a failed parse gives back to a pool goes with the pool */
        mem_free(p);
}

static void hooks(void)
{
    static bool done;
    if (done)
        return;
    cJSON_InitHooks(&(cJSON_Hooks){ .malloc_fn = hook_alloc, .free_fn = hook_free });
    done = true;
}

/* --- repair ------------------------------------------------------------------------- */

static int hex4(const char *s, const char *end)
{
    int v = 0;
    if (end - s < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = s[i];
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

static bool is_high(int v)
{
    return v >= 0xD800 && v <= 0xDBFF;
}

static bool is_low(int v)
{
    return v >= 0xDC00 && v <= 0xDFFF;
}

/* Copies the document with unpaired surrogate escapes, \u0000, raw NUL and broken \u escapes
 * replaced by \ufffd. Returns whether anything was replaced. */
static bool repair(const char *text, size_t len, struct buf *to)
{
    const char *end = text + len, *from = text;
    bool changed = false;
    buf_clear(to);
    for (const char *p = text; p < end;) {
        size_t bad = 0;
        if (*p == '\0') {
            bad = 1;
        } else if (*p == '\\' && p + 1 < end && p[1] != 'u') {
            p += 2;
            continue;
        } else if (*p == '\\' && p + 1 < end) {
            int v = hex4(p + 2, end);
            if (v < 0) {
                bad = 2;
            } else if (is_high(v) && end - p >= 12 && p[6] == '\\' && p[7] == 'u' &&
                       is_low(hex4(p + 8, end))) {
                p += 12;
                continue;
            } else if (v == 0 || is_high(v) || is_low(v)) {
                bad = 6;
            } else {
                p += 6;
                continue;
            }
        } else {
            p++;
            continue;
        }
        buf_add(to, from, (size_t)(p - from));
        buf_puts(to, "\\ufffd");
        p += bad;
        from = p;
        changed = true;
    }
    if (changed)
        buf_add(to, from, (size_t)(end - from));
    return changed;
}

/* A document that cJSON would take but shorten: a NUL, escaped or raw. */
static bool hides_nul(const char *text, size_t len)
{
    if (memchr(text, '\0', len))
        return true;
    const char *end = text + len;
    for (const char *p = text; (p = memchr(p, '\\', (size_t)(end - p))) != NULL; p += 2) {
        if (end - p < 2)
            return false;
        if (p[1] == 'u' && hex4(p + 2, end) <= 0)
            return true;
    }
    return false;
}

/* --- reading ------------------------------------------------------------------------ */

static cJSON *parse_once(const char *text, size_t len)
{
    const char *end = NULL;
    cJSON *c = cJSON_ParseWithLengthOpts(text, len, &end, 0);
    if (!c)
        return NULL;
    for (; end < text + len; end++) {
        if (*end != ' ' && *end != '\n' && *end != '\r' && *end != '\t' && *end != '\0') {
            cJSON_Delete(c);
            return NULL;
        }
    }
    return c;
}

static cJSON *parse(const char *text, size_t len, struct buf *repaired, struct error *err)
{
    hooks();
    while (len && text[len - 1] == '\0') /* a final NUL ends the text, it is not in it */
        len--;
    cJSON *c = NULL;
    if (len && !hides_nul(text, len))
        c = parse_once(text, len);
    if (!c && len && repair(text, len, repaired))
        c = parse_once(repaired->data, repaired->len);
    if (!c)
        error_set(err, ERR_PARSE, "it is not one whole JSON value");
    return c;
}

struct json *json_parse(const char *text, size_t len, struct error *err)
{
    struct buf repaired = buf_with_max(6 * (len + 1));
    struct json *j = out(parse(text, len, &repaired, err));
    buf_done(&repaired);
    return j;
}

struct json *json_parse_exact(const char *text, size_t len, struct error *err)
{
    hooks();
    cJSON *c = NULL;
    if (hides_nul(text, len))
        error_set(err, ERR_PARSE, "it holds a NUL or a broken \\u escape");
    else if (!len || !(c = parse_once(text, len)))
        error_set(err, ERR_PARSE, "it is not one whole JSON value");
    return out(c);
}

void json_free(struct json *j)
{
    cJSON_Delete(in(j));
}

struct json_pool *json_pool_new(void)
{
    struct json_pool *p = mem_new(struct json_pool, 1);
    p->repaired = buf_with_max(6 * MAX_EVENT_BYTES);
    return p;
}

void json_pool_free(struct json_pool *p)
{
    if (!p)
        return;
    arena_done(&p->arena);
    buf_done(&p->repaired);
    mem_free(p);
}

const struct json *json_parse_in(struct json_pool *p, const char *text, size_t len,
                                 struct error *err)
{
    arena_clear(&p->arena);
    parsing_in = &p->arena;
    const struct json *j = out(parse(text, len, &p->repaired, err));
    parsing_in = NULL;
    return j;
}

bool json_is_null(const struct json *j)
{
    return cJSON_IsNull(in(j));
}

bool json_is_bool(const struct json *j)
{
    return cJSON_IsBool(in(j));
}

bool json_is_true(const struct json *j)
{
    return cJSON_IsTrue(in(j));
}

bool json_is_number(const struct json *j)
{
    return cJSON_IsNumber(in(j));
}

bool json_is_string(const struct json *j)
{
    return cJSON_IsString(in(j));
}

bool json_is_array(const struct json *j)
{
    return cJSON_IsArray(in(j));
}

bool json_is_object(const struct json *j)
{
    return cJSON_IsObject(in(j));
}

const struct json *json_get(const struct json *object, const char *key)
{
    return cJSON_IsObject(in(object)) ? out(cJSON_GetObjectItemCaseSensitive(in(object), key))
                                      : NULL;
}

const char *json_text(const struct json *j)
{
    return cJSON_GetStringValue(in(j));
}

const char *json_get_text(const struct json *object, const char *key)
{
    return json_text(json_get(object, key));
}

bool json_number(const struct json *j, double *ret)
{
    if (!cJSON_IsNumber(in(j)) || !isfinite(in(j)->valuedouble))
        return false;
    *ret = in(j)->valuedouble;
    return true;
}

bool json_get_number(const struct json *object, const char *key, double *ret)
{
    return json_number(json_get(object, key), ret);
}

int64_t json_get_count(const struct json *object, const char *key)
{
    double v;
    return json_get_number(object, key, &v) && v >= 0 && v <= 1e15 ? (int64_t)v : -1;
}

const struct json *json_first(const struct json *j)
{
    return json_is_array(j) || json_is_object(j) ? out(in(j)->child) : NULL;
}

const struct json *json_next(const struct json *j)
{
    return j ? out(in(j)->next) : NULL;
}

const char *json_key(const struct json *member)
{
    return member ? in(member)->string : NULL;
}

size_t json_size(const struct json *j)
{
    return j ? (size_t)cJSON_GetArraySize(in(j)) : 0;
}

/* --- making ------------------------------------------------------------------------- */

static cJSON *made(cJSON *c)
{
    if (!c)
        abort(); /* cannot be: hook_alloc always gives */
    return c;
}

struct json *json_object(void)
{
    hooks();
    return out(made(cJSON_CreateObject()));
}

struct json *json_array(void)
{
    hooks();
    return out(made(cJSON_CreateArray()));
}

void json_put(struct json *object, const char *key, struct json *value)
{
    if (!cJSON_AddItemToObject(in(object), key, in(value)))
        abort();
}

void json_put_text(struct json *object, const char *key, const char *text)
{
    json_put(object, key, out(made(text ? cJSON_CreateString(text) : cJSON_CreateNull())));
}

void json_put_int(struct json *object, const char *key, int64_t v)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%lld", (long long)v);
    json_put(object, key, out(made(cJSON_CreateRaw(digits))));
}

void json_put_count(struct json *object, const char *key, int64_t v)
{
    if (v < 0)
        json_put_null(object, key);
    else
        json_put_int(object, key, v);
}

void json_put_real(struct json *object, const char *key, double v)
{
    json_put(object, key, out(made(isfinite(v) ? cJSON_CreateNumber(v) : cJSON_CreateNull())));
}

void json_put_bool(struct json *object, const char *key, bool v)
{
    json_put(object, key, out(made(cJSON_CreateBool(v))));
}

void json_put_null(struct json *object, const char *key)
{
    json_put(object, key, out(made(cJSON_CreateNull())));
}

void json_add(struct json *array, struct json *value)
{
    if (!cJSON_AddItemToArray(in(array), in(value)))
        abort();
}

void json_add_text(struct json *array, const char *text)
{
    json_add(array, out(made(text ? cJSON_CreateString(text) : cJSON_CreateNull())));
}

struct json *json_copy(const struct json *j)
{
    hooks();
    return out(made(cJSON_Duplicate(in(j), 1)));
}

bool json_print(const struct json *j, struct buf *to)
{
    char *text = cJSON_PrintUnformatted(in(j));
    if (!text)
        abort();
    bool ok = buf_puts(to, text);
    cJSON_free(text);
    return ok;
}
