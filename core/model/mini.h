/* The built-in models as a provider: mini/fast, mini/reason and what a person trained.
 *
 * Tokens are chosen one by one from the weights, in slices of at most 2 ms on the loop's own
 * timers, and reported as every provider reports them. Temperature, top-p, seed, stop texts,
 * limit and thinking budget hold; a budget that runs out closes the thinking and lets the
 * answer follow, and thinking that is switched off is a budget of none. The step-by-step
 * invitation and a system text are set aside: these models read the question alone.
 *
 * Nothing here looks at what a question means: no arithmetic, no list of answers. What comes
 * out of the weights is the answer; the one sentence that is not is the refusal, which stands
 * for a single token of theirs. */
#ifndef MODEL_MINI_H
#define MODEL_MINI_H

#include "core/base/mem.h"
#include "core/model/provider.h"

/* Tokens of the longest question they take, its two marks included. Longer ones than any they
 * were trained on, with room for the longest working. */
#define MINI_QUESTION_MOST 144

extern const struct provider mini_provider;

/* The server "mini". `own` and `shipped` are folders of weights files, either may be NULL;
 * the strings are borrowed. */
struct server mini_server(const char *own, const char *shipped);

#endif
