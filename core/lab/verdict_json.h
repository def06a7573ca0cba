/* A classification as the object that `classify --json` prints and the screen copies. */
#ifndef LAB_VERDICT_JSON_H
#define LAB_VERDICT_JSON_H

#include "core/base/json.h"
#include "core/route/classifier.h"
#include "core/route/rules.h"

/* schema rlab.classify/1; the caller frees it. */
struct json *verdict_json(const struct rules *rules, const char *query, const struct verdict *v,
                          int64_t took_ns);

/* Classifies as classify does and says how long that took, in ns. */
int64_t classify_timed(const struct rules *rules, const char *query, size_t len,
                       struct verdict *ret);

/* One of many lines {"query":...}, its line end left off or not: the object to print for it. What
 * cannot be classified becomes {"error","line"}, `number` being its line, and ret_good false. The
 * caller frees it. */
struct json *verdict_json_line(const struct rules *rules, const char *line, size_t len,
                               size_t number, bool *ret_good);

#endif
