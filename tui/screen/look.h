/* How a cell looks: a role, never a colour. What a role is drawn with is decided by the theme
 * and by what the terminal can do (term.c), so that nothing above depends on colour. */
#ifndef SCREEN_LOOK_H
#define SCREEN_LOOK_H

#include <stddef.h>
#include <stdint.h>

/* id, name. The sign that carries the role without colour stands beside it in the text: a word,
 * a letter or one of the marks. */
#define LOOK_LIST(X)                                                                               \
    X(TEXT, "text")                                                                                \
    X(MUTED, "muted")                                                                              \
    X(TITLE, "title") /* focus too */                                                              \
    X(KEY, "key")                                                                                  \
    X(SIMPLE, "simple")                                                                            \
    X(MODERATE, "moderate")                                                                        \
    X(COMPLEX, "complex")                                                                          \
    X(FAST, "fast")                                                                                \
    X(REASONING, "reasoning")                                                                      \
    X(HIT, "hit")                                                                                  \
    X(THINKING, "thinking")                                                                        \
    X(PASS, "pass")                                                                                \
    X(FAIL, "fail")                                                                                \
    X(WARN, "warn")                                                                                \
    X(MEASURED, "measured")                                                                        \
    X(ESTIMATED, "estimated")                                                                      \
    X(STRONG, "strong")     /* Markdown: bold, headings */                                         \
    X(EMPHASIS, "emphasis") /* Markdown: italic */                                                 \
    X(CODE, "code")

enum look {
#define X(id, name) LOOK_##id,
    LOOK_LIST(X)
#undef X
        LOOKS
};

/* Added to a look: drawn in reverse, as the chosen row is. */
#define LOOK_REVERSE 0x40

typedef uint8_t look_t; /* enum look, perhaps with LOOK_REVERSE */

const char *look_name(enum look l);

/* The letters S M C and F R have looks of their own; from their names in the records. */
enum look look_of_level(const char *level); /* LOOK_TEXT for none */
enum look look_of_role(const char *role);

#endif
