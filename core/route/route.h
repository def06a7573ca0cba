/* Level -> which model answers, and whether it is asked to think step by step.
 *
 *     level      auto        forced fast   forced reasoning
 *     simple     fast        fast          reasoning, steps
 *     moderate   fast, steps fast, steps   reasoning, steps
 *     complex    reasoning,  fast, steps   reasoning, steps
 *                steps
 */
#ifndef ROUTE_ROUTE_H
#define ROUTE_ROUTE_H

#include <stdbool.h>

#include "core/route/level.h"

/* The part a model plays. */
enum role { ROLE_FAST, ROLE_REASONING };

#define ROLES 2

const char *role_name(enum role role); /* "fast", "reasoning" */
/* false (ret unchanged) where the name is neither. */
bool role_from_name(const char *name, enum role *ret);

/* What the person asked for. */
enum route_force { ROUTE_AUTO, ROUTE_FAST, ROUTE_REASONING };

struct route {
    enum role role;
    bool cot; /* the step-by-step suffix is added to the query */
};

struct route route_for(enum level level, enum route_force force);

#endif
