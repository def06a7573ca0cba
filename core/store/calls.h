/* Every model call, every answer given, every classification and lookup.
 *
 * A call is one request to one model; its row is written when it starts and filled while it
 * streams, so that a crash leaves its text behind as "interrupted". An answer is what one
 * question got: from a call, from the cache, or shared with an identical question. */
#ifndef STORE_CALLS_H
#define STORE_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/store/store.h"

struct call_row {
    int64_t id; /* out of call_begin */
    const char *server, *url, *model, *identity, *identity_kind;
    const char *role;  /* "fast", "reasoning", or NULL for a model asked by name */
    const char *query; /* with its length: queries may be long */
    size_t query_len;
    bool cot;
    /* "ask", "compare", "trial", "bench", "tour", "demo"; "warm-up" and "check": the program's own */
    const char *purpose;
    int64_t run_id; /* 0: none */
    int64_t started_wall;
};

struct call_result {
    const char *end;   /* name of the end state */
    const char *error; /* sentence, or NULL */
    const char *text, *thinking;
    size_t text_len, thinking_len;
    double latency_s, ttft_s, ttft_text_s, load_s;
    int64_t prompt_tokens, completion_tokens, thinking_tokens, answer_tokens;
    const char *tokens_kind, *split_kind; /* "measured", "estimated" */
    int http_status, tries;
};

bool call_begin(struct store *s, const struct call_row *row, int64_t *ret_id, struct error *err);
/* Replaces the texts of a running call; meant for at most once a second. */
bool call_progress(struct store *s, int64_t id, const char *text, size_t text_len,
                   const char *thinking, size_t thinking_len, struct error *err);
bool call_end_row(struct store *s, int64_t id, const struct call_result *r, struct error *err);

struct answer_row {
    int64_t id;
    int64_t call_id; /* the call that made the text; 0: none (nothing could be asked) */
    int64_t run_id;
    const char *purpose, *query;
    size_t query_len;
    const char *level, *rules;
    int score;
    const char *role, *server, *model;
    bool cot, forced;
    const char *from; /* "model", "cache", "shared" */
    const char *end, *error;
    double latency_s, original_latency_s, saved_s;
    bool slowed;                              /* on purpose: its times are in no figure */
    const char *fallback_from, *fallback_why; /* NULL: no fallback */
    int64_t pair_id;                          /* compare: the answer beside it, 0 none */
    const char *side;                         /* compare: "left", "right" */
    const char *name, *notes; /* what the person calls it; NULL, "": nothing. Texts, as the query */
    int64_t at_wall;
    const char *text, *thinking; /* from the cache: as they were shown; NULL: the call has them */
    size_t text_len, thinking_len;
};

/* Store it after its call has ended; the texts are the call's. Where those were deleted from the
 * history since (the cache keeps its own), the call gets `text` and `thinking` again. */
bool answer_add(struct store *s, const struct answer_row *row, int64_t *ret_id, struct error *err);

/* A row per classification a person asked for and per question. */
bool classification_add(struct store *s, const char *query, size_t len, const char *rules,
                        int score, const char *level, size_t signals, const char *purpose,
                        struct error *err);
/* result: "hit", "miss", "expired", "shared". */
bool lookup_add(struct store *s, const struct hash *key, const char *result, double lookup_s,
                double saved_s, const char *model, struct error *err);

/* The same with all that is known of it. */
struct lookup_row {
    const struct hash *key;
    const char *result, *model, *purpose; /* purpose as of its question; NULL: not said */
    double lookup_s, saved_s;
    const struct hash *query;  /* query_hash of its question; NULL: not said */
    const struct hash *joined; /* digest of the key's texts written one behind another, which is
                                  what a careless cache would use as a key; NULL: not said */
    bool stale;                /* a hit whose answer another model gave than would give it now */
};
bool lookup_note(struct store *s, const struct lookup_row *row, struct error *err);

/* Digest of a query as it stands in the tables: found again without its text. */
struct hash query_hash(const char *query, size_t len);

/* --- labels and judgements --------------------------------------------------------------- */

/* Append-only; the latest of a query wins. source: "person" or the name of a set. */
bool label_add(struct store *s, const char *query, size_t len, const char *level,
               const char *source, struct error *err);
/* The latest label a person gave; NULL text where none. Returns false on a database error. */
bool label_get(struct store *s, const char *query, size_t len, char ret_level[16],
               struct error *err);
/* Latest label of each query a person labelled whose text is kept. */
typedef void label_each(void *self, const char *query, const char *level, int64_t at_wall);
bool label_list(struct store *s, label_each *each, void *self, struct error *err);
/* How many queries a person labelled whose text was never kept: those label_list leaves out. */
bool label_count_textless(struct store *s, int64_t *ret, struct error *err);

/* verdict: "left", "right", "same", "both-wrong". answer_id: either side of a compare; fails
 * where there is no such finished compare. */
bool judgement_add(struct store *s, int64_t answer_id, const char *verdict, bool blind,
                   bool swapped, struct error *err);

#endif
