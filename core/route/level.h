/* How hard a question is judged to be, and where one level ends and the next begins. */
#ifndef ROUTE_LEVEL_H
#define ROUTE_LEVEL_H

#include <stdbool.h>

#include "core/base/error.h"

/* Easiest first: a level's number grows with the score. */
enum level { LEVEL_SIMPLE, LEVEL_MODERATE, LEVEL_COMPLEX };

#define LEVELS 3

const char *level_name(enum level level); /* "simple", "moderate", "complex" */
/* false (ret unchanged) where the name is none of the three. */
bool level_from_name(const char *name, enum level *ret);

/* The lowest score of the two upper levels; below `moderate` everything is simple. With both
 * at the same score no question is moderate. A plain value: copy it to move it. */
struct thresholds {
    int moderate, complex;
};

/* Scores a threshold may have: beyond what any sensible set of rules reaches. */
#define THRESHOLD_MOST 1000000

enum level thresholds_level(const struct thresholds *t, int score);
/* Lets `level` start at `score`. Refused for LEVEL_SIMPLE, which has no start, for a score
 * beyond THRESHOLD_MOST either way, and where moderate would start above complex. */
bool thresholds_move(struct thresholds *t, enum level level, int score, struct error *err);

#endif
