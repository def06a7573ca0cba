/* Bringing a model into its server's memory, or putting it out, as a person sees it: how long it
 * took is kept (as a fact, and to be told next time), and the server's list is asked anew at the
 * end, so that what is loaded is known again when it is reported. */
#ifndef LAB_LOADING_H
#define LAB_LOADING_H

#include "core/lab/lab.h"

/* Whether the model's server can be told; others load by themselves when a model is asked. */
bool loading_is_possible(const struct lab_model *m);
/* Seconds the last load of this model took, in this process or an earlier one; NAN: never seen. */
double loading_last_s(struct lab *lab, const struct lab_model *m);
/* Keeps such a time, also one that a reply told. One that is hardly a load is not kept. */
void loading_keep(struct lab *lab, const struct lab_model *m, double took_s);

struct loading;
/* err NULL: it is done, in took_s seconds. */
typedef void loading_done(void *self, double took_s, const struct error *err);
/* Reports once, from lab_turn. NULL with err set where the server cannot be told. */
struct loading *loading_start(struct lab *lab, struct lab_model *m, bool in, loading_done *done,
                              void *self, struct error *err);
/* No report; the server may give up loading. Accepts NULL. */
void loading_cancel(struct loading *l);

#endif
