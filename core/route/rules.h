/* A set of scoring rules: read from a text file a person can edit, compiled once, never
 * changed afterwards, so one set may serve many threads.
 *
 * One rule a line; points are added to the score, at most once a rule (but for `each`):
 *
 *     keyword +2 solve              the query holds this text, inside words too
 *     pattern +2 money \$\d         the query matches this expression (pattern.h)
 *     longer  +1 200                the query as typed has more than 200 code points
 *     pieces  +1 3 .!?              split at every . ! ? it has more than 3 pieces, empty ones too
 *     each    +1 1 ?                for every question mark beyond the first
 *     level   complex 4             where a level begins (moderate 1 and complex 4 if not said)
 *     # a line of explanation
 *
 * All but `longer` look at the query in lower case (lowered.h). A keyword may hold spaces; the
 * third word of a pattern is its name. Signals (classifier.h) come in the order of the lines. */
#ifndef ROUTE_RULES_H
#define ROUTE_RULES_H

#include <stddef.h>

#include "core/base/error.h"
#include "core/route/level.h"

/* What a rule looks at; also the kind of the signal it gives. */
enum signal_kind {
    SIGNAL_KEYWORD,   /* keyword */
    SIGNAL_PATTERN,   /* pattern */
    SIGNAL_LENGTH,    /* longer */
    SIGNAL_SENTENCES, /* pieces */
    SIGNAL_QUESTIONS, /* each */
};

const char *signal_kind_name(enum signal_kind kind); /* "keyword", "pattern", "length", ... */

struct rules;

/* Reads the file; the set is named as the file without ".rules". NULL on failure: the error
 * names file and line and what was expected there. */
struct rules *rules_load(const char *path, struct error *err);
/* The same from text[0..len); errors speak of the file 'NAME.rules'. */
struct rules *rules_parse(const char *name, const char *text, size_t len, struct error *err);
void rules_free(struct rules *r); /* accepts NULL */

const char *rules_name(const struct rules *r);
/* Where the levels begin. A copy, to be moved with thresholds_move and asked with
 * thresholds_level; the set itself stays as it is. */
struct thresholds rules_thresholds(const struct rules *r);
/* Lowest score of a level; INT_MIN for LEVEL_SIMPLE. */
int rules_threshold(const struct rules *r, enum level level);

/* One rule as it is shown. Texts live as long as the set. */
struct rule {
    enum signal_kind kind;
    const char *what; /* keyword in lower case, name of a pattern, ">200" */
    const char *text; /* the expression of a pattern, the marks of pieces and each; else "" */
    int points;       /* never 0 */
    size_t limit;     /* of longer, pieces and each */
    unsigned line;    /* in the file, from 1 */
};

/* for (size_t i = 0; i < rules_count(r); i++) rules_at(r, i)->... in the order of the file. */
size_t rules_count(const struct rules *r);
const struct rule *rules_at(const struct rules *r, size_t i);

#endif
