/* Trains one of the built-in pair and writes its weights, with a log of JSON lines on standard
 * output: the loss every 100 updates, the held-out score every 1000.
 *
 *   nn_train_pair fast|reason OUT.weights [UPDATES [SEED [THREADS]]]
 *   nn_train_pair score OUT.weights [N [SEED]]            the score alone, N problems a kind */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/nn/pair.h"
#include "core/nn/sample.h"
#include "core/nn/stream.h"
#include "core/nn/weights.h"

static int fail(const struct error *err)
{
    fprintf(stderr, "%s\n", err->text);
    return 1;
}

/* --- the score ---------------------------------------------------------------------------- */

static const struct row {
    enum problem_kind kind;
    int from, to; /* steps; 0 0: the kind has no choice */
} rows[] = {
    { PROBLEM_ADD, 0, 0 },    { PROBLEM_SUB, 0, 0 },    { PROBLEM_TIMES, 0, 0 },
    { PROBLEM_REV, 0, 0 },    { PROBLEM_PARITY, 0, 0 }, { PROBLEM_COMPARE, 0, 0 },
    { PROBLEM_CHAIN, 1, 8 },  { PROBLEM_EXPR, 2, 6 },   { PROBLEM_WORD, 1, 6 },
    { PROBLEM_BAT, 0, 0 },    { PROBLEM_SEQ, 0, 0 },    { PROBLEM_MUL, 0, 0 },
    { PROBLEM_SUMPAR, 1, 5 }, { PROBLEM_REFUSE, 0, 0 }, { PROBLEM_BROKEN, 1, 6 },
};

/* What the model writes after the prompt, greedily. Returns the tokens. */
static int write_on(struct nn_stream *s, const struct nn_example *ex, int *ret)
{
    const struct nn_taste greedy = { .top_p = 1 };
    int n = 0, vocab = (int)vocabulary_size();
    nn_stream_clear(s);
    nn_stream_feed(s, ex->ids, ex->prompt);
    while (nn_stream_room(s) > 0 && n < NN_MAX_TOKENS) {
        ret[n++] = nn_choose(vocab, nn_stream_logits(s), &greedy, NULL).id;
        if (ret[n - 1] == TOKEN_END)
            break;
        nn_stream_feed(s, &ret[n - 1], 1);
    }
    return n;
}

/* Where the answer starts: after the thinking. */
static int answer_at(const int *ids, int n)
{
    for (int i = 0; i < n; i++)
        if (ids[i] == TOKEN_THINK_END)
            return i + 1;
    return 0;
}

static bool is_right(const struct nn_example *ex, const int *wrote, int n)
{
    const int *want = ex->ids + ex->prompt;
    int wants = ex->total - ex->prompt;
    int a = answer_at(want, wants), b = answer_at(wrote, n);
    return wants - a == n - b && memcmp(want + a, wrote + b, (size_t)(n - b) * sizeof *want) == 0;
}

static double score_of(struct nn_stream *s, bool thinks, enum problem_kind kind, int steps, int n,
                       uint64_t seed)
{
    struct random r;
    random_seed(&r, seed);
    int right = 0;
    for (int i = 0; i < n; i++) {
        const struct problem_ask ask = { .kind = kind, .side = PROBLEM_HELD_OUT, .steps = steps };
        struct problem p;
        struct nn_example ex;
        struct error err;
        int wrote[NN_MAX_TOKENS];
        if (!problem_draw(&ask, &r, &p, &err))
            exit(fail(&err));
        problem_encode(&p, thinks, &ex);
        int count = write_on(s, &ex, wrote);
        right += is_right(&ex, wrote, count);
    }
    return 100.0 * right / n;
}

static void print_score(const struct nn_net *net, bool thinks, int n, uint64_t seed)
{
    struct nn_stream *s = nn_stream_new(net);
    printf("\"score\":{");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int steps = rows[i].from; steps <= rows[i].to; steps++) {
            printf("%s\"%s", i || steps > rows[i].from ? "," : "", problem_kind_name(rows[i].kind));
            if (steps)
                printf("%d", steps);
            printf("\":%.1f", score_of(s, thinks, rows[i].kind, steps, n, seed));
        }
    printf("}");
    nn_stream_free(s);
}

static int score_file(const char *path, int n, uint64_t seed)
{
    struct nn_card card;
    float *w;
    struct error err;
    if (!nn_weights_read(path, &card, &w, &err))
        return fail(&err);
    const struct nn_built_in *b = nn_built_in_find(card.name);
    struct nn_net *net = nn_net_new(&card.shape, w);
    printf("{\"name\":\"%s\",\"n\":%d,", card.name, n);
    print_score(net, b && b->source->thinks, n, seed);
    printf("}\n");
    nn_net_free(net);
    mem_free(w);
    return 0;
}

/* --- training ----------------------------------------------------------------------------- */

static void log_line(const struct nn_built_in *b, const struct nn_trainer *t, double loss,
                     double seconds)
{
    printf("{\"name\":\"%s\",\"update\":%lld,\"loss\":%.4f,\"tokens\":%lld,\"seconds\":%.1f",
           b->name, (long long)nn_trainer_updates(t), loss, (long long)nn_trainer_tokens(t),
           seconds);
    if (nn_trainer_updates(t) % 1000 == 0) {
        struct nn_net *net = nn_net_new(nn_trainer_shape(t), nn_trainer_weights(t));
        printf(",");
        print_score(net, b->source->thinks, 64, 1);
        nn_net_free(net);
    }
    printf("}\n");
    fflush(stdout);
}

static int train(const struct nn_built_in *b, const struct nn_recipe *recipe, const char *path,
                 int updates)
{
    struct nn_trainer *t = nn_trainer_new(&b->shape, recipe, problem_source_draws(b->source));
    const struct clock *c = clock_real();
    int64_t spent = 0; /* training alone, without the scores */
    double loss = 0;
    struct error err;
    for (int i = 0; i < updates; i++) {
        struct nn_update u;
        int64_t start = clock_mono(c);
        if (!nn_trainer_step(t, (double)i / updates, &u, &err))
            return fail(&err);
        spent += clock_mono(c) - start;
        loss = i ? 0.98 * loss + 0.02 * u.loss : u.loss;
        if (u.number % 100 == 0)
            log_line(b, t, loss, clock_seconds(spent));
    }
    struct nn_card card = { .shape = b->shape, .vocab = vocabulary_hash() };
    snprintf(card.name, sizeof card.name, "%s", b->name);
    bool ok = nn_weights_write(path, &card, nn_trainer_weights(t), &err);
    nn_trainer_free(t);
    return ok ? 0 : fail(&err);
}

int main(int argc, char **argv)
{
    const struct nn_built_in *b = argc > 2 ? nn_built_in_find(argv[1]) : NULL;
    if (argc > 2 && strcmp(argv[1], "score") == 0)
        return score_file(argv[2], argc > 3 ? atoi(argv[3]) : 500,
                          argc > 4 ? strtoull(argv[4], NULL, 10) : 2);
    if (!b) {
        fprintf(stderr, "usage: %s fast|reason|score FILE [N [SEED]]\n", argv[0]);
        return 2;
    }
    struct nn_recipe recipe = b->recipe;
    if (argc > 4)
        recipe.seed = strtoull(argv[4], NULL, 10);
    if (argc > 5)
        recipe.threads = atoi(argv[5]);
    return train(b, &recipe, argv[2], argc > 3 ? atoi(argv[3]) : b->updates);
}
