/* Latencies in bins (chart.h). */
#include "tui/screen/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LABEL 48 /* bytes: two numbers and their words */
#define GAP   3  /* columns between label and bar, and between bar and count */

/* Seconds, or milliseconds where seconds would begin with "0.0". */
static void label(const struct chart_bin *b, char ret[LABEL])
{
    bool small = isinf(b->to_s) ? b->from_s < 0.1 : b->to_s <= 0.1;
    double by = small ? 1000 : 1;
    const char *unit = small ? "ms" : "s";
    if (isinf(b->to_s))
        snprintf(ret, LABEL, "over %g %s", b->from_s * by, unit);
    else if (b->from_s <= 0)
        snprintf(ret, LABEL, "under %g %s", b->to_s * by, unit);
    else
        snprintf(ret, LABEL, "%g to %g %s", b->from_s * by, b->to_s * by, unit);
}

static size_t calls(const struct chart_bin *b)
{
    return b->fast + b->reasoning + b->other;
}

static void draw_calls(struct surface *s, int row, int col, int room, const struct chart_bin *b,
                       size_t most, bool letters)
{
    const struct {
        size_t n;
        struct chart_part part;
    } series[] = {
        { b->fast, { (double)b->fast, "\xE2\x96\x88", "F", LOOK_FAST } },
        { b->reasoning, { (double)b->reasoning, "\xE2\x96\x92", "R", LOOK_REASONING } },
        { b->other, { (double)b->other, "\xE2\x96\x91", "o", LOOK_TEXT } },
    };
    struct chart_part parts[3];
    size_t main = 0;
    for (size_t i = 0; i < 3; i++) {
        parts[i] = series[i].part;
        main = series[i].n > series[main].n ? i : main;
        if (letters)
            col = put_fill(s, row, col, (int)series[i].n, parts[i].look, parts[i].ascii);
    }
    if (!letters && chart_stacked(s, row, col, room, parts, 3, (double)most) == col && room > 0)
        put(s, row, col, parts[main].look,
            surface_ascii(s) ? parts[main].ascii : parts[main].sign); /* few, but not none */
}

void chart_histogram(struct surface *s, int row, int col, int cols, const struct chart_bin *bins,
                     size_t n, bool letters)
{
    char text[LABEL];
    int wide = 0, digits;
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        label(&bins[i], text);
        wide = (int)strlen(text) > wide ? (int)strlen(text) : wide;
        most = calls(&bins[i]) > most ? calls(&bins[i]) : most;
    }
    digits = snprintf(text, sizeof text, "%zu", most);
    int room = cols - wide - digits - 2 * GAP;
    if (room < 0)
        room = 0;
    for (size_t i = 0; i < n; i++, row++) {
        label(&bins[i], text);
        int indent = cols > wide ? wide - (int)strlen(text) : 0;
        put_fit(s, row, col + indent, cols - indent, LOOK_TEXT, text);
        if (!calls(&bins[i]))
            continue;
        draw_calls(s, row, col + wide + GAP, room, &bins[i], most, letters && most <= (size_t)room);
        snprintf(text, sizeof text, "%zu", calls(&bins[i]));
        if (cols >= wide + 1 + digits)
            put_right(s, row, col + cols, LOOK_TEXT, text);
    }
}
