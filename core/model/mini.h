/* mini/fast, mini/reason and what a person trained: answers out of weights alone.
 *
 * Tokens are chosen one by one from the weights, in slices of at most 2 ms on the loop's own
 * timers, and reported as every provider reports them. Temperature, top-p, seed, stop texts,
 * limit and thinking budget hold; a budget that runs out closes the thinking and lets the
 * answer follow, and thinking that is switched off is a budget of none. The step-by-step
 * invitation and a system text are set aside: these models read the question alone.
 *
 * Nothing here looks at what a question means: no arithmetic, no list of answers. What comes
 * out of the weights is the answer; the one sentence that is not is the refusal, which stands
 * for a single token of theirs. A word to be spelled with letters that no token stands for would
 * reach them as another word: there the refusal comes without them. */
#ifndef MODEL_MINI_H
#define MODEL_MINI_H

#include "core/model/catalog.h"
#include "core/model/inside.h"

/* Tokens of the longest question they take, its two marks included. Longer than any they were
 * trained on, with room for the longest working. */
#define MINI_QUESTION_MOST 144

/* As provider.start; always begins, what is wrong comes as the end. */
struct inside *mini_start(struct net *n, const struct server *s, const struct call_request *r,
                          model_hear *hear, void *self);
/* Adds the models there are to a list. */
void mini_list(const struct server *s, struct catalog *c);

#endif
