/* A tiny model server in a child process, for measuring rlab beside bare libcurl: every chat
 * request gets the same stream of server-sent events, the first word at once and the last
 * after PERF_MOCK_MS. It ends when its parent stops it or dies. */
#ifndef VERB_PERF_MOCK_H
#define VERB_PERF_MOCK_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/error.h"

#define PERF_MOCK_WORDS 10
#define PERF_MOCK_MS    50 /* from the first word to the last */
#define PERF_MOCK_MODEL "steady"

struct perf_mock {
    pid_t pid;
    int port;  /* on 127.0.0.1 */
    int leash; /* the child ends when this is closed */
};

bool perf_mock_start(struct perf_mock *ret, struct error *err);
void perf_mock_stop(struct perf_mock *m); /* accepts a zeroed one */

#endif
