/* The scripted mock server (tests/mock/mock.py) as a test sees it: start it, tell it what to
 * answer, read what it was asked. It ends with the test, however the test ends. */
#ifndef TESTS_WIRE_MOCK_H
#define TESTS_WIRE_MOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/json.h"

struct mock {
    int pid, talk; /* the process, and the pipe whose end ends it */
    int port;
    char url[64]; /* http://127.0.0.1:PORT */
};

/* args: further words for mock.py, NULL-terminated; may be NULL. Fails the test where it
 * cannot start. */
void mock_start(struct mock *m, const char *const *args);
void mock_stop(struct mock *m);

/* Replaces the script (JSON as in mock.py, with ' for ") and empties the log. */
void mock_script(const struct mock *m, const char *json);
/* Changes the small server of --play; ' for " here too. */
void mock_play(const struct mock *m, const char *json);
/* What was asked since, as an array; freed with json_free. */
struct json *mock_log(const struct mock *m);
size_t mock_asked(const struct mock *m); /* how many requests */

#endif
