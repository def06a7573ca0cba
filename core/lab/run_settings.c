/* What a run was made with (run_settings.h). */
#include "core/lab/run_settings.h"

#include "core/limits.h"

static struct json *model_json(const struct lab_model *m)
{
    struct json *j = json_object();
    json_put_text(j, "model", m->full_name);
    json_put_text(j, "identity", m->identity);
    json_put_text(j, "identity_kind", identity_kind_name(m->identity_kind));
    return j;
}

static void put_model(struct json *j, const char *key, const struct lab_model *m)
{
    if (m)
        json_put(j, key, model_json(m));
    else
        json_put_null(j, key);
}

static void put_known(struct json *j, const char *key, int64_t v)
{
    if (v < 0)
        json_put_null(j, key);
    else
        json_put_int(j, key, v);
}

static struct json *thresholds_json(const struct pipeline *p)
{
    struct thresholds t = p->moved ? *p->moved : rules_thresholds(p->rules);
    struct json *j = json_object();
    json_put_int(j, "moderate", t.moderate);
    json_put_int(j, "complex", t.complex);
    return j;
}

static void put_sampling(struct json *j, const struct ask_settings *s)
{
    struct json *stop = json_array();
    for (size_t i = 0; i < s->stop_count; i++)
        json_add_text(stop, s->stop[i]);
    json_put_real(j, "temperature", s->temperature);
    json_put_real(j, "top_p", s->top_p);
    if (s->has_seed)
        json_put_int(j, "seed", s->seed);
    else
        json_put_null(j, "seed");
    put_known(j, "max_tokens", s->max_tokens);
    json_put_int(j, "max_tokens_fast", s->max_tokens_fast);
    json_put_int(j, "max_tokens_reason", s->max_tokens_reason);
    put_known(j, "think_budget", s->think_budget);
    json_put_real(j, "deadline_s", s->deadline_s);
    json_put_text(j, "system", s->system);
    json_put(j, "stop", stop);
}

char *run_settings_text(const struct pipeline *p, const struct run_plan *plan)
{
    struct json *j = plan->said ? json_copy(plan->said) : json_object();
    json_put_text(j, "set", plan->set->name);
    json_put_int(j, "queries", (int64_t)plan->set->count);
    json_put_int(j, "concurrency", plan->concurrency);
    json_put_bool(j, "no_cot", plan->no_cot);
    json_put_text(j, "rules", rules_name(p->rules));
    json_put(j, "thresholds", thresholds_json(p));
    put_model(j, "fast", p->fast);
    put_model(j, "reasoning", p->reasoning);
    put_sampling(j, &plan->settings);
    struct buf text = buf_with_max(4 * MAX_QUERY_BYTES + 64 * KIB);
    json_print(j, &text);
    json_free(j);
    return buf_take(&text);
}
