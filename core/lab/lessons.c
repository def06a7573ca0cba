/* The lessons that are installed (lessons.h): files, what a person did with them, and what the
 * facts say. Everything a person does is an event in the store first; what is shown follows from
 * the events, so that another session's count as well. */
#include "core/lab/lessons_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/notes.h"
#include "core/lab/progress.h"

#define LOOK_MS      400 /* between two looks whether facts came */
#define FAILED_HINT  3
#define WAITING_HINT (5 * 60 * NS_PER_S)

static struct kept *kept_of(struct lessons *l)
{
    return (struct kept *)l;
}

static int find(const struct kept *k, const char *id)
{
    for (size_t i = 0; i < k->list.count; i++)
        if (strcmp(k->list.lessons[i].id, id) == 0)
            return (int)i;
    return -1;
}

static bool need(const struct kept *k, const char *id, int *ret, struct error *err)
{
    *ret = find(k, id);
    return *ret >= 0 ||
           error_set(err, ERR_USAGE, "no exercise is called '%s': the first is %s, the last %s", id,
                     k->list.lessons[0].id, k->list.lessons[k->list.count - 1].id);
}

/* --- events ----------------------------------------------------------------------------------------- */

static const struct {
    const char *kind, *what;
} told[] = {
    { "check", "checked" }, { "pass", "passed" }, { "hint", "hint" },   { "solution", "solution" },
    { "skip", "skipped" },  { "reset", "reset" }, { "undo", "undone" },
};

static void tell(struct kept *k, int i, const struct exercise_event *e)
{
    const struct kept_one *o = &k->ones[i];
    for (size_t t = 0; t < sizeof told / sizeof *told; t++) {
        if (strcmp(told[t].kind, e->kind) != 0)
            continue;
        struct kept_event *ev = &k->events[k->event_count++ % KEPT_EVENTS];
        *ev = (struct kept_event){ .at_wall = e->at_wall, .lesson = i };
        snprintf(ev->what, sizeof ev->what, "%s", told[t].what);
        if (strcmp(e->kind, "check") == 0)
            snprintf(ev->found, sizeof ev->found, "%lld of %d   %s", (long long)e->number,
                     k->list.lessons[i].criterion_count, e->text ? e->text : "");
        else if (strcmp(e->kind, "pass") == 0)
            snprintf(ev->found, sizeof ev->found, "%d check%s, %d hint%s%s", o->state.tries,
                     o->state.tries == 1 ? "" : "s", o->state.hints, o->state.hints == 1 ? "" : "s",
                     o->state.done_after_solution ? ", after the solution" : "");
        text_trim_partial(ev->found);
    }
}

/* The end of a part is a line of its own: said when its last exercise is done for the first time. */
static void tell_part(struct kept *k, int i, const struct exercise_event *e)
{
    const char *part = k->list.lessons[i].part;
    int first = i, last = i, most = (int)k->list.count - 1;
    if (strcmp(e->kind, "pass") != 0 || k->ones[i].state.done_wall != e->at_wall)
        return;
    while (first > 0 && strcmp(k->list.lessons[first - 1].part, part) == 0)
        first--;
    while (last < most && strcmp(k->list.lessons[last + 1].part, part) == 0)
        last++;
    for (int n = first; n <= last; n++)
        if (!k->ones[n].state.done)
            return;
    struct kept_event *ev = &k->events[k->event_count++ % KEPT_EVENTS];
    *ev = (struct kept_event){ .at_wall = e->at_wall, .lesson = i };
    snprintf(ev->what, sizeof ev->what, "part done");
    snprintf(ev->found, sizeof ev->found, "all %d of %s", last - first + 1, part);
    text_trim_partial(ev->found);
}

static void hear(void *self, const struct exercise_event *e)
{
    struct kept *k = self;
    int i = find(k, e->exercise);
    if (e->id > k->last_event)
        k->last_event = e->id;
    lesson_time_hear(&k->time, e->at_wall);
    if (i < 0) /* of a file that is gone: kept, and shown again with it */
        return;
    int64_t since = k->ones[i].state.since;
    lesson_state_hear(&k->ones[i].state, e, &k->texts);
    if (k->ones[i].state.since != since) { /* other facts count, and other questions are asked */
        k->ones[i].asked = false;
        k->ones[i].form_round = 0;
        memset(k->ones[i].criteria, 0, sizeof k->ones[i].criteria);
    }
    bool own = !k->changed || e->session == store_session(k->lab->store);
    if (strcmp(e->kind, "open") == 0 && own) /* what another session opened is its own matter */
        k->current = i;
    tell(k, i, e);
    tell_part(k, i, e);
}

bool kept_read(struct kept *k, struct error *err)
{
    return exercise_events(k->lab->store, k->last_event, hear, k, err);
}

static bool add(struct kept *k, const struct exercise_event *events, size_t n, struct error *err)
{
    return kept_read(k, err) && exercise_add(k->lab->store, events, n, err) && kept_read(k, err);
}

static struct exercise_event event_of(const struct kept *k, int i, const char *kind)
{
    return (struct exercise_event){
        .exercise = k->list.lessons[i].id, .kind = kind, .number = -1, .question = -1, .correct = -1
    };
}

/* Something is another: what is shown is made anew, and told. */
static void is_new(struct kept *k)
{
    kept_fill(k);
    if (k->changed)
        k->changed(k->self);
}

static bool add_one(struct kept *k, int i, const char *kind, int64_t number, struct error *err)
{
    struct exercise_event e = event_of(k, i, kind);
    e.number = number;
    return add(k, &e, 1, err);
}

/* From here on its facts count. */
static bool open_exercise(struct kept *k, int i, struct error *err)
{
    return k->ones[i].state.opened || add_one(k, i, "open", -1, err);
}

/* --- criteria --------------------------------------------------------------------------------------- */

static bool have_facts(struct kept *k, struct error *err)
{
    return k->facts || facts_open(k->lab->store, &k->facts, err);
}

static void say_into(char said[KEPT_SAID], const char *pattern, const char *found)
{
    struct buf text = buf_with_max(KEPT_SAID - 1);
    struct buf safe = buf_with_max(KEPT_SAID - 1);
    lesson_say(pattern, found, &text);
    text_safe_line(&safe, buf_text(&text), text.len);
    snprintf(said, KEPT_SAID, "%s", buf_text(&safe));
    text_trim_partial(said);
    buf_done(&text);
    buf_done(&safe);
}

static void ask_one(struct kept *k, int i, int c)
{
    const struct lesson_criterion *of = &k->list.lessons[i].criteria[c];
    struct kept_one *o = &k->ones[i];
    struct fact fact = { 0 };
    struct error err;
    o->criteria[c].said[0] = o->criteria[c].did[0] = '\0';
    if (!have_facts(k, &err) || !facts_ask(k->facts, of->select, o->state.since, &fact, &err)) {
        struct error at = { 0 };
        const char *file = strrchr(k->list.lessons[i].path, '/');
        error_set(&at, ERR_PARSE, "%s ('%s' line %u)", err.text,
                  file ? file + 1 : k->list.lessons[i].path, of->line);
        o->criteria[c].met = MET_UNKNOWN;
        o->criteria[c].too_long = true;
        say_into(o->criteria[c].said, "could not be checked: {found}", at.text);
        return;
    }
    o->criteria[c].too_long = false;
    o->criteria[c].met = !fact.known ? MET_NOT_YET : fact.ok ? MET_YES : MET_NO;
    if (!fact.known || !fact.ok)
        say_into(o->criteria[c].said, fact.known ? of->near : of->missing, fact.found);
    else if (of->did && *fact.found)
        say_into(o->criteria[c].did, of->did, fact.found);
}

int kept_ask(struct kept *k, int i, bool ticks)
{
    struct kept_one *o = &k->ones[i];
    int met = 0;
    bool ended = false; /* one that takes long is waited for, not four */
    for (int c = 0; c < k->list.lessons[i].criterion_count; c++) {
        if (ended) {
            o->criteria[c].met = MET_UNKNOWN;
            say_into(o->criteria[c].said, "could not be checked: the one before took too long", "");
        } else if (!ticks || !o->criteria[c].too_long) {
            ask_one(k, i, c);
            ended = k->facts && facts_was_ended(k->facts);
        }
        met += o->criteria[c].met == MET_YES;
    }
    o->asked = true;
    return met;
}

/* "the score is 8; two rules are wanted", of what is not met. */
static void say_check(const struct kept *k, int i, struct buf *to)
{
    for (int c = 0; c < k->list.lessons[i].criterion_count; c++) {
        if (k->ones[i].criteria[c].met == MET_YES)
            continue;
        buf_printf(to, "%s%s", to->len ? "; " : "", k->ones[i].criteria[c].said);
    }
    if (!to->len)
        buf_puts(to, "all is there");
}

static bool kept_check(struct lessons *l, const char *id, struct error *err)
{
    struct kept *k = kept_of(l);
    int i;
    if (!need(k, id, &i, err) || !open_exercise(k, i, err))
        return false;
    struct buf found = buf_with_max(LESSON_CRITERIA * KEPT_SAID);
    int met = kept_ask(k, i, false);
    bool passed = met == k->list.lessons[i].criterion_count;
    say_check(k, i, &found);
    struct exercise_event events[2] = { event_of(k, i, "check"), event_of(k, i, "pass") };
    events[0].number = met;
    events[0].correct = passed;
    events[0].text = buf_text(&found);
    bool ok = add(k, events, passed ? 2 : 1, err);
    buf_done(&found);
    is_new(k);
    return ok;
}

/* --- what else a person does ------------------------------------------------------------------------ */

static bool kept_choose(struct lessons *l, const char *id, struct error *err)
{
    struct kept *k = kept_of(l);
    int i;
    bool ok = need(k, id, &i, err) && add_one(k, i, "open", -1, err);
    if (ok) {
        kept_ask(k, i, true);
        is_new(k);
    }
    return ok;
}

static bool kept_hint(struct lessons *l, const char *id, struct error *err)
{
    struct kept *k = kept_of(l);
    int i;
    if (!need(k, id, &i, err) || !open_exercise(k, i, err))
        return false;
    int used = k->ones[i].state.hints, most = k->list.lessons[i].hint_count;
    if (used >= most)
        return error_set(err, ERR_NO, most ? "all hints of %s are used" : "%s has no hints", id);
    bool ok = add_one(k, i, "hint", used + 1, err);
    is_new(k);
    return ok;
}

static bool kept_solution(struct lessons *l, const char *id, struct error *err)
{
    struct kept *k = kept_of(l);
    int i;
    if (!need(k, id, &i, err) || !open_exercise(k, i, err))
        return false;
    bool ok = k->ones[i].state.solution || add_one(k, i, "solution", -1, err);
    is_new(k);
    return ok;
}

static bool kept_skip(struct lessons *l, const char *id, struct error *err)
{
    struct kept *k = kept_of(l);
    int i;
    if (!need(k, id, &i, err) || !open_exercise(k, i, err))
        return false;
    const struct lesson_state *s = &k->ones[i].state;
    if (s->done)
        return error_set(err, ERR_NO, "%s is done: there is nothing to skip", id);
    bool ok = add_one(k, i, s->skipped ? "unskip" : "skip", -1, err);
    is_new(k);
    return ok;
}

static bool kept_reset(struct lessons *l, const char *id, struct error *err)
{
    struct kept *k = kept_of(l);
    int i;
    bool ok = need(k, id, &i, err) && add_one(k, i, "reset", -1, err);
    if (ok) {
        k->ones[i].answered[0] = '\0';
        is_new(k);
    }
    return ok;
}

static bool kept_undo(struct lessons *l, const char *id, struct error *err)
{
    struct kept *k = kept_of(l);
    int i;
    if (!need(k, id, &i, err))
        return false;
    if (!k->ones[i].state.reset_id)
        return error_set(err, ERR_NO, "%s was not reset: there is nothing to take back", id);
    bool ok = add_one(k, i, "undo", k->ones[i].state.reset_id, err);
    is_new(k);
    return ok;
}

/* --- predictions ------------------------------------------------------------------------------------- */

static bool have_form(struct kept *k, int i, struct error *err)
{
    struct kept_one *o = &k->ones[i];
    int round = o->state.rounds + 1;
    if (o->form_round == round && k->list.lessons[i].asks != ASKS_REASONS)
        return true;
    if (!open_exercise(k, i, err) ||
        !form_make(k->lab, &k->list.lessons[i], o->state.since, round, &k->texts, &o->form, err))
        return false;
    const struct form *f = &o->form;
    o->form_round = round;
    o->shown = (struct lesson_form){ .intro = f->intro,
                                     .item_count = f->item_count,
                                     .choice_count = f->choice_count,
                                     .example = f->example,
                                     .words = f->words,
                                     .round = round };
    memcpy(o->shown.items, f->items, sizeof o->shown.items);
    memcpy(o->shown.choices, f->choices, sizeof o->shown.choices);
    return true;
}

static const struct lesson_form *kept_form(struct lessons *l, const char *id, struct error *err)
{
    struct kept *k = kept_of(l);
    int i;
    return need(k, id, &i, err) && have_form(k, i, err) ? &k->ones[i].shown : NULL;
}

static bool kept_answer(struct lessons *l, const char *id, const char *text, struct error *err)
{
    struct kept *k = kept_of(l);
    struct form_word words[LESSON_CHOICES];
    struct exercise_event events[LESSON_CHOICES];
    int i;
    if (!need(k, id, &i, err) || !kept_read(k, err) || !have_form(k, i, err))
        return false;
    const struct form *f = &k->ones[i].form;
    if (!form_read(f, text, words, err))
        return false;
    for (int w = 0; w < f->words; w++) {
        events[w] = event_of(k, i, "answer");
        events[w].number = f->round;
        events[w].question = w + 1;
        events[w].correct = words[w].correct;
        events[w].text = words[w].text;
    }
    if (!add(k, events, (size_t)f->words, err))
        return false;
    struct buf said = buf_with_max(KEPT_SAID - 1);
    form_outcome(f, words, &said);
    snprintf(k->ones[i].answered, KEPT_SAID, "%s", buf_text(&said));
    text_trim_partial(k->ones[i].answered);
    buf_done(&said);
    kept_ask(k, i, true);
    is_new(k);
    return true;
}

/* --- facts that come ---------------------------------------------------------------------------------- */

static void read_again(struct kept *k)
{
    struct error err; /* what could not be read now is read the next time */
    (void)!kept_read(k, &err);
    if (k->current >= 0 && !k->ones[k->current].state.done)
        kept_ask(k, k->current, true);
    k->mark = store_mark(k->lab->store);
    is_new(k);
}

/* Whoever listens shows an exercise, so there is one: the first that is not done. Where another
 * process holds the file it is opened with one of the next looks. */
static void open_first(struct kept *k)
{
    struct error err;
    int first = 0;
    while (first < (int)k->list.count - 1 && k->ones[first].state.done)
        first++;
    k->open_late =
        k->current < 0 && !add_one(k, first, "open", -1, &err) && store_was_busy(k->lab->store);
}

static void look(void *self)
{
    struct kept *k = self;
    if (k->open_late)
        open_first(k);
    struct store_mark now = store_mark(k->lab->store);
    if (now.own != k->mark.own || now.others != k->mark.others)
        read_again(k);
    if (k->changed)
        net_timer_set(k->lab->net, &k->look, LOOK_MS, look, k);
}

static void kept_refresh(struct lessons *l)
{
    read_again(kept_of(l));
}

static void kept_listen(struct lessons *l, lessons_changed *changed, void *self)
{
    struct kept *k = kept_of(l);
    k->changed = NULL;
    net_timer_stop(k->lab->net, &k->look);
    if (!changed)
        return;
    open_first(k);
    kept_fill(k);
    k->changed = changed;
    k->self = self;
    net_timer_set(k->lab->net, &k->look, LOOK_MS, look, k);
}

static const struct course *kept_course(struct lessons *l)
{
    return &kept_of(l)->course;
}

/* --- what is shown ------------------------------------------------------------------------------------ */

const char *exercise_state_words(enum exercise_state state)
{
    static const char *const words[] = { [EXERCISE_TODO] = "to do",
                                         [EXERCISE_DONE] = "done",
                                         [EXERCISE_SEEN] = "done after its solution",
                                         [EXERCISE_SKIPPED] = "skipped" };
    return words[state];
}

static enum exercise_state state_of(const struct lesson_state *s)
{
    return s->done      ? s->done_after_solution ? EXERCISE_SEEN : EXERCISE_DONE
           : s->skipped ? EXERCISE_SKIPPED
                        : EXERCISE_TODO;
}

static bool wants_hint(const struct kept *k, const struct lesson *l, const struct lesson_state *s)
{
    int64_t open = s->opened ? clock_wall(k->lab->clock) - s->since : 0;
    return !s->done && s->hints < l->hint_count &&
           (s->failed >= FAILED_HINT || open > WAITING_HINT);
}

static void fill_exercise(struct kept *k, int i, struct exercise *e)
{
    const struct lesson *l = &k->list.lessons[i];
    const struct kept_one *o = &k->ones[i];
    const struct lesson_state *s = &o->state;
    *e = (struct exercise){ .id = l->id,
                            .name = l->name,
                            .title = l->title,
                            .goal = l->goal,
                            .why = l->why,
                            .note = l->note,
                            .pane = l->pane,
                            .minutes = l->minutes,
                            .criterion_count = l->criterion_count,
                            .hint_count = l->hint_count,
                            .hints_used = s->hints < l->hint_count ? s->hints : l->hint_count,
                            .suggest_hint = wants_hint(k, l, s),
                            .state = state_of(s),
                            .tries = s->tries,
                            .checked_wall = s->checked_wall,
                            .found = s->found,
                            .solution = s->solution ? l->solution : NULL,
                            .shows = s->done ? l->shows : NULL,
                            .course = l->course,
                            .open = s->opened,
                            .can_undo = s->reset_id != 0,
                            .asks = l->asks != ASKS_NOTHING,
                            .needs_models = l->asks == ASKS_REASONS,
                            .answered = *o->answered ? o->answered : NULL };
    for (int c = 0; c < l->criterion_count; c++) {
        e->criteria[c].text = l->criteria[c].text;
        e->criteria[c].met = s->done ? MET_YES : o->criteria[c].met;
        e->criteria[c].said = !s->done && *o->criteria[c].said ? o->criteria[c].said : NULL;
        e->criteria[c].did = *o->criteria[c].did ? o->criteria[c].did : NULL;
    }
    for (int h = 0; h < e->hints_used; h++)
        e->hints[h] = l->hints[h];
}

static void fill_parts(struct kept *k)
{
    struct course *c = &k->course;
    c->part_count = 0;
    for (int i = 0; i < (int)k->list.count; i++) {
        const struct lesson *l = &k->list.lessons[i];
        struct course_part *last = c->part_count ? &k->parts[c->part_count - 1] : NULL;
        if (!last || strcmp(last->name, l->part) != 0) {
            last = &k->parts[c->part_count++];
            *last = (struct course_part){ .name = l->part, .first = i };
        }
        last->count++;
        k->exercises[i].part = c->part_count - 1;
    }
}

static void fill_goals(struct kept *k)
{
    struct tally none = { 0 };
    struct progress_goal goals[PROGRESS_GOALS];
    progress_of(&none, goals);
    for (int g = 0; g < GOALS; g++) {
        int done = 0, all = 0;
        size_t len = 0;
        k->found[g][0] = k->next[g][0] = '\0';
        for (size_t i = 0; i < k->list.count; i++) {
            const struct lesson *l = &k->list.lessons[i];
            if (!l->serves || strcmp(l->serves, goals[g].id) != 0)
                continue;
            all++;
            if (!k->ones[i].state.done) {
                if (!*k->next[g])
                    snprintf(k->next[g], sizeof k->next[g], "%s", l->id);
                continue;
            }
            done++;
            int n = snprintf(k->found[g] + len, KEPT_SAID - len, "%s%s", len ? " " : "", l->id);
            len += (size_t)n < KEPT_SAID - len ? (size_t)n : 0;
        }
        k->goals[g] = (struct course_goal){ .id = goals[g].id,
                                            .name = goals[g].title,
                                            .share = all ? (double)done / all : NAN,
                                            .reached = all && done == all,
                                            .found = *k->found[g] ? k->found[g] : NULL,
                                            .next = *k->next[g] ? k->next[g] : NULL };
    }
}

static void fill_events(struct kept *k)
{
    size_t n = k->event_count < KEPT_EVENTS ? k->event_count : KEPT_EVENTS;
    for (size_t i = 0; i < n; i++) {
        const struct kept_event *e = &k->events[(k->event_count - 1 - i) % KEPT_EVENTS];
        k->shown_events[i] = (struct course_event){ .at_wall = e->at_wall,
                                                    .id = k->list.lessons[e->lesson].id,
                                                    .what = e->what,
                                                    .found = e->found };
    }
    k->course.event_count = (int)n;
}

static void count(struct kept *k)
{
    struct course *c = &k->course;
    int course = k->list.lessons[k->current < 0 ? 0 : k->current].course;
    c->done = c->total = c->all_done = 0;
    c->minutes_left = 0;
    for (size_t i = 0; i < k->list.count; i++) {
        const struct lesson *l = &k->list.lessons[i];
        bool done = k->ones[i].state.done;
        c->all_done += done;
        if (l->course != course)
            continue;
        c->total++;
        c->done += done;
        c->minutes_left += done ? 0 : l->minutes;
    }
}

void kept_fill(struct kept *k)
{
    struct course *c = &k->course;
    for (size_t i = 0; i < k->list.count; i++)
        fill_exercise(k, (int)i, &k->exercises[i]);
    *c = (struct course){ .parts = k->parts,
                          .exercises = k->exercises,
                          .exercise_count = (int)k->list.count,
                          .current = k->current,
                          .goals = k->goals,
                          .goal_count = GOALS,
                          .events = k->shown_events,
                          .started_wall = k->time.first_wall,
                          .saved_wall = k->time.last_wall,
                          .sittings = k->time.sittings,
                          .spent_s = k->time.sittings ? k->time.spent_s : NAN };
    fill_parts(k);
    fill_goals(k);
    fill_events(k);
    count(k);
}

/* --- life ----------------------------------------------------------------------------------------------- */

static void kept_close(struct lessons *l)
{
    struct kept *k = kept_of(l);
    net_timer_stop(k->lab->net, &k->look);
    facts_close(k->facts);
    lesson_list_done(&k->list);
    mem_free(k->ones);
    mem_free(k->exercises);
    mem_free(k->parts);
    arena_done(&k->texts);
    mem_free(k);
}

static bool kept_make_report(struct lessons *l, bool json, struct buf *to, struct error *err)
{
    return kept_report(kept_of(l), json ? REPORT_JSON : REPORT_MARKDOWN, to, err);
}

static bool kept_tell(struct lessons *l, struct buf *to, struct error *err)
{
    return kept_report(kept_of(l), REPORT_SPOKEN, to, err);
}

static const struct lessons_ops kept_ops = {
    .close = kept_close,
    .course = kept_course,
    .refresh = kept_refresh,
    .listen = kept_listen,
    .choose = kept_choose,
    .check = kept_check,
    .hint = kept_hint,
    .solution = kept_solution,
    .skip = kept_skip,
    .reset = kept_reset,
    .undo = kept_undo,
    .answer = kept_answer,
    .form = kept_form,
    .report = kept_make_report,
    .tell = kept_tell,
};

static void find_lessons(struct lab *lab, struct lesson_list *ret)
{
    const char *more[MAX_LESSON_FOLDERS + 1];
    size_t n = 0;
    more[n++] = lab_setting(lab, "lessons.dir", NULL);
    for (size_t i = 0; i < lab->options->lesson_count && n < MAX_LESSON_FOLDERS; i++)
        more[n++] = lab->options->lessons[i];
    lesson_list_find(&lab->paths, more, n, ret);
}

struct lessons *lessons_open(struct lab *lab)
{
    struct lesson_list list = { 0 };
    struct error err;
    if (lab)
        find_lessons(lab, &list);
    if (!list.count)
        return lessons_none(lab, &list);
    struct kept *k = mem_new(struct kept, 1);
    k->base.ops = &kept_ops;
    k->lab = lab;
    k->list = list;
    k->base.list = &k->list;
    k->current = -1;
    k->ones = mem_new(struct kept_one, list.count);
    k->exercises = mem_new(struct exercise, list.count);
    k->parts = mem_new(struct course_part, list.count);
    if (!shipped_note(lab, &err) || !kept_read(k, &err))
        pipeline_not_recorded(&lab->pipeline, &err);
    k->mark = store_mark(lab->store);
    kept_fill(k);
    return &k->base;
}

void lessons_close(struct lessons *l)
{
    if (l)
        l->ops->close(l);
}

const char *lessons_trouble(const struct lessons *l, size_t i)
{
    return l->list && i < l->list->trouble_count ? l->list->troubles[i] : NULL;
}
