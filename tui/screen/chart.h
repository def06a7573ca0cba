/* Charts in cells. Rules for all: the number is printed beside the bar by the caller, zero is at
 * the left, series have letters that read without colour, unknown is a blank and never a zero.
 * On an ASCII surface every chart draws its twin. */
#ifndef SCREEN_CHART_H
#define SCREEN_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/screen/surface.h"

/* A bar of value/max over at most `cols` columns, in eighths (▏▎▍▌▋▊▉█; ASCII # and a final + for
 * a half or more); what is above 0 never vanishes. Values out of range are clamped; NAN, and a max
 * that is not above 0, draw nothing. Returns the column after it. `chart_track` fills the rest
 * with ░ (ASCII -; nothing where the value is NAN) and returns col + cols. */
int chart_bar(struct surface *s, int row, int col, int cols, look_t look, double value, double max);
int chart_track(struct surface *s, int row, int col, int cols, look_t look, double value,
                double max);

/* v (n,): newest last; the last `cols` of them from col on, so that the newest stands at the right
 * end. NAN is a blank. Heights go from `low` to `high` (▁▂▃▄▅▆▇█; ASCII "_.:-=+*#"), all lowest
 * where high is not above low. Returns the column after it. */
int chart_spark(struct surface *s, int row, int col, int cols, look_t look, const double *v,
                size_t n, double low, double high);

/* Lookups, oldest first: true is a hit (H), false a miss (· or .). The last that fit, with a blank
 * between two. Returns the column after it. */
int chart_strip(struct surface *s, int row, int col, int cols, const bool *hit, size_t n);

/* One bar of parts, each with its look and sign: "█" pipeline, "▒" routing, "░" cache; ASCII their
 * letters. Parts are rounded so that their columns add up to those of the sum. NAN and negative
 * parts are left out. Returns the column after it. */
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
 * the thresholds, the second the larger one. The line lies around the thresholds, or around the
 * score where it is too short for both. Off the ends the mark stands at the edge with its number.
 * Returns the column of the mark. */
int chart_gauge(struct surface *s, int row, int col, int cols, int score, int simple_max,
                int complex_min);

/* A latency histogram, a row a bin: "0.5 to 1 s   FF    2", the count at the right end, nothing
 * where a bin is empty. Few calls (`letters`): a letter a call, F fast, R reasoning, o other;
 * without it, or where the letters have no room, bars: fast █, reasoning ▒, other ░ (ASCII their
 * letters), scaled to the fullest bin. to_s may be INFINITY ("over 20 s"), from_s 0 ("under"). */
struct chart_bin {
    double from_s, to_s;
    size_t fast, reasoning, other;
};
void chart_histogram(struct surface *s, int row, int col, int cols, const struct chart_bin *bins,
                     size_t n, bool letters);

/* v (n,) as dots, 2x4 to a cell, `rows` tall, the newest last: only where the person chose braille,
 * never in ASCII (falls back to chart_spark in the last row). NAN is no dot. */
void chart_braille(struct surface *s, int row, int col, int rows, int cols, look_t look,
                   const double *v, size_t n, double low, double high);

#endif
