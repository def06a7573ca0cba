/* Facts out of several parts of the lab (notes.h). */
#include "core/lab/notes.h"

#include <string.h>

#include "core/lab/set.h"
#include "core/route/classifier.h"
#include "core/store/calls.h"

/* --- shipped queries --------------------------------------------------------------------------------- */

struct shipped {
    struct shipped_query *queries;
    size_t count, cap;
};

static void add_set(struct shipped *all, const struct set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct set_item *q = &set->items[i];
        all->queries = mem_grow(all->queries, &all->cap, all->count + 1, sizeof *all->queries);
        all->queries[all->count++] =
            (struct shipped_query){ fold_of(q->query, q->query_len),
                                    q->has_label ? level_name(q->label) : NULL };
    }
}

static struct hash digest_of(const struct shipped *all)
{
    struct hash_state s;
    hash_start(&s);
    for (size_t i = 0; i < all->count; i++) {
        hash_field(&s, all->queries[i].fold.bytes, HASH_BYTES);
        hash_field_text(&s, all->queries[i].level);
    }
    return hash_end(&s);
}

/* A set of the same name in the config folder is the person's own, and is not looked at. */
bool shipped_note(struct lab *lab, struct error *err)
{
    struct paths shipped = lab->paths;
    struct buf names = buf_with_max(8000);
    struct shipped all = { 0 };
    bool ok = true;
    shipped.config_dir = NULL;
    set_names(&shipped, &names);
    char *rest = NULL, *text = mem_string(buf_text(&names));
    for (char *name = strtok_r(text, ", ", &rest); ok && name; name = strtok_r(NULL, ", ", &rest)) {
        struct set set = { 0 };
        ok = set_load(&shipped, name, &set, err);
        if (ok)
            add_set(&all, &set);
        set_done(&set);
    }
    struct hash digest = digest_of(&all);
    ok = ok && shipped_put(lab->store, &digest, all.queries, all.count, err);
    mem_free(text);
    mem_free(all.queries);
    buf_done(&names);
    return ok;
}

/* --- agreement --------------------------------------------------------------------------------------- */

struct counting {
    const struct rules *rules;
    const struct thresholds *at;
    struct verdict v;
    struct hash_state scores;
    struct agreement sum;
};

static void count_label(void *self, const char *query, const char *level, int64_t at_wall)
{
    struct counting *c = self;
    (void)at_wall;
    classify(c->rules, query, strlen(query), &c->v);
    hash_field_int(&c->scores, c->v.score);
    c->sum.labels++;
    c->sum.agreed += strcmp(level_name(thresholds_level(c->at, c->v.score)), level) == 0;
}

bool agreement_note(struct lab *lab, const struct rules *rules, const struct thresholds *at,
                    struct agreement *ret, struct error *err)
{
    struct thresholds own = rules_thresholds(rules);
    struct counting c = { .rules = rules, .at = at ? at : &own };
    c.sum.rules = rules_name(rules);
    c.sum.moderate_from = c.at->moderate;
    c.sum.complex_from = c.at->complex;
    hash_start(&c.scores);
    bool ok = label_list(lab->store, count_label, &c, err);
    c.sum.scores = hash_end(&c.scores);
    verdict_done(&c.v);
    if (!ok || (c.sum.labels && !agreement_add(lab->store, &c.sum, err)))
        return false;
    if (ret)
        *ret = c.sum;
    return true;
}
