/* Runs and their items (runs.h). */
#include "core/store/runs.h"

#include <stdlib.h>
#include <string.h>

#include "core/store/inside.h"

/* --- writing ------------------------------------------------------------------------------ */

static bool insert_run(struct store *s, const struct run_row *r, int64_t *ret_id, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "INSERT INTO run(session, kind, name, notes, set_name, state, started_wall,"
                    "  settings) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    bind_text(&q, r->kind);
    bind_text(&q, r->name);
    bind_text(&q, r->notes);
    bind_text(&q, r->set_name);
    bind_text(&q, r->state ? r->state : "running");
    bind_int(&q, r->started_wall ? r->started_wall : clock_wall(s->clock));
    bind_text(&q, r->settings);
    if (!query_run(&q, err))
        return false;
    *ret_id = sqlite3_last_insert_rowid(s->main.handle);
    return true;
}

bool run_begin(struct store *s, const struct run_row *r, int64_t *ret_id, struct error *err)
{
    int64_t id = 0;
    if (!write_begin(s, WRITE_DURABLE, err) || !write_end(s, insert_run(s, r, &id, err), err))
        return error_within(err, "recording a run");
    *ret_id = id;
    return true;
}

static bool insert_item(struct store *s, const struct run_item *i, struct error *err)
{
    static const char sql[] =
        "INSERT INTO run_item(run_id, query_index, round, query_hash, label, level, role, model,"
        "  score, origin, end_state, correct, fallback, always, latency_s, original_latency_s,"
        "  ttft_s, load_s, completion_tokens, thinking_tokens, tokens_kind, answer_id, query,"
        "  answer, slowed, fold)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    struct hash fold;
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, sql, &q, err))
        return false;
    bind_int(&q, i->run_id);
    bind_int(&q, i->query_index);
    bind_int(&q, i->round);
    bind_text(&q, i->query_hash);
    bind_text(&q, i->label);
    bind_text(&q, i->level);
    bind_text(&q, i->role);
    bind_text(&q, i->model);
    bind_int(&q, i->score);
    bind_text(&q, i->from);
    bind_text(&q, i->end);
    bind_count(&q, i->correct);
    bind_int(&q, i->fallback);
    bind_int(&q, i->always);
    bind_real(&q, i->latency_s);
    bind_real(&q, i->original_latency_s);
    bind_real(&q, i->ttft_s);
    bind_real(&q, i->load_s);
    bind_count(&q, i->completion_tokens);
    bind_count(&q, i->thinking_tokens);
    bind_text(&q, i->tokens_kind);
    bind_id(&q, i->answer_id);
    bind_history(&q, s, i->query, i->query ? strlen(i->query) : 0);
    bind_history(&q, s, i->answer, i->answer ? strlen(i->answer) : 0);
    bind_int(&q, i->slowed);
    bind_fold(&q, &fold, i->query, i->query ? strlen(i->query) : 0);
    return query_run(&q, err);
}

bool run_add_item(struct store *s, const struct run_item *i, struct error *err)
{
    if (write_begin(s, WRITE_DURABLE, err) && write_end(s, insert_item(s, i, err), err))
        return true;
    return error_within(err, "recording an item of run %lld", (long long)i->run_id);
}

static bool update_run(struct store *s, int64_t id, const char *state, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "UPDATE run SET state = ?, ended_wall = ? WHERE id = ?", &q, err))
        return false;
    bind_text(&q, state);
    bind_int(&q, clock_wall(s->clock));
    bind_int(&q, id);
    return query_run(&q, err) &&
           (sqlite3_changes(s->main.handle) == 1 ||
            error_set(err, ERR_STORE, "there is no run %lld to write to", (long long)id));
}

bool run_end(struct store *s, int64_t id, const char *state, struct error *err)
{
    if (write_begin(s, WRITE_DURABLE, err) && write_end(s, update_run(s, id, state, err), err))
        return true;
    return error_within(err, "recording the end of a run");
}

/* --- reading ------------------------------------------------------------------------------ */

#define RUN_COLUMNS                                                                                \
    "SELECT id, kind, coalesce(name, ''), coalesce(notes, ''), set_name, settings, state,"         \
    "  started_wall, ended_wall, (SELECT count(*) FROM run_item i WHERE i.run_id = run.id)"        \
    " FROM run "

static struct run_row read_run(struct query *q)
{
    struct run_row r = { 0 };
    r.id = column_int(q);
    r.kind = column_text(q);
    r.name = column_text(q);
    r.notes = column_text(q);
    r.set_name = column_text(q);
    r.settings = column_text(q);
    r.state = column_text(q);
    r.started_wall = column_int(q);
    r.ended_wall = column_int(q);
    r.items = column_int(q);
    return r;
}

bool run_list(struct store *s, const char *kind, int limit, run_each *each, void *self,
              struct error *err)
{
    static const char sql[] = RUN_COLUMNS "WHERE ?1 IS NULL OR kind = ?1 ORDER BY id DESC LIMIT ?2";
    int left = limit > 0 ? limit : 50;
    for (struct db *db = store_source(s, NULL); db && left; db = store_source(s, db)) {
        AUTO(query) struct query q = { 0 };
        if (!query_open(db, sql, &q, err))
            return error_within(err, "listing the runs");
        bind_text(&q, kind);
        bind_int(&q, left);
        int more;
        while ((more = query_step(&q, err)) > 0) {
            struct run_row r = read_run(&q);
            left--;
            if (!each(self, &r))
                return true;
        }
        if (more < 0)
            return error_within(err, "listing the runs");
    }
    return true;
}

static bool all_digits(const char *s)
{
    return *s && strlen(s) < 19 && s[strspn(s, "0123456789")] == '\0';
}

/* 1 found, 0 none, -1 failed. An id goes before a name made of digits. */
static int find_in(struct db *db, const char *kind, const char *which, int64_t *ret_id,
                   struct error *err)
{
    static const char sql[] =
        "SELECT id FROM run WHERE (?1 IS NULL OR kind = ?1)"
        "   AND (?2 = 'last' OR name = ?2 OR id = ?3) ORDER BY id = ?3 DESC, id DESC LIMIT 1";
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, sql, &q, err))
        return -1;
    bind_text(&q, kind);
    bind_text(&q, which);
    bind_int(&q, all_digits(which) ? strtoll(which, NULL, 10) : 0);
    int found = query_step(&q, err);
    if (found > 0)
        *ret_id = column_int(&q);
    return found;
}

bool run_find(struct store *s, const char *kind, const char *which, int64_t *ret_id,
              struct error *err)
{
    int found = 0;
    int64_t id = 0;
    for (struct db *db = store_source(s, NULL); db && !found; db = store_source(s, db))
        found = find_in(db, kind, which, &id, err);
    if (found < 0)
        return error_within(err, "looking for the run '%s'", which);
    if (found == 0 && strcmp(which, "last") == 0)
        return error_set(err, ERR_USAGE, "nothing was measured yet: 'rlab bench run' does");
    if (found == 0)
        return error_set(err, ERR_USAGE, "there is no run '%s': 'rlab bench list' names them",
                         which);
    *ret_id = id;
    return true;
}

bool run_get(struct store *s, int64_t id, run_each *each, void *self, struct error *err)
{
    static const char sql[] = RUN_COLUMNS "WHERE id = ?";
    int found = 0;
    for (struct db *db = store_source(s, NULL); db && !found; db = store_source(s, db)) {
        AUTO(query) struct query q = { 0 };
        if (!query_open(db, sql, &q, err))
            return error_within(err, "reading run %lld", (long long)id);
        bind_int(&q, id);
        found = query_step(&q, err);
        if (found > 0) {
            struct run_row r = read_run(&q);
            each(self, &r);
        }
    }
    if (found < 0)
        return error_within(err, "reading run %lld", (long long)id);
    return found > 0 || error_set(err, ERR_USAGE, "there is no run %lld", (long long)id);
}

static struct run_item read_item(struct query *q)
{
    struct run_item i = { 0 };
    i.run_id = column_int(q);
    i.query_index = column_int(q);
    i.round = column_int(q);
    i.query_hash = column_text(q);
    i.label = column_text(q);
    i.level = column_text(q);
    i.role = column_text(q);
    i.model = column_text(q);
    i.score = (int)column_int(q);
    i.from = column_text(q);
    i.end = column_text(q);
    i.correct = (int)column_count(q);
    i.fallback = column_int(q) != 0;
    i.always = column_int(q) != 0;
    i.latency_s = column_real(q);
    i.original_latency_s = column_real(q);
    i.ttft_s = column_real(q);
    i.load_s = column_real(q);
    i.completion_tokens = column_count(q);
    i.thinking_tokens = column_count(q);
    i.tokens_kind = column_text(q);
    i.answer_id = column_int(q);
    i.query = column_text(q);
    i.answer = column_text(q);
    i.slowed = column_int(q) != 0;
    return i;
}

bool run_items(struct store *s, int64_t id, run_item_each *each, void *self, struct error *err)
{
    static const char sql[] =
        "SELECT run_id, query_index, round, query_hash, label, level, role, model, score, origin,"
        "  end_state, correct, fallback, always, latency_s, original_latency_s, ttft_s, load_s,"
        "  completion_tokens, thinking_tokens, tokens_kind, answer_id, query, answer, slowed"
        " FROM run_item WHERE run_id = ? ORDER BY id";
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db)) {
        AUTO(query) struct query q = { 0 };
        if (!query_open(db, sql, &q, err))
            return error_within(err, "reading the items of run %lld", (long long)id);
        bind_int(&q, id);
        int more;
        while ((more = query_step(&q, err)) > 0) {
            struct run_item i = read_item(&q);
            if (!each(self, &i))
                return true;
        }
        if (more < 0)
            return error_within(err, "reading the items of run %lld", (long long)id);
    }
    return true;
}
