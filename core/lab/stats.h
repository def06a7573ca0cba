/* Honest figures: each says over how many samples it stands, and says nothing where there
 * are too few. Plain double arithmetic over arrays the caller owns; order does not matter
 * unless said. Unknown results are NAN. */
#ifndef LAB_STATS_H
#define LAB_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Least samples before a figure may be named. */
#define STATS_MIN_MEDIAN 3
#define STATS_MIN_P95    20 /* p50, p90 and p95 too */
#define STATS_MIN_P99    100
#define STATS_MIN_PAIRS  5
/* Resamples and seed of every bootstrap, so that the same data give the same interval. */
#define STATS_RESAMPLES 10000
#define STATS_SEED      1

/* A growing sample. Start with { 0 }. */
struct sample {
    double *v;
    size_t n, cap;
};
void sample_add(struct sample *s, double v); /* NAN is not added */
void sample_done(struct sample *s);

/* x (n,): the samples. */
double stats_mean(const double *x, size_t n);   /* NAN for n = 0 */
double stats_median(const double *x, size_t n); /* NAN below 3; mean of the middle two */
/* Nearest rank: the smallest value with at least p*n values at or below it; 0 < p < 1. NAN
 * below the count its percentile needs (p up to 0.95: 20; above: 100). */
double stats_percentile(const double *x, size_t n, double p);
double stats_max(const double *x, size_t n);
double stats_sd(const double *x, size_t n); /* n - 1; NAN below 2 */

struct interval {
    double estimate;  /* the mean of the sample or of the differences */
    double low, high; /* 95 %; NAN where there are too few pairs */
    size_t n;
};

/* Mean of paired differences d (n,) with a percentile bootstrap interval: 10,000 resamples
 * of n differences with replacement, seed 1, the 2.5 and 97.5 percentiles of their means
 * (Efron and Tibshirani 1993, ch. 13). Interval NAN below 5 pairs. Takes about 0.06 ms for
 * each pair (1000 pairs: 60 ms), so a caller on the loop does it once and keeps the result. */
struct interval stats_paired(const double *d, size_t n);
/* A share of successes: estimate k/n with Wilson's interval (1927), z = 1.96. */
struct interval stats_share(size_t k, size_t n);
/* The same where the n are answers to `queries` questions, 1 to n, some asked several times: as
 * wide as if each had been asked once, since answers to one question are alike. */
struct interval stats_share_of_repeats(size_t k, size_t n, size_t queries);

enum verdict_of_difference {
    DIFFERENCE_UNKNOWN,
    DIFFERENCE_NONE,
    DIFFERENCE_LESS,
    DIFFERENCE_MORE
};
/* LESS: the whole interval lies below 0. NONE: it holds 0 ("no clear difference"). UNKNOWN:
 * no interval. */
enum verdict_of_difference stats_verdict(const struct interval *i);

#endif
