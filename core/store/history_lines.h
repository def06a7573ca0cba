/* The history as a list shows it: a line is one answer, or both sides of a compare. Lists are
 * made of numbers first and of texts only for the lines in sight, so that a million rows cost a
 * page. */
#ifndef STORE_HISTORY_LINES_H
#define STORE_HISTORY_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/store/history.h"
#include "core/store/store.h"

struct history_state {
    int64_t answers, lines, newest_id;
    int64_t first_wall; /* when the oldest was given, 0 where there is none */
};
bool history_state(struct store *s, struct history_state *ret, struct error *err);

/* Numbers of the answers that fit a filter, newest first; pair_id is the other side of a compare
 * or 0. Stops where the handler returns false. */
typedef bool history_number(void *self, int64_t id, int64_t pair_id);
bool history_numbers(struct store *s, const struct history_filter *f, history_number *each,
                     void *self, struct error *err);

/* Answers that match a search, newest first, without looking at anything else: at most `limit` of
 * those below before_id. */
typedef void history_match(void *self, int64_t id);
bool history_matches(struct store *s, const char *search, int64_t before_id, int64_t limit,
                     history_match *each, void *self, struct error *err);
/* Whether one answer fits all of a filter but its search; some microseconds. */
bool history_fits(struct store *s, const struct history_filter *f, int64_t id, bool *ret_fits,
                  int64_t *ret_pair_id, struct error *err);

/* One line. Texts lie in the arena, "" where unknown; unknown figures are NAN and -1. */
struct history_side {
    int64_t id; /* 0: this side is not there */
    const char *model, *end, *tokens_kind;
    double latency_s;
    int64_t tokens; /* thinking and answer together */
};
struct history_line {
    int64_t id, at_wall;
    const char *purpose, *level, *role, *server, *model, *from;
    const char *query;           /* its beginning, some hundred bytes */
    struct history_side side[2]; /* left, right; of a single answer only the first */
    bool compare;
};
/* ret->id 0 where there is no such answer (any more). */
bool history_line(struct store *s, int64_t id, struct arena *a, struct history_line *ret,
                  struct error *err);

/* Where a search matched in one answer: its texts with each match between \1 and \2. NULL where
 * the answer does not match, or is so long (over 1 MiB) that marking it would be felt. */
struct history_marks {
    char *query, *answer, *thinking;
};
bool history_marks(struct store *s, int64_t id, const char *search, struct arena *a,
                   struct history_marks *ret, struct error *err);

/* What the filters can be set to: the purposes, and the models, that any answer has. */
typedef void history_value(void *self, const char *value);
bool history_purposes(struct store *s, history_value *each, void *self, struct error *err);
bool history_models(struct store *s, history_value *each, void *self, struct error *err);

#endif
