/* A question on its way, as a column sees it (ask_column.h). */
#include "tui/pane/ask_column.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/store/asked.h"

#define PACE_FIRST_S 0.25
/* A piece of so few bytes is a token of its own; larger ones were joined on the way. */
#define TOKEN_BYTES_MOST 8
/* A server whose model was not loaded and that is silent for so long is loading it. */
#define LOAD_AFTER_NS (300 * NS_PER_MS)

/* --- tokens over time -------------------------------------------------------------------------- */

static void pace_add(struct pace *p, double at_s, double tokens)
{
    if (p->width_s <= 0)
        p->width_s = PACE_FIRST_S;
    while (at_s >= p->width_s * PACE_POINTS) {
        for (int i = 0; i < PACE_POINTS; i++)
            p->slot[i] = i < PACE_POINTS / 2 ? p->slot[2 * i] + p->slot[2 * i + 1] : 0;
        p->width_s *= 2;
    }
    int slot = at_s > 0 ? (int)(at_s / p->width_s) : 0;
    p->slot[slot] += tokens;
    p->last_s = fmax(p->last_s, at_s);
}

/* The newest slot counts for the time it has lasted, once that says something. */
static int pace_show(const struct pace *p, double now_s, double *ret)
{
    if (p->width_s <= 0)
        return 0;
    int n = 0;
    for (; n < PACE_POINTS; n++) {
        double lasted = now_s - n * p->width_s;
        if (lasted < p->width_s / 2)
            break;
        ret[n] = p->slot[n] / fmin(lasted, p->width_s);
    }
    return n;
}

/* --- beginning and ending ----------------------------------------------------------------------- */

static int64_t now_ns(const struct column *c)
{
    return clock_mono(c->lab->clock);
}

void column_init(struct column *c, struct lab *lab, void (*changed)(void *self, struct column *c),
                 void *self)
{
    *c = (struct column){ .lab = lab, .changed = changed, .self = self };
    c->answer = page_new(PAGE_MARKDOWN, LOOK_TEXT);
    c->thinking = page_new(PAGE_PLAIN, LOOK_THINKING);
    column_clear(c);
}

void column_clear(struct column *c)
{
    page_clear(c->answer);
    page_clear(c->thinking);
    arena_clear(&c->arena);
    c->phase = PHASE_EMPTY;
    c->told = (struct answer){ 0 };
    c->usage = USAGE_UNKNOWN;
    c->bytes = c->pieces = c->thinking_bytes = c->thinking_pieces = 0;
    c->first_s = c->first_text_s = NAN;
    c->pace = (struct pace){ 0 };
    c->retry[0] = c->fallback[0] = '\0';
    c->fold = FOLD_LINE;
    c->folds = 0;
    c->knows_load = c->slowed = false;
    c->last_load_s = NAN;
}

void column_done(struct column *c)
{
    if (c->ask)
        ask_forget(c->ask);
    page_free(c->answer);
    page_free(c->thinking);
    arena_done(&c->arena);
    *c = (struct column){ 0 };
}

bool column_ask(struct column *c, const struct question *q, struct error *err)
{
    column_clear(c);
    c->asked_ns = now_ns(c);
    c->ask = ask_start(&c->lab->pipeline, q, column_hear, c, err);
    if (!c->ask)
        return false;
    c->phase = PHASE_CHECKING;
    const struct ask_settings *w = &q->settings;
    c->limits[ROLE_FAST] = w->max_tokens > 0 ? w->max_tokens : w->max_tokens_fast;
    c->limits[ROLE_REASONING] = w->max_tokens > 0 ? w->max_tokens : w->max_tokens_reason;
    return true;
}

void column_stop(struct column *c)
{
    if (c->ask)
        ask_cancel(c->ask);
}

bool column_runs(const struct column *c)
{
    return c->ask != NULL;
}

bool column_is_good(const struct column *c)
{
    return phase_ended(c->phase) && call_end_is_ok(c->told.end) && c->told.answer_id > 0;
}

/* --- what the pipeline tells ----------------------------------------------------------------------- */

/* Known from the beginning: an answer that is stopped never says so itself. */
static bool is_slowed(const struct answer *a, struct lab *lab)
{
    const struct lab_server *s = models_find_server(&lab->models, a->server);
    return s && s->server.pace > 0;
}

/* Names may be gone when the ask is; the texts are the pages'. */
static void keep_answer(struct column *c, const struct answer *a)
{
    struct arena *in = &c->arena;
    c->told = *a;
    c->told.query = arena_copy(in, a->query, a->query_len);
    c->told.rules = arena_string(in, a->rules);
    c->told.server = arena_string(in, a->server);
    c->told.model = arena_string(in, a->model);
    c->told.identity = arena_string(in, a->identity);
    c->told.identity_kind = arena_string(in, a->identity_kind);
    c->told.error = arena_string(in, a->error);
    c->told.advice = arena_string(in, a->advice);
    c->told.fallback_from = arena_string(in, a->fallback_from);
    c->told.fallback_why = arena_string(in, a->fallback_why);
    c->told.text = c->told.thinking = NULL;
}

/* Tokens of so many pieces: an estimate either way. */
static double tokens_of(size_t pieces, size_t bytes)
{
    if (pieces && bytes <= TOKEN_BYTES_MOST * pieces)
        return (double)pieces;
    return (double)((bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN);
}

static void add_text(struct column *c, const struct ask_event *ev, bool thinking)
{
    page_add(thinking ? c->thinking : c->answer, ev->text, ev->len);
    *(thinking ? &c->thinking_bytes : &c->bytes) += ev->len;
    *(thinking ? &c->thinking_pieces : &c->pieces) += 1;
    if (isnan(c->first_s))
        c->first_s = ev->t_s;
    if (!thinking && isnan(c->first_text_s)) {
        c->first_text_s = ev->t_s;
        page_home(c->thinking); /* from now on only its beginning is shown beside the answer */
    }
    pace_add(&c->pace, ev->t_s - c->first_s, tokens_of(1, ev->len));
    c->phase = thinking ? PHASE_THINKING : PHASE_ANSWERING;
    c->retry[0] = '\0';
}

/* All text so far was the other kind. */
static void move_text(struct column *c, bool to_thinking)
{
    struct page *from = to_thinking ? c->answer : c->thinking;
    struct page *to = to_thinking ? c->thinking : c->answer;
    size_t len;
    const char *text = page_source(from, &len);
    page_add(to, text, len);
    page_clear(from);
    size_t bytes = c->bytes + c->thinking_bytes, pieces = c->pieces + c->thinking_pieces;
    c->bytes = to_thinking ? 0 : bytes;
    c->pieces = to_thinking ? 0 : pieces;
    c->thinking_bytes = to_thinking ? bytes : 0;
    c->thinking_pieces = to_thinking ? pieces : 0;
    c->first_text_s = to_thinking ? NAN : c->first_s;
    c->phase = to_thinking ? PHASE_THINKING : PHASE_ANSWERING;
    if (to_thinking)
        page_end(c->thinking);
}

/* Of another model, whose words do not count. */
static void drop_text(struct column *c)
{
    page_clear(c->answer);
    page_clear(c->thinking);
    c->bytes = c->pieces = c->thinking_bytes = c->thinking_pieces = 0;
    c->first_s = c->first_text_s = NAN;
    c->pace = (struct pace){ 0 };
    c->usage = USAGE_UNKNOWN;
    c->phase = PHASE_CHECKING;
}

/* What came at once (a hit) or differs from what was streamed is taken from the answer. */
static void settle_page(struct page *p, const char *text, size_t len)
{
    size_t have;
    page_source(p, &have);
    if (have == len)
        return;
    page_clear(p);
    page_add(p, text, len);
    page_home(p);
}

static enum ask_phase phase_of_end(const struct answer *a)
{
    if (a->from == FROM_CACHE)
        return PHASE_CACHED;
    if (a->end == END_CANCELLED)
        return PHASE_STOPPED;
    if (a->end == END_OK_LENGTH)
        return PHASE_CUT;
    if (!call_end_is_ok(a->end) || a->end == END_OK_FILTER)
        return PHASE_FAILED;
    return a->fallback_from ? PHASE_FALLBACK : PHASE_DONE;
}

static void fact_of_fold(struct column *c, bool opened)
{
    struct error err;
    char subject[64];
    if (!c->lab->store)
        return;
    snprintf(subject, sizeof subject, "thinking:%lld", (long long)c->told.call_id);
    if (!fact_add(c->lab->store, "screen", subject, opened ? "folded" : "open",
                  opened ? "open" : "folded", &err))
        pipeline_not_recorded(&c->lab->pipeline, &err);
}

static void tell_folds(struct column *c)
{
    for (int i = 0; c->told.call_id > 0 && i < c->folds; i++)
        fact_of_fold(c, c->fold_kept[i]);
    if (c->told.call_id > 0)
        c->folds = 0;
}

static void end(struct column *c, const struct answer *a)
{
    c->ask = NULL;
    keep_answer(c, a);
    settle_page(c->answer, a->text, a->text_len);
    settle_page(c->thinking, a->thinking, a->thinking_len);
    c->phase = phase_of_end(a);
    c->retry[0] = '\0';
    tell_folds(c);
}

void column_hear(void *self, const struct ask_event *ev)
{
    struct column *c = self;
    switch (ev->type) {
    case ASK_THINKING:
    case ASK_TEXT:
        add_text(c, ev, ev->type == ASK_THINKING);
        break;
    case ASK_RECLASSIFY:
    case ASK_UNTHINK:
        move_text(c, ev->type == ASK_RECLASSIFY);
        break;
    case ASK_FALLBACK:
        snprintf(c->fallback, sizeof c->fallback, "instead of %s: %s", ev->answer->fallback_from,
                 ev->answer->fallback_why);
        text_trim_partial(c->fallback);
        drop_text(c);
        break;
    case ASK_ROUTED:
        drop_text(c);
        break;
    case ASK_CALLED:
        c->phase = PHASE_ASKED;
        c->slowed = is_slowed(ev->answer, c->lab);
        break;
    case ASK_STARTED:
        c->phase = PHASE_STARTED;
        c->retry[0] = '\0';
        break;
    case ASK_RETRY:
        c->phase = ev->loading ? PHASE_LOADING : PHASE_ASKED;
        snprintf(c->retry, sizeof c->retry, "again in %.0f s: %.*s", (double)ev->wait_ms / 1000,
                 (int)ev->len, ev->text);
        text_trim_partial(c->retry);
        break;
    case ASK_USAGE:
        c->usage = *ev->usage;
        break;
    case ASK_WARN:
        break;
    case ASK_END:
        end(c, ev->answer);
        c->changed(c->self, c);
        return;
    }
    /* Only what cannot change under the eyes: the rest is told again with every event. */
    if (ev->type != ASK_THINKING && ev->type != ASK_TEXT) {
        arena_clear(&c->arena);
        keep_answer(c, ev->answer);
        tell_folds(c);
    }
    c->changed(c->self, c);
}

/* --- is the model being loaded? ------------------------------------------------------------------------ */

static void read_last_load(struct column *c)
{
    struct error err;
    if (c->knows_load || !c->told.model)
        return;
    c->knows_load = true;
    if (!call_last_load(c->lab->store, c->told.server, c->told.model, &c->last_load_s, &err))
        c->last_load_s = NAN;
}

void column_tick(struct column *c)
{
    bool cold = c->cold && c->cold[c->told.role];
    if (c->phase == PHASE_ASKED && cold && now_ns(c) - c->asked_ns > LOAD_AFTER_NS)
        c->phase = PHASE_LOADING;
    if (c->phase == PHASE_LOADING)
        read_last_load(c);
}

/* --- thinking ---------------------------------------------------------------------------------------- */

void column_fold(struct column *c, bool all)
{
    bool was_open = c->fold != FOLD_LINE;
    if (all)
        c->fold = c->fold == FOLD_ALL ? FOLD_SOME : FOLD_ALL;
    else
        c->fold = was_open ? FOLD_LINE : FOLD_SOME;
    if (c->fold == FOLD_SOME && !isnan(c->first_text_s))
        page_home(c->thinking);
    bool is_open = c->fold != FOLD_LINE;
    if (is_open == was_open)
        return;
    if (c->told.call_id > 0)
        fact_of_fold(c, is_open);
    else if (c->folds < COLUMN_FOLDS)
        c->fold_kept[c->folds++] = is_open;
}

/* --- showing ------------------------------------------------------------------------------------------ */

/* Counts while it runs: the server's where it told some, else an estimate. */
static void show_running(const struct column *c, double now_s, struct column_view *v)
{
    double thinking = tokens_of(c->thinking_pieces, c->thinking_bytes);
    double answer = tokens_of(c->pieces, c->bytes);
    bool counted = c->usage.completion_tokens > 0;
    v->tokens = counted ? c->usage.completion_tokens : (int64_t)(thinking + answer);
    v->tokens_kind = counted ? KIND_MEASURED : KIND_ESTIMATED;
    v->thinking_tokens = (int64_t)thinking;
    v->answer_tokens = (int64_t)answer;
    v->split_kind = KIND_ESTIMATED;
    v->took_s = now_s;
    v->first_s = c->first_s;
    v->load_s = c->usage.load_s;
    if (isnan(c->first_s))
        return;
    double writing_s = now_s - c->first_s;
    if (v->tokens > 1 && writing_s > 0.2) {
        v->rate = (double)(v->tokens - 1) / writing_s;
        v->rate_kind = v->tokens_kind;
    }
    double until = isnan(c->first_text_s) ? now_s : c->first_text_s;
    v->thinking_s = until - c->first_s;
    v->pace_count = pace_show(&c->pace, now_s - c->first_s, v->pace);
}

static void show_ended(const struct column *c, struct column_view *v)
{
    const struct answer *a = &c->told;
    v->took_s = a->latency_s;
    v->first_s = a->ttft_s;
    v->load_s = a->load_s;
    v->tokens = a->completion_tokens;
    v->tokens_kind = a->tokens_kind;
    v->thinking_tokens = a->thinking_tokens;
    v->answer_tokens = a->answer_tokens;
    v->split_kind = a->split_kind;
    v->rate = a->tok_per_s;
    v->rate_kind = a->rate_kind;
    v->thinking_s = a->thinking_s;
    v->cost = a->cost;
    v->cost_kind = a->cost_kind;
    v->pace_count = pace_show(&c->pace, c->pace.last_s, v->pace);
    if (a->from == FROM_CACHE) {
        v->lookup_s = a->latency_s;
        v->original_s = a->original_latency_s;
        v->saved_s = a->saved_s;
    }
}

static void add_note(struct column_view *v, const char *text)
{
    if (text && *text && v->note_count < COLUMN_NOTES)
        v->notes[v->note_count++] = text;
}

static void show_notes(const struct column *c, struct column_view *v, bool hides)
{
    const struct answer *a = &c->told;
    if (!hides)
        add_note(v, c->retry);
    add_note(v, c->fallback);
    if (!phase_ended(c->phase))
        return;
    if (a->from == FROM_SHARED)
        add_note(v, "shared the call of the same question, asked at the same time");
    if (a->end == END_OK_TOOL)
        add_note(v, "the model asked for a tool; rlab runs none");
    for (int i = 0; i < CALL_WARNS; i++)
        if (a->warns & (1u << i))
            add_note(v, call_warn_words((enum call_warn)i));
    if (!a->identity_checked && a->from != FROM_SHARED && phase_ended(c->phase))
        add_note(v, "identity not checked: the server did not say which model this is");
    if (c->phase == PHASE_FAILED) {
        v->failure = a->error ? a->error : call_end_words(a->end);
        v->advice = a->advice;
    }
}

static void show_names(const struct column *c, bool hides, struct column_view *v)
{
    const struct answer *a = &c->told;
    if (!hides && a->model && !a->by_name) {
        v->role = a->role == ROLE_FAST ? "FAST" : "REASON";
        v->role_look = a->role == ROLE_FAST ? LOOK_FAST : LOOK_REASONING;
    }
    v->model = hides ? NULL : a->model;
    v->slowed = a->slowed || c->slowed;
}

struct column_view column_nothing(void)
{
    return (struct column_view){ .role_look = LOOK_TEXT,
                                 .first_s = NAN,
                                 .took_s = NAN,
                                 .load_s = NAN,
                                 .last_load_s = NAN,
                                 .lookup_s = NAN,
                                 .original_s = NAN,
                                 .saved_s = NAN,
                                 .rate = NAN,
                                 .tokens = -1,
                                 .thinking_tokens = -1,
                                 .answer_tokens = -1,
                                 .cost = NAN,
                                 .limit = -1,
                                 .thinking_s = NAN };
}

void column_show(const struct column *c, bool hides, struct column_view *ret)
{
    struct column_view v = column_nothing();
    v.phase = c->phase;
    v.last_load_s = c->last_load_s;
    v.limit = c->limits[c->told.role];
    v.fold = c->fold;
    v.answer = c->answer;
    v.thinking = c->thinking;
    if (c->phase != PHASE_EMPTY) {
        show_names(c, hides, &v);
        if (phase_ended(c->phase))
            show_ended(c, &v);
        else
            show_running(c, clock_seconds(now_ns(c) - c->asked_ns), &v);
        size_t len;
        page_source(c->thinking, &len);
        v.has_thinking = len > 0 && !hides; /* that one thinks gives away which it is */
        v.thinks = c->phase == PHASE_THINKING;
        show_notes(c, &v, hides);
    }
    *ret = v;
}
