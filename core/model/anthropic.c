/* The provider "anthropic": /v1/messages, named events whose JSON says the same again (and is
 * believed). Blocks are told apart by type; unknown events, blocks and deltas are skipped. */
#include "core/model/anthropic.h"

#include <stdio.h>
#include <string.h>

#include "core/model/body.h"
#include "core/model/catalog_read.h"
#include "core/model/decode.h"
#include "core/model/listing.h"

/* The least budget for thinking the API takes. */
#define LEAST_BUDGET 1024

static const char *const *anthropic_headers(const struct server *s, struct arena *a)
{
    const char **lines = arena_new(a, const char *, 5);
    size_t n = 0;
    lines[n++] = "Content-Type: application/json";
    lines[n++] = "Accept: text/event-stream, application/json";
    lines[n++] = "anthropic-version: 2023-06-01";
    if (s->key)
        lines[n++] = arena_format(a, "x-api-key: %s", s->key);
    return lines;
}

/* --- request ----------------------------------------------------------------------------- */

/* The budget counts towards the limit, so an answer needs room beside it. */
static bool find_budget(const struct call_request *r, int64_t *ret, struct error *err)
{
    int64_t budget = r->think_budget;
    if (budget < 0) {
        budget = r->max_tokens / 4 * 3;
        if (budget < LEAST_BUDGET)
            budget = LEAST_BUDGET;
    }
    if (budget < LEAST_BUDGET)
        return error_set(err, ERR_USAGE,
                         "a thinking budget of %lld tokens is too small: the least is %d",
                         (long long)budget, LEAST_BUDGET);
    if (budget >= r->max_tokens)
        return error_set(err, ERR_USAGE,
                         "a thinking budget of %lld tokens leaves no room for an answer within "
                         "the limit of %lld: raise --max-tokens or lower --think-budget",
                         (long long)budget, (long long)r->max_tokens);
    *ret = budget;
    return true;
}

static struct json *thinking(const struct model_quirks *q, int64_t budget)
{
    struct json *t = json_object();
    json_put_text(t, "type", q->adaptive_thinking ? "adaptive" : "enabled");
    if (!q->adaptive_thinking)
        json_put_int(t, "budget_tokens", budget);
    return t;
}

static bool anthropic_request(const struct server *s, const struct call_request *r,
                              const struct model_quirks *q, struct buf *ret, struct error *err)
{
    bool think = r->think == THINK_ON && !q->no_think && s->think != THINK_NEVER;
    int64_t budget = 0;
    if (!body_check(r, err) || (think && !q->adaptive_thinking && !find_budget(r, &budget, err)))
        return false;
    struct json *b = json_object();
    json_put_text(b, "model", r->model);
    json_put_int(b, "max_tokens", r->max_tokens);
    json_put_bool(b, "stream", true);
    if (r->system && *r->system)
        json_put_text(b, "system", r->system);
    json_put(b, "messages", body_messages(r, false));
    if (think)
        json_put(b, "thinking", thinking(q, budget));
    else if (!q->no_temperature) /* beside thinking the API refuses one */
        body_put_real(b, "temperature", r->temperature);
    if (!think)
        body_put_real(b, "top_p", r->top_p);
    body_put_stops(b, "stop_sequences", r);
    return body_print(b, ret, err);
}

/* --- reply -------------------------------------------------------------------------------- */

static const struct stop_row {
    const char *reason;
    enum call_end end;
} stop_rows[] = {
    { "end_turn", END_OK_STOP },
    { "stop_sequence", END_OK_STOP },
    { "max_tokens", END_OK_LENGTH },
    { "model_context_window_exceeded", END_OK_LENGTH },
    { "tool_use", END_OK_TOOL },
    { "pause_turn", END_OK_TOOL }, /* a tool of the server is at work: not an answer yet */
    { "refusal", END_OK_FILTER },
};

static void stop_reason(struct decoder *d, const char *reason)
{
    if (!reason || !*reason)
        return;
    enum call_end end = END_OK_STOP;
    for (size_t i = 0; i < sizeof stop_rows / sizeof *stop_rows; i++) {
        if (strcmp(reason, stop_rows[i].reason) == 0)
            end = stop_rows[i].end;
    }
    decode_end_mark(d, end);
}

/* Cumulative numbers; the input is what was read plus what came from or went to the cache.
 * At the start of a stream the output count says nothing yet. */
static void read_usage(struct decoder *d, const struct json *j, bool with_output)
{
    if (!json_is_object(j))
        return;
    static const char *const inputs[] = { "input_tokens", "cache_creation_input_tokens",
                                          "cache_read_input_tokens" };
    struct usage u = USAGE_UNKNOWN;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        int64_t n = json_get_count(j, inputs[i]);
        if (n >= 0 && (i == 0 || u.prompt_tokens >= 0))
            u.prompt_tokens = (u.prompt_tokens < 0 ? 0 : u.prompt_tokens) + n;
    }
    if (with_output)
        u.completion_tokens = json_get_count(j, "output_tokens");
    u.thinking_tokens = json_get_count(json_get(j, "output_tokens_details"), "thinking_tokens");
    decode_usage(d, &u);
}

/* A block's start (or a whole block of a reply that was not streamed) may hold text. */
static void read_block(struct decoder *d, const struct json *block, int index)
{
    const char *type = json_get_text(block, "type");
    if (!type)
        return;
    if (strcmp(type, "text") == 0) {
        decode_text(d, json_get_text(block, "text"));
    } else if (strcmp(type, "thinking") == 0) {
        decode_thinking(d, json_get_text(block, "thinking"));
    } else if (strcmp(type, "redacted_thinking") == 0) {
        decode_thinking(d, "[thinking withheld by the server]");
    } else if (strcmp(type, "tool_use") == 0) {
        struct buf input = buf_with_max(MAX_EVENT_BYTES);
        if (json_size(json_get(block, "input")))
            json_print(json_get(block, "input"), &input);
        decode_tool(d, index, json_get_text(block, "id"), json_get_text(block, "name"),
                    buf_text(&input));
        buf_done(&input);
    }
}

static void read_delta(struct decoder *d, const struct json *delta, int index)
{
    const char *type = json_get_text(delta, "type");
    if (!type)
        return;
    if (strcmp(type, "text_delta") == 0)
        decode_text(d, json_get_text(delta, "text"));
    else if (strcmp(type, "thinking_delta") == 0)
        decode_thinking(d, json_get_text(delta, "thinking"));
    else if (strcmp(type, "input_json_delta") == 0)
        decode_tool(d, index, NULL, NULL, json_get_text(delta, "partial_json"));
}

static int index_of(const struct json *j)
{
    int64_t i = json_get_count(j, "index");
    return i >= 0 && i < 1000000 ? (int)i : -1;
}

/* message_start, and the reply that was not streamed: the same object. */
static void read_message(struct decoder *d, const struct json *m)
{
    int index = 0;
    const struct json *content = json_get(m, "content");
    for (const struct json *b = json_is_array(content) ? json_first(content) : NULL; b;
         b = json_next(b))
        read_block(d, b, index++);
    read_usage(d, json_get(m, "usage"), json_get_text(m, "stop_reason") != NULL);
    stop_reason(d, json_get_text(m, "stop_reason"));
}

static void anthropic_decode(struct decoder *d, const char *event_name, const struct json *j)
{
    const char *type = json_get_text(j, "type");
    if (!type)
        type = event_name;
    if (strcmp(type, "content_block_delta") == 0) {
        read_delta(d, json_get(j, "delta"), index_of(j));
    } else if (strcmp(type, "content_block_start") == 0) {
        read_block(d, json_get(j, "content_block"), index_of(j));
    } else if (strcmp(type, "message_start") == 0) {
        read_message(d, json_get(j, "message"));
    } else if (strcmp(type, "message_delta") == 0) {
        read_usage(d, json_get(j, "usage"), true);
        stop_reason(d, json_get_text(json_get(j, "delta"), "stop_reason"));
    } else if (strcmp(type, "message_stop") == 0) {
        if (!decode_saw_end_mark(d)) /* no reason was given, but it is an end */
            decode_end_mark(d, END_OK_STOP);
        decode_closed(d);
    } else if (strcmp(type, "ping") == 0) {
        decode_keepalive(d);
    } else if (strcmp(type, "message") == 0) {
        read_message(d, j);
    }
}

static void anthropic_finish(struct decoder *d)
{
    if (decode_saw_end_mark(d) && !decode_saw_close(d))
        decode_warn(d, WARN_NO_DONE_MARK, NULL);
}

/* --- list ---------------------------------------------------------------------------------- */

static void ask_page(struct listing *l, const char *after)
{
    char path[200];
    int len = snprintf(path, sizeof path, "/v1/models?limit=1000%s%s", after ? "&after_id=" : "",
                       after ? after : "");
    if (len < (int)sizeof path)
        listing_ask(l, (struct errand){ .is_list = true }, path, NULL);
}

static void list_begin(struct listing *l)
{
    ask_page(l, NULL);
}

static bool list_heard(struct listing *l, const struct errand *a, const struct json *j,
                       struct error *err)
{
    const char *after;
    (void)a;
    if (!catalog_read_anthropic(listing_catalog(l), j, &after, err))
        return false;
    /* What goes into an address is checked: it came from outside. */
    if (after && strspn(after, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "-_.") == strlen(after))
        ask_page(l, after);
    return true;
}

static struct listing *anthropic_list(struct net *n, const struct server *s, bool deep,
                                      int64_t limit_ms, listing_done *done, void *self,
                                      struct error *err)
{
    static const struct listing_kind kind = { list_begin, list_heard };
    return listing_begin(n, s, &kind, deep, limit_ms, done, self, err);
}

const struct provider anthropic_provider = {
    .takes_budget = true,
    .name = "anthropic",
    .help = "/v1/messages: Anthropic, and servers that speak its form",
    .label = "Anthropic",
    .needs_key = true,
    .framing = FRAMING_SSE,
    .path = "/v1/messages",
    .headers = anthropic_headers,
    .request = anthropic_request,
    .decode = anthropic_decode,
    .finish = anthropic_finish,
    .list = anthropic_list,
};
