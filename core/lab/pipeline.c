/* One question's whole life (pipeline.h): the ask, from text to answer.
 *
 * An ask walks through a few states, each left by a timer, a server's list or a landing:
 *   BEGUN -> IDENTITY (is the model still the one we know?) -> FLYING -> DONE
 * A fallback goes back to IDENTITY with the fast model. */
#include "core/lab/pipeline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/lab/flight.h"
#include "core/lab/landing.h"
#include "core/lab/ledger.h"
#include "core/lab/prepare.h"

const char pipeline_suffix[] =
    "Work through this step by step, one small step at a time, then state the final answer.";

/* How long a lookup waits for the server to say which model it holds. */
#define IDENTITY_LIMIT_MS 2000

enum ask_state { ASK_IS_BEGUN, ASK_IS_CHECKING, ASK_IS_FLYING, ASK_IS_DONE };

struct ask {
    struct ask *next;
    struct pipeline *pipeline;
    struct question q; /* texts live in the arena */
    struct arena arena;
    ask_hear *hear;
    void *self;

    enum ask_state state;
    struct net_timer step;     /* begins, cancels, delivers: always from net_step */
    struct net_timer deadline; /* of the reasoning model */
    int64_t held_since_ns;     /* its end waits for another process to leave the file */
    bool waits;
    struct waiter *waiter;
    struct passenger seat;
    bool cancelled, is_fallback, had_text, falls_back;
    struct lab_model *model;
    struct call_request request;
    struct cache_key key;

    int64_t started_ns, ended_ns; /* ended: without a flight */
    struct answer answer;
    struct lookup lookup;
    size_t signals;
};

struct ask_settings ask_settings_default(void)
{
    return (struct ask_settings){
        .temperature = 0,
        .top_p = NAN,
        .max_tokens = -1,
        .max_tokens_fast = DEFAULT_MAX_TOKENS_FAST,
        .max_tokens_reason = DEFAULT_MAX_TOKENS_REASON,
        .deadline_s = NAN,
        .think_budget = -1,
    };
}

struct question question_default(void)
{
    return (
        struct question){ .purpose = "ask", .record = true, .settings = ask_settings_default() };
}

static int64_t mono(const struct pipeline *p)
{
    return clock_mono(net_clock(p->net));
}

/* --- events ---------------------------------------------------------------------------- */

static void tell(struct ask *a, struct ask_event ev)
{
    ev.t_s = clock_seconds(mono(a->pipeline) - a->started_ns);
    ev.answer = &a->answer;
    if (a->hear)
        a->hear(a->self, &ev);
}

static void ask_free(struct ask *a)
{
    struct pipeline *p = a->pipeline;
    struct ask **at = &p->asks;
    while (*at != a)
        at = &(*at)->next;
    *at = a->next;
    net_timer_stop(p->net, &a->step);
    net_timer_stop(p->net, &a->deadline);
    lab_server_forget(a->waiter);
    arena_done(&a->arena);
    mem_free(a);
}

/* --- what is sent ----------------------------------------------------------------------- */

static void set_model(struct ask *a, struct lab_model *m)
{
    a->model = m;
    a->answer.server = m->server->server.name;
    a->answer.model = m->name;
}

/* --- the end of an ask ------------------------------------------------------------------ */

static void deliver(void *self)
{
    struct ask *a = self;
    a->state = ASK_IS_DONE;
    tell(a, (struct ask_event){ .type = ASK_END });
    ask_free(a);
}

/* Figures and rows; the telling comes after the commit. */
static void conclude(struct ask *a, int64_t ended_ns)
{
    net_timer_stop(a->pipeline->net, &a->deadline);
    double waited_s = clock_seconds(ended_ns - a->started_ns);
    ledger_figures(&a->answer, a->model, &a->lookup, waited_s);
    ledger_record(a->pipeline, &a->q, &a->answer, a->model, &a->lookup, a->signals);
    ledger_count(a->pipeline, &a->answer);
}

static void write_down(struct ask *a)
{
    landing_begin(a->pipeline);
    conclude(a, a->ended_ns);
    landing_end(a->pipeline);
}

static void conclude_when_free(void *self)
{
    struct ask *a = self;
    a->waits = a->q.record && landing_is_held_up(a->pipeline, &a->held_since_ns);
    if (a->waits) {
        net_timer_set(a->pipeline->net, &a->step, LANDING_AGAIN_MS, conclude_when_free, a);
        return;
    }
    write_down(a);
    deliver(a);
}

/* An end without a flight: a hit, or something that could not be asked. */
static void conclude_now(struct ask *a)
{
    a->ended_ns = mono(a->pipeline);
    conclude_when_free(a);
}

static void fail_now(struct ask *a, enum call_end end, const char *why, const char *advice)
{
    a->answer.end = end;
    a->answer.error = arena_string(&a->arena, why);
    a->answer.advice = arena_string(&a->arena, advice);
    conclude_now(a);
}

/* --- fallback --------------------------------------------------------------------------- */

static void check_identity(struct ask *a);

/* Auto route, reasoning model, nothing of the answer shown yet, another model to ask. */
static bool may_fall_back(const struct ask *a)
{
    return !a->is_fallback && !a->q.model && !a->q.compare && a->q.force == ROUTE_AUTO &&
           a->answer.role == ROLE_REASONING && !a->had_text && !a->cancelled && a->pipeline->fast &&
           a->pipeline->fast != a->model;
}

static void fall_back(struct ask *a, const char *why)
{
    net_timer_stop(a->pipeline->net, &a->deadline);
    a->is_fallback = true;
    a->answer.fallback_from = a->model->full_name;
    a->answer.fallback_why = arena_string(&a->arena, why);
    a->answer.role = ROLE_FAST;
    a->answer.error = a->answer.advice = NULL;
    a->answer.text = a->answer.thinking = "";
    a->answer.text_len = a->answer.thinking_len = 0;
    set_model(a, a->pipeline->fast);
    tell(a, (struct ask_event){ .type = ASK_FALLBACK,
                                .text = a->answer.fallback_why,
                                .len = strlen(a->answer.fallback_why) });
    check_identity(a);
}

static bool is_failure(enum call_end e)
{
    return !call_end_is_ok(e) && e != END_CANCELLED;
}

static const char *failure_words(struct ask *a, enum call_end end, const char *error)
{
    if (end == END_TIMEOUT_TOTAL && isfinite(a->q.settings.deadline_s))
        return arena_format(&a->arena, "no answer from '%s' within the deadline of %g s",
                            a->model->full_name, a->q.settings.deadline_s);
    return error ? error : call_end_words(end);
}

/* --- flying ----------------------------------------------------------------------------- */

static void heard(void *self, const struct model_event *ev)
{
    struct ask *a = self;
    struct ask_event out = { .text = ev->text, .len = ev->len };
    switch (ev->type) {
    case EVENT_STARTED:
        out.type = ASK_STARTED;
        break;
    case EVENT_THINKING:
        out.type = ASK_THINKING;
        break;
    case EVENT_TEXT:
        a->had_text = true;
        out.type = ASK_TEXT;
        break;
    case EVENT_RECLASSIFY:
        a->had_text = false;
        out.type = ASK_RECLASSIFY;
        break;
    case EVENT_UNTHINK:
        a->had_text = true;
        out.type = ASK_UNTHINK;
        break;
    case EVENT_USAGE:
        out.type = ASK_USAGE;
        out.usage = &ev->usage;
        break;
    case EVENT_WARN:
        out.type = ASK_WARN;
        out.warn = ev->warn;
        break;
    case EVENT_RETRY:
        out.type = ASK_RETRY;
        out.wait_ms = ev->wait_ms;
        out.loading = ev->loading;
        break;
    default:
        return;
    }
    tell(a, out);
}

/* The flight's texts and words, kept beyond the flight. */
static void take_landing(struct ask *a, const struct flight *f)
{
    struct answer *w = &a->answer;
    flight_fill(f, w);
    w->text = arena_copy(&a->arena, w->text, w->text_len);
    w->thinking = arena_copy(&a->arena, w->thinking, w->thinking_len);
    w->error = arena_string(&a->arena, w->error);
    w->advice = arena_string(&a->arena, w->advice);
    /* First words count from where the latency does: for a fallback and for a shared call that
     * is the question, not the call. */
    if (a->is_fallback || w->from == FROM_SHARED) {
        double offset_s = clock_seconds(f->started_ns - a->started_ns);
        w->ttft_s = fmax(0, w->ttft_s + offset_s);
        w->ttft_text_s = fmax(0, w->ttft_text_s + offset_s);
        if (!f->first_ns)
            w->ttft_s = NAN;
        if (!f->first_text_ns)
            w->ttft_text_s = NAN;
    }
}

static void landed(void *self)
{
    struct ask *a = self;
    take_landing(a, a->seat.flight);
    a->falls_back = is_failure(a->answer.end) && may_fall_back(a);
    if (!a->falls_back)
        conclude(a, a->seat.flight->ended_ns);
}

static void shown(void *self)
{
    struct ask *a = self;
    if (a->falls_back)
        fall_back(a, failure_words(a, a->answer.end, a->answer.error));
    else
        deliver(a);
}

static void board(struct ask *a, struct flight *f)
{
    a->seat = (struct passenger){
        .fallback = a->is_fallback, .hear = heard, .landed = landed, .shown = shown, .self = a
    };
    flight_board(f, &a->seat);
    a->state = ASK_IS_FLYING;
    a->answer.call_id = f->call_id;
    tell(a, (struct ask_event){ .type = ASK_CALLED });
}

/* The deadline passed: off the flight; then the fast model, or the end. */
static void deadline_passed(void *self)
{
    struct ask *a = self;
    struct flight *f = a->seat.flight;
    if (!f || !f->call) /* it was in time, and is being written down */
        return;
    take_landing(a, f);
    flight_leave(&a->seat, true);
    a->answer.end = END_TIMEOUT_TOTAL;
    const char *why = failure_words(a, END_TIMEOUT_TOTAL, NULL);
    if (may_fall_back(a))
        fall_back(a, why);
    else
        fail_now(a, END_TIMEOUT_TOTAL, why, "raise --deadline, or ask with --fast");
}

static void set_deadline(struct ask *a)
{
    double s = a->q.settings.deadline_s;
    bool reasoning = a->q.model || a->answer.role == ROLE_REASONING;
    if (isfinite(s) && reasoning && !a->is_fallback)
        net_timer_set(a->pipeline->net, &a->deadline, (int64_t)(s * 1000), deadline_passed, a);
}

/* What was said before we boarded. */
static void catch_up(struct ask *a, const struct flight *f)
{
    if (f->thinking.len)
        tell(a, (struct ask_event){
                    .type = ASK_THINKING, .text = f->thinking.data, .len = f->thinking.len });
    if (f->text.len) {
        a->had_text = true;
        tell(a, (struct ask_event){ .type = ASK_TEXT, .text = f->text.data, .len = f->text.len });
    }
}

/* Only where another model can answer instead does a breaker keep a call from its model: a
 * person who names the model or the role is let through. */
static enum breaker_pass pass_for(struct ask *a)
{
    struct pipeline *p = a->pipeline;
    struct breaker *b = &a->model->breaker;
    enum breaker_state before = b->state;
    if (!may_fall_back(a))
        return BREAKER_CALL;
    enum breaker_pass pass = breaker_allows(b, mono(p), NULL);
    ledger_breaker(p, a->model, before);
    return pass;
}

static void fly(struct ask *a)
{
    struct pipeline *p = a->pipeline;
    struct error err;
    enum breaker_pass pass = pass_for(a);
    if (pass == BREAKER_REFUSED) {
        double wait_s = clock_seconds(breaker_wait(&a->model->breaker, mono(p)));
        fall_back(a, arena_format(&a->arena,
                                  "the breaker of '%s' is open after repeated failures; one "
                                  "trial call in %.0f s",
                                  a->model->full_name, ceil(wait_s)));
        return;
    }
    struct flight *f = flight_start(p,
                                    &(struct flight_plan){ .model = a->model,
                                                           .key = &a->key,
                                                           .request = &a->request,
                                                           .question = &a->q,
                                                           .level = a->answer.level,
                                                           .role = a->answer.role,
                                                           .cot = a->answer.cot,
                                                           .pass = pass },
                                    &err);
    if (!f) {
        breaker_cancelled(&a->model->breaker, pass, mono(p));
        a->answer.key_refused = err.code == ERR_CONFIG || err.code == ERR_USAGE;
        fail_now(a, END_ERR_HTTP, err.text, NULL);
        return;
    }
    board(a, f);
    set_deadline(a);
}

/* --- looking up -------------------------------------------------------------------------- */

static void take_entry(struct ask *a, const struct cache_entry *e)
{
    struct answer *w = &a->answer;
    w->from = FROM_CACHE;
    w->end = END_OK_STOP;
    w->text = arena_copy(&a->arena, e->answer, e->answer_len);
    w->text_len = e->answer_len;
    w->thinking = arena_copy(&a->arena, e->thinking, e->thinking_len);
    w->thinking_len = e->thinking_len;
    w->original_latency_s = e->latency_s;
    w->ttft_s = w->ttft_text_s = w->load_s = NAN; /* of the call, not of this answer */
    w->prompt_tokens = e->prompt_tokens;
    w->completion_tokens = e->completion_tokens;
    w->thinking_tokens = e->thinking_tokens;
    w->answer_tokens = e->answer_tokens;
    w->tokens_kind = kind_from_name(e->tokens_kind);
    w->split_kind = kind_from_name(e->split_kind);
    w->call_id = e->call_id;
    /* Whose words these are: with the guard off the name may stand for another model by now. */
    w->identity = arena_string(&a->arena, e->identity);
    w->identity_kind = identity_kind_name(a->model->identity_kind);
}

/* True where the cache had it. */
static bool look_up(struct ask *a)
{
    struct pipeline *p = a->pipeline;
    if (!p->cache || a->q.no_cache || a->q.compare || a->is_fallback)
        return false;
    int64_t before = mono(p);
    struct cache_counts counted = cache_session_counts(p->cache);
    const struct cache_entry *e = cache_get(p->cache, &a->lookup.key);
    a->lookup.took_s = clock_seconds(mono(p) - before);
    bool expired = cache_session_counts(p->cache).expired > counted.expired;
    a->lookup.result = e ? "hit" : expired ? "expired" : "miss";
    if (!e)
        return false;
    take_entry(a, e);
    if (isfinite(a->answer.original_latency_s))
        cache_saved(p->cache, a->answer.original_latency_s - a->lookup.took_s);
    return true;
}

static void identity_known(void *self)
{
    struct ask *a = self;
    struct pipeline *p = a->pipeline;
    a->waiter = NULL;
    a->answer.identity_checked = a->model->identity_checked;
    question_prepare(p, &a->q, a->model, a->answer.role, a->answer.cot, &a->request, &a->key);
    a->lookup.key = cache_key_hash(&a->key);
    a->lookup.joined = cache_key_joined(&a->key);

    struct flight *f =
        a->q.no_cache || a->q.compare || a->is_fallback ? NULL : flight_find(p, &a->lookup.key);
    if (f) {
        a->answer.from = FROM_SHARED;
        a->lookup.result = "shared";
        board(a, f);
        set_deadline(a);
        catch_up(a, f);
    } else if (look_up(a)) {
        conclude_now(a);
    } else {
        fly(a);
    }
}

static void check_identity(struct ask *a)
{
    a->state = ASK_IS_CHECKING;
    if (!lab_model_is_listed(a->model)) {
        a->model->identity_checked = true;
        identity_known(a);
        return;
    }
    a->waiter = lab_server_refresh(a->model->server, false, IDENTITY_FRESH_NS, IDENTITY_LIMIT_MS,
                                   identity_known, a);
    if (!a->waiter)
        identity_known(a);
}

/* --- beginning ---------------------------------------------------------------------------- */

static void begin(void *self)
{
    struct ask *a = self;
    tell(a, (struct ask_event){ .type = ASK_ROUTED });
    check_identity(a);
}

static void copy_question(struct ask *a, const struct question *q)
{
    a->q = *q;
    a->q.text = arena_copy(&a->arena, q->text, q->len);
    a->q.purpose = arena_string(&a->arena, q->purpose);
    a->q.side = arena_string(&a->arena, q->side);
    a->q.name = arena_string(&a->arena, q->name);
    a->q.notes = arena_string(&a->arena, q->notes);
    a->q.settings.system = arena_string(&a->arena, q->settings.system);
    const char **stop = arena_new(&a->arena, const char *, q->settings.stop_count);
    for (size_t i = 0; i < q->settings.stop_count; i++)
        stop[i] = arena_string(&a->arena, q->settings.stop[i]);
    a->q.settings.stop = stop;
}

struct ask *ask_start(struct pipeline *p, const struct question *q, ask_hear *hear, void *self,
                      struct error *err)
{
    struct route route;
    struct lab_model *model;
    if (!question_plan(p, q, &p->verdict, &route, &model, err))
        return NULL;

    struct ask *a = mem_new(struct ask, 1);
    a->pipeline = p;
    a->hear = hear;
    a->self = self;
    a->started_ns = mono(p);
    copy_question(a, q);
    a->signals = p->verdict.count;
    a->answer = (struct answer){
        .query = a->q.text,
        .query_len = q->len,
        .name = a->q.name,
        .notes = a->q.notes,
        .score = p->verdict.score,
        .level = p->verdict.level,
        .rules = rules_name(p->rules),
        .by_name = q->model != NULL,
        .forced = q->force != ROUTE_AUTO,
        .role = route.role,
        .cot = route.cot,
        .text = "",
        .thinking = "",
        .latency_s = NAN,
        .original_latency_s = NAN,
        .call_s = NAN,
        .ttft_s = NAN,
        .ttft_text_s = NAN,
        .load_s = NAN,
        .prompt_tokens = -1,
        .completion_tokens = -1,
        .thinking_tokens = -1,
        .answer_tokens = -1,
        .tok_per_s = NAN,
        .thinking_s = NAN,
        .saved_s = NAN,
        .cost = NAN,
    };
    set_model(a, model);
    a->next = p->asks;
    p->asks = a;
    net_timer_set(p->net, &a->step, 0, begin, a);
    return a;
}

static void cancel_now(void *self)
{
    struct ask *a = self;
    struct flight *f = a->seat.flight;
    if (f && !f->call)
        return; /* too late: it has ended and is being written down */
    if (f) {
        take_landing(a, f);
        flight_leave(&a->seat, false);
    }
    lab_server_forget(a->waiter);
    a->waiter = NULL;
    a->answer.end = END_CANCELLED;
    a->answer.error = a->answer.advice = NULL;
    conclude_now(a);
}

void ask_cancel(struct ask *a)
{
    if (a->state == ASK_IS_DONE || a->waits)
        return;
    a->cancelled = true;
    net_timer_set(a->pipeline->net, &a->step, 0, cancel_now, a);
}

void ask_forget(struct ask *a)
{
    a->hear = NULL;
}

bool pipeline_key(struct pipeline *p, const struct question *q, struct cache_key *ret,
                  struct error *err)
{
    struct route route;
    struct lab_model *model;
    struct call_request request;
    if (!question_plan(p, q, &p->verdict, &route, &model, err))
        return false;
    question_prepare(p, q, model, route.role, route.cot, &request, ret);
    return true;
}

/* --- the pipeline itself ------------------------------------------------------------------ */

void pipeline_init(struct pipeline *p, struct models *models, struct net *net, struct store *store,
                   struct cache *cache, const struct rules *rules)
{
    *p = (struct pipeline){
        .models = models, .net = net, .store = store, .cache = cache, .rules = rules, .guard = true
    };
}

void pipeline_not_recorded(struct pipeline *p, const struct error *err)
{
    if (!p->not_recorded[0])
        snprintf(p->not_recorded, sizeof p->not_recorded, "%s", err->text);
}

void pipeline_done(struct pipeline *p)
{
    flight_drop_all(p);
    while (p->asks) {
        if (p->asks->waits)
            write_down(p->asks);
        ask_free(p->asks);
    }
    landing_done(p);
    verdict_done(&p->verdict);
}
