/* Runs as JSON (run_json.h). Every object of seconds says its kind; unknown is null. */
#include "core/lab/run_json.h"

#include <math.h>

#include "core/base/clock.h"

static void put_text_or_null(struct json *j, const char *key, const char *text)
{
    json_put_text(j, key, text && *text ? text : NULL);
}

static void put_count(struct json *j, const char *key, int64_t v)
{
    if (v < 0)
        json_put_null(j, key);
    else
        json_put_int(j, key, v);
}

static void put_size(struct json *j, const char *key, size_t v)
{
    json_put_int(j, key, (int64_t)v);
}

static void put_time(struct json *j, const char *key, int64_t wall_ns)
{
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(wall_ns, stamp);
    json_put_text(j, key, wall_ns ? stamp : NULL);
}

/* --- the run and its rows ------------------------------------------------------------------ */

struct json *run_json(const struct run_row *r)
{
    struct json *j = json_object();
    put_count(j, "id", r->id ? r->id : -1);
    json_put_text(j, "kind", r->kind);
    put_text_or_null(j, "name", r->name);
    put_text_or_null(j, "notes", r->notes);
    json_put_text(j, "set", r->set_name);
    json_put_text(j, "state", r->state);
    put_time(j, "started", r->started_wall);
    put_time(j, "ended", r->ended_wall);
    json_put_int(j, "items", r->items);
    return j;
}

struct json *run_item_json(const struct run_item *i)
{
    struct json *j = json_object();
    json_put_int(j, "query_index", i->query_index);
    json_put_int(j, "round", i->round);
    put_text_or_null(j, "query", i->query);
    json_put_text(j, "query_hash", i->query_hash);
    put_text_or_null(j, "label", i->label);
    put_text_or_null(j, "level", i->level);
    json_put_int(j, "score", i->score);
    put_text_or_null(j, "role", i->role);
    put_text_or_null(j, "model", i->model);
    json_put_text(j, "from", i->from);
    json_put_text(j, "end", i->end);
    json_put_text(j, "outcome", outcome_name(item_outcome(i)));
    if (i->correct < 0)
        json_put_null(j, "correct");
    else
        json_put_bool(j, "correct", i->correct == 1);
    json_put_bool(j, "fallback", i->fallback);
    json_put_bool(j, "always", i->always);
    json_put_bool(j, "cold", item_is_cold(i));
    json_put_bool(j, "slowed", i->slowed);
    json_put_real(j, "latency_s", i->latency_s);
    json_put_real(j, "original_latency_s", i->original_latency_s);
    json_put_real(j, "ttft_s", i->ttft_s);
    json_put_real(j, "load_s", i->load_s);
    put_count(j, "completion_tokens", i->completion_tokens);
    put_count(j, "thinking_tokens", i->thinking_tokens);
    put_text_or_null(j, "tokens_kind", i->tokens_kind);
    put_text_or_null(j, "answer_start", i->answer);
    put_count(j, "answer_id", i->answer_id ? i->answer_id : -1);
    return j;
}

struct json *run_items_json(const struct items *t)
{
    struct json *j = json_array();
    for (size_t i = 0; i < t->n; i++)
        json_add(j, run_item_json(&t->v[i]));
    return j;
}

/* --- figures --------------------------------------------------------------------------------- */

struct json *interval_json(const struct interval *i)
{
    struct json *j = json_object();
    json_put_real(j, "estimate", i->estimate);
    json_put_real(j, "low", i->low);
    json_put_real(j, "high", i->high);
    put_size(j, "n", i->n);
    return j;
}

static void put_figures(struct json *j, const struct figures *f)
{
    put_size(j, "n", f->n);
    json_put_real(j, "mean", f->mean);
    json_put_real(j, "median", f->median);
    json_put_real(j, "p50", f->p50);
    json_put_real(j, "p90", f->p90);
    json_put_real(j, "p95", f->p95);
    json_put_real(j, "p99", f->p99);
    json_put_real(j, "slowest", f->slowest);
    json_put_real(j, "total", f->n ? f->total : NAN);
    json_put_text(j, "unit", "s");
    json_put_text(j, "kind", "measured");
}

static struct json *right_json(const struct group *g)
{
    struct json *j = interval_json(&g->right);
    put_size(j, "right", g->right_count);
    return j;
}

/* n, mean, median ... are of model calls; hits and the rest are counted beside. */
static struct json *group_json(const char *what, const struct group *g)
{
    struct json *j = json_object();
    json_put_text(j, what, g->name);
    put_size(j, "asked", g->asked);
    put_figures(j, &g->call);
    put_size(j, "hits", g->hits);
    put_size(j, "shared", g->shared);
    put_size(j, "fallbacks", g->fallbacks);
    json_put_real(j, "mean_all", g->mean_all);
    put_size(j, "cold", g->cold);
    json_put_real(j, "load_s", g->cold ? g->load_s : 0);
    json_put_real(j, "tokens", g->tokens);
    json_put_text(j, "tokens_kind", kind_name(g->tokens_kind));
    json_put(j, "right", right_json(g));
    return j;
}

static struct json *all_json(const struct group *g)
{
    struct json *j = json_object();
    put_size(j, "asked", g->asked);
    put_size(j, "n", g->ended[OUTCOME_ANSWERED]);
    json_put_real(j, "mean", g->mean_all);
    json_put_text(j, "unit", "s");
    json_put_text(j, "kind", "measured");
    for (int o = 0; o < OUTCOMES; o++)
        put_size(j, outcome_name((enum outcome)o), g->ended[o]);
    put_size(j, "shared", g->shared);
    put_size(j, "fallbacks", g->fallbacks);
    return j;
}

static struct json *calls_json(const struct group *g)
{
    struct json *j = json_object();
    put_figures(j, &g->call);
    json_put_bool(j, "load_subtracted", true);
    put_size(j, "cold", g->cold);
    json_put_real(j, "load_s", g->load_s);
    json_put_real(j, "tokens", g->tokens);
    json_put_text(j, "tokens_kind", kind_name(g->tokens_kind));
    return j;
}

static struct json *hits_json(const struct group *g)
{
    struct json *j = json_object();
    put_figures(j, &g->hit);
    json_put_real(j, "saved_s", g->saved_s);
    json_put_text(j, "saved_kind", "measured");
    json_put_real(j, "saved_rule_s", (double)g->hits * RULE_HIT_SAVES_S);
    json_put_text(j, "saved_rule_kind", "estimated");
    return j;
}

static struct json *labels_json(const struct summary *s)
{
    struct json *j = json_object(), *as = json_object();
    put_size(j, "n", s->labelled);
    put_size(j, "agreed", s->agreed);
    for (int label = 0; label < LEVELS; label++) {
        struct json *row = json_object();
        for (int level = 0; level < LEVELS; level++)
            put_size(row, level_name((enum level)level), s->as[label][level]);
        json_put(as, level_name((enum level)label), row);
    }
    json_put(j, "label_to_level", as);
    return j;
}

static struct json *histogram_json(const struct summary *s)
{
    struct json *j = json_array();
    for (size_t i = 0; i < s->bins; i++) {
        const struct bin *b = &s->bin[i];
        struct json *o = json_object();
        json_put_real(o, "from_s", b->from_s);
        json_put_real(o, "to_s", b->to_s);
        put_size(o, "fast", b->fast);
        put_size(o, "reasoning", b->reasoning);
        put_size(o, "by_name", b->other);
        json_add(j, o);
    }
    return j;
}

/* --- pairs and always-reasoning ------------------------------------------------------------------ */

struct json *paired_json(const struct paired *p)
{
    static const char *const verdicts[] = { "unknown", "no clear difference", "less", "more" };
    struct json *j = json_object();
    json_put_text(j, "paired_by", "query");
    put_size(j, "pairs", p->pairs);
    put_size(j, "only_a", p->only_a);
    put_size(j, "only_b", p->only_b);
    json_put(j, "seconds", interval_json(&p->seconds));
    json_put_text(j, "seconds_verdict", verdicts[stats_verdict(&p->seconds)]);
    json_put(j, "tokens", interval_json(&p->tokens));
    json_put_text(j, "tokens_kind",
                  p->tokens.n == 0      ? NULL
                  : p->tokens_estimated ? "estimated"
                                        : "measured");
    json_put(j, "right", interval_json(&p->right));
    json_put_text(j, "right_verdict", verdicts[stats_verdict(&p->right)]);
    json_put_real(j, "right_a", p->right.n ? p->right_a : NAN);
    json_put_real(j, "right_b", p->right.n ? p->right_b : NAN);
    return j;
}

static struct json *saving_json(const struct saving *s)
{
    struct json *j = json_object();
    json_put_real(j, "always_s", s->always_s);
    json_put_real(j, "saved_s", s->saved_s);
    json_put_real(j, "saved_percent", 100 * s->share);
    json_put_text(j, "kind", kind_name(s->kind));
    return j;
}

static struct json *measured_json(const struct always *a)
{
    struct json *j = saving_json(&a->measured);
    put_size(j, "asked", a->asked);
    put_size(j, "failed", a->failed);
    json_put(j, "pipeline_minus_always", paired_json(&a->pairs));
    return j;
}

static struct json *split_json(const struct always *a)
{
    struct json *j = saving_json(&a->split);
    bool known = a->split.kind != KIND_UNKNOWN;
    json_put_real(j, "by_routing_s", known ? a->by_routing_s : NAN);
    json_put_real(j, "by_cache_s", known ? a->by_cache_s : NAN);
    json_put_real(j, "by_sharing_s", known ? a->by_sharing_s : NAN);
    json_put_real(j, "reasoning_s", known ? a->reasoning_s : NAN);
    json_put_text(j, "reasoning_from",
                  !known                       ? NULL
                  : a->reasoning_from_measured ? "always-reasoning"
                                               : "reasoning calls");
    return j;
}

static struct json *always_json(const struct always *a)
{
    struct json *j = json_object();
    put_size(j, "model_calls", a->calls);
    put_size(j, "hits", a->hits);
    put_size(j, "shared", a->shared);
    json_put_real(j, "spent_s", a->spent_s);
    json_put_text(j, "spent_kind", "measured");
    json_put(j, "rule_of_thumb", saving_json(&a->rule));
    json_put(j, "projected", saving_json(&a->projected));
    json_put(j, "measured", measured_json(a));
    json_put(j, "split", split_json(a));
    return j;
}

/* --- all of it -------------------------------------------------------------------------------------- */

struct json *run_summary_json(const struct summary *s)
{
    struct json *j = json_object(), *levels = json_array(), *models = json_array();
    struct json *roles = json_array(), *warnings = json_array();
    for (int i = 0; i < LEVELS; i++)
        json_add(levels, group_json("level", &s->level[i]));
    for (size_t i = 0; i < s->models; i++)
        json_add(models, group_json("model", &s->model[i]));
    for (int i = 0; i < ROLES; i++)
        json_add(roles, group_json("role", &s->role[i]));
    for (size_t i = 0; i < s->warning_count; i++)
        json_add_text(warnings, s->warnings[i]);
    json_put(j, "all", all_json(&s->all));
    json_put(j, "model_calls", calls_json(&s->all));
    json_put(j, "hits", hits_json(&s->all));
    json_put(j, "levels", levels);
    json_put(j, "models", models);
    json_put(j, "roles", roles);
    json_put(j, "right", right_json(&s->all));
    json_put(j, "labels", labels_json(s));
    json_put(j, "histogram", histogram_json(s));
    json_put(j, "always_reasoning", always_json(&s->always));
    json_put(j, "warnings", warnings);
    return j;
}

struct json *run_whole_json(const char *schema, const struct run_row *row,
                            const struct json *settings, const struct items *items,
                            const struct summary *sum)
{
    struct json *j = json_object();
    json_put_text(j, "schema", schema);
    json_put(j, "run", run_json(row));
    json_put(j, "settings", settings ? json_copy(settings) : json_object());
    json_put(j, "items", run_items_json(items));
    json_put(j, "summary", run_summary_json(sum));
    return j;
}
