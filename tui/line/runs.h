/* Runs in words, for test and bench: one that has just ended, or one read back. */
#ifndef LINE_RUNS_H
#define LINE_RUNS_H

#include "core/lab/kept_run.h"
#include "core/lab/set.h"
#include "tui/line/talk.h"

/* By its number. Says what is wrong where it cannot be read. */
bool told_read(struct kept_run *t, struct talk *l, int64_t id);

/* "Run 12 before, bench of set bench, done, 2026-01-31 08:15." and what it was made with. */
void told_say_head(struct talk *l, const struct kept_run *t);
/* Counts, levels, models, right answers, latencies, the three figures, warnings. */
void told_say_figures(struct talk *l, const struct kept_run *t);
/* "B is 1.20 s faster ...": two runs question by question, or the two models of one run. */
void told_say_against(struct talk *l, const struct kept_run *a, const struct kept_run *b);
void told_say_models(struct talk *l, const struct kept_run *t);
/* "12 of 20, 60 percent, interval 39 to 78 percent" */
const char *told_share(struct talk *l, const struct interval *i, size_t count);

/* --- starting one ---------------------------------------------------------------------------- */

/* A set by name or file; an empty line takes the shipped one for this use ("sample", "bench",
 * "known") that suits the models. False: back, or it cannot be read. */
bool told_ask_set(struct talk *l, const char *use, struct set *ret);
/* Says each row as it comes (give it as `hear`), and turns until the run is over. */
struct teller {
    struct talk *l;
    struct runner *runner;
    bool over;
    bool rows; /* each row a sentence; else only the status line every 10 s */
    size_t done, total;
};
void teller_hear(void *self, const struct run_event *ev);
/* False: the loop failed, or the run did; that was said. */
bool teller_wait(struct teller *t);
/* A row in a sentence: question, label, level, model, time, answer. */
void teller_row(struct talk *l, const struct run_item *i, size_t total);

#endif
