/* What the families share: boxes, keys, and a value that changes step by step
 * (problem_make.h). */
#include "core/nn/problem_make.h"

#include <assert.h>
#include <string.h>

struct phrase question_of(struct problem *p)
{
    return phrase_in(p->question, sizeof p->question);
}

struct phrase trace_of(struct problem *p)
{
    return phrase_in(p->trace, sizeof p->trace);
}

void answer_number(struct problem *p, int value)
{
    struct phrase to = phrase_in(p->answer, sizeof p->answer);
    phrase_add(&to, "%d", value);
}

void answer_text(struct problem *p, const char *text)
{
    struct phrase to = phrase_in(p->answer, sizeof p->answer);
    phrase_add(&to, "%s", text);
}

static int applied(int value, char op, int by)
{
    switch (op) {
    case '+':
        return value + by;
    case '-':
        return value - by;
    case '*':
        return value * by;
    default:
        return value / by;
    }
}

struct run run_from(int start)
{
    return (struct run){ .start = start, .value = start };
}

void run_add(struct run *run, char op, int by)
{
    assert(run->count < RUN_MOST);
    run->value = applied(run->value, op, by);
    run->steps[run->count++] = (struct run_step){ .op = op, .by = by, .after = run->value };
}

/* How large people's numbers are when they make up such a task. */
static int draw_amount(struct random *r)
{
    if (draw_chance(r, 0.3))
        return draw_between(r, 1, 9);
    return draw_chance(r, 0.85) ? draw_between(r, 10, 99) : draw_between(r, 100, 499);
}

/* A second number for this operation; whether it suits the value is asked afterwards. */
static int draw_by(char op, int value, struct random *r)
{
    static const int factors[] = { 2, 2, 3, 3, 4, 5, 6, 7, 8, 9 };
    if (op == '*')
        return DRAW_FROM(r, factors);
    if (op == '/')
        return 2;
    if (op == '-' && draw_chance(r, 0.4)) /* else few would fit small values */
        return draw_between(r, 1, value > 1 ? value : 1);
    return draw_amount(r);
}

static bool suits(int value, char op, int by, int most_factor, struct random *r)
{
    int after = applied(value, op, by);
    if (after < RUN_LOW || after > RUN_HIGH)
        return false;
    if (op == '*')
        return after > 0 && by <= most_factor;
    if (op == '/')
        return value > 0 && value % by == 0 && draw_chance(r, 0.7);
    return true;
}

void run_draw(struct run *run, const char *ops, int most_factor, struct random *r)
{
    for (;;) {
        char op = ops[random_below(r, strlen(ops))];
        int by = draw_by(op, run->value, r);
        if (suits(run->value, op, by, most_factor, r)) {
            run_add(run, op, by);
            return;
        }
    }
}

/* A second number with which this step leads out of range; now and then only just. */
static int draw_too_much(char op, int value, int most_factor, struct random *r)
{
    if (op == '/')
        return 2;
    if (op == '*')
        return draw_between(r, 2, most_factor);
    if (draw_chance(r, 0.3))
        return (op == '-' ? value : RUN_HIGH - value) + draw_between(r, 1, 9);
    return draw_chance(r, 0.7) ? draw_amount(r) : draw_between(r, 100, RUN_HIGH);
}

/* A sum alone is never too large: such questions are known without the chain around them. */
static bool fails(const struct run *run, char op, int by, int steps)
{
    int value = run->value, after = applied(value, op, by);
    if (by < 1 || by > RUN_HIGH || (op == '+' && steps == 1))
        return false;
    return op == '/' ? value % 2 != 0 : after < RUN_LOW || after > RUN_HIGH;
}

/* The value stays what it was. */
static void run_break(struct run *run, int steps, const char *ops, int most_factor,
                      struct random *r)
{
    for (;;) {
        char op = ops[random_below(r, strlen(ops))];
        int by = draw_too_much(op, run->value, most_factor, r);
        if (fails(run, op, by, steps)) {
            run->steps[run->count++] = (struct run_step){ .op = op, .by = by };
            run->broken = run->count;
            return;
        }
    }
}

void run_fill(struct run *run, int steps, const char *ops, int most_factor,
              const struct problem_order *o, struct random *r)
{
    int at = o->broken ? draw_between(r, run->count + 1, steps) : 0;
    while (run->count < steps) {
        if (run->count + 1 == at)
            run_break(run, steps, ops, most_factor, r);
        else
            run_draw(run, ops, most_factor, r);
    }
}

void run_trace(const struct run *run, struct phrase *to)
{
    int value = run->start;
    for (int i = 0; i < run->count; i++) {
        const struct run_step *s = &run->steps[i];
        if (i + 1 == run->broken) {
            phrase_add(to, "%s%d%c%d;no rule fits", i ? ";" : "", value, s->op, s->by);
            return;
        }
        phrase_add(to, "%s%d%c%d=%d", i ? ";" : "", value, s->op, s->by, s->after);
        value = s->after;
    }
}

void pair_key(char op, int a, int b, struct problem *p)
{
    struct phrase to = phrase_in(p->key, sizeof p->key);
    bool swap = a > b && op != '-';
    phrase_add(&to, "%c%d,%d", op, swap ? b : a, swap ? a : b);
}

void run_key(const struct run *run, const char *tag, struct problem *p)
{
    const struct run_step *first = &run->steps[0];
    if (run->count == 1 && first->op != '/' && !run->broken) {
        pair_key(first->op, run->start, first->by, p);
        return;
    }
    struct phrase to = phrase_in(p->key, sizeof p->key);
    phrase_add(&to, "%s%s%d", run->broken ? "x" : "", tag, run->start);
    for (int i = 0; i < run->count; i++)
        phrase_add(&to, "%c%d", run->steps[i].op, run->steps[i].by);
}

int draw_steps(const struct problem_order *o, int fewest, struct random *r)
{
    static const int weight[] = { 2, 3, 3, 3, 3, 4 };
    if (o->steps)
        return o->steps;
    int most = o->most_steps < fewest ? fewest : o->most_steps;
    return fewest + draw_weighted(r, weight + fewest - 1, most - fewest + 1);
}
