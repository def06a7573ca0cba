/* The screen's whole life, without a terminal: keys go in, a grid comes out.
 *
 * The app owns the panes, the desk they share, and what lies over a pane (help, palette, error
 * box, log, output). It knows no terminal and never waits: the loop (loop.c) feeds it keys, gives it
 * time and shows its grid, and a test can do the same. */
#ifndef TUI_APP_H
#define TUI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/lab/lab.h"
#include "tui/frame.h"
#include "tui/pane/pane.h"
#include "tui/screen/list.h"
#include "tui/screen/page.h"

struct app;

/* What lies over the pane: a table and a file (tui/over/). */
struct over {
    const char *name;
    /* Draws itself over `body`: the pane's surface, all between the rule and the foot. `whole` is
     * the window. */
    void (*draw)(struct app *a, struct surface *whole, struct surface *body);
    /* A key; false: not one of its own (Esc and q have closed it already). */
    bool (*key)(struct app *a, const struct key *k);
    void (*close)(struct app *a);
    const char *keys; /* its key line */
    bool takes_text;  /* letters are text: q and digits do not leave it */
};

/* What the loop is asked to do with the terminal. */
enum app_wants {
    APP_NOTHING,
    APP_QUIT,
    APP_REDRAW, /* clear and draw all again */
    APP_SUSPEND,
    APP_MOUSE,
    APP_THEME,    /* app.theme */
    APP_SETTINGS, /* those of the screen are others now: app.news */
    APP_LINE_MODE,
    APP_COPY,   /* desk.text */
    APP_PAGER,  /* desk.text */
    APP_EDITOR, /* desk.text; give it back with app_edited */
};

struct app_options {
    bool read_only, no_history, over_ssh, motion, mouse, cursor, braille, autofocus;
    const char *program;             /* path of this program, for verbs of the palette */
    const char *const *program_args; /* options it was given, NULL ends: --data-dir DIR ... */
};

#define APP_OVERS 4

struct app {
    struct app_options options;
    struct lab *lab;
    const struct clock *clock;
    struct desk desk;
    struct pane pane[PANES];
    bool entered[PANES];
    int shown;
    const struct over *over[APP_OVERS];
    int overs;
    enum app_wants wants;
    bool dirty;      /* a key or a pane changed what is seen: draw now */
    bool data_dirty; /* news changed it: draw when it is time */
    bool coach_hidden, mouse;
    char theme[32];
    struct {
        bool theme, mouse;
    } news;                 /* with APP_SETTINGS: these two were set elsewhere */
    int64_t looked_ns;      /* for settings that were set elsewhere */
    char reason[200];       /* why the last key did nothing, in the key line until the next key */
    int64_t leave_until_ns; /* ^C again before this leaves */
    char wanted[256];       /* what / looked for last */

    /* Of the overlays. */
    struct field line; /* palette, search, question: one is open at a time */
    struct list rows;
    int scroll;
    struct page *output;
    struct child *child;
    char child_said[80];

    /* What the status bar shows of the cache, read at most once a second. */
    struct frame_sums {
        int64_t read_ns;
        int64_t entries, size;
        double hit_rate, saved_s;
        bool due; /* something changed since: read again when the second is over */
    } sums;
    size_t waiting; /* answers that cannot be written yet, as last told */
    int64_t ticked_ns, minute;
    unsigned models_known; /* desk.models_changed as the panes were told last */
    bool small;            /* the window is too small for anything but its message */
    bool wide;             /* the coach can have a column */
    struct app_welcome {
        int64_t answer_id; /* 0: nothing is offered */
        size_t answer_chars;
        bool more;
        char model[200];
        char *query;
    } welcome;
};

/* Opens the panes; takes milliseconds, asks no server. The lab is borrowed. */
bool app_init(struct app *a, struct lab *lab, const struct app_options *o, struct error *err);
void app_done(struct app *a);

void app_key(struct app *a, const struct key *k);
/* An action as if its key had been pressed; says why where it does nothing. */
void app_act(struct app *a, enum action act);
/* Why an action does nothing now; NULL: it does something. */
const char *app_off(struct app *a, enum action act);

/* Draws everything into the grid (which has the window's size). */
void app_draw(struct app *a, struct grid *g);
/* Time passed: panes move on, messages end. Call after every turn of the loop. */
void app_tick(struct app *a);
/* At the start: offers what was cut off when the program died last. */
void app_welcome(struct app *a);
/* The pair was looked for (lab_choose_start): panes may ask now. err: a model that was named could
 * not be understood. */
void app_chosen(struct app *a, const struct error *err);
/* How long the loop may sleep, ms; -1: until something happens. */
int64_t app_rest_ms(const struct app *a);
/* Whether something runs, and what (for leaving, for the status bar). */
bool app_busy(const struct app *a, char *ret, size_t size);
void app_stop_all(struct app *a);
/* Takes over what other processes set; `what` names that for the case that it fails. */
void app_take_over(struct app *a, const char *what);
/* What came back from the editor; text NULL: nothing did. */
void app_edited(struct app *a, const char *text, size_t len);
/* Draws with a theme by name; "" opens the list of them, which tries each as it is chosen. */
void app_theme(struct app *a, const char *name);
/* The descriptor of a running verb's output, or -1. */
int app_fd(const struct app *a);
void app_fd_ready(struct app *a);

/* --- for overlays ------------------------------------------------------------------------- */

void app_open(struct app *a, const struct over *o);
void app_close(struct app *a); /* the topmost */
struct pane *app_pane(struct app *a);
void app_show(struct app *a, int pane);
/* Runs `rlab WORDS` and shows what it says. */
bool app_run_words(struct app *a, const char *words);
/* The list of themes, the one in force chosen. */
void over_theme_list(struct app *a);
#define OVER_COLS 79 /* of a box of text: lines no longer than that are read easily */
/* "rlab 0.1.0 · 14:02" and the like for boxes. A box in the middle of s with a title; returns the
 * surface inside it. */
struct surface over_box(struct surface *s, int rows, int cols, const char *title,
                        const char *right);

extern const struct over over_help, over_palette, over_search, over_question, over_trouble,
    over_log, over_output, over_theme, over_welcome, over_card;

#endif
