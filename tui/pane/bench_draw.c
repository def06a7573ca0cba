/* Drawing the Bench pane: the head, the sub-tabs, tables, warnings, earlier runs. */
#include "tui/pane/bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/screen/chart.h"

#define DOT  "\xC2\xB7"
#define MARK "\xE2\x96\xB8"
#define WARN "\xE2\x9A\xA0"
/* Of the calls one by one. */
#define CALLS_COLS 118
#define CALLS_ROWS 4

static const char *const tabs[BENCH_TABS] = { "Tables", "Charts", "Against always-reasoning",
                                              "Earlier runs", "Thinking budget" };

const char *bench_seconds(double s, char ret[BENCH_SECONDS])
{
    double a = fabs(s);
    if (isnan(s))
        snprintf(ret, BENCH_SECONDS, DOT);
    else if (a > 0 && a < 0.0000005)
        snprintf(ret, BENCH_SECONDS, "<1 us");
    else if (a > 0 && a < 0.0000995)
        snprintf(ret, BENCH_SECONDS, "%.0f us", s * 1e6);
    else if (a < 0.1)
        snprintf(ret, BENCH_SECONDS, "%.1f ms", 1000 * s);
    else if (a < 100)
        snprintf(ret, BENCH_SECONDS, "%.2f s", s);
    else
        snprintf(ret, BENCH_SECONDS, "%.0f s", s);
    return ret;
}

/* --- head and tabs ------------------------------------------------------------------------ */

/* "mini-bench: 5 queries x 2 rounds, no cache": of the run to come, or the one that goes on. */
static int put_plan(const struct bench_view *v, struct surface *s, int row, int col, look_t look)
{
    return putf(s, row, col, look, "%s: %zu quer%s x %lld round%s%s%s%s", v->set_name, v->queries,
                v->queries == 1 ? "y" : "ies", (long long)v->rounds, v->rounds == 1 ? "" : "s",
                v->no_cache ? ", no cache" : "", v->always ? ", always R too" : "",
                v->cold ? ", cold" : "");
}

/* One decimal where it is seconds: of a single call. */
static const char *one_call(double s, char ret[BENCH_SECONDS])
{
    if (isnan(s) || fabs(s) < 1 || fabs(s) >= 100)
        return bench_seconds(s, ret);
    snprintf(ret, BENCH_SECONDS, "%.1f s", s);
    return ret;
}

/* Of the run that is shown: figures of one run never stand beside the settings of another. */
static void draw_shown(const struct bench_view *v, struct surface *s)
{
    const struct summary *u = v->sum;
    char total[BENCH_SECONDS], text[300];
    /* A run that was stopped asked fewer. */
    const char *is = u->all.asked == u->queries * (size_t)u->rounds ? " =" : ", stopped at";
    int used = snprintf(text, sizeof text,
                        "%zu quer%s x %lld round%s%s %zu calls   hits %zu   misses %zu   total %s",
                        u->queries, u->queries == 1 ? "y" : "ies", (long long)u->rounds,
                        u->rounds == 1 ? "" : "s", is, u->all.asked, u->all.hits,
                        u->all.asked - u->all.hits, one_call(u->all.call.total, total));
    int col = 1;
    if (v->shown_set && surface_width(s, v->shown_set) + used + 4 <= s->cols)
        col = putf(s, 0, col, LOOK_TEXT, "%s: ", v->shown_set);
    put_fit(s, 0, col, s->cols - col - 1, LOOK_TEXT, text);
}

/* The next run is to be another one than the run that is shown. */
static bool next_differs(const struct bench_view *v)
{
    return v->sum && !v->running && v->tab != BENCH_EARLIER && v->tab != BENCH_BUDGET &&
           (v->no_cache || v->always || v->cold || v->rounds != v->sum->rounds ||
            (v->shown_set && strcmp(v->shown_set, v->set_name) != 0));
}

static void draw_next(const struct bench_view *v, struct surface *s, int row)
{
    put_plan(v, s, row, put(s, row, 1, LOOK_MUTED, "Enter starts "), LOOK_MUTED);
}

static void draw_head(const struct bench_view *v, struct surface *s)
{
    char text[200];
    if (v->tab == BENCH_BUDGET && !v->running) {
        putf(s, 0, 1, LOOK_TEXT, "built-in pair: %zu questions a figure%s", v->budget_n,
             v->budget_running ? "   ^C stops it" : "   Enter measures it, + and - change it");
        return;
    }
    if (v->sum && !v->running) {
        draw_shown(v, s);
        return;
    }
    if (v->running && v->warming)
        snprintf(text, sizeof text, "warming up %s", v->warming);
    else if (v->running)
        snprintf(text, sizeof text, "%zu of %zu   %ld:%02ld   ^C stop", v->done, v->total,
                 (long)v->elapsed_s / 60, (long)v->elapsed_s % 60);
    else
        snprintf(text, sizeof text, "Enter starts it");
    int col = put_plan(v, s, 0, 1, LOOK_TEXT) + 3;
    if (col + surface_width(s, text) > s->cols) { /* what goes on matters more */
        surface_blank(s, 0, 0, 1, s->cols);
        col = 1;
    }
    put_fit(s, 0, col, s->cols - col - 1, LOOK_TEXT, text);
}

static void draw_tabs(const struct bench_view *v, struct surface *s, int row)
{
    int col = 1;
    bool all = s->cols >= 76;
    for (int i = 0; i < BENCH_TABS; i++) {
        bool shown = i == (int)v->tab;
        if (!all && !shown)
            continue;
        col = put(s, row, col, LOOK_TITLE, shown ? MARK : " ");
        const char *name = !all || strlen(tabs[i]) < 20 ? tabs[i] : "Against always";
        col = put(s, row, col, shown ? LOOK_TITLE : LOOK_MUTED, name) + 2;
    }
    put_right(s, row, s->cols - 1, LOOK_MUTED, col + 8 < s->cols ? "[ ]" : "");
}

/* --- tables ------------------------------------------------------------------------------- */

/* Each question of a level in its order: how long a model took, a dot for what was none's call. */
static void draw_times(const struct bench_view *v, struct surface *s, int row, const char *level,
                       look_t look, double slowest)
{
    int col = 71;
    for (size_t i = 0; v->items && i < v->items->n && col < s->cols - 1; i++) {
        const struct run_item *it = &v->items->v[i];
        if (it->always || !it->level || strcmp(it->level, level) != 0)
            continue;
        double took = item_call_s(it);
        if (item_is_call(it))
            chart_spark(s, row, col, 1, look, &took, 1, 0, slowest);
        else
            put(s, row, col, LOOK_MUTED, DOT);
        col++;
    }
}

static void draw_group(struct surface *s, int row, const char *name, look_t look,
                       const struct group *g)
{
    char text[BENCH_SECONDS];
    put_fit(s, row, 3, 10, look, name);
    putf(s, row, 14, LOOK_TEXT, "%5zu", g->asked);
    if (g->asked)
        putf(s, row, 21, LOOK_TEXT, "%5zu", g->hits);
    else
        put(s, row, 25, LOOK_MUTED, DOT);
    put_right(s, row, 38, LOOK_MEASURED, bench_seconds(g->mean_all, text));
    put_right(s, row, 58, LOOK_MEASURED, bench_seconds(g->call.mean, text));
    put_right(s, row, 68, LOOK_MEASURED, one_call(g->call.slowest, text));
    if (!g->asked && s->cols >= 76)
        put(s, row, 71, LOOK_MUTED, s->cols >= 84 ? "no such query" : "no query");
}

int bench_draw_tables(const struct bench_view *v, struct surface *s, int row)
{
    const struct summary *u = v->sum;
    char text[160], p50[BENCH_SECONDS], p90[BENCH_SECONDS], p95[BENCH_SECONDS], p99[BENCH_SECONDS];
    put(s, row, 3, LOOK_MUTED, "Level      calls   hits   mean, all   mean, model calls   slowest");
    if (s->cols >= 88)
        put(s, row, 71, LOOK_MUTED, "calls over time");
    row++;
    for (int i = 0; i < LEVELS; i++, row++) {
        const char *name = level_name((enum level)i);
        draw_group(s, row, name, look_of_level(name), &u->level[i]);
        if (s->cols >= 88)
            draw_times(v, s, row, name, look_of_level(name), u->level[i].call.slowest);
    }
    draw_group(s, row++, "all", LOOK_TEXT, &u->all);
    const struct figures *f = &u->all.call;
    if (isnan(f->p50))
        snprintf(text, sizeof text,
                 "p50 and p95 need %d model calls; you have %zu.     add queries, or n",
                 STATS_MIN_P95, f->n);
    else
        snprintf(text, sizeof text, "model calls: p50 %s   p90 %s   p95 %s   p99 %s",
                 bench_seconds(f->p50, p50), bench_seconds(f->p90, p90), bench_seconds(f->p95, p95),
                 isnan(f->p99) ? "from 100" : bench_seconds(f->p99, p99));
    put_fit(s, row, 3, s->cols - 4, isnan(f->p50) ? LOOK_MUTED : LOOK_MEASURED, text);
    return row + 1;
}

static int draw_models(const struct bench_view *v, struct surface *s, int row, int rows)
{
    char mean[BENCH_SECONDS];
    if (rows < 2)
        return row;
    put(s, row++, 3, LOOK_MUTED, "Model                              calls        mean    right");
    for (size_t i = 0; i < v->sum->models && (int)i < rows - 1; i++, row++) {
        const struct group *g = &v->sum->model[i];
        put_fit(s, row, 3, 32, LOOK_TEXT, g->name);
        putf(s, row, 38, LOOK_TEXT, "%5zu", g->calls);
        put_right(s, row, 55, LOOK_MEASURED, bench_seconds(g->call.mean, mean));
        if (g->right.n)
            putf(s, row, 59, LOOK_MEASURED, "%zu of %zu", g->right_count, g->right.n);
        else
            put(s, row, 59, LOOK_MUTED, "-");
    }
    return row;
}

int bench_draw_histogram(const struct bench_view *v, struct surface *s, int row, bool titled)
{
    const struct summary *u = v->sum;
    struct chart_bin bins[HISTOGRAM_BINS];
    char title[80];
    size_t most = 0;
    snprintf(title, sizeof title, "Latency of the %zu model call%s", u->all.calls,
             u->all.calls == 1 ? "" : "s");
    if (titled)
        put_rule(s, row++, 0, s->cols, title, "F fast  R reasoning");
    else {
        int col = put(s, row, 1, LOOK_TITLE, title) + 2, at = s->cols < 67 ? s->cols - 21 : 46;
        if (at >= col)
            put(s, row, at, LOOK_MUTED, "F fast   R reasoning");
        row++;
    }
    for (size_t i = 0; i < u->bins; i++) {
        bins[i] = (struct chart_bin){ u->bin[i].from_s, u->bin[i].to_s, u->bin[i].fast,
                                      u->bin[i].reasoning, u->bin[i].other };
        size_t all = bins[i].fast + bins[i].reasoning + bins[i].other;
        most = all > most ? all : most;
    }
    chart_histogram(s, row, s->cols >= 70 ? 5 : 1, s->cols >= 70 ? 53 : s->cols - 2, bins, u->bins,
                    u->all.calls < 40);
    row += (int)u->bins;
    if (u->all.hits && s->cols >= 76)
        putf(s, row - (u->bins > 0), 62, LOOK_MUTED, "%zu hit%s not shown", u->all.hits,
             u->all.hits == 1 ? "" : "s");
    else if (u->all.hits)
        putf(s, row++, 14, LOOK_MUTED, "%zu cache hit%s, counted apart", u->all.hits,
             u->all.hits == 1 ? "" : "s");
    return row;
}

int bench_draw_calls(const struct bench_view *v, struct surface *s, int row)
{
    double took[2 * CALLS_COLS];
    char slowest_text[BENCH_SECONDS];
    size_t n = 0;
    int cols = s->cols - 2 < CALLS_COLS ? s->cols - 2 : CALLS_COLS;
    double slowest = v->sum->all.call.slowest;
    if (!v->braille || surface_ascii(s) || !v->items || cols < 1 || !(slowest > 0))
        return row;
    size_t from = v->items->n; /* the newest that have room, a dot each */
    while (from > 0 && n < 2 * (size_t)cols)
        n += item_is_call(&v->items->v[--from]);
    n = 0;
    for (size_t i = from; i < v->items->n; i++)
        if (item_is_call(&v->items->v[i]))
            took[n++] = item_call_s(&v->items->v[i]);
    putf(s, row++, 1, LOOK_TITLE, "Call by call, the newest last: 0 to %s",
         bench_seconds(slowest, slowest_text));
    chart_braille(s, row, 1, CALLS_ROWS, cols, LOOK_MEASURED, took, n, 0, slowest);
    return row + CALLS_ROWS;
}

static int draw_warnings(const struct bench_view *v, struct surface *s, int row, int rows)
{
    for (size_t i = 0; i < v->sum->warning_count && rows > 0; i++) {
        if (v->sum->warnings[i] == v->sum->few) /* said below the table, with the key */
            continue;
        put(s, row, 1, LOOK_WARN, WARN);
        int taken = put_wrapped(s, row, 3, s->cols - 4, rows < 2 ? rows : 2, LOOK_TEXT,
                                v->sum->warnings[i]);
        row += taken;
        rows -= taken;
    }
    return row;
}

/* --- earlier runs ------------------------------------------------------------------------- */

static void draw_past(const struct bench_view *v, struct surface *s, int row)
{
    int rows = s->rows - row - 1 - (v->against ? 3 : 0);
    bool named = s->cols >= 64; /* narrower, no set's name could be known by its first letters */
    put(s, row, 3, LOOK_MUTED, "run    started            kind     state         rows");
    if (named)
        put(s, row, 58, LOOK_MUTED, "set");
    row++;
    list_count(v->list, v->past_count);
    list_show(v->list, rows - 1);
    for (int i = v->list->top; i < v->past_count && i - v->list->top < rows - 1; i++, row++) {
        const struct bench_past *p = &v->past[i];
        bool chosen = i == v->list->at;
        put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
        putf(s, row, 3, LOOK_TEXT, "%-5lld%s", (long long)p->id, p->id == v->baseline ? "*" : " ");
        put(s, row, 10, LOOK_TEXT, p->when);
        put_fit(s, row, 29, 8, LOOK_TEXT, p->kind);
        put_fit(s, row, 38, 11, LOOK_TEXT, p->state);
        putf(s, row, 50, LOOK_TEXT, "%6lld", (long long)p->items);
        if (named)
            put_fit(s, row, 58, s->cols - 59, LOOK_TEXT, *p->name ? p->name : p->set_name);
        if (chosen)
            surface_cursor(s, row, 1, false);
    }
    if (!v->past_count)
        put(s, row++, 3, LOOK_MUTED, "no run is kept yet: Enter on Tables starts one");
    if (v->against)
        put_wrapped(s, s->rows - 3, 3, s->cols - 4, 3, LOOK_TEXT, v->against);
}

/* --- pages -------------------------------------------------------------------------------- */

static void draw_nothing(struct surface *s, int row)
{
    put_wrapped(s, row, 3, s->cols - 4, 4, LOOK_MUTED,
                "No run yet. Enter asks every query of the set, round by round, with a cache of "
                "its own that starts empty: the first round measures your models, the later ones "
                "the cache.");
}

/* All blocks one below the other; what does not fit is reached by scrolling. */
static void draw_large(const struct bench_view *v, struct surface *s)
{
    int row = 2 - v->scroll;
    put_rule(s, row++, 0, s->cols, "Tables", v->title);
    row = bench_draw_tables(v, s, row) + 1;
    row = bench_draw_histogram(v, s, row, true);
    row = bench_draw_calls(v, s, row) + 1;
    put_rule(s, row++, 0, s->cols, "Against always-reasoning", NULL);
    row = bench_draw_always(v, s, row) + 1;
    if (v->against) {
        put_rule(s, row++, 0, s->cols, "Compared with the baseline", NULL);
        row += put_wrapped(s, row, 3, s->cols - 4, 3, LOOK_TEXT, v->against) + 1;
    }
    if (v->sum->warning_count > (v->sum->few ? 1 : 0)) {
        put_rule(s, row++, 0, s->cols, "Warnings", NULL);
        draw_warnings(v, s, row, 6);
    }
}

static void draw_tab(const struct bench_view *v, struct surface *s, int row)
{
    switch (v->tab) {
    case BENCH_TABLES:
        row = bench_draw_tables(v, s, row) + 1;
        if (s->rows - row >= (int)v->sum->bins + 3)
            row = bench_draw_histogram(v, s, row, false) + 1;
        draw_warnings(v, s, row, s->rows - row);
        break;
    case BENCH_CHARTS:
        row = bench_draw_histogram(v, s, row, false);
        if (s->rows - row > CALLS_ROWS + 1)
            row = bench_draw_calls(v, s, row);
        row++;
        draw_models(v, s, row, s->rows - row);
        break;
    default:
        bench_draw_always(v, s, row);
        break;
    }
}

void bench_draw(const struct bench_view *v, struct surface *s)
{
    bool large = s->rows >= 34 && s->cols >= 84, next = next_differs(v);
    int row = s->rows >= 14 ? 3 : 2;
    surface_cursor(s, 0, 0, false);
    draw_tabs(v, s, 1);
    surface_cursor(s, 1, 1, false);
    struct surface below = surface_part(s, row, 0, s->rows - row, s->cols);
    if (v->tab == BENCH_EARLIER)
        draw_past(v, s, row);
    else if (v->tab == BENCH_BUDGET)
        bench_draw_budget(v, s, row);
    else if (!v->sum)
        draw_nothing(s, row);
    else if (large && v->tab == BENCH_TABLES) {
        struct surface page = surface_part(s, 2 + next, 0, s->rows - 2 - next, s->cols);
        struct bench_view w = *v;
        w.scroll = v->scroll + 2;
        draw_large(&w, &page);
    } else {
        draw_tab(v, &below, 0);
    }
    draw_head(v, s);
    if (next && s->rows >= 14)
        draw_next(v, s, 2);
}
