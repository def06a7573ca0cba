/* All HTTP, and all waiting: one libcurl multi handle, one thread, no callbacks outside
 * net_step. Home of libcurl; no curl type leaves net.c.
 *
 * A front end's loop is: draw; net_wait for network, its own descriptors and timers; act on
 * its descriptors; net_step. Everything that this file and those above it report arrives
 * from inside net_step, never from a start or a cancel. */
#ifndef WIRE_NET_H
#define WIRE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"

struct net;

/* Borrows the clock. NULL with err set where libcurl cannot start. Ignores SIGPIPE for the whole
 * program, and raises its limit of open files as far as the system lets it. */
struct net *net_new(const struct clock *clock, struct error *err);
void net_free(struct net *n); /* drops what still runs, without reports; accepts NULL */
const struct clock *net_clock(const struct net *n);

/* --- waiting -------------------------------------------------------------------------- */

/* One more descriptor to wait for. fd -1 is ignored. `ready` is cleared first and set where
 * it can be read or was hung up. One that is not open is reported ready too, but does not
 * shorten the wait below a second, so a forgotten one cannot make the loop spin. */
struct net_fd {
    int fd;
    bool ready;
};

/* Waits until the network, a descriptor or a timer has something, at most max_ms (< 0: as
 * long as it takes). A signal ends the wait early; that is not an error. */
bool net_wait(struct net *n, struct net_fd *fds, size_t count, int64_t max_ms, struct error *err);

/* Moves all transfers, then reports: bytes, ends, timers. Handlers may start and cancel
 * transfers and timers, their own included. */
void net_step(struct net *n);

/* --- timers --------------------------------------------------------------------------- */

/* A timer lies inside the struct that owns it; zeroed means stopped. It fires once, from
 * net_step, at or after its time. Thousands may run: setting one costs O(log n). */
struct net_timer {
    int64_t at_ns;
    size_t place; /* 1-based place in the heap, 0 = stopped */
    void (*fire)(void *self);
    void *self;
};

void net_timer_set(struct net *n, struct net_timer *t, int64_t after_ms, void (*fire)(void *self),
                   void *self); /* restarts one that runs */
void net_timer_stop(struct net *n, struct net_timer *t);

/* --- transfers ------------------------------------------------------------------------ */

struct net_request {
    const char *method;         /* "GET" or "POST" */
    const char *url;            /* http or https; redirects are never followed */
    const char *const *headers; /* "Name: value" ..., NULL; may be NULL. CR or LF is refused */
    const char *body;           /* copied; NULL for none */
    size_t body_len;
    int64_t connect_ms;  /* DNS, TCP and TLS together; 0: 5000 */
    const char *ca_file; /* PEM of whom to trust; NULL: whom this machine trusts */
    bool local;          /* a server of this machine: proxies from the environment are bypassed */
    bool fresh;          /* never on a kept connection: one of those has just died */
};

/* How a transfer ended, below HTTP. */
enum net_outcome {
    NET_OK,              /* the whole reply came, whatever its status */
    NET_NO_HOST,         /* the name has no address */
    NET_NO_CONNECTION,   /* refused or unreachable */
    NET_CONNECT_TIMEOUT, /* no connection within connect_ms */
    NET_TLS,             /* certificate or handshake */
    NET_NO_REPLY,        /* connected, then closed before the headers were whole */
    NET_CUT,             /* broken off inside the body */
    NET_ABORTED,         /* the handler's `bytes` said stop */
    NET_FAILED,          /* anything else; see text */
};

/* The status line and the header fields, once per transfer. Strings are borrowed. */
struct net_head {
    int status;
    const char *content_type; /* "" where there is none */
    int64_t at_ns;
    struct net_transfer *transfer; /* for net_header */
};

struct net_result {
    enum net_outcome outcome;
    int status;       /* 0 where `head` never came */
    const char *text; /* libcurl's words for a failure, "" otherwise; borrowed */
    size_t bytes;     /* of body received */
    bool reused;      /* ran on a kept connection */
    bool refused;     /* NET_NO_CONNECTION because nobody listens there */
};

/* Where a transfer's news go. `head` and `bytes` come while libcurl is inside its own
 * callback; starting and cancelling is noted there and done right after. `bytes` returns
 * false to stop the transfer. `done` comes last, exactly once, unless the transfer was
 * cancelled; the transfer is gone when it returns. One clock reading per `bytes`. */
struct net_handler {
    void (*head)(void *self, const struct net_head *head); /* may be NULL */
    bool (*bytes)(void *self, const char *data, size_t len, int64_t now_ns);
    void (*done)(void *self, const struct net_result *result);
};

/* NULL with err set where the request itself is unfit (bad URL, header with CR or LF). */
struct net_transfer *net_start(struct net *n, const struct net_request *r,
                               const struct net_handler *handler, void *self, struct error *err);
/* A response header by name, any case; NULL where absent. Only inside head or done. */
const char *net_header(struct net_transfer *t, const char *name);
/* Stops it; nothing more is reported. HTTP/1.1 closes the connection. */
void net_cancel(struct net_transfer *t);

/* An HTTP date ("Sun, 06 Nov 1994 08:49:37 GMT") in ns since 1970; false where it is none, or lies
 * after 2037 on a machine whose time is 32 bits wide. */
bool net_date(const char *text, int64_t *ret_wall_ns);

/* --- the yardstick -------------------------------------------------------------------- */

/* One request by bare libcurl's blocking call, nothing of ours in between: what `perf`
 * measures rlab's own overhead against. Times in ns from the start of the call: first body
 * byte, end. */
struct net_yardstick;
struct net_yardstick *net_yardstick_new(void);
void net_yardstick_free(struct net_yardstick *y);
bool net_yardstick_run(struct net_yardstick *y, const struct net_request *r, int64_t *ret_first_ns,
                       int64_t *ret_total_ns, struct error *err);

#endif
