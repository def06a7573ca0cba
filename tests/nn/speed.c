/* How fast the built-in models train: milliseconds an update at full batch for both shapes.
 * Not a test: figures depend on the machine.   test_nn_speed [UPDATES] */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/nn/train.h"

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
        ret->ids[i] = (int)random_below(r, 250);
}

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
    int64_t start = 0;
    *ret_tokens = 0;
    for (int i = 0; i < updates + 3; i++) {
        if (i == 3) /* warm by then */
            start = clock_mono(c);
        if (!nn_trainer_step(t, 0.5, &u, &err)) {
            fprintf(stderr, "%s\n", err.text);
            exit(1);
        }
        *ret_tokens += i >= 3 ? u.tokens : 0;
    }
    double ms = clock_seconds(clock_mono(c) - start) * 1000 / updates;
    *ret_tokens /= updates;
    nn_trainer_free(t);
    return ms;
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
        { "fast", { 250, 112, 3, 4 }, 96, 0, { 14, 4 } },
        { "reason", { 250, 128, 3, 4 }, 48, 64, { 19, 28 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int threads = 1; threads <= 2; threads++) {
            double tokens;
            double ms = ms_an_update(&rows[i].shape, rows[i].batch, rows[i].gap, threads,
                                     rows[i].mean, updates, &tokens);
            printf("%-6s %d threads %7.1f ms an update (%.0f tokens)\n", rows[i].name, threads, ms,
                   tokens);
            fflush(stdout);
        }
    return 0;
}
