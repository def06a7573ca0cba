/* rlab perf: how long rlab's own parts take on this machine. */
#include "tui/verb/perf.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/lab/set.h"
#include "core/limits.h"
#include "core/route/classifier.h"
#include "core/store/cache.h"
#include "tui/verb/table.h"

extern const struct verb verb_perf;

/* --- telling ------------------------------------------------------------------------------ */

static void tell_json(const struct perf_figure *f)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.perf/1");
    json_put_text(j, "what", f->what);
    json_put_text(j, "unit", f->unit);
    json_put_real(j, "value", f->value);
    json_put_text(j, "value_kind", "measured");
    json_put_int(j, "n", (int64_t)f->n);
    json_put_text(j, "how", f->how);
    if (isfinite(f->bare)) {
        json_put_real(j, "libcurl", f->bare);
        json_put_real(j, "rlab", f->rlab);
        json_put_real(j, "ratio", f->rlab / f->bare);
    }
    print_json(j);
}

static void tell_text(const struct session *s, const struct perf_figure *f)
{
    char head[80];
    struct buf how = buf_with_max(1 * KIB);
    snprintf(head, sizeof head, "%-23s  %8.*f %-2s  ", f->what, fabs(f->value) < 100 ? 2 : 0,
             f->value, f->unit);
    buf_puts(&how, f->how);
    if (isfinite(f->bare))
        buf_printf(&how, "; %.0f against %.0f %s by libcurl alone (%+.2f %%)", f->rlab, f->bare,
                   f->unit, 100 * (f->rlab / f->bare - 1));
    print_wrapped(s, head, strlen(head), buf_text(&how));
    buf_done(&how);
}

void perf_tell(struct perf *p, const struct perf_figure *f)
{
    if (p->s->json)
        tell_json(f);
    else
        tell_text(p->s, f);
    print_now();
}

double perf_median_us(const struct sample *s)
{
    return stats_median(s->v, s->n) / 1000;
}

static int64_t now(void)
{
    return clock_mono(clock_real());
}

/* --- classify ----------------------------------------------------------------------------- */

#define CLASSIFY_ROUNDS 20000
#define CLASSIFY_TRIES  7

struct queries {
    struct set sets[2];
    const struct set_item *items[64];
    size_t count;
};

static bool load_queries(const struct perf *p, struct queries *q, struct error *err)
{
    static const char *const names[] = { "sample", "bench" };
    for (size_t i = 0; i < 2; i++) {
        if (!set_load(&p->s->lab.paths, names[i], &q->sets[i], err))
            return false;
        for (size_t k = 0; k < q->sets[i].count && q->count < 64; k++)
            q->items[q->count++] = &q->sets[i].items[k];
    }
    return true;
}

static double classify_once(const struct rules *rules, const struct queries *q, struct verdict *v)
{
    int64_t start = now();
    for (int r = 0; r < CLASSIFY_ROUNDS; r++)
        for (size_t i = 0; i < q->count; i++)
            classify(rules, q->items[i]->query, q->items[i]->query_len, v);
    return (double)(now() - start) / ((double)CLASSIFY_ROUNDS * (double)q->count);
}

static bool measure_classify(struct perf *p, struct error *err)
{
    struct queries q = { 0 };
    struct verdict v = { 0 };
    bool ok = load_queries(p, &q, err);
    double best = INFINITY; /* the machine may be doing other things too */
    for (int t = 0; ok && t < CLASSIFY_TRIES && !session_stopped(); t++)
        best = fmin(best, classify_once(p->s->lab.rules, &q, &v));
    if (ok && isfinite(best)) {
        const char *how = arena_format(&p->arena, "mean over the %zu sample queries, rules '%s'",
                                       q.count, rules_name(p->s->lab.rules));
        perf_tell(p, &(struct perf_figure){ "classify", "ns", best,
                                            (size_t)CLASSIFY_TRIES * CLASSIFY_ROUNDS * q.count, how,
                                            NAN, NAN });
    }
    set_done(&q.sets[0]);
    set_done(&q.sets[1]);
    verdict_done(&v);
    return ok;
}

/* --- the cache ---------------------------------------------------------------------------- */

#define MEMORY_ENTRIES 100
#define MEMORY_ROUNDS  2000
#define TABLE_TIMES    200
#define MANY_ENTRIES   100000

/* The i-th question of this measurement: a key and an answer of ordinary size. */
static struct cache_key key_of(struct arena *a, size_t i)
{
    const char *query =
        arena_format(a, "Question number %zu of a measurement, of ordinary length?", i);
    return (struct cache_key){ .provider = "openai",
                               .url = "http://127.0.0.1:8080/v1",
                               .model = "some-model:8b",
                               .identity =
                                   "500a1f067a9f782620b40bee6f7b0c89e17ae61f686b92c24933e4ca4"
                                   "b2b8b41",
                               .identity_kind = "digest",
                               .query = query,
                               .query_len = strlen(query),
                               .temperature = 0,
                               .top_p = NAN,
                               .max_tokens = 1024,
                               .think_budget = -1,
                               .think = "off" };
}

static struct cache_entry entry_of(const struct hash *key, const struct cache_key *k)
{
    static const char answer[] =
        "An answer of some three hundred bytes, as models like to give them: first it says what "
        "was asked, then what it is going to say, then it says it, and in the end it repeats what "
        "it has said, so that nobody can miss it, and asks whether there is anything else that it "
        "could help with today.";
    return (struct cache_entry){ .key = *key,
                                 .query = k->query,
                                 .query_len = k->query_len,
                                 .answer = answer,
                                 .answer_len = sizeof answer - 1,
                                 .thinking = "",
                                 .server = "local",
                                 .model = k->model,
                                 .identity = k->identity,
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
}

static bool put(struct cache *c, size_t i, struct error *err)
{
    struct arena a = { 0 };
    struct cache_key k = key_of(&a, i);
    struct hash key = cache_key_hash(&k);
    struct cache_entry e = entry_of(&key, &k);
    bool ok = cache_put(c, &e, err);
    arena_done(&a);
    return ok;
}

static bool measure_memory(struct perf *p, struct error *err)
{
    struct arena a = { 0 };
    struct cache *c = cache_new(NULL, clock_real(), MEMORY_ENTRIES, 0);
    struct cache_key *keys = arena_new(&a, struct cache_key, MEMORY_ENTRIES);
    bool ok = true;
    for (size_t i = 0; ok && i < MEMORY_ENTRIES; i++) {
        keys[i] = key_of(&a, i);
        ok = put(c, i, err);
    }
    size_t found = 0;
    int64_t start = now();
    for (int r = 0; r < MEMORY_ROUNDS; r++)
        for (size_t i = 0; i < MEMORY_ENTRIES; i++) {
            struct hash key = cache_key_hash(&keys[i]);
            found += cache_get(c, &key) != NULL;
        }
    double each = (double)(now() - start) / ((double)MEMORY_ROUNDS * MEMORY_ENTRIES);
    if (ok)
        perf_tell(p, &(struct perf_figure){ "memory_hit", "ns", each, found,
                                            "the key's digest and the look-up, mean", NAN, NAN });
    cache_free(c);
    arena_done(&a);
    return ok;
}

static bool open_table(struct perf *p, const char *name, struct store **ret, struct error *err)
{
    if (!perf_folder(p, err))
        return false;
    struct store_options o = { .path = arena_format(&p->arena, "%s/%s", p->folder, name),
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

static bool time_inserts(struct store *st, struct sample *ret, struct error *err)
{
    struct cache *c = cache_new(st, clock_real(), MANY_ENTRIES + TABLE_TIMES, 0);
    bool ok = true;
    for (size_t i = 0; ok && i < TABLE_TIMES && !session_stopped(); i++) {
        int64_t start = now();
        ok = put(c, i, err);
        sample_add(ret, (double)(now() - start));
    }
    cache_free(c);
    return ok;
}

/* By a cache that has seen none of them, so each comes out of the table. */
static bool time_stored(struct store *st, size_t entries, struct sample *ret, struct error *err)
{
    struct cache *c = cache_new(st, clock_real(), MANY_ENTRIES + TABLE_TIMES, 0);
    struct arena a = { 0 };
    bool ok = true;
    for (size_t i = 0; ok && i < TABLE_TIMES; i++) {
        struct cache_key k = key_of(&a, i * (entries / TABLE_TIMES));
        int64_t start = now();
        struct hash key = cache_key_hash(&k);
        ok = cache_get(c, &key) || error_set(err, ERR_STORE, "a stored answer was not found again");
        sample_add(ret, (double)(now() - start));
    }
    arena_done(&a);
    cache_free(c);
    return ok;
}

static bool tell_stored(struct perf *p, struct store *st, const char *what, size_t entries,
                        struct error *err)
{
    struct sample s = { 0 };
    bool ok = time_stored(st, entries, &s, err);
    if (ok)
        perf_tell(p, &(struct perf_figure){
                         what, "us", perf_median_us(&s), s.n,
                         arena_format(&p->arena, "not in memory, table of %zu, median", entries),
                         NAN, NAN });
    sample_done(&s);
    return ok;
}

static bool measure_insert(struct perf *p, struct error *err)
{
    struct store *st;
    struct sample s = { 0 };
    if (!open_table(p, "insert.db", &st, err))
        return false;
    bool ok = time_inserts(st, &s, err);
    if (ok && !session_stopped())
        perf_tell(p, &(struct perf_figure){ "insert", "us", perf_median_us(&s), s.n,
                                            "until it is on the disk, median", NAN, NAN });
    sample_done(&s);
    store_close(st);
    return ok;
}

/* One transaction: only reading is measured here. */
static bool put_many(struct store *st, struct cache *c, size_t from, size_t to, struct error *err)
{
    if (!store_batch_begin(st, err))
        return false;
    for (size_t i = from; i < to; i++)
        if (!put(c, i, err)) {
            store_batch_undo(st);
            return false;
        }
    return store_batch_end(st, err);
}

static bool fill(struct store *st, size_t entries, struct error *err)
{
    struct cache *c = cache_new(st, clock_real(), MANY_ENTRIES + TABLE_TIMES, 0);
    bool ok = true;
    for (size_t i = 0; ok && i < entries && !session_stopped(); i += TABLE_TIMES)
        ok = put_many(st, c, i, i + TABLE_TIMES, err);
    cache_free(c);
    return ok;
}

static bool measure_table(struct perf *p, const char *what, size_t entries, struct error *err)
{
    struct store *st;
    if (!open_table(p, arena_format(&p->arena, "%s.db", what), &st, err))
        return false;
    bool ok =
        fill(st, entries, err) && (session_stopped() || tell_stored(p, st, what, entries, err));
    store_close(st);
    return ok;
}

static bool measure_stored(struct perf *p, struct error *err)
{
    return measure_table(p, "stored_hit", TABLE_TIMES, err);
}

static bool measure_many(struct perf *p, struct error *err)
{
    if (p->s->err_is_terminal && !p->s->json)
        say("filling a table with %d answers ...", MANY_ENTRIES);
    return measure_table(p, "stored_hit.100000", MANY_ENTRIES, err);
}

/* --- the folder --------------------------------------------------------------------------- */

bool perf_folder(struct perf *p, struct error *err)
{
    if (p->folder[0])
        return true;
    const char *temporary = getenv("TMPDIR") && *getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    const char *below = p->s->options.read_only ? temporary : p->s->lab.paths.data_dir;
    if (!file_make_folder(below, err))
        return false;
    char name[sizeof p->folder];
    snprintf(name, sizeof name, "%s/perf-XXXXXX", below);
    if (!mkdtemp(name))
        return error_set(err, ERR_IO, "no folder for measuring can be made in '%s': %s", below,
                         strerror(errno));
    memcpy(p->folder, name, sizeof name);
    return true;
}

static void remove_folder(const struct perf *p)
{
    DIR *dir = p->folder[0] ? opendir(p->folder) : NULL;
    if (!dir)
        return;
    for (const struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(dir), e->d_name, 0);
    closedir(dir);
    rmdir(p->folder);
}

/* --- the verb ----------------------------------------------------------------------------- */

static const struct perf_row rows[] = {
    { "classify", measure_classify },
    { "memory_hit", measure_memory },
    { "insert", measure_insert },
    { "stored_hit", measure_stored },
    { "stored_hit.100000", measure_many },
    { "frame", perf_frame },
    { "first_frame", perf_first_frame },
    { "mini", perf_mini },
    { "wire", perf_wire },
    { "ask", perf_ask },
};
#define ROWS (sizeof rows / sizeof *rows)

/* The row of this name, or the one that tells a figure of it ("wire.total": wire). */
static const struct perf_row *row_named(const char *name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    for (size_t i = 0; i < ROWS; i++) {
        size_t len = strlen(rows[i].name);
        if (strncmp(rows[i].name, name, len) == 0 && name[len] == '.')
            return &rows[i];
    }
    return NULL;
}

static bool is_wanted(const struct args *a, const struct perf_row *row)
{
    bool wanted = a->count == 0;
    for (size_t i = 0; i < a->count; i++)
        wanted |= row_named(a->words[i]) == row;
    return wanted;
}

static bool names_are_known(const struct args *a, struct error *err)
{
    for (size_t i = 0; i < a->count; i++)
        if (!row_named(a->words[i]))
            return error_set(err, ERR_USAGE, "no figure is called '%s'; there are: %s", a->words[i],
                             verb_perf.subs);
    return true;
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct perf p = { .s = s };
    s->options.memory_store = !perf_is_start(); /* a person's own database has no part in this */
    bool ok = names_are_known(a, err) && session_open(s, err);
    for (size_t i = 0; ok && i < ROWS && !session_stopped(); i++)
        if (is_wanted(a, &rows[i]))
            ok = rows[i].measure(&p, err);
    if (ok && session_stopped())
        *ret_code = session_stop_code();
    remove_folder(&p);
    arena_done(&p.arena);
    return ok;
}

const struct verb verb_perf = {
    .name = "perf",
    .words = "[NAME...]",
    .summary = "how long rlab's own parts take on this machine",
    .help =
        "classify     scoring a question\n"
        "memory_hit   an answer out of the cache in memory\n"
        "insert       keeping an answer, until it is on the disk\n"
        "stored_hit   an answer out of the table, and out of a large one\n"
        "frame        drawing each pane, at two sizes\n"
        "first_frame  from the start of the program to its first picture\n"
        "mini         what the built-in models write, on one core\n"
        "wire         what a call adds to bare libcurl: to the first word, in all\n"
        "ask          the same for a whole question, recorded on the disk\n"
        "\n"
        "wire and ask are medians of 200 pairs, rlab and libcurl in turn on a small server of\n"
        "rlab's own. All of it takes about a minute. Files are measured in a folder beside the\n"
        "database, which is gone afterwards.",
    .example = "rlab perf classify wire --json",
    .subs =
        "classify memory_hit insert stored_hit stored_hit.100000 frame first_frame mini wire ask",
    .options = (const enum option[]){ OPT_RULES, OPTIONS },
    .run = run,
};
