/* Drawing the pane of exercises (learn.h). What matters first: how far one is, the list, the
 * chosen exercise; what does not fit goes from the bottom. */
#include "tui/pane/learn_inside.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/screen/chart.h"

#define DETAIL_ROWS 5 /* that the list leaves to the chosen exercise, where there is little room */
#define TEXT_BYTES  160

bool learn_shows(enum learn_filter filter, const struct exercise *e)
{
    switch (filter) {
    case LEARN_TODO:
        return e->state == EXERCISE_TODO;
    case LEARN_DONE:
        return e->state == EXERCISE_DONE || e->state == EXERCISE_SEEN;
    case LEARN_SKIPPED:
        return e->state == EXERCISE_SKIPPED;
    default:
        return true;
    }
}

const char *learn_filter_name(enum learn_filter filter)
{
    static const char *const names[LEARN_FILTERS] = { "all", "to do", "done", "skipped" };
    return names[filter];
}

bool learn_is_wide(int rows, int cols)
{
    return rows >= 26 && cols >= 86;
}

static const struct exercise *chosen(const struct learn_view *v)
{
    return v->chosen >= 0 && v->chosen < v->course->exercise_count
               ? &v->course->exercises[v->chosen]
               : NULL;
}

/* --- how far one is ---------------------------------------------------------------------- */

/* Of the course the current exercise is in; of all where that is not said. */
static int total_of(const struct course *c)
{
    return c->total ? c->total : c->exercise_count;
}

/* " ████▌░░░   9 of 18 done   about 55 min left". */
static void draw_sum(const struct learn_view *v, struct surface *s, int row, bool wide)
{
    char text[TEXT_BYTES];
    const struct course *c = v->course;
    int n = snprintf(text, sizeof text, "%d of %d done", c->done, total_of(c));
    if (v->filter != LEARN_ALL)
        n +=
            snprintf(text + n, sizeof text - (size_t)n, ", %s shown", learn_filter_name(v->filter));
    if (!wide && *v->left && s->cols >= n + 40)
        n += snprintf(text + n, sizeof text - (size_t)n, "   %s", v->left);
    int bar = s->cols - 4 - n - (wide ? 1 : 0);
    int at = 1;
    if (bar >= 6)
        at = chart_track(s, row, 1, bar, LOOK_PASS, c->done, total_of(c)) + 3;
    put_fit(s, row, at, s->cols - at, LOOK_TEXT, text);
}

static void add(char to[TEXT_BYTES], const char *before, const char *text, const char *after)
{
    size_t n = strlen(to);
    if (*text)
        snprintf(to + n, TEXT_BYTES - n, "%s%s%s%s", n ? "   " : "", before, text, after);
}

static void draw_times(const struct learn_view *v, struct surface *s, int row)
{
    char text[TEXT_BYTES] = "", sittings[24] = "";
    int n = v->course->sittings;
    if (n > 0)
        snprintf(sittings, sizeof sittings, "%d sitting%s", n, n == 1 ? "" : "s");
    add(text, "", v->left, "");
    add(text, "started ", v->started, "");
    add(text, "", sittings, "");
    add(text, "", v->spent, " so far");
    put_fit(s, row, 1, s->cols - 1, LOOK_TEXT, text);
}

static void draw_legend(struct surface *s, int row)
{
    static const struct {
        const char *sign, *words;
        enum look look;
    } marks[] = {
        { "\xE2\x9C\x93", "done", LOOK_PASS },
        { "\xE2\x96\xB8", "current", LOOK_TITLE },
        { "\xC2\xB7", "to do", LOOK_MUTED },
        { "\xE2\x97\x8B", "skipped", LOOK_MUTED },
        { "*", "done after seeing the solution", LOOK_WARN },
    };
    int at = 3;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (at + 2 + (int)strlen(marks[i].words) > s->cols)
            return;
        put(s, row, at, (look_t)marks[i].look, marks[i].sign);
        at = put(s, row, at + 2, LOOK_TEXT, marks[i].words) + 3;
    }
}

/* --- the chosen exercise ----------------------------------------------------------------- */

/* A surface with no rows: the same code that draws also counts. */
static struct surface nowhere(const struct surface *s)
{
    return surface_part(s, 0, 0, 0, s->cols);
}

/* Text on the left, and at the right end where both fit. */
static int draw_ends(struct surface *s, int row, int col, look_t look, const char *left,
                     const char *right)
{
    int cols = surface_width(s, right);
    bool both = *right && col + surface_width(s, left) + 2 + cols <= s->cols - 1;
    put_fit(s, row, col, s->cols - 1 - col, look, left);
    if (both)
        put_right(s, row, s->cols - 1, LOOK_MUTED, right);
    return row + 1;
}

static int draw_title(const struct exercise *e, struct surface *s, int row)
{
    char right[TEXT_BYTES];
    int n = snprintf(right, sizeof right, "about %d min", e->minutes);
    if (e->minutes <= 0)
        n = 0;
    if (e->tries)
        n += snprintf(right + n, sizeof right - (size_t)n, "%s%d tr%s", n ? ", " : "", e->tries,
                      e->tries == 1 ? "y" : "ies");
    right[n] = '\0';
    put(s, row, 1, LOOK_TITLE, e->id);
    return draw_ends(s, row, 6, LOOK_TITLE, e->title, right);
}

static int criterion_cols(const struct surface *s, const struct exercise *e, int i)
{
    return (surface_ascii(s) ? 4 : 2) + surface_width(s, e->criteria[i].text);
}

/* Side by side where they fit, else one below another. */
static int draw_criteria(const struct exercise *e, struct surface *s, int row)
{
    int all = 3, at = 3;
    for (int i = 0; i < e->criterion_count; i++)
        all += criterion_cols(s, e, i) + (i ? 4 : 0);
    bool beside = all <= s->cols;
    for (int i = 0; i < e->criterion_count; i++) {
        look_t look;
        const char *mark =
            criterion_mark(surface_ascii(s), learn_criterion(e->criteria[i].met), &look);
        int col = put(s, row, at, look, mark) + 1;
        if (beside) {
            put(s, row, col, LOOK_TEXT, e->criteria[i].text);
            at += criterion_cols(s, e, i) + 4;
        } else {
            row += learn_wrapped(s, row, col, s->cols - col, LOOK_TEXT, e->criteria[i].text);
        }
    }
    return beside && e->criterion_count ? row + 1 : row;
}

static int draw_last_check(const struct learn_view *v, const struct exercise *e, struct surface *s,
                           int row)
{
    char text[64];
    if (!e->found) {
        put_fit(s, row, 3, s->cols - 3, LOOK_MUTED, "not checked yet");
        return row + 1;
    }
    snprintf(text, sizeof text, "Last check%s%s: ", *v->checked ? " " : "", v->checked);
    int at = put(s, row, 3, LOOK_TEXT, text);
    return row + learn_wrapped(s, row, at, s->cols - at, LOOK_TEXT, e->found);
}

static int draw_hint(const struct exercise *e, struct surface *s, int row)
{
    char left[TEXT_BYTES * 2], right[TEXT_BYTES];
    int rest = e->hint_count - e->hints_used;
    if (e->hint_count <= 0)
        return row;
    int last = e->hints_used <= LESSON_HINTS ? e->hints_used : LESSON_HINTS;
    const char *hint = last > 0 ? e->hints[last - 1] : NULL;
    if (hint)
        snprintf(left, sizeof left, "Hint %d  %s", last, hint);
    else
        snprintf(left, sizeof left, "No hint used");
    if (rest > 0)
        snprintf(right, sizeof right, "h %s hint, %d left", e->hints_used ? "next" : "first", rest);
    else
        snprintf(right, sizeof right, "no hint left");
    if (!hint || 3 + surface_width(s, left) + 2 + surface_width(s, right) < s->cols)
        return draw_ends(s, row, 3, LOOK_TEXT, left, right);
    row += learn_wrapped(s, row, 3, s->cols - 4, LOOK_TEXT, left);
    return draw_ends(s, row, 3, LOOK_TEXT, "", right);
}

/* Draws from `row` on; returns the row after it. */
static int draw_detail(const struct learn_view *v, struct surface *s, int row)
{
    const struct exercise *e = chosen(v);
    if (!e) {
        put_fit(s, row, 1, s->cols - 1, LOOK_MUTED, "No exercise is of that kind; f shows others.");
        return row + 1;
    }
    row = draw_title(e, s, row);
    row = draw_criteria(e, s, row);
    row = draw_last_check(v, e, s, row);
    row = draw_hint(e, s, row);
    if (e->solution) {
        int at = put(s, row, 3, LOOK_WARN, "Solution  ");
        row += learn_wrapped(s, row, at, s->cols - at, LOOK_TEXT, e->solution);
    }
    return row;
}

static int detail_rows(const struct learn_view *v, const struct surface *s)
{
    struct surface none = nowhere(s);
    return draw_detail(v, &none, 0);
}

/* --- the whole --------------------------------------------------------------------------- */

static int count_rows(const struct learn_view *v, const struct surface *s,
                      int (*draw)(const struct learn_view *, struct surface *, int))
{
    struct surface none = nowhere(s);
    return draw(v, &none, 0);
}

/* All on one page. The list is never left out; of the rest the last goes first. */
static void draw_wide(const struct learn_view *v, struct surface *s)
{
    static const struct {
        int (*draw)(const struct learn_view *, struct surface *, int);
        bool ruled; /* begins with a rule of its own */
    } blocks[] = { { learn_draw_goals, true },
                   { draw_detail, false },
                   { learn_draw_events, true } };
    static const int order[] = { 0, 2, 1 }; /* on the page; the events are the first to go */
    bool shown[3] = { false };
    struct surface none = nowhere(s);
    int list = learn_draw_list(v, &none, 0, 0, true), left = s->rows - 4;
    int list_rows = list < left ? list : left;
    left -= list_rows;
    for (int i = 0; i < 3; i++) {
        int rows = 1 + (blocks[i].ruled ? 0 : 1) + count_rows(v, s, blocks[i].draw);
        shown[i] = rows <= left;
        left -= shown[i] ? rows : 0;
    }
    draw_sum(v, s, 0, true);
    draw_times(v, s, 1);
    learn_draw_list(v, s, 3, list_rows, true);
    draw_legend(s, 3 + list_rows);
    int row = 3 + list_rows + 1;
    for (int i = 0; i < 3; i++) {
        int b = order[i];
        if (!shown[b])
            continue;
        row++;
        if (!blocks[b].ruled)
            put_rule(s, row++, 0, s->cols, "The chosen exercise", NULL);
        row = blocks[b].draw(v, s, row);
    }
}

static void draw_narrow(const struct learn_view *v, struct surface *s)
{
    struct surface none = nowhere(s);
    int rows = s->rows, list = learn_draw_list(v, &none, 0, 0, false);
    int head = rows >= 8 ? 2 : rows >= 3 ? 1 : 0, gap = rows >= 10 ? 1 : 0;
    int detail = detail_rows(v, s);
    bool legend = head + list + gap + detail + 2 <= rows;
    int left = rows - head - (legend ? 2 : 0);
    if (list + gap + detail > left) { /* the list scrolls; the detail loses its end */
        int least = rows / 3 > 1 ? rows / 3 : 1;
        int keep = detail < DETAIL_ROWS ? detail : DETAIL_ROWS;
        int room = left - gap - (left > 3 ? keep : 0);
        list = list < room ? list : room > least ? room : least;
    }
    if (head)
        draw_sum(v, s, 0, false);
    learn_draw_list(v, s, head, list, false);
    struct surface below = surface_part(s, head + list + gap, 0, left - list - gap, s->cols);
    draw_detail(v, &below, 0);
    if (legend)
        draw_legend(s, head + list + gap + detail + 1);
}

static void draw_progress_alone(const struct learn_view *v, struct surface *s)
{
    int row = 0;
    if (v->course->missing && s->rows >= 8)
        row = put_wrapped(s, 0, 1, s->cols - 2, s->rows / 3, LOOK_TEXT, v->course->missing) + 1;
    else if (v->course->missing && s->rows >= 2)
        row = put_wrapped(s, 0, 1, s->cols - 2, 1, LOOK_TEXT, v->course->missing);
    struct surface below = surface_part(s, row, 0, s->rows - row, s->cols);
    if (v->course->goal_count && isnan(v->course->goals[0].share) &&
        count_rows(v, s, learn_draw_goals) > below.rows) {
        learn_draw_goals_tight(v, &below);
        return;
    }
    row = learn_draw_goals(v, &below, 0) + 1;
    if (v->course->exercise_count && row + 1 < below.rows)
        learn_draw_events(v, &below, row);
}

void learn_draw(const struct learn_view *v, struct surface *s)
{
    surface_cursor(s, 0, 0, false);
    if (!v->course->exercise_count)
        draw_progress_alone(v, s);
    else if (learn_is_wide(s->rows, s->cols))
        draw_wide(v, s);
    else if (v->part == LEARN_GOALS)
        draw_progress_alone(v, s);
    else
        draw_narrow(v, s);
}
