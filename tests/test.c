/* Helpers of the unit tests (test.h). */
#include "tests/test.h"

#include <ftw.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

int64_t test_slower(void)
{
    const char *times = getenv("RLAB_TEST_SLOWER");
    long n = times ? strtol(times, NULL, 10) : 1;
    return n > 1 && n < 1000 ? n : 1;
}

int64_t test_ms(void)
{
    return clock_mono(clock_real()) / NS_PER_MS;
}

void test_late(const char *what, int64_t took_ms, int64_t most_ms)
{
    /* On standard output, where it stands before the line that says which test failed. */
    printf("# late: %s: %lld ms, not below %lld\n", what, (long long)took_ms, (long long)most_ms);
    fflush(stdout);
    fail();
    abort(); /* fail() does not return, but does not say so */
}

char *test_folder(void)
{
    const char *base = getenv("TMPDIR");
    struct arena a = { 0 };
    char *path = mem_string(arena_format(&a, "%s/rlab-test-XXXXXX", base ? base : "/tmp"));
    arena_done(&a);
    if (!mkdtemp(path))
        fail_msg("no temporary folder: %s", path);
    return path;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void test_folder_remove(char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    mem_free(path);
}
