/* What the store's tests share: a folder with a database in it, a clock to turn, and rows
 * with little to say. */
#ifndef TESTS_STORE_LAB_H
#define TESTS_STORE_LAB_H

#include "tests/test.h"

#include <dirent.h>
#include <math.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/store/cache.h"
#include "core/store/calls.h"
#include "core/store/history.h"
#include "core/store/store.h"

struct lab {
    char *folder;
    struct arena arena;
    const char *path;
    int64_t mono, wall; /* the fake clock */
    struct clock clock;
};

static int64_t lab_mono(void *self)
{
    return ((struct lab *)self)->mono;
}

static int64_t lab_wall(void *self)
{
    return ((struct lab *)self)->wall;
}

static void lab_start(struct lab *l)
{
    *l = (struct lab){ .folder = test_folder(), .mono = 1, .wall = 1767225600 * NS_PER_S };
    l->path = arena_format(&l->arena, "%s/data/rlab.db", l->folder);
    l->clock = (struct clock){ lab_mono, lab_wall, l };
}

static void lab_end(struct lab *l)
{
    test_folder_remove(l->folder);
    arena_done(&l->arena);
}

static struct store *lab_open_with(struct lab *l, struct store_options o)
{
    struct error err;
    struct store *s = NULL;
    o.path = o.path ? o.path : l->path;
    o.clock = &l->clock;
    o.busy_ms = o.busy_ms ? o.busy_ms : 5000;
    assert_ok(store_open(&o, &s, &err), err);
    return s;
}

/* The file, written to: no trouble. */
__attribute__((unused)) static struct store *lab_open(struct lab *l)
{
    struct store *s = lab_open_with(l, (struct store_options){ 0 });
    if (store_trouble(s))
        fail_msg("trouble: %s", store_trouble(s));
    assert_true(store_writes(s) && store_has_file(s));
    return s;
}

/* A call with its answer, in one go. Returns the answer's id. */
__attribute__((unused)) static int64_t lab_answer(struct store *s, const char *query,
                                                  const char *answer, const char *thinking,
                                                  const char *purpose, const char *model)
{
    struct error err;
    struct call_row call = { .server = "local",
                             .model = model,
                             .query = query,
                             .query_len = strlen(query),
                             .purpose = purpose };
    struct call_result result = { .end = "OK_STOP",
                                  .text = answer,
                                  .text_len = answer ? strlen(answer) : 0,
                                  .thinking = thinking,
                                  .thinking_len = thinking ? strlen(thinking) : 0,
                                  .latency_s = 1.5,
                                  .ttft_s = NAN,
                                  .ttft_text_s = 0.25,
                                  .load_s = NAN,
                                  .prompt_tokens = 7,
                                  .completion_tokens = -1,
                                  .thinking_tokens = -1,
                                  .answer_tokens = 0,
                                  .tries = 1 };
    int64_t call_id, id;
    assert_ok(call_begin(s, &call, &call_id, &err), err);
    assert_ok(call_end_row(s, call_id, &result, &err), err);
    struct answer_row row = { .call_id = call_id,
                              .purpose = purpose,
                              .query = query,
                              .query_len = strlen(query),
                              .server = "local",
                              .model = model,
                              .from = "model",
                              .end = "OK_STOP",
                              .level = "simple",
                              .score = -2,
                              .latency_s = 1.5,
                              .original_latency_s = NAN,
                              .saved_s = NAN };
    assert_ok(answer_add(s, &row, &id, &err), err);
    return id;
}

/* So many answers, of some 2 KB each, in one transaction. */
__attribute__((unused)) static void lab_fill(struct store *s, int rows)
{
    struct error err;
    assert_ok(store_batch_begin(s, &err), err);
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < rows; i++)
        lab_answer(s, "how many?", text, NULL, "ask", "m");
    assert_ok(store_batch_end(s, &err), err);
}

/* For history_list: counts in an int. */
__attribute__((unused)) static bool lab_count_row(void *self, const struct history_row *row)
{
    (void)row;
    ++*(int *)self;
    return true;
}

/* Answers in the history, up to 1000. */
__attribute__((unused)) static int lab_rows(struct store *s)
{
    struct error err;
    int n = 0;
    assert_ok(history_list(s, &(struct history_filter){ .limit = 1000 }, lab_count_row, &n, &err),
              err);
    return n;
}

/* These bytes where the database belongs. */
__attribute__((unused)) static void lab_put(struct lab *l, const char *bytes, size_t len)
{
    struct error err;
    assert_ok(file_make_folder(arena_format(&l->arena, "%s/data", l->folder), &err), err);
    assert_ok(file_write(l->path, bytes, len, &err), err);
}

/* Name of the file in the data folder that begins with `start`, "" where none does. */
__attribute__((unused)) static const char *lab_find(struct lab *l, const char *start)
{
    const char *found = "";
    DIR *d = opendir(arena_format(&l->arena, "%s/data", l->folder));
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        if (strncmp(e->d_name, start, strlen(start)) == 0)
            found = arena_string(&l->arena, e->d_name);
    closedir(d);
    return found;
}

/* Whether any file of the database holds these bytes. */
__attribute__((unused)) static bool lab_file_holds(const struct lab *l, const char *bytes)
{
    static const char *const parts[] = { "", "-wal", "-shm", "-journal" };
    bool found = false;
    for (size_t i = 0; i < COUNT(parts); i++) {
        char name[4200];
        snprintf(name, sizeof name, "%s%s", l->path, parts[i]);
        FILE *f = fopen(name, "rb");
        if (!f)
            continue;
        static char text[32 << 20];
        size_t len = fread(text, 1, sizeof text, f);
        fclose(f);
        found = found || memmem(text, len, bytes, strlen(bytes));
    }
    return found;
}

/* Entry number n of a cache: key, query and answer say which. */
__attribute__((unused)) static struct cache_entry lab_entry(int n, char text[64])
{
    struct cache_entry e = { .latency_s = NAN,
                             .ttft_s = NAN,
                             .ttft_text_s = NAN,
                             .load_s = NAN,
                             .prompt_tokens = -1,
                             .completion_tokens = -1,
                             .thinking_tokens = -1,
                             .answer_tokens = -1 };
    snprintf(text, 64, "answer %d", n);
    e.key = hash_of(&n, sizeof n);
    e.query = "what?";
    e.query_len = 5;
    e.answer = text;
    e.answer_len = strlen(text);
    return e;
}

#endif
