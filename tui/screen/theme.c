/* The themes: a table each, a row a role (theme.h). */
#include "tui/screen/theme.h"

#include <string.h>

/* Letters of one role with 256 colours and with 8. */
struct row {
    struct style many, eight;
};

struct theme {
    const char *name;
    const struct row *rows; /* (LOOKS,); NULL: never a colour */
};

#define B STYLE_BOLD
#define U STYLE_UNDERLINE
#define R STYLE_REVERSE
#define I STYLE_ITALIC
#define D COLOR_DEFAULT

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

#define ROW(look, many, many_attrs, eight, eight_attrs)                                            \
    [LOOK_##look] = { { many, many_attrs }, { eight, eight_attrs } }

static const struct row usual[LOOKS] = {
    ROW(TEXT, D, 0, D, 0),
    ROW(MUTED, 245, 0, D, 0),
    ROW(TITLE, 39, B, CYAN, B),
    ROW(KEY, 75, 0, CYAN, 0),
    ROW(SIMPLE, 37, 0, CYAN, 0),
    ROW(MODERATE, 178, 0, YELLOW, 0),
    ROW(COMPLEX, 170, 0, MAGENTA, 0),
    ROW(FAST, 37, 0, CYAN, 0),
    ROW(REASONING, 170, 0, MAGENTA, 0),
    ROW(HIT, 71, 0, GREEN, 0),
    ROW(THINKING, 245, I, D, 0),
    ROW(PASS, 71, 0, GREEN, 0),
    ROW(FAIL, 167, 0, RED, 0),
    ROW(WARN, 178, 0, YELLOW, 0),
    ROW(MEASURED, D, 0, D, 0),
    ROW(ESTIMATED, 245, 0, D, 0),
    ROW(STRONG, D, B, D, B),
    ROW(EMPHASIS, D, I, D, U),
    ROW(CODE, 67, 0, D, 0),
};

/* No grey. Its 256 colours are those with at least 4.2:1 both on black and on white; with 8
 * nobody knows how they look, so there words and weight do it. */
static const struct row contrast[LOOKS] = {
    ROW(TEXT, D, 0, D, 0),
    ROW(MUTED, D, 0, D, 0),
    ROW(TITLE, 63, B, D, B),
    ROW(KEY, D, B | U, D, B | U),
    ROW(SIMPLE, 30, B, D, 0),
    ROW(MODERATE, 130, B, D, B),
    ROW(COMPLEX, 164, B | U, D, B | U),
    ROW(FAST, 30, B, D, 0),
    ROW(REASONING, 164, B, D, B),
    ROW(HIT, 28, B, D, B),
    ROW(THINKING, D, 0, D, 0),
    ROW(PASS, 28, B, D, B),
    ROW(FAIL, 162, B | R, D, B | R),
    ROW(WARN, 130, B | U, D, B | U),
    ROW(MEASURED, D, 0, D, 0),
    ROW(ESTIMATED, D, U, D, U),
    ROW(STRONG, D, B, D, B),
    ROW(EMPHASIS, D, U, D, U),
    ROW(CODE, D, B, D, B),
};

/* No red beside green: what went well is blue, what did not is orange. */
static const struct row blue_orange[LOOKS] = {
    ROW(TEXT, D, 0, D, 0),
    ROW(MUTED, 245, 0, D, 0),
    ROW(TITLE, 39, B, BLUE, B),
    ROW(KEY, 75, 0, BLUE, B),
    ROW(SIMPLE, 33, 0, BLUE, B),
    ROW(MODERATE, D, B, D, B),
    ROW(COMPLEX, 208, 0, YELLOW, 0),
    ROW(FAST, 33, 0, BLUE, B),
    ROW(REASONING, 208, 0, YELLOW, 0),
    ROW(HIT, 33, 0, BLUE, B),
    ROW(THINKING, 245, I, D, 0),
    ROW(PASS, 33, B, BLUE, B),
    ROW(FAIL, 208, B, YELLOW, B),
    ROW(WARN, 208, U, YELLOW, U),
    ROW(MEASURED, D, 0, D, 0),
    ROW(ESTIMATED, 245, 0, D, 0),
    ROW(STRONG, D, B, D, B),
    ROW(EMPHASIS, D, I, D, U),
    ROW(CODE, 67, 0, D, 0),
};

/* Without colours all themes look alike. */
static const unsigned plain[LOOKS] = {
    [LOOK_TITLE] = B,     [LOOK_KEY] = U,    [LOOK_MODERATE] = B, [LOOK_COMPLEX] = B | U,
    [LOOK_REASONING] = B, [LOOK_HIT] = B,    [LOOK_PASS] = B,     [LOOK_FAIL] = R,
    [LOOK_WARN] = B,      [LOOK_STRONG] = B, [LOOK_EMPHASIS] = U, [LOOK_ESTIMATED] = U,
};

static const struct theme themes[] = {
    { "default", usual },
    { "mono", NULL },
    { "high-contrast", contrast },
    { "blue-orange", blue_orange },
};

#define COUNT (sizeof themes / sizeof *themes)

const struct theme *theme_at(size_t i)
{
    return i < COUNT ? &themes[i] : NULL;
}

const struct theme *theme_find(const char *name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(themes[i].name, name) == 0)
            return &themes[i];
    return NULL;
}

const char *theme_name(const struct theme *t)
{
    return t->name;
}

struct style theme_style(const struct theme *t, look_t look, int colors)
{
    unsigned role = look & ~(unsigned)LOOK_REVERSE;
    if (role >= LOOKS)
        role = LOOK_TEXT;
    struct style s = { COLOR_DEFAULT, plain[role] };
    if (t->rows && colors >= 8)
        s = colors >= 256 ? t->rows[role].many : t->rows[role].eight;
    if (look & LOOK_REVERSE)
        s.attrs ^= STYLE_REVERSE;
    return s;
}

bool color_flag_parse(const char *word, enum color_flag *ret)
{
    static const char *const words[] = { "auto", "always", "never" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i]) == 0) {
            *ret = (enum color_flag)i;
            return true;
        }
    }
    return false;
}

int theme_colors(enum color_flag flag, const char *chosen, const char *no_color, int has)
{
    const struct theme *t = chosen ? theme_find(chosen) : NULL;
    /* Of more than 256 the numbers are mixtures of red, green and blue, but for the first eight. */
    int all = has == 256 ? 256 : has >= 8 ? 8 : 0;
    if (flag == COLOR_FLAG_NEVER)
        return 0;
    if (flag == COLOR_FLAG_ALWAYS || t)
        return t && !t->rows ? 0 : all;
    return no_color && *no_color ? 0 : all;
}
