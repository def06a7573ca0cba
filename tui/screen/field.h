/* A text field of several lines, with the keys of readline. Knows nothing of panes: it is fed
 * keys and says what they did. Text is valid UTF-8 without control characters but \n and \t. */
#ifndef SCREEN_FIELD_H
#define SCREEN_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "tui/screen/key.h"
#include "tui/screen/surface.h"

enum field_said {
    FIELD_IGNORED, /* not a key of a field: the caller may use it */
    FIELD_MOVED,   /* cursor, search: redraw */
    FIELD_CHANGED, /* the text is another one */
    FIELD_SEND,    /* Enter */
    FIELD_LEAVE,   /* Esc or ^D: the field gives the keyboard back */
    FIELD_NEXT,    /* Tab: to the next part */
    FIELD_BACK,    /* S-Tab */
};

/* Earlier texts, newest first: prompts sent before. NULL past the last. Borrowed until the next
 * call. */
typedef const char *field_past(void *self, size_t i);

/* What a text was before a change: ^_ goes back this often, and over this much text in all. */
#define FIELD_UNDO       64
#define FIELD_UNDO_BYTES (4 * 1024 * 1024)

struct field_before {
    char *text;
    size_t len, at;
};

struct field {
    struct buf text;
    size_t at;          /* byte offset of the cursor, on the border of a grapheme */
    int goal_col;       /* column that Up and Down aim at; -1 none */
    struct buf killed;  /* what ^K ^U ^W took, for ^Y */
    struct buf draft;   /* what was being written before past texts were looked at */
    struct buf dropped; /* cleared by ^C, or a draft left for a past text: the newest past one */
    size_t past;        /* 0: the draft; else the past text shown, from 1 */
    bool searching;     /* ^R: finding a past text */
    struct buf wanted;  /* what is searched for */
    size_t found;       /* the past text found, from 1; 0 none */
    bool one_line;      /* no line ends: ^J and pasted ones become blanks */
    bool bare;          /* drawn without the mark ▏: a sign of the caller stands before it */
    size_t max_bytes;   /* MAX_QUERY_BYTES unless said */
    field_past *past_texts; /* NULL: none */
    void *past_self;
    int top;  /* first row shown */
    int cols; /* width it was last drawn with: Up and Down go by rows on the screen */

    struct field_before before[FIELD_UNDO]; /* oldest first */
    size_t befores, before_bytes;
    int edit;     /* what the last key did, so that a word typed is undone as one */
    size_t *rows; /* where each row on the screen starts */
    size_t row_count, row_cap;
    int rows_cols;  /* the width they are for; 0: none */
    size_t rows_to; /* the text before this byte is as it was when they were laid out */
};

void field_init(struct field *f, bool one_line);
void field_done(struct field *f);              /* accepts a zeroed one */
const char *field_text(const struct field *f); /* "" when empty */
/* Replaces the text (made safe, cut at max_bytes), cursor at its end. ^_ takes it back. */
void field_set(struct field *f, const char *text, size_t len);
/* Empties it, and forgets what ^_ and Up would bring back of it; what ^K took stays. */
void field_clear(struct field *f);

/* Emacs and readline keys: arrows ^F ^B by grapheme and row, Home ^A, End ^E of the line,
 * Ctrl+Home Ctrl+End of the text, Alt+b Alt+f Ctrl+Left Ctrl+Right by word, ^U all of it, ^K to
 * the end of the line, ^W to the blank before, Alt+Backspace Alt+d a word, ^Y brings back what
 * they took, ^_ undoes, Backspace Delete, ^J Alt+Enter new line, Up and Down beyond the first and
 * last row: past texts and back to the draft, ^P ^N the same, ^R search in them (again: older;
 * Enter or Esc ends it with what was found, ^G or ^C with what there was), ^C clears into the past
 * (Up brings it back; nothing to clear: ignored), paste: text, never sent. */
enum field_said field_key(struct field *f, const struct key *k);

/* Rows the text takes at this width, at least 1. */
int field_rows(struct field *f, int cols);
/* Draws rows [row, row+rows) at col: the mark of a field (▏; ▴ and ▾ where rows are hidden), the
 * text wrapped at blanks, long words by graphemes, to cols - 1, scrolled so that the cursor is
 * seen. A field of one line in one row scrolls sideways instead. `focused`: the cursor is shown.
 * Empty and not focused: `hint` in grey. While searching, its first row is
 * "(search) words: match". Returns rows used. */
int field_draw(struct field *f, struct surface *s, int row, int col, int cols, int rows,
               bool focused, const char *hint);

#endif
