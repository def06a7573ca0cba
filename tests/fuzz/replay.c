/* Runs a fuzz entry over its corpus: replay FOLDER. With a seed (replay FOLDER SEED RUNS) the files
 * are also run with bytes changed, cut out and doubled, the same way each time: so many runs in
 * all, as many for each file, so that a file more costs no time. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/random.h"
#include "core/limits.h"

/* A copy of its own size, so that a read beyond the end is seen. */
static void run(const char *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, data, len);
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

/* One small change: a byte set, a run taken out, a run doubled. */
static size_t change(struct random *r, char *data, size_t len, size_t room)
{
    static const char telling[] = "\"{}[]:,\\<>\n\r 0-e\0\xFF\x80u";
    if (len == 0)
        return 0;
    size_t at = random_below(r, len), n = 1 + random_below(r, len - at < 32 ? len - at : 32);
    switch (random_below(r, 3)) {
    case 0:
        data[at] = random_below(r, 2) ? (char)random_below(r, 256)
                                      : telling[random_below(r, sizeof telling - 1)];
        return len;
    case 1:
        memmove(data + at, data + at + n, len - at - n);
        return len - n;
    default:
        if (len + n > room)
            return len;
        memmove(data + at + n, data + at, len - at);
        return len + n;
    }
}

static void run_changed(const struct buf *file, uint64_t seed, int runs)
{
    struct random r;
    size_t room = 2 * file->len + 64;
    char *data = mem_alloc(room, 1);
    random_seed(&r, seed);
    for (int i = 0; i < runs; i++) {
        size_t len = file->len;
        memcpy(data, buf_text(file), len);
        for (uint64_t n = 1 + random_below(&r, 4); n > 0; n--)
            len = change(&r, data, len, room);
        run(data, len);
    }
    mem_free(data);
}

int main(int argc, char **argv)
{
    struct dirent **list = NULL;
    int n = argc > 1 ? scandir(argv[1], &list, NULL, alphasort) : -1, ran = 0;
    for (int i = 0; i < n; i++) {
        char path[1000];
        struct error err;
        struct buf b = buf_with_max(MAX_FILE_BYTES);
        snprintf(path, sizeof path, "%s/%s", argv[1], list[i]->d_name);
        if (list[i]->d_name[0] != '.' && file_read(path, MAX_FILE_BYTES, &b, &err)) {
            run(buf_text(&b), b.len);
            if (argc > 3)
                run_changed(&b, strtoull(argv[2], NULL, 10) + (uint64_t)i, 1 + atoi(argv[3]) / n);
            ran++;
        }
        buf_done(&b);
        free(list[i]);
    }
    free(list);
    if (ran == 0)
        fprintf(stderr, "no corpus: %s\n", argc > 1 ? argv[1] : "give a folder");
    return ran == 0;
}
