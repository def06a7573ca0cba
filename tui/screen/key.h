/* Keys, from the bytes a terminal sends.
 *
 * A reader joins bytes to keys: split UTF-8, split escape sequences, Alt as Esc before a key,
 * bracketed paste, mouse reports in SGR and in X10 form. An escape sequence nobody knows is
 * swallowed whole. It is pure: no clock, no terminal; whoever owns the clock calls keys_give_up
 * when the escape delay is over.
 *
 * The forms of xterm, rxvt, the Linux console and vt100 are all taken, whatever TERM says, and
 * those of xterm's modifyOtherKeys and of CSI u. */
#ifndef SCREEN_KEY_H
#define SCREEN_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

/* code, name as in help, config and tests. K_LETTER is a printable code point, K_CTRL a letter
 * with Ctrl ("^C"), K_PASTE a pasted text. */
#define KEY_LIST(X)                                                                                \
    X(NONE, "")                                                                                    \
    X(LETTER, "")                                                                                  \
    X(CTRL, "")                                                                                    \
    X(PASTE, "paste")                                                                              \
    X(MOUSE, "mouse")                                                                              \
    X(ENTER, "Enter")                                                                              \
    X(NEWLINE, "^J")                                                                               \
    X(TAB, "Tab")                                                                                  \
    X(BACKTAB, "S-Tab")                                                                            \
    X(BACKSPACE, "Backspace")                                                                      \
    X(ESC, "Esc")                                                                                  \
    X(UP, "Up")                                                                                    \
    X(DOWN, "Down")                                                                                \
    X(LEFT, "Left")                                                                                \
    X(RIGHT, "Right")                                                                              \
    X(HOME, "Home")                                                                                \
    X(END, "End")                                                                                  \
    X(PAGE_UP, "PgUp")                                                                             \
    X(PAGE_DOWN, "PgDn")                                                                           \
    X(INSERT, "Insert")                                                                            \
    X(DELETE, "Delete")                                                                            \
    X(F1, "F1")                                                                                    \
    X(F2, "F2")                                                                                    \
    X(F3, "F3")                                                                                    \
    X(F4, "F4")                                                                                    \
    X(F5, "F5")                                                                                    \
    X(F6, "F6")                                                                                    \
    X(F7, "F7")                                                                                    \
    X(F8, "F8")                                                                                    \
    X(F9, "F9")                                                                                    \
    X(F10, "F10")                                                                                  \
    X(F11, "F11")                                                                                  \
    X(F12, "F12")

enum key_code {
#define X(id, name) K_##id,
    KEY_LIST(X)
#undef X
        KEY_CODES
};

enum mouse_button { MOUSE_LEFT, MOUSE_MIDDLE, MOUSE_RIGHT, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct key {
    enum key_code code;
    bool alt;         /* Alt, or Esc before it */
    bool ctrl, shift; /* of the named keys (Ctrl+Left) */
    int32_t letter;   /* K_LETTER: the code point; K_CTRL: the lower-case letter ('c' for ^C) */
    /* K_PASTE: the text, valid UTF-8, CR and CRLF turned to LF, a tab to four blanks, other
     * controls dropped, at most MAX_QUERY_BYTES (the rest is dropped, `cut` says so); borrowed
     * until the next key is taken. */
    const char *text;
    size_t len;
    bool cut;
    enum mouse_button button; /* K_MOUSE: pressed */
    int row, col;             /* from 0 */
};

#define KEYS_WAITING 4096 /* bytes that may wait to be joined; more are taken as they are drawn */

/* What is being swallowed until it ends. */
enum keys_skip {
    SKIP_NOTHING,
    SKIP_CSI,      /* a sequence nobody knows, up to its last byte */
    SKIP_STRING,   /* an answer of the terminal (OSC, DCS and the like), up to its end */
    SKIP_PASTE_END /* the rest of the mark that ends a paste: it came too late */
};

struct key_reader {
    char in[KEYS_WAITING];
    size_t start, end;
    size_t settled; /* bytes of in[] before this one wait for nothing any more */
    enum keys_skip skip;
    size_t skipped; /* bytes of a string so far */
    bool pasting, paste_cut, paste_cr;
    struct buf paste;
};

void keys_init(struct key_reader *r);
void keys_done(struct key_reader *r);
/* Takes at most what there is room for; returns how many bytes were taken. Take keys, then feed
 * the rest. */
size_t keys_feed(struct key_reader *r, const char *bytes, size_t len);
/* The next whole key; false where more bytes are needed. */
bool keys_next(struct key_reader *r, struct key *ret);
/* Something waits for its rest: Esc, half a letter, half a sequence. Ask again after the escape
 * delay (25 ms) and then give up. A paste waits as long as it takes, but for Esc alone. */
bool keys_unfinished(const struct key_reader *r);
/* The rest will not come: what waits becomes keys, to be taken by keys_next. A lone Esc is Esc, Esc
 * and [ is Alt+[, half a letter is dropped. Half a longer sequence is dropped too, with its rest
 * where that comes after all: what is left of a late arrow must not become a command. Esc alone
 * inside a paste ends it: a way out where the end of a paste was lost. */
void keys_give_up(struct key_reader *r);

/* "a", "^C", "Alt+1", "S-Tab", "Ctrl+Left", "Space", "PgUp": the name a person reads and writes. */
#define KEY_NAME 24
const char *key_spell(const struct key *k, char ret[KEY_NAME]);
/* The key of a name; false where it is none, or no key to press (paste, mouse). Names are matched
 * in any case but for letters; Ctrl+C is ^C, Shift+Tab S-Tab, PageUp PgUp. */
bool key_parse(const char *name, struct key *ret);
/* The same key was pressed, or both are pastes, or both the same button. */
bool key_same(const struct key *a, const struct key *b);

#endif
