/* When a failed request is worth repeating, and after how long: the policy alone, without
 * network, clock or randomness of its own.
 *
 * At most MAX_RETRIES further tries; 0.5 s before the first, doubling up to 8 s, with up to a
 * quarter taken off so that many clients do not come back together. A server's own word goes
 * before this: x-should-retry decides whether, retry-after-ms and then retry-after decide
 * when. A wait beyond MAX_RETRY_WAIT_MS is not sat out: the person is told instead. */
#ifndef MODEL_RETRY_H
#define MODEL_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_RETRIES       2
#define MAX_RETRY_WAIT_MS 120000

/* What the reply's headers say. */
struct retry_hint {
    int64_t wait_ms; /* -1: nothing that can be read */
    enum { RETRY_UNSAID, RETRY_YES, RETRY_NO } should;
};

#define RETRY_NO_HINT ((struct retry_hint){ .wait_ms = -1 })

/* Header values, NULL where absent. retry-after may be seconds ("1.5", "30s") or an HTTP
 * date, which is measured from wall_ns. What is negative or not understood counts as unsaid. */
struct retry_hint retry_read(const char *should, const char *after_ms, const char *after,
                             int64_t wall_ns);

/* The wait before retry number `done` + 1, in ms; jitter in 0..1 takes off up to a quarter. */
int64_t retry_backoff_ms(int done, double jitter);

enum retry_verdict {
    RETRY_NEVER,
    RETRY_AGAIN,    /* after ret_wait_ms */
    RETRY_TOO_LONG, /* the server asks for ret_wait_ms, longer than we sit out */
};

/* `worth`: this kind of failure may pass; `barred`: it never does, whatever the server says
 * (no money left). `done`: retries so far. */
enum retry_verdict retry_decide(const struct retry_hint *hint, bool worth, bool barred, int done,
                                double jitter, int64_t *ret_wait_ms);

#endif
