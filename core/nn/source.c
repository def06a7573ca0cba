/* Drawn problems as token ids (source.h). */
#include "core/nn/source.h"

#include <assert.h>
#include <string.h>

const struct problem_source problem_source_fast = { .mix = &problem_mix_fast };
const struct problem_source problem_source_reason = { .mix = &problem_mix_reason,
                                                      .thinks = true,
                                                      .cut_share = 0.1 };

#define SHORTEST_CUT 6 /* tokens of a trace that is worth cutting */

const struct problem_source *problem_source_find(const char *name)
{
    static const struct problem_source *const all[] = { &problem_source_fast,
                                                        &problem_source_reason };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i]->mix->name, name) == 0)
            return all[i];
    return NULL;
}

/* --- tokens of an example, one part after the other ------------------------------------------ */

static void append(struct nn_example *e, const token_id *ids, size_t count)
{
    assert((size_t)e->total + count <= NN_MAX_TOKENS);
    for (size_t i = 0; i < count; i++)
        e->ids[e->total++] = ids[i];
}

static void append_mark(struct nn_example *e, token_id id)
{
    append(e, &id, 1);
}

/* A word that is turned round goes letter by letter, whatever the vocabulary knows. */
static size_t read_part(const struct problem *p, const char *text, token_id ret[NN_MAX_TOKENS])
{
    size_t len = strlen(text);
    size_t n = p->kind == PROBLEM_REV ? token_spell(text, len, ret, NN_MAX_TOKENS)
                                      : token_read(text, len, ret, NN_MAX_TOKENS);
    assert(n <= NN_MAX_TOKENS);
    return n;
}

static void append_question(struct nn_example *e, const struct problem *p)
{
    token_id ids[NN_MAX_TOKENS];
    size_t n = token_read_prompt(p->question, strlen(p->question), ids, NN_MAX_TOKENS);
    assert(n <= NN_MAX_TOKENS);
    append(e, ids, n);
    e->prompt = e->total;
    e->turn = e->total - 1;
}

static void append_answer(struct nn_example *e, const struct problem *p)
{
    token_id ids[NN_MAX_TOKENS];
    if (problem_kind_is_refused(p->kind))
        append_mark(e, TOKEN_CANNOT);
    else
        append(e, ids, read_part(p, p->answer, ids));
    append_mark(e, TOKEN_END);
}

void problem_encode(const struct problem *p, bool thinks, struct nn_example *ret)
{
    token_id trace[NN_MAX_TOKENS];
    ret->total = 0;
    append_question(ret, p);
    if (thinks) {
        append_mark(ret, TOKEN_THINK);
        append(ret, trace, read_part(p, p->trace, trace));
        append_mark(ret, TOKEN_THINK_END);
    }
    append_answer(ret, p);
}

/* The prompt ends with the first part of the trace, as after a budget that ran out. */
static void encode_cut(const struct problem *p, size_t trace_tokens, struct random *r,
                       struct nn_example *ret)
{
    token_id trace[NN_MAX_TOKENS];
    read_part(p, p->trace, trace);
    ret->total = 0;
    append_question(ret, p);
    append_mark(ret, TOKEN_THINK);
    append(ret, trace, random_below(r, trace_tokens));
    append_mark(ret, TOKEN_THINK_END);
    ret->prompt = ret->total;
    append_answer(ret, p);
}

static void draw(void *self, struct random *r, double progress, struct nn_example *ret)
{
    const struct problem_source *s = self;
    struct problem p;
    token_id trace[NN_MAX_TOKENS];
    problem_draw_mix(s->mix, progress, r, &p);
    size_t trace_tokens = read_part(&p, p.trace, trace);
    bool long_enough = s->thinks && trace_tokens >= SHORTEST_CUT;
    if (long_enough && random_unit(r) < s->cut_share)
        encode_cut(&p, trace_tokens, r, ret);
    else
        problem_encode(&p, s->thinks, ret);
}

struct nn_source problem_source_draws(const struct problem_source *s)
{
    return (struct nn_source){ .draw = draw, .self = (void *)s };
}
