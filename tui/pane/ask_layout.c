/* Where things stand in the Ask pane (ask.h): sizes in, rows out; draws nothing. What does not fit
 * goes in this order: figures of the compare, the judgement, the rules, figures of a column, the
 * line of the score; the prompt and the text stay longest. */
#include <string.h>

#include "core/base/text.h"
#include "tui/pane/ask.h"

#define LABEL_COLS   8 /* " Prompt " */
#define TWO_COLS     80
#define WIDE_COLS    84
#define WIDE_ROWS    30
#define WIDE_MARGIN  5 /* free at the right of the answers: lines stay short enough to read */
#define NOTE_MOST    2 /* rows of one note, of a failure, of an advice */
#define FAILURE_MOST 4
#define ANSWER_LEAST 4 /* below thinking: how much more there is, a heading, two rows of answer */

static int most(int a, int b)
{
    return a > b ? a : b;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Takes rows from what is left; 0 where they are not there. */
static int take(int *left, int rows, bool wanted)
{
    if (!wanted || *left < rows)
        return 0;
    *left -= rows;
    return rows;
}

static int head_rows_of(const struct ask_layout *l, int rows)
{
    if (rows < 4)
        return 1;
    if (l->wide)
        return l->roomy ? 3 : 4;
    return l->roomy || rows < 14 ? 2 : 3;
}

static int prompt_rows_of(const struct ask_view *v, int rows, int cols)
{
    int room = v->focused ? rows / 3 : least(3, rows / 5);
    int want = v->field ? field_rows(v->field, most(cols - LABEL_COLS, 2)) : 1;
    return most(1, least(want, room));
}

struct ask_layout ask_layout_of(const struct ask_view *v, int rows, int cols)
{
    struct ask_layout l = { 0 };
    l.wide = cols >= WIDE_COLS && rows >= WIDE_ROWS;
    l.inner = cols >= WIDE_COLS ? cols - WIDE_MARGIN : cols;
    l.both = v->two && !v->zoomed && cols >= TWO_COLS;
    l.left = l.both ? (l.inner - 1) / 2 : l.inner;
    l.right_at = l.both ? l.left + 1 : 0;
    l.roomy = !l.both && cols >= 60;

    int left = rows;
    l.prompt_rows = prompt_rows_of(v, rows, cols);
    left -= l.prompt_rows;
    l.head_rows = take(&left, head_rows_of(&l, rows), left > 1);
    int score = take(&left, 1, rows >= 5);
    int rule = take(&left, 1, rows >= 8);
    int judge = take(&left, 1, v->two && rows >= 9);
    int foot_rule = take(&left, 1, v->two && rows >= 16);
    int head_rule = take(&left, 1, l.wide);
    int figures = take(&left, 6, v->two && l.wide); /* three bars, two blanks, what was before */

    int row = l.prompt_rows;
    l.score_row = score ? row++ : -1;
    l.rule_row = rule ? row++ : -1;
    l.head_row = row;
    row += l.head_rows;
    l.head_rule_row = head_rule ? row++ : -1;
    l.text_row = row;
    l.text_rows = most(left, 0);
    row += l.text_rows;
    l.foot_rule_row = foot_rule ? row++ : -1;
    l.bars_row = figures ? row : -1;
    row += figures ? 4 : 0;
    l.judge_row = judge ? row++ : -1;
    l.before_row = figures ? row : -1;
    return l;
}

int ask_column_cols(const struct ask_layout *l, int at)
{
    return l->both && at == 1 ? l->inner - l->right_at : l->left;
}

/* --- one column ------------------------------------------------------------------------------- */

static bool is_empty(const struct page *p)
{
    size_t len = 0;
    if (p)
        page_source(p, &len);
    return len == 0;
}

/* Rows a sentence takes when it is wrapped at blanks: a little more than it has to. */
static int rows_for(const char *text, int cols, int limit)
{
    int width = (int)text_cols(text, strlen(text));
    if (cols < 1 || width <= cols)
        return 1;
    return least(limit, (width + width / 8) / cols + 1);
}

static int note_rows_of(const struct column_view *c, int cols)
{
    int rows = 0;
    for (int i = 0; i < c->note_count; i++)
        rows += rows_for(c->notes[i], cols - 2, NOTE_MOST);
    if (c->failure)
        rows += rows_for(c->failure, cols - 2, FAILURE_MOST);
    if (c->advice)
        rows += rows_for(c->advice, cols - 2, NOTE_MOST);
    return rows;
}

/* Rows of thinking above the answer. Until the answer begins there is nothing else to see. */
static void place_thinking(const struct column_view *c, int rows, int cols, bool wide,
                           struct column_layout *l)
{
    int room = rows - l->thinking_row;
    int all = page_rows(c->thinking, most(cols - 2, 1), l->ascii);
    if (is_empty(c->answer)) {
        l->thinking_rows = most(0, least(all, room));
        return;
    }
    int some = least(wide ? 4 : most(2, rows / 4), most(1, room - ANSWER_LEAST));
    l->thinking_rows = most(0, least(least(all, some), room));
    l->more_row = all > l->thinking_rows && room > l->thinking_rows;
}

struct column_layout column_layout_of(const struct column_view *c, int rows, int cols, bool ascii,
                                      bool wide)
{
    struct column_layout l = { .thinking_row = -1, .ascii = ascii };
    int text_cols_of = most(cols - 3, 1);
    int kept =
        is_empty(c->answer) ? 0 : 2; /* some of the answer is seen whatever there is to note */
    l.note_rows = least(note_rows_of(c, text_cols_of), most(rows - kept, 0));
    int row = l.note_rows;
    if (c->has_thinking) {
        l.thinking_row = ++row; /* below the fold line */
        if (c->fold == FOLD_ALL) {
            l.foot = rows - row > 1;
            l.thinking_rows = most(0, rows - row - l.foot);
            l.answer_row = rows;
            return l;
        }
        if (c->fold == FOLD_SOME) {
            place_thinking(c, rows, text_cols_of, wide, &l);
            row += l.thinking_rows + l.more_row + 1; /* "answer" below it */
        }
    }
    row += rows - row > ANSWER_LEAST; /* a blank above the answer where there is room */
    l.answer_row = least(row, rows);
    l.answer_rows = rows - l.answer_row;
    if (l.answer_rows > 1 && c->answer) {
        page_rows(c->answer, text_cols_of, ascii);
        bool ended = phase_ended(c->phase) && (c->phase != PHASE_FAILED || !is_empty(c->answer));
        l.foot = ended || page_below(c->answer, l.answer_rows) > 0;
        l.answer_rows -= l.foot;
    }
    return l;
}

struct page *column_page(const struct column_view *c, const struct column_layout *l, int *ret_rows)
{
    bool thinking = c->has_thinking && (c->fold == FOLD_ALL || l->answer_rows == 0 ||
                                        (c->fold == FOLD_SOME && is_empty(c->answer)));
    *ret_rows = thinking ? l->thinking_rows : l->answer_rows;
    return thinking ? c->thinking : c->answer;
}
