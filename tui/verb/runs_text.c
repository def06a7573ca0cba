/* Runs as text for reading, at most 80 columns (runs.h). */
#include "tui/verb/runs.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"

#define COLS 80

/* --- small things ------------------------------------------------------------------------ */

/* A text cut to `cols` columns and filled up with blanks to exactly that. */
static const char *cell(struct arena *a, const char *text, size_t cols)
{
    struct buf b = buf_with_max(4 * KIB);
    text_safe_line(&b, text, strnlen(text, KIB));
    size_t n = text_fit(buf_text(&b), b.len, cols);
    size_t used = text_cols(buf_text(&b), n);
    const char *out = arena_format(a, "%.*s%*s", (int)n, buf_text(&b), (int)(cols - used), "");
    buf_done(&b);
    return out;
}

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

/* Bytes of the longest start of text that ends before a word and fits the columns. */
static size_t fit_words(const char *text, size_t cols)
{
    size_t len = strcspn(text, "\n"), n = text_fit(text, len, cols);
    if (n == len)
        return n;
    for (size_t i = n; i > 0; i--)
        if (text[i] == ' ')
            return i;
    return n ? n : len;
}

void print_folded(struct session *s, const char *first, const char *text)
{
    size_t indent = text_cols(first, strlen(first));
    const char *lead = first;
    struct buf blanks = buf_with_max(COLS + 1);
    for (size_t i = 0; i < indent; i++)
        buf_putc(&blanks, ' ');
    do {
        size_t n = fit_words(text, COLS - indent);
        print_line(s, "%s%.*s", lead, (int)n, text);
        text += n;
        text += strspn(text, " \n");
        lead = buf_text(&blanks);
    } while (*text);
    buf_done(&blanks);
}

/* --- head -------------------------------------------------------------------------------- */

static bool said_true(const struct shown_run *v, const char *key)
{
    return json_is_true(json_get(v->settings, key));
}

static const char *model_of(const struct shown_run *v, const char *role)
{
    const char *name = json_get_text(json_get(v->settings, role), "model");
    return name ? name : "-";
}

/* "5 queries x 2 rounds, rules basic, 8 at once, no cache, not warmed up" */
static const char *setting_words(const struct shown_run *v, struct arena *a)
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

void run_print_head(struct session *s, const struct shown_run *v)
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

static void print_level(struct session *s, const struct group *g)
{
    struct arena a = { 0 };
    print_line(s, "  %-9s %6zu %6zu %5zu %10s %11s %9s %9s %9s", g->name, g->asked, g->calls,
               g->hits, seconds_in(&a, g->mean_all), seconds_in(&a, g->call.mean),
               seconds_in(&a, g->call.median), seconds_in(&a, g->call.p95),
               seconds_in(&a, g->call.slowest));
    arena_done(&a);
}

static void print_levels(struct session *s, const struct summary *sum)
{
    print_line(s, "  %-9s %6s %6s %5s %10s %11s %9s %9s %9s", "level", "asked", "calls", "hits",
               "mean, all", "mean, calls", "median", "p95", "slowest");
    for (int i = 0; i < LEVELS; i++)
        print_level(s, &sum->level[i]);
    print_level(s, &sum->all);
}

static void print_models(struct session *s, const struct summary *sum)
{
    struct arena a = { 0 };
    print_line(s, "  %s %6s %9s %9s %9s %9s", cell(&a, "model", 31), "calls", "mean", "median",
               "p95", "tokens");
    for (size_t i = 0; i < sum->models; i++) {
        const struct group *g = &sum->model[i];
        const char *about = g->tokens_kind == KIND_ESTIMATED ? "~" : "";
        const char *tokens =
            isfinite(g->tokens) ? arena_format(&a, "%s%.1f", about, g->tokens) : "-";
        print_line(s, "  %s %6zu %9s %9s %9s %9s", cell(&a, g->name, 31), g->calls,
                   seconds_in(&a, g->call.mean), seconds_in(&a, g->call.median),
                   seconds_in(&a, g->call.p95), tokens);
    }
    arena_done(&a);
}

/* Models that were asked by name have no levels and roles that would mean anything. */
static bool is_routed(const struct summary *sum)
{
    return sum->role[ROLE_FAST].asked + sum->role[ROLE_REASONING].asked > 0;
}

static void print_share(struct session *s, const struct group *g)
{
    struct arena a = { 0 };
    if (g->right.n)
        print_line(s, "  %s %s", cell(&a, g->name, 31), share_text(&g->right, g->right_count, &a));
    arena_done(&a);
}

static void print_right(struct session *s, const struct summary *sum)
{
    if (sum->all.right.n == 0)
        return;
    print_line(s, "\nRight answers, of those with a known one");
    for (int i = 0; is_routed(sum) && i < LEVELS; i++)
        print_share(s, &sum->level[i]);
    for (size_t i = 0; i < sum->models; i++)
        print_share(s, &sum->model[i]);
    if (is_routed(sum))
        print_share(s, &sum->all);
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

void run_print_tables(struct session *s, const struct shown_run *v)
{
    const struct summary *sum = &v->summary;
    print_line(s, "%s", "");
    print_counts(s, sum);
    print_line(s, "%s", "");
    if (is_routed(sum)) {
        print_levels(s, sum);
        print_line(s, "%s", "");
    }
    print_models(s, sum);
    if (is_routed(sum))
        print_folded(s, "  ",
                     "\"mean, all\" is as you waited; all other times are of model calls.");
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
