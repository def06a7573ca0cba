/* How long the classifier takes, to be put beside tests/peers/classify.py over the same
 * queries: classify_speed FOLDER_OF_RULES FILE_OF_QUERIES. Prints JSON lines. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/limits.h"
#include "core/route/classifier.h"

#define MOST_QUERIES 100
#define ROUNDS       20000
#define TRIES        7

struct queries {
    char *text[MOST_QUERIES];
    size_t len[MOST_QUERIES], count;
};

static bool read_queries(const char *path, struct queries *q, struct error *err)
{
    struct buf file = buf_with_max(MAX_FILE_BYTES);
    if (!file_read(path, MAX_FILE_BYTES, &file, err))
        return false;
    const char *line;
    size_t n, at = 0;
    while (q->count < MOST_QUERIES && file_line(buf_text(&file), file.len, &at, &line, &n)) {
        struct json *row = json_parse(line, n, err);
        const char *text = json_get_text(row, "query");
        if (text) {
            q->len[q->count] = strlen(text);
            q->text[q->count++] = mem_string(text);
        }
        json_free(row);
    }
    buf_done(&file);
    return true;
}

/* The best of several tries: the machine may be doing other things. */
static double mean_ns(const struct rules *rules, const struct queries *q, struct verdict *v)
{
    double best = 0;
    for (int t = 0; t < TRIES; t++) {
        int64_t start = clock_mono(clock_real());
        for (int r = 0; r < ROUNDS; r++)
            for (size_t i = 0; i < q->count; i++)
                classify(rules, q->text[i], q->len[i], v);
        double mean =
            (double)(clock_mono(clock_real()) - start) / ((double)ROUNDS * (double)q->count);
        if (t == 0 || mean < best)
            best = mean;
    }
    return best;
}

int main(int argc, char **argv)
{
    static const char *const sets[] = { "basic", "weighted" };
    struct error err;
    struct queries q = { 0 };
    if (argc != 3) {
        fprintf(stderr, "usage: %s FOLDER_OF_RULES FILE_OF_QUERIES\n", argv[0]);
        return 2;
    }
    bool ok = read_queries(argv[2], &q, &err);
    for (size_t i = 0; ok && i < sizeof sets / sizeof *sets; i++) {
        struct arena a = { 0 };
        struct verdict v = { 0 };
        struct rules *rules = rules_load(arena_format(&a, "%s/%s.rules", argv[1], sets[i]), &err);
        ok = rules != NULL;
        if (ok)
            printf(
                "{\"what\": \"classify.%s\", \"by\": \"rlab\", \"unit\": \"ns\", \"value\": %.1f, "
                "\"n\": %zu}\n",
                sets[i], mean_ns(rules, &q, &v), (size_t)TRIES * ROUNDS * q.count);
        rules_free(rules);
        verdict_done(&v);
        arena_done(&a);
    }
    for (size_t i = 0; i < q.count; i++)
        mem_free(q.text[i]);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    return ok ? 0 : 1;
}
