/* The pane "Ask and compare": what one frame of it shows, where things stand, and the drawing.
 *
 *   AUTO, FAST, REASON   one answer over the whole width
 *   COMPARE              two columns, left is A and right is B; below 80 columns, or zoomed, the
 *                        one that has the focus
 *
 * Everything here is plain data and lives for one frame; texts and pages are borrowed. Unknown
 * is NAN for seconds and rates, -1 for counts, NULL for texts. */
#ifndef PANE_ASK_H
#define PANE_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/lab/answer.h"
#include "tui/screen/field.h"
#include "tui/screen/page.h"
#include "tui/screen/surface.h"

enum ask_mode { MODE_AUTO, MODE_FAST, MODE_REASON, MODE_COMPARE };
#define ASK_MODES 4

/* The life of a column, in its order; the ends come last. */
enum ask_phase {
    PHASE_EMPTY,    /* nothing was asked */
    PHASE_CHECKING, /* is it still the same model? the server is asked, then the cache */
    PHASE_ASKED,    /* not in the cache: the request is on its way */
    PHASE_LOADING,  /* the server is loading the model */
    PHASE_STARTED,  /* the server answered, no word came yet */
    PHASE_THINKING,
    PHASE_ANSWERING,
    PHASE_DONE,
    PHASE_CACHED,
    PHASE_FALLBACK, /* done, by the fast model in place of the other */
    PHASE_CUT,      /* ended at its token limit */
    PHASE_STOPPED,  /* by the person */
    PHASE_FAILED,
};

static inline bool phase_runs(enum ask_phase p)
{
    return p >= PHASE_CHECKING && p <= PHASE_ANSWERING;
}

static inline bool phase_ended(enum ask_phase p)
{
    return p >= PHASE_DONE;
}

/* How much of the thinking is seen: one line; some lines above the answer; all of it, alone. */
enum ask_fold { FOLD_LINE, FOLD_SOME, FOLD_ALL };

#define COLUMN_NOTES 4
#define PACE_POINTS  18 /* of the tok/s over time */

struct column_view {
    enum ask_phase phase;
    const char *role; /* "FAST", "REASON"; NULL: not known yet, or hidden */
    look_t role_look;
    const char *model; /* NULL: not known yet, or hidden */
    bool slowed;       /* the built-in models run at a set pace: no figure of theirs counts */

    double first_s; /* to the first word, thinking or answer */
    double took_s;  /* so far, or in all */
    double load_s, last_load_s;
    double lookup_s, original_s, saved_s; /* of a hit */
    double rate;                          /* tokens a second */
    enum kind_of_number rate_kind;
    int64_t tokens, thinking_tokens, answer_tokens;
    enum kind_of_number tokens_kind, split_kind;
    double cost;
    enum kind_of_number cost_kind;
    int64_t limit; /* the token limit it was cut off at */

    bool has_thinking, thinks; /* some came; it goes on */
    double thinking_s;
    enum ask_fold fold;
    double pace[PACE_POINTS]; /* tok/s over time, oldest first; estimated */
    int pace_count;
    double pace_high; /* the scale of it: both columns have the same */

    const char *notes[COLUMN_NOTES]; /* things to know that are no failure */
    int note_count;
    const char *failure, *advice; /* a sentence, and what to do */

    struct page *answer, *thinking; /* NULL: nothing to show */
};

/* A column of which nothing is known. */
struct column_view column_nothing(void);

enum ask_cache { CACHE_USED, CACHE_PASSED_BY, CACHE_NOT_READ };

struct ask_view {
    enum ask_mode mode; /* of the next question */
    struct field *field;
    bool focused; /* the field has the keyboard */
    const char *hint;

    bool scored, too_long; /* it is scored when it is sent */
    int score;
    enum level level;
    enum role role;
    bool cot;
    enum ask_cache cache;
    double temperature;

    bool two; /* the columns of a compare; else only column[0] */
    int focus;
    bool zoomed;
    struct column_view column[2];
    const char *help; /* while nothing was asked: paragraphs */
    const char *of;   /* the question of the columns where the prompt is another one by now */

    /* Judging a compare. */
    bool waits;            /* until both have ended */
    const char *judge_off; /* why it cannot be judged, other than waiting; NULL: it can */
    const char *judged;    /* the judgement in words */
    bool keeps;            /* it cannot be taken back: the names were shown after it */
    bool hidden;           /* names are hidden until it is judged */
    bool has_before;
    int64_t better[2], same, both_wrong; /* judged before this one, by what stands left and right */
    const char *names[2];                /* that they are counted under: "A", "B" */
};

/* --- where things stand --------------------------------------------------------------------- */

/* Rows of the body; -1 or 0 rows where there is no room for it. */
struct ask_layout {
    bool wide, roomy;   /* the blocks of the large window; figures of one column in one row */
    int inner;          /* columns the answers take */
    bool both;          /* two columns are seen */
    int left, right_at; /* columns of the left one; where the right one begins */
    int prompt_rows;
    int score_row, rule_row, head_row, head_rows, head_rule_row;
    int text_row, text_rows;
    int foot_rule_row, bars_row, judge_row, before_row;
};

struct ask_layout ask_layout_of(const struct ask_view *v, int rows, int cols);
/* Columns of the column that stands at 0 or 1 (or of the only one seen). */
int ask_column_cols(const struct ask_layout *l, int at);

/* How the text rows of one column are used; rows from 0. */
struct column_layout {
    int note_rows;
    int thinking_row, thinking_rows; /* of its text; the fold line stands above. -1: no thinking */
    bool more_row;                   /* "… 9 more lines" below the thinking */
    int answer_row, answer_rows;     /* 0 rows while all of the thinking is read */
    bool foot;                       /* the last row says where the view is */
    bool ascii;
};

struct column_layout column_layout_of(const struct column_view *c, int rows, int cols, bool ascii,
                                      bool wide);
/* The page that scrolling moves, and the rows it is seen in. */
struct page *column_page(const struct column_view *c, const struct column_layout *l, int *ret_rows);

/* --- drawing -------------------------------------------------------------------------------- */

void ask_draw(const struct ask_view *v, struct surface *s);
/* Head and text of one column; s is its own surface, `letter` 0 for the only one. */
void column_draw_head(const struct column_view *c, struct surface *s, const struct ask_layout *l,
                      char letter, bool focused);
void column_draw_text(const struct column_view *c, struct surface *s, const struct ask_layout *l);
/* "✓ done" */
const char *phase_words(enum ask_phase p);
look_t phase_look(enum ask_phase p);

/* Seconds as the pane shows them: "0.3 ms", "3.4 s", "2 min 5 s", "-"; `live` ones without tenths
 * from ten seconds on. */
#define ASK_SECONDS 32
const char *ask_seconds(double s, bool live, char ret[ASK_SECONDS]);

#endif
