/* Cache entries as JSON (cache_json.h). */
#include "core/lab/cache_json.h"

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/mem.h"

void json_put_bytes(struct json *j, const char *name, const char *text, size_t len)
{
    char *copy = mem_copy(text ? text : "", text ? len : 0);
    json_put_text(j, name, copy);
    mem_free(copy);
}

struct json *cache_entry_json(const struct cache_entry *e, int64_t place, int64_t entries)
{
    struct json *j = json_object();
    char hex[HASH_HEX], stamp[CLOCK_STAMP_SIZE];
    hash_hex(&e->key, hex);
    clock_stamp(e->created_wall, stamp);
    json_put_text(j, "schema", "rlab.cache_entry/1");
    json_put_count(j, "place", place ? place : -1);
    json_put_bool(j, "next_out", place && place == entries);
    json_put_text(j, "key", hex);
    if (e->query_len)
        json_put_bytes(j, "query", e->query, e->query_len);
    else
        json_put_null(j, "query");
    json_put_text(j, "server", e->server);
    json_put_text(j, "model", e->model);
    json_put_text(j, "digest", e->identity);
    json_put_text(j, "level", e->level);
    json_put_text(j, "role", e->role);
    json_put_int(j, "hits", e->hits);
    json_put_text(j, "stored_at", stamp);
    json_put_real(j, "original_latency_s", e->latency_s);
    json_put_real(j, "ttft_s", e->ttft_s);
    json_put_real(j, "ttft_text_s", e->ttft_text_s);
    json_put_real(j, "load_s", e->load_s);
    json_put_count(j, "prompt_tokens", e->prompt_tokens);
    json_put_count(j, "completion_tokens", e->completion_tokens);
    json_put_count(j, "thinking_tokens", e->thinking_tokens);
    json_put_count(j, "answer_tokens", e->answer_tokens);
    json_put_text(j, "tokens_kind", e->tokens_kind);
    json_put_text(j, "split_kind", e->split_kind);
    return j;
}
