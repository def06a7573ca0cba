/* Runs as JSON, the same for verbs and the screen. Seconds say their kind; unknown is null. Whoever
 * gets an object frees it. */
#ifndef LAB_RUN_JSON_H
#define LAB_RUN_JSON_H

#include "core/base/json.h"
#include "core/lab/summary.h"
#include "core/store/runs.h"

/* id, kind, name, notes, set, state, started, ended, items */
struct json *run_json(const struct run_row *r);
struct json *run_item_json(const struct run_item *i);
struct json *run_items_json(const struct items *t);
struct json *run_summary_json(const struct summary *sum);
/* {"schema","run","settings","items","summary"}; settings NULL: could not be read. */
struct json *run_whole_json(const char *schema, const struct run_row *row,
                            const struct json *settings, const struct items *items,
                            const struct summary *sum);
/* estimate, low, high, n; unknown is null */
struct json *interval_json(const struct interval *i);
struct json *paired_json(const struct paired *p);

#endif
