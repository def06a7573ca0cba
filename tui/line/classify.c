/* Classify: score, level and route in words, the signals one by one, a person's label, thresholds
 * that move. */
#include <string.h>

#include "core/lab/notes.h"
#include "core/limits.h"
#include "core/route/classifier.h"
#include "core/route/route.h"
#include "core/store/calls.h"
#include "tui/line/talk.h"

/* What a rule looks for, as it is spoken: "percent of", "longer than 200". */
static const char *rule_words(struct talk *l, const struct signal *g)
{
    char *what = arena_string(&l->words, g->what);
    for (char *c = what; g->kind == SIGNAL_PATTERN && (c = strchr(c, '-'));)
        *c = ' ';
    if (*what != '>')
        return what;
    return arena_format(&l->words, "%s %s",
                        g->kind == SIGNAL_LENGTH ? "longer than" : "more sentences than", what + 1);
}

static const char *model_words(const struct lab_model *m, enum role role)
{
    return m ? m->full_name : role == ROLE_FAST ? "the fast model" : "the reasoning model";
}

static enum level level_of(const struct talk *l, const struct verdict *v)
{
    const struct thresholds *moved = l->lab->pipeline.moved;
    return moved ? thresholds_level(moved, v->score) : v->level;
}

static void judge(struct talk *l, struct verdict *v)
{
    classify(l->lab->rules, buf_text(&l->query), l->query.len, v);
}

/* "Score 4, complex. Route: ... Points: solve plus 2 is 2. step by step plus 2 is 4." */
static void say_verdict(struct talk *l, const struct verdict *v)
{
    enum level level = level_of(l, v);
    struct route r = route_for(level, ROUTE_AUTO);
    const struct pipeline *p = &l->lab->pipeline;
    const struct lab_model *m = r.role == ROLE_FAST ? p->fast : p->reasoning;
    talk_say(l, "Score %d, %s. Route: %s%s.", v->score, level_name(level), model_words(m, r.role),
             r.cot ? " with step by step" : "");
    struct buf points = buf_with_max(64 * KIB);
    int total = 0;
    for (size_t i = 0; i < v->count; i++) {
        const struct signal *g = &v->signals[i];
        total += g->points;
        buf_printf(&points, " %s %s is %d.", talk_sentence(l, rule_words(l, g)),
                   talk_points(l, g->points), total);
    }
    talk_say(l, "Points:%s",
             points.len ? buf_text(&points) : " none, no rule of this set applies.");
    buf_done(&points);
}

static void record(struct talk *l, const struct verdict *v)
{
    struct error lost;
    if (!classification_add(l->lab->store, buf_text(&l->query), l->query.len,
                            rules_name(l->lab->rules), v->score, level_name(v->level), v->count,
                            "classify", &lost))
        pipeline_not_recorded(&l->lab->pipeline, &lost);
}

static void score(struct talk *l)
{
    struct verdict v = { 0 };
    if (!talk_ask_query(l))
        return;
    judge(l, &v);
    say_verdict(l, &v);
    record(l, &v);
    verdict_done(&v);
}

static bool has_query(struct talk *l)
{
    if (!l->query.len)
        talk_say(l, "There is no query yet: choose score first.");
    return l->query.len > 0;
}

static void signals(struct talk *l)
{
    struct verdict v = { 0 };
    if (!has_query(l))
        return;
    judge(l, &v);
    for (size_t i = 0; i < v.count; i++) {
        const struct signal *g = &v.signals[i];
        if (g->at)
            talk_say(l, "Signal %zu of %zu: %s %s, found \"%.*s\" at character %zu, %s.", i + 1,
                     v.count, signal_kind_name(g->kind), rule_words(l, g), (int)g->len,
                     buf_text(&l->query) + g->from, g->at, talk_points(l, g->points));
        else
            talk_say(l, "Signal %zu of %zu: %s, %s.", i + 1, v.count, rule_words(l, g),
                     talk_points(l, g->points));
    }
    struct thresholds t = l->lab->pipeline.moved ? l->moved : rules_thresholds(l->lab->rules);
    talk_say(l,
             "Rule set %s, %zu rules, %zu of them applied. Moderate begins at %d, complex at %d.",
             rules_name(l->lab->rules), rules_count(l->lab->rules), v.count, t.moderate, t.complex);
    verdict_done(&v);
}

/* --- labels ------------------------------------------------------------------------------------ */

static const struct talk_choice levels[] = {
    { "simple", "the fast model will do", NULL },
    { "moderate", "something to work out, in a step or two", NULL },
    { "complex", "several steps, worth the slow model", NULL },
};

static void label(struct talk *l)
{
    struct verdict v = { 0 };
    struct error err;
    if (!has_query(l))
        return;
    talk_say(l, "How hard do you find this: %s",
             talk_short(l, buf_text(&l->query), l->query.len, 200));
    int i = talk_choose(l, &TALK_MENU("level", levels));
    if (i < 0)
        return;
    if (!label_add(l->lab->store, buf_text(&l->query), l->query.len, levels[i].word, "person",
                   &err)) {
        talk_fail(l, &err);
        return;
    }
    judge(l, &v);
    enum level level = level_of(l, &v);
    talk_say(l, "Labelled %s. The rules say %s, score %d: %s.", levels[i].word, level_name(level),
             v.score, strcmp(levels[i].word, level_name(level)) == 0 ? "you agree" : "you differ");
    verdict_done(&v);
}

struct label_walk {
    struct talk *l;
    struct verdict v;
    size_t n, agreed;
};

static void hear_label(void *self, const char *query, const char *level, int64_t at_wall)
{
    struct label_walk *w = self;
    (void)at_wall;
    classify(w->l->lab->rules, query, strlen(query), &w->v);
    const char *by_rules = level_name(level_of(w->l, &w->v));
    w->n++;
    w->agreed += strcmp(level, by_rules) == 0;
    talk_say(w->l, "Label %zu: you say %s, the rules say %s, score %d. %s", w->n, level, by_rules,
             w->v.score, talk_short(w->l, query, strlen(query), 200));
}

/* How labels and rules agree, for the exercises. */
static void note_agreement(struct talk *l)
{
    struct error err;
    if (!agreement_note(l->lab, l->lab->rules, l->lab->pipeline.moved, NULL, &err))
        pipeline_not_recorded(&l->lab->pipeline, &err);
}

static void labels(struct talk *l)
{
    struct label_walk w = { .l = l };
    struct error err;
    int64_t textless = 0;
    if (!label_list(l->lab->store, hear_label, &w, &err) ||
        !label_count_textless(l->lab->store, &textless, &err))
        talk_fail(l, &err);
    else if (w.n)
        talk_say(l, "You and the rules agree on %zu of %zu.", w.agreed, w.n);
    else if (!textless)
        talk_say(l, "No labels yet: score a query, then label it.");
    if (textless)
        talk_say(l, "Labels kept without their text, so not listed: %lld.", (long long)textless);
    verdict_done(&w.v);
    note_agreement(l);
}

/* --- thresholds ---------------------------------------------------------------------------------- */

static void threshold(struct talk *l)
{
    static const enum level movable[] = { LEVEL_MODERATE, LEVEL_COMPLEX };
    static const struct talk_choice upper[] = {
        { "moderate", "where simple ends", NULL },
        { "complex", "where the reasoning model takes over", NULL },
    };
    struct pipeline *p = &l->lab->pipeline;
    struct thresholds t = p->moved ? *p->moved : rules_thresholds(p->rules);
    talk_say(l, "Moderate begins at %d, complex at %d. Below moderate all is simple.", t.moderate,
             t.complex);
    int i = talk_choose(l, &TALK_MENU("which level", upper));
    int64_t at = 0;
    struct error err;
    if (i < 0 || talk_ask_number(l, "Begins at score: ", "Type the lowest score of that level.",
                                 -THRESHOLD_MOST, THRESHOLD_MOST, &at) != ASKED_TEXT)
        return;
    if (!thresholds_move(&t, movable[i], (int)at, &err)) {
        talk_fail(l, &err);
        return;
    }
    note_agreement(l);
    l->moved = t;
    p->moved = &l->moved;
    note_agreement(l);
    talk_say(l, "Moderate begins at %d, complex at %d, for this session.", t.moderate, t.complex);
}

static void ask(struct talk *l)
{
    if (has_query(l))
        talk_ask_model(l, ROUTE_AUTO, false);
}

void talk_classify(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "score", "type a query and hear its score, its level and where it would go", score },
        { "signals", "every rule that applied to the last query, with the words it found",
          signals },
        { "label", "say how hard you find the last query", label },
        { "labels", "your labels beside what the rules say", labels },
        { "threshold", "move the score at which a level begins, for this session", threshold },
        { "ask", "send the last query to the model its level says", ask },
    };
    score(l);
    talk_menu(l, &TALK_MENU("classify", choices));
}
