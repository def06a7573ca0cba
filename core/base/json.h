/* JSON in and out. Home of cJSON: no other file includes it.
 *
 * Reading is strict where it matters (nothing but white space may follow the value) and
 * repairs what real servers send: unpaired surrogate escapes and NUL (escaped or raw) become
 * U+FFFD instead of losing the document or the rest of a string. Keys are matched exactly.
 * Every reader accepts NULL, so a missing branch reads as a missing value. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"

struct json;

/* Parses text[0..len). The value is freed with json_free. */
struct json *json_parse(const char *text, size_t len, struct error *err);
/* The same without any repair: for a person's own data, where a NUL or half a character is a
 * mistake to be named, not mended. */
struct json *json_parse_exact(const char *text, size_t len, struct error *err);
void json_free(struct json *j);

/* The same out of a pool that is reused by the next parse: no allocation per event once it
 * is warm. The value lives until the next json_parse_in or json_pool_done, and must not be
 * freed or changed. */
struct json_pool;
struct json_pool *json_pool_new(void);
void json_pool_free(struct json_pool *p);
const struct json *json_parse_in(struct json_pool *p, const char *text, size_t len,
                                 struct error *err);

bool json_is_null(const struct json *j); /* a literal null; false for NULL */
bool json_is_bool(const struct json *j);
bool json_is_true(const struct json *j);
bool json_is_number(const struct json *j);
bool json_is_string(const struct json *j);
bool json_is_array(const struct json *j);
bool json_is_object(const struct json *j);

/* Member of an object, first of its name; NULL where there is none. */
const struct json *json_get(const struct json *object, const char *key);
/* The text, or NULL where it is not a string. Borrowed from the value. */
const char *json_text(const struct json *j);
/* json_text(json_get(object, key)) */
const char *json_get_text(const struct json *object, const char *key);
/* The number; false (ret unchanged) where it is none or not finite. */
bool json_number(const struct json *j, double *ret);
bool json_get_number(const struct json *object, const char *key, double *ret);
/* A count: the whole part of a number from 0 to 1e15, or -1 where there is none. */
int64_t json_get_count(const struct json *object, const char *key);
/* for (const struct json *x = json_first(a); x; x = json_next(x)) over array or object. */
const struct json *json_first(const struct json *j);
const struct json *json_next(const struct json *j);
const char *json_key(const struct json *member); /* name within its object, or NULL */
size_t json_size(const struct json *j);

/* Making. Every put_* appends; `j` is an object for keyed and an array for unkeyed forms.
 * put_text writes null for NULL; put_real writes null for NAN and infinities. */
struct json *json_object(void);
struct json *json_array(void);
void json_put(struct json *object, const char *key, struct json *value); /* takes value */
void json_put_text(struct json *object, const char *key, const char *text);
void json_put_int(struct json *object, const char *key, int64_t v);   /* all digits, no exponent */
void json_put_count(struct json *object, const char *key, int64_t v); /* below 0: null */
void json_put_real(struct json *object, const char *key, double v);
void json_put_bool(struct json *object, const char *key, bool v);
void json_put_null(struct json *object, const char *key);
void json_add(struct json *array, struct json *value); /* takes value */
void json_add_text(struct json *array, const char *text);
struct json *json_copy(const struct json *j);

/* Appends the value on one line, without a line end; false where the buffer is full. */
bool json_print(const struct json *j, struct buf *to);

#endif
