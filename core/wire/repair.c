/* Text in pieces, made valid UTF-8 (repair.h). */
#include "core/wire/repair.h"

#include <string.h>

#include "core/base/text.h"

#define REPLACEMENT "\xEF\xBF\xBD"

/* Bytes of a broken sequence that one replacement sign stands for. */
static size_t broken_length(const char *s, size_t len)
{
    size_t n = len < 3 ? len : 3;
    while (n > 1 && text_partial(s, n) != n)
        n--;
    return n;
}

/* Completes a sequence that an earlier piece began. */
static void add_to_held(struct repair *r, const char **text, size_t *len, struct buf *to)
{
    while (r->held_len && *len) {
        r->held[r->held_len] = **text;
        size_t n = r->held_len + 1;
        bool whole = text_valid_up_to(r->held, n) == n;
        if (!whole && text_partial(r->held, n) == n) {
            r->held_len = n;
        } else {
            r->held_len = 0;
            if (!whole) { /* the new byte belongs to what follows */
                buf_puts(to, REPLACEMENT);
                return;
            }
            buf_add(to, r->held, n);
        }
        ++*text;
        --*len;
    }
}

void repair_add(struct repair *r, const char *text, size_t len, struct buf *to)
{
    add_to_held(r, &text, &len, to);
    if (len == 0)
        return;
    size_t keep = text_partial(text, len);
    memcpy(r->held, text + len - keep, keep);
    r->held_len = keep;
    len -= keep;
    while (len) {
        size_t good = text_valid_up_to(text, len);
        buf_add(to, text, good);
        if (good == len)
            break;
        size_t bad = broken_length(text + good, len - good);
        buf_puts(to, REPLACEMENT);
        text += good + bad;
        len -= good + bad;
    }
}

void repair_end(struct repair *r, struct buf *to)
{
    if (r->held_len)
        buf_puts(to, REPLACEMENT);
    r->held_len = 0;
}
