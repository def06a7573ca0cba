/* Markdown to lines of runs, by md4c (CommonMark with tables, task lists and strikethrough). Home
 * of md4c. Links show their text and, where it says something else, their address; images their
 * alternative text; HTML is text. Nothing a document says can leave its lines. */
#ifndef SCREEN_MARKDOWN_H
#define SCREEN_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/mem.h"
#include "tui/screen/lines.h"
#include "tui/screen/look.h"

#define MARKDOWN_COLS 8 /* the narrowest a document is laid out; less is taken as this */

/* Appends the lines of a whole Markdown text, wrapped to `cols`. Paragraphs and list items wrap at
 * blanks with a hanging indent; a line end inside one stays where its lines are not filled
 * (flow_settle). Code is wrapped by columns and never reflowed. Tables get columns of their own
 * where they fit and one "name: value" a line where they do not. Containers take at most half of
 * the columns, however deep they are. `base` is the look of ordinary text. A document that would
 * become far more text than it is (references to one long address, a table of empty cells) is
 * laid out as plain text. Lines live in the arena; text is not needed after. */
void markdown_lines(const char *text, size_t len, int cols, bool ascii, look_t base,
                    struct arena *a, struct lines *ret);
/* The same for text that is not Markdown: wrapped at blanks, long words by columns. A line end
 * at the end of the text adds no line; no text, no line. */
void plain_lines(const char *text, size_t len, int cols, bool ascii, look_t base, struct arena *a,
                 struct lines *ret);
/* The same for code: indented by 2, wrapped by columns, in the look of code. */
void code_lines(const char *text, size_t len, int cols, bool ascii, struct arena *a,
                struct lines *ret);

#endif
