/* Questions of one step: add, sub, times, rev, parity, compare (problem_make.h). */
#include "core/nn/problem_make.h"

#include <stdio.h>
#include <string.h>

#include "core/nn/words.h"

#define SMALL 10 /* numbers below it are everybody's first try */

/* --- two numbers ----------------------------------------------------------------------------- */

/* $1 and $2: the numbers in the order in which they are worked with. */
static const char *const add_words[] = {
    "what is $1 + $2?",
    "$1+$2",
    "$1 + $2 =",
    "add $1 and $2",
    "$1 plus $2",
    "what is $1 plus $2?",
    "what is the sum of $1 and $2?",
    "calculate $1 + $2",
    "how much is $1 + $2?",
    "$1 + $2",
    "$1 + $2 = ?",
    "how much is $1 plus $2?",
    "the sum of $1 and $2",
    "add $2 to $1",
    "what do you get if you add $1 and $2?",
    "what is $1 and $2 together?",
    "how much is $1 and $2?",
    "what is $2 added to $1?",
    "sum $1 and $2",
};

static const char *const sub_words[] = {
    "what is $1 - $2?",
    "$1-$2",
    "$1 - $2 =",
    "subtract $2 from $1",
    "$1 minus $2",
    "what is $1 minus $2?",
    "take $2 away from $1",
    "calculate $1 - $2",
    "how much is $1 - $2?",
    "$1 - $2 = ?",
    "how much is $1 minus $2?",
    "take $2 from $1",
    "what is $1 take away $2?",
    "what do you get if you take $2 from $1?",
    "$2 less than $1",
    "what is $2 less than $1?",
};

/* Only where the first is the larger one: which way round it goes is nowhere said. */
static const char *const difference_words[] = {
    "what is the difference between $1 and $2?",
    "the difference between $1 and $2",
    "what is the difference of $1 and $2?",
};

/* Shared with the longer products, which must not be told apart by their dress. */
static const char *const times_words[] = {
    "what is $1 * $2?",
    "$1*$2",
    "$1 * $2 =",
    "multiply $1 by $2",
    "$1 times $2",
    "what is $1 times $2?",
    "calculate $1 * $2",
    "how much is $1 * $2?",
    "how much is $1 times $2?",
    "$1 * $2 = ?",
    "multiply $1 and $2",
    "what is $1 multiplied by $2?",
    "$1 multiplied by $2",
    "what do you get if you multiply $1 by $2?",
    "what is the product of $1 and $2?",
};

static const char *const double_words[] = { "double $1", "what is double $1?",
                                            "what do you get if you double $1?", "twice $1",
                                            "what is twice $1?" };
static const char *const triple_words[] = { "triple $1", "what is triple $1?",
                                            "what do you get if you triple $1?" };

static bool both_small(int a, int b)
{
    return a < SMALL && b < SMALL;
}

void make_add(const struct problem_order *o, struct random *r, struct problem *ret, bool *ret_small)
{
    (void)o;
    int a = draw_operand(r), b = draw_operand(r);
    struct phrase q = question_of(ret), t = trace_of(ret);
    phrase_fill_numbers(&q, DRAW_FROM(r, add_words), a, b);
    phrase_add(&t, "%d+%d=%d", a, b, a + b);
    answer_number(ret, a + b);
    pair_key('+', a, b, ret);
    ret->steps = 1;
    *ret_small = both_small(a, b);
}

/* The larger number is found first: what is taken away from what decides the sign. */
void make_sub(const struct problem_order *o, struct random *r, struct problem *ret, bool *ret_small)
{
    (void)o;
    int a = draw_operand(r), b = draw_operand(r);
    if (a < b && draw_chance(r, 0.8)) {
        int swap = a;
        a = b;
        b = swap;
    }
    struct phrase q = question_of(ret), t = trace_of(ret);
    if (a >= b && draw_chance(r, 0.1))
        phrase_fill_numbers(&q, DRAW_FROM(r, difference_words), a, b);
    else
        phrase_fill_numbers(&q, DRAW_FROM(r, sub_words), a, b);
    if (a < b)
        phrase_add(&t, "%d,%d:<;%d-%d=%d", a, b, b, a, b - a);
    else
        phrase_add(&t, "%d,%d:>;%d-%d=%d", a, b, a, b, a - b);
    answer_number(ret, a - b);
    pair_key('-', a, b, ret);
    ret->steps = 1;
    *ret_small = both_small(a, b);
}

static const char *times_wording(int b, struct random *r)
{
    if (b == 2 && draw_chance(r, 0.25))
        return DRAW_FROM(r, double_words);
    if (b == 3 && draw_chance(r, 0.25))
        return DRAW_FROM(r, triple_words);
    return DRAW_FROM(r, times_words);
}

void make_times(const struct problem_order *o, struct random *r, struct problem *ret,
                bool *ret_small)
{
    (void)o;
    static const int digits[] = { 1, 2, 2 };
    int a = draw_digits(r, DRAW_FROM(r, digits)), b = draw_digits(r, 1);
    if (draw_chance(r, 0.5)) {
        int swap = a;
        a = b;
        b = swap;
    }
    struct phrase q = question_of(ret), t = trace_of(ret);
    phrase_fill_numbers(&q, times_wording(b, r), a, b);
    phrase_add(&t, "%d*%d=%d", a, b, a * b);
    answer_number(ret, a * b);
    pair_key('*', a, b, ret);
    ret->steps = 1;
    *ret_small = both_small(a, b);
}

/* Units and tens of the second factor apart, then their sum. */
void make_mul(const struct problem_order *o, struct random *r, struct problem *ret, bool *ret_small)
{
    (void)o;
    int a = draw_digits(r, 2), b = draw_digits(r, 2);
    int units = b % 10, tens = b - units;
    struct phrase q = question_of(ret), t = trace_of(ret);
    phrase_fill_numbers(&q, DRAW_FROM(r, times_words), a, b);
    phrase_add(&t, "%d*%d=%d;%d*%d=%d;%d+%d=%d", a, units, a * units, a, tens, a * tens, a * tens,
               a * units, a * b);
    answer_number(ret, a * b);
    pair_key('*', a, b, ret);
    ret->steps = 3;
    *ret_small = false;
}

/* --- compare --------------------------------------------------------------------------------- */

enum compare_ask { THE_LARGER, THE_SMALLER, IS_LARGER, IS_SMALLER };

static const struct compare_words {
    const char *wording;
    enum compare_ask ask;
} compare_words[] = {
    { "which is bigger, $1 or $2?", THE_LARGER },
    { "which is larger: $1 or $2?", THE_LARGER },
    { "which number is greater, $1 or $2?", THE_LARGER },
    { "what is the max of $1 and $2?", THE_LARGER },
    { "what is bigger, $1 or $2?", THE_LARGER },
    { "which one is more, $1 or $2?", THE_LARGER },
    { "which is smaller, $1 or $2?", THE_SMALLER },
    { "what is the min of $1 and $2?", THE_SMALLER },
    { "which number is smaller: $1 or $2?", THE_SMALLER },
    { "is $1 bigger than $2?", IS_LARGER },
    { "is $1 greater than $2?", IS_LARGER },
    { "is $1 more than $2?", IS_LARGER },
    { "is $1 > $2?", IS_LARGER },
    { "is $1 smaller than $2?", IS_SMALLER },
    { "is $1 < $2?", IS_SMALLER },
    { "$1 or $2, which is bigger?", THE_LARGER },
    { "which is the largest, $1 or $2?", THE_LARGER },
    { "which is the smallest, $1 or $2?", THE_SMALLER },
    { "is $1 larger than $2?", IS_LARGER },
    { "is $1 less than $2?", IS_SMALLER },
};

static void compare_answer(struct problem *p, enum compare_ask ask, int a, int b)
{
    int larger = a > b ? a : b, smaller = a > b ? b : a;
    switch (ask) {
    case THE_LARGER:
        answer_number(p, larger);
        break;
    case THE_SMALLER:
        answer_number(p, smaller);
        break;
    case IS_LARGER:
        answer_text(p, a > b ? "yes" : "no");
        break;
    case IS_SMALLER:
        answer_text(p, a < b ? "yes" : "no");
        break;
    }
}

/* Numbers close to each other are what is hard here, so two in five are. */
void make_compare(const struct problem_order *o, struct random *r, struct problem *ret,
                  bool *ret_small)
{
    (void)o;
    int a = draw_operand(r), b = draw_operand(r);
    if (draw_chance(r, 0.4))
        b = a + draw_between(r, -9, 9);
    if (b < 0)
        b = 0;
    if (a == b)
        b++;
    const struct compare_words *w = &DRAW_FROM(r, compare_words);
    struct phrase q = question_of(ret), t = trace_of(ret);
    phrase_fill_numbers(&q, w->wording, a, b);
    phrase_add(&t, "%d,%d:%c", a, b, a > b ? '>' : '<');
    compare_answer(ret, w->ask, a, b);
    struct phrase key = phrase_in(ret->key, sizeof ret->key);
    phrase_add(&key, "c%d,%d", a < b ? a : b, a < b ? b : a);
    ret->steps = 1;
    *ret_small = both_small(a, b);
}

/* --- parity ---------------------------------------------------------------------------------- */

enum parity_ask { WHICH, IS_EVEN, IS_ODD };

static const struct parity_words {
    const char *wording;
    enum parity_ask ask;
} parity_words[] = {
    { "is $1 even or odd?", WHICH },
    { "is $1 odd or even?", WHICH },
    { "$1 even or odd?", WHICH },
    { "is the number $1 even or odd?", WHICH },
    { "$1: odd or even?", WHICH },
    { "even or odd: $1", WHICH },
    { "tell me if $1 is even or odd", WHICH },
    { "even or odd? $1", WHICH },
    { "$1 is even or odd?", WHICH },
    { "what is the parity of $1?", WHICH },
    { "is $1 even?", IS_EVEN },
    { "is $1 an even number?", IS_EVEN },
    { "is the number $1 even?", IS_EVEN },
    { "is $1 odd?", IS_ODD },
    { "is $1 an odd number?", IS_ODD },
    { "is the number $1 odd?", IS_ODD },
};

/* The trace begins with the word asked for, which is what yes and no hang on. */
void make_parity(const struct problem_order *o, struct random *r, struct problem *ret,
                 bool *ret_small)
{
    (void)o;
    static const int digits[] = { 1, 2, 3, 3, 4 };
    static const char *const asked[] = { "", "even?", "odd?" };
    int n = draw_chance(r, 0.08) ? draw_digits(r, draw_between(r, 5, 8))
                                 : draw_digits(r, DRAW_FROM(r, digits));
    bool odd = n % 2 != 0;
    const struct parity_words *w = &DRAW_FROM(r, parity_words);
    struct phrase q = question_of(ret), t = trace_of(ret);
    phrase_fill_numbers(&q, w->wording, n, 0);
    phrase_add(&t, "%slast digit %d:%s", asked[w->ask], n % 10, odd ? "odd" : "even");
    if (w->ask == WHICH)
        answer_text(ret, odd ? "odd" : "even");
    else
        answer_text(ret, odd == (w->ask == IS_ODD) ? "yes" : "no");
    struct phrase key = phrase_in(ret->key, sizeof ret->key);
    phrase_add(&key, "p%d", n);
    ret->steps = 1;
    *ret_small = n < SMALL;
}

/* --- rev ------------------------------------------------------------------------------------- */

static const char *const rev_words[] = {
    "reverse $1",
    "reverse the word $1",
    "spell $1 backwards",
    "what is $1 backwards?",
    "write $1 backwards",
    "$1 backwards",
    "reverse '$1'",
    "reverse \"$1\"",
    "what is $1 in reverse?",
    "write the word $1 backwards",
    "spell the word $1 backwards",
    "how do you spell $1 backwards?",
    "what is the reverse of $1?",
    "what is $1 spelled backwards?",
    "spell '$1' backwards",
    "spell \"$1\" backwards",
    "reverse the string $1",
    "reverse the string \"$1\"",
    "write $1 in reverse",
    "flip the word $1",
};

/* Words that are part of the asking cannot be what is asked for. */
static bool is_asking(const char *word)
{
    static const char *const asking[] = {
        "reverse", "the",  "word", "spell",  "backwards", "in",
        "write",   "what", "is",   "please", "string",    "flip"
    };
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++)
        if (strcmp(asking[i], word) == 0)
            return true;
    return false;
}

static void draw_word(struct random *r, struct phrase *to)
{
    const char *real;
    if (draw_chance(r, 0.85)) {
        word_made_up(r, 3, 6, to);
        return;
    }
    do
        real = draw_chance(r, 0.5) ? word_common(r) : word_known(r);
    while (strlen(real) < 3 || strlen(real) > 6);
    phrase_add(to, "%s", real);
}

void make_rev(const struct problem_order *o, struct random *r, struct problem *ret, bool *ret_small)
{
    (void)o;
    char word[16], turned[16];
    struct phrase w = phrase_in(word, sizeof word), back = phrase_in(turned, sizeof turned);
    do {
        w = phrase_in(word, sizeof word);
        draw_word(r, &w);
    } while (is_asking(word));
    for (size_t i = w.len; i; i--)
        phrase_add(&back, "%c", word[i - 1]);
    struct phrase q = question_of(ret), t = trace_of(ret);
    phrase_fill(&q, DRAW_FROM(r, rev_words), (const char *const[]){ word });
    phrase_add(&t, "%s", word);
    answer_text(ret, turned);
    struct phrase key = phrase_in(ret->key, sizeof ret->key);
    phrase_add(&key, "r%s", word);
    ret->steps = 1;
    *ret_small = false;
}
