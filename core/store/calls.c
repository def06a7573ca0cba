/* Calls, answers, classifications and lookups as rows (calls.h). */
#include "core/store/calls.h"

#include <string.h>

#include "core/store/inside.h"

struct hash query_hash(const char *query, size_t len)
{
    return hash_of(query ? query : "", query ? len : 0);
}

/* --- calls -------------------------------------------------------------------------------- */

static bool insert_call(struct store *s, const struct call_row *row, int64_t *ret_id,
                        struct error *err)
{
    static const char sql[] =
        "INSERT INTO call(session, run_id, purpose, role, server, url, model, identity,"
        "  identity_kind, cot, query_hash, started_wall, query)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    struct hash digest = query_hash(row->query, row->query_len);
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, sql, &q, err))
        return false;
    bind_int(&q, s->session);
    bind_id(&q, row->run_id);
    bind_text(&q, row->purpose);
    bind_text(&q, row->role);
    bind_text(&q, row->server);
    bind_text(&q, row->url);
    bind_text(&q, row->model);
    bind_text(&q, row->identity);
    bind_text(&q, row->identity_kind);
    bind_int(&q, row->cot);
    bind_hash(&q, &digest);
    bind_int(&q, row->started_wall ? row->started_wall : clock_wall(s->clock));
    bind_history(&q, s, row->query, row->query_len);
    if (!query_run(&q, err))
        return false;
    *ret_id = sqlite3_last_insert_rowid(s->main.handle);
    return true;
}

bool call_begin(struct store *s, const struct call_row *row, int64_t *ret_id, struct error *err)
{
    int64_t id = 0;
    if (!write_begin(s, WRITE_SOFT, err) || !write_end(s, insert_call(s, row, &id, err), err))
        return error_within(err, "recording a call to '%s'", row->model ? row->model : "-");
    *ret_id = id;
    return true;
}

/* Exactly one row must have changed. */
static bool changed_one(struct store *s, int64_t id, struct error *err)
{
    return sqlite3_changes(s->main.handle) == 1 ||
           error_set(err, ERR_STORE, "there is no call %lld to write to", (long long)id);
}

static bool update_texts(struct store *s, int64_t id, const char *text, size_t text_len,
                         const char *thinking, size_t thinking_len, struct error *err)
{
    static const char sql[] = "UPDATE call SET answer = ?, thinking = ?"
                              " WHERE id = ? AND end_state IS NULL";
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, sql, &q, err))
        return false;
    bind_history(&q, s, text, text_len);
    bind_history(&q, s, thinking, thinking_len);
    bind_int(&q, id);
    return query_run(&q, err) && changed_one(s, id, err);
}

bool call_progress(struct store *s, int64_t id, const char *text, size_t text_len,
                   const char *thinking, size_t thinking_len, struct error *err)
{
    if (!s->keeps_history)
        return true; /* there is nothing but text in it */
    if (write_begin(s, WRITE_PASSING, err) &&
        write_end(s, update_texts(s, id, text, text_len, thinking, thinking_len, err), err))
        return true;
    return error_within(err, "recording a running answer");
}

static bool update_end(struct store *s, int64_t id, const struct call_result *r, struct error *err)
{
    static const char sql[] =
        "UPDATE call SET ended_wall = ?, end_state = ?, error = ?, latency_s = ?, ttft_s = ?,"
        "  ttft_text_s = ?, load_s = ?, prompt_tokens = ?, completion_tokens = ?,"
        "  thinking_tokens = ?, answer_tokens = ?, tokens_kind = ?, split_kind = ?,"
        "  http_status = ?, tries = ?, answer = ?, thinking = ? WHERE id = ?";
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, sql, &q, err))
        return false;
    bind_int(&q, clock_wall(s->clock));
    bind_text(&q, r->end);
    bind_text(&q, r->error);
    bind_real(&q, r->latency_s);
    bind_real(&q, r->ttft_s);
    bind_real(&q, r->ttft_text_s);
    bind_real(&q, r->load_s);
    bind_count(&q, r->prompt_tokens);
    bind_count(&q, r->completion_tokens);
    bind_count(&q, r->thinking_tokens);
    bind_count(&q, r->answer_tokens);
    bind_text(&q, r->tokens_kind);
    bind_text(&q, r->split_kind);
    bind_count(&q, r->http_status ? r->http_status : -1);
    bind_count(&q, r->tries);
    bind_history(&q, s, r->text, r->text_len);
    bind_history(&q, s, r->thinking, r->thinking_len);
    bind_int(&q, id);
    return query_run(&q, err) && changed_one(s, id, err);
}

bool call_end_row(struct store *s, int64_t id, const struct call_result *r, struct error *err)
{
    if (write_begin(s, WRITE_DURABLE, err) && write_end(s, update_end(s, id, r, err), err))
        return true;
    return error_within(err, "recording the end of a call");
}

/* --- answers ------------------------------------------------------------------------------ */

/* Both sides of a compare point at each other, whichever was stored first. */
static bool point_back(struct store *s, int64_t id, int64_t pair_id, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "UPDATE answer SET pair_id = ? WHERE id = ? AND pair_id IS NULL", &q,
                    err))
        return false;
    bind_int(&q, id);
    bind_int(&q, pair_id);
    return query_run(&q, err);
}

/* A call without texts lost them with its last answer. It was asked in the words of its own
 * digest, which need not be those that found its answer in the cache. */
static bool give_texts_again(struct store *s, const struct answer_row *row,
                             const struct hash *digest, struct error *err)
{
    static const char sql[] =
        "UPDATE call SET answer = ?, thinking = ?, query = iif(query_hash = ?, ?, NULL)"
        " WHERE id = ? AND end_state IS NOT NULL AND coalesce(query, answer, thinking) IS NULL";
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, sql, &q, err))
        return false;
    bind_history(&q, s, row->text, row->text_len);
    bind_history(&q, s, row->thinking, row->thinking_len);
    bind_hash(&q, digest);
    bind_history(&q, s, row->query, row->query_len);
    bind_int(&q, row->call_id);
    return query_run(&q, err);
}

static void bind_words(struct query *q, const struct store *s, const char *text)
{
    bind_history(q, s, text && *text ? text : NULL, text ? strlen(text) : 0);
}

static bool insert_answer(struct store *s, const struct answer_row *row, int64_t *ret_id,
                          struct error *err)
{
    static const char sql[] =
        "INSERT INTO answer(session, call_id, run_id, purpose, level, rules, score, role, server,"
        "  model, cot, forced, origin, end_state, latency_s, original_latency_s, saved_s,"
        "  fallback_from, fallback_why, pair_id, side, at_wall, query_hash, error, query, slowed,"
        "  fold, name, notes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?,"
        " ?, ?, ?, ?, ?, ?, ?, ?)";
    struct hash digest = query_hash(row->query, row->query_len), fold;
    AUTO(query) struct query q = { 0 };
    if (row->text && row->call_id && s->keeps_history && !give_texts_again(s, row, &digest, err))
        return false;
    if (!query_open(&s->main, sql, &q, err))
        return false;
    bind_int(&q, s->session);
    bind_id(&q, row->call_id);
    bind_id(&q, row->run_id);
    bind_text(&q, row->purpose);
    bind_text(&q, row->level);
    bind_text(&q, row->rules);
    bind_int(&q, row->score);
    bind_text(&q, row->role);
    bind_text(&q, row->server);
    bind_text(&q, row->model);
    bind_int(&q, row->cot);
    bind_int(&q, row->forced);
    bind_text(&q, row->from);
    bind_text(&q, row->end);
    bind_real(&q, row->latency_s);
    bind_real(&q, row->original_latency_s);
    bind_real(&q, row->saved_s);
    bind_text(&q, row->fallback_from);
    bind_text(&q, row->fallback_why);
    bind_id(&q, row->pair_id);
    bind_text(&q, row->side);
    bind_int(&q, row->at_wall ? row->at_wall : clock_wall(s->clock));
    bind_hash(&q, &digest);
    bind_text(&q, row->error);
    bind_history(&q, s, row->query, row->query_len);
    bind_int(&q, row->slowed);
    bind_fold(&q, &fold, row->query, row->query_len);
    bind_words(&q, s, row->name);
    bind_words(&q, s, row->notes);
    if (!query_run(&q, err))
        return false;
    *ret_id = sqlite3_last_insert_rowid(s->main.handle);
    return !row->pair_id || point_back(s, *ret_id, row->pair_id, err);
}

bool answer_add(struct store *s, const struct answer_row *row, int64_t *ret_id, struct error *err)
{
    int64_t id = 0;
    if (!write_begin(s, WRITE_DURABLE, err) || !write_end(s, insert_answer(s, row, &id, err), err))
        return error_within(err, "recording an answer");
    *ret_id = id;
    return true;
}

/* --- classifications and lookups ---------------------------------------------------------- */

struct verdict {
    const char *query, *rules, *level, *purpose;
    size_t len, signals;
    int score;
};

static bool insert_classification(struct store *s, const struct verdict *v, struct error *err)
{
    struct hash digest = query_hash(v->query, v->len), fold;
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "INSERT INTO classification(session, at_wall, purpose, rules, score, level,"
                    "  signals, query_hash, query, fold) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    bind_int(&q, clock_wall(s->clock));
    bind_text(&q, v->purpose);
    bind_text(&q, v->rules);
    bind_int(&q, v->score);
    bind_text(&q, v->level);
    bind_int(&q, (int64_t)v->signals);
    bind_hash(&q, &digest);
    bind_history(&q, s, v->query, v->len);
    bind_fold(&q, &fold, v->query, v->len);
    return query_run(&q, err);
}

bool classification_add(struct store *s, const char *query, size_t len, const char *rules,
                        int score, const char *level, size_t signals, const char *purpose,
                        struct error *err)
{
    struct verdict v = { .query = query,
                         .len = len,
                         .rules = rules,
                         .score = score,
                         .level = level,
                         .signals = signals,
                         .purpose = purpose };
    if (write_begin(s, WRITE_SOFT, err) && write_end(s, insert_classification(s, &v, err), err))
        return true;
    return error_within(err, "recording a classification");
}

static bool insert_lookup(struct store *s, const struct lookup_row *row, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(
            &s->main,
            "INSERT INTO lookup(session, at_wall, key, result, lookup_s, saved_s, model,"
            "  purpose, query_hash, joined, stale) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &q, err))
        return false;
    bind_int(&q, s->session);
    bind_int(&q, clock_wall(s->clock));
    bind_hash(&q, row->key);
    bind_text(&q, row->result);
    bind_real(&q, row->lookup_s);
    bind_real(&q, row->saved_s);
    bind_text(&q, row->model);
    bind_text(&q, row->purpose);
    if (row->query)
        bind_hash(&q, row->query);
    else
        bind_text(&q, NULL);
    if (row->joined)
        bind_hash(&q, row->joined);
    else
        bind_text(&q, NULL);
    bind_int(&q, row->stale);
    return query_run(&q, err);
}

bool lookup_note(struct store *s, const struct lookup_row *row, struct error *err)
{
    if (write_begin(s, WRITE_SOFT, err) && write_end(s, insert_lookup(s, row, err), err))
        return true;
    return error_within(err, "recording a lookup");
}

bool lookup_add(struct store *s, const struct hash *key, const char *result, double lookup_s,
                double saved_s, const char *model, struct error *err)
{
    const struct lookup_row row = {
        .key = key, .result = result, .lookup_s = lookup_s, .saved_s = saved_s, .model = model
    };
    return lookup_note(s, &row, err);
}
