/* Counting what was done (tally.h). Small tables are counted at once, those that grow with every
 * question are walked through by row number. */
#include "core/store/tally.h"

#include "core/store/inside.h"

/* What a person did not do, but watched. */
#define SHOWN        "('demo', 'tour', 'warm-up')"
#define ONE_IF(what) " count(CASE WHEN " what " THEN 1 END),"

/* The next rows of a table in the order of their numbers, which may have gaps; the last column of
 * each statement is the number of the last one. */
#define LAST       " max(id) FROM ("
#define NEXT(rows) " WHERE id > ? ORDER BY id LIMIT " #rows ")"

/* One row per figure, in the order they are read in. */
static const char small_sql[] =
    "SELECT"
    " (SELECT count(*) FROM label WHERE source = 'person'),"
    " (SELECT count(DISTINCT pair) FROM judgement),"
    " (SELECT count(*) FROM run WHERE state = 'done'),"
    " (SELECT count(*) FROM fact WHERE kind = 'breaker' AND after = 'open')";

static const char answers_sql[] =
    "SELECT" ONE_IF("role = 'fast' AND forced = 0 AND end_state = 'OK_STOP'"
                    " AND fallback_from IS NULL AND purpose NOT IN " SHOWN)
        ONE_IF("role = 'reasoning' AND forced = 0 AND end_state = 'OK_STOP'"
               " AND purpose NOT IN " SHOWN)
            ONE_IF("purpose = 'compare' AND id < pair_id") /* a pair once */
    ONE_IF("fallback_from IS NOT NULL") LAST
    "SELECT id, purpose, role, forced, end_state, fallback_from, pair_id FROM answer" NEXT(1500);

/* A look-up has no purpose of its own: it is recorded right after the time of its answer. An hour
 * is more than any answer takes, and keeps the search for it short. */
static const char lookups_sql[] =
    "SELECT" ONE_IF("own AND result = 'hit'") ONE_IF("own AND result <> 'shared'") LAST
    "SELECT id, result,"
    " coalesce((SELECT a.purpose FROM answer a"
    "           WHERE a.session = l.session AND a.at_wall <= l.at_wall"
    "            AND a.at_wall > l.at_wall - 3600000000000"
    "           ORDER BY a.at_wall DESC, a.id DESC LIMIT 1), '') NOT IN " SHOWN " AS own"
    " FROM lookup l" NEXT(500);

static const char items_sql[] =
    "SELECT" ONE_IF("origin = 'model'") LAST "SELECT id, origin FROM run_item" NEXT(1500);

static const char classifications_sql[] = "SELECT" ONE_IF("purpose = 'classify'") LAST
    "SELECT id, purpose FROM classification" NEXT(1500);

/* Of the tables that grow. */
static const char *const table_sql[] = { answers_sql, lookups_sql, items_sql, classifications_sql };

#define TABLES ((int)(sizeof table_sql / sizeof *table_sql))

/* Where the figures of a table's statement go, in its order; NULL ends them. */
static void figures_of(struct tally *t, int table, int64_t *ret[5])
{
    int64_t *const all[TABLES][5] = {
        { &t->fast, &t->reasoning, &t->compares, &t->fallbacks },
        { &t->hits, &t->lookups },
        { &t->measured_items },
        { &t->classifications },
    };
    for (int i = 0; i < 5; i++)
        ret[i] = all[table][i];
}

/* Added to what stands there. */
static bool count_small(struct db *db, struct tally *t, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, small_sql, &q, err) || query_step(&q, err) < 0)
        return false;
    t->labels += column_int(&q);
    t->judgements += column_int(&q);
    t->runs += column_int(&q);
    t->openings += column_int(&q);
    return true;
}

/* A stand-in first, then the file below it. */
static struct db *source(struct store *s, const struct tally_walk *w)
{
    struct db *main = store_source(s, NULL);
    return w->below ? store_source(s, main) : main;
}

bool tally_step(struct store *s, struct tally_walk *w, struct error *err)
{
    struct db *db = source(s, w);
    if (!w->began) {
        if (!count_small(db, &w->so_far, err))
            return false;
        w->began = true;
        w->table = 0;
        w->at = INT64_MIN;
        return true;
    }
    AUTO(query) struct query q = { 0 };
    int64_t *figures[5];
    if (!query_open(db, table_sql[w->table], &q, err))
        return false;
    bind_int(&q, w->at);
    if (query_step(&q, err) < 0)
        return false;
    figures_of(&w->so_far, w->table, figures);
    for (int i = 0; i < 5 && figures[i]; i++)
        *figures[i] += column_int(&q);
    int64_t last = column_int(&q); /* 0: there was no row, for no row has this number */
    w->at = last ? last : INT64_MIN;
    if (!last && ++w->table == TABLES) {
        w->done = w->below || !store_source(s, db);
        w->below = true;
        w->began = false;
    }
    return true;
}

bool tally_read(struct store *s, struct tally *ret, struct error *err)
{
    struct tally_walk w = { 0 };
    while (!w.done)
        if (!tally_step(s, &w, err))
            return false;
    *ret = w.so_far;
    return true;
}
