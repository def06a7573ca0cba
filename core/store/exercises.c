/* Events of exercises, and facts without a table of anybody else's (exercises.h). */
#include "core/store/exercises.h"

#include <stdio.h>

#include "core/store/inside.h"

/* --- events --------------------------------------------------------------------------------- */

static bool insert_event(struct store *s, const struct exercise_event *e, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "INSERT INTO exercise(session, at_wall, exercise, kind, number, question,"
                    "  correct, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    bind_int(&q, e->at_wall ? e->at_wall : clock_wall(s->clock));
    bind_text(&q, e->exercise);
    bind_text(&q, e->kind);
    bind_count(&q, e->number);
    bind_count(&q, e->question);
    bind_count(&q, e->correct);
    bind_text(&q, e->text);
    return query_run(&q, err);
}

static bool insert_events(struct store *s, const struct exercise_event *events, size_t count,
                          struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!insert_event(s, &events[i], err))
            return false;
    return true;
}

bool exercise_add(struct store *s, const struct exercise_event *events, size_t count,
                  struct error *err)
{
    if (write_begin(s, WRITE_DURABLE, err) &&
        write_end(s, insert_events(s, events, count, err), err))
        return true;
    return error_within(err, "recording progress");
}

static bool events_of(struct db *db, int64_t after, exercise_each *each, void *self,
                      struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "SELECT id, session, at_wall, exercise, kind, number, question, correct, text"
                    " FROM exercise WHERE id > ? ORDER BY id",
                    &q, err))
        return false;
    bind_int(&q, after);
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct exercise_event e = { 0 };
        e.id = column_int(&q);
        e.session = column_int(&q);
        e.at_wall = column_int(&q);
        e.exercise = column_text(&q);
        e.kind = column_text(&q);
        e.number = column_count(&q);
        e.question = column_count(&q);
        e.correct = (int)column_count(&q);
        e.text = column_maybe(&q);
        each(self, &e);
    }
    return more == 0;
}

/* The stand-in numbers its rows on from the file's. A file of an earlier version that cannot be
 * written has no such table: then there is nothing in it. */
bool exercise_events(struct store *s, int64_t after, exercise_each *each, void *self,
                     struct error *err)
{
    struct error ignored;
    if (s->below.handle)
        (void)!events_of(&s->below, after, each, self, &ignored);
    return events_of(&s->main, after, each, self, err) ||
           error_within(err, "reading what was done so far");
}

struct store_mark store_mark(struct store *s)
{
    struct error err;
    struct store_mark m = { sqlite3_total_changes(s->main.handle), 0 };
    AUTO(query) struct query q = { 0 };
    if (query_open(&s->main, "PRAGMA data_version", &q, &err) && query_step(&q, &err) > 0)
        m.others = column_int(&q);
    return m;
}

/* --- facts ---------------------------------------------------------------------------------- */

struct hash fold_of(const char *text, size_t len)
{
    return fold_hash(text, len);
}

/* 1 the same, 0 another or none, -1 failed. */
static int shipped_is(struct store *s, const struct hash *digest, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "SELECT 1 FROM shipped_state WHERE id = 1 AND digest = ?", &q, err))
        return -1;
    bind_hash(&q, digest);
    return query_step(&q, err);
}

static bool shipped_rows(struct store *s, const struct hash *digest,
                         const struct shipped_query *queries, size_t count, struct error *err)
{
    if (!db_exec(&s->main, "DELETE FROM shipped_query", err))
        return false;
    for (size_t i = 0; i < count; i++) {
        AUTO(query) struct query q = { 0 };
        if (!query_open(&s->main, "INSERT OR REPLACE INTO shipped_query(fold, level) VALUES (?, ?)",
                        &q, err))
            return false;
        bind_hash(&q, &queries[i].fold);
        bind_text(&q, queries[i].level);
        if (!query_run(&q, err))
            return false;
    }
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "INSERT OR REPLACE INTO shipped_state(id, digest) VALUES (1, ?)", &q,
                    err))
        return false;
    bind_hash(&q, digest);
    return query_run(&q, err);
}

bool shipped_put(struct store *s, const struct hash *digest, const struct shipped_query *queries,
                 size_t count, struct error *err)
{
    int same = shipped_is(s, digest, err);
    if (same > 0)
        return true;
    if (same == 0 && write_begin(s, WRITE_SOFT, err) &&
        write_end(s, shipped_rows(s, digest, queries, count, err), err))
        return true;
    return error_within(err, "noting the shipped queries");
}

static bool insert_agreement(struct store *s, const struct agreement *a, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "INSERT INTO agreement(session, at_wall, rules, moderate_from, complex_from,"
                    "  labels, agreed, scores) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    bind_int(&q, clock_wall(s->clock));
    bind_text(&q, a->rules);
    bind_int(&q, a->moderate_from);
    bind_int(&q, a->complex_from);
    bind_int(&q, a->labels);
    bind_int(&q, a->agreed);
    bind_hash(&q, &a->scores);
    return query_run(&q, err);
}

bool agreement_add(struct store *s, const struct agreement *a, struct error *err)
{
    if (write_begin(s, WRITE_SOFT, err) && write_end(s, insert_agreement(s, a, err), err))
        return true;
    return error_within(err, "noting how labels and rules agree");
}

static bool insert_budget(struct store *s, const struct budget_row *r, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "INSERT INTO budget_figure(session, at_wall, measured, model, kind, how, steps,"
                    "  allowed, samples, n, right_count, tokens, thought)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    bind_int(&q, clock_wall(s->clock));
    bind_int(&q, r->measured);
    bind_text(&q, r->model);
    bind_text(&q, r->kind);
    bind_text(&q, r->how);
    bind_int(&q, r->steps);
    bind_count(&q, r->allowed);
    bind_count(&q, r->samples);
    bind_int(&q, r->n);
    bind_int(&q, r->right);
    bind_real(&q, r->tokens);
    bind_real(&q, r->thought);
    return query_run(&q, err);
}

bool budget_add(struct store *s, const struct budget_row *row, struct error *err)
{
    if (write_begin(s, WRITE_SOFT, err) && write_end(s, insert_budget(s, row, err), err))
        return true;
    return error_within(err, "noting what thinking buys");
}

bool thinking_note(struct store *s, int64_t call_id, bool open, struct error *err)
{
    char subject[40];
    snprintf(subject, sizeof subject, "thinking:%lld", (long long)call_id);
    return fact_add(s, "screen", subject, open ? "folded" : "open", open ? "open" : "folded", err);
}
