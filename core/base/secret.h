/* Keys of servers while they are in this process: kept out of what is shown and stored, out of
 * the programs it starts, and out of a core file. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/* What stands where a key stood. */
#define SECRET_MARK "[key]"
/* Shorter than this, a "key" is found inside ordinary words; no real one is. */
#define SECRET_LEAST 4
/* In answers only longer ones are looked for: people give servers of their own keys like "none"
 * and "ollama", and a model may well say such a word. Keys of hosted servers are far longer. */
#define SECRET_LEAST_IN_ANSWER 16

/* --- the process -------------------------------------------------------------------------- */

/* A key is in memory from now on; `variable` is where it came from, NULL: a file. No core file is
 * written any more, and (on Linux) no other program of this person can read our memory. */
void secret_taken(const char *variable);

/* The environment for programs that are not ours (a pager, an editor, tmux): without the
 * variables keys were taken from, or usually come from. An array of the strings of `environ`,
 * NULL at the end; freed with mem_free. */
char **secret_environ(void);

/* --- whole texts ---------------------------------------------------------------------------- */

/* Appends `text` with every occurrence of the secret replaced by SECRET_MARK, and one that was cut
 * off at the end (the text's, or before "...") too. secret NULL or short: as it is. */
void secret_clean(const char *secret, const char *text, size_t len, struct buf *to);

/* --- texts that come in pieces --------------------------------------------------------------- */

/* Zeroed: at the beginning. What could be the beginning of the secret is held back until it is
 * known not to be. */
struct secret_stream {
    size_t held; /* bytes: always the secret's first ones */
};

/* Appends what may go on. */
void secret_pass(struct secret_stream *s, const char *secret, const char *text, size_t len,
                 struct buf *to);
/* The text is over: appends what was held back. */
void secret_flush(struct secret_stream *s, const char *secret, struct buf *to);

#endif
