/* What a person says about queries and answers: labels and judgements (calls.h). */
#include "core/store/calls.h"

#include <stdio.h>
#include <string.h>

#include "core/store/inside.h"

/* --- labels ------------------------------------------------------------------------------- */

static bool insert_label(struct store *s, const char *query, size_t len, const char *level,
                         const char *source, struct error *err)
{
    struct hash digest = query_hash(query, len), fold;
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "INSERT INTO label(session, at_wall, query_hash, source, level, query,"
                    "  fold) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    bind_int(&q, clock_wall(s->clock));
    bind_hash(&q, &digest);
    bind_text(&q, source);
    bind_text(&q, level);
    bind_history(&q, s, query, len);
    bind_fold(&q, &fold, query, len);
    return query_run(&q, err);
}

bool label_add(struct store *s, const char *query, size_t len, const char *level,
               const char *source, struct error *err)
{
    if (write_begin(s, WRITE_DURABLE, err) &&
        write_end(s, insert_label(s, query, len, level, source, err), err))
        return true;
    return error_within(err, "recording a label");
}

/* 1 found, 0 none, -1 failed. */
static int label_in(struct db *db, const struct hash *digest, char ret_level[16], struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "SELECT level FROM label WHERE query_hash = ? AND source = 'person'"
                    " ORDER BY id DESC LIMIT 1",
                    &q, err))
        return -1;
    bind_hash(&q, digest);
    int found = query_step(&q, err);
    if (found > 0)
        snprintf(ret_level, 16, "%s", column_text(&q));
    return found;
}

bool label_get(struct store *s, const char *query, size_t len, char ret_level[16],
               struct error *err)
{
    struct hash digest = query_hash(query, len);
    int found = 0;
    char level[16] = "";
    for (struct db *db = store_source(s, NULL); db && !found; db = store_source(s, db))
        found = label_in(db, &digest, level, err);
    if (found < 0)
        return error_within(err, "reading a label");
    memcpy(ret_level, level, sizeof level);
    return true;
}

/* The latest label may have come with history off; the text of an earlier one still tells
 * which query it is. */
static const char list_labels[] =
    "SELECT (SELECT t.query FROM label t WHERE t.query_hash = l.query_hash"
    "        AND t.query IS NOT NULL ORDER BY t.id DESC LIMIT 1) AS text, l.level, l.at_wall,"
    "  l.query_hash"
    " FROM label l WHERE l.id IN (SELECT max(id) FROM label WHERE source = 'person'"
    "                             GROUP BY query_hash)"
    "   AND text IS NOT NULL ORDER BY l.id DESC";

static bool list_source(struct store *s, struct db *db, label_each *each, void *self,
                        struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, list_labels, &q, err))
        return false;
    int more;
    while ((more = query_step(&q, err)) > 0) {
        const char *query = column_text(&q), *level = column_text(&q);
        int64_t at_wall = column_int(&q);
        struct hash digest = column_hash(&q);
        char newer[16];
        if (db != &s->main && label_in(&s->main, &digest, newer, err) > 0)
            continue;
        each(self, query, level, at_wall);
    }
    return more == 0;
}

bool label_list(struct store *s, label_each *each, void *self, struct error *err)
{
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db))
        if (!list_source(s, db, each, self, err))
            return error_within(err, "reading the labels");
    return true;
}

static bool count_textless(struct store *s, struct db *db, int64_t *sum, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "SELECT query_hash FROM label GROUP BY query_hash"
                    " HAVING max(source = 'person') AND count(query) = 0",
                    &q, err))
        return false;
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct hash digest = column_hash(&q);
        char newer[16];
        *sum += db == &s->main || label_in(&s->main, &digest, newer, err) == 0;
    }
    return more == 0;
}

bool label_count_textless(struct store *s, int64_t *ret, struct error *err)
{
    int64_t sum = 0;
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db))
        if (!count_textless(s, db, &sum, err))
            return error_within(err, "counting the labels");
    *ret = sum;
    return true;
}

/* --- judgements --------------------------------------------------------------------------- */

static bool known_verdict(const char *verdict)
{
    static const char *const verdicts[] = { "left", "right", "same", "both-wrong" };
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(verdicts[i], verdict) == 0)
            return true;
    return false;
}

/* The other side of a compare both sides of which have an answer: of one that failed nothing
 * can be said. */
static bool find_pair(struct store *s, int64_t answer_id, int64_t *ret_other, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "SELECT b.id, a.end_state GLOB 'OK_*' AND b.end_state GLOB 'OK_*'"
                    " FROM answer a JOIN answer b ON b.id = a.pair_id"
                    " WHERE a.id = ? AND coalesce(a.end_state, 'interrupted') <> 'interrupted'"
                    "   AND coalesce(b.end_state, 'interrupted') <> 'interrupted'",
                    &q, err))
        return false;
    bind_int(&q, answer_id);
    int found = query_step(&q, err);
    if (found > 0) {
        *ret_other = column_int(&q);
        if (!column_int(&q))
            return error_set(err, ERR_INPUT,
                             "answers %lld and %lld cannot be judged: one of them failed; compare "
                             "again",
                             (long long)answer_id, (long long)*ret_other);
    }
    if (found == 0)
        error_set(err, ERR_INPUT,
                  "answer %lld is no side of a finished compare: ask with --compare first",
                  (long long)answer_id);
    return found > 0;
}

static bool insert_judgement(struct store *s, int64_t answer_id, const char *verdict, bool blind,
                             bool swapped, struct error *err)
{
    int64_t other = 0;
    AUTO(query) struct query q = { 0 };
    if (!find_pair(s, answer_id, &other, err) ||
        !query_open(&s->main,
                    "INSERT INTO judgement(session, at_wall, pair, other, verdict, blind, swapped)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    bind_int(&q, clock_wall(s->clock));
    bind_int(&q, answer_id < other ? answer_id : other);
    bind_int(&q, answer_id < other ? other : answer_id);
    bind_text(&q, verdict);
    bind_int(&q, blind);
    bind_int(&q, swapped);
    return query_run(&q, err);
}

bool judgement_add(struct store *s, int64_t answer_id, const char *verdict, bool blind,
                   bool swapped, struct error *err)
{
    if (!known_verdict(verdict))
        return error_set(err, ERR_USAGE,
                         "'%s' is no judgement: say left, right, same or both-wrong", verdict);
    if (write_begin(s, WRITE_DURABLE, err) &&
        write_end(s, insert_judgement(s, answer_id, verdict, blind, swapped, err), err))
        return true;
    return error_within(err, "recording a judgement");
}
