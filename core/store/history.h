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
    int score;
    bool cot;
    double latency_s, original_latency_s, ttft_s, ttft_text_s, load_s, saved_s; /* NAN unknown */
    int64_t prompt_tokens, completion_tokens, thinking_tokens, answer_tokens;   /* -1 unknown */
    const char *tokens_kind;
    bool slowed;         /* on purpose: its times are in no figure */
    const char *snippet; /* search: the place that matched, matches in [brackets]; else "" */
};

struct history_filter {
    const char *search; /* words for full text, NULL: all. Quotes and operators of a person's
                            text are plain words, never an error */
    const char *purpose, *model;   /* NULL: any. model: "SERVER/MODEL" or a model alone */
    int64_t since_wall, before_id; /* 0: any; before_id pages backwards */
    int limit;                     /* 0: 50 */
};

/* Stops early where the handler returns false. */
typedef bool history_each(void *self, const struct history_row *row);
bool history_list(struct store *s, const struct history_filter *f, history_each *each, void *self,
                  struct error *err);
/* One by id; false with a sentence where there is none. */
bool history_get(struct store *s, int64_t id, history_each *each, void *self, struct error *err);
bool history_count(struct store *s, int64_t *ret, struct error *err);
/* Deletes answers and their calls' texts (other answers of the same call keep theirs; the
 * cache is not touched). The texts kept with their classifications and run items go too, and
 * so do those of calls without an answer where a time is given; numbers stay. What is deleted
 * leaves the file's bytes; its words leave the search index at once up to 10,000 answers,
 * beyond that as the index grows. ret: how many answers. id 0: all before `before_wall`
 * (0: all). */
bool history_delete(struct store *s, int64_t id, int64_t before_wall, int64_t *ret,
                    struct error *err);

#endif
