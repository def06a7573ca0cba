/* Replays a reply through the decoder and writes its events as text, one a line: what the
 * vector tests compare and what the fuzzers hold against each other.
 *
 *   STARTED 200
 *   THINKING "Greeting."
 *   USAGE prompt=9 completion=42 load_s=0.05      (unknown fields are left out)
 *   WARN NO_DONE_MARK
 *   END ERR_STREAM retryable message="..." advice="..." */
#ifndef TESTS_TRANSCRIPT_H
#define TESTS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/model/decode.h"

/* A reply to replay. */
struct reply {
    const struct provider *provider;
    int status;
    const char *content_type;
    const char *body;
    size_t len;
    bool starts_inside;
    int64_t context_tokens;
    bool fails; /* ends by decoder_fail in this state instead of by its own end */
    enum call_end fail;
};

struct transcript {
    struct buf text;
    bool joined; /* neighbouring texts of one kind become one line */
    enum event_type last;
    size_t ends;    /* END events seen: always one */
    bool after_end; /* an event came behind the end */
    bool bad_text;  /* text that is not UTF-8, or holds a NUL */
    enum refused refused;
    struct buf answer, thinking;
};

/* Runs the reply in pieces of `step` bytes (0: whole) and fills `ret`, which is emptied
 * first by the caller with { 0 } and freed with transcript_done. */
void transcript_of(const struct reply *r, size_t step, struct transcript *ret);
void transcript_done(struct transcript *t);

#endif
