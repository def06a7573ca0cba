/* The key a question would be looked up with now, for looking into the cache without asking.
 * With no server up, the models that answered last stand in, by their last known identity. */
#ifndef VERB_CACHE_PEEK_H
#define VERB_CACHE_PEEK_H

#include "tui/verb/answers.h"

/* The texts of key and question live in `text` and `stops`: it must not be copied. */
struct peek {
    struct buf text;
    const char *stops[MAX_STOPS];
    struct question question;
    struct lab_model *model;
    struct cache_key key;
    struct hash hash;
};

/* TEXT and the options of ask; opens the lab and chooses the models. `p` is to be emptied with
 * peek_done in either case. Fails where there is nothing to ask for, or no model was ever
 * known. */
bool peek_init(struct peek *p, struct session *s, const struct args *a, struct error *err);
void peek_done(struct peek *p); /* accepts a zeroed one */

#endif
