/* What all writers inside the program share (inside.h). */
#include "core/model/inside.h"

#include <string.h>

size_t inside_find_stop(const struct call_request *r, const char *text, size_t len)
{
    size_t first = len;
    for (size_t k = 0; k < r->stop_count; k++) {
        const char *at = *r->stop[k] ? strstr(text, r->stop[k]) : NULL;
        if (at && (size_t)(at - text) < first)
            first = (size_t)(at - text);
    }
    return first;
}
