/* Drafts: what a person was writing and where they were, kept for the next start ("ask.prompt",
 * "screen.pane"). With history off nothing is written, and what was kept before stays as it is. */
#ifndef STORE_DRAFTS_H
#define STORE_DRAFTS_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/store/store.h"

/* NULL where there is none; the text lives until the next call of draft_get. */
const char *draft_get(struct store *s, const char *key);
/* text NULL or "" forgets it, with history off too. Survives the end of the process, not that of
 * the machine. False where it could not be written (another process holds the file, the disk is
 * full): worth trying again later. */
bool draft_set(struct store *s, const char *key, const char *text, struct error *err);

#endif
