/* rlab perf memory_hit, insert, stored_hit: what the cache costs, in memory and in its table, at
 * several sizes (perf.h). A hit is the key's digest, the look-up and the answer in hand. */
#include "tui/verb/perf.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/random.h"
#include "core/limits.h"
#include "core/store/cache.h"

#define PORTION        100 /* hits in memory that are timed together: a clock costs a tenth of one */
#define PORTIONS       1000
#define STORED_HITS    3000 /* and as many before them that are not counted */
#define PAGE_BYTES     4096 /* of the table's file */
#define INSERTS        200
#define FILLED_AT_ONCE 100000 /* entries a transaction */
#define ANSWER_BYTES   1024
#define ROOM_AN_ENTRY  ((size_t)4 * KIB) /* of memory, at most */

static int64_t now(void)
{
    return clock_mono(clock_real());
}

/* --- questions and answers ---------------------------------------------------------------- */

#define QUERY_ROOM 80

/* The i-th question of this measurement, written into `query`. */
static struct cache_key key_of(char query[QUERY_ROOM], size_t i)
{
    int len =
        snprintf(query, QUERY_ROOM, "Question number %zu of a measurement, of ordinary length?", i);
    return (struct cache_key){ .provider = "openai",
                               .url = "http://127.0.0.1:8080/v1",
                               .model = "some-model:8b",
                               .identity =
                                   "500a1f067a9f782620b40bee6f7b0c89e17ae61f686b92c24933e4ca4"
                                   "b2b8b41",
                               .identity_kind = "digest",
                               .query = query,
                               .query_len = (size_t)len,
                               .temperature = 0,
                               .top_p = NAN,
                               .max_tokens = 1024,
                               .think_budget = -1,
                               .think = "off" };
}

static bool put(struct cache *c, size_t i, size_t answer_bytes, struct error *err)
{
    char query[QUERY_ROOM], answer[ANSWER_BYTES];
    struct cache_key k = key_of(query, i);
    memset(answer, 'a', sizeof answer);
    const struct cache_entry e = { .key = cache_key_hash(&k),
                                   .query = k.query,
                                   .query_len = k.query_len,
                                   .answer = answer,
                                   .answer_len = answer_bytes,
                                   .thinking = "",
                                   .server = "local",
                                   .model = k.model,
                                   .identity = k.identity,
                                   .level = "simple",
                                   .role = "fast",
                                   .fields = "{}",
                                   .latency_s = 1.5,
                                   .ttft_s = 0.2,
                                   .ttft_text_s = 0.2,
                                   .load_s = NAN,
                                   .prompt_tokens = 20,
                                   .completion_tokens = 60,
                                   .thinking_tokens = 0,
                                   .answer_tokens = 60,
                                   .tokens_kind = "measured",
                                   .split_kind = "measured" };
    return cache_put(c, &e, err);
}

/* --- in memory ---------------------------------------------------------------------------- */

/* Questions drawn beforehand, so that only hits are timed. */
struct portion {
    char query[PORTION][QUERY_ROOM];
    struct cache_key key[PORTION];
};

static void draw(struct portion *p, struct random *r, size_t entries)
{
    for (size_t i = 0; i < PORTION; i++)
        p->key[i] = key_of(p->query[i], random_below(r, entries));
}

static size_t hit_all(struct cache *c, const struct portion *p)
{
    size_t found = 0;
    for (size_t i = 0; i < PORTION; i++) {
        struct hash key = cache_key_hash(&p->key[i]);
        found += cache_get(c, &key) != NULL;
    }
    return found;
}

static bool time_memory(struct cache *c, size_t entries, struct sample *ret, struct error *err)
{
    struct portion *p = mem_new(struct portion, 1);
    struct random r;
    random_seed(&r, 1);
    bool ok = true;
    for (int i = 0; ok && i < PORTIONS && !session_stopped(); i++) {
        draw(p, &r, entries);
        int64_t start = now();
        size_t found = hit_all(c, p);
        sample_add(ret, (double)(now() - start) / PORTION);
        ok = found == PORTION || error_set(err, ERR_STORE, "an answer kept was not found again");
    }
    mem_free(p);
    return ok;
}

/* Peers work out the same digest: so they prove that they do the same. */
static const char *first_key(struct perf *p)
{
    char query[QUERY_ROOM], hex[HASH_HEX];
    struct cache_key k = key_of(query, 0);
    struct hash h = cache_key_hash(&k);
    hash_hex(&h, hex);
    return arena_string(&p->arena, hex);
}

/* Without texts: a million long answers are no part of what a look-up costs. */
bool perf_memory(struct perf *p, const struct perf_row *row, struct error *err)
{
    struct sample s = { 0 };
    struct cache *c = cache_new(NULL, clock_real(), (int64_t)row->entries, 0);
    cache_set_room(c, row->entries * ROOM_AN_ENTRY);
    bool ok = true;
    for (size_t i = 0; ok && i < row->entries && !session_stopped(); i++)
        ok = put(c, i, 0, err);
    ok = ok && time_memory(c, row->entries, &s, err);
    if (ok && !session_stopped())
        perf_tell(p, &(struct perf_figure){
                         .what = row->name,
                         .unit = "ns",
                         .value = stats_median(s.v, s.n),
                         .n = s.n * PORTION,
                         .how = arena_format(&p->arena,
                                             "the key's digest and the look-up, any of %zu, median "
                                             "of means of %d",
                                             row->entries, PORTION),
                         .bare = NAN,
                         .key = first_key(p) });
    sample_done(&s);
    cache_free(c);
    return ok;
}

/* --- in the table ------------------------------------------------------------------------- */

static bool open_table(struct perf *p, const char *name, struct store **ret, struct error *err)
{
    if (!perf_folder(p, err))
        return false;
    struct store_options o = { .path = arena_format(&p->arena, "%s/%s.db", p->folder, name),
                               .clock = clock_real(),
                               .busy_ms = 5000 };
    if (!store_open(&o, ret, err))
        return false;
    const char *trouble = store_trouble(*ret);
    if (!trouble)
        return true;
    error_set(err, ERR_STORE, "%s", trouble);
    store_close(*ret);
    return false;
}

bool perf_insert(struct perf *p, const struct perf_row *row, struct error *err)
{
    struct store *st;
    struct sample s = { 0 };
    if (!open_table(p, row->name, &st, err))
        return false;
    struct cache *c = cache_new(st, clock_real(), INSERTS, 0);
    bool ok = true;
    for (size_t i = 0; ok && i < INSERTS && !session_stopped(); i++) {
        int64_t start = now();
        ok = put(c, i, ANSWER_BYTES, err);
        sample_add(&s, (double)(now() - start));
    }
    if (ok && !session_stopped())
        perf_tell(p, &(struct perf_figure){ .what = row->name,
                                            .unit = "us",
                                            .value = perf_median_us(&s),
                                            .n = s.n,
                                            .how = "until it is on the disk, median",
                                            .bare = NAN });
    sample_done(&s);
    cache_free(c);
    store_close(st);
    return ok;
}

/* A question by its number, and where its key stands among the others. */
struct turn {
    struct hash key;
    size_t i;
};

static int by_key(const void *a, const void *b)
{
    return memcmp(((const struct turn *)a)->key.bytes, ((const struct turn *)b)->key.bytes,
                  HASH_BYTES);
}

/* One transaction: only reading is measured here. In the order of their keys, so that a large
 * table's index is swept once a transaction and not once an entry. */
static bool put_many(struct store *st, struct cache *c, size_t from, size_t to, struct error *err)
{
    struct turn *turns = mem_new(struct turn, to - from);
    for (size_t i = from; i < to; i++) {
        char query[QUERY_ROOM];
        struct cache_key k = key_of(query, i);
        turns[i - from] = (struct turn){ cache_key_hash(&k), i };
    }
    qsort(turns, to - from, sizeof *turns, by_key);
    bool ok = store_batch_begin(st, err);
    for (size_t i = 0; ok && i < to - from && !session_stopped(); i++) {
        ok = put(c, turns[i].i, ANSWER_BYTES, err);
        if (!ok)
            store_batch_undo(st);
    }
    mem_free(turns);
    return ok && store_batch_end(st, err);
}

static bool fill(struct store *st, size_t entries, struct error *err)
{
    struct cache *c = cache_new(st, clock_real(), MAX_CACHE_SIZE, 0);
    bool ok = true;
    for (size_t i = 0; ok && i < entries && !session_stopped(); i += FILLED_AT_ONCE)
        ok = put_many(st, c, i, i + FILLED_AT_ONCE < entries ? i + FILLED_AT_ONCE : entries, err);
    cache_free(c);
    return ok;
}

/* Each out of the table, by a cache that is new for every portion. The second half counts: by then
 * SQLite has seen the upper pages of its trees. Recency is written a portion at a time, which is
 * what is used within 250 ms of quick work, and timed apart. */
static bool time_stored(struct store *st, size_t entries, struct sample *ret,
                        struct sample *ret_write, struct error *err)
{
    struct cache *c = cache_new(st, clock_real(), MAX_CACHE_SIZE, 0);
    struct random r;
    random_seed(&r, 1);
    bool ok = true;
    for (size_t i = 0; ok && i < 2 * (size_t)STORED_HITS && !session_stopped(); i++) {
        char query[QUERY_ROOM];
        struct cache_key k = key_of(query, random_below(&r, entries));
        int64_t start = now();
        struct hash key = cache_key_hash(&k);
        ok = cache_get(c, &key) || error_set(err, ERR_STORE, "a stored answer was not found again");
        int64_t end = now();
        if (i >= STORED_HITS)
            sample_add(ret, (double)(end - start));
        if (ok && (i + 1) % PORTION == 0) {
            ok = cache_flush(c, err);
            sample_add(ret_write, i >= STORED_HITS ? (double)(now() - end) / PORTION : NAN);
            cache_free(c);
            c = cache_new(st, clock_real(), MAX_CACHE_SIZE, 0);
        }
    }
    cache_free(c);
    return ok;
}

/* What no look-up in a file of this size can do without, unless it has the page at hand: any one
 * page of it, read alone. */
static bool time_pages(struct perf *p, const char *name, struct sample *ret, struct error *err)
{
    const char *path = arena_format(&p->arena, "%s/%s.db", p->folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    struct random r;
    random_seed(&r, 1);
    bool ok = fd >= 0 && fstat(fd, &st) == 0 && st.st_size >= PAGE_BYTES;
    for (int i = 0; ok && i < STORED_HITS && !session_stopped(); i++) {
        char page[PAGE_BYTES];
        off_t at = (off_t)random_below(&r, (uint64_t)st.st_size / PAGE_BYTES) * PAGE_BYTES;
        int64_t start = now();
        ok = pread(fd, page, sizeof page, at) == sizeof page;
        sample_add(ret, (double)(now() - start));
    }
    if (fd >= 0)
        close(fd);
    return ok || error_set(err, ERR_IO, "the file '%s' cannot be read", path);
}

static void tell_stored(struct perf *p, const struct perf_row *row, const struct sample *s,
                        const struct sample *write, const struct sample *page)
{
    perf_tell(p, &(struct perf_figure){ .what = row->name,
                                        .unit = "us",
                                        .value = perf_median_us(s),
                                        .n = s->n,
                                        .how = arena_format(&p->arena,
                                                            "not in memory, any of %zu in the "
                                                            "table, its text of %d bytes copied, "
                                                            "median",
                                                            row->entries, ANSWER_BYTES),
                                        .bare = NAN });
    perf_tell(p, &(struct perf_figure){
                     .what = arena_format(&p->arena, "%s.recency", row->name),
                     .unit = "us",
                     .value = perf_median_us(write),
                     .n = write->n * PORTION,
                     .how = arena_format(&p->arena,
                                         "what writing recency and counters later costs a hit, in "
                                         "batches of %d, median",
                                         PORTION),
                     .bare = NAN });
    perf_tell(p, &(struct perf_figure){
                     .what = arena_format(&p->arena, "%s.page", row->name),
                     .unit = "us",
                     .value = perf_median_us(page),
                     .n = page->n,
                     .how = "any one page of that file read alone, without a database, median",
                     .bare = NAN });
}

bool perf_stored(struct perf *p, const struct perf_row *row, struct error *err)
{
    struct store *st;
    struct sample s = { 0 }, write = { 0 }, page = { 0 };
    if (row->entries >= 100000 && p->s->err_is_terminal && !p->s->json)
        say("filling a table with %zu answers ...", row->entries);
    if (!open_table(p, row->name, &st, err))
        return false;
    bool ok = fill(st, row->entries, err) && time_stored(st, row->entries, &s, &write, err);
    store_close(st); /* brings in the write-ahead log: then all is in one file */
    ok = ok && time_pages(p, row->name, &page, err);
    if (ok && !session_stopped())
        tell_stored(p, row, &s, &write, &page);
    sample_done(&s);
    sample_done(&write);
    sample_done(&page);
    return ok;
}
