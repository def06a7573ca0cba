/* Drawing Setup: the server and its machine, the models with their roles, the checks.
 *
 * From the top down in the order in which it matters; what does not fit is left out from the
 * bottom, but for the chosen row of either list. */
#include "tui/pane/setup_shape.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/screen/chart.h"

#define GIB ((double)(1 << 30))

/* Rows the last block takes where there is room for it: a rule, four lines. */
#define BLOCK_ROWS 5
/* Rows of the large frame below the list whatever happens: how, checks with their bar and the
 * blanks between. */
#define LARGE_REST (1 + 7 + 1 + CHECKUPS + 1 + 1 + BLOCK_ROWS)

/* Where the columns of the list begin. */
struct columns {
    int name_cols, size_end, quant, context, loaded, role, why; /* context -1: not shown */
};

static struct columns columns_of(const struct surface *s)
{
    if (s->cols >= 84)
        return (struct columns){ 17, 28, 30, 38, 47, 60, 73 };
    if (s->cols >= 76)
        return (struct columns){ 17, 28, 30, -1, 38, 49, 61 };
    return (struct columns){ 17, -1, -1, -1, 22, 33, 45 };
}

/* A name that is too long gives way in its middle: both its ends say which one it is. */
static void put_name(struct surface *s, int row, int col, int cols, look_t look, const char *name)
{
    if (cols < 8 || surface_width(s, name) <= cols) {
        put_fit(s, row, col, cols, look, name);
        return;
    }
    int dots = surface_width(s, ELLIPSIS), head = (cols - dots) / 2;
    const char *tail = name + strlen(name);
    while (tail > name && surface_width(s, tail) <= cols - dots - head) {
        tail--;
        while (tail > name && ((unsigned char)*tail & 0xC0) == 0x80)
            tail--;
    }
    tail++;
    while (((unsigned char)*tail & 0xC0) == 0x80)
        tail++;
    struct surface first = surface_part(s, row, col, 1, head);
    put(&first, 0, 0, look, name);
    int at = put(s, row, col + head, look, ELLIPSIS);
    put_fit(s, row, at, col + cols - at, look, tail);
}

static const char *gib_words(int64_t used, int64_t total, char ret[40])
{
    snprintf(ret, 40, total < 10 * GIB ? "%.1f of %.1f GiB" : "%.0f of %.0f GiB",
             (double)used / GIB, (double)total / GIB);
    return ret;
}

static const char *seconds_words(double s, char ret[24])
{
    if (s < 0.001)
        snprintf(ret, 24, "under 1 ms");
    else if (s < 0.1)
        snprintf(ret, 24, "%.0f ms", s * 1000);
    else
        snprintf(ret, 24, "%.1f s", s);
    return ret;
}

/* --- the server and its machine ----------------------------------------------------------- */

static int put_state(const struct setup_view *v, struct surface *s, int row, int col)
{
    static const struct {
        look_t look;
        const char *text;
    } words[] = {
        [SETUP_LOOKING] = { LOOK_WARN, DOT_HALF " looking for models" },
        [SETUP_UP] = { LOOK_PASS, DOT_FULL " up" },
        [SETUP_INSIDE] = { LOOK_PASS, DOT_FULL " built-in" },
        [SETUP_DOWN] = { LOOK_FAIL, CROSS " down" },
    };
    return put(s, row, col, words[v->server].look, words[v->server].text);
}

static void draw_server(const struct setup_view *v, struct surface *s, int row)
{
    char text[48];
    bool large = setup_is_large(s), known = v->memory_total >= 0 && v->memory_used >= 0;
    int col = large ? 12 : 10;
    put(s, row, 1, LOOK_TEXT, "Server");
    col = put_state(v, s, row, col) + 3;
    if (v->server == SETUP_DOWN && v->down)
        put_fit(s, row, col, s->cols - col, LOOK_TEXT, v->down);
    if (v->server == SETUP_DOWN || v->server == SETUP_LOOKING)
        return;
    if (isfinite(v->answer_s) && v->server == SETUP_UP) {
        snprintf(text, sizeof text, "answers in %s", seconds_words(v->answer_s, (char[24]){ 0 }));
        put_fit(s, row, col, s->cols - col, LOOK_TEXT, text);
        col += surface_width(s, text) + 3;
    }
    snprintf(text, sizeof text, "%zu model%s%s", v->served, v->served == 1 ? "" : "s",
             large ? " installed" : "");
    put_fit(s, row, col, s->cols - col, LOOK_TEXT, text);
    col += surface_width(s, text) + 3;
    if (large || !known)
        return;
    snprintf(text, sizeof text, "memory %s in use",
             gib_words(v->memory_used, v->memory_total, (char[40]){ 0 }));
    if (col + surface_width(s, text) <= s->cols)
        put(s, row, col, LOOK_TEXT, text);
}

static int draw_memory(const struct setup_view *v, struct surface *s, int row)
{
    char text[48];
    if (v->memory_total < 0 || v->memory_used < 0)
        return 0;
    put(s, row, 1, LOOK_TEXT, "Memory");
    chart_track(s, row, 12, 47, LOOK_TEXT, (double)v->memory_used, (double)v->memory_total);
    snprintf(text, sizeof text, "%s in use",
             gib_words(v->memory_used, v->memory_total, (char[40]){ 0 }));
    put(s, row, 61, LOOK_TEXT, text);
    return 1;
}

/* One card: how busy, how hot, and how full. */
static void draw_gpu(const struct setup_view *v, struct surface *s, int row, size_t i)
{
    const struct gpu *g = &v->gpus->gpu[i];
    int col = 12;
    if (v->gpus->count == 1)
        put(s, row, 1, LOOK_TEXT, "GPU");
    else
        putf(s, row, 1, LOOK_TEXT, "GPU %zu", i + 1);
    col = put(s, row, col, LOOK_MUTED, "util ");
    if (i == 0)
        chart_spark(s, row, col, 10, LOOK_TEXT, v->use, v->use_count, 0, 100);
    col += 12;
    if (g->use_percent >= 0)
        putf(s, row, col, LOOK_TEXT, "%2d%%", g->use_percent);
    else
        put(s, row, col, LOOK_MUTED, "-");
    col += 7;
    if (g->celsius >= 0)
        col = putf(s, row, col, LOOK_TEXT, "temp %d C", g->celsius) + 4;
    if (g->watts >= 0)
        col = putf(s, row, col, LOOK_TEXT, "power %.0f W", g->watts) + 4;
    if (g->total_bytes >= 0)
        put(s, row, col, LOOK_TEXT, gib_words(g->used_bytes, g->total_bytes, (char[40]){ 0 }));
}

static int draw_gpus(const struct setup_view *v, struct surface *s, int row)
{
    size_t most = 4, count = v->gpus ? v->gpus->count : 0;
    for (size_t i = 0; i < count && i < most; i++)
        draw_gpu(v, s, row + (int)i, i);
    return (int)(count < most ? count : most);
}

/* --- the models --------------------------------------------------------------------------- */

static void draw_heading(const struct setup_view *v, struct surface *s, int row, int shown)
{
    struct columns c = columns_of(s);
    put(s, row, 3, LOOK_MUTED, "Model");
    if (c.size_end > 0) {
        put(s, row, c.size_end - 6, LOOK_MUTED, "size");
        put(s, row, c.quant, LOOK_MUTED, "quant");
    }
    if (c.context > 0)
        put(s, row, c.context, LOOK_MUTED, "context");
    put(s, row, c.loaded, LOOK_MUTED, "loaded");
    put(s, row, c.role, LOOK_MUTED, "picked for");
    put(s, row, c.why, LOOK_MUTED, "because");
    if (v->list->count > shown)
        putf(s, row, 9, LOOK_MUTED, "%d-%d of %d", v->list->top + 1, v->list->top + shown,
             v->list->count);
}

static void put_loaded(const struct setup_model *m, struct surface *s, int row, int col)
{
    if (m->loading) {
        put(s, row, col, LOOK_WARN, DOT_HALF " loading");
    } else if (m->loaded == TRI_YES) {
        col = put(s, row, col, LOOK_PASS, DOT_FULL);
        put_fit(s, row, col + 1, 8, LOOK_TEXT, *m->memory ? m->memory : "yes");
    } else {
        put(s, row, col, LOOK_MUTED, m->loaded == TRI_NO ? DOT_EMPTY : "-");
    }
}

/* In a narrow column the reason goes without the words that hold it together. */
static void put_why(struct surface *s, int row, int col, const char *why)
{
    int cols = s->cols - col;
    size_t len = strlen(why);
    bool short_of = surface_width(s, why) > cols || cols < 17;
    if (short_of && strncmp(why, "has ", 4) == 0)
        put_fit(s, row, col, cols, LOOK_TEXT, why + 4);
    else if (short_of && len > 5 && strcmp(why + len - 5, " name") == 0 && len < 40)
        putf(s, row, col, LOOK_TEXT, "%.*s", (int)len - 5, why);
    else
        put_fit(s, row, col, cols, LOOK_TEXT, why);
}

static look_t role_look(const char *role)
{
    return !role ? LOOK_MUTED : strcmp(role, "REASONING") == 0 ? LOOK_REASONING : LOOK_FAST;
}

static void draw_model(const struct setup_view *v, struct surface *s, int row, int i)
{
    const struct setup_model *m = &v->models[i];
    struct columns c = columns_of(s);
    bool chosen = i == v->list->at, active = chosen && v->part == SETUP_MODELS;
    put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
    put_name(s, row, 3, c.name_cols, LOOK_TEXT, m->name);
    if (c.size_end > 0) {
        put_right(s, row, c.size_end, LOOK_TEXT, m->size);
        put_fit(s, row, c.quant, 7, LOOK_TEXT, m->quant);
    }
    if (c.context > 0)
        put_fit(s, row, c.context, 7, LOOK_TEXT, m->context);
    put_loaded(m, s, row, c.loaded);
    put_fit(s, row, c.role, c.why - c.role - 1, role_look(m->role), m->role ? m->role : "-");
    put_why(s, row, c.why, m->why);
    if (active)
        surface_cursor(s, row, 1, false);
}

static int draw_models(const struct setup_view *v, struct surface *s, int row, int rows)
{
    int shown = v->list->count < rows - 1 ? v->list->count : rows - 1;
    list_show(v->list, shown > 0 ? shown : 1);
    draw_heading(v, s, row, shown);
    for (int i = 0; i < shown; i++)
        draw_model(v, s, row + 1 + i, v->list->top + i);
    if (!v->list->count && rows > 1)
        put(s, row + 1, 3, LOOK_MUTED,
            v->server == SETUP_LOOKING ? "looking for servers and their models" : "no models");
    return rows;
}

static void draw_how(const struct setup_view *v, struct surface *s, int row)
{
    put_rule(s, row, 0, s->cols, "How the two were chosen", NULL);
    for (int i = 0; i < SETUP_HOWS; i++) {
        const struct setup_how *h = &v->how[i];
        put(s, row + 1 + i, 2, i ? LOOK_REASONING : LOOK_FAST, h->role);
        put_fit(s, row + 1 + i, 13, 49, LOOK_TEXT, h->rule);
        put(s, row + 1 + i, 64, LOOK_TEXT, h->applies ? ARROW : " ");
        put_name(s, row + 1 + i, 66, s->cols - 67, h->applies ? LOOK_TEXT : LOOK_MUTED, h->result);
    }
    if (v->warning) {
        put(s, row + 5, 2, LOOK_WARN, WARNING);
        put_fit(s, row + 5, 4, s->cols - 5, LOOK_TEXT, v->warning);
    } else {
        put_fit(s, row + 5, 2, s->cols - 2, LOOK_TEXT,
                "Press f or r on any row to override. The cache is untouched: keys name the "
                "model.");
    }
}

/* --- the whole ------------------------------------------------------------------------------ */

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int draw_welcome(const struct setup_view *v, struct surface *s)
{
    static const char *const words[] = {
        "First time: Enter on a line explains it, ? lists keys, q leaves, everything is saved.",
        "First time: Enter explains a line, ? lists keys, q leaves, all is saved.",
        "First time: Enter explains a line, ? lists keys",
    };
    size_t i = 0;
    if (!v->welcome || s->rows < 10)
        return 0;
    while (i < 2 && surface_width(s, words[i]) > s->cols - 2)
        i++;
    put_fit(s, 0, 1, s->cols - 2, LOOK_TITLE, words[i]);
    return 1;
}

static void draw_large(const struct setup_view *v, struct surface *s)
{
    int row = draw_welcome(v, s);
    draw_server(v, s, row++);
    row += draw_memory(v, s, row);
    row += draw_gpus(v, s, row) + 1;
    int room = s->rows - row - 1 - LARGE_REST;
    int models = least(v->list->count, room > 1 ? room : 1);
    models += !models;
    row += draw_models(v, s, row, models + 1) + 1;
    draw_how(v, s, row);
    row += 7;
    put_rule(s, row++, 0, s->cols, "Checks", NULL);
    row += setup_draw_checks(v, s, row, s->rows - row) + 1;
    int left = s->rows - row;
    if (v->explain && left >= 3)
        setup_draw_explain(v, s, row, left);
    else if (v->explain)
        setup_draw_explain(v, s, s->rows - 6, 6);
    else if (v->down)
        setup_draw_down(v, s, row);
    else if (left > 0)
        setup_draw_bottom(v, s, row);
}

static void draw_small(const struct setup_view *v, struct surface *s)
{
    int row = draw_welcome(v, s), first = row;
    int checks = CHECKUPS - 1, warns = v->warning != NULL;
    /* What is there whatever happens: server, heading, title, checks, last line. */
    int room = s->rows - row - 4 - checks - warns, gaps = 3 - warns;
    int models = least(v->list->count, room > 3 ? room : 3);
    gaps = room - models < gaps ? room - models : gaps;
    if (gaps < 0) { /* the checks give way */
        models = least(models, s->rows / 4 > 1 ? s->rows / 4 : 1);
        gaps = 0;
    }
    draw_server(v, s, row++);
    row += gaps > 2 - warns;
    row += draw_models(v, s, row, (models ? models : 1) + 1);
    if (warns) {
        put(s, row, 1, LOOK_WARN, WARNING);
        put_fit(s, row++, 3, s->cols - 4, LOOK_TEXT, v->warning);
    } else {
        row += gaps > 0;
    }
    int title = row;
    put(s, row++, 1, LOOK_MUTED, "Checks");
    int bottom = s->rows >= 14;
    if (s->rows - row - bottom > 0)
        setup_draw_checks(v, s, row, s->rows - row - bottom);
    if (bottom)
        setup_draw_bottom(v, s, s->rows - 1);
    if (v->explain && v->part == SETUP_MODELS)
        setup_draw_explain(v, s, title, s->rows - title);
    else if (v->explain)
        setup_draw_explain(v, s, first, title - first);
}

void setup_draw(const struct setup_view *v, struct surface *s)
{
    surface_cursor(s, 0, 0, false);
    if (setup_is_large(s))
        draw_large(v, s);
    else
        draw_small(v, s);
}
