/* The routing table (route.h). */
#include "core/route/route.h"

#include <stddef.h>
#include <string.h>

static const char *const role_names[ROLES] = { "fast", "reasoning" };

/* Forcing the fast model keeps the suffix of the level: it is the cheap way to help it. */
static const struct route table[LEVELS][3] = {
    /* by level         ROUTE_AUTO               ROUTE_FAST          ROUTE_REASONING */
    [LEVEL_SIMPLE] = { { ROLE_FAST, false }, { ROLE_FAST, false }, { ROLE_REASONING, true } },
    [LEVEL_MODERATE] = { { ROLE_FAST, true }, { ROLE_FAST, true }, { ROLE_REASONING, true } },
    [LEVEL_COMPLEX] = { { ROLE_REASONING, true }, { ROLE_FAST, true }, { ROLE_REASONING, true } },
};

const char *role_name(enum role role)
{
    return role_names[role];
}

bool role_from_name(const char *name, enum role *ret)
{
    for (size_t i = 0; i < ROLES; i++) {
        if (strcmp(role_names[i], name) == 0) {
            *ret = (enum role)i;
            return true;
        }
    }
    return false;
}

struct route route_for(enum level level, enum route_force force)
{
    return table[level][force];
}
