/* The desk: what the panes share, and the letterbox through which they ask for things that are
 * not theirs: a message, an error box, a question, another pane. A pane leaves a note here and
 * returns; the app (tui/app.c) takes the notes after every key and every event. No pane knows the
 * app, the terminal or another pane. */
#ifndef PANE_DESK_H
#define PANE_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/lab/lab.h"
#include "tui/pane/coach.h"
#include "tui/pane/deed.h"

/* A failure as a person meets it: a box that stays until it is dismissed, and a line in the list
 * of errors. Texts are copied; NULL leaves a row out. */
struct trouble {
    const char *title;  /* "Reasoning model did not answer" */
    const char *what;   /* what failed, on what, after how long */
    const char *reply;  /* what the server said */
    const char *advice; /* what to do */
    const char *kept;   /* what was not lost */
    bool retry;         /* R asks the pane for ACT_AGAIN */
    bool fast;          /* f asks the fast model instead: the pane gets ACT_USE_FAST */
    bool setup;         /* s opens Setup */
};

#define DESK_DRAFTS   32
#define DESK_DRAFT_NS (NS_PER_S / 2)

#define DESK_LOG 200 /* messages and errors kept for `: log` */

struct desk_line {
    int64_t at_wall;
    bool error;
    char *text; /* all of it, several lines for an error */
};

/* One question with the harmless answer as the default: y or n, or a short text. */
struct desk_question {
    char *text;      /* NULL: none is asked. "Clear all 7 entries?" */
    bool wants_text; /* else y or n */
    char value[256]; /* of a text: what it starts with, and what was typed */
    /* Called once; text NULL: no, or given up. */
    void (*answered)(void *self, const char *text);
    void *self;
};

enum desk_wants { /* what the app is asked for, apart from the above */
                  DESK_NOTHING,
                  DESK_PANE,  /* `pane`: show it */
                  DESK_FIELD, /* the keyboard to the field of the shown pane */
                  DESK_COPY,  /* `text` to the clipboard */
                  DESK_FILE,  /* `text` into a file whose name is asked for; `name` is offered */
                  DESK_PAGER, /* `text` in $PAGER */
                  DESK_EDITOR /* `text` in $EDITOR; the changed text comes to the pane's edited() */
};

struct desk {
    struct lab *lab; /* NULL in tests of single panes */
    const struct clock *clock;
    bool choosing; /* the pair is being looked for: no question can be asked yet */
    bool over_ssh, read_only, motion;
    bool braille;          /* charts may be of dots */
    struct desk_terminal { /* as the app found it; rows 0: not known */
        bool utf8;
        int colors; /* 0, 8, 256 */
        int rows, cols;
    } terminal;
    unsigned models_changed; /* counts up when the pair, its server or a load state is another */

    /* What the status bar and the coach show. */
    struct coach coach;

    /* Notes. */
    char message[400]; /* "" none */
    int64_t message_until_ns;
    struct trouble_copy {
        struct trouble t; /* texts in `arena`; title NULL: no box is open */
        struct arena arena;
    } trouble;
    /* A text that stays until it is put away. Texts are the desk's; title NULL: none. What stands
     * behind a tab in a line goes to its right end, where there is room. */
    struct desk_card {
        char *title, *text;
        struct desk_bar { /* below the text, side by side; label "": none */
            char label[16];
            int done, total;
        } bars[2];
        char enter[40]; /* what Enter does, in words; "": nothing */
        char more[40];  /* what `key` does; "": no such key */
        char key;
        const char *close; /* what Esc does; NULL: "close" */
        bool stays;        /* also while Enter is acted upon */
        void (*act)(void *self);
        void (*act_more)(void *self);
        void *self;
    } card;
    bool coach_column; /* the coach has a column now: goal, hints and solution stand there */
    int errors_unread;
    struct desk_line log[DESK_LOG];
    size_t log_count, log_next;
    struct desk_question question;
    enum desk_wants wants;
    const char *pane; /* name of the pane wanted */
    struct buf text;
    char name[128];
    bool has_text; /* with DESK_PANE: put `text` into that pane's field */
    bool dirty;    /* something visible changed */
    bool rings;    /* the bell, once */
    struct desk_draft {
        char key[40];
        char *text; /* NULL: free */
    } drafts[DESK_DRAFTS];
    int64_t draft_due_ns; /* 0: nothing waits */
    struct deeds deeds;   /* what a person did and waits to be written */
};

void desk_init(struct desk *d, struct lab *lab, const struct clock *clock);
void desk_done(struct desk *d);

/* Says something for 4 s in the key line, and keeps it in the log. */
void desk_say(struct desk *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same until a key is pressed: what a person who looks away should find. */
void desk_tell(struct desk *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Opens the box. Once, at the top: never both a box and a message. */
void desk_trouble(struct desk *d, const struct trouble *t);
/* The same from an error that came back from below: title is what was wanted. */
void desk_fail(struct desk *d, const char *title, const struct error *err);
/* Shows a card, or changes the one that is shown; texts are copied. NULL: none any more. */
#define CARD_LINE 600 /* bytes of one line of its text */
void desk_card(struct desk *d, const struct desk_card *card);
/* Asks; one question at a time, a second one is not asked. Texts are copied; what is
 * answered is the callee's for the call. */
void desk_ask(struct desk *d, const char *text, void (*answered)(void *self, const char *text),
              void *self);
void desk_ask_text(struct desk *d, const char *text, const char *value,
                   void (*answered)(void *self, const char *text), void *self);
/* The app: gives the answer, text NULL for no. */
void desk_answer(struct desk *d, const char *text);
/* Shows another pane; `text` (or NULL) goes into its field, which has the keyboard where the field
 * of the pane before it had it. */
void desk_go(struct desk *d, const char *pane, const char *text);
void desk_copy(struct desk *d, const char *text, size_t len);
void desk_file(struct desk *d, const char *name, const char *text, size_t len);
void desk_pager(struct desk *d, const char *text, size_t len);
void desk_editor(struct desk *d, const char *text, size_t len);

/* The records, newest first; NULL past the last. */
const struct desk_line *desk_log(const struct desk *d, size_t i);

/* A value that outlives the program (core/store/drafts.h): "ask.prompt", "screen.pane". Written
 * half a second later, all together, so that typing never waits for the disk. */
const char *desk_kept(struct desk *d, const char *key); /* NULL: none; until the next call */
void desk_keep(struct desk *d, const char *key, const char *value);
/* The app: writes what is due, or (now) all that waits. */
void desk_flush(struct desk *d, bool now);

#endif
