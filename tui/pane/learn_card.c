/* Cards of the lessons: a check that passed, hints and solutions where no column shows them, and
 * the form of a prediction. */
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "tui/pane/learn_inside.h"

#define MET_COLS 76 /* of a row of the card at 80 columns */

static const struct exercise *find(const struct pane *p, const char *id)
{
    int i = learn_find(p, id);
    return i < 0 ? NULL : &learn_course(p)->exercises[i];
}

bool learn_is_done(const struct exercise *e)
{
    return e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN;
}

/* Shows a card of this pane; the text is copied. Never over an error. */
static void show(struct pane *p, struct desk_card card, const char *title, const struct buf *text)
{
    char copy[120];
    snprintf(copy, sizeof copy, "%s", title);
    card.title = copy;
    card.text = (char *)(uintptr_t)buf_text(text);
    card.self = p;
    if (!p->desk->trouble.t.title)
        desk_card(p->desk, &card);
}

/* "go to Classify". */
static void say_pane(const struct exercise *e, char *ret, size_t size)
{
    snprintf(ret, size, "go to %c%s", e->pane[0] - 'a' + 'A', e->pane + 1);
}

static void go_there(void *self)
{
    struct pane *p = self;
    const struct learn_state *st = p->state;
    const struct exercise *e = find(p, st->asked);
    if (e && e->pane)
        learn_go(p, e->pane);
}

/* --- what is to be done --------------------------------------------------------------------------- */

static void put_goal(const struct exercise *e, struct buf *to)
{
    if (e->goal)
        buf_printf(to, "%s\n\n", e->goal);
}

/* Title, goal, why, what must be true: where no column says so. */
void learn_show_goal(struct pane *p, const char *id)
{
    struct learn_state *st = p->state;
    const struct exercise *e = find(p, id);
    if (!e || p->desk->coach_column)
        return;
    struct desk_card card = { .act = go_there, .close = "close" };
    struct buf text = buf_with_max(8 * KIB);
    char title[120];
    snprintf(st->asked, sizeof st->asked, "%s", id);
    snprintf(title, sizeof title, "%s %s, about %d min", e->id, e->title, e->minutes);
    put_goal(e, &text);
    for (int i = 0; i < e->criterion_count; i++)
        buf_printf(&text, "%s%s\n", i ? "             " : "Passes when  ", e->criteria[i].text);
    if (e->why)
        buf_printf(&text, "\n%s\n", e->why);
    if (e->note)
        buf_printf(&text, "\n%s\n", e->note);
    if (e->pane)
        say_pane(e, card.enter, sizeof card.enter);
    show(p, card, title, &text);
    buf_done(&text);
}

/* --- a check -------------------------------------------------------------------------------------- */

/* The one after it that is in this state; from the last one on the first again. */
static const struct exercise *next_in(const struct course *c, const struct exercise *e,
                                      enum exercise_state state)
{
    int from = (int)(e - c->exercises);
    for (int away = 1; away < c->exercise_count; away++) {
        const struct exercise *n = &c->exercises[(from + away) % c->exercise_count];
        if (n->state == state)
            return n;
    }
    return NULL;
}

/* What is to do; those that were skipped when nothing else is left. */
static const struct exercise *next_of(const struct course *c, const struct exercise *e)
{
    const struct exercise *next = next_in(c, e, EXERCISE_TODO);
    return next ? next : next_in(c, e, EXERCISE_SKIPPED);
}

static void go_on(void *self)
{
    struct pane *p = self;
    struct learn_state *st = p->state;
    const struct exercise *e = find(p, st->asked);
    const struct exercise *next = e ? next_of(learn_course(p), e) : NULL;
    if (!next)
        return;
    st->filter = LEARN_ALL;
    st->chosen = (int)(next - learn_course(p)->exercises);
    learn_call(p, st->lessons->ops->choose, "The exercise cannot be opened", next->id,
               learn_show_start);
}

static void offer_next(const struct pane *p, const struct exercise *e, struct desk_card *card)
{
    const struct exercise *next = next_of(learn_course(p), e);
    if (!next)
        return;
    snprintf(card->enter, sizeof card->enter, "next (%s %.24s)", next->id, next->name);
    text_trim_partial(card->enter);
    card->act = go_on;
}

static void another_solution(void *self)
{
    struct pane *p = self;
    struct learn_state *st = p->state;
    learn_call(p, st->lessons->ops->solution, "The solution cannot be shown", st->asked,
               learn_show_solution);
}

/* "3rd try, 1 hint". */
static void say_tries(const struct exercise *e, char *ret, size_t size)
{
    int n = e->tries, last = n % 100 / 10 == 1 ? 0 : n % 10;
    static const char *const ends[] = { "th", "st", "nd", "rd" };
    snprintf(ret, size, "%d%s try, %d hint%s%s", n, ends[last < 4 ? last : 0], e->hints_used,
             e->hints_used == 1 ? "" : "s",
             e->state == EXERCISE_SEEN ? ", after the solution" : "");
}

/* What was fulfilled, in a row where it fits, and how often it was tried at its end. */
static void put_met(const struct exercise *e, struct buf *to)
{
    char tries[60];
    int cols = 0;
    say_tries(e, tries, sizeof tries);
    for (int i = 0; i < e->criterion_count; i++)
        cols += (int)text_cols(e->criteria[i].text, strlen(e->criteria[i].text)) + 5;
    bool beside = cols + (int)strlen(tries) < MET_COLS;
    for (int i = 0; i < e->criterion_count; i++) {
        bool last = i == e->criterion_count - 1;
        buf_printf(to, "\xE2\x9C\x93 %s", e->criteria[i].text);
        if (beside ? last : i == 0)
            buf_printf(to, "\t%s", tries);
        buf_puts(to, beside && !last ? "   " : "\n");
    }
}

/* "You wrote "Begin with six", asked it of 2 models". */
static void put_did(const struct exercise *e, struct buf *to)
{
    bool any = false;
    for (int i = 0; i < e->criterion_count; i++)
        if (e->criteria[i].did) {
            buf_printf(to, "%s%s", any ? ", " : "\nYou ", e->criteria[i].did);
            any = true;
        }
    buf_puts(to, any ? "\n" : "");
}

/* Both bars, and a sentence where that was the last of something. */
static void put_sums(const struct course *c, const struct exercise *e, struct desk_card *card,
                     struct buf *to)
{
    const struct course_part *part = &c->parts[e->part];
    int done = 0, total = c->total ? c->total : c->exercise_count;
    for (int i = part->first; i < part->first + part->count; i++)
        done += learn_is_done(&c->exercises[i]);
    snprintf(card->bars[0].label, sizeof card->bars[0].label, "Part %d", e->part + 1);
    card->bars[0].done = done;
    card->bars[0].total = part->count;
    snprintf(card->bars[1].label, sizeof card->bars[1].label, "All");
    card->bars[1].done = c->done;
    card->bars[1].total = total;
    if (c->all_done == c->exercise_count)
        buf_puts(to, "\nThat was the last exercise of the lab. E in Learn writes your report: the "
                     "goals with what proves them, and your own figures.\n");
    else if (c->done == total)
        buf_printf(to,
                   "\nThat was the last one of this course, %d of %d. E in Learn writes your "
                   "report.\n",
                   c->done, total);
    else if (done == part->count)
        buf_printf(to, "\nThat is the whole of part %d, %s.\n", e->part + 1, part->name);
}

static void show_passed(struct pane *p, const struct exercise *e)
{
    const struct course *c = learn_course(p);
    struct desk_card card = { .close = "stay and play" };
    struct buf text = buf_with_max(8 * KIB);
    char title[40];
    snprintf(title, sizeof title, "%s passed", e->id);
    put_met(e, &text);
    put_did(e, &text);
    if (e->shows)
        buf_printf(&text, "\nSo now you know   %s\n", e->shows);
    put_sums(c, e, &card, &text);
    offer_next(p, e, &card);
    if (!e->solution) {
        snprintf(card.more, sizeof card.more, "see another solution");
        card.key = 's';
        card.act_more = another_solution;
    }
    show(p, card, title, &text);
    p->desk->rings = strcmp(lab_setting(p->desk->lab, "screen.bell", NULL), "pass") == 0;
    buf_done(&text);
}

/* What is missing, in kind, line by line: one row of the screen would cut it. */
static void show_missing(struct pane *p, const struct exercise *e)
{
    struct buf text = buf_with_max(8 * KIB);
    char title[60];
    snprintf(title, sizeof title, "%s not yet", e->id);
    for (int i = 0; i < e->criterion_count; i++) {
        bool met = e->criteria[i].met == MET_YES;
        look_t look;
        buf_printf(&text, "%s %s\n",
                   criterion_mark(false, learn_criterion(e->criteria[i].met), &look),
                   e->criteria[i].text);
        if (!met && e->criteria[i].said)
            buf_printf(&text, "    %s\n", e->criteria[i].said);
    }
    show(p, (struct desk_card){ 0 }, title, &text);
    buf_done(&text);
}

void learn_show_check(struct pane *p, const char *id)
{
    struct learn_state *st = p->state;
    const struct exercise *e = find(p, id);
    if (!e || p->desk->trouble.t.title)
        return;
    snprintf(st->asked, sizeof st->asked, "%s", id);
    if (learn_is_done(e) && !st->was_done)
        show_passed(p, e);
    else if (learn_is_done(e))
        desk_say(p->desk, "%s is passed, for ever", id);
    else if (e->found && p->desk->coach_column)
        desk_say(p->desk, "%s not yet: %s", id, e->found);
    else if (e->found)
        show_missing(p, e);
}

/* --- help ------------------------------------------------------------------------------------------ */

void learn_show_hint(struct pane *p, const char *id)
{
    const struct exercise *e = find(p, id);
    if (!e || !e->hints_used || p->desk->coach_column)
        return;
    struct buf text = buf_with_max(8 * KIB);
    char title[40];
    snprintf(title, sizeof title, "%s hint %d of %d", id, e->hints_used, e->hint_count);
    for (int i = 0; i < e->hints_used && e->hints[i]; i++)
        buf_printf(&text, "%d  %s\n", i + 1, e->hints[i]);
    show(p, (struct desk_card){ 0 }, title, &text);
    buf_done(&text);
}

void learn_show_solution(struct pane *p, const char *id)
{
    struct learn_state *st = p->state;
    const struct exercise *e = find(p, id);
    if (!e || !e->solution)
        return;
    snprintf(st->asked, sizeof st->asked, "%s", id);
    struct desk_card card = { 0 };
    struct buf text = buf_with_max(8 * KIB);
    char title[40];
    snprintf(title, sizeof title, "%s a solution", id);
    buf_printf(&text, "%s\n", e->solution);
    if (learn_is_done(e))
        offer_next(p, e, &card);
    show(p, card, title, &text);
    buf_done(&text);
}

/* --- a prediction ---------------------------------------------------------------------------------- */

struct prediction {
    char id[16], *text;
};

static bool write_prediction(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    const struct learn_state *st = p->state;
    const struct prediction *a = what;
    return st->lessons->ops->answer(st->lessons, a->id, a->text, err);
}

static void prediction_is_made(void *self, void *what)
{
    learn_show_form(self, ((struct prediction *)what)->id);
    learn_is_new(self);
}

/* Most often it was not written as the form wants it. */
static void prediction_is_refused(void *self, void *what, const struct error *err)
{
    const struct pane *p = self;
    desk_say(p->desk, "%s", err->text);
    prediction_is_made(self, what);
}

static void forget_prediction(void *what)
{
    mem_free(((struct prediction *)what)->text);
}

static const struct deed predicting = { .title = "The prediction was not recorded",
                                        .loss = LOSS_OWN,
                                        .size = sizeof(struct prediction),
                                        .write = write_prediction,
                                        .done = prediction_is_made,
                                        .failed = prediction_is_refused,
                                        .forget = forget_prediction };

static void answered(void *self, const char *text)
{
    struct pane *p = self;
    const struct learn_state *st = p->state;
    struct prediction a = { 0 };
    if (!text || !*text)
        return;
    snprintf(a.id, sizeof a.id, "%s", st->asked);
    a.text = mem_string(text);
    deed_do(p->desk, &predicting, p, &a);
}

static void ask_answer(void *self)
{
    struct pane *p = self;
    struct learn_state *st = p->state;
    struct error err = { 0 };
    const struct lesson_form *f = st->lessons->ops->form(st->lessons, st->asked, &err);
    char question[100];
    if (!f || !f->words)
        return;
    snprintf(question, sizeof question, "Your %s, as in %s:", f->words == 1 ? "answer" : "answers",
             f->example);
    desk_ask_text(p->desk, question, "", answered, p);
}

static void put_form(const struct lesson_form *f, struct buf *to)
{
    buf_printf(to, "%s\n\n", f->intro);
    for (int i = 0; i < f->item_count; i++)
        buf_printf(to, "%d  %s\n", i + 1, f->items[i]);
    for (int i = 0; i < f->choice_count; i++)
        buf_printf(to, "%s%c  %s\n", i == 0 && f->item_count ? "\n" : "", 'a' + i, f->choices[i]);
}

struct asking {
    char id[16];
    const struct lesson_form *form;
};

/* A form opens its exercise, which is written. */
static bool make_form(void *self, void *what, struct error *err)
{
    const struct pane *p = self;
    const struct learn_state *st = p->state;
    struct asking *a = what;
    a->form = st->lessons->ops->form(st->lessons, a->id, err);
    return a->form != NULL;
}

static void show_form(void *self, void *what)
{
    struct pane *p = self;
    struct learn_state *st = p->state;
    const struct asking *a = what;
    const struct lesson_form *f = a->form;
    const struct exercise *e = find(p, a->id);
    if (!e)
        return;
    snprintf(st->asked, sizeof st->asked, "%s", a->id);
    struct desk_card card = { .stays = true };
    struct buf text = buf_with_max(16 * KIB);
    char title[60];
    snprintf(title, sizeof title, "%s asks, round %d", e->id, f->round);
    if (e->answered)
        buf_printf(&text, "Last time: %s\n\n", e->answered);
    else if (!p->desk->coach_column)
        put_goal(e, &text);
    put_form(f, &text);
    if (f->words) {
        snprintf(card.enter, sizeof card.enter, "answer");
        card.act = ask_answer;
    }
    if (e->pane) {
        say_pane(e, card.more, sizeof card.more);
        card.key = 'J';
        card.act_more = go_there;
    }
    show(p, card, title, &text);
    buf_done(&text);
}

static const struct deed asking = { .title = "Nothing can be asked",
                                    .size = sizeof(struct asking),
                                    .write = make_form,
                                    .done = show_form };

void learn_show_form(struct pane *p, const char *id)
{
    struct asking a = { .form = NULL };
    snprintf(a.id, sizeof a.id, "%s", id);
    deed_do(p->desk, &asking, p, &a);
}

void learn_show_start(struct pane *p, const char *id)
{
    const struct exercise *e = find(p, id);
    if (e && e->asks)
        learn_show_form(p, id);
    else
        learn_show_goal(p, id);
}
