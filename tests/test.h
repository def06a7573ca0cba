/* What every unit test includes: cmocka with what it needs, and a few helpers.
 *
 * A test is a table where it can be: a bug is fixed by first adding its row. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/error.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Fails with the error's own words. */
#define assert_ok(call, err)                                                                       \
    do {                                                                                           \
        if (!(call))                                                                               \
            fail_msg("%s: %s", #call, (err).text);                                                 \
    } while (0)

/* Fails, naming the row, unless `text` holds `part`. */
#define assert_holds(what, text, part)                                                             \
    do {                                                                                           \
        if (!strstr((text), (part)))                                                               \
            fail_msg("%s: \"%s\" does not hold \"%s\"", (what), (text), (part));                   \
    } while (0)

/* How many times slower than by itself a program may be here: RLAB_TEST_SLOWER, set by whoever runs
 * it under an emulator or memcheck; else 1. A bound of time is that many times as long. */
int64_t test_slower(void);
/* A clock for such bounds, in ms from anywhere; it never goes back. */
int64_t test_ms(void);
/* Fails with words by which whoever runs the tests tells being late from being wrong. */
void test_late(const char *what, int64_t took_ms, int64_t most_ms) __attribute__((noreturn));

/* Fails as late unless it took less than most_ms, or as many times that as test_slower says. */
#define assert_quick(took_ms, most_ms)                                                             \
    do {                                                                                           \
        int64_t took_ = (took_ms), most_ = (most_ms)*test_slower();                                \
        if (took_ >= most_)                                                                        \
            test_late(#took_ms, took_, most_);                                                     \
    } while (0)
/* In a loop that waits: fails as late where it has waited longer since `start_ms` (test_ms). */
#define assert_not_hung(start_ms, most_ms) assert_quick(test_ms() - (start_ms), most_ms)

/* A fresh folder below the system's temporary folder, removed by test_folder_remove. */
char *test_folder(void);
void test_folder_remove(char *path);

#endif
