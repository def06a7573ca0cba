/* Runs as text for reading, at most 80 columns (runs.h). */
#include "tui/verb/runs.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"
#include "tui/verb/table.h"

/* --- small things ------------------------------------------------------------------------ */

const char *seconds_in(struct arena *a, double s)
{
    char text[SECONDS_SIZE];
    return arena_string(a, seconds_text(s, text));
}

const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

const char *share_text(const struct interval *i, size_t count, struct arena *a)
{
    if (i->n == 0)
        return "-";
    return arena_format(a, "%zu of %zu (%.0f %%; 95 %%: %.0f to %.0f %%)", count, i->n,
                        100 * i->estimate, 100 * i->low, 100 * i->high);
}

void print_folded(const struct session *s, const char *head, const char *text)
{
    print_wrapped(s, head, text_cols(head, strlen(head)), text);
}

/* --- head -------------------------------------------------------------------------------- */

static bool said_true(const struct kept_run *v, const char *key)
{
    return json_is_true(json_get(v->settings, key));
}

static const char *model_of(const struct kept_run *v, const char *role)
{
    const char *name = json_get_text(json_get(v->settings, role), "model");
    return name ? name : "-";
}

/* "5 queries x 2 rounds, rules basic, 8 at once, no cache, not warmed up" */
static const char *setting_words(const struct kept_run *v, struct arena *a)
{
    int64_t queries = json_get_count(v->settings, "queries");
    int64_t rounds = json_get_count(v->settings, "rounds");
    int64_t at_once = json_get_count(v->settings, "concurrency");
    const char *rules = json_get_text(v->settings, "rules");
    const char *out =
        arena_format(a, "%lld quer%s", (long long)queries, queries == 1 ? "y" : "ies");
    if (rounds > 0)
        out = arena_format(a, "%s x %lld round%s", out, (long long)rounds, plural((size_t)rounds));
    if (rules && strcmp(v->row.kind, "models") != 0)
        out = arena_format(a, "%s, rules %s", out, rules);
    if (at_once > 1)
        out = arena_format(a, "%s, %lld at once", out, (long long)at_once);
    if (said_true(v, "no_cache"))
        out = arena_format(a, "%s, no cache", out);
    if (said_true(v, "cold"))
        out = arena_format(a, "%s, not warmed up", out);
    return out;
}

void run_print_head(struct session *s, const struct kept_run *v)
{
    struct arena a = { 0 };
    const struct run_row *r = &v->row;
    char when[CLOCK_STAMP_SIZE];
    clock_local(r->started_wall, when);
    const char *id = r->id ? arena_format(&a, "run %lld", (long long)r->id) : "run (not recorded)";
    const char *name = *r->name ? arena_format(&a, " '%s'", r->name) : "";
    print_folded(s, "",
                 arena_format(&a, "%s%s, %s of set '%s', %s, %s", id, name, r->kind, r->set_name,
                              r->state, when));
    print_folded(s, "  ", setting_words(v, &a));
    if (strcmp(r->kind, "models") != 0) {
        print_folded(s, "  fast       ", model_of(v, "fast"));
        print_folded(s, "  reasoning  ", model_of(v, "reasoning"));
    }
    if (*r->notes)
        print_folded(s, "  notes      ", r->notes);
    arena_done(&a);
}

/* --- tables -------------------------------------------------------------------------------- */

/* Models that were asked by name have no levels and roles that would mean anything. */
static bool is_routed(const struct summary *sum)
{
    return sum->role[ROLE_FAST].asked + sum->role[ROLE_REASONING].asked > 0;
}

/* Seconds as short as a column needs them: 125 s, not 2 min 5 s. */
static const char *short_seconds(struct arena *a, double s)
{
    return s >= 99.95 ? arena_format(a, "%.0f s", s) : seconds_in(a, s);
}

static void add_level(struct table *t, const struct group *g)
{
    struct arena *a = &t->arena;
    table_add(t, (const char *[]){
                     g->name, arena_format(a, "%zu", g->asked), arena_format(a, "%zu", g->calls),
                     arena_format(a, "%zu", g->hits), short_seconds(a, g->mean_all),
                     short_seconds(a, g->call.mean), short_seconds(a, g->call.median),
                     short_seconds(a, g->call.p95), short_seconds(a, g->call.slowest) });
}

static void print_levels(struct session *s, const struct summary *sum)
{
    static const struct table_column columns[] = {
        { "level" },
        { "asked", .right = true },
        { "calls", .right = true },
        { "hits", .right = true },
        { "mean, all", .right = true },
        { "mean call", .right = true },
        { "median", .right = true },
        { "p95", .right = true },
        { "slowest", .right = true },
    };
    struct table t;
    table_init(&t, s, columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < LEVELS; i++)
        add_level(&t, &sum->level[i]);
    add_level(&t, &sum->all);
    table_print(&t);
    table_done(&t);
    print_line(s, "%s", "");
}

static const char *tokens_in(struct arena *a, const struct group *g)
{
    const char *about = g->tokens_kind == KIND_ESTIMATED ? "~" : "";
    return isfinite(g->tokens) ? arena_format(a, "%s%.1f", about, g->tokens) : "-";
}

static void print_models(struct session *s, const struct summary *sum)
{
    static const struct table_column columns[] = {
        { "model", .name = true, .fills = true },
        { "calls", .right = true },
        { "mean", .right = true },
        { "median", .right = true },
        { "p95", .right = true },
        { "slowest", .right = true },
        { "tokens", .right = true },
    };
    struct table t;
    table_init(&t, s, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < sum->models; i++) {
        const struct group *g = &sum->model[i];
        table_add(&t, (const char *[]){ g->name, arena_format(&t.arena, "%zu", g->calls),
                                        short_seconds(&t.arena, g->call.mean),
                                        short_seconds(&t.arena, g->call.median),
                                        short_seconds(&t.arena, g->call.p95),
                                        short_seconds(&t.arena, g->call.slowest),
                                        tokens_in(&t.arena, g) });
    }
    table_print(&t);
    table_done(&t);
}

static void add_right(struct table *t, const struct group *g)
{
    if (!g->right.n)
        return;
    const struct interval *i = &g->right;
    table_add(t, (const char *[]){
                     g->name, arena_format(&t->arena, "%zu of %zu", g->right_count, i->n),
                     arena_format(&t->arena, "%.0f %%", 100 * i->estimate),
                     arena_format(&t->arena, "%.0f to %.0f %%", 100 * i->low, 100 * i->high) });
}

static void print_right(struct session *s, const struct summary *sum)
{
    static const struct table_column columns[] = { { "right answers", .fills = true },
                                                   { "known", .right = true },
                                                   { "share", .right = true },
                                                   { "95 %", .right = true } };
    struct table t;
    if (sum->all.right.n == 0)
        return;
    print_line(s, "%s", "");
    table_init(&t, s, columns, sizeof columns / sizeof *columns);
    for (int i = 0; is_routed(sum) && i < LEVELS; i++)
        add_right(&t, &sum->level[i]);
    for (size_t i = 0; i < sum->models; i++)
        add_right(&t, &sum->model[i]);
    if (is_routed(sum))
        add_right(&t, &sum->all);
    table_print(&t);
    table_done(&t);
}

static void print_counts(struct session *s, const struct summary *sum)
{
    const struct group *g = &sum->all;
    struct arena a = { 0 };
    const char *text = arena_format(&a, "%zu asked, %zu answered: %zu model call%s, %zu hit%s",
                                    g->asked, g->ended[OUTCOME_ANSWERED], g->calls,
                                    plural(g->calls), g->hits, plural(g->hits));
    if (g->hits)
        text = arena_format(&a, "%s (mean %s, saved %s, measured; by rule of thumb %s, estimated)",
                            text, seconds_in(&a, g->hit.mean), seconds_in(&a, g->saved_s),
                            seconds_in(&a, (double)g->hits * RULE_HIT_SAVES_S));
    if (g->shared)
        text = arena_format(&a, "%s, %zu shared with the same question", text, g->shared);
    if (g->fallbacks)
        text = arena_format(&a, "%s, %zu fallback%s", text, g->fallbacks, plural(g->fallbacks));
    print_folded(s, "", text);
    arena_done(&a);
}

void run_print_tables(struct session *s, const struct kept_run *v)
{
    const struct summary *sum = &v->summary;
    print_line(s, "%s", "");
    print_counts(s, sum);
    print_line(s, "%s", "");
    if (is_routed(sum))
        print_levels(s, sum);
    print_models(s, sum);
    if (is_routed(sum))
        print_folded(s, "  ",
                     "\"mean, all\" is as you waited; the other times are of model calls.");
    print_folded(s, "  ",
                 "load_s lies inside latency_s; means of model calls subtract it. No hit is in "
                 "them.");
    print_right(s, sum);
    if (is_routed(sum) && sum->labelled)
        print_line(s, "\nLevels agree with the set's labels on %zu of %zu queries", sum->agreed,
                   sum->labelled);
}

/* --- the histogram --------------------------------------------------------------------------- */

/* Widest bar. */
#define BAR 40

static const char *edge_text(struct arena *a, double s)
{
    return s < 1 ? arena_format(a, "%g ms", s * 1000) : arena_format(a, "%g s", s);
}

/* One letter a call while they fit, else shares of the widest bar. */
static void put_letters(struct buf *to, char letter, size_t n, size_t widest)
{
    size_t count = widest <= BAR ? n : (n * BAR + widest - 1) / widest;
    for (size_t i = 0; i < count; i++)
        buf_putc(to, letter);
}

void run_print_histogram(struct session *s, const struct summary *sum)
{
    struct arena a = { 0 };
    size_t widest = 0;
    for (size_t i = 0; i < sum->bins; i++) {
        const struct bin *b = &sum->bin[i];
        size_t n = b->fast + b->reasoning + b->other;
        widest = n > widest ? n : widest;
    }
    if (!widest)
        return;
    bool by_name = sum->role[ROLE_FAST].calls + sum->role[ROLE_REASONING].calls == 0;
    print_line(s, "\nLatency of the %zu model call%s%s%s", sum->all.calls, plural(sum->all.calls),
               by_name ? "" : ", F fast, R reasoning",
               sum->all.hits
                   ? arena_format(&a, "; %zu hit%s not shown", sum->all.hits, plural(sum->all.hits))
                   : "");
    for (size_t i = 0; i < sum->bins; i++) {
        const struct bin *b = &sum->bin[i];
        struct buf bar = buf_with_max(4 * BAR);
        put_letters(&bar, 'F', b->fast, widest);
        put_letters(&bar, 'R', b->reasoning, widest);
        put_letters(&bar, '#', b->other, widest);
        size_t n = b->fast + b->reasoning + b->other;
        print_line(s, "  %8s to %8s %7zu%s%s", edge_text(&a, b->from_s), edge_text(&a, b->to_s), n,
                   n ? "  " : "", buf_text(&bar));
        buf_done(&bar);
    }
    arena_done(&a);
}

/* --- warnings --------------------------------------------------------------------------------- */

void run_print_warnings(struct session *s, const struct summary *sum)
{
    if (sum->warning_count)
        print_line(s, "%s", "");
    for (size_t i = 0; i < sum->warning_count; i++)
        print_folded(s, "! ", sum->warnings[i]);
}
