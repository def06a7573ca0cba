/* What comes next: steps that stay, steps that grow, and doubling or tripling
 * (problem_make.h). */
#include "core/nn/problem_make.h"

#include <stdlib.h>

#define SEQ_MOST 6 /* numbers shown, and the next one */

struct seq {
    int x[SEQ_MOST];
    int shown;    /* the answer is x[shown] */
    int factor;   /* 0: the steps stay or grow */
    bool lawless; /* no rule leads on */
};

static void draw_steady(struct random *r, struct seq *s)
{
    int step = draw_chance(r, 0.4) ? draw_between(r, 1, 9) : draw_between(r, 10, 60);
    s->x[0] = draw_chance(r, 0.7) ? draw_between(r, 0, 99) : draw_between(r, 100, 600);
    if (draw_chance(r, 1.0 / 3))
        step = -step;
    for (int i = 1; i <= s->shown; i++)
        s->x[i] = s->x[i - 1] + step;
}

static void draw_growing(struct random *r, struct seq *s)
{
    int step = draw_between(r, 1, 20), more = draw_between(r, 1, 5);
    s->x[0] = draw_between(r, 0, 60);
    for (int i = 1; i <= s->shown; i++, step += more)
        s->x[i] = s->x[i - 1] + step;
}

static void draw_powers(struct random *r, struct seq *s)
{
    s->x[0] = draw_between(r, 1, 20);
    s->factor = draw_chance(r, 1.0 / 3) ? 3 : 2;
    for (int i = 1; i <= s->shown; i++)
        s->x[i] = s->x[i - 1] * s->factor;
}

/* Each number the sum of the two before it, or gaps of any size. */
static void draw_lawless(struct random *r, struct seq *s)
{
    bool sums = draw_chance(r, 0.4);
    s->lawless = true;
    s->x[0] = draw_between(r, 1, 20);
    s->x[1] = s->x[0] + draw_between(r, sums ? 0 : 1, 20);
    for (int i = 2; i <= s->shown; i++)
        s->x[i] = s->x[i - 1] + (sums ? s->x[i - 2] : draw_between(r, 1, 30));
}

/* Would one of the known rules lead through all numbers shown? */
static bool has_rule(const struct seq *s)
{
    bool grows = true, doubles = true, triples = true;
    for (int i = 2; i < s->shown; i++) {
        int gap = s->x[i] - s->x[i - 1], before = s->x[i - 1] - s->x[i - 2];
        grows &= gap - before == s->x[2] - 2 * s->x[1] + s->x[0];
        doubles &= gap == 2 * before;
        triples &= gap == 3 * before;
    }
    return grows || doubles || triples;
}

static bool in_range(const struct seq *s)
{
    for (int i = 0; i <= s->shown; i++)
        if (s->x[i] < RUN_LOW || s->x[i] > RUN_HIGH)
            return false;
    return true;
}

/* The trace has two more steps than there are numbers. */
static struct seq draw_seq(const struct problem_order *o, struct random *r)
{
    struct seq s;
    do {
        double kind = random_unit(r);
        s = (struct seq){ .shown = draw_chance(r, 1.0 / 3) ? 5 : 4 };
        if (o->steps)
            s.shown = o->steps - (o->broken ? 1 : 2);
        if (o->broken)
            draw_lawless(r, &s);
        else if (kind < 0.6)
            draw_steady(r, &s);
        else if (kind < 0.85)
            draw_growing(r, &s);
        else
            draw_powers(r, &s);
    } while (!in_range(&s) || (s.lawless && has_rule(&s)));
    return s;
}

static const char *const seq_words[] = {
    "what comes next: $1",
    "what comes next: $1?",
    "what is the next number: $1",
    "what comes next in $1?",
    "what is next: $1",
    "continue: $1",
    "$1, what comes next?",
    "$1 what is next?",
    "$1, what is the next number?",
    "what is the next number in $1?",
    "what comes next in the sequence $1?",
    "what comes after $1?",
    "continue the series $1",
    "next number: $1",
    "complete the sequence $1",
    "what number comes next: $1?",
};

/* Up or down, the gaps one by one, the next gap, the next number; or that there is none. */
static void seq_trace(const struct seq *s, struct phrase *t)
{
    const int *x = s->x;
    bool down = x[1] < x[0];
    int last = s->shown - 1; /* of the gaps shown; the one after it leads to the answer */
    phrase_add(t, "%d,%d:%c", x[0], x[1], down ? '>' : '<');
    for (int i = 0; i < last; i++)
        phrase_add(t, ";%d-%d=%d", down ? x[i] : x[i + 1], down ? x[i + 1] : x[i],
                   abs(x[i + 1] - x[i]));
    if (s->lawless) {
        phrase_add(t, ";no rule fits");
        return;
    }
    int gap = abs(x[last] - x[last - 1]), next = abs(x[last + 1] - x[last]);
    if (s->factor)
        phrase_add(t, ";%d*%d=%d", gap, s->factor, next);
    else
        phrase_add(t, ";%d+%d=%d", gap, next - gap, next);
    phrase_add(t, ";%d%c%d=%d", x[last], down ? '-' : '+', next, x[last + 1]);
}

void make_seq(const struct problem_order *o, struct random *r, struct problem *ret, bool *ret_small)
{
    struct seq s = draw_seq(o, r);
    const char *comma = draw_chance(r, 0.5) ? ", " : " ";
    char list[64];
    struct phrase l = phrase_in(list, sizeof list), q = question_of(ret), t = trace_of(ret);
    struct phrase key = phrase_in(ret->key, sizeof ret->key);
    for (int i = 0; i <= s.shown; i++) {
        if (i < s.shown)
            phrase_add(&l, "%s%d", i ? comma : "", s.x[i]);
        phrase_add(&key, "%s%d", i ? "," : s.lawless ? "xs" : "s", s.x[i]);
    }
    phrase_fill(&q, DRAW_FROM(r, seq_words), (const char *const[]){ list });
    seq_trace(&s, &t);
    answer_number(ret, s.x[s.shown]);
    ret->steps = s.shown + (s.lawless ? 1 : 2);
    *ret_small = false;
}
