/* From the cache to what its pane shows: rows in sight, look-ups, the chosen entry. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/lab/answer.h"
#include "tui/pane/cache_pane.h"
#include "tui/screen/words.h"

/* Hits looked back at for when an entry was last read. */
#define MOST_HITS 2000
/* Reads of the chosen entry that are named. */
#define READS_NAMED 3
/* Entries that / looks at. */
#define MOST_SEARCHED 5000

static struct lab *lab_of(const struct cache_state_pane *st)
{
    return st->pane->desk->lab;
}

static int64_t now_of(const struct cache_state_pane *st)
{
    return clock_wall(st->pane->desk->clock);
}

/* --- look-ups --------------------------------------------------------------------------------- */

static bool add_lookup(void *self, const struct monitor_lookup *l)
{
    struct cache_state_pane *st = self;
    bool hit = strcmp(l->result, "hit") == 0;
    st->seen_lookup = l->id;
    if (!hit && strcmp(l->result, "shared") == 0)
        return true; /* neither hit nor miss */
    if (st->lookups == CACHE_LOOKUPS) {
        st->lookups--;
        memmove(st->lookup, st->lookup + 1, st->lookups * sizeof *st->lookup);
        memmove(st->rate, st->rate + 1, st->lookups * sizeof *st->rate);
    }
    st->lookup = mem_grow(st->lookup, &st->lookup_cap, st->lookups + 1, sizeof *st->lookup);
    st->rate = mem_grow(st->rate, &st->rate_cap, st->lookups + 1, sizeof *st->rate);
    st->hits_seen += hit;
    st->misses_seen += !hit;
    if (hit && isfinite(l->lookup_s))
        st->hit_s_sum += l->lookup_s;
    st->lookup[st->lookups] = hit;
    st->rate[st->lookups++] = (double)st->hits_seen / (double)(st->hits_seen + st->misses_seen);
    return true;
}

static bool add_hit(void *self, const struct monitor_hit *h)
{
    struct cache_state_pane *st = self;
    st->hits = mem_grow(st->hits, &st->hit_cap, st->hit_count + 1, sizeof *st->hits);
    st->hits[st->hit_count++] = *h;
    return true;
}

/* When an entry was last used: read, or else stored. 0: it was read longer ago than is known. */
static int64_t last_used(const struct cache_state_pane *st, const struct cache_entry *e)
{
    for (size_t i = 0; i < st->hit_count; i++)
        if (hash_equal(&st->hits[i].key, &e->key))
            return st->hits[i].at_wall > e->created_wall ? st->hits[i].at_wall : e->created_wall;
    return e->hits ? 0 : e->created_wall;
}

/* --- rows ------------------------------------------------------------------------------------- */

static const char *line_of(struct arena *a, const char *text, size_t len)
{
    struct buf safe = buf_with_max(2000);
    text_safe_line(&safe, text, len < 400 ? len : 400);
    const char *copy = arena_string(a, buf_text(&safe));
    buf_done(&safe);
    return copy;
}

static bool add_row(void *self, const struct cache_entry *e, int64_t place)
{
    struct cache_state_pane *st = self;
    struct arena *a = &st->rows_arena;
    char words[WORDS];
    int64_t used = last_used(st, e);
    st->keys[st->row_count] = e->key;
    st->rows[st->row_count++] = (struct cache_row_view){
        .place = place,
        .hits = e->hits,
        .used = used ? arena_format(a, "%s ago", age_text(used, now_of(st), words)) : "-",
        .model = arena_string(a, e->model ? e->model : ""),
        .level = level_letter(e->level),
        .took = arena_string(a, brief_seconds(e->latency_s, words)),
        .age = arena_string(a, age_text(e->created_wall, now_of(st), words)),
        .query = e->query_len ? line_of(a, e->query, e->query_len) : "(text not kept)",
    };
    return true;
}

static void say_reads(struct cache_state_pane *st, const struct cache_entry *e)
{
    int64_t reads[READS_NAMED];
    size_t n = 0;
    for (size_t i = 0; i < st->hit_count && n < READS_NAMED; i++)
        if (hash_equal(&st->hits[i].key, &e->key) && st->hits[i].at_wall >= e->created_wall)
            reads[n++] = st->hits[i].at_wall;
    struct buf b = buf_with_max(sizeof st->read - 1);
    char when[WHEN_SIZE], hits[WORDS];
    if ((int64_t)n < e->hits)
        buf_printf(&b, "%s times%s", count_text(e->hits, hits), n ? ", last " : "");
    while (n)
        buf_printf(&b, "%s%s", when_text(reads[n - 1], now_of(st), when), n > 1 ? ", " : ""), n--;
    snprintf(st->read, sizeof st->read, "%s", buf_text(&b));
    buf_done(&b);
}

/* Whether the model that gave the answer is the one of that name now. */
static const char *model_word(struct cache_state_pane *st, const struct cache_entry *e)
{
    struct lab *lab = lab_of(st);
    struct lab_server *server = e->server ? models_find_server(&lab->models, e->server) : NULL;
    for (size_t i = 0; server && i < lab->models.model_count; i++) {
        const struct lab_model *m = lab->models.models[i];
        if (m->server != server || strcmp(m->name, e->model ? e->model : "") != 0)
            continue;
        if (!m->identity_known || !e->identity)
            break;
        return strcmp(m->identity, e->identity) == 0
                   ? "model unchanged since"
                   : (lab->pipeline.guard ? "the model changed: never a hit again"
                                          : "the model CHANGED, and the guard is off");
    }
    return "model not checked";
}

static bool take_shown(void *self, const struct cache_entry *e, int64_t place)
{
    struct cache_state_pane *st = self;
    char when[WHEN_SIZE];
    (void)place;
    mem_free(st->shown_texts);
    size_t total = e->query_len + e->answer_len + e->thinking_len + 3;
    char *at = st->shown_texts = mem_alloc(1, total);
    st->shown = *e;
    const char **texts[] = { &st->shown.query, &st->shown.answer, &st->shown.thinking };
    const size_t lens[] = { e->query_len, e->answer_len, e->thinking_len };
    for (size_t i = 0; i < 3; i++) {
        memcpy(at, *texts[i] ? *texts[i] : "", *texts[i] ? lens[i] : 0);
        *texts[i] = at;
        at += lens[i] + 1;
    }
    struct arena *a = &st->rows_arena; /* the short ones live as long as the rows */
    const char **shorts[] = { &st->shown.server,      &st->shown.model,     &st->shown.identity,
                              &st->shown.level,       &st->shown.role,      &st->shown.fields,
                              &st->shown.tokens_kind, &st->shown.split_kind };
    for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++)
        *shorts[i] = arena_string(a, *shorts[i]);
    st->has_shown = true;
    st->model_now = model_word(st, e);
    snprintf(st->stored, sizeof st->stored, "%s", when_text(e->created_wall, now_of(st), when));
    snprintf(st->query_line, sizeof st->query_line, "%s",
             e->query_len ? line_of(a, st->shown.query, e->query_len) : "(text not kept)");
    snprintf(st->answer_line, sizeof st->answer_line, "%s",
             line_of(a, st->shown.answer, e->answer_len));
    text_trim_partial(st->query_line);
    text_trim_partial(st->answer_line);
    say_reads(st, e);
    return false;
}

static void fill_shown(struct cache_state_pane *st)
{
    struct error err;
    int k = st->list.at - st->first_row;
    bool known = st->list.count && k >= 0 && k < st->row_count;
    if (known && st->has_shown && !st->stale && hash_equal(&st->keys[k], &st->shown.key))
        return;
    st->has_shown = false;
    if (known && !cache_list_from(lab_of(st)->cache, st->list.at + 1, 1, take_shown, st, &err))
        snprintf(st->trouble, sizeof st->trouble, "%s", err.text);
}

void cache_fill_rows(struct cache_state_pane *st)
{
    struct error err;
    const struct pane *p = st->pane;
    int rows = cache_list_rows(p->body_rows ? p->body_rows : 19, p->body_cols);
    list_show(&st->list, rows);
    int first = st->list.top, last = first + rows;
    bool there =
        !st->stale && first >= st->first_row &&
        (last <= st->first_row + st->row_count || st->first_row + st->row_count >= st->list.count);
    if (!there) {
        arena_clear(&st->rows_arena);
        st->rows = arena_new(&st->rows_arena, struct cache_row_view, CACHE_WINDOW);
        st->keys = arena_new(&st->rows_arena, struct hash, CACHE_WINDOW);
        st->first_row = first;
        st->row_count = 0;
        st->stale = true;
        if (!cache_list_from(lab_of(st)->cache, first + 1, CACHE_WINDOW, add_row, st, &err))
            snprintf(st->trouble, sizeof st->trouble, "%s", err.text);
    }
    fill_shown(st);
    st->stale = false;
}

/* --- all of it -------------------------------------------------------------------------------- */

static bool same_stats(const struct cache_stats *a, const struct cache_stats *b)
{
    return a->entries == b->entries && a->size == b->size && a->ttl_s == b->ttl_s &&
           memcmp(&a->session, &b->session, sizeof a->session) == 0 &&
           memcmp(&a->total, &b->total, sizeof a->total) == 0 && a->saved_s == b->saved_s;
}

/* Once a second the ages have moved on, so the rows are read again either way. */
bool cache_fill(struct cache_state_pane *st, bool all)
{
    struct error err;
    struct lab *lab = lab_of(st);
    struct cache_stats now;
    st->trouble[0] = '\0';
    if (!cache_stats(lab->cache, &now, &err)) {
        snprintf(st->trouble, sizeof st->trouble, "the cache cannot be read: %s", err.text);
        return true;
    }
    int64_t seen = st->seen_lookup;
    if (!monitor_lookups(lab->store, st->seen_lookup, add_lookup, st, &err))
        snprintf(st->trouble, sizeof st->trouble, "%s", err.text);
    bool changed = all || !same_stats(&now, &st->stats) || seen != st->seen_lookup;
    st->stats = now;
    if (changed) {
        st->hit_count = 0;
        if (!monitor_hits(lab->store, MOST_HITS, add_hit, st, &err))
            snprintf(st->trouble, sizeof st->trouble, "%s", err.text);
        list_count(&st->list, (int)now.entries);
        cache_fill_peeks(st);
    }
    st->stale = true;
    cache_fill_rows(st);
    return changed || st->list.count > 0;
}

void cache_fill_view(struct cache_state_pane *st, struct cache_view *ret)
{
    struct lab *lab = lab_of(st);
    *ret = (struct cache_view){
        .entries = st->stats.entries,
        .size = st->stats.size,
        .hits = st->stats.session.hits,
        .misses = st->stats.session.misses,
        .expired = st->stats.session.expired,
        .evicted = st->stats.session.evicted,
        .total_hits = st->stats.total.hits,
        .total_misses = st->stats.total.misses,
        .table = store_keeps_history(lab->store),
        .lookup = st->lookup,
        .lookups = st->lookups,
        .rate = st->rate,
        .list = st->list,
        .rows = st->rows,
        .row_count = st->row_count,
        .first_row = st->first_row,
        .chosen = st->has_shown,
        .query = st->query_line,
        .answer = st->answer_line,
        .stored = st->stored,
        .read = st->read,
        .model_now = st->model_now,
        .field = &st->field,
        .peek_count = st->peek_count,
        .saved_s = st->stats.saved_s,
        .saved_rule_s = st->stats.saved_rule_s,
        .rule_s = RULE_HIT_SAVES_S,
        .saved_hits = st->stats.total.hits,
        .hit_s = st->hits_seen ? st->hit_s_sum / (double)st->hits_seen : NAN,
        .page = st->page,
        .trouble = st->trouble,
    };
    memcpy(ret->peeks, st->peeks, sizeof st->peeks);
}

void cache_fill_page(const struct cache_state_pane *st, struct page *page)
{
    const struct cache_entry *e = &st->shown;
    static const char line[] = "\n\n---\n\n", thinking[] = "*thinking:*\n\n",
                      answer[] = "\n\n*answer:*\n\n";
    page_add(page, e->query, e->query_len);
    page_add(page, line, sizeof line - 1);
    if (e->thinking_len) {
        page_add(page, thinking, sizeof thinking - 1);
        page_add(page, e->thinking, e->thinking_len);
        page_add(page, answer, sizeof answer - 1);
    }
    page_add(page, e->answer, e->answer_len);
}

/* --- / ---------------------------------------------------------------------------------------- */

struct finding {
    const char *words; /* folded */
    int from, dir;
    int found; /* -1 none */
    bool wrapped;
};

static bool holds(const char *text, size_t len, const char *words)
{
    struct buf folded = buf_with_max(64 * 1024);
    text_fold(&folded, text, len < 16 * 1024 ? len : 16 * 1024);
    bool found = strstr(buf_text(&folded), words) != NULL;
    buf_done(&folded);
    return found;
}

static bool look_at(void *self, const struct cache_entry *e, int64_t place)
{
    struct finding *f = self;
    int at = (int)place - 1;
    bool wanted = f->dir > 0 ? at > f->from : at < f->from;
    if (wanted &&
        (holds(e->query, e->query_len, f->words) || holds(e->answer, e->answer_len, f->words))) {
        f->found = at;
        return f->dir < 0; /* forwards the first one, backwards the last one before */
    }
    return place < MOST_SEARCHED && (f->dir > 0 || at < f->from);
}

bool cache_find_words(struct cache_state_pane *st, const char *words, int dir)
{
    struct error err;
    struct buf folded = buf_with_max(4096);
    text_fold(&folded, words, strlen(words));
    struct finding f = { buf_text(&folded), st->list.at, dir, -1, false };
    bool ok = cache_list(lab_of(st)->cache, look_at, &f, &err);
    if (ok && f.found < 0) { /* round the end, and on from there */
        f.from = dir > 0 ? -1 : st->list.count;
        ok = cache_list(lab_of(st)->cache, look_at, &f, &err);
    }
    buf_done(&folded);
    if (!ok || f.found < 0)
        return false;
    list_to(&st->list, f.found);
    cache_fill_rows(st);
    return true;
}
