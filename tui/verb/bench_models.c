/* rlab bench models A B: two models, the same questions, and which to use. */
#include "tui/verb/bench.h"

#include <math.h>
#include <string.h>

#include "core/lab/versus.h"
#include "core/limits.h"
#include "tui/verb/answers.h"

/* The two sides of such a run, as its settings name them. */
static bool sides_of(const struct kept_run *v, const char **ret_a, const char **ret_b)
{
    *ret_a = json_get_text(v->settings, "a");
    *ret_b = json_get_text(v->settings, "b");
    return *ret_a && *ret_b;
}

/* --- text ------------------------------------------------------------------------------------- */

static const char *with_range(const struct interval *i, double scale, int digits, const char *unit,
                              struct arena *a)
{
    if (i->n == 0)
        return "-";
    if (!isfinite(i->low))
        return arena_format(a, "%+.*f%s (%zu pair%s)", digits, scale * i->estimate, unit, i->n,
                            i->n == 1 ? "" : "s");
    return arena_format(a, "%+.*f%s (95 %%: %+.*f to %+.*f)", digits, scale * i->estimate, unit,
                        digits, scale * i->low, digits, scale * i->high);
}

static void print_table(struct session *s, const struct paired *p)
{
    struct arena a = { 0 };
    char ta[SECONDS_SIZE], tb[SECONDS_SIZE];
    double n = p->pairs ? (double)p->pairs : NAN;
    bool short_ones = fabs(p->seconds.estimate) < 0.0995;
    print_line(s, "\n  %-14s %12s %12s   %s", "", "A", "B", "B minus A");
    if (p->right.n)
        print_line(s, "  %-14s %12s %12s   %s", "right answers",
                   arena_format(&a, "%g of %zu", p->right_a, p->right.n),
                   arena_format(&a, "%g of %zu", p->right_b, p->right.n),
                   with_range(&p->right, 100, 0, " points", &a));
    print_line(s, "  %-14s %12s %12s   %s", "time, mean", seconds_text(p->total_a / n, ta),
               seconds_text(p->total_b / n, tb),
               with_range(&p->seconds, short_ones ? 1000 : 1, short_ones ? 1 : 2,
                          short_ones ? " ms" : " s", &a));
    double counted = p->tokens.n ? (double)p->tokens.n : NAN;
    const char *about = p->tokens_estimated ? "~" : "";
    print_line(s, "  %-14s %12s %12s   %s", "tokens, mean",
               p->tokens.n ? arena_format(&a, "%s%.1f", about, p->tokens_a / counted) : "-",
               p->tokens.n ? arena_format(&a, "%s%.1f", about, p->tokens_b / counted) : "-",
               with_range(&p->tokens, 1, 1, "", &a));
    arena_done(&a);
}

bool models_print(struct session *s, const struct kept_run *v, struct error *err)
{
    const char *a, *b;
    struct paired p;
    struct arena m = { 0 };
    struct buf words = buf_with_max(8 * KIB);
    if (!sides_of(v, &a, &b))
        return error_set(err, ERR_STORE, "the settings of run %lld cannot be read",
                         (long long)v->row.id);
    versus_compare(v->items, a, b, &p);
    run_print_head(s, v);
    print_folded(s, "  A          ", a);
    print_folded(s, "  B          ", b);
    print_folded(s, "  ",
                 "One question at a time to one model at a time, by name: no route, no cache, no "
                 "step-by-step suffix. Who goes first alternates, so that the load is fair.");
    run_print_tables(s, v);
    run_print_warnings(s, &v->summary);
    print_table(s, &p);
    print_line(s, "%s", "");
    if (p.only_a || p.only_b)
        print_folded(s, "",
                     arena_format(&m, "without a partner: %zu of A, %zu of B", p.only_a, p.only_b));
    versus_sentence(&p, a, b, &words);
    print_folded(s, "", buf_text(&words));
    buf_done(&words);
    arena_done(&m);
    return true;
}

/* --- JSON --------------------------------------------------------------------------------------- */

struct json *models_json(const struct kept_run *v)
{
    const char *a, *b;
    struct json *j = shown_json("rlab.models/1", v);
    if (!sides_of(v, &a, &b))
        return j;
    struct paired p;
    struct buf words = buf_with_max(8 * KIB);
    versus_compare(v->items, a, b, &p);
    versus_sentence(&p, a, b, &words);
    json_put_text(j, "a", a);
    json_put_text(j, "b", b);
    json_put(j, "b_minus_a", paired_json(&p));
    json_put_text(j, "sentence", buf_text(&words));
    buf_done(&words);
    return j;
}

/* --- asking ---------------------------------------------------------------------------------------- */

static bool show(struct session *s, const struct runner *r, struct error *err)
{
    struct kept_run v;
    kept_run_live(&v, s->lab.store, r);
    bool ok = true;
    if (s->json)
        print_json(models_json(&v));
    else if (v.items->n)
        ok = models_print(s, &v, err);
    ok = ok && run_verdict(r, &v.summary, err);
    kept_run_done(&v);
    return ok;
}

static bool find_models(struct session *s, const struct args *a, struct versus_options *o,
                        struct error *err)
{
    if (!lab_model(&s->lab, a->words[0], &o->a, err) ||
        !lab_model(&s->lab, a->words[1], &o->b, err))
        return false;
    if (o->a != o->b)
        return true;
    return error_set(err, ERR_USAGE, "two different models are needed; both are '%s'",
                     o->a->full_name);
}

bool bench_models(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct set set = { 0 };
    struct versus_options o = { .set = &set, .cold = a->given[OPT_COLD] };
    const char *stops[MAX_STOPS];
    (void)ret_code;
    if (!a->given[OPT_SET])
        return error_set(err, ERR_USAGE,
                         "which questions? rlab bench models A B --set FILE (shipped: known, "
                         "sample, bench)");
    bool ok = session_open(s, err) && settings_from_args(s, a, &o.settings, stops, err) &&
              args_int(a, OPT_ROUNDS, 1, MAX_ROUNDS, 1, &o.rounds, err) &&
              run_names(a, &o.name, &o.notes, err) &&
              set_load(&s->lab.paths, a->value[OPT_SET], &set, err) && lab_choose(&s->lab, err) &&
              find_models(s, a, &o, err);
    if (ok && !a->given[OPT_DEADLINE])
        o.settings.deadline_s = NAN;
    ok = ok && run_ask_hosted(s, 2 * set.count * (size_t)o.rounds,
                              (struct lab_model *[]){ o.a, o.b }, 2, err);
    struct runner *r = ok ? versus_start(&s->lab, &o, run_watch, s, err) : NULL;
    ok = r && run_wait(s, r, err) && show(s, r, err);
    runner_free(r);
    set_done(&set);
    return ok;
}
