/* The one event stream every provider delivers: nothing above this line knows which server
 * it came from. A call delivers any number of events and then exactly one EVENT_END. */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a call ended. The names are part of the JSON output. */
#define CALL_END_LIST(X)                                                                           \
    X(OK_STOP, "the model finished")                                                               \
    X(OK_LENGTH, "cut off at its token limit")                                                     \
    X(OK_TOOL, "the model asked for a tool")                                                       \
    X(OK_FILTER, "withheld by the server's filter")                                                \
    X(CANCELLED, "stopped")                                                                        \
    X(ERR_HTTP, "the server answered with an error")                                               \
    X(ERR_STREAM, "the server reported an error in mid-answer")                                    \
    X(TRUNCATED, "the answer broke off without an end mark")                                       \
    X(TIMEOUT_CONNECT, "no connection in time")                                                    \
    X(TIMEOUT_FIRST, "no first word in time")                                                      \
    X(TIMEOUT_IDLE, "the server fell silent")                                                      \
    X(TIMEOUT_TOTAL, "not finished in time")                                                       \
    X(ERR_TRANSPORT, "the connection failed")                                                      \
    X(ERR_PROTOCOL, "the reply was not understood")

enum call_end {
#define X(name, words) END_##name,
    CALL_END_LIST(X)
#undef X
};

#define CALL_ENDS (END_ERR_PROTOCOL + 1)

const char *call_end_name(enum call_end e);  /* "OK_STOP" */
const char *call_end_words(enum call_end e); /* for a person */
bool call_end_from_name(const char *name, enum call_end *ret);
bool call_end_is_ok(enum call_end e); /* one of the four OK_ states */

/* Things a person should know that are no failure. */
#define CALL_WARN_LIST(X)                                                                          \
    X(NO_DONE_MARK, "the stream ended without its closing mark")                                   \
    X(DONE_WITHOUT_FLAG, "the last object lacked its done flag")                                   \
    X(UNCLOSED_EVENT, "the last event was not closed by an empty line")                            \
    X(BAD_EVENT, "an event could not be read and was left out")                                    \
    X(EMPTY_ANSWER, "the answer is empty")                                                         \
    X(CUT_THINKING, "cut off while thinking")                                                      \
    X(PROMPT_CUT, "the server may have cut the prompt: its count is at the limit or far too low")  \
    X(NO_THINK, "the model cannot think on request; asked again without")                          \
    X(RENAMED_LIMIT, "the server wants the token limit under its other name; asked again")         \
    X(NO_TEMPERATURE, "the model takes no temperature; asked again without")                       \
    X(DROPPED_FIELD, "the server refused a setting; asked again without")                          \
    X(BURST, "the whole answer came at once: a proxy may buffer; rates mean nothing")              \
    X(RECONNECTED, "a kept connection had died; asked again on a new one")                         \
    X(NO_BUDGET, "the thinking budget was not sent: the server or the model takes none")           \
    X(LEARNT, "the model was new, changed or damaged, and learnt before it answered")

enum call_warn {
#define X(name, words) WARN_##name,
    CALL_WARN_LIST(X)
#undef X
};

#define CALL_WARNS (WARN_LEARNT + 1)

const char *call_warn_name(enum call_warn w);
const char *call_warn_words(enum call_warn w);

/* Counts and times a server told. Unknown is -1 for counts and NAN for seconds. */
struct usage {
    int64_t prompt_tokens;     /* all of the prompt, cached part included */
    int64_t completion_tokens; /* thinking and answer together */
    int64_t thinking_tokens;   /* where the server counts them apart */
    int64_t cached_tokens;     /* of the prompt, those the server had in a cache of its own */
    double load_s;             /* loading the model, before anything else */
    double prompt_s;           /* reading the prompt */
    double eval_s;             /* writing */
    double queue_s;            /* waiting for a place */
    bool slowed;               /* on purpose, to be watched: its times are no measurement */
};

#define USAGE_UNKNOWN                                                                              \
    ((struct usage){ -1, -1, -1, -1, __builtin_nan(""), __builtin_nan(""), __builtin_nan(""),      \
                     __builtin_nan("") })

enum event_type {
    EVENT_STARTED,    /* status line seen: status */
    EVENT_THINKING,   /* text: more thinking */
    EVENT_TEXT,       /* text: more answer */
    EVENT_RECLASSIFY, /* all text so far was thinking (a close tag without an open one) */
    EVENT_UNTHINK,    /* all thinking so far was the answer (a guess proved wrong at the end) */
    EVENT_TOOL,       /* text: arguments fragment; tool_index, tool_id, tool_name */
    EVENT_LOGPROB,    /* text: the token; logprob */
    EVENT_USAGE,      /* usage: replaces any earlier one, never added */
    EVENT_KEEPALIVE,  /* a sign of life without content */
    EVENT_WARN,       /* warn; text: detail or "" */
    EVENT_RETRY,      /* text: why; wait_ms until the next try; attempt: its number, from 2. While
                       * a model is being loaded, only now and then */
    EVENT_END,        /* end, message, http_status, advice; always last */
};

/* One event. Everything pointed to is borrowed for the call of the handler. Text is valid
 * UTF-8 without NUL; a sequence split between pieces has been joined. */
struct model_event {
    enum event_type type;
    int64_t at_ns; /* monotonic: when its bytes arrived */
    const char *text;
    size_t len;
    int status;
    struct usage usage;
    enum call_warn warn;
    double logprob;
    int tool_index;
    const char *tool_id, *tool_name;
    int64_t wait_ms;
    int attempt;
    bool
        loading; /* EVENT_RETRY, EVENT_END: the server is loading the model: it will answer later */
    /* EVENT_END */
    enum call_end end;
    const char *message;     /* the failure in a sentence; NULL where it is OK or stopped */
    const char *advice;      /* what to try; NULL where nothing is known */
    bool model_missing;      /* the server does not know the model (exit code 4) */
    bool context_too_long;   /* the prompt does not fit (exit code 4) */
    bool no_room;            /* the model does not fit into memory (exit code 4) */
    bool key_refused;        /* the key, or the money behind it (exit code 2) */
    bool retryable;          /* worth the same request again, later */
    const char *fingerprint; /* system_fingerprint the server told, or NULL */
};

typedef void model_hear(void *self, const struct model_event *ev);

#endif
