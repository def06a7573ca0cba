/* Two models, the same questions: which one should these questions go to?
 *
 * Both are asked by name: no route, no cache, no step-by-step suffix, the same limits. One at
 * a time, question by question, so that neither shares the machine with the other; who goes
 * first alternates, so that warm caches of the server and drifting load fall on both alike. */
#ifndef LAB_VERSUS_H
#define LAB_VERSUS_H

#include "core/base/buf.h"
#include "core/lab/paired.h"
#include "core/lab/runner.h"

struct versus_options {
    const struct set *set;        /* borrowed for the run's life */
    struct ask_settings settings; /* the same */
    const char *name, *notes;     /* NULL: none */
    struct lab_model *a, *b;      /* two different ones */
    int64_t rounds;
    bool cold; /* no warm-up */
};

struct runner *versus_start(struct lab *lab, const struct versus_options *o, run_hear *hear,
                            void *self, struct error *err);

/* B minus A, from the rows of such a run. */
void versus_compare(const struct items *t, const char *model_a, const char *model_b,
                    struct paired *ret);

/* What follows from it, as one sentence: "m/a is right as often (18 of 20 each) and 3.1 s
 * faster (95 %: 2.2 to 4.0 s, 20 pairs): use m/a for these". Appended to `to`. */
void versus_sentence(const struct paired *p, const char *model_a, const char *model_b,
                     struct buf *to);

#endif
