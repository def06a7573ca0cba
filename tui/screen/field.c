/* The text of a field: what is in it, how it changes, and what it was (field.h). */
#include "tui/screen/field_inside.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"

void field_init(struct field *f, bool one_line)
{
    const size_t any = (size_t)-1 / 4; /* insert keeps the text below max_bytes */
    *f = (struct field){ .text = buf_with_max(any),
                         .goal_col = -1,
                         .killed = buf_with_max(any),
                         .draft = buf_with_max(any),
                         .dropped = buf_with_max(any),
                         .wanted = buf_with_max(MAX_QUERY_BYTES),
                         .one_line = one_line,
                         .max_bytes = MAX_QUERY_BYTES };
}

static void forget(struct field *f)
{
    for (size_t i = 0; i < f->befores; i++)
        mem_free(f->before[i].text);
    f->befores = f->before_bytes = 0;
    f->edit = EDIT_NONE;
}

void field_done(struct field *f)
{
    forget(f);
    buf_done(&f->text);
    buf_done(&f->killed);
    buf_done(&f->draft);
    buf_done(&f->dropped);
    buf_done(&f->wanted);
    mem_free(f->rows);
    *f = (struct field){ 0 };
}

const char *field_text(const struct field *f)
{
    return buf_text(&f->text);
}

/* --- borders ----------------------------------------------------------------------------- */

/* A letter of ASCII always starts a grapheme: from there on borders are counted. */
static size_t sure_border(const struct field *f, size_t at)
{
    const char *s = field_text(f);
    while (at > 0 && (unsigned char)s[at] >= 0x80)
        at--;
    return at;
}

size_t field_before_letter(const struct field *f, size_t at)
{
    const char *s = field_text(f);
    if (at == 0)
        return 0;
    for (size_t i = sure_border(f, at - 1);;) {
        size_t n = text_grapheme(s + i, f->text.len - i);
        if (i + n >= at)
            return i;
        i += n;
    }
}

size_t field_behind_letter(const struct field *f, size_t at)
{
    return at < f->text.len ? at + text_grapheme(field_text(f) + at, f->text.len - at) : at;
}

/* The cursor after text around it became another one: behind the letter it is in. */
static void settle(struct field *f)
{
    if (f->at > f->text.len)
        f->at = f->text.len;
    if (f->at > 0 && f->at < f->text.len)
        f->at = field_behind_letter(f, field_before_letter(f, f->at));
}

size_t field_line_start(const struct field *f, size_t at)
{
    while (at > 0 && f->text.data[at - 1] != '\n')
        at--;
    return at;
}

size_t field_line_end(const struct field *f, size_t at)
{
    while (at < f->text.len && f->text.data[at] != '\n')
        at++;
    return at;
}

enum sort { SORT_BLANK, SORT_SIGN, SORT_LETTER };

static enum sort sort_of(const struct field *f, size_t at)
{
    int32_t cp;
    text_decode(field_text(f) + at, f->text.len - at, &cp);
    if (text_is_space(cp))
        return SORT_BLANK;
    bool letter = cp >= 0x80 || (cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') ||
                  (cp >= 'a' && cp <= 'z') || cp == '_';
    return letter ? SORT_LETTER : SORT_SIGN;
}

/* From the front: where letters end is known only from some letter before them, and a text without
 * blanks (Chinese) may be all one word. */
size_t field_word_start(const struct field *f, size_t at, bool blanks)
{
    enum sort least = blanks ? SORT_SIGN : SORT_LETTER;
    size_t start = 0;
    bool in_word = false;
    for (size_t i = 0; i < at; i = field_behind_letter(f, i)) {
        bool letter = sort_of(f, i) >= least;
        if (letter && !in_word)
            start = i;
        in_word = letter;
    }
    return start;
}

size_t field_word_end(const struct field *f, size_t at)
{
    bool in_word = false;
    for (; at < f->text.len; at = field_behind_letter(f, at)) {
        if (sort_of(f, at) == SORT_LETTER)
            in_word = true;
        else if (in_word)
            break;
    }
    return at;
}

/* --- changing ---------------------------------------------------------------------------- */

/* The text is another one from here on. */
static void changed(struct field *f, size_t from)
{
    if (f->rows_to > from)
        f->rows_to = from;
    settle(f);
}

/* A text as it may stand here. */
static void make_safe(const struct field *f, const char *text, size_t len, struct buf *to)
{
    if (f->one_line) {
        text_safe_line(to, text, len);
        return;
    }
    for (size_t i = 0; i < len;) {
        const char *cr = memchr(text + i, '\r', len - i);
        size_t n = cr ? (size_t)(cr - text) - i : len - i;
        text_safe(to, text + i, n);
        i += n;
        if (cr && (++i == len || text[i] != '\n'))
            buf_putc(to, '\n');
    }
}

/* Bytes of whole letters of s in at most `most` bytes. */
static size_t fitting(const char *s, size_t len, size_t most)
{
    size_t i = 0;
    if (len <= most)
        return len;
    while (i < len) {
        size_t n = text_grapheme(s + i, len - i);
        if (i + n > most)
            break;
        i += n;
    }
    return i;
}

bool field_insert(struct field *f, const char *text, size_t len)
{
    struct buf safe = buf_with_max((size_t)-1 / 4), rest = buf_with_max((size_t)-1 / 4);
    size_t room = f->max_bytes > f->text.len ? f->max_bytes - f->text.len : 0;
    make_safe(f, text, len, &safe);
    size_t n = fitting(buf_text(&safe), safe.len, room);
    if (n > 0) {
        buf_add(&rest, field_text(f) + f->at, f->text.len - f->at);
        f->text.len = f->at;
        buf_add(&f->text, buf_text(&safe), n);
        buf_add(&f->text, buf_text(&rest), rest.len);
        f->at += n;
        changed(f, f->at - n);
    }
    buf_done(&safe);
    buf_done(&rest);
    return n > 0;
}

void field_remove(struct field *f, size_t from, size_t end)
{
    if (from == end)
        return;
    memmove(f->text.data + from, f->text.data + end, f->text.len - end + 1);
    f->text.len -= end - from;
    f->at = from;
    changed(f, from);
}

void field_replace(struct field *f, const char *text, size_t len)
{
    buf_clear(&f->text);
    f->at = 0;
    f->top = 0;
    f->goal_col = -1;
    changed(f, 0);
    field_insert(f, text, len);
}

void field_set(struct field *f, const char *text, size_t len)
{
    field_note(f, EDIT_OTHER);
    f->searching = false;
    f->past = 0;
    buf_clear(&f->draft);
    field_replace(f, text, len);
}

void field_clear(struct field *f)
{
    forget(f);
    f->searching = false;
    f->past = 0;
    buf_clear(&f->draft);
    buf_clear(&f->dropped);
    field_replace(f, "", 0);
}

/* --- what it was ------------------------------------------------------------------------- */

static void drop_oldest(struct field *f)
{
    f->before_bytes -= f->before[0].len;
    mem_free(f->before[0].text);
    memmove(f->before, f->before + 1, --f->befores * sizeof *f->before);
}

void field_note(struct field *f, enum field_edit edit)
{
    bool more = edit != EDIT_OTHER && (int)edit == f->edit;
    f->edit = (int)edit;
    if (more)
        return;
    while (f->befores == FIELD_UNDO ||
           (f->befores > 0 && f->before_bytes + f->text.len > FIELD_UNDO_BYTES))
        drop_oldest(f);
    f->before[f->befores++] =
        (struct field_before){ mem_copy(field_text(f), f->text.len), f->text.len, f->at };
    f->before_bytes += f->text.len;
}

bool field_undo(struct field *f)
{
    f->edit = EDIT_NONE;
    while (f->befores > 0) {
        struct field_before *b = &f->before[--f->befores];
        bool same = b->len == f->text.len && memcmp(b->text, field_text(f), b->len) == 0;
        if (!same) {
            field_replace(f, b->text, b->len);
            f->at = b->at;
            settle(f);
        }
        f->before_bytes -= b->len;
        mem_free(b->text);
        if (!same)
            return true;
    }
    return false;
}
