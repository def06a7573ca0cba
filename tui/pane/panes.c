/* The list of panes: a new one is its file and one line here. */
#include "tui/pane/pane.h"

/* One a line, in the order of their keys. */
#define PANE_LIST(X)                                                                               \
    X(setup)                                                                                       \
    X(classify)                                                                                    \
    X(cache)                                                                                       \
    X(ask)                                                                                         \
    X(test)                                                                                        \
    X(bench)                                                                                       \
    X(production)                                                                                  \
    X(learn)                                                                                       \
    X(history)

#define X(name) extern const struct pane_ops name##_pane;
PANE_LIST(X)
#undef X

const struct pane_ops *const panes[] = {
#define X(name) &name##_pane,
    PANE_LIST(X)
#undef X
};
