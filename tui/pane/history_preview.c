/* The preview of the chosen line of the history (history.h). */
#include "tui/pane/history.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "tui/screen/words.h"

#define INDENT   4
#define FOLDED   "▸"
#define UNFOLDED "▾"
/* From here on each side has a line of its own for its figures. */
#define ROOMY 12

static bool is_compare(const struct history_view *v)
{
    return v->sides == 2;
}

/* "128 tok", "~128 tok". */
static void add_tokens(struct buf *b, const char *what, int64_t n, bool about, const char *unit)
{
    char count[WORDS];
    if (n >= 0)
        buf_printf(b, "%s%s%s%s%s", b->len ? ", " : "", what, about ? "~" : "",
                   count_text(n, count), unit);
}

/* "thought 312 tok, answer 98 tok, 49.0 s" at the end of a side's only row. */
static void short_figures(const struct history_side_view *side, struct buf *b)
{
    char took[WORDS];
    if (side->thinking_tokens > 0) {
        add_tokens(b, "thought ", side->thinking_tokens, side->about, " tok");
        add_tokens(b, "answer ", side->answer_tokens, side->about, " tok");
    } else {
        add_tokens(b, "", side->tokens, side->about, " tok");
    }
    if (*side->end)
        buf_printf(b, "%s%s", b->len ? ", " : "", side->end);
    if (isfinite(side->took_s))
        buf_printf(b, "%s%s%s", b->len ? ", " : "", side->cached ? "cached, " : "",
                   brief_seconds(side->took_s, took));
}

/* " A  FAST qwen3:8b     first word 0.3 s   41 tok/s   128 tok   3.4 s" */
static void draw_figures(const struct history_side_view *side, char letter, struct surface *s,
                         int row)
{
    struct buf b = buf_with_max(400);
    char words[WORDS];
    int col = putf(s, row, 1, LOOK_TITLE, "%c", letter);
    col = put(s, row, INDENT, side->role_look, side->role);
    col = put_fit(s, row, col + (*side->role ? 1 : 0), 32, LOOK_TEXT, side->model) + 5;
    if (side->cached)
        buf_puts(&b, "from the cache   ");
    if (isfinite(side->first_s))
        buf_printf(&b, "first word %s   ", brief_seconds(side->first_s, words));
    if (isfinite(side->rate))
        buf_printf(&b, "%s%.0f tok/s   ", side->about ? "~" : "", side->rate);
    if (side->tokens >= 0)
        buf_printf(&b, "%s%s tok   ", side->about ? "~" : "", count_text(side->tokens, words));
    if (isfinite(side->took_s))
        buf_printf(&b, "%s   ", brief_seconds(side->took_s, words));
    buf_puts(&b, side->end);
    put_fit(s, row, col, s->cols - col, LOOK_TEXT, buf_text(&b));
    buf_done(&b);
}

/* "▸ thought for 34 s, 312 tok, one line matches "train"          t show" */
static void draw_fold(const struct history_view *v, const struct history_side_view *side,
                      struct surface *s, int row)
{
    struct buf b = buf_with_max(400);
    char words[WORDS];
    buf_printf(&b, "%s thought", v->thinking ? UNFOLDED : FOLDED);
    if (isfinite(side->thought_s))
        buf_printf(&b, side->thought_s < 9.95 ? " for %.1f s" : " for %.0f s", side->thought_s);
    add_tokens(&b, "", side->thinking_tokens, side->about, " tok");
    if (side->thinking_matches == 1)
        buf_printf(&b, ", one line matches \"%s\"", v->wanted);
    else if (side->thinking_matches > 1)
        buf_printf(&b, ", %s lines match \"%s\"", count_text(side->thinking_matches, words),
                   v->wanted);
    char key[40];
    snprintf(key, sizeof key, "%s %s", v->key_thinking, v->thinking ? "hide" : "show");
    int at = s->cols - 13;
    int room = at - INDENT - 1;
    put_fit(s, row, INDENT, room > 0 ? room : 0, LOOK_THINKING, buf_text(&b));
    put(s, row, at, LOOK_KEY, key);
    buf_done(&b);
}

static bool has_thinking(const struct history_side_view *side)
{
    return *side->thinking || side->thinking_tokens > 0;
}

static bool has_name(const struct history_view *v)
{
    return v->named && *v->named;
}

/* " You judged: same   14:04", what the person called it, or where the search matched. */
static void draw_foot(const struct history_view *v, struct surface *s, int row, bool roomy)
{
    int col = 1;
    if (*v->judgement) {
        col = putf(s, row, col, LOOK_TEXT, "You judged: %s%s", v->judgement, roomy ? "" : ".");
        if (roomy)
            col = put(s, row, col + 3, LOOK_MUTED, v->judged_at);
        col += 3;
    }
    if (has_name(v))
        col = put_fit(s, row, col, s->cols - col - 1, LOOK_TEXT, v->named) + 3;
    if (*v->matched)
        put_fit(s, row, col, s->cols - col, LOOK_MUTED, v->matched);
}

static bool has_foot(const struct history_view *v)
{
    return *v->judgement || has_name(v) || *v->matched;
}

/* --- little room: a row a side ------------------------------------------------------------------ */

static void draw_short_side(const struct history_side_view *side, char letter, struct surface *s,
                            int row, int rows)
{
    struct buf b = buf_with_max(300);
    short_figures(side, &b);
    int figures = surface_width(s, buf_text(&b));
    int room = s->cols - INDENT - figures - 4;
    bool below = room < 24 && rows > 1; /* the figures do not fit beside it */
    putf(s, row, 1, LOOK_TITLE, "%c", letter);
    const char *text = *side->answer ? side->answer : "(no answer was kept)";
    marked_draw(s, row, INDENT,
                below || rows > 1 ? s->cols - INDENT - 1
                : room > 4        ? room
                                  : 4,
                rows > 1 ? rows - 1 : 1, LOOK_TEXT, text);
    put_right(s, row + rows - 1, s->cols - 2, LOOK_MUTED, buf_text(&b));
    buf_done(&b);
}

static void draw_compact(const struct history_view *v, struct surface *s, int row, int rows)
{
    int end = row + rows - (has_foot(v) && rows > 3 ? 1 : 0);
    int most = rows > 4 ? 2 : 1;
    put(s, row, 1, LOOK_TITLE, "Q");
    const char *query = *v->query ? v->query : "(the question was not kept)";
    row += marked_draw(s, row, INDENT, s->cols - INDENT - 1, most, LOOK_TEXT, query);
    for (int i = 0; i < v->sides && row < end; i++) {
        int share = is_compare(v) ? 1 : end - row;
        draw_short_side(&v->side[i], i ? 'B' : 'A', s, row, share);
        row += share;
    }
    if (has_foot(v) && rows > 3)
        draw_foot(v, s, end, false);
}

/* --- room for more ------------------------------------------------------------------------------ */

/* Rows each text may take: equal shares first, what one leaves over to the other. */
static void share_rows(const struct history_view *v, const char *const texts[2], int cols, int room,
                       int ret[2])
{
    int wants[2] = { 0, 0 };
    for (int i = 0; i < v->sides; i++)
        wants[i] = marked_rows(texts[i], cols, room > 0 ? room : 0);
    ret[0] = ret[1] = 0;
    for (int given = 0; given < room;) {
        int before = given;
        for (int i = 0; i < v->sides && given < room; i++)
            if (ret[i] < wants[i]) {
                ret[i]++;
                given++;
            }
        if (given == before)
            break;
    }
}

static const char *side_text(const struct history_view *v, int i)
{
    const struct history_side_view *side = &v->side[i];
    if (v->thinking && *side->thinking)
        return side->thinking;
    return *side->answer ? side->answer : "(no answer was kept)";
}

static void draw_roomy(const struct history_view *v, struct surface *s, int row, int rows)
{
    const char *texts[2] = { side_text(v, 0), v->sides > 1 ? side_text(v, 1) : "" };
    int end = row + rows - 1, cols = s->cols - INDENT - 1, shares[2];
    put(s, row, 1, LOOK_TITLE, "Q");
    const char *query = *v->query ? v->query : "(the question was not kept)";
    row += marked_draw(s, row, INDENT, cols, 3, LOOK_TEXT, query) + 1;
    int room = end - row - (has_foot(v) ? 1 : 0);
    for (int i = 0; i < v->sides; i++)
        room -= 2 + has_thinking(&v->side[i]); /* figures, fold, a blank row */
    share_rows(v, texts, cols, room, shares);
    for (int i = 0; i < v->sides && row < end; i++) {
        draw_figures(&v->side[i], i ? 'B' : 'A', s, row++);
        if (has_thinking(&v->side[i]))
            draw_fold(v, &v->side[i], s, row++);
        bool thinking = v->thinking && *v->side[i].thinking;
        row += marked_draw(s, row, INDENT, cols, shares[i], thinking ? LOOK_THINKING : LOOK_TEXT,
                           texts[i]);
        row++;
    }
    if (has_foot(v) && row < end + 1)
        draw_foot(v, s, row, true);
}

void history_draw_preview(const struct history_view *v, struct surface *s, int row, int rows)
{
    if (rows < 1)
        return;
    if (rows >= ROOMY)
        draw_roomy(v, s, row, rows);
    else
        draw_compact(v, s, row, rows);
}
