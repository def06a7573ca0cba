/* The keys of the screen, for `rlab help keys` and the manual page: the same table that the screen
 * itself goes by. */
#include "tui/verb/help.h"

#include <stdio.h>
#include <string.h>

#include "tui/pane/action.h"

static const char *const maps[KEYMAPS] = {
    [MAP_ALL] = "in every pane",
    [MAP_COACH] = "exercises, in every pane",
    [MAP_INPUT] = "in a text field",
    [MAP_SETUP] = "in Setup",
    [MAP_CLASSIFY] = "in Classify",
    [MAP_CACHE] = "in Cache",
    [MAP_ASK] = "in Ask",
    [MAP_TEST] = "in Test",
    [MAP_BENCH] = "in Bench",
    [MAP_PRODUCTION] = "in Prod",
    [MAP_LEARN] = "in Learn",
    [MAP_HISTORY] = "in Hist",
};

/* Every key of a map, with its name for [keys] of the config. */
void help_each_key(help_key *each, void *self)
{
    static const enum keymap order[] = { MAP_ALL,      MAP_COACH,      MAP_INPUT, MAP_SETUP,
                                         MAP_CLASSIFY, MAP_CACHE,      MAP_ASK,   MAP_TEST,
                                         MAP_BENCH,    MAP_PRODUCTION, MAP_LEARN, MAP_HISTORY };
    for (size_t m = 0; m < sizeof order / sizeof *order; m++)
        for (size_t i = 0; i < binding_count(); i++) {
            const struct binding *b = binding_at(i);
            if (b->map == order[m] && *b->key)
                each(self, maps[order[m]], b->key, action_name(b->act), b->help);
        }
}

static void print_key(void *self, const char *where, const char *key, const char *action,
                      const char *help)
{
    const char **last = self;
    if (*last != where)
        printf("%s%s\n", *last ? "\n" : "", where);
    *last = where;
    printf("  %-10s %-14s %s\n", key, action, help);
}

void help_keys(void)
{
    const char *last = NULL;
    puts("Keys of the screen: the key, its action for [keys] in the config, what it does.\n");
    help_each_key(print_key, &last);
}
