/* Runs a call from start to end and writes down what it told, in one line:
 *
 *   200 keep think(Hm) text(Hello) usage warn(BURST) end(OK_STOP)
 *
 * Neighbouring texts of one kind are joined, neighbouring keep-alives become one; a status
 * stands for the start, retry(2) for the announcement of the second try. */
#ifndef TESTS_WIRE_CALLER_H
#define TESTS_WIRE_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/model/call.h"
#include "core/model/event.h"
#include "core/model/server.h"
#include "core/wire/net.h"
#include "tests/wire/hello.h"

#define MAX_WAITS 8

struct caller {
    struct net *net;
    struct call *call; /* NULL when it has ended */
    struct buf events, text, thinking;
    enum event_type last;
    int ends, keepalives, retries;
    int64_t waits_ms[MAX_WAITS];
    struct model_event end; /* its texts are copies below */
    char message[700], advice[700], retry_text[700], fingerprint[100];
    struct usage usage;
    int64_t start_ns, first_ns, end_ns; /* first: of thinking or text */
    /* What to do when an event of this type is heard (once); NULL nothing. */
    enum event_type act_on;
    void (*act)(struct call *c);
};

/* As hello_server; an address of "openai" gets /v1 behind it. The address and the server share
 * their life. */
struct server caller_server(const char *type, const char *url, char (*ret_url)[200]);

/* Starts; false with err set where call_start refused. */
bool caller_start(struct caller *c, struct net *n, const struct server *s, struct model_quirks *q,
                  const struct call_request *r, const struct call_timers *t, struct error *err);
/* Steps until it has ended; fails the test as late after limit_ms (times test_slower). */
void caller_finish(struct caller *c, int64_t limit_ms);
void caller_step(struct net *n, int64_t max_ms); /* one turn of the loop */
void caller_done(struct caller *c);

#endif
