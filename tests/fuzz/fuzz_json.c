/* JSON from outside: whatever comes, it is read or refused; and what was read prints as JSON that
 * reads again, to the same text. */
#include <assert.h>
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *once = print_again((const char *)data, size);
    if (!once)
        return 0;
    char *twice = print_again(once, strlen(once));
    assert(twice && strcmp(once, twice) == 0);
    mem_free(twice);
    mem_free(once);
    return 0;
}
