/* What a server meant by its error: every shape of error reply that is seen in the wild,
 * read into one. The text is made safe and short here, and nowhere else.
 *
 * Shapes known: {"error":"text"}; {"error":{"message","type","param","code"}} with code a
 * text, a number or null, perhaps with n_prompt_tokens and n_ctx; flat {"object":"error",
 * "message"}; {"type":"error","error":{...}}; {"detail": text or list}; {"error_type",
 * "error_message"}; {"x_groq":{"error"}}; a bare text; HTML, plain text, nothing at all. */
#ifndef MODEL_ERROR_BODY_H
#define MODEL_ERROR_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/json.h"
#include "core/limits.h"

/* A setting a server refused by name: the call may be made again without it. */
enum refused {
    REFUSED_NOTHING,
    REFUSED_THINK,      /* "does not support thinking", reasoning_effort ... */
    REFUSED_LIMIT_NAME, /* max_tokens wanted as max_completion_tokens, or the reverse */
    REFUSED_TEMPERATURE,
    REFUSED_STREAM_OPTIONS,
    REFUSED_THINK_BUDGET, /* enabled+budget on a model that wants "adaptive" */
};

enum fault {
    FAULT_OTHER,
    FAULT_MODEL_MISSING,
    FAULT_CONTEXT,    /* the prompt does not fit */
    FAULT_KEY,        /* refused or missing */
    FAULT_MONEY,      /* quota or credit used up: waiting does not help */
    FAULT_RATE,       /* too many requests: waiting helps */
    FAULT_OVERLOADED, /* so does it here */
    FAULT_LOADING,    /* the model is being loaded */
    FAULT_NO_ROOM,    /* the model does not fit into the machine's memory */
    FAULT_SETTING,    /* see refused */
};

struct error_body {
    enum fault fault;
    enum refused refused;
    bool retryable;                    /* the same request may do later */
    char message[2 * MAX_ERROR_SHOWN]; /* a sentence: "the server answered 404: ..." */
    char advice[2 * MAX_ERROR_SHOWN];  /* what to try, "" where nothing is known */
};

/* The body of a reply with an error status. `type` is the provider's name, for advice that
 * fits the server. */
void error_body_read(int status, const char *type, const char *body, size_t len,
                     struct error_body *ret);

/* An error inside a reply that began well: `j` is the object that holds it, or a text. */
void error_body_from_json(int status, const char *type, const struct json *j,
                          struct error_body *ret);
void error_body_from_text(int status, const char *type, const char *text, size_t len,
                          struct error_body *ret);

/* Whether a status that says error is a matter of time or load: the same request may do later. The
 * one list of them. */
bool error_status_may_pass(int status);

/* Whether an event carries an error: one of the shapes above, not null and not empty. */
bool error_body_is_in(const struct json *event);

/* Appends what a person can read of a foreign body: tags of HTML left out, controls and bad
 * bytes dropped, white space folded, at most MAX_ERROR_SHOWN bytes. ret: that many + 4. */
#define ERROR_SHOWN_SIZE (MAX_ERROR_SHOWN + 4)
void error_body_words(const char *body, size_t len, char ret[ERROR_SHOWN_SIZE]);

#endif
