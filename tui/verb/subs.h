/* Verbs with words of their own: `rlab cache stats`, `rlab cache clear`. A table of them
 * feeds the dispatch and the errors; the verb's `subs` feeds completion. */
#ifndef VERB_SUBS_H
#define VERB_SUBS_H

#include "tui/verb/session.h"
#include "tui/verb/verb.h"

struct sub {
    const char *name;
    const char *words;  /* what follows it: "TEXT|-", "" for nothing */
    size_t least, most; /* how many words; SIZE_MAX: any number */
    bool (*run)(struct session *s, const struct args *a, int *ret_code, struct error *err);
};

/* Runs the one that the first word names, with the words behind it; the first of the table
 * where no word was given. A mistyped one names the nearest. */
bool subs_run(const char *verb, const struct sub *subs, size_t count, struct session *s,
              const struct args *a, int *ret_code, struct error *err);

#endif
