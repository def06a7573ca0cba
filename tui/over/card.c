/* A card: a text that stays until it is put away, with bars below it where something is counted,
 * and one or two things that keys do. Lessons use it: what is to be done, a hint, a solution, a
 * prediction that is asked for, an exercise that was passed. */
#include "tui/app.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen/chart.h"

#define LABEL_GAP 3
#define KEY_GAP   5 /* between keys; the lesser where not all of them fit */
#define KEY_GAP_2 3
#define BAR_COLS  20 /* of a long bar; a short one has a column for each */

/* --- its text ----------------------------------------------------------------------------- */

/* One line of the text, wrapped; its part behind a tab at the right end where both fit. Returns
 * how many rows it takes. */
static int draw_line(struct surface *s, int row, char *line)
{
    char *right = strchr(line, '\t');
    if (right)
        *right++ = '\0';
    int left = surface_width(s, line), cols = right ? surface_width(s, right) : 0;
    bool beside = right && left + 2 + cols <= s->cols;
    int rows = *line ? put_wrapped(s, row, 0, s->cols, -1, LOOK_TEXT, line) : 1;
    if (beside)
        put_right(s, row, s->cols, LOOK_MUTED, right);
    else if (right)
        rows += put_wrapped(s, row + rows, 0, s->cols, -1, LOOK_MUTED, right);
    return rows;
}

/* All lines from `from` on; on a surface without rows they only count. */
static int draw_text(const struct desk_card *c, struct surface *s, int from)
{
    int row = -from;
    for (const char *at = c->text; at && *at;) {
        char line[CARD_LINE];
        size_t len = strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", (int)len, at);
        /* What scrolled out above is counted on a surface that has no rows. */
        struct surface none = surface_part(s, 0, 0, 0, s->cols);
        row += draw_line(row >= 0 ? s : &none, row, line);
        at += len + (at[len] == '\n');
    }
    return row + from;
}

/* --- its bars ----------------------------------------------------------------------------- */

static bool has_bars(const struct desk_card *c)
{
    return *c->bars[0].label;
}

/* "Part 2   ███░░  3 of 5" in so many columns; a bar has a column for each where there is room. */
static void draw_bar(const struct desk_bar *b, struct surface *s, int row, int col, int cols)
{
    char sum[32];
    snprintf(sum, sizeof sum, "%d of %d", b->done, b->total);
    int at = put(s, row, col, LOOK_TEXT, b->label) + LABEL_GAP;
    int room = col + cols - at - 2 - surface_width(s, sum);
    int most = b->total <= BAR_COLS / 2 ? b->total : BAR_COLS;
    if (room >= 4)
        at = chart_track(s, row, at, most < room ? most : room, LOOK_PASS, b->done, b->total) + 2;
    put_fit(s, row, at, col + cols - at, LOOK_TEXT, sum);
}

static void draw_bars(const struct desk_card *c, struct surface *s, int row)
{
    int half = s->cols * 3 / 7;
    draw_bar(&c->bars[0], s, row, 0, half - 2);
    if (*c->bars[1].label)
        draw_bar(&c->bars[1], s, row, half, s->cols - half);
}

/* --- its keys ----------------------------------------------------------------------------- */

static int key_cols(const struct surface *s, const char *key, const char *words)
{
    return *words ? surface_width(s, key) + 1 + surface_width(s, words) : 0;
}

static int draw_key(struct surface *s, int row, int col, int gap, const char *key,
                    const char *words)
{
    if (!*words || col + key_cols(s, key, words) > s->cols)
        return col;
    col = put(s, row, col, LOOK_KEY, key);
    return put(s, row, col + 1, LOOK_TEXT, words) + gap;
}

static void draw_foot(const struct desk_card *c, struct surface *s, int row)
{
    const char *close = c->close ? c->close : "close";
    const char more[] = { c->key, '\0' };
    int rest = key_cols(s, "Esc", close);
    int all = key_cols(s, "Enter", c->enter) + key_cols(s, more, c->more) + rest;
    int gap = all + 2 * KEY_GAP <= s->cols ? KEY_GAP : KEY_GAP_2;
    struct surface before = surface_part(s, 0, 0, s->rows, s->cols - rest);
    int col = draw_key(&before, row, 0, gap, "Enter", c->enter);
    col = draw_key(&before, row, col, gap, more, c->more);
    draw_key(s, row, col, gap, "Esc", close);
}

static void draw(struct app *a, struct surface *whole, struct surface *body)
{
    (void)whole;
    const struct desk_card *c = &a->desk.card;
    int cols = body->cols > OVER_COLS ? OVER_COLS : body->cols;
    struct surface none = surface_part(body, 0, 0, 0, cols - 4);
    int need = draw_text(c, &none, 0), foot = has_bars(c) ? 3 : 2;
    int rows = need + foot + 2 < body->rows ? need + foot + 2 : body->rows;
    struct surface in = over_box(body, rows, cols, c->title, NULL);
    struct surface text = surface_part(&in, 0, 0, in.rows - foot, in.cols);
    int most = need > text.rows ? need - text.rows : 0;
    if (a->scroll > most)
        a->scroll = most;
    draw_text(c, &text, a->scroll);
    if (a->scroll < most && text.rows > 0)
        putf(&in, text.rows, 0, LOOK_MUTED, "\xE2\x86\x93 %d below", most - a->scroll);
    if (has_bars(c))
        draw_bars(c, &in, in.rows - 2);
    draw_foot(c, &in, in.rows - 1);
    surface_cursor(&in, 0, 0, false);
}

/* --- what they do ------------------------------------------------------------------------- */

/* The card is put away first: what is done may show another one. */
static void done(struct app *a, bool stays, void (*act)(void *self))
{
    void *self = a->desk.card.self;
    if (!stays)
        app_close(a);
    if (act)
        act(self);
}

static bool key(struct app *a, const struct key *k)
{
    struct desk_card *c = &a->desk.card;
    int32_t letter = k->code == K_LETTER && !k->alt ? k->letter : 0;
    if (k->code == K_ENTER) {
        done(a, c->stays, c->act);
    } else if (letter && letter == c->key && *c->more) {
        done(a, false, c->act_more);
    } else if (k->code == K_DOWN || letter == 'j') {
        a->scroll++;
    } else if (k->code == K_UP || letter == 'k') {
        a->scroll -= a->scroll > 0;
    } else if (letter == 'y') {
        desk_copy(&a->desk, c->text, strlen(c->text));
    } else {
        return false;
    }
    return true;
}

static void closed(struct app *a)
{
    desk_card(&a->desk, NULL);
    a->scroll = 0;
}

const struct over over_card = { .name = "card",
                                .draw = draw,
                                .key = key,
                                .close = closed,
                                .keys = "\xE2\x86\x91\xE2\x86\x93 scroll   y copy   Esc close" };
