/* The History pane: what was asked and answered, found while typing, opened again, deleted with
 * a way back. Owns what it shows; history_find.c lists, history_fill.c reads. */
#include "tui/pane/history.h"

#include <string.h>

#include "core/store/exercises.h"
#include "tui/pane/history_pane.h"
#include "tui/pane/scroll.h"
#include "tui/screen/words.h"

/* Between two steps of packing the search index after deletions. */
#define SWEEP_MS 20
/* At the end of the program packing goes on for so many steps at most: well under a second. */
#define LAST_SWEEPS 60

static struct lab *lab_of(const struct pane *p)
{
    return p->desk->lab;
}

static const char *key_of(enum action a)
{
    const struct binding *b = binding_of(MAP_HISTORY, a);
    return b && *b->key ? b->key : ":";
}

/* --- deleting --------------------------------------------------------------------------------- */

static void sweep(void *self)
{
    struct history_state_pane *st = self;
    struct error err;
    bool done;
    bool ok = history_sweep(lab_of(st->pane)->store, &done, &err);
    if (ok ? !done : store_was_busy(lab_of(st->pane)->store))
        net_timer_set(lab_of(st->pane)->net, &st->sweep, SWEEP_MS, sweep, st);
}

static void let_go(struct history_state_pane *st)
{
    while (st->gone_count)
        history_gone_free(st->gone[--st->gone_count].gone);
}

static void sweep_soon(struct history_state_pane *st)
{
    net_timer_set(lab_of(st->pane)->net, &st->sweep, SWEEP_MS, sweep, st);
}

/* Takes what is in `line`: it can be brought back as long as this pane is shown. */
static void remember(struct history_state_pane *st, struct history_gone_line *line)
{
    if (line->gone && st->gone_count == HISTORY_UNDOS) {
        history_gone_free(st->gone[0].gone);
        memmove(st->gone, st->gone + 1, (HISTORY_UNDOS - 1) * sizeof *st->gone);
        st->gone_count--;
    }
    if (line->gone)
        st->gone[st->gone_count++] = *line;
    line->gone = NULL;
}

static void forget_line(void *what)
{
    history_gone_free(((struct history_gone_line *)what)->gone);
}

static bool take_line(void *self, void *what, struct error *err)
{
    struct history_gone_line *line = what;
    return history_take(lab_of(self)->store, line->id, &line->gone, err);
}

/* Who has gone on in the list meanwhile stays where they are. */
static void line_is_gone(void *self, void *what)
{
    struct pane *p = self;
    struct history_state_pane *st = p->state;
    struct history_gone_line *line = what;
    if (st->left) {
        desk_say(p->desk, "deleted");
        sweep_soon(st);
        return;
    }
    desk_say(p->desk, "deleted; %s brings it back until you leave this pane", key_of(ACT_UNDO));
    remember(st, line);
    find_restart(st, st->list.at > line->at ? st->list.at - 1 : st->list.at);
}

static const struct deed deleting = { .title = "The row was not deleted",
                                      .size = sizeof(struct history_gone_line),
                                      .write = take_line,
                                      .done = line_is_gone,
                                      .forget = forget_line };

static void delete_line(struct pane *p)
{
    const struct history_state_pane *st = p->state;
    deed_do(p->desk, &deleting, p,
            &(struct history_gone_line){ .id = st->shown_id, .at = st->list.at });
}

static bool give_line(void *self, void *what, struct error *err)
{
    return history_give_back(lab_of(self)->store, ((struct history_gone_line *)what)->gone, err);
}

static void line_is_back(void *self, void *what)
{
    struct pane *p = self;
    struct history_state_pane *st = p->state;
    desk_say(p->desk, "brought back");
    if (!st->left)
        find_restart(st, ((struct history_gone_line *)what)->at);
}

/* It stays at hand for another try. */
static void line_stays_gone(void *self, void *what, const struct error *err)
{
    const struct pane *p = self;
    (void)err;
    remember(p->state, what);
}

static const struct deed bringing_back = { .title = "The row was not brought back",
                                           .size = sizeof(struct history_gone_line),
                                           .write = give_line,
                                           .done = line_is_back,
                                           .failed = line_stays_gone,
                                           .forget = forget_line };

/* What still waits to be deleted was pressed last, and is simply not deleted. */
static void bring_back(struct pane *p)
{
    struct history_state_pane *st = p->state;
    if (deed_call_off(p->desk, &deleting, p))
        desk_say(p->desk, "it stays: it had not been deleted yet");
    else
        deed_do(p->desk, &bringing_back, p, &st->gone[--st->gone_count]);
}

/* --- recording, export, zoom ------------------------------------------------------------------ */

/* No deed: what is typed next must not be kept, whoever writes meanwhile. All that it writes are
 * figures, and a fact, which waits by itself. */
static void turn_recording(struct pane *p)
{
    struct error err;
    bool on = !store_keeps_history(lab_of(p)->store);
    if (!lab_record(lab_of(p), on, &err))
        desk_say(p->desk, "%s", err.text);
    else if (on)
        desk_say(p->desk, "recording: questions and answers are kept from now on");
    else
        desk_say(p->desk,
                 "REC OFF until %s or the next start: no text is kept, the cache is in "
                 "memory and begins empty",
                 key_of(ACT_RECORDING));
}

static void export_named(void *self, const char *path)
{
    struct pane *p = self;
    if (path && *path)
        export_start(p->state, path);
}

static void zoom(struct history_state_pane *st, bool on)
{
    page_free(st->page);
    st->page = NULL;
    if (on && st->preview.chosen) {
        st->page = page_new(PAGE_MARKDOWN, LOOK_TEXT);
        fill_page(st, st->page);
        page_home(st->page);
    }
    pane_dirty(st->pane);
}

/* --- life ------------------------------------------------------------------------------------- */

static bool pane_open(struct pane *p, struct error *err)
{
    struct history_state_pane *st = p->state;
    (void)err;
    st->pane = p;
    field_init(&st->filter, true);
    return true;
}

static void pane_close(struct pane *p)
{
    struct history_state_pane *st = p->state;
    struct lab *lab = lab_of(p);
    if (!st->pane)
        return;
    export_stop(st);
    bool deleted = st->gone_count || st->sweep.place;
    let_go(st);
    if (lab) {
        net_timer_stop(lab->net, &st->typed);
        net_timer_stop(lab->net, &st->step);
        net_timer_stop(lab->net, &st->sweep);
        struct error err;
        bool done = !deleted;
        for (int i = 0; !done && i < LAST_SWEEPS; i++)
            if (!history_sweep(lab->store, &done, &err))
                break;
    }
    for (size_t i = 0; i < st->kind_count; i++)
        mem_free(st->kinds[i]);
    for (size_t i = 0; i < st->model_count; i++)
        mem_free(st->models[i]);
    mem_free(st->kinds);
    mem_free(st->models);
    history_walk_done(&st->walk);
    history_walk_done(&st->export.walk);
    arena_done(&st->rows_arena);
    arena_done(&st->preview_arena);
    page_free(st->page);
    field_done(&st->filter);
}

static void pane_enter(struct pane *p)
{
    struct history_state_pane *st = p->state;
    st->left = false;
    find_scopes(st);
    find_restart(st, st->list.at);
}

static void pane_leave(struct pane *p)
{
    struct history_state_pane *st = p->state;
    bool deleted = st->gone_count > 0;
    st->left = true;
    let_go(st);
    zoom(st, false);
    if (deleted)
        sweep_soon(st);
}

static bool pane_tick(struct pane *p)
{
    struct history_state_pane *st = p->state;
    return st->walk.done || st->walk.before_id ? find_later(st) : false;
}

/* --- drawing ---------------------------------------------------------------------------------- */

static void pane_draw(const struct pane *p, struct surface *s)
{
    struct history_state_pane *st = p->state;
    struct store_facts facts = { 0 };
    char words[WHEN_SIZE];
    fill(st); /* the size may be another one: rows in sight are read where they are missing */
    struct history_view v = st->preview;
    v.filter = &st->filter;
    v.focused = p->focused;
    v.kind = find_kind(st);
    v.model = find_model(st);
    v.day = find_day(st);
    v.part = st->part;
    v.total = st->totals.lines;
    v.matching = (int64_t)st->walk.count;
    v.filtered = find_filtered(st);
    v.looking = !st->walk.done || st->typed.place;
    v.wanted = field_text(&st->filter);
    v.list = st->list;
    v.rows = st->rows;
    v.row_count = st->row_count;
    v.first_row = st->first_row;
    v.judged_at = st->judged_at;
    v.matched = st->matched;
    v.thinking = st->thinking;
    v.page = st->page;
    v.recording = store_keeps_history(lab_of(p)->store);
    v.trouble = st->trouble;
    if (st->totals.first_wall) {
        store_facts(lab_of(p)->store, &facts);
        snprintf(st->since, sizeof st->since, "%s",
                 when_text(st->totals.first_wall, clock_wall(p->desk->clock), words));
        snprintf(st->size, sizeof st->size, "%s", size_text(facts.bytes, words));
    }
    v.since = st->totals.first_wall ? st->since : "";
    v.size = st->size;
    v.key_thinking = key_of(ACT_THINKING);
    v.key_recording = key_of(ACT_RECORDING);
    v.key_delete = key_of(ACT_DELETE);
    v.key_undo = key_of(ACT_UNDO);
    history_draw(&v, s);
}

static void pane_corner(const struct pane *p, char *ret, size_t size)
{
    const struct history_state_pane *st = p->state;
    char rows[WORDS];
    snprintf(ret, size, "%s row%s", count_text(st->totals.lines, rows),
             st->totals.lines == 1 ? "" : "s");
}

/* --- keys ------------------------------------------------------------------------------------- */

static int page_of(const struct pane *p)
{
    struct history_layout l = history_layout(p->body_rows ? p->body_rows : 19, p->body_cols);
    return l.list_rows > 2 ? l.list_rows - 1 : 1;
}

static void move(struct history_state_pane *st, int at)
{
    list_to(&st->list, at);
    find_more(st);
    fill(st);
}

static bool act_zoomed(struct pane *p, enum action a)
{
    struct history_state_pane *st = p->state;
    if (scroll_page(st->page, a, p->body_rows > 0 ? p->body_rows : 19))
        return true;
    if (a != ACT_BACK)
        return false;
    zoom(st, false);
    return true;
}

/* Tab goes round the list and the scopes there is room for. */
static void next_part(struct pane *p, int by)
{
    struct history_state_pane *st = p->state;
    int parts = p->body_cols >= 84 ? 4 : p->body_cols >= 74 ? 3 : p->body_cols >= 56 ? 2 : 1;
    st->part = (enum history_part)(((int)st->part + by + parts) % parts);
    if (st->part != PART_LIST)
        desk_say(p->desk, "up and down change the scope; Tab goes on, Enter back to the rows");
}

/* As a fact, of each side whose thinking there is to see. */
static void note_thinking(struct pane *p)
{
    struct history_state_pane *st = p->state;
    struct error err;
    for (int i = 0; i < st->preview.sides; i++) {
        const struct history_side_view *side = &st->preview.side[i];
        if (*side->thinking && side->call &&
            !thinking_note(lab_of(p)->store, side->call, st->thinking, &err))
            pipeline_not_recorded(&lab_of(p)->pipeline, &err);
    }
}

static enum pane_said act_row(struct pane *p, enum action a)
{
    struct history_state_pane *st = p->state;
    switch (a) {
    case ACT_ENTER:
        if (st->part != PART_LIST)
            st->part = PART_LIST;
        else
            desk_go(p->desk, "ask", st->query);
        return PANE_REDRAW;
    case ACT_DELETE:
        delete_line(p);
        return PANE_REDRAW;
    case ACT_UNDO:
        bring_back(p);
        return PANE_REDRAW;
    case ACT_EXPORT:
        desk_ask_text(p->desk,
                      find_filtered(st) ? "Export all that match to the new file"
                                        : "Export all to the new file",
                      "rlab-history.jsonl", export_named, p);
        return PANE_REDRAW;
    case ACT_RECORDING:
        turn_recording(p);
        return PANE_REDRAW;
    case ACT_THINKING:
        st->thinking = !st->thinking;
        note_thinking(p);
        return PANE_REDRAW;
    case ACT_ZOOM:
        zoom(st, !st->page);
        return PANE_REDRAW;
    case ACT_STOP:
        export_stop(st);
        desk_say(p->desk, "the export was stopped; nothing was left of it");
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

static enum pane_said pane_act(struct pane *p, enum action a)
{
    struct history_state_pane *st = p->state;
    bool scope = st->part != PART_LIST;
    if (st->page && act_zoomed(p, a))
        return PANE_REDRAW;
    switch (a) {
    case ACT_UP:
    case ACT_DOWN:
        if (scope)
            find_turn(st, a == ACT_UP ? -1 : 1);
        else
            move(st, st->list.at + (a == ACT_UP ? -1 : 1));
        return PANE_REDRAW;
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
        move(st, st->list.at + (a == ACT_PAGE_UP ? -page_of(p) : page_of(p)));
        return PANE_REDRAW;
    case ACT_TOP:
        move(st, 0);
        return PANE_REDRAW;
    case ACT_BOTTOM:
        move(st, st->list.count);
        return PANE_REDRAW;
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        next_part(p, a == ACT_PART_NEXT ? 1 : -1);
        return PANE_REDRAW;
    case ACT_BACK:
        if (!scope)
            return PANE_IGNORED;
        st->part = PART_LIST;
        return PANE_REDRAW;
    default:
        return act_row(p, a);
    }
}

static const char *pane_off(const struct pane *p, enum action a)
{
    const struct history_state_pane *st = p->state;
    bool row = st->preview.chosen;
    switch (a) {
    case ACT_ENTER:
        if (st->part != PART_LIST)
            return NULL;
        return !row ? "no row is chosen" : !*st->preview.query ? "its question was not kept" : NULL;
    case ACT_DELETE:
        return row ? NULL : "no row is chosen";
    case ACT_COPY:
    case ACT_COPY_JSON:
    case ACT_WRITE:
    case ACT_PAGER:
    case ACT_ZOOM:
        return row ? NULL : "no row is chosen";
    case ACT_THINKING:
        for (int i = 0; row && i < st->preview.sides; i++)
            if (*st->preview.side[i].thinking)
                return NULL;
        return row ? "no thinking was kept with this row" : "no row is chosen";
    case ACT_UNDO:
        return st->gone_count || deed_waits(p->desk, &deleting, p)
                   ? NULL
                   : "nothing was deleted since you came to this pane";
    case ACT_EXPORT:
        return st->export.file     ? "an export runs already"
               : !st->totals.lines ? "there is nothing to export"
                                   : NULL;
    case ACT_RECORDING:
        return store_writes(lab_of(p)->store) ? NULL
                                              : "nothing is recorded: the database is only read";
    case ACT_STOP:
        return st->export.file ? NULL : "no export runs";
    default:
        return NULL;
    }
}

static struct field *pane_field(const struct pane *p)
{
    struct history_state_pane *st = p->state;
    return st->page ? NULL : &st->filter;
}

static enum pane_said pane_typed(struct pane *p, bool sent)
{
    struct history_state_pane *st = p->state;
    st->part = PART_LIST;
    if (sent) {
        p->focused = false;
        find_restart(st, 0);
    } else {
        find_soon(st);
    }
    return PANE_REDRAW;
}

/* While words are typed the arrows move in the list below; q leaves a zoomed row, not the
 * program. */
static bool pane_key(struct pane *p, const struct key *k)
{
    struct history_state_pane *st = p->state;
    if (st->page && k->code == K_LETTER && !k->alt && k->letter == 'q') {
        zoom(st, false);
        return true;
    }
    if (!p->focused || k->alt || k->ctrl)
        return false;
    enum action a = k->code == K_UP          ? ACT_UP
                    : k->code == K_DOWN      ? ACT_DOWN
                    : k->code == K_PAGE_UP   ? ACT_PAGE_UP
                    : k->code == K_PAGE_DOWN ? ACT_PAGE_DOWN
                                             : ACT_NONE;
    if (a == ACT_NONE)
        return false;
    st->part = PART_LIST;
    pane_act(p, a);
    return true;
}

static bool pane_busy(const struct pane *p, struct busy *ret)
{
    const struct history_state_pane *st = p->state;
    char rows[WORDS];
    if (!st->export.file)
        return false;
    *ret = (struct busy){ .started_ns = st->export.started_ns };
    snprintf(ret->what, sizeof ret->what, "export %s", count_text(st->export.rows, rows));
    return true;
}

static void pane_stop(struct pane *p)
{
    export_stop(p->state);
}

static bool pane_copy(const struct pane *p, bool json, struct buf *to)
{
    return fill_copy(p->state, json, to);
}

static bool pane_search(struct pane *p, const char *words, int dir)
{
    struct history_state_pane *st = p->state;
    if (st->page)
        return page_search(st->page, words, dir, p->body_rows);
    bool found = find_words(st, words, dir);
    fill(st);
    return found;
}

const struct pane_ops history_pane = {
    .name = "history",
    .tab = "Hist",
    .title = "History",
    .keymap = MAP_HISTORY,
    .state_size = sizeof(struct history_state_pane),
    .open = pane_open,
    .close = pane_close,
    .enter = pane_enter,
    .leave = pane_leave,
    .draw = pane_draw,
    .corner = pane_corner,
    .act = pane_act,
    .off = pane_off,
    .field = pane_field,
    .typed = pane_typed,
    .key = pane_key,
    .busy = pane_busy,
    .stop = pane_stop,
    .tick = pane_tick,
    .copy = pane_copy,
    .search = pane_search,
};
