/* Runs as verbs wait for them and read them back (runs.h). */
#include "tui/verb/runs.h"

#include <string.h>

#include "core/base/text.h"
#include "core/limits.h"

/* --- one run ------------------------------------------------------------------------------ */

struct copy_to {
    struct arena *arena;
    struct run_row *row;
};

static bool copy_row(void *self, const struct run_row *r)
{
    struct copy_to *to = self;
    *to->row = *r;
    to->row->kind = arena_string(to->arena, r->kind);
    to->row->name = arena_string(to->arena, r->name);
    to->row->notes = arena_string(to->arena, r->notes);
    to->row->set_name = arena_string(to->arena, r->set_name);
    to->row->settings = arena_string(to->arena, r->settings);
    to->row->state = arena_string(to->arena, r->state);
    return true;
}

static void read_settings(struct shown_run *v)
{
    struct error ignored; /* settings of a damaged row: the figures are still good */
    const char *text = v->row.settings ? v->row.settings : "";
    v->settings = json_parse(text, strlen(text), &ignored);
}

void shown_live(struct shown_run *v, struct session *s, const struct runner *r)
{
    const struct run_plan *p = runner_plan(r);
    struct error ignored;
    *v = (struct shown_run){ 0 };
    v->row = (struct run_row){ .kind = p->kind,
                               .name = p->name ? p->name : "",
                               .notes = p->notes ? p->notes : "",
                               .set_name = p->set->name,
                               .settings = runner_settings(r),
                               .state = runner_state(r),
                               .items = (int64_t)runner_items(r)->n };
    struct copy_to to = { &v->arena, &v->row };
    if (runner_id(r)) /* the row knows when it began; without one, so be it */
        run_get(s->lab.store, runner_id(r), copy_row, &to, &ignored);
    v->items = runner_items(r);
    read_settings(v);
    summary_init(&v->summary, v->items);
}

bool shown_read(struct shown_run *v, struct session *s, const char *kind, const char *which,
                struct error *err)
{
    int64_t id;
    *v = (struct shown_run){ 0 };
    struct copy_to to = { &v->arena, &v->row };
    if (!run_find(s->lab.store, kind, which, &id, err) ||
        !run_get(s->lab.store, id, copy_row, &to, err) ||
        !items_load(&v->read, s->lab.store, id, err)) {
        shown_done(v);
        return false;
    }
    v->items = &v->read;
    read_settings(v);
    summary_init(&v->summary, v->items);
    return true;
}

void shown_done(struct shown_run *v)
{
    summary_done(&v->summary);
    items_done(&v->read);
    json_free(v->settings);
    arena_done(&v->arena);
    *v = (struct shown_run){ 0 };
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
    return check_word("the name of the run", *ret_name, err) &&
           check_word("the notes", *ret_notes, err);
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
