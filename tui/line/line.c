/* Line mode from its first line to its last (line.h). */
#include "tui/line/line.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/lab/lessons.h"
#include "tui/line/talk.h"

const char *line_mode_reason(const struct session *s)
{
    const char *why = session_lines_only(s);
    bool asked = s->args->given[OPT_LINE];
    return asked || (s->out_is_terminal && isatty(STDIN_FILENO)) ? why : NULL;
}

/* --- models --------------------------------------------------------------------------------------- */

void talk_say_choice(struct talk *l)
{
    const struct choice *c = &l->lab->choice;
    if (c->refusal.code)
        talk_fail(l, &c->refusal);
    else if (c->help)
        talk_text(l, "", c->help, strlen(c->help));
    else if (c->line)
        talk_say(l, "%s.", talk_sentence(l, c->line));
    if (!c->help && c->warning)
        talk_say(l, "Note: %s.", c->warning);
}

bool talk_has_models(struct talk *l)
{
    const struct pipeline *p = &l->lab->pipeline;
    if (p->fast && p->reasoning)
        return true;
    talk_say_choice(l);
    talk_say(l, "There is no model to ask yet: setup chooses one, or the built-in ones.");
    return false;
}

bool talk_ask_hosted(struct talk *l, size_t calls, struct lab_model *const *models, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct server *s = &models[i]->server->server;
        bool again = i && models[i]->server == models[i - 1]->server;
        if (s->hosted && !again &&
            !talk_ask_yes(l, arena_format(&l->words, "About %zu calls to '%s' (%s). Go on?", calls,
                                          s->name, s->url)))
            return false;
    }
    return true;
}

/* --- errors --------------------------------------------------------------------------- */

static void errors(struct talk *l)
{
    size_t first = l->error_count > TALK_ERRORS ? l->error_count - TALK_ERRORS : 0;
    if (!l->error_count)
        talk_say(l, "No errors in this session.");
    if (first)
        talk_say(l, "The newest %d of %zu.", TALK_ERRORS, l->error_count);
    for (size_t i = first; i < l->error_count; i++) {
        const struct talk_error *e = &l->errors[i % TALK_ERRORS];
        char when[CLOCK_STAMP_SIZE];
        clock_local(e->at_wall, when);
        talk_say(l, "Error %zu, %s: %s.", i + 1, when, e->text);
    }
}

/* --- from start to end ------------------------------------------------------------------------------- */

static void main_menu(struct talk *l)
{
    static const struct talk_choice choices[] = {
        { "setup", "models and servers: list, choose, load, check", talk_setup },
        { "classify", "how hard a question is, and why", talk_classify },
        { "cache", "answers that are remembered", talk_cache },
        { "ask", "ask one model or both", talk_asks },
        { "test", "the labelled questions through your pipeline", talk_test },
        { "bench", "measure, keep and compare runs", talk_bench },
        { "production", "eight demonstrations of running a pipeline", talk_production },
        { "exercises", "what there is to learn, and what you have done", talk_exercises },
        { "history", "what was asked and answered", talk_history },
        { "settings", "hear and change settings", talk_settings },
        { "errors", "the errors of this session once more", errors },
    };
    struct talk_menu m = TALK_MENU("main menu", choices);
    m.leave = "quit";
    talk_menu(l, &m);
}

static bool begin(struct talk *l, struct error *err)
{
    if (!session_open(l->session, err))
        return false;
    l->lab = &l->session->lab;
    if (!lab_choose(l->lab, err))
        return false;
    session_go_on(); /* a ^C meanwhile wanted no more than this to end */
    lab_watch_settings(l->lab, true);
    talk_say_choice(l);
    talk_where(l);
    return true;
}

static void end(struct talk *l)
{
    if (l->lab)
        lab_watch_settings(l->lab, false);
    lessons_close(l->lessons);
    talk_trial_done(l);
    if (l->lab && l->lab->pipeline.moved == &l->moved)
        l->lab->pipeline.moved = NULL;
    buf_done(&l->in);
    buf_done(&l->taken);
    buf_done(&l->query);
    buf_done(&l->thinking);
    arena_done(&l->words);
}

bool line_mode_run(struct session *s, const char *reason, int *ret_code, struct error *err)
{
    struct talk *l = mem_new(struct talk, 1);
    if (s->json) {
        mem_free(l);
        return error_set(err, ERR_USAGE, "line mode speaks in words: --json needs a verb");
    }
    l->session = s;
    l->ascii = session_ascii(s);
    l->input_is_terminal = isatty(STDIN_FILENO);
    talk_say(l, "Line mode: on because %s. Type a number, or help.", reason);
    bool ok = begin(l, err);
    if (ok) {
        main_menu(l);
        if (l->failed)
            *err = l->error;
        ok = !l->failed;
        *ret_code = l->code;
        talk_say(l, "End of line mode.");
    }
    end(l);
    mem_free(l);
    return ok;
}
