/* Exercises in line mode: the current one said aloud, checked, helped with; predictions asked one
 * by one. What is done in the other menus counts, as everywhere. */
#include <string.h>

#include "core/lab/lessons.h"
#include "core/limits.h"
#include "tui/line/talk.h"

static const char *const met_words[] = { [MET_NOT_YET] = "not yet",
                                         [MET_YES] = "met",
                                         [MET_NO] = "not met",
                                         [MET_UNKNOWN] = "could not be checked" };

/* The lessons of this talk, opened when they are first wanted. */
static struct lessons *lessons_of(struct talk *l)
{
    if (!l->lessons)
        l->lessons = lessons_open(l->lab);
    l->lessons->ops->refresh(l->lessons);
    return l->lessons;
}

/* The one the person is at, or the first. */
static const struct exercise *current(struct talk *l)
{
    const struct course *c = lessons_of(l)->ops->course(l->lessons);
    return &c->exercises[c->current < 0 ? 0 : c->current];
}

static void say_criteria(struct talk *l, const struct exercise *e)
{
    for (int i = 0; i < e->criterion_count; i++)
        talk_say(l, "Criterion %d, %s: %s.%s%s%s", i + 1, met_words[e->criteria[i].met],
                 e->criteria[i].text, e->criteria[i].said ? " " : "",
                 e->criteria[i].said ? talk_sentence(l, e->criteria[i].said) : "",
                 e->criteria[i].said ? "." : "");
}

static void say_exercise(struct talk *l, const struct exercise *e)
{
    talk_say(l, "Exercise %s, %s. %s.", e->id, exercise_state_words(e->state), e->title);
    talk_say(l, "Goal: %s", e->goal);
    talk_say(l, "Why: %s", e->why);
    if (e->note)
        talk_say(l, "Note: %s", e->note);
    talk_say(l, "About %d minutes, in the menu %s.", e->minutes, e->pane);
    say_criteria(l, e);
    if (e->asks)
        talk_say(l, "It asks for a prediction: choose predict.");
}

/* Does one thing with the current exercise; false where that failed, which was said. */
static bool with(struct talk *l, bool (*what)(struct lessons *l, const char *id, struct error *err))
{
    struct error err = { 0 };
    struct lessons *of = lessons_of(l);
    const char *id = current(l)->id;
    if (what(of, id, &err))
        return true;
    talk_fail(l, &err);
    return false;
}

static void show(struct talk *l)
{
    if (with(l, lessons_of(l)->ops->choose))
        say_exercise(l, current(l));
}

static void list(struct talk *l)
{
    const struct course *c = lessons_of(l)->ops->course(l->lessons);
    for (int i = 0; i < c->exercise_count; i++)
        talk_say(l, "%s, %s, %s.", c->exercises[i].id, c->exercises[i].name,
                 exercise_state_words(c->exercises[i].state));
    talk_say(l, "%d of %d done.", c->all_done, c->exercise_count);
}

static void left(struct talk *l)
{
    const struct course *c = lessons_of(l)->ops->course(l->lessons);
    int n = 0;
    for (int i = 0; i < c->exercise_count; i++) {
        const struct exercise *e = &c->exercises[i];
        if (e->state != EXERCISE_TODO && e->state != EXERCISE_SKIPPED)
            continue;
        n++;
        talk_say(l, "%s, %s, %s.", e->id, e->name, exercise_state_words(e->state));
    }
    if (n)
        talk_say(l, "%d left of %d.", n, c->exercise_count);
    else
        talk_say(l, "All of them are done.");
}

static void take(struct talk *l)
{
    const char *id;
    size_t len;
    struct error err = { 0 };
    if (talk_ask(l, "Exercise: ", "Type the number of an exercise, like 2.3.", &id, &len) !=
        ASKED_TEXT)
        return;
    const char *copy = arena_copy(&l->words, id, len);
    if (lessons_of(l)->ops->choose(l->lessons, copy, &err))
        say_exercise(l, current(l));
    else
        talk_fail(l, &err);
}

static void check(struct talk *l)
{
    if (!with(l, lessons_of(l)->ops->check))
        return;
    const struct exercise *e = current(l);
    const struct course *c = l->lessons->ops->course(l->lessons);
    bool passed = e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN;
    if (passed && strcmp(lab_setting(l->lab, "screen.bell", NULL), "pass") == 0)
        talk_ring();
    talk_say(l, "%s is %s.", e->id, passed ? "passed" : "not passed yet");
    say_criteria(l, e);
    if (passed && e->shows)
        talk_say(l, "So now you know: %s", e->shows);
    if (passed)
        talk_say(l, "%d of %d done in this course.", c->done, c->total);
    else if (e->suggest_hint)
        talk_say(l, "Choose hint for a hint.");
}

static void hint(struct talk *l)
{
    if (!with(l, lessons_of(l)->ops->hint))
        return;
    const struct exercise *e = current(l);
    talk_say(l, "Hint %d of %d: %s", e->hints_used, e->hint_count, e->hints[e->hints_used - 1]);
}

static void solution(struct talk *l)
{
    const struct exercise *e = current(l);
    if (!e->solution && !talk_ask_yes(l, "Show a solution? The exercise then counts as done after "
                                         "seeing it."))
        return;
    if (with(l, lessons_of(l)->ops->solution))
        talk_say(l, "A solution: %s", current(l)->solution);
}

static void predict(struct talk *l)
{
    struct error err = { 0 };
    const struct exercise *e = current(l);
    if (!e->asks) {
        talk_say(l, "%s asks for nothing: it is checked by what you do.", e->id);
        return;
    }
    const struct lesson_form *f = lessons_of(l)->ops->form(l->lessons, e->id, &err);
    if (!f) {
        talk_fail(l, &err);
        return;
    }
    talk_say(l, "%s", f->intro);
    for (int i = 0; i < f->item_count; i++)
        talk_say(l, "%d: %s", i + 1, f->items[i]);
    for (int i = 0; i < f->choice_count; i++)
        talk_say(l, "%c: %s", 'a' + i, f->choices[i]);
    const char *text;
    size_t len;
    if (!f->words ||
        talk_ask(l, "Answer: ", arena_format(&l->words, "Type it as in: %s", f->example), &text,
                 &len) != ASKED_TEXT)
        return;
    const char *copy = arena_copy(&l->words, text, len);
    if (!l->lessons->ops->answer(l->lessons, current(l)->id, copy, &err))
        talk_fail(l, &err);
    else if (current(l)->answered)
        talk_say(l, "%s", current(l)->answered);
}

static void skip(struct talk *l)
{
    if (with(l, lessons_of(l)->ops->skip))
        talk_say(l, "%s is %s.", current(l)->id, exercise_state_words(current(l)->state));
}

static void reset(struct talk *l)
{
    if (talk_ask_yes(l, "Reset it? Its checks, hints and state are forgotten.") &&
        with(l, lessons_of(l)->ops->reset))
        talk_say(l, "%s begins anew. Undo takes that back.", current(l)->id);
}

static void undo(struct talk *l)
{
    if (with(l, lessons_of(l)->ops->undo))
        talk_say(l, "%s is %s again.", current(l)->id, exercise_state_words(current(l)->state));
}

static void report(struct talk *l)
{
    struct buf text = buf_with_max(1 * MIB);
    struct error err = { 0 };
    if (lessons_of(l)->ops->tell(l->lessons, &text, &err))
        talk_text(l, "", buf_text(&text), text.len);
    else
        talk_fail(l, &err);
    buf_done(&text);
}

void talk_where(struct talk *l)
{
    const struct course *c = lessons_of(l)->ops->course(l->lessons);
    if (c->current < 0)
        return;
    const struct exercise *e = &c->exercises[c->current];
    int met = 0;
    for (int i = 0; i < e->criterion_count; i++)
        met += e->criteria[i].met == MET_YES;
    if (e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN)
        talk_say(l, "Part %d, exercise %s: %s. It is done.", e->part + 1, e->id, e->title);
    else
        talk_say(l, "Part %d, exercise %s: %s. %d of %d met.", e->part + 1, e->id, e->title, met,
                 e->criterion_count);
}

void talk_exercises(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "current", "the exercise you are at: goal, why, what it is passed by", show },
        { "list", "all exercises and how far each is", list },
        { "left", "those that are not done yet", left },
        { "take", "another exercise, by its number", take },
        { "check", "what is met, and what is missing", check },
        { "hint", "the next hint", hint },
        { "predict", "answer what the exercise asks before it shows", predict },
        { "solution", "one way to do it; asks first", solution },
        { "skip", "leave it for later, or take it up again", skip },
        { "reset", "begin it anew; asks first", reset },
        { "undo", "take the last reset back", undo },
        { "report", "goals, your own figures, all exercises", report },
    };
    const struct course *c = lessons_of(l)->ops->course(l->lessons);
    if (!c->exercise_count) {
        talk_say(l, "%s", c->missing);
        report(l);
        return;
    }
    show(l);
    talk_menu(l, &TALK_MENU("exercises", choices));
}
