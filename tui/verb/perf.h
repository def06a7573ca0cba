/* What `rlab perf` measures: rows of a table, each a function that measures and tells. Shared
 * by perf.c, and by perf_cache.c, perf_frame.c, perf_mini.c and perf_wire.c (beside libcurl, on a
 * server of its own). */
#ifndef VERB_PERF_H
#define VERB_PERF_H

#include "core/lab/stats.h"
#include "tui/verb/session.h"

/* One measured figure on its way out. NAN: does not apply. */
struct perf_figure {
    const char *what, *unit;
    double value;
    size_t n;
    const char *how;   /* "median", "mean over the 11 sample queries" */
    double bare, rlab; /* beside libcurl: both medians, in the same unit */
    const char *key;   /* of the first question, for peers to compare; NULL for most */
};

struct perf {
    struct session *s;
    struct arena arena;
    char folder[4096]; /* for files that are measured on; "" until it is needed */
};

struct perf_row {
    const char *name; /* figures are called NAME or NAME.SOMETHING */
    bool (*measure)(struct perf *p, const struct perf_row *row, struct error *err);
    size_t entries; /* of the cache or table that is measured */
    bool by_name;   /* measured only when it is asked for */
};

/* Prints a figure. */
void perf_tell(struct perf *p, const struct perf_figure *f);

/* A folder of this run's own on the disk the person's data are on (with --read-only among the
 * temporary files); gone when it ends. */
bool perf_folder(struct perf *p, struct error *err);

/* Median of a sample in ns as microseconds. */
double perf_median_us(const struct sample *s);

/* The rows' functions, and what they tell. */
bool perf_memory(struct perf *p, const struct perf_row *row, struct error *err);
bool perf_insert(struct perf *p, const struct perf_row *row, struct error *err);
/* NAME, NAME.recency and NAME.page. */
bool perf_stored(struct perf *p, const struct perf_row *row, struct error *err);
/* frame.PANE.COLSxROWS */
bool perf_frame(struct perf *p, const struct perf_row *row, struct error *err);
bool perf_first_frame(struct perf *p, const struct perf_row *row, struct error *err);
/* mini.fast, mini.reason */
bool perf_mini(struct perf *p, const struct perf_row *row, struct error *err);
/* wire.first_byte, wire.total */
bool perf_wire(struct perf *p, const struct perf_row *row, struct error *err);
/* ask.first_text, ask.total */
bool perf_ask(struct perf *p, const struct perf_row *row, struct error *err);
/* This process is one whose start is measured, on the disk like any other. */
bool perf_is_start(void);

#endif
