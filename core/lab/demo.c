/* Running a demonstration: its steps one after another, and putting back what it changed
 * (demo.h, demo_steps.h). */
#include "core/lab/demo_steps.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"
#include "core/store/history.h"

/* How long a server may take to list its models with all it knows of them. */
#define LIST_LIMIT_MS 5000

static const struct demo *const demos[DEMOS] = {
    &demo_threshold_sweep, &demo_time_to_live, &demo_monitor,     &demo_fallback,
    &demo_machine,         &demo_stale_cache,  &demo_eager_rules, &demo_no_plan,
};

const struct demo *demo_find(int number)
{
    return number >= 1 && number <= DEMOS ? demos[number - 1] : NULL;
}

/* --- telling ------------------------------------------------------------------------------ */

static void tell(struct demo_run *r, const struct demo_news *n)
{
    r->hear(r->self, n);
}

__attribute__((format(printf, 3, 0))) static void tell_words(struct demo_run *r,
                                                             enum demo_news_type type,
                                                             const char *fmt, va_list args)
{
    char words[1000];
    vsnprintf(words, sizeof words, fmt, args);
    text_trim_partial(words);
    tell(r, &(struct demo_news){ .type = type, .text = words });
}

void demo_says(struct demo_run *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    tell_words(r, DEMO_SAYS, fmt, args);
    va_end(args);
}

void demo_finds(struct demo_run *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    tell_words(r, DEMO_FINDS, fmt, args);
    va_end(args);
}

void demo_table(struct demo_run *r, const struct demo_table *t)
{
    tell(r, &(struct demo_news){ .type = DEMO_TABLE, .table = t });
}

void demo_row(struct demo_run *r, const struct demo_table *t, const struct demo_cell *cells)
{
    tell(r, &(struct demo_news){ .type = DEMO_ROW, .table = t, .cells = cells });
}

const char *demo_seconds(struct demo_run *r, double s)
{
    if (!isfinite(s))
        return "an unknown time";
    return s < 0.001   ? arena_format(&r->arena, "%.0f us", s * 1e6)
           : s < 0.995 ? arena_format(&r->arena, "%.0f ms", s * 1e3)
           : s < 9.95  ? arena_format(&r->arena, "%.1f s", s)
                       : arena_format(&r->arena, "%.0f s", s);
}

/* --- the end ------------------------------------------------------------------------------ */

static void put_back(struct demo_run *r)
{
    if (!r->fast)
        return;
    r->fast->breaker = r->kept_fast;
    r->reasoning->breaker = r->kept_reasoning;
    r->fast->arranged = r->reasoning->arranged = (struct call_switch){ 0 };
}

void demo_stop(struct demo_run *r)
{
    if (!r)
        return;
    net_timer_stop(r->lab->net, &r->next);
    lab_server_forget(r->waiter);
    pipeline_done(&r->pipeline); /* drops what runs; its row is finished as stopped */
    cache_free(r->pipeline.cache);
    put_back(r);
    if (r->demo->state_done)
        r->demo->state_done(r->state);
    mem_free(r->state);
    arena_done(&r->arena);
    mem_free(r);
}

static void end(struct demo_run *r, const struct error *err)
{
    demo_ended *ended = r->ended;
    void *self = r->self;
    demo_stop(r);
    ended(self, err);
}

/* --- steps -------------------------------------------------------------------------------- */

static void next_step(void *self);

static void soon(struct demo_run *r, int64_t after_ms)
{
    net_timer_set(r->lab->net, &r->next, after_ms, next_step, r);
}

static void next_step(void *self)
{
    struct demo_run *r = self;
    struct error err;
    demo_step *step = r->demo->steps[r->step];
    if (r->failed || !step) {
        err = r->error;
        end(r, r->failed ? &err : NULL);
        return;
    }
    r->then = NULL;
    if (!step(r, &err)) {
        end(r, &err);
        return;
    }
    r->step++;
    for (size_t i = 0; r->then && r->demo->steps[i]; i++)
        if (r->demo->steps[i] == r->then)
            r->step = i;
    if (!r->ask && !r->waiter && !r->next.place)
        soon(r, 0);
}

void demo_go_to(struct demo_run *r, demo_step *step)
{
    r->then = step;
}

void demo_pause(struct demo_run *r, double seconds)
{
    soon(r, (int64_t)ceil(seconds * 1000));
}

static void listed(void *self)
{
    struct demo_run *r = self;
    r->waiter = NULL;
    soon(r, 0);
}

void demo_list(struct demo_run *r, struct lab_model *m)
{
    r->waiter = lab_server_refresh(m->server, true, 0, LIST_LIMIT_MS, listed, r);
}

void demo_cache(struct demo_run *r, double ttl_s)
{
    cache_free(r->pipeline.cache);
    r->pipeline.cache = cache_new(NULL, r->lab->clock, CACHE_SIZE_TYPE, ttl_s);
}

/* --- asking ------------------------------------------------------------------------------- */

static const char *keep(struct demo_run *r, const char *text)
{
    return arena_string(&r->arena, text && *text ? text : NULL);
}

static bool read_row(void *self, const struct history_row *row)
{
    struct demo_run *r = self;
    struct demo_answer *g = &r->got;
    g->call_id = row->call_id;
    g->level = keep(r, row->level);
    g->role = keep(r, row->role);
    g->server = keep(r, row->server);
    g->model = keep(r, row->model);
    g->identity = keep(r, row->identity);
    g->from = keep(r, row->from);
    g->end = keep(r, row->end);
    g->error = keep(r, row->error);
    g->fallback_from = keep(r, row->fallback_from);
    g->fallback_why = keep(r, row->fallback_why);
    g->score = row->score;
    g->latency_s = row->latency_s;
    g->original_latency_s = row->original_latency_s;
    g->slowed = row->slowed;
    return false;
}

static bool read_lookup(void *self, const struct monitor_lookup *l)
{
    struct demo_run *r = self;
    r->got.lookup = keep(r, l->result);
    return true; /* the last one is ours */
}

static bool read_back(struct demo_run *r, struct error *err)
{
    const char *lost = r->pipeline.not_recorded;
    if (lost[0] || !r->got.id)
        return error_set(err, ERR_STORE,
                         "this demonstration shows what was recorded, and that failed: %s",
                         lost[0] ? lost : "no row was written");
    return history_get(r->lab->store, r->got.id, read_row, r, err) &&
           monitor_lookups(r->lab->store, r->asked.lookup, read_lookup, r, err);
}

/* A failure that was no part of the show. */
static bool explain(const struct answer *a, struct error *err)
{
    bool no_model = a->model_missing || a->context_too_long || a->no_room;
    bool refused = a->key_refused || answer_was_refused(a);
    enum error_code code = no_model ? ERR_MODEL : refused ? ERR_REFUSED : ERR_NET;
    return error_set(err, code, "the model '%s/%s' gave no answer: %s%s%s", a->server, a->model,
                     a->error ? a->error : call_end_words(a->end), a->advice ? "; " : "",
                     a->advice ? a->advice : "");
}

/* The ask is still on the stack: what follows waits for the next step. */
static void heard(void *self, const struct ask_event *ev)
{
    struct demo_run *r = self;
    if (ev->type != ASK_END)
        return;
    const struct answer *a = ev->answer;
    struct buf line = buf_with_max(MAX_ANSWER_BYTES);
    text_safe_line(&line, a->text, a->text_len);
    r->ask = NULL;
    r->got.text = arena_copy(&r->arena, buf_text(&line), line.len);
    buf_done(&line);
    r->got.id = a->answer_id;
    r->got.good = answer_is_good(a);
    r->failed = !((r->got.good || r->got.wanted.may_fail || explain(a, &r->error)) &&
                  read_back(r, &r->error));
    soon(r, 0);
}

bool demo_ask(struct demo_run *r, const struct ask_wanted *w, struct error *err)
{
    struct question q = question_default();
    q.text = w->question;
    q.len = strlen(w->question);
    q.force = w->force;
    q.model = w->model;
    q.purpose = "demo";
    q.settings = lab_ask_settings(r->lab);
    q.settings.max_tokens = r->max_tokens;
    q.settings.deadline_s = w->deadline_s;
    q.settings.system = w->system;
    r->got = (struct demo_answer){ .wanted = *w };
    if (!monitor_mark(r->lab->store, &r->asked, err))
        return false;
    r->ask = ask_start(&r->pipeline, &q, heard, r, err);
    return r->ask != NULL;
}

/* --- starting ----------------------------------------------------------------------------- */

static bool models_do(const struct lab *lab, const struct demo *demo, struct error *err)
{
    const struct choice *c = &lab->choice;
    assert(!demo->asks || lab->chosen);
    if (!demo->asks)
        return true;
    if (c->help || !c->fast || !c->reasoning)
        return error_set(err, ERR_NET, "%s", c->help ? c->help : "no model to ask");
    if (demo->needs_two && c->fast == c->reasoning)
        return error_set(err, ERR_USAGE,
                         "two different models are needed; both roles have '%s': choose with "
                         "--fast-model and --reason-model",
                         c->fast->full_name);
    return true;
}

struct demo_run *demo_start(struct lab *lab, const struct demo *demo, const struct demo_options *o,
                            demo_hear *hear, demo_ended *ended, void *self, struct error *err)
{
    struct monitor_mark began;
    if (!models_do(lab, demo, err) || !monitor_mark(lab->store, &began, err))
        return NULL;
    struct demo_run *r = mem_new(struct demo_run, 1);
    r->lab = lab;
    r->demo = demo;
    r->began = began;
    r->calm = o->calm;
    r->deadline_s = isfinite(o->deadline_s) ? o->deadline_s : demo->deadline_s;
    r->max_tokens = o->max_tokens > 0 ? o->max_tokens : demo->max_tokens;
    r->state = mem_alloc(1, demo->state_size ? demo->state_size : 1);
    r->hear = hear;
    r->ended = ended;
    r->self = self;
    pipeline_init(&r->pipeline, &lab->models, lab->net, lab->store, NULL, lab->rules);
    if (demo->asks) {
        r->fast = r->pipeline.fast = lab->choice.fast;
        r->reasoning = r->pipeline.reasoning = lab->choice.reasoning;
        r->kept_fast = r->fast->breaker;
        r->kept_reasoning = r->reasoning->breaker;
    }
    soon(r, 0);
    return r;
}
