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
    if (st->judging)
        return "it is judged, and waits to be written: u takes it back";
    if (!column_is_good(left) || !column_is_good(right))
        return !column_is_good(left) ? "column A has no whole answer"
                                     : "column B has no whole answer";
    if (st->blind && st->shown)
        return "the names were shown before it was judged";
    return NULL;
}

/* --- judging ---------------------------------------------------------------------------------- */

/* Of the compare that was shown when the key was pressed; another one may be shown since. */
struct judgement {
    int64_t answer_id;
    const char *verdict, *words;
    bool blind, sides_swapped;
    char left[200], right[200]; /* who stood there */
};

static bool is_shown(const struct ask_state *st, const struct judgement *j)
{
    return st->column[0].told.answer_id == j->answer_id;
}

static bool write_judgement(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    const struct judgement *j = what;
    return judgement_add(p->desk->lab->store, j->answer_id, j->verdict, j->blind, j->sides_swapped,
                         err);
}

static void is_judged(void *self, void *what)
{
    struct pane *p = self;
    struct ask_state *st = p->state;
    const struct judgement *j = what;
    if (is_shown(st, j)) {
        snprintf(st->judged, sizeof st->judged, "%s", j->words);
        st->judging = false;
    }
    if (j->blind)
        desk_say(p->desk, "judged: %s; A was %s, B was %s", j->words, j->left, j->right);
    else
        desk_say(p->desk, "judged: %s", j->words);
    pane_dirty(p);
}

static void is_not_judged(void *self, void *what, const struct error *err)
{
    const struct pane *p = self;
    struct ask_state *st = p->state;
    (void)err;
    if (is_shown(st, what))
        st->judging = false;
}

static const struct deed judging = { .title = "The judgement was not recorded",
                                     .size = sizeof(struct judgement),
                                     .write = write_judgement,
                                     .done = is_judged,
                                     .failed = is_not_judged };

void ask_judge(struct pane *p, enum action a)
{
    struct ask_state *st = p->state;
    size_t i = 0;
    while (choices[i].act != a)
        i++;
    /* The rows keep the sides it was asked with, whatever was swapped on the screen since. */
    bool turned = st->swapped != st->sides_swapped;
    struct judgement j = { .answer_id = st->column[0].told.answer_id,
                           .verdict = turned ? choices[i].swapped : choices[i].verdict,
                           .words = choices[i].words,
                           .blind = st->blind,
                           .sides_swapped = st->sides_swapped };
    snprintf(j.left, sizeof j.left, "%s", st->column[ask_index(st, 0)].told.model);
    snprintf(j.right, sizeof j.right, "%s", st->column[ask_index(st, 1)].told.model);
    st->judging = true;
    deed_do(p->desk, &judging, p, &j);
    pane_dirty(p);
}

/* --- taking it back ---------------------------------------------------------------------------- */

const char *ask_undo_off(const struct ask_state *st)
{
    if (ask_compares(st) && st->judging)
        return NULL;
    if (!ask_compares(st) || !st->judged[0])
        return "there is no judgement to take back";
    if (st->taking_back)
        return "it waits to be taken back";
    if (st->blind)
        return "the names are shown now: this judgement stays";
    return NULL;
}

static bool drop_judgement(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    return judgement_drop(p->desk->lab->store, ((struct judgement *)what)->answer_id, err);
}

static void is_taken_back(void *self, void *what)
{
    struct pane *p = self;
    struct ask_state *st = p->state;
    if (is_shown(st, what)) {
        st->judged[0] = '\0';
        st->taking_back = false;
    }
    desk_say(p->desk, "the judgement is taken back");
    pane_dirty(p);
}

static void is_not_taken_back(void *self, void *what, const struct error *err)
{
    const struct pane *p = self;
    struct ask_state *st = p->state;
    (void)err;
    if (is_shown(st, what))
        st->taking_back = false;
}

static const struct deed taking_back = { .title = "The judgement was not taken back",
                                         .size = sizeof(struct judgement),
                                         .write = drop_judgement,
                                         .done = is_taken_back,
                                         .failed = is_not_taken_back };

/* One that still waits is simply not written. */
void ask_undo(struct pane *p)
{
    struct ask_state *st = p->state;
    if (st->judging && deed_call_off(p->desk, &judging, p)) {
        st->judging = false;
        desk_say(p->desk, "the judgement is taken back");
    } else {
        st->taking_back = true;
        deed_do(p->desk, &taking_back, p,
                &(struct judgement){ .answer_id = st->column[0].told.answer_id });
    }
    pane_dirty(p);
}

/* --- hidden names -------------------------------------------------------------------------------- */

void ask_blind(struct pane *p)
{
    struct ask_state *st = p->state;
    if (st->judging) {
        desk_say(p->desk, "the names are shown as soon as the judgement is written");
    } else if (ask_hides(st)) {
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
    st->judging = st->taking_back = false;
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
