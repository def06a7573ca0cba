/* Runs as verbs wait for them and read them back (runs.h). */
#include "tui/verb/runs.h"

#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"

/* --- one run ------------------------------------------------------------------------------ */

bool shown_read(struct kept_run *v, struct session *s, const char *kind, const char *which,
                struct error *err)
{
    int64_t id;
    *v = (struct kept_run){ 0 };
    return run_find(s->lab.store, kind, which, &id, err) && kept_run_read(v, s->lab.store, id, err);
}

/* --- waiting ------------------------------------------------------------------------------ */

void run_watch(void *session, const struct run_event *ev)
{
    struct session *s = session;
    struct arena a = { 0 };
    if (ev->type == RUN_WARMING)
        progress_show(s, 0, ev->total, arena_format(&a, "warming up %s", ev->model->full_name));
    if (ev->type == RUN_ITEM)
        progress_show(s, ev->done, ev->total,
                      ev->item->always
                          ? "always-reasoning"
                          : arena_format(&a, "round %lld", (long long)ev->item->round));
    if (ev->type == RUN_ENDED)
        progress_end(s);
    arena_done(&a);
}

bool run_wait(struct session *s, struct runner *r, struct error *err)
{
    while (!runner_is_over(r)) {
        if (session_stopped())
            runner_stop(r);
        if (!session_turn(s, err))
            return false;
    }
    return true;
}

bool run_verdict(const struct runner *r, const struct summary *sum, struct error *err)
{
    const struct error *trouble = runner_trouble(r);
    if (trouble) {
        *err = *trouble;
        return false;
    }
    bool any = sum->all.asked > sum->all.ended[OUTCOME_FAILED];
    if (any || session_stopped())
        return true;
    return error_set(err, ERR_NET, "no question of the run was answered; see: rlab history list");
}

/* --- what a command line says -------------------------------------------------------------- */

static bool check_word(const char *what, const char *text, struct error *err)
{
    if (!text || text_check_query(text, strlen(text), err))
        return true;
    return error_within(err, "%s", what);
}

bool run_set(struct session *s, const char *use, struct set *ret, struct error *err)
{
    const char *named = s->args->value[OPT_SET];
    if (named)
        return set_load(&s->lab.paths, named, ret, err) && session_choose(s, err);
    return session_choose(s, err) && set_load(&s->lab.paths, lab_set_name(&s->lab, use), ret, err);
}

bool run_names(const struct args *a, const char **ret_name, const char **ret_notes,
               struct error *err)
{
    *ret_name = a->value[OPT_NAME];
    *ret_notes = a->value[OPT_NOTES];
    return check_word("the name", *ret_name, err) && check_word("the notes", *ret_notes, err);
}

bool run_ask_hosted(struct session *s, size_t calls, struct lab_model *const *models, size_t count,
                    struct error *err)
{
    struct arena a = { 0 };
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        const struct server *server = &models[i]->server->server;
        bool again = i && models[i]->server == models[i - 1]->server;
        if (server->hosted && !again)
            ok = ask_yes(s,
                         arena_format(&a, "about %zu calls to '%s' (%s), go on?", calls,
                                      server->name, server->url),
                         err);
    }
    arena_done(&a);
    return ok;
}
