/* Landings, and those that wait for the disk (landing.h). */
#include "core/lab/landing.h"

#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/lab/ledger.h"
#include "core/limits.h"

/* Beyond this nothing more waits: a disk that stays full must not fill the memory too. */
#define MAX_WAITING_BYTES (64 * MIB)
#define RETRY_MS          1000
/* How long another process is waited for before anything is said to be done. */
#define HELD_NS (5 * NS_PER_S)

struct breaker_change {
    const char *model, *before, *after;
};

struct answering {
    struct landed_answer a;
    struct hash key, query, joined; /* what a.lookup points at */
    int64_t number;                 /* of an answer that waits; 0 none */
    int64_t written;                /* what answer_add gave */
};

struct landing {
    struct landing *next;
    struct arena texts; /* once it waits */
    bool has_call;
    struct call_row call;
    struct call_result result;
    int64_t *call_id, own_call_id; /* where the call's number stands; here once it waits */
    bool has_entry;
    struct cache_entry entry;
    struct answering *answers;
    size_t answer_count, answer_cap;
    struct breaker_change *changes;
    size_t change_count, change_cap;
    size_t bytes;
};

/* --- numbers ---------------------------------------------------------------------------- */

int64_t landing_number(struct pipeline *p, const struct error *err)
{
    if (p->group) {
        pipeline_not_recorded(p, err);
        return 0;
    }
    snprintf(p->late, sizeof p->late, "%s", err->text);
    return --p->last_number;
}

static void learn(struct pipeline *p, int64_t number, int64_t real)
{
    if (number >= 0)
        return;
    p->numbers = mem_grow(p->numbers, &p->numbers_cap, p->number_count + 1, sizeof *p->numbers);
    p->numbers[p->number_count++] = (struct late_number){ number, real };
}

/* The real one; 0 where it has none. */
static int64_t real_number(const struct pipeline *p, int64_t number)
{
    if (number >= 0)
        return number;
    for (size_t i = p->number_count; i > 0; i--)
        if (p->numbers[i - 1].number == number)
            return p->numbers[i - 1].real;
    return 0;
}

/* --- collecting ------------------------------------------------------------------------- */

void landing_begin(struct pipeline *p)
{
    if (!p->store || p->landing)
        return;
    ledger_group_begin(p);
    p->landing = mem_new(struct landing, 1);
}

void landing_call(struct pipeline *p, const struct call_row *row, int64_t *id,
                  const struct call_result *result)
{
    struct landing *l = p->landing;
    if (!l)
        return;
    l->has_call = true;
    l->call = *row;
    l->result = *result;
    l->call_id = id;
}

void landing_entry(struct pipeline *p, const struct cache_entry *e)
{
    if (!p->landing)
        return;
    p->landing->has_entry = true;
    p->landing->entry = *e;
}

void landing_answer(struct pipeline *p, const struct landed_answer *a)
{
    struct landing *l = p->landing;
    if (!l)
        return;
    l->answers = mem_grow(l->answers, &l->answer_cap, l->answer_count + 1, sizeof *l->answers);
    struct answering *to = &l->answers[l->answer_count++];
    *to = (struct answering){ .a = *a };
    if (!a->lookup.result)
        return;
    to->key = *a->lookup.key;
    to->query = *a->lookup.query;
    to->joined = *a->lookup.joined;
}

void landing_breaker(struct pipeline *p, const char *model, const char *before, const char *after)
{
    struct landing *l = p->landing;
    struct error err;
    if (!p->store)
        return;
    if (!l) {
        if (!fact_add(p->store, "breaker", model, before, after, &err))
            pipeline_not_recorded(p, &err);
        return;
    }
    l->changes = mem_grow(l->changes, &l->change_cap, l->change_count + 1, sizeof *l->changes);
    l->changes[l->change_count++] = (struct breaker_change){ model, before, after };
}

static void landing_free(struct landing *l)
{
    mem_free(l->answers);
    mem_free(l->changes);
    arena_done(&l->texts);
    mem_free(l);
}

/* --- writing ---------------------------------------------------------------------------- */

static bool write_answer(struct pipeline *p, struct answering *w, int64_t call, struct error *err)
{
    struct answer_row row = w->a.row;
    row.call_id = call ? call : real_number(p, row.call_id);
    row.pair_id = real_number(p, w->a.pair_id ? *w->a.pair_id : row.pair_id);
    struct lookup_row lookup = w->a.lookup;
    lookup.key = &w->key;
    lookup.query = &w->query;
    lookup.joined = &w->joined;
    return classification_add(p->store, row.query, row.query_len, row.rules, row.score, row.level,
                              w->a.signals, row.purpose, err) &&
           (!lookup.result || lookup_note(p->store, &lookup, err)) &&
           answer_add(p->store, &row, &w->written, err);
}

static bool write_call(struct pipeline *p, struct landing *l, int64_t *ret_id, struct error *err)
{
    *ret_id = *l->call_id;
    return (*ret_id > 0 || call_begin(p->store, &l->call, ret_id, err)) &&
           call_end_row(p->store, *ret_id, &l->result, err);
}

static bool write_rows(struct pipeline *p, struct landing *l, int64_t *ret_call, struct error *err)
{
    for (size_t i = 0; i < l->change_count; i++)
        if (!fact_add(p->store, "breaker", l->changes[i].model, l->changes[i].before,
                      l->changes[i].after, err))
            return false;
    if (l->has_call && !write_call(p, l, ret_call, err))
        return false;
    l->entry.call_id = *ret_call;
    if (l->has_entry && p->cache && !cache_put(p->cache, &l->entry, err))
        return false;
    for (size_t i = 0; i < l->answer_count; i++)
        if (!write_answer(p, &l->answers[i], l->has_call ? *ret_call : 0, err))
            return false;
    return true;
}

/* Now that they are on disk, everybody learns the numbers. */
static void tell_numbers(struct pipeline *p, struct landing *l, int64_t call)
{
    if (l->has_call && *l->call_id != call) {
        learn(p, *l->call_id, call);
        if (p->cache)
            cache_name_call(p->cache, *l->call_id, call);
        *l->call_id = call;
    }
    for (size_t i = 0; i < l->answer_count; i++) {
        struct answering *w = &l->answers[i];
        learn(p, w->number, w->written);
        if (w->a.id)
            *w->a.id = w->written;
        if (w->a.call_id && l->has_call)
            *w->a.call_id = call;
        if (w->a.pair_id && !*w->a.pair_id)
            *w->a.pair_id = w->written;
    }
}

static bool write_landing(struct pipeline *p, struct landing *l, struct error *err)
{
    int64_t call = 0;
    struct cache_mark mark = { 0 };
    if (p->cache)
        cache_mark(p->cache, &mark);
    bool ok = store_batch_begin(p->store, err);
    if (ok) {
        ok = write_rows(p, l, &call, err);
        if (ok)
            ok = store_batch_end(p->store, err);
        else
            store_batch_undo(p->store);
        if (!ok && p->cache)
            cache_undone(p->cache, &mark);
    }
    if (ok)
        tell_numbers(p, l, call);
    return ok;
}

/* --- waiting ---------------------------------------------------------------------------- */

static void keep_text(struct landing *l, const char **text)
{
    if (*text)
        l->bytes += strlen(*text) + 1;
    *text = arena_string(&l->texts, *text);
}

static void keep_bytes(struct landing *l, const char **text, size_t len)
{
    l->bytes += len + 1;
    *text = *text ? arena_copy(&l->texts, *text, len) : NULL;
}

static void keep_call(struct landing *l)
{
    struct call_row *c = &l->call;
    const char **const row[] = { &c->server,        &c->url,  &c->model,  &c->identity,
                                 &c->identity_kind, &c->role, &c->purpose };
    struct call_result *r = &l->result;
    const char **const result[] = { &r->end, &r->error, &r->tokens_kind, &r->split_kind };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        keep_text(l, row[i]);
    for (size_t i = 0; i < sizeof result / sizeof *result; i++)
        keep_text(l, result[i]);
    keep_bytes(l, &c->query, c->query_len);
    keep_bytes(l, &r->text, r->text_len);
    keep_bytes(l, &r->thinking, r->thinking_len);
    l->own_call_id = *l->call_id;
    l->call_id = &l->own_call_id;
}

static void keep_answer(struct pipeline *p, struct landing *l, struct answering *w)
{
    struct answer_row *r = &w->a.row;
    const char **const texts[] = { &r->purpose,
                                   &r->level,
                                   &r->rules,
                                   &r->role,
                                   &r->server,
                                   &r->model,
                                   &r->from,
                                   &r->end,
                                   &r->error,
                                   &r->side,
                                   &r->fallback_from,
                                   &r->fallback_why,
                                   &w->a.lookup.model,
                                   &w->a.lookup.purpose,
                                   &w->a.lookup.result,
                                   &r->name,
                                   &r->notes };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        keep_text(l, texts[i]);
    keep_bytes(l, &r->query, r->query_len);
    keep_bytes(l, &r->text, r->text_len);
    keep_bytes(l, &r->thinking, r->thinking_len);
    w->number = --p->last_number;
    if (w->a.pair_id && *w->a.pair_id)
        r->pair_id = *w->a.pair_id;
    else if (w->a.pair_id)
        *w->a.pair_id = w->number;
    w->a.id = w->a.call_id = w->a.pair_id = NULL;
}

static void try_again(void *self)
{
    struct pipeline *p = self;
    if (!landing_flush(p))
        net_timer_set(p->net, &p->retry, RETRY_MS, try_again, p);
}

static void wait_for_room(struct pipeline *p, struct landing *l)
{
    for (size_t i = 0; i < l->change_count; i++) {
        keep_text(l, &l->changes[i].model);
        keep_text(l, &l->changes[i].before);
        keep_text(l, &l->changes[i].after);
    }
    if (l->has_call)
        keep_call(l);
    for (size_t i = 0; i < l->answer_count; i++)
        keep_answer(p, l, &l->answers[i]);
    l->has_entry = false; /* it waits in the cache itself */
    struct landing **at = &p->waiting;
    while (*at)
        at = &(*at)->next;
    *at = l;
    p->waiting_count += l->answer_count;
    p->waiting_bytes += l->bytes;
    if (!p->retry.place)
        net_timer_set(p->net, &p->retry, RETRY_MS, try_again, p);
}

/* With no row behind it a number means nothing. */
static void forget_numbers(struct landing *l)
{
    if (l->has_call)
        *l->call_id = 0;
    for (size_t i = 0; i < l->answer_count; i++)
        if (l->answers[i].a.call_id)
            *l->answers[i].a.call_id = 0;
}

static void not_written(struct pipeline *p, struct landing *l, const struct error *err)
{
    struct error ignored;
    if (l->has_entry && p->cache) { /* in memory at least, until there is room */
        l->entry.call_id = *l->call_id;
        cache_put(p->cache, &l->entry, &ignored);
    }
    if (p->group || p->waiting_bytes > MAX_WAITING_BYTES) {
        pipeline_not_recorded(p, err);
        forget_numbers(l);
        landing_free(l);
        return;
    }
    snprintf(p->late, sizeof p->late, "%s", err->text);
    wait_for_room(p, l);
}

bool landing_was_busy(const struct store *s, int64_t now_ns, int64_t *since_ns)
{
    if (!store_was_busy(s))
        return false;
    if (!*since_ns)
        *since_ns = now_ns;
    return now_ns - *since_ns < HELD_NS;
}

bool landing_is_held_up(struct pipeline *p, int64_t *since_ns)
{
    struct error err;
    int64_t now = clock_mono(net_clock(p->net));
    if (!p->store)
        return false;
    if (store_batch_begin(p->store, &err)) { /* free: with nothing in it, it costs nothing */
        (void)store_batch_end(p->store, &err);
        return false;
    }
    return landing_was_busy(p->store, now, since_ns);
}

void landing_end(struct pipeline *p)
{
    struct landing *l = p->landing;
    struct error err = { 0 };
    p->landing = NULL;
    if (!l)
        return;
    if (!l->has_call && !l->answer_count && !l->change_count) {
        landing_free(l);
        return;
    }
    if (l->has_call && *l->call_id == 0 && !p->group)
        *l->call_id = --p->last_number;
    bool ok = landing_flush(p);
    if (!ok)
        error_set(&err, ERR_STORE, "%s", p->late);
    if (ok && write_landing(p, l, &err))
        landing_free(l);
    else
        not_written(p, l, &err);
}

bool landing_flush(struct pipeline *p)
{
    struct error err;
    while (p->waiting) {
        struct landing *l = p->waiting;
        if (!write_landing(p, l, &err)) {
            snprintf(p->late, sizeof p->late, "%s", err.text);
            return false;
        }
        p->waiting = l->next;
        p->waiting_count -= l->answer_count;
        p->waiting_bytes -= l->bytes;
        landing_free(l);
    }
    if (p->retry.place)
        net_timer_stop(p->net, &p->retry);
    p->late[0] = '\0';
    return true;
}

size_t landings_waiting(const struct pipeline *p, const char **ret_why)
{
    *ret_why = p->waiting ? p->late : NULL;
    return p->waiting_count;
}

void landing_settle(struct pipeline *p)
{
    struct error err;
    if (landing_flush(p))
        return;
    error_set(&err, ERR_STORE, "%s", p->late);
    if (p->waiting_count > 1)
        error_within(&err, "%zu answers", p->waiting_count);
    pipeline_not_recorded(p, &err);
}

void landing_done(struct pipeline *p)
{
    landing_flush(p);
    net_timer_stop(p->net, &p->retry);
    while (p->waiting) {
        struct landing *l = p->waiting;
        p->waiting = l->next;
        landing_free(l);
    }
    mem_free(p->numbers);
    p->numbers = NULL;
    p->number_count = p->numbers_cap = 0;
}
