/* Asking the recorded facts: the SELECTs of exercises, which may come from a stranger.
 *
 * Such a SELECT can read the views fact_* and nothing else, can call a short list of functions,
 * has no recursion, and is ended with a sentence after FACTS_STEPS steps or FACTS_NS, or when it
 * keeps more than 64 MiB. It runs on a connection of its own that cannot write; where there is no
 * file (a lab in memory) on the store's own, locked in the same way for that long. Where a stand-in
 * in memory takes what is done (--read-only), that is asked first, and the file below it where the
 * answer is no.
 *
 *     SELECT score = 4, score FROM fact_classification WHERE at > :since ORDER BY at DESC LIMIT 1
 *
 * Two columns: whether it is so (anything but 0 and NULL), and what was found, for a sentence. The
 * first row counts; no row: there are no such facts yet. :since is when the exercise was opened or
 * reset (nanoseconds since 1970), :session this process's session. */
#ifndef STORE_FACTS_H
#define STORE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/store/store.h"

#define FACTS_STEPS 20000000          /* of SQLite's machine */
#define FACTS_NS    (500 * NS_PER_MS) /* of processor time */
#define FACTS_FOUND 200               /* bytes of what was found */

struct facts;

/* Borrows the store for its life. */
bool facts_open(struct store *s, struct facts **ret, struct error *err);
void facts_close(struct facts *f); /* accepts NULL */

struct fact {
    bool known; /* there was a row */
    bool ok;
    char found[FACTS_FOUND]; /* "" where it was NULL */
    double value;            /* the same as a number; NAN where it is none */
};
/* Errors say what the SELECT may not do, or that it takes too long. */
bool facts_ask(struct facts *f, const char *sql, int64_t since_wall, struct fact *ret,
               struct error *err);
/* Whether the last one was ended because it took too long or kept too much. */
bool facts_was_ended(const struct facts *f);
/* Only whether it could be asked: one SELECT, allowed tables, two columns. */
bool facts_check(struct facts *f, const char *sql, struct error *err);

/* Names of the views and of the functions, "a, b, c", appended. */
void facts_views(struct buf *to);
void facts_functions(struct buf *to);

#endif
