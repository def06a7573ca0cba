/* The state of the Cache pane, shared by cache.c (keys and life) and cache_fill.c (what is
 * shown). Private to them. */
#ifndef PANE_CACHE_PANE_H
#define PANE_CACHE_PANE_H

#include "core/base/mem.h"
#include "core/store/cache.h"
#include "core/store/monitor.h"
#include "core/wire/net.h"
#include "tui/pane/cache.h"
#include "tui/pane/pane.h"

/* Drops that can be taken back. */
#define CACHE_UNDOS 50
/* Rows read at once, around those in sight. */
#define CACHE_WINDOW 64
/* Look-ups of this session that are shown at most. */
#define CACHE_LOOKUPS 200

struct cache_state_pane {
    struct pane *pane;
    struct field field;
    struct net_timer typed;
    struct cache_stats stats;
    char trouble[400];

    /* Of this session, oldest first. */
    bool *lookup;
    double *rate;
    size_t lookups, lookup_cap, rate_cap;
    int64_t seen_lookup; /* the newest one known */
    int64_t hits_seen, misses_seen;
    double hit_s_sum; /* of the hits among them */
    /* The newest hits of all sessions, newest first: when an entry was read. */
    struct monitor_hit *hits;
    size_t hit_count, hit_cap;

    struct list list;
    struct arena rows_arena;
    struct cache_row_view *rows;
    struct hash *keys; /* of the rows, in the same arena */
    int row_count, first_row;
    bool stale;

    /* The chosen entry, with texts of its own. */
    bool has_shown;
    struct cache_entry shown;
    char *shown_texts;
    char stored[40], read[120];
    const char *model_now;
    char query_line[400], answer_line[400];

    struct arena peek_arena;
    struct cache_peek_view peeks[CACHE_PEEKS];
    int peek_count;

    struct cache_taken *taken[CACHE_UNDOS];
    int taken_count;
    bool left;         /* another pane is shown: nothing is brought back any more */
    struct page *page; /* zoomed */
};

/* Reads what changed, or all of it; true where anything did. */
bool cache_fill(struct cache_state_pane *st, bool all);
void cache_fill_rows(struct cache_state_pane *st);
void cache_fill_view(struct cache_state_pane *st, struct cache_view *ret);
void cache_fill_page(const struct cache_state_pane *st, struct page *page);
/* Looks the text of the field up for both models, now or when nothing is typed for a moment. */
void cache_fill_peeks(struct cache_state_pane *st);
void cache_fill_peeks_soon(struct cache_state_pane *st);
/* The next row whose question or answer holds the words. */
bool cache_find_words(struct cache_state_pane *st, const char *words, int dir);

#endif
