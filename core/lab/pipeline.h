/* One question's whole life: classify, route, look up, call, stream, store, answer.
 *
 *   text -> classify -> route -> look up -> hit: answer, marked cached
 *                                        -> miss: call -> stream -> end -> store -> answer
 *                                                      -> failed -> fallback, said so -> ...
 *
 * A pipeline is a cache, a rule set and the figures of what went through it; the person's
 * own lives as long as the program, a bench makes a fresh one. Everything is reported from
 * net_step; thousands of asks may run side by side. */
#ifndef LAB_PIPELINE_H
#define LAB_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/lab/answer.h"
#include "core/lab/models.h"
#include "core/route/classifier.h"
#include "core/route/rules.h"
#include "core/store/cache.h"

/* The invitation to think step by step; joined to the query by a blank line. It is part of
 * the cache key, so changing a letter makes every such answer a new question. */
extern const char pipeline_suffix[];

#define DEFAULT_MAX_TOKENS_FAST   1024
#define DEFAULT_MAX_TOKENS_REASON 8192

/* Settings that reach the model. Unset: NAN, -1, NULL. */
struct ask_settings {
    double temperature; /* 0 unless set */
    double top_p;
    bool has_seed;
    int64_t seed;
    int64_t max_tokens; /* -1: the role's own */
    int64_t max_tokens_fast, max_tokens_reason;
    const char *const *stop;
    size_t stop_count;
    const char *system;
    double deadline_s; /* for the reasoning model, NAN none */
    int64_t think_budget;
};

struct ask_settings ask_settings_default(void);

struct question {
    const char *text;
    size_t len;
    enum route_force force;
    struct lab_model *model; /* asked by name, no route; NULL: the pair */
    bool no_cache;           /* look-up skipped, still stored */
    bool no_cot;
    bool compare; /* both models side by side: no look-up, no joining, suffix as the level says */
    const char *side;         /* compare: "left" or "right" */
    int64_t *pair_id;         /* compare: shared by both; the first to end leaves its id here */
    const char *purpose;      /* "ask", "trial", "bench", ... for the records */
    const char *name, *notes; /* what the person calls it, kept with the answer; NULL: nothing */
    int64_t run_id, sample;
    bool record; /* write answer, lookup and classification rows */
    struct ask_settings settings;
};

struct question question_default(void);

enum ask_event_type {
    ASK_ROUTED,     /* level, role and model are known: answer's first part */
    ASK_CALLED,     /* identity and cache said their part: the model is asked now; call_id */
    ASK_STARTED,    /* the server answered */
    ASK_THINKING,   /* text */
    ASK_TEXT,       /* text */
    ASK_RECLASSIFY, /* all text so far was thinking */
    ASK_UNTHINK,    /* all thinking so far was the answer; comes just before the end */
    ASK_USAGE,
    ASK_WARN,     /* text: a sentence */
    ASK_RETRY,    /* text: why; wait_ms; loading */
    ASK_FALLBACK, /* text: why; the fast model is asked instead */
    ASK_END,      /* answer complete; always last, exactly once */
};

struct ask_event {
    enum ask_event_type type;
    double t_s; /* since the question */
    const char *text;
    size_t len;
    int64_t wait_ms;
    bool loading; /* the server is loading the model, and is asked again until it has */
    enum call_warn warn;
    const struct usage *usage;
    const struct answer *answer; /* filled so far; complete at ASK_END; valid until then */
};

typedef void ask_hear(void *self, const struct ask_event *ev);

/* One commit for many landings. A pipeline that has one tells its answers, and takes new
 * questions, before their rows are on disk: the first landing opens a transaction, `due` fires
 * after_ms later and closes it (ledger_group_end). Whoever reports the rows does so after that.
 * For runs: the wire never waits for the disk. */
struct commit_group {
    int64_t after_ms;
    void (*due)(void *self);
    void *self;
    bool open;
    struct net_timer timer;
};

/* What went through, counted as it ends. */
struct pipeline_stats {
    int64_t queries, fast_calls, reasoning_calls, other_calls, hits, shared, fallbacks, failures;
    int64_t level[3];
    int64_t slowed; /* of the calls, on purpose: not in model_s */
    double model_s; /* latency of model calls, together */
    double saved_s; /* measured, of hits */
};

/* A number that stood for a row while it waited for the disk (landing.h). */
struct late_number {
    int64_t number, real;
};

struct pipeline {
    struct models *models;
    struct net *net;
    struct store *store; /* where rows go */
    struct cache *cache;
    const struct rules *rules;          /* borrowed, may be replaced between asks */
    const struct thresholds *moved;     /* borrowed; NULL: where the rules put the levels */
    struct lab_model *fast, *reasoning; /* the pair; NULL: auto routes fail with a sentence */
    bool guard;                         /* identity in the cache key */
    struct commit_group *group; /* borrowed; NULL: each answer is on disk before it is told */
    struct pipeline_stats stats;
    struct flight *flights;
    struct ask *asks;
    struct verdict verdict; /* reused by every classification */
    char not_recorded[300]; /* why rows did not reach the disk and never will, "" while they do */

    /* Landings (landing.h): the one that is being written, and those that wait for the disk. */
    struct landing *landing, *waiting;
    size_t waiting_count, waiting_bytes; /* answers that wait, bytes of their texts */
    char late[300];                      /* why they wait */
    struct net_timer retry;
    int64_t last_number; /* below 0 */
    struct late_number *numbers;
    size_t number_count, numbers_cap;
};

void pipeline_init(struct pipeline *p, struct models *models, struct net *net, struct store *store,
                   struct cache *cache, const struct rules *rules);
/* Drops what still runs, without reports; partial texts are stored as stopped. */
void pipeline_done(struct pipeline *p);

/* Starts a question. Texts are copied. NULL with err set where it cannot be taken: not text,
 * empty, no model for the route. */
struct ask;
struct ask *ask_start(struct pipeline *p, const struct question *q, ask_hear *hear, void *self,
                      struct error *err);
/* Stops it: ASK_END with CANCELLED and the text so far comes at the next net_step. */
void ask_cancel(struct ask *a);
/* Nobody listens any more: it goes on, is recorded, and reports nothing. */
void ask_forget(struct ask *a);

/* The key a question would be looked up with now, for peeks (`cache get`, `cache why`). Texts
 * in the key are borrowed from q and the pipeline. */
bool pipeline_key(struct pipeline *p, const struct question *q, struct cache_key *ret,
                  struct error *err);

/* Notes why a row did not reach the disk; the first reason stays. */
void pipeline_not_recorded(struct pipeline *p, const struct error *err);

#endif
