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

#define LINE_ERRORS 50 /* failures that are remembered */

struct line_error {
    int64_t at_wall;
    char text[sizeof((struct error *)0)->text];
};

struct line {
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
    bool said_not_recorded;

    struct line_error errors[LINE_ERRORS]; /* a ring */
    size_t error_count;                    /* of all, also those no longer kept */

    /* What the last choice left for the next one. */
    struct buf query;         /* the last question; empty: none */
    struct buf thinking;      /* of the last answer */
    int64_t pair_id;          /* the last compare that can be judged; 0 none */
    int64_t compared_id;      /* of the compare that runs: outlives its function */
    struct thresholds moved;  /* in force where the pipeline points here */
    struct line_trial *trial; /* the last one of this session, or NULL */

    /* History: where its list goes on, and what is deleted but can be taken back. */
    int64_t page_before;
    struct buf searched;
    struct line_gone {
        int64_t id;
        struct history_gone *what;
    } * gone;
    size_t gone_count, gone_cap;
};

/* --- saying (say.c) ------------------------------------------------------------------------- */

/* One line on stdout, at once. All of it is made safe; line ends inside become blanks. */
void line_say(struct line *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A longer text, line by line, blank lines left out; `before` stands before the first line. */
void line_text(struct line *l, const char *before, const char *text, size_t len);
/* A failure: said, and kept for the list of errors. */
void line_fail(struct line *l, const struct error *err);
/* Says once why rows do not reach the disk. */
void line_check_records(struct line *l);

/* Words, in l->words. "1.20 seconds", "98 microseconds", "2 minutes 5 seconds", "unknown" */
const char *line_seconds(struct line *l, double s);
/* "1 answer", "2 answers" */
const char *line_count(struct line *l, int64_t n, const char *one, const char *many);
/* A text on one line, at most so many bytes and "..." */
const char *line_short(struct line *l, const char *text, size_t len, size_t most);
/* "plus 2", "minus 1" */
const char *line_points(struct line *l, int points);
/* "Score 4, complex." with a first letter large: a sentence as others write it. */
const char *line_sentence(struct line *l, const char *text);

/* Text that arrives in pieces, said in whole sentences and lines. Start with { .before = ... }. */
struct stream {
    struct buf open;    /* what has not been said yet */
    size_t looked;      /* of it, for the end of a sentence */
    const char *before; /* stands before the first line; NULL once it was said */
    bool fenced;        /* inside a block of code: only line ends count */
    bool said;
};
void stream_add(struct line *l, struct stream *s, const char *text, size_t len);
void stream_end(struct line *l, struct stream *s); /* says the rest, frees */

/* --- asking (input.c, menu.c) ---------------------------------------------------------------- */

enum line_got {
    GOT_LINE,
    GOT_BREAK, /* ^C */
    GOT_END,
};

/* The next line of input without its end, valid until the next call. `prompt` stands before it. */
enum line_got line_read(struct line *l, const char *prompt, const char **ret, size_t *ret_len);
/* Takes a typed `stop` out of the lines that wait; on a terminal wherever it stands among them. */
bool line_takes_stop(struct line *l);
/* One turn of the loop, standard input watched. False where the program must end. */
bool line_turn(struct line *l, int64_t max_ms);

enum line_asked {
    ASKED_TEXT,
    ASKED_NOTHING, /* an empty line */
    ASKED_BACK,    /* back, quit, ^C or the end of input */
};

/* A line of text. `help` is a sentence that says what is wanted. */
enum line_asked line_ask(struct line *l, const char *prompt, const char *help, const char **ret,
                         size_t *ret_len);
/* A whole number from low to high; what is none is said and asked again. ASKED_NOTHING where the
 * line was empty. */
enum line_asked line_ask_number(struct line *l, const char *prompt, const char *help, int64_t low,
                                int64_t high, int64_t *ret);
/* True for yes only. */
bool line_ask_yes(struct line *l, const char *question);
/* The question: typed, or for an empty line the last one. It is l->query then. False: back. */
bool line_ask_query(struct line *l);

struct line_choice {
    const char *word, *help; /* "stats"; "how often the cache answered" */
    void (*run)(struct line *l);
};

/* A menu: its choices are numbered from 1. Runs choices until the person goes back. */
struct line_menu {
    const char *name;
    const struct line_choice *choices;
    size_t count;
    const char *leave; /* the word of 0: "back", "quit" */
};
#define LINE_MENU(name, choices)                                                                   \
    ((struct line_menu){ name, choices, sizeof(choices) / sizeof *(choices), "back" })
void line_menu(struct line *l, const struct line_menu *m);
/* One choice out of such a list (`run` is not looked at): its index, or -1 for back. */
int line_choose(struct line *l, const struct line_menu *m);

/* --- waiting (wait.c) -------------------------------------------------------------------------- */

/* Something that works until *over. */
struct line_job {
    const bool *over;
    const char *(*doing)(void *self); /* "Thinking"; NULL: "Working" */
    void (*stop)(void *self);         /* asked once by ^C or `stop`; `over` comes soon after */
    void *self;
};
/* Turns the loop until it is over. False: the loop failed, and it is not. */
bool line_wait(struct line *l, const struct line_job *job);

/* --- the menus ---------------------------------------------------------------------------------- */

void line_setup(struct line *l);
void line_classify(struct line *l);
void line_cache(struct line *l);
void line_asks(struct line *l);
void line_test(struct line *l);
void line_bench(struct line *l);
void line_production(struct line *l);
void line_exercises(struct line *l);
void line_history(struct line *l);
void line_settings(struct line *l);

/* Whether there are two models to ask; says what to do where not. */
bool line_has_models(struct line *l);
/* Which two were found and why, or what to do. */
void line_say_choice(struct line *l);
/* "About 12 calls to 'far' (URL). Go on?" for each hosted server among them. */
bool line_ask_hosted(struct line *l, size_t calls, struct lab_model *const *models, size_t count);
/* Asks l->query by the route that is forced, streamed, as the choices of the menu ask do. */
void line_ask_model(struct line *l, enum route_force force, bool no_cache);
/* Frees what the menus keep. */
void line_trial_done(struct line *l);

#endif
