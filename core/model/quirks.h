/* What a model's refusals teach about it (struct model_quirks in call.h). */
#ifndef MODEL_QUIRKS_H
#define MODEL_QUIRKS_H

#include <stdbool.h>

#include "core/model/call.h"
#include "core/model/error_body.h"

/* What a refused setting teaches: the next request is made without it, or with its other name.
 * `sent_completion_limit`: the limit had gone out as max_completion_tokens. ret: what to say.
 * False where nothing was refused. */
bool quirks_learn(struct model_quirks *q, enum refused what, bool sent_completion_limit,
                  enum call_warn *ret);

#endif
