/* Drawing the Cache pane (cache.h). */
#include "tui/pane/cache.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/screen/chart.h"
#include "tui/screen/words.h"

#define MARK "▸"
#define UP   "↑"

/* --- where things stand ----------------------------------------------------------------------- */

struct layout {
    bool tall;
    int strip, order, rate; /* rows, -1: no room */
    int header, list, list_rows, note;
    int selected, look_up, saved; /* first row of each block */
};

/* Small: figures, strip, list, look-up, time saved; what does not fit goes from the bottom. */
static struct layout small_layout(int rows)
{
    struct layout l = { .strip = -1,
                        .order = -1,
                        .rate = -1,
                        .header = -1,
                        .note = -1,
                        .selected = -1,
                        .look_up = -1,
                        .saved = -1 };
    int top = 1, end = rows;
    if (rows >= 8)
        l.strip = top++;
    if (rows >= 16) {
        top++;
        l.saved = rows - 2;
        l.look_up = rows - 6;
        end = rows - 7; /* a blank row between */
    } else if (rows >= 10) {
        l.look_up = rows - 3;
        end = rows - 3;
    }
    if (rows >= 6)
        l.header = top++;
    l.list = top;
    l.list_rows = end - top;
    if (l.list_rows > 3)
        l.note = end - 1;
    l.list_rows -= l.note >= 0;
    return l;
}

static struct layout layout_for(int rows, int cols)
{
    if (rows < 30 || cols < 84)
        return small_layout(rows);
    struct layout l = { .tall = true, .strip = 1, .order = 2, .rate = 3, .header = 5, .list = 6 };
    l.saved = rows - 10;
    l.look_up = l.saved - 6;
    l.selected = l.look_up - 5;
    l.note = l.selected - 2;
    l.list_rows = l.note - l.list;
    return l;
}

int cache_list_rows(int rows, int cols)
{
    int n = layout_for(rows, cols).list_rows;
    return n > 0 ? n : 1;
}

/* --- figures ---------------------------------------------------------------------------------- */

static int hit_percent(int64_t hits, int64_t misses)
{
    return hits + misses ? (int)lround(100.0 * (double)hits / (double)(hits + misses)) : -1;
}

/* "hits 6   misses 7   hit rate 46%", shorter where there is less room. */
static int put_rate(const struct cache_view *v, struct surface *s, int row, int col)
{
    char a[WORDS], b[WORDS], rate[20] = "-", text[3][120];
    int percent = hit_percent(v->hits, v->misses);
    if (percent >= 0)
        snprintf(rate, sizeof rate, "%d%%", percent);
    count_text(v->hits, a);
    count_text(v->misses, b);
    snprintf(text[0], sizeof text[0], "hits %s   misses %s   hit rate %s", a, b, rate);
    snprintf(text[1], sizeof text[1], "hits %s   misses %s", a, b);
    snprintf(text[2], sizeof text[2], "hit rate %s", rate);
    for (int i = 0; i < 3; i++)
        if (surface_width(s, text[i]) <= s->cols - col)
            return put(s, row, col, LOOK_TEXT, text[i]);
    return col;
}

static void draw_entries(const struct cache_view *v, struct surface *s, bool tall)
{
    char entries[WORDS], size[WORDS];
    int col = putf(s, 0, 1, LOOK_TEXT, tall ? "Entries   %s of %s" : "Entries %s of %s",
                   count_text(v->entries, entries), count_text(v->size, size));
    bool earlier = v->total_hits + v->total_misses != v->hits + v->misses;
    const char *whose = earlier && !tall && s->cols - col >= 58 ? "this session: " : "";
    int room = s->cols - col - 2 - surface_width(s, whose);
    int cols = tall ? 39 : room > 55 ? 20 : room > 42 ? 7 : 0;
    col = col + 2 < 20 && tall ? 20 : col + 2;
    if (cols) {
        chart_track(s, 0, col, cols, LOOK_TEXT, (double)v->entries, (double)v->size);
        col += cols + 3;
    }
    if (tall && v->size)
        col = putf(s, 0, col, LOOK_TEXT, "%.0f%%", 100 * (double)v->entries / (double)v->size) + 3;
    else if (!tall)
        col = put_rate(v, s, 0, put(s, 0, col, LOOK_MUTED, whose)) + 3;
    if (!v->table && s->cols - col >= 14)
        put(s, 0, col, LOOK_WARN, "in memory only");
}

static void draw_legend(struct surface *s, int row, int col, bool newest)
{
    if (col >= s->cols - 16)
        return;
    col = put(s, row, col, LOOK_HIT, "H");
    col = put(s, row, col, LOOK_TEXT, " hit   ");
    col = put(s, row, col, LOOK_MUTED, surface_ascii(s) ? "." : "·");
    put(s, row, col, LOOK_TEXT, newest ? " miss   newest right" : " miss");
}

/* The last look-ups that fit, two columns each. */
static void draw_strip(const struct cache_view *v, struct surface *s, int row, int col, int cols)
{
    if (!v->lookups)
        put(s, row, col, LOOK_MUTED, "none yet");
    chart_strip(s, row, col, cols, v->lookup, v->lookups);
}

static void draw_figures(const struct cache_view *v, struct surface *s, const struct layout *l)
{
    draw_entries(v, s, l->tall);
    if (l->tall) {
        char n[WORDS];
        int col = putf(s, 1, 1, LOOK_TEXT, "Lookups   %s", count_text(v->hits + v->misses, n));
        col = put_rate(v, s, 1, col < 17 ? 20 : col + 3);
        if (v->total_hits + v->total_misses != v->hits + v->misses)
            put_fit(s, 1, col + 3, s->cols - col - 3, LOOK_MUTED, "in this session");
        put(s, 2, 1, LOOK_TEXT, "Order");
        draw_strip(v, s, 2, 11, 44);
        draw_legend(s, 2, 57, true);
        put(s, 3, 1, LOOK_TEXT, "Hit rate");
        double high = 0;
        size_t shown = v->lookups < 44 ? v->lookups : 44;
        for (size_t i = v->lookups - shown; i < v->lookups; i++)
            high = v->rate[i] > high ? v->rate[i] : high;
        if (shown) {
            chart_spark(s, 3, 11, (int)shown, LOOK_HIT, v->rate, v->lookups, 0,
                        high > 0 ? high : 1);
            putf(s, 3, 11 + (int)shown + 2, LOOK_TEXT, "running rate, 0 to %.0f%%", 100 * high);
        } else {
            put(s, 3, 11, LOOK_MUTED, "none yet");
        }
    } else if (l->strip >= 0) {
        size_t most = s->cols >= 74 ? 18 : s->cols >= 40 ? 10 : 4;
        size_t shown = v->lookups < most ? v->lookups : most;
        int col = putf(s, l->strip, 1, LOOK_TEXT, shown ? "Last %zu lookup%s" : "Lookups  ", shown,
                       shown == 1 ? "" : "s");
        draw_strip(v, s, l->strip, col + 2, (int)most * 2);
        draw_legend(s, l->strip, 57, false);
    }
}

/* --- entries ---------------------------------------------------------------------------------- */

/* Columns of the list: where each begins, or (right-aligned) ends; 0: not at this width. */
struct columns {
    int place_end, used, hits_end, model, model_cols, level, took_end, age_end, query;
};

static struct columns columns_for(int cols)
{
    if (cols >= 84)
        return (struct columns){ 4, 6, 22, 24, 17, 42, 56, 64, 67 };
    if (cols >= 74)
        return (struct columns){ 4, 6, 22, 24, 16, 41, 52, 0, 54 };
    if (cols >= 50)
        return (struct columns){ 4, 6, 22, 24, 12, 0, 0, 0, 37 };
    return (struct columns){ 4, 0, 0, 0, 0, 0, 0, 0, 6 };
}

static void draw_header(struct surface *s, int row)
{
    struct columns c = columns_for(s->cols);
    bool wide = c.age_end != 0;
    put_right(s, row, c.place_end, LOOK_MUTED, "#");
    if (c.used)
        put(s, row, c.used, LOOK_MUTED, "last used");
    if (c.hits_end)
        put_right(s, row, c.hits_end, LOOK_MUTED, "hits");
    if (c.model)
        put(s, row, c.model, LOOK_MUTED, "model");
    if (c.level)
        put(s, row, c.level, LOOK_MUTED, wide ? "level" : "lvl");
    if (c.took_end)
        put_right(s, row, c.took_end + (wide ? -1 : 1), LOOK_MUTED, "took*");
    if (wide)
        put(s, row, c.took_end + 2, LOOK_MUTED, "age");
    put(s, row, c.query + (c.took_end && !wide), LOOK_MUTED, "query");
}

static void draw_row(const struct cache_row_view *r, struct surface *s, int row, bool chosen,
                     bool active)
{
    struct columns c = columns_for(s->cols);
    char number[WORDS];
    put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
    if (r->place < 1000)
        put_right(s, row, c.place_end + (r->place > 99), LOOK_TEXT, count_text(r->place, number));
    else /* four columns, and no more */
        put_fit(s, row, 2, 4, LOOK_TEXT, count_text(r->place, number));
    if (c.used)
        put_fit(s, row, c.used, 10, LOOK_TEXT, r->used);
    if (c.hits_end)
        put_right(s, row, c.hits_end, LOOK_TEXT, count_text(r->hits, number));
    if (c.model)
        put_fit(s, row, c.model, c.model_cols, LOOK_TEXT, r->model);
    if (c.level)
        put(s, row, c.level,
            *r->level == 'S'   ? LOOK_SIMPLE
            : *r->level == 'M' ? LOOK_MODERATE
            : *r->level == 'C' ? LOOK_COMPLEX
                               : LOOK_TEXT,
            r->level);
    if (c.took_end)
        put_right(s, row, c.took_end, LOOK_TEXT, r->took);
    if (c.age_end)
        put_right(s, row, c.age_end, LOOK_TEXT, r->age);
    put_fit(s, row, c.query,
            s->cols - c.query -
                (c.age_end ? 0
                 : c.level ? 1
                           : 0),
            LOOK_TEXT, r->query);
    if (chosen)
        surface_reverse(s, row, 1, s->cols - 1);
    if (chosen && active)
        surface_cursor(s, row, 1, false);
}

/* "↑ row 7 is evicted first when row 51 arrives", below the last row where that is in sight. */
static void draw_next(const struct cache_view *v, struct surface *s, const struct layout *l,
                      int row, bool in_sight)
{
    char last[WORDS], size[WORDS], text[120];
    const char *arrow = in_sight ? UP " " : "";
    if (l->tall)
        snprintf(text, sizeof text, "%s%sevicted first when the cache is full", arrow,
                 in_sight ? "" : "the last row is ");
    else
        snprintf(text, sizeof text, "%srow %s is evicted first when row %s arrives", arrow,
                 count_text(v->entries, last), count_text(v->size + 1, size));
    put_fit(s, row, 6, s->cols - 6, LOOK_MUTED, text);
}

static void draw_list(const struct cache_view *v, struct surface *s, const struct layout *l)
{
    struct list list = v->list;
    int rows = l->list_rows > 0 ? l->list_rows : 0, row = l->list;
    if (*v->trouble || !list.count) {
        char text[300];
        if (*v->trouble)
            snprintf(text, sizeof text, "✗ %s", v->trouble);
        else
            snprintf(text, sizeof text,
                     "The cache is empty. An answer that is whole is kept here, "
                     "and the same question again costs next to nothing.");
        put_wrapped(s, row, 3, s->cols - 4, rows, *v->trouble ? LOOK_FAIL : LOOK_MUTED, text);
        return;
    }
    list_show(&list, rows);
    for (int i = 0; i < rows && list.top + i < list.count; i++, row++) {
        int k = list.top + i - v->first_row;
        if (k >= 0 && k < v->row_count)
            draw_row(&v->rows[k], s, row, list.top + i == list.at, !v->focused);
    }
    if (l->note >= 0)
        draw_next(v, s, l, row < l->note ? row : l->note, list.top + rows >= list.count);
}

static void draw_selected(const struct cache_view *v, struct surface *s, int row)
{
    put_rule(s, row++, 0, s->cols, "Selected", NULL);
    if (!v->chosen) {
        put(s, row, 3, LOOK_MUTED, "no row is chosen");
        return;
    }
    put_fit(s, row++, 3, s->cols - 4, LOOK_TEXT, v->query);
    put_fit(s, row++, 3, s->cols - 4, LOOK_TEXT, v->answer);
    int col = putf(s, row, 3, LOOK_TEXT, "stored %s", v->stored);
    if (*v->read)
        col = putf(s, row, col + 3, LOOK_TEXT, "read %s", v->read);
    put_fit(s, row, col + 3, s->cols - col - 3, LOOK_TEXT, v->model_now);
}

/* --- looked up -------------------------------------------------------------------------------- */

static void draw_peek(const struct cache_peek_view *p, struct surface *s, int row, bool tall)
{
    int col = 3;
    if (!p->known) {
        put_fit(s, row, col, s->cols - col - 1, LOOK_MUTED, p->why);
        return;
    }
    put_fit(s, row, col, 16, LOOK_TEXT, p->model);
    col = 20;
    if (s->cols >= 74) {
        col = putf(s, row, col, LOOK_TEXT, "digest %s  ", p->digest);
        col = putf(s, row, col, LOOK_TEXT, tall ? "%s   " : "prompt %s  ", p->prompt);
        col = putf(s, row, col, LOOK_TEXT, surface_ascii(s) ? "%s...   " : "%s…   ", p->key);
    }
    col = put(s, row, col, p->hit ? LOOK_HIT : LOOK_TEXT, p->hit ? "HIT" : "MISS");
    if (!*p->why)
        return;
    col = tall ? col + (p->hit ? 3 : 2) : put(s, row, col, LOOK_TEXT, ", ");
    put_fit(s, row, col, s->cols - col, LOOK_TEXT, p->why);
}

static void draw_look_up(const struct cache_view *v, struct surface *s, const struct layout *l)
{
    int row = l->look_up, at = l->tall ? 6 : 9;
    if (l->tall)
        put_rule(s, row++, 0, s->cols, "Look up", NULL);
    put(s, row, 1, LOOK_TEXT, l->tall ? "Text" : "Look up");
    char hint[60];
    snprintf(hint, sizeof hint, "%s: would this text hit? nothing is counted", v->key_field);
    if (v->field)
        field_draw(v->field, s, row, at, s->cols - at, 1, v->focused, hint);
    int most = l->tall ? 3 : s->rows - row - 1 < 2 ? s->rows - row - 1 : 2;
    for (int i = 0; i < v->peek_count && i < most; i++)
        draw_peek(&v->peeks[i], s, row + 1 + i, l->tall);
}

/* --- saved ------------------------------------------------------------------------------------ */

static void draw_saved_bars(const struct cache_view *v, struct surface *s, int row)
{
    char figure[WORDS], hits[WORDS], cost[WORDS];
    double most = fmax(v->saved_s, v->saved_rule_s);
    int bar = 20, bar_cols = 24, end = 55;
    put_rule(s, row++, 0, s->cols, "Time saved by hits", NULL);
    put(s, row, 3, LOOK_MEASURED, "measured");
    chart_bar(s, row, bar, bar_cols, LOOK_MEASURED, v->saved_s, most);
    put_right(s, row, end, LOOK_MEASURED, brief_seconds(v->saved_s, figure));
    put(s, row++, end + 3, LOOK_TEXT, "sum of the original answers");
    put(s, row, 3, LOOK_ESTIMATED, "rule of thumb");
    chart_bar(s, row, bar, bar_cols, LOOK_ESTIMATED, v->saved_rule_s, most);
    put_right(s, row, end, LOOK_ESTIMATED, brief_seconds(v->saved_rule_s, figure));
    putf(s, row++, end + 3, LOOK_TEXT, "%s hit%s x %.1f s, a guess",
         count_text(v->saved_hits, hits), v->saved_hits == 1 ? "" : "s", v->rule_s);
    row++;
    if (isfinite(v->hit_s)) {
        putf(s, row++, 3, LOOK_TEXT,
             "* took = latency of the original answer. A hit costs about %s and is never",
             brief_seconds(v->hit_s, cost));
        put(s, row, 5, LOOK_TEXT, "mixed into model latency figures.");
    } else {
        put(s, row, 3, LOOK_TEXT, "* took = latency of the original answer.");
    }
}

static void draw_saved(const struct cache_view *v, struct surface *s, int row)
{
    char saved[WORDS], rule[WORDS], cost[WORDS];
    int col = put(s, row, 1, LOOK_TEXT, "Time saved  ");
    col = putf(s, row, col, LOOK_MEASURED, "measured %s", brief_seconds(v->saved_s, saved));
    putf(s, row, col + 3, LOOK_ESTIMATED,
         s->cols >= 74 ? "rule of thumb (%.1f s per hit)  %s" : "guess (%.1f s a hit)  %s",
         v->rule_s, brief_seconds(v->saved_rule_s, rule));
    if (isfinite(v->hit_s))
        putf(s, row + 1, 1, LOOK_MUTED,
             "* took = the original answer. A hit itself costs about %s.",
             brief_seconds(v->hit_s, cost));
    else
        put(s, row + 1, 1, LOOK_MUTED, "* took = the original answer.");
}

void cache_draw(const struct cache_view *v, struct surface *s)
{
    if (v->page) {
        page_draw(v->page, s);
        return;
    }
    struct layout l = layout_for(s->rows, s->cols);
    surface_cursor(s, 0, 0, false);
    draw_figures(v, s, &l);
    if (l.header >= 0)
        draw_header(s, l.header);
    draw_list(v, s, &l);
    if (l.selected >= 0)
        draw_selected(v, s, l.selected);
    if (l.saved >= 0) {
        if (l.tall)
            draw_saved_bars(v, s, l.saved);
        else
            draw_saved(v, s, l.saved);
    }
    if (l.look_up >= 0)
        draw_look_up(v, s, &l);
}
