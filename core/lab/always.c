/* The pipeline against always-reasoning (always.h). */
#include "core/lab/always.h"

#include <math.h>

#include "core/route/route.h"

static const struct saving no_saving = { KIND_UNKNOWN, NAN, NAN, NAN };

static struct saving saving_of(enum kind_of_number kind, double always_s, double spent_s)
{
    if (!isfinite(always_s) || always_s <= 0)
        return no_saving;
    double saved = always_s - spent_s;
    return (struct saving){ kind, always_s, saved, saved / always_s };
}

/* The pipeline's own side; returns the mean of its reasoning calls, NAN for none. */
static double count_pipeline(const struct items *t, struct always *ret)
{
    double reasoning_s = 0;
    for (size_t n = 0; n < t->n; n++) {
        const struct run_item *i = &t->v[n];
        if (i->always)
            continue;
        ret->hits += item_is_hit(i);
        ret->shared += item_is_shared(i);
        if (!item_is_call(i)) /* a fallback is no model's own time: counted apart */
            continue;
        ret->calls++;
        ret->spent_s += item_call_s(i);
        if (item_has_role(i, role_name(ROLE_REASONING))) {
            ret->reasoning_calls++;
            reasoning_s += item_call_s(i);
        }
    }
    return ret->reasoning_calls ? reasoning_s / (double)ret->reasoning_calls : NAN;
}

static double mean_of_measured(const struct items *t, struct always *ret)
{
    double s = 0;
    size_t answered = 0;
    for (size_t n = 0; n < t->n; n++) {
        const struct run_item *i = &t->v[n];
        if (!i->always)
            continue;
        if (item_outcome(i) == OUTCOME_SLOWED) {
            ret->slowed++;
            continue;
        }
        ret->asked++;
        if (item_is_call(i)) {
            answered++;
            s += item_call_s(i);
        }
    }
    ret->failed = ret->asked - answered;
    return answered ? s / (double)answered : NAN;
}

static void split(struct always *a, double projected_s, double measured_s)
{
    double all = (double)(a->calls + a->hits + a->shared);
    a->reasoning_from_measured = isfinite(measured_s);
    double r = a->reasoning_s = a->reasoning_from_measured ? measured_s : projected_s;
    a->split = saving_of(KIND_ESTIMATED, all * r, a->spent_s);
    a->by_cache_s = (double)a->hits * r;
    a->by_sharing_s = (double)a->shared * r;
    a->by_routing_s = (double)a->calls * r - a->spent_s;
}

void always_compute(const struct items *t, struct always *ret)
{
    struct always a = { .rule = no_saving, .projected = no_saving, .measured = no_saving };
    double projected_s = count_pipeline(t, &a);
    double measured_s = mean_of_measured(t, &a);
    double all = (double)(a.calls + a.hits + a.shared);
    a.rule = saving_of(KIND_ESTIMATED, (double)a.calls * RULE_REASONING_CALL_S, a.spent_s);
    a.projected = saving_of(KIND_ESTIMATED, all * projected_s, a.spent_s);
    paired_compare(&(struct side){ .items = t, .always = true },
                   &(struct side){ .items = t, .fallbacks = true }, &a.pairs);
    if (a.pairs.pairs)
        a.measured = saving_of(KIND_MEASURED, a.pairs.total_a, a.pairs.total_b);
    split(&a, projected_s, measured_s);
    *ret = a;
}
