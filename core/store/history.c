/* The history: reading answers back, full-text search (history.h). */
#include "core/store/history.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/store/history_inside.h"

/* --- one row ------------------------------------------------------------------------------ */

#define ROW_COLUMNS                                                                                \
    " a.id, a.call_id, a.pair_id, a.run_id, a.at_wall, a.purpose, a.query, a.level, a.role,"       \
    " a.server, a.model, c.identity, a.origin, a.end_state, coalesce(a.error, c.error), c.answer," \
    " c.thinking, a.fallback_from, a.fallback_why, a.side,"                                        \
    " (SELECT verdict FROM judgement j WHERE j.pair = min(a.id, a.pair_id)"                        \
    "  ORDER BY j.id DESC LIMIT 1),"                                                               \
    " (SELECT at_wall FROM judgement j WHERE j.pair = min(a.id, a.pair_id)"                        \
    "  ORDER BY j.id DESC LIMIT 1),"                                                               \
    " a.score, a.cot, a.latency_s, a.original_latency_s, c.ttft_s, c.ttft_text_s, c.load_s,"       \
    " a.saved_s, c.prompt_tokens, c.completion_tokens, c.thinking_tokens, c.answer_tokens,"        \
    " c.tokens_kind, a.slowed, a.name, a.notes"

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
    r.judged_wall = column_int(q);
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
    r.name = column_text(q);
    r.notes = column_text(q);
    r.snippet = column_text(q);
    return r;
}

/* --- lists -------------------------------------------------------------------------------- */

/* One statement for each way to walk: an index that is already in the order wanted, so that
 * a page costs the same however long the history is. */
static const char *const lists[] = {
    "SELECT" ROW_COLUMNS ", ''" FROM_CALLS ALL_FILTERS NEWEST_FIRST,
    "SELECT" ROW_COLUMNS ", ''" FROM_CALLS OF_MODEL ALL_FILTERS NEWEST_FIRST,
    "SELECT" ROW_COLUMNS ", ''" FROM_CALLS OF_PURPOSE ALL_FILTERS NEWEST_FIRST,
    "SELECT" ROW_COLUMNS ", ''" FROM_CALLS OF_MODEL OF_PURPOSE ALL_FILTERS NEWEST_FIRST,
};

static const char search_list[] =
    "SELECT" ROW_COLUMNS ", snippet(history_index, -1, '[', ']', '…', 12)"
    " FROM history_index h CROSS JOIN answer a ON a.id = h.rowid"
    " LEFT JOIN call c ON c.id = a.call_id" MATCHING ALL_FILTERS MATCHES_NEWEST_FIRST;

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

static bool walk_source(struct db *db, struct walk *w, struct error *err)
{
    const struct history_filter *f = w->filter;
    AUTO(query) struct query q = { 0 };
    AUTO(bounds) struct bounds b = { 0 };
    return bounds_find(db, f, &b, err) &&
           query_open(db, w->match ? search_list : lists[bounds_way(f)], &q, err) &&
           bounds_bind(&q, f, &b, w->match, w->left) && walk_rows(&q, w, err);
}

bool history_list(struct store *s, const struct history_filter *f, history_each *each, void *self,
                  struct error *err)
{
    struct buf match = { 0 };
    bool ok = search_words(f->search, &match, err);
    struct walk w = { .filter = f,
                      .match = match.len ? buf_text(&match) : NULL,
                      .left = f->limit > 0 ? f->limit : 50,
                      .each = each,
                      .self = self };
    for (struct db *db = store_source(s, NULL); ok && db && w.left && !w.stopped;
         db = store_source(s, db))
        ok = walk_source(db, &w, err) || error_within(err, "reading the history");
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

/* 1 found, 0 none, -1 failed. */
static int find_in(struct db *db, const char *sql, const char *which, int64_t *ret_id,
                   struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, sql, &q, err))
        return -1;
    bind_text(&q, which);
    int found = query_step(&q, err);
    if (found > 0)
        *ret_id = column_int(&q);
    return found;
}

bool history_find(struct store *s, const char *which, int64_t *ret_id, struct error *err)
{
    static const char by_id[] = "SELECT id FROM answer WHERE id = CAST(?1 AS INTEGER)";
    static const char by_name[] = "SELECT id FROM answer WHERE name = ?1 ORDER BY id DESC LIMIT 1";
    bool digits = *which && strlen(which) < 19 && which[strspn(which, "0123456789")] == '\0';
    int found = 0;
    for (int i = digits ? 0 : 1; i < 2 && !found; i++)
        for (struct db *db = store_source(s, NULL); db && !found; db = store_source(s, db))
            found = find_in(db, i ? by_name : by_id, which, ret_id, err);
    if (found < 0)
        return error_within(err, "looking for answer '%s'", which);
    return found > 0 || error_set(err, ERR_USAGE,
                                  "there is no answer '%s', by number or by name: 'rlab history "
                                  "list' shows them",
                                  which);
}
