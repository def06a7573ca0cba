/* Questions of many steps in symbols: chain, expr, sumpar (problem_make.h). */
#include "core/nn/problem_make.h"

#include <stdio.h>

/* Where people start: seldom above 99. */
static struct run draw_start(struct random *r)
{
    return run_from(draw_chance(r, 0.88) ? draw_between(r, 1, 99) : draw_between(r, 100, 499));
}

/* --- chain ----------------------------------------------------------------------------------- */

/* How each operation reads, in three manners of speaking: one chain keeps to one. */
static const struct chain_words {
    char op;
    int by; /* only for steps by this number; 0: any */
    const char *wording[3];
} chain_words[] = {
    { '+', 0, { "add $1", "plus $1", "+ $1" } },
    { '-', 0, { "subtract $1", "minus $1", "- $1" } },
    { '*', 0, { "multiply by $1", "times $1", "* $1" } },
    { '/', 0, { "halve it", "halve", "/ 2" } },
    { '*', 2, { "double it", "double it", "double it" } },
    { '*', 3, { "triple it", "triple it", "triple it" } },
    { '-', 0, { "take away $1", "take away $1", "- $1" } },
};

static const char *const chain_starts[] = { "start with $1", "begin with $1", "take $1" };
static const char *const chain_joints[] = { ", ", ", ", ", then ", " then ", ", and then ", ". " };
static const char *const chain_lasts[] = { ", and finally ", ", finally ", " and finally " };
static const char *const chain_ends[] = {
    "", ".", ". what do you get?", ". what is the result?", "?", ". what is the answer?",
};

static const char *chain_wording(const struct run_step *s, int manner, struct random *r)
{
    for (;;) {
        const struct chain_words *w = &DRAW_FROM(r, chain_words);
        if (w->op == s->op && (!w->by || w->by == s->by))
            return w->wording[manner];
    }
}

/* Start, steps and end, joined in one of the ways people join them. */
static void chain_say(const struct run *run, struct random *r, struct phrase *q)
{
    int manner = draw_between(r, 0, 2), told = 0;
    const char *joint = DRAW_FROM(r, chain_joints), *first = ", ", *last = joint;
    if (run->count > 2 && draw_chance(r, 0.1))
        last = DRAW_FROM(r, chain_lasts);
    if (run->count > 1 && run->steps[0].op == '+' && draw_chance(r, 0.15)) {
        phrase_fill_numbers(q, "add $2 to $1", run->start, run->steps[told++].by);
    } else if (draw_chance(r, 0.25)) {
        phrase_add(q, "%d", run->start);
    } else {
        phrase_fill_numbers(q, DRAW_FROM(r, chain_starts), run->start, 0);
        first = draw_chance(r, 0.5) ? joint : first;
    }
    for (int i = told; i < run->count; i++) {
        phrase_add(q, "%s", i == 0 ? first : i + 1 == run->count ? last : joint);
        phrase_fill_numbers(q, chain_wording(&run->steps[i], manner, r), run->steps[i].by, 0);
    }
    phrase_add(q, "%s", DRAW_FROM(r, chain_ends));
}

static const char *const half_words[] = { "halve $1", "what is half of $1?" };

void make_chain(const struct problem_order *o, struct random *r, struct problem *ret,
                bool *ret_small)
{
    struct run run = draw_start(r);
    int steps = draw_steps(o, 1, r);
    run_fill(&run, steps, "+++---**/", 9, o, r);
    struct phrase q = question_of(ret), t = trace_of(ret);
    if (steps == 1 && run.steps[0].op == '/' && draw_chance(r, 0.5))
        phrase_fill_numbers(&q, DRAW_FROM(r, half_words), run.start, 0);
    else
        chain_say(&run, r, &q);
    run_trace(&run, &t);
    answer_number(ret, run.value);
    run_key(&run, "n", ret);
    ret->steps = steps;
    *ret_small = steps == 1 && run.start < 10 && run.steps[0].by < 10;
}

/* --- expr ------------------------------------------------------------------------------------ */

static const char *const expr_words[] = {
    "what is $1?", "$1", "$1 =", "calculate $1", "how much is $1?", "$1 = ?",
};

/* The same in words: "5 plus 6 times 7". */
static void expr_spell(const char *expr, struct phrase *to)
{
    for (const char *at = expr; *at; at++)
        if (*at == '+' || *at == '-' || *at == '*')
            phrase_add(to, "%s", *at == '+' ? "plus" : *at == '-' ? "minus" : "times");
        else
            phrase_add(to, "%c", *at);
}

/* The expression stands there with spaces or without, or in words; the key has no spaces. */
static void expr_say(const char *expr, struct random *r, struct problem *ret)
{
    char tight[PROBLEM_TRACE_SIZE];
    struct phrase q = question_of(ret), close = phrase_in(tight, sizeof tight);
    for (const char *at = expr; *at; at++)
        if (*at != ' ')
            phrase_add(&close, "%c", *at);
    char spelled[PROBLEM_TRACE_SIZE];
    struct phrase words = phrase_in(spelled, sizeof spelled);
    expr_spell(expr, &words);
    const char *shown = draw_chance(r, 0.15) ? spelled : draw_chance(r, 0.3) ? tight : expr;
    phrase_fill(&q, DRAW_FROM(r, expr_words), (const char *const[]){ shown });
    struct phrase key = phrase_in(ret->key, sizeof ret->key);
    phrase_add(&key, "e%s", tight);
}

/* One product and one sum or difference: the product comes first, wherever it stands. */
static void make_precedence(struct random *r, struct problem *ret)
{
    int a = draw_between(r, 1, 99), b = draw_between(r, 2, 9), c = draw_between(r, 2, 99);
    if (draw_chance(r, 0.5)) {
        int swap = b;
        b = c;
        c = swap;
    }
    int product = b * c, form = draw_between(r, 0, 2);
    if (form == 2)
        a = draw_between(r, 0, product < 99 ? product : 99);
    char expr[64];
    struct phrase e = phrase_in(expr, sizeof expr), t = trace_of(ret);
    phrase_add(&t, "%d*%d=%d;", b, c, product);
    if (form == 0) {
        phrase_add(&e, "%d + %d * %d", a, b, c);
        phrase_add(&t, "%d+%d=%d", a, product, a + product);
    } else if (form == 1) {
        phrase_add(&e, "%d * %d + %d", b, c, a);
        phrase_add(&t, "%d+%d=%d", product, a, product + a);
    } else {
        phrase_add(&e, "%d * %d - %d", b, c, a);
        phrase_add(&t, "%d-%d=%d", product, a, product - a);
    }
    answer_number(ret, form == 2 ? product - a : product + a);
    ret->steps = 2;
    expr_say(expr, r, ret);
}

void make_expr(const struct problem_order *o, struct random *r, struct problem *ret,
               bool *ret_small)
{
    *ret_small = false;
    if (!o->broken && (o->steps == 0 || o->steps == 2) && draw_chance(r, 0.4)) {
        make_precedence(r, ret);
        return;
    }
    struct run run = draw_start(r);
    int steps = draw_steps(o, 2, r);
    char expr[PROBLEM_TRACE_SIZE];
    struct phrase e = phrase_in(expr, sizeof expr), t = trace_of(ret);
    phrase_add(&e, "%d", run.start);
    run_fill(&run, steps, "+-", 0, o, r);
    for (int i = 0; i < steps; i++)
        phrase_add(&e, " %c %d", run.steps[i].op, run.steps[i].by);
    run_trace(&run, &t);
    answer_number(ret, run.value);
    ret->steps = steps;
    expr_say(expr, r, ret);
}

/* --- sumpar ---------------------------------------------------------------------------------- */

static const char *const sumpar_words[] = {
    "is $1 even or odd?",
    "is $1 odd or even?",
    "is the sum $1 even or odd?",
    "even or odd: $1",
};

/* As long as the longest chain in numbers, so one step shorter in additions. */
void make_sumpar(const struct problem_order *o, struct random *r, struct problem *ret,
                 bool *ret_small)
{
    int numbers = o->steps ? o->steps + 1 : draw_steps(o, 2, r);
    struct run run = run_from(draw_between(r, 1, 99));
    char sum[PROBLEM_TRACE_SIZE];
    struct phrase s = phrase_in(sum, sizeof sum), t = trace_of(ret), q = question_of(ret);
    phrase_add(&s, "%d", run.start);
    for (int i = 1; i < numbers; i++) {
        run_add(&run, '+', draw_between(r, 1, 99));
        phrase_add(&s, " + %d", run.steps[i - 1].by);
    }
    phrase_fill(&q, DRAW_FROM(r, sumpar_words), (const char *const[]){ sum });
    run_trace(&run, &t);
    phrase_add(&t, ";last digit %d", run.value % 10);
    answer_text(ret, run.value % 2 ? "odd" : "even");
    struct phrase key = phrase_in(ret->key, sizeof ret->key);
    phrase_add(&key, "o%s", sum);
    ret->steps = numbers - 1;
    *ret_small = false;
}
