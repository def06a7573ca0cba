/* What the choice's own files share: the servers that are asked, and what became of them;
 * private to core/lab/choice*.c. */
#ifndef LAB_CHOICE_INSIDE_H
#define LAB_CHOICE_INSIDE_H

#include "core/lab/choice.h"
#include "core/limits.h"

struct choosing;

/* One list that was asked for. */
struct asked {
    struct choosing *choosing;
    struct waiter *waiter; /* NULL: it came, or none was needed */
};

struct candidate {
    struct lab_server *server;
    struct lab_server *partner; /* of `./lab model start`: the reasoning side, else NULL */
    int64_t limit_ms;           /* how long it may take to answer */
    struct asked asked, partner_asked;
};

struct probing {
    struct models *models;
    struct arena *a;
    struct candidate all[MAX_SERVERS];
    size_t count;
};

/* --- who may be asked, in order (choice_probe.c) ------------------------------------------- */

void probe_add_all(struct probing *p, const struct choice_wish *w);
/* It and its partner have answered, or need not. */
bool probe_is_settled(const struct candidate *c);
/* It has a model that can chat, and its partner too. */
bool probe_fits(const struct candidate *c);
bool probe_can_chat(const struct lab_server *s);
/* A server somebody named, as against one that was only looked for. */
bool probe_was_named(const struct lab_server *s);
/* The first in order that fits, once everything before it has answered or time is up. */
struct candidate *probe_first_fit(struct probing *p, bool time_is_up);
bool probe_all_settled(const struct probing *p);

/* --- saying it (choice_words.c) -------------------------------------------------------------- */

/* Where nothing was found: what to do. */
const char *choice_help(const struct probing *p);
/* What became of the servers a person named: a refused key is a mistake to be told; anything
 * else is said, and the next server is taken. */
void choice_judge_named(const struct probing *p, const struct candidate *found, struct choice *ret);
/* The one line, of a choice that has both models. */
void choice_say(struct choice *ret, const struct candidate *found, bool asked_for, struct arena *a);

#endif
