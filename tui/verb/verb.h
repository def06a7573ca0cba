/* What a verb is: a row in a table and one file. The same rows feed the dispatcher, --help,
 * the man page, shell completion and "did you mean".
 *
 * A verb prints data on stdout and talk on stderr, as text or (--json) as JSON. It returns
 * false with an error that main prints once, or true with its exit code. */
#ifndef VERB_VERB_H
#define VERB_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/json.h"

/* Every option there is. `argument` NULL: a switch. */
#define OPTION_LIST(X)                                                                             \
    X(JSON, "json", NULL, "print JSON: one object, or one a line")                                 \
    X(FAST, "fast", NULL, "ask the fast model, whatever the level")                                \
    X(REASON, "reason", NULL, "ask the reasoning model, whatever the level")                       \
    X(COMPARE, "compare", NULL, "ask both models side by side")                                    \
    X(SWAP, "swap", NULL, "compare with the sides swapped")                                        \
    X(MODEL, "model", "SERVER/MODEL", "ask this model, without a route")                           \
    X(NO_CACHE, "no-cache", NULL, "skip the look-up; the answer is still stored")                  \
    X(NO_COT, "no-cot", NULL, "never add the step-by-step invitation")                             \
    X(STREAM, "stream", NULL, "print the answer as it comes, also into a pipe")                    \
    X(EVENTS, "events", NULL, "one JSON event a line while it happens, the answer last")           \
    X(TEMPERATURE, "temperature", "T", "0 (the usual) to 2")                                       \
    X(TOP_P, "top-p", "P", "above 0 to 1")                                                         \
    X(SEED, "seed", "N", "a whole number, sent as it is")                                          \
    X(MAX_TOKENS, "max-tokens", "N", "limit of thinking and answer together")                      \
    X(STOP, "stop", "TEXT", "stop before this text (up to 4 times)")                               \
    X(SYSTEM, "system", "TEXT", "a system text")                                                   \
    X(DEADLINE, "deadline", "SECONDS", "for the reasoning model; then the fast one answers")       \
    X(THINK_BUDGET, "think-budget", "N", "tokens of thinking allowed, where the server can")       \
    X(RULES, "rules", "NAME", "the rule set to score with (a name or a file)")                     \
    X(JSONL, "jsonl", NULL, "read {\"query\":...} lines from stdin, one result line each")         \
    X(NAME, "name", "NAME", "a name to find it by")                                                \
    X(NOTES, "notes", "TEXT", "notes kept with it")                                                \
    X(SET, "set", "FILE", "a query set: a shipped name or a file")                                 \
    X(ROUNDS, "rounds", "N", "how often the set is run (2 unless said)")                           \
    X(CONCURRENCY, "concurrency", "N", "questions in flight at once (1 unless said)")              \
    X(ALWAYS, "always-reasoning", NULL, "also ask the reasoning model everything, and measure")    \
    X(COLD, "cold", NULL, "no warm-up word before the first round")                                \
    X(YES, "yes", NULL, "do not ask before many calls to a hosted server, or before deleting")     \
    X(LIMIT, "limit", "N", "how many rows (50 unless said)")                                       \
    X(BEFORE, "before", "ID", "rows older than this one")                                          \
    X(ALL, "all", NULL, "everything")                                                              \
    X(RESET, "reset", NULL, "take the choice back: config or default say again")                   \
    X(BASELINE, "baseline", "RUN", "compare with this run")                                        \
    X(FAIL_OVER, "fail-over", "SECONDS", "exit 1 where the mean model call is slower")             \
    X(BLIND, "blind", NULL, "the sides were hidden while judging")                                 \
    X(KIND, "kind", "KIND", "one kind of question (rlab help mini lists them)")                    \
    X(STEPS, "steps", "N", "questions of so many steps")                                           \
    X(COUNT, "n", "N", "how many questions")                                                       \
    X(MINUTES, "minutes", "N", "how long to train")                                                \
    X(FOLD, "fold", NULL, "leave the thinking out, and say how long it was")                       \
    X(HELD_OUT, "held-out", NULL, "only questions that no training sees")                          \
    X(FAST_MODEL, "fast-model", "SERVER/MODEL", "the fast model, for this command")                \
    X(REASON_MODEL, "reason-model", "SERVER/MODEL", "the reasoning model, for this command")       \
    X(SERVER, "server", "[NAME=]TYPE:URL", "one more model server (repeatable)")                   \
    X(LESSONS, "lessons", "DIR", "one more folder of exercises (repeatable)")                      \
    X(BUILTIN, "builtin", NULL, "use the built-in models")                                         \
    X(DATA_DIR, "data-dir", "DIR", "database and log in this folder")                              \
    X(CONFIG, "config", "FILE", "read this config file")                                           \
    X(READ_ONLY, "read-only", NULL, "write nothing")                                               \
    X(NO_HISTORY, "no-history", NULL, "keep no query and no answer text")                          \
    X(ASCII, "ascii", NULL, "plain ASCII marks")                                                   \
    X(COLOR, "color", "always|auto|never", "colour on the screen (auto unless said)")              \
    X(LINE, "line", NULL, "line mode: plain lines and numbered choices, no screen")                \
    X(SLOW, "slow", NULL, "redraw as seldom as over a slow line")                                  \
    X(NO_MOTION, "no-motion", NULL, "nothing on the screen changes by itself")                     \
    X(NO_MOUSE, "no-mouse", NULL, "the mouse stays the terminal's own")                            \
    X(HELP, "help", NULL, "this help")                                                             \
    X(VERSION, "version", NULL, "name and version")

enum option {
#define X(id, name, argument, help) OPT_##id,
    OPTION_LIST(X)
#undef X
        OPTIONS
};

struct option_def {
    const char *name, *argument, *help;
};
extern const struct option_def option_defs[OPTIONS];

/* Options every verb takes; listed apart in help. */
bool option_is_global(enum option o);

#define MAX_OPTION_VALUES 64 /* of one repeatable option */

/* The words of one command, sorted. Everything is borrowed from argv. */
struct args {
    const char *const *words; /* what is left after verb and options */
    size_t count;
    bool given[OPTIONS];
    const char *value[OPTIONS]; /* the last one given */
    struct {
        enum option option;
        const char *value;
    } values[MAX_OPTION_VALUES]; /* all of them, in order: for repeatable options */
    size_t value_count;
};

struct session;

struct verb {
    const char *name;
    const char *words;   /* "TEXT|-" */
    const char *summary; /* one line, lower case, no full stop */
    const char *help;    /* paragraphs for `rlab help VERB` */
    const char *example; /* one real command line and what it prints */
    const char *subs;    /* "run list show compare models", or NULL: for completion and errors */
    const enum option *options; /* OPTIONS ends it */
    bool (*run)(struct session *s, const struct args *a, int *ret_code, struct error *err);
};

/* The table, in the order of help. */
extern const struct verb *const verbs[];
extern const size_t verb_count;
const struct verb *verb_find(const char *name);

/* Sorts argv into verb and arguments. `ret_verb` is NULL where none was named. Errors name
 * the nearest verb or option. "--" ends options. */
bool args_parse(int argc, const char *const *argv, const struct verb **ret_verb, struct args *ret,
                const char **words, struct error *err);

/* Values of options: unset gives `otherwise`; a bad one is an error that names the option,
 * what was given and what is expected. */
bool args_int(const struct args *a, enum option o, int64_t low, int64_t high, int64_t otherwise,
              int64_t *ret, struct error *err);
bool args_real(const struct args *a, enum option o, double low, double high, double otherwise,
               double *ret, struct error *err);

/* Exit code for a failed verb. */
int exit_code(const struct error *err);

#define EXIT_NO_ANSWER 1 /* ran, but the answer is no */
#define EXIT_MISUSE    2
#define EXIT_NO_SERVER 3
#define EXIT_NO_MODEL  4
#define EXIT_DATABASE  5
#define EXIT_STOPPED   130

#endif
