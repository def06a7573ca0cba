/* The pane of exercises and progress: what a frame of it shows, and how it is drawn. */
#ifndef PANE_LEARN_H
#define PANE_LEARN_H

#include <stdbool.h>

#include "core/lab/lessons.h"
#include "tui/pane/pane.h"
#include "tui/screen/surface.h"

/* Which exercises are listed. */
enum learn_filter { LEARN_ALL, LEARN_TODO, LEARN_DONE, LEARN_SKIPPED, LEARN_FILTERS };

/* What the keys move in, and what is shown where there is no room for both. */
enum learn_part { LEARN_LIST, LEARN_GOALS };

#define LEARN_EVENTS 4 /* recent checks that are shown */
#define LEARN_STAMP  24

struct learn_view {
    const struct course *course; /* without exercises: goals and `missing` are shown */
    enum learn_filter filter;
    enum learn_part part;
    int chosen; /* index of an exercise, -1: none passes the filter */
    int goal;   /* index of the chosen goal */
    /* Times as a person reads them, "" where unknown. */
    char left[LEARN_STAMP];             /* "about 55 min left" */
    char started[LEARN_STAMP];          /* "Mon 09:10" */
    char spent[LEARN_STAMP];            /* "1 h 12 min" */
    char checked[LEARN_STAMP];          /* of the chosen exercise: "14:01" */
    char at[LEARN_EVENTS][LEARN_STAMP]; /* of the first events */
};

bool learn_shows(enum learn_filter filter, const struct exercise *e);
const char *learn_filter_name(enum learn_filter filter); /* "all", "to do", "done", "skipped" */
/* "✓", "·", "○" or "*", and its look; "▸" for the current exercise. */
const char *learn_mark(const struct exercise *e, bool current, look_t *ret_look);

/* From 86 columns and 26 rows on everything is on one page; below, either the list with the chosen
 * exercise or the goals. */
bool learn_is_wide(int rows, int cols);
void learn_draw(const struct learn_view *v, struct surface *s);
/* The list of exercises in `rows` rows, scrolled so that the chosen one is seen; the cursor is set
 * to it. Returns how many rows it takes as a whole; draws nothing where rows is 0. */
int learn_draw_list(const struct learn_view *v, struct surface *s, int row, int rows, bool wide);

extern const struct pane_ops learn_pane;
/* For tests: lessons of their own. The pane takes them. */
void learn_use(struct pane *p, struct lessons *lessons);

#endif
