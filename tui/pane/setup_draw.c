/* Drawing Setup: the server and its machine, the models with their roles, the checks.
 *
 * From the top down in the order in which it matters; what does not fit is left out from the
 * bottom, but for the chosen row of either list. */
#include "tui/pane/setup.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "tui/screen/chart.h"

#define MARK      "\xE2\x96\xB8" /* a small triangle to the right */
#define DOT_FULL  "\xE2\x97\x8F"
#define DOT_HALF  "\xE2\x97\x90"
#define DOT_EMPTY "\xE2\x97\x8B"
#define DOT_SMALL "\xC2\xB7"
#define TICK      "\xE2\x9C\x93"
#define CROSS     "\xE2\x9C\x97"
#define WARNING   "\xE2\x9A\xA0"
#define ARROW     "\xE2\x86\x92"
#define ELLIPSIS  "\xE2\x80\xA6"

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

static bool is_large(const struct surface *s)
{
    return s->rows >= 30 && s->cols >= 84;
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
    bool large = is_large(s), known = v->memory_total >= 0 && v->memory_used >= 0;
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
    if (v->list->count > shown) {
        char text[40];
        snprintf(text, sizeof text, "%d-%d of %d", v->list->top + 1, v->list->top + shown,
                 v->list->count);
        if (c.why + 8 + surface_width(s, text) < s->cols)
            put_right(s, row, s->cols, LOOK_MUTED, text);
    }
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
    put(s, row, c.role, role_look(m->role), m->role ? m->role : "-");
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

/* --- the checks ---------------------------------------------------------------------------- */

static const char *state_sign(enum checkup_state state, look_t *ret_look)
{
    static const struct {
        const char *sign;
        look_t look;
    } signs[] = {
        [CHECKUP_WAITS] = { DOT_SMALL, LOOK_MUTED }, [CHECKUP_RUNNING] = { DOT_HALF, LOOK_WARN },
        [CHECKUP_OK] = { TICK, LOOK_PASS },          [CHECKUP_FAILED] = { CROSS, LOOK_FAIL },
        [CHECKUP_UNKNOWN] = { "?", LOOK_WARN },
    };
    *ret_look = signs[state].look;
    return signs[state].sign;
}

static const char *check_words(const struct setup_view *v, enum checkup_id id)
{
    enum checkup_state state = v->checks[id].state;
    bool over = state == CHECKUP_OK || state == CHECKUP_FAILED;
    return id == CHECKUP_LOADING && !over ? "reasoning model loading" : checkup_what(id);
}

/* What stands in place of a finding that is not there yet. */
static const char *waiting_words(const struct setup_view *v, enum checkup_id id)
{
    if (!v->checking)
        return "not checked yet";
    return id > 0 && v->checks[id - 1].state == CHECKUP_RUNNING ? "waits for the line above"
                                                                : "waits";
}

static void put_running(const struct setup_view *v, struct surface *s, int row, int col,
                        const struct checkup_line *l)
{
    double so_far = clock_seconds(v->now_ns - l->started_ns);
    bool last = isfinite(l->last_s), large = is_large(s);
    col = putf(s, row, col, LOOK_TEXT, "%.0f s so far", floor(so_far));
    if (last)
        col = putf(s, row, col, LOOK_MUTED, "%slast time %.0f s", large ? ", " : "   ", l->last_s);
    if (large && last)
        col = 75;
    put(s, row, col + 3, LOOK_KEY, "^C");
    put(s, row, col + 6, LOOK_TEXT, "stop");
}

/* Terminal and copying share a row where rows are dear. */
static void put_terminal(const struct setup_view *v, struct surface *s, int row, int found)
{
    const struct checkup_line *t = &v->checks[CHECKUP_TERMINAL], *c = &v->checks[CHECKUP_COPY];
    const char *end = strstr(c->text, " (");
    char text[300];
    snprintf(text, sizeof text, "terminal: %s", *t->text ? t->text : waiting_words(v, 0));
    put_fit(s, row, 4, found - 5, LOOK_TEXT, text);
    if (*c->text) {
        snprintf(text, sizeof text, "copy via %.*s", end ? (int)(end - c->text) : 200, c->text);
        put_fit(s, row, found, s->cols - found, LOOK_TEXT, text);
    }
}

static void draw_check(const struct setup_view *v, struct surface *s, int row, enum checkup_id id)
{
    const struct checkup_line *l = &v->checks[id];
    bool chosen = v->part == SETUP_CHECKS && (int)id == v->check_list->at, large = is_large(s);
    int found = large ? 44 : s->cols >= 76 ? 42 : 34;
    look_t look;
    const char *sign = state_sign(l->state, &look);
    put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
    put(s, row, 2, look, sign);
    if (chosen)
        surface_cursor(s, row, 1, false);
    if (id == CHECKUP_TERMINAL && !large) {
        put_terminal(v, s, row, found);
        return;
    }
    put_fit(s, row, 4, found - 5, LOOK_TEXT, check_words(v, id));
    if (l->state == CHECKUP_RUNNING)
        put_running(v, s, row, found, l);
    else if (l->state == CHECKUP_WAITS)
        put_fit(s, row, found, s->cols - found, LOOK_MUTED, waiting_words(v, id));
    else
        put_fit(s, row, found, s->cols - found, LOOK_TEXT, l->text);
}

static void draw_progress(const struct setup_view *v, struct surface *s, int row,
                          const struct checkup_line *l)
{
    double share = clock_seconds(v->now_ns - l->started_ns) / l->last_s;
    chart_track(s, row, 4, 49, LOOK_TEXT, share < 1 ? share : 1, 1);
    if (share < 1)
        putf(s, row, 56, LOOK_MUTED, "%.0f%% of last time", floor(share * 100));
    else
        put(s, row, 56, LOOK_MUTED, "longer than last time");
}

/* As many as fit, the chosen one among them. Copying has no row of its own in small frames. */
static int draw_checks(const struct setup_view *v, struct surface *s, int row, int rows)
{
    int top = 0, count = is_large(s) ? CHECKUPS : CHECKUPS - 1, at = row;
    int wanted = v->part == SETUP_CHECKS ? v->check_list->at : 0;
    if (wanted >= count)
        wanted = count - 1;
    if (wanted >= rows)
        top = wanted - rows + 1;
    for (int i = top; i < count && at < row + rows; i++) {
        const struct checkup_line *l = &v->checks[i];
        draw_check(v, s, at++, (enum checkup_id)i);
        bool long_one = l->state == CHECKUP_RUNNING && l->last_s > 2;
        if (long_one && is_large(s) && at < row + rows)
            draw_progress(v, s, at++, l);
    }
    return at - row;
}

/* --- what to do ---------------------------------------------------------------------------- */

static int put_keys(struct surface *s, int row, int col, const char *key, const char *words)
{
    if (col + 1 + (int)strlen(key) + (int)strlen(words) > s->cols)
        return col;
    col = put(s, row, col, LOOK_KEY, key);
    return put(s, row, col + 1, LOOK_TEXT, words);
}

static const char *d_words(const struct setup_view *v)
{
    return v->forced_in ? "look for servers again" : "use the built-in models";
}

static void draw_bottom(const struct setup_view *v, struct surface *s, int row)
{
    int col = 1;
    if (v->down) {
        col = put(s, row, col, LOOK_FAIL, "No server.") + 1;
        col = put_keys(s, row, col, "R", "retry") + 3;
        col = put_keys(s, row, col, "e", "its address") + 3;
        if (!v->built_in)
            col = put_keys(s, row, col, "d", d_words(v)) + 3;
        if (v->start && col + 5 + (int)strlen(v->start) <= s->cols)
            putf(s, row, col, LOOK_TEXT, "or: %s", v->start);
        return;
    }
    col = put(s, row, col, LOOK_MUTED, "Something wrong?") + 2;
    col = put_keys(s, row, col, "R", "re-check") + 3;
    if (v->forced_in || !v->built_in)
        col = put_keys(s, row, col, "d", d_words(v)) + 4;
    else
        col = put_keys(s, row, col, "e", "name a model server") + 4;
    put_keys(s, row, col, "y", "copy this report");
}

static void draw_down(const struct setup_view *v, struct surface *s, int row)
{
    char text[300];
    put_rule(s, row, 0, s->cols, "No model server", NULL);
    put(s, row + 1, 2, LOOK_FAIL, CROSS);
    snprintf(text, sizeof text, "No answer from the model server (%s)", v->down);
    put_fit(s, row + 1, 4, s->cols - 5, LOOK_TEXT, text);
    putf(s, row + 2, 4, LOOK_TEXT, "Do:   start it, for example:  %s",
         v->start ? v->start : "ollama serve");
    put(s, row + 3, 4, LOOK_TEXT, "Or:   ");
    put(s, row + 3, 10, LOOK_KEY, v->built_in ? " " : "d");
    put(s, row + 3, v->built_in ? 10 : 13, LOOK_TEXT,
        v->built_in ? "go on with the built-in models: small, real, and they answer now"
                    : "the built-in models: small, real, and no server needed");
    int col = put(s, row + 4, 4, LOOK_TEXT, "Keys: ");
    col = put_keys(s, row + 4, col, "R", "retry") + 3;
    col = put_keys(s, row + 4, col, "e", "edit address") + 3;
    put_keys(s, row + 4, col, "y", "copy the full error");
}

/* A line explained, in the place of the part it is not about. */
static void draw_explain(const struct setup_view *v, struct surface *s, int row, int rows)
{
    surface_blank(s, row, 0, rows, s->cols);
    put_rule(s, row, 0, s->cols, v->explain_title, "Enter closes");
    put_wrapped(s, row + 1, 2, s->cols - 4, rows - 1, LOOK_TEXT, v->explain);
}

/* --- the whole ------------------------------------------------------------------------------ */

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int draw_welcome(const struct setup_view *v, struct surface *s)
{
    if (!v->welcome || s->rows < 10)
        return 0;
    put_fit(s, 0, 1, s->cols - 2, LOOK_TITLE, v->welcome);
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
    row += draw_checks(v, s, row, s->rows - row) + 1;
    int left = s->rows - row;
    if (v->explain && left >= 3)
        draw_explain(v, s, row, left);
    else if (v->explain)
        draw_explain(v, s, s->rows - 6, 6);
    else if (v->down)
        draw_down(v, s, row);
    else if (left > 0)
        draw_bottom(v, s, row);
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
        draw_checks(v, s, row, s->rows - row - bottom);
    if (bottom)
        draw_bottom(v, s, s->rows - 1);
    if (v->explain && v->part == SETUP_MODELS)
        draw_explain(v, s, title, s->rows - title);
    else if (v->explain)
        draw_explain(v, s, first, title - first);
}

void setup_draw(const struct setup_view *v, struct surface *s)
{
    surface_cursor(s, 0, 0, false);
    if (is_large(s))
        draw_large(v, s);
    else
        draw_small(v, s);
}
