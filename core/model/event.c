/* Names and words of the events (event.h). */
#include "core/model/event.h"

#include <string.h>

static const struct {
    const char *name, *words;
} ends[] = {
#define X(name, words) { #name, words },
    CALL_END_LIST(X)
#undef X
}, warns[] = {
#define X(name, words) { #name, words },
    CALL_WARN_LIST(X)
#undef X
};

const char *call_end_name(enum call_end e)
{
    return ends[e].name;
}

const char *call_end_words(enum call_end e)
{
    return ends[e].words;
}

bool call_end_from_name(const char *name, enum call_end *ret)
{
    for (int e = 0; e < CALL_ENDS; e++) {
        if (strcmp(ends[e].name, name) == 0) {
            *ret = (enum call_end)e;
            return true;
        }
    }
    return false;
}

bool call_end_is_ok(enum call_end e)
{
    return e <= END_OK_FILTER;
}

const char *call_warn_name(enum call_warn w)
{
    return warns[w].name;
}

const char *call_warn_words(enum call_warn w)
{
    return warns[w].words;
}
