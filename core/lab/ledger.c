/* What is kept of an answer (ledger.h). */
#include "core/lab/ledger.h"

#include <math.h>
#include <string.h>

#include "core/lab/flight.h"
#include "core/lab/landing.h"
#include "core/store/calls.h"

/* --- transactions ----------------------------------------------------------------------- */

void ledger_group_begin(struct pipeline *p)
{
    struct commit_group *g = p->group;
    struct error err; /* the part that follows fails the same way, and is noted */
    if (!g || g->open || !p->store || !store_batch_begin(p->store, &err))
        return;
    g->open = true;
    net_timer_set(p->net, &g->timer, g->after_ms, g->due, g->self);
}

bool ledger_group_end(struct pipeline *p)
{
    struct commit_group *g = p->group;
    struct error err;
    if (!g || !g->open)
        return true;
    net_timer_stop(p->net, &g->timer);
    g->open = false;
    if (store_batch_end(p->store, &err))
        return true;
    pipeline_not_recorded(p, &err);
    for (struct flight *f = p->flights; f; f = f->next)
        f->call_id = 0;
    if (p->cache)
        cache_forget_calls(p->cache);
    return false;
}

/* --- rows and figures -------------------------------------------------------------------- */

void ledger_figures(struct answer *w, const struct lab_model *m, const struct lookup *l,
                    double waited_s)
{
    const struct server *s = &m->server->server;
    if (!w->identity) { /* a hit knows whose it is */
        w->identity = m->identity;
        w->identity_kind = identity_kind_name(m->identity_kind);
    }
    if (w->from == FROM_CACHE) {
        w->latency_s = l->took_s;
        w->saved_s = w->original_latency_s - w->latency_s;
        w->saved_kind = isfinite(w->saved_s) ? KIND_MEASURED : KIND_UNKNOWN;
        w->cost = 0;
        w->cost_kind = KIND_MEASURED;
        return;
    }
    /* A fallback took the wait for the first model too; a shared call began before us. */
    bool alone = !w->fallback_from && w->from == FROM_MODEL;
    w->latency_s = alone && isfinite(w->call_s) ? w->call_s : waited_s;
    if (isfinite(s->price_in) && isfinite(s->price_out) && w->prompt_tokens >= 0 &&
        w->completion_tokens >= 0 && w->from == FROM_MODEL) {
        w->cost =
            ((double)w->prompt_tokens * s->price_in + (double)w->completion_tokens * s->price_out) /
            1e6;
        w->cost_kind = w->tokens_kind;
    }
}

void ledger_count(struct pipeline *p, const struct answer *a)
{
    struct pipeline_stats *s = &p->stats;
    s->queries++;
    s->level[a->level]++;
    if (a->fallback_from)
        s->fallbacks++;
    if (a->from == FROM_CACHE) {
        s->hits++;
        s->saved_s += isfinite(a->saved_s) ? a->saved_s : 0;
    } else if (a->from == FROM_SHARED) {
        s->shared++;
    } else if (answer_is_good(a)) {
        if (a->by_name)
            s->other_calls++;
        else if (a->role == ROLE_FAST)
            s->fast_calls++;
        else
            s->reasoning_calls++;
        if (a->slowed)
            s->slowed++;
        else
            s->model_s += a->call_s;
    } else {
        s->failures++;
    }
}

/* With the guard off a hit may be of a model that is no longer behind the name. */
static bool is_stale(const struct answer *w, const struct lab_model *m)
{
    return w->from == FROM_CACHE && w->identity && *m->identity &&
           strcmp(w->identity, m->identity) != 0;
}

void ledger_record(struct pipeline *p, const struct question *q, struct answer *w,
                   const struct lab_model *m, const struct lookup *l, size_t signals)
{
    if (!q->record || !p->store)
        return;
    struct hash query = query_hash(w->query, w->query_len);
    struct landed_answer landed = {
        .signals = signals,
        .id = &w->answer_id,
        .call_id = &w->call_id,
        .pair_id = q->pair_id,
        .lookup = { .key = &l->key,
                    .joined = &l->joined,
                    .query = &query,
                    .result = l->result,
                    .model = m->full_name,
                    .purpose = q->purpose,
                    .lookup_s = l->took_s,
                    .saved_s = w->saved_s,
                    .stale = is_stale(w, m) },
    };
    landed.row = (struct answer_row){
        .call_id = w->call_id,
        .run_id = q->run_id,
        .purpose = q->purpose,
        .query = w->query,
        .query_len = w->query_len,
        .level = level_name(w->level),
        .rules = w->rules,
        .score = w->score,
        .role = w->by_name ? NULL : role_name(w->role),
        .server = w->server,
        .model = w->model,
        .cot = w->cot,
        .forced = w->forced,
        .from = answer_from_name(w->from),
        .end = call_end_name(w->end),
        .error = w->error,
        .latency_s = w->latency_s,
        .original_latency_s = w->original_latency_s,
        .saved_s = w->saved_s,
        .slowed = w->slowed,
        .fallback_from = w->fallback_from,
        .fallback_why = w->fallback_why,
        .side = q->side,
        .name = q->name,
        .notes = q->notes,
        .at_wall = clock_wall(net_clock(p->net)),
    };
    if (w->from == FROM_CACHE) {
        landed.row.text = w->text;
        landed.row.text_len = w->text_len;
        landed.row.thinking = w->thinking;
        landed.row.thinking_len = w->thinking_len;
    }
    landing_answer(p, &landed);
}

void ledger_breaker(struct pipeline *p, const struct lab_model *m, enum breaker_state before)
{
    if (m->breaker.state != before)
        landing_breaker(p, m->full_name, breaker_state_name(before),
                        breaker_state_name(m->breaker.state));
}
