/* One column of the Ask pane while it lives: a question on its way through the pipeline, told by
 * events, shown as a column_view. What arrives only goes into pages and counters, so that a long
 * answer costs no more per piece than a short one. */
#ifndef PANE_ASK_COLUMN_H
#define PANE_ASK_COLUMN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "core/lab/lab.h"
#include "tui/pane/ask.h"

/* Thinking was opened or folded, noted until the call has a number to be told with. */
#define COLUMN_FOLDS 16

/* Tokens over time: slots of one width, which doubles when all are full. */
struct pace {
    double slot[PACE_POINTS]; /* tokens that came in it */
    double width_s;
    double last_s; /* when the newest came, since the first word */
};

struct column {
    struct lab *lab;
    void (*changed)(void *self, struct column *c); /* something to see came; ends included */
    void *self;

    struct ask *ask; /* runs; NULL otherwise */
    enum ask_phase phase;
    int64_t asked_ns;
    struct page *answer, *thinking;
    struct answer told; /* as far as it is known; texts lie in the pages, names in the arena */
    struct arena arena;
    struct usage usage;
    int64_t limits[ROLES]; /* tokens it was asked with, by who answers */
    size_t bytes, pieces, thinking_bytes, thinking_pieces;
    double first_s, first_text_s; /* since the question; NAN: not yet */
    struct pace pace;
    char retry[240];    /* what it waits for, while it does */
    char fallback[400]; /* whom it was asked instead of, and why */

    enum ask_fold fold;
    bool fold_kept[COLUMN_FOLDS]; /* true: opened */
    int folds;

    const bool *cold; /* (ROLES,) the model is known not to be loaded; borrowed, may be NULL */
    bool knows_load, slowed;
    double last_load_s;
};

void column_init(struct column *c, struct lab *lab, void (*changed)(void *self, struct column *c),
                 void *self);
void column_done(struct column *c); /* accepts a zeroed one; stops hearing of what still runs */
/* Empties it for another question. Nothing may run. */
void column_clear(struct column *c);

/* Asks. On failure it is empty. */
bool column_ask(struct column *c, const struct question *q, struct error *err);
void column_stop(struct column *c);
bool column_runs(const struct column *c);
/* An answer that a compare can be judged by. */
bool column_is_good(const struct column *c);

/* Time goes on: a silent server whose model was not loaded is loading it. */
void column_tick(struct column *c);
/* The next step of the fold, told to the lessons; `all` reads all of the thinking or less. */
void column_fold(struct column *c, bool all);

/* `hides`: names and what gives them away. Texts are borrowed from the column. */
void column_show(const struct column *c, bool hides, struct column_view *ret);

/* What ASK_START calls, for tests with events of their own. */
void column_hear(void *self, const struct ask_event *ev);

#endif
