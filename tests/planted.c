/* Faults on purpose, one by name: what looks on (memcheck.py) must tell each for what it is. */
#include "tests/test.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int seen;

static int beyond_the_end(void)
{
    char *volatile bytes = malloc(10);
    int n = bytes[10];
    free(bytes);
    return n;
}

static void nothing(void **state)
{
    (void)state;
    assert_quick(0, 1);
}

static void bad_read(void **state)
{
    (void)state;
    seen = beyond_the_end();
}

static void undefined(void **state)
{
    (void)state;
    char *volatile bytes = malloc(10); /* volatile, or the compiler sees it too */
    if (bytes[5] > 3)
        seen++;
    free(bytes);
}

static void leak(void **state)
{
    (void)state;
    char *volatile lost = malloc(10);
    lost = NULL;
    assert_null(lost);
}

static void descriptor(void **state)
{
    (void)state;
    assert_true(open("/dev/null", O_RDONLY) >= 0);
}

static void child(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0)
        _exit(beyond_the_end() & 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void crash(void **state)
{
    (void)state;
    volatile uintptr_t nowhere = 64; /* volatile, for the compiler again */
    *(volatile char *)nowhere = 1;
}

static void wrong(void **state)
{
    (void)state;
    assert_int_equal(seen, 1);
}

static void wrong_and_leak(void **state)
{
    leak(state);
    wrong(state);
}

static void late(void **state)
{
    (void)state;
    assert_quick(1000000, 1);
}

static void ends_early(void **state)
{
    (void)state;
    fflush(stdout);
    _exit(0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        CMUnitTestFunction first, second;
    } faults[] = {
        { "nothing", nothing, nothing },
        { "read", bad_read, nothing },
        { "undefined", undefined, nothing },
        { "leak", leak, nothing },
        { "descriptor", descriptor, nothing },
        { "child", child, nothing },
        { "crash", crash, nothing },
        { "wrong", wrong, nothing },
        { "late", late, nothing },
        { "wrong-and-late", wrong, late },
        { "wrong-and-leak", wrong_and_leak, nothing },
        { "short", nothing, ends_early },
    };
    for (size_t i = 0; i < COUNT(faults); i++)
        if (argc == 2 && strcmp(argv[1], faults[i].name) == 0) {
            const struct CMUnitTest tests[] = {
                { "first", faults[i].first, NULL, NULL, NULL },
                { "second", faults[i].second, NULL, NULL, NULL },
            };
            return cmocka_run_group_tests(tests, NULL, NULL);
        }
    return 2;
}
