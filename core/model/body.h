/* Parts of request bodies that the wire providers share. */
#ifndef MODEL_BODY_H
#define MODEL_BODY_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/model/call.h"

/* Whether a request can be put into JSON at all: a model, a limit, valid UTF-8 everywhere, no
 * more stop texts than MAX_STOPS. JSON writers pass bad bytes through, so it is checked here. */
bool body_check(const struct call_request *r, struct error *err);

/* The messages: system (where `with_system` and there is one), then query and suffix joined
 * by a blank line as one user message. */
struct json *body_messages(const struct call_request *r, bool with_system);

/* A real, unless it is NAN (unset). */
void body_put_real(struct json *object, const char *key, double v);

/* The stop texts as a list, unless there are none. */
void body_put_stops(struct json *object, const char *key, const struct call_request *r);

/* Prints the body and frees it. */
bool body_print(struct json *body, struct buf *ret, struct error *err);

#endif
