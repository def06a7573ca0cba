/* The coach: what the current exercise is and how far it is. Panes and the app show it; who fills
 * it (the lessons) is not known here. A zeroed coach has no exercise: nothing of it is drawn. */
#ifndef PANE_COACH_H
#define PANE_COACH_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/screen/surface.h"

#define COACH_CRITERIA 4
#define COACH_HINTS    3
#define COACH_COLS     32 /* of the column at wide sizes, its divider included */

enum criterion_state { CRITERION_OPEN, CRITERION_MET, CRITERION_FAILED, CRITERION_UNKNOWN };

struct criterion {
    const char *text;
    enum criterion_state state;
};

struct coach {
    const char *id, *title; /* "2.3"; NULL: no exercise */
    int part;
    const char *goal, *why, *note;
    struct criterion criteria[COACH_CRITERIA];
    int criterion_count;
    const char *hints[COACH_HINTS];
    int hint_count, hints_used;
    const char *last_check, *last_check_at; /* what it found; "14:01". NULL: never */
    const char *pane;                       /* where it happens */
    bool here;                              /* that pane is the one shown */
    bool first, last;                       /* no exercise before it, none after it */
    bool suggest_hint;                      /* three failed checks, or five minutes */
    int done, total;                        /* of the course */
    const char *course_name;                /* for the 120-column heading; may be NULL */
};

/* "✓", "·", "✗" or "?" of a criterion and its look; in ASCII "[x]", "[ ]", "[!]" or "[?]". */
const char *criterion_mark(bool ascii, enum criterion_state state, look_t *ret_look);

/* " ▸ Ex 2.3 Find a query that scores exactly 4    ✓ ✓ ·  2/3  c check  h hint 1/3": the title is
 * cut first, then the words on the right go. "h: hint", in bold, where a hint is suggested. */
void coach_line(const struct coach *c, struct surface *s, int row);
/* The column; s is its surface. Row 0 is that of the title rule, "┬── Coach ───"; below it the
 * divider stands at column 0. What does not fit is left out whole: first the note, then why it
 * matters, the goal, the hints, the last check. */
void coach_column(const struct coach *c, struct surface *s);

#endif
