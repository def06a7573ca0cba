/* What `rlab doctor` finds: one finding a line, each ok, a warning, or bad, with what to do. */
#ifndef VERB_DOCTOR_H
#define VERB_DOCTOR_H

#include "core/base/paths.h"
#include "tui/verb/session.h"

enum health { HEALTH_OK, HEALTH_WARN, HEALTH_BAD };

struct finding {
    const char *area, *what, *found;
    const char *todo; /* one line of what to do, or NULL */
    enum health health;
    int code; /* exit code where it is bad */
};

struct doctor {
    struct session *session;
    struct arena arena;
    struct paths paths;
    bool has_lab; /* the lab opened: the checks that need it may be made */
    struct finding *findings;
    size_t count, cap;
};

/* Notes one; texts are borrowed for the doctor's life (doctor_text makes such texts). */
void doctor_note(struct doctor *d, struct finding f);
char *doctor_text(struct doctor *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The checks, by area. The first needs no lab, the others do. */
void doctor_machine(struct doctor *d);  /* folders, disk, environment, terminal */
void doctor_database(struct doctor *d); /* and what was chosen */
void doctor_servers(struct doctor *d);  /* and the two models */

#endif
