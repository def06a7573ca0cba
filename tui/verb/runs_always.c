/* A run against always-reasoning, as text (runs.h): three figures by name, each with its kind. */
#include "tui/verb/runs.h"

#include <math.h>

#include "core/limits.h"

/* Seconds that may lie below zero: a saving that is none. */
static const char *signed_seconds(struct arena *a, double s)
{
    const char *text = seconds_in(a, fabs(s));
    return s < 0 ? arena_format(a, "-%s", text) : text;
}

/* Whole percent, and no minus before a zero. */
static double percent(double share)
{
    return round(100 * share) + 0.0;
}

static void print_saving(struct session *s, const char *name, const char *how,
                         const struct saving *w)
{
    struct arena a = { 0 };
    const char *first = arena_format(&a, "  %-14s ", name);
    if (w->kind == KIND_UNKNOWN)
        print_folded(s, first, how);
    else
        print_folded(s, first,
                     arena_format(&a, "%s = %s: saved %s (%.0f %%), %s", how,
                                  seconds_in(&a, w->always_s), signed_seconds(&a, w->saved_s),
                                  percent(w->share), kind_name(w->kind)));
    arena_done(&a);
}

static void print_measured(struct session *s, const struct always *a, struct arena *m)
{
    if (!a->asked) {
        print_saving(s, "measured", "not asked for: --always-reasoning asks it everything once",
                     &a->measured);
        return;
    }
    print_saving(s, "measured",
                 a->pairs.pairs ? arena_format(m, "%zu quer%s asked of the reasoning model",
                                               a->pairs.pairs, a->pairs.pairs == 1 ? "y" : "ies")
                                : "no query was answered by both sides",
                 &a->measured);
    struct buf text = buf_with_max(4 * KIB);
    if (a->pairs.pairs) {
        paired_sentence(&a->pairs, "always-reasoning", "the pipeline", &text);
        print_folded(s, "                 ", buf_text(&text));
    }
    if (a->failed)
        print_line(s, "                 %zu of the %zu had no finished answer", a->failed,
                   a->asked);
    buf_done(&text);
}

static void print_split(struct session *s, const struct always *a, struct arena *m)
{
    if (a->split.kind == KIND_UNKNOWN)
        return;
    const char *text =
        arena_format(m, "of %s saved (%.0f %%): by routing %s", signed_seconds(m, a->split.saved_s),
                     percent(a->split.share), signed_seconds(m, a->by_routing_s));
    if (a->hits)
        text = arena_format(m, "%s, by the cache %s", text, seconds_in(m, a->by_cache_s));
    if (a->shared)
        text = arena_format(m, "%s, by sharing %s", text, seconds_in(m, a->by_sharing_s));
    text = arena_format(m, "%s; taking %s a reasoning call (%s), estimated", text,
                        seconds_in(m, a->reasoning_s),
                        a->reasoning_from_measured ? "the mean of the measured side"
                                                   : "the mean of this run's reasoning calls");
    print_folded(s, "  split          ", text);
}

void run_print_always(struct session *s, const struct summary *sum)
{
    struct arena m = { 0 };
    const struct always *a = &sum->always;
    size_t all = a->calls + a->hits + a->shared;
    if (!a->calls)
        return;
    print_line(s, "\nAgainst always-reasoning; the pipeline's %zu model call%s took %s", a->calls,
               plural(a->calls), seconds_in(&m, a->spent_s));
    print_saving(s, "rule of thumb",
                 arena_format(&m, "%zu model call%s x %.1f s", a->calls, plural(a->calls),
                              RULE_REASONING_CALL_S),
                 &a->rule);
    print_saving(s, "projected",
                 a->reasoning_calls
                     ? arena_format(&m, "%zu questions x %s", all,
                                    seconds_in(&m, a->projected.always_s / (double)all))
                     : "unknown: this run made no reasoning call to take a mean of",
                 &a->projected);
    print_measured(s, a, &m);
    print_split(s, a, &m);
    arena_done(&m);
}
