/* What is sent to a model, and the cache key that says the same thing: made in one place, so
 * that they can never differ. */
#ifndef LAB_PREPARE_H
#define LAB_PREPARE_H

#include "core/lab/pipeline.h"

/* Which level, route and model a question gets. Fails where it cannot be taken: not text,
 * nothing but blanks, no model for the route, one model for a compare. `v` is filled with the
 * verdict. */
bool question_plan(struct pipeline *p, const struct question *q, struct verdict *v,
                   struct route *ret_route, struct lab_model **ret_model, struct error *err);

/* The request to this model in this role, and its key. Texts are borrowed from q and m. */
void question_prepare(const struct pipeline *p, const struct question *q, const struct lab_model *m,
                      enum role role, bool cot, struct call_request *r, struct cache_key *k);

#endif
