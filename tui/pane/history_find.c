/* What the History pane lists: scopes, search while typing, and going on in steps. */
#include <string.h>

#include "core/base/text.h"
#include "tui/pane/history_pane.h"

/* A search begins when no letter came for so long. */
#define SETTLE_MS 150
/* One step of looking, between which keys are read. */
#define STEP_NS (4 * NS_PER_MS)
/* How long / may look before it says that it found nothing near. */
#define WORDS_NS (100 * NS_PER_MS)

static const struct {
    const char *words;
    int64_t back_ns; /* 0: any */
} days[] = {
    { "any day", 0 },
    { "last 24 h", 24 * 3600 * NS_PER_S },
    { "last 7 days", 7 * 24 * 3600 * NS_PER_S },
    { "last 30 days", 30 * 24 * 3600 * NS_PER_S },
};

#define DAYS ((int)(sizeof days / sizeof *days))

static struct store *store_of(const struct history_state_pane *st)
{
    return st->pane->desk->lab->store;
}

static struct net *net_of(const struct history_state_pane *st)
{
    return st->pane->desk->lab->net;
}

/* --- scopes --------------------------------------------------------------------------------------- */

const char *kind_word(const char *purpose)
{
    return strcmp(purpose, "trial") == 0 ? "test" : strcmp(purpose, "demo") == 0 ? "prod" : purpose;
}

const char *find_kind(const struct history_state_pane *st)
{
    return st->kind ? kind_word(st->kinds[st->kind - 1]) : "all panes";
}

const char *find_model(const struct history_state_pane *st)
{
    return st->model ? st->models[st->model - 1] : "all models";
}

const char *find_day(const struct history_state_pane *st)
{
    return days[st->day].words;
}

bool find_filtered(const struct history_state_pane *st)
{
    const char *text = field_text(&st->filter);
    return st->kind || st->model || st->day || !text_is_blank(text, strlen(text));
}

struct history_filter find_filter(const struct history_state_pane *st)
{
    const char *text = field_text(&st->filter);
    int64_t back = days[st->day].back_ns;
    return (struct history_filter){
        .search = text_is_blank(text, strlen(text)) ? NULL : text,
        .purpose = st->kind ? st->kinds[st->kind - 1] : NULL,
        .model = st->model ? st->models[st->model - 1] : NULL,
        .since_wall = back ? clock_wall(st->pane->desk->clock) - back : 0,
    };
}

struct values {
    char ***list;
    size_t *count, *cap;
};

static void add_value(void *self, const char *value)
{
    struct values *v = self;
    for (size_t i = 0; i < *v->count; i++)
        if (strcmp((*v->list)[i], value) == 0)
            return;
    *v->list = mem_grow(*v->list, v->cap, *v->count + 1, sizeof **v->list);
    (*v->list)[(*v->count)++] = mem_string(value);
}

/* Values are only added, so that a chosen one keeps its number. */
void find_scopes(struct history_state_pane *st)
{
    struct error err;
    struct values kinds = { &st->kinds, &st->kind_count, &st->kind_cap };
    struct values models = { &st->models, &st->model_count, &st->model_cap };
    if (!history_purposes(store_of(st), add_value, &kinds, &err) ||
        !history_models(store_of(st), add_value, &models, &err))
        snprintf(st->trouble, sizeof st->trouble, "%s", err.text);
}

void find_turn(struct history_state_pane *st, int by)
{
    if (st->part == PART_KIND)
        st->kind = list_around(st->kind, (int)st->kind_count + 1, by);
    else if (st->part == PART_MODEL)
        st->model = list_around(st->model, (int)st->model_count + 1, by);
    else if (st->part == PART_DAY)
        st->day = list_around(st->day, DAYS, by);
    find_restart(st, 0);
}

/* --- listing -------------------------------------------------------------------------------------- */

/* Lines that have to be known: those in sight without a filter, all with one, since how many fit
 * is said. */
static size_t wanted(const struct history_state_pane *st)
{
    if (find_filtered(st))
        return SIZE_MAX;
    return (size_t)st->list.at + 2 * HISTORY_WINDOW;
}

static bool is_known(const struct history_state_pane *st)
{
    return st->walk.done || st->walk.count >= wanted(st);
}

static void count_lines(struct history_state_pane *st)
{
    bool all = find_filtered(st) || st->walk.done;
    list_count(&st->list, all ? (int)st->walk.count : (int)st->totals.lines);
}

static void step(void *self)
{
    struct history_state_pane *st = self;
    struct error err;
    size_t before = st->walk.count;
    if (!history_walk_step(&st->walk, store_of(st), wanted(st), STEP_NS, &err))
        snprintf(st->trouble, sizeof st->trouble, "%s", err.text);
    count_lines(st);
    if (before < (size_t)st->list.top + HISTORY_WINDOW)
        st->rows_stale = true; /* some of the new ones may be in sight */
    if (!is_known(st))
        net_timer_set(net_of(st), &st->step, 1, step, st);
    fill(st);
    pane_dirty(st->pane);
}

void find_more(struct history_state_pane *st)
{
    if (is_known(st))
        count_lines(st);
    else
        step(st);
}

void find_restart(struct history_state_pane *st, int at)
{
    struct error err;
    struct history_filter f = find_filter(st);
    net_timer_stop(net_of(st), &st->typed);
    net_timer_stop(net_of(st), &st->step);
    st->trouble[0] = '\0';
    history_walk_start(&st->walk, &f);
    if (!history_state(store_of(st), &st->totals, &err))
        snprintf(st->trouble, sizeof st->trouble, "%s", err.text);
    st->list = (struct list){ .count = at + 1, .at = at };
    fill_forget(st);
    find_more(st);
    list_to(&st->list, at);
    fill(st);
    pane_dirty(st->pane);
}

static void settled(void *self)
{
    find_restart(self, 0);
}

void find_soon(struct history_state_pane *st)
{
    net_timer_set(net_of(st), &st->typed, SETTLE_MS, settled, st);
}

/* The chosen line stays chosen, whatever comes in front of it. */
bool find_later(struct history_state_pane *st)
{
    struct error err;
    struct history_state now;
    size_t later = 0;
    if (!history_state(store_of(st), &now, &err))
        return false;
    bool changed = now.newest_id != st->totals.newest_id || now.answers != st->totals.answers;
    if (!changed)
        return false;
    bool fewer = now.answers < st->totals.answers;
    st->totals = now;
    if (fewer) { /* deleted by another process or a verb */
        find_restart(st, st->list.at);
        return true;
    }
    if (!history_walk_later(&st->walk, store_of(st), &later, &err))
        return false;
    find_scopes(st);
    count_lines(st);
    if (st->list.at || st->list.top)
        list_move(&st->list, (int)later);
    fill_forget(st);
    fill(st);
    return true;
}

/* --- / -------------------------------------------------------------------------------------------- */

struct nearest {
    int64_t id;
    bool first; /* the newest of a range, else the oldest */
};

static bool note_nearest(void *self, int64_t id, int64_t pair_id)
{
    struct nearest *n = self;
    (void)pair_id;
    n->id = id;
    return !n->first;
}

/* Where a line stands in what is listed; ids fall. -1: not listed, or not yet. */
static int place_of(const struct history_walk *w, int64_t id)
{
    size_t low = 0, high = w->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (w->ids[middle] > id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < w->count && w->ids[low] == id ? (int)low : -1;
}

/* The list reaches far enough back for this line. */
static bool walk_to(struct history_state_pane *st, int64_t id, int64_t until_ns)
{
    struct error err;
    while (!st->walk.done && (!st->walk.count || st->walk.ids[st->walk.count - 1] > id))
        if (clock_mono(st->pane->desk->clock) > until_ns ||
            !history_walk_step(&st->walk, store_of(st), st->walk.count + 1000, STEP_NS, &err))
            return false;
    return true;
}

/* Ranges that double, so that what is near is found at once. Lines that the list leaves out are
 * passed over. */
bool find_words(struct history_state_pane *st, const char *words, int dir)
{
    struct error err;
    int64_t until = clock_mono(st->pane->desk->clock) + WORDS_NS;
    if (!st->list.count || (size_t)st->list.at >= st->walk.count)
        return false;
    int64_t at = st->walk.ids[st->list.at], stride = 64;
    struct history_filter f = find_filter(st);
    f.search = words;
    while (dir > 0 ? at > 1 : at <= st->totals.newest_id) {
        struct nearest n = { 0, dir > 0 };
        f.before_id = dir > 0 ? at : at + stride;
        f.from_id = dir > 0 ? (at > stride ? at - stride : 1) : at + 1;
        if (!history_numbers(store_of(st), &f, note_nearest, &n, &err) ||
            clock_mono(st->pane->desk->clock) > until)
            return false;
        int place = n.id && walk_to(st, n.id, until) ? place_of(&st->walk, n.id) : -1;
        if (place >= 0) {
            count_lines(st);
            list_to(&st->list, place);
            find_more(st);
            return true;
        }
        at = n.id ? n.id : dir > 0 ? f.from_id : f.before_id - 1;
        stride = n.id ? stride : stride * 4;
    }
    return false;
}
