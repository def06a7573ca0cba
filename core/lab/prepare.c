/* What is sent, and the key that says the same (prepare.h). */
#include "core/lab/prepare.h"

#include "core/base/text.h"
#include "core/model/provider.h"

static bool choose_model(struct pipeline *p, const struct question *q, enum role role,
                         struct lab_model **ret, struct error *err)
{
    struct lab_model *m = q->model ? q->model : role == ROLE_FAST ? p->fast : p->reasoning;
    if (!m)
        return error_set(err, ERR_NET,
                         "no %s model: no model server was found; start one, or name it with "
                         "--server and --%s-model",
                         role_name(role), role == ROLE_FAST ? "fast" : "reason");
    if (q->compare && p->fast == p->reasoning)
        return error_set(err, ERR_USAGE,
                         "two different models are needed to compare; both roles have '%s': "
                         "choose with --fast-model and --reason-model",
                         p->fast->full_name);
    *ret = m;
    return true;
}

/* A budget someone gave is never left out in silence. */
static bool check_budget(const struct lab_model *m, int64_t budget, struct error *err)
{
    const struct server *s = &m->server->server;
    if (budget <= 0 || s->think != THINK_NEVER)
        return true;
    return error_set(err, ERR_USAGE,
                     "server '%s' is set to think = never, so it can be given no thinking budget: "
                     "leave out --think-budget, or change 'think' in the server's section of the "
                     "config",
                     s->name);
}

bool question_plan(struct pipeline *p, const struct question *q, struct verdict *v,
                   struct route *ret_route, struct lab_model **ret_model, struct error *err)
{
    if (!text_check_query(q->text, q->len, err))
        return false;
    if (text_is_blank(q->text, q->len))
        return error_set(err, ERR_USAGE, "nothing to ask: give a question");
    classify(p->rules, q->text, q->len, v);
    if (p->moved)
        v->level = thresholds_level(p->moved, v->score);
    struct route r = route_for(v->level, q->force);
    if (q->compare) /* both columns get the same prompt */
        r.cot = route_for(v->level, ROUTE_AUTO).cot;
    if (q->no_cot || q->model)
        r.cot = false;
    if (!choose_model(p, q, r.role, ret_model, err) ||
        !check_budget(*ret_model, q->settings.think_budget, err))
        return false;
    *ret_route = r;
    return true;
}

/* Thinking needs room beside the answer, whoever does it. */
static int64_t limit_for(const struct ask_settings *s, bool roomy)
{
    if (s->max_tokens > 0)
        return s->max_tokens;
    return roomy ? s->max_tokens_reason : s->max_tokens_fast;
}

/* Off for fast, on for reasoning, to models that can be told; a model asked by name thinks
 * as it likes. A budget says more than the role does, where the server takes one. */
static int think_for(const struct lab_model *m, bool by_name, enum role role, int64_t budget)
{
    const struct server *s = &m->server->server;
    enum think_policy policy = s->think;
    if (budget >= 0 && s->provider->takes_budget && m->thinking != TRI_NO && policy != THINK_NEVER)
        return budget > 0 ? THINK_ON : THINK_OFF;
    if (policy == THINK_NEVER || by_name ||
        (policy == THINK_BY_CAPABILITY && m->thinking != TRI_YES))
        return THINK_UNSET;
    return role == ROLE_REASONING ? THINK_ON : THINK_OFF;
}

void question_prepare(const struct pipeline *p, const struct question *q, const struct lab_model *m,
                      enum role role, bool cot, struct call_request *r, struct cache_key *k)
{
    static const char *const think_names[] = { "unset", "off", "on" };
    const struct ask_settings *s = &q->settings;
    int think = think_for(m, q->model != NULL, role, s->think_budget);
    bool roomy = q->model || role == ROLE_REASONING || (think == THINK_ON && s->think_budget > 0);
    *r = (struct call_request){
        .model = m->stands_for ? m->stands_for : m->name,
        .query = q->text,
        .query_len = q->len,
        .suffix = cot ? pipeline_suffix : NULL,
        .system = s->system,
        .temperature = s->temperature,
        .top_p = s->top_p,
        .max_tokens = limit_for(s, roomy),
        .has_seed = s->has_seed,
        .seed = s->seed,
        .stop = s->stop,
        .stop_count = s->stop_count,
        .think = think,
        .think_budget = s->think_budget,
        .context_tokens = m->context_tokens,
        .arranged = m->arranged,
    };
    *k = (struct cache_key){
        .provider = m->server->server.provider->name,
        .url = m->stands_for ? NULL : m->server->server.url,
        .model = m->name,
        .identity = p->guard ? m->identity : NULL,
        .identity_kind = p->guard ? identity_kind_name(m->identity_kind) : NULL,
        .query = q->text,
        .query_len = q->len,
        .suffix = r->suffix,
        .system = s->system,
        .temperature = s->temperature,
        .top_p = s->top_p,
        .max_tokens = r->max_tokens,
        .think_budget = s->think_budget,
        .has_seed = s->has_seed,
        .seed = s->seed,
        .stop = s->stop,
        .stop_count = s->stop_count,
        .think = think_names[think],
        .sample = q->sample,
    };
}
