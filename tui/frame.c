/* Tabs, rule, status bar and key line. Owns nothing. */
#include "tui/frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#define DOT_FULL  "\xE2\x97\x8F"
#define DOT_HALF  "\xE2\x97\x90"
#define DOT_EMPTY "\xE2\x97\x8B"

/* --- where things stand ------------------------------------------------------------------- */

struct frame_body frame_layout(struct surface *s, const struct frame_view *v)
{
    struct frame_body b = { .coach_row = -1, .status_row = s->rows - 2, .key_row = s->rows - 1 };
    b.wide = s->rows >= FRAME_WIDE_ROWS && s->cols >= FRAME_WIDE_COLS;
    bool column = b.wide && !v->coach_hidden && v->coach->id;
    bool line = !column && v->coach->id && s->rows >= 24;
    int foot = 2;
    if (s->rows < 24) { /* one of the two lines of the foot goes too */
        b.status_row = s->rows - 1;
        b.key_row = -1;
        foot = 1;
    }
    if (line)
        b.coach_row = s->rows - 1 - foot;
    int cols = column ? s->cols - COACH_COLS : s->cols;
    b.body = surface_part(s, 2, 0, s->rows - 2 - foot - line, cols);
    b.coach_column = column ? surface_part(s, 1, cols, s->rows - 1 - foot, s->cols - cols)
                            : surface_part(s, 0, 0, 0, 0);
    return b;
}

/* --- tabs --------------------------------------------------------------------------------- */

static void draw_tabs(struct surface *s, const struct frame_view *v, bool wide)
{
    int col = 0;
    if (s->cols < 80) {
        putf(s, 0, 1, LOOK_TITLE, "%d/%d %s", v->shown + 1, PANES, panes[v->shown]->tab);
        put_right(s, 0, s->cols - 1, LOOK_MUTED, "1..9 panes  ? help");
        return;
    }
    if (wide)
        col = put(s, 0, 1, LOOK_TITLE, "rlab") + 2;
    for (int i = 0; i < PANES; i++) {
        bool shown = i == v->shown;
        const char *gap = wide && i + 1 < PANES ? " " : "";
        if (shown)
            col = putf(s, 0, col, LOOK_TITLE, "[%d %s]", i + 1, panes[i]->tab);
        else
            col = putf(s, 0, col, LOOK_TEXT, " %d %s ", i + 1, panes[i]->tab);
        col = put(s, 0, col, LOOK_TEXT, gap);
    }
    if (wide)
        put_right(s, 0, s->cols - 1, LOOK_MUTED, "? help  : commands");
}

int frame_tab_at(bool wide, int col)
{
    int from = wide ? (int)strlen(" rlab") + 2 : 0, to;
    for (int i = 0; i < PANES; i++, from = to) {
        to = from + (int)(strlen(" 1 ") + strlen(panes[i]->tab) + strlen(" ")) + wide;
        if (col >= from && col < to)
            return i;
    }
    return -1;
}

/* --- the status bar ----------------------------------------------------------------------- */

/* Things are put in the order in which they are dropped last; one that does not fit is left out. */
struct bar {
    struct surface *s;
    int row, left, right; /* free columns [left, right) */
    int gap;              /* between the items at the right */
};

static void bar_left(struct bar *b, look_t look, const char *text)
{
    int cols = surface_width(b->s, text);
    if (b->left + cols > b->right)
        return;
    b->left = put(b->s, b->row, b->left, look, text) + 2;
}

static void bar_right(struct bar *b, look_t look, const char *text)
{
    int cols = surface_width(b->s, text);
    if (b->right - cols < b->left)
        return;
    put(b->s, b->row, b->right - cols, look, text);
    b->right -= cols + b->gap;
}

static const char *state_sign(const struct surface *s, char state)
{
    bool ascii = surface_ascii(s);
    switch (state) {
    case 'l':
        return ascii ? " [in]" : " " DOT_FULL;
    case 'b':
        return ascii ? " [..]" : " " DOT_HALF;
    case 'o':
        return ascii ? " [ ]" : " " DOT_EMPTY;
    default:
        return "";
    }
}

static void bar_model(struct bar *b, char letter, look_t look, const struct frame_model *m)
{
    char text[160];
    if (!m->name)
        return;
    snprintf(text, sizeof text, "%c %s%s", letter, m->name, state_sign(b->s, m->state));
    bar_left(b, look, text);
}

/* "◐ test 5/6 0:29 ^C": cut rather than left out, for it says what ^C would stop. */
static void bar_running(struct bar *b, const char *what, bool wide)
{
    const char *sign = surface_ascii(b->s) ? "[..] " : DOT_HALF " ";
    const char *how = wide ? "  ^C stops" : " ^C";
    int room = b->right - b->left - surface_width(b->s, sign) - surface_width(b->s, how);
    if (room < 4)
        return;
    b->left = put(b->s, b->row, b->left, LOOK_TITLE, sign);
    b->left = put_fit(b->s, b->row, b->left, room, LOOK_TITLE, what);
    b->left = put(b->s, b->row, b->left, LOOK_KEY, how) + 2;
}

static void bar_cache(struct bar *b, const struct frame_view *v)
{
    char text[80];
    if (v->size <= 0)
        return;
    if (isnan(v->hit_rate))
        snprintf(text, sizeof text, "cache %lld/%lld", (long long)v->entries, (long long)v->size);
    else
        snprintf(text, sizeof text, "cache %lld/%lld %.0f%%", (long long)v->entries,
                 (long long)v->size, 100 * v->hit_rate);
    bar_right(b, LOOK_TEXT, text);
}

static void bar_progress(struct bar *b, const struct frame_view *v, bool wide)
{
    char text[80];
    if (v->coach->total > 0) {
        snprintf(text, sizeof text, wide ? "done %d/%d" : "ex %d/%d", v->coach->done,
                 v->coach->total);
        bar_right(b, LOOK_TEXT, text);
    }
    if (wide && !isnan(v->saved_s)) {
        snprintf(text, sizeof text, "saved %.1f s", v->saved_s);
        bar_right(b, LOOK_TEXT, text);
    }
}

static void draw_server(struct bar *b, const struct frame_view *v)
{
    char text[120];
    const char *sign = v->choosing ? DOT_HALF : v->server_up ? DOT_FULL : DOT_EMPTY;
    if (surface_ascii(b->s))
        sign = v->choosing ? "[..]" : v->server_up ? "[up]" : "[down]";
    snprintf(text, sizeof text, "%s %s", sign,
             v->choosing ? "looking for models"
             : v->server ? v->server
                         : "no server");
    bar_left(b, LOOK_TEXT, text);
}

static void draw_flags(struct bar *b, const struct frame_view *v)
{
    if (v->recording_off)
        bar_left(b, LOOK_WARN, "REC OFF");
    if (v->read_only)
        bar_left(b, LOOK_WARN, "READ ONLY");
    if (v->built_in)
        bar_left(b, LOOK_WARN, "BUILT-IN");
    if (v->slowed)
        bar_left(b, LOOK_WARN, "SLOWED");
}

static void draw_status(struct surface *s, const struct frame_view *v, int row, bool wide)
{
    struct bar b = { s, row, 1, s->cols - 1, wide ? 3 : 2 };
    char text[80];
    bar_left(&b, LOOK_TITLE, v->input ? "INPUT " : "NORMAL");
    if (v->errors > 0) {
        snprintf(text, sizeof text, "! %d error%s", v->errors, v->errors == 1 ? "" : "s");
        bar_left(&b, LOOK_FAIL, text);
    }
    if (v->waiting > 0) {
        snprintf(text, sizeof text, "UNSAVED %zu", v->waiting);
        bar_left(&b, LOOK_FAIL, text);
    }
    draw_server(&b, v);
    if (v->running)
        bar_running(&b, v->running, wide);
    draw_flags(&b, v);
    bar_model(&b, 'F', LOOK_FAST, &v->fast);
    if (wide && v->clock)
        bar_right(&b, LOOK_MUTED, v->clock);
    bar_progress(&b, v, wide);
    bar_cache(&b, v);
    bar_model(&b, 'R', LOOK_REASONING, &v->reasoning);
}

/* --- the key line ------------------------------------------------------------------------- */

#define LINE_ITEMS 24

struct item {
    char keys[40];
    const char *label;
    int place;
};

static const char *key_sign(const struct binding *b)
{
    return b->act == ACT_UP ? "\xE2\x86\x91\xE2\x86\x93" : b->key;
}

/* Rows of one place are one item: "+ - rounds". */
static int add_item(struct item *items, int n, const struct binding *b, bool wide)
{
    const char *label = wide && b->wide ? b->wide : b->label;
    int i = 0;
    while (i < n && items[i].place != b->bar)
        i++;
    if (i == n) {
        if (n == LINE_ITEMS)
            return n;
        items[n++] = (struct item){ .label = "", .place = b->bar };
    }
    size_t used = strlen(items[i].keys);
    snprintf(items[i].keys + used, sizeof items[i].keys - used, "%s%s", used ? " " : "",
             key_sign(b));
    if (*label)
        items[i].label = label;
    for (; i > 0 && items[i - 1].place > items[i].place; i--) {
        struct item moved = items[i];
        items[i] = items[i - 1];
        items[i - 1] = moved;
    }
    return n;
}

/* Items without a word are for wide windows. */
static int drop_wordless(struct item *items, int n)
{
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (*items[i].label)
            items[kept++] = items[i];
    return kept;
}

static int pane_items(const struct frame_view *v, struct item *items, bool wide)
{
    int n = 0;
    for (size_t i = 0; i < binding_count(); i++) {
        const struct binding *b = binding_at(i);
        if (!b->bar || !*b->key || (b->map != v->keymap && b->map != MAP_ALL))
            continue;
        if (v->is_off && v->is_off(v->self, b->act))
            continue;
        n = add_item(items, n, b, wide);
    }
    return drop_wordless(items, n);
}

static int input_items(const struct frame_view *v, struct item *items, bool wide)
{
    int n = 0;
    const char *send = "send";
    for (size_t i = 0; i < binding_count(); i++)
        if (binding_at(i)->map == v->keymap && binding_at(i)->act == ACT_SEND)
            send = binding_at(i)->label;
    items[n++] = (struct item){ "Esc", "leave field", 1 };
    items[n++] = (struct item){ "Enter", send, 2 };
    if (v->has_past)
        items[n++] = (struct item){ "^R", "past queries", 3 };
    items[n++] = (struct item){ "^U", "clear", 4 };
    if (wide && !v->one_line)
        items[n++] = (struct item){ "^J", "new line", 5 };
    items[n++] = (struct item){ "Alt+1..9", "panes", 6 };
    if (wide)
        items[n++] = (struct item){ "F1", "help", BAR_HELP };
    return n;
}

static int items_width(struct surface *s, const struct item *items, int n, int gap)
{
    int cols = 1;
    for (int i = 0; i < n; i++) {
        cols += surface_width(s, items[i].keys) + (i + 1 < n ? gap : 0);
        if (*items[i].label)
            cols += 1 + surface_width(s, items[i].label);
    }
    return cols;
}

/* Takes away what matters least until the line fits: first the words of the last ones (help and
 * leaving say themselves), then the last item before them. */
static int fit_items(struct surface *s, struct item *items, int n, int gap)
{
    while (n > 1 && items_width(s, items, n, gap) > s->cols) {
        int last = n - 1;
        while (last > 0 && items[last].place >= BAR_HELP && !*items[last].label)
            last--;
        if (items[last].place >= BAR_HELP) {
            items[last].label = "";
            continue;
        }
        memmove(&items[last], &items[last + 1], (size_t)(n - last - 1) * sizeof *items);
        n--;
    }
    return n;
}

static void draw_keys(struct surface *s, const struct frame_view *v, int row, bool wide)
{
    struct item items[LINE_ITEMS];
    int n = v->input ? input_items(v, items, wide) : pane_items(v, items, wide);
    int gap = wide ? 3 : 2, col = 1;
    n = fit_items(s, items, n, gap);
    for (int i = 0; i < n; i++) {
        col = put(s, row, col, LOOK_KEY, items[i].keys);
        if (*items[i].label)
            col = put(s, row, col + 1, LOOK_TEXT, items[i].label);
        col += gap;
    }
}

/* --- all of it ---------------------------------------------------------------------------- */

static void draw_message(struct surface *s, const struct frame_view *v, int row)
{
    static const char words[] = " all of it";
    int cols = s->cols - 1, more = v->all_of_it ? surface_width(s, v->all_of_it) : 0;
    if (more && surface_width(s, v->message) > cols)
        cols -= more + (int)sizeof words + 1;
    int col = put_fit(s, row, 1, cols, LOOK_TEXT, v->message);
    if (cols == s->cols - 1)
        return;
    put(s, row, put(s, row, col + 2, LOOK_KEY, v->all_of_it), LOOK_TEXT, words);
}

void frame_draw(struct surface *s, const struct frame_view *v, const struct frame_body *b)
{
    draw_tabs(s, v, b->wide);
    put_rule(s, 1, 0, b->body.cols, v->title, v->corner);
    if (b->coach_column.cols > 0) {
        struct surface column = b->coach_column;
        coach_column(v->coach, &column);
    }
    if (b->coach_row >= 0)
        coach_line(v->coach, s, b->coach_row);
    if (b->key_row >= 0) {
        draw_status(s, v, b->status_row, b->wide);
        if (v->message)
            draw_message(s, v, b->key_row);
        else
            draw_keys(s, v, b->key_row, b->wide);
    } else if (v->message) {
        draw_message(s, v, b->status_row);
    } else {
        draw_status(s, v, b->status_row, false);
    }
}

void frame_too_small(struct surface *s, const char *running)
{
    int row = s->rows >= 10 ? 2 : 0;
    char text[120];
    snprintf(text, sizeof text,
             "The window is %dx%d. rlab needs at least %dx%d,%sand is at its best from 80x24.",
             s->cols, s->rows, FRAME_MIN_COLS, FRAME_MIN_ROWS, s->cols > 50 ? "\n" : " ");
    int left = s->cols > 20, cols = s->cols - left;
    row += put_wrapped(s, row, left, cols, s->rows - row, LOOK_TEXT, text) + (s->rows >= 8);
    snprintf(text, sizeof text, "Nothing is lost%s%s.", running ? ", and this goes on: " : "",
             running ? running : "");
    text_trim_partial(text);
    row += put_wrapped(s, row, left, cols, s->rows - row, LOOK_TEXT, text) + (s->rows >= 8);
    snprintf(text, sizeof text, "Make the window larger, or:\n%sq quit   L plain line mode",
             running ? "^C stop what runs   " : "");
    put_wrapped(s, row, left, cols, s->rows - row, LOOK_TEXT, text);
    surface_cursor(s, 0, 0, false);
}
