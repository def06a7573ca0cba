/* The check list: lines, turns, starting and stopping (checkup.h). */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/base/text.h"
#include "core/lab/checkup_inside.h"

const char *checkup_what(enum checkup_id id)
{
    static const char *const words[] = {
#define X(name, what) what,
        CHECKUP_LIST(X)
#undef X
    };
    return words[id];
}

const struct checkup_line *checkup_line(const struct checkup *c, enum checkup_id id)
{
    return &c->line[id];
}

/* --- lines ------------------------------------------------------------------------------------- */

void checkup_say(struct checkup *c, enum checkup_id id, enum checkup_state state,
                 const char *advice, const char *fmt, ...)
{
    struct checkup_line *l = &c->line[id];
    va_list args;
    l->state = state;
    va_start(args, fmt);
    vsnprintf(l->text, sizeof l->text, fmt, args);
    va_end(args);
    snprintf(l->advice, sizeof l->advice, "%s", advice ? advice : "");
    text_trim_partial(l->text);
    text_trim_partial(l->advice);
    c->changed(c->self);
}

void checkup_tell(struct checkup *c, enum checkup_id id, enum checkup_state state, const char *text,
                  const char *advice)
{
    checkup_say(c, id, state, advice, "%s", text);
}

void checkup_begin(struct checkup *c, enum checkup_id id, double last_s)
{
    struct checkup_line *l = &c->line[id];
    l->started_ns = clock_mono(c->lab->clock);
    l->last_s = last_s;
    checkup_say(c, id, CHECKUP_RUNNING, NULL, "%s", "");
}

/* --- one step after the other -------------------------------------------------------------------- */

static void next(void *self)
{
    struct checkup *c = self;
    while (c->at < CHECKUPS && (!checkup_steps[c->at] || c->line[c->at].state != CHECKUP_WAITS))
        c->at++;
    if (c->at < CHECKUPS) {
        checkup_steps[c->at](c);
    } else {
        c->running = false;
        c->changed(c->self);
    }
}

/* The step that runs is over; the next one begins with the next turn. */
void checkup_go_on(struct checkup *c)
{
    net_timer_set(c->lab->net, &c->turn, 0, next, c);
}

/* --- from outside ---------------------------------------------------------------------------------------- */

/* Everything that runs, without a word. */
static void drop(struct checkup *c)
{
    net_timer_stop(c->lab->net, &c->turn);
    loading_cancel(c->loading);
    c->loading = NULL;
    for (int i = 0; i < 2; i++) {
        lab_server_forget(c->list[i]);
        c->list[i] = NULL;
    }
    if (c->piped)
        pipeline_done(&c->pipeline); /* finishes the row of a question that still ran */
    cache_free(c->cache);
    c->cache = NULL;
    c->ask = NULL;
    c->piped = c->running = false;
}

struct checkup *checkup_new(struct lab *lab, void (*changed)(void *self), void *self)
{
    struct checkup *c = mem_new(struct checkup, 1);
    *c = (struct checkup){ .lab = lab, .changed = changed, .self = self };
    return c;
}

void checkup_free(struct checkup *c)
{
    if (!c)
        return;
    drop(c);
    mem_free(c);
}

void checkup_start(struct checkup *c, bool may_cost)
{
    struct lab *lab = c->lab;
    drop(c);
    for (int i = 0; i < CHECKUPS; i++)
        if (checkup_steps[i])
            c->line[i] = (struct checkup_line){ .last_s = NAN };
    c->fast = lab->pipeline.fast;
    c->reasoning = lab->pipeline.reasoning;
    c->may_cost = may_cost;
    c->at = CHECKUP_SERVER;
    c->started = c->running = c->piped = true;
    c->cache = cache_new(NULL, lab->clock, 2, 0);
    pipeline_init(&c->pipeline, &lab->models, lab->net, lab->store, c->cache, lab->rules);
    c->pipeline.fast = c->fast;
    c->pipeline.reasoning = c->reasoning;
    checkup_steps[CHECKUP_STORE](c); /* needs nobody else, and goes on with the first line */
    c->changed(c->self);
}

void checkup_stop(struct checkup *c)
{
    if (!c->running)
        return;
    drop(c);
    for (int i = 0; i < CHECKUPS; i++)
        if (c->line[i].state == CHECKUP_RUNNING)
            checkup_say(c, (enum checkup_id)i, CHECKUP_UNKNOWN, "press R to check again",
                        "stopped by you");
        else if (checkup_steps[i] && c->line[i].state == CHECKUP_WAITS)
            checkup_say(c, (enum checkup_id)i, CHECKUP_UNKNOWN, NULL,
                        "not looked at: stopped before");
}

bool checkup_runs(const struct checkup *c)
{
    return c->running;
}

bool checkup_was_started(const struct checkup *c)
{
    return c->started;
}

struct checkup_count checkup_count(const struct checkup *c)
{
    struct checkup_count n = { 0 };
    for (int i = 0; i < CHECKUPS; i++) {
        const struct checkup_line *l = &c->line[i];
        n.failed += l->state == CHECKUP_FAILED;
        n.unknown += l->state == CHECKUP_UNKNOWN;
        if (i == CHECKUP_LOADING || i == CHECKUP_COPY)
            continue;
        n.of++;
        if (c->running ? i <= (int)c->at : l->state != CHECKUP_WAITS)
            n.at++;
    }
    if (c->running && c->at == CHECKUP_LOADING)
        n.at++; /* the loading belongs to the line after it */
    return n;
}
