/* An answer of the history as JSON, for `rlab history` and the screen alike. */
#ifndef LAB_HISTORY_JSON_H
#define LAB_HISTORY_JSON_H

#include "core/base/json.h"
#include "core/store/history.h"

/* rlab.history/1: every figure and text; what is unknown or was not kept is null. The caller frees
 * it. */
struct json *history_json(const struct history_row *r);

#endif
