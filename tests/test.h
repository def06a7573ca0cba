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

/* A fresh folder below the system's temporary folder, removed by test_folder_remove. */
char *test_folder(void);
void test_folder_remove(char *path);

#endif
