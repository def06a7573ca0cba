/* The list of exercises (learn.h): a part after another, two exercises to a row where there is
 * room. Rows are made first, so that it is known which of them are seen. */
#include "tui/pane/learn.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen/chart.h"

#define MAX_ROWS (2 * MAX_EXERCISES) /* headings and exercises, each on a row of its own */
#define BAR_COLS 8                   /* of a part's bar and count */

/* Where things stand, by the width there is. */
struct columns {
    int name;               /* of the part */
    int bar;                /* of its progress; 0: none */
    int one, two;           /* of the exercises; two 0: one to a row */
    int one_cols, two_cols; /* with a blank after them */
    bool headings;          /* the part has a row of its own */
};

static struct columns columns_for(int cols, bool wide)
{
    if (wide)
        return (struct columns){ 3, 24, 33, 63, 30, cols - 62, false };
    if (cols >= 76)
        return (struct columns){ 3, 0, 23, 55, 32, cols - 54, false };
    if (cols >= 50)
        return (struct columns){ 3, 0, 23, 0, cols - 22, 0, false };
    return (struct columns){ 1, 0, 3, 0, cols - 2, 0, true };
}

struct list_row {
    int part;     /* named on this row; -1: none */
    int one, two; /* exercises; -1: none */
};

struct list_rows {
    struct list_row v[MAX_ROWS];
    int n;
    int chosen; /* row of the chosen exercise */
};

static void add_row(struct list_rows *l, int part, int one)
{
    if (l->n < MAX_ROWS)
        l->v[l->n++] = (struct list_row){ part, one, -1 };
}

static void make_rows(const struct learn_view *v, const struct columns *c, struct list_rows *l)
{
    for (int part = 0; part < v->course->part_count; part++) {
        const struct course_part *p = &v->course->parts[part];
        bool named = false;
        for (int i = p->first; i < p->first + p->count && i < v->course->exercise_count; i++) {
            if (!learn_shows(v->filter, &v->course->exercises[i]))
                continue;
            struct list_row *last = l->n ? &l->v[l->n - 1] : NULL;
            if (!named && c->headings)
                add_row(l, part, -1);
            if (named && c->two && last && last->two < 0)
                last->two = i;
            else
                add_row(l, named || c->headings ? -1 : part, i);
            named = true;
            if (i == v->chosen)
                l->chosen = l->n - 1;
        }
    }
}

const char *learn_mark(const struct exercise *e, bool current, look_t *ret_look)
{
    static const struct {
        const char *sign;
        enum look look;
    } marks[] = {
        [EXERCISE_TODO] = { "\xC2\xB7", LOOK_MUTED },
        [EXERCISE_DONE] = { "\xE2\x9C\x93", LOOK_PASS },
        [EXERCISE_SEEN] = { "*", LOOK_WARN },
        [EXERCISE_SKIPPED] = { "\xE2\x97\x8B", LOOK_MUTED },
    };
    *ret_look = (look_t)(current ? LOOK_TITLE : marks[e->state].look);
    return current ? "\xE2\x96\xB8" : marks[e->state].sign;
}

/* "▸ 2.3 Scores exactly 4"; the chosen one in reverse, with the cursor on it. */
static void draw_exercise(const struct learn_view *v, struct surface *s, int row, int col, int cols,
                          int i)
{
    const struct exercise *e = &v->course->exercises[i];
    look_t look;
    const char *mark = learn_mark(e, i == v->course->current, &look);
    put(s, row, col, look, mark);
    int at = put(s, row, col + 2, LOOK_TEXT, e->id) + 1;
    at = put_fit(s, row, at, col + cols - 1 - at, LOOK_TEXT, e->name);
    if (i == v->chosen && v->part == LEARN_LIST) {
        surface_reverse(s, row, col, at - col);
        surface_cursor(s, row, col, false);
    }
}

static void draw_part(const struct learn_view *v, struct surface *s, int row,
                      const struct columns *c, int part)
{
    const struct course_part *p = &v->course->parts[part];
    char number[24], count[32];
    snprintf(number, sizeof number, c->bar ? "Part %d  " : "Part %d ", part + 1);
    int at = put(s, row, c->name, LOOK_TEXT, number);
    int end = c->bar ? c->bar : c->headings ? s->cols : c->one;
    put_fit(s, row, at, end - 1 - at, LOOK_TEXT, p->name);
    if (!c->bar)
        return;
    int done = 0;
    for (int i = p->first; i < p->first + p->count && i < v->course->exercise_count; i++)
        done += v->course->exercises[i].state == EXERCISE_DONE ||
                v->course->exercises[i].state == EXERCISE_SEEN;
    int len = snprintf(count, sizeof count, "%d/%d", done, p->count);
    int room = BAR_COLS - len, cols = p->count < room ? p->count : room;
    at = chart_track(s, row, c->bar, cols, LOOK_PASS, done, p->count);
    put(s, row, cols < room ? at + 1 : at, LOOK_TEXT, count);
}

int learn_draw_list(const struct learn_view *v, struct surface *s, int row, int rows, bool wide)
{
    struct columns c = columns_for(s->cols, wide);
    struct list_rows l = { 0 };
    make_rows(v, &c, &l);
    int top = 0;
    if (rows < l.n && l.chosen >= rows / 2)
        top = l.chosen - rows / 2 < l.n - rows ? l.chosen - rows / 2 : l.n - rows;
    for (int i = 0; i < rows && top + i < l.n; i++) {
        const struct list_row *r = &l.v[top + i];
        if (r->part >= 0)
            draw_part(v, s, row + i, &c, r->part);
        if (r->one >= 0)
            draw_exercise(v, s, row + i, c.one, c.one_cols, r->one);
        if (r->two >= 0)
            draw_exercise(v, s, row + i, c.two, c.two_cols, r->two);
        else if (c.two && r->one >= 0 && v->course->exercises[r->one].state == EXERCISE_SKIPPED)
            put(s, row + i, c.two, LOOK_MUTED, wide ? "(skipped)" : "skipped");
    }
    return l.n;
}
