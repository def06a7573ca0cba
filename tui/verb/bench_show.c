/* rlab bench list, show and compare: runs read back. */
#include "tui/verb/bench.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"
#include "core/store/runs.h"
#include "tui/verb/table.h"

#define LIST_LIMIT 50
#define LIST_MOST  100000

/* --- list ------------------------------------------------------------------------------------ */

static const struct table_column list_columns[] = {
    { "run", .right = true },
    { "started" },
    { "kind" },
    { "state" },
    { "rows", .right = true },
    { "set", .most = 16 },
    { "name", .fills = true },
};

static bool list_row(void *self, const struct run_row *r)
{
    struct table *t = self;
    char when[CLOCK_STAMP_SIZE];
    if (t->session->json) {
        t->rows++; /* only counted: nothing is printed from the table */
        struct json *j = run_json(r);
        json_put_text(j, "schema", "rlab.run/1");
        print_json(j);
        return !session_stopped();
    }
    clock_local(r->started_wall, when);
    table_add(t, (const char *[]){ arena_format(&t->arena, "%lld", (long long)r->id), when, r->kind,
                                   r->state, arena_format(&t->arena, "%lld", (long long)r->items),
                                   r->set_name, r->name });
    return true;
}

bool bench_list(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    int64_t limit;
    struct table t;
    (void)ret_code;
    s->options.without_files = true;
    if (!args_int(a, OPT_LIMIT, 1, LIST_MOST, LIST_LIMIT, &limit, err) ||
        !session_open_store(s, err))
        return false;
    table_init(&t, s, list_columns, sizeof list_columns / sizeof *list_columns);
    bool ok = run_list(s->lab.store, NULL, (int)limit, list_row, &t, err);
    if (ok && !t.rows)
        say("no run yet; make one with: rlab bench run");
    else if (ok && !s->json)
        table_print(&t);
    table_done(&t);
    return ok;
}

/* --- show ------------------------------------------------------------------------------------- */

static bool show_json(struct session *s, const struct kept_run *v)
{
    const char *kind = v->row.kind;
    print_json(strcmp(kind, "models") == 0  ? models_json(v)
               : strcmp(kind, "trial") == 0 ? trial_json(s, v)
                                            : shown_json("rlab.bench/1", v));
    return true;
}

bool bench_show(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct kept_run v;
    (void)ret_code;
    s->options.without_files = true;
    if (!session_open_store(s, err) ||
        !shown_read(&v, s, NULL, a->count ? a->words[0] : "last", err))
        return false;
    bool ok = true;
    if (s->json)
        ok = show_json(s, &v);
    else if (strcmp(v.row.kind, "models") == 0)
        ok = models_print(s, &v, err);
    else if (strcmp(v.row.kind, "trial") == 0)
        trial_print(s, &v);
    else
        bench_print(s, &v);
    kept_run_done(&v);
    return ok;
}

/* --- compare ----------------------------------------------------------------------------------- */

static const char *run_label(const struct run_row *r, struct arena *a)
{
    return *r->name ? arena_format(a, "'%s'", r->name)
                    : arena_format(a, "run %lld", (long long)r->id);
}

static void print_side(struct session *s, const char *letter, const struct run_row *r)
{
    struct arena a = { 0 };
    char when[CLOCK_STAMP_SIZE];
    clock_local(r->started_wall, when);
    print_folded(s, letter,
                 arena_format(&a, "run %lld%s%s, %s of set '%s', %s, %s", (long long)r->id,
                              *r->name ? " " : "", *r->name ? run_label(r, &a) : "", r->kind,
                              r->set_name, r->state, when));
    arena_done(&a);
}

static const char *value_text(const struct json *v, struct arena *a)
{
    struct buf b = buf_with_max(64 * KIB);
    const char *name = json_get_text(v, "model");
    if (name) /* a model says its name, and its identity where only that differs */
        buf_printf(&b, "%s %.19s", name, json_get_text(v, "identity"));
    else if (!v || !json_print(v, &b))
        buf_puts(&b, "unset");
    const char *text = arena_string(a, buf_text(&b));
    buf_done(&b);
    return text;
}

/* What was set differently explains most differences. */
static void print_settings(struct session *s, const struct kept_run *va, const struct kept_run *vb)
{
    for (const struct json *m = json_first(va->settings); m; m = json_next(m)) {
        struct arena a = { 0 };
        const char *x = value_text(m, &a);
        const char *y = value_text(json_get(vb->settings, json_key(m)), &a);
        if (strcmp(x, y) != 0)
            print_folded(s, "   ", arena_format(&a, "%s: A %s, B %s", json_key(m), x, y));
        arena_done(&a);
    }
}

static void print_row(struct session *s, const char *what, double x, double y)
{
    char tx[SECONDS_SIZE], ty[SECONDS_SIZE];
    print_line(s, "  %-28s %12s %12s", what, seconds_text(x, tx), seconds_text(y, ty));
}

static void print_figures(struct session *s, const struct summary *a, const struct summary *b)
{
    struct arena m = { 0 };
    print_line(s, "\n  %-28s %12s %12s", "", "A", "B");
    print_line(s, "  %-28s %12zu %12zu", "model calls", a->all.calls, b->all.calls);
    print_line(s, "  %-28s %12zu %12zu", "hits", a->all.hits, b->all.hits);
    print_row(s, "mean model call", a->all.call.mean, b->all.call.mean);
    print_row(s, "median model call", a->all.call.median, b->all.call.median);
    print_row(s, "p95 model call", a->all.call.p95, b->all.call.p95);
    for (int i = 0; i < LEVELS; i++)
        if (a->level[i].calls || b->level[i].calls)
            print_row(s, arena_format(&m, "mean, %s", a->level[i].name), a->level[i].call.mean,
                      b->level[i].call.mean);
    if (a->all.right.n || b->all.right.n)
        print_line(s, "  %-28s %12s %12s", "right answers",
                   arena_format(&m, "%zu of %zu", a->all.right_count, a->all.right.n),
                   arena_format(&m, "%zu of %zu", b->all.right_count, b->all.right.n));
    arena_done(&m);
}

static void compare_words(const struct paired *p, const struct run_row *a, const struct run_row *b,
                          struct buf *to)
{
    struct arena m = { 0 };
    const char *name_a = run_label(a, &m), *name_b = run_label(b, &m);
    if (strcmp(name_a, name_b) == 0) { /* a name does not tell these apart */
        name_a = arena_format(&m, "A (run %lld)", (long long)a->id);
        name_b = arena_format(&m, "B (run %lld)", (long long)b->id);
    }
    paired_sentence(p, name_a, name_b, to);
    arena_done(&m);
}

void compare_print(struct session *s, const struct kept_run *a, const struct kept_run *b)
{
    struct paired p;
    struct arena m = { 0 };
    struct buf words = buf_with_max(4 * KIB);
    paired_compare(&(struct side){ .items = a->items }, &(struct side){ .items = b->items }, &p);
    print_side(s, "A  ", &a->row);
    print_side(s, "B  ", &b->row);
    print_settings(s, a, b);
    print_figures(s, &a->summary, &b->summary);
    print_line(s, "%s", "");
    const char *text = arena_format(&m, "%zu pair%s: a query's model calls on each side, averaged",
                                    p.pairs, plural(p.pairs));
    if (p.only_a || p.only_b)
        text = arena_format(&m, "%s; queries only in A: %zu, only in B: %zu", text, p.only_a,
                            p.only_b);
    print_folded(s, "", text);
    compare_words(&p, &a->row, &b->row, &words);
    print_folded(s, "", buf_text(&words));
    buf_done(&words);
    arena_done(&m);
}

struct json *compare_json(const struct kept_run *a, const struct kept_run *b)
{
    struct paired p;
    struct buf words = buf_with_max(4 * KIB);
    paired_compare(&(struct side){ .items = a->items }, &(struct side){ .items = b->items }, &p);
    compare_words(&p, &a->row, &b->row, &words);
    struct json *j = json_object(), *ja = json_object(), *jb = json_object();
    json_put_text(j, "schema", "rlab.compare/1");
    json_put(ja, "run", run_json(&a->row));
    json_put(ja, "summary", run_summary_json(&a->summary));
    json_put(jb, "run", run_json(&b->row));
    json_put(jb, "summary", run_summary_json(&b->summary));
    json_put(j, "a", ja);
    json_put(j, "b", jb);
    json_put(j, "b_minus_a", paired_json(&p));
    json_put_text(j, "sentence", buf_text(&words));
    buf_done(&words);
    return j;
}

/* A run of two models holds two calls for each question: its own sentence compares those. */
static bool check_kind(const struct kept_run *v, struct error *err)
{
    if (strcmp(v->row.kind, "models") != 0)
        return true;
    return error_set(err, ERR_USAGE, "run %lld compares two models already: rlab bench show %lld",
                     (long long)v->row.id, (long long)v->row.id);
}

bool compare_read(struct session *s, const char *which, struct kept_run *ret, struct error *err)
{
    if (!shown_read(ret, s, NULL, which, err))
        return false;
    if (check_kind(ret, err))
        return true;
    kept_run_done(ret);
    return false;
}

bool bench_compare(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    const char *base = a->value[OPT_BASELINE];
    struct kept_run va = { 0 }, vb = { 0 };
    (void)ret_code;
    s->options.without_files = true;
    if (!base != (a->count == 2))
        return error_set(err, ERR_USAGE,
                         "two runs are compared: rlab bench compare A B, or rlab bench compare B "
                         "--baseline A");
    bool ok = session_open_store(s, err) && compare_read(s, base ? base : a->words[0], &va, err) &&
              compare_read(s, base ? a->words[0] : a->words[1], &vb, err);
    if (ok && s->json)
        print_json(compare_json(&va, &vb));
    else if (ok)
        compare_print(s, &va, &vb);
    kept_run_done(&va);
    kept_run_done(&vb);
    return ok;
}
