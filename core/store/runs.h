/* Named runs (test, bench, bench models): settings and one row an item, kept for ever. */
#ifndef STORE_RUNS_H
#define STORE_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/store/store.h"

struct run_row {
    int64_t id;
    const char *kind;         /* "trial", "bench", "models" */
    const char *name, *notes; /* "" unset */
    const char *set_name;
    const char *settings; /* JSON: all that was set, models with their identities */
    const char *state;    /* "running", "done", "stopped", "interrupted" */
    int64_t started_wall, ended_wall;
    int64_t items; /* rows it has */
};

struct run_item {
    int64_t run_id;
    int64_t query_index;            /* place in the set, from 0: pairs items of two runs */
    int64_t round;                  /* from 1 */
    const char *query, *query_hash; /* hex; the text is "" with history off */
    const char *label, *level, *role, *model;
    int score;
    const char *from; /* "model", "cache", "shared" */
    const char *end, *answer;
    int correct;           /* 1, 0, -1 no known answer */
    bool fallback, always; /* always: part of the measured always-reasoning side */
    bool slowed;           /* on purpose (mini.pace): in no figure */
    double latency_s, original_latency_s, ttft_s, load_s;
    int64_t completion_tokens, thinking_tokens;
    const char *tokens_kind;
    int64_t answer_id;
};

bool run_begin(struct store *s, const struct run_row *r, int64_t *ret_id, struct error *err);
bool run_add_item(struct store *s, const struct run_item *i, struct error *err);
bool run_end(struct store *s, int64_t id, const char *state, struct error *err);

typedef bool run_each(void *self, const struct run_row *r);
typedef bool run_item_each(void *self, const struct run_item *i);
/* Newest first. kind NULL: all. */
bool run_list(struct store *s, const char *kind, int limit, run_each *each, void *self,
              struct error *err);
/* By id ("12") or name (newest of that name); "last" is the newest of the kind. */
bool run_find(struct store *s, const char *kind, const char *which, int64_t *ret_id,
              struct error *err);
bool run_get(struct store *s, int64_t id, run_each *each, void *self, struct error *err);
bool run_items(struct store *s, int64_t id, run_item_each *each, void *self, struct error *err);

#endif
