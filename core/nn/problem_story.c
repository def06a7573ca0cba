/* Small stories: word, bat (problem_make.h). */
#include "core/nn/problem_make.h"

#include <stdio.h>
#include <string.h>

#include "core/nn/words.h"

/* --- word: somebody has things, then gets and loses some ------------------------------------- */

static const struct hero {
    const char *name, *pronoun;
} heroes[] = {
    { "a shop", "it" }, { "a farmer", "he" }, { "a teacher", "she" }, { "a library", "it" },
    { "a boy", "he" },  { "a girl", "she" },  { "a baker", "she" },   { "a school", "it" },
};
static const char *const speakers[] = { "i", "you", "we" };

/* Plain form, form after he, she and it, and what may follow the number. */
static const struct story_verb {
    char op;
    const char *plain, *third, *after;
} story_verbs[] = {
    { '+', "buy", "buys", "" },          { '+', "get", "gets", "" },
    { '+', "find", "finds", "" },        { '+', "make", "makes", "" },
    { '+', "add", "adds", "" },          { '-', "sell", "sells", "" },
    { '-', "lose", "loses", "" },        { '-', "give", "gives", " away" },
    { '-', "eat", "eats", "" },          { '-', "break", "breaks", "" },
    { '-', "throw", "throws", " away" }, { '-', "remove", "removes", "" },
};

struct story {
    char name[16], pronoun[16];
    bool third; /* he, she, it */
    char noun[16];
    struct random *r;
    struct phrase *to;
};

static void copy(char *to, size_t size, const char *from)
{
    struct phrase p = phrase_in(to, size);
    phrase_add(&p, "%s", from);
}

static void story_cast(struct story *s, bool for_tests)
{
    struct random *r = s->r;
    double who = random_unit(r);
    const struct hero *h = &DRAW_FROM(r, heroes);
    const char *name = h->name, *pronoun = h->pronoun;
    if (who < 0.15)
        name = pronoun = draw_chance(r, 0.5) ? "he" : "she";
    else if (who > 0.85)
        name = pronoun = DRAW_FROM(r, speakers);
    else if (who > 0.75)
        name = word_person(r, &pronoun);
    s->third = who <= 0.85;
    copy(s->name, sizeof s->name, name);
    copy(s->pronoun, sizeof s->pronoun, pronoun);
    struct phrase noun = phrase_in(s->noun, sizeof s->noun);
    if (for_tests) {
        phrase_add(&noun, "%s", word_noun_of_tests(r));
    } else if (draw_chance(r, 0.75)) {
        phrase_add(&noun, "%s", word_noun(r));
    } else if (draw_chance(r, 0.7)) {
        phrase_add(&noun, "%s", word_noun_spelled(r));
    } else {
        word_made_up(r, 3, 6, &noun);
        phrase_add(&noun, "s");
    }
}

/* "a shop has 24 pens." or "a shop has 4 boxes with 6 pens each.", which is a first step, and
 * none that could fail. */
static struct run story_open(struct story *s, bool boxes)
{
    struct random *r = s->r;
    const char *has = s->third ? "has" : "have";
    if (boxes && draw_chance(r, 0.3)) {
        int a = draw_between(r, 2, 9), b = draw_between(r, 2, 30);
        if (draw_chance(r, 0.5)) {
            int swap = a;
            a = b;
            b = swap;
        }
        struct run run = run_from(a);
        run_add(&run, '*', b);
        phrase_add(s->to, "%s %s %d %s with %d %s each.", s->name, has, a,
                   draw_chance(r, 0.5) ? "boxes" : "bags", b, s->noun);
        return run;
    }
    int start = draw_chance(r, 0.8) ? draw_between(r, 2, 99) : draw_between(r, 100, 500);
    phrase_add(s->to, "%s %s %d %s.", s->name, has, start, s->noun);
    return run_from(start);
}

/* "sells 7", "buys 15 more", "gives 3 away" */
static void say_change(struct story *s, const struct run_step *step)
{
    const struct story_verb *v;
    bool it = strcmp(s->pronoun, "it") == 0; /* a library, which eats nothing */
    do
        v = &DRAW_FROM(s->r, story_verbs);
    while (v->op != step->op || (it && strcmp(v->plain, "eat") == 0));
    const char *more = step->op == '+' && draw_chance(s->r, 0.5) ? " more" : "";
    phrase_add(s->to, "%s %d%s%s", s->third ? v->third : v->plain, step->by, more, v->after);
}

/* Changes one a sentence or two joined by "and"; a product always stands alone. */
static void story_tell(struct story *s, const struct run *run, int from)
{
    for (int i = from; i < run->count; i++) {
        const struct run_step *step = &run->steps[i];
        if (step->op == '*') {
            phrase_add(s->to, " now %s %s %d times as many.", s->pronoun, s->third ? "has" : "have",
                       step->by);
            continue;
        }
        bool joined = i + 1 < run->count && step[1].op != '*' && draw_chance(s->r, 0.5);
        phrase_add(s->to, " %s%s ", !joined && draw_chance(s->r, 0.5) ? "then " : "", s->pronoun);
        say_change(s, step);
        if (joined) {
            phrase_add(s->to, " and ");
            say_change(s, &run->steps[++i]);
        }
        phrase_add(s->to, ".");
    }
}

/* $1 noun, $2 do or does, $3 pronoun */
static const char *const story_ends[] = {
    "how many $1 $2 $3 have now?",
    "how many $1 are there now?",
    "how many $1?",
    "how many $1 $2 $3 have?",
};
static const char *const loss_ends[] = {
    "how many $1 are left?",
    "how many are left?",
    "how many $1 $2 $3 have left?",
};

/* What is left is only asked where something went away. */
static void story_ask(struct story *s, const struct run *run)
{
    bool lost = false;
    for (int i = 0; i < run->count; i++)
        lost |= run->steps[i].op == '-';
    const char *end =
        lost && draw_chance(s->r, 0.5) ? DRAW_FROM(s->r, loss_ends) : DRAW_FROM(s->r, story_ends);
    phrase_add(s->to, " ");
    phrase_fill(s->to, end, (const char *const[]){ s->noun, s->third ? "does" : "do", s->pronoun });
}

void make_word(const struct problem_order *o, struct random *r, struct problem *ret,
               bool *ret_small)
{
    int steps = draw_steps(o, 1, r);
    struct phrase q = question_of(ret), t = trace_of(ret);
    struct story s = { .r = r, .to = &q };
    story_cast(&s, o->for_tests);
    struct run run = story_open(&s, steps > 1 || !o->broken);
    int opened = run.count;
    run_fill(&run, steps, "+++---**", 3, o, r);
    story_tell(&s, &run, opened);
    story_ask(&s, &run);
    run_trace(&run, &t);
    answer_number(ret, run.value);
    run_key(&run, "w", ret);
    ret->steps = steps;
    *ret_small = steps == 1 && run.start < 10 && run.steps[0].by < 10;
}

/* --- bat: two things cost A together, one costs B more --------------------------------------- */

/* $1 the dearer thing, $2 the cheaper, $3 cost together, $4 how much more, $5 what is asked,
 * $6 and $7 the things with their article */
static const char *const bat_sums[] = {
    "$6 and $7 cost $3 together.",
    "$6 and $7 cost $3 in total.",
    "together $6 and $7 cost $3.",
};
static const char *const bat_differences[] = {
    " the $1 costs $4 more than the $2.",
    " the $1 is $4 more than the $2.",
};
static const char *const bat_asks[] = {
    " what does the $5 cost?",
    " how much does the $5 cost?",
    " how much is the $5?",
    " what is the price of the $5?",
};

static void draw_thing(struct random *r, char *to, size_t size, const char *other)
{
    do {
        struct phrase p = phrase_in(to, size);
        if (draw_chance(r, 0.15))
            word_made_up(r, 3, 6, &p);
        else
            phrase_add(&p, "%s", word_thing(r));
    } while (strcmp(to, other) == 0);
}

static void with_article(const char *thing, char *to, size_t size)
{
    struct phrase p = phrase_in(to, size);
    phrase_add(&p, "%s %s", strchr("aeiou", thing[0]) ? "an" : "a", thing);
}

/* The cheaper price and the difference; in a fifth of the cases both are round. */
static void draw_prices(struct random *r, int *ret_low, int *ret_more)
{
    if (draw_chance(r, 0.2)) {
        *ret_low = 5 * draw_between(r, 1, 20);
        *ret_more = 10 * draw_between(r, 1, 40);
        return;
    }
    *ret_low = draw_chance(r, 0.6) ? draw_between(r, 1, 99) : draw_between(r, 1, 300);
    *ret_more = draw_chance(r, 0.7) ? draw_between(r, 1, 399) : 10 * draw_between(r, 1, 30);
}

void make_bat(const struct problem_order *o, struct random *r, struct problem *ret, bool *ret_small)
{
    static const char *const units[] = { "", "", "", " dollars", " cents" };
    int low, more;
    draw_prices(r, &low, &more);
    int total = 2 * low + more;
    bool dearer = o->steps ? o->steps == 3 : draw_chance(r, 0.35);
    char x[16], y[16], a_x[20], a_y[20], sum[32], difference[32];
    draw_thing(r, x, sizeof x, "");
    draw_thing(r, y, sizeof y, x);
    with_article(x, a_x, sizeof a_x);
    with_article(y, a_y, sizeof a_y);
    const char *asked = dearer ? x : y, *unit = DRAW_FROM(r, units);
    snprintf(sum, sizeof sum, "%d%s", total, unit);
    snprintf(difference, sizeof difference, "%d%s", more, unit);
    const char *const with[] = { x, y, sum, difference, asked, a_x, a_y };
    struct phrase q = question_of(ret), t = trace_of(ret);
    phrase_fill(&q, DRAW_FROM(r, bat_sums), with);
    phrase_fill(&q, DRAW_FROM(r, bat_differences), with);
    phrase_fill(&q, DRAW_FROM(r, bat_asks), with);
    phrase_add(&t, "%s:%d-%d=%d;%d/2=%d", asked, total, more, 2 * low, 2 * low, low);
    if (dearer)
        phrase_add(&t, ";%d+%d=%d", low, more, low + more);
    answer_number(ret, dearer ? low + more : low);
    struct phrase key = phrase_in(ret->key, sizeof ret->key);
    phrase_add(&key, "b%d,%d", total, more);
    ret->steps = dearer ? 3 : 2;
    *ret_small = false;
}
