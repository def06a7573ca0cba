/* What the files of the Ask pane share: its state and who does what; private to them. */
#ifndef PANE_ASK_INSIDE_H
#define PANE_ASK_INSIDE_H

#include "core/base/random.h"
#include "core/route/classifier.h"
#include "core/store/asked.h"
#include "tui/pane/ask.h"
#include "tui/pane/ask_column.h"
#include "tui/pane/pane.h"
#include "tui/pane/past.h"

/* column[0] is FAST in a compare, and the only one otherwise; column[1] is REASON. Where they
 * stand is another thing: `swapped` puts REASON at the left. */
struct ask_state {
    struct field field;
    struct column column[2];
    struct verdict verdict; /* of the field's text */
    bool scored, too_long;
    struct past past; /* prompts sent */

    char *asked; /* the question of the columns, NULL: none yet */
    size_t asked_len;
    enum ask_mode asked_mode;
    bool asked_again; /* the cache was passed by */
    bool waiting;     /* sent before the models were known: asked when they are */
    bool loss_told;   /* that rows do not reach the disk */

    bool cold[ROLES]; /* the model was not loaded when its server was last looked at */
    struct waiter *looking[ROLES];

    int focus; /* 0 left, 1 right */
    bool zoomed, swapped;
    struct random random;

    /* Of the compare that is shown. */
    int64_t pair_id;
    bool sides_swapped; /* as its rows have it */
    bool blind;         /* it was asked with hidden names */
    bool shown;         /* the names were shown before it was judged */
    char judged[48];    /* in words; "" not yet */
    bool judging;       /* a judgement waits to be written, */
    bool taking_back;   /* or to be taken back */
    bool blind_next;
    struct judged before;
    bool has_before;
};

/* The column that stands at the left (0) or right (1). */
static inline int ask_index(const struct ask_state *st, int at)
{
    return st->asked_mode == MODE_COMPARE && st->swapped ? !at : at;
}

static inline bool ask_compares(const struct ask_state *st)
{
    return st->asked && st->asked_mode == MODE_COMPARE;
}

static inline struct column *ask_focused(struct ask_state *st)
{
    return &st->column[ask_compares(st) ? ask_index(st, st->focus) : 0];
}

static inline bool ask_runs(const struct ask_state *st)
{
    return column_runs(&st->column[0]) || column_runs(&st->column[1]);
}

/* Names are hidden: a blind compare that was neither judged nor given up. */
static inline bool ask_hides(const struct ask_state *st)
{
    return ask_compares(st) && st->blind && !st->shown && !st->judged[0];
}

/* "A" and "B" of a compare, the role otherwise. */
const char *ask_column_name(const struct ask_state *st, const struct column *c);

/* --- sending (ask_send.c) ----------------------------------------------------------------------- */

void ask_send(struct pane *p);
/* Finds out whether the pair is loaded, so that a silent server can be told from one that loads:
 * while a question is written, since a server that loads a model lists it as loaded. */
void ask_look(struct pane *p);
void ask_look_done(struct ask_state *st);
/* The question of the columns once more; `again`: the cache is passed by. */
void ask_repeat(struct pane *p, enum ask_mode mode, bool again);
/* What a column tells. */
void ask_changed(void *self, struct column *c);
/* Offers a larger token limit and asks again with it. */
void ask_raise_limit(struct pane *p);
const char *ask_limit_off(const struct ask_state *st);
void ask_score(struct pane *p);

/* --- judging (ask_judge.c) ------------------------------------------------------------------------ */

const char *ask_judge_off(const struct ask_state *st);
void ask_judge(struct pane *p, enum action a);
const char *ask_undo_off(const struct ask_state *st);
void ask_undo(struct pane *p);
void ask_blind(struct pane *p);
/* Before a compare is asked: sides, hiding, what was judged so far. */
void ask_judge_begin(struct pane *p);
void ask_judge_view(const struct ask_state *st, struct ask_view *v);

#endif
