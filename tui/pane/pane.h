/* What a pane is: a table and a file. Only name, tab, title, keymap and draw are required.
 * Nothing here may block, use curses, or use the network: a pane that wants work done asks the lab
 * (ask_start, runner_start, demo_start) or the desk, and returns. News from the lab come to the
 * pane's own handlers, which change its state and call pane_dirty.
 *
 * A pane's figures come from the lab's own functions, the same that feed the verbs; its layout is
 * a function of a view struct in a header of its own (tui/pane/NAME.h), so that a test can draw
 * any state with data of its own. `draw` works at any size down to 1x1 and ends with the cursor
 * on the active row. */
#ifndef PANE_PANE_H
#define PANE_PANE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "tui/pane/action.h"
#include "tui/pane/desk.h"
#include "tui/screen/field.h"
#include "tui/screen/surface.h"

enum pane_said {
    PANE_IGNORED, /* not for me */
    PANE_HANDLED,
    PANE_REDRAW,
};

/* What runs in a pane, for the status bar and for the question before leaving. */
struct busy {
    char what[48];      /* "B 47 s", "test 5/6 0:29" */
    int64_t started_ns; /* monotonic */
};

struct pane;

struct pane_ops {
    const char *name;  /* "classify": in actions, drafts, golden file names */
    const char *tab;   /* "Classify", in the row of tabs */
    const char *title; /* "Classifier", in the title rule */
    enum keymap keymap;
    const char *const *views; /* sub-tabs, NULL ends them; NULL: none */
    size_t state_size;        /* zeroed bytes, owned by the pane */

    bool (*open)(struct pane *p, struct error *err); /* once, at start: takes under 5 ms */
    void (*close)(struct pane *p);                   /* must cope with a half-open pane */
    /* It is shown now, or the models changed while it is: read what it shows. Under 100 ms with a
     * million rows. */
    void (*enter)(struct pane *p);
    void (*leave)(struct pane *p);
    /* The pair, its server or the rules are others now; for every pane, shown or not. */
    void (*models)(struct pane *p);

    /* s is the body: below the title rule, above coach line and footer, without the coach column. */
    void (*draw)(const struct pane *p, struct surface *s);
    /* The right end of the title rule: "live, 0.2 ms". */
    void (*corner)(const struct pane *p, char *ret, size_t size);
    /* Actions of its own keymap and those that are any pane's matter: moving, Enter, search,
     * copying, stopping, again, undo, zoom, thinking, sub-tabs (already done: p->view changed). */
    enum pane_said (*act)(struct pane *p, enum action a);
    /* Why an action does nothing now, as words after its key: "column B is still answering". NULL:
     * it works, or is not this pane's. Asked before every act, by the key line and by help. */
    const char *(*off)(const struct pane *p, enum action a);

    /* The field that i and Enter give the keyboard to; NULL: none now. */
    struct field *(*field)(const struct pane *p);
    /* The text of the field changed, or (sent) Enter was pressed in it. */
    enum pane_said (*typed)(struct pane *p, bool sent);
    /* Every key of a field that it does not know itself is tried as an action of MAP_INPUT. */

    /* A key before anything else, where the pane waits for one (label: s, m or c). True: taken. */
    bool (*key)(struct pane *p, const struct key *k);
    /* Words in the key line while it waits so; NULL: the ordinary line. */
    const char *(*asks)(const struct pane *p);

    bool (*busy)(const struct pane *p, struct busy *ret); /* false: nothing runs */
    void (*stop)(struct pane *p);                         /* ^C: stops all that runs in it */
    /* At most ten times a second (five over SSH) while it is busy, once a second while it is
     * shown; returns whether anything visible changed. */
    bool (*tick)(struct pane *p);

    /* What y copies (Y: as JSON), w writes, P shows: logical lines, no wrap, no padding. False:
     * nothing there. */
    bool (*copy)(const struct pane *p, bool json, struct buf *to);
    /* After $EDITOR: the text as it is now. */
    void (*edited)(struct pane *p, const char *text, size_t len);
    /* /words: find the next place (dir 1 or -1). NULL or false: "not found". */
    bool (*search)(struct pane *p, const char *words, int dir);
};

struct pane {
    const struct pane_ops *ops;
    struct desk *desk;
    void *state;
    int view;      /* sub-tab */
    int body_rows; /* of the surface it was last drawn on; 0 before */
    int body_cols;
    bool dirty, focused; /* focused: its field has the keyboard */
};

/* The nine, in the order of their keys. */
extern const struct pane_ops *const panes[];
#define PANES 9

static inline void pane_dirty(struct pane *p)
{
    p->dirty = true;
}

#endif
