/* What a role is drawn with: plain numbers, so that the choice can be tested without a terminal.
 *
 * Every theme has a column for 256 colours and one for 8; without colours they all look alike, and
 * mono is that everywhere. None paints a background or uses dim, since not every terminal draws it.
 * What a person must tell apart has its sign beside it in the text (look.h). */
#ifndef SCREEN_THEME_H
#define SCREEN_THEME_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/screen/look.h"

enum {
    STYLE_BOLD = 1,
    STYLE_UNDERLINE = 2,
    STYLE_REVERSE = 4,
    STYLE_ITALIC = 8, /* left out where the terminal has none */
};

#define COLOR_DEFAULT (-1)

struct style {
    short color;    /* of the letters: 0 to 255, 0 to 7, or COLOR_DEFAULT */
    unsigned attrs; /* STYLE_... */
};

struct theme;

const struct theme *theme_at(size_t i); /* NULL past the last; the first is the default */
const struct theme *theme_find(const char *name);
const char *theme_name(const struct theme *t);

/* colors: what theme_colors said, 0, 8 or 256. LOOK_REVERSE turns reverse around, so that what is
 * reverse itself stays seen in a chosen row. */
struct style theme_style(const struct theme *t, look_t look, int colors);

/* --color always|auto|never. */
enum color_flag { COLOR_FLAG_AUTO, COLOR_FLAG_ALWAYS, COLOR_FLAG_NEVER };
bool color_flag_parse(const char *word, enum color_flag *ret);

/* How many colours are used, the first that says something: the flag; the theme a person chose
 * (`chosen`, NULL where they did not; mono means none); NO_COLOR set and not empty; what the
 * terminal has (`has`, as terminfo says: -1 for none). Always 0, 8 or 256: what a terminal does
 * not have nobody can ask of it. */
int theme_colors(enum color_flag flag, const char *chosen, const char *no_color, int has);

#endif
