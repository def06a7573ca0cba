/* rlab perf mini: how fast the built-in models write on one core (perf.h). mini.pace has no part
 * in it: the models are asked directly. */
#include "tui/verb/perf.h"

#include <math.h>

#include "core/nn/trial.h"
#include "tui/verb/mini.h"

#define QUESTIONS 60

/* Seconds a token, a question each: reading the question and writing what follows. */
static void time_questions(const struct mini_model *m, struct sample *ret)
{
    const struct trial_ask plain = { .budget = -1, .taste = { .top_p = 1 } };
    const struct clock *c = clock_real();
    struct problem *problems = mem_new(struct problem, QUESTIONS);
    struct nn_stream *s = nn_stream_new(m->net);
    size_t n = trial_draw(PROBLEM_CHAIN, 4, QUESTIONS, 1, problems);
    for (size_t i = 0; i < n && !session_stopped(); i++) {
        struct trial t;
        int64_t start = clock_mono(c);
        trial_run(s, &problems[i], &plain, NULL, &t);
        sample_add(ret, clock_seconds(clock_mono(c) - start) / t.written);
    }
    nn_stream_free(s);
    mem_free(problems);
}

static bool measure(struct perf *p, const char *name, const char *what)
{
    struct error err;
    struct sample s = { 0 };
    const struct mini_model *m = mini_open(p->s, name, &err);
    if (!m) { /* without weights there is nothing to measure, and everything else can be */
        say("%s: %s", what, err.text);
        return true;
    }
    time_questions(m, &s);
    if (!session_stopped())
        perf_tell(p, &(struct perf_figure){ what, "tokens/s", 1 / stats_median(s.v, s.n), s.n,
                                            "written, the reading of the question included, median",
                                            NAN, NAN, NULL });
    sample_done(&s);
    mini_return(m);
    return true;
}

bool perf_mini(struct perf *p, const struct perf_row *row, struct error *err)
{
    (void)row;
    (void)err;
    return measure(p, "fast", "mini.fast") && measure(p, "reason", "mini.reason");
}
