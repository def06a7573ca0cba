/* rlab bench: runs that measure, kept and compared. This file sorts out which; `run` is here,
 * reading back in bench_show.c, two models in bench_models.c. */
#include "tui/verb/bench.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "core/lab/bench.h"
#include "core/limits.h"
#include "tui/verb/answers.h"
#include "tui/verb/runs.h"
#include "tui/verb/subs.h"

/* --- run ------------------------------------------------------------------------------------ */

static bool read_options(struct session *s, const struct args *a, struct bench_options *o,
                         const char **stops, struct error *err)
{
    if (!settings_from_args(s, a, &o->settings, stops, err) ||
        !args_int(a, OPT_ROUNDS, 1, MAX_ROUNDS, BENCH_ROUNDS, &o->rounds, err) ||
        !args_int(a, OPT_CONCURRENCY, 1, MAX_CONCURRENCY, 1, &o->concurrency, err) ||
        !args_real(a, OPT_FAIL_OVER, 0, 86400, NAN, &(double){ 0 }, err) ||
        !run_names(a, &o->name, &o->notes, err))
        return false;
    if (!a->given[OPT_DEADLINE]) /* one from the config would turn slow answers into others */
        o->settings.deadline_s = NAN;
    o->cold = a->given[OPT_COLD];
    o->no_cache = a->given[OPT_NO_CACHE];
    o->no_cot = a->given[OPT_NO_COT];
    o->always = a->given[OPT_ALWAYS];
    return true;
}

/* A set larger than the cache, in order, round after round: each answer is dropped just before
 * it is asked for again. */
static void warn_of_cache(struct session *s, const struct kept_run *v)
{
    struct arena a = { 0 };
    int64_t queries = json_get_count(v->settings, "queries");
    int64_t size = json_get_count(v->settings, "cache_size");
    bool looks = !json_is_true(json_get(v->settings, "no_cache"));
    if (looks && v->summary.rounds > 1 && size > 0 && queries > size)
        print_folded(s, "! ",
                     arena_format(&a,
                                  "the set has %lld queries and a bench's cache holds %lld "
                                  "answers: by the next round the first ones were dropped",
                                  (long long)queries, (long long)size));
    arena_done(&a);
}

void bench_print(struct session *s, const struct kept_run *v)
{
    run_print_head(s, v);
    run_print_tables(s, v);
    run_print_histogram(s, &v->summary);
    run_print_always(s, &v->summary);
    run_print_warnings(s, &v->summary);
    warn_of_cache(s, v);
}

static void print_next(struct session *s, int64_t id)
{
    if (id && !s->json && store_writes(s->lab.store))
        say("again: rlab bench show %lld; against another run: rlab bench compare RUN %lld",
            (long long)id, (long long)id);
}

/* --fail-over: a mean that is not known cannot be below it. */
static bool check_limit(const struct args *a, const struct summary *sum, int *ret_code,
                        struct error *err)
{
    double limit;
    if (!args_real(a, OPT_FAIL_OVER, 0, 86400, NAN, &limit, err))
        return false;
    if (isnan(limit) || sum->all.call.mean <= limit)
        return true;
    if (isnan(sum->all.call.mean))
        say_warning("there was no model call to hold against --fail-over %g", limit);
    else
        say_warning("the mean model call took %.3f s, more than --fail-over %g", sum->all.call.mean,
                    limit);
    *ret_code = EXIT_NO_ANSWER;
    return true;
}

static void print_run(struct session *s, const struct kept_run *v, const struct kept_run *base)
{
    if (s->json) {
        struct json *j = shown_json("rlab.bench/1", v);
        if (base)
            json_put(j, "against_baseline", compare_json(base, v));
        print_json(j);
    } else if (v->items->n) {
        bench_print(s, v);
        if (base) {
            print_line(s, "\nAgainst the baseline");
            compare_print(s, base, v);
        }
        print_next(s, v->row.id);
    }
}

static bool show_run(struct session *s, const struct runner *r, const struct kept_run *base,
                     int *ret_code, struct error *err)
{
    struct kept_run v;
    kept_run_live(&v, s->lab.store, r);
    print_run(s, &v, base);
    bool ok = run_verdict(r, &v.summary, err) && check_limit(s->args, &v.summary, ret_code, err);
    kept_run_done(&v);
    return ok;
}

/* Each question in flight is a connection, and each connection an open file. */
#define OTHER_FILES 64

static bool allow_files(int64_t concurrency, struct error *err)
{
    rlim_t need = (rlim_t)concurrency + OTHER_FILES;
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur >= need)
        return true;
    l.rlim_cur = need < l.rlim_max ? need : l.rlim_max;
    if (l.rlim_cur == need && setrlimit(RLIMIT_NOFILE, &l) == 0)
        return true;
    return error_set(err, ERR_USAGE,
                     "--concurrency %lld needs %lld open files, and %lld are allowed: raise that "
                     "with ulimit -n, or ask fewer at once",
                     (long long)concurrency, (long long)need, (long long)l.rlim_max);
}

static bool run_bench(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct set set = { 0 };
    struct bench_options o = { .set = &set };
    struct kept_run base = { 0 };
    const char *stops[MAX_STOPS];
    const char *baseline = a->value[OPT_BASELINE];
    bool ok = session_open(s, err) && read_options(s, a, &o, stops, err) &&
              allow_files(o.concurrency, err) &&
              (!baseline || compare_read(s, baseline, &base, err)) &&
              run_set(s, "bench", &set, err);
    struct lab_model *pair[2] = { s->lab.pipeline.fast, s->lab.pipeline.reasoning };
    ok = ok && run_ask_hosted(s, bench_calls(&o), pair, 2, err);
    struct runner *r = ok ? bench_start(&s->lab, &o, run_watch, s, err) : NULL;
    ok = r && run_wait(s, r, err) && show_run(s, r, baseline ? &base : NULL, ret_code, err);
    runner_free(r);
    kept_run_done(&base);
    set_done(&set);
    return ok;
}

/* --- which ----------------------------------------------------------------------------------- */

static const struct sub subs[] = {
    { "run", "", 0, 0, run_bench },
    { "list", "", 0, 0, bench_list },
    { "show", "[RUN]", 0, 1, bench_show },
    { "compare", "A B", 1, 2, bench_compare },
    { "models", "A B --set FILE", 2, 2, bench_models },
};

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    if (!a->count) /* none of them is harmless enough to be the usual one */
        return error_set(err, ERR_USAGE,
                         "bench what? run, list, show, compare or models; see: rlab help bench");
    return subs_run("bench", subs, sizeof subs / sizeof *subs, s, a, ret_code, err);
}

const struct verb verb_bench = {
    .name = "bench",
    .words = "run | list | show [RUN] | compare A B | models A B",
    .summary = "measure a set of questions, keep the run, compare runs and models",
    .help =
        "run sends a set (bench, unless --set says another) through a fresh pipeline with an\n"
        "empty cache, twice unless --rounds says otherwise. Hits, loading and failures are kept\n"
        "out of the means of model calls. --always-reasoning also asks the reasoning model every\n"
        "query once, so that what the pipeline saves is measured. --fail-over ends with exit\n"
        "code 1 where the mean model call is slower.\n"
        "\n"
        "list names all runs, show prints one again (the last, unless RUN says which by number\n"
        "or name), compare pairs two runs question by question: B against A, or against\n"
        "--baseline. models asks two models every query of --set, once unless --rounds says\n"
        "otherwise, and says which to use.",
    .example = "rlab bench run --rounds 3 --name before",
    .subs = "run list show compare models",
    .options =
        (const enum option[]){ OPT_SET,          OPT_ROUNDS,      OPT_CONCURRENCY, OPT_ALWAYS,
                               OPT_COLD,         OPT_NO_CACHE,    OPT_NO_COT,      OPT_NAME,
                               OPT_NOTES,        OPT_FAIL_OVER,   OPT_BASELINE,    OPT_LIMIT,
                               OPT_YES,          OPT_TEMPERATURE, OPT_TOP_P,       OPT_SEED,
                               OPT_MAX_TOKENS,   OPT_STOP,        OPT_SYSTEM,      OPT_DEADLINE,
                               OPT_THINK_BUDGET, OPT_RULES,       OPTIONS },
    .run = run,
};
