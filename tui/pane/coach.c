/* The current exercise, in one line and in a column (coach.h). */
#include "tui/pane/coach.h"

#include <stdio.h>
#include <string.h>

#define WIDE        28 /* columns of text in the column; one stays free at its right */
#define TITLE_COLS  20 /* of a title; with less room the words beside it go */
#define RIGHT_BYTES 96

const char *criterion_mark(bool ascii, enum criterion_state state, look_t *ret_look)
{
    static const struct {
        const char *sign, *ascii;
        enum look look;
    } marks[] = {
        [CRITERION_OPEN] = { "\xC2\xB7", "[ ]", LOOK_MUTED },
        [CRITERION_MET] = { "\xE2\x9C\x93", "[x]", LOOK_PASS },
        [CRITERION_FAILED] = { "\xE2\x9C\x97", "[!]", LOOK_FAIL },
        [CRITERION_UNKNOWN] = { "?", "[?]", LOOK_WARN },
    };
    *ret_look = (look_t)marks[state].look;
    return ascii ? marks[state].ascii : marks[state].sign;
}

/* --- the line ---------------------------------------------------------------------------- */

static int met(const struct coach *c)
{
    int n = 0;
    for (int i = 0; i < c->criterion_count; i++)
        n += c->criteria[i].state == CRITERION_MET;
    return n;
}

/* The right end of the line, in the order in which its parts go where there is no room. */
enum { SAYS_HINT = 1, SAYS_CHECK = 2, SAYS_MARKS = 4, SAYS_SUM = 8 };

static const unsigned line_sizes[] = {
    SAYS_SUM | SAYS_MARKS | SAYS_CHECK | SAYS_HINT,
    SAYS_SUM | SAYS_MARKS | SAYS_HINT,
    SAYS_SUM | SAYS_MARKS,
    SAYS_SUM,
    0,
};

/* Draws the parts from col on; where `s` is NULL only counts. Returns the column after them. */
static int draw_right(const struct coach *c, struct surface *s, bool ascii, int row, int col,
                      unsigned says)
{
    char text[RIGHT_BYTES];
    look_t look;
    if (says & SAYS_MARKS)
        for (int i = 0; i < c->criterion_count; i++) {
            const char *mark = criterion_mark(ascii, c->criteria[i].state, &look);
            if (s)
                put(s, row, col, look, mark);
            col += ascii ? 3 : 2;
        }
    if (says & SAYS_SUM) {
        col += (says & SAYS_MARKS) && c->criterion_count ? 1 : 0;
        int n = snprintf(text, sizeof text, "%d/%d", met(c), c->criterion_count);
        if (s)
            put(s, row, col, LOOK_TEXT, text);
        col += n;
    }
    if (says & SAYS_CHECK) {
        if (s) {
            put(s, row, col + 2, LOOK_KEY, "c");
            put(s, row, col + 4, LOOK_TEXT, "check");
        }
        col += 9;
    }
    if ((says & SAYS_HINT) && c->hint_count > 0) {
        int n = snprintf(text, sizeof text, "%s hint %d/%d", c->suggest_hint ? "h:" : "h",
                         c->hints_used, c->hint_count);
        if (s) {
            put(s, row, col + 2, c->suggest_hint ? LOOK_STRONG : LOOK_TEXT, text);
            put_len(s, row, col + 2, c->suggest_hint ? LOOK_STRONG : LOOK_KEY, "h", 1);
        }
        col += 2 + n;
    }
    return col;
}

void coach_line(const struct coach *c, struct surface *s, int row)
{
    if (!c->title)
        return;
    bool ascii = surface_ascii(s);
    int at = put(s, row, 1, LOOK_TITLE, "\xE2\x96\xB8");
    at = put(s, row, at, LOOK_TITLE, " Ex ");
    at = put(s, row, at, LOOK_TITLE, c->id ? c->id : "");
    at++;

    int wide = surface_width(s, c->title), end = s->cols - 1, from = end;
    for (size_t i = 0; i < sizeof line_sizes / sizeof *line_sizes; i++) {
        int cols = draw_right(c, NULL, ascii, row, 0, line_sizes[i]);
        int room = end - cols - 1 - at;
        if (room < wide && room < TITLE_COLS && line_sizes[i])
            continue;
        from = end - cols;
        draw_right(c, s, ascii, row, from, line_sizes[i]);
        break;
    }
    put_fit(s, row, at, from - 1 - at, LOOK_TEXT, c->title);
}

/* --- the column -------------------------------------------------------------------------- */

enum section { GOAL, PASSES, HINTS, LAST, WHY, NOTE, SECTIONS };

/* Which one goes first where there is no room for all. */
static const enum section by_need[SECTIONS] = { NOTE, WHY, GOAL, HINTS, LAST, PASSES };

/* A surface with no rows: the same code that draws also counts. */
static struct surface nowhere(const struct surface *s)
{
    return surface_part(s, 0, 0, 0, s->cols);
}

static int heading(struct surface *s, int row, const char *text, const char *more)
{
    int at = put(s, row, 2, LOOK_TITLE, text);
    if (more)
        put(s, row, at + 2, LOOK_TEXT, more);
    return row + 1;
}

static int paragraph(struct surface *s, int row, const char *title, const char *more,
                     const char *text)
{
    if (!text || !*text)
        return row;
    row = heading(s, row, title, more);
    return row + put_wrapped(s, row, 3, WIDE, -1, LOOK_TEXT, text) + 1;
}

static int passes(const struct coach *c, struct surface *s, int row)
{
    if (!c->criterion_count)
        return row;
    row = heading(s, row, "PASSES WHEN", NULL);
    for (int i = 0; i < c->criterion_count; i++) {
        look_t look;
        const char *mark = criterion_mark(surface_ascii(s), c->criteria[i].state, &look);
        int at = put(s, row, 3, look, mark) + 1;
        row += put_wrapped(s, row, at, WIDE + 3 - at, -1, LOOK_TEXT,
                           c->criteria[i].text ? c->criteria[i].text : "");
    }
    return row + 1;
}

static int hints(const struct coach *c, struct surface *s, int row)
{
    char text[RIGHT_BYTES];
    if (c->hint_count <= 0)
        return row;
    row = heading(s, row, "HINTS", NULL);
    for (int i = 0; i < c->hints_used && i < COACH_HINTS && c->hints[i]; i++) {
        putf(s, row, 3, LOOK_TEXT, "%d", i + 1);
        row += put_wrapped(s, row, 5, WIDE - 2, -1, LOOK_TEXT, c->hints[i]);
    }
    if (c->hints_used >= c->hint_count)
        snprintf(text, sizeof text, "all %d used", c->hint_count);
    else if (c->suggest_hint)
        snprintf(text, sizeof text, "stuck? a hint (%d of %d)", c->hints_used, c->hint_count);
    else
        snprintf(text, sizeof text, "%s hint (%d of %d used)", c->hints_used ? "next" : "first",
                 c->hints_used, c->hint_count);
    if (c->hints_used < c->hint_count)
        put(s, row, 3, LOOK_KEY, "h");
    put(s, row, c->hints_used < c->hint_count ? 6 : 3, c->suggest_hint ? LOOK_STRONG : LOOK_TEXT,
        text);
    return row + 2;
}

/* Draws a section from `row` on; returns the row after it and its blank line. */
static int draw_section(const struct coach *c, struct surface *s, int row, enum section which)
{
    switch (which) {
    case GOAL:
        return paragraph(s, row, "GOAL", NULL, c->goal);
    case PASSES:
        return passes(c, s, row);
    case HINTS:
        return hints(c, s, row);
    case LAST:
        return paragraph(s, row, "LAST CHECK", c->last_check_at, c->last_check);
    case WHY:
        return paragraph(s, row, "WHY", NULL, c->why);
    case NOTE:
        return paragraph(s, row, "NOTE", NULL, c->note);
    default:
        return row;
    }
}

static int draw_title(const struct coach *c, struct surface *s, int row)
{
    putf(s, row, 2, LOOK_MUTED, "Part %d \xC2\xB7 exercise %s", c->part, c->id ? c->id : "");
    return row + 1 + put_wrapped(s, row + 1, 2, WIDE + 2, -1, LOOK_TITLE, c->title) + 1;
}

struct key_words {
    const char *key, *words;
    bool shown;
};

static void draw_keys(struct surface *s, int row, const struct key_words *keys, size_t n)
{
    int at = 2;
    for (size_t i = 0; i < n; i++)
        if (keys[i].shown) {
            at = put(s, row, at, LOOK_KEY, keys[i].key);
            at = put(s, row, at + 1, LOOK_TEXT, keys[i].words) + 3;
        }
}

void coach_column(const struct coach *c, struct surface *s)
{
    bool left_out[SECTIONS] = { false };
    struct surface none = nowhere(s);
    if (!c->title)
        return;
    bool leads = !c->first || (c->pane && !c->here);
    int keys = leads ? 2 : 1, need = 0;
    for (int dropped = 0;; dropped++) {
        need = draw_title(c, &none, 1);
        for (int i = 0; i < SECTIONS; i++)
            if (!left_out[i])
                need = draw_section(c, &none, need, (enum section)i);
        if (need + keys <= s->rows || dropped == SECTIONS)
            break;
        left_out[by_need[dropped]] = true;
    }

    put_down(s, 0, 0, s->rows, LOOK_MUTED, "\xE2\x94\x82");
    put(s, 0, 0, LOOK_MUTED, "\xE2\x94\xAC");
    put_rule(s, 0, 1, s->cols - 1, c->course_name ? c->course_name : "Coach", NULL);
    int row = draw_title(c, s, 1);
    for (int i = 0; i < SECTIONS; i++)
        if (!left_out[i])
            row = draw_section(c, s, row, (enum section)i);
    if (row + keys > s->rows)
        return;
    draw_keys(s, row,
              (const struct key_words[]){ { "c", "check", true },
                                          { "h", "hint", c->hints_used < c->hint_count },
                                          { ">", "next", !c->last } },
              3);
    draw_keys(s, row + 1,
              (const struct key_words[]){ { "<", "back", !c->first },
                                          { "J", "go there", c->pane && !c->here } },
              2);
}
