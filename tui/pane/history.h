/* The pane "History": what one frame of it shows, where things stand, and the drawing.
 *
 * A filter with three scopes, a list of lines (an answer, or both sides of a compare), a preview
 * of the chosen one, and what this history is. Zoomed, the chosen line alone as a page.
 *
 * Everything here is plain data and lives for one frame; texts are borrowed. Unknown is NAN for
 * seconds and rates, -1 for counts, "" for texts. Texts of a preview may hold marks: a match of
 * the search stands between \1 and \2. */
#ifndef PANE_HISTORY_H
#define PANE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/screen/field.h"
#include "tui/screen/list.h"
#include "tui/screen/page.h"
#include "tui/screen/surface.h"

/* What Tab goes round. */
enum history_part { PART_LIST, PART_KIND, PART_MODEL, PART_DAY };
#define HISTORY_PARTS 4

struct history_row_view {
    const char *when, *kind, *level; /* level: a letter */
    const char *model, *time, *tokens, *from, *query;
};

struct history_side_view {
    const char *role; /* "FAST", "REASON", "" */
    look_t role_look;
    const char *model;
    const char *end; /* "" where it is finished, else "stopped", "cut off at 96 tokens" ... */
    bool cached;
    double first_s, rate, took_s, thought_s;
    int64_t tokens, thinking_tokens, answer_tokens;
    bool about; /* the counts are estimates */
    const char *answer, *thinking;
    int thinking_matches; /* lines of it that match */
    int64_t call;         /* that made the answer; 0: none */
};

struct history_view {
    struct field *filter;
    bool focused;                   /* the field has the keyboard */
    const char *kind, *model, *day; /* the scopes in words: "all panes", "all models", "any day" */
    enum history_part part;

    int64_t total;      /* lines there are */
    int64_t matching;   /* that fit field and scopes */
    bool filtered;      /* field or scopes say something */
    bool looking;       /* not everything was looked at yet: matching is at least so many */
    const char *wanted; /* the words of the field */

    struct list list;                    /* of the lines that fit */
    const struct history_row_view *rows; /* row_count of them, from list index first_row on */
    int row_count, first_row;

    bool chosen; /* there is a preview */
    const char *query;
    struct history_side_view side[2];
    int sides;
    const char *judgement, *judged_at; /* "" not judged: "same", "A is better" ...; "14:04" */
    const char *named;                 /* "name: notes" of --name and --notes; NULL, "": none */
    const char *matched;               /* where else the search matched, a sentence; "" nowhere */
    int matches;                       /* lines that match */
    bool thinking;                     /* shown */

    struct page *page; /* zoomed: the chosen line alone; NULL: not */

    bool recording;
    const char *since, *size; /* "Mon 09:10", "3.1 MiB"; "" where unknown */
    const char *trouble;      /* why it cannot be read; "" it can */
    const char *key_thinking, *key_recording, *key_delete, *key_undo;
};

/* Where things stand on a body of this size; rows are -1 where there is no room for them. */
struct history_layout {
    int header, list_top, list_rows;
    int preview, preview_rows; /* its rule, rows below it */
    int about, kept;           /* the rule of the last block; or the line that says it in short */
};
struct history_layout history_layout(int rows, int cols);

void history_draw(const struct history_view *v, struct surface *s);

/* Marked text, wrapped at blanks to `cols`, matches in reverse: its first rows, and where it is
 * longer the last of them is its last line. Returns rows used. */
int marked_draw(struct surface *s, int row, int col, int cols, int rows, look_t look,
                const char *text);
/* Rows it takes in full, counted up to `most`. */
int marked_rows(const char *text, int cols, int most);
/* Lines of it that hold a match. */
int marked_matches(const char *text);

/* The preview: Q, A, B, thinking, judgement, from `row` on in `rows` rows. */
void history_draw_preview(const struct history_view *v, struct surface *s, int row, int rows);

#endif
