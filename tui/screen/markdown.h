/* Markdown to lines of runs, by md4c (CommonMark with tables and strikethrough). Home of md4c.
 * Links show their text and, where it says something else, their address; images their alternative
 * text; HTML is text. Nothing a document says can leave its lines. */
#ifndef SCREEN_MARKDOWN_H
#define SCREEN_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/mem.h"
#include "tui/screen/look.h"

/* A run of text in one look. Text lies in the arena, is one line, and safe. */
struct run {
    const char *text;
    size_t len;
    int cols;
    look_t look;
};

struct line {
    struct run *runs;
    size_t count;
    int cols; /* of all runs */
};

struct lines {
    struct line *v;
    size_t n, cap;
};

/* Appends the lines of a whole Markdown text, wrapped to `cols` (at least 8; less is taken as 8).
 * Paragraphs and list items wrap at blanks with a hanging indent, code is wrapped by columns and
 * never reflowed, tables get columns of their own where they fit and one "name: value" a line
 * where they do not. `base` is the look of ordinary text. Lines live in the arena. */
void markdown_lines(const char *text, size_t len, int cols, bool ascii, look_t base,
                    struct arena *a, struct lines *ret);
/* The same for text that is not Markdown: wrapped at blanks, long words by columns. */
void plain_lines(const char *text, size_t len, int cols, bool ascii, look_t base, struct arena *a,
                 struct lines *ret);

#endif
