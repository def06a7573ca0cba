/* Helpers of the unit tests (test.h). */
#include "tests/test.h"

#include <ftw.h>
#include <unistd.h>

#include "core/base/mem.h"

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
