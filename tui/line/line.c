/* Line mode from its first line to its last (line.h). */
#include "tui/line/line.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/store/tally.h"
#include "tui/line/talk.h"

const char *line_reason(const struct session *s)
{
    const char *why = session_lines_only(s);
    bool asked = s->args->given[OPT_LINE];
    return asked || (s->out_is_terminal && isatty(STDIN_FILENO)) ? why : NULL;
}

/* --- models --------------------------------------------------------------------------------------- */

void line_say_choice(struct line *l)
{
    const struct choice *c = &l->lab->choice;
    if (c->refusal.code)
        line_fail(l, &c->refusal);
    else if (c->help)
        line_text(l, "", c->help, strlen(c->help));
    else if (c->line)
        line_say(l, "%s.", line_sentence(l, c->line));
    if (!c->help && c->warning)
        line_say(l, "Note: %s.", c->warning);
}

bool line_has_models(struct line *l)
{
    const struct pipeline *p = &l->lab->pipeline;
    if (p->fast && p->reasoning)
        return true;
    line_say_choice(l);
    line_say(l, "There is no model to ask yet: setup chooses one, or the built-in ones.");
    return false;
}

bool line_ask_hosted(struct line *l, size_t calls, struct lab_model *const *models, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct server *s = &models[i]->server->server;
        bool again = i && models[i]->server == models[i - 1]->server;
        if (s->hosted && !again &&
            !line_ask_yes(l, arena_format(&l->words, "About %zu calls to '%s' (%s). Go on?", calls,
                                          s->name, s->url)))
            return false;
    }
    return true;
}

/* --- exercises and errors --------------------------------------------------------------------------- */

void line_exercises(struct line *l)
{
    struct tally t;
    struct error err;
    line_say(l, "No exercises are installed.");
    if (!tally_read(l->lab->store, &t, &err)) {
        line_fail(l, &err);
        return;
    }
    line_say(l, "What you have done so far: classifications %lld, labels %lld.",
             (long long)t.classifications, (long long)t.labels);
    line_say(l,
             "Answers by the fast model %lld, by the reasoning model %lld. Hits %lld of %lld "
             "look-ups.",
             (long long)t.fast, (long long)t.reasoning, (long long)t.hits, (long long)t.lookups);
    line_say(l, "Runs %lld, model calls in them %lld. Compares judged %lld of %lld.",
             (long long)t.runs, (long long)t.measured_items, (long long)t.judgements,
             (long long)t.compares);
    line_say(l, "Fallbacks %lld, breakers opened %lld.", (long long)t.fallbacks,
             (long long)t.openings);
}

static void errors(struct line *l)
{
    size_t first = l->error_count > LINE_ERRORS ? l->error_count - LINE_ERRORS : 0;
    if (!l->error_count)
        line_say(l, "No errors in this session.");
    if (first)
        line_say(l, "The newest %d of %zu.", LINE_ERRORS, l->error_count);
    for (size_t i = first; i < l->error_count; i++) {
        const struct line_error *e = &l->errors[i % LINE_ERRORS];
        char when[CLOCK_STAMP_SIZE];
        clock_local(e->at_wall, when);
        line_say(l, "Error %zu, %s: %s.", i + 1, when, e->text);
    }
}

/* --- from start to end ------------------------------------------------------------------------------- */

static void main_menu(struct line *l)
{
    static const struct line_choice choices[] = {
        { "setup", "models and servers: list, choose, load, check", line_setup },
        { "classify", "how hard a question is, and why", line_classify },
        { "cache", "answers that are remembered", line_cache },
        { "ask", "ask one model or both", line_asks },
        { "test", "the labelled questions through your pipeline", line_test },
        { "bench", "measure, keep and compare runs", line_bench },
        { "production", "eight demonstrations of running a pipeline", line_production },
        { "exercises", "what there is to learn, and what you have done", line_exercises },
        { "history", "what was asked and answered", line_history },
        { "settings", "hear and change settings", line_settings },
        { "errors", "the errors of this session once more", errors },
    };
    struct line_menu m = LINE_MENU("main menu", choices);
    m.leave = "quit";
    line_menu(l, &m);
}

static bool begin(struct line *l, struct error *err)
{
    if (!session_open(l->session, err))
        return false;
    l->lab = &l->session->lab;
    if (!lab_choose(l->lab, err))
        return false;
    session_go_on(); /* a ^C meanwhile wanted no more than this to end */
    line_say_choice(l);
    return true;
}

static void end(struct line *l)
{
    line_trial_done(l);
    if (l->lab && l->lab->pipeline.moved == &l->moved)
        l->lab->pipeline.moved = NULL;
    buf_done(&l->in);
    buf_done(&l->taken);
    buf_done(&l->query);
    buf_done(&l->thinking);
    arena_done(&l->words);
}

bool line_run(struct session *s, const char *reason, int *ret_code, struct error *err)
{
    struct line *l = mem_new(struct line, 1);
    if (s->json) {
        mem_free(l);
        return error_set(err, ERR_USAGE, "line mode speaks in words: --json needs a verb");
    }
    l->session = s;
    l->ascii = session_ascii(s);
    l->input_is_terminal = isatty(STDIN_FILENO);
    line_say(l, "Line mode: on because %s. Type a number, or help.", reason);
    bool ok = begin(l, err);
    if (ok) {
        main_menu(l);
        if (l->failed)
            *err = l->error;
        ok = !l->failed;
        *ret_code = l->code;
        line_say(l, "End of line mode.");
    }
    end(l);
    mem_free(l);
    return ok;
}
