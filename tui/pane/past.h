/* Questions asked before, for a field's Up and ^R: those of the history, and those of now. */
#ifndef PANE_PAST_H
#define PANE_PAST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/store/store.h"

#define PAST_MOST 500

struct past {
    char **text; /* oldest first, each once */
    size_t count, cap;
    bool read;
};

/* field_past of a field; self is a struct past. */
const char *past_text(void *self, size_t i);
/* As the newest. */
void past_add(struct past *p, const char *text);
/* Takes those of the history, once; a second call does nothing. */
bool past_read(struct past *p, struct store *s, struct error *err);
void past_done(struct past *p); /* accepts a zeroed one */

#endif
