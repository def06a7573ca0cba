/* Honest figures (stats.h). */
#include "core/lab/stats.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/random.h"

void sample_add(struct sample *s, double v)
{
    if (isnan(v))
        return;
    s->v = mem_grow(s->v, &s->cap, s->n + 1, sizeof *s->v);
    s->v[s->n++] = v;
}

void sample_done(struct sample *s)
{
    mem_free(s->v);
    *s = (struct sample){ 0 };
}

/* --- one sample --------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A sorted copy, freed with mem_free; n >= 1. */
static double *sorted(const double *x, size_t n)
{
    double *copy = mem_new(double, n);
    memcpy(copy, x, n * sizeof *x);
    qsort(copy, n, sizeof *copy, by_value);
    return copy;
}

double stats_mean(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / (double)n : NAN;
}

double stats_median(const double *x, size_t n)
{
    if (n < STATS_MIN_MEDIAN)
        return NAN;
    double *s = sorted(x, n);
    double m = n % 2 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2;
    mem_free(s);
    return m;
}

double stats_percentile(const double *x, size_t n, double p)
{
    assert(p > 0 && p < 1);
    if (n < (p > 0.95 ? STATS_MIN_P99 : STATS_MIN_P95))
        return NAN;
    /* 0.55 * 100 is a hair above 55 in binary: without the slack it would name the 56th. */
    size_t rank = (size_t)ceil(p * (double)n - 1e-9);
    double *s = sorted(x, n);
    double v = s[rank - 1];
    mem_free(s);
    return v;
}

double stats_max(const double *x, size_t n)
{
    double max = n ? x[0] : NAN;
    for (size_t i = 1; i < n; i++)
        if (x[i] > max)
            max = x[i];
    return max;
}

double stats_sd(const double *x, size_t n)
{
    if (n < 2)
        return NAN;
    double mean = stats_mean(x, n), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return sqrt(sum / (double)(n - 1));
}

/* --- intervals ---------------------------------------------------------------------- */

/* The mean of n values drawn from d (n,) with replacement. */
static double resampled_mean(const double *d, size_t n, struct random *r)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += d[random_below(r, n)];
    return sum / (double)n;
}

struct interval stats_paired(const double *d, size_t n)
{
    struct interval out = { .estimate = stats_mean(d, n), .low = NAN, .high = NAN, .n = n };
    if (n < STATS_MIN_PAIRS)
        return out;
    struct random r;
    random_seed(&r, STATS_SEED);
    double *means = mem_new(double, STATS_RESAMPLES);
    for (size_t i = 0; i < STATS_RESAMPLES; i++)
        means[i] = resampled_mean(d, n, &r);
    qsort(means, STATS_RESAMPLES, sizeof *means, by_value);
    out.low = means[STATS_RESAMPLES / 1000 * 25 - 1];
    out.high = means[STATS_RESAMPLES / 1000 * 975 - 1];
    mem_free(means);
    return out;
}

struct interval stats_share(size_t k, size_t n)
{
    return stats_share_of_repeats(k, n, n);
}

struct interval stats_share_of_repeats(size_t k, size_t n, size_t queries)
{
    assert(k <= n && queries <= n && (queries || !n));
    if (n == 0)
        return (struct interval){ .estimate = NAN, .low = NAN, .high = NAN };
    const double z = 1.96, z2 = z * z;
    double all = (double)queries, hits = (double)k / (double)n * all, misses = all - hits;
    double centre = (hits + z2 / 2) / (all + z2);
    double half = z / (all + z2) * sqrt(hits * misses / all + z2 / 4);
    /* At 0 and at n the bound is exact; rounding must not push it past the edge. */
    return (struct interval){ .estimate = (double)k / (double)n,
                              .low = k == 0 ? 0 : centre - half,
                              .high = k == n ? 1 : centre + half,
                              .n = n };
}

enum verdict_of_difference stats_verdict(const struct interval *i)
{
    if (isnan(i->low) || isnan(i->high))
        return DIFFERENCE_UNKNOWN;
    if (i->high < 0)
        return DIFFERENCE_LESS;
    return i->low > 0 ? DIFFERENCE_MORE : DIFFERENCE_NONE;
}
