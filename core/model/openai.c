/* The provider "openai": /v1/chat/completions as OpenAI, llama.cpp, vLLM, LM Studio, Groq,
 * OpenRouter and many more speak it, each with habits of its own. We send the least, read all
 * known names of a thing, and believe no ending but a finish_reason.
 *
 * The base URL is what stands before "/chat/completions": with its /v1 (server.c adds one to
 * an address without any path). */
#include "core/model/openai.h"

#include <string.h>
#include <strings.h>

#include "core/model/body.h"
#include "core/model/catalog_read.h"
#include "core/model/decode.h"
#include "core/model/listing.h"

static const char *const *openai_headers(const struct server *s, struct arena *a)
{
    const char **lines = arena_new(a, const char *, 4);
    size_t n = 0;
    lines[n++] = "Content-Type: application/json";
    lines[n++] = "Accept: text/event-stream, application/json";
    if (s->key)
        lines[n++] = arena_format(a, "Authorization: Bearer %s", s->key);
    return lines;
}

/* --- request ----------------------------------------------------------------------------- */

/* OpenAI's own reasoning models refuse the old name, many other servers ignore the new one. */
static const char *limit_name(const struct server *s, const struct model_quirks *q)
{
    bool new_name = strncasecmp(s->url, "https://api.openai.com/", 23) == 0;
    if (q->completion_limit || q->limit_plain)
        new_name = q->completion_limit;
    return new_name ? "max_completion_tokens" : "max_tokens";
}

static bool openai_request(const struct server *s, const struct call_request *r,
                           const struct model_quirks *q, struct buf *ret, struct error *err)
{
    if (!body_check(r, err))
        return false;
    struct json *b = json_object();
    json_put_text(b, "model", r->model);
    json_put_bool(b, "stream", true);
    if (!q->no_stream_options) {
        struct json *o = json_object();
        json_put_bool(o, "include_usage", true);
        json_put(b, "stream_options", o);
    }
    json_put(b, "messages", body_messages(r, true));
    json_put_int(b, limit_name(s, q), r->max_tokens);
    if (!q->no_temperature)
        body_put_real(b, "temperature", r->temperature);
    body_put_real(b, "top_p", r->top_p);
    if (r->has_seed)
        json_put_int(b, "seed", r->seed);
    body_put_stops(b, "stop", r);
    /* No server of this kind says what it takes, so only the config may ask for it. */
    if (r->think != THINK_UNSET && s->think == THINK_ALWAYS && !q->no_think)
        json_put_text(b, "reasoning_effort", r->think == THINK_ON ? "medium" : "none");
    return body_print(b, ret, err);
}

/* --- reply -------------------------------------------------------------------------------- */

/* What the provider remembers of a call, as bits of decode_state. */
enum { SAW_REFUSAL = 1 };

static const struct finish_row {
    const char *reason;
    enum call_end end;
} finish_rows[] = {
    { "stop", END_OK_STOP },
    { "length", END_OK_LENGTH },
    { "tool_calls", END_OK_TOOL },
    { "function_call", END_OK_TOOL },
    { "content_filter", END_OK_FILTER },
    { "error", END_ERR_STREAM },
    { "insufficient_system_resource", END_ERR_STREAM },
};

static void finish_reason(struct decoder *d, const char *reason)
{
    if (!reason || !*reason)
        return;
    enum call_end end = END_OK_STOP; /* names we do not know end an answer all the same */
    for (size_t i = 0; i < sizeof finish_rows / sizeof *finish_rows; i++) {
        if (strcmp(reason, finish_rows[i].reason) == 0)
            end = finish_rows[i].end;
    }
    if (end == END_OK_STOP && (*decode_state(d) & SAW_REFUSAL))
        end = END_OK_FILTER;
    decode_end_mark(d, end);
}

static double scaled(const struct json *j, const char *key, double per_second)
{
    double v;
    return json_get_number(j, key, &v) && v >= 0 ? v / per_second : __builtin_nan("");
}

/* Only what is told replaces what was known. */
static void keep(double *old, double now)
{
    if (now >= 0)
        *old = now;
}

/* {"prompt_tokens","completion_tokens",...}; Groq adds times in seconds. */
static void read_usage(const struct json *j, struct usage *u)
{
    u->prompt_tokens = json_get_count(j, "prompt_tokens");
    int64_t cached = json_get_count(json_get(j, "prompt_tokens_details"), "cached_tokens");
    u->cached_tokens = cached >= 0 ? cached : u->cached_tokens;
    u->completion_tokens = json_get_count(j, "completion_tokens");
    u->thinking_tokens =
        json_get_count(json_get(j, "completion_tokens_details"), "reasoning_tokens");
    keep(&u->queue_s, scaled(j, "queue_time", 1));
    keep(&u->prompt_s, scaled(j, "prompt_time", 1));
    keep(&u->eval_s, scaled(j, "completion_time", 1));
}

/* llama.cpp: milliseconds, and counts that stand in where no usage comes. */
static void read_timings(const struct json *t, struct usage *u)
{
    int64_t cached = json_get_count(t, "cache_n"), read = json_get_count(t, "prompt_n");
    u->prompt_tokens = read >= 0 && cached > 0 ? read + cached : read;
    u->cached_tokens = cached;
    u->completion_tokens = json_get_count(t, "predicted_n");
    u->prompt_s = scaled(t, "prompt_ms", 1000);
    if (u->completion_tokens > 1) /* one token alone is given 0.001 ms */
        u->eval_s = scaled(t, "predicted_ms", 1000);
}

/* All that one chunk tells about counts and times, as one event. */
static void read_numbers(struct decoder *d, const struct json *j, bool ours)
{
    const struct json *timings = json_get(j, "timings"), *usage = json_get(j, "usage");
    const struct json *groq = json_get(json_get(j, "x_groq"), "usage");
    struct usage u = USAGE_UNKNOWN;
    if (json_is_object(timings) && ours)
        read_timings(timings, &u);
    if (json_is_object(usage))
        read_usage(usage, &u);
    if (json_is_object(groq))
        read_usage(groq, &u);
    if (json_is_object(usage) || json_is_object(groq) || (json_is_object(timings) && ours))
        decode_usage(d, &u);
}

/* Thinking comes under three names, and from some gateways as an object. */
static const char *thinking_of(const struct json *delta)
{
    static const char *const names[] = { "reasoning", "reasoning_content", "thinking" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct json *j = json_get(delta, names[i]);
        const char *text = json_is_object(j) ? json_get_text(j, "text") : json_text(j);
        if (text && *text)
            return text;
    }
    return NULL;
}

/* Content as a list of parts: [{"type":"text","text":...}, {"type":"thinking",...}]. */
static void read_parts(struct decoder *d, const struct json *parts, bool thinking)
{
    for (const struct json *p = json_first(parts); p; p = json_next(p)) {
        const char *text = json_get_text(p, "text");
        if (text && thinking)
            decode_thinking(d, text);
        else if (text)
            decode_text(d, text);
        const struct json *inner = json_get(p, "thinking");
        if (json_is_array(inner) && !thinking)
            read_parts(d, inner, true);
    }
}

static void read_refusal(struct decoder *d, const char *text)
{
    if (!text || !*text)
        return;
    if (!(*decode_state(d) & SAW_REFUSAL))
        decode_text(d, "[refused] ");
    *decode_state(d) |= SAW_REFUSAL;
    decode_text(d, text);
}

static void read_tools(struct decoder *d, const struct json *calls)
{
    for (const struct json *c = json_first(calls); c; c = json_next(c)) {
        const struct json *f = json_get(c, "function");
        int64_t index = json_get_count(c, "index");
        decode_tool(d, index >= 0 && index < 1000000 ? (int)index : -1, json_get_text(c, "id"),
                    json_get_text(f, "name"), json_get_text(f, "arguments"));
    }
}

static void read_logprobs(struct decoder *d, const struct json *logprobs)
{
    for (const struct json *x = json_first(json_get(logprobs, "content")); x; x = json_next(x)) {
        double p;
        if (json_get_text(x, "token") && json_get_number(x, "logprob", &p))
            decode_logprob(d, json_get_text(x, "token"), p);
    }
}

static void read_choice(struct decoder *d, const struct json *c)
{
    const struct json *delta = json_get(c, "delta");
    if (!json_is_object(delta))
        delta = json_get(c, "message");
    decode_thinking(d, thinking_of(delta));
    const struct json *content = json_get(delta, "content");
    if (json_is_array(content))
        read_parts(d, content, false);
    else
        decode_text(d, json_text(content));
    read_refusal(d, json_get_text(delta, "refusal"));
    read_tools(d, json_get(delta, "tool_calls"));
    read_logprobs(d, json_get(c, "logprobs"));
    finish_reason(d, json_get_text(c, "finish_reason"));
}

/* We ask for one answer; what belongs to a second one is not ours. */
static const struct json *first_choice(const struct json *choices)
{
    for (const struct json *c = json_first(choices); c; c = json_next(c)) {
        double index;
        if (!json_get_number(c, "index", &index) || index == 0)
            return c;
    }
    return NULL;
}

static void openai_decode(struct decoder *d, const char *event_name, const struct json *j)
{
    (void)event_name;
    const struct json *choices = json_get(j, "choices");
    const struct json *choice = json_is_array(choices) ? first_choice(choices) : NULL;
    decode_fingerprint(d, json_get_text(j, "system_fingerprint"));
    if (choice)
        read_choice(d, choice);
    /* Times beside a choice that is not ours belong to that choice. */
    read_numbers(d, j, choice || json_size(choices) == 0);
}

static void openai_finish(struct decoder *d)
{
    if (decode_saw_end_mark(d) && !decode_saw_close(d))
        decode_warn(d, WARN_NO_DONE_MARK, NULL);
}

/* --- list ---------------------------------------------------------------------------------- */

static void list_begin(struct listing *l)
{
    listing_ask(l, (struct errand){ .is_list = true }, "/models", NULL);
}

static bool list_heard(struct listing *l, const struct errand *a, const struct json *j,
                       struct error *err)
{
    (void)a;
    return catalog_read_openai(listing_catalog(l), j, err);
}

static struct listing *openai_list(struct net *n, const struct server *s, bool deep,
                                   int64_t limit_ms, listing_done *done, void *self,
                                   struct error *err)
{
    static const struct listing_kind kind = { list_begin, list_heard };
    return listing_begin(n, s, &kind, deep, limit_ms, done, self, err);
}

const struct provider openai_provider = {
    .name = "openai",
    .help = "/v1/chat/completions: OpenAI, llama.cpp, vLLM, LM Studio, Groq, OpenRouter ...",
    .label = "OpenAI-compatible",
    .framing = FRAMING_SSE,
    .path = "/chat/completions",
    .headers = openai_headers,
    .request = openai_request,
    .decode = openai_decode,
    .finish = openai_finish,
    .list = openai_list,
};
