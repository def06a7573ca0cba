/* Demonstrations about the rules: thresholds tried against labels, and rules that send too
 * much to the reasoning model. */
#include "core/lab/demo_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/lab/set.h"
#include "core/lab/stats.h"
#include "core/limits.h"
#include "core/store/calls.h"

static bool is_reasoning(enum level level)
{
    return route_for(level, ROUTE_AUTO).role == ROLE_REASONING;
}

/* === 1: a threshold sweep ================================================================== */

/* Fewer labels than this say nothing about a threshold. */
#define LEAST_LABELS 4
/* Best pairs shown beside the one in force. */
#define BEST_PAIRS 5
/* Labels looked at, newest first: the sweep stays within a frame. */
#define MOST_LABELS 500

struct labelled {
    int score;
    enum level level;
};

struct sweep {
    struct labelled *rows;
    size_t count, cap;
    bool own;         /* a person's labels */
    int lowest, most; /* scores seen */
    struct verdict verdict;
};

struct pair {
    struct thresholds at;
    size_t agree, reasoning;
};

static void add_labelled(struct demo_run *r, const char *query, size_t len, enum level level)
{
    struct sweep *w = r->state;
    if (w->count == MOST_LABELS)
        return;
    classify(r->lab->rules, query, len, &w->verdict);
    int score = w->verdict.score;
    w->rows = mem_grow(w->rows, &w->cap, w->count + 1, sizeof *w->rows);
    w->rows[w->count++] = (struct labelled){ score, level };
    if (w->count == 1 || score < w->lowest)
        w->lowest = score;
    if (w->count == 1 || score > w->most)
        w->most = score;
}

static void add_label(void *self, const char *query, const char *level, int64_t at_wall)
{
    enum level l;
    (void)at_wall;
    if (level_from_name(level, &l))
        add_labelled(self, query, strlen(query), l);
}

static bool use_sample(struct demo_run *r, struct error *err)
{
    struct sweep *w = r->state;
    struct set set;
    if (!set_load(&r->lab->paths, lab_set_name(r->lab, "sample"), &set, err))
        return false;
    demo_says(r,
              "You have given %zu label%s; fewer than %d say nothing about a threshold. So these "
              "are the labels of the sample set, which somebody else gave. Yours: rlab label "
              "LEVEL TEXT",
              w->count, w->count == 1 ? "" : "s", LEAST_LABELS);
    w->count = 0;
    for (size_t i = 0; i < set.count; i++)
        if (set.items[i].has_label)
            add_labelled(r, set.items[i].query, set.items[i].query_len, set.items[i].label);
    set_done(&set);
    return true;
}

static bool read_labels(struct demo_run *r, struct error *err)
{
    struct sweep *w = r->state;
    if (!label_list(r->lab->store, add_label, r, err))
        return false;
    w->own = w->count >= LEAST_LABELS;
    if (!w->own && !use_sample(r, err))
        return false;
    demo_says(
        r,
        "%zu labels, scored by the rules '%s', against every pair of thresholds: the "
        "score from which a question is moderate, and from which it is complex. 'At least' is "
        "the lower end of a 95 %% interval.",
        w->count, rules_name(r->lab->rules));
    return true;
}

static struct pair try_pair(const struct sweep *w, struct thresholds at)
{
    struct pair p = { .at = at };
    for (size_t i = 0; i < w->count; i++) {
        enum level l = thresholds_level(&at, w->rows[i].score);
        p.agree += l == w->rows[i].level;
        p.reasoning += is_reasoning(l);
    }
    return p;
}

static int distance(const struct pair *p, const struct thresholds *from)
{
    return abs(p->at.moderate - from->moderate) + abs(p->at.complex - from->complex);
}

/* More agreement first; of equals the one that moves least. */
static bool is_better(const struct pair *a, const struct pair *b, const struct thresholds *now)
{
    if (a->agree != b->agree)
        return a->agree > b->agree;
    return distance(a, now) < distance(b, now);
}

/* Keeps the best pairs in order; the one in force is shown apart. */
static void find_best(const struct sweep *w, const struct thresholds *now,
                      struct pair best[BEST_PAIRS], size_t *count)
{
    *count = 0;
    for (int moderate = w->lowest; moderate <= w->most + 1; moderate++)
        for (int complex = moderate; complex <= w->most + 1; complex++) {
            struct thresholds at = { moderate, complex };
            struct pair p = try_pair(w, at);
            if (moderate == now->moderate && complex == now->complex)
                continue;
            size_t place = *count;
            while (place && is_better(&p, &best[place - 1], now))
                place--;
            if (place == BEST_PAIRS)
                continue;
            size_t last = *count < BEST_PAIRS ? (*count)++ : BEST_PAIRS - 1;
            memmove(&best[place + 1], &best[place], (last - place) * sizeof *best);
            best[place] = p;
        }
}

static const struct demo_column pair_columns[] = {
    { "what", "", DEMO_TEXT, 8, KIND_UNKNOWN },
    { "moderate_from", "moderate", DEMO_COUNT, 8, KIND_UNKNOWN },
    { "complex_from", "complex", DEMO_COUNT, 7, KIND_UNKNOWN },
    { "agree", "agree", DEMO_COUNT, 5, KIND_UNKNOWN },
    { "n", "of", DEMO_COUNT, 4, KIND_UNKNOWN },
    { "agreement", "share", DEMO_SHARE, 6, KIND_MEASURED },
    { "low", "at least", DEMO_SHARE, 8, KIND_ESTIMATED },
    { "reasoning_share", "to reasoning", DEMO_SHARE, 12, KIND_MEASURED },
};
static const struct demo_table pair_table = DEMO_TABLE_OF("thresholds", pair_columns);

static void show_pair(struct demo_run *r, const struct sweep *w, const char *what,
                      const struct pair *p)
{
    struct interval share = stats_share(p->agree, w->count);
    demo_row(r, &pair_table,
             (struct demo_cell[]){
                 CELL_TEXT(what), CELL_NUMBER(p->at.moderate), CELL_NUMBER(p->at.complex),
                 CELL_NUMBER(p->agree), CELL_NUMBER(w->count), CELL_NUMBER(share.estimate),
                 CELL_NUMBER(share.low), CELL_NUMBER((double)p->reasoning / (double)w->count) });
}

/* Differences pair by pair, label by label: right by the best pair, and wrong by ours. */
static enum verdict_of_difference compare(const struct sweep *w, const struct thresholds *now,
                                          const struct thresholds *best)
{
    struct sample d = { 0 };
    for (size_t i = 0; i < w->count; i++) {
        const struct labelled *row = &w->rows[i];
        sample_add(&d, (double)(thresholds_level(best, row->score) == row->level) -
                           (double)(thresholds_level(now, row->score) == row->level));
    }
    struct interval v = stats_paired(d.v, d.n);
    sample_done(&d);
    return stats_verdict(&v);
}

static void judge(struct demo_run *r, const struct sweep *w, const struct pair *now,
                  const struct pair *best)
{
    if (best->agree <= now->agree)
        demo_finds(r, "No other pair agrees with more of these labels than the one in force.");
    else
        demo_finds(r,
                   "moderate from %d and complex from %d agrees with %zu of %zu, the pair in force "
                   "with %zu: %s.",
                   best->at.moderate, best->at.complex, best->agree, w->count, now->agree,
                   compare(w, &now->at, &best->at) == DIFFERENCE_MORE
                       ? "more than chance explains, on these labels"
                       : "with so few labels, no clear difference");
    demo_finds(r,
               "The best of many pairs flatters itself on the labels it was chosen by: judge it by "
               "others. And what the rules cannot see no threshold finds: two questions of the "
               "same score always get the same level.");
}

static bool sweep_pairs(struct demo_run *r, struct error *err)
{
    struct sweep *w = r->state;
    struct thresholds at =
        r->lab->pipeline.moved ? *r->lab->pipeline.moved : rules_thresholds(r->lab->rules);
    struct pair now = try_pair(w, at), best[BEST_PAIRS];
    size_t count;
    (void)err;
    find_best(w, &at, best, &count);
    demo_table(r, &pair_table);
    show_pair(r, w, "in force", &now);
    for (size_t i = 0; i < count; i++)
        show_pair(r, w, i ? "" : "best", &best[i]);
    judge(r, w, &now, &best[0]);
    return true;
}

static void sweep_done(void *state)
{
    struct sweep *w = state;
    mem_free(w->rows);
    verdict_done(&w->verdict);
}

const struct demo demo_threshold_sweep = {
    .number = 1,
    .title = "Better classifiers: thresholds against labels",
    .idea = "A question's score becomes a level at two thresholds. Where they belong depends on "
            "your questions: label some, and every pair of thresholds can be tried against them.",
    .watch = "how many labels it takes before one pair is really better than another",
    .deadline_s = NAN,
    .suits = true,
    .state_size = sizeof(struct sweep),
    .state_done = sweep_done,
    .steps = (demo_step *const[]){ read_labels, sweep_pairs, NULL },
};

/* === 7: too-eager rules ==================================================================== */

/* Rules and four words that look like hard questions in the sample set, and hide in easy ones. */
struct eager_words {
    const char *rules, *keywords, *list, *hides;
};
static const struct eager_words eager_usual = {
    .rules = "basic",
    .keywords = "keyword +4 one\nkeyword +4 two\nkeyword +4 key\nkeyword +4 cost\n",
    .list = "one, two, key, cost",
    .hides = "'two' hides in 'network'",
};
static const struct eager_words eager_built_in = {
    .rules = "steps",
    .keywords = "keyword +4 how\nkeyword +4 add\nkeyword +4 low\nkeyword +4 all\n",
    .list = "how, add, low, all",
    .hides = "'low' hides in 'flower'",
};

static const struct eager_words *words_for(const struct lab *lab)
{
    return lab->choice.builtin ? &eager_built_in : &eager_usual;
}

struct eager {
    struct set set;
    struct rules *usual, *eager; /* usual: borrowed from the lab */
    struct verdict verdict;
    size_t at;
    struct half {
        int score;
        enum level level;
        double latency_s;
        int64_t call_id;
    } usual_half, eager_half;
    bool second; /* the eager rules send the question elsewhere: asked twice */
    size_t usual_reasoning, eager_reasoning;
    double usual_s, eager_s;
    size_t slowed; /* calls, on purpose: then no times are compared */
};

static const struct demo_column eager_columns[] = {
    { "query", "question", DEMO_TEXT, 24, KIND_UNKNOWN },
    { "score", "score", DEMO_COUNT, 5, KIND_UNKNOWN },
    { "role", "goes to", DEMO_TEXT, 9, KIND_UNKNOWN },
    { "latency_s", "took", DEMO_SECONDS, 7, KIND_MEASURED },
    { "eager_score", "eager", DEMO_COUNT, 5, KIND_UNKNOWN },
    { "eager_role", "goes to", DEMO_TEXT, 9, KIND_UNKNOWN },
    { "eager_latency_s", "took", DEMO_SECONDS, 7, KIND_MEASURED },
};
static const struct demo_table eager_table = DEMO_TABLE_OF("questions", eager_columns);

static bool load_eager(struct demo_run *r, struct error *err)
{
    struct eager *e = r->state;
    struct buf text = { 0 };
    const struct eager_words *words = words_for(r->lab);
    const char *path = lab_rules_path(r->lab, words->rules, &r->arena);
    if (!path)
        return error_set(err, ERR_CONFIG, "no rule set '%s'; see: rlab rules list", words->rules);
    if (!file_read(path, MAX_FILE_BYTES, &text, err))
        return false;
    text.max = MAX_FILE_BYTES + strlen(words->keywords) + 1;
    bool ok = buf_puts(&text, "\n") && buf_puts(&text, words->keywords);
    if (ok)
        e->eager = rules_parse("too-eager", buf_text(&text), text.len, err);
    buf_done(&text);
    return e->eager != NULL;
}

static bool prepare_eager(struct demo_run *r, struct error *err)
{
    struct eager *e = r->state;
    if (!load_eager(r, err) ||
        !set_load(&r->lab->paths, lab_set_name(r->lab, "sample"), &e->set, err))
        return false;
    e->usual = r->lab->rules;
    demo_says(r,
              "The rules '%s' with four more keywords at +4: %s. They look like hard questions. A "
              "keyword also counts inside words.",
              words_for(r->lab)->rules, words_for(r->lab)->list);
    demo_says(r,
              "The %zu sample questions are asked by your rules '%s', and again where the eager "
              "ones send them elsewhere; at most %lld tokens each, no cache.",
              e->set.count, rules_name(e->usual), (long long)r->max_tokens);
    demo_table(r, &eager_table);
    return true;
}

static bool ask_by(struct demo_run *r, const struct rules *rules, struct error *err)
{
    const struct eager *e = r->state;
    r->pipeline.rules = rules;
    return demo_ask(
        r, &(struct ask_wanted){ .question = e->set.items[e->at].query, .deadline_s = NAN }, err);
}

static struct half judge_by(struct eager *e, const struct rules *rules)
{
    const struct set_item *q = &e->set.items[e->at];
    classify(rules, q->query, q->query_len, &e->verdict);
    return (struct half){ .score = e->verdict.score, .level = e->verdict.level };
}

static bool ask_usual(struct demo_run *r, struct error *err)
{
    struct eager *e = r->state;
    return ask_by(r, e->usual, err);
}

static bool same_way(enum level a, enum level b)
{
    struct route x = route_for(a, ROUTE_AUTO), y = route_for(b, ROUTE_AUTO);
    return x.role == y.role && x.cot == y.cot;
}

static bool ask_eager(struct demo_run *r, struct error *err)
{
    struct eager *e = r->state;
    e->usual_half = judge_by(e, e->usual);
    e->eager_half = judge_by(e, e->eager);
    e->usual_half.latency_s = e->eager_half.latency_s = r->got.latency_s;
    e->slowed += r->got.slowed;
    e->second = !same_way(e->usual_half.level, e->eager_half.level);
    return !e->second || ask_by(r, e->eager, err);
}

static bool show_question(struct demo_run *r, struct error *err)
{
    struct eager *e = r->state;
    const struct set_item *q = &e->set.items[e->at];
    (void)err;
    if (e->second) {
        e->eager_half.latency_s = r->got.latency_s;
        e->slowed += r->got.slowed;
    }
    enum role usual = route_for(e->usual_half.level, ROUTE_AUTO).role;
    enum role eager = route_for(e->eager_half.level, ROUTE_AUTO).role;
    demo_row(r, &eager_table,
             (struct demo_cell[]){
                 CELL_TEXT(q->query), CELL_NUMBER(e->usual_half.score), CELL_TEXT(role_name(usual)),
                 CELL_NUMBER(e->usual_half.latency_s), CELL_NUMBER(e->eager_half.score),
                 CELL_TEXT(role_name(eager)), CELL_NUMBER(e->eager_half.latency_s) });
    e->usual_reasoning += usual == ROLE_REASONING;
    e->eager_reasoning += eager == ROLE_REASONING;
    e->usual_s += e->usual_half.latency_s;
    e->eager_s += e->eager_half.latency_s;
    e->at++;
    if (e->at < e->set.count)
        demo_go_to(r, ask_usual);
    return true;
}

static void judge_times(struct demo_run *r)
{
    const struct eager *e = r->state;
    double more = e->eager_s - e->usual_s;
    if (e->slowed) {
        demo_finds(r, "%zu slowed call%s (mini.pace): no times are compared.", e->slowed,
                   e->slowed == 1 ? "" : "s");
        return;
    }
    demo_finds(r, "Model time: %s against %s.", demo_seconds(r, e->usual_s),
               demo_seconds(r, e->eager_s));
    if (more > 0.05 * e->usual_s)
        demo_finds(r, "The eager rules cost %s more, %.0f %% (measured, one call each).",
                   demo_seconds(r, more), 100 * more / e->usual_s);
    else
        demo_finds(r, "They cost no clear time here: your two models take about as long as each "
                      "other at this token limit. Choose a slower reasoning model, or raise "
                      "--max-tokens, to feel it.");
}

static bool judge_eager(struct demo_run *r, struct error *err)
{
    struct eager *e = r->state;
    size_t n = e->set.count;
    (void)err;
    demo_finds(r, "To the reasoning model: %zu of %zu by your rules, %zu of %zu by the eager ones.",
               e->usual_reasoning, n, e->eager_reasoning, n);
    judge_times(r);
    demo_finds(r,
               "%s: a keyword that is a short common word sends easy questions to the slow model. "
               "Watch the share that goes to reasoning.",
               words_for(r->lab)->hides);
    return true;
}

static void eager_done(void *state)
{
    struct eager *e = state;
    rules_free(e->eager);
    set_done(&e->set);
    verdict_done(&e->verdict);
}

const struct demo demo_eager_rules = {
    .number = 7,
    .title = "Mistake: too much goes to the reasoning model",
    .idea = "Rules that send a question to the slow model for a common word cost time on every "
            "easy question that happens to hold it.",
    .watch = "which questions change sides, and for which word",
    .asks = true,
    .needs_two = true,
    .deadline_s = NAN,
    .max_tokens = 256,
    .state_size = sizeof(struct eager),
    .state_done = eager_done,
    .steps = (demo_step *const[]){ prepare_eager, ask_usual, ask_eager, show_question, judge_eager,
                                   NULL },
};
