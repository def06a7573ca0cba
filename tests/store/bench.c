/* How quick the store is. Not a test: figures depend on the machine.
 *     meson benchmark -C build          (or: build/tests/bench_store [ANSWERS [ENTRIES]])
 * One line a figure: name, median and slowest of n samples, unit. */
#include "tests/store/lab.h"

#include "core/base/random.h"
#include "core/store/history.h"
#include "core/store/history_lines.h"
#include "core/store/history_walk.h"
#include "core/store/inside.h"

static double now_us(void)
{
    return (double)clock_mono(clock_real()) / 1e3;
}

struct samples {
    double *us;
    size_t count, cap;
};

static void note(struct samples *s, double us)
{
    s->us = mem_grow(s->us, &s->cap, s->count + 1, sizeof *s->us);
    s->us[s->count++] = us;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *name, struct samples *s)
{
    qsort(s->us, s->count, sizeof *s->us, by_size);
    printf("%-44s %12.2f us median %12.2f us slowest  n=%zu\n", name, s->us[s->count / 2],
           s->us[s->count - 1], s->count);
    fflush(stdout);
    mem_free(s->us);
    *s = (struct samples){ 0 };
}

static void die(const struct error *err)
{
    fprintf(stderr, "bench: %s\n", err->text);
    exit(1);
}

/* --- cache -------------------------------------------------------------------------------- */

static struct hash key_of(int i)
{
    return hash_of(&i, sizeof i);
}

static void put(struct cache *c, int i)
{
    struct error err;
    char text[64];
    struct cache_entry e = lab_entry(i, text);
    e.fields = "{\"model\":\"m\",\"temperature\":0}";
    if (!cache_put(c, &e, &err))
        die(&err);
}

static void bench_inserts(struct store *s, struct cache *c, int *next, int size)
{
    char name[64];
    struct samples took = { 0 };
    struct error err;
    for (int i = 0; i < 500; i++) {
        double start = now_us();
        put(c, (*next)++);
        note(&took, now_us() - start);
    }
    snprintf(name, sizeof name, "insert, durable, full cache of %d", size);
    report(name, &took);
    for (int k = 0; k < 5; k++) {
        if (!store_batch_begin(s, &err))
            die(&err);
        double start = now_us();
        for (int i = 0; i < 200; i++)
            put(c, (*next)++);
        note(&took, (now_us() - start) / 200);
        if (!store_batch_end(s, &err))
            die(&err);
    }
    snprintf(name, sizeof name, "insert within a batch, full cache of %d", size);
    report(name, &took);
}

static void bench_hits(struct store *s, struct cache *c, int first, int size)
{
    char name[64];
    struct samples took = { 0 };
    struct random r;
    random_seed(&r, 1);
    enum { KEYS = 1000 };
    static struct hash key[KEYS];
    cache_free(c);
    c = cache_new(s, clock_real(), size, 0);
    for (int i = 0; i < KEYS; i++) { /* each the first time: out of the table */
        key[i] = key_of(first + (int)random_below(&r, (uint64_t)size));
        double start = now_us();
        if (!cache_get(c, &key[i]))
            abort();
        note(&took, now_us() - start);
    }
    snprintf(name, sizeof name, "hit out of the table, %d entries", size);
    report(name, &took);
    for (int i = 0; i < KEYS; i++) {
        struct hash other = key_of(-1 - i);
        double start = now_us();
        if (cache_get(c, &other))
            abort();
        note(&took, now_us() - start);
    }
    snprintf(name, sizeof name, "miss, %d entries", size);
    report(name, &took);
    for (int k = 0; k < 100; k++) {
        double start = now_us();
        for (int i = 0; i < KEYS; i++)
            cache_get(c, &key[i]);
        note(&took, (now_us() - start) / KEYS);
    }
    snprintf(name, sizeof name, "hit in memory, %d entries", size);
    report(name, &took);
    struct error err;
    for (int k = 0; k < 20; k++) {
        for (int i = 0; i < KEYS; i++)
            cache_get(c, &key[i]);
        double start = now_us();
        if (!cache_flush(c, &err))
            die(&err);
        note(&took, now_us() - start);
    }
    snprintf(name, sizeof name, "flush of 1000 touched, %d entries", size);
    report(name, &took);
    cache_free(c);
}

static void bench_cache(struct lab *l, int size)
{
    struct error err;
    struct store *s = lab_open_with(l, (struct store_options){ 0 });
    struct cache *c = cache_new(s, clock_real(), size, 0);
    int next = 0;
    for (int i = 0; i < size; i++) {
        if (i % 1000 == 0 && ((i && !store_batch_end(s, &err)) || !store_batch_begin(s, &err)))
            die(&err);
        put(c, next++);
    }
    if (!store_batch_end(s, &err))
        die(&err);
    bench_inserts(s, c, &next, size);
    bench_hits(s, c, next - size, size);
    store_close(s);
}

/* --- history ------------------------------------------------------------------------------ */

enum { WORDS = 20000 };
static char vocabulary[WORDS][16];

static void make_words(struct random *r)
{
    static const char *const parts[] = { "ka", "lo",  "mi", "ne", "ru",  "sta", "ti", "vo",
                                         "xe", "pra", "du", "ge", "shi", "fo",  "ba", "que" };
    for (int i = 0; i < WORDS; i++)
        for (int k = 0; k < 2 + i % 3; k++)
            strcat(vocabulary[i], parts[random_below(r, COUNT(parts))]);
}

/* Few words are common and many rare, as in a language. */
static void say(struct random *r, char *to, int words)
{
    *to = '\0';
    for (int i = 0; i < words; i++) {
        double u = random_unit(r);
        to = stpcpy(to, vocabulary[(int)(WORDS * u * u * u * u)]);
        to = stpcpy(to, " ");
    }
}

static void fill_history(struct store *s, int answers)
{
    static const char *const purposes[] = { "ask", "ask", "bench", "bench", "trial" };
    struct random r;
    struct error err;
    char query[1000], answer[1000];
    random_seed(&r, 2);
    make_words(&r);
    double start = now_us();
    for (int i = 0; i < answers; i++) {
        if (i % 5000 == 0 && ((i && !store_batch_end(s, &err)) || !store_batch_begin(s, &err)))
            die(&err);
        say(&r, query, 8);
        say(&r, answer, 20);
        lab_answer(s, query, answer, NULL, purposes[i % 5], i % 5 < 4 ? "m:1b" : "m:7b");
    }
    if (!store_batch_end(s, &err))
        die(&err);
    struct store_facts f;
    store_facts(s, &f);
    printf("%d answers stored in %.1f s, %.0f MB\n", answers, (now_us() - start) / 1e6,
           (double)f.bytes / 1e6);
}

static void bench_list(struct store *s, const char *name, struct history_filter f)
{
    struct samples took = { 0 };
    struct error err;
    char label[64];
    int rows = 0;
    for (int i = 0; i < 20; i++) {
        rows = 0;
        double start = now_us();
        if (!history_list(s, &f, lab_count_row, &rows, &err))
            die(&err);
        note(&took, now_us() - start);
    }
    snprintf(label, sizeof label, "%s (%d rows)", name, rows);
    report(label, &took);
}

/* The list of the screen: until the first page is there, and until all is known; the longest
 * step is what a key may have to wait for. */
static void bench_walk(struct store *s, const char *name, struct history_filter f)
{
    struct samples page = { 0 }, all = { 0 }, step = { 0 };
    struct error err;
    struct history_walk w = { 0 };
    char label[64];
    for (int i = 0; i < 5; i++) {
        double start = now_us(), before = start;
        bool first = true;
        history_walk_start(&w, &f);
        while (!w.done) {
            if (!history_walk_step(&w, s, first ? 50 : SIZE_MAX, 4 * NS_PER_MS, &err))
                die(&err);
            double now = now_us();
            note(&step, now - before);
            before = now;
            if (first && (w.count >= 50 || w.done)) {
                note(&page, now - start);
                first = false;
            }
        }
        note(&all, now_us() - start);
    }
    snprintf(label, sizeof label, "walk, %s, first page", name);
    report(label, &page);
    snprintf(label, sizeof label, "walk, %s, all %zu", name, w.count);
    report(label, &all);
    snprintf(label, sizeof label, "walk, %s, one step", name);
    report(label, &step);
    history_walk_done(&w);
}

static void bench_deleting(struct store *s, int answers)
{
    struct samples count = { 0 }, taken = { 0 }, back = { 0 };
    struct error err;
    struct history_state st;
    struct history_gone *gone;
    for (int i = 1; i <= 20; i++) {
        double start = now_us();
        if (!history_state(s, &st, &err))
            die(&err);
        note(&count, now_us() - start);
        start = now_us();
        if (!history_take(s, (int64_t)answers / 21 * i, &gone, &err))
            die(&err);
        note(&taken, now_us() - start);
        start = now_us();
        if (!history_give_back(s, gone, &err))
            die(&err);
        note(&back, now_us() - start);
        history_gone_free(gone);
    }
    report("how many", &count);
    report("delete one", &taken);
    report("bring it back", &back);
}

static void bench_history(struct lab *l, int answers)
{
    struct store *s = lab_open_with(l, (struct store_options){ 0 });
    fill_history(s, answers);
    store_close(s);
    double start = now_us();
    l->clock = *clock_real(); /* steps are measured by it */
    s = lab_open_with(l, (struct store_options){ 0 });
    printf("opened in %.1f ms\n", (now_us() - start) / 1e3);
    const char *common = vocabulary[0], *rare = vocabulary[WORDS - 7];
    char two[64], letter[2] = { common[0], '\0' }, three[4] = { 0 }, four[5] = { 0 };
    memcpy(three, common, 3);
    memcpy(four, common, 4);
    snprintf(two, sizeof two, "%s %s", vocabulary[1], vocabulary[2]);
    const struct {
        const char *name;
        struct history_filter f;
    } rows[] = {
        { "list, newest page", { 0 } },
        { "list, a page in the middle", { .before_id = answers / 2 } },
        { "list by purpose", { .purpose = "trial" } },
        { "list by model", { .model = "local/m:7b" } },
        { "list by model and purpose, none", { .model = "m:7b", .purpose = "ask" } },
        { "list since a while", { .since_wall = l->wall - 1000 * NS_PER_S } },
        { "list since tomorrow", { .since_wall = l->wall + 1000 * NS_PER_S } },
        { "search, rare word", { .search = rare } },
        { "search, common word", { .search = common } },
        { "search, one letter", { .search = letter } },
        { "search, three letters", { .search = three } },
        { "search, four letters", { .search = four } },
        { "search, two common words", { .search = two } },
        { "search, word and no such purpose", { .search = common, .purpose = "party" } },
        { "search, no such word", { .search = "zzzzzz" } },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        bench_list(s, rows[i].name, rows[i].f);
    bench_walk(s, "all", (struct history_filter){ 0 });
    bench_walk(s, "purpose", (struct history_filter){ .purpose = "trial" });
    bench_walk(s, "today", (struct history_filter){ .since_wall = l->wall - NS_PER_S });
    bench_walk(s, "rare word", (struct history_filter){ .search = rare });
    bench_walk(s, "common word", (struct history_filter){ .search = common });
    bench_walk(s, "three letters", (struct history_filter){ .search = three });
    bench_walk(s, "common, unmatched",
               (struct history_filter){ .search = common, .purpose = "party" });
    bench_deleting(s, answers);
    store_close(s);
}

int main(int argc, char **argv)
{
    int answers = argc > 1 ? atoi(argv[1]) : 20000, entries = argc > 2 ? atoi(argv[2]) : 100000;
    struct lab l;
    lab_start(&l);
    bench_cache(&l, 1000);
    lab_end(&l);
    lab_start(&l);
    bench_cache(&l, entries);
    lab_end(&l);
    lab_start(&l);
    bench_history(&l, answers);
    lab_end(&l);
    return 0;
}
