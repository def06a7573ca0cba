/* The keys of a field (field.h): one row a key. */
#include "tui/screen/field_inside.h"

#include <stdint.h>
#include <string.h>

#include "core/base/text.h"

/* --- moving ------------------------------------------------------------------------------ */

static enum field_said move(struct field *f, size_t at)
{
    f->at = at;
    f->edit = EDIT_NONE;
    f->goal_col = -1;
    return FIELD_MOVED;
}

static enum field_said left(struct field *f)
{
    return move(f, field_before_letter(f, f->at));
}

static enum field_said right(struct field *f)
{
    return move(f, field_behind_letter(f, f->at));
}

static enum field_said line_start(struct field *f)
{
    return move(f, field_line_start(f, f->at));
}

static enum field_said line_end(struct field *f)
{
    return move(f, field_line_end(f, f->at));
}

static enum field_said text_start(struct field *f)
{
    return move(f, 0);
}

static enum field_said text_end(struct field *f)
{
    return move(f, f->text.len);
}

static enum field_said word_left(struct field *f)
{
    return move(f, field_word_start(f, f->at, false));
}

static enum field_said word_right(struct field *f)
{
    return move(f, field_word_end(f, f->at));
}

/* A row up (-1) or down, keeping the column; beyond the ends past texts. */
static enum field_said by_row(struct field *f, int dir)
{
    field_lay(f, f->cols > 0 ? f->cols : 80);
    size_t row = field_row_of(f, f->at);
    if (dir < 0 ? row == 0 : row + 1 >= f->row_count)
        return field_go_past(f, dir < 0 ? 1 : -1);
    int goal = f->goal_col >= 0 ? f->goal_col : field_cols(f, f->rows[row], f->at);
    move(f, field_at_col(f, dir < 0 ? row - 1 : row + 1, goal));
    f->goal_col = goal;
    return FIELD_MOVED;
}

static enum field_said up(struct field *f)
{
    return by_row(f, -1);
}

static enum field_said down(struct field *f)
{
    return by_row(f, 1);
}

/* --- changing ---------------------------------------------------------------------------- */

static enum field_said put_text(struct field *f, enum field_edit edit, const char *text, size_t len)
{
    field_note(f, edit);
    f->goal_col = -1;
    field_touch(f);
    return field_insert(f, text, len) ? FIELD_CHANGED : FIELD_MOVED;
}

static enum field_said new_line(struct field *f)
{
    return put_text(f, EDIT_OTHER, "\n", 1);
}

static enum field_said take_out(struct field *f, enum field_edit edit, size_t from, size_t end)
{
    f->goal_col = -1;
    if (from == end)
        return FIELD_MOVED;
    field_note(f, edit);
    field_touch(f);
    field_remove(f, from, end);
    return FIELD_CHANGED;
}

static enum field_said erase_left(struct field *f)
{
    return take_out(f, EDIT_ERASE, field_before_letter(f, f->at), f->at);
}

static enum field_said erase_right(struct field *f)
{
    return take_out(f, EDIT_ERASE, f->at, field_behind_letter(f, f->at));
}

static enum field_said kill(struct field *f, size_t from, size_t end)
{
    if (from < end) {
        buf_clear(&f->killed);
        buf_add(&f->killed, field_text(f) + from, end - from);
    }
    return take_out(f, EDIT_OTHER, from, end);
}

static enum field_said kill_all(struct field *f)
{
    return kill(f, 0, f->text.len);
}

/* To the end of the line; at its end, the line end. */
static enum field_said kill_right(struct field *f)
{
    size_t end = field_line_end(f, f->at);
    return kill(f, f->at, end == f->at && end < f->text.len ? end + 1 : end);
}

static enum field_said kill_to_blank(struct field *f)
{
    return kill(f, field_word_start(f, f->at, true), f->at);
}

static enum field_said kill_word_left(struct field *f)
{
    return kill(f, field_word_start(f, f->at, false), f->at);
}

static enum field_said kill_word_right(struct field *f)
{
    return kill(f, f->at, field_word_end(f, f->at));
}

static enum field_said bring_back(struct field *f)
{
    return put_text(f, EDIT_OTHER, buf_text(&f->killed), f->killed.len);
}

static enum field_said undo(struct field *f)
{
    if (!field_undo(f))
        return FIELD_MOVED;
    f->past = 0; /* what it went back to is written on as it is */
    buf_clear(&f->draft);
    return FIELD_CHANGED;
}

/* --- the rest ---------------------------------------------------------------------------- */

static enum field_said search(struct field *f)
{
    field_search_start(f);
    return FIELD_MOVED;
}

static enum field_said send(struct field *f)
{
    f->edit = EDIT_NONE;
    return FIELD_SEND;
}

static enum field_said leave(struct field *f)
{
    f->edit = EDIT_NONE;
    return FIELD_LEAVE;
}

static enum field_said next(struct field *f)
{
    f->edit = EDIT_NONE;
    return FIELD_NEXT;
}

static enum field_said back(struct field *f)
{
    f->edit = EDIT_NONE;
    return FIELD_BACK;
}

enum { ALT = 1, CTRL = 2 };

/* K_LETTER and K_CTRL with their letter, others with 0. */
static const struct {
    enum key_code code;
    int32_t letter;
    int with;
    enum field_said (*act)(struct field *f);
} keys[] = {
    { K_ENTER, 0, 0, send },
    { K_ENTER, 0, ALT, new_line },
    { K_NEWLINE, 0, 0, new_line },
    { K_ESC, 0, 0, leave },
    { K_CTRL, 'd', 0, leave },
    { K_TAB, 0, 0, next },
    { K_BACKTAB, 0, 0, back },
    { K_LEFT, 0, 0, left },
    { K_CTRL, 'b', 0, left },
    { K_RIGHT, 0, 0, right },
    { K_CTRL, 'f', 0, right },
    { K_UP, 0, 0, up },
    { K_CTRL, 'p', 0, up },
    { K_DOWN, 0, 0, down },
    { K_CTRL, 'n', 0, down },
    { K_HOME, 0, 0, line_start },
    { K_CTRL, 'a', 0, line_start },
    { K_END, 0, 0, line_end },
    { K_CTRL, 'e', 0, line_end },
    { K_HOME, 0, CTRL, text_start },
    { K_END, 0, CTRL, text_end },
    { K_LETTER, 'b', ALT, word_left },
    { K_LEFT, 0, CTRL, word_left },
    { K_LEFT, 0, ALT, word_left },
    { K_LETTER, 'f', ALT, word_right },
    { K_RIGHT, 0, CTRL, word_right },
    { K_RIGHT, 0, ALT, word_right },
    { K_BACKSPACE, 0, 0, erase_left },
    { K_DELETE, 0, 0, erase_right },
    { K_CTRL, 'u', 0, kill_all },
    { K_CTRL, 'k', 0, kill_right },
    { K_CTRL, 'w', 0, kill_to_blank },
    { K_BACKSPACE, 0, ALT, kill_word_left },
    { K_LETTER, 'd', ALT, kill_word_right },
    { K_CTRL, 'y', 0, bring_back },
    { K_CTRL, '_', 0, undo },
    { K_CTRL, 'c', 0, field_drop },
    { K_CTRL, 'r', 0, search },
};

/* A letter; a new word is a step of its own for ^_. */
static enum field_said type(struct field *f, int32_t letter)
{
    char text[4];
    size_t len = text_encode(letter, text);
    if (letter == ' ' && f->at > 0 && field_text(f)[f->at - 1] != ' ')
        f->edit = EDIT_NONE;
    return put_text(f, EDIT_TYPE, text, len);
}

enum field_said field_key(struct field *f, const struct key *k)
{
    if (f->searching)
        return field_search_key(f, k);
    if (k->code == K_PASTE)
        return put_text(f, EDIT_OTHER, k->text, k->len);
    if (k->code == K_LETTER && !k->alt && !k->ctrl)
        return type(f, k->letter);
    int with = (k->alt ? ALT : 0) | (k->ctrl ? CTRL : 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].code == k->code && keys[i].with == with &&
            (keys[i].letter == 0 || keys[i].letter == k->letter))
            return keys[i].act(f);
    return FIELD_IGNORED;
}
