/* Pairing the model calls of two sides (paired.h): each side becomes points sorted by query, one
 * a query, and two sorted lists are walked together. */
#include "core/lab/paired.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lab/answer.h"

/* One call, or the mean of a query's calls. */
struct point {
    const char *hash;
    int64_t round, index;
    double s, tokens, right; /* NAN: unknown */
    size_t n;
};

struct points {
    struct point *v;
    size_t n, cap;
    bool estimated;
};

/* --- points ------------------------------------------------------------------------------ */

static bool side_takes(const struct side *s, const struct run_item *i)
{
    bool counts = item_is_call(i) || (s->fallbacks && item_is_fallback(i));
    return counts && i->always == s->always &&
           (!s->model || (i->model && strcmp(i->model, s->model) == 0));
}

/* Also by round and place, so that sums are always made in the same order. */
static int by_query(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    int c = strcmp(x->hash, y->hash);
    if (c == 0)
        c = (x->round > y->round) - (x->round < y->round);
    return c ? c : (x->index > y->index) - (x->index < y->index);
}

static void collect(const struct side *s, struct points *ret)
{
    for (size_t n = 0; n < s->items->n; n++) {
        const struct run_item *i = &s->items->v[n];
        if (!side_takes(s, i))
            continue;
        ret->v = mem_grow(ret->v, &ret->cap, ret->n + 1, sizeof *ret->v);
        ret->v[ret->n++] = (struct point){
            .hash = i->query_hash,
            .round = i->round,
            .index = i->query_index,
            .s = item_call_s(i),
            .tokens = i->completion_tokens >= 0 ? (double)i->completion_tokens : NAN,
            .right = i->correct >= 0 ? i->correct : NAN,
            .n = 1,
        };
        if (i->tokens_kind && kind_from_name(i->tokens_kind) == KIND_ESTIMATED)
            ret->estimated = true;
    }
    if (ret->n)
        qsort(ret->v, ret->n, sizeof *ret->v, by_query);
}

/* Sums the neighbours of one query into one mean. A call that does not know a figure leaves
 * the query without it: a mean over other calls would be no pair. */
static void average(struct points *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct point *last = kept ? &p->v[kept - 1] : NULL;
        if (!last || strcmp(last->hash, p->v[i].hash) != 0) {
            p->v[kept++] = p->v[i];
            continue;
        }
        last->s += p->v[i].s;
        last->tokens += p->v[i].tokens;
        last->right += p->v[i].right;
        last->n++;
    }
    p->n = kept;
    for (size_t i = 0; i < kept; i++) {
        struct point *q = &p->v[i];
        q->s /= (double)q->n;
        q->tokens /= (double)q->n;
        q->right /= (double)q->n;
    }
}

/* --- pairs ------------------------------------------------------------------------------- */

struct differences {
    struct sample seconds, tokens, right;
};

static void take_pair(const struct point *a, const struct point *b, struct differences *d,
                      struct paired *ret)
{
    ret->pairs++;
    ret->total_a += a->s;
    ret->total_b += b->s;
    sample_add(&d->seconds, b->s - a->s);
    sample_add(&d->tokens, b->tokens - a->tokens);
    if (!isnan(b->tokens - a->tokens)) {
        ret->tokens_a += a->tokens;
        ret->tokens_b += b->tokens;
    }
    if (isnan(a->right) || isnan(b->right))
        return;
    sample_add(&d->right, b->right - a->right);
    ret->right_a += a->right;
    ret->right_b += b->right;
}

static int order(const struct points *a, size_t i, const struct points *b, size_t j)
{
    if (i == a->n || j == b->n)
        return i == a->n ? 1 : -1;
    return strcmp(a->v[i].hash, b->v[j].hash);
}

static void pair_up(const struct points *a, const struct points *b, struct differences *d,
                    struct paired *ret)
{
    for (size_t i = 0, j = 0; i < a->n || j < b->n;) {
        int c = order(a, i, b, j);
        if (c == 0)
            take_pair(&a->v[i], &b->v[j], d, ret);
        ret->only_a += c < 0;
        ret->only_b += c > 0;
        i += c <= 0;
        j += c >= 0;
    }
}

void paired_compare(const struct side *a, const struct side *b, struct paired *ret)
{
    struct points pa = { 0 }, pb = { 0 };
    struct differences d = { 0 };
    struct paired out = { 0 };
    collect(a, &pa);
    collect(b, &pb);
    average(&pa);
    average(&pb);
    pair_up(&pa, &pb, &d, &out);
    out.seconds = stats_paired(d.seconds.v, d.seconds.n);
    out.tokens = stats_paired(d.tokens.v, d.tokens.n);
    out.tokens_estimated = pa.estimated || pb.estimated;
    out.right = stats_paired(d.right.v, d.right.n);
    sample_done(&d.seconds);
    sample_done(&d.tokens);
    sample_done(&d.right);
    mem_free(pa.v);
    mem_free(pb.v);
    *ret = out;
}

/* --- words ------------------------------------------------------------------------------- */

/* Milliseconds below a tenth of a second; as many digits as a person compares by. */
struct scale {
    double factor;
    int digits;
    const char *unit;
};

static struct scale scale_for(double s)
{
    s = fabs(s);
    if (s < 0.0995)
        return (struct scale){ 1000, 1, "ms" };
    return (struct scale){ 1, s < 9.995 ? 2 : 1, "s" };
}

/* The ends of an interval seen from the side that wins, smaller first. */
static void put_range(const struct interval *i, const struct scale *c, struct buf *to)
{
    double low = i->low * c->factor, high = i->high * c->factor;
    if (i->estimate < 0) {
        double turned = -low;
        low = -high;
        high = turned;
    }
    buf_printf(to, "(95 %%: %.*f to %.*f%s%s", c->digits, low, c->digits, high, *c->unit ? " " : "",
               c->unit);
}

void paired_time_words(const struct interval *seconds, const char *per, struct buf *to)
{
    struct scale c = scale_for(seconds->estimate);
    if (!isfinite(seconds->low))
        return;
    buf_printf(to, "%.*f %s %s%s ", c.digits, c.factor * fabs(seconds->estimate), c.unit,
               seconds->estimate < 0 ? "faster" : "slower", per);
    put_range(seconds, &c, to);
    buf_printf(to, ", %zu pairs)", seconds->n);
}

void paired_right_words(const struct interval *right, struct buf *to)
{
    if (!isfinite(right->low))
        return;
    buf_printf(to, "%.1f points %s often right ", 100 * fabs(right->estimate),
               right->estimate < 0 ? "less" : "more");
    put_range(right, &(struct scale){ 100, 1, "" }, to);
    buf_printf(to, ", %zu pairs)", right->n);
}

static void put_time_clause(const struct paired *p, const char *name_a, const char *name_b,
                            struct buf *to)
{
    const struct interval *s = &p->seconds;
    struct scale c = scale_for(fmax(fabs(s->low), fabs(s->high)));
    switch (stats_verdict(s)) {
    case DIFFERENCE_LESS:
    case DIFFERENCE_MORE:
        buf_printf(to, "%s is ", name_b);
        paired_time_words(s, " per model call", to);
        break;
    case DIFFERENCE_NONE:
        buf_printf(to,
                   "no clear difference in time: %s minus %s is %+.*f %s per model call "
                   "(95 %%: %+.*f to %+.*f %s, %zu pairs)",
                   name_b, name_a, c.digits, c.factor * s->estimate, c.unit, c.digits,
                   c.factor * s->low, c.digits, c.factor * s->high, c.unit, s->n);
        break;
    case DIFFERENCE_UNKNOWN:
        buf_printf(to, "too few pairs for a verdict on time: %zu, and %d are needed", p->pairs,
                   STATS_MIN_PAIRS);
    }
}

static void put_right_clause(const struct paired *p, const char *name_b, struct buf *to)
{
    switch (stats_verdict(&p->right)) {
    case DIFFERENCE_LESS:
    case DIFFERENCE_MORE:
        buf_printf(to, "; %s is ", name_b);
        paired_right_words(&p->right, to);
        break;
    case DIFFERENCE_NONE:
        buf_printf(to, "; no clear difference in right answers (%g and %g of %zu)", p->right_a,
                   p->right_b, p->right.n);
        break;
    case DIFFERENCE_UNKNOWN:
        break; /* no known answers, which the table says */
    }
}

void paired_sentence(const struct paired *p, const char *name_a, const char *name_b, struct buf *to)
{
    if (p->pairs == 0) {
        buf_puts(to, "nothing to compare: no query has a model call on both sides");
        return;
    }
    put_time_clause(p, name_a, name_b, to);
    put_right_clause(p, name_b, to);
}
