/* Reply bytes in, events out. Pure: no network, no clock, no memory of other calls, so the
 * same bytes give the same events however they are cut. It joins framing (frames.h), the
 * provider's meaning, the think splitter (wire/think.h), repair of text and the reading of
 * error bodies (error_body.h). */
#ifndef MODEL_DECODE_H
#define MODEL_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/error_body.h"
#include "core/model/event.h"
#include "core/model/provider.h"

/* struct decoder is declared here for the providers' decode functions only. */
struct decoder *decoder_new(const struct provider *p, bool starts_inside_think,
                            int64_t context_tokens, model_hear *hear, void *self);
void decoder_free(struct decoder *d);

/* In order: head once, bytes any number of times, then eof or fail. Each may deliver events;
 * EVENT_END comes once, from eof or fail, or from bytes where the reply is beyond repair.
 * bytes returns false from then on, and where an error status came with more words than are
 * read: fail then, and END is that status. */
void decoder_head(struct decoder *d, int status, const char *content_type, int64_t at_ns);
bool decoder_bytes(struct decoder *d, const char *data, size_t len, int64_t at_ns);
void decoder_eof(struct decoder *d, int64_t at_ns);
/* The transfer failed or was stopped: held text is flushed, then END in this state, unless
 * the server itself said what went wrong first (its words win over a transport failure, not
 * over CANCELLED or a time-out). */
void decoder_fail(struct decoder *d, enum call_end end, const char *message, const char *advice,
                  int64_t at_ns);

/* Nothing that may still come can change the end: the closing mark has come, or an error. */
bool decoder_is_settled(const struct decoder *d);
/* The answer looks as if the prompt had opened its thinking (think_began_inside). */
bool decoder_began_inside(const struct decoder *d);
bool decoder_has_output(const struct decoder *d); /* any thinking or text was delivered */
/* Meaningful after END ERR_HTTP, and ERR_STREAM without output (an error under status 200). */
enum refused decoder_refused(const struct decoder *d);

/* --- for the providers' decode and finish functions ----------------------------------- */

void decode_text(struct decoder *d, const char *text);     /* answer, tags still inside */
void decode_thinking(struct decoder *d, const char *text); /* from a structured field */
/* A fragment of a tool call. Servers omit, reuse and restart `index` (-1: none) and repeat or
 * omit ids: a known id means that call, a new one a new call, none the current call or the one
 * of that index. Events carry our own count, so two ids are never merged. */
void decode_tool(struct decoder *d, int index, const char *id, const char *name,
                 const char *arguments);
void decode_logprob(struct decoder *d, const char *token, double logprob);
void decode_usage(struct decoder *d, const struct usage *u); /* unknown fields keep old values */
void decode_warn(struct decoder *d, enum call_warn w, const char *detail);
void decode_keepalive(struct decoder *d);
void decode_fingerprint(struct decoder *d, const char *fingerprint);
/* The event or object that holds the server's error, anywhere in the stream: wins over a later
 * good end. Events in one of the shapes of error_body.h are found without the provider. */
void decode_error(struct decoder *d, const struct json *holder);
/* The end mark and its reason ("stop", "length", "end_turn", ...): the last one wins. */
void decode_end_mark(struct decoder *d, enum call_end end);
/* The stream's closing sentinel ([DONE], message_stop). */
void decode_closed(struct decoder *d);
bool decode_saw_end_mark(const struct decoder *d);
bool decode_saw_close(const struct decoder *d);
/* A word of provider state that lives as long as the call, zeroed at the start. */
int64_t *decode_state(struct decoder *d);

#endif
