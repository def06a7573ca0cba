/* Past texts of a field (field.h): going through them, and ^R. */
#include "tui/screen/field_inside.h"

#include <string.h>

#include "core/base/text.h"

/* How far back a search looks for one key: what a person has typed in years. */
enum { SEARCH_TEXTS = 20000 };

/* What ^C dropped is the newest of them. NULL past the last. */
static const char *past_at(struct field *f, size_t i)
{
    if (f->dropped.len > 0) {
        if (i == 0)
            return buf_text(&f->dropped);
        i--;
    }
    return f->past_texts ? f->past_texts(f->past_self, i) : NULL;
}

static void keep(struct buf *to, const struct buf *text)
{
    buf_clear(to);
    buf_add(to, buf_text(text), text->len);
}

void field_touch(struct field *f)
{
    if (f->past > 0 && f->draft.len > 0)
        keep(&f->dropped, &f->draft); /* the draft a past text is now written over */
    f->past = 0;
    buf_clear(&f->draft);
}

/* Shows the past text n (from 1), or the draft. */
static void show(struct field *f, size_t n, const char *text)
{
    struct buf copy = buf_with_max((size_t)-1 / 4); /* it may lie in what is replaced */
    if (f->past == 0)
        keep(&f->draft, &f->text);
    buf_puts(&copy, text);
    field_note(f, EDIT_OTHER);
    field_replace(f, buf_text(&copy), copy.len);
    f->past = n;
    if (n == 0)
        buf_clear(&f->draft);
    buf_done(&copy);
}

enum field_said field_go_past(struct field *f, int dir)
{
    if (dir < 0 && f->past == 0)
        return FIELD_IGNORED;
    if (dir > 0 && !past_at(f, 0))
        return FIELD_IGNORED;
    for (size_t n = f->past + (dir > 0 ? 1 : (size_t)-1); n > 0; n += dir > 0 ? 1 : (size_t)-1) {
        const char *text = past_at(f, n - 1);
        if (!text)
            break;
        if (strcmp(text, field_text(f)) == 0)
            continue; /* the same again is no step */
        show(f, n, text);
        return FIELD_CHANGED;
    }
    if (dir > 0)
        return FIELD_MOVED; /* there is no older one */
    show(f, 0, buf_text(&f->draft));
    return FIELD_CHANGED;
}

enum field_said field_drop(struct field *f)
{
    if (f->text.len == 0)
        return FIELD_IGNORED;
    field_note(f, EDIT_OTHER);
    keep(&f->dropped, f->past > 0 && f->draft.len > 0 ? &f->draft : &f->text);
    f->past = 0;
    buf_clear(&f->draft);
    field_replace(f, "", 0);
    return FIELD_CHANGED;
}

/* --- searching --------------------------------------------------------------------------- */

void field_search_start(struct field *f)
{
    f->searching = true;
    f->found = 0;
    buf_clear(&f->wanted);
}

const char *field_search_found(struct field *f)
{
    return f->found > 0 ? past_at(f, f->found - 1) : NULL;
}

/* Finds the words from past text n (from 1) on; false leaves what was found. */
static bool find_from(struct field *f, size_t n)
{
    struct buf folded = buf_with_max((size_t)-1 / 4);
    const char *text;
    size_t at, len, last = n + SEARCH_TEXTS;
    bool found = false;
    text_fold(&folded, buf_text(&f->wanted), f->wanted.len);
    for (; folded.len > 0 && n < last && (text = past_at(f, n - 1)) != NULL; n++) {
        found = text_find(text, strlen(text), buf_text(&folded), &at, &len);
        if (found) {
            f->found = n;
            break;
        }
    }
    buf_done(&folded);
    return found;
}

static enum field_said wanted_more(struct field *f, const char *text, size_t len)
{
    size_t from = f->found > 0 ? f->found : 1;
    if (text_safe_line(&f->wanted, text, len) && !find_from(f, from))
        f->found = 0;
    return FIELD_MOVED;
}

static enum field_said wanted_less(struct field *f)
{
    size_t last = 0;
    const char *s = buf_text(&f->wanted);
    for (size_t i = 0; i < f->wanted.len; i += text_grapheme(s + i, f->wanted.len - i))
        last = i;
    f->wanted.len = last;
    if (f->wanted.data)
        f->wanted.data[last] = '\0';
    f->found = 0;
    find_from(f, 1);
    return FIELD_MOVED;
}

/* Ends it with what was found, if anything was. */
static enum field_said search_take(struct field *f)
{
    const char *text = field_search_found(f);
    f->searching = false;
    if (!text || strcmp(text, field_text(f)) == 0)
        return FIELD_MOVED;
    show(f, f->found, text);
    return FIELD_CHANGED;
}

enum field_said field_search_key(struct field *f, const struct key *k)
{
    char letter[4];
    if (k->code == K_LETTER && !k->alt)
        return wanted_more(f, letter, text_encode(k->letter, letter));
    if (k->code == K_PASTE)
        return wanted_more(f, k->text, k->len);
    if (k->code == K_BACKSPACE)
        return wanted_less(f);
    if (k->code == K_CTRL && k->letter == 'r') {
        find_from(f, f->found + 1);
        return FIELD_MOVED;
    }
    if (k->code == K_CTRL && (k->letter == 'g' || k->letter == 'c')) {
        f->searching = false;
        return FIELD_MOVED;
    }
    enum field_said said = search_take(f);
    if (k->code == K_ENTER || k->code == K_ESC)
        return said;
    enum field_said then = field_key(f, k); /* any other key ends it and does its work */
    return then == FIELD_IGNORED || then == FIELD_MOVED ? said == FIELD_CHANGED ? said : then
                                                        : then;
}
