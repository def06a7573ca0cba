/* Answers of the history as JSON (history_json.h). */
#include "core/lab/history_json.h"

#include "core/base/clock.h"

/* Where nothing was kept, or nothing was there, is no text. */
static void put_kept(struct json *j, const char *key, const char *text)
{
    json_put_text(j, key, text && *text ? text : NULL);
}

struct json *history_json(const struct history_row *r)
{
    struct json *j = json_object();
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(r->at_wall, stamp);
    json_put_text(j, "schema", "rlab.history/1");
    json_put_int(j, "id", r->id);
    json_put_text(j, "at", stamp);
    json_put_text(j, "purpose", r->purpose);
    put_kept(j, "query", r->query);
    json_put_text(j, "level", r->level);
    json_put_int(j, "score", r->score);
    put_kept(j, "role", r->role);
    put_kept(j, "server", r->server);
    put_kept(j, "model", r->model);
    put_kept(j, "digest", r->identity);
    json_put_bool(j, "cot", r->cot);
    json_put_text(j, "from", r->from);
    put_kept(j, "end", r->end);
    put_kept(j, "error", r->error);
    put_kept(j, "answer", r->answer);
    put_kept(j, "thinking", r->thinking);
    json_put_real(j, "latency_s", r->latency_s);
    json_put_real(j, "original_latency_s", r->original_latency_s);
    json_put_bool(j, "slowed", r->slowed);
    json_put_real(j, "ttft_s", r->ttft_s);
    json_put_real(j, "ttft_text_s", r->ttft_text_s);
    json_put_real(j, "load_s", r->load_s);
    json_put_real(j, "saved_s", r->saved_s);
    json_put_count(j, "prompt_tokens", r->prompt_tokens);
    json_put_count(j, "completion_tokens", r->completion_tokens);
    json_put_count(j, "thinking_tokens", r->thinking_tokens);
    json_put_count(j, "answer_tokens", r->answer_tokens);
    put_kept(j, "tokens_kind", r->tokens_kind);
    put_kept(j, "fallback_from", r->fallback_from);
    put_kept(j, "fallback_why", r->fallback_why);
    json_put_count(j, "pair_id", r->pair_id ? r->pair_id : -1);
    put_kept(j, "side", r->side);
    put_kept(j, "judgement", r->judgement);
    put_kept(j, "name", r->name);
    put_kept(j, "notes", r->notes);
    json_put_count(j, "run_id", r->run_id ? r->run_id : -1);
    json_put_count(j, "call_id", r->call_id ? r->call_id : -1);
    put_kept(j, "match", r->snippet);
    return j;
}
