/* Bytes in, lines out (lines.h). */
#include "core/wire/lines.h"

#include <string.h>

void lines_init(struct lines *l, size_t max, bool lone_cr)
{
    /* One byte more than the longest line: the CR of a CRLF may have to wait here. */
    *l = (struct lines){ .held = buf_with_max(max + 1), .lone_cr = lone_cr };
}

void lines_done(struct lines *l)
{
    buf_done(&l->held);
}

/* The first byte that ends a line, or NULL. In windows, because looking for the nearer of
 * two bytes over all that is left would be quadratic where only one of them occurs. */
static const char *find_end(const struct lines *l, const char *data, size_t len)
{
    enum { WINDOW = 512 };
    if (!l->lone_cr)
        return memchr(data, '\n', len);
    for (size_t n; len; len -= n, data += n) {
        n = len < WINDOW ? len : WINDOW;
        const char *lf = memchr(data, '\n', n);
        const char *cr = memchr(data, '\r', lf ? (size_t)(lf - data) : n);
        if (cr || lf)
            return cr ? cr : lf;
    }
    return NULL;
}

/* Without the CR of a CRLF, where a CR alone ends nothing. */
static size_t without_cr(const struct lines *l, const char *line, size_t len)
{
    return !l->lone_cr && len && line[len - 1] == '\r' ? len - 1 : len;
}

enum lines_said lines_next(struct lines *l, const char **data, size_t *len, const char **ret,
                           size_t *ret_len)
{
    if (l->held_used) {
        buf_clear(&l->held);
        l->held_used = false;
    }
    if (l->after_cr && *len) {
        l->after_cr = false;
        if (**data == '\n') {
            ++*data;
            --*len;
        }
    }
    if (*len == 0)
        return LINES_MORE;
    const char *end = find_end(l, *data, *len);
    size_t part = end ? (size_t)(end - *data) : *len;
    const char *line = *data;
    if (!end || l->held.len) {
        if (!buf_add(&l->held, *data, part))
            return LINES_TOO_LONG;
        line = l->held.data;
    }
    *data += part;
    *len -= part;
    if (!end)
        return l->held.len > l->held.max - 1 && l->held.data[l->held.len - 1] != '\r'
                   ? LINES_TOO_LONG
                   : LINES_MORE;
    ++*data;
    --*len;
    l->after_cr = *end == '\r';
    if (l->held.len) {
        l->held_used = true;
        part = l->held.len;
    }
    *ret = line;
    *ret_len = without_cr(l, line, part);
    return *ret_len > l->held.max - 1 ? LINES_TOO_LONG : LINES_LINE;
}

bool lines_rest(struct lines *l, const char **ret, size_t *ret_len)
{
    if (l->held_used || l->held.len == 0)
        return false;
    l->held_used = true;
    *ret = l->held.data;
    *ret_len = without_cr(l, l->held.data, l->held.len);
    return true;
}
