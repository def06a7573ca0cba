/* An answer from a model against a known one (the first line): no comparison may run away or
 * fail to see that a text is the same as itself. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/lab/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = size ? memchr(text, '\n', size) : NULL;
    size_t first = end ? (size_t)(end - text) : size;
    char *known = mem_copy(text, first);
    const char *answer = text + first;
    double value;
    assert(!check_last_number(text, size, &value) || isfinite(value));
    for (size_t i = 0; check_at(i); i++) {
        const struct check *c = check_at(i);
        if (!c->fits(known))
            continue;
        c->right(answer, size - first, known);
        assert(c->right(known, strlen(known), known));
    }
    assert(check_default(known));
    mem_free(known);
    return 0;
}
