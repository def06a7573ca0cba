/* Names of looks, and the looks of the records' words. */
#include "tui/screen/look.h"

#include <string.h>

const char *look_name(enum look l)
{
    static const char *const names[] = {
#define X(id, name) name,
        LOOK_LIST(X)
#undef X
    };
    return names[l];
}

static enum look find(const char *name, const enum look *of, size_t n)
{
    for (size_t i = 0; name && i < n; i++)
        if (strcmp(look_name(of[i]), name) == 0)
            return of[i];
    return LOOK_TEXT;
}

enum look look_of_level(const char *level)
{
    static const enum look of[] = { LOOK_SIMPLE, LOOK_MODERATE, LOOK_COMPLEX };
    return find(level, of, sizeof of / sizeof *of);
}

enum look look_of_role(const char *role)
{
    static const enum look of[] = { LOOK_FAST, LOOK_REASONING };
    return find(role, of, sizeof of / sizeof *of);
}
