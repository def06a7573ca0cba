/* What `rlab doctor` finds: one finding a line, each ok, a warning, or bad, with what to do. The
 * doctor only looks: it makes, moves and mends nothing. */
#ifndef VERB_DOCTOR_H
#define VERB_DOCTOR_H

#include "core/base/paths.h"
#include "core/store/store.h"
#include "tui/verb/session.h"

enum health { HEALTH_OK, HEALTH_WARN, HEALTH_BAD };

/* Names of what can be wrong, for programs that read --json, and what each means. */
#define PROBLEM_LIST(X)                                                                            \
    X(NO_SERVER, "no-server", "nobody answers at the address")                                     \
    X(WRONG_ADDRESS, "wrong-address", "no such host or path, no model server, or another type")    \
    X(PROXY, "proxy", "a proxy stands between")                                                    \
    X(LOOPBACK, "ipv6-localhost", "the server has only one of ::1 and 127.0.0.1, not this one")    \
    X(TLS, "tls", "no safe connection")                                                            \
    X(SLOW_SERVER, "slow-server", "it answers later than rlab waits at its start")                 \
    X(KEY_MISSING, "key-missing", "a server wants a key and none is there")                        \
    X(KEY_REFUSED, "key-refused", "the server does not take the key")                              \
    X(MODEL_MISSING, "model-missing", "a model is not on its server, or there is none")            \
    X(PAIR, "pair", "the two models are not what was asked for, or the same")                      \
    X(CLOCK, "clock", "this machine's clock is wrong, or was")                                     \
    X(TERMINAL, "terminal", "too poor or too small for the screen")                                \
    X(LOCALE, "locale", "letters are not UTF-8")                                                   \
    X(DAMAGED, "database-damaged", "the database is damaged")                                      \
    X(NEWER, "database-newer", "the database is of a later rlab")                                  \
    X(FOREIGN, "database-foreign", "the file is not rlab's database")                              \
    X(DISK, "disk-full", "no room for what is recorded")                                           \
    X(PERMISSIONS, "permissions", "others may look in or change it, or you may not")               \
    X(FILES, "files-missing", "rlab's own files are not with the program")                         \
    X(SETTINGS, "settings", "a config, a setting or a rule set is wrong")

enum problem {
    PROBLEM_NONE,
#define X(id, name, what) PROBLEM_##id,
    PROBLEM_LIST(X)
#undef X
};

struct finding {
    const char *area, *what, *found;
    const char *todo; /* one line of what to do; there is one wherever health is not ok */
    enum health health;
    enum problem problem; /* none where health is ok */
    int code;             /* exit code where it is bad */
};

struct doctor {
    struct session *session;
    struct arena arena;
    struct paths paths;
    bool has_lab;           /* the lab opened: the checks that need it may be made */
    struct store_exam exam; /* of the database */
    struct finding *findings;
    size_t count, cap;
};

/* Notes one; texts are borrowed for the doctor's life (doctor_text makes such texts). */
void doctor_note(struct doctor *d, struct finding f);
char *doctor_text(struct doctor *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The checks, by area. The last two need the lab, the others do not. */
void doctor_files(struct doctor *d);    /* folders and files: whose, and who else may */
void doctor_database(struct doctor *d); /* fills `exam` */
void doctor_machine(struct doctor *d);  /* disk, environment, clock, terminal */
void doctor_settings(struct doctor *d); /* what was chosen */
void doctor_servers(struct doctor *d);  /* and the two models */

#endif
