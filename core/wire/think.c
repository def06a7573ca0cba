/* Parts thinking from the answer (think.h). */
#include "core/wire/think.h"

#include <string.h>

/* A tag's first byte occurs nowhere else in it: a match that fails can only start anew at
 * the byte that broke it, so the bytes held back are always the tag's own beginning. */
static const struct tag {
    const char *open, *close;
} tag = { "<think>", "</think>" };

void think_init(struct think *t, bool starts_inside)
{
    *t = (struct think){ .starts_inside = starts_inside };
}

void think_structured(struct think *t)
{
    t->structured = true;
    if (t->state == THINK_IN && !t->opened)
        t->state = THINK_OUT;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void take(const char **text, size_t *len, size_t n)
{
    *text += n;
    *len -= n;
}

static enum think_kind kind_of_state(const struct think *t)
{
    return t->state == THINK_IN ? THINK_PIECE_THINKING : THINK_PIECE_TEXT;
}

/* Gives the held-back start of a close tag, which turned out to be none. */
static bool release_tag(struct think *t, struct think_piece *ret)
{
    *ret = (struct think_piece){ kind_of_state(t), tag.close, t->matched };
    t->before = tag.close[t->matched - 1];
    t->matched = 0;
    return true;
}

/* The reply does not begin with an open tag: everything held is thinking or text. */
static bool leave_start(struct think *t, struct think_piece *ret)
{
    t->state = t->starts_inside && !t->structured ? THINK_IN : THINK_OUT;
    /* What looked like the start of an open tag may be the start of a close tag. */
    if (t->matched && memcmp(tag.open, tag.close, t->matched) == 0)
        t->held_len -= t->matched;
    else
        t->matched = 0;
    *ret = (struct think_piece){ kind_of_state(t), t->held, t->held_len };
    if (t->held_len)
        t->before = t->held[t->held_len - 1];
    return t->held_len > 0;
}

static bool start(struct think *t, const char **text, size_t *len, struct think_piece *ret)
{
    while (*len) {
        char c = **text;
        bool tag_goes_on = c == tag.open[t->matched];
        if (!tag_goes_on && (t->matched || !is_blank(c) || t->held_len == THINK_BLANKS))
            return leave_start(t, ret);
        take(text, len, 1);
        t->held[t->held_len++] = c;
        t->matched += tag_goes_on;
        if (t->matched == strlen(tag.open)) {
            t->state = THINK_IN;
            t->opened = true;
            t->matched = 0;
            return false;
        }
    }
    return false;
}

/* Looks for the close tag. True with a piece of what comes before it; false when the bytes
 * are used up or the tag is complete, which `matched` tells. */
static bool hunt(struct think *t, const char **text, size_t *len, struct think_piece *ret)
{
    while (*len && t->matched < strlen(tag.close)) {
        if (**text == tag.close[t->matched]) {
            t->matched++;
            take(text, len, 1);
            continue;
        }
        if (t->matched)
            return release_tag(t, ret);
        const char *next = memchr(*text, tag.close[0], *len);
        size_t n = next ? (size_t)(next - *text) : *len;
        *ret = (struct think_piece){ kind_of_state(t), *text, n };
        t->before = (*text)[n - 1];
        take(text, len, n);
        return true;
    }
    return false;
}

static bool close_found(struct think *t)
{
    if (t->matched < strlen(tag.close))
        return false;
    t->matched = 0;
    t->close_seen = true;
    t->on_line = t->before == '\n';
    t->state = THINK_AFTER;
    return true;
}

static bool out(struct think *t, const char **text, size_t *len, struct think_piece *ret)
{
    bool looking = !t->opened && !t->close_seen && !t->structured;
    if (looking) {
        if (hunt(t, text, len, ret))
            return true;
        if (!close_found(t))
            return false;
        *ret = (struct think_piece){ THINK_PIECE_RECLASSIFY, "", 0 };
        return true;
    }
    if (t->matched) /* the server parts thinking after all */
        return release_tag(t, ret);
    *ret = (struct think_piece){ THINK_PIECE_TEXT, *text, *len };
    take(text, len, *len);
    return true;
}

bool think_next(struct think *t, const char **text, size_t *len, struct think_piece *ret)
{
    while (*len) {
        bool piece = false;
        switch (t->state) {
        case THINK_START:
            piece = start(t, text, len, ret);
            break;
        case THINK_IN:
            /* Beside a field of its own the block says nothing new. */
            piece = hunt(t, text, len, ret) && !t->structured;
            close_found(t);
            break;
        case THINK_AFTER:
            t->on_line |= **text == '\n';
            if (is_blank(**text))
                take(text, len, 1);
            else
                t->state = THINK_OUT;
            break;
        case THINK_OUT:
            piece = out(t, text, len, ret);
            break;
        }
        if (piece)
            return true;
    }
    return false;
}

bool think_end(struct think *t, struct think_piece *ret)
{
    if (t->state == THINK_START) {
        t->matched = 0;
        return t->held_len && leave_start(t, ret);
    }
    if (!t->matched || (t->state == THINK_IN && t->structured))
        return false;
    return release_tag(t, ret);
}

bool think_is_inside(const struct think *t)
{
    return t->state == THINK_IN;
}

bool think_guessed_wrong(const struct think *t)
{
    return t->state == THINK_IN && t->starts_inside && !t->opened && !t->structured;
}

bool think_began_inside(const struct think *t)
{
    return t->close_seen && !t->opened && !t->structured && t->on_line;
}
