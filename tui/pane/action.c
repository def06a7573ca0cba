/* The table of keys, and a person's own laid over it. */
#include "tui/pane/action.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

static const char *const names[ACTIONS] = {
#define X(id, name) name,
    ACTION_LIST(X)
#undef X
};

const char *action_name(enum action a)
{
    return names[a];
}

enum action action_find(const char *name)
{
    for (int a = 1; a < ACTIONS; a++)
        if (strcmp(names[a], name) == 0)
            return (enum action)a;
    return ACT_NONE;
}

bool action_is_of_coach(enum action a)
{
    switch (a) {
    case ACT_CHECK:
    case ACT_HINT:
    case ACT_SOLUTION:
    case ACT_SKIP:
    case ACT_RESET:
    case ACT_GO_THERE:
    case ACT_LESSON_BACK:
    case ACT_LESSON_NEXT:
        return true;
    default:
        return false;
    }
}

/* The order is that of help; the key line takes those with a place in it. A second key of the same
 * action stands below the first and has no words of its own in the key line. */
static const struct binding built_in[] = {
    { MAP_SETUP, "Up", ACT_UP, 1, "move", "up and down" },
    { MAP_SETUP, "f", ACT_USE_FAST, 2, "fast", "use the chosen model as FAST", "use as fast" },
    { MAP_SETUP, "r", ACT_USE_REASONING, 3, "reasoning", "use the chosen model as REASONING",
      "use as reasoning" },
    { MAP_SETUP, "+", ACT_LOAD, 4, "load", "load the chosen model" },
    { MAP_SETUP, "-", ACT_UNLOAD, 5, "unload", "unload the chosen model" },
    { MAP_SETUP, "R", ACT_AGAIN, 6, "re-check", "check everything again" },
    { MAP_SETUP, "e", ACT_ADDRESS, 0, "address", "name another model server" },
    { MAP_SETUP, "d", ACT_BUILT_IN, 0, "built-in", "use the built-in models" },
    { MAP_SETUP, "y", ACT_COPY, 7, "copy", "copy the report", "copy report" },

    { MAP_CLASSIFY, "", ACT_SEND, 0, "send to Ask", "" },
    { MAP_CLASSIFY, "i", ACT_EDIT, 1, "edit", "edit the query" },
    { MAP_CLASSIFY, "Up", ACT_UP, 2, "rules", "through the rules" },
    { MAP_CLASSIFY, "l", ACT_LABEL, 3, "label", "label the query: then s, m or c" },
    { MAP_CLASSIFY, "a", ACT_ALL, 4, "all rules", "all rules, or only those that matter" },
    { MAP_CLASSIFY, "+", ACT_MORE, 5, "", "the selected threshold up" },
    { MAP_CLASSIFY, "-", ACT_LESS, 5, "threshold", "the selected threshold down" },
    { MAP_CLASSIFY, "Tab", ACT_PART_NEXT, 6, "", "select the other threshold", "which one" },
    { MAP_CLASSIFY, "y", ACT_COPY, 7, "copy", "copy the score and what made it" },

    { MAP_CACHE, "Up", ACT_UP, 1, "move", "up and down" },
    { MAP_CACHE, "Enter", ACT_ENTER, 2, "read", "read the chosen entry" },
    { MAP_CACHE, "", ACT_SEND, 0, "look up", "" },
    { MAP_CACHE, "i", ACT_EDIT, 3, "look up", "look a text up, without counting it" },
    { MAP_CACHE, "D", ACT_DROP, 4, "drop row", "drop the chosen entry" },
    { MAP_CACHE, "s", ACT_SIZE, 5, "size", "how many entries are kept" },
    { MAP_CACHE, "C", ACT_CLEAR, 6, "clear", "empty the cache (asks)", "clear all" },
    { MAP_CACHE, "/", ACT_SEARCH, 7, "search", "search in the queries" },
    { MAP_CACHE, "y", ACT_COPY, 8, "", "copy the chosen entry", "copy" },

    { MAP_ASK, "i", ACT_EDIT, 1, "edit", "edit the prompt" },
    { MAP_ASK, "e", ACT_EDITOR, 0, "editor", "edit the prompt in $EDITOR" },
    { MAP_ASK, "v", ACT_VIEW, 2, "view", "auto, fast, reason, compare" },
    { MAP_ASK, "Tab", ACT_PART_NEXT, 5, "column", "the other column" },
    { MAP_ASK, "z", ACT_ZOOM, 3, "zoom", "one column over the whole width" },
    { MAP_ASK, "t", ACT_THINKING, 4, "thinking", "show or hide thinking" },
    { MAP_ASK, "x", ACT_STOP, 6, "stop", "stop this column; the other goes on" },
    { MAP_ASK, "R", ACT_AGAIN, 10, "", "ask again, the cache passed by", "again" },
    { MAP_ASK, "+", ACT_MORE, 0, "limit", "raise the token limit of an answer that was cut off" },
    { MAP_ASK, "a", ACT_JUDGE_LEFT, 0, "left", "left is better" },
    { MAP_ASK, "b", ACT_JUDGE_RIGHT, 0, "right", "right is better" },
    { MAP_ASK, "=", ACT_JUDGE_SAME, 0, "same", "both are the same" },
    { MAP_ASK, "0", ACT_JUDGE_WRONG, 0, "both wrong", "both are wrong" },
    { MAP_ASK, "u", ACT_UNDO, 0, "undo", "take back a judgement" },
    { MAP_ASK, "s", ACT_SWAP, 0, "swap", "swap the sides" },
    { MAP_ASK, "B", ACT_BLIND, 0, "blind", "hide the names until judged" },
    { MAP_ASK, "y", ACT_COPY, 7, "copy", "copy the answer of this column" },
    { MAP_ASK, "w", ACT_WRITE, 9, "", "write the answer of this column to a file", "save" },

    { MAP_TEST, "Up", ACT_UP, 1, "move", "up and down" },
    { MAP_TEST, "Enter", ACT_ENTER, 2, "read", "read the whole answer" },
    { MAP_TEST, "d", ACT_WHY, 3, "why", "open the query in the Classifier", "why, in Classify" },
    { MAP_TEST, "Space", ACT_RUN_ROW, 4, "run row", "run the chosen row" },
    { MAP_TEST, "A", ACT_RUN_ALL, 5, "run all", "run the whole set" },
    { MAP_TEST, "e", ACT_EDIT_LIST, 6, "edit list", "edit the set, or take another one" },
    { MAP_TEST, "y", ACT_COPY, 7, "copy", "copy the table", "copy table" },

    { MAP_BENCH, "Enter", ACT_ENTER, 1, "start", "start the run, or show the chosen one" },
    { MAP_BENCH, "+", ACT_MORE, 2, "rounds", "one round more, or more questions of the budget" },
    { MAP_BENCH, "-", ACT_LESS, 0, "", "one round less, or fewer questions of the budget" },
    { MAP_BENCH, "n", ACT_NO_CACHE, 0, "cache", "cache on or off for the next run" },
    { MAP_BENCH, "W", ACT_COLD, 0, "warm-up", "a warm-up word before the run, or a cold start" },
    { MAP_BENCH, "e", ACT_EDIT_LIST, 3, "queries", "take another set of queries" },
    { MAP_BENCH, "[", ACT_TAB_LEFT, 4, "tab", "the block to the left" },
    { MAP_BENCH, "]", ACT_TAB_RIGHT, 4, "", "the block to the right" },
    { MAP_BENCH, "E", ACT_EXPORT, 5, "export", "write the run as CSV, JSON or Markdown",
      "export (csv json md)" },
    { MAP_BENCH, "b", ACT_BASELINE, 6, "baseline", "compare with this run from now on",
      "set baseline" },
    { MAP_BENCH, "a", ACT_ALL, 0, "always", "ask the reasoning model everything too, to measure" },
    { MAP_BENCH, "y", ACT_COPY, 7, "copy", "copy the rows" },

    { MAP_PRODUCTION, "Up", ACT_UP, 1, "topic", "another topic" },
    { MAP_PRODUCTION, "Enter", ACT_ENTER, 2, "run demo", "run the live demonstration" },
    { MAP_PRODUCTION, "+", ACT_MORE, 3, "", "a longer deadline" },
    { MAP_PRODUCTION, "-", ACT_LESS, 3, "deadline", "a shorter deadline" },
    { MAP_PRODUCTION, "L", ACT_LIVE, 4, "", "trouble on purpose on or off", "live or simulated" },
    { MAP_PRODUCTION, "Tab", ACT_PART_NEXT, 5, "side", "the other side" },
    { MAP_PRODUCTION, "/", ACT_SEARCH, 6, "search", "search in the topics" },
    { MAP_PRODUCTION, "y", ACT_COPY, 7, "", "copy what the demonstration told", "copy" },

    { MAP_LEARN, "Up", ACT_UP, 1, "move", "up and down" },
    { MAP_LEARN, "Enter", ACT_ENTER, 2, "go", "go to the chosen exercise", "go there" },
    { MAP_LEARN, "c", ACT_CHECK, 3, "check", "check the exercise" },
    { MAP_LEARN, "h", ACT_HINT, 4, "hint", "next hint" },
    { MAP_LEARN, "S", ACT_SOLUTION, 5, "solution", "solution (asks first)" },
    { MAP_LEARN, "o", ACT_SKIP, 6, "skip", "skip, comes back later" },
    { MAP_LEARN, "X", ACT_RESET, 7, "reset", "reset (asks first)" },
    { MAP_LEARN, "f", ACT_FILTER, 8, "filter", "all, to do, done, skipped" },
    { MAP_LEARN, "E", ACT_EXPORT, 9, "", "write the report", "report" },

    { MAP_HISTORY, "", ACT_SEND, 0, "to the rows", "" },
    { MAP_HISTORY, "Up", ACT_UP, 1, "move", "up and down" },
    { MAP_HISTORY, "Enter", ACT_ENTER, 2, "open", "open the question in Ask", "open in Ask" },
    { MAP_HISTORY, "Tab", ACT_PART_NEXT, 3, "scope", "which pane, model and day" },
    { MAP_HISTORY, "y", ACT_COPY, 4, "copy", "copy the question and its answer" },
    { MAP_HISTORY, "w", ACT_WRITE, 5, "", "write the question and its answer to a file", "save" },
    { MAP_HISTORY, "D", ACT_DELETE, 6, "delete", "delete the chosen row" },
    { MAP_HISTORY, "E", ACT_EXPORT, 7, "export", "write all that match as JSON lines" },
    { MAP_HISTORY, "p", ACT_RECORDING, 0, "recording", "recording on or off" },

    { MAP_COACH, "c", ACT_CHECK, 0, "check", "check the exercise" },
    { MAP_COACH, "h", ACT_HINT, 0, "hint", "next hint" },
    { MAP_COACH, "S", ACT_SOLUTION, 0, "solution", "solution (asks first)" },
    { MAP_COACH, "<", ACT_LESSON_BACK, 0, "back", "previous exercise" },
    { MAP_COACH, ">", ACT_LESSON_NEXT, 0, "next", "next exercise" },
    { MAP_COACH, "o", ACT_SKIP, 0, "skip", "skip, comes back later" },
    { MAP_COACH, "J", ACT_GO_THERE, 0, "go there", "go to the pane of the exercise" },
    { MAP_COACH, "X", ACT_RESET, 0, "reset", "reset (asks first)" },
    { MAP_COACH, "\\", ACT_COACH, 0, "coach", "hide or show the column" },

    { MAP_ALL, "1", ACT_PANE_1, 0, "", "Setup" },
    { MAP_ALL, "2", ACT_PANE_2, 0, "", "Classifier" },
    { MAP_ALL, "3", ACT_PANE_3, 0, "", "Cache" },
    { MAP_ALL, "4", ACT_PANE_4, 0, "", "Ask and compare" },
    { MAP_ALL, "5", ACT_PANE_5, 0, "", "Test run" },
    { MAP_ALL, "6", ACT_PANE_6, 0, "", "Benchmark" },
    { MAP_ALL, "7", ACT_PANE_7, 0, "", "Production topics" },
    { MAP_ALL, "8", ACT_PANE_8, 0, "", "Exercises and progress" },
    { MAP_ALL, "9", ACT_PANE_9, 0, "", "History" },
    { MAP_ALL, "[", ACT_TAB_LEFT, 0, "", "sub-tab to the left" },
    { MAP_ALL, "]", ACT_TAB_RIGHT, 0, "", "sub-tab to the right" },
    { MAP_ALL, "Tab", ACT_PART_NEXT, 0, "part", "next part of the pane" },
    { MAP_ALL, "S-Tab", ACT_PART_BACK, 0, "", "previous part" },
    { MAP_ALL, "Up", ACT_UP, 0, "move", "up" },
    { MAP_ALL, "k", ACT_UP, 0, "", "up" },
    { MAP_ALL, "Down", ACT_DOWN, 0, "", "down" },
    { MAP_ALL, "j", ACT_DOWN, 0, "", "down" },
    { MAP_ALL, "PgUp", ACT_PAGE_UP, 0, "", "a page up" },
    { MAP_ALL, "PgDn", ACT_PAGE_DOWN, 0, "", "a page down" },
    { MAP_ALL, "g", ACT_TOP, 0, "", "top" },
    { MAP_ALL, "Home", ACT_TOP, 0, "", "top" },
    { MAP_ALL, "G", ACT_BOTTOM, 0, "", "bottom, and follow" },
    { MAP_ALL, "End", ACT_BOTTOM, 0, "", "bottom, and follow" },
    { MAP_ALL, "/", ACT_SEARCH, 0, "search", "search in the pane" },
    { MAP_ALL, "n", ACT_SEARCH_NEXT, 0, "", "next place" },
    { MAP_ALL, "N", ACT_SEARCH_BACK, 0, "", "previous place" },
    { MAP_ALL, "i", ACT_EDIT, 0, "edit", "edit the field" },
    { MAP_ALL, "Enter", ACT_ENTER, 0, "", "act on the row, or edit the field" },
    { MAP_ALL, "y", ACT_COPY, 0, "copy", "copy" },
    { MAP_ALL, "Y", ACT_COPY_JSON, 0, "", "copy as JSON" },
    { MAP_ALL, "w", ACT_WRITE, 0, "save", "write to a file" },
    { MAP_ALL, "P", ACT_PAGER, 0, "pager", "open in the pager" },
    { MAP_ALL, "z", ACT_ZOOM, 0, "zoom", "zoom the part you are in" },
    { MAP_ALL, "t", ACT_THINKING, 0, "thinking", "show or hide thinking" },
    { MAP_ALL, "x", ACT_STOP, 0, "stop", "stop this" },
    { MAP_ALL, "^C", ACT_STOP_ALL, 0, "stop all", "stop all that runs; twice when idle: leave" },
    { MAP_ALL, "R", ACT_AGAIN, 0, "again", "once more" },
    { MAP_ALL, "u", ACT_UNDO, 0, "undo", "take the last deletion or judgement back" },
    { MAP_ALL, "!", ACT_ERRORS, 0, "errors", "list of errors" },
    { MAP_ALL, ":", ACT_PALETTE, 0, "", "command palette" },
    { MAP_ALL, "^P", ACT_PALETTE, 0, "", "command palette" },
    { MAP_ALL, "?", ACT_HELP, BAR_HELP, "help", "this help" },
    { MAP_ALL, "F1", ACT_HELP, 0, "", "this help" },
    { MAP_ALL, "m", ACT_MOUSE, 0, "mouse", "mouse on or off" },
    { MAP_ALL, "^L", ACT_REDRAW, 0, "", "redraw" },
    { MAP_ALL, "^Z", ACT_SUSPEND, 0, "", "suspend; fg comes back" },
    { MAP_ALL, "Esc", ACT_BACK, 0, "", "close what is open; never stops, never quits" },
    { MAP_ALL, "q", ACT_CLOSE, BAR_QUIT, "quit", "close, or leave from the top" },
    { MAP_ALL, "^D", ACT_CLOSE, 0, "", "the same" },

    { MAP_INPUT, "Alt+1", ACT_PANE_1, 0, "", "Setup" },
    { MAP_INPUT, "Alt+2", ACT_PANE_2, 0, "", "Classifier" },
    { MAP_INPUT, "Alt+3", ACT_PANE_3, 0, "", "Cache" },
    { MAP_INPUT, "Alt+4", ACT_PANE_4, 0, "", "Ask and compare" },
    { MAP_INPUT, "Alt+5", ACT_PANE_5, 0, "", "Test run" },
    { MAP_INPUT, "Alt+6", ACT_PANE_6, 0, "", "Benchmark" },
    { MAP_INPUT, "Alt+7", ACT_PANE_7, 0, "", "Production topics" },
    { MAP_INPUT, "Alt+8", ACT_PANE_8, 0, "", "Exercises and progress" },
    { MAP_INPUT, "Alt+9", ACT_PANE_9, 0, "", "History" },
    { MAP_INPUT, "F1", ACT_HELP, 0, "", "help" },
    { MAP_INPUT, "^L", ACT_REDRAW, 0, "", "redraw" },
    { MAP_INPUT, "^Z", ACT_SUSPEND, 0, "", "suspend" },
};

#define BUILT_IN (sizeof built_in / sizeof *built_in)

/* The table in force, and the names of keys a person gave; made by bindings_load. */
static struct binding own[BUILT_IN];
static struct arena own_names;
static bool has_own;

size_t binding_count(void)
{
    return BUILT_IN;
}

const struct binding *binding_at(size_t i)
{
    return has_own ? &own[i] : &built_in[i];
}

void bindings_reset(void)
{
    arena_done(&own_names);
    has_own = false;
}

/* Keys by which every screen can be left and understood, wherever they are pressed. */
static bool is_fixed(const char *key)
{
    static const char *const fixed[] = { "q", "?", "^C", "Esc" };
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(fixed[i], key) == 0)
            return true;
    return strlen(key) == 1 && key[0] >= '1' && key[0] <= '9';
}

static bool unknown_action(const char *name, struct error *err)
{
    const char *near = NULL;
    unsigned least = 3;
    for (int a = 1; a < ACTIONS; a++) {
        unsigned d = text_distance(name, names[a], least);
        if (d < least) {
            least = d;
            near = names[a];
        }
    }
    if (near)
        return error_set(err, ERR_CONFIG, "[keys] names no action '%s'; did you mean '%s'", name,
                         near);
    return error_set(err, ERR_CONFIG,
                     "[keys] names no action '%s'; the help of the screen (?) shows them", name);
}

/* The first row of the action gets the key; other rows with that key in its map lose it. */
static bool rebind(const char *name, const char *key, struct error *err)
{
    struct key k;
    char canonical[KEY_NAME];
    enum action act = action_find(name);
    if (act == ACT_NONE || act == ACT_SEND)
        return unknown_action(name, err);
    if (!key_parse(key, &k))
        return error_set(err, ERR_CONFIG,
                         "[keys] %s = '%s' is no key: write one letter, ^X, Alt+x, Space, Tab, "
                         "Enter, PgUp, F5 or the like",
                         name, key);
    key_spell(&k, canonical);
    if (is_fixed(canonical))
        return error_set(err, ERR_CONFIG, "[keys] %s: the key %s is fixed; take another one", name,
                         canonical);
    const char *kept = arena_string(&own_names, canonical);
    bool done = false;
    for (size_t i = 0; i < BUILT_IN; i++) {
        struct binding *b = &own[i];
        if (b->act != act || b->map == MAP_INPUT)
            continue;
        if (is_fixed(built_in[i].key))
            return error_set(err, ERR_CONFIG, "[keys] %s: its key %s is fixed", name,
                             built_in[i].key);
        for (size_t j = 0; j < BUILT_IN; j++)
            if (own[j].map == b->map && own[j].act != act && strcmp(own[j].key, canonical) == 0)
                own[j].key = "";
        if (!done || built_in[i].map != MAP_ALL)
            b->key = kept;
        done = true;
    }
    return true;
}

bool bindings_load(const struct config *config, struct error *err)
{
    bindings_reset();
    memcpy(own, built_in, sizeof own);
    has_own = true;
    for (const struct config_value *v = NULL; (v = config_next(config, "keys", v));) {
        if (!rebind(v->key, v->text, err)) {
            bindings_reset();
            return config_blame(config, v, err);
        }
    }
    return true;
}

static enum action in_map(enum keymap map, const struct key *k)
{
    char name[KEY_NAME];
    key_spell(k, name);
    for (size_t i = 0; i < BUILT_IN; i++) {
        const struct binding *b = binding_at(i);
        if (b->map == map && *b->key && strcmp(b->key, name) == 0)
            return b->act;
    }
    return ACT_NONE;
}

enum action binding_find(enum keymap map, bool input, const struct key *k)
{
    const enum keymap order[] = { map, MAP_COACH, MAP_ALL, MAP_INPUT };
    if (input)
        return in_map(MAP_INPUT, k);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        enum action a = in_map(order[i], k);
        if (a != ACT_NONE)
            return a;
    }
    return ACT_NONE;
}

const struct binding *binding_of(enum keymap map, enum action a)
{
    const enum keymap order[] = { map, MAP_COACH, MAP_ALL };
    for (size_t o = 0; o < sizeof order / sizeof *order; o++)
        for (size_t i = 0; i < BUILT_IN; i++)
            if (binding_at(i)->map == order[o] && binding_at(i)->act == a && *binding_at(i)->key)
                return binding_at(i);
    return NULL;
}
