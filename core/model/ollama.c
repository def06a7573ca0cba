/* The provider "ollama": Ollama's own API, /api/chat, one JSON object a line. Its native form
 * is preferred over its /v1 because only here errors in mid-stream, load times and the digest
 * of a model are told. Times are nanoseconds; numbers that are zero are left out. */
#include "core/model/ollama.h"

#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "core/model/body.h"
#include "core/model/catalog_read.h"
#include "core/model/decode.h"
#include "core/model/listing.h"

static const char *const *ollama_headers(const struct server *s, struct arena *a)
{
    const char **lines = arena_new(a, const char *, 4);
    size_t n = 0;
    lines[n++] = "Content-Type: application/json";
    lines[n++] = "Accept: application/x-ndjson";
    if (s->key)
        lines[n++] = arena_format(a, "Authorization: Bearer %s", s->key);
    return lines;
}

static struct json *options(const struct call_request *r, const struct model_quirks *q)
{
    struct json *o = json_object();
    json_put_int(o, "num_predict", r->max_tokens);
    if (!q->no_temperature)
        body_put_real(o, "temperature", r->temperature);
    body_put_real(o, "top_p", r->top_p);
    if (r->has_seed)
        json_put_int(o, "seed", r->seed);
    body_put_stops(o, "stop", r);
    return o;
}

static bool ollama_request(const struct server *s, const struct call_request *r,
                           const struct model_quirks *q, struct buf *ret, struct error *err)
{
    if (!body_check(r, err))
        return false;
    struct json *b = json_object();
    json_put_text(b, "model", r->model);
    json_put_bool(b, "stream", true);
    /* A model that can think does so when nothing is said: the wish is always sent. */
    if (r->think != THINK_UNSET && !q->no_think && s->think != THINK_NEVER)
        json_put_bool(b, "think", r->think == THINK_ON);
    json_put(b, "messages", body_messages(r, true));
    json_put(b, "options", options(r, q));
    /* A prompt that does not fit is an error, not a prompt without its beginning. */
    json_put_bool(b, "truncate", false);
    json_put_bool(b, "shift", false);
    return body_print(b, ret, err);
}

/* A time of zero is one that was not taken. */
static double seconds_of(const struct json *j, const char *key)
{
    double ns;
    return json_get_number(j, key, &ns) && ns > 0 ? ns / 1e9 : __builtin_nan("");
}

static void tool_calls(struct decoder *d, const struct json *calls)
{
    for (const struct json *c = json_first(calls); c; c = json_next(c)) {
        const struct json *f = json_get(c, "function");
        struct buf arguments = buf_with_max(MAX_EVENT_BYTES);
        char id[32];
        /* Calls come whole and often without an id: each one is a new one. */
        const char *given = json_get_text(c, "id");
        snprintf(id, sizeof id, "call_%lld", (long long)++*decode_state(d));
        if (json_get(f, "arguments"))
            json_print(json_get(f, "arguments"), &arguments);
        decode_tool(d, -1, given && *given ? given : id, json_get_text(f, "name"),
                    buf_text(&arguments));
        buf_done(&arguments);
    }
}

static void logprobs(struct decoder *d, const struct json *list)
{
    for (const struct json *x = json_first(list); x; x = json_next(x)) {
        double p;
        if (json_get_text(x, "token") && json_get_number(x, "logprob", &p))
            decode_logprob(d, json_get_text(x, "token"), p);
    }
}

static void final_object(struct decoder *d, const struct json *j, const char *reason)
{
    struct usage u = USAGE_UNKNOWN;
    u.prompt_tokens = json_get_count(j, "prompt_eval_count");
    u.cached_tokens = json_get_count(j, "prompt_eval_cached_count");
    u.completion_tokens = json_get_count(j, "eval_count");
    u.load_s = seconds_of(j, "load_duration");
    u.prompt_s = seconds_of(j, "prompt_eval_duration");
    u.eval_s = seconds_of(j, "eval_duration");
    decode_usage(d, &u);
    enum call_end end = *decode_state(d) ? END_OK_TOOL : END_OK_STOP; /* it counts tool calls */
    decode_end_mark(d, reason && strcmp(reason, "length") == 0 ? END_OK_LENGTH : end);
    decode_closed(d);
}

static void ollama_decode(struct decoder *d, const char *event_name, const struct json *j)
{
    (void)event_name;
    const struct json *m = json_get(j, "message");
    decode_thinking(d, json_get_text(m, "thinking"));
    decode_text(d, json_get_text(m, "content"));
    tool_calls(d, json_get(m, "tool_calls"));
    logprobs(d, json_get(j, "logprobs"));
    const char *reason = json_get_text(j, "done_reason");
    bool done = json_is_true(json_get(j, "done"));
    if (!done && reason && *reason)
        decode_warn(d, WARN_DONE_WITHOUT_FLAG, reason);
    if (done || (reason && *reason))
        final_object(d, j, reason);
}

static void ollama_finish(struct decoder *d)
{
    (void)d; /* the last object was the end mark and the close in one */
}

/* --- list ---------------------------------------------------------------------------------- */

enum { TAGS, PS, VERSION, SHOW };

static void list_begin(struct listing *l)
{
    listing_ask(l, (struct errand){ .step = TAGS, .is_list = true }, "/api/tags", NULL);
}

/* Newer servers put what a model can do beside its name; older ones are asked one by one. */
static void ask_show(struct listing *l, size_t which)
{
    const struct model_info *m = &listing_catalog(l)->models[which];
    struct buf body = buf_with_max(MAX_FIELD_BYTES);
    struct json *j = json_object();
    json_put_text(j, "model", m->name);
    if (json_print(j, &body))
        listing_ask(l, (struct errand){ .step = SHOW, .which = which }, "/api/show",
                    buf_text(&body));
    json_free(j);
    buf_done(&body);
}

static bool list_heard(struct listing *l, const struct errand *a, const struct json *j,
                       struct error *err)
{
    struct catalog *c = listing_catalog(l);
    switch (a->step) {
    case TAGS:
        if (!catalog_read_tags(c, j, err))
            return false;
        if (!listing_is_deep(l))
            return true;
        listing_ask(l, (struct errand){ .step = PS }, "/api/ps", NULL);
        listing_ask(l, (struct errand){ .step = VERSION }, "/api/version", NULL);
        for (size_t i = 0; i < c->count; i++) {
            if (c->models[i].thinking == TRI_UNKNOWN)
                ask_show(l, i);
        }
        return true;
    case PS:
        catalog_read_ps(c, j);
        return true;
    case VERSION:
        catalog_read_version(c, j);
        return true;
    default:
        catalog_read_show(c, &c->models[a->which], j);
        return true;
    }
}

static struct listing *ollama_list(struct net *n, const struct server *s, bool deep,
                                   int64_t limit_ms, listing_done *done, void *self,
                                   struct error *err)
{
    static const struct listing_kind kind = { list_begin, list_heard };
    return listing_begin(n, s, &kind, deep, limit_ms, done, self, err);
}

/* A question without messages only loads; kept for no time at all, it unloads. */
static bool ollama_load(const struct server *s, const char *model, bool in, struct buf *ret,
                        struct error *err)
{
    (void)s;
    struct json *b = json_object();
    json_put_text(b, "model", model);
    json_put(b, "messages", json_array());
    json_put_bool(b, "stream", false);
    if (!in)
        json_put_int(b, "keep_alive", 0);
    return body_print(b, ret, err);
}

const struct provider ollama_provider = {
    .name = "ollama",
    .help = "Ollama's own API; the address as in OLLAMA_HOST",
    .label = "Ollama",
    .framing = FRAMING_NDJSON,
    .path = "/api/chat",
    .headers = ollama_headers,
    .request = ollama_request,
    .decode = ollama_decode,
    .finish = ollama_finish,
    .list = ollama_list,
    .load = ollama_load,
};
