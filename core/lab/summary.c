/* All figures of one run (summary.h). */
#include "core/lab/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"

/* --- one group -------------------------------------------------------------------------- */

/* What is gathered for a group before its figures are made. */
struct gathering {
    struct group *group;
    struct sample all, call, hit, tokens;
    const char **known; /* the queries of the rows that count for right answers */
    size_t knowns, known_cap;
    size_t saved; /* hits that know what the call took */
};

static struct figures figures_of(const struct sample *s)
{
    return (struct figures){
        .n = s->n,
        .total = s->n ? stats_mean(s->v, s->n) * (double)s->n : 0,
        .mean = stats_mean(s->v, s->n),
        .median = stats_median(s->v, s->n),
        .p50 = stats_percentile(s->v, s->n, 0.50),
        .p90 = stats_percentile(s->v, s->n, 0.90),
        .p95 = stats_percentile(s->v, s->n, 0.95),
        .p99 = stats_percentile(s->v, s->n, 0.99),
        .slowest = stats_max(s->v, s->n),
    };
}

static void gather_call(struct gathering *g, const struct run_item *i)
{
    enum kind_of_number kind = kind_from_name(i->tokens_kind);
    g->group->calls++;
    sample_add(&g->call, item_call_s(i));
    if (i->completion_tokens < 0)
        return;
    sample_add(&g->tokens, (double)i->completion_tokens);
    if (g->group->tokens_kind != KIND_ESTIMATED) /* one estimate makes the mean one */
        g->group->tokens_kind = kind;
}

static void gather_hit(struct gathering *g, const struct run_item *i)
{
    double saved = i->original_latency_s - i->latency_s;
    g->group->hits++;
    sample_add(&g->hit, i->latency_s);
    if (!isfinite(saved))
        return;
    g->saved++;
    g->group->saved_s += saved; /* below 0 where the look-up took longer: it counts too */
}

static void gather(struct gathering *g, const struct run_item *i, bool judged)
{
    struct group *out = g->group;
    enum outcome ended = item_outcome(i);
    out->asked++;
    out->ended[ended]++;
    if (ended == OUTCOME_ANSWERED)
        sample_add(&g->all, i->latency_s);
    if (item_is_call(i))
        gather_call(g, i);
    else if (item_is_hit(i))
        gather_hit(g, i);
    out->shared += item_is_shared(i);
    out->fallbacks += item_is_fallback(i);
    if (item_is_cold(i)) {
        out->cold++;
        out->load_s += i->load_s;
    }
    if (judged) {
        g->known = mem_grow(g->known, &g->known_cap, g->knowns + 1, sizeof *g->known);
        g->known[g->knowns++] = i->query_hash;
        out->right_count += i->correct == 1;
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Rounds of a query are no samples of their own: the interval is that of as many queries. */
static struct interval share_right(struct gathering *g)
{
    size_t queries = 0;
    if (g->knowns)
        qsort(g->known, g->knowns, sizeof *g->known, by_text);
    for (size_t i = 0; i < g->knowns; i++)
        queries += i == 0 || strcmp(g->known[i], g->known[i - 1]) != 0;
    return stats_share_of_repeats(g->group->right_count, g->knowns, queries);
}

static void finish(struct gathering *g)
{
    struct group *out = g->group;
    if (out->hits && !g->saved)
        out->saved_s = NAN;
    out->mean_all = stats_mean(g->all.v, g->all.n);
    out->call = figures_of(&g->call);
    out->hit = figures_of(&g->hit);
    out->tokens = stats_mean(g->tokens.v, g->tokens.n);
    out->right = share_right(g);
    mem_free(g->known);
    sample_done(&g->all);
    sample_done(&g->call);
    sample_done(&g->hit);
    sample_done(&g->tokens);
}

/* --- which rows are samples of right answers -------------------------------------------- */

struct judging {
    const struct run_item *item;
    size_t at;
    bool copy; /* a hit or shared: another row's answer, if there is one */
};

static int by_query_calls_first(const void *a, const void *b)
{
    const struct judging *x = a, *y = b;
    int c = strcmp(x->item->query_hash, y->item->query_hash);
    if (c == 0)
        c = x->copy - y->copy;
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* judged (n,): out, whether row i counts. */
static void choose_judged(const struct items *t, bool *judged)
{
    struct judging *v = mem_new(struct judging, t->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct run_item *item = &t->v[i];
        if (!item->always && item->correct >= 0 && item_outcome(item) != OUTCOME_SLOWED)
            v[n++] = (struct judging){ item, i, item_is_hit(item) || item_is_shared(item) };
    }
    qsort(v, n, sizeof *v, by_query_calls_first);
    for (size_t i = 0; i < n; i++) {
        bool first = i == 0 || strcmp(v[i].item->query_hash, v[i - 1].item->query_hash) != 0;
        judged[v[i].at] = first || !v[i].copy;
    }
    mem_free(v);
}

/* --- groups ------------------------------------------------------------------------------- */

struct groups {
    struct gathering all, level[LEVELS], role[ROLES], *model;
    size_t models, cap;
};

static struct gathering *model_group(struct groups *g, const char *name)
{
    for (size_t i = 0; i < g->models; i++)
        if (strcmp(g->model[i].group->name, name) == 0)
            return &g->model[i];
    g->model = mem_grow(g->model, &g->cap, g->models + 1, sizeof *g->model);
    struct gathering *fresh = &g->model[g->models++];
    fresh->group = mem_new(struct group, 1);
    fresh->group->name = name;
    return fresh;
}

static void sort_row(struct groups *g, const struct run_item *i, bool judged)
{
    enum level level;
    enum role role;
    gather(&g->all, i, judged);
    if (i->level && level_from_name(i->level, &level))
        gather(&g->level[level], i, judged);
    if (i->role && role_from_name(i->role, &role))
        gather(&g->role[role], i, judged);
    if (i->model)
        gather(model_group(g, i->model), i, judged);
}

static void group_rows(struct summary *s, const struct items *t)
{
    bool *judged = mem_new(bool, t->n + 1);
    struct groups g = { .all.group = &s->all };
    s->all.name = "all";
    for (int i = 0; i < LEVELS; i++) {
        g.level[i].group = &s->level[i];
        s->level[i].name = level_name((enum level)i);
    }
    for (int i = 0; i < ROLES; i++) {
        g.role[i].group = &s->role[i];
        s->role[i].name = role_name((enum role)i);
    }
    choose_judged(t, judged);
    for (size_t i = 0; i < t->n; i++)
        if (!t->v[i].always)
            sort_row(&g, &t->v[i], judged[i]);

    finish(&g.all);
    for (int i = 0; i < LEVELS; i++)
        finish(&g.level[i]);
    for (int i = 0; i < ROLES; i++)
        finish(&g.role[i]);
    s->models = g.models;
    s->model = arena_new(&s->arena, struct group, g.models + 1);
    for (size_t i = 0; i < g.models; i++) {
        finish(&g.model[i]);
        s->model[i] = *g.model[i].group;
        mem_free(g.model[i].group);
    }
    mem_free(g.model);
    mem_free(judged);
}

/* --- rounds, labels, loading ---------------------------------------------------------------- */

/* Each place of the set counts once, however many rounds it had. */
static void count_labels(struct summary *s, const struct items *t)
{
    bool *seen = NULL;
    size_t cap = 0;
    for (size_t n = 0; n < t->n; n++) {
        const struct run_item *i = &t->v[n];
        enum level label, level;
        if (i->always || i->query_index < 0 || i->query_index >= MAX_SET_ITEMS)
            continue;
        if (i->round > s->rounds)
            s->rounds = i->round;
        size_t at = (size_t)i->query_index;
        seen = mem_grow(seen, &cap, at + 1, sizeof *seen);
        if (seen[at])
            continue;
        seen[at] = true;
        s->queries++;
        if (!i->label || !level_from_name(i->label, &label) || !i->level ||
            !level_from_name(i->level, &level))
            continue;
        s->labelled++;
        s->agreed += label == level;
        s->as[label][level]++;
    }
    mem_free(seen);
}

static struct loading *loading_of(struct summary *s, size_t *cap, const struct run_item *i)
{
    for (size_t n = 0; n < s->loadings; n++)
        if (s->loading[n].round == i->round && strcmp(s->loading[n].model, i->model) == 0)
            return &s->loading[n];
    s->loading = mem_grow(s->loading, cap, s->loadings + 1, sizeof *s->loading);
    struct loading *fresh = &s->loading[s->loadings++];
    *fresh = (struct loading){ .round = i->round, .model = i->model };
    return fresh;
}

static void collect_loading(struct summary *s, const struct items *t)
{
    size_t cap = 0;
    for (size_t n = 0; n < t->n; n++) {
        const struct run_item *i = &t->v[n];
        if (i->always || !i->model || !item_is_cold(i))
            continue;
        struct loading *l = loading_of(s, &cap, i);
        l->calls++;
        l->load_s += i->load_s;
    }
}

/* --- the histogram ---------------------------------------------------------------------------- */

/* The k-th of ... 0.1 0.2 0.5 1 2 5 10 ...; k = 0 is 1. */
static double edge(int k)
{
    static const double steps[] = { 1, 2, 5 };
    int decade = k >= 0 ? k / 3 : -((2 - k) / 3);
    return steps[k - 3 * decade] * pow(10, decade);
}

static int edge_at_or_below(double s)
{
    int k = 3 * (int)floor(log10(s));
    while (edge(k) > s)
        k--;
    while (edge(k + 1) <= s)
        k++;
    return k;
}

/* Calls below a millisecond are shown in one bin with it: nobody compares them. */
#define SHORTEST_S 0.001

static void choose_edges(struct summary *s, double low, double high)
{
    int first = edge_at_or_below(fmax(low, SHORTEST_S)),
        last = edge_at_or_below(fmax(high, SHORTEST_S));
    /* Fewer, wider bins for wide data: edges 1 2 5, then whole decades and more. */
    int step = 1;
    while ((last - first) / step >= HISTOGRAM_BINS) {
        step = step == 1 ? 3 : 2 * step;
        first = (first >= 0 ? first / step : -((step - 1 - first) / step)) * step;
    }
    s->bins = (size_t)((last - first) / step) + 1;
    for (size_t i = 0; i < s->bins; i++) {
        s->bin[i].from_s = edge(first + (int)i * step);
        s->bin[i].to_s = edge(first + (int)(i + 1) * step);
    }
    if (low < s->bin[0].from_s)
        s->bin[0].from_s = 0;
}

static void put_in_bin(struct summary *s, const struct run_item *i)
{
    size_t at = 0;
    while (at + 1 < s->bins && item_call_s(i) >= s->bin[at].to_s)
        at++;
    struct bin *b = &s->bin[at];
    if (item_has_role(i, role_name(ROLE_FAST)))
        b->fast++;
    else if (item_has_role(i, role_name(ROLE_REASONING)))
        b->reasoning++;
    else
        b->other++;
}

static void make_histogram(struct summary *s, const struct items *t)
{
    double low = INFINITY;
    for (size_t i = 0; i < t->n; i++)
        if (!t->v[i].always && item_is_call(&t->v[i]))
            low = fmin(low, item_call_s(&t->v[i]));
    if (!isfinite(low))
        return;
    choose_edges(s, low, s->all.call.slowest);
    for (size_t i = 0; i < t->n; i++)
        if (!t->v[i].always && item_is_call(&t->v[i]))
            put_in_bin(s, &t->v[i]);
}

/* --- warnings --------------------------------------------------------------------------------- */

static void warn(struct summary *s, size_t *cap, const char *text)
{
    s->warnings = mem_grow(s->warnings, cap, s->warning_count + 1, sizeof *s->warnings);
    s->warnings[s->warning_count++] = text;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void warn_of_ends(struct summary *s, size_t *cap)
{
    static const char *const why[OUTCOMES] = {
        [OUTCOME_CUT] = "cut off at the token limit (raise it with --max-tokens)",
        [OUTCOME_WITHHELD] = "withheld by the server's filter",
        [OUTCOME_STOPPED] = "stopped before the end",
        [OUTCOME_FAILED] = "not answered",
    };
    size_t slowed = s->all.ended[OUTCOME_SLOWED] + s->always.slowed;
    if (slowed)
        warn(s, cap,
             arena_format(&s->arena,
                          "%zu slowed call%s left out of every figure ('rlab set mini.pace "
                          "--reset' lets the built-in models run)",
                          slowed, plural(slowed)));
    for (int o = OUTCOME_ANSWERED + 1; o < OUTCOMES; o++) {
        size_t n = why[o] ? s->all.ended[o] : 0;
        if (n)
            warn(s, cap,
                 arena_format(&s->arena, "%zu question%s %s %s: in no mean", n, plural(n),
                              n == 1 ? "was" : "were", why[o]));
    }
    if (s->all.fallbacks)
        warn(s, cap,
             arena_format(&s->arena,
                          "%zu answer%s came from the fast model after the reasoning model "
                          "failed: in no model's mean",
                          s->all.fallbacks, plural(s->all.fallbacks)));
}

static void warn_of_loading(struct summary *s, size_t *cap)
{
    for (size_t i = 0; i < s->loadings; i++) {
        const struct loading *l = &s->loading[i];
        warn(s, cap,
             arena_format(&s->arena,
                          "round %lld of '%s' included %.1f s of loading (%zu call%s); the "
                          "means of model calls leave it out",
                          (long long)l->round, l->model, l->load_s, l->calls, plural(l->calls)));
    }
}

/* Where the labels say a level should have had queries, say where those went. */
static const char *where_they_went(struct summary *s, enum level level)
{
    const char *went = "";
    for (int as = 0; as < LEVELS; as++)
        if (s->as[level][as])
            went = arena_format(&s->arena, "%s%s%zu as %s", went, *went ? ", " : "",
                                s->as[level][as], level_name((enum level)as));
    return went;
}

static void warn_of_levels(struct summary *s, size_t *cap)
{
    for (int i = 0; i < LEVELS; i++) {
        if (s->level[i].asked)
            continue;
        const char *name = level_name((enum level)i);
        const char *went = where_they_went(s, (enum level)i);
        warn(s, cap,
             *went ? arena_format(&s->arena,
                                  "no query was judged %s; those labelled so were judged: %s", name,
                                  went)
                   : arena_format(&s->arena, "no query was judged %s", name));
    }
}

static void make_warnings(struct summary *s)
{
    size_t cap = 0;
    warn_of_ends(s, &cap);
    warn_of_loading(s, &cap);
    /* Models asked by name are not routed, so an empty level means nothing there. */
    if (s->role[ROLE_FAST].asked + s->role[ROLE_REASONING].asked)
        warn_of_levels(s, &cap);
    if (s->all.calls < STATS_MIN_P95) {
        s->few = arena_format(&s->arena,
                              "p50, p90 and p95 need %d model calls; there %s %zu: add queries, or "
                              "rounds without the cache",
                              STATS_MIN_P95, s->all.calls == 1 ? "is" : "are", s->all.calls);
        warn(s, &cap, s->few);
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

void summary_init(struct summary *s, const struct items *t)
{
    *s = (struct summary){ 0 };
    group_rows(s, t);
    count_labels(s, t);
    collect_loading(s, t);
    make_histogram(s, t);
    always_compute(t, &s->always);
    make_warnings(s);
}

void summary_done(struct summary *s)
{
    mem_free(s->loading);
    mem_free(s->warnings);
    arena_done(&s->arena);
    *s = (struct summary){ 0 };
}
