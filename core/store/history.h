/* Reading back: answers newest first, searched by full text, exported, deleted. */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/store/store.h"

/* One answer with its call. Texts are "" where they were not kept. Borrowed for the call of
 * the handler. */
struct history_row {
    int64_t id, call_id, pair_id, run_id, at_wall;
    const char *purpose, *query, *level, *role, *server, *model, *identity, *from, *end, *error;
    const char *answer, *thinking, *fallback_from, *fallback_why, *side, *judgement;
    int64_t judged_wall; /* 0: not judged */
    int score;
    bool cot;
    double latency_s, original_latency_s, ttft_s, ttft_text_s, load_s, saved_s; /* NAN unknown */
    int64_t prompt_tokens, completion_tokens, thinking_tokens, answer_tokens;   /* -1 unknown */
    const char *tokens_kind;
    bool slowed;              /* on purpose: its times are in no figure */
    const char *name, *notes; /* what the person called it; "" nothing */
    const char *snippet;      /* search: the place that matched, matches in [brackets]; else "" */
};

struct history_filter {
    /* Words for full text, NULL: all. Each is matched by its beginning, all of them have to be
     * there. "Words in quotes" are a phrase; -word leaves out what holds it, beside a word that
     * is wanted. Anything else, half a quote and operators too, is plain words, never an error. */
    const char *search;
    const char *purpose, *model;   /* NULL: any. model: "SERVER/MODEL" or a model alone */
    int64_t since_wall, before_id; /* 0: any; before_id pages backwards */
    int64_t from_id;               /* the lowest id wanted; 0: any */
    int limit;                     /* 0: 50 */
};

/* Stops early where the handler returns false. */
typedef bool history_each(void *self, const struct history_row *row);
bool history_list(struct store *s, const struct history_filter *f, history_each *each, void *self,
                  struct error *err);
/* One by id; false with a sentence where there is none. */
bool history_get(struct store *s, int64_t id, history_each *each, void *self, struct error *err);
/* The id of "12", or of the newest answer of that name; an id goes before a name made of digits.
 * False with a sentence where there is none. */
bool history_find(struct store *s, const char *which, int64_t *ret_id, struct error *err);
/* Answers there are: known without counting. */
bool history_count(struct store *s, int64_t *ret, struct error *err);
/* Deletes answers and their calls' texts (other answers of the same call keep theirs; the
 * cache is not touched). The texts kept with their classifications and run items go too, those
 * of the call that a fallback stood in for, and those of all calls without an answer where a
 * time is given; numbers stay. What is deleted leaves the file's bytes; its words leave the
 * search index at once up to 10,000 answers, beyond that as the index grows. ret: how many
 * answers. id 0: all before `before_wall` (0: all). */
bool history_delete(struct store *s, int64_t id, int64_t before_wall, int64_t *ret,
                    struct error *err);

/* --- deleting with a way back ---------------------------------------------------------------- */

/* What a deletion took, in memory only. */
struct history_gone;

/* Deletes one answer, or both sides of a compare, at once and for good as far as the file is
 * concerned, and hands over what was taken. Its words leave the search index with history_sweep.
 * ret NULL: there was no such answer. */
bool history_take(struct store *s, int64_t id, struct history_gone **ret, struct error *err);
/* Brings it back as it was, under its old number. Refused with history off: that would write
 * texts. `g` stays the caller's either way. */
bool history_give_back(struct store *s, const struct history_gone *g, struct error *err);
/* Forgets it for good; the memory its texts were in is wiped. Accepts NULL. */
void history_gone_free(struct history_gone *g);

/* One step, some milliseconds, of packing the search index so that deleted words leave the
 * file's bytes. *ret_done when there is nothing more to do (above 10,000 answers at once: words
 * leave as the index grows). */
bool history_sweep(struct store *s, bool *ret_done, struct error *err);

#endif
