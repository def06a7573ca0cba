/* Reading for the place where one asks (asked.h). */
#include "core/store/asked.h"

#include <math.h>
#include <string.h>

#include "core/store/inside.h"

#define TEXT_OF(n) #n
#define TEXT(n)    TEXT_OF(n)

/* The plus keeps SQLite from sorting all ids of a purpose: walking back from the newest is what
 * ends early. */
static const char prompts_sql[] =
    "SELECT query FROM answer"
    " WHERE id > (SELECT coalesce(max(id), 0) FROM answer) - " TEXT(
        PROMPT_ROWS) "   AND +purpose IN ('ask', 'compare') AND query IS NOT NULL ORDER BY id DESC";

/* 1: all read; 0: the handler had enough; -1: failed. */
static int prompts_of(struct db *db, prompt_each *each, void *self, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    int more;
    if (!query_open(db, prompts_sql, &q, err))
        return -1;
    while ((more = query_step(&q, err)) > 0)
        if (!each(self, column_text(&q)))
            return 0;
    return more < 0 ? -1 : 1;
}

bool prompt_list(struct store *s, prompt_each *each, void *self, struct error *err)
{
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db)) {
        int went = prompts_of(db, each, self, err);
        if (went < 0)
            return error_within(err, "reading earlier prompts");
        if (went == 0)
            return true;
    }
    return true;
}

/* --- judgements --------------------------------------------------------------------------- */

static int64_t *who_was_better(struct judged *j, const char *verdict, bool swapped)
{
    if (strcmp(verdict, "same") == 0)
        return &j->same;
    if (strcmp(verdict, "both-wrong") == 0)
        return &j->both_wrong;
    bool left = strcmp(verdict, "left") == 0; /* the fast model stands there unless swapped */
    return left != swapped ? &j->fast : &j->reasoning;
}

bool judged_count(struct store *s, struct judged *ret, struct error *err)
{
    struct judged sum = { 0 };
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db)) {
        AUTO(query) struct query q = { 0 };
        int more = -1;
        if (query_open(db,
                       "SELECT verdict, swapped, count(*) FROM judgement"
                       " WHERE id IN (SELECT max(id) FROM judgement GROUP BY pair)"
                       " GROUP BY verdict, swapped",
                       &q, err))
            while ((more = query_step(&q, err)) > 0) {
                const char *verdict = column_text(&q);
                bool swapped = column_int(&q) != 0;
                *who_was_better(&sum, verdict, swapped) += column_int(&q);
            }
        if (more < 0)
            return error_within(err, "counting judgements");
    }
    *ret = sum;
    return true;
}

static bool delete_judgement(struct store *s, int64_t answer_id, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "DELETE FROM judgement WHERE session = ? AND id ="
                    " (SELECT max(j.id) FROM judgement j JOIN answer a"
                    "  ON j.pair = min(a.id, a.pair_id) WHERE a.id = ?)",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    bind_int(&q, answer_id);
    if (!query_run(&q, err))
        return false;
    return sqlite3_changes(s->main.handle) == 1 ||
           error_set(err, ERR_INPUT, "this compare has no judgement of this sitting");
}

bool judgement_drop(struct store *s, int64_t answer_id, struct error *err)
{
    if (write_begin(s, WRITE_DURABLE, err) &&
        write_end(s, delete_judgement(s, answer_id, err), err))
        return true;
    return error_within(err, "taking a judgement back");
}

/* --- loading ------------------------------------------------------------------------------ */

/* What counts as cold stands in core/lab/answer.h; below that a load is a look into memory. */
static const char load_sql[] =
    "SELECT load_s FROM call WHERE id > (SELECT coalesce(max(id), 0) FROM call) - " TEXT(
        LOAD_ROWS) " AND load_s > 0.25 AND server = ? AND model = ? ORDER BY id DESC LIMIT 1";

bool call_last_load(struct store *s, const char *server, const char *model, double *ret,
                    struct error *err)
{
    double found = NAN;
    for (struct db *db = store_source(s, NULL); db && isnan(found); db = store_source(s, db)) {
        AUTO(query) struct query q = { 0 };
        int more = -1;
        if (query_open(db, load_sql, &q, err)) {
            bind_text(&q, server);
            bind_text(&q, model);
            more = query_step(&q, err);
        }
        if (more < 0)
            return error_within(err, "looking for the last loading time");
        if (more > 0)
            found = column_real(&q);
    }
    *ret = found;
    return true;
}
