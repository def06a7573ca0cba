/* The figures of a run as sentences (runs.h). The rules of what may be said are the summary's:
 * this file only words it. */
#include <math.h>
#include <string.h>

#include "core/lab/versus.h"
#include "core/limits.h"
#include "tui/line/runs.h"

/* --- head ---------------------------------------------------------------------------------------- */

static const char *model_of(const struct kept_run *t, const char *role)
{
    const char *name = json_get_text(json_get(t->settings, role), "model");
    return name ? name : "unknown";
}

void told_say_head(struct talk *l, const struct kept_run *t)
{
    const struct run_row *r = &t->row;
    char when[CLOCK_STAMP_SIZE];
    int64_t rounds = json_get_count(t->settings, "rounds");
    int64_t queries = json_get_count(t->settings, "queries");
    clock_local(r->started_wall, when);
    talk_say(l, "Run %s%s%s, %s of set %s, %s, %s.",
             r->id ? arena_format(&l->words, "%lld", (long long)r->id) : "not recorded",
             *r->name ? ", named " : "", r->name, r->kind, r->set_name, r->state, when);
    if (queries >= 0)
        talk_say(l, "%s%s%s.", talk_count(l, queries, "query", "queries"), rounds > 0 ? ", " : "",
                 rounds > 0 ? talk_count(l, rounds, "round", "rounds") : "");
    if (strcmp(r->kind, "models") != 0)
        talk_say(l, "Fast: %s. Reasoning: %s.", model_of(t, "fast"), model_of(t, "reasoning"));
}

/* --- groups --------------------------------------------------------------------------------------- */

static void say_counts(struct talk *l, const struct summary *sum)
{
    const struct group *g = &sum->all;
    talk_say(l, "%zu asked, %zu answered: %s, %s, %zu shared, %s.", g->asked,
             g->ended[OUTCOME_ANSWERED],
             talk_count(l, (int64_t)g->calls, "model call", "model calls"),
             talk_count(l, (int64_t)g->hits, "hit", "hits"), g->shared,
             talk_count(l, (int64_t)g->fallbacks, "fallback", "fallbacks"));
    for (int o = OUTCOME_ANSWERED + 1; o < OUTCOMES; o++)
        if (g->ended[o])
            talk_say(l, "%zu of %zu were %s.", g->ended[o], g->asked,
                     outcome_name((enum outcome)o));
    if (g->hits)
        talk_say(l, "Hits: mean %s, saved %s, measured; by the rule of thumb %s, estimated.",
                 talk_seconds(l, g->hit.mean), talk_seconds(l, g->saved_s),
                 talk_seconds(l, (double)g->hits * RULE_HIT_SAVES_S));
}

static void say_group(struct talk *l, const char *what, const struct group *g)
{
    if (!g->asked)
        return;
    talk_say(l, "%s %s: %zu asked, %s, %s. Mean as you waited: %s.", what, g->name, g->asked,
             talk_count(l, (int64_t)g->calls, "call", "calls"),
             talk_count(l, (int64_t)g->hits, "hit", "hits"), talk_seconds(l, g->mean_all));
    if (g->calls)
        talk_say(l, "Model calls of %s: mean %s, median %s, p95 %s, slowest %s.", g->name,
                 talk_seconds(l, g->call.mean), talk_seconds(l, g->call.median),
                 talk_seconds(l, g->call.p95), talk_seconds(l, g->call.slowest));
}

static void say_model(struct talk *l, const struct group *g)
{
    talk_say(l, "Model %s: %s, mean %s, median %s, p95 %s, slowest %s.", g->name,
             talk_count(l, (int64_t)g->calls, "call", "calls"), talk_seconds(l, g->call.mean),
             talk_seconds(l, g->call.median), talk_seconds(l, g->call.p95),
             talk_seconds(l, g->call.slowest));
    if (isfinite(g->tokens))
        talk_say(l, "Tokens of %s: mean %.1f%s.", g->name, g->tokens,
                 g->tokens_kind == KIND_ESTIMATED ? ", estimated" : "");
    if (g->right.n)
        talk_say(l, "Right answers of %s: %s.", g->name, told_share(l, &g->right, g->right_count));
}

const char *told_share(struct talk *l, const struct interval *i, size_t count)
{
    return arena_format(&l->words, "%zu of %zu, %.0f percent, 95 percent interval %.0f to %.0f",
                        count, i->n, 100 * i->estimate, 100 * i->low, 100 * i->high);
}

static void say_bins(struct talk *l, const struct summary *sum)
{
    for (size_t i = 0; i < sum->bins; i++) {
        const struct bin *b = &sum->bin[i];
        size_t n = b->fast + b->reasoning + b->other;
        if (n)
            talk_say(l, "Calls from %s to %s: %zu, fast %zu, reasoning %zu, by name %zu.",
                     talk_seconds(l, b->from_s), talk_seconds(l, b->to_s), n, b->fast, b->reasoning,
                     b->other);
    }
}

/* --- the three figures ------------------------------------------------------------------------------ */

static const char *signed_seconds(struct talk *l, double s)
{
    return arena_format(&l->words, "%s%s", s < 0 ? "minus " : "", talk_seconds(l, fabs(s)));
}

static void say_saving(struct talk *l, const char *name, const struct saving *w)
{
    if (w->kind == KIND_UNKNOWN)
        talk_say(l, "%s: unknown.", name);
    else
        talk_say(l, "%s: always-reasoning %s, saved %s, %.0f percent, %s.", name,
                 talk_seconds(l, w->always_s), signed_seconds(l, w->saved_s), 100 * w->share,
                 kind_name(w->kind));
}

static void say_always(struct talk *l, const struct summary *sum)
{
    const struct always *a = &sum->always;
    struct buf words = buf_with_max(8 * KIB);
    if (!a->calls)
        return;
    talk_say(l, "Against sending everything to the reasoning model: the pipeline spent %s.",
             talk_seconds(l, a->spent_s));
    say_saving(l, "Rule of thumb", &a->rule);
    say_saving(l, "Projected", &a->projected);
    say_saving(l, "Measured", &a->measured);
    if (a->pairs.pairs) {
        paired_sentence(&a->pairs, "always-reasoning", "the pipeline", &words);
        talk_say(l, "%s.", talk_sentence(l, buf_text(&words)));
    }
    if (a->split.kind != KIND_UNKNOWN)
        talk_say(l, "Of %s saved: by routing %s, by the cache %s, by sharing %s, estimated.",
                 signed_seconds(l, a->split.saved_s), signed_seconds(l, a->by_routing_s),
                 signed_seconds(l, a->by_cache_s), signed_seconds(l, a->by_sharing_s));
    buf_done(&words);
}

void told_say_figures(struct talk *l, const struct kept_run *t)
{
    const struct summary *sum = &t->summary;
    bool routed = sum->role[ROLE_FAST].asked + sum->role[ROLE_REASONING].asked > 0;
    say_counts(l, sum);
    for (int i = 0; routed && i < LEVELS; i++)
        say_group(l, "Level", &sum->level[i]);
    for (size_t i = 0; i < sum->models; i++)
        say_model(l, &sum->model[i]);
    if (routed && sum->all.right.n)
        talk_say(l, "Right answers in all: %s.",
                 told_share(l, &sum->all.right, sum->all.right_count));
    if (routed && sum->labelled)
        talk_say(l, "Levels agree with the labels of the set on %zu of %zu queries.", sum->agreed,
                 sum->labelled);
    say_bins(l, sum);
    if (routed)
        say_always(l, sum);
    talk_say(l, "Means of model calls hold no hits, and not the loading of models.");
    for (size_t i = 0; i < sum->warning_count; i++)
        talk_say(l, "Note: %s.", sum->warnings[i]);
}

/* --- two of them ------------------------------------------------------------------------------------- */

static const char *run_label(struct talk *l, const struct run_row *r)
{
    return *r->name ? arena_format(&l->words, "'%s'", r->name)
                    : arena_format(&l->words, "run %lld", (long long)r->id);
}

void told_say_against(struct talk *l, const struct kept_run *a, const struct kept_run *b)
{
    struct paired p;
    struct buf words = buf_with_max(8 * KIB);
    paired_compare(&(struct side){ .items = a->items }, &(struct side){ .items = b->items }, &p);
    talk_say(l,
             "%s: a query's model calls on each side, averaged. Queries only in the first: %zu, "
             "only in the second: %zu.",
             talk_count(l, (int64_t)p.pairs, "pair", "pairs"), p.only_a, p.only_b);
    paired_sentence(&p, run_label(l, &a->row), run_label(l, &b->row), &words);
    talk_say(l, "%s.", talk_sentence(l, buf_text(&words)));
    buf_done(&words);
}

void told_say_models(struct talk *l, const struct kept_run *t)
{
    struct paired p;
    struct buf words = buf_with_max(8 * KIB);
    const char *a = json_get_text(t->settings, "a"), *b = json_get_text(t->settings, "b");
    if (!a || !b) {
        talk_say(l, "The settings of this run cannot be read, so its two models are not known.");
        return;
    }
    versus_compare(t->items, a, b, &p);
    versus_sentence(&p, a, b, &words);
    talk_say(l, "%s.", talk_sentence(l, buf_text(&words)));
    buf_done(&words);
}
