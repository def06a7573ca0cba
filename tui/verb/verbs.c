/* The list of verbs: a new one is its file and one line here. */
#include "tui/verb/verb.h"

#include <string.h>

/* One a line, in the order of help. */
#define VERB_LIST(X)                                                                               \
    X(tour)                                                                                        \
    X(classify)                                                                                    \
    X(ask)                                                                                         \
    X(trial)                                                                                       \
    X(bench)                                                                                       \
    X(cache)                                                                                       \
    X(history)                                                                                     \
    X(models)                                                                                      \
    X(mini)                                                                                        \
    X(label)                                                                                       \
    X(judge)                                                                                       \
    X(exercise)                                                                                    \
    X(progress)                                                                                    \
    X(report)                                                                                      \
    X(set)                                                                                         \
    X(rules)                                                                                       \
    X(demo)                                                                                        \
    X(perf)                                                                                        \
    X(doctor)                                                                                      \
    X(paths)                                                                                       \
    X(backup)                                                                                      \
    X(completion)                                                                                  \
    X(help)

#define X(name) extern const struct verb verb_##name;
VERB_LIST(X)
#undef X

const struct verb *const verbs[] = {
#define X(name) &verb_##name,
    VERB_LIST(X)
#undef X
};

const size_t verb_count = sizeof verbs / sizeof *verbs;

const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < verb_count; i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

int exit_code(const struct error *err)
{
    switch (err->code) {
    case ERR_NO:
        return EXIT_NO_ANSWER;
    case ERR_NET:
    case ERR_ADDRESS:
    case ERR_TLS:
        return EXIT_NO_SERVER;
    case ERR_MODEL:
        return EXIT_NO_MODEL;
    case ERR_STORE:
        return EXIT_DATABASE;
    default:
        return EXIT_MISUSE;
    }
}
