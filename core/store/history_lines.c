/* Lines of the history (history_lines.h). */
#include "core/store/history_lines.h"

#include <string.h>

#include "core/store/history_inside.h"

/* Beginning of a question that a list needs, in letters. */
#define SHOWN_QUERY "400"
/* Texts up to this are marked, in bytes of all three. */
#define MAX_MARKED (1024 * 1024)
/* Kinds and models one history is filtered by; more are not offered. */
#define MAX_VALUES 200

/* --- how many ----------------------------------------------------------------------------- */

bool history_state(struct store *s, struct history_state *ret, struct error *err)
{
    struct history_state st = { 0 };
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db)) {
        struct history_totals t;
        int64_t first = 0, newest = 0;
        if (!totals_read(db, &t, err) ||
            !db_number(db, "SELECT coalesce(max(id), 0) FROM answer", &newest, err) ||
            !db_number(db, "SELECT coalesce((SELECT at_wall FROM answer ORDER BY id LIMIT 1), 0)",
                       &first, err))
            return error_within(err, "counting the history");
        st.answers += t.answers;
        st.lines += t.lines;
        st.newest_id = newest > st.newest_id ? newest : st.newest_id;
        st.first_wall = first ? first : st.first_wall;
    }
    *ret = st;
    return true;
}

/* --- numbers ------------------------------------------------------------------------------ */

#define NUMBERS "SELECT a.id, a.pair_id"
static const char *const numbers[] = {
    NUMBERS FROM_ANSWERS ALL_FILTERS NEWEST_FIRST,
    NUMBERS FROM_ANSWERS OF_MODEL ALL_FILTERS NEWEST_FIRST,
    NUMBERS FROM_ANSWERS OF_PURPOSE ALL_FILTERS NEWEST_FIRST,
    NUMBERS FROM_ANSWERS OF_MODEL OF_PURPOSE ALL_FILTERS NEWEST_FIRST,
};
static const char matching_numbers[] =
    NUMBERS " FROM history_index h CROSS JOIN answer a ON a.id = h.rowid" MATCHING ALL_FILTERS
        MATCHES_NEWEST_FIRST;

static bool number_source(struct db *db, const struct history_filter *f, const char *match,
                          int64_t *left, history_number *each, void *self, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    AUTO(bounds) struct bounds b = { 0 };
    if (!bounds_find(db, f, &b, err) ||
        !query_open(db, match ? matching_numbers : numbers[bounds_way(f)], &q, err))
        return false;
    bounds_bind(&q, f, &b, match, *left);
    int more;
    while ((more = query_step(&q, err)) > 0) {
        int64_t id = column_int(&q);
        --*left;
        if (!each(self, id, column_int(&q))) {
            *left = 0;
            return true;
        }
    }
    return more == 0;
}

bool history_numbers(struct store *s, const struct history_filter *f, history_number *each,
                     void *self, struct error *err)
{
    struct buf match = { 0 };
    int64_t left = f->limit > 0 ? f->limit : INT64_MAX;
    bool ok = search_words(f->search, &match, err);
    for (struct db *db = store_source(s, NULL); ok && db && left; db = store_source(s, db))
        ok = number_source(db, f, match.len ? buf_text(&match) : NULL, &left, each, self, err) ||
             error_within(err, "reading the history");
    buf_done(&match);
    return ok;
}

static bool match_source(struct db *db, const char *match, int64_t before_id, int64_t *left,
                         history_match *each, void *self, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "SELECT rowid FROM history_index WHERE history_index MATCH ? AND rowid < ?"
                    " ORDER BY rowid DESC LIMIT ?",
                    &q, err))
        return false;
    bind_text(&q, match);
    bind_int(&q, before_id);
    bind_int(&q, *left);
    int more;
    while ((more = query_step(&q, err)) > 0) {
        each(self, column_int(&q));
        --*left;
    }
    return more == 0;
}

bool history_matches(struct store *s, const char *search, int64_t before_id, int64_t limit,
                     history_match *each, void *self, struct error *err)
{
    struct buf match = { 0 };
    bool ok = search_words(search, &match, err);
    for (struct db *db = store_source(s, NULL); ok && match.len && db && limit;
         db = store_source(s, db))
        ok = match_source(db, buf_text(&match), before_id, &limit, each, self, err) ||
             error_within(err, "searching the history");
    buf_done(&match);
    return ok;
}

bool history_fits(struct store *s, const struct history_filter *f, int64_t id, bool *ret_fits,
                  int64_t *ret_pair_id, struct error *err)
{
    *ret_fits = false;
    for (struct db *db = store_source(s, NULL); db && !*ret_fits; db = store_source(s, db)) {
        struct history_filter one = *f;
        one.from_id = id;
        one.before_id = id + 1;
        AUTO(query) struct query q = { 0 };
        AUTO(bounds) struct bounds b = { 0 };
        if (!bounds_find(db, &one, &b, err) || !query_open(db, numbers[0], &q, err))
            return false;
        bounds_bind(&q, &one, &b, NULL, 1);
        int found = query_step(&q, err);
        if (found < 0)
            return error_within(err, "reading answer %lld", (long long)id);
        if (found) {
            *ret_fits = column_int(&q) == id;
            *ret_pair_id = column_int(&q);
        }
    }
    return true;
}

/* --- one line ----------------------------------------------------------------------------- */

static struct history_side read_side(struct query *q, struct arena *a)
{
    struct history_side s = { 0 };
    s.id = column_int(q);
    s.model = arena_string(a, column_text(q));
    s.end = arena_string(a, column_text(q));
    s.latency_s = column_real(q);
    s.tokens_kind = arena_string(a, column_text(q));
    s.tokens = column_count(q);
    int64_t split = column_count(q);
    if (s.tokens < 0)
        s.tokens = split; /* where only the parts were told */
    return s;
}

#define SIDE(t, c)                                                                                 \
    " " t ".id, " t ".model, " t ".end_state, " t ".latency_s, " c ".tokens_kind,"                 \
    " " c ".completion_tokens, coalesce(" c ".thinking_tokens, 0) + " c ".answer_tokens"

static bool line_source(struct db *db, int64_t id, struct arena *a, struct history_line *ret,
                        struct error *err)
{
    static const char sql[] =
        "SELECT a.id, a.at_wall, a.purpose, a.level, a.role, a.server, a.model, a.origin,"
        " substr(a.query, 1, " SHOWN_QUERY "), a.side," SIDE("a", "c") "," SIDE(
            "p", "d") " FROM answer a LEFT JOIN call c ON c.id = a.call_id"
                      " LEFT JOIN answer p ON p.id = a.pair_id LEFT JOIN call d ON d.id = p.call_id"
                      " WHERE a.id = ?";
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, sql, &q, err))
        return false;
    bind_int(&q, id);
    int found = query_step(&q, err);
    if (found <= 0)
        return found == 0;
    struct history_line l = { .id = column_int(&q), .at_wall = column_int(&q) };
    const char **const texts[] = { &l.purpose, &l.level, &l.role, &l.server,
                                   &l.model,   &l.from,  &l.query };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = arena_string(a, column_text(&q));
    bool right = strcmp(column_text(&q), "right") == 0;
    struct history_side own = read_side(&q, a), other = read_side(&q, a);
    l.compare = other.id != 0;
    l.side[l.compare && right] = own;
    l.side[!(l.compare && right)] = other;
    *ret = l;
    return true;
}

bool history_line(struct store *s, int64_t id, struct arena *a, struct history_line *ret,
                  struct error *err)
{
    *ret = (struct history_line){ 0 };
    for (struct db *db = store_source(s, NULL); db && !ret->id; db = store_source(s, db))
        if (!line_source(db, id, a, ret, err))
            return error_within(err, "reading answer %lld", (long long)id);
    return true;
}

/* --- matches ------------------------------------------------------------------------------ */

static bool mark_source(struct db *db, int64_t id, const char *match, struct arena *a,
                        struct history_marks *ret, struct error *err)
{
    static const char sql[] =
        "SELECT highlight(history_index, 0, char(1), char(2)),"
        " highlight(history_index, 1, char(1), char(2)),"
        " highlight(history_index, 2, char(1), char(2))"
        " FROM history_index WHERE history_index MATCH ?1 AND rowid = ?2"
        " AND (SELECT coalesce(length(a.query), 0) + coalesce(length(c.answer), 0)"
        "   + coalesce(length(c.thinking), 0) FROM answer a LEFT JOIN call c ON c.id = a.call_id"
        "   WHERE a.id = ?2) <= ?3";
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, sql, &q, err))
        return false;
    bind_text(&q, match);
    bind_int(&q, id);
    bind_int(&q, MAX_MARKED);
    int found = query_step(&q, err);
    if (found > 0) {
        ret->query = arena_string(a, column_text(&q));
        ret->answer = arena_string(a, column_text(&q));
        ret->thinking = arena_string(a, column_text(&q));
    }
    return found >= 0;
}

bool history_marks(struct store *s, int64_t id, const char *search, struct arena *a,
                   struct history_marks *ret, struct error *err)
{
    *ret = (struct history_marks){ 0 };
    struct buf match = { 0 };
    bool ok = search_words(search, &match, err);
    for (struct db *db = store_source(s, NULL); ok && match.len && db && !ret->query;
         db = store_source(s, db))
        ok = mark_source(db, id, buf_text(&match), a, ret, err) ||
             error_within(err, "reading answer %lld", (long long)id);
    buf_done(&match);
    return ok;
}

/* --- what can be filtered by ------------------------------------------------------------------ */

/* From value to value along the index: as quick with a million rows as with ten. */
static bool each_value(struct db *db, const char *sql, history_value *each, void *self,
                       struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, sql, &q, err))
        return false;
    bind_int(&q, MAX_VALUES);
    int more;
    while ((more = query_step(&q, err)) > 0)
        each(self, column_text(&q));
    return more == 0;
}

#define VALUES(column)                                                                             \
    "WITH RECURSIVE v(x) AS (SELECT min(" column ") FROM answer WHERE " column " > ''"             \
    " UNION ALL SELECT (SELECT min(" column ") FROM answer WHERE " column " > v.x) FROM v"         \
    " WHERE v.x IS NOT NULL) SELECT x FROM v WHERE x IS NOT NULL LIMIT ?"

static bool values(struct store *s, const char *sql, history_value *each, void *self,
                   struct error *err)
{
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db))
        if (!each_value(db, sql, each, self, err))
            return error_within(err, "reading the history");
    return true;
}

bool history_purposes(struct store *s, history_value *each, void *self, struct error *err)
{
    return values(s, VALUES("purpose"), each, self, err);
}

bool history_models(struct store *s, history_value *each, void *self, struct error *err)
{
    return values(s, VALUES("model"), each, self, err);
}
