/* Many questions through one pipeline (runner.h).
 *
 * A run walks WARMING -> ASKING -> OVER. Each place in flight is a slot; a slot that ends puts
 * its row in a queue, takes the next job, and the queue is written a little later in one
 * transaction. */
#include "core/lab/runner.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/lab/landing.h"
#include "core/lab/ledger.h"
#include "core/lab/run_settings.h"
#include "core/limits.h"
#include "core/store/calls.h"

/* Rows wait this long, so that the questions asked in their place are on the wire first. */
#define WRITE_AFTER_MS 5
/* More than this do not wait for a disk that takes nothing. */
#define MAX_WAITING_ROWS 10000
/* A warm-up needs the model loaded, not its thoughts. */
#define WARM_UP_TOKENS 16

struct slot {
    struct runner *runner;
    struct ask *ask; /* NULL: free */
    struct job job;
};

enum state { WARMING, ASKING, OVER };

struct runner {
    struct lab *lab;
    struct run_plan plan;
    char *settings; /* JSON */
    run_hear *hear;
    void *self;

    struct pipeline own;     /* of a fresh run */
    struct thresholds moved; /* as they were when it began */
    struct commit_group group;
    struct cache *cache;
    struct pipeline *pipeline;

    enum state state;
    int64_t id;
    struct ask *warm_up;
    size_t warmed;
    struct slot *slots;
    size_t in_flight;
    size_t stage, stage_size, next; /* where the plan is: the next job of this stage */
    bool stopping;
    int failures; /* in a row */
    bool troubled;
    struct error trouble;

    struct items items;
    size_t written, told, total; /* of items: rows on disk, rows reported, all there will be */
    const char **answers;        /* whole, of the rows from `written` on */
    size_t answers_cap;
    struct arena waiting; /* texts of `answers` */
    struct net_timer write, turn;
    int64_t held_since_ns; /* by another process; 0: it is not */
};

static size_t total_of(const struct runner *r)
{
    size_t total = 0;
    for (size_t s = 0, n; (n = r->plan.stage_size(r, r->plan.self, s)) > 0; s++)
        total += n;
    return total;
}

static void tell(struct runner *r, struct run_event ev)
{
    ev.done = r->told;
    ev.total = r->total;
    if (r->hear)
        r->hear(r->self, &ev);
}

/* --- rows --------------------------------------------------------------------------------- */

static void not_recorded(struct runner *r, const struct error *err)
{
    pipeline_not_recorded(&r->lab->pipeline, err); /* where people look for it */
}

static bool write_rows(struct runner *r, struct error *err)
{
    struct store *s = r->lab->store;
    if (r->written == r->items.n || r->id == 0)
        return true;
    if (!store_batch_begin(s, err))
        return false;
    for (size_t i = r->written; i < r->items.n; i++) {
        struct run_item row = r->items.v[i];
        row.answer = r->answers[i - r->written];
        if (!run_add_item(s, &row, err)) {
            store_batch_undo(s);
            return false;
        }
    }
    return store_batch_end(s, err);
}

/* The run goes on without: what is there of it stays as that of a run that broke off. */
static void give_up(struct runner *r, const struct error *err)
{
    not_recorded(r, err);
    r->id = 0;
    r->written = r->items.n;
    arena_clear(&r->waiting);
}

/* Rows that could not be written are tried again with the next ones. */
static void write_out(struct runner *r)
{
    struct error err = { 0 };
    bool ok = write_rows(r, &err);
    if (!ledger_group_end(r->pipeline)) {
        ok = !error_set(&err, ERR_STORE, "%s", r->pipeline->not_recorded);
        for (size_t i = r->written; i < r->items.n; i++)
            r->items.v[i].answer_id = 0; /* undone with the group */
    }
    if (ok) {
        r->written = r->items.n;
        arena_clear(&r->waiting);
    } else if (r->items.n - r->written > MAX_WAITING_ROWS) {
        give_up(r, &err);
    }
}

static void report_rows(struct runner *r)
{
    while (r->told < r->items.n) {
        const struct run_item *i = &r->items.v[r->told++];
        tell(r, (struct run_event){ .type = RUN_ITEM, .item = i });
    }
}

static void write_now(void *self)
{
    struct runner *r = self;
    net_timer_stop(r->lab->net, &r->write);
    write_out(r);
    report_rows(r);
}

/* A pipeline of our own has a transaction open by now, which waits for these rows. */
static void write_soon(struct runner *r)
{
    if (!r->group.open && !r->write.place)
        net_timer_set(r->lab->net, &r->write, WRITE_AFTER_MS, write_now, r);
}

/* Known answers are compared where there is an answer at all; a failure is no wrong answer. */
static int is_right(const struct set_item *i, const struct answer *a)
{
    if (!i->answer || !i->check || !call_end_is_ok(a->end))
        return -1;
    return i->check->right(a->text, a->text_len, i->answer);
}

static void keep_row(struct slot *slot, const struct answer *a)
{
    struct runner *r = slot->runner;
    const struct job *j = &slot->job;
    const struct set_item *q = &r->plan.set->items[j->index];
    struct arena scratch = { 0 };
    char hex[HASH_HEX];
    struct hash h = query_hash(q->query, q->query_len);
    hash_hex(&h, hex);
    struct run_item row = {
        .run_id = r->id,
        .query_index = (int64_t)j->index,
        .round = j->round,
        .query = q->query,
        .query_hash = hex,
        .label = q->has_label ? level_name(q->label) : NULL,
        .level = level_name(a->level),
        .role = a->by_name ? NULL : role_name(a->role),
        .model = arena_format(&scratch, "%s/%s", a->server, a->model),
        .score = a->score,
        .from = answer_from_name(a->from),
        .end = call_end_name(a->end),
        .answer = a->text,
        .correct = is_right(q, a),
        .fallback = a->fallback_from != NULL,
        .always = j->always,
        .slowed = a->slowed,
        .latency_s = a->latency_s,
        .original_latency_s = a->original_latency_s,
        .ttft_s = a->ttft_s,
        .load_s = a->from == FROM_MODEL ? a->load_s : NAN,
        .completion_tokens = a->completion_tokens,
        .thinking_tokens = a->thinking_tokens,
        .tokens_kind = kind_name(a->tokens_kind),
        .answer_id = a->answer_id,
    };
    size_t waiting = r->items.n - r->written;
    items_add(&r->items, &row);
    r->answers = mem_grow(r->answers, &r->answers_cap, waiting + 1, sizeof *r->answers);
    r->answers[waiting] = arena_copy(&r->waiting, a->text, a->text_len);
    arena_done(&scratch);
    write_soon(r);
}

/* --- the end -------------------------------------------------------------------------------- */

/* Another process holds the file: its beginning and its end are tried again from the loop. */
static bool is_held_up(struct runner *r)
{
    return landing_was_busy(r->lab->store, clock_mono(r->lab->clock), &r->held_since_ns);
}

static bool write_end_of(struct runner *r, struct error *err)
{
    if (!write_rows(r, err))
        return false;
    r->written = r->items.n;
    return r->id == 0 || run_end(r->lab->store, r->id, runner_state(r), err);
}

static void finish(void *self)
{
    struct runner *r = self;
    struct error err;
    if (r->state == OVER)
        return;
    write_now(r);
    bool ok = write_end_of(r, &err);
    if (!ok && is_held_up(r)) {
        net_timer_set(r->lab->net, &r->turn, LANDING_AGAIN_MS, finish, r);
        return;
    }
    if (r->own.not_recorded[0] && !r->lab->pipeline.not_recorded[0])
        memcpy(r->lab->pipeline.not_recorded, r->own.not_recorded, sizeof r->own.not_recorded);
    r->state = OVER;
    if (!ok)
        give_up(r, &err);
    tell(r, (struct run_event){ .type = RUN_ENDED });
}

/* The last report of a question is still on the stack: end from the loop. */
static void finish_soon(struct runner *r)
{
    net_timer_set(r->lab->net, &r->turn, 0, finish, r);
}

void runner_stop(struct runner *r)
{
    if (r->stopping || r->state == OVER)
        return;
    r->stopping = true;
    if (r->warm_up)
        ask_cancel(r->warm_up);
    for (int64_t i = 0; i < r->plan.concurrency; i++)
        if (r->slots[i].ask)
            ask_cancel(r->slots[i].ask);
    if (!r->warm_up && !r->in_flight)
        finish_soon(r);
}

static void end_with(struct runner *r, const struct error *why)
{
    if (!r->troubled)
        r->trouble = *why;
    r->troubled = true;
    runner_stop(r);
}

static enum error_code code_of(const struct answer *a)
{
    return a->key_refused                                          ? ERR_REFUSED
           : a->model_missing || a->context_too_long || a->no_room ? ERR_MODEL
           : answer_was_refused(a)                                 ? ERR_USAGE
                                                                   : ERR_NET;
}

/* Whether the next question will fail the same way. */
static bool is_lasting(const struct answer *a)
{
    switch (a->end) {
    case END_TIMEOUT_CONNECT:
    case END_TIMEOUT_FIRST:
    case END_TIMEOUT_IDLE:
    case END_ERR_TRANSPORT:
    case END_TRUNCATED:
        return true;
    default:
        return a->key_refused || a->model_missing || a->no_room;
    }
}

static void set_trouble(const struct answer *a, struct error *ret)
{
    error_set(ret, code_of(a), "%s%s%s", a->error ? a->error : call_end_words(a->end),
              a->advice ? "; " : "", a->advice ? a->advice : "");
}

static void watch_failures(struct runner *r, const struct answer *a)
{
    if (a->end == END_CANCELLED)
        return;
    r->failures = is_lasting(a) ? r->failures + 1 : 0;
    if (r->failures < RUNNER_FAILURES)
        return;
    struct error why;
    set_trouble(a, &why);
    error_within(&why, "stopped after %d failures in a row", r->failures);
    end_with(r, &why);
}

/* --- asking --------------------------------------------------------------------------------- */

static void advance(struct runner *r);
static void ask_next(struct runner *r, struct slot *slot);

static void heard(void *self, const struct ask_event *ev)
{
    struct slot *slot = self;
    struct runner *r = slot->runner;
    if (ev->type != ASK_END)
        return;
    slot->ask = NULL;
    r->in_flight--;
    keep_row(slot, ev->answer);
    watch_failures(r, ev->answer);
    ask_next(r, slot);
    if (!r->in_flight)
        advance(r);
}

static struct question question_for(const struct runner *r, const struct job *j)
{
    const struct set_item *i = &r->plan.set->items[j->index];
    struct question q = question_default();
    q.text = i->query;
    q.len = i->query_len;
    q.force = j->force;
    q.model = j->model;
    q.no_cache = j->no_cache;
    q.no_cot = r->plan.no_cot;
    q.purpose = r->plan.purpose;
    q.run_id = r->id;
    q.sample = j->sample;
    q.settings = r->plan.settings;
    return q;
}

/* The stage's next question into a free place; nothing where the stage has no more. */
static void ask_next(struct runner *r, struct slot *slot)
{
    struct error err;
    if (r->stopping || r->next == r->stage_size)
        return;
    slot->job = r->plan.job(r, r->plan.self, r->stage, r->next++);
    struct question q = question_for(r, &slot->job);
    slot->ask = ask_start(r->pipeline, &q, heard, slot, &err);
    if (slot->ask)
        r->in_flight++;
    else
        end_with(r, &err);
}

/* Fills the places at the start of a stage, and goes on to the next stage where one has ended. */
static void advance(struct runner *r)
{
    while (!r->in_flight && !r->stopping && r->stage_size) {
        for (int64_t i = 0; i < r->plan.concurrency; i++)
            ask_next(r, &r->slots[i]);
        if (r->in_flight)
            return;
        r->stage_size = r->plan.stage_size(r, r->plan.self, ++r->stage);
        r->next = 0;
    }
    if (!r->in_flight)
        finish_soon(r);
}

/* The row is made once the models are warm: by then it is known which weights they hold. */
static void begin(void *self)
{
    struct runner *r = self;
    struct error err;
    if (!r->settings)
        r->settings = run_settings_text(r->pipeline, &r->plan);
    struct run_row row = { .kind = r->plan.kind,
                           .name = r->plan.name ? r->plan.name : "",
                           .notes = r->plan.notes ? r->plan.notes : "",
                           .set_name = r->plan.set->name,
                           .settings = r->settings,
                           .state = "running",
                           .started_wall = clock_wall(r->lab->clock) };
    ledger_group_end(r->pipeline); /* what is undone with a group must not take the run along */
    bool ok = run_begin(r->lab->store, &row, &r->id, &err);
    if (!ok && !r->stopping && is_held_up(r)) {
        net_timer_set(r->lab->net, &r->turn, LANDING_AGAIN_MS, begin, r);
        return;
    }
    r->held_since_ns = 0;
    if (!ok)
        not_recorded(r, &err);
    r->state = ASKING;
    r->stage_size = r->plan.stage_size(r, r->plan.self, 0);
    advance(r);
}

/* --- warming up ------------------------------------------------------------------------------- */

static void warm_next(void *self);

static void warm_heard(void *self, const struct ask_event *ev)
{
    struct runner *r = self;
    const struct answer *a = ev->answer;
    if (ev->type != ASK_END)
        return;
    r->warm_up = NULL;
    if (!answer_is_good(a) && a->end != END_CANCELLED) {
        struct error why;
        set_trouble(a, &why);
        error_within(&why, "warming up '%s/%s'", a->server, a->model);
        end_with(r, &why);
    } else if (r->stopping) {
        finish_soon(r);
    } else {
        r->warmed++;
        warm_next(r);
    }
}

static void warm_next(void *self)
{
    struct runner *r = self;
    struct error err;
    if (r->warmed == 1 && r->plan.warm[1] == r->plan.warm[0])
        r->warmed = 2;
    struct lab_model *m = r->warmed < 2 ? r->plan.warm[r->warmed] : NULL;
    if (!m) {
        begin(r);
        return;
    }
    struct question q = question_default();
    q.text = WARM_UP_WORD;
    q.len = strlen(WARM_UP_WORD);
    q.model = m;
    q.no_cache = true;
    q.purpose = "warm-up";
    q.record = false;
    q.settings.max_tokens = WARM_UP_TOKENS;
    tell(r, (struct run_event){ .type = RUN_WARMING, .model = m });
    r->warm_up = ask_start(r->pipeline, &q, warm_heard, r, &err);
    if (!r->warm_up)
        end_with(r, &err);
}

/* --- from outside ------------------------------------------------------------------------------ */

static void make_pipeline(struct runner *r)
{
    struct lab *lab = r->lab;
    r->pipeline = &lab->pipeline;
    if (!r->plan.fresh)
        return;
    r->cache = cache_new(NULL, lab->clock, CACHE_SIZE_TYPE, 0);
    pipeline_init(&r->own, &lab->models, lab->net, lab->store, r->cache, lab->rules);
    r->own.fast = lab->pipeline.fast;
    r->own.reasoning = lab->pipeline.reasoning;
    if (lab->pipeline.moved) {
        r->moved = *lab->pipeline.moved;
        r->own.moved = &r->moved;
    }
    r->group = (struct commit_group){ .after_ms = WRITE_AFTER_MS, .due = write_now, .self = r };
    r->own.group = &r->group;
    r->pipeline = &r->own;
}

struct runner *runner_start(struct lab *lab, const struct run_plan *plan, run_hear *hear,
                            void *self, struct error *err)
{
    struct runner *r = mem_new(struct runner, 1);
    assert(plan->concurrency >= 1 && plan->concurrency <= MAX_CONCURRENCY);
    r->lab = lab;
    r->plan = *plan;
    r->hear = hear;
    r->self = self;
    r->total = total_of(r);
    r->slots = mem_new(struct slot, (size_t)plan->concurrency);
    for (int64_t i = 0; i < plan->concurrency; i++)
        r->slots[i].runner = r;
    make_pipeline(r);
    if (r->total > MAX_RUN_ITEMS) {
        error_set(err, ERR_USAGE,
                  "the run would ask %zu questions, and %d are the most: take fewer rounds or a "
                  "smaller set",
                  r->total, MAX_RUN_ITEMS);
        runner_free(r);
        return NULL;
    }
    net_timer_set(lab->net, &r->turn, 0, warm_next, r);
    return r;
}

void runner_free(struct runner *r)
{
    if (!r)
        return;
    if (r->pipeline == &r->own) {
        pipeline_done(&r->own); /* finishes the rows of what still ran */
        ledger_group_end(&r->own);
    }
    cache_free(r->cache);
    net_timer_stop(r->lab->net, &r->write);
    net_timer_stop(r->lab->net, &r->turn);
    items_done(&r->items);
    json_free(r->plan.said);
    mem_free(r->plan.self);
    mem_free(r->settings);
    mem_free(r->answers);
    arena_done(&r->waiting);
    mem_free(r->slots);
    mem_free(r);
}

bool runner_is_over(const struct runner *r)
{
    return r->state == OVER;
}

const struct error *runner_trouble(const struct runner *r)
{
    return r->troubled ? &r->trouble : NULL;
}

const char *runner_state(const struct runner *r)
{
    bool ended = r->state == OVER || !r->in_flight;
    return r->stopping ? "stopped" : ended ? "done" : "running";
}

int64_t runner_id(const struct runner *r)
{
    return r->id;
}

const struct items *runner_items(const struct runner *r)
{
    return &r->items;
}

const struct run_plan *runner_plan(const struct runner *r)
{
    return &r->plan;
}

const char *runner_settings(const struct runner *r)
{
    return r->settings ? r->settings : "{}";
}
