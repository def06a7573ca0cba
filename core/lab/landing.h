/* What one landing writes: the call's end, the answers to all who waited for it, the entry of the
 * cache, changes of a breaker. It is on disk as a whole or not at all.
 *
 * Where it cannot be written (the disk is full, another process holds the file) it waits in
 * memory with all its texts, in order, and is tried again before the next one, once a second, and
 * at the end (landing_settle). Until then its call and answer have numbers below 0, which stand
 * for those they will get. A pipeline with a commit group keeps nothing: a run that cannot be
 * written is not worth the memory. */
#ifndef LAB_LANDING_H
#define LAB_LANDING_H

#include "core/lab/pipeline.h"
#include "core/store/calls.h"

/* True where another process holds the file: what ended is better written down a little later, and
 * said to be done when it is kept. `since_ns` is 0 at first and belongs to what waits: after 5 s
 * nobody is waited for any more, and it waits in memory as above. */
bool landing_is_held_up(struct pipeline *p, int64_t *since_ns);
/* The same of a write that was just tried and failed. */
bool landing_was_busy(const struct store *s, int64_t now_ns, int64_t *since_ns);
/* After how long it is asked again. */
#define LANDING_AGAIN_MS 20

/* Opens one; everything below joins the one that is open. All texts are borrowed until
 * landing_end. Nothing where the pipeline has no store. */
void landing_begin(struct pipeline *p);

/* The call. `id`: its row's number, below 0 where it has none yet; replaced when it gets one. */
void landing_call(struct pipeline *p, const struct call_row *row, int64_t *id,
                  const struct call_result *result);
/* The entry of the cache: after landing_call, whose call it names. */
void landing_entry(struct pipeline *p, const struct cache_entry *e);

struct landed_answer {
    struct answer_row row;
    size_t signals;
    struct lookup_row lookup; /* result NULL: none was made */
    int64_t *id;              /* the answer's number, once it has one */
    int64_t *call_id;         /* likewise its call's */
    int64_t *pair_id;         /* shared by both sides of a compare; or NULL */
};
void landing_answer(struct pipeline *p, const struct landed_answer *a);
void landing_breaker(struct pipeline *p, const char *model, const char *before, const char *after);

/* Writes it, or lets it wait. */
void landing_end(struct pipeline *p);

/* How many wait, and why (NULL where nothing does). */
size_t landings_waiting(const struct pipeline *p, const char **ret_why);

/* A number for a call whose row could not be begun, because of `err`. */
int64_t landing_number(struct pipeline *p, const struct error *err);

/* Tries once more to write what waits; true where nothing is left. */
bool landing_flush(struct pipeline *p);
/* The same for the last time: what still cannot be written is noted as not recorded. */
void landing_settle(struct pipeline *p);
/* Frees everything. */
void landing_done(struct pipeline *p);

#endif
