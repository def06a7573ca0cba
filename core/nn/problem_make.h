/* Inside the generator: what the families of questions share. Nobody else includes this.
 *
 * A family fills question, trace, answer, key and steps of a zeroed problem whose kind is set;
 * problem.c decides the rest (held out or not, capitals and manners). */
#ifndef NN_PROBLEM_MAKE_H
#define NN_PROBLEM_MAKE_H

#include <stdbool.h>

#include "core/nn/phrase.h"
#include "core/nn/problem.h"

struct problem_order {
    int steps;      /* exactly so many, or 0 */
    int most_steps; /* of those drawn, within what is trained */
    bool for_tests; /* nouns that training never sees are allowed */
    bool broken;    /* one that cannot be worked out (problem_broken.c) */
};

/* `ret_small`: all numbers are below 10, so it is never held out. */
typedef void problem_make_fn(const struct problem_order *o, struct random *r, struct problem *ret,
                             bool *ret_small);

problem_make_fn make_add, make_sub, make_times, make_rev, make_parity, make_compare; /* one.c */
problem_make_fn make_chain, make_expr, make_sumpar, make_mul;                        /* steps.c */
problem_make_fn make_word, make_bat;                                                 /* story.c */
problem_make_fn make_seq;
problem_make_fn make_broken;
problem_make_fn make_refuse;

/* The question of a problem, as a box to write into; what was there is gone. */
struct phrase question_of(struct problem *p);
struct phrase trace_of(struct problem *p);
void answer_number(struct problem *p, int value);
void answer_text(struct problem *p, const char *text);

/* --- a value that changes step by step ------------------------------------------------------ */

#define RUN_LOW  0
#define RUN_HIGH 999
#define RUN_MOST 8 /* steps */

struct run_step {
    char op; /* + - * / */
    int by, after;
};

struct run {
    int start, value; /* first and last */
    int count;
    int broken; /* the number of the step that cannot be done, from 1; 0: all can */
    struct run_step steps[RUN_MOST];
};

struct run run_from(int start);
/* Applies one step; the result must lie within RUN_LOW to RUN_HIGH. */
void run_add(struct run *run, char op, int by);
/* One step that keeps the value in range, of the operations in `ops` (each as often as it is
 * written there); products by at most most_factor. */
void run_draw(struct run *run, const char *ops, int most_factor, struct random *r);
/* Such steps until there are so many; for a broken order one of them cannot be done, and those
 * after it go on as if it had not been there. */
void run_fill(struct run *run, int steps, const char *ops, int most_factor,
              const struct problem_order *o, struct random *r);
/* "7+15=22;22*2=44"; where a step cannot be done "5+3=8;8-20;no rule fits" */
void run_trace(const struct run *run, struct phrase *to);
/* Key: `tag`, start and steps; but a single sum, difference or product is the same problem as
 * the question of one step, whatever it is dressed in. */
void run_key(const struct run *run, const char *tag, struct problem *p);
/* Keys of one-step questions; the order of a sum and a product does not matter. */
void pair_key(char op, int a, int b, struct problem *p);

/* How many steps: as ordered, or drawn with the longer ones a little more often. */
int draw_steps(const struct problem_order *o, int fewest, struct random *r);

#endif
