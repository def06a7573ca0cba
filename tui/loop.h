/* The one loop of the screen: it waits once, for the network, the keyboard and the signals
 * together, and does nothing else long. */
#ifndef TUI_LOOP_H
#define TUI_LOOP_H

#include "tui/verb/session.h"

/* Opens the terminal and the screen and lives in it until the person leaves. False where there is
 * no terminal that can be used (the error says that line mode can), with nothing changed.
 * `ret_code`: 0, or 128 + the signal that ended it. `ret_line_mode`: the person asked for it. */
bool loop_run(struct session *s, int *ret_code, bool *ret_line_mode, struct error *err);

#endif
