/* An answer for programs (answer_json.h). */
#include "core/lab/answer_json.h"

static struct json *fallback_json(const struct answer *a)
{
    struct json *f = json_object();
    json_put_text(f, "from", a->fallback_from);
    json_put_text(f, "why", a->fallback_why);
    return f;
}

static struct json *error_json(const struct answer *a)
{
    struct json *e = json_object();
    json_put_text(e, "message", a->error);
    if (a->http_status)
        json_put_int(e, "status", a->http_status);
    else
        json_put_null(e, "status");
    json_put_text(e, "do", a->advice);
    return e;
}

static struct json *warns_json(const struct answer *a)
{
    struct json *w = json_array();
    for (int i = 0; i < CALL_WARNS; i++)
        if (a->warns & (1u << i))
            json_add_text(w, call_warn_name((enum call_warn)i));
    return w;
}

struct json *answer_json(const struct answer *a)
{
    struct json *j = json_object();
    json_put_text(j, "schema", "rlab.answer/1");
    json_put_text(j, "query", a->query);
    json_put_text(j, "level", level_name(a->level));
    json_put_int(j, "score", a->score);
    json_put_text(j, "rules", a->rules);
    json_put_text(j, "role", a->by_name ? NULL : role_name(a->role));
    json_put_text(j, "server", a->server);
    json_put_text(j, "model", a->model);
    json_put_text(j, "digest", a->identity);
    json_put_text(j, "digest_kind", a->identity_kind);
    json_put_bool(j, "digest_checked", a->identity_checked);
    json_put_bool(j, "cot", a->cot);
    json_put_bool(j, "cached", a->from == FROM_CACHE);
    json_put_text(j, "from", answer_from_name(a->from));
    json_put_text(j, "answer", a->text);
    json_put_text(j, "thinking", a->thinking_len ? a->thinking : NULL);
    json_put_text(j, "end", call_end_name(a->end));
    if (a->error)
        json_put(j, "error", error_json(a));
    else
        json_put_null(j, "error");
    json_put_real(j, "latency_s", a->latency_s);
    json_put_real(j, "original_latency_s", a->original_latency_s);
    json_put_real(j, "ttft_s", a->ttft_s);
    json_put_real(j, "ttft_text_s", a->ttft_text_s);
    json_put_real(j, "thinking_s", a->thinking_s);
    json_put_real(j, "load_s", a->load_s);
    json_put_count(j, "prompt_tokens", a->prompt_tokens);
    json_put_count(j, "completion_tokens", a->completion_tokens);
    json_put_count(j, "thinking_tokens", a->thinking_tokens);
    json_put_count(j, "answer_tokens", a->answer_tokens);
    json_put_text(j, "tokens_kind", kind_name(a->tokens_kind));
    json_put_text(j, "split_kind", kind_name(a->split_kind));
    json_put_real(j, "tok_per_s", a->tok_per_s);
    json_put_text(j, "tok_per_s_kind", kind_name(a->rate_kind));
    if (a->fallback_from)
        json_put(j, "fallback", fallback_json(a));
    else
        json_put_null(j, "fallback");
    json_put_real(j, "saved_s", a->saved_s);
    json_put_text(j, "saved_kind", kind_name(a->saved_kind));
    json_put_bool(j, "slowed", a->slowed);
    json_put_real(j, "cost", a->cost);
    json_put_text(j, "cost_kind", kind_name(a->cost_kind));
    json_put(j, "warnings", warns_json(a));
    json_put_text(j, "name", a->name && *a->name ? a->name : NULL);
    json_put_text(j, "notes", a->notes && *a->notes ? a->notes : NULL);
    json_put_count(j, "call_id", a->call_id ? a->call_id : -1);
    json_put_count(j, "answer_id", a->answer_id ? a->answer_id : -1);
    return j;
}
