/* The Classifier pane's view: all that its frame shows, as plain data. */
#ifndef PANE_CLASSIFY_H
#define PANE_CLASSIFY_H

#include "core/route/level.h"
#include "core/route/route.h"
#include "tui/screen/field.h"
#include "tui/screen/list.h"
#include "tui/screen/surface.h"

/* One row of the table: a rule, or several of a kind. Texts are borrowed. */
struct classify_row {
    const char *kind;  /* "keyword" */
    char what[64];     /* "step by step", "over 200 / 500", "(16 others)" */
    char found[96];    /* "\"Solve\" at 1", "168", "no match" */
    int points, total; /* total so far, in the order of the rules */
};

struct classify_view {
    struct field *field;
    bool focused;
    size_t points; /* code points of the query */
    bool blank;    /* there is no query yet */
    int score;
    enum level level;
    struct thresholds thresholds;
    bool moved;          /* they are not where the rules put them */
    enum level selected; /* the threshold that + and - move: moderate or complex */
    enum role role;
    bool cot;
    const char *model; /* that would answer; NULL: none is chosen */
    const char *rules; /* name of the set */
    const struct classify_row *rows;
    int row_count;
    bool all;         /* every rule has a row */
    const char *rest; /* the rules without one: "16 other complex words, ...: no match" */
    struct list *list;
    bool in_list; /* the chosen row is marked: the keyboard is not in the field */

    int level_count[LEVELS]; /* of the queries of this session */
    const double *scores;    /* theirs, oldest first */
    int score_count;
    int what_if[LEVELS]; /* the same with the selected threshold one lower */
    int labelled, agreed;
    const char *label; /* the person's own for this query, or NULL */
};

/* Whether a body so large has the blocks of the large frame: the table then names all patterns. */
bool classify_is_tall(const struct surface *s);
void classify_draw(const struct classify_view *v, struct surface *s);

#endif
