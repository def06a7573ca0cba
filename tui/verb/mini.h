/* The words below `rlab mini`, and what they share. */
#ifndef VERB_MINI_H
#define VERB_MINI_H

#include "core/model/mini_shelf.h"
#include "core/nn/problem.h"
#include "core/nn/trial.h"
#include "tui/verb/session.h"

typedef bool mini_run(struct session *s, const struct args *a, int *ret_code, struct error *err);

mini_run mini_data, mini_eval, mini_budget, mini_train;

/* Lends a built-in model by name, "fast" or "mini/fast"; give it back with mini_return. Opens
 * the session. */
const struct mini_model *mini_open(struct session *s, const char *name, struct error *err);
/* --kind, which must be given; an unknown one lists the known. */
bool mini_kind(const struct args *a, enum problem_kind *ret, struct error *err);

#endif
