/* What one question got, with every figure and its kind. */
#ifndef LAB_ANSWER_H
#define LAB_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/event.h"
#include "core/route/level.h"
#include "core/route/route.h"

/* Where a number comes from. Printed beside it, always. */
enum kind_of_number { KIND_UNKNOWN, KIND_MEASURED, KIND_ESTIMATED };
const char *kind_name(enum kind_of_number k); /* "measured", "estimated"; NULL for unknown */
enum kind_of_number kind_from_name(const char *name); /* NULL: unknown */

enum answer_from { FROM_MODEL, FROM_CACHE, FROM_SHARED };
const char *answer_from_name(enum answer_from f); /* "model", "cache", "shared" */

/* Rules of thumb, always shown as estimates beside what was measured. */
#define RULE_HIT_SAVES_S      2.0
#define RULE_REASONING_CALL_S 3.0
/* Load time from which a call counts as cold. */
#define COLD_LOAD_S 0.25
/* Bytes of text taken for one token where no server counted. */
#define BYTES_PER_TOKEN 4

/* Texts are borrowed from the ask that made the answer. NAN and -1: unknown. */
struct answer {
    const char *query;
    size_t query_len;
    const char *name, *notes; /* what the person calls it; NULL: nothing */
    int score;
    enum level level;
    const char *rules;

    bool by_name; /* a model asked by name: no route, role means nothing */
    bool forced;  /* the person chose the role */
    enum role role;
    bool cot;
    const char *server, *model; /* that answered (or was to answer) */
    const char *identity, *identity_kind;
    bool identity_checked;

    enum answer_from from;
    const char *text, *thinking;
    size_t text_len, thinking_len;
    enum call_end end;
    const char *error, *advice; /* NULL where it went well */
    int http_status;
    bool model_missing, context_too_long, no_room, key_refused;

    double latency_s;          /* what this answer took: a hit, its lookup */
    double original_latency_s; /* a hit: the call that made it; else NAN */
    double call_s;             /* the model call behind a fresh answer, its own time */
    double ttft_s, ttft_text_s, load_s;
    int64_t prompt_tokens, completion_tokens, thinking_tokens, answer_tokens;
    enum kind_of_number tokens_kind; /* of all counts */
    enum kind_of_number split_kind;  /* of thinking against answer */
    double tok_per_s;
    enum kind_of_number rate_kind;
    double thinking_s; /* from the first thinking to the first text, or the end */

    const char *fallback_from, *fallback_why; /* SERVER/MODEL and a sentence, or NULL */
    double saved_s;                           /* a hit: original latency minus this lookup */
    enum kind_of_number saved_kind;
    double cost;
    enum kind_of_number cost_kind;

    bool slowed;    /* the model was slowed on purpose (mini.pace): its times are in no figure */
    unsigned warns; /* bit per enum call_warn */
    bool cold;      /* load_s above COLD_LOAD_S */
    int64_t call_id, answer_id;
};

/* Whether the answer ended with the text a person asked for (exit code 0). */
bool answer_is_good(const struct answer *a);
/* Whether the server said no to the question itself, so that asking again is of no use: a status of
 * 3xx or 4xx that is no matter of time or load. Redirects are not followed: a 3xx says that the
 * address is wrong. */
bool answer_was_refused(const struct answer *a);
/* "OK_STOP and not a prompt cut short": what may be cached. */
bool answer_is_cacheable(enum call_end end, unsigned warns);

/* Fills the counts from what the server told, estimating what it did not. */
void answer_count_tokens(struct answer *a, const struct usage *u);
/* tok_per_s from the server's own writing time, else from the time after the first piece. */
void answer_rate(struct answer *a, const struct usage *u);

#endif
