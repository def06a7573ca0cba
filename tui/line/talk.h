/* What all of line mode stands on: its state, saying, asking, choosing, waiting. Private to
 * tui/line.
 *
 * Everything a person chooses is a function that asks, does and says, and then returns to its
 * menu. Where the person leaves, `ending` turns true, every question after that answers ASKED_BACK
 * at once, and all of it unwinds. */
#ifndef LINE_TALK_H
#define LINE_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/lab/pipeline.h"
#include "core/lab/trial.h"
#include "core/route/level.h"
#include "core/store/history.h"
#include "tui/verb/session.h"

#define TALK_ERRORS 50 /* failures that are remembered */

struct talk_error {
    int64_t at_wall;
    char text[sizeof((struct error *)0)->text];
};

/* The whole conversation; `l`, for line mode, wherever it is handed on. */
struct talk {
    struct session *session;
    struct lab *lab;
    struct arena words; /* sentences being made; emptied before each choice in the main menu */

    /* Standard input. */
    struct buf in;    /* lines not yet taken */
    struct buf taken; /* the last one taken */
    bool input_ended, input_is_terminal, ascii;
    bool dropping; /* the rest of a line that was too long */
    int breaks;    /* ^C since the last line */
    int depth;     /* of menus */
    bool below;    /* a menu below the present one was entered */

    bool ending; /* quit, end of input, or a signal */
    int code;    /* of the program, where it is not 0 */
    bool failed; /* the loop itself failed: `error` */
    struct error error;
    int64_t said_ns; /* when something was last said */
    bool said_waiting, said_not_recorded;

    struct talk_error errors[TALK_ERRORS]; /* a ring */
    size_t error_count;                    /* of all, also those no longer kept */

    /* What the last choice left for the next one. */
    struct buf query;         /* the last question; empty: none */
    struct buf thinking;      /* of the last answer */
    int64_t thinking_call;    /* that it is of; 0 none */
    int64_t pair_id;          /* the last compare that can be judged; 0 none */
    int64_t compared_id;      /* of the compare that runs: outlives its function */
    struct thresholds moved;  /* in force where the pipeline points here */
    struct lessons *lessons;  /* NULL: not opened yet */
    struct talk_trial *trial; /* the last one of this session, or NULL */

    /* History: where its list goes on, and what is deleted but can be taken back. */
    int64_t page_before;
    struct buf searched;
    struct talk_gone {
        int64_t id;
        struct history_gone *what;
    } * gone;
    size_t gone_count, gone_cap;
};

/* --- saying (say.c) ------------------------------------------------------------------------- */

/* One line on stdout, at once. All of it is made safe; line ends inside become blanks. */
void talk_say(struct talk *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The bell of the terminal; nothing where the output goes elsewhere. */
void talk_ring(void);
/* A longer text, line by line, blank lines left out; `before` stands before the first line. */
void talk_text(struct talk *l, const char *before, const char *text, size_t len);
/* A failure: said, and kept for the list of errors. */
void talk_fail(struct talk *l, const struct error *err);
/* Says once why rows do not reach the disk. */
void talk_check_records(struct talk *l);

/* Words, in l->words. "1.20 seconds", "98 microseconds", "2 minutes 5 seconds", "unknown" */
const char *talk_seconds(struct talk *l, double s);
/* "1 answer", "2 answers" */
const char *talk_count(struct talk *l, int64_t n, const char *one, const char *many);
/* A text on one line, at most so many bytes and "..." */
const char *talk_short(struct talk *l, const char *text, size_t len, size_t most);
/* "plus 2", "minus 1" */
const char *talk_points(struct talk *l, int points);
/* "Score 4, complex." with a first letter large: a sentence as others write it. */
const char *talk_sentence(struct talk *l, const char *text);

/* Text that arrives in pieces, said in whole sentences and lines. Start with { .before = ... }. */
struct speech {
    struct buf open;    /* what has not been said yet */
    size_t looked;      /* of it, for the end of a sentence */
    const char *before; /* stands before the first line; NULL once it was said */
    bool fenced;        /* inside a block of code: only line ends count */
    bool said;
};
void speech_add(struct talk *l, struct speech *s, const char *text, size_t len);
void speech_end(struct talk *l, struct speech *s); /* says the rest, frees */

/* --- asking (input.c, menu.c) ---------------------------------------------------------------- */

enum talk_got {
    GOT_LINE,
    GOT_BREAK, /* ^C */
    GOT_END,
};

/* The next line of input without its end, valid until the next call. `prompt` stands before it. */
enum talk_got talk_read(struct talk *l, const char *prompt, const char **ret, size_t *ret_len);
/* Takes a typed `stop` out of the lines that wait; on a terminal wherever it stands among them. */
bool talk_takes_stop(struct talk *l);
/* One turn of the loop, standard input watched. False where the program must end. */
bool talk_turn(struct talk *l, int64_t max_ms);

enum talk_asked {
    ASKED_TEXT,
    ASKED_NOTHING, /* an empty line */
    ASKED_BACK,    /* back, quit, ^C or the end of input */
};

/* A line of text. `help` is a sentence that says what is wanted. */
enum talk_asked talk_ask(struct talk *l, const char *prompt, const char *help, const char **ret,
                         size_t *ret_len);
/* A whole number from low to high; what is none is said and asked again. ASKED_NOTHING where the
 * line was empty. */
enum talk_asked talk_ask_number(struct talk *l, const char *prompt, const char *help, int64_t low,
                                int64_t high, int64_t *ret);
/* True for yes only. */
bool talk_ask_yes(struct talk *l, const char *question);
/* The question: typed, or for an empty line the last one. It is l->query then. False: back. */
bool talk_ask_query(struct talk *l);

struct talk_choice {
    const char *word, *help; /* "stats"; "how often the cache answered" */
    void (*run)(struct talk *l);
};

/* A menu: its choices are numbered from 1. Runs choices until the person goes back. */
struct talk_menu {
    const char *name;
    const struct talk_choice *choices;
    size_t count;
    const char *leave; /* the word of 0: "back", "quit" */
};
#define TALK_MENU(name, choices)                                                                   \
    ((struct talk_menu){ name, choices, sizeof(choices) / sizeof *(choices), "back" })
void talk_menu(struct talk *l, const struct talk_menu *m);
/* One choice out of such a list (`run` is not looked at): its index, or -1 for back. */
int talk_choose(struct talk *l, const struct talk_menu *m);

/* --- waiting (wait.c) -------------------------------------------------------------------------- */

/* Something that works until *over. */
struct talk_job {
    const bool *over;
    const char *(*doing)(void *self); /* "Thinking"; NULL: "Working" */
    void (*stop)(void *self);         /* asked once by ^C or `stop`; `over` comes soon after */
    void *self;
};
/* Turns the loop until it is over. False: the loop failed, and it is not. */
bool talk_wait(struct talk *l, const struct talk_job *job);

/* --- the menus ---------------------------------------------------------------------------------- */

void talk_setup(struct talk *l);
void talk_classify(struct talk *l);
void talk_cache(struct talk *l);
void talk_asks(struct talk *l);
void talk_test(struct talk *l);
void talk_bench(struct talk *l);
void talk_production(struct talk *l);
void talk_exercises(struct talk *l);
void talk_history(struct talk *l);
void talk_settings(struct talk *l);

/* Says once what another process has set since; it counts here when it is taken over. */
void talk_elsewhere(struct talk *l);
/* Looks for the two models anew (`builtin`: the built-in ones), and says which were found. */
void talk_look_around(struct talk *l, bool builtin);
/* Says the exercise the person is at, where one was ever opened. */
void talk_where(struct talk *l);
/* Whether there are two models to ask; says what to do where not. */
bool talk_has_models(struct talk *l);
/* Which two were found and why, or what to do. */
void talk_say_choice(struct talk *l);
/* "About 12 calls to 'far' (URL). Go on?" for each hosted server among them. */
bool talk_ask_hosted(struct talk *l, size_t calls, struct lab_model *const *models, size_t count);
/* Asks l->query by the route that is forced, streamed, as the choices of the menu ask do. */
void talk_ask_model(struct talk *l, enum route_force force, bool no_cache);
/* Frees what the menus keep. */
void talk_trial_done(struct talk *l);

#endif
