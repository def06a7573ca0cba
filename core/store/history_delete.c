/* The history: deleting, and bringing back what was deleted (history.h).
 *
 * The texts of a call go with its last answer, those of the classification, the run's item and
 * the call it was a fallback for with the answer; numbers stay, since statistics are made of
 * them. */
#include "core/store/history_inside.h"

#include "core/base/mem.h"

/* Below this many answers the index is packed after a delete, which takes well under a
 * second; above, deleted words leave it as it grows. */
#define PACK_ANSWERS 10000
/* Pages of the index that one step of packing writes. */
#define STEP_PAGES 64

/* --- one answer ------------------------------------------------------------------------------- */

#define ANSWER_COLUMNS                                                                             \
    "id, session, call_id, run_id, purpose, level, rules, score, role, server, model, cot,"        \
    " forced, origin, end_state, latency_s, original_latency_s, saved_s, fallback_from,"           \
    " fallback_why, pair_id, side, at_wall, query_hash, error, query, slowed, fold, name, notes"

/* The failed call that fallback answer ?1 stands for has no answer of its own: it is one that
 * asked the same in the same session. Where there are more of them, each answer takes one. */
#define FALLEN                                                                                     \
    "id = (SELECT c.id FROM call c JOIN answer a ON a.id = ?1 WHERE a.fallback_from IS NOT NULL"   \
    "   AND c.session = a.session AND c.query_hash = a.query_hash"                                 \
    "   AND c.end_state IS NOT NULL AND coalesce(c.query, c.answer, c.thinking) IS NOT NULL"       \
    "   AND NOT EXISTS (SELECT 1 FROM answer b WHERE b.call_id = c.id)"                            \
    " ORDER BY c.id DESC LIMIT 1)"
#define CALL_TEXTS_GONE "UPDATE call SET query = NULL, answer = NULL, thinking = NULL"
#define CALL_TEXTS_BACK "UPDATE call SET query = ?2, answer = ?3, thinking = ?4 WHERE id = ?1"

/* What goes with answer ?1: what is read to be kept, what then happens to it, and how it is
 * brought back from what was read. In the order of going; it comes back in the other one, so
 * that the search index finds the call's texts when the answer is there again. ?2 is its call. */
static const struct part {
    const char *keep, *burn, *mend;
} parts[] = {
    { "SELECT id, query, answer, thinking FROM call WHERE " FALLEN,
      CALL_TEXTS_GONE " WHERE " FALLEN, CALL_TEXTS_BACK },
    { "SELECT id, query, answer FROM run_item WHERE answer_id = ?1",
      "UPDATE run_item SET query = NULL, answer = NULL WHERE answer_id = ?1",
      "UPDATE run_item SET query = ?2, answer = ?3 WHERE id = ?1" },
    { "SELECT id, query FROM classification WHERE query IS NOT NULL"
      "   AND query_hash = (SELECT query_hash FROM answer WHERE id = ?1)",
      "UPDATE classification SET query = NULL WHERE query IS NOT NULL"
      "   AND query_hash = (SELECT query_hash FROM answer WHERE id = ?1)",
      "UPDATE classification SET query = ?2 WHERE id = ?1" },
    { "SELECT " ANSWER_COLUMNS " FROM answer WHERE id = ?1", "DELETE FROM answer WHERE id = ?1",
      "INSERT INTO answer(" ANSWER_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
      " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27,"
      " ?28, ?29, ?30)" },
    { "SELECT id, query, answer, thinking FROM call WHERE id = ?2 AND end_state IS NOT NULL"
      "   AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.call_id = call.id AND a.id <> ?1)",
      CALL_TEXTS_GONE
      " WHERE id = ?2 AND end_state IS NOT NULL"
      "   AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.call_id = call.id AND a.id <> ?1)",
      CALL_TEXTS_BACK },
};

#define PARTS       ((int)(sizeof parts / sizeof *parts))
#define PART_ANSWER 3

struct links {
    int64_t call_id, pair_id;
};

static bool links_of(struct store *s, int64_t id, struct links *ret, bool *ret_found,
                     struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "SELECT call_id, pair_id FROM answer WHERE id = ?", &q, err))
        return false;
    bind_int(&q, id);
    int found = query_step(&q, err);
    *ret = (struct links){ 0 };
    if (found > 0) {
        ret->call_id = column_int(&q);
        ret->pair_id = column_int(&q);
    }
    *ret_found = found > 0;
    return found >= 0;
}

static bool open_part(struct store *s, const char *sql, int64_t id, int64_t call_id,
                      struct query *q, struct error *err)
{
    if (!query_open(&s->main, sql, q, err))
        return false;
    bind_int(q, id);
    if (sqlite3_bind_parameter_count(q->stmt) > 1)
        bind_int(q, call_id);
    return true;
}

static bool burn_one(struct store *s, int64_t id, int64_t call_id, int64_t *ret, struct error *err)
{
    for (int i = 0; i < PARTS; i++) {
        AUTO(query) struct query q = { 0 };
        if (!open_part(s, parts[i].burn, id, call_id, &q, err) || !query_run(&q, err))
            return false;
        if (i == PART_ANSWER)
            *ret += sqlite3_changes(s->main.handle);
    }
    return true;
}

/* --- all, or all before a time ------------------------------------------------------------------ */

#define BURN_ANSWER 2
#define DOOMED      "(?1 = 0 OR at_wall < ?1)"
static const char *const burn_before[] = {
    "UPDATE run_item SET query = NULL, answer = NULL"
    " WHERE answer_id IN (SELECT id FROM answer WHERE " DOOMED ")",
    "UPDATE classification SET query = NULL WHERE query IS NOT NULL AND " DOOMED,
    "DELETE FROM answer WHERE " DOOMED,
    CALL_TEXTS_GONE " WHERE end_state IS NOT NULL AND (?1 = 0 OR started_wall < ?1)"
                    "   AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.call_id = call.id)"
                    "   AND coalesce(query, answer, thinking) IS NOT NULL",
};

static bool burn_rows(struct store *s, int64_t before_wall, int64_t *ret, struct error *err)
{
    for (int i = 0; i < (int)(sizeof burn_before / sizeof *burn_before); i++) {
        AUTO(query) struct query q = { 0 };
        if (!query_open(&s->main, burn_before[i], &q, err))
            return false;
        bind_int(&q, before_wall);
        if (!query_run(&q, err))
            return false;
        if (i == BURN_ANSWER)
            *ret = sqlite3_changes(s->main.handle);
    }
    return true;
}

static bool burn(struct store *s, int64_t id, int64_t before_wall, int64_t *ret, struct error *err)
{
    struct links links;
    bool found;
    if (!id)
        return burn_rows(s, before_wall, ret, err);
    return links_of(s, id, &links, &found, err) && burn_one(s, id, links.call_id, ret, err);
}

/* Deleted words must leave the file, not just the tables: the search index is packed and the
 * log is emptied. The rows are gone whether or not this succeeds. */
static void sweep(struct store *s)
{
    struct error err;
    struct history_totals left;
    if (totals_read(&s->main, &left, &err) && left.answers <= PACK_ANSWERS)
        db_exec(&s->main, "INSERT INTO history_index(history_index) VALUES ('optimize')", &err);
    if (s->wal)
        db_exec(&s->main, "PRAGMA wal_checkpoint(TRUNCATE)", &err);
}

static bool can_delete(const struct store *s, struct error *err)
{
    return !s->below.handle || error_set(err, ERR_STORE, "nothing can be deleted: %s", s->trouble);
}

bool history_delete(struct store *s, int64_t id, int64_t before_wall, int64_t *ret,
                    struct error *err)
{
    int64_t deleted = 0;
    if (!can_delete(s, err))
        return false;
    bool ok = write_begin(s, WRITE_DURABLE, err) &&
              write_end(s, burn(s, id, before_wall, &deleted, err), err);
    if (!ok)
        return error_within(err, "deleting from the history");
    if (!s->depth)
        sweep(s);
    *ret = deleted;
    return true;
}

/* --- with a way back ---------------------------------------------------------------------------- */

struct gone_row {
    int part, count;
    sqlite3_value *v[30];
};

struct history_gone {
    struct gone_row *rows;
    size_t count, cap;
};

void history_gone_free(struct history_gone *g)
{
    for (size_t i = 0; g && i < g->count; i++)
        for (int k = 0; k < g->rows[i].count; k++)
            sqlite3_value_free(g->rows[i].v[k]);
    if (g)
        mem_free(g->rows);
    mem_free(g);
}

static bool keep_part(struct store *s, int part, int64_t id, int64_t call_id,
                      struct history_gone *g, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!open_part(s, parts[part].keep, id, call_id, &q, err))
        return false;
    int more;
    while ((more = query_step(&q, err)) > 0) {
        g->rows = mem_grow(g->rows, &g->cap, g->count + 1, sizeof *g->rows);
        struct gone_row *row = &g->rows[g->count++];
        *row = (struct gone_row){ .part = part, .count = sqlite3_column_count(q.stmt) };
        for (int k = 0; k < row->count; k++)
            if (!(row->v[k] = sqlite3_value_dup(sqlite3_column_value(q.stmt, k))))
                return error_set(err, ERR_STORE, "there is no memory left to keep it in");
    }
    return more == 0;
}

static bool take_one(struct store *s, int64_t id, struct history_gone *g, struct links *ret,
                     struct error *err)
{
    bool found;
    int64_t count = 0;
    if (!links_of(s, id, ret, &found, err))
        return false;
    for (int i = 0; found && i < PARTS; i++)
        if (!keep_part(s, i, id, ret->call_id, g, err))
            return false;
    return !found || burn_one(s, id, ret->call_id, &count, err);
}

static bool take(struct store *s, int64_t id, struct history_gone *g, struct error *err)
{
    struct links links, other;
    return take_one(s, id, g, &links, err) &&
           (!links.pair_id || take_one(s, links.pair_id, g, &other, err));
}

bool history_take(struct store *s, int64_t id, struct history_gone **ret, struct error *err)
{
    if (!can_delete(s, err))
        return false;
    struct history_gone *g = mem_new(struct history_gone, 1);
    if (!write_begin(s, WRITE_DURABLE, err) || !write_end(s, take(s, id, g, err), err)) {
        history_gone_free(g);
        return error_within(err, "deleting from the history");
    }
    *ret = g->count ? g : NULL;
    if (!g->count)
        history_gone_free(g);
    return true;
}

static bool mend(struct store *s, const struct history_gone *g, struct error *err)
{
    for (size_t i = g->count; i-- > 0;) {
        const struct gone_row *row = &g->rows[i];
        AUTO(query) struct query q = { 0 };
        if (!query_open(&s->main, parts[row->part].mend, &q, err))
            return false;
        for (int k = 0; k < row->count; k++)
            if (sqlite3_bind_value(q.stmt, k + 1, row->v[k]) != SQLITE_OK)
                return db_fail(&s->main, err);
        if (!query_run(&q, err))
            return false;
    }
    return true;
}

bool history_give_back(struct store *s, const struct history_gone *g, struct error *err)
{
    if (!s->keeps_history)
        return error_set(err, ERR_USAGE, "nothing is brought back while recording is off");
    if (write_begin(s, WRITE_DURABLE, err) && write_end(s, mend(s, g, err), err))
        return true;
    return error_within(err, "bringing back what was deleted");
}

/* --- packing, step by step ------------------------------------------------------------------------ */

/* The first step, a negative number of pages, begins to merge everything into one; the others
 * go on with it until a step has nothing left to write. */
static bool pack(struct store *s, bool *ret_done, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "INSERT INTO history_index(history_index, rank) VALUES ('merge', ?)",
                    &q, err))
        return false;
    int before = sqlite3_total_changes(s->main.handle);
    bind_int(&q, s->packing ? STEP_PAGES : -STEP_PAGES);
    if (!query_run(&q, err))
        return false;
    *ret_done = sqlite3_total_changes(s->main.handle) - before < 2;
    return true;
}

bool history_sweep(struct store *s, bool *ret_done, struct error *err)
{
    struct history_totals left;
    *ret_done = true;
    if (!s->writes || !totals_read(&s->main, &left, err) || left.answers > PACK_ANSWERS)
        return true;
    bool ok = write_begin(s, WRITE_SOFT, err) && write_end(s, pack(s, ret_done, err), err);
    s->packing = ok && !*ret_done;
    if (ok && *ret_done && s->wal && !s->depth) {
        struct error ignored; /* others may be reading: then a later one empties it */
        db_exec(&s->main, "PRAGMA wal_checkpoint(TRUNCATE)", &ignored);
    }
    return ok || error_within(err, "packing the search index");
}
