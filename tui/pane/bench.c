/* The Bench pane: a set, several rounds, a fresh cache; runs that are kept, one against another;
 * what thinking buys. Owns the run that goes on and the one that is shown. */
#include "tui/pane/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/lab/bench.h"
#include "core/lab/kept_run.h"
#include "core/limits.h"
#include "tui/pane/bench_export.h"
#include "tui/pane/pane.h"
#include "tui/pane/scroll.h"

#define MAX_PAST        100
#define MAX_ROUNDS_HERE 100

/* Questions a figure of the budget view: enough for intervals of some 10 points. */
#define BUDGET_N      40
#define BUDGET_N_STEP 20
#define BUDGET_N_MOST 200

static const char *const views[] = { "Tables",       "Charts",          "Against always-reasoning",
                                     "Earlier runs", "Thinking budget", NULL };

struct bench_state {
    struct set set;
    char set_name[512];
    bool has_set, no_cache, always, cold;
    int64_t rounds;

    struct runner *runner;
    bool running;
    size_t done, total;
    int64_t started_ns;
    char warming[120];

    /* The run that is shown: read back from the store once it is over. */
    struct kept_run run; /* zeroed: none */
    char title[160];

    struct arena past_arena;
    struct bench_past past[MAX_PAST];
    int past_count;
    struct list list;
    int64_t baseline;
    struct buf against;
    int scroll;

    struct budget *budget;
    size_t budget_n; /* questions a figure */
    int64_t budget_ns;
    struct buf budget_words;
};

/* --- the set ------------------------------------------------------------------------------ */

static bool take_set(struct pane *p, const char *name, struct error *err)
{
    struct bench_state *st = p->state;
    struct set set;
    if (!set_load(&p->desk->lab->paths, name, &set, err))
        return false;
    if (st->has_set)
        set_done(&st->set);
    st->set = set;
    st->has_set = true;
    snprintf(st->set_name, sizeof st->set_name, "%s", name);
    return true;
}

static void set_named(void *self, const char *text)
{
    struct pane *p = self;
    struct error err;
    if (!text)
        return;
    if (!take_set(p, text, &err))
        desk_fail(p->desk, "The set was not taken", &err);
    else
        desk_keep(p->desk, "bench.set", text);
    pane_dirty(p);
}

/* --- the run that is shown ---------------------------------------------------------------- */

static void name_run(struct bench_state *st)
{
    const struct run_row *r = &st->run.row;
    char when[CLOCK_STAMP_SIZE];
    clock_local(r->started_wall, when);
    snprintf(st->title, sizeof st->title, "run %lld%s%s, %s, %s", (long long)r->id,
             *r->name ? " " : "", r->name, r->state, when);
}

/* Sentences of "B against A" from two runs. */
static void compare(struct pane *p)
{
    struct bench_state *st = p->state;
    struct items other = { 0 };
    struct error err;
    struct paired pairs;
    char name_a[40], name_b[40];
    buf_clear(&st->against);
    if (!st->baseline || !st->run.row.id || st->baseline == st->run.row.id)
        return;
    if (!items_load(&other, p->desk->lab->store, st->baseline, &err)) {
        buf_puts(&st->against, err.text);
        return;
    }
    struct side a = { .items = &other }, b = { .items = st->run.items };
    paired_compare(&a, &b, &pairs);
    snprintf(name_a, sizeof name_a, "run %lld", (long long)st->baseline);
    snprintf(name_b, sizeof name_b, "run %lld", (long long)st->run.row.id);
    if (pairs.pairs)
        paired_sentence(&pairs, name_a, name_b, &st->against);
    else
        buf_printf(&st->against, "%s and %s asked no common query of a model", name_a, name_b);
    items_done(&other);
}

static bool show_run(struct pane *p, int64_t id)
{
    struct bench_state *st = p->state;
    struct error err;
    kept_run_done(&st->run);
    st->title[0] = '\0';
    if (!kept_run_read(&st->run, p->desk->lab->store, id, &err)) {
        desk_fail(p->desk, "The run cannot be read", &err);
        return false;
    }
    name_run(st);
    st->scroll = 0;
    compare(p);
    return true;
}

static bool add_past(void *self, const struct run_row *r)
{
    struct bench_state *st = self;
    struct bench_past *past = &st->past[st->past_count];
    char when[CLOCK_STAMP_SIZE];
    clock_local(r->started_wall, when);
    *past = (struct bench_past){ .id = r->id,
                                 .kind = arena_string(&st->past_arena, r->kind),
                                 .name = arena_string(&st->past_arena, r->name),
                                 .set_name = arena_string(&st->past_arena, r->set_name),
                                 .state = arena_string(&st->past_arena, r->state),
                                 .items = r->items };
    snprintf(past->when, sizeof past->when, "%.23s", when);
    return ++st->past_count < MAX_PAST;
}

static void read_past(struct pane *p)
{
    struct bench_state *st = p->state;
    struct error err;
    arena_clear(&st->past_arena);
    st->past_count = 0;
    if (!run_list(p->desk->lab->store, NULL, MAX_PAST, add_past, st, &err))
        desk_say(p->desk, "%s", err.text);
    list_count(&st->list, st->past_count);
}

/* --- running ------------------------------------------------------------------------------ */

static void run_ended(struct pane *p)
{
    struct bench_state *st = p->state;
    const struct error *trouble = runner_trouble(st->runner);
    int64_t id = runner_id(st->runner);
    st->running = false;
    if (trouble)
        desk_trouble(p->desk, &(struct trouble){ .title = "The run ended early",
                                                 .what = trouble->text,
                                                 .kept = "every row that was answered",
                                                 .advice = "see what the server says in Setup, "
                                                           "then start it again",
                                                 .retry = true,
                                                 .setup = true });
    if (id)
        show_run(p, id);
    read_past(p);
}

static void hear(void *self, const struct run_event *ev)
{
    struct pane *p = self;
    struct bench_state *st = p->state;
    st->done = ev->done;
    st->total = ev->total;
    st->warming[0] = '\0';
    if (ev->type == RUN_WARMING)
        snprintf(st->warming, sizeof st->warming, "%s", ev->model->full_name);
    if (ev->type == RUN_ENDED)
        run_ended(p);
    pane_dirty(p);
}

static void start_run(struct pane *p)
{
    struct bench_state *st = p->state;
    struct error err;
    struct bench_options o = { .set = &st->set,
                               .settings = lab_ask_settings(p->desk->lab),
                               .rounds = st->rounds,
                               .concurrency = 1,
                               .no_cache = st->no_cache,
                               .always = st->always,
                               .cold = st->cold };
    runner_free(st->runner);
    st->done = 0;
    st->total = bench_calls(&o);
    st->runner = bench_start(p->desk->lab, &o, hear, p, &err);
    if (!st->runner) {
        desk_fail(p->desk, "The run was not started", &err);
        return;
    }
    st->running = true;
    st->started_ns = clock_mono(p->desk->clock);
}

static void hosted_agreed(void *self, const char *text)
{
    if (text)
        start_run(self);
}

/* Hosted servers cost money: about so many calls, go on? */
static void ask_or_start(struct pane *p)
{
    struct bench_state *st = p->state;
    const struct pipeline *pl = &p->desk->lab->pipeline;
    const struct lab_model *pair[] = { pl->fast, pl->reasoning };
    struct bench_options o = {
        .set = &st->set, .rounds = st->rounds, .no_cache = st->no_cache, .always = st->always
    };
    for (size_t i = 0; i < 2; i++) {
        char question[200];
        if (!pair[i] || !pair[i]->server->server.hosted)
            continue;
        snprintf(question, sizeof question, "About %zu calls to '%s': go on?", bench_calls(&o),
                 pair[i]->server->server.name);
        desk_ask(p->desk, question, hosted_agreed, p);
        return;
    }
    start_run(p);
}

/* --- the budget --------------------------------------------------------------------------- */

static void hear_budget(void *self, const struct budget_figure *fresh)
{
    struct pane *p = self;
    struct bench_state *st = p->state;
    (void)fresh;
    if (st->budget && budget_is_over(st->budget)) {
        buf_clear(&st->budget_words);
        budget_cliff_words(st->budget, &st->budget_words);
        buf_putc(&st->budget_words, '\n');
        budget_vote_words(st->budget, &st->budget_words);
    }
    pane_dirty(p);
}

static bool budget_runs(const struct bench_state *st)
{
    return st->budget && !budget_is_over(st->budget);
}

static void start_budget(struct pane *p)
{
    struct bench_state *st = p->state;
    struct error err;
    struct budget_options o = { .kind = PROBLEM_CHAIN, .n = st->budget_n, .seed = 1 };
    budget_free(st->budget);
    buf_clear(&st->budget_words);
    st->budget = budget_start(p->desk->lab, &o, hear_budget, p, &err);
    st->budget_ns = clock_mono(p->desk->clock);
    if (!st->budget)
        desk_fail(p->desk, "The budget was not measured", &err);
}

static void stop(struct pane *p)
{
    struct bench_state *st = p->state;
    if (st->running)
        runner_stop(st->runner);
    if (budget_runs(st)) {
        budget_free(st->budget);
        st->budget = NULL;
    }
}

/* --- the pane ----------------------------------------------------------------------------- */

static bool pane_open(struct pane *p, struct error *err)
{
    struct bench_state *st = p->state;
    const char *baseline = desk_kept(p->desk, "bench.baseline");
    (void)err;
    st->rounds = BENCH_ROUNDS;
    st->budget_n = BUDGET_N;
    st->against = buf_with_max(8 * KIB);
    st->budget_words = buf_with_max(8 * KIB);
    if (baseline)
        st->baseline = strtoll(baseline, NULL, 10);
    return true;
}

static void pane_close(struct pane *p)
{
    struct bench_state *st = p->state;
    runner_free(st->runner);
    budget_free(st->budget);
    kept_run_done(&st->run);
    if (st->has_set)
        set_done(&st->set);
    arena_done(&st->past_arena);
    buf_done(&st->against);
    buf_done(&st->budget_words);
}

static void pane_enter(struct pane *p)
{
    struct bench_state *st = p->state;
    struct error err;
    const char *kept = desk_kept(p->desk, "bench.set");
    const char *name = kept && *kept ? kept : lab_set_name(p->desk->lab, "bench");
    if (!st->running && (!st->has_set || strcmp(st->set_name, name) != 0) &&
        !take_set(p, name, &err) && !take_set(p, lab_set_name(p->desk->lab, "bench"), &err))
        desk_fail(p->desk, "The set cannot be read", &err);
    read_past(p);
    for (int i = 0; !st->run.row.id && i < st->past_count; i++)
        if (strcmp(st->past[i].kind, "bench") == 0) {
            show_run(p, st->past[i].id);
            break;
        }
}

static void pane_draw(const struct pane *p, struct surface *s)
{
    struct bench_state *st = p->state;
    struct bench_view v = {
        .tab = (enum bench_tab)p->view,
        .set_name = st->has_set ? st->set.name : "no set",
        .queries = st->has_set ? st->set.count : 0,
        .rounds = st->rounds,
        .no_cache = st->no_cache,
        .always = st->always,
        .cold = st->cold,
        .running = st->running,
        .done = st->done,
        .total = st->total,
        .elapsed_s = clock_seconds(clock_mono(p->desk->clock) - st->started_ns),
        .warming = *st->warming ? st->warming : NULL,
        .title = *st->title ? st->title : NULL,
        .sum = st->run.items ? &st->run.summary : NULL,
        .items = st->run.items,
        .shown_set = st->run.row.set_name,
        .past = st->past,
        .past_count = st->past_count,
        .list = &st->list,
        .baseline = st->baseline,
        .against = st->against.len ? buf_text(&st->against) : NULL,
        .budget = st->budget,
        .budget_n = st->budget_n,
        .budget_running = budget_runs(st),
        .budget_words = buf_text(&st->budget_words),
        .scroll = st->scroll,
        .braille = p->desk->braille,
    };
    bench_draw(&v, s);
}

static void pane_corner(const struct pane *p, char *ret, size_t size)
{
    const struct bench_state *st = p->state;
    if (st->running)
        snprintf(ret, size, "running");
    else if (p->view == BENCH_BUDGET)
        snprintf(ret, size, "built-in pair");
    else
        snprintf(ret, size, "%s", *st->title ? st->title : "no run yet");
}

static void move(struct pane *p, int by)
{
    struct bench_state *st = p->state;
    if (p->view == BENCH_EARLIER) {
        list_move(&st->list, by);
        return;
    }
    st->scroll += by;
    if (st->scroll < 0)
        st->scroll = 0;
    if (st->scroll > 30)
        st->scroll = 30;
}

static void enter(struct pane *p)
{
    struct bench_state *st = p->state;
    if (p->view == BENCH_EARLIER) {
        if (show_run(p, st->past[st->list.at].id))
            p->view = BENCH_TABLES;
    } else if (p->view == BENCH_BUDGET) {
        start_budget(p);
    } else {
        ask_or_start(p);
    }
}

static void change_budget(struct bench_state *st, bool more)
{
    if (more && st->budget_n < BUDGET_N_MOST)
        st->budget_n += BUDGET_N_STEP;
    else if (!more && st->budget_n > BUDGET_N_STEP)
        st->budget_n -= BUDGET_N_STEP;
}

static void take_baseline(struct pane *p)
{
    struct bench_state *st = p->state;
    char text[24];
    st->baseline = p->view == BENCH_EARLIER ? st->past[st->list.at].id : st->run.row.id;
    snprintf(text, sizeof text, "%lld", (long long)st->baseline);
    desk_keep(p->desk, "bench.baseline", text);
    desk_say(p->desk, "run %s is the baseline: other runs are held against it", text);
    compare(p);
}

static void export_named(void *self, const char *path)
{
    struct pane *p = self;
    struct bench_state *st = p->state;
    struct error err;
    struct buf out = buf_with_max(64 * MIB);
    if (!path || !*path)
        return;
    if (bench_export(path, &st->run.row, st->run.settings, st->run.items, &st->run.summary, &out,
                     &err) &&
        file_write(path, buf_text(&out), out.len, &err))
        desk_say(p->desk, "wrote run %lld to %s", (long long)st->run.row.id, path);
    else
        desk_fail(p->desk, "The run was not written", &err);
    buf_done(&out);
}

static void export_run(struct pane *p)
{
    struct bench_state *st = p->state;
    char name[64];
    snprintf(name, sizeof name, "rlab-run-%lld.csv", (long long)st->run.row.id);
    desk_ask_text(p->desk, "Write as (ending csv, json or md):", name, export_named, p);
}

static enum pane_said pane_act(struct pane *p, enum action a)
{
    struct bench_state *st = p->state;
    int rows = scroll_rows(a, p->body_rows > 8 ? p->body_rows - 6 : 2);
    if (rows) {
        move(p, rows);
        return PANE_REDRAW;
    }
    switch (a) {
    case ACT_ENTER:
    case ACT_AGAIN:
        enter(p);
        return PANE_REDRAW;
    case ACT_MORE:
    case ACT_LESS:
        if (p->view == BENCH_BUDGET) {
            change_budget(st, a == ACT_MORE);
            return PANE_REDRAW;
        }
        st->rounds += a == ACT_MORE ? 1 : -1;
        st->rounds = st->rounds < 1                 ? 1
                     : st->rounds > MAX_ROUNDS_HERE ? MAX_ROUNDS_HERE
                                                    : st->rounds;
        return PANE_REDRAW;
    case ACT_NO_CACHE:
        st->no_cache = !st->no_cache;
        desk_say(p->desk, st->no_cache ? "without cache: every round is model calls"
                                       : "with a cache of its own that starts empty");
        return PANE_REDRAW;
    case ACT_ALL:
        st->always = !st->always;
        desk_say(p->desk, st->always
                              ? "the next run also asks the reasoning model everything, to measure"
                              : "the next run does not ask the reasoning model everything");
        return PANE_REDRAW;
    case ACT_COLD:
        st->cold = !st->cold;
        desk_say(p->desk, st->cold
                              ? "no warm-up: the first calls of the next run may load their model"
                              : "each model says a word before the next run begins");
        return PANE_REDRAW;
    case ACT_EDIT_LIST:
        desk_ask_text(p->desk, "Take the set (a name or a file):", st->set_name, set_named, p);
        return PANE_HANDLED;
    case ACT_BASELINE:
        take_baseline(p);
        return PANE_REDRAW;
    case ACT_EXPORT:
        export_run(p);
        return PANE_HANDLED;
    case ACT_STOP:
        stop(p);
        return PANE_REDRAW;
    case ACT_TAB_LEFT:
    case ACT_TAB_RIGHT:
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        if (a == ACT_PART_NEXT || a == ACT_PART_BACK)
            p->view = (p->view + (a == ACT_PART_NEXT ? 1 : BENCH_TABS - 1)) % BENCH_TABS;
        st->scroll = 0;
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

static const char *why_not_start(const struct pane *p)
{
    const struct bench_state *st = p->state;
    if (p->view == BENCH_EARLIER)
        return st->past_count ? NULL : "no run is kept yet";
    if (p->view == BENCH_BUDGET)
        return budget_runs(st) ? "it is being measured; ^C stops it" : NULL;
    return st->running                    ? "a run is under way; ^C stops it"
           : !st->has_set                 ? "there is no set of queries"
           : p->desk->choosing            ? "the models are still being looked for"
           : !p->desk->lab->pipeline.fast ? "no model is chosen: 1 opens Setup"
                                          : NULL;
}

/* The budget is measured with questions of its own, and no run is kept of it: what sets up a run,
 * or takes one away, does not belong there. */
static const char *budget_off(const struct bench_state *st, enum action a)
{
    switch (a) {
    case ACT_MORE:
    case ACT_LESS:
        return budget_runs(st) ? "it is being measured; ^C stops it" : NULL;
    case ACT_NO_CACHE:
    case ACT_COLD:
    case ACT_EDIT_LIST:
    case ACT_ALL:
    case ACT_BASELINE:
        return "it is for runs: [ goes back to them";
    case ACT_EXPORT:
    case ACT_COPY:
    case ACT_COPY_JSON:
    case ACT_WRITE:
    case ACT_PAGER:
        return "rlab mini budget prints this, --json as JSON";
    default:
        return NULL;
    }
}

static const char *pane_off(const struct pane *p, enum action a)
{
    const struct bench_state *st = p->state;
    const char *why = p->view == BENCH_BUDGET ? budget_off(st, a) : NULL;
    if (why)
        return why;
    switch (a) {
    case ACT_ENTER:
    case ACT_AGAIN:
        return why_not_start(p);
    case ACT_EXPORT:
    case ACT_COPY:
    case ACT_COPY_JSON:
    case ACT_WRITE:
    case ACT_PAGER:
        return st->run.items ? NULL : "no run is shown";
    case ACT_BASELINE:
        return p->view == BENCH_EARLIER ? (st->past_count ? NULL : "no run is kept yet")
               : st->run.row.id         ? NULL
                                        : "no run is shown";
    case ACT_EDIT_LIST:
        return st->running ? "a run is under way; ^C stops it" : NULL;
    default:
        return NULL;
    }
}

static bool pane_busy(const struct pane *p, struct busy *ret)
{
    const struct bench_state *st = p->state;
    int64_t now = clock_mono(p->desk->clock);
    if (st->running) {
        long s = (long)clock_seconds(now - st->started_ns);
        ret->started_ns = st->started_ns;
        snprintf(ret->what, sizeof ret->what, "bench %zu/%zu %ld:%02ld", st->done, st->total,
                 s / 60, s % 60);
    } else if (budget_runs(st)) {
        ret->started_ns = st->budget_ns;
        snprintf(ret->what, sizeof ret->what, "budget %.0f s", clock_seconds(now - st->budget_ns));
    }
    return st->running || budget_runs(st);
}

static bool pane_copy(const struct pane *p, bool json, struct buf *to)
{
    const struct bench_state *st = p->state;
    struct error err;
    if (!st->run.items)
        return false;
    return bench_export(json ? ".json" : ".tsv", &st->run.row, st->run.settings, st->run.items,
                        &st->run.summary, to, &err);
}

const struct pane_ops bench_pane = {
    .name = "bench",
    .tab = "Bench",
    .title = "Benchmark",
    .keymap = MAP_BENCH,
    .views = views,
    .state_size = sizeof(struct bench_state),
    .open = pane_open,
    .close = pane_close,
    .enter = pane_enter,
    .draw = pane_draw,
    .corner = pane_corner,
    .act = pane_act,
    .off = pane_off,
    .busy = pane_busy,
    .stop = stop,
    .copy = pane_copy,
};
