/* The Test pane's view: all that its frame shows, as plain data. */
#ifndef PANE_TEST_H
#define PANE_TEST_H

#include "core/lab/trial.h"
#include "tui/screen/list.h"
#include "tui/screen/surface.h"

enum test_state { TEST_READY, TEST_QUEUED, TEST_RUNNING, TEST_DONE, TEST_FAILED };

/* One query of the set. Texts are borrowed. */
struct test_row {
    const char *query;
    const char *label, *level; /* names; label NULL: none */
    const char *role;          /* "fast", "reasoning"; before it ran: where it would go */
    enum test_state state;
    double seconds;   /* done: what it took; running: so far; NAN unknown */
    const char *from; /* "model", "cache"; how it ended where it failed; "" before */
    int correct;      /* 1, 0, -1: no known answer */
};

/* An earlier run of a set. */
struct test_past {
    char when[24];
    const char *state; /* "done", "stopped" */
    size_t done, total, labelled, agreed;
    double seconds; /* of all its answers */
    double ratio;   /* of the repeat test, NAN where it did not come to it */
};

#define TEST_PAST 3

struct test_view {
    const char *set_name;
    const struct test_row *rows;
    int count, done;
    bool running, stopped;
    double elapsed_s, this_s; /* of the run; of the row that runs */
    struct list *list;
    int labelled, agreed;
    int as[LEVELS][LEVELS]; /* label -> level */
    const char *why;        /* why the chosen row got its level */
    struct repeat repeat;
    const char *repeat_words; /* what the ratio says; "" before */
    const char *answer;       /* of the chosen row; NULL: none yet */
    const char *answer_by;    /* "FAST, no CoT, 212 tok" */
    const struct test_past *past;
    int past_count;
};

void test_draw(const struct test_view *v, struct surface *s);

#endif
