/* The frame around a pane: the row of tabs, the title rule, coach, status bar and key line.
 * A function of its view and the size; where things stand is decided here and nowhere else. */
#ifndef TUI_FRAME_H
#define TUI_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/pane/coach.h"
#include "tui/pane/pane.h"

/* Smaller windows show one message and draw nothing else. */
#define FRAME_MIN_ROWS 16
#define FRAME_MIN_COLS 60
/* From here on the coach has a column of its own. */
#define FRAME_WIDE_ROWS 30
#define FRAME_WIDE_COLS 110

/* One model of the pair in the status bar. */
struct frame_model {
    const char *name; /* NULL: none */
    char state;       /* 'l' loaded, 'o' not, 'b' loading, ' ' unknown */
};

struct frame_view {
    int shown; /* index of the pane */
    const char *title, *corner;
    bool input;              /* a field has the keyboard */
    bool one_line, has_past; /* it has one line; it knows earlier texts */
    const char *server;      /* NULL: none */
    bool server_up, choosing;
    const char *running; /* what runs and for how long: "B 47 s"; NULL: nothing */
    bool recording_off, built_in, read_only, slowed;
    int errors;     /* unread */
    size_t waiting; /* answers kept in memory until they can be written */
    struct frame_model fast, reasoning;
    int64_t entries, size; /* of the cache; size 0: unknown */
    double hit_rate;       /* NAN: no lookup yet */
    double saved_s;        /* NAN unknown */
    const char *clock;     /* "14:02"; NULL: not shown */
    const struct coach *coach;
    bool coach_hidden; /* the person closed the column */
    enum keymap keymap;
    const char *message;   /* in place of the key line; NULL: the keys */
    const char *all_of_it; /* the key that shows a message whole which the line cuts; NULL: none */
    /* Actions that do nothing now are left out of the key line. */
    bool (*is_off)(void *self, enum action a);
    void *self;
};

/* What is left for the pane. */
struct frame_body {
    struct surface body, coach_column;  /* the column has 0 columns where there is none */
    int coach_row, status_row, key_row; /* -1: not shown */
    bool wide;
};

/* Where things stand in this window. */
struct frame_body frame_layout(struct surface *s, const struct frame_view *v);
/* The pane whose tab stands at a column of the first row; -1: none. Windows below 80 columns have
 * no tabs. */
int frame_tab_at(bool wide, int col);
/* Draws all but the body. */
void frame_draw(struct surface *s, const struct frame_view *v, const struct frame_body *b);
/* The window is too small: says how small, what goes on, and the ways out. */
void frame_too_small(struct surface *s, const char *running);

#endif
