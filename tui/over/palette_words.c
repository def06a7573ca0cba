/* What each verb with words of its own does, in a line: the palette's second column. The verb's
 * summary says what all of them are about, which tells them not apart. */
#include "tui/over/palette_words.h"

#include <string.h>

static const struct {
    const char *verb, *help;
} rows[] = {
    { "bench compare", "two runs, question by question" },
    { "bench list", "the runs that are kept" },
    { "bench models", "two models, question by question" },
    { "bench run", "measure a set on an empty cache" },
    { "bench show", "one run again; the last unless named" },
    { "cache clear", "forget all answers, zero the counters" },
    { "cache drop", "forget one answer" },
    { "cache get", "what a question would get from it now" },
    { "cache list", "the order of use, the next to go last" },
    { "cache size", "how many answers are kept at most" },
    { "cache stats", "entries, hits, misses, time saved" },
    { "cache why", "what it would take for a hit" },
    { "demo 1", "thresholds against your labels" },
    { "demo 2", "time to live, and near matches" },
    { "demo 3", "what to monitor" },
    { "demo 4", "deadline and circuit breaker" },
    { "demo 5", "what fits this machine" },
    { "demo 6", "a cache that outlives its model" },
    { "demo 7", "rules that send too much to reasoning" },
    { "demo 8", "no plan for a timeout" },
    { "history delete", "forget rows for ever" },
    { "history export", "all of it, a line of JSON a row" },
    { "history list", "what was asked, newest first" },
    { "history search", "rows that hold these words" },
    { "history show", "one row whole, with its thinking" },
    { "label complex", "you find this question complex" },
    { "label list", "your labels beside what the rules say" },
    { "label moderate", "you find this question moderate" },
    { "label simple", "you find this question simple" },
    { "mini budget", "what thinking buys, by number of steps" },
    { "mini data", "questions the built-in models know" },
    { "mini eval", "ask a built-in model held-out questions" },
    { "mini train", "train a model of your own" },
    { "models list", "all servers and their models, and why" },
    { "models load", "bring a model into memory" },
    { "models unload", "put a model out of memory" },
    { "models use", "choose the fast or reasoning model" },
    { "rules check", "is this rule file in order" },
    { "rules list", "the rule sets there are" },
    { "rules show", "one rule set, explained" },
    { "rules use", "score with another rule set" },
};

const char *palette_words(const char *verb, const char *otherwise)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].verb, verb) == 0)
            return rows[i].help;
    return otherwise;
}
