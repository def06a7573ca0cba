/* A bench (bench.h). */
#include "core/lab/bench.h"

#include <stdlib.h>
#include <string.h>

/* What the stages need: rounds first, then, where it is measured, the reasoning side. */
struct bench {
    size_t rounds, queries;
    bool no_cache;
    size_t distinct;
    size_t first[]; /* index of each different query */
};

static size_t stage_size(const struct runner *r, void *self, size_t stage)
{
    const struct bench *b = self;
    (void)r;
    return stage < b->rounds ? b->queries : stage == b->rounds ? b->distinct : 0;
}

static struct job job(const struct runner *r, void *self, size_t stage, size_t i)
{
    const struct bench *b = self;
    (void)r;
    if (stage == b->rounds)
        return (struct job){ .index = b->first[i],
                             .round = 1,
                             .force = ROUTE_REASONING,
                             .no_cache = true,
                             .always = true };
    int64_t round = (int64_t)stage + 1;
    return (struct job){
        .index = i, .round = round, .no_cache = b->no_cache, .sample = b->no_cache ? round : 0
    };
}

/* --- different queries ---------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    const struct set_item *x = *(const struct set_item *const *)a;
    const struct set_item *y = *(const struct set_item *const *)b;
    int c = strcmp(x->query, y->query);
    return c ? c : (x > y) - (x < y);
}

static int by_index(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

size_t set_distinct(const struct set *set, size_t *ret)
{
    const struct set_item **v = mem_new(const struct set_item *, set->count);
    size_t n = 0;
    for (size_t i = 0; i < set->count; i++)
        v[i] = &set->items[i];
    qsort(v, set->count, sizeof *v, by_text);
    for (size_t i = 0; i < set->count; i++)
        if (i == 0 || strcmp(v[i]->query, v[i - 1]->query) != 0)
            ret[n++] = (size_t)(v[i] - set->items);
    qsort(ret, n, sizeof *ret, by_index);
    mem_free(v);
    return n;
}

static size_t count_distinct(const struct set *set)
{
    size_t *first = mem_new(size_t, set->count);
    size_t n = set_distinct(set, first);
    mem_free(first);
    return n;
}

/* --- starting ----------------------------------------------------------------------------------- */

size_t bench_calls(const struct bench_options *o)
{
    size_t distinct = count_distinct(o->set);
    size_t calls = o->no_cache ? o->set->count * (size_t)o->rounds : distinct;
    return calls + (o->always ? distinct : 0) + (o->cold ? 0 : 2);
}

static struct json *said_of(const struct bench_options *o)
{
    struct json *j = json_object();
    json_put_int(j, "rounds", o->rounds);
    json_put_bool(j, "cold", o->cold);
    json_put_bool(j, "no_cache", o->no_cache);
    json_put_bool(j, "always_reasoning", o->always);
    json_put_int(j, "cache_size", CACHE_SIZE_TYPE);
    return j;
}

struct runner *bench_start(struct lab *lab, const struct bench_options *o, run_hear *hear,
                           void *self, struct error *err)
{
    struct bench *b = mem_alloc(sizeof *b + o->set->count * sizeof *b->first, 1);
    b->rounds = (size_t)o->rounds;
    b->queries = o->set->count;
    b->no_cache = o->no_cache;
    b->distinct = o->always ? set_distinct(o->set, b->first) : 0;
    struct run_plan plan = { .kind = "bench",
                             .purpose = "bench",
                             .name = o->name,
                             .notes = o->notes,
                             .set = o->set,
                             .settings = o->settings,
                             .no_cot = o->no_cot,
                             .concurrency = o->concurrency,
                             .fresh = true,
                             .said = said_of(o),
                             .stage_size = stage_size,
                             .job = job,
                             .self = b };
    if (!o->cold) {
        plan.warm[0] = lab->pipeline.fast;
        plan.warm[1] = lab->pipeline.reasoning;
    }
    return runner_start(lab, &plan, hear, self, err);
}
