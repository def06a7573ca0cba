/* Runs read back (kept_run.h). */
#include "core/lab/kept_run.h"

#include <string.h>

static bool copy_row(void *self, const struct run_row *r)
{
    struct kept_run *k = self;
    k->row = *r;
    k->row.kind = arena_string(&k->arena, r->kind);
    k->row.name = arena_string(&k->arena, r->name);
    k->row.notes = arena_string(&k->arena, r->notes);
    k->row.set_name = arena_string(&k->arena, r->set_name);
    k->row.settings = arena_string(&k->arena, r->settings);
    k->row.state = arena_string(&k->arena, r->state);
    return true;
}

static void fill(struct kept_run *k, const struct items *items)
{
    struct error ignored; /* settings of a damaged row: the figures are still good */
    const char *text = k->row.settings ? k->row.settings : "";
    k->items = items;
    k->settings = json_parse(text, strlen(text), &ignored);
    summary_init(&k->summary, items);
}

void kept_run_live(struct kept_run *ret, struct store *s, const struct runner *r)
{
    const struct run_plan *p = runner_plan(r);
    struct error ignored;
    *ret = (struct kept_run){ 0 };
    ret->row = (struct run_row){ .kind = p->kind,
                                 .name = p->name ? p->name : "",
                                 .notes = p->notes ? p->notes : "",
                                 .set_name = p->set->name,
                                 .settings = runner_settings(r),
                                 .state = runner_state(r),
                                 .items = (int64_t)runner_items(r)->n };
    if (runner_id(r)) /* the row knows when it began; without one, so be it */
        run_get(s, runner_id(r), copy_row, ret, &ignored);
    ret->row.id = runner_id(r); /* recorded it is, though it could not be read back */
    fill(ret, runner_items(r));
}

bool kept_run_read(struct kept_run *ret, struct store *s, int64_t id, struct error *err)
{
    *ret = (struct kept_run){ 0 };
    if (!run_get(s, id, copy_row, ret, err) || !items_load(&ret->read, s, id, err)) {
        kept_run_done(ret);
        return false;
    }
    fill(ret, &ret->read);
    return true;
}

void kept_run_done(struct kept_run *k)
{
    summary_done(&k->summary);
    items_done(&k->read);
    json_free(k->settings);
    arena_done(&k->arena);
    *k = (struct kept_run){ 0 };
}
