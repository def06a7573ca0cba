/* The pane "Cache": what one frame of it shows, and the drawing.
 *
 * Figures, the last look-ups, the entries in the order of use with the next to go, the chosen
 * one, a text looked up without counting it, and the time saved. Zoomed, the chosen entry alone.
 *
 * Everything here is plain data and lives for one frame; texts are borrowed. Unknown is NAN for
 * seconds, "" for texts. */
#ifndef PANE_CACHE_H
#define PANE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/screen/field.h"
#include "tui/screen/list.h"
#include "tui/screen/page.h"
#include "tui/screen/surface.h"

struct cache_row_view {
    int64_t place, hits;
    const char *used, *model, *level, *took, *age, *query; /* used: "12 s ago", "-" unknown */
};

/* One model's answer to "would this text hit?". */
struct cache_peek_view {
    const char *model, *digest, *prompt, *key; /* the beginnings of them, in hex */
    bool hit, known;                           /* known false: only `why` says something */
    const char *why;                           /* "row 5", "other model" */
};
#define CACHE_PEEKS 3

struct cache_view {
    int64_t entries, size;
    int64_t hits, misses, expired, evicted; /* of this session */
    int64_t total_hits, total_misses;
    bool table;         /* kept between sessions; false: in memory only, REC OFF */
    const bool *lookup; /* of this session, oldest first: true is a hit */
    size_t lookups;
    const double *rate; /* running hit rate, 0 to 1, after each of them */

    struct list list;
    const struct cache_row_view *rows; /* row_count of them, from list index first_row on */
    int row_count, first_row;
    bool in_field;

    bool chosen; /* there is a chosen entry */
    const char *query, *answer, *stored, *read, *model_now;

    struct field *field; /* the text that is looked up */
    bool focused;
    struct cache_peek_view peeks[CACHE_PEEKS];
    int peek_count;

    double saved_s, saved_rule_s, rule_s; /* measured; hits x rule_s */
    int64_t saved_hits;
    double hit_s; /* what a hit costs here, measured; NAN: no hit yet */

    struct page *page; /* zoomed */
    const char *trouble;
    const char *key_field, *key_size;
};

/* Rows of the list on a body of this size. */
int cache_list_rows(int rows, int cols);

void cache_draw(const struct cache_view *v, struct surface *s);

#endif
