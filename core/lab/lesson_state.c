/* The state of an exercise (lesson_state.h): a table of what each kind of event does. */
#include "core/lab/lesson_state.h"

#include <string.h>

#include "core/base/clock.h"

#define PAUSE_NS (30 * 60 * NS_PER_S)

typedef void hear_one(struct lesson_state *s, const struct exercise_event *e, struct arena *a);

static void hear_open(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    (void)a;
    if (!s->opened)
        s->since = e->at_wall;
    s->opened = true;
}

static void hear_check(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    s->tries++;
    s->failed += !e->correct;
    s->checked_wall = e->at_wall;
    s->found = arena_string(a, e->text);
}

static void hear_hint(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    (void)a;
    if (e->number > s->hints) /* two sessions that asked at once saw the same one */
        s->hints = (int)e->number;
}

static void hear_solution(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    (void)e;
    (void)a;
    s->solution = true;
}

static void hear_skip(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    (void)a;
    s->skipped = !s->done && strcmp(e->kind, "skip") == 0;
}

static void hear_pass(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    (void)a;
    s->skipped = false;
    if (s->done)
        return;
    s->done = true;
    s->done_after_solution = s->solution;
    s->done_wall = e->at_wall;
}

static void hear_answer(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    (void)a;
    if (e->number > s->rounds)
        s->rounds = (int)e->number;
}

static void hear_reset(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    struct lesson_state *before = arena_new(a, struct lesson_state, 1);
    *before = *s;
    *s = (struct lesson_state){
        .opened = true, .since = e->at_wall, .reset_id = e->id, .before = before
    };
}

/* What was done since then stays as well. */
static void hear_undo(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    (void)a;
    if (!s->before || s->reset_id != e->number)
        return;
    const struct lesson_state after = *s;
    *s = *after.before;
    s->tries += after.tries;
    s->failed += after.failed;
    s->hints = after.hints > s->hints ? after.hints : s->hints;
    s->rounds = after.rounds > s->rounds ? after.rounds : s->rounds;
    s->solution |= after.solution;
    if (after.checked_wall) {
        s->checked_wall = after.checked_wall;
        s->found = after.found;
    }
    if (after.done && !s->done) {
        s->done = true;
        s->done_after_solution = after.done_after_solution;
        s->done_wall = after.done_wall;
    }
    if (s->done)
        s->skipped = false;
}

static const struct {
    const char *kind;
    hear_one *hear;
} kinds[] = {
    { "open", hear_open },         { "check", hear_check }, { "hint", hear_hint },
    { "solution", hear_solution }, { "skip", hear_skip },   { "unskip", hear_skip },
    { "pass", hear_pass },         { "reset", hear_reset }, { "undo", hear_undo },
    { "answer", hear_answer },
};

/* Events of a later program are passed over. */
void lesson_state_hear(struct lesson_state *s, const struct exercise_event *e, struct arena *a)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].kind, e->kind) == 0)
            kinds[i].hear(s, e, a);
}

void lesson_time_hear(struct lesson_time *t, int64_t at_wall)
{
    int64_t gap = at_wall - t->last_wall;
    if (!t->first_wall)
        t->first_wall = at_wall;
    if (!t->sittings || gap > PAUSE_NS)
        t->sittings++;
    else if (gap > 0)
        t->spent_s += clock_seconds(gap);
    if (at_wall > t->last_wall)
        t->last_wall = at_wall;
}
