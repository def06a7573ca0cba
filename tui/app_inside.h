/* What the files of the app share, and nobody else needs. */
#ifndef TUI_APP_INSIDE_H
#define TUI_APP_INSIDE_H

#include "tui/app.h"

struct field *app_field(const struct pane *p); /* NULL: it has none now */
bool app_pane_busy(const struct pane *p, struct busy *ret);
/* Looks now and then for what other processes set, and says it. */
#define LOOK_NS (2 * NS_PER_S)
void app_look_elsewhere(struct app *a, int64_t now);
/* A wheel that was turned, a button that was pressed. */
void app_mouse(struct app *a, const struct key *k);
/* Carries out what was left on the desk. */
void app_take_notes(struct app *a);

#endif
