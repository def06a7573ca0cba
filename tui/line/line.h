/* Line mode: the lab without a screen, for screen readers, braille lines and terminals that can
 * only print. Lines are added and never changed: no cursor movement, no borders, nothing that
 * spins. Tables are sentences, choices are numbered, and one line every 10 s says that something
 * still works. What the panes can do stands here in nested menus with the panes' numbers.
 *
 * At any question `back` goes back, `help` says what is wanted and `quit` leaves; "\back" is the
 * word itself. It ends at the end of input, too. ^C, or `stop` typed, stops what runs and keeps
 * the rest; with nothing running the second ^C leaves. */
#ifndef LINE_LINE_H
#define LINE_LINE_H

#include "core/base/error.h"
#include "tui/verb/session.h"

/* Why this start is one of line mode, as its first line says it ("TERM is dumb", "of --line"); NULL
 * where it is none. Without --line both ends must be a terminal. */
const char *line_mode_reason(const struct session *s);

/* Reads standard input to its end or until the person leaves. `reason` as above. Fails where the
 * lab cannot be opened; what fails later is said and listed, and it goes on. */
bool line_mode_run(struct session *s, const char *reason, int *ret_code, struct error *err);

#endif
