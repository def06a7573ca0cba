/* Judging a compare: once, when both have ended, and with hidden names only while they are
 * hidden. */
#include <stdio.h>
#include <string.h>

#include "core/store/calls.h"
#include "tui/pane/ask_inside.h"

/* In the words of who stands where now. */
static const struct {
    enum action act;
    const char *verdict, *swapped, *words;
} choices[] = {
    { ACT_JUDGE_LEFT, "left", "right", "left is better" },
    { ACT_JUDGE_RIGHT, "right", "left", "right is better" },
    { ACT_JUDGE_SAME, "same", "same", "the same" },
    { ACT_JUDGE_WRONG, "both-wrong", "both-wrong", "both wrong" },
};

const char *ask_judge_off(const struct ask_state *st)
{
    const struct column *left = &st->column[ask_index(st, 0)];
    const struct column *right = &st->column[ask_index(st, 1)];
    if (!ask_compares(st))
        return "only a compare is judged: choose the view with v, then ask";
    if (column_runs(left) && column_runs(right))
        return "both columns are still answering";
    if (column_runs(left) || column_runs(right))
        return column_runs(left) ? "column A is still answering" : "column B is still answering";
    if (st->judged[0])
        return st->blind ? "it is judged, and the names are shown"
                         : "it is judged: u takes it back";
    if (!column_is_good(left) || !column_is_good(right))
        return !column_is_good(left) ? "column A has no whole answer"
                                     : "column B has no whole answer";
    if (st->blind && st->shown)
        return "the names were shown before it was judged";
    return NULL;
}

void ask_judge(struct pane *p, enum action a)
{
    struct ask_state *st = p->state;
    struct error err;
    size_t i = 0;
    while (choices[i].act != a)
        i++;
    /* The rows keep the sides it was asked with, whatever was swapped on the screen since. */
    bool turned = st->swapped != st->sides_swapped;
    const char *verdict = turned ? choices[i].swapped : choices[i].verdict;
    if (!judgement_add(p->desk->lab->store, st->column[0].told.answer_id, verdict, st->blind,
                       st->sides_swapped, &err)) {
        desk_fail(p->desk, "The judgement was not recorded", &err);
        return;
    }
    snprintf(st->judged, sizeof st->judged, "%s", choices[i].words);
    if (st->blind)
        desk_say(p->desk, "judged: %s; A was %s, B was %s", st->judged,
                 st->column[ask_index(st, 0)].told.model, st->column[ask_index(st, 1)].told.model);
    else
        desk_say(p->desk, "judged: %s", st->judged);
    pane_dirty(p);
}

const char *ask_undo_off(const struct ask_state *st)
{
    if (!ask_compares(st) || !st->judged[0])
        return "there is no judgement to take back";
    if (st->blind)
        return "the names are shown now: this judgement stays";
    return NULL;
}

void ask_undo(struct pane *p)
{
    struct ask_state *st = p->state;
    struct error err;
    if (!judgement_drop(p->desk->lab->store, st->column[0].told.answer_id, &err)) {
        desk_fail(p->desk, "The judgement was not taken back", &err);
        return;
    }
    st->judged[0] = '\0';
    desk_say(p->desk, "the judgement is taken back");
    pane_dirty(p);
}

void ask_blind(struct pane *p)
{
    struct ask_state *st = p->state;
    if (ask_hides(st)) {
        st->shown = true;
        st->blind_next = false;
        desk_say(p->desk, "names shown: this compare can no longer be judged");
    } else {
        st->blind_next = !st->blind_next;
        desk_say(p->desk, st->blind_next ? "the next compare hides the names and draws the sides"
                                         : "the next compare shows the names");
    }
    pane_dirty(p);
}

void ask_judge_begin(struct pane *p)
{
    struct ask_state *st = p->state;
    struct error err;
    st->pair_id = 0;
    st->judged[0] = '\0';
    st->shown = false;
    st->blind = st->blind_next;
    if (st->blind)
        st->swapped = random_below(&st->random, 2) == 1;
    st->sides_swapped = st->swapped;
    st->has_before = judged_count(p->desk->lab->store, &st->before, &err);
}

void ask_judge_view(const struct ask_state *st, struct ask_view *v)
{
    bool hides = ask_hides(st);
    v->waits = column_runs(&st->column[0]) || column_runs(&st->column[1]);
    v->judge_off = ask_judge_off(st);
    v->judged = st->judged[0] ? st->judged : NULL;
    v->keeps = st->blind;
    v->hidden = hides;
    v->has_before = st->has_before;
    v->same = st->before.same;
    v->both_wrong = st->before.both_wrong;
    /* Under letters the counts would give away which is which. */
    bool turned = st->swapped && !hides;
    v->better[0] = turned ? st->before.reasoning : st->before.fast;
    v->better[1] = turned ? st->before.fast : st->before.reasoning;
    v->names[0] = hides ? "FAST" : "A";
    v->names[1] = hides ? "REASON" : "B";
}
