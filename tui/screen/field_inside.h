/* What the files of the field share: field.c (the text), field_key.c (keys), field_past.c (past
 * texts and their search), field_draw.c (rows). Nobody else includes it. */
#ifndef SCREEN_FIELD_INSIDE_H
#define SCREEN_FIELD_INSIDE_H

#include "tui/screen/field.h"

#define FIELD_TAB 4 /* columns between the stops of tabs */

/* Kinds of edit: several of one kind in a row are undone together. */
enum field_edit { EDIT_NONE, EDIT_TYPE, EDIT_ERASE, EDIT_OTHER };

/* --- the text (field.c) ------------------------------------------------------------------ */

/* Notes what the text is before a change of this kind. */
void field_note(struct field *f, enum field_edit edit);
/* Goes back to the last note; false where there is none. */
bool field_undo(struct field *f);
/* Puts a text at the cursor (made safe, cut to what there is room for) and the cursor behind it.
 * False where nothing was put. */
bool field_insert(struct field *f, const char *text, size_t len);
/* Takes [from, end) out; the cursor goes there. */
void field_remove(struct field *f, size_t from, size_t end);
/* Replaces everything without a note. */
void field_replace(struct field *f, const char *text, size_t len);

/* Borders of graphemes before and behind an offset. */
size_t field_before_letter(const struct field *f, size_t at);
size_t field_behind_letter(const struct field *f, size_t at);
/* Start and end of the line (up to \n) around an offset. */
size_t field_line_start(const struct field *f, size_t at);
size_t field_line_end(const struct field *f, size_t at);
/* Start of the word before, end of the word behind; `blanks`: words end at blanks only. */
size_t field_word_start(const struct field *f, size_t at, bool blanks);
size_t field_word_end(const struct field *f, size_t at);

/* --- past texts (field_past.c) ----------------------------------------------------------- */

/* The text was changed by hand: it is the draft now. */
void field_touch(struct field *f);
/* The next older (1) or newer (-1) one. */
enum field_said field_go_past(struct field *f, int dir);
/* ^C. */
enum field_said field_drop(struct field *f);
void field_search_start(struct field *f);
enum field_said field_search_key(struct field *f, const struct key *k);
/* The past text found; NULL for none. Borrowed until the next call. */
const char *field_search_found(struct field *f);

/* --- rows (field_draw.c) ----------------------------------------------------------------- */

/* Lays the text out in rows, if they are not good any more. */
void field_lay(struct field *f, int cols);
/* The row an offset is in. */
size_t field_row_of(const struct field *f, size_t at);
/* Columns of [from, to) in one row that starts at `from`. */
int field_cols(const struct field *f, size_t from, size_t to);
/* The offset in a row nearest to a column. */
size_t field_at_col(const struct field *f, size_t row, int col);

#endif
