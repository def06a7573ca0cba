/* The Cache pane: entries in the order of use, the last look-ups, a text looked up, entries
 * dropped with a way back. Owns what it shows; cache_fill.c reads. */
#include "tui/pane/cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/cache_json.h"
#include "core/limits.h"
#include "tui/pane/cache_pane.h"
#include "tui/pane/scroll.h"
#include "tui/screen/words.h"

static struct lab *lab_of(const struct pane *p)
{
    return p->desk->lab;
}

static const char *key_of(enum action a)
{
    const struct binding *b = binding_of(MAP_CACHE, a);
    return b && *b->key ? b->key : ":";
}

/* --- dropping, size, clearing ----------------------------------------------------------------- */

static void let_go(struct cache_state_pane *st)
{
    while (st->taken_count)
        cache_taken_free(st->taken[--st->taken_count]);
}

/* An entry that goes, or comes back. */
struct entry {
    struct hash key;
    struct cache_taken *taken;
    bool there;
};

/* Takes what is in `e`: it can be brought back as long as this pane is shown. */
static void remember(struct cache_state_pane *st, struct entry *e)
{
    if (e->taken && st->taken_count == CACHE_UNDOS) {
        cache_taken_free(st->taken[0]);
        memmove(st->taken, st->taken + 1, (CACHE_UNDOS - 1) * sizeof *st->taken);
        st->taken_count--;
    }
    if (e->taken)
        st->taken[st->taken_count++] = e->taken;
    e->taken = NULL;
}

static void forget_entry(void *what)
{
    cache_taken_free(((struct entry *)what)->taken);
}

static bool take_entry(void *self, void *what, struct error *err)
{
    struct entry *e = what;
    return cache_take(lab_of(self)->cache, &e->key, &e->taken, err);
}

static void entry_is_gone(void *self, void *what)
{
    struct pane *p = self;
    struct cache_state_pane *st = p->state;
    if (st->left) {
        desk_say(p->desk, "dropped");
        return;
    }
    remember(st, what);
    desk_say(p->desk, "dropped; %s brings it back until you leave this pane", key_of(ACT_UNDO));
    cache_fill(st, true);
}

static const struct deed dropping = { .title = "The entry was not dropped",
                                      .size = sizeof(struct entry),
                                      .write = take_entry,
                                      .done = entry_is_gone,
                                      .forget = forget_entry };

static void drop(struct pane *p)
{
    const struct cache_state_pane *st = p->state;
    deed_do(p->desk, &dropping, p, &(struct entry){ .key = st->shown.key });
}

static bool give_entry(void *self, void *what, struct error *err)
{
    struct entry *e = what;
    return cache_give_back(lab_of(self)->cache, e->taken, &e->there, err);
}

static void entry_is_back(void *self, void *what)
{
    struct pane *p = self;
    struct cache_state_pane *st = p->state;
    desk_say(p->desk, ((struct entry *)what)->there
                          ? "brought back to its place"
                          : "not brought back: the cache is full, and it was the first to go");
    if (!st->left)
        cache_fill(st, true);
}

/* It stays at hand for another try. */
static void entry_stays_gone(void *self, void *what, const struct error *err)
{
    const struct pane *p = self;
    (void)err;
    remember(p->state, what);
}

static const struct deed bringing_back = { .title = "The entry was not brought back",
                                           .size = sizeof(struct entry),
                                           .write = give_entry,
                                           .done = entry_is_back,
                                           .failed = entry_stays_gone,
                                           .forget = forget_entry };

/* What still waits to be dropped was pressed last, and is simply not dropped. */
static void bring_back(struct pane *p)
{
    struct cache_state_pane *st = p->state;
    if (deed_call_off(p->desk, &dropping, p))
        desk_say(p->desk, "it stays: it had not been dropped yet");
    else
        deed_do(p->desk, &bringing_back, p,
                &(struct entry){ .taken = st->taken[--st->taken_count] });
}

/* The setting, the fact that it was set and the entries that go: all or nothing. */
static bool write_size(void *self, void *what, struct error *err)
{
    struct lab *lab = lab_of(self);
    int64_t size = *(const int64_t *)what;
    char number[WORDS];
    struct cache_mark mark;
    snprintf(number, sizeof number, "%lld", (long long)size);
    if (!store_batch_begin(lab->store, err))
        return false;
    cache_mark(lab->cache, &mark);
    bool written = lab_set(lab, "cache.size", number, err) && cache_resize(lab->cache, size, err);
    if (written && store_batch_end(lab->store, err))
        return true;
    if (!written)
        store_batch_undo(lab->store);
    cache_undone(lab->cache, &mark);
    return false;
}

static void size_is_other(void *self, void *what)
{
    struct pane *p = self;
    int64_t size = *(const int64_t *)what;
    char number[WORDS];
    desk_say(p->desk, "the cache holds at most %s answer%s now", count_text(size, number),
             size == 1 ? "" : "s");
    cache_fill(p->state, true);
}

static const struct deed sizing = { .title = "The size was not changed",
                                    .size = sizeof(int64_t),
                                    .write = write_size,
                                    .done = size_is_other };

static void size_answered(void *self, const char *text)
{
    struct pane *p = self;
    char *end;
    if (!text)
        return;
    long long size = strtoll(text, &end, 10);
    if (end == text || *end || size < 1 || size > MAX_CACHE_SIZE) {
        desk_say(p->desk, "'%.40s' is no size: a whole number from 1 to %d is expected", text,
                 MAX_CACHE_SIZE);
        return;
    }
    deed_do(p->desk, &sizing, p, &(int64_t){ size });
}

static bool write_clear(void *self, void *what, struct error *err)
{
    return cache_clear(lab_of(self)->cache, what, err);
}

static void cache_is_clear(void *self, void *what)
{
    struct pane *p = self;
    char number[WORDS];
    let_go(p->state);
    desk_say(p->desk, "the cache is empty: %s dropped, counters at zero",
             count_text(*(const int64_t *)what, number));
    cache_fill(p->state, true);
}

static const struct deed clearing = { .title = "The cache was not cleared",
                                      .size = sizeof(int64_t), /* how many were dropped */
                                      .write = write_clear,
                                      .done = cache_is_clear };

static void clear_answered(void *self, const char *text)
{
    struct pane *p = self;
    if (text)
        deed_do(p->desk, &clearing, p, &(int64_t){ 0 });
}

static void ask_size(struct pane *p)
{
    const struct cache_state_pane *st = p->state;
    char now[WORDS];
    snprintf(now, sizeof now, "%lld", (long long)st->stats.size);
    desk_ask_text(p->desk, "How many answers are kept at most?", now, size_answered, p);
}

static void ask_clear(struct pane *p)
{
    const struct cache_state_pane *st = p->state;
    char question[100], entries[WORDS];
    if (st->stats.entries == 1)
        snprintf(question, sizeof question, "Drop the cached answer and zero the counters?");
    else
        snprintf(question, sizeof question, "Drop all %s cached answers and zero the counters?",
                 count_text(st->stats.entries, entries));
    desk_ask(p->desk, question, clear_answered, p);
}

/* --- life ------------------------------------------------------------------------------------- */

static bool pane_open(struct pane *p, struct error *err)
{
    struct cache_state_pane *st = p->state;
    struct monitor_mark mark = { 0 };
    struct error ignored;
    (void)err;
    st->pane = p;
    field_init(&st->field, true);
    if (monitor_mark(lab_of(p)->store, &mark, &ignored))
        st->seen_lookup = mark.lookup; /* what came before was another session's */
    return true;
}

static void pane_close(struct pane *p)
{
    struct cache_state_pane *st = p->state;
    if (!st->pane)
        return;
    if (lab_of(p))
        net_timer_stop(lab_of(p)->net, &st->typed);
    let_go(st);
    arena_done(&st->rows_arena);
    arena_done(&st->peek_arena);
    mem_free(st->lookup);
    mem_free(st->rate);
    mem_free(st->hits);
    mem_free(st->shown_texts);
    page_free(st->page);
    field_done(&st->field);
}

static void zoom(struct cache_state_pane *st, bool on)
{
    page_free(st->page);
    st->page = NULL;
    if (on && st->has_shown) {
        st->page = page_new(PAGE_MARKDOWN, LOOK_TEXT);
        cache_fill_page(st, st->page);
        page_home(st->page);
    }
    pane_dirty(st->pane);
}

static void pane_enter(struct pane *p)
{
    struct cache_state_pane *st = p->state;
    st->left = false;
    cache_fill(st, true);
    cache_fill_peeks(p->state);
}

static void pane_leave(struct pane *p)
{
    struct cache_state_pane *st = p->state;
    st->left = true;
    let_go(st);
    zoom(st, false);
}

static bool pane_tick(struct pane *p)
{
    return cache_fill(p->state, false);
}

static void pane_draw(const struct pane *p, struct surface *s)
{
    struct cache_state_pane *st = p->state;
    struct cache_view v;
    cache_fill_rows(st); /* the size of the body may be another one */
    cache_fill_view(st, &v);
    v.focused = p->focused;
    v.key_field = key_of(ACT_EDIT);
    v.key_size = key_of(ACT_SIZE);
    cache_draw(&v, s);
}

static void pane_corner(const struct pane *p, char *ret, size_t size)
{
    const struct cache_state_pane *st = p->state;
    char ttl[WORDS];
    bool ages = st->stats.ttl_s > 0;
    snprintf(ret, size, "%s%s%s%sLRU", lab_of(p)->pipeline.guard ? "" : "guard OFF, ",
             ages ? "kept " : "", ages ? brief_seconds(st->stats.ttl_s, ttl) : "",
             ages ? ", " : "");
}

/* --- keys ------------------------------------------------------------------------------------- */

static void move(struct cache_state_pane *st, int at)
{
    list_to(&st->list, at);
    cache_fill_rows(st);
}

static bool act_zoomed(struct pane *p, enum action a)
{
    struct cache_state_pane *st = p->state;
    if (scroll_page(st->page, a, p->body_rows > 0 ? p->body_rows : 19))
        return true;
    if (a != ACT_ENTER && a != ACT_BACK)
        return false;
    zoom(st, false);
    return true;
}

static enum pane_said pane_act(struct pane *p, enum action a)
{
    struct cache_state_pane *st = p->state;
    int page = cache_list_rows(p->body_rows ? p->body_rows : 19, p->body_cols) - 1;
    if (st->page && act_zoomed(p, a))
        return PANE_REDRAW;
    int rows = scroll_rows(a, page);
    if (rows) {
        move(st, st->list.at + rows);
        return PANE_REDRAW;
    }
    switch (a) {
    case ACT_ENTER:
    case ACT_ZOOM:
        zoom(st, !st->page);
        return PANE_REDRAW;
    case ACT_DROP:
        drop(p);
        return PANE_REDRAW;
    case ACT_UNDO:
        bring_back(p);
        return PANE_REDRAW;
    case ACT_SIZE:
        ask_size(p);
        return PANE_REDRAW;
    case ACT_CLEAR:
        ask_clear(p);
        return PANE_REDRAW;
    case ACT_PART_NEXT:
    case ACT_PART_BACK:
        p->focused = !p->focused && !st->page;
        return PANE_REDRAW;
    default:
        return PANE_IGNORED;
    }
}

static const char *pane_off(const struct pane *p, enum action a)
{
    const struct cache_state_pane *st = p->state;
    switch (a) {
    case ACT_ENTER:
    case ACT_ZOOM:
    case ACT_COPY:
    case ACT_COPY_JSON:
    case ACT_WRITE:
    case ACT_PAGER:
    case ACT_DROP:
        return st->has_shown ? NULL : "no row is chosen: the cache is empty";
    case ACT_UNDO:
        return st->taken_count || deed_waits(p->desk, &dropping, p)
                   ? NULL
                   : "nothing was dropped since you came to this pane";
    case ACT_CLEAR:
        return st->stats.entries || st->stats.total.hits || st->stats.total.misses
                   ? NULL
                   : "the cache is empty already";
    default:
        return NULL;
    }
}

static struct field *pane_field(const struct pane *p)
{
    struct cache_state_pane *st = p->state;
    return st->page ? NULL : &st->field;
}

static enum pane_said pane_typed(struct pane *p, bool sent)
{
    struct cache_state_pane *st = p->state;
    if (sent) {
        p->focused = false;
        cache_fill_peeks(st);
    } else {
        cache_fill_peeks_soon(st);
    }
    return PANE_REDRAW;
}

/* q leaves a zoomed entry, not the program. */
static bool pane_key(struct pane *p, const struct key *k)
{
    struct cache_state_pane *st = p->state;
    if (!st->page || k->code != K_LETTER || k->alt || k->letter != 'q')
        return false;
    zoom(st, false);
    return true;
}

static bool pane_copy(const struct pane *p, bool json, struct buf *to)
{
    const struct cache_state_pane *st = p->state;
    if (!st->has_shown)
        return false;
    if (!json) {
        buf_add(to, st->shown.query, st->shown.query_len);
        return buf_puts(to, "\n\n") && buf_add(to, st->shown.answer, st->shown.answer_len) &&
               buf_putc(to, '\n');
    }
    struct json *j = cache_entry_json(&st->shown, st->list.at + 1, st->stats.entries);
    json_put_bytes(j, "answer", st->shown.answer, st->shown.answer_len);
    if (st->shown.thinking_len)
        json_put_bytes(j, "thinking", st->shown.thinking, st->shown.thinking_len);
    else
        json_put_null(j, "thinking");
    bool ok = json_print(j, to) && buf_putc(to, '\n');
    json_free(j);
    return ok;
}

static bool pane_search(struct pane *p, const char *words, int dir)
{
    struct cache_state_pane *st = p->state;
    return st->page ? page_search(st->page, words, dir, p->body_rows)
                    : cache_find_words(st, words, dir);
}

const struct pane_ops cache_pane = {
    .name = "cache",
    .tab = "Cache",
    .title = "Response cache",
    .keymap = MAP_CACHE,
    .state_size = sizeof(struct cache_state_pane),
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
    .tick = pane_tick,
    .copy = pane_copy,
    .search = pane_search,
};
