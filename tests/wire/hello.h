/* The least that can be asked of a server, for tests that look at what it replies. A field that is
 * not named here is as unset as it can be; what a test needs otherwise it changes in its copy. */
#ifndef TESTS_WIRE_HELLO_H
#define TESTS_WIRE_HELLO_H

#include "core/model/call.h"
#include "core/model/server.h"

/* "Say hello." to model "m", at most 100 tokens. */
struct call_request hello_request(void);
/* A local server called 'mock', without key, price or capabilities that are known, at the address
 * as it stands, which is borrowed. An unknown `type` leaves its provider NULL. */
struct server hello_server(const char *type, const char *url);

#endif
