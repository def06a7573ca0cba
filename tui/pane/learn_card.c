/* Cards of the lessons: a check that passed, hints and solutions where no column shows them, and
 * the form of a prediction. */
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "tui/pane/learn_inside.h"

#define COLUMN_COLS 120 /* from here on the coach column shows hints by itself */

static const struct exercise *find(const struct pane *p, const char *id)
{
    int i = learn_find(p, id);
    return i < 0 ? NULL : &learn_course(p)->exercises[i];
}

static void show(struct pane *p, const char *title, const struct buf *text, const char *enter,
                 bool stays, void (*act)(void *self))
{
    char copy[100];
    snprintf(copy, sizeof copy, "%s", title);
    struct desk_card card = { copy, (char *)(uintptr_t)buf_text(text), enter, stays, act, p };
    desk_card(p->desk, &card);
}

/* --- a check -------------------------------------------------------------------------------------- */

static void go_on(void *self)
{
    struct pane *p = self;
    struct learn_state *st = p->state;
    const struct course *c = learn_course(p);
    int from = learn_find(p, st->asked);
    for (int away = 1; from >= 0 && away <= c->exercise_count; away++) {
        const struct exercise *e = &c->exercises[(from + away) % c->exercise_count];
        if (e->state != EXERCISE_TODO)
            continue;
        st->chosen = (int)(e - c->exercises);
        learn_call(p, st->lessons->ops->choose, "The exercise cannot be opened", e->id);
        return;
    }
}

static const struct exercise *next_of(const struct course *c, const struct exercise *e)
{
    int from = (int)(e - c->exercises);
    for (int away = 1; away < c->exercise_count; away++) {
        const struct exercise *n = &c->exercises[(from + away) % c->exercise_count];
        if (n->state == EXERCISE_TODO)
            return n;
    }
    return NULL;
}

static void put_sums(const struct course *c, const struct exercise *e, struct buf *to)
{
    const struct course_part *part = &c->parts[e->part];
    int done = 0;
    for (int i = part->first; i < part->first + part->count; i++)
        done += c->exercises[i].state == EXERCISE_DONE || c->exercises[i].state == EXERCISE_SEEN;
    buf_printf(to, "Part %d: %d of %d%s   Course: %d of %d\n", e->part + 1, done, part->count,
               done == part->count ? ", the whole part" : "", c->done,
               c->total ? c->total : c->exercise_count);
    if (c->all_done == c->exercise_count)
        buf_puts(to, "That was the last exercise of the lab. E in Learn writes your report.\n");
}

static void show_passed(struct pane *p, const struct exercise *e)
{
    const struct course *c = learn_course(p);
    const struct exercise *next = next_of(c, e);
    struct buf text = buf_with_max(8 * KIB);
    char title[40];
    snprintf(title, sizeof title, "%s passed", e->id);
    for (int i = 0; i < e->criterion_count; i++)
        buf_printf(&text, "\xE2\x9C\x93 %s\n", e->criteria[i].text);
    buf_printf(&text, "%d check%s, %d hint%s%s\n\n", e->tries, e->tries == 1 ? "" : "s",
               e->hints_used, e->hints_used == 1 ? "" : "s",
               e->state == EXERCISE_SEEN ? ", after the solution" : "");
    if (e->shows)
        buf_printf(&text, "So now you know: %s\n\n", e->shows);
    put_sums(c, e, &text);
    show(p, title, &text, next ? "next exercise" : NULL, false, next ? go_on : NULL);
    buf_done(&text);
}

void learn_show_check(struct pane *p, const char *id)
{
    const struct learn_state *st = p->state;
    const struct exercise *e = find(p, id);
    if (!e || p->desk->trouble.t.title)
        return;
    bool done = e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN;
    if (done && !st->was_done)
        show_passed(p, e);
    else if (done)
        desk_say(p->desk, "%s is passed, for ever", id);
    else if (e->found)
        desk_say(p->desk, "%s not yet: %s", id, e->found);
}

/* --- help ------------------------------------------------------------------------------------------ */

static bool column_shows(const struct pane *p)
{
    return p->desk->terminal.cols >= COLUMN_COLS || p->desk->terminal.cols == 0;
}

void learn_show_hint(struct pane *p, const char *id)
{
    const struct exercise *e = find(p, id);
    if (!e || !e->hints_used || column_shows(p) || p->desk->trouble.t.title)
        return;
    struct buf text = buf_with_max(8 * KIB);
    char title[40];
    snprintf(title, sizeof title, "%s hint %d of %d", id, e->hints_used, e->hint_count);
    for (int i = 0; i < e->hints_used && e->hints[i]; i++)
        buf_printf(&text, "%d  %s\n", i + 1, e->hints[i]);
    show(p, title, &text, NULL, false, NULL);
    buf_done(&text);
}

void learn_show_solution(struct pane *p, const char *id)
{
    const struct exercise *e = find(p, id);
    if (!e || !e->solution || p->desk->trouble.t.title)
        return;
    struct buf text = buf_with_max(8 * KIB);
    char title[40];
    snprintf(title, sizeof title, "%s a solution", id);
    buf_printf(&text, "%s\n", e->solution);
    show(p, title, &text, NULL, false, NULL);
    buf_done(&text);
}

/* --- a prediction ---------------------------------------------------------------------------------- */

static void answered(void *self, const char *text)
{
    struct pane *p = self;
    struct learn_state *st = p->state;
    struct error err = { 0 };
    if (!text || !*text)
        return;
    if (!st->lessons->ops->answer(st->lessons, st->asked, text, &err))
        desk_say(p->desk, "%s", err.text);
    learn_show_form(p, st->asked);
    learn_is_new(p);
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

void learn_show_form(struct pane *p, const char *id)
{
    struct learn_state *st = p->state;
    struct error err = { 0 };
    const struct lesson_form *f = st->lessons->ops->form(st->lessons, id, &err);
    const struct exercise *e = find(p, id);
    if (!f || !e) {
        desk_fail(p->desk, "Nothing can be asked", &err);
        return;
    }
    struct buf text = buf_with_max(16 * KIB);
    char title[60];
    snprintf(title, sizeof title, "%s asks, round %d", e->id, f->round);
    if (e->answered)
        buf_printf(&text, "Last time: %s\n\n", e->answered);
    put_form(f, &text);
    show(p, title, &text, f->words ? "answer" : NULL, true, f->words ? ask_answer : NULL);
    buf_done(&text);
}
