/* What the Test pane's own files share: its state; its set (test_set.c); what runs (test_run.c); what
 * ran earlier (test_past.c). test.c is the pane itself. */
#ifndef PANE_TEST_INSIDE_H
#define PANE_TEST_INSIDE_H

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/route/classifier.h"
#include "tui/pane/pane.h"
#include "tui/pane/test.h"
#include "tui/screen/page.h"

/* What one query got, from a run or asked alone. */
struct test_result {
    enum test_state state;
    double seconds;
    char from[24], role[16], by[80];
    char *answer; /* owned */
    int64_t answer_id, started_ns;
    int correct;
};

struct test_pane_state {
    struct set set;
    char set_name[512];
    bool has_set;
    struct verdict verdict;
    enum level *levels;          /* (set.count,) by the rules and thresholds in force */
    struct test_result *results; /* (set.count,) */
    struct test_row *rows;
    struct list list;
    struct runner *runner;
    bool running, stopped;
    int64_t started_ns;
    int current;     /* the row of the run that is being asked; -1 none */
    struct ask *ask; /* one row alone */
    int asked;
    struct repeat repeat;
    struct buf why, words;
    struct page *reading; /* the answer that is read, over the table */
    struct test_past past[TEST_PAST];
    char past_state[TEST_PAST][16];
    int past_count;
    bool editing;
};

/* --- the set ------------------------------------------------------------------------------ */

/* Takes the set of that name or path, without results, and with levels only after
 * test_set_classify; false leaves the one there was. */
bool test_set_take(struct pane *p, const char *name, struct error *err);
/* Gives back the results and all that is held row by row. */
void test_set_clear(struct test_pane_state *st);
/* The results alone: each row as before it was asked. */
void test_set_forget(struct test_pane_state *st);
/* The levels anew, by the rules and thresholds in force. */
void test_set_classify(struct pane *p);
/* Why the chosen row has its level. */
void test_set_explain(struct pane *p);
/* Asks for another set, or for this one to be edited. */
void test_set_ask(struct pane *p);
/* As pane_ops.edited. */
void test_set_edited(struct pane *p, const char *text, size_t len);

/* --- what runs ---------------------------------------------------------------------------- */

void test_run_all(struct pane *p);
void test_run_row(struct pane *p); /* the chosen one alone */
/* As pane_ops.stop: what came so far stays. */
void test_run_stop(struct pane *p);

/* --- what ran earlier --------------------------------------------------------------------- */

/* The latest runs, read anew; not while one is under way. */
void test_read_past(struct pane *p);

#endif
