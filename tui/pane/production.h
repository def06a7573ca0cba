/* The Production pane's view: all that its frame shows, as plain data. */
#ifndef PANE_PRODUCTION_H
#define PANE_PRODUCTION_H

#include "core/base/mem.h"
#include "core/lab/demo.h"
#include "tui/screen/surface.h"

/* One line of what a demonstration told: a sentence, the head of a table, or a row of it. Numbers
 * keep their unit and kind in the table's columns. */
struct told {
    enum demo_news_type type;
    const char *text;               /* of sentences */
    const struct demo_table *table; /* of heads and rows */
    struct demo_cell *cells;        /* of rows */
};

/* What is said of a topic beyond its demonstration. */
struct topic {
    const char *tab;      /* in the list: "Fallbacks" */
    const char *code;     /* two lines at most */
    const char *watch;    /* what to look at in one's own service */
    const char *check[4]; /* for one's own service; NULL: fewer */
};
extern const struct topic topics[DEMOS];

/* The breaker of the reasoning model while a demonstration moves it. */
enum production_breaker { NO_BREAKER, SHOWN_CLOSED, SHOWN_OPEN, SHOWN_HALF_OPEN };

struct production_view {
    int chosen; /* topic, from 0 */
    bool ran[DEMOS];
    bool running; /* the demonstration of the chosen topic */
    double so_far_s;
    const struct told *told;
    size_t count;
    int top;           /* first line shown of what was told, when it is scrolled; -1: the end */
    bool at_text;      /* the keyboard moves the text, not the topics */
    double deadline_s; /* NAN: it takes none */
    bool calm;
    enum production_breaker breaker;
    double pause_s; /* until the trial call */
};

void production_draw(const struct production_view *v, struct surface *s);
/* Rows that the told lines take in a column so wide. */
int production_told_rows(const struct production_view *v, struct surface *s);

#endif
