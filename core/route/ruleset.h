/* How a compiled set of rules looks inside. For rules.c, which makes it, and classifier.c,
 * which runs it; everyone else uses rules.h. */
#ifndef ROUTE_RULESET_H
#define ROUTE_RULESET_H

#include <stdint.h>

#include "core/base/mem.h"
#include "core/route/pattern.h"
#include "core/route/rules.h"
#include "core/route/scan.h"

/* A letter that is counted, in UTF-8. */
struct mark {
    char bytes[4];
    size_t len;
};

/* A rule that is not a keyword, with what it takes to run it. */
struct test {
    unsigned rule;           /* index in rules.rules */
    struct pattern *pattern; /* of a pattern, else NULL */
    uint64_t needs;          /* the byte sets (scan.h) a text must touch for it to match */
    struct mark *marks;      /* of pieces and each */
    size_t mark_count;
};

struct rules {
    struct arena arena; /* all texts and marks */
    const char *name;
    struct thresholds thresholds;
    struct rule *rules;
    size_t count, cap;
    struct test *tests; /* in the order of the file */
    size_t test_count, test_cap;
    struct scan *scan; /* all keywords, and the byte sets of all patterns */
};

#endif
