/* Rows of text in columns, made for reading: as wide as what stands in them, the last word of
 * a long cell cut so that a row fits the terminal (80 columns where there is none). Cells are
 * made safe to show and put on one line. Programs read --json. */
#ifndef VERB_TABLE_H
#define VERB_TABLE_H

#include "core/base/mem.h"
#include "tui/verb/session.h"

struct table_column {
    const char *title;
    bool right;  /* figures stand to the right */
    bool fills;  /* takes what the others leave, and is cut there; at most one */
    bool name;   /* cut in the middle: both ends of a model's name tell */
    size_t most; /* columns at most; 0: any number */
};

struct table {
    const struct session *session;
    const struct table_column *columns;
    size_t count, rows, cap;
    const char **cells;
    struct arena arena; /* for cells a caller makes, too; gone with the table */
};

/* Borrows session and columns. */
void table_init(struct table *t, const struct session *s, const struct table_column *columns,
                size_t count);
/* One row: a text for each column, copied; NULL is an empty cell. */
void table_add(struct table *t, const char *const *cells);
/* Prints title and rows, each behind two blanks. */
void table_print(const struct table *t);
void table_done(struct table *t);

/* Columns of the terminal that stdout is, else 80. */
size_t print_width(const struct session *s);
/* Prints text behind `head`, broken between words to the width; the lines after the first
 * begin `indent` columns to the right. */
void print_wrapped(const struct session *s, const char *head, size_t indent, const char *text);

#endif
