/* Reading for the monitor and the demonstrations: what answers took, how look-ups ended, how
 * known answers were met, what changed. Everything comes from rows that were written when it
 * happened; nothing is counted anew here.
 *
 * Texts are borrowed for the call of the handler; a handler that returns false ends the walk. */
#ifndef STORE_MONITOR_H
#define STORE_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/store/store.h"

/* One answer without its texts but for the query. NAN where unknown. */
struct monitor_answer {
    int64_t id, at_wall;
    const char *query, *level, *role, *server, *model; /* "" where unknown */
    const char *from;                                  /* "model", "cache", "shared" */
    const char *end, *fallback_from;
    int score;
    double latency_s, load_s;
    bool slowed; /* on purpose: for no figure */
};

/* The newest `limit` answers, newest first. Those of demonstrations and warm-ups are left out:
 * what is slow or fails there does so on purpose. */
typedef bool monitor_answer_each(void *self, const struct monitor_answer *a);
bool monitor_answers(struct store *s, int limit, monitor_answer_each *each, void *self,
                     struct error *err);

/* Known answers met, by the level of the question: items of all runs that could be checked,
 * the measured always-reasoning side and slowed calls left out. A level may come more than once: add up. */
struct monitor_grade {
    const char *level;
    int64_t right, checked;
};
typedef bool monitor_grade_each(void *self, const struct monitor_grade *g);
bool monitor_grades(struct store *s, monitor_grade_each *each, void *self, struct error *err);

/* Look-ups of this process with an id above `after`, oldest first. */
struct monitor_lookup {
    int64_t id, at_wall;
    const char *result, *model; /* "hit", "miss", "expired", "shared" */
    double lookup_s, saved_s;
};
typedef bool monitor_lookup_each(void *self, const struct monitor_lookup *l);
bool monitor_lookups(struct store *s, int64_t after, monitor_lookup_each *each, void *self,
                     struct error *err);

/* The newest `limit` hits of all processes, newest first: when which entry was read. */
struct monitor_hit {
    struct hash key;
    int64_t at_wall;
};
typedef bool monitor_hit_each(void *self, const struct monitor_hit *h);
bool monitor_hits(struct store *s, int limit, monitor_hit_each *each, void *self,
                  struct error *err);

/* Facts of a kind of this process with an id above `after`, oldest first. */
struct monitor_fact {
    int64_t id, at_wall;
    const char *subject, *before, *after; /* "" where unset */
};
typedef bool monitor_fact_each(void *self, const struct monitor_fact *f);
bool monitor_facts(struct store *s, const char *kind, int64_t after, monitor_fact_each *each,
                   void *self, struct error *err);

/* The newest ids there are, to ask for what comes after them. */
struct monitor_mark {
    int64_t lookup, fact;
};
bool monitor_mark(struct store *s, struct monitor_mark *ret, struct error *err);

#endif
