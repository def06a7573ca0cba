/* A text field of several lines, with the keys of readline. Knows nothing of panes: it is fed
 * keys and says what they did. Text is valid UTF-8 without control characters but \n. */
#ifndef SCREEN_FIELD_H
#define SCREEN_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "tui/screen/key.h"
#include "tui/screen/surface.h"

enum field_said {
    FIELD_IGNORED, /* not a key of a field: the caller may use it */
    FIELD_MOVED,   /* cursor, selection of past prompts: redraw */
    FIELD_CHANGED, /* the text is another one */
    FIELD_SEND,    /* Enter */
    FIELD_LEAVE,   /* Esc or ^D: the field gives the keyboard back */
    FIELD_NEXT,    /* Tab: to the next part */
    FIELD_BACK,    /* S-Tab */
};

/* Earlier texts, newest first: prompts sent before. NULL past the last. Borrowed until the next
 * call. */
typedef const char *field_past(void *self, size_t i);

struct field {
    struct buf text;
    size_t at;              /* byte offset of the cursor, on the border of a grapheme */
    int goal_col;           /* column that Up and Down aim at; -1 none */
    struct buf killed;      /* what ^K ^U ^W took, for ^Y */
    struct buf draft;       /* what was being written before past prompts were looked at */
    size_t past;            /* 0: the draft; else the past text shown, from 1 */
    bool searching;         /* ^R: finding a past prompt */
    struct buf wanted;      /* what is searched for */
    bool one_line;          /* no line ends: ^J and pasted ones become blanks */
    size_t max_bytes;       /* MAX_QUERY_BYTES unless said */
    field_past *past_texts; /* NULL: none */
    void *past_self;
    int top;  /* first row shown, kept by field_draw through field_show */
    int cols; /* width it was last drawn with: Up and Down go by rows on the screen */
};

void field_init(struct field *f, bool one_line);
void field_done(struct field *f);
const char *field_text(const struct field *f); /* "" when empty */
/* Replaces the text (made safe, cut at max_bytes), cursor at its end. */
void field_set(struct field *f, const char *text, size_t len);
void field_clear(struct field *f);

/* Emacs and readline keys: arrows by grapheme and row, Home ^A, End ^E, Alt+b Alt+f Ctrl+Left
 * Ctrl+Right by word, ^U ^K ^W Alt+d Alt+Backspace ^Y, ^H Backspace Delete, ^J new line, Up and
 * Down beyond the first and last row: past texts and back to the draft, ^P ^N the same, ^R search
 * in them (again: older; Enter or Esc ends it, ^G takes the draft back), ^C clears into the past
 * (Up brings it back), paste: text, never sent. */
enum field_said field_key(struct field *f, const struct key *k);

/* Rows the text takes at this width, at least 1. */
int field_rows(struct field *f, int cols);
/* Draws rows [row, row+rows) at col: the mark of a field (▏), the text wrapped by graphemes to
 * cols - 1, scrolled so that the cursor is seen. `focused`: the cursor is shown. Empty and not
 * focused: `hint` in grey. Returns rows used. */
int field_draw(struct field *f, struct surface *s, int row, int col, int cols, int rows,
               bool focused, const char *hint);

#endif
