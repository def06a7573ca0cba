/* Runs, waited for and read back (runs.h). */
#include "tui/line/runs.h"

#include <string.h>

#include "core/limits.h"

/* --- one run ----------------------------------------------------------------------------------- */

bool told_read(struct kept_run *t, struct talk *l, int64_t id)
{
    struct error err;
    bool ok = kept_run_read(t, l->lab->store, id, &err);
    if (!ok)
        talk_fail(l, &err);
    return ok;
}

/* --- sets ---------------------------------------------------------------------------------------- */

bool told_ask_set(struct talk *l, const char *use, struct set *ret)
{
    struct buf names = buf_with_max(8 * KIB);
    struct error err;
    const char *usual = lab_set_name(l->lab, use), *text;
    size_t len;
    set_names(&l->lab->paths, &names);
    talk_say(l, "An empty line takes the set %s.", usual);
    enum talk_asked asked = talk_ask(
        l, "Set: ", arena_format(&l->words, "Type a name or a file. Known: %s.", buf_text(&names)),
        &text, &len);
    buf_done(&names);
    if (asked == ASKED_BACK)
        return false;
    bool stdin_meant = asked == ASKED_TEXT && strcmp(text, "-") == 0; /* that is where we listen */
    if (stdin_meant)
        error_set(&err, ERR_USAGE, "standard input is the keyboard here: name a file");
    else if (set_load(&l->lab->paths, asked == ASKED_TEXT ? text : usual, ret, &err))
        return true;
    talk_fail(l, &err);
    return false;
}

/* --- waiting -------------------------------------------------------------------------------------- */

static const char *grade_words(const struct run_item *i)
{
    return i->correct == 1 ? " Right." : i->correct == 0 ? " Wrong." : "";
}

void teller_row(struct talk *l, const struct run_item *i, size_t total)
{
    enum outcome o = item_outcome(i);
    const char *answer = i->answer ? i->answer + strspn(i->answer, " \n\t") : "";
    const char *label = i->label && *i->label ? i->label : NULL;
    talk_say(l, "%lld of %zu: %s", (long long)i->query_index + 1, total,
             *i->query ? talk_short(l, i->query, strlen(i->query), 200) : "text not kept");
    talk_say(l, "Level %s, score %d%s%s%s. %s: %s, %s.%s", i->level, i->score,
             label ? ", label " : "", label ? label : "",
             !label                         ? ""
             : strcmp(label, i->level) == 0 ? ", they agree"
                                            : ", they differ",
             i->model, talk_seconds(l, i->latency_s),
             o != OUTCOME_ANSWERED ? outcome_name(o)
             : i->fallback         ? "a fallback"
                                   : arena_format(&l->words, "from the %s", i->from),
             grade_words(i));
    if (*answer)
        talk_say(l, "Answer: %s", talk_short(l, answer, strcspn(answer, "\n"), 200));
}

void teller_hear(void *self, const struct run_event *ev)
{
    struct teller *t = self;
    t->done = ev->done;
    t->total = ev->total;
    if (ev->type == RUN_WARMING)
        talk_say(t->l, "Warming up %s.", ev->model->full_name);
    if (ev->type == RUN_ITEM && t->rows && ev->item->round == 1)
        teller_row(t->l, ev->item, runner_plan(t->runner)->set->count);
    if (ev->type == RUN_ENDED)
        t->over = true;
}

static const char *doing(void *self)
{
    struct teller *t = self;
    return arena_format(&t->l->words, "Working, %zu of %zu questions done", t->done, t->total);
}

static void stop(void *self)
{
    struct teller *t = self;
    talk_say(t->l, "Stopping. What was finished is kept.");
    runner_stop(t->runner);
}

bool teller_wait(struct teller *t)
{
    struct talk_job job = { .over = &t->over, .doing = doing, .stop = stop, .self = t };
    if (!talk_wait(t->l, &job))
        return false;
    const struct error *trouble = runner_trouble(t->runner);
    if (trouble)
        talk_fail(t->l, trouble);
    return true;
}
