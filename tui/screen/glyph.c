/* What of a cell the terminal is sent (glyph.h). */
#include "tui/screen/glyph.h"

#include <string.h>

#include "core/base/text.h"

#define EMOJI_LOOK 0xFE0F /* asks for a wide picture where there is a narrow letter */
#define TEXT_LOOK  0xFE0E
#define JOINER     0x200D /* asks for one picture made of several */

/* Columns by the C library, 0 of a mark; -1: it does not know the letter. */
static int width(int32_t cp)
{
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
        return -1;
    return wcwidth((wchar_t)cp);
}

static void start(struct glyph *g, wchar_t wc, int cols)
{
    memset(g->points, 0, sizeof g->points);
    g->points[0] = wc;
    g->cols = cols;
}

static void add_mark(struct glyph *g, wchar_t wc)
{
    size_t n = wcslen(g->points);
    if (n < GLYPH_POINTS) {
        g->points[n] = wc;
        g->points[n + 1] = 0;
    }
}

/* All letters of the cell, one after the other, each with its marks; their columns, or -1. */
static int spread(const char *s, size_t len, struct glyph ret[2], int *count)
{
    int cols = 0;
    *count = 0;
    for (size_t i = 0; i < len;) {
        int32_t cp;
        i += text_decode(s + i, len - i, &cp);
        int w = cp < 0 ? -1 : width(cp);
        if (cp == EMOJI_LOOK || cp == TEXT_LOOK || cp == JOINER)
            continue;
        if (w <= 0 && *count == 0)
            return -1;
        if (w < 0)
            continue;
        cols += w;
        if (w > 0 && *count < 2)
            start(&ret[*count], (wchar_t)cp, w);
        if (w > 0)
            ++*count;
        else if (*count <= 2)
            add_mark(&ret[*count - 1], (wchar_t)cp);
    }
    return *count ? cols : -1;
}

/* What all locales have: the letter without its marks. */
static int plain(const char *s, struct glyph ret[2], int *count)
{
    unsigned char c = (unsigned char)*s;
    *count = 1;
    start(&ret[0], c >= 0x20 && c < 0x7F ? c : L'?', 1);
    return 1;
}

int glyphs_of(const struct cell *c, int cols, bool ascii, struct glyph ret[2])
{
    size_t len = strnlen(c->text, sizeof c->text);
    int count;
    int used =
        ascii || !len ? plain(len ? c->text : " ", ret, &count) : spread(c->text, len, ret, &count);
    if (used > cols && ret[0].cols <= cols) { /* its first letter is what fits */
        count = 1;
        used = ret[0].cols;
    }
    if (used < 0 || used > cols) {
        count = 1;
        start(&ret[0], 0xFFFD, used = 1);
    }
    if (used < cols)
        start(&ret[count++], L' ', 1);
    return count;
}
