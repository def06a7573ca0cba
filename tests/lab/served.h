/* A whole lab in memory, with a small server of its own or with the built-in pair alone; for tests
 * of what a lab finds, chooses and checks. (A pipeline without a lab is in tests/lab/world.h.)
 *
 *   struct served s;
 *   served_open(&s, "fast:8b,big-r1:70b", false);
 *   assert_ok(lab_choose(&s.lab, &err), err);
 *   mock_play(&s.mock, "{'delay_ms':50}");
 *   served_close(&s);
 *
 * What cannot be made fails the test. */
#ifndef TESTS_LAB_SERVED_H
#define TESTS_LAB_SERVED_H

#include "tests/test.h"

#include "core/lab/lab.h"
#include "tests/wire/mock.h"

struct served {
    struct mock mock;
    bool mocked; /* the server runs; false: who closes leaves it alone */
    struct lab lab;
    struct lab_options options; /* of the lab, which keeps them */
    const char *servers[1];
    char flag[100]; /* "local=ollama:http://127.0.0.1:PORT", as after --server */
};

/* The server, called "local", plays these models ("fast:8b,big-r1:70b") and answers "odd"; NULL:
 * there is none. `builtin`: the pair is the built-in one. Nothing is chosen yet. */
void served_open(struct served *s, const char *models, bool builtin);
void served_close(struct served *s);

#endif
