/* An answer for programs: one JSON shape, whoever tells it. */
#ifndef LAB_ANSWER_JSON_H
#define LAB_ANSWER_JSON_H

#include "core/base/json.h"
#include "core/lab/answer.h"

/* rlab.answer/1: every figure of the answer with its kind; unknown is null. Freed with
 * json_free. */
struct json *answer_json(const struct answer *a);

#endif
