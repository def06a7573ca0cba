/* What a person did with exercises, and the facts that have no other place.
 *
 * Exercises are a list of events that is only ever added to: two sessions that work at once lose
 * nothing of each other, and a kill between two events loses nothing at all. What an exercise's
 * state is follows from its events in their order (core/lab/lessons.h). */
#ifndef STORE_EXERCISES_H
#define STORE_EXERCISES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/store/store.h"

struct exercise_event {
    int64_t id, at_wall;  /* out; at_wall 0 when written: now */
    int64_t session;      /* out */
    const char *exercise; /* "2.3" */
    /* "open", "check", "hint", "solution", "skip", "unskip", "pass", "reset", "undo", "answer" */
    const char *kind;
    int64_t number;   /* of a check: criteria met; a hint: which; an answer: its round; -1: none */
    int64_t question; /* of an answer: which question of the round; -1: none */
    int correct;      /* of an answer: 1, 0; -1: nothing is right or wrong */
    const char *text; /* of a check: what was found; an answer: what was said; NULL: none */
};

/* Several at once are one transaction. */
bool exercise_add(struct store *s, const struct exercise_event *events, size_t count,
                  struct error *err);

/* Events with an id above `after`, oldest first, of all processes. Those of a file below a
 * stand-in come first. */
typedef void exercise_each(void *self, const struct exercise_event *e);
bool exercise_events(struct store *s, int64_t after, exercise_each *each, void *self,
                     struct error *err);

/* Whether this file may hold other rows than when this gave `mark`: cheap, and never wrong in
 * saying no. Both are changed: this process's writes and those of others. */
struct store_mark {
    int64_t own, others;
};
struct store_mark store_mark(struct store *s);

/* --- facts ---------------------------------------------------------------------------------- */

/* The queries of the shipped sets with their levels, so that a person's own words are told from
 * them. Written only where `digest` is not the one that was written last. */
struct shipped_query {
    struct hash fold;  /* fold_of */
    const char *level; /* NULL: the set gives none */
};
bool shipped_put(struct store *s, const struct hash *digest, const struct shipped_query *queries,
                 size_t count, struct error *err);
/* Digest of a text trimmed, lower-cased, its white space folded. */
struct hash fold_of(const char *text, size_t len);

/* How often the person's labels and the rules agreed when that was counted. */
struct agreement {
    const char *rules;
    int moderate_from, complex_from;
    int64_t labels, agreed;
    struct hash scores; /* digest of what each label was scored, in the order of label_list */
};
bool agreement_add(struct store *s, const struct agreement *a, struct error *err);

/* One figure of what thinking buys (core/lab/budget.h). */
struct budget_row {
    int64_t measured; /* the same number for all figures of one measurement */
    const char *model, *kind, *how;
    int steps, allowed, samples; /* -1: does not apply */
    int64_t n, right;
    double tokens, thought;
};
bool budget_add(struct store *s, const struct budget_row *row, struct error *err);

/* The thinking of a call was opened, or folded away. */
bool thinking_note(struct store *s, int64_t call_id, bool open, struct error *err);

#endif
