/* Training, one update at a time (train.h). */
#include "core/nn/train.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/nn/matrix.h"
#include "core/nn/optim.h"
#include "core/nn/train_state.h"

struct nn_recipe nn_recipe_usual(void)
{
    return (struct nn_recipe){
        .seed = 1,
        .shares = 2,
        .batch = 12,
        .batch_to = 48,
        .warm = 50,
        .rate_matrix = 0.02,
        .rate_rest = 0.005,
        .rate_floor = 0.02,
    };
}

static int largest_batch(const struct nn_recipe *r)
{
    return r->batch > r->batch_to ? r->batch : r->batch_to;
}

static size_t largest_scratch(const struct nn_trainer *t)
{
    size_t most = 0;
    for (int i = 0; i < t->weights; i++) {
        size_t need = muon_scratch(t->list[i].rows, t->list[i].cols);
        if (t->list[i].matrix && need > most)
            most = need;
    }
    return most;
}

static int threads_of(const struct nn_recipe *r)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return r->threads ? r->threads : processors > 1 ? (int)processors : 1;
}

struct nn_trainer *nn_trainer_new(const struct nn_shape *shape, const struct nn_recipe *recipe,
                                  struct nn_source source)
{
    assert(recipe->shares >= 1 && recipe->shares <= NN_MAX_SHARES && recipe->threads >= 0);
    assert(recipe->batch >= 1 && recipe->batch_to >= 1);
    assert(recipe->gap >= 0 && recipe->gap <= NN_MAX_TOKENS);
    struct nn_trainer *t = mem_new(struct nn_trainer, 1);
    size_t most = (size_t)largest_batch(recipe);
    matrix_start();
    t->shape = *shape;
    t->recipe = *recipe;
    t->source = source;
    t->count = nn_map_of(shape).count;
    t->weights = nn_weights_list(shape, t->list);
    t->w = mem_new(float, t->count);
    t->mean = mem_new(float, t->count);
    t->square = mem_new(float, t->count);
    t->batch = mem_new(struct nn_example, most);
    t->gap = mem_new(int, most);
    t->order = mem_new(int, most);
    t->crew = nn_crew_new(recipe->shares, threads_of(recipe));
    size_t scratch = largest_scratch(t);
    for (int i = 0; i < recipe->shares; i++) {
        t->share[i].learner = nn_learner_new(shape);
        t->share[i].grad = mem_new(float, t->count);
        t->share[i].scratch = mem_new(float, scratch);
        t->share[i].example = mem_new(int, most);
    }
    random_seed(&t->random, recipe->seed);
    nn_weights_init(shape, &t->random, t->w);
    return t;
}

void nn_trainer_free(struct nn_trainer *t)
{
    if (!t)
        return;
    nn_crew_free(t->crew);
    for (int i = 0; i < t->recipe.shares; i++) {
        nn_learner_free(t->share[i].learner);
        mem_free(t->share[i].grad);
        mem_free(t->share[i].scratch);
        mem_free(t->share[i].example);
    }
    mem_free(t->w);
    mem_free(t->mean);
    mem_free(t->square);
    mem_free(t->batch);
    mem_free(t->gap);
    mem_free(t->order);
    mem_free(t);
}

/* --- the batch ---------------------------------------------------------------------------- */

/* Grows over the first half: small batches learn the first, easy things in fewer tokens. */
static int batch_at(const struct nn_recipe *r, double progress)
{
    return (int)(r->batch + (r->batch_to - r->batch) * fmin(1, progress / 0.5));
}

static void draw_batch(struct nn_trainer *t, double progress)
{
    t->examples = batch_at(&t->recipe, progress);
    for (int i = 0; i < t->examples; i++) {
        struct nn_example *ex = &t->batch[i];
        t->source.draw(t->source.self, &t->random, progress, ex);
        assert(ex->prompt >= 1 && ex->prompt < ex->total && ex->total <= NN_MAX_TOKENS);
        t->gap[i] = 0;
        if (t->recipe.gap > 0 && random_unit(&t->random) < t->recipe.gap_share)
            t->gap[i] = (int)random_below(&t->random, (uint64_t)t->recipe.gap);
    }
}

static int total_targets(const struct nn_trainer *t)
{
    int targets = 0;
    for (int i = 0; i < t->examples; i++)
        targets += t->batch[i].total - t->batch[i].prompt;
    return targets;
}

/* Longest first, each to the share with the least so far. */
static void share_out(struct nn_trainer *t)
{
    for (int i = 0; i < t->recipe.shares; i++)
        t->share[i].examples = t->share[i].tokens = 0;
    for (int i = 0; i < t->examples; i++) {
        int at = i; /* a stable insertion: batches are small */
        for (; at > 0 && t->batch[t->order[at - 1]].total < t->batch[i].total; at--)
            t->order[at] = t->order[at - 1];
        t->order[at] = i;
    }
    for (int i = 0; i < t->examples; i++) {
        struct share *least = &t->share[0];
        for (int k = 1; k < t->recipe.shares; k++)
            if (t->share[k].tokens < least->tokens)
                least = &t->share[k];
        least->example[least->examples++] = t->order[i];
        least->tokens += t->batch[t->order[i]].total - 1;
    }
}

/* --- one update: its three pieces of work, each done in shares ----------------------------------- */

static void learn_share(void *self, int number)
{
    struct nn_trainer *t = self;
    struct share *s = &t->share[number];
    memset(s->grad, 0, t->count * sizeof *s->grad);
    s->loss = 0;
    nn_pack_clear(&s->pack);
    for (int i = 0; i < s->examples; i++) {
        const struct nn_example *ex = &t->batch[s->example[i]];
        int gap = t->gap[s->example[i]];
        if (nn_pack_add(&s->pack, ex, gap))
            continue;
        s->loss += nn_learn(s->learner, t->w, &s->pack, t->weight, s->grad);
        nn_pack_clear(&s->pack);
        nn_pack_add(&s->pack, ex, gap);
    }
    if (s->pack.rows)
        s->loss += nn_learn(s->learner, t->w, &s->pack, t->weight, s->grad);
}

/* Adds a stretch of all gradients into the first, share by share in order. */
static void sum_share(void *self, int number)
{
    struct nn_trainer *t = self;
    size_t shares = (size_t)t->recipe.shares, at = (size_t)number;
    size_t from = t->count * at / shares, to = t->count * (at + 1) / shares;
    for (size_t i = 1; i < shares; i++)
        nn_add((int)(to - from), t->share[i].grad + from, t->share[0].grad + from);
}

static void move_weight(struct nn_trainer *t, const struct nn_weight *x, float *scratch)
{
    size_t n = (size_t)x->rows * (size_t)x->cols;
    float *g = t->share[0].grad + x->at;
    if (x->matrix) {
        muon_step(x->rows, x->cols, t->rate * t->recipe.rate_matrix, g, t->mean + x->at,
                  t->w + x->at, scratch);
        return;
    }
    const struct adam how = { t->rate * t->recipe.rate_rest, 0.9, 0.98, t->updates + 1 };
    adam_step(&how, n, g, t->mean + x->at, t->square + x->at, t->w + x->at);
}

/* Each weight to the share with the least work so far; every share counts alike. */
static void move_share(void *self, int number)
{
    struct nn_trainer *t = self;
    double work[NN_MAX_SHARES] = { 0 };
    for (int i = 0; i < t->weights; i++) {
        const struct nn_weight *x = &t->list[i];
        int least = 0;
        for (int k = 1; k < t->recipe.shares; k++)
            if (work[k] < work[least])
                least = k;
        double small = x->rows < x->cols ? x->rows : x->cols;
        work[least] += (double)x->rows * x->cols * (x->matrix ? 2 * small : 1);
        if (least == number)
            move_weight(t, x, t->share[number].scratch);
    }
}

bool nn_trainer_step(struct nn_trainer *t, double progress, struct nn_update *ret,
                     struct error *err)
{
    struct random before = t->random;
    draw_batch(t, progress);
    share_out(t);
    int targets = total_targets(t), tokens = 0;
    t->weight = 1.0f / (float)targets;
    nn_crew_run(t->crew, learn_share, t);

    double loss = 0;
    for (int i = 0; i < t->recipe.shares; i++) {
        loss += t->share[i].loss;
        tokens += t->share[i].tokens;
    }
    if (!isfinite(loss)) {
        t->random = before;
        return error_set(err, ERR_MODEL,
                         "the loss is no longer a number after %lld updates: try lower rates",
                         (long long)t->updates);
    }
    t->rate = rate_share(t->updates + 1, t->recipe.warm, progress, t->recipe.rate_floor);
    nn_crew_run(t->crew, sum_share, t);
    nn_crew_run(t->crew, move_share, t);
    t->updates++;
    t->tokens += tokens;
    *ret = (struct nn_update){ t->updates, loss / targets, tokens, targets, t->rate };
    return true;
}

const float *nn_trainer_weights(const struct nn_trainer *t)
{
    return t->w;
}

const struct nn_shape *nn_trainer_shape(const struct nn_trainer *t)
{
    return &t->shape;
}

int64_t nn_trainer_updates(const struct nn_trainer *t)
{
    return t->updates;
}

int64_t nn_trainer_tokens(const struct nn_trainer *t)
{
    return t->tokens;
}
