/* What was asked before, for the place where one asks: earlier prompts, judgements so far and
 * taking one back, how long a model took to load. All reads are bounded, so that a long history
 * makes none of them slow. */
#ifndef STORE_ASKED_H
#define STORE_ASKED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/store/store.h"

/* Prompts of single questions and compares, newest first; the two sides of a compare come as two.
 * The text is borrowed for the call. Looks at the newest PROMPT_ROWS answers only. */
#define PROMPT_ROWS 20000
typedef bool prompt_each(void *self, const char *query); /* false: enough */
bool prompt_list(struct store *s, prompt_each *each, void *self, struct error *err);

/* Judged compares, each counted by its latest judgement, by who was better. */
struct judged {
    int64_t fast, reasoning, same, both_wrong;
};
bool judged_count(struct store *s, struct judged *ret, struct error *err);

/* Takes back the latest judgement of the compare that this answer is a side of. Only one that
 * this process gave can be; the error says so. */
bool judgement_drop(struct store *s, int64_t answer_id, struct error *err);

/* Seconds the latest cold call of this model spent loading, NAN where none is known. Looks at the
 * newest LOAD_ROWS calls only. */
#define LOAD_ROWS 5000
bool call_last_load(struct store *s, const char *server, const char *model, double *ret,
                    struct error *err);

#endif
