/* Drawing the History pane: filter, list, preview, what is kept (history.h). */
#include "tui/pane/history.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen/words.h"

#define MARK "▸"
#define DOWN "▾"

/* --- where things stand --------------------------------------------------------------------------- */

/* From here on there is room for the blocks of the large frame. */
#define TALL 30

struct history_layout history_layout(int rows, int cols)
{
    struct history_layout l = { .header = -1, .preview = -1, .about = -1, .kept = -1 };
    (void)cols;
    if (rows < 8) {
        l.list_top = 1;
        l.list_rows = rows > 1 ? rows - 1 : 0;
        return l;
    }
    l.header = rows >= 16 ? 2 : 1;
    l.list_top = l.header + 1;
    if (rows >= TALL) {
        l.list_rows = rows > 36 ? 8 + (rows - 36) / 2 : 8 - (36 - rows) / 2;
        l.about = rows - 9;
        l.preview = l.list_top + l.list_rows;
        l.preview_rows = l.about - l.preview - 1;
        return l;
    }
    l.kept = rows >= 16 ? rows - 3 : -1;
    l.list_rows = rows >= 16 ? 6 + (rows - 19) / 2 : (rows - 2) / 2 - 1;
    l.preview = l.list_top + l.list_rows;
    l.preview_rows = (l.kept < 0 ? rows : l.kept - 1) - l.preview - 1;
    return l;
}

/* --- filter --------------------------------------------------------------------------------------- */

static void draw_scope(const struct history_view *v, struct surface *s, int col, int cols,
                       enum history_part part, const char *text)
{
    int end = put_fit(s, 0, col, cols - 2, LOOK_TEXT, text);
    end = put(s, 0, end + 1, LOOK_MUTED, DOWN);
    if (v->part == part && !v->focused) {
        surface_reverse(s, 0, col, end - col);
        surface_cursor(s, 0, col, false);
    }
}

/* "3 of 214 match", or as much of it as there is room for behind the scopes. */
static void draw_counts(const struct history_view *v, struct surface *s, int from, bool words)
{
    char matching[WORDS], total[WORDS], text[3][120];
    if (!v->filtered)
        return;
    const char *more = v->looking ? "+" : "";
    count_text(v->matching, matching);
    count_text(v->total, total);
    snprintf(text[0], sizeof text[0], "%s%s of %s match", matching, more, total);
    snprintf(text[1], sizeof text[1], "%s%s of %s", matching, more, total);
    snprintf(text[2], sizeof text[2], "%s%s", matching, more);
    for (int i = words ? 0 : 1; i < 3; i++)
        if (surface_width(s, text[i]) <= s->cols - from) {
            put_right(s, 0, s->cols, LOOK_TEXT, text[i]);
            return;
        }
}

static void draw_filter(const struct history_view *v, struct surface *s)
{
    bool wide = s->cols >= 84, room = s->cols >= 74, some = s->cols >= 56;
    int kind = wide ? 39 : room ? 34 : s->cols - 24;
    put(s, 0, 1, LOOK_TEXT, s->cols >= 30 ? "Filter" : "");
    int col = s->cols >= 30 ? 8 : 1;
    int cols = some ? kind - col - 2 : s->cols - col;
    if (v->filter)
        field_draw(v->filter, s, 0, col, cols > 1 ? cols : 1, 1, v->focused,
                   s->cols >= 70 ? "i to type words" : "i: words");
    if (some)
        draw_scope(v, s, kind, 13, PART_KIND, v->kind);
    if (room)
        draw_scope(v, s, kind + 14, 14, PART_MODEL, v->model);
    if (wide)
        draw_scope(v, s, kind + 29, 12, PART_DAY, v->day);
    if (some)
        draw_counts(v, s, kind + (wide ? 40 : room ? 28 : 13), !wide && room);
}

/* --- list ----------------------------------------------------------------------------------------- */

/* Columns of the list; cols 0: not at this width. */
struct columns {
    int when, kind, level, model, time, tokens, from, query;
    int model_cols;
};

static struct columns columns_for(int cols)
{
    if (cols >= 84)
        return (struct columns){ 3, 15, 25, 32, 49, 59, 68, 75, 16 };
    if (cols >= 74)
        return (struct columns){ 3, 15, 24, 31, 48, 0, 57, 64, 16 };
    if (cols >= 50)
        return (struct columns){ 3, 13, 0, 22, 36, 0, 0, 45, 13 };
    return (struct columns){ 3, 0, 0, 0, 0, 0, 0, 13, 0 };
}

static void draw_header(struct surface *s, int row)
{
    struct columns c = columns_for(s->cols);
    const struct {
        int at;
        const char *title;
    } titles[] = {
        { c.when, "when" }, { c.kind, "kind" },  { c.level, "level" }, { c.model, "model" },
        { c.time, "time" }, { c.tokens, "tok" }, { c.from, "from" },   { c.query, "query" },
    };
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (titles[i].at)
            put(s, row, titles[i].at, LOOK_MUTED, titles[i].title);
}

static void cell(struct surface *s, int row, int at, int end, look_t look, const char *text)
{
    if (at && end > at)
        put_fit(s, row, at, end - at, look, text);
}

static void draw_row(const struct history_row_view *r, struct surface *s, int row, bool chosen,
                     bool active)
{
    struct columns c = columns_for(s->cols);
    const char *level = r->level;
    enum look level_look = *level == 'S'   ? LOOK_SIMPLE
                           : *level == 'M' ? LOOK_MODERATE
                           : *level == 'C' ? LOOK_COMPLEX
                                           : LOOK_TEXT;
    put(s, row, 1, LOOK_TITLE, chosen ? MARK : " ");
    cell(s, row, c.when, c.when + (c.kind ? c.kind - c.when - 1 : 9), LOOK_TEXT, r->when);
    cell(s, row, c.kind, c.kind + 8, LOOK_TEXT, r->kind);
    cell(s, row, c.level, c.level + 2, level_look, level);
    cell(s, row, c.model, c.model + c.model_cols, LOOK_TEXT, r->model);
    cell(s, row, c.time, c.time + 8, LOOK_TEXT, r->time);
    cell(s, row, c.tokens, c.tokens + 8, LOOK_TEXT, r->tokens);
    cell(s, row, c.from, c.from + 6, strcmp(r->from, "cache") == 0 ? LOOK_HIT : LOOK_TEXT, r->from);
    cell(s, row, c.query, s->cols, LOOK_TEXT, r->query);
    if (chosen)
        surface_reverse(s, row, 1, s->cols - 1);
    if (chosen && active)
        surface_cursor(s, row, 1, false);
}

static void draw_nothing(const struct history_view *v, struct surface *s,
                         const struct history_layout *l)
{
    char text[200];
    if (*v->trouble)
        snprintf(text, sizeof text, "✗ %s", v->trouble);
    else if (v->looking)
        snprintf(text, sizeof text, "looking…");
    else if (v->filtered && *v->wanted)
        snprintf(text, sizeof text, "No row holds \"%.80s\" here. Esc and Tab change the scopes.",
                 v->wanted);
    else if (v->filtered)
        snprintf(text, sizeof text, "No row is of this kind, model and day.");
    else if (!v->recording)
        snprintf(text, sizeof text, "Nothing is recorded: %s turns recording on.",
                 v->key_recording);
    else
        snprintf(text, sizeof text,
                 "Nothing was asked yet. What you ask and compare is kept here.");
    put_wrapped(s, l->list_top, 3, s->cols - 4, l->list_rows, *v->trouble ? LOOK_FAIL : LOOK_MUTED,
                text);
}

static void draw_list(const struct history_view *v, struct surface *s,
                      const struct history_layout *l)
{
    struct list list = v->list;
    if (!list.count) {
        draw_nothing(v, s, l);
        return;
    }
    list_show(&list, l->list_rows);
    for (int i = 0; i < l->list_rows && list.top + i < list.count; i++) {
        int k = list.top + i - v->first_row;
        if (k >= 0 && k < v->row_count)
            draw_row(&v->rows[k], s, l->list_top + i, list.top + i == list.at,
                     v->part == PART_LIST && !v->focused);
    }
}

/* --- the rest ------------------------------------------------------------------------------------- */

static void draw_about(const struct history_view *v, struct surface *s, int row)
{
    char total[WORDS], text[300];
    put_rule(s, row++, 0, s->cols, "About this history", NULL);
    int n = snprintf(text, sizeof text, "%s row%s", count_text(v->total, total),
                     v->total == 1 ? "" : "s");
    if (*v->since)
        n += snprintf(text + n, sizeof text - (size_t)n, " since %s, %s", v->since, v->size);
    snprintf(text + n, sizeof text - (size_t)n, ".  Newest first.");
    put(s, row++, 3, LOOK_TEXT, text);
    put(s, row++, 3, LOOK_TEXT, "Words in quotes are taken as a phrase.  -word leaves rows out.");
    if (v->recording)
        putf(s, row++, 3, LOOK_TEXT,
             "Kept until you delete it.  %s stops recording and shows REC OFF in the status bar.",
             v->key_recording);
    else
        putf(s, row++, 3, LOOK_WARN, "REC OFF: no new text is kept until %s, or the next start.",
             v->key_recording);
    putf(s, row, 3, LOOK_TEXT, "%s deletes a row, %s brings it back until you leave this pane.",
         v->key_delete, v->key_undo);
}

static void draw_kept(const struct history_view *v, struct surface *s, int row)
{
    if (v->recording)
        putf(s, row, 1, LOOK_MUTED,
             s->cols < 80 ? "Kept until you delete it. %s stops recording: REC OFF."
                          : "Kept until you delete it. %s stops recording; the status bar then "
                            "shows REC OFF.",
             v->key_recording);
    else
        putf(s, row, 1, LOOK_WARN, "REC OFF: no new text is kept until %s, or the next start.",
             v->key_recording);
}

static void draw_preview(const struct history_view *v, struct surface *s,
                         const struct history_layout *l)
{
    char right[60] = "";
    if (v->chosen && v->matches && l->about < 0)
        snprintf(right, sizeof right, "%d line%s match%s", v->matches, v->matches == 1 ? "" : "s",
                 v->matches == 1 ? "es" : "");
    put_rule(s, l->preview, 0, s->cols, "Preview", *right ? right : NULL);
    if (v->chosen)
        history_draw_preview(v, s, l->preview + 1, l->preview_rows);
}

void history_draw(const struct history_view *v, struct surface *s)
{
    if (v->page) {
        page_draw(v->page, s);
        return;
    }
    struct history_layout l = history_layout(s->rows, s->cols);
    surface_cursor(s, 0, 0, false);
    draw_filter(v, s);
    if (l.header >= 0)
        draw_header(s, l.header);
    draw_list(v, s, &l);
    if (l.preview >= 0)
        draw_preview(v, s, &l);
    if (l.about >= 0)
        draw_about(v, s, l.about);
    if (l.kept >= 0)
        draw_kept(v, s, l.kept);
    if (v->focused && v->filter) /* the field's own cursor is the last word */
        draw_filter(v, s);
}
