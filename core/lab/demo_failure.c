/* Demonstrations about a reasoning model that is slow or gone: deadline, fallback, breaker,
 * and what it is like without them. Trouble is arranged by the switch on the call path. */
#include "core/lab/demo_steps.h"

#include <math.h>
#include <string.h>

#include "core/model/event.h"

static const char question[] = "Prove that the sum of two odd numbers is even.";

/* Whatever the rules in force say: every question of these two goes to the reasoning model. */
static const struct thresholds all_complex = { -THRESHOLD_MOST, -THRESHOLD_MOST };

/* What the last answer was, in a few words. */
static const char *outcome(const struct demo_run *r)
{
    const struct demo_answer *g = &r->got;
    enum call_end e;
    if (g->fallback_from)
        return g->good ? "fast model answered" : "fast model failed too";
    if (g->good)
        return "answered";
    return g->end && call_end_from_name(g->end, &e) ? call_end_words(e) : "no answer";
}

static bool ask_question(struct demo_run *r, enum route_force force, struct error *err)
{
    return demo_ask(
        r,
        &(struct ask_wanted){
            .question = question, .force = force, .may_fail = true, .deadline_s = r->deadline_s },
        err);
}

/* The fast model must answer, else nothing is shown but that a server is gone. */
static bool fast_must_answer(const struct demo_run *r, struct error *err)
{
    const struct demo_answer *g = &r->got;
    if (g->good || !g->fallback_from)
        return true;
    return error_set(err, ERR_NET, "the fast model '%s' gave no answer either: %s",
                     r->fast->full_name, g->error ? g->error : "the call failed");
}

/* === 4: deadline, fallback and breaker ====================================================== */

/* Shortened, so that nobody waits a minute; the window is long enough for three deadlines. */
#define DEMO_PAUSE_S  5
#define DEMO_WINDOW_S 600

struct fallback_state {
    size_t call;
    int answered, refused;
};

/* What is wrong with the reasoning model at each call, in order. The breaker's third failure
 * opens it. */
static const struct arranged {
    const char *what; /* in the table */
    bool slow;        /* delayed beyond the deadline */
    enum call_failure fail;
} arranged[] = {
    { "well", false, CALL_FAILS_NOT },  { "slow", true, CALL_FAILS_NOT },
    { "hangs", false, CALL_HANGS },     { "refuses", false, CALL_REFUSED },
    { "refuses", false, CALL_REFUSED }, { "well", false, CALL_FAILS_NOT },
};
#define CALLS (sizeof arranged / sizeof *arranged)
#define TRIAL (CALLS - 1)

static const struct demo_column fallback_columns[] = {
    { "call", "call", DEMO_COUNT, 4, KIND_UNKNOWN },
    { "arranged", "reasoning", DEMO_TEXT, 9, KIND_UNKNOWN },
    { "outcome", "outcome", DEMO_TEXT, 21, KIND_UNKNOWN },
    { "asked", "asked", DEMO_TEXT, 14, KIND_UNKNOWN },
    { "latency_s", "you wait", DEMO_SECONDS, 8, KIND_MEASURED },
    { "breaker", "breaker", DEMO_TEXT, 9, KIND_UNKNOWN },
};
static const struct demo_table fallback_table = DEMO_TABLE_OF("calls", fallback_columns);

static bool begin_fallback(struct demo_run *r, struct error *err)
{
    (void)err;
    struct breaker_settings s = breaker_usual;
    s.pause_ns = DEMO_PAUSE_S * NS_PER_S;
    s.window_ns = DEMO_WINDOW_S * NS_PER_S;
    breaker_init(&r->reasoning->breaker, s);
    r->pipeline.moved = &all_complex;
    demo_says(r,
              "Reasoning '%s', deadline %g s; fallback '%s'; at most %lld tokens. %d failures open "
              "the breaker; it waits %d s, not its usual %lld, so that you need not.",
              r->reasoning->full_name, r->deadline_s, r->fast->full_name, (long long)r->max_tokens,
              s.failures, DEMO_PAUSE_S, (long long)(breaker_usual.pause_ns / NS_PER_S));
    demo_table(r, &fallback_table);
    return true;
}

static bool ask_with_trouble(struct demo_run *r, struct error *err)
{
    const struct fallback_state *f = r->state;
    const struct arranged *a = &arranged[f->call];
    if (!r->calm)
        r->reasoning->arranged =
            (struct call_switch){ .delay_ms = a->slow ? (int64_t)(r->deadline_s * 1000) + 60000 : 0,
                                  .fail = a->fail };
    return ask_question(r, ROUTE_AUTO, err);
}

static bool was_skipped(const struct demo_answer *g)
{
    return g->fallback_why && strstr(g->fallback_why, "breaker");
}

static const char *asked_words(const struct fallback_state *f, const struct demo_answer *g)
{
    return was_skipped(g) ? "no, skipped" : f->call == TRIAL ? "one trial call" : "yes";
}

static bool show_call(struct demo_run *r, struct error *err)
{
    struct fallback_state *f = r->state;
    const struct demo_answer *g = &r->got;
    if (!fast_must_answer(r, err))
        return false;
    f->answered += g->good;
    f->refused += was_skipped(g);
    demo_row(r, &fallback_table,
             (struct demo_cell[]){
                 CELL_NUMBER(f->call + 1), CELL_TEXT(r->calm ? "as it is" : arranged[f->call].what),
                 CELL_TEXT(outcome(r)), CELL_TEXT(asked_words(f, g)), CELL_NUMBER(g->latency_s),
                 CELL_TEXT(breaker_state_name(r->reasoning->breaker.state)) });
    f->call++;
    if (f->call < TRIAL)
        demo_go_to(r, ask_with_trouble);
    return true;
}

static bool wait_for_trial(struct demo_run *r, struct error *err)
{
    int64_t wait = breaker_wait(&r->reasoning->breaker, clock_mono(r->lab->clock));
    (void)err;
    demo_says(r, "The reasoning model is well again, and the breaker waits another %s ...",
              demo_seconds(r, clock_seconds(wait)));
    demo_pause(r, clock_seconds(wait) + 0.01);
    return true;
}

static bool ask_trial(struct demo_run *r, struct error *err)
{
    demo_table(r, &fallback_table);
    return ask_with_trouble(r, err);
}

static const struct demo_column change_columns[] = {
    { "at_s", "after", DEMO_SECONDS, 8, KIND_MEASURED },
    { "before", "breaker was", DEMO_TEXT, 11, KIND_UNKNOWN },
    { "after", "and became", DEMO_TEXT, 11, KIND_UNKNOWN },
    { "model", "of", DEMO_TEXT, 30, KIND_UNKNOWN },
};
static const struct demo_table change_table = DEMO_TABLE_OF("breaker", change_columns);

/* The facts of this run's breaker, timed from the first. */
struct changes {
    struct demo_run *r;
    int64_t first_wall;
    size_t count;
    bool closed;
};

static bool show_change(void *self, const struct monitor_fact *f)
{
    struct changes *c = self;
    if (strcmp(f->subject, c->r->reasoning->full_name) != 0)
        return true;
    if (!c->count++)
        c->first_wall = f->at_wall;
    demo_row(c->r, &change_table,
             (struct demo_cell[]){ CELL_NUMBER(clock_seconds(f->at_wall - c->first_wall)),
                                   CELL_TEXT(f->before), CELL_TEXT(f->after),
                                   CELL_TEXT(f->subject) });
    c->closed = strcmp(f->after, "closed") == 0;
    return true;
}

static bool judge_fallback(struct demo_run *r, struct error *err)
{
    const struct fallback_state *f = r->state;
    struct changes c = { .r = r };
    if (r->calm)
        demo_says(r, "The switch was off: nothing was slowed and nothing was broken.");
    demo_says(r, "The changes of the breaker, as they were recorded:");
    demo_table(r, &change_table);
    if (!monitor_facts(r->lab->store, "breaker", r->began.fact, show_change, &c, err))
        return false;
    demo_finds(r,
               "%d of %zu questions were answered. While the breaker was open, %d went to the "
               "fast model at once instead of waiting for the other to fail.",
               f->answered, CALLS, f->refused);
    if (c.count)
        demo_finds(r, c.closed
                          ? "One trial call answered, and the breaker closed again."
                          : "The trial failed too, so the breaker is open again: the reasoning "
                            "model is slower than the deadline by itself. Try a longer "
                            "--deadline.");
    demo_finds(r, "Watch in production: the share of fallbacks, the state of the breaker, p95.");
    return true;
}

const struct demo demo_fallback = {
    .number = 4,
    .title = "Fallbacks: deadline and circuit breaker",
    .idea = "Give the slow model a deadline; when it passes, the fast model answers and says so. "
            "After several failures leave the slow model alone for a while, then try it once.",
    .watch = "what you wait at each call, and when the reasoning model is not asked any more",
    .asks = true,
    .needs_two = true,
    .arranges = true,
    .deadline_s = 10,
    .max_tokens = 64,
    .state_size = sizeof(struct fallback_state),
    .steps = (demo_step *const[]){ begin_fallback, ask_with_trouble, show_call, wait_for_trial,
                                   ask_trial, show_call, judge_fallback, NULL },
};

/* === 8: no plan for a timeout =============================================================== */

static const struct demo_column plan_columns[] = {
    { "plan", "plan", DEMO_TEXT, 26, KIND_UNKNOWN },
    { "outcome", "outcome", DEMO_TEXT, 24, KIND_UNKNOWN },
    { "latency_s", "you wait", DEMO_SECONDS, 8, KIND_MEASURED },
    { "answered", "answered", DEMO_TEXT, 8, KIND_UNKNOWN },
};
static const struct demo_table plan_table = DEMO_TABLE_OF("plans", plan_columns);

struct plan_state {
    double with_s, without_s;
    bool answered_without;
};

static void show_plan(struct demo_run *r, const char *plan)
{
    demo_row(r, &plan_table,
             (struct demo_cell[]){ CELL_TEXT(plan), CELL_TEXT(outcome(r)),
                                   CELL_NUMBER(r->got.latency_s),
                                   CELL_TEXT(r->got.good ? "yes" : "no") });
}

static bool ask_without_plan(struct demo_run *r, struct error *err)
{
    breaker_init(&r->reasoning->breaker, breaker_usual);
    r->pipeline.moved = &all_complex;
    r->reasoning->arranged.fail = r->calm ? CALL_FAILS_NOT : CALL_HANGS;
    demo_says(r,
              r->calm ? "The switch is off: '%s' is asked as it is. Deadline %g s."
                      : "The switch lets '%s' hang: it takes the question and never says a word. "
                        "Deadline %g s.",
              r->reasoning->full_name, r->deadline_s);
    demo_table(r, &plan_table);
    return ask_question(r, ROUTE_REASONING, err);
}

static bool ask_with_plan(struct demo_run *r, struct error *err)
{
    struct plan_state *p = r->state;
    p->without_s = r->got.latency_s;
    p->answered_without = r->got.good;
    show_plan(r, "deadline, no fallback");
    return ask_question(r, ROUTE_AUTO, err);
}

static bool judge_plan(struct demo_run *r, struct error *err)
{
    struct plan_state *p = r->state;
    if (!fast_must_answer(r, err))
        return false;
    p->with_s = r->got.latency_s;
    show_plan(r, "deadline and fallback");
    struct call_timers t = call_timers_for(&r->reasoning->server->server);
    if (p->answered_without)
        demo_finds(r, "Nothing failed: %s and %s. Turn the switch on to see what a plan is for.",
                   demo_seconds(r, p->without_s), demo_seconds(r, p->with_s));
    else
        demo_finds(r, "The same failure: %s for nothing, or %s for an answer of the fast model.",
                   demo_seconds(r, p->without_s), demo_seconds(r, p->with_s));
    demo_finds(r,
               "With no deadline at all you would have waited %lld s here: so long rlab gives such "
               "a server for its first word, since loading a model can take minutes.",
               (long long)(t.first_ms / 1000));
    demo_finds(r, "rlab ask --deadline SECONDS, or deadline in the [ask] section of the config.");
    return true;
}

const struct demo demo_no_plan = {
    .number = 8,
    .title = "Mistake: no plan for a timeout",
    .idea = "A model that hangs does not fail, it only never answers. Without a deadline you wait; "
            "with a deadline alone you wait for nothing; with a fallback you get an answer.",
    .watch = "the same failure twice: once without and once with a fallback",
    .asks = true,
    .needs_two = true,
    .arranges = true,
    .deadline_s = 3,
    .max_tokens = 64,
    .state_size = sizeof(struct plan_state),
    .steps = (demo_step *const[]){ ask_without_plan, ask_with_plan, judge_plan, NULL },
};
