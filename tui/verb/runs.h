/* Runs as verbs show them: waited for, as tables made for reading, and as JSON; the same for
 * one that has just ended and one read back from the database. */
#ifndef VERB_RUNS_H
#define VERB_RUNS_H

#include "core/lab/kept_run.h"
#include "core/lab/run_json.h"
#include "core/lab/runner.h"
#include "core/lab/summary.h"
#include "core/store/runs.h"
#include "tui/verb/session.h"

/* By id, name or "last" (kind NULL: of any kind). */
bool shown_read(struct kept_run *v, struct session *s, const char *kind, const char *which,
                struct error *err);

/* --- waiting ----------------------------------------------------------------------------- */

/* Hands a run's news to the progress line; give it as `hear` with the session as `self`. */
void run_watch(void *session, const struct run_event *ev);
/* Turns the loop until the run is over; ^C stops it and keeps what was finished. */
bool run_wait(struct session *s, struct runner *r, struct error *err);
/* What verbs return once all is printed: false with the failure that ended the run early, and
 * where nothing at all was answered. */
bool run_verdict(const struct runner *r, const struct summary *sum, struct error *err);

/* Chooses the models and loads the set of --set, else the shipped one of that use ("sample",
 * "bench") for those models. A set that was named is read first: a mistake costs no wait. */
bool run_set(struct session *s, const char *use, struct set *ret, struct error *err);
/* NAME and NOTES of the command line, checked. */
bool run_names(const struct args *a, const char **ret_name, const char **ret_notes,
               struct error *err);
/* "about N calls to 'SERVER', go on?" once for each hosted server among the models. */
bool run_ask_hosted(struct session *s, size_t calls, struct lab_model *const *models, size_t count,
                    struct error *err);

/* --- text -------------------------------------------------------------------------------- */

/* "run 12 'name' of set 'bench', done, 2026-01-31 08:15" and what it was made with. */
void run_print_head(struct session *s, const struct kept_run *v);
void run_print_tables(struct session *s, const struct kept_run *v);
void run_print_histogram(struct session *s, const struct summary *sum);
void run_print_always(struct session *s, const struct summary *sum);
void run_print_warnings(struct session *s, const struct summary *sum);
/* "12 of 20 (60 %; 95 %: 39 to 78 %)" */
const char *share_text(const struct interval *i, size_t count, struct arena *a);
/* seconds_text in an arena; "s" unless n is 1. */
const char *seconds_in(struct arena *a, double s);
const char *plural(size_t n);
/* Text behind `head`, wrapped, with blanks under the head. */
void print_folded(const struct session *s, const char *head, const char *text);

/* --- JSON -------------------------------------------------------------------------------- */

/* {"schema","run","settings","items","summary"} */
static inline struct json *shown_json(const char *schema, const struct kept_run *v)
{
    return run_whole_json(schema, &v->row, v->settings, v->items, &v->summary);
}

#endif
