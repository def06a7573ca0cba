/* Choosing the next token (sample.h). */
#include "core/nn/sample.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/nn/shape.h"

static int likeliest(int vocab, const float *logits)
{
    int best = 0;
    for (int i = 1; i < vocab; i++)
        if (logits[i] > logits[best])
            best = i;
    return best;
}

double nn_logprob(int vocab, const float *logits, int id)
{
    double most = (double)logits[likeliest(vocab, logits)], sum = 0;
    for (int i = 0; i < vocab; i++)
        sum += exp((double)logits[i] - most);
    return (double)logits[id] - most - log(sum);
}

/* A token and its share, to be put in order. */
struct candidate {
    int id;
    double share;
};

static int by_share(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->share != y->share)
        return x->share < y->share ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Keeps the first few whose shares reach top_p of the sum. Returns how many. */
static int keep_likeliest(int n, struct candidate *list, double top_p, double *sum)
{
    qsort(list, (size_t)n, sizeof *list, by_share);
    double kept = 0, all = *sum;
    int k = 0;
    while (k < n && (k == 0 || kept < top_p * all))
        kept += list[k++].share;
    *sum = kept;
    return k;
}

static int draw(int vocab, const float *logits, const struct nn_taste *taste, struct random *r)
{
    struct candidate list[NN_MAX_VOCAB];
    double most = (double)logits[likeliest(vocab, logits)], sum = 0;
    int n = vocab;
    for (int i = 0; i < vocab; i++) {
        list[i] = (struct candidate){ i, exp(((double)logits[i] - most) / taste->temperature) };
        sum += list[i].share;
    }
    if (taste->top_p < 1)
        n = keep_likeliest(n, list, taste->top_p, &sum);
    double at = random_unit(r) * sum;
    int k = 0;
    while (k < n - 1 && at >= list[k].share)
        at -= list[k++].share;
    /* Rounding may leave a crumb beyond the last: a share of nothing is not chosen. */
    while (k > 0 && list[k].share <= 0)
        k--;
    return list[k].id;
}

struct nn_pick nn_choose(int vocab, const float *logits, const struct nn_taste *taste,
                         struct random *r)
{
    assert(vocab >= 1 && vocab <= NN_MAX_VOCAB);
    int id = taste->temperature > 0 ? draw(vocab, logits, taste, r) : likeliest(vocab, logits);
    return (struct nn_pick){ id, nn_logprob(vocab, logits, id) };
}
