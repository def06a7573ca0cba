/* One model call and everyone who waits for it (flight.h). */
#include "core/lab/flight.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/lab/landing.h"
#include "core/lab/ledger.h"
#include "core/lab/prompt_cut.h"
#include "core/limits.h"
#include "core/model/provider.h"
#include "core/store/calls.h"

/* How often the text of a running call is written down. */
#define PROGRESS_NS (1 * NS_PER_S)

static int64_t now_ns(const struct flight *f)
{
    return clock_mono(net_clock(f->pipeline->net));
}

struct flight *flight_find(struct pipeline *p, const struct hash *key)
{
    for (struct flight *f = p->flights; f; f = f->next)
        if (f->joinable && !f->landed && hash_equal(&f->key, key))
            return f;
    return NULL;
}

static void unlink_flight(struct flight *f)
{
    struct flight **at = &f->pipeline->flights;
    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
}

static void flight_free(struct flight *f)
{
    buf_done(&f->text);
    buf_done(&f->thinking);
    mem_free(f->error);
    mem_free(f->advice);
    arena_done(&f->arena);
    mem_free(f);
}

/* --- records --------------------------------------------------------------------------- */

static void store_result(struct flight *f)
{
    struct pipeline *p = f->pipeline;
    struct answer a = { 0 };
    flight_fill(f, &a);
    struct call_result r = {
        .end = call_end_name(f->end),
        .error = f->error,
        .text = buf_text(&f->text),
        .text_len = f->text.len,
        .thinking = buf_text(&f->thinking),
        .thinking_len = f->thinking.len,
        .latency_s = a.call_s,
        .ttft_s = a.ttft_s,
        .ttft_text_s = a.ttft_text_s,
        .load_s = a.load_s,
        .prompt_tokens = a.prompt_tokens,
        .completion_tokens = a.completion_tokens,
        .thinking_tokens = a.thinking_tokens,
        .answer_tokens = a.answer_tokens,
        .tokens_kind = kind_name(a.tokens_kind),
        .split_kind = kind_name(a.split_kind),
        .http_status = f->http_status,
        .tries = f->tries,
    };
    landing_call(p, &f->row, &f->call_id, &r);
}

/* The identity may have become better known with the reply (a hosted model's fingerprint):
 * the answer is kept under the key the next lookup will use. */
static struct hash key_now(struct flight *f)
{
    if (!f->pipeline->guard)
        return f->key;
    f->key_fields.identity = f->model->identity;
    f->key_fields.identity_kind = identity_kind_name(f->model->identity_kind);
    return cache_key_hash(&f->key_fields);
}

static bool may_cache(const struct flight *f)
{
    if (!answer_is_cacheable(f->end, f->warns))
        return false;
    for (const struct passenger *s = f->passengers; s; s = s->next)
        if (!s->fallback)
            return true;
    return false;
}

static void store_answer(struct flight *f)
{
    struct pipeline *p = f->pipeline;
    struct answer a = { 0 };
    flight_fill(f, &a);
    /* Another model took over the name while this one was answering: whose text is it? */
    bool same = !p->guard || f->model->identity_kind == IDENTITY_FINGERPRINT ||
                strcmp(f->model->identity, f->key_fields.identity) == 0;
    if (!p->cache || !same)
        return;
    struct hash key = key_now(f);
    char *fields = cache_key_fields(&f->key_fields);
    if (a.slowed) /* what it took says nothing, so a hit saves nothing that could be told */
        a.call_s = a.ttft_s = a.ttft_text_s = NAN;
    struct cache_entry e = {
        .key = key,
        .query = f->key_fields.query,
        .query_len = f->key_fields.query_len,
        .answer = buf_text(&f->text),
        .answer_len = f->text.len,
        .thinking = buf_text(&f->thinking),
        .thinking_len = f->thinking.len,
        .server = f->model->server->server.name,
        .model = f->model->name,
        .identity = f->model->identity,
        .level = level_name(f->level),
        .role = f->by_name ? NULL : role_name(f->role),
        .fields = arena_string(&f->arena, fields),
        .created_wall = clock_wall(net_clock(p->net)),
        .latency_s = a.call_s,
        .ttft_s = a.ttft_s,
        .ttft_text_s = a.ttft_text_s,
        .load_s = a.load_s,
        .prompt_tokens = a.prompt_tokens,
        .completion_tokens = a.completion_tokens,
        .thinking_tokens = a.thinking_tokens,
        .answer_tokens = a.answer_tokens,
        .tokens_kind = kind_name(a.tokens_kind),
        .split_kind = kind_name(a.split_kind),
    };
    landing_entry(p, &e);
    mem_free(fields);
}

static void breaker_hears(struct flight *f)
{
    struct pipeline *p = f->pipeline;
    struct breaker *b = &f->model->breaker;
    enum breaker_state before = b->state;
    int64_t now = now_ns(f);
    /* The client's own faults say nothing about the server's health; the built-in models have no
     * status to say so with. */
    bool client_fault = f->end == END_ERR_HTTP && f->http_status < 500 &&
                        (f->http_status >= 400 || f->context_too_long || f->model_missing);
    if (f->end == END_CANCELLED || client_fault)
        breaker_cancelled(b, f->pass, now);
    else if (call_end_is_ok(f->end))
        breaker_ok(b, f->pass, now);
    else
        breaker_failed(b, f->pass, now);
    ledger_breaker(p, f->model, before);
}

/* --- landing --------------------------------------------------------------------------- */

/* Everything one landing writes is one transaction (landing.h); passengers are told after it. */
static void write_down(struct flight *f)
{
    struct pipeline *p = f->pipeline;
    f->landed = true;
    landing_begin(p);
    breaker_hears(f);
    lab_model_keep_quirks(f->model);
    if (p->store)
        store_result(f);
    if (may_cache(f))
        store_answer(f);
    for (struct passenger *s = f->passengers; s; s = s->next)
        s->landed(s->self);
    landing_end(p);
}

static void report(struct flight *f)
{
    unlink_flight(f);
    while (f->passengers) {
        struct passenger *s = f->passengers;
        f->passengers = s->next;
        s->flight = NULL;
        s->shown(s->self);
    }
    flight_free(f);
}

/* Where another process holds the file, what ended waits for it, and the loop goes on. */
static void land_when_free(void *self)
{
    struct flight *f = self;
    struct net *net = f->pipeline->net;
    net_timer_stop(net, &f->again);
    if (landing_is_held_up(f->pipeline, &f->held_since_ns)) {
        net_timer_set(net, &f->again, LANDING_AGAIN_MS, land_when_free, f);
        return;
    }
    write_down(f);
    report(f);
}

static void land(struct flight *f)
{
    f->ended_ns = now_ns(f);
    f->call = NULL;
    land_when_free(f);
}

static void note_end(struct flight *f, const struct model_event *ev)
{
    f->end = ev->end;
    f->error = mem_string(ev->message);
    f->advice = mem_string(ev->advice);
    f->http_status = ev->status;
    f->model_missing = ev->model_missing;
    f->context_too_long = ev->context_too_long;
    f->no_room = ev->no_room;
    f->key_refused = ev->key_refused;
    if (ev->fingerprint && ev->fingerprint[0])
        lab_model_told(f->model, ev->fingerprint);
}

static void progress(struct flight *f)
{
    int64_t now = now_ns(f);
    struct error err;
    if (f->call_id <= 0 || now - f->stored_ns < PROGRESS_NS)
        return;
    f->stored_ns = now;
    /* Where it cannot be written nothing is lost: the next piece, and the landing, hold all of
     * it again. */
    (void)call_progress(f->pipeline->store, f->call_id, buf_text(&f->text), f->text.len,
                        buf_text(&f->thinking), f->thinking.len, &err);
}

/* The built-in models read all of it, and count words. */
static bool is_cut(const struct flight *f, enum call_end end)
{
    return call_end_is_ok(end) && !f->model->server->server.provider->start &&
           !(f->warns & (1u << WARN_PROMPT_CUT)) && prompt_looks_cut(&f->key_fields, &f->usage);
}

static void pass_on(struct flight *f, const struct model_event *ev)
{
    for (struct passenger *next, *s = f->passengers; s; s = next) {
        next = s->next;
        if (s->hear)
            s->hear(s->self, ev);
    }
}

/* Takes text in; false where a ceiling is passed. */
static bool take_text(struct flight *f, struct buf *to, const struct model_event *ev)
{
    if (!f->first_ns)
        f->first_ns = ev->at_ns;
    if (to == &f->text && !f->first_text_ns)
        f->first_text_ns = ev->at_ns;
    return buf_add(to, ev->text, ev->len);
}

static void heard(void *self, const struct model_event *ev)
{
    struct flight *f = self;
    bool fits = true;
    switch (ev->type) {
    case EVENT_THINKING:
        fits = take_text(f, &f->thinking, ev);
        break;
    case EVENT_TEXT:
        fits = take_text(f, &f->text, ev);
        break;
    case EVENT_RECLASSIFY:
        fits = buf_add(&f->thinking, buf_text(&f->text), f->text.len);
        buf_clear(&f->text);
        f->first_text_ns = 0;
        break;
    case EVENT_UNTHINK:
        fits = buf_add(&f->text, buf_text(&f->thinking), f->thinking.len);
        buf_clear(&f->thinking);
        f->first_text_ns = f->first_ns;
        break;
    case EVENT_USAGE:
        f->usage = ev->usage;
        break;
    case EVENT_WARN:
        f->warns |= 1u << ev->warn;
        break;
    case EVENT_RETRY:
        f->tries = ev->attempt;
        break;
    case EVENT_END:
        if (is_cut(f, ev->end)) {
            f->warns |= 1u << WARN_PROMPT_CUT;
            pass_on(f, &(struct model_event){ .type = EVENT_WARN,
                                              .at_ns = ev->at_ns,
                                              .warn = WARN_PROMPT_CUT,
                                              .text = "" });
        }
        note_end(f, ev);
        land(f);
        return;
    default:
        break;
    }
    pass_on(f, ev);
    if (!fits) {
        call_drop(f->call);
        note_end(f, &(struct model_event){ .end = END_ERR_PROTOCOL,
                                           .message = "the answer is longer than 16 MiB" });
        land(f);
        return;
    }
    progress(f);
}

/* --- starting -------------------------------------------------------------------------- */

static void copy_key(struct flight *f, const struct cache_key *k)
{
    struct arena *a = &f->arena;
    f->key_fields = *k;
    struct cache_key *own = &f->key_fields;
    own->provider = arena_string(a, k->provider);
    own->url = arena_string(a, k->url);
    own->model = arena_string(a, k->model);
    own->identity = arena_string(a, k->identity);
    own->query = arena_copy(a, k->query, k->query_len);
    own->suffix = arena_string(a, k->suffix);
    own->system = arena_string(a, k->system);
    const char **stop = arena_new(a, const char *, k->stop_count);
    for (size_t i = 0; i < k->stop_count; i++)
        stop[i] = arena_string(a, k->stop[i]);
    own->stop = stop;
    f->key = cache_key_hash(own);
}

static void begin_row(struct flight *f, const struct flight_plan *plan)
{
    struct pipeline *p = f->pipeline;
    const struct question *q = plan->question;
    struct error err;
    struct arena *a = &f->arena;
    f->row = (struct call_row){
        .server = arena_string(a, f->model->server->server.name),
        .url = arena_string(a, f->model->server->server.url),
        .model = arena_string(a, f->model->name),
        .identity = arena_string(a, f->model->identity),
        .identity_kind = identity_kind_name(f->model->identity_kind),
        .role = f->by_name ? NULL : role_name(f->role),
        .query = arena_copy(a, q->text, q->len),
        .query_len = q->len,
        .cot = plan->cot,
        .purpose = arena_string(a, q->purpose),
        .run_id = q->run_id,
        .started_wall = clock_wall(net_clock(p->net)),
    };
    if (p->store && !call_begin(p->store, &f->row, &f->call_id, &err))
        f->call_id = landing_number(p, &err);
}

struct flight *flight_start(struct pipeline *p, const struct flight_plan *plan, struct error *err)
{
    struct flight *f = mem_new(struct flight, 1);
    f->pipeline = p;
    f->model = plan->model;
    f->text = buf_with_max(MAX_ANSWER_BYTES);
    f->thinking = buf_with_max(MAX_ANSWER_BYTES);
    f->usage = USAGE_UNKNOWN;
    f->tries = 1;
    f->pass = plan->pass;
    f->stopped_as = END_CANCELLED;
    f->level = plan->level;
    f->role = plan->role;
    f->by_name = plan->question->model != NULL;
    f->joinable = !plan->question->no_cache && !plan->question->compare;
    copy_key(f, plan->key);

    const struct server *s = &f->model->server->server;
    struct call_timers timers = call_timers_for(s);
    f->call = call_start(p->net, s, &f->model->quirks, plan->request, &timers, heard, f, err);
    if (!f->call) {
        flight_free(f);
        return NULL;
    }
    f->next = p->flights;
    p->flights = f;
    begin_row(f, plan);
    /* The request goes out with the next step; what the disk took until now is not the model's. */
    f->started_ns = f->stored_ns = now_ns(f);
    return f;
}

void flight_board(struct flight *f, struct passenger *p)
{
    p->flight = f;
    p->next = f->passengers;
    f->passengers = p;
}

void flight_leave(struct passenger *p, bool expired)
{
    struct flight *f = p->flight;
    if (!f)
        return;
    struct passenger **at = &f->passengers;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    p->flight = NULL;
    if (f->passengers || f->landed || !f->call) /* no call: it ended, and is being written down */
        return;
    f->joinable = false; /* nobody boards a call that is being stopped */
    f->stopped_as = expired ? END_TIMEOUT_TOTAL : END_CANCELLED;
    if (expired)
        call_expire(f->call);
    else
        call_cancel(f->call);
}

void flight_fill(const struct flight *f, struct answer *a)
{
    a->text = buf_text(&f->text);
    a->text_len = f->text.len;
    a->thinking = buf_text(&f->thinking);
    a->thinking_len = f->thinking.len;
    a->end = f->end;
    a->error = f->error;
    a->advice = f->advice;
    a->http_status = f->http_status;
    a->model_missing = f->model_missing;
    a->context_too_long = f->context_too_long;
    a->no_room = f->no_room;
    a->key_refused = f->key_refused;
    a->warns = f->warns;
    a->slowed = f->usage.slowed;
    a->call_id = f->call_id;
    int64_t end = f->ended_ns ? f->ended_ns : now_ns(f);
    a->call_s = clock_seconds(end - f->started_ns);
    a->ttft_s = f->first_ns ? clock_seconds(f->first_ns - f->started_ns) : NAN;
    a->ttft_text_s = f->first_text_ns ? clock_seconds(f->first_text_ns - f->started_ns) : NAN;
    a->thinking_s = f->thinking.len
                        ? clock_seconds((f->first_text_ns ? f->first_text_ns : end) - f->first_ns)
                        : NAN;
    /* Loading lies inside the call; a server that tells more tells nonsense. */
    a->load_s = f->usage.load_s <= a->call_s ? f->usage.load_s : NAN;
    a->cold = a->load_s > COLD_LOAD_S;
    answer_count_tokens(a, &f->usage);
    answer_rate(a, &f->usage);
}

static void drop(struct flight *f)
{
    call_drop(f->call);
    f->landed = true;
    f->ended_ns = now_ns(f);
    f->end = f->stopped_as;
    landing_begin(f->pipeline);
    store_result(f);
    landing_end(f->pipeline);
}

void flight_drop_all(struct pipeline *p)
{
    while (p->flights) {
        struct flight *f = p->flights;
        p->flights = f->next;
        net_timer_stop(p->net, &f->again);
        if (f->call)
            drop(f);
        else
            write_down(f);
        for (struct passenger *s = f->passengers; s; s = s->next)
            s->flight = NULL;
        flight_free(f);
    }
}
