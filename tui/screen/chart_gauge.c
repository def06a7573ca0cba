/* The number line of a score (chart.h): every score takes a slot, and so does every divider
 * between two levels, which leaves room for the names of the levels above the line. */
#include "tui/screen/chart.h"

#include <stdio.h>
#include <string.h>

#define LINE    "\xE2\x94\x80"
#define DIVIDER "\xE2\x94\xBC"
#define WALL    "\xE2\x94\x82"
#define MARK    "\xE2\x96\xB2"

#define WIDE_STEP 5  /* columns from one number to the next where there is room */
#define BEFORE    3  /* room for the first number, its last digit apart */
#define AFTER     2  /* and after the last one: its + and the end of the line */
#define LABEL     32 /* bytes of a number or a range */

/* Scores are int; sums of them may not be. */
typedef long long wide;

struct gauge {
    int cols, step;
    int before;     /* columns before the last digit of the first number */
    wide low, high; /* of the scores shown; high < low: there is room for none */
    wide simple_max, complex_min;
    bool ascii;
};

static bool has_moderate(const struct gauge *g)
{
    return g->complex_min > g->simple_max + 1;
}

/* A divider stands before these scores. */
static bool divided_before(const struct gauge *g, wide score)
{
    return score == g->simple_max + 1 || score == g->complex_min;
}

static void number(const struct gauge *g, wide score, char ret[LABEL])
{
    /* In ASCII the line itself is made of minus signs. */
    snprintf(ret, LABEL, g->ascii && score < 0 ? "(%lld)" : "%lld", score);
}

/* Slots used for the scores low to high. */
static wide slots(const struct gauge *g, wide low, wide high)
{
    wide n = high - low + 1;
    if (g->simple_max >= low && g->simple_max < high)
        n++;
    if (has_moderate(g) && g->complex_min > low && g->complex_min <= high)
        n++;
    return n;
}

/* Column of a score's last digit, or (divider) of the divider before it. */
static int column(const struct gauge *g, wide score, bool divider)
{
    wide slot = score - g->low;
    if (g->simple_max >= g->low && g->simple_max + 1 <= score)
        slot++;
    if (has_moderate(g) && g->complex_min > g->low && g->complex_min <= score)
        slot++;
    return g->before + (int)(slot - (divider ? 1 : 0)) * g->step;
}

/* Chooses what is shown: around both thresholds, or around the score. */
static void range(struct gauge *g, wide score)
{
    int inner = g->cols - g->before - AFTER;
    wide room = inner > 0 ? (inner - 1) / g->step + 1 : 0;
    wide first = g->simple_max, last = has_moderate(g) ? g->complex_min : first + 1;
    wide middle = (first + last) / 2;
    wide dividers = has_moderate(g) ? 2 : 1;
    if (room < last - first + 1 + dividers) {
        middle = score;
        dividers = 0;
    }
    g->low = middle - (room - dividers - 1) / 2;
    g->high = g->low + room - dividers - 1;
    while (g->high >= g->low && slots(g, g->low, g->high) > room)
        g->high--;
}

static int longest(const struct gauge *g)
{
    char low[LABEL], high[LABEL];
    number(g, g->low, low);
    number(g, g->high, high);
    return (int)(strlen(low) > strlen(high) ? strlen(low) : strlen(high));
}

static void fit(struct gauge *g, wide score)
{
    g->step = WIDE_STEP;
    g->before = BEFORE;
    range(g, score);
    bool all = g->low <= g->simple_max && g->complex_min <= g->high;
    if (longest(g) < WIDE_STEP && all)
        return;
    /* Long numbers side by side need more room, and a short line may do with less. What is shown
     * depends on the step and the step on what is shown; it only grows, so this ends. */
    for (g->step = 0; g->step <= longest(g);) {
        g->step = longest(g) + 1;
        g->before = g->step > BEFORE + 1 ? g->step - 1 : BEFORE;
        range(g, score);
    }
}

static void draw_line(const struct gauge *g, struct surface *s, int row, int col)
{
    put_fill(s, row, col, g->cols, LOOK_MUTED, LINE);
    for (wide v = g->low; v <= g->high; v++) {
        char text[LABEL];
        number(g, v, text);
        int len = (int)strlen(text), at = column(g, v, false) + 1 - len;
        if (g->ascii && v < 0)
            at++; /* the digit stands over the mark, not the bracket */
        if (at >= 0)
            at = put(s, row, col + at, LOOK_TEXT, text);
        if (v == g->high)
            put(s, row, at, LOOK_TEXT, "+");
        if (v > g->low && divided_before(g, v))
            put(s, row, col + column(g, v, true), LOOK_MUTED, DIVIDER);
    }
}

/* "SIMPLE  0 or less", "SIMPLE" or "S": the longest that fits. */
static void draw_name(struct surface *s, int row, int col, int cols, look_t look, const char *name,
                      const char *scores)
{
    int len = (int)strlen(name);
    if (cols >= len)
        put(s, row, col, look, name);
    else if (cols >= 1)
        put_len(s, row, col, look, name, 1);
    if (cols >= len + 2 + (int)strlen(scores))
        put(s, row, col + len + 2, LOOK_TEXT, scores);
}

static void draw_names(const struct gauge *g, struct surface *s, int row, int col)
{
    char simple[LABEL], moderate[2 * LABEL], complex[LABEL];
    snprintf(simple, sizeof simple, "%lld or less", g->simple_max);
    snprintf(complex, sizeof complex, "%lld or more", g->complex_min);
    if (g->complex_min - g->simple_max == 2)
        snprintf(moderate, sizeof moderate, "%lld", g->simple_max + 1);
    else
        snprintf(moderate, sizeof moderate, "%lld to %lld", g->simple_max + 1, g->complex_min - 1);

    const struct {
        wide first, last;
        look_t look;
        const char *name, *scores;
    } levels[] = {
        { g->low, g->simple_max, LOOK_SIMPLE, "SIMPLE", simple },
        { g->simple_max + 1, g->complex_min - 1, LOOK_MODERATE, "MODERATE", moderate },
        { g->complex_min, g->high, LOOK_COMPLEX, "COMPLEX", complex },
    };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        wide first = levels[i].first > g->low ? levels[i].first : g->low;
        wide last = levels[i].last < g->high ? levels[i].last : g->high;
        if (first > last)
            continue;
        int from = 0, end = g->cols;
        if (first > g->low) {
            from = column(g, first, true) + 3;
            put(s, row, col + from - 3, LOOK_MUTED, WALL);
        }
        if (last < g->high)
            end = column(g, last + 1, true) - 1;
        draw_name(s, row, col + from, end - from, levels[i].look, levels[i].name, levels[i].scores);
    }
}

static enum look look_of(const struct gauge *g, wide score)
{
    return score <= g->simple_max    ? LOOK_SIMPLE
           : score >= g->complex_min ? LOOK_COMPLEX
                                     : LOOK_MODERATE;
}

int chart_gauge(struct surface *s, int row, int col, int cols, int score, int simple_max,
                int complex_min)
{
    struct gauge g = { .cols = cols,
                       .simple_max = simple_max,
                       .complex_min = complex_min,
                       .ascii = surface_ascii(s) };
    if (cols <= 0)
        return col;
    if (g.complex_min <= g.simple_max)
        g.complex_min = g.simple_max + 1;
    fit(&g, score);
    if (g.high >= g.low) {
        draw_names(&g, s, row, col);
        draw_line(&g, s, row + 1, col);
    }

    char text[LABEL];
    snprintf(text, sizeof text, " %d", score);
    int len = (int)strlen(text), at = 0;
    bool off = g.high < g.low || score < g.low || score > g.high;
    if (g.high >= g.low && score > g.high)
        at = column(&g, g.high, false);
    else if (!off)
        at = column(&g, score, false);
    if (off && at + 1 + len > cols)
        at = cols - 1 - len > 0 ? cols - 1 - len : 0;
    put(s, row + 2, col + at, look_of(&g, score), MARK);
    if (off && at + 1 + len <= cols)
        put(s, row + 2, col + at + 1, LOOK_TEXT, text);
    return col + at;
}
