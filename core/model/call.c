/* One request to one model (call.h): owns the tries, their timers and the one end.
 *
 * Every try has its own transfer and decoder. The decoder's END is not passed on: it is kept,
 * and settle() decides whether it is the call's end or only the end of that try. A call can
 * be forgotten (its end delivered, or dropped by its owner) while its own functions are on
 * the stack, so those run between enter() and leave(), and leave() frees it. */
#include "core/model/call.h"

#include <assert.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/limits.h"
#include "core/model/decode.h"
#include "core/model/provider.h"
#include "core/model/quirks.h"
#include "core/model/retry.h"
#include "core/model/trouble.h"

/* A model that is being loaded: how often to look whether it is there. */
#define LOADING_POLL_MS 1000
/* ... and how often to say that it is not. */
#define LOADING_SAY_NS (30 * NS_PER_S)

/* Of a reply whose end is known, the rest (its last chunk, the words of an error) is waited for
 * so long: some servers then keep the connection open, or send rubbish without end. */
#define LINGER_MS 2000

/* An answer that comes at once after a long silence was held back by something in between:
 * so many pieces, within so long, after so long. Faster than any model writes. */
#define BURST_PIECES     50
#define BURST_NS         (50 * NS_PER_MS)
#define BURST_SILENCE_NS (1 * NS_PER_S)

struct call {
    struct net *net;
    const struct server *server;
    struct model_quirks *quirks;
    struct call_request request; /* its texts live in `asked` */
    struct call_timers limits;
    model_hear *hear;
    void *self;
    struct arena asked;

    /* This try. */
    struct net_transfer *transfer; /* NULL between tries */
    struct decoder *decoder;       /* NULL between tries */
    struct inside *inside;         /* instead of both, where the provider answers itself */
    struct arena told;             /* texts of its end */
    struct model_event end;        /* what its decoder said last */
    bool ended;                    /* end is set */
    bool passes;                   /* its connection failed in a way that may pass */
    bool sent_completion_limit;    /* the limit went out as max_completion_tokens */
    bool budget_left_out;          /* asked for, not sent */
    struct retry_hint hint;
    const char *redirect; /* where a 3xx points, in `told` */
    const char *encoding; /* the Content-Encoding nobody asked for, in `told`, or NULL */
    bool packed;          /* ... and the bytes are no text, so it is true */
    int64_t started_ns;

    /* All tries. */
    struct net_timer first, idle, linger, total, again, stop;
    int tries, retries;
    unsigned dropped;  /* bit per enum refused: left out already */
    bool fresh;        /* the next try takes no kept connection */
    bool loading;      /* the server said it loads the model; `first` runs on */
    bool loading_said; /* that was the last thing passed on */
    int64_t said_ns;
    int pieces; /* of output, with the times of the first and the last */
    int64_t first_ns, last_ns;
    struct secret_stream kept_back[3]; /* of thinking, text and tools, by PIECE_... */
    bool unthought;                    /* what was taken for thinking was the answer */

    bool stopping; /* cancelled or expired, its end comes at the next step */
    enum call_end stop_end;
    int depth; /* of our own functions on the stack */
    bool forgotten;
};

struct call_timers call_timers_for(const struct server *s)
{
    return (struct call_timers){
        .connect_ms = 5000, .first_ms = s->local ? 300000 : 120000, .idle_ms = 120000, .total_ms = 0
    };
}

/* --- life ---------------------------------------------------------------------------- */

static int64_t now_ns(const struct call *c)
{
    return clock_mono(net_clock(c->net));
}

/* What was counted until the stop, or nothing where nothing ran inside. */
static struct usage stop_inside(struct call *c)
{
    struct usage counted = USAGE_UNKNOWN;
    if (c->inside)
        c->server->provider->cancel(c->inside, &counted);
    c->inside = NULL;
    return counted;
}

/* Ends what belongs to this try alone. */
static void end_try(struct call *c)
{
    net_timer_stop(c->net, &c->idle);
    net_timer_stop(c->net, &c->linger);
    if (c->transfer)
        net_cancel(c->transfer);
    c->transfer = NULL;
    decoder_free(c->decoder);
    c->decoder = NULL;
    stop_inside(c);
    c->ended = false;
}

static void call_free(struct call *c)
{
    end_try(c);
    struct net_timer *timers[] = { &c->first, &c->total, &c->again, &c->stop };
    for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
        net_timer_stop(c->net, timers[i]);
    arena_done(&c->asked);
    arena_done(&c->told);
    mem_free(c);
}

static struct call *enter(void *self)
{
    struct call *c = self;
    c->depth++;
    return c;
}

/* Whether the call is still there. */
static bool leave(struct call *c)
{
    if (--c->depth > 0 || !c->forgotten)
        return true;
    call_free(c);
    return false;
}

/* --- the end ------------------------------------------------------------------------- */

static void set_end(struct call *c, const struct trouble *t)
{
    c->ended = true;
    c->end.type = EVENT_END;
    c->end.end = t->end;
    c->end.message = t->message;
    c->end.advice = t->advice;
    c->end.text = "";
}

static void say_warning(struct call *c, enum call_warn w)
{
    c->hear(c->self,
            &(struct model_event){ .type = EVENT_WARN, .at_ns = now_ns(c), .warn = w, .text = "" });
}

static bool came_as_burst(const struct call *c)
{
    return c->pieces >= BURST_PIECES && c->last_ns - c->first_ns < BURST_NS &&
           c->first_ns - c->started_ns > BURST_SILENCE_NS;
}

/* A model that closes a thought it had not opened, twice in a row, begins inside one: a
 * single answer may only quote the tag. A whole answer without the tag shows that this does
 * not hold. */
static void learn_from_answer(struct call *c)
{
    struct model_quirks *q = c->quirks;
    if (!c->decoder || c->pieces == 0 || c->end.end != END_OK_STOP)
        return;
    if (c->unthought) {
        q->starts_inside_think = q->maybe_inside_think = false;
    } else if (!q->starts_inside_think) {
        bool looks = decoder_began_inside(c->decoder);
        q->starts_inside_think = looks && q->maybe_inside_think;
        q->maybe_inside_think = looks && !q->starts_inside_think;
    }
}

/* The one place where a call's end leaves it. */
static void deliver(struct call *c)
{
    assert(c->ended);
    if (call_end_is_ok(c->end.end) && came_as_burst(c))
        say_warning(c, WARN_BURST);
    if (c->forgotten) /* dropped while it heard the warning */
        return;
    learn_from_answer(c);
    c->forgotten = true;
    c->end.at_ns = now_ns(c);
    c->hear(c->self, &c->end);
}

/* Breaks off whatever is going on: a stop, or a limit that ran out. */
static void halt(struct call *c, struct trouble t)
{
    if (c->transfer)
        net_cancel(c->transfer);
    c->transfer = NULL;
    struct usage counted = stop_inside(c);
    if (counted.prompt_tokens >= 0)
        c->hear(c->self,
                &(struct model_event){
                    .type = EVENT_USAGE, .at_ns = now_ns(c), .text = "", .usage = counted });
    if (c->forgotten) /* dropped by the one who heard of it */
        return;
    if (c->decoder && !c->ended)
        decoder_fail(c->decoder, t.end, t.message, t.advice, now_ns(c));
    if (!c->ended || c->stopping) /* nothing ran, or it ended in the step it was stopped in */
        set_end(c, &t);
    deliver(c);
}

/* --- timers -------------------------------------------------------------------------- */

static void on_stop(void *self)
{
    struct call *c = enter(self);
    struct trouble t = { .end = c->stop_end };
    if (c->stop_end == END_TIMEOUT_TOTAL)
        t = trouble_of_limit(c->server, END_TIMEOUT_TOTAL, 0, &c->told);
    halt(c, t);
    leave(c);
}

static void limit_reached(void *self, enum call_end end, int64_t limit_ms)
{
    struct call *c = enter(self);
    if (!c->stopping)
        halt(c, end == END_TIMEOUT_FIRST && c->loading_said
                    ? trouble_of_loading(c->server, limit_ms, &c->told)
                    : trouble_of_limit(c->server, end, limit_ms, &c->told));
    leave(c);
}

static void on_first(void *self)
{
    limit_reached(self, END_TIMEOUT_FIRST, ((struct call *)self)->limits.first_ms);
}

static void on_idle(void *self)
{
    limit_reached(self, END_TIMEOUT_IDLE, ((struct call *)self)->limits.idle_ms);
}

static void on_total(void *self)
{
    limit_reached(self, END_TIMEOUT_TOTAL, ((struct call *)self)->limits.total_ms);
}

static void set_limit(struct call *c, struct net_timer *t, int64_t ms, void (*fire)(void *self))
{
    if (ms > 0)
        net_timer_set(c->net, t, ms, fire, c);
}

/* --- between tries ------------------------------------------------------------------- */

static void try_again(void *self);

/* A setting refused by name is left out once; refused again, it was not the reason. */
static bool drop_refused(struct call *c)
{
    bool told = c->end.end == END_ERR_HTTP || c->end.end == END_ERR_STREAM;
    enum refused what = told ? decoder_refused(c->decoder) : REFUSED_NOTHING;
    enum call_warn warn;
    if (c->dropped & 1U << what || !quirks_learn(c->quirks, what, c->sent_completion_limit, &warn))
        return false;
    c->dropped |= 1U << what;
    say_warning(c, warn);
    return true;
}

static double jitter(void)
{
    uint32_t r;
    hash_random(&r, sizeof r);
    return (double)r / (double)UINT32_MAX;
}

/* A model that is loaded for minutes is worth a line now and then, not one a second. */
static bool is_old_news(struct call *c)
{
    int64_t now = now_ns(c);
    if (c->end.loading && c->loading_said && now - c->said_ns < LOADING_SAY_NS)
        return true;
    c->loading_said = c->end.loading;
    c->said_ns = now;
    return false;
}

static void announce(struct call *c, int64_t wait_ms)
{
    if (is_old_news(c))
        return;
    const char *why = c->end.message ? c->end.message : "";
    if (c->end.loading)
        why = arena_format(&c->told, "%s is loading its model", trouble_where(c->server, &c->told));
    c->hear(c->self, &(struct model_event){ .type = EVENT_RETRY,
                                            .at_ns = now_ns(c),
                                            .text = why,
                                            .len = strlen(why),
                                            .status = c->end.status,
                                            .wait_ms = wait_ms,
                                            .attempt = c->tries + 1,
                                            .loading = c->end.loading });
}

/* Whether the try is to be repeated, and if so, after how long. May turn the end into a
 * better sentence. */
static bool worth_again(struct call *c, int64_t *ret_wait_ms)
{
    if (c->end.loading &&
        c->hint.should != RETRY_NO) { /* until the limit for the first word, which runs on */
        c->loading = true;
        *ret_wait_ms = LOADING_POLL_MS;
        return true;
    }
    bool failed_below = c->end.end == END_ERR_TRANSPORT || c->end.end == END_TIMEOUT_CONNECT;
    if (failed_below)
        c->end.retryable = c->passes;
    bool barred = !c->end.retryable && (c->end.status == 402 || c->end.status == 429);
    switch (retry_decide(&c->hint, c->end.retryable, barred, c->retries, jitter(), ret_wait_ms)) {
    case RETRY_NEVER:
        return false;
    case RETRY_TOO_LONG: {
        struct trouble t = trouble_of_wait(c->server, c->end.status, *ret_wait_ms, &c->told);
        c->end.message = t.message;
        c->end.advice = t.advice;
        return false;
    }
    case RETRY_AGAIN:
        c->retries++;
        return true;
    }
    return false;
}

/* A try has ended by itself: the call's end, or one more try? */
static void settle(struct call *c)
{
    if (c->stopping) /* on_stop delivers, in this step or the next */
        return;
    int64_t wait_ms = 0;
    bool again = false;
    if (!call_end_is_ok(c->end.end) && !decoder_has_output(c->decoder)) {
        again = drop_refused(c);
        if (!again && worth_again(c, &wait_ms)) {
            announce(c, wait_ms);
            again = true;
        }
    }
    if (c->forgotten) /* dropped by the one who heard of it */
        return;
    if (!again) {
        deliver(c);
        return;
    }
    end_try(c);
    if (!c->loading)
        net_timer_stop(c->net, &c->first);
    net_timer_set(c->net, &c->again, wait_ms, try_again, c);
}

/* --- one try ------------------------------------------------------------------------- */

static void note_output(struct call *c, int64_t at_ns)
{
    if (c->pieces++ == 0) {
        c->first_ns = at_ns;
        net_timer_stop(c->net, &c->first);
    }
    c->last_ns = at_ns;
}

/* --- a server that repeats its key ----------------------------------------------------- */

/* The kinds of event that carry what a model wrote, piece by piece. */
static const enum event_type piece_types[] = { EVENT_THINKING, EVENT_TEXT, EVENT_TOOL };
#define PIECES (sizeof piece_types / sizeof *piece_types)

/* Hands over what was held back of every kind but one (PIECES: of all). */
static void release(struct call *c, size_t but, int64_t at_ns)
{
    for (size_t i = 0; i < PIECES; i++) {
        struct buf b = buf_with_max(MAX_EVENT_BYTES);
        if (i != but)
            secret_flush(&c->kept_back[i], c->server->key, &b);
        if (b.len && !c->forgotten)
            c->hear(c->self, &(struct model_event){ .type = piece_types[i],
                                                    .at_ns = at_ns,
                                                    .text = buf_text(&b),
                                                    .len = b.len });
        buf_done(&b);
    }
}

/* Passes an event on, without the key of the server in what it says. */
static void pass_on(struct call *c, const struct model_event *ev)
{
    size_t i = 0;
    while (i < PIECES && piece_types[i] != ev->type)
        i++;
    bool orders = i < PIECES || ev->type == EVENT_RECLASSIFY || ev->type == EVENT_UNTHINK;
    if (!c->server->key) {
        c->hear(c->self, ev);
        return;
    }
    if (orders)
        release(c, i, ev->at_ns);
    if (c->forgotten)
        return;
    struct model_event clean = *ev;
    struct buf b = buf_with_max(3 * MAX_EVENT_BYTES);
    if (i < PIECES)
        secret_pass(&c->kept_back[i], c->server->key, ev->text, ev->len, &b);
    else if (ev->text) /* what a warning repeats */
        secret_clean(c->server->key, ev->text, strlen(ev->text), &b);
    if (ev->text) {
        clean.text = buf_text(&b);
        clean.len = i < PIECES || ev->len ? b.len : 0;
    }
    if (i == PIECES || clean.len || !ev->len) /* all of a piece may be held back */
        c->hear(c->self, &clean);
    buf_done(&b);
}

/* --- what is heard --------------------------------------------------------------------- */

/* What the decoder says goes on to the caller, but for its END. */
static void hear_decoder(void *self, const struct model_event *ev)
{
    struct call *c = self;
    if (c->forgotten)
        return;
    if (ev->type == EVENT_END)
        release(c, PIECES, ev->at_ns);
    if (c->forgotten)
        return;
    if (ev->type == EVENT_END) {
        c->end = *ev;
        c->end.message = trouble_clean(c->server, ev->message, &c->told);
        c->end.advice = trouble_clean(c->server, ev->advice, &c->told);
        c->end.fingerprint = trouble_clean(c->server, ev->fingerprint, &c->told);
        c->end.text = "";
        c->ended = true;
        return;
    }
    if (ev->type == EVENT_THINKING || ev->type == EVENT_TEXT || ev->type == EVENT_TOOL)
        note_output(c, ev->at_ns);
    c->unthought |= ev->type == EVENT_UNTHINK;
    pass_on(c, ev);
}

/* A provider that answers itself ends for good: there is nothing to try again. */
static void hear_inside(void *self, const struct model_event *ev)
{
    struct call *c = enter(self);
    if (ev->type == EVENT_END)
        c->inside = NULL;
    hear_decoder(c, ev);
    if (c->ended && !c->stopping && !c->forgotten)
        deliver(c);
    leave(c);
}

static void on_linger(void *self);

/* From here on it alone watches over this try. */
static void begin_linger(struct call *c)
{
    int64_t idle_ms = c->limits.idle_ms;
    if (c->linger.place)
        return;
    net_timer_stop(c->net, &c->idle);
    net_timer_set(c->net, &c->linger, idle_ms > 0 && idle_ms < LINGER_MS ? idle_ms : LINGER_MS,
                  on_linger, c);
}

static void on_head(void *self, const struct net_head *head)
{
    struct call *c = enter(self);
    struct net_transfer *t = head->transfer;
    if (head->status >= 400)
        c->hint = retry_read(net_header(t, "x-should-retry"), net_header(t, "retry-after-ms"),
                             net_header(t, "retry-after"), clock_wall(net_clock(c->net)));
    if (head->status >= 300 && head->status < 400)
        c->redirect = trouble_clean(c->server, net_header(t, "location"), &c->told);
    const char *encoding = net_header(t, "content-encoding");
    if (trouble_is_packed(encoding))
        c->encoding = trouble_clean(c->server, encoding, &c->told);
    decoder_head(c->decoder, head->status, head->content_type, head->at_ns);
    if (head->status >= 300)
        begin_linger(c);
    if (head->status < 300 && c->budget_left_out && !c->forgotten)
        say_warning(c, WARN_NO_BUDGET);
    leave(c);
}

static bool on_bytes(void *self, const char *data, size_t len, int64_t at_ns)
{
    struct call *c = enter(self);
    bool more = false;
    if (!c->stopping) {
        /* Only from here on: before the first byte silence is a model being loaded, and
         * that has a limit of its own. */
        if (!c->linger.place)
            set_limit(c, &c->idle, c->limits.idle_ms, on_idle);
        c->packed |= c->encoding && !trouble_is_plain(data, len);
        more = decoder_bytes(c->decoder, data, len, at_ns);
        if (more && decoder_is_settled(c->decoder))
            begin_linger(c);
    }
    return leave(c) && more;
}

/* Of a reply that is none, the cause: what came, and from where. */
static void explain(struct call *c)
{
    bool unread = c->end.end == END_TRUNCATED || c->end.end == END_ERR_PROTOCOL;
    if (c->packed && (unread || c->end.end == END_ERR_HTTP) && !decoder_has_output(c->decoder)) {
        struct trouble t =
            trouble_of_encoding(c->server, c->end.end, c->end.status, c->encoding, &c->told);
        set_end(c, &t);
    } else if (unread) {
        c->end.message =
            arena_format(&c->told, "%s: %s", trouble_where(c->server, &c->told), c->end.message);
    }
}

/* The try has ended, its decoder has said how. */
static void finish_try(struct call *c)
{
    explain(c);
    if (c->end.end == END_ERR_HTTP && c->end.status >= 300 && c->end.status < 400) {
        struct trouble t = trouble_of_redirect(c->server, c->end.status, c->redirect, &c->told);
        set_end(c, &t);
    }
    settle(c);
}

/* The reply's end is known, but the server does not come to it. */
static void on_linger(void *self)
{
    struct call *c = enter(self);
    if (!c->stopping && c->transfer) {
        net_cancel(c->transfer);
        c->transfer = NULL;
        net_timer_stop(c->net, &c->idle);
        decoder_eof(c->decoder, now_ns(c));
        finish_try(c);
    }
    leave(c);
}

/* Turns the transfer's outcome into the decoder's last word. */
static void end_decoder(struct call *c, const struct net_result *r)
{
    if (c->ended)
        return;
    /* A connection that breaks after the end mark has broken nothing. */
    bool whole = r->outcome == NET_CUT && decode_saw_end_mark(c->decoder);
    if (r->outcome == NET_OK || whole) {
        decoder_eof(c->decoder, now_ns(c));
        return;
    }
    struct trouble t = trouble_of_transfer(c->server, r, c->limits.connect_ms, &c->told);
    c->passes = t.passes;
    decoder_fail(c->decoder, t.end, t.message, t.advice, now_ns(c));
}

/* No reply to what was asked, on a kept connection: it was dying, or something was left on it
 * of the reply before. */
static bool kept_badly(const struct call *c, const struct net_result *r)
{
    bool no_reply = r->outcome == NET_NO_REPLY || (r->outcome == NET_FAILED && r->status == 0);
    return no_reply && r->reused && !c->fresh;
}

static void on_done(void *self, const struct net_result *r)
{
    struct call *c = enter(self);
    c->transfer = NULL;
    net_timer_stop(c->net, &c->idle);
    net_timer_stop(c->net, &c->linger);
    if (c->stopping) {
        leave(c);
        return;
    }
    if (kept_badly(c, r)) {
        /* That says nothing about the server, so it is no retry that counts. */
        c->fresh = true;
        end_try(c);
        say_warning(c, WARN_RECONNECTED);
        net_timer_set(c->net, &c->again, 0, try_again, c);
        leave(c);
        return;
    }
    end_decoder(c, r);
    finish_try(c);
    leave(c);
}

static bool send_try(struct call *c, struct buf *body, struct error *err)
{
    const struct provider *p = c->server->provider;
    if (!p->request(c->server, &c->request, c->quirks, body, err))
        return false;
    /* Inside a text this name could only stand behind an escaped quote. */
    c->sent_completion_limit = strstr(buf_text(body), "\"max_completion_tokens\":");
    bool wanted = c->request.think_budget > 0 ||
                  (c->request.think_budget == 0 && c->request.think != THINK_OFF);
    c->budget_left_out = wanted && !strstr(buf_text(body), "\"budget_tokens\":");

    static const struct net_handler handler = { on_head, on_bytes, on_done };
    struct arena a = { 0 };
    struct net_request r = {
        .method = "POST",
        .url = arena_format(&a, "%s%s", c->server->url, p->path),
        .headers = p->headers(c->server, &a),
        .body = buf_text(body),
        .body_len = body->len,
        .connect_ms = c->limits.connect_ms > 0 ? c->limits.connect_ms : INT32_MAX,
        .ca_file = c->server->ca_file,
        .local = c->server->local,
        .fresh = c->fresh,
    };
    c->transfer = net_start(c->net, &r, &handler, c, err);
    arena_done(&a);
    return c->transfer != NULL;
}

static bool start_transfer(struct call *c, struct error *err)
{
    struct buf body = buf_with_max(MAX_REPLY_BYTES);
    bool ok = send_try(c, &body, err);
    buf_done(&body);
    if (ok)
        c->decoder = decoder_new(c->server->provider, c->quirks->starts_inside_think,
                                 c->request.context_tokens, hear_decoder, c);
    return ok;
}

static bool start_inside(struct call *c, struct error *err)
{
    c->inside = c->server->provider->start(c->net, c->server, &c->request, hear_inside, c, err);
    return c->inside != NULL;
}

static bool start_try(struct call *c, struct error *err)
{
    arena_clear(&c->told);
    c->end = (struct model_event){ 0 };
    c->hint = RETRY_NO_HINT;
    c->redirect = NULL;
    c->encoding = NULL;
    c->packed = false;
    c->passes = false;
    memset(c->kept_back, 0, sizeof c->kept_back);
    c->started_ns = now_ns(c);
    c->tries++;
    if (!c->first.place)
        set_limit(c, &c->first, c->limits.first_ms, on_first);
    return c->server->provider->start ? start_inside(c, err) : start_transfer(c, err);
}

static void try_again(void *self)
{
    struct call *c = enter(self);
    struct error err;
    if (!c->stopping && !start_try(c, &err)) {
        struct trouble t = { .end = END_ERR_PROTOCOL,
                             .message = trouble_clean(c->server, err.text, &c->told) };
        set_end(c, &t);
        deliver(c);
    }
    leave(c);
}

/* --- arranged trouble -------------------------------------------------------------------- */

static void refuse(void *self)
{
    struct call *c = enter(self);
    struct trouble t = { .end = END_ERR_TRANSPORT,
                         .message = "refused by the switch on the call path, as arranged" };
    if (!c->stopping) {
        set_end(c, &t);
        deliver(c);
    }
    leave(c);
}

/* The first try, or the trouble that was arranged in its place. */
static bool begin(struct call *c, struct error *err)
{
    const struct call_switch *s = &c->request.arranged;
    if (s->fail == CALL_HANGS)
        set_limit(c, &c->first, c->limits.first_ms, on_first);
    else if (s->fail == CALL_REFUSED)
        net_timer_set(c->net, &c->again, s->delay_ms, refuse, c);
    else if (s->delay_ms > 0)
        net_timer_set(c->net, &c->again, s->delay_ms, try_again, c);
    else
        return start_try(c, err);
    return true;
}

/* --- public -------------------------------------------------------------------------- */

static const char *keep(struct call *c, const char *text)
{
    return text ? arena_copy(&c->asked, text, strlen(text)) : NULL;
}

static void copy_request(struct call *c, const struct call_request *r)
{
    c->request = *r;
    c->request.model = keep(c, r->model);
    c->request.query = arena_copy(&c->asked, r->query, r->query_len);
    c->request.suffix = keep(c, r->suffix);
    c->request.system = keep(c, r->system);
    const char **stop = arena_new(&c->asked, const char *, r->stop_count + 1);
    for (size_t i = 0; i < r->stop_count; i++)
        stop[i] = keep(c, r->stop[i]);
    c->request.stop = stop;
}

static bool check_key(const struct server *s, struct error *err)
{
    if (!s->provider->needs_key || !s->hosted || s->key)
        return true;
    return error_set(err, ERR_CONFIG, "server '%s' needs a key: set the variable %s", s->name,
                     s->key_from ? s->key_from : "named by key_env in its section of the config");
}

struct call *call_start(struct net *n, const struct server *s, struct model_quirks *quirks,
                        const struct call_request *r, const struct call_timers *timers,
                        model_hear *hear, void *self, struct error *err)
{
    assert(s->url && r->max_tokens >= 1);
    if (!check_key(s, err))
        return NULL;
    struct call *c = mem_new(struct call, 1);
    c->net = n;
    c->server = s;
    c->quirks = quirks;
    c->limits = *timers;
    c->hear = hear;
    c->self = self;
    copy_request(c, r);
    if (!begin(c, err)) {
        call_free(c);
        return NULL;
    }
    set_limit(c, &c->total, c->limits.total_ms, on_total);
    return c;
}

static void stop(struct call *c, enum call_end end)
{
    if (c->stopping || c->forgotten)
        return;
    c->stopping = true;
    c->stop_end = end;
    net_timer_set(c->net, &c->stop, 0, on_stop, c);
}

void call_cancel(struct call *c)
{
    stop(c, END_CANCELLED);
}

void call_expire(struct call *c)
{
    stop(c, END_TIMEOUT_TOTAL);
}

void call_drop(struct call *c)
{
    c->depth++;
    c->forgotten = true;
    leave(c);
}
