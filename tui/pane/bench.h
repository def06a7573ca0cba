/* The Bench pane's view: all that its frame shows. Figures are those of a summary (summary.h), the
 * same that `bench show` prints. */
#ifndef PANE_BENCH_H
#define PANE_BENCH_H

#include "core/lab/budget.h"
#include "core/lab/summary.h"
#include "core/store/runs.h"
#include "tui/screen/list.h"
#include "tui/screen/surface.h"

enum bench_tab {
    BENCH_TABLES,
    BENCH_CHARTS,
    BENCH_ALWAYS,
    BENCH_EARLIER,
    BENCH_BUDGET,
    BENCH_TABS
};

/* A run that is kept. Texts are borrowed. */
struct bench_past {
    int64_t id;
    char when[24];
    const char *kind, *name, *set_name, *state;
    int64_t items;
};

struct bench_view {
    enum bench_tab tab;
    const char *set_name; /* these five are of the next run */
    size_t queries;
    int64_t rounds;
    bool no_cache, always, cold;

    bool running;
    size_t done, total;
    double elapsed_s;
    const char *warming; /* the model that is being warmed up; NULL: none */

    const char *title;         /* of the run shown: "run 3, bench, done, 14:08"; NULL: none */
    const struct summary *sum; /* NULL: no run to show */
    const struct items *items; /* its rows, in the order they ended */
    const char *shown_set;     /* the name of its set */

    const struct bench_past *past;
    int past_count;
    struct list *list;
    int64_t baseline;    /* id, 0 none */
    const char *against; /* the sentence of the comparison with it, or why there is none */

    const struct budget *budget; /* NULL: not measured in this session */
    size_t budget_n;             /* questions a figure of the next measurement */
    bool budget_running;
    const char *budget_words;
    int scroll;   /* rows of the large page that are above the window */
    bool braille; /* calls are drawn one by one too (screen.chart) */
};

void bench_draw(const struct bench_view *v, struct surface *s);
/* The blocks, each from `row` on; returns the row after it. */
int bench_draw_tables(const struct bench_view *v, struct surface *s, int row);
int bench_draw_histogram(const struct bench_view *v, struct surface *s, int row, bool titled);
/* Latency call by call, oldest first, in dots: nothing unless it was asked for, or in ASCII. */
int bench_draw_calls(const struct bench_view *v, struct surface *s, int row);
int bench_draw_always(const struct bench_view *v, struct surface *s, int row);
int bench_draw_budget(const struct bench_view *v, struct surface *s, int row);
/* "0.93 s", "38.4 s", "12 ms", "-" */
#define BENCH_SECONDS 16
const char *bench_seconds(double s, char ret[BENCH_SECONDS]);

#endif
