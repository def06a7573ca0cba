/* The five things the lab is there to teach, and what was done for each: counted from recorded
 * facts and nothing else, the same for the verb and the screen. */
#ifndef LAB_PROGRESS_H
#define LAB_PROGRESS_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/store/tally.h"

#define PROGRESS_GOALS 5
#define PROGRESS_FOUND 160 /* bytes of what was found */

struct progress_goal {
    const char *id, *title; /* "cache", "repeated work from the cache" */
    const char *next;       /* what brings it on, as verbs; read it where it is not reached */
    bool reached;
    char found[PROGRESS_FOUND]; /* "hits 3, look-ups 7" */
};

/* Says the goals of a tally. */
void progress_of(const struct tally *t, struct progress_goal ret[PROGRESS_GOALS]);

/* A line a goal: "done   TITLE: FOUND" or "to do  TITLE: FOUND; next: NEXT". */
void progress_text(const struct progress_goal goals[PROGRESS_GOALS], struct buf *to);
/* {"schema":"rlab.progress/1","goals":[...]}; freed with json_free. */
struct json *progress_json(const struct progress_goal goals[PROGRESS_GOALS]);

#endif
