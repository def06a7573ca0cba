/* One request to one model, from start to exactly one end state.
 *
 * A call sends, decodes, parts thinking from the answer, watches its own timers, retries
 * before the first byte of output and never after it, drops a setting the server refuses
 * (once, remembered per model), and reports everything as struct model_event. */
#ifndef MODEL_CALL_H
#define MODEL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/model/event.h"
#include "core/model/server.h"
#include "core/wire/net.h"

/* What we learned about a model while asking: kept by the caller for the model's life. */
struct model_quirks {
    bool no_think;            /* refused the thinking switch */
    bool completion_limit;    /* wants max_completion_tokens */
    bool limit_plain;         /* wants max_tokens */
    bool no_temperature;      /* takes none */
    bool no_stream_options;   /* refuses stream_options */
    bool adaptive_thinking;   /* refuses a thinking budget, takes "adaptive" */
    bool starts_inside_think; /* its template opens <think> in the prompt */
    bool maybe_inside_think;  /* the last answer looked like it; one more and it is believed */
};

/* Timers in ms, 0 = none. Keep-alives reset idle, never first. */
struct call_timers {
    int64_t connect_ms; /* 5,000 */
    int64_t first_ms;   /* to the first thinking or text; 300,000 local, 120,000 remote */
    int64_t idle_ms;    /* without any byte, once the body has begun; 120,000 */
    int64_t total_ms;   /* 0 */
};

struct call_timers call_timers_for(const struct server *s);

/* Trouble arranged on purpose, to show what a slow or failing model does to a pipeline: off
 * in every ordinary call. It stands where the network would, so everything that watches a
 * call (timers, deadlines, breaker, fallback, rows) meets it as it meets the real thing. */
enum call_failure {
    CALL_FAILS_NOT,
    CALL_REFUSED, /* as by a server that is not there; ERR_TRANSPORT, not tried again */
    CALL_HANGS,   /* nothing is sent and nothing ever comes */
};

struct call_switch {
    int64_t delay_ms; /* before the request leaves, 0 none; counts as the model's own time */
    enum call_failure fail;
};

/* What to ask. Unset settings are not sent: NAN for reals, -1 for integers, NULL for texts.
 * A token limit is always sent. Everything is copied by call_start. */
struct call_request {
    const char *model;
    const char *query; /* byte for byte; checked UTF-8 */
    size_t query_len;
    const char *suffix; /* step-by-step invitation, or NULL; joined by a blank line */
    const char *system;
    double temperature, top_p;
    int64_t max_tokens; /* >= 1 */
    bool has_seed;
    int64_t seed;            /* sent with all its digits */
    const char *const *stop; /* count texts */
    size_t stop_count;
    enum { THINK_UNSET, THINK_OFF, THINK_ON } think;
    int64_t think_budget;   /* tokens, -1 unset */
    int64_t context_tokens; /* the model's window where known (for the cut-prompt warning), -1 */
    struct call_switch arranged; /* zeroed: an ordinary call */
};

struct call;

/* Starts. Server and quirks are borrowed until the end event. Reports only from net_step;
 * the handler may cancel, expire or drop the call it hears, and start others.
 * NULL with err set where the request cannot be made: a budget the limit has no room for,
 * a key missing that the server needs. */
struct call *call_start(struct net *n, const struct server *s, struct model_quirks *quirks,
                        const struct call_request *r, const struct call_timers *timers,
                        model_hear *hear, void *self, struct error *err);
/* Stops it: EVENT_END with CANCELLED comes at the next net_step. Works while waiting to
 * retry, too. */
void call_cancel(struct call *c);
/* Ends it with TIMEOUT_TOTAL now instead: a deadline the caller keeps. */
void call_expire(struct call *c);
/* Forgets it without any report (program end). */
void call_drop(struct call *c);

#endif
