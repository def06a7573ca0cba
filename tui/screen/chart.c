/* Bars, lines and dots (chart.h). The gauge and the histogram are in files of their own. */
#include "tui/screen/chart.h"

#include <math.h>

#define EIGHTHS                                                                                    \
    "\xE2\x96\x8F", "\xE2\x96\x8E", "\xE2\x96\x8D", "\xE2\x96\x8C", "\xE2\x96\x8B",                \
        "\xE2\x96\x8A", "\xE2\x96\x89"
#define FULL  "\xE2\x96\x88"
#define LIGHT "\xE2\x96\x91"
#define MISS  "\xC2\xB7"

#define LEVELS 8 /* heights a cell of a spark can have */

/* value/max from 0 to 1; NAN where either is not known or max is no measure. */
static double share(double value, double max)
{
    if (isnan(value) || isnan(max) || isinf(max) || max <= 0)
        return NAN;
    double part = value / max;
    return part < 0 ? 0 : part > 1 ? 1 : part;
}

/* Steps of `count` a share comes to, rounded; at least one where it is above 0. */
static int steps(double part, int cols, int each)
{
    if (cols <= 0 || isnan(part))
        return 0;
    int n = (int)lround(part * cols * each);
    return n == 0 && part > 0 ? 1 : n;
}

int chart_bar(struct surface *s, int row, int col, int cols, look_t look, double value, double max)
{
    static const char *const eighths[] = { EIGHTHS };
    bool ascii = surface_ascii(s);
    int each = ascii ? 2 : 8;
    int n = steps(share(value, max), cols, each);
    col = put_fill(s, row, col, n / each, look, ascii ? "#" : FULL);
    if (n % each)
        col = put(s, row, col, look, ascii ? "+" : eighths[n % each - 1]);
    return col;
}

int chart_track(struct surface *s, int row, int col, int cols, look_t look, double value,
                double max)
{
    int end = cols > 0 ? col + cols : col;
    int at = chart_bar(s, row, col, cols, look, value, max);
    if (!isnan(value) && !isnan(max))
        put_fill(s, row, at, end - at, LOOK_MUTED, LIGHT);
    return end;
}

/* The height of v among `count`, from 0; -1 for NAN. */
static int height(double v, double low, double high, int count)
{
    if (isnan(v))
        return -1;
    if (!(high > low) || v <= low) /* also where an end is NAN */
        return 0;
    if (v >= high)
        return count - 1;
    /* Halves, since high - low of two large numbers may be too large for a number. */
    double part = (v / 2 - low / 2) / (high / 2 - low / 2);
    return isnan(part) ? 0 : (int)lround(part * (count - 1));
}

int chart_spark(struct surface *s, int row, int col, int cols, look_t look, const double *v,
                size_t n, double low, double high)
{
    static const char *const blocks[LEVELS] = { "\xE2\x96\x81", "\xE2\x96\x82", "\xE2\x96\x83",
                                                "\xE2\x96\x84", "\xE2\x96\x85", "\xE2\x96\x86",
                                                "\xE2\x96\x87", "\xE2\x96\x88" };
    /* The lowest is a line, not a blank: a blank says that nothing is known. */
    static const char *const signs[LEVELS] = { "_", ".", ":", "-", "=", "+", "*", "#" };
    if (cols <= 0)
        return col;
    size_t shown = n < (size_t)cols ? n : (size_t)cols;
    for (size_t i = 0; i < shown; i++) {
        int h = height(v[n - shown + i], low, high, LEVELS);
        if (h >= 0)
            put(s, row, col + (int)i, look, surface_ascii(s) ? signs[h] : blocks[h]);
    }
    return col + (int)shown;
}

int chart_strip(struct surface *s, int row, int col, int cols, const bool *hit, size_t n)
{
    size_t room = cols > 0 ? ((size_t)cols + 1) / 2 : 0;
    size_t shown = n < room ? n : room;
    for (size_t i = 0; i < shown; i++) {
        bool one = hit[n - shown + i];
        if (i)
            col++;
        col = put(s, row, col, one ? LOOK_HIT : LOOK_MUTED, one ? "H" : MISS);
    }
    return col;
}

int chart_stacked(struct surface *s, int row, int col, int cols, const struct chart_part *parts,
                  size_t n, double max)
{
    double sum = 0;
    int drawn = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(parts[i].value) || parts[i].value <= 0)
            continue;
        sum += parts[i].value;
        double part = share(sum, max);
        if (isnan(part))
            break;
        int upto = cols > 0 ? (int)lround(part * cols) : 0;
        put_fill(s, row, col + drawn, upto - drawn, parts[i].look,
                 surface_ascii(s) ? parts[i].ascii : parts[i].sign);
        drawn = upto;
    }
    return col + drawn;
}

void chart_braille(struct surface *s, int row, int col, int rows, int cols, look_t look,
                   const double *v, size_t n, double low, double high)
{
    /* Dots of a cell, from the top: left column, right column. */
    static const unsigned char dots[2][4] = { { 0x01, 0x02, 0x04, 0x40 },
                                              { 0x08, 0x10, 0x20, 0x80 } };
    if (rows <= 0 || cols <= 0)
        return;
    if (surface_ascii(s)) {
        chart_spark(s, row + rows - 1, col, cols, look, v, n, low, high);
        return;
    }
    size_t room = (size_t)cols * 2, shown = n < room ? n : room;
    for (int c = 0; c < cols; c++)
        for (int r = 0; r < rows; r++) {
            unsigned cell = 0;
            for (size_t side = 0; side < 2; side++) {
                size_t at = (size_t)c * 2 + side;
                int h = at < shown ? height(v[n - shown + at], low, high, rows * 4) : -1;
                int top = rows * 4 - 1 - h - r * 4; /* dots below the top of this cell */
                if (h >= 0 && top >= 0 && top < 4)
                    cell |= dots[side][top];
            }
            char sign[4] = { (char)0xE2, (char)(0xA0 | cell >> 6), (char)(0x80 | (cell & 0x3F)) };
            if (cell)
                put(s, row + r, col + c, look, sign);
        }
}
