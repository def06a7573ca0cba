/* Runs a fuzz target over the inputs kept from earlier: PROGRAM FOLDER. A crash, or an
 * invariant of the target's own that does not hold, is the failure. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay(const char *path)
{
    struct error err;
    struct buf b = { 0 };
    if (!file_read(path, MAX_FILE_BYTES, &b, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    /* A copy of just its size, so that a read beyond the end is seen. */
    uint8_t *exact = malloc(b.len ? b.len : 1);
    if (!exact)
        abort();
    if (b.len)
        memcpy(exact, b.data, b.len);
    LLVMFuzzerTestOneInput(exact, b.len);
    free(exact);
    buf_done(&b);
    return true;
}

int main(int argc, char **argv)
{
    DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
    if (!d) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    struct arena a = { 0 };
    bool ok = true;
    int inputs = 0;
    for (struct dirent *e; ok && (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        ok = replay(arena_format(&a, "%s/%s", argv[1], e->d_name));
        inputs++;
    }
    closedir(d);
    arena_done(&a);
    printf("%d inputs\n", inputs);
    return ok && inputs ? 0 : 1;
}
