/* Two sides that were asked the same questions, question by question: two runs, two models of
 * one run, or a pipeline beside the reasoning model alone.
 *
 * Only model calls count (items.h), without the loading of models. A pair is one query: a side's
 * calls of it, in however many rounds, are averaged first. Rounds of one query are alike, at
 * temperature 0 the same; taken as pairs of their own they would make intervals narrower than
 * what was learned. Differences are B minus A and carry the interval of stats_paired. */
#ifndef LAB_PAIRED_H
#define LAB_PAIRED_H

#include "core/base/buf.h"
#include "core/lab/items.h"
#include "core/lab/stats.h"

/* Which rows of a run a side is. */
struct side {
    const struct items *items;
    const char *model; /* only calls of this model; NULL: of any */
    bool always;       /* the rows of the always-reasoning side, else all others */
    bool fallbacks;    /* what a fallback answered belongs to this side too */
};

struct paired {
    size_t pairs;
    size_t only_a, only_b;     /* queries that have no partner on the other side */
    double total_a, total_b;   /* seconds: the mean calls of the pairs, summed */
    struct interval seconds;   /* B minus A, per call; its n is `pairs` */
    struct interval tokens;    /* where both sides know their count */
    double tokens_a, tokens_b; /* the mean calls of those pairs, summed */
    bool tokens_estimated;     /* some count is */
    struct interval right;     /* share of right answers, -1 to 1; n: pairs with a known answer */
    double right_a, right_b; /* how many of those n were right (a mean of rounds counts in part) */
};

void paired_compare(const struct side *a, const struct side *b, struct paired *ret);

/* What the pairs say, as one sentence ("B is 1.20 s faster per model call (95 %: 0.80 to 1.60
 * s, 20 pairs); no clear difference in right answers ..."). name_a and name_b are how the
 * sides are called in it. Appended to `to`. */
void paired_sentence(const struct paired *p, const char *name_a, const char *name_b,
                     struct buf *to);

/* The two halves of it, for other sentences: B minus A, without the names. Nothing where there
 * is no interval. "1.20 s faster (95 %: 0.80 to 1.60 s, 20 pairs)"; `per` stands before the
 * bracket. */
void paired_time_words(const struct interval *seconds, const char *per, struct buf *to);
/* "12.0 points more often right (95 %: 4.0 to 20.0, 25 pairs)" */
void paired_right_words(const struct interval *right, struct buf *to);

#endif
