/* The names of the key's fields, in the order in which a difference is named; private to
 * core/store. The key itself is in cache.h. */
#ifndef STORE_CACHE_KEY_H
#define STORE_CACHE_KEY_H

#include <stddef.h>

#include "core/store/cache.h"

size_t cache_key_field_count(void);
const char *cache_key_field_name(size_t i);

#endif
