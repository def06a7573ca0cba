/* One verb of rlab run by the screen: the same program, in a process of its own, its output read
 * as it comes. */
#ifndef TUI_CHILD_H
#define TUI_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

struct child;

/* Starts PROGRAM ARGS... WORDS; words are split at blanks, with '...' and "..." as in a shell and
 * nothing else of one. Standard input is empty, output and talk come back together. `args` ends
 * with NULL and may be NULL. */
struct child *child_start(const char *program, const char *const *args, const char *words,
                          struct error *err);
void child_stop(struct child *c); /* asks it to end, as ^C does */
void child_free(struct child *c); /* ends it; accepts NULL */
int child_fd(const struct child *c);
/* What has come, without waiting; 0: nothing now. */
size_t child_read(struct child *c, char *ret, size_t size);
/* Whether it is over and all of its output was read; `ret_code` as a shell tells it. */
bool child_ended(struct child *c, int *ret_code);

#endif
