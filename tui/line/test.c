/* Test: the labelled set through the pipeline, the repeat test, and why a level is what it is. */
#include <math.h>
#include <string.h>

#include "core/lab/trial.h"
#include "core/limits.h"
#include "core/route/classifier.h"
#include "tui/line/runs.h"

/* The last trial of this session: `why` and `repeat` speak of its rows. */
struct talk_trial {
    struct set set;
    struct teller teller;
};

void talk_trial_done(struct talk *l)
{
    if (!l->trial)
        return;
    runner_free(l->trial->teller.runner);
    set_done(&l->trial->set);
    mem_free(l->trial);
    l->trial = NULL;
}

static const struct items *rows(struct talk *l)
{
    if (!l->trial)
        talk_say(l, "Nothing was run in this session: choose run first.");
    return l->trial ? runner_items(l->trial->teller.runner) : NULL;
}

/* --- what it found ----------------------------------------------------------------------------- */

static void repeat(struct talk *l)
{
    const struct items *t = rows(l);
    struct repeat r;
    struct buf words = buf_with_max(4 * KIB);
    if (!t)
        return;
    trial_repeat(t, &r);
    trial_repeat_words(&r, &words);
    if (r.hit)
        talk_say(l,
                 "Repeat test, the first query again: model call %s, hit %s, %.0f times as fast.",
                 talk_seconds(l, r.call_s), talk_seconds(l, r.hit_s), r.ratio);
    talk_say(l, "%s%s", talk_sentence(l, buf_text(&words)),
             words.len && words.data[words.len - 1] == '.' ? "" : ".");
    buf_done(&words);
}

static void say_agreement(struct talk *l, const struct kept_run *v)
{
    const struct summary *sum = &v->summary;
    struct own_labels own;
    struct error err;
    if (sum->labelled)
        talk_say(l, "Levels agree with the labels of the set on %zu of %zu.", sum->agreed,
                 sum->labelled);
    if (!trial_own_labels(l->lab->store, &l->trial->set, v->items, &own, &err))
        talk_fail(l, &err);
    else if (own.n)
        talk_say(l, "They agree with your own labels on %zu of %zu.", own.agreed, own.n);
    else
        talk_say(l, "You have labelled none of these queries yet.");
    if (sum->all.right.n)
        talk_say(l, "Right answers: %s.", told_share(l, &sum->all.right, sum->all.right_count));
    for (int o = OUTCOME_ANSWERED + 1; o < OUTCOMES; o++)
        if (sum->all.ended[o])
            talk_say(l, "%zu of %zu were %s.", sum->all.ended[o], v->items->n,
                     outcome_name((enum outcome)o));
}

static bool differs(const struct run_item *i)
{
    return i->round == 1 && i->label && *i->label && strcmp(i->label, i->level) != 0;
}

static void say_why(struct talk *l, const struct run_item *i)
{
    struct buf words = buf_with_max(64 * KIB);
    struct verdict v = { 0 };
    size_t len = strlen(i->query);
    classify(l->lab->rules, i->query, len, &v);
    talk_say(l, "%lld: %s", (long long)i->query_index + 1, talk_short(l, i->query, len, 200));
    if (len && v.score == i->score)
        trial_why(l->lab->rules, l->lab->pipeline.moved, i->query, len, &words);
    else
        buf_printf(&words, "scored %d; the rules in force now score it %d", i->score, v.score);
    talk_say(l, "%s%s%s.", differs(i) ? arena_format(&l->words, "Labelled %s, ", i->label) : "",
             differs(i) ? "" : "It ", buf_text(&words));
    verdict_done(&v);
    buf_done(&words);
}

static void why(struct talk *l)
{
    const struct items *t = rows(l);
    size_t told = 0;
    int64_t n;
    if (!t)
        return;
    enum talk_asked asked =
        talk_ask_number(l, "Number of the query, or an empty line for all that differ: ",
                        "Type the number of a query.", 1, (int64_t)l->trial->set.count, &n);
    if (asked == ASKED_BACK)
        return;
    for (size_t i = 0; i < t->n; i++) {
        const struct run_item *row = &t->v[i];
        bool wanted =
            asked == ASKED_TEXT ? row->round == 1 && row->query_index + 1 == n : differs(row);
        if (wanted)
            say_why(l, row);
        told += wanted;
    }
    if (!told)
        talk_say(l, asked == ASKED_TEXT ? "That query was not asked."
                                        : "No level differs from its label.");
}

/* --- running -------------------------------------------------------------------------------------- */

static void end(struct talk *l)
{
    struct kept_run v;
    kept_run_live(&v, l->lab->store, l->trial->teller.runner);
    told_say_head(l, &v);
    say_agreement(l, &v);
    kept_run_done(&v);
    repeat(l);
}

static void run(struct talk *l)
{
    struct lab_model *pair[2] = { l->lab->pipeline.fast, l->lab->pipeline.reasoning };
    struct error err;
    if (!talk_has_models(l))
        return;
    talk_trial_done(l);
    struct talk_trial *t = l->trial = mem_new(struct talk_trial, 1);
    t->teller = (struct teller){ .l = l, .rows = true };
    struct trial_options o = { .set = &t->set, .settings = lab_ask_settings(l->lab) };
    if (!told_ask_set(l, "sample", &t->set) || !talk_ask_hosted(l, t->set.count + 1, pair, 2)) {
        talk_trial_done(l);
        return;
    }
    talk_say(l, "Asking %s.", talk_count(l, (int64_t)t->set.count, "query", "queries"));
    t->teller.runner = trial_start(l->lab, &o, teller_hear, &t->teller, &err);
    if (!t->teller.runner) {
        talk_fail(l, &err);
        talk_trial_done(l);
    } else if (teller_wait(&t->teller)) {
        end(l);
    }
}

static void all(struct talk *l)
{
    const struct items *t = rows(l);
    for (size_t i = 0; t && i < t->n && !l->ending; i++)
        if (t->v[i].round == 1)
            teller_row(l, &t->v[i], l->trial->set.count);
}

void talk_test(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "run", "ask a labelled set, then its first query again", run },
        { "rows", "hear the rows of the last run again", all },
        { "why", "why a query has its level, or all that differ from their label", why },
        { "repeat", "what the repeat test found", repeat },
    };
    talk_menu(l, &TALK_MENU("test", choices));
}
