/* Charts in cells. Rules for all: the number is printed beside the bar by the caller, zero is at
 * the left, series have letters that read without colour, unknown is a blank and never a zero.
 * On an ASCII surface every chart draws its twin. */
#ifndef SCREEN_CHART_H
#define SCREEN_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/screen/surface.h"

/* A bar of value/max over at most `cols` columns, in eighths (▏▎▍▌▋▊▉█; ASCII # and a final + for
 * a half or more). Returns the column after it. Values out of range are clamped; NAN draws
 * nothing. `chart_track` fills the rest with ░ (ASCII -). */
int chart_bar(struct surface *s, int row, int col, int cols, look_t look, double value, double max);
int chart_track(struct surface *s, int row, int col, int cols, look_t look, double value,
                double max);

/* v (n,): newest last; the last `cols` of them, newest at the right end. NAN is a blank. Heights
 * go from `low` to `high` (▁▂▃▄▅▆▇█; ASCII " .:-=+*#"). */
int chart_spark(struct surface *s, int row, int col, int cols, look_t look, const double *v,
                size_t n, double low, double high);

/* Lookups, oldest first: true is a hit (H), false a miss (· or .). The last that fit. */
int chart_strip(struct surface *s, int row, int col, int cols, const bool *hit, size_t n);

/* One bar of parts, each with its look and sign: "█" pipeline, "▒" routing, "░" cache; ASCII their
 * letters. Parts are rounded so that their columns add up to those of the sum. */
struct chart_part {
    double value;
    const char *sign;  /* on a Unicode surface */
    const char *ascii; /* one letter */
    look_t look;
};
int chart_stacked(struct surface *s, int row, int col, int cols, const struct chart_part *parts,
                  size_t n, double max);

/* The number line of a score: levels above, dividers at the thresholds, the score marked below.
 * Takes 3 rows: level names, the line, the mark; `cols` wide. `simple_max` and `complex_min` are
 * the thresholds. Off the ends the mark stands at the edge with its number. */
void chart_gauge(struct surface *s, int row, int col, int cols, int score, int simple_max,
                 int complex_min);

/* A row of a latency histogram: "0.5 to 1 s  FF    2". Few calls (`letters`): a letter a call;
 * else bars of F and R calls, fast █ and reasoning ▒, scaled to max calls. */
struct chart_bin {
    double from_s, to_s;
    size_t fast, reasoning, other;
};
void chart_histogram(struct surface *s, int row, int col, int cols, const struct chart_bin *bins,
                     size_t n, bool letters);

/* v (n,) as dots in 2x4 to a cell, rows tall: only where the person chose braille, never in ASCII
 * (falls back to chart_spark in the last row). */
void chart_braille(struct surface *s, int row, int col, int rows, int cols, look_t look,
                   const double *v, size_t n, double low, double high);

#endif
