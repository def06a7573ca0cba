/* A cache entry as JSON, for the verbs and the screen alike. */
#ifndef LAB_CACHE_JSON_H
#define LAB_CACHE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/json.h"
#include "core/store/cache.h"

/* rlab.cache_entry/1 without its texts but for the question; place 0 is unknown. The caller frees
 * it, or prints it away. */
struct json *cache_entry_json(const struct cache_entry *e, int64_t place, int64_t entries);
/* Text with its length, up to the first NUL. */
void json_put_bytes(struct json *j, const char *name, const char *text, size_t len);

#endif
