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
    if (f->key)
        json_put_text(j, "key", f->key);
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

/* Many short passes: the machine may be doing other things in some of them. */
#define CLASSIFY_ROUNDS 50
#define CLASSIFY_PASSES 2000

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

static bool measure_classify(struct perf *p, const struct perf_row *row, struct error *err)
{
    struct queries q = { 0 };
    struct verdict v = { 0 };
    bool ok = load_queries(p, &q, err);
    struct sample s = { 0 };
    for (int t = 0; ok && t < CLASSIFY_PASSES && !session_stopped(); t++)
        sample_add(&s, classify_once(p->s->lab.rules, &q, &v));
    if (ok && !session_stopped()) {
        const char *how = arena_format(&p->arena, "mean over the %zu sample queries, rules '%s'",
                                       q.count, rules_name(p->s->lab.rules));
        perf_tell(p,
                  &(struct perf_figure){ .what = row->name,
                                         .unit = "ns",
                                         .value = stats_median(s.v, s.n),
                                         .n = (size_t)CLASSIFY_PASSES * CLASSIFY_ROUNDS * q.count,
                                         .how = how,
                                         .bare = NAN });
    }
    sample_done(&s);
    set_done(&q.sets[0]);
    set_done(&q.sets[1]);
    verdict_done(&v);
    return ok;
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

/* Growth curves take minutes, and gigabytes for the last: only by name. */
static const struct perf_row rows[] = {
    { .name = "classify", .measure = measure_classify },
    { .name = "memory_hit", .measure = perf_memory, .entries = 100 },
    { .name = "insert", .measure = perf_insert },
    { .name = "stored_hit", .measure = perf_stored, .entries = 200 },
    { .name = "stored_hit.100000", .measure = perf_stored, .entries = 100000 },
    { .name = "frame", .measure = perf_frame },
    { .name = "first_frame", .measure = perf_first_frame },
    { .name = "mini", .measure = perf_mini },
    { .name = "wire", .measure = perf_wire },
    { .name = "ask", .measure = perf_ask },
    { .name = "memory_hit.1000", .measure = perf_memory, .entries = 1000, .by_name = true },
    { .name = "memory_hit.10000", .measure = perf_memory, .entries = 10000, .by_name = true },
    { .name = "memory_hit.100000", .measure = perf_memory, .entries = 100000, .by_name = true },
    { .name = "memory_hit.1000000", .measure = perf_memory, .entries = 1000000, .by_name = true },
    { .name = "stored_hit.1000", .measure = perf_stored, .entries = 1000, .by_name = true },
    { .name = "stored_hit.10000", .measure = perf_stored, .entries = 10000, .by_name = true },
    { .name = "stored_hit.1000000", .measure = perf_stored, .entries = 1000000, .by_name = true },
};
#define ROWS (sizeof rows / sizeof *rows)

/* The row of this name, or the one that tells a figure of it ("wire.total": wire). A size has a row
 * of its own, or none. */
static const struct perf_row *row_named(const char *name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    for (size_t i = 0; i < ROWS; i++) {
        size_t len = strlen(rows[i].name);
        if (strncmp(rows[i].name, name, len) == 0 && name[len] == '.' &&
            (name[len + 1] < '0' || name[len + 1] > '9'))
            return &rows[i];
    }
    return NULL;
}

static bool is_wanted(const struct args *a, const struct perf_row *row)
{
    bool wanted = a->count == 0 && !row->by_name;
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
            ok = rows[i].measure(&p, &rows[i], err);
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
        "stored_hit   an answer out of the table, and out of a large one; its recency;\n"
        "             what reading a page of such a file costs alone\n"
        "frame        drawing each pane, at two sizes\n"
        "first_frame  from the start of the program to its first picture\n"
        "mini         what the built-in models write, on one core\n"
        "wire         what a call adds to bare libcurl: to the first word, in all\n"
        "ask          the same for a whole question, recorded on the disk\n"
        "\n"
        "memory_hit and stored_hit also take a size, as in memory_hit.1000000: a thousand,\n"
        "ten thousand, and so on. A table of a million takes 3 GB of disk for a while.\n"
        "\n"
        "wire and ask are medians of 200 pairs, rlab and libcurl in turn on a small server of\n"
        "rlab's own. All of it takes about a minute. Files are measured in a folder beside the\n"
        "database, which is gone afterwards.",
    .example = "rlab perf classify wire --json",
    .subs = "classify memory_hit memory_hit.1000 memory_hit.10000 memory_hit.100000 "
            "memory_hit.1000000 insert stored_hit stored_hit.1000 stored_hit.10000 "
            "stored_hit.100000 stored_hit.1000000 frame first_frame mini wire ask",
    .options = (const enum option[]){ OPT_RULES, OPTIONS },
    .run = run,
};
