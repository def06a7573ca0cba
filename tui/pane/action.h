/* What a person can do on the screen. One table of actions and one of keys feed the dispatcher,
 * the key line, help, the palette, the man page and the names that [keys] of the config may use.
 *
 * A key is looked up in the map of the pane first, then among the keys of all panes. In a text
 * field keys are the field's; only MAP_INPUT is looked up then. */
#ifndef PANE_ACTION_H
#define PANE_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/config.h"
#include "core/base/error.h"
#include "tui/screen/key.h"

/* id, name in [keys] and the palette. What it does stands at its keys, since that may differ from
 * pane to pane. */
#define ACTION_LIST(X)                                                                             \
    X(NONE, "")                                                                                    \
    X(PANE_1, "setup")                                                                             \
    X(PANE_2, "classify")                                                                          \
    X(PANE_3, "cache")                                                                             \
    X(PANE_4, "ask")                                                                               \
    X(PANE_5, "test")                                                                              \
    X(PANE_6, "bench")                                                                             \
    X(PANE_7, "production")                                                                        \
    X(PANE_8, "learn")                                                                             \
    X(PANE_9, "history")                                                                           \
    X(TAB_LEFT, "tab-left")                                                                        \
    X(TAB_RIGHT, "tab-right")                                                                      \
    X(PART_NEXT, "part-next")                                                                      \
    X(PART_BACK, "part-back")                                                                      \
    X(UP, "up")                                                                                    \
    X(DOWN, "down")                                                                                \
    X(PAGE_UP, "page-up")                                                                          \
    X(PAGE_DOWN, "page-down")                                                                      \
    X(TOP, "top")                                                                                  \
    X(BOTTOM, "bottom")                                                                            \
    X(SEARCH, "search")                                                                            \
    X(SEARCH_NEXT, "search-next")                                                                  \
    X(SEARCH_BACK, "search-back")                                                                  \
    X(EDIT, "edit")                                                                                \
    X(ENTER, "enter")                                                                              \
    X(CHECK, "check")                                                                              \
    X(HINT, "hint")                                                                                \
    X(SOLUTION, "solution")                                                                        \
    X(SKIP, "skip")                                                                                \
    X(RESET, "reset")                                                                              \
    X(GO_THERE, "go-there")                                                                        \
    X(LESSON_BACK, "lesson-back")                                                                  \
    X(LESSON_NEXT, "lesson-next")                                                                  \
    X(COPY, "copy")                                                                                \
    X(COPY_JSON, "copy-json")                                                                      \
    X(WRITE, "write")                                                                              \
    X(PAGER, "pager")                                                                              \
    X(ZOOM, "zoom")                                                                                \
    X(THINKING, "thinking")                                                                        \
    X(STOP, "stop")                                                                                \
    X(STOP_ALL, "stop-all")                                                                        \
    X(AGAIN, "again")                                                                              \
    X(UNDO, "undo")                                                                                \
    X(ERRORS, "errors")                                                                            \
    X(PALETTE, "palette")                                                                          \
    X(HELP, "help")                                                                                \
    X(MOUSE, "mouse")                                                                              \
    X(COACH, "coach")                                                                              \
    X(REDRAW, "redraw")                                                                            \
    X(SUSPEND, "suspend")                                                                          \
    X(BACK, "back")   /* Esc */                                                                    \
    X(CLOSE, "close") /* q: an overlay, else the program */                                        \
    X(SEND, "send")   /* a field's Enter; never bound */                                           \
    X(USE_FAST, "use-fast")                                                                        \
    X(USE_REASONING, "use-reasoning")                                                              \
    X(LOAD, "load")                                                                                \
    X(UNLOAD, "unload")                                                                            \
    X(ADDRESS, "address")                                                                          \
    X(BUILT_IN, "built-in")                                                                        \
    X(LABEL, "label")                                                                              \
    X(ALL, "all")                                                                                  \
    X(MORE, "more")                                                                                \
    X(LESS, "less")                                                                                \
    X(DROP, "drop")                                                                                \
    X(SIZE, "size")                                                                                \
    X(CLEAR, "clear")                                                                              \
    X(VIEW, "view")                                                                                \
    X(JUDGE_LEFT, "judge-left")                                                                    \
    X(JUDGE_RIGHT, "judge-right")                                                                  \
    X(JUDGE_SAME, "judge-same")                                                                    \
    X(JUDGE_WRONG, "judge-wrong")                                                                  \
    X(SWAP, "swap")                                                                                \
    X(BLIND, "blind")                                                                              \
    X(EDITOR, "editor")                                                                            \
    X(RUN_ROW, "run-row")                                                                          \
    X(RUN_ALL, "run-all")                                                                          \
    X(EDIT_LIST, "edit-list")                                                                      \
    X(WHY, "why")                                                                                  \
    X(NO_CACHE, "no-cache")                                                                        \
    X(COLD, "cold")                                                                                \
    X(BASELINE, "baseline")                                                                        \
    X(EXPORT, "export")                                                                            \
    X(LIVE, "live")                                                                                \
    X(FILTER, "filter")                                                                            \
    X(DELETE, "delete")                                                                            \
    X(RECORDING, "recording")

enum action {
#define X(id, name) ACT_##id,
    ACTION_LIST(X)
#undef X
        ACTIONS
};

const char *action_name(enum action a);
enum action action_find(const char *name); /* ACT_NONE where there is none */

/* Those about the current exercise, which work in every pane. */
bool action_is_of_coach(enum action a);

/* MAP_ALL: every pane. MAP_INPUT: while a field has the keyboard. The others: one pane each. */
enum keymap {
    MAP_ALL,
    MAP_COACH, /* in every pane too; a group of its own in help */
    MAP_INPUT,
    MAP_SETUP,
    MAP_CLASSIFY,
    MAP_CACHE,
    MAP_ASK,
    MAP_TEST,
    MAP_BENCH,
    MAP_PRODUCTION,
    MAP_LEARN,
    MAP_HISTORY,
    KEYMAPS
};

/* Places in the key line: of the panes from 1, of help and leaving at its end. */
#define BAR_HELP 18
#define BAR_QUIT 19

struct binding {
    enum keymap map;
    const char *key; /* key_parse; "" where a person's config took the key away */
    enum action act;
    int bar;           /* place in the key line; 0 not there; rows of one place are one item */
    const char *label; /* in the key line, one or two words; "": only in wide windows */
    const char *help;  /* in help, the palette and the manual, one line */
    const char *wide;  /* in the key line of wide windows; NULL: as label */
};

/* All keys, in the order of help: the built-in table with a person's [keys] laid over it. */
size_t binding_count(void);
const struct binding *binding_at(size_t i);

/* ACTION = KEY of the config. Errors name the nearest action, a key that is not one, and keys
 * that cannot be given away (q, ?, ^C, Esc, and the digits of panes). */
bool bindings_load(const struct config *config, struct error *err);
void bindings_reset(void);

/* The action of a key in a pane, ACT_NONE where it has none. `input`: a field has the keyboard. */
enum action binding_find(enum keymap map, bool input, const struct key *k);
/* The first row of an action in a pane's map or in those of all panes; NULL where there is none. */
const struct binding *binding_of(enum keymap map, enum action a);

#endif
