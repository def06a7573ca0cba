/* Asking problems and judging answers (trial.h). */
#include "core/nn/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/nn/source.h"

/* Draws without anything new after which there is nothing new. */
#define DRAWS_IN_VAIN 2000

/* Tokens of a prompt that are read in one piece. */
#define PIECE 8

static void feed(struct trial_work *w, int id)
{
    nn_stream_feed(w->stream, &id, 1);
}

/* Notes a token that the model chose; true where it was its last. */
static bool note(struct trial_work *w, const struct nn_pick *pick)
{
    struct trial *t = w->trial;
    t->written++;
    t->lowest_logprob = fmin(t->lowest_logprob, pick->logprob);
    if (w->thinking) {
        w->thinking = pick->id != TOKEN_THINK_END;
        t->thought += w->thinking;
        return false;
    }
    if (pick->id == TOKEN_THINK && t->written == 1) {
        w->thinking = true;
        return false;
    }
    t->answer_logprob += pick->logprob;
    t->answered = pick->id == TOKEN_END;
    if (t->answered || t->answer_count == TRIAL_ANSWER_MOST)
        return true;
    t->answer[t->answer_count++] = pick->id;
    return false;
}

/* Thinking that may not begin is closed for the model. */
static void read_piece(struct trial_work *w)
{
    int left = w->example.prompt - w->fed, n = left < PIECE ? left : PIECE;
    nn_stream_feed(w->stream, w->example.ids + w->fed, n);
    w->fed += n;
    if (w->fed < w->example.prompt || w->ask.budget != 0)
        return;
    feed(w, TOKEN_THINK);
    feed(w, TOKEN_THINK_END);
}

/* Right is the target's answer to the token, end mark included. */
static bool is_right(const struct trial *t, const struct nn_example *e)
{
    const int *want = e->ids + e->prompt;
    size_t count = (size_t)(e->total - e->prompt - 1);
    return t->answered && (size_t)t->answer_count == count &&
           memcmp(t->answer, want, count * sizeof *want) == 0;
}

/* Writes a token; true where it was the last. Thinking that may not go on is closed. */
static bool write_token(struct trial_work *w)
{
    if (nn_stream_room(w->stream) < 2)
        return true;
    struct nn_pick pick =
        nn_choose((int)vocabulary_size(), nn_stream_logits(w->stream), &w->ask.taste, w->random);
    if (note(w, &pick))
        return true;
    feed(w, pick.id);
    if (w->thinking && w->ask.budget > 0 && w->trial->thought == w->ask.budget) {
        feed(w, TOKEN_THINK_END);
        w->thinking = false;
    }
    return false;
}

void trial_begin(struct trial_work *w, struct nn_stream *s, const struct problem *p,
                 const struct trial_ask *ask, struct random *r, struct trial *ret)
{
    *w = (struct trial_work){ .stream = s, .trial = ret, .ask = *ask, .random = r };
    *ret = (struct trial){ 0 };
    problem_encode(p, false, &w->example);
    nn_stream_clear(s);
}

bool trial_go(struct trial_work *w)
{
    struct trial *t = w->trial;
    if (w->fed < w->example.prompt) {
        read_piece(w);
        return true;
    }
    if (!write_token(w))
        return true;
    t->right = is_right(t, &w->example);
    t->refused = t->answered && t->answer_count == 1 && t->answer[0] == TOKEN_CANNOT;
    return false;
}

void trial_run(struct nn_stream *s, const struct problem *p, const struct trial_ask *ask,
               struct random *r, struct trial *ret)
{
    struct trial_work w;
    trial_begin(&w, s, p, ask, r, ret);
    while (trial_go(&w))
        ;
}

bool trial_same_answer(const struct trial *a, const struct trial *b)
{
    return a->answered && b->answered && a->answer_count == b->answer_count &&
           memcmp(a->answer, b->answer, (size_t)a->answer_count * sizeof *a->answer) == 0;
}

const struct trial *trial_vote(const struct trial *trials, size_t count)
{
    const struct trial *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        size_t votes = 0;
        for (size_t k = 0; k < count; k++)
            votes += trial_same_answer(&trials[i], &trials[k]);
        if (votes > most) {
            most = votes;
            best = &trials[i];
        }
    }
    return best;
}

/* --- problems -------------------------------------------------------------------------------- */

static bool is_known(const struct problem *problems, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(problems[i].key, key) == 0)
            return true;
    return false;
}

size_t trial_draw(enum problem_kind kind, int steps, size_t n, uint64_t seed, struct problem *ret)
{
    const struct problem_ask ask = { .kind = kind, .steps = steps, .side = PROBLEM_HELD_OUT };
    struct random r;
    struct error err;
    size_t count = 0;
    random_seed(&r, seed);
    for (int vain = 0; count < n && vain < DRAWS_IN_VAIN; vain++) {
        if (!problem_draw(&ask, &r, &ret[count], &err))
            return 0;
        if (is_known(ret, count, ret[count].key))
            continue;
        count++;
        vain = 0;
    }
    return count;
}

/* --- telling right from wrong ---------------------------------------------------------------- */

struct scored {
    double score;
    bool right;
};

static int by_score(const void *a, const void *b)
{
    double x = ((const struct scored *)a)->score, y = ((const struct scored *)b)->score;
    return (x > y) - (x < y);
}

/* Mann and Whitney's count by ranks; equals share the middle of their ranks. */
static double area(const struct scored *s, size_t n, size_t rights)
{
    double ranks = 0;
    for (size_t from = 0, to; from < n; from = to) {
        size_t right_here = 0;
        for (to = from; to < n && s[to].score <= s[from].score; to++)
            right_here += s[to].right;
        ranks += (double)right_here * (double)(from + to + 1) / 2;
    }
    double k = (double)rights;
    return (ranks - k * (k + 1) / 2) / (k * ((double)n - k));
}

double trial_auroc(const double *score, const bool *right, size_t n)
{
    struct scored *s = mem_new(struct scored, n + 1);
    size_t rights = 0;
    for (size_t i = 0; i < n; i++) {
        s[i] = (struct scored){ score[i], right[i] };
        rights += right[i];
    }
    qsort(s, n, sizeof *s, by_score);
    double a = rights && rights < n ? area(s, n, rights) : NAN;
    mem_free(s);
    return a;
}
