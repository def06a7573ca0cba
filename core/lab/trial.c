/* A trial (trial.h). */
#include "core/lab/trial.h"

#include <math.h>
#include <string.h>

#include "core/limits.h"
#include "core/store/calls.h"

struct trial {
    size_t queries;
    bool no_cache;
};

static size_t stage_size(const struct runner *r, void *self, size_t stage)
{
    const struct trial *t = self;
    (void)r;
    return stage == 0 ? t->queries : stage == 1 ? 1 : 0;
}

/* A row of the set's first query, or NULL. */
static const struct run_item *first_of(const struct items *t, int64_t round)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->v[i].query_index == 0 && t->v[i].round == round)
            return &t->v[i];
    return NULL;
}

static struct job job(const struct runner *r, void *self, size_t stage, size_t i)
{
    const struct trial *t = self;
    if (stage == 0)
        return (struct job){ .index = i, .round = 1, .no_cache = t->no_cache };
    const struct run_item *first = first_of(runner_items(r), 1);
    return (struct job){ .index = 0, .round = 2, .no_cache = first && item_is_hit(first) };
}

struct runner *trial_start(struct lab *lab, const struct trial_options *o, run_hear *hear,
                           void *self, struct error *err)
{
    struct trial *t = mem_new(struct trial, 1);
    *t = (struct trial){ o->set->count, o->no_cache };
    struct json *said = json_object();
    json_put_bool(said, "no_cache", o->no_cache);
    struct run_plan plan = { .kind = "trial",
                             .purpose = "trial",
                             .name = o->name,
                             .notes = o->notes,
                             .set = o->set,
                             .settings = o->settings,
                             .no_cot = o->no_cot,
                             .concurrency = 1,
                             .said = said,
                             .stage_size = stage_size,
                             .job = job,
                             .self = t };
    return runner_start(lab, &plan, hear, self, err);
}

/* --- the repeat test --------------------------------------------------------------------------- */

void trial_repeat(const struct items *t, struct repeat *ret)
{
    const struct run_item *first = first_of(t, 1), *again = first_of(t, 2);
    struct repeat r = { .call_s = NAN, .load_s = NAN, .hit_s = NAN, .ratio = NAN };
    r.was_cached = first && item_is_hit(first);
    const struct run_item *call = r.was_cached ? again : first;
    const struct run_item *hit = r.was_cached ? first : again;
    r.slowed = call && item_outcome(call) == OUTCOME_SLOWED;
    /* What a fallback took is the other model's failure and its own call. */
    r.done = call && hit && item_outcome(call) == OUTCOME_ANSWERED &&
             item_outcome(hit) == OUTCOME_ANSWERED && !item_is_fallback(call);
    if (r.done) {
        r.hit = item_is_hit(hit);
        r.call_s = call->latency_s;
        r.load_s = item_is_cold(call) ? call->load_s : NAN;
    }
    if (r.done && r.hit) {
        r.hit_s = hit->latency_s;
        r.ratio = r.hit_s > 0 ? r.call_s / r.hit_s : NAN;
    }
    *ret = r;
}

/* A ratio over a cold call tells of the disk more than of the model. */
static bool put_loading(const struct repeat *r, struct buf *to)
{
    if (!isfinite(r->load_s) || !isfinite(r->ratio))
        return false;
    buf_printf(to,
               "Loading the model took %.2f s of the call, once; without that it is %.0f "
               "times as fast. ",
               r->load_s, fmax(r->call_s - r->load_s, 0) / r->hit_s);
    return true;
}

void trial_repeat_words(const struct repeat *r, struct buf *to)
{
    if (r->slowed) {
        buf_puts(to, "the model was slowed on purpose (mini.pace), so there is no ratio");
        return;
    }
    if (!r->done) {
        buf_puts(
            to,
            "not both of the two calls were answered as they were routed, so there is no ratio");
        return;
    }
    if (!r->hit) {
        buf_puts(to, "the second call was answered by the model too, so there is no ratio: the "
                     "cache did not hold the first answer, as it keeps only finished ones and "
                     "drops the oldest where it is full");
        return;
    }
    if (r->was_cached)
        buf_puts(to, "The first call found its answer in the cache already, so the model was asked "
                     "once more, without a look-up. ");
    bool cold = put_loading(r, to);
    buf_puts(to, "The ratio says how slow the model was, not how good the cache is");
    buf_puts(to, cold ? "." : ": a slower model makes it larger.");
}

/* --- why a query got its level -------------------------------------------------------------------- */

static void put_signal(const struct signal *g, const char *query, struct buf *to)
{
    buf_printf(to, "%s %+d", g->what, g->points);
    bool other_words =
        g->at && (strlen(g->what) != g->len || strncmp(g->what, query + g->from, g->len) != 0);
    if (!other_words)
        return;
    buf_puts(to, " (\"");
    buf_add(to, query + g->from, g->len);
    buf_puts(to, "\")");
}

/* Where the neighbouring levels would begin. */
static void put_thresholds(const struct thresholds *t, enum level level, struct buf *to)
{
    if (level == LEVEL_SIMPLE)
        buf_printf(to, "; moderate begins at %d", t->moderate);
    else if (level == LEVEL_MODERATE)
        buf_printf(to, "; complex begins at %d", t->complex);
    else
        buf_printf(to, "; moderate ends below %d", t->complex);
}

void trial_why(const struct rules *rules, const struct thresholds *moved, const char *query,
               size_t len, struct buf *to)
{
    struct verdict v = { 0 };
    struct thresholds t = moved ? *moved : rules_thresholds(rules);
    classify(rules, query, len, &v);
    enum level level = thresholds_level(&t, v.score);
    buf_printf(to, "scored %d, so %s: ", v.score, level_name(level));
    if (!v.count)
        buf_puts(to, "no listed word or pattern occurs in it");
    for (size_t i = 0; i < v.count; i++) {
        if (i)
            buf_puts(to, ", ");
        put_signal(&v.signals[i], query, to);
    }
    put_thresholds(&t, level, to);
    verdict_done(&v);
}

/* --- a person's own labels -------------------------------------------------------------------------- */

bool trial_own_labels(struct store *s, const struct set *set, const struct items *t,
                      struct own_labels *ret, struct error *err)
{
    struct own_labels own = { 0 };
    for (size_t i = 0; i < t->n; i++) {
        const struct run_item *row = &t->v[i];
        char label[16];
        if (row->round != 1 || row->query_index < 0 || (size_t)row->query_index >= set->count)
            continue;
        const struct set_item *q = &set->items[row->query_index];
        if (!label_get(s, q->query, q->query_len, label, err))
            return false;
        own.n += label[0] != '\0';
        own.agreed += label[0] && row->level && strcmp(label, row->level) == 0;
    }
    *ret = own;
    return true;
}
