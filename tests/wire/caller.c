/* Runs calls and writes down their events (caller.h). */
#include "tests/wire/caller.h"

#include "tests/test.h"

#include "core/limits.h"

static void gap(struct caller *c)
{
    if (c->events.len)
        buf_putc(&c->events, ' ');
}

/* name(text), or more text before the last bracket where the event before was alike. */
static void add_text(struct caller *c, const char *name, const struct model_event *ev)
{
    if (c->last == ev->type && c->events.len) {
        c->events.data[--c->events.len] = '\0';
    } else {
        gap(c);
        buf_printf(&c->events, "%s(", name);
    }
    buf_add(&c->events, ev->text, ev->len);
    buf_putc(&c->events, ')');
    if (!c->first_ns)
        c->first_ns = ev->at_ns;
}

static void copy(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text ? text : "");
}

static void add_end(struct caller *c, const struct model_event *ev)
{
    c->ends++;
    c->end = *ev;
    c->end_ns = ev->at_ns;
    copy(c->message, sizeof c->message, ev->message);
    copy(c->advice, sizeof c->advice, ev->advice);
    copy(c->fingerprint, sizeof c->fingerprint, ev->fingerprint);
    buf_printf(&c->events, "end(%s)", call_end_name(ev->end));
    c->call = NULL;
}

static void add_retry(struct caller *c, const struct model_event *ev)
{
    buf_printf(&c->events, "retry(%d)", ev->attempt);
    if (c->retries < MAX_WAITS)
        c->waits_ms[c->retries] = ev->wait_ms;
    c->retries++;
    copy(c->retry_text, sizeof c->retry_text, ev->text);
}

static void hear(void *self, const struct model_event *ev)
{
    struct caller *c = self;
    if (c->ends)
        fail_msg("an event after the end: %s", buf_text(&c->events));
    bool joins = ev->type == EVENT_THINKING || ev->type == EVENT_TEXT ||
                 (ev->type == EVENT_KEEPALIVE && c->last == ev->type);
    if (!joins)
        gap(c);
    struct call *call = c->call;
    switch (ev->type) {
    case EVENT_STARTED:
        buf_printf(&c->events, "%d", ev->status);
        break;
    case EVENT_THINKING:
        add_text(c, "think", ev);
        buf_add(&c->thinking, ev->text, ev->len);
        break;
    case EVENT_TEXT:
        add_text(c, "text", ev);
        buf_add(&c->text, ev->text, ev->len);
        break;
    case EVENT_RECLASSIFY:
        buf_puts(&c->events, "reclassify");
        break;
    case EVENT_UNTHINK:
        buf_puts(&c->events, "unthink");
        break;
    case EVENT_TOOL:
        buf_puts(&c->events, "tool");
        break;
    case EVENT_LOGPROB:
        buf_puts(&c->events, "logprob");
        break;
    case EVENT_USAGE:
        buf_puts(&c->events, "usage");
        c->usage = ev->usage;
        break;
    case EVENT_KEEPALIVE:
        if (c->last != EVENT_KEEPALIVE || c->keepalives == 0)
            buf_puts(&c->events, "keep");
        c->keepalives++;
        break;
    case EVENT_WARN:
        buf_printf(&c->events, "warn(%s)", call_warn_name(ev->warn));
        break;
    case EVENT_RETRY:
        add_retry(c, ev);
        break;
    case EVENT_END:
        add_end(c, ev);
        break;
    }
    c->last = ev->type;
    if (c->act && ev->type == c->act_on) {
        void (*act)(struct call *) = c->act;
        c->act = NULL;
        act(call);
    }
}

struct server caller_server(const char *type, const char *url, char (*ret_url)[200])
{
    snprintf(*ret_url, sizeof *ret_url, "%s%s", url, strcmp(type, "openai") == 0 ? "/v1" : "");
    return hello_server(type, *ret_url);
}

bool caller_start(struct caller *c, struct net *n, const struct server *s, struct model_quirks *q,
                  const struct call_request *r, const struct call_timers *t, struct error *err)
{
    c->net = n;
    c->events = buf_with_max(1 * MIB);
    c->text = buf_with_max(32 * MIB);
    c->thinking = buf_with_max(32 * MIB);
    c->usage = USAGE_UNKNOWN;
    c->start_ns = clock_mono(clock_real());
    c->call = call_start(n, s, q, r, t, hear, c, err);
    return c->call != NULL;
}

void caller_step(struct net *n, int64_t max_ms)
{
    struct error err;
    assert_ok(net_wait(n, NULL, 0, max_ms, &err), err);
    net_step(n);
}

void caller_finish(struct caller *c, int64_t limit_ms)
{
    while (c->ends == 0) {
        int64_t took_ms = test_ms() - c->start_ns / NS_PER_MS;
        if (took_ms > limit_ms * test_slower())
            test_late(buf_text(&c->events), took_ms, limit_ms * test_slower());
        caller_step(c->net, limit_ms);
    }
}

void caller_done(struct caller *c)
{
    buf_done(&c->events);
    buf_done(&c->text);
    buf_done(&c->thinking);
}
