/* The rows of one run, in memory (items.h). */
#include "core/lab/items.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/answer.h"
#include "core/limits.h"
#include "core/model/event.h"

/* A query asked in many rounds is kept once. */
struct item_query {
    const char *text, *hash;
};

/* Beyond so many different words a row's word is copied as it comes. */
#define MAX_NAMES 64

/* --- rows ------------------------------------------------------------------------------- */

/* Levels, roles, models and ends repeat from row to row: each is kept once. */
static const char *keep_name(struct items *t, const char *name)
{
    for (size_t i = 0; name && i < t->name_count; i++)
        if (strcmp(t->names[i], name) == 0)
            return t->names[i];
    const char *copy = arena_string(&t->arena, name);
    if (name && t->name_count < MAX_NAMES) {
        t->names = mem_grow(t->names, &t->name_cap, t->name_count + 1, sizeof *t->names);
        t->names[t->name_count++] = copy;
    }
    return copy;
}

static void keep_query(struct items *t, const struct run_item *row, struct run_item *own)
{
    size_t at = (size_t)row->query_index;
    const char *hash = row->query_hash ? row->query_hash : "";
    const char *text = row->query ? row->query : "";
    if (row->query_index < 0 || row->query_index >= MAX_SET_ITEMS) { /* no set of ours */
        own->query_hash = arena_string(&t->arena, hash);
        own->query = arena_string(&t->arena, text);
        return;
    }
    t->queries = mem_grow(t->queries, &t->query_cap, at + 1, sizeof *t->queries);
    struct item_query *q = &t->queries[at];
    if (!q->hash || strcmp(q->hash, hash) != 0 || strcmp(q->text, text) != 0) {
        q->hash = arena_string(&t->arena, hash);
        q->text = arena_string(&t->arena, text);
    }
    own->query_hash = q->hash;
    own->query = q->text;
}

static const char *keep_start(struct items *t, const char *answer)
{
    if (!answer)
        return "";
    char *start = arena_copy(&t->arena, answer, strnlen(answer, ITEM_ANSWER_BYTES));
    text_trim_partial(start);
    return start;
}

void items_add(struct items *t, const struct run_item *row)
{
    t->v = mem_grow(t->v, &t->cap, t->n + 1, sizeof *t->v);
    struct run_item *own = &t->v[t->n++];
    *own = *row;
    own->label = keep_name(t, row->label);
    own->level = keep_name(t, row->level);
    own->role = keep_name(t, row->role);
    own->model = keep_name(t, row->model);
    own->from = keep_name(t, row->from);
    own->end = keep_name(t, row->end);
    own->tokens_kind = keep_name(t, row->tokens_kind);
    own->answer = keep_start(t, row->answer);
    keep_query(t, row, own);
}

static bool add_read(void *self, const struct run_item *row)
{
    struct items *t = self;
    items_add(t, row);
    return t->n <= MAX_RUN_ITEMS;
}

bool items_load(struct items *ret, struct store *s, int64_t run_id, struct error *err)
{
    if (!run_items(s, run_id, add_read, ret, err))
        return false;
    return ret->n <= MAX_RUN_ITEMS ||
           error_set(err, ERR_STORE, "run %lld has more than %d rows: rlab made no such run",
                     (long long)run_id, MAX_RUN_ITEMS);
}

void items_done(struct items *t)
{
    mem_free(t->v);
    mem_free(t->names);
    mem_free(t->queries);
    arena_done(&t->arena);
    *t = (struct items){ 0 };
}

/* --- what a row counts as --------------------------------------------------------------- */

const char *outcome_name(enum outcome o)
{
    static const char *const names[OUTCOMES] = { "answered", "cut",    "withheld",
                                                 "stopped",  "failed", "slowed" };
    return names[o];
}

enum outcome item_outcome(const struct run_item *i)
{
    enum call_end end;
    if (!i->end || !call_end_from_name(i->end, &end))
        return OUTCOME_FAILED;
    if (i->slowed && call_end_is_ok(end))
        return OUTCOME_SLOWED;
    switch (end) {
    case END_OK_STOP:
    case END_OK_TOOL:
        return OUTCOME_ANSWERED;
    case END_OK_LENGTH:
        return OUTCOME_CUT;
    case END_OK_FILTER:
        return OUTCOME_WITHHELD;
    case END_CANCELLED:
        return OUTCOME_STOPPED;
    default:
        return OUTCOME_FAILED;
    }
}

static bool came_from(const struct run_item *i, enum answer_from from)
{
    return item_outcome(i) == OUTCOME_ANSWERED && i->from &&
           strcmp(i->from, answer_from_name(from)) == 0;
}

bool item_is_call(const struct run_item *i)
{
    return came_from(i, FROM_MODEL) && !i->fallback;
}

bool item_is_fallback(const struct run_item *i)
{
    return came_from(i, FROM_MODEL) && i->fallback;
}

bool item_is_hit(const struct run_item *i)
{
    return came_from(i, FROM_CACHE);
}

bool item_is_shared(const struct run_item *i)
{
    return came_from(i, FROM_SHARED);
}

bool item_is_cold(const struct run_item *i)
{
    return (item_is_call(i) || item_is_fallback(i)) && i->load_s > COLD_LOAD_S;
}

bool item_has_role(const struct run_item *i, const char *role)
{
    return i->role && strcmp(i->role, role) == 0;
}

double item_call_s(const struct run_item *i)
{
    double s = isfinite(i->load_s) ? i->latency_s - i->load_s : i->latency_s;
    return s < 0 ? 0 : s; /* the server's clock may round its loading up */
}
