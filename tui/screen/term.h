/* The terminal: the one this program runs in, opened once. Home of curses.
 *
 * The loop draws a grid and shows it; only what differs from the last one is sent, in one go. Keys
 * come from bytes (key.h), signals as notes from a pipe, so the loop waits for both and for the
 * network in one place:
 *
 *     while (!quit) {
 *         draw(&grid); term_show(&grid);
 *         wait for term_key_fd(), term_signal_fd(), the network; at most term_key_wait_ms()
 *         while ((sig = term_next_signal())) ...
 *         while (term_next_key(&key)) ...
 *         if (term_gone()) end as after SIGHUP
 *     }
 *
 * However the program ends (term_close, exit, out of memory, a crash) the terminal is put back
 * first: its modes, its own screen, the cursor, no mouse, no bracketed paste. Only SIGKILL cannot
 * be helped. */
#ifndef SCREEN_TERM_H
#define SCREEN_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "tui/screen/key.h"
#include "tui/screen/surface.h"
#include "tui/screen/theme.h"

/* Larger windows are drawn as if they were this large: no font gets there. */
#define TERM_MAX_ROWS 500
#define TERM_MAX_COLS 1000

struct term_options {
    enum color_flag color;  /* --color */
    const char *theme;      /* the person's own choice, NULL where they made none */
    bool cursor;            /* the cursor is seen outside fields too */
    bool mouse;             /* the mouse is on from the start */
    const char *crash_note; /* printed after a crash, one line: version, where the log is. Copied */
};

/* Opens it: keys come one by one, ^C ^Z ^S ^Q ^\ are keys like others, the screen is the
 * alternate one. The locale must be set (LC_CTYPE). Fails, with the terminal as it was, where
 * TERM is missing, unknown or dumb or standard input or output is no terminal: the sentence says
 * that line mode can be used. */
bool term_open(const struct term_options *o, struct error *err);
void term_close(void); /* also when it is not open */
/* Whether TERM names a terminal that can carry a screen; looked up, nothing is sent. The error
 * says why not, as words after "because" or "TERM:". Not to be called while it is open. */
bool term_usable(struct error *err);

/* What TERM names, looked up; nothing is sent. Not to be called while it is open. */
struct term_facts {
    bool known;    /* it can carry a screen */
    char why[200]; /* why not */
    int colors;    /* 0: none */
};
void term_look(struct term_facts *ret);

/* --- showing ---------------------------------------------------------------------------- */

/* Its size now, at least 1x1. */
void term_size(int *ret_rows, int *ret_cols);
/* After SIGWINCH: asks for the size again; true where it is another one. The next term_show then
 * draws everything anew. */
bool term_resize(void);
/* Only ASCII can be shown: the locale is not UTF-8. The grid must then be an ascii one. */
bool term_ascii(void);
/* Colours in use: 0, 8 or 256. */
int term_colors(void);
/* Shows the grid; what lies outside the terminal is left out. Sends nothing where nothing is
 * different. */
void term_show(const struct grid *g);
/* The next term_show sends everything: ^L, or somebody else wrote to the terminal. */
void term_redraw(void);
/* Draws with another theme from the next term_show on; false where there is none of that name. */
bool term_theme(const char *name);
void term_mouse(bool on);
/* Whether the cursor is seen outside fields too. */
void term_cursor(bool always);
bool term_has_mouse(void);
void term_bell(void);
/* Sends bytes that draw nothing (OSC 52, copy.h). Waits until the terminal took them. */
void term_send(const char *bytes, size_t len);

/* --- keys and signals ------------------------------------------------------------------- */

int term_key_fd(void);
/* The next key; false where none is there. Never waits. Also ends the wait for the rest of a lone
 * Esc when the escape delay (25 ms, or ESCDELAY) is over. */
bool term_next_key(struct key *ret);
/* How long the loop may sleep before it asks for keys again: -1 as long as it likes. */
int64_t term_key_wait_ms(void);
/* The terminal hung up: nothing will come any more. Known after term_next_key said false. */
bool term_gone(void);

/* WINCH TSTP CONT INT TERM HUP. What to do: WINCH term_resize; TSTP term_suspend; CONT term_return
 * (somebody else stopped and continued us); INT TERM HUP end with 128 + the signal. One that was
 * ignored when the program started (nohup) stays ignored. */
int term_signal_fd(void);
int term_next_signal(void); /* 0: none */

/* --- leaving for a while ---------------------------------------------------------------- */

/* Gives the terminal to somebody else, as it was found, and takes it back: the next term_show
 * draws everything, the size may be another. In between no key is read and SIGINT is forgotten
 * (it was meant for the other). Calling either twice is harmless. */
void term_leave(void);
void term_return(void);
/* ^Z: leaves, stops the program and all of its job, and returns when it is continued. False,
 * with nothing done, where nobody would continue it: no job control. */
bool term_suspend(void);
/* Runs a command in the terminal and waits for its end: $PAGER, $EDITOR. argv ends with NULL,
 * argv[0] is looked for in PATH. The error says that it could not be started or failed. */
bool term_run(const char *const argv[], struct error *err);

#endif
