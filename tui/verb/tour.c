/* rlab tour: the main job in plain lines, from the models found to what routing and caching
 * are worth, with a private cache so that every tour starts alike. */
#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/bench.h"
#include "core/limits.h"
#include "core/route/classifier.h"
#include "tui/verb/answers.h"
#include "tui/verb/runs.h"
#include "tui/verb/table.h"

/* Short answers, so that a tour on a slow machine ends: thinking counts too, so a reasoning
 * model gets four times as much. */
#define TOUR_TOKENS      128
#define REASONING_FACTOR 4
/* Asking the reasoning model everything is measured where that takes no longer than this. */
#define TOUR_ALWAYS_S 90

static const char be_brief[] = "Answer in one or two short sentences.";

struct tour {
    struct session *s;
    struct set sample;
    struct ask_settings settings;
    const char *stops[MAX_STOPS];
    struct verdict verdict;
    int code;

    /* The answer that is being waited for. */
    struct ask *ask;
    struct buf text, status, trouble;
    struct json *json;
    double latency_s, original_latency_s;
    bool kept, cached;

    size_t repeats; /* index of the first sample question whose answer was kept */
    bool has_repeat;
    double reasoning_s; /* slowest reasoning call so far, NAN none */
};

static struct json *line_of(const char *step)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.tour/1");
    json_put_text(j, "step", step);
    return j;
}

/* --- models ------------------------------------------------------------------------------- */

static struct json *model_json(const struct lab_model *m)
{
    struct json *j = json_object();
    json_put_text(j, "name", m->full_name);
    json_put_text(j, "digest", m->identity);
    json_put_text(j, "digest_kind", identity_kind_name(m->identity_kind));
    return j;
}

static void tell_models_json(const struct tour *t)
{
    const struct choice *c = &t->s->lab.choice;
    struct json *j = line_of("models");
    json_put(j, "fast", model_json(c->fast));
    json_put(j, "reasoning", model_json(c->reasoning));
    json_put_text(j, "why", c->line);
    json_put_text(j, "warning", c->warning);
    json_put_int(j, "max_tokens_fast", t->settings.max_tokens_fast);
    json_put_int(j, "max_tokens_reason", t->settings.max_tokens_reason);
    json_put_text(j, "system", t->settings.system);
    print_json(j);
}

static bool show_models(struct tour *t, struct error *err)
{
    struct session *s = t->s;
    const struct choice *c = &s->lab.choice;
    (void)err;
    if (s->json) {
        tell_models_json(t);
        return true;
    }
    struct arena a = { 0 };
    print_wrapped(s, "   ", 3, c->line);
    if (c->warning)
        print_wrapped(s, "   ", 3, c->warning);
    print_wrapped(s, "   ", 3,
                  arena_format(&a,
                               "So that a slow machine is done soon: at most %lld tokens an "
                               "answer, %lld where the model thinks first (--max-tokens), and the "
                               "models are asked for one or two short sentences.",
                               (long long)t->settings.max_tokens_fast,
                               (long long)t->settings.max_tokens_reason));
    arena_done(&a);
    return true;
}

/* --- classify ----------------------------------------------------------------------------- */

static void tell_verdict_json(const struct tour *t, const struct set_item *q)
{
    const struct verdict *v = &t->verdict;
    struct json *j = line_of("classify"), *signals = json_array();
    json_put_text(j, "query", q->query);
    json_put_int(j, "score", v->score);
    json_put_text(j, "level", level_name(v->level));
    json_put_text(j, "role", role_name(route_for(v->level, ROUTE_AUTO).role));
    for (size_t i = 0; i < v->count; i++) {
        struct json *g = json_object();
        json_put_text(g, "what", v->signals[i].what);
        json_put_int(g, "points", v->signals[i].points);
        json_add(signals, g);
    }
    json_put(j, "signals", signals);
    print_json(j);
}

/* "solve +2, sentences >3 +1" */
static void put_signals(const struct verdict *v, struct buf *to)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct signal *g = &v->signals[i];
        buf_printf(to, "%s%s%s%s %+d", i ? ", " : "", g->at ? "" : signal_kind_name(g->kind),
                   g->at ? "" : " ", g->what, g->points);
    }
    if (!v->count)
        buf_puts(to, "no rule applies");
}

static void show_verdict(const struct tour *t, const struct set_item *q)
{
    const struct verdict *v = &t->verdict;
    struct buf line = buf_with_max(4 * KIB), safe = buf_with_max(4 * KIB);
    text_safe_line(&safe, q->query,
                   q->query_len < KIB ? q->query_len : text_fit(q->query, KIB, KIB));
    size_t fits = text_fit(buf_text(&safe), safe.len, 56);
    buf_printf(&line, v->score ? "   %+3d  %-8s  %.*s%s" : "   %3d  %-8s  %.*s%s", v->score,
               level_name(v->level), (int)fits, buf_text(&safe), fits < safe.len ? "..." : "");
    print_line(t->s, "%s", buf_text(&line));
    buf_clear(&line);
    put_signals(v, &line);
    print_wrapped(t->s, "                  ", 18, buf_text(&line));
    buf_done(&line);
    buf_done(&safe);
}

static bool classify_all(struct tour *t, struct error *err)
{
    (void)err;
    for (size_t i = 0; i < t->sample.count; i++) {
        const struct set_item *q = &t->sample.items[i];
        classify(t->s->lab.rules, q->query, q->query_len, &t->verdict);
        if (t->s->json)
            tell_verdict_json(t, q);
        else
            show_verdict(t, q);
    }
    if (!t->s->json)
        print_wrapped(t->s, "   ", 3,
                      "Simple goes to the fast model, moderate to the fast one step by step, "
                      "complex to the reasoning model. Every signal with its place: rlab classify "
                      "TEXT.");
    return true;
}

/* --- ask ---------------------------------------------------------------------------------- */

static void note_answer(struct tour *t, const struct answer *a)
{
    t->ask = NULL;
    t->code = answer_exit(a);
    t->latency_s = a->latency_s;
    t->original_latency_s = a->original_latency_s;
    t->cached = a->from == FROM_CACHE;
    t->kept = answer_is_cacheable(a->end, a->warns) && !a->fallback_from;
    if (a->role == ROLE_REASONING && !t->cached && !a->slowed && answer_is_good(a))
        t->reasoning_s = fmax(t->reasoning_s, a->latency_s);
    if (t->s->json)
        t->json = answer_json(a);
    text_safe_line(&t->text, a->text, a->text_len);
    answer_status(a, &t->status);
    answer_trouble(a, &t->trouble);
}

static void hear(void *self, const struct ask_event *ev)
{
    if (ev->type == ASK_END)
        note_answer(self, ev->answer);
}

static bool ask(struct tour *t, const struct set_item *item, enum route_force force,
                struct error *err)
{
    struct question q = question_default();
    bool cancelled = false;
    q.text = item->query;
    q.len = item->query_len;
    q.purpose = "tour";
    q.force = force;
    q.settings = t->settings;
    buf_clear(&t->text);
    buf_clear(&t->status);
    buf_clear(&t->trouble);
    json_free(t->json);
    t->json = NULL;
    t->ask = ask_start(&t->s->lab.pipeline, &q, hear, t, err);
    if (!t->ask)
        return false;
    while (t->ask) {
        if (session_stopped() && !cancelled) {
            cancelled = true;
            ask_cancel(t->ask);
        }
        if (!session_turn(t->s, err))
            return false;
    }
    return true;
}

/* The first line or two of an answer. */
static void show_text(const struct tour *t)
{
    struct buf line = buf_with_max(8 * KIB);
    size_t fits = text_fit(buf_text(&t->text), t->text.len, 140);
    buf_add(&line, buf_text(&t->text), fits);
    buf_puts(&line, fits < t->text.len ? "..." : "");
    print_wrapped(t->s, "     ", 5, line.len ? buf_text(&line) : "(no text)");
    buf_done(&line);
}

static void tell_answer(struct tour *t, const char *step)
{
    if (t->s->json) {
        struct json *j = line_of(step);
        json_put(j, "answer", t->json);
        t->json = NULL;
        print_json(j);
        return;
    }
    show_text(t);
    print_wrapped(t->s, "     ", 7, buf_text(&t->status));
    if (t->trouble.len)
        print_wrapped(t->s, "     ", 7, buf_text(&t->trouble));
}

static bool ask_all(struct tour *t, struct error *err)
{
    for (size_t i = 0; i < t->sample.count && !t->code; i++) {
        if (!t->s->json)
            print_wrapped(t->s, "   ", 3, t->sample.items[i].query);
        print_now();
        if (!ask(t, &t->sample.items[i], ROUTE_AUTO, err))
            return false;
        tell_answer(t, "answer");
        if (t->kept && !t->has_repeat) {
            t->has_repeat = true;
            t->repeats = i;
        }
    }
    return true;
}

/* --- repeat ------------------------------------------------------------------------------- */

static void say_ratio(const struct tour *t)
{
    struct arena a = { 0 };
    print_wrapped(t->s, "   ", 3,
                  arena_format(&a,
                               "The look-up took %s, the call %s: %.0f times as long. That ratio "
                               "says how slow the model is, not how good the cache is.",
                               seconds_in(&a, t->latency_s), seconds_in(&a, t->original_latency_s),
                               t->original_latency_s / t->latency_s));
    arena_done(&a);
}

static bool repeat_one(struct tour *t, struct error *err)
{
    if (!t->has_repeat) {
        if (t->s->json) {
            struct json *j = line_of("repeat");
            json_put_null(j, "answer");
            print_json(j);
        } else {
            print_wrapped(t->s, "   ", 3,
                          "No answer ended by itself within its limit, so none was kept: an answer "
                          "that is cut off never is. Try a larger --max-tokens.");
        }
        return true;
    }
    if (!t->s->json)
        print_wrapped(t->s, "   ", 3, t->sample.items[t->repeats].query);
    if (!ask(t, &t->sample.items[t->repeats], ROUTE_AUTO, err))
        return false;
    tell_answer(t, "repeat");
    if (!t->s->json && t->cached && isfinite(t->original_latency_s))
        say_ratio(t);
    return true;
}

/* --- bench -------------------------------------------------------------------------------- */

/* A line for each question, since nobody may be there to see a line move. */
static void watch(void *self, const struct run_event *ev)
{
    const struct tour *t = self;
    char took[SECONDS_SIZE];
    if (t->s->json || ev->type == RUN_ENDED)
        return;
    if (ev->type == RUN_WARMING) {
        print_line(t->s, "   warming up %s", ev->model->full_name);
    } else {
        const struct run_item *i = ev->item;
        size_t len = strlen(i->query);
        print_line(t->s, "   %2zu of %-2zu  %-16s  %-9s  %-6s  %8s  %.*s", ev->done, ev->total,
                   i->always       ? "always-reasoning"
                   : i->round == 1 ? "round 1"
                                   : "repeat",
                   i->role, i->slowed ? "SLOWED" : i->from, seconds_text(i->latency_s, took),
                   (int)text_fit(i->query, len, 20), i->query);
    }
    print_now();
}

static void tell_run(struct tour *t, const struct kept_run *v)
{
    if (t->s->json) {
        struct json *j = line_of("bench");
        json_put(j, "bench", shown_json("rlab.bench/1", v));
        print_json(j);
        return;
    }
    run_print_tables(t->s, v);
    run_print_always(t->s, &v->summary);
    run_print_warnings(t->s, &v->summary);
}

/* The reasoning model is asked everything where that ends soon, by what it took so far. */
static bool always_is_quick(const struct tour *t, const struct set *set)
{
    return isnan(t->reasoning_s) || t->reasoning_s * (double)set->count <= TOUR_ALWAYS_S;
}

static bool run_bench(struct tour *t, const struct set *set, struct error *err)
{
    struct bench_options o = { .set = set,
                               .settings = t->settings,
                               .name = "tour",
                               .concurrency = 1,
                               .always = always_is_quick(t, set) };
    if (!args_int(t->s->args, OPT_ROUNDS, 1, 100, BENCH_ROUNDS, &o.rounds, err))
        return false;
    struct runner *r = bench_start(&t->s->lab, &o, watch, t, err);
    bool ok = r && run_wait(t->s, r, err);
    if (ok) {
        struct kept_run v;
        kept_run_live(&v, t->s->lab.store, r);
        tell_run(t, &v);
        ok = run_verdict(r, &v.summary, err);
        kept_run_done(&v);
    }
    runner_free(r);
    if (ok && !o.always && !t->s->json)
        print_wrapped(t->s, "   ", 3,
                      "Measuring it would take too long on these models for a tour: rlab bench run "
                      "--always-reasoning.");
    return ok;
}

static bool bench_pipeline(struct tour *t, struct error *err)
{
    struct set set = { 0 };
    bool ok = set_load(&t->s->lab.paths, lab_set_name(&t->s->lab, "bench"), &set, err) &&
              run_bench(t, &set, err);
    set_done(&set);
    return ok;
}

/* --- what rules are worth ----------------------------------------------------------------- */

/* A question the other rules would send to the fast model, asked there. */
static bool ask_elsewhere(struct tour *t, const struct set_item *q, bool *ret_right,
                          struct error *err)
{
    if (!ask(t, q, ROUTE_FAST, err))
        return false;
    *ret_right = q->check && q->check->right(buf_text(&t->text), t->text.len, q->answer);
    if (t->s->json) {
        struct json *j = line_of("rules");
        json_put_text(j, "query", q->query);
        json_put_text(j, "known", q->answer);
        json_put_bool(j, "right", *ret_right);
        json_put(j, "answer", t->json);
        t->json = NULL;
        print_json(j);
        return true;
    }
    struct arena a = { 0 };
    print_wrapped(t->s, "   ", 3, q->query);
    print_wrapped(t->s, "     ", 7,
                  arena_format(&a, "the fast model says %s: %s (%s)", buf_text(&t->text),
                               *ret_right ? "right" : "wrong", q->answer));
    arena_done(&a);
    return true;
}

static enum role role_by(struct tour *t, const struct rules *rules, const struct set_item *q)
{
    classify(rules, q->query, q->query_len, &t->verdict);
    return route_for(t->verdict.level, ROUTE_AUTO).role;
}

static void tell_worth(const struct tour *t, size_t asked, size_t right)
{
    struct arena a = { 0 };
    if (!t->s->json)
        print_wrapped(t->s, "   ", 3,
                      arena_format(&a,
                                   "The usual rules (basic) look for words, the rules in use "
                                   "(%s) count steps. %zu of %zu questions go to the reasoning "
                                   "model by steps and would not by words; there %zu of %zu "
                                   "answers are right. Which rules fit depends on the models.",
                                   rules_name(t->s->lab.rules), asked, t->sample.count, right,
                                   asked));
    arena_done(&a);
}

/* The same questions by the usual rules: where they would go, and what would come of it. */
static bool compare_rules(struct tour *t, struct error *err)
{
    struct arena a = { 0 };
    const char *path = lab_rules_path(&t->s->lab, "basic", &a);
    struct rules *basic = path ? rules_load(path, err) : NULL;
    bool ok = basic || (!path && error_set(err, ERR_CONFIG, "no rule set 'basic'"));
    size_t asked = 0, rights = 0;
    for (size_t i = 0; ok && i < t->sample.count && !session_stopped(); i++) {
        const struct set_item *q = &t->sample.items[i];
        bool right = false;
        if (role_by(t, t->s->lab.rules, q) == ROLE_FAST || role_by(t, basic, q) != ROLE_FAST)
            continue;
        ok = ask_elsewhere(t, q, &right, err);
        asked++;
        rights += right;
    }
    if (ok)
        tell_worth(t, asked, rights);
    rules_free(basic);
    arena_done(&a);
    return ok;
}

/* --- where to go -------------------------------------------------------------------------- */

static const struct {
    const char *command, *what;
} next_steps[] = {
    { "rlab ask 'YOUR QUESTION'", "your own question, routed" },
    { "rlab bench models A B", "two of your models against each other" },
    { "rlab demo 4", "the reasoning model is slow or gone: what then?" },
    { "rlab doctor", "what is found, what is missing, what to do" },
};

static bool show_next(struct tour *t, struct error *err)
{
    struct json *j = t->s->json ? line_of("next") : NULL, *list = j ? json_array() : NULL;
    (void)err;
    for (size_t i = 0; i < sizeof next_steps / sizeof *next_steps; i++)
        if (list)
            json_add_text(list, next_steps[i].command);
        else
            print_line(t->s, "   %-26s  %s", next_steps[i].command, next_steps[i].what);
    if (j) {
        json_put(j, "commands", list);
        print_json(j);
    }
    return true;
}

/* --- the verb ----------------------------------------------------------------------------- */

static const struct {
    const char *title;
    bool (*run)(struct tour *t, struct error *err);
    bool built_in; /* with the built-in models only, whose questions have known answers */
} steps[] = {
    { "Models", show_models },
    { "Six questions, scored by rules", classify_all },
    { "The same six, routed and answered", ask_all },
    { "By other rules", compare_rules, true },
    { "One of them again", repeat_one },
    { "A bench with an empty cache: five questions, round after round", bench_pipeline },
    { "Where to go from here", show_next },
};

static bool choose(struct session *s, struct error *err)
{
    if (!session_open(s, err) || !lab_choose(&s->lab, err))
        return false;
    return !s->lab.choice.help || error_set(err, ERR_NET, "%s", s->lab.choice.help);
}

static bool read_settings(struct tour *t, struct error *err)
{
    const struct args *a = t->s->args;
    if (!settings_from_args(t->s, a, &t->settings, t->stops, err))
        return false;
    bool given = t->settings.max_tokens > 0;
    t->settings.max_tokens_fast = given ? t->settings.max_tokens : TOUR_TOKENS;
    t->settings.max_tokens_reason = given ? t->settings.max_tokens : TOUR_TOKENS * REASONING_FACTOR;
    t->settings.max_tokens = -1;
    if (!t->settings.system)
        t->settings.system = be_brief;
    return true;
}

static bool may_ask(struct tour *t, struct error *err)
{
    struct lab_model *pair[] = { t->s->lab.choice.fast, t->s->lab.choice.reasoning };
    return run_ask_hosted(t->s, 3 * t->sample.count + 5, pair, 2, err);
}

static bool walk(struct tour *t, struct error *err)
{
    size_t shown = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i].built_in && !t->s->lab.choice.builtin)
            continue;
        shown++;
        if (!t->s->json)
            print_line(t->s, "%s%zu  %s", i ? "\n" : "", shown, steps[i].title);
        print_now();
        if (!steps[i].run(t, err))
            return false;
        if (t->code && !session_stopped())
            say("the tour ends here: without answers there is nothing more to show");
        if (t->code || session_stopped())
            return true;
    }
    return true;
}

static bool run(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    struct tour t = { .s = s, .reasoning_s = NAN };
    if (a->count)
        return error_set(err, ERR_USAGE, "the tour takes no words: rlab tour");
    t.text = buf_with_max(2 * MAX_ANSWER_BYTES);
    t.status = t.trouble = buf_with_max(8 * KIB);
    s->options.private_cache = true;
    bool ok = choose(s, err) && read_settings(&t, err) &&
              set_load(&s->lab.paths, lab_set_name(&s->lab, "sample"), &t.sample, err) &&
              may_ask(&t, err) && walk(&t, err);
    *ret_code = session_stopped() ? session_stop_code() : t.code;
    verdict_done(&t.verdict);
    set_done(&t.sample);
    json_free(t.json);
    buf_done(&t.text);
    buf_done(&t.status);
    buf_done(&t.trouble);
    return ok;
}

const struct verb verb_tour = {
    .name = "tour",
    .words = "",
    .summary = "the main job in plain lines, on your own models",
    .help = "Which models were found and why; six questions scored, routed and answered; one\n"
            "again, out of the cache; a small bench; what the pipeline saves against asking the\n"
            "reasoning model everything, in three figures. It starts with an empty cache of its\n"
            "own and keeps answers short (--max-tokens), so that a slow machine is done soon.\n"
            "\n"
            "rlab without a verb and without a terminal is this tour.",
    .example = "rlab tour --max-tokens 64",
    .options = (const enum option[]){ OPT_MAX_TOKENS, OPT_SYSTEM, OPT_ROUNDS, OPT_RULES,
                                      OPT_DEADLINE, OPT_YES, OPTIONS },
    .run = run,
};
