/* The table of kinds, the held-out rule and the draw (problem.h). */
#include "core/nn/problem.h"

#include <ctype.h>
#include <string.h>

#include "core/nn/problem_make.h"

#define HELD_OUT_ONE_IN 16

static const struct kind {
    const char *name, *help;
    int fewest, usual, most; /* steps: see PROBLEM_LIST */
} kinds[PROBLEM_KINDS] = {
#define X(id, name, fewest, usual, most, help) { name, help, fewest, usual, most },
    PROBLEM_LIST(X)
#undef X
};

static problem_make_fn *const makes[PROBLEM_KINDS] = {
    [PROBLEM_ADD] = make_add,       [PROBLEM_SUB] = make_sub,
    [PROBLEM_TIMES] = make_times,   [PROBLEM_REV] = make_rev,
    [PROBLEM_PARITY] = make_parity, [PROBLEM_COMPARE] = make_compare,
    [PROBLEM_CHAIN] = make_chain,   [PROBLEM_EXPR] = make_expr,
    [PROBLEM_WORD] = make_word,     [PROBLEM_BAT] = make_bat,
    [PROBLEM_SEQ] = make_seq,       [PROBLEM_MUL] = make_mul,
    [PROBLEM_SUMPAR] = make_sumpar, [PROBLEM_REFUSE] = make_refuse,
    [PROBLEM_BROKEN] = make_broken,
};

/* --- kinds ----------------------------------------------------------------------------------- */

const char *problem_kind_name(enum problem_kind k)
{
    return kinds[k].name;
}

const char *problem_kind_help(enum problem_kind k)
{
    return kinds[k].help;
}

bool problem_kind_find(const char *name, enum problem_kind *ret)
{
    for (int k = 0; k < PROBLEM_KINDS; k++) {
        if (strcmp(kinds[k].name, name) == 0) {
            *ret = (enum problem_kind)k;
            return true;
        }
    }
    return false;
}

void problem_kind_names(struct buf *to)
{
    for (int k = 0; k < PROBLEM_KINDS; k++)
        buf_printf(to, "%s%s", k ? ", " : "", kinds[k].name);
}

bool problem_kind_is_one_step(enum problem_kind k)
{
    return kinds[k].most == 1;
}

bool problem_kind_is_refused(enum problem_kind k)
{
    return k == PROBLEM_REFUSE || k == PROBLEM_BROKEN;
}

bool problem_kind_steps(enum problem_kind k, int *ret_fewest, int *ret_most)
{
    *ret_fewest = kinds[k].fewest;
    *ret_most = kinds[k].most;
    return kinds[k].fewest < kinds[k].most;
}

/* --- held out -------------------------------------------------------------------------------- */

/* FNV-1a with one round of mixing, since its lowest bits alone follow the last character. */
static uint32_t key_hash(const char *key)
{
    uint32_t h = 2166136261u;
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 16777619u;
    h ^= h >> 15;
    h *= 0x85ebca6bu;
    return h ^ h >> 13;
}

bool problem_key_held_out(const char *key)
{
    return key_hash(key) % HELD_OUT_ONE_IN == 0;
}

/* --- manners: the same question as people put it --------------------------------------------- */

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool is_order(const char *question)
{
    static const char *const verbs[] = { "add ",       "subtract ", "take ",    "multiply ",
                                         "calculate ", "spell ",    "reverse ", "write ",
                                         "start ",     "begin ",    "halve ",   "double ",
                                         "triple ",    "continue",  "tell " };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (starts_with(question, verbs[i]))
            return true;
    return false;
}

/* "please" before or after an order, "can you" or "could you" before it. */
static void be_polite(struct random *r, const char *was, struct phrase *q)
{
    static const char *const polite[] = { "please $1",   "$1 please",     "$1, please",
                                          "can you $1?", "could you $1?", "could you $1 please?" };
    size_t len = strlen(was);
    bool pointed = len && ispunct((unsigned char)was[len - 1]);
    phrase_fill(q, pointed ? "please $1" : DRAW_FROM(r, polite), (const char *const[]){ was });
}

static void shorten(struct random *r, const char *was, struct phrase *q)
{
    static const char *const short_forms[] = { "what's ", "whats " };
    phrase_add(q, "%s%s", DRAW_FROM(r, short_forms), was + strlen("what is "));
}

/* The sign at the end goes, or one comes: a dot after an order, a question mark elsewhere. */
static void change_end(const char *was, struct phrase *q)
{
    size_t len = strlen(was), cut = len;
    if (len && (was[len - 1] == '?' || was[len - 1] == '.'))
        cut--;
    while (cut < len && cut && was[cut - 1] == ' ')
        cut--;
    if (cut < len)
        phrase_add(q, "%.*s", (int)cut, was);
    else
        phrase_add(q, "%s%c", was, is_order(was) ? '.' : '?');
}

/* A fifth of all questions, and as many refusals, so that manners say nothing about which it
 * is. Longer ones stay as they are: their families have endings of their own. */
static void mend_manners(struct random *r, struct problem *p)
{
    char was[PROBLEM_QUESTION_SIZE];
    memcpy(was, p->question, sizeof was);
    struct phrase q = question_of(p);
    bool is_what = starts_with(was, "what is ") && was[strlen("what is ")];
    if (strlen(was) > 80 || !draw_chance(r, 0.3))
        phrase_add(&q, "%s", was);
    else if (is_what && draw_chance(r, 0.5))
        shorten(r, was, &q);
    else if (is_order(was) && draw_chance(r, 0.6))
        be_polite(r, was, &q);
    else
        change_end(was, &q);
    if (!*p->question)
        phrase_add(&q, "?");
    if (draw_chance(r, 0.5)) /* the models do not see it, people do */
        p->question[0] = (char)toupper((unsigned char)p->question[0]);
}

/* --- drawing --------------------------------------------------------------------------------- */

static void draw_one(enum problem_kind kind, const struct problem_order *o, struct random *r,
                     struct problem *ret)
{
    bool small = false;
    *ret = (struct problem){ .kind = kind };
    makes[kind](o, r, ret, &small);
    ret->held_out = !small && problem_key_held_out(ret->key);
}

/* Draws until one lies on the wanted side: each kind has problems on both. */
static void draw_side(enum problem_kind kind, const struct problem_order *o, enum problem_side side,
                      struct random *r, struct problem *ret)
{
    do
        draw_one(kind, o, r, ret);
    while (side != PROBLEM_EITHER && ret->held_out != (side == PROBLEM_HELD_OUT));
    mend_manners(r, ret);
}

static bool check_steps(const struct kind *k, int steps, struct error *err)
{
    if (steps == 0 || (steps >= k->fewest && steps <= k->most))
        return true;
    if (k->fewest == k->most)
        return error_set(err, ERR_USAGE, "'%s' has no choice of steps", k->name);
    return error_set(err, ERR_USAGE, "'%s' has no problems of %d steps, only of %d to %d", k->name,
                     steps, k->fewest, k->most);
}

bool problem_draw(const struct problem_ask *ask, struct random *r, struct problem *ret,
                  struct error *err)
{
    if (!check_steps(&kinds[ask->kind], ask->steps, err))
        return false;
    struct problem_order o = { .steps = ask->steps,
                               .most_steps = ask->most_steps ? ask->most_steps : 6,
                               .for_tests = ask->side == PROBLEM_HELD_OUT };
    draw_side(ask->kind, &o, ask->side, r, ret);
    return true;
}

/* --- mixes ----------------------------------------------------------------------------------- */

/* Kinds with few problems need weight, or they are not learned in time; the fast model gets
 * more of what it can learn. */
const struct problem_mix problem_mix_reason = {
    .name = "reason",
    .weight = { [PROBLEM_ADD] = 5,
                [PROBLEM_SUB] = 8,
                [PROBLEM_TIMES] = 8,
                [PROBLEM_REV] = 4,
                [PROBLEM_PARITY] = 4,
                [PROBLEM_COMPARE] = 12,
                [PROBLEM_CHAIN] = 21,
                [PROBLEM_EXPR] = 9,
                [PROBLEM_WORD] = 13,
                [PROBLEM_BAT] = 7,
                [PROBLEM_SEQ] = 10,
                [PROBLEM_MUL] = 8,
                [PROBLEM_SUMPAR] = 2,
                [PROBLEM_REFUSE] = 11,
                [PROBLEM_BROKEN] = 7 },
};

const struct problem_mix problem_mix_fast = {
    .name = "fast",
    .weight = { [PROBLEM_ADD] = 12,
                [PROBLEM_SUB] = 14,
                [PROBLEM_TIMES] = 14,
                [PROBLEM_REV] = 7,
                [PROBLEM_PARITY] = 4,
                [PROBLEM_COMPARE] = 16,
                [PROBLEM_CHAIN] = 9,
                [PROBLEM_EXPR] = 4,
                [PROBLEM_WORD] = 7,
                [PROBLEM_BAT] = 3,
                [PROBLEM_SEQ] = 4,
                [PROBLEM_MUL] = 3,
                [PROBLEM_SUMPAR] = 2,
                [PROBLEM_REFUSE] = 13,
                [PROBLEM_BROKEN] = 3 },
    .ones = 0.45,
    .broken_ones = true,
};

/* 2 at the start, 6 from a third of the way on. */
static int steps_at(double progress)
{
    int most = 2 + (int)(progress * 3 * 5);
    return most < 6 ? most : 6;
}

void problem_draw_mix(const struct problem_mix *mix, double progress, struct random *r,
                      struct problem *ret)
{
    struct problem_order o = { .most_steps = steps_at(progress) };
    enum problem_kind kind = (enum problem_kind)draw_weighted(r, mix->weight, PROBLEM_KINDS);
    if ((kind == PROBLEM_CHAIN || kind == PROBLEM_WORD) && draw_chance(r, mix->ones))
        o.most_steps = 1;
    if (kind == PROBLEM_BROKEN && mix->broken_ones)
        o.most_steps = 1;
    draw_side(kind, &o, PROBLEM_TRAINING, r, ret);
}
