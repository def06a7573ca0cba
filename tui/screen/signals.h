/* Signals of a program with a screen: ordinary ones leave a note in a pipe for the loop, deadly
 * ones put the terminal back before they kill. Knows no curses; term.c says what to put back. */
#ifndef SCREEN_SIGNALS_H
#define SCREEN_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "core/base/error.h"

/* From here on WINCH TSTP CONT INT TERM HUP are notes. One that was ignored stays ignored. A
 * program that is told to end (INT TERM HUP) and still here 5 s later, since its terminal takes no
 * bytes, is ended with 128 + the signal; the modes are put back. */
bool signals_start(struct error *err);
/* As it was before signals_start. */
void signals_stop(void);
int signals_fd(void);   /* readable while there are notes; -1 before the start */
int signals_next(void); /* the oldest note; 0: none */

/* While the terminal belongs to somebody else: SIGINT is forgotten, SIGTSTP stops as usual. */
void signals_away(bool away);
/* Whether somebody would continue us: not where SIGTSTP was ignored from the start (no job
 * control), nor as the first of a session. */
bool signals_can_suspend(void);
/* Stops all of the job; returns when it goes on, without a note of SIGCONT. */
void signals_suspend(void);

/* What a crash does to the terminal: sends `leave`, sets `modes`, prints `note` and the signal.
 * Copied, as far as it fits. modes NULL: the terminal is as it should be, nothing is to be done. */
#define SIGNALS_LEAVE_BYTES 256
void signals_set_crash(const struct termios *modes, const char *leave, size_t leave_len,
                       const char *note);
/* SEGV BUS ILL FPE ABRT: put the terminal back, then die by the same signal, or go to the handler
 * there was before (a sanitizer's). On a stack of their own. */
void signals_watch_crash(bool on);
/* The part of that which out of memory needs too. */
void signals_put_back(void);

#endif
