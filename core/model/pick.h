/* The lab's rule for which of a server's models plays which role, with its reasons.
 *
 * In list order: FAST = first name (any case) holding 7b, 8b or 3b and not r1; REASONING =
 * first holding r1; else first holding 70b, 32b or 14b; no FAST: the first model; no
 * REASONING: the FAST one. Embedding-only models never get a role. A model that was made for
 * one (made_for: the built-in pair) has it, whatever the names say. */
#ifndef MODEL_PICK_H
#define MODEL_PICK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/mem.h"
#include "core/model/catalog.h"

struct pick {
    const struct model_info *fast, *reasoning; /* both NULL where no model can chat */
    const char *fast_why, *reasoning_why;      /* "has \"8b\", no \"r1\"" */
    const char *warning; /* an accidental substring ("13b" holds "3b") or one model in both
                            roles ("routing is then only shown"); NULL where none */
};

/* Strings live in the arena, models are borrowed from the list. */
void pick_models(const struct model_info *models, size_t count, struct arena *a, struct pick *ret);

/* Why this one was not picked: "embedding only", "second \"r1\" name", ... Never NULL. */
const char *pick_why_not(const struct pick *p, const struct model_info *models, size_t count,
                         size_t which, struct arena *a);

#endif
