/* mini/steps as a model one can ask: the recogniser and its exact solvers (steps.h), with the
 * events of any other. It learns in slices when it is first needed; that time counts as loading.
 * Its tokens are words. */
#ifndef MODEL_MINI_STEPS_H
#define MODEL_MINI_STEPS_H

#include "core/model/catalog.h"
#include "core/model/inside.h"

#define MINI_STEPS "steps" /* its name */

/* As mini_start. Samples come from the first folder of the shelf that has them; what it learnt
 * is kept in the person's own folder. */
struct inside *mini_steps_start(struct net *n, const struct server *s, const struct call_request *r,
                                model_hear *hear, void *self);
/* Adds it to a list that has room for one more. */
void mini_steps_list(const struct server *s, struct catalog *c);

#endif
