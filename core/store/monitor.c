/* Reading for the monitor and the demonstrations (monitor.h). What this process wrote lies in
 * `main` alone; the history is read from the file below a stand-in too. */
#include "core/store/monitor.h"

#include "core/store/inside.h"

/* --- answers ------------------------------------------------------------------------------ */

static bool read_answers(struct db *db, int *left, monitor_answer_each *each, void *self,
                         struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "SELECT a.id, a.at_wall, a.query, a.level, a.role, a.server, a.model,"
                    "  a.origin, a.end_state, a.fallback_from, a.score, a.latency_s, c.load_s,"
                    "  a.slowed"
                    " FROM answer a LEFT JOIN call c ON c.id = a.call_id"
                    " WHERE coalesce(a.purpose, '') NOT IN ('demo', 'warm-up', 'check')"
                    " ORDER BY a.id DESC LIMIT ?",
                    &q, err))
        return false;
    bind_int(&q, *left);
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct monitor_answer a = { .id = column_int(&q) };
        a.at_wall = column_int(&q);
        a.query = column_text(&q);
        a.level = column_text(&q);
        a.role = column_text(&q);
        a.server = column_text(&q);
        a.model = column_text(&q);
        a.from = column_text(&q);
        a.end = column_text(&q);
        a.fallback_from = column_text(&q);
        a.score = (int)column_int(&q);
        a.latency_s = column_real(&q);
        a.load_s = column_real(&q);
        a.slowed = column_int(&q) != 0;
        --*left;
        if (!each(self, &a)) {
            *left = 0;
            return true;
        }
    }
    return more == 0;
}

bool monitor_answers(struct store *s, int limit, monitor_answer_each *each, void *self,
                     struct error *err)
{
    for (struct db *db = store_source(s, NULL); db && limit > 0; db = store_source(s, db))
        if (!read_answers(db, &limit, each, self, err))
            return error_within(err, "reading the answers");
    return true;
}

/* --- known answers ------------------------------------------------------------------------ */

static bool read_grades(struct db *db, monitor_grade_each *each, void *self, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "SELECT level, sum(correct), count(*) FROM run_item"
                    " WHERE correct IS NOT NULL AND level IS NOT NULL AND NOT always"
                    "   AND NOT slowed"
                    " GROUP BY level",
                    &q, err))
        return false;
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct monitor_grade g = { .level = column_text(&q) };
        g.right = column_int(&q);
        g.checked = column_int(&q);
        if (!each(self, &g))
            return true;
    }
    return more == 0;
}

bool monitor_grades(struct store *s, monitor_grade_each *each, void *self, struct error *err)
{
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db))
        if (!read_grades(db, each, self, err))
            return error_within(err, "reading the runs");
    return true;
}

/* --- look-ups and facts ------------------------------------------------------------------- */

bool monitor_lookups(struct store *s, int64_t after, monitor_lookup_each *each, void *self,
                     struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "SELECT id, at_wall, result, model, lookup_s, saved_s FROM lookup"
                    " WHERE id > ? AND session = ? ORDER BY id",
                    &q, err))
        return error_within(err, "reading the look-ups");
    bind_int(&q, after);
    bind_int(&q, s->session);
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct monitor_lookup l = { .id = column_int(&q) };
        l.at_wall = column_int(&q);
        l.result = column_text(&q);
        l.model = column_text(&q);
        l.lookup_s = column_real(&q);
        l.saved_s = column_real(&q);
        if (!each(self, &l))
            return true;
    }
    return more == 0 || error_within(err, "reading the look-ups");
}

bool monitor_hits(struct store *s, int limit, monitor_hit_each *each, void *self, struct error *err)
{
    int left = limit;
    for (struct db *db = store_source(s, NULL); db && left > 0; db = store_source(s, db)) {
        AUTO(query) struct query q = { 0 };
        if (!query_open(db,
                        "SELECT key, at_wall FROM lookup WHERE result = 'hit'"
                        " ORDER BY id DESC LIMIT ?",
                        &q, err))
            return error_within(err, "reading look-ups");
        bind_int(&q, left);
        int more;
        while ((more = query_step(&q, err)) > 0) {
            struct monitor_hit h = { .key = column_hash(&q) };
            h.at_wall = column_int(&q);
            left--;
            if (!each(self, &h))
                return true;
        }
        if (more < 0)
            return error_within(err, "reading look-ups");
    }
    return true;
}

bool monitor_facts(struct store *s, const char *kind, int64_t after, monitor_fact_each *each,
                   void *self, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "SELECT id, at_wall, subject, before, after FROM fact"
                    " WHERE kind = ? AND id > ? AND session = ? ORDER BY id",
                    &q, err))
        return error_within(err, "reading the facts");
    bind_text(&q, kind);
    bind_int(&q, after);
    bind_int(&q, s->session);
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct monitor_fact f = { .id = column_int(&q) };
        f.at_wall = column_int(&q);
        f.subject = column_text(&q);
        f.before = column_text(&q);
        f.after = column_text(&q);
        if (!each(self, &f))
            return true;
    }
    return more == 0 || error_within(err, "reading the facts");
}

bool monitor_mark(struct store *s, struct monitor_mark *ret, struct error *err)
{
    struct monitor_mark m;
    if (!db_number(&s->main, "SELECT coalesce(max(id), 0) FROM lookup", &m.lookup, err) ||
        !db_number(&s->main, "SELECT coalesce(max(id), 0) FROM fact", &m.fact, err))
        return error_within(err, "reading the newest rows");
    *ret = m;
    return true;
}
