/* A run with its settings, rows and figures: the same for one that has just ended and one read
 * back from the store, so that verbs, line mode and the screen say the same of it. */
#ifndef LAB_KEPT_RUN_H
#define LAB_KEPT_RUN_H

#include "core/base/json.h"
#include "core/lab/runner.h"
#include "core/lab/summary.h"
#include "core/store/runs.h"

struct kept_run {
    struct arena arena;    /* texts of `row` */
    struct run_row row;    /* id 0: it was not recorded */
    struct json *settings; /* NULL where they cannot be read */
    struct items read;     /* own rows, where it was read back */
    const struct items *items;
    struct summary summary; /* borrows the rows: a kept run stays where it was filled */
};

/* Of a run that is over. Borrows its rows for as long as `ret` is used. */
void kept_run_live(struct kept_run *ret, struct store *s, const struct runner *r);
/* From the store; `ret` is zeroed where it fails. */
bool kept_run_read(struct kept_run *ret, struct store *s, int64_t id, struct error *err);
void kept_run_done(struct kept_run *k); /* accepts a zeroed one, and leaves one */

#endif
