/* What the reader of keys (key.c) and that of escape sequences share. Each reader looks at the
 * bytes that wait, returns how many it used, and 0 where it needs more to decide; the key stays
 * K_NONE where they meant nothing. */
#ifndef SCREEN_KEY_SEQUENCE_H
#define SCREEN_KEY_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/screen/key.h"

/* The key of a control character, 127 included; 0 is none. Leaves the modifiers. */
void key_set_control(struct key *k, int c);
/* Alt and a character of ASCII. */
void key_set_alt(struct key *k, char c);
/* A code point that a person may have typed: no control. */
bool key_is_letter(int32_t cp);

/* s begins with Esc [. K_PASTE says that a paste begins. One that has no end in sight is swallowed
 * as far as it is there, and r->skip says so. */
size_t key_read_csi(struct key_reader *r, const char *s, size_t len, struct key *k);
/* s begins with Esc O, and something comes after it. */
size_t key_read_ss3(const char *s, size_t len, struct key *k);

#endif
