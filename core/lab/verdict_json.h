/* A classification as the object that `classify --json` prints and the screen copies. */
#ifndef LAB_VERDICT_JSON_H
#define LAB_VERDICT_JSON_H

#include "core/base/json.h"
#include "core/route/classifier.h"
#include "core/route/rules.h"

/* schema rlab.classify/1; the caller frees it. */
struct json *verdict_json(const struct rules *rules, const char *query, const struct verdict *v,
                          int64_t took_ns);

#endif
