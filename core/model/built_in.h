/* The server that is always there: the models inside the program.
 *
 *   mini/fast, mini/reason, and what a person trained    weights alone (mini.h)
 *   mini/steps                                           a recogniser and exact arithmetic
 *                                                        (mini_steps.h) */
#ifndef MODEL_BUILT_IN_H
#define MODEL_BUILT_IN_H

#include "core/model/provider.h"

extern const struct provider built_in_provider;

/* The server "mini". `own` and `shipped` are folders of weights and samples, either may be
 * NULL; the strings are borrowed. */
struct server built_in_server(const char *own, const char *shipped);

#endif
