/* Demonstrations about the cache: what grows old, what is only alike, and what outlives the
 * model that said it. */
#include "core/lab/demo_steps.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"

/* A word of instruction, so that small models end by themselves: an answer that is cut off is
 * never kept, and this is about answers that are. */
static const char be_brief[] = "Answer with one word or one number and nothing else.";

/* The start of a text, for a sentence. */
static const char *short_text(struct demo_run *r, const char *text, size_t cols)
{
    size_t len = strlen(text), fits = text_fit(text, len, cols);
    return fits == len ? text : arena_format(&r->arena, "%.*s..", (int)fits, text);
}

static bool must_be_kept(const struct demo_run *r, struct error *err)
{
    const struct demo_answer *g = &r->got;
    if (g->end && strcmp(g->end, "OK_STOP") == 0 && g->text[0])
        return true;
    return error_set(
        err, ERR_NO, "'%s/%s' answered '%s' with %s, and only whole answers are cached; %s",
        g->server, g->model, g->wanted.question, g->text[0] ? "a text that was cut off" : "nothing",
        g->text[0] ? "raise --max-tokens, or choose another model with --fast-model"
                   : "choose another model with --fast-model");
}

/* === 2: time to live, and questions that are only alike ==================================== */

#define TTL_S 3.0

static const char first_question[] = "What is 2+2?", other_question[] = "What is 2+3?";

static const struct demo_column ttl_columns[] = {
    { "query", "question", DEMO_TEXT, 13, KIND_UNKNOWN },
    { "lookup", "look-up", DEMO_TEXT, 8, KIND_UNKNOWN },
    { "from", "answered by", DEMO_TEXT, 11, KIND_UNKNOWN },
    { "latency_s", "took", DEMO_SECONDS, 8, KIND_MEASURED },
    { "answer", "answer", DEMO_TEXT, 28, KIND_UNKNOWN },
};
static const struct demo_table ttl_table = DEMO_TABLE_OF("lookups", ttl_columns);

struct ttl {
    const char *first_answer;
    double call_s, hit_s;
};

static void show_lookup(struct demo_run *r)
{
    const struct demo_answer *g = &r->got;
    demo_row(r, &ttl_table,
             (struct demo_cell[]){ CELL_TEXT(g->wanted.question),
                                   CELL_TEXT(g->lookup ? g->lookup : "none"), CELL_TEXT(g->from),
                                   CELL_NUMBER(g->latency_s), CELL_TEXT(g->text) });
}

static bool ask_brief(struct demo_run *r, const char *question, struct error *err)
{
    return demo_ask(
        r,
        &(struct ask_wanted){
            .question = question, .force = ROUTE_FAST, .system = be_brief, .deadline_s = NAN },
        err);
}

static bool ask_first(struct demo_run *r, struct error *err)
{
    demo_cache(r, TTL_S);
    demo_says(r,
              "A cache of its own, in which an entry lives %.0f s. The fast model '%s' is asked.",
              TTL_S, r->fast->full_name);
    demo_table(r, &ttl_table);
    return ask_brief(r, first_question, err);
}

static bool ask_same(struct demo_run *r, struct error *err)
{
    struct ttl *t = r->state;
    show_lookup(r);
    if (!must_be_kept(r, err))
        return false;
    t->first_answer = r->got.text;
    t->call_s = r->got.slowed ? NAN : r->got.latency_s;
    return ask_brief(r, first_question, err);
}

static bool ask_alike(struct demo_run *r, struct error *err)
{
    struct ttl *t = r->state;
    show_lookup(r);
    t->hit_s = r->got.latency_s;
    return ask_brief(r, other_question, err);
}

static bool wait_for_age(struct demo_run *r, struct error *err)
{
    const struct ttl *t = r->state;
    size_t len = strlen(first_question);
    double alike =
        1 - (double)text_distance(first_question, other_question, (unsigned)len) / (double)len;
    (void)err;
    show_lookup(r);
    demo_says(r,
              "%.0f %% of the letters are the same. A cache that takes what is alike enough would "
              "have answered \"%s\" here. This one takes the same question only.",
              100 * alike, short_text(r, t->first_answer, 20));
    demo_says(r, "Waiting until the first entry is older than %.0f s ...", TTL_S);
    demo_pause(r, TTL_S + 0.05);
    return true;
}

static bool ask_again(struct demo_run *r, struct error *err)
{
    demo_table(r, &ttl_table);
    return ask_brief(r, first_question, err);
}

static bool judge_ttl(struct demo_run *r, struct error *err)
{
    const struct ttl *t = r->state;
    struct cache_counts c = cache_session_counts(r->pipeline.cache);
    (void)err;
    show_lookup(r);
    demo_finds(r, "%lld hit, %lld misses, of them %lld because the entry had grown too old.",
               (long long)c.hits, (long long)c.misses, (long long)c.expired);
    if (!isfinite(t->call_s))
        demo_finds(r,
                   "The hit took %s; the call that made it was slowed (mini.pace), so it is "
                   "compared with nothing.",
                   demo_seconds(r, t->hit_s));
    else
        demo_finds(
            r,
            "The hit took %s, the call that made it %s: the ratio says how slow the model is, "
            "not how good the cache is.",
            demo_seconds(r, t->hit_s), demo_seconds(r, t->call_s));
    demo_finds(r, "A time to live is for answers that grow old (prices, news). Sums do not: there "
                  "it only costs calls. rlab set cache.ttl SECONDS");
    return true;
}

const struct demo demo_time_to_live = {
    .number = 2,
    .title = "Cache strategies: time to live, and near matches",
    .idea = "A cache may forget what has grown old, and it may take a question that is almost the "
            "same for the same. The first is a setting; the second is how wrong answers are made.",
    .watch = "the look-up of '2+3', and what happens when the entry is too old",
    .asks = true,
    .deadline_s = NAN,
    .max_tokens = 256,
    .state_size = sizeof(struct ttl),
    .steps = (demo_step *const[]){ ask_first, ask_same, ask_alike, wait_for_age, ask_again,
                                   judge_ttl, NULL },
};

/* === 6: a cache that outlives its model ===================================================== */

static const char stale_question[] = "What is the capital of Norway?";

static const struct demo_column stale_columns[] = {
    { "guard", "guard", DEMO_TEXT, 5, KIND_UNKNOWN },
    { "behind", "behind the name now", DEMO_TEXT, 20, KIND_UNKNOWN },
    { "identity", "identity", DEMO_TAIL, 14, KIND_UNKNOWN },
    { "lookup", "look-up", DEMO_TEXT, 7, KIND_UNKNOWN },
    { "answer_of", "the answer is of", DEMO_TEXT, 16, KIND_UNKNOWN },
    { "stale", "stale", DEMO_TEXT, 5, KIND_UNKNOWN },
};
static const struct demo_table stale_table = DEMO_TABLE_OF("lookups", stale_columns);

struct stale {
    struct lab_model alias;
    const struct lab_model *behind;
    int stale[2]; /* answers of the old model, guard off and on */
};

static void point(struct demo_run *r, struct lab_model *target)
{
    struct stale *s = r->state;
    model_alias_point(&s->alias, target);
    s->behind = target;
}

static bool ask_alias(struct demo_run *r, struct lab_model *target, struct error *err)
{
    struct stale *s = r->state;
    point(r, target);
    return demo_ask(
        r,
        &(struct ask_wanted){
            .question = stale_question, .model = &s->alias, .system = be_brief, .deadline_s = NAN },
        err);
}

static bool same_identity(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static void show_stale(struct demo_run *r)
{
    struct stale *s = r->state;
    const struct demo_answer *g = &r->got;
    bool stale = !same_identity(g->identity, s->behind->identity);
    bool old = same_identity(g->identity, r->fast->identity);
    s->stale[r->pipeline.guard] += stale;
    demo_row(r, &stale_table,
             (struct demo_cell[]){ CELL_TEXT(r->pipeline.guard ? "on" : "off"),
                                   CELL_TEXT(s->behind->full_name), CELL_TEXT(s->behind->identity),
                                   CELL_TEXT(g->lookup ? g->lookup : "none"),
                                   CELL_TEXT(old ? "the first model" : "the second model"),
                                   CELL_TEXT(stale ? "yes" : "no") });
}

static bool begin_stale(struct demo_run *r, struct error *err)
{
    struct stale *s = r->state;
    if (same_identity(r->fast->identity, r->reasoning->identity))
        return error_set(err, ERR_USAGE,
                         "'%s' and '%s' have one identity, as far as their server tells: choose "
                         "two models whose identity differs with --fast-model and --reason-model",
                         r->fast->full_name, r->reasoning->full_name);
    s->alias.name = "assistant";
    s->alias.full_name = "demo/assistant";
    demo_cache(r, 0);
    r->pipeline.guard = false;
    demo_says(r,
              "The name 'assistant' stands for '%s' first, and then for '%s': what happens when "
              "the model behind a name is exchanged. Guard off: the identity is no part of the "
              "cache's key.",
              r->fast->full_name, r->reasoning->full_name);
    demo_table(r, &stale_table);
    return ask_alias(r, r->fast, err);
}

static bool change_unguarded(struct demo_run *r, struct error *err)
{
    show_stale(r);
    if (!must_be_kept(r, err))
        return false;
    return ask_alias(r, r->reasoning, err);
}

static bool begin_guarded(struct demo_run *r, struct error *err)
{
    show_stale(r);
    demo_says(r, "The same with the guard on (it usually is).");
    demo_table(r, &stale_table);
    r->pipeline.guard = true;
    return ask_alias(r, r->fast, err);
}

static bool change_guarded(struct demo_run *r, struct error *err)
{
    show_stale(r);
    return ask_alias(r, r->reasoning, err);
}

static bool judge_stale(struct demo_run *r, struct error *err)
{
    const struct stale *s = r->state;
    (void)err;
    show_stale(r);
    demo_finds(r, "Stale answers: %d with the guard off, %d with it on.", s->stale[0], s->stale[1]);
    demo_finds(r,
               "The name alone does not say who answered. With the identity in the key a changed "
               "model misses, and the old entries are simply never found again.");
    return true;
}

const struct demo demo_stale_cache = {
    .number = 6,
    .title = "Mistake: a cache that outlives its model",
    .idea = "A model's name can stay while the model behind it changes: a new tag, a new build. A "
            "cache that knows answers by the name goes on giving those of the old one.",
    .watch = "whose answer it is after the model behind the name has changed",
    .asks = true,
    .needs_two = true,
    .deadline_s = NAN,
    .max_tokens = 256,
    .state_size = sizeof(struct stale),
    .steps = (demo_step *const[]){ begin_stale, change_unguarded, begin_guarded, change_guarded,
                                   judge_stale, NULL },
};
