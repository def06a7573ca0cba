/* How hard is a question? Each rule that fires is a signal with its points; their sum is the
 * score; the score is a level.
 *
 *     struct verdict v = { 0 };
 *     classify(rules, query, len, &v);      as often as wanted, from one thread
 *     verdict_done(&v);
 *
 * A sentence takes well under a microsecond, and nothing is allocated once a verdict has met
 * its longest query. Rules are shared freely between threads; a verdict belongs to one. */
#ifndef ROUTE_CLASSIFIER_H
#define ROUTE_CLASSIFIER_H

#include <stddef.h>

#include "core/route/level.h"
#include "core/route/rules.h"

/* A rule that fired. A keyword or pattern says where in the query as typed it was first
 * found; a letter whose lower case has another length, or is two letters, counts whole. */
struct signal {
    enum signal_kind kind;
    const char *what; /* of the rule (rules.h); lives as long as the rules */
    int points;       /* never 0; of `each`: for all that count together */
    size_t at;        /* 1-based code point; 0 for length, sentences, questions */
    size_t from, len; /* bytes of the words found; 0, 0 where at is 0 */
};

struct verdict {
    int score;
    enum level level;       /* by the rules' own thresholds */
    struct signal *signals; /* in the order of the rules */
    size_t count, cap;
    unsigned gave_up; /* patterns that came to a limit (pattern.h) and count as not found */

    struct classifier_room *room; /* private: working memory, kept between queries */
};

/* Start with a zeroed verdict, or one used before. `query` has passed text_check_query, and
 * only needs to live for this call. */
void classify(const struct rules *rules, const char *query, size_t len, struct verdict *ret);

void verdict_done(struct verdict *v); /* accepts a zeroed one */

#endif
