/* What a run was made with, as the JSON kept in its row. */
#ifndef LAB_RUN_SETTINGS_H
#define LAB_RUN_SETTINGS_H

#include "core/lab/runner.h"

/* The plan's own words with rules, models (and their identities), limits and sampling added.
 * Freed with mem_free. */
char *run_settings_text(const struct pipeline *p, const struct run_plan *plan);

#endif
