/* The history: reading answers back, full-text search, deleting (history.h). */
#include "core/store/history.h"

#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/store/inside.h"

/* Words of one search: far more than anyone types, few enough to stay quick. */
#define MAX_WORDS        32
#define MAX_SEARCH_BYTES 4096

/* Below this many answers the index is packed after a delete, which takes well under a
 * second; above, deleted words leave it as it grows. */
#define PACK_ANSWERS 10000

/* --- one row ------------------------------------------------------------------------------ */

#define ROW_COLUMNS                                                                                \
    " a.id, a.call_id, a.pair_id, a.run_id, a.at_wall, a.purpose, a.query, a.level, a.role,"       \
    " a.server, a.model, c.identity, a.origin, a.end_state, coalesce(a.error, c.error), c.answer," \
    " c.thinking, a.fallback_from, a.fallback_why, a.side,"                                        \
    " (SELECT verdict FROM judgement j WHERE j.pair = min(a.id, a.pair_id)"                        \
    "  ORDER BY j.id DESC LIMIT 1),"                                                               \
    " a.score, a.cot, a.latency_s, a.original_latency_s, c.ttft_s, c.ttft_text_s, c.load_s,"       \
    " a.saved_s, c.prompt_tokens, c.completion_tokens, c.thinking_tokens, c.answer_tokens,"        \
    " c.tokens_kind, a.slowed"

static struct history_row read_row(struct query *q)
{
    struct history_row r = { 0 };
    r.id = column_int(q);
    r.call_id = column_int(q);
    r.pair_id = column_int(q);
    r.run_id = column_int(q);
    r.at_wall = column_int(q);
    r.purpose = column_text(q);
    r.query = column_text(q);
    r.level = column_text(q);
    r.role = column_text(q);
    r.server = column_text(q);
    r.model = column_text(q);
    r.identity = column_text(q);
    r.from = column_text(q);
    r.end = column_text(q);
    r.error = column_text(q);
    r.answer = column_text(q);
    r.thinking = column_text(q);
    r.fallback_from = column_text(q);
    r.fallback_why = column_text(q);
    r.side = column_text(q);
    r.judgement = column_text(q);
    r.score = (int)column_int(q);
    r.cot = column_int(q) != 0;
    r.latency_s = column_real(q);
    r.original_latency_s = column_real(q);
    r.ttft_s = column_real(q);
    r.ttft_text_s = column_real(q);
    r.load_s = column_real(q);
    r.saved_s = column_real(q);
    r.prompt_tokens = column_count(q);
    r.completion_tokens = column_count(q);
    r.thinking_tokens = column_count(q);
    r.answer_tokens = column_count(q);
    r.tokens_kind = column_text(q);
    r.slowed = column_int(q) != 0;
    r.snippet = column_text(q);
    return r;
}

/* --- what to look for --------------------------------------------------------------------- */

/* A person's words as a full-text expression: each in double quotes, where nothing is an
 * operator, and each matched by its beginning. */
static bool quote_words(const char *search, struct buf *to, struct error *err)
{
    size_t len = strlen(search), at = 0;
    int words = 0;
    while (at < len) {
        int32_t cp;
        size_t n = text_decode(search + at, len - at, &cp), start = at;
        if (text_is_space(cp)) {
            at += n;
            continue;
        }
        for (; at < len && !text_is_space(cp); at += n) {
            n = text_decode(search + at, len - at, &cp);
            if (text_is_space(cp))
                break;
        }
        if (++words > MAX_WORDS)
            return error_set(err, ERR_USAGE, "a search takes at most %d words", MAX_WORDS);
        bool ok = buf_puts(to, to->len ? " \"" : "\"");
        for (size_t i = start; i < at; i++)
            ok = ok && buf_puts(to, search[i] == '"' ? "\"" : "") && buf_putc(to, search[i]);
        if (!ok || !buf_puts(to, "\"*"))
            return error_set(err, ERR_USAGE, "a search takes at most %d bytes",
                             MAX_SEARCH_BYTES / 2);
    }
    return true;
}

/* "SERVER/MODEL" or a model alone, whose name may itself hold a slash: the first wins where
 * such an answer exists. */
struct model_filter {
    char *server;
    const char *model;
};

static bool any_of(struct db *db, const char *server, const char *model)
{
    struct error err;
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT 1 FROM answer WHERE model = ? AND server = ? LIMIT 1", &q, &err))
        return false;
    bind_text(&q, model);
    bind_text(&q, server);
    return query_step(&q, &err) > 0;
}

static struct model_filter split_model(struct db *db, const char *name)
{
    struct model_filter f = { .model = name };
    const char *slash = name ? strchr(name, '/') : NULL;
    if (!slash)
        return f;
    char *server = mem_copy(name, (size_t)(slash - name));
    if (any_of(db, server, slash + 1))
        return (struct model_filter){ .server = server, .model = slash + 1 };
    mem_free(server);
    return f;
}

/* The lowest id that can be of this time: walking back by id may stop there. The plus keeps
 * SQLite from looking for it by walking all ids from the first. */
static bool first_since(struct db *db, int64_t since_wall, int64_t *ret, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT min(+id) FROM answer WHERE at_wall >= ?", &q, err))
        return false;
    bind_int(&q, since_wall);
    if (query_step(&q, err) <= 0)
        return false;
    int64_t id = column_count(&q);
    *ret = id < 0 ? INT64_MAX : id;
    return true;
}

/* --- lists -------------------------------------------------------------------------------- */

#define FROM_ANSWERS " FROM answer a LEFT JOIN call c ON c.id = a.call_id WHERE a.id < ?1"
#define ALL_FILTERS                                                                                \
    " AND a.id >= ?2 AND a.at_wall >= ?3 AND (?4 IS NULL OR a.server = ?4)"                        \
    " AND (?5 IS NULL OR a.model = ?5) AND (?6 IS NULL OR a.purpose = ?6)"
#define NEWEST_FIRST " ORDER BY a.id DESC LIMIT ?7"

/* One statement for each way to walk: an index that is already in the order wanted, so that
 * a page costs the same however long the history is. */
static const char *const lists[] = {
    "SELECT" ROW_COLUMNS ", ''" FROM_ANSWERS ALL_FILTERS NEWEST_FIRST,
    "SELECT" ROW_COLUMNS ", ''" FROM_ANSWERS " AND a.model = ?5" ALL_FILTERS NEWEST_FIRST,
    "SELECT" ROW_COLUMNS ", ''" FROM_ANSWERS " AND a.purpose = ?6" ALL_FILTERS NEWEST_FIRST,
    "SELECT" ROW_COLUMNS ", ''" FROM_ANSWERS
    " AND a.model = ?5 AND a.purpose = ?6" ALL_FILTERS NEWEST_FIRST,
};

static const char search_list[] =
    "SELECT" ROW_COLUMNS ", snippet(history_index, -1, '[', ']', '…', 12)"
    " FROM history_index h CROSS JOIN answer a ON a.id = h.rowid"
    " LEFT JOIN call c ON c.id = a.call_id"
    " WHERE history_index MATCH ?8 AND h.rowid < ?1 AND h.rowid >= ?2" ALL_FILTERS
    " ORDER BY h.rowid DESC LIMIT ?7";

struct walk {
    const struct history_filter *filter;
    const char *match; /* NULL: no search */
    int left;
    bool stopped;
    history_each *each;
    void *self;
};

static bool walk_rows(struct query *q, struct walk *w, struct error *err)
{
    int more;
    while ((more = query_step(q, err)) > 0) {
        struct history_row r = read_row(q);
        w->left--;
        if (!w->each(w->self, &r)) {
            w->stopped = true;
            return true;
        }
    }
    return more == 0;
}

static bool walk_source(struct db *db, struct walk *w, const struct model_filter *model,
                        struct error *err)
{
    const struct history_filter *f = w->filter;
    int64_t from_id = 0;
    if (f->since_wall && !first_since(db, f->since_wall, &from_id, err))
        return false;
    int which = (model->model ? 1 : 0) + (f->purpose ? 2 : 0);
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, w->match ? search_list : lists[which], &q, err))
        return false;
    bind_int(&q, f->before_id ? f->before_id : INT64_MAX);
    bind_int(&q, from_id);
    bind_int(&q, f->since_wall ? f->since_wall : INT64_MIN);
    bind_text(&q, model->server);
    bind_text(&q, model->model);
    bind_text(&q, f->purpose);
    bind_int(&q, w->left);
    if (w->match)
        bind_text(&q, w->match);
    return walk_rows(&q, w, err);
}

bool history_list(struct store *s, const struct history_filter *f, history_each *each, void *self,
                  struct error *err)
{
    struct buf match = buf_with_max(MAX_SEARCH_BYTES);
    bool ok = !f->search || quote_words(f->search, &match, err);
    struct walk w = { .filter = f,
                      .match = match.len ? buf_text(&match) : NULL,
                      .left = f->limit > 0 ? f->limit : 50,
                      .each = each,
                      .self = self };
    for (struct db *db = store_source(s, NULL); ok && db && w.left && !w.stopped;
         db = store_source(s, db)) {
        struct model_filter model = split_model(db, f->model);
        ok = walk_source(db, &w, &model, err) || error_within(err, "reading the history");
        mem_free(model.server);
    }
    buf_done(&match);
    return ok;
}

bool history_get(struct store *s, int64_t id, history_each *each, void *self, struct error *err)
{
    static const char sql[] = "SELECT" ROW_COLUMNS ", '' FROM answer a"
                              " LEFT JOIN call c ON c.id = a.call_id WHERE a.id = ?";
    struct walk w = { .left = 1, .each = each, .self = self };
    bool ok = true;
    for (struct db *db = store_source(s, NULL); ok && db && w.left; db = store_source(s, db)) {
        AUTO(query) struct query q = { 0 };
        ok = query_open(db, sql, &q, err);
        if (!ok)
            break;
        bind_int(&q, id);
        ok = walk_rows(&q, &w, err);
    }
    if (!ok)
        return error_within(err, "reading answer %lld", (long long)id);
    return w.left == 0 ||
           error_set(err, ERR_USAGE, "there is no answer %lld: 'rlab history list' numbers them",
                     (long long)id);
}

bool history_count(struct store *s, int64_t *ret, struct error *err)
{
    int64_t all = 0, n;
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db)) {
        if (!db_number(db, "SELECT count(*) FROM answer", &n, err))
            return error_within(err, "counting the history");
        all += n;
    }
    *ret = all;
    return true;
}

/* --- deleting ----------------------------------------------------------------------------- */

/* ?1 one id or 0, ?2 a time or 0, ?3 the call of that one. The texts of a call go with its
 * last answer, those of the classification and the run's item with the answer; numbers stay,
 * since statistics are made of them. */
#define DOOMED "(?1 = 0 OR id = ?1) AND (?2 = 0 OR at_wall < ?2)"
static const char *const burn[] = {
    "UPDATE run_item SET query = NULL, answer = NULL"
    " WHERE answer_id IN (SELECT id FROM answer WHERE " DOOMED ")",
    "UPDATE classification SET query = NULL WHERE query IS NOT NULL AND (?2 = 0 OR at_wall < ?2)"
    "   AND (?1 = 0 OR query_hash = (SELECT query_hash FROM answer WHERE id = ?1))",
    "DELETE FROM answer WHERE " DOOMED,
    "UPDATE call SET query = NULL, answer = NULL, thinking = NULL"
    " WHERE end_state IS NOT NULL AND (?1 = 0 OR id = ?3) AND (?2 = 0 OR started_wall < ?2)"
    "   AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.call_id = call.id)"
    "   AND coalesce(query, answer, thinking) IS NOT NULL",
};

#define BURN_ANSWERS 2 /* the row whose count is told */

static bool call_of(struct store *s, int64_t id, int64_t *ret, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "SELECT call_id FROM answer WHERE id = ?", &q, err))
        return false;
    bind_int(&q, id);
    int found = query_step(&q, err);
    *ret = found > 0 ? column_int(&q) : 0;
    return found >= 0;
}

static bool burn_rows(struct store *s, int64_t id, int64_t before_wall, int64_t *ret,
                      struct error *err)
{
    int64_t call_id;
    if (!call_of(s, id, &call_id, err))
        return false;
    for (int i = 0; i < (int)(sizeof burn / sizeof *burn); i++) {
        AUTO(query) struct query q = { 0 };
        if (!query_open(&s->main, burn[i], &q, err))
            return false;
        bind_int(&q, id);
        bind_int(&q, before_wall);
        if (sqlite3_bind_parameter_count(q.stmt) > 2)
            bind_int(&q, call_id);
        if (!query_run(&q, err))
            return false;
        if (i == BURN_ANSWERS)
            *ret = sqlite3_changes(s->main.handle);
    }
    return true;
}

/* Deleted words must leave the file, not just the tables: the search index is packed and the
 * log is emptied. The rows are gone whether or not this succeeds. */
static void sweep(struct store *s)
{
    struct error err;
    int64_t left = 0;
    if (db_number(&s->main, "SELECT count(*) FROM answer", &left, &err) && left <= PACK_ANSWERS)
        db_exec(&s->main, "INSERT INTO history_index(history_index) VALUES ('optimize')", &err);
    if (s->wal)
        db_exec(&s->main, "PRAGMA wal_checkpoint(TRUNCATE)", &err);
}

bool history_delete(struct store *s, int64_t id, int64_t before_wall, int64_t *ret,
                    struct error *err)
{
    int64_t deleted = 0;
    if (s->below.handle)
        return error_set(err, ERR_STORE, "nothing can be deleted: %s", s->trouble);
    bool ok = write_begin(s, WRITE_DURABLE, err) &&
              write_end(s, burn_rows(s, id, before_wall, &deleted, err), err);
    if (!ok)
        return error_within(err, "deleting from the history");
    if (!s->depth)
        sweep(s);
    *ret = deleted;
    return true;
}
