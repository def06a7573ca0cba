/* How fast the built-in models train and run: milliseconds an update at full batch and
 * microseconds a token, for both shapes; and how long weights take to be ready; as JSON lines.
 * The best of all tries is given, since other programs can only make them slower. Not a test: figures depend on the machine.   nn_speed [UPDATES] */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/nn/sample.h"
#include "core/nn/stream.h"
#include "core/nn/train.h"
#include "core/nn/weights.h"

/* Sequences as long as the real ones, of random tokens. */
struct lengths {
    int prompt, target; /* means */
};

static void draw(void *self, struct random *r, double progress, struct nn_example *ret)
{
    (void)progress;
    const struct lengths *mean = self;
    ret->prompt = mean->prompt / 2 + (int)random_below(r, (uint64_t)mean->prompt);
    ret->total = ret->prompt + mean->target / 2 + 1 + (int)random_below(r, (uint64_t)mean->target);
    ret->turn = ret->prompt - 1;
    for (int i = 0; i < ret->total; i++)
        ret->ids[i] = (int)random_below(r, 247);
}

/* The best update's time a token, times the mean number of tokens. */
static double ms_an_update(const struct nn_shape *shape, int batch, int gap, int threads,
                           struct lengths mean, int updates, double *ret_tokens)
{
    struct nn_recipe recipe = nn_recipe_usual();
    recipe.batch = recipe.batch_to = batch;
    recipe.gap = gap;
    recipe.gap_share = 0.7;
    recipe.threads = threads;
    struct nn_trainer *t = nn_trainer_new(shape, &recipe, (struct nn_source){ draw, &mean });
    struct error err;
    struct nn_update u;
    const struct clock *c = clock_real();
    double best = 1e9;
    *ret_tokens = 0;
    for (int i = 0; i < updates; i++) {
        int64_t start = clock_mono(c);
        if (!nn_trainer_step(t, 0.5, &u, &err)) {
            fprintf(stderr, "%s\n", err.text);
            exit(1);
        }
        double ms = clock_seconds(clock_mono(c) - start) * 1000 / u.tokens;
        best = ms < best ? ms : best;
        *ret_tokens += (double)u.tokens / updates;
    }
    nn_trainer_free(t);
    return best * *ret_tokens;
}

/* A prompt of 24 tokens and 40 more, over and over: shortest and middle time of a token. */
static void tokens(const char *name, const struct nn_net *net)
{
    enum { TEXTS = 50, PROMPT = 24, MORE = 40 };
    const struct nn_taste taste = { 0.8, 0.95 };
    const struct clock *c = clock_real();
    struct nn_stream *s = nn_stream_new(net);
    struct random r;
    random_seed(&r, 1);
    double best_prompt = 1e9, best_more = 1e9;
    for (int i = 0; i < TEXTS; i++) {
        int ids[PROMPT];
        for (int k = 0; k < PROMPT; k++)
            ids[k] = (int)random_below(&r, 247);
        int64_t start = clock_mono(c);
        nn_stream_clear(s);
        nn_stream_feed(s, ids, PROMPT);
        int64_t middle = clock_mono(c);
        for (int k = 0; k < MORE; k++) {
            struct nn_pick p = nn_choose(247, nn_stream_logits(s), &taste, &r);
            nn_stream_feed(s, &p.id, 1);
        }
        double prompt = clock_seconds(middle - start) * 1e6 / PROMPT;
        double more = clock_seconds(clock_mono(c) - middle) * 1e6 / MORE;
        best_prompt = prompt < best_prompt ? prompt : best_prompt;
        best_more = more < best_more ? more : best_more;
    }
    printf("{\"model\":\"%s\",\"what\":\"token\",\"prompt_us\":%.0f,\"written_us\":%.0f}\n", name,
           best_prompt, best_more);
    nn_stream_free(s);
}

static void ready(const char *name, const char *path)
{
    const struct clock *c = clock_real();
    struct nn_card card;
    float *w;
    struct error err;
    int64_t start = clock_mono(c);
    if (!nn_weights_read(path, &card, &w, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return;
    }
    struct nn_net *net = nn_net_new(&card.shape, w);
    printf("{\"model\":\"%s\",\"what\":\"ready\",\"ms\":%.1f}\n", name,
           clock_seconds(clock_mono(c) - start) * 1000);
    tokens(name, net);
    nn_net_free(net);
    mem_free(w);
}

int main(int argc, char **argv)
{
    int updates = argc > 1 ? atoi(argv[1]) : 50;
    static const struct row {
        const char *name;
        struct nn_shape shape;
        int batch, gap;
        struct lengths mean;
    } rows[] = {
        { "fast", { 247, 128, 3, 4 }, 96, 0, { 14, 4 } },
        { "reason", { 247, 128, 3, 4 }, 48, 64, { 19, 28 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int threads = 1; threads <= 2; threads++) {
            double tokens;
            double ms = ms_an_update(&rows[i].shape, rows[i].batch, rows[i].gap, threads,
                                     rows[i].mean, updates, &tokens);
            printf("{\"model\":\"%s\",\"what\":\"update\",\"threads\":%d,\"ms\":%.1f,"
                   "\"tokens\":%.0f}\n",
                   rows[i].name, threads, ms, tokens);
            fflush(stdout);
        }
    ready("fast", "data/mini/fast.weights");
    ready("reason", "data/mini/reason.weights");
    return 0;
}
