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

static void drop(struct pane *p)
{
    struct cache_state_pane *st = p->state;
    struct cache_taken *t = NULL;
    struct error err;
    if (!cache_take(lab_of(p)->cache, &st->shown.key, &t, &err)) {
        desk_fail(p->desk, "The entry was not dropped", &err);
        return;
    }
    if (t && st->taken_count == CACHE_UNDOS) {
        cache_taken_free(st->taken[0]);
        memmove(st->taken, st->taken + 1, (CACHE_UNDOS - 1) * sizeof *st->taken);
        st->taken_count--;
    }
    if (t)
        st->taken[st->taken_count++] = t;
    desk_say(p->desk, "dropped; %s brings it back until you leave this pane", key_of(ACT_UNDO));
    cache_fill(st, true);
}

static void bring_back(struct pane *p)
{
    struct cache_state_pane *st = p->state;
    struct error err;
    bool there;
    if (!cache_give_back(lab_of(p)->cache, st->taken[st->taken_count - 1], &there, &err)) {
        desk_fail(p->desk, "The entry was not brought back", &err);
        return;
    }
    cache_taken_free(st->taken[--st->taken_count]);
    desk_say(p->desk, there ? "brought back to its place"
                            : "not brought back: the cache is full, and it was the first to go");
    cache_fill(st, true);
}

static void size_answered(void *self, const char *text)
{
    struct pane *p = self;
    struct lab *lab = lab_of(p);
    struct error err;
    char *end;
    if (!text)
        return;
    long long size = strtoll(text, &end, 10);
    if (end == text || *end || size < 1 || size > MAX_CACHE_SIZE) {
        desk_say(p->desk, "'%.40s' is no size: a whole number from 1 to %d is expected", text,
                 MAX_CACHE_SIZE);
        return;
    }
    char number[WORDS];
    snprintf(number, sizeof number, "%lld", size);
    if (!lab_set(lab, "cache.size", number, &err) || !cache_resize(lab->cache, size, &err))
        desk_fail(p->desk, "The size was not changed", &err);
    else
        desk_say(p->desk, "the cache holds at most %s answer%s now", count_text(size, number),
                 size == 1 ? "" : "s");
    cache_fill(p->state, true);
}

static void clear_answered(void *self, const char *text)
{
    struct pane *p = self;
    struct cache_state_pane *st = p->state;
    struct error err;
    int64_t dropped;
    char number[WORDS];
    if (!text)
        return;
    if (!cache_clear(lab_of(p)->cache, &dropped, &err)) {
        desk_fail(p->desk, "The cache was not cleared", &err);
    } else {
        let_go(st);
        desk_say(p->desk, "the cache is empty: %s dropped, counters at zero",
                 count_text(dropped, number));
    }
    cache_fill(st, true);
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
    cache_fill(p->state, true);
    cache_fill_peeks(p->state);
}

static void pane_leave(struct pane *p)
{
    struct cache_state_pane *st = p->state;
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
        return st->taken_count ? NULL : "nothing was dropped since you came to this pane";
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
