/* What goes wrong below HTTP, and between us and the server, in sentences: each names the
 * server and its address, says what happened and what to try. */
#ifndef MODEL_TROUBLE_H
#define MODEL_TROUBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "core/model/event.h"
#include "core/model/server.h"
#include "core/wire/net.h"

struct trouble {
    enum call_end end;
    const char *message, *advice; /* in the arena or constant */
    bool passes;                  /* may be gone at the next try */
};

/* A transfer that did not end NET_OK or NET_ABORTED. */
struct trouble trouble_of_transfer(const struct server *s, const struct net_result *result,
                                   int64_t connect_ms, struct arena *a);
/* A limit of ours that ran out: TIMEOUT_FIRST, _IDLE or _TOTAL; limit_ms 0 where the caller
 * kept the time. */
struct trouble trouble_of_limit(const struct server *s, enum call_end end, int64_t limit_ms,
                                struct arena *a);
/* A first word that did not come because the server said to the end that it loads its model. */
struct trouble trouble_of_loading(const struct server *s, int64_t limit_ms, struct arena *a);
/* Whether a Content-Encoding, NULL where there is none, says that a body is compressed. */
bool trouble_is_packed(const char *encoding);
/* A reply that ended in `end` because its bytes came compressed: `encoding` as the server names
 * it. status below 300: none that says error. */
struct trouble trouble_of_encoding(const struct server *s, enum call_end end, int status,
                                   const char *encoding, struct arena *a);
/* Whether bytes are ASCII text: some servers name an encoding over text they did not encode, and
 * that is read as what it is. */
bool trouble_is_plain(const char *data, size_t len);
/* A reply that sends us elsewhere; target NULL where it does not say. */
struct trouble trouble_of_redirect(const struct server *s, int status, const char *target,
                                   struct arena *a);
/* A server that asks for a longer wait than is sat out. */
struct trouble trouble_of_wait(const struct server *s, int status, int64_t wait_ms,
                               struct arena *a);

/* "server 'local' (http://127.0.0.1:11434)", without a password in the address. */
const char *trouble_where(const struct server *s, struct arena *a);
/* The text made fit to be shown: one line, no controls, at most twice MAX_ERROR_SHOWN
 * bytes, and
 * the server's key replaced wherever the server repeats it. NULL stays NULL. */
const char *trouble_clean(const struct server *s, const char *text, struct arena *a);

#endif
