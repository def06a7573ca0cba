/* Which two models, when nobody said: the first that fits of
 *   the models named on the command line; the pair chosen in the program or the config;
 *   OPENAI_BASE_URL; the local Ollama; a server of `./lab model start`; an OpenAI-compatible
 *   server on 127.0.0.1, port 8080, 8000 or 1234; the built-in pair.
 * All servers that may be needed are asked together and have 300 ms to answer; only one that
 * `./lab model start` started, whose process lives, is waited for up to 3 s. */
#ifndef LAB_CHOICE_H
#define LAB_CHOICE_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/lab/models.h"

#define CHOICE_PROBE_MS 300

struct choice_wish {
    bool anew;    /* every server is asked, however lately it was */
    bool builtin; /* the built-in pair, without asking around; models that are named still win */
    const char *fast, *reason;               /* SERVER/MODEL or MODEL; NULL: not said */
    const char *fast_origin, *reason_origin; /* "--fast-model", "setting", "config" */
    const char *openai_base_url;             /* NULL: unset */
    int64_t most_ms;                         /* no server is waited for longer, 0: as above */
    const char *state_file;                  /* of `./lab model start` */
};

struct choice {
    struct lab_model *fast, *reasoning; /* NULL where none was found */
    const char *fast_why,
        *reasoning_why; /* "has \"8b\", no \"r1\"", "setting"; NULL with no model */
    const char *fast_origin, *reasoning_origin; /* who named it ("setting"); NULL: picked */
    bool builtin;                               /* it is the built-in pair */
    /* A server the person named refused their key: code ERR_REFUSED; nothing else should be
     * asked in its place. Code ERR_NONE: no such thing. */
    struct error refusal;
    struct lab_server *server; /* where a bare model name is looked for; or NULL */
    const char *line;          /* one line: what was found, what was picked and why */
    const char *warning;       /* from the pick rule, or NULL */
    const char *help;          /* where nothing was found: what to do, in three lines; else NULL */
};

/* Looks for the pair without waiting: `done` comes once, from net_step, after at most 300 ms plus
 * the time for details of the two models picked. `ret` NULL with err: a named model cannot be
 * understood; finding nothing is a choice with NULL models. The wish is copied, its strings are
 * borrowed until then; those of the choice live in the arena. `done` may start another one, not
 * end the models. */
struct choosing;
typedef void choice_done(void *self, const struct choice *ret, const struct error *err);
struct choosing *choice_start(struct models *m, const struct choice_wish *w, struct arena *a,
                              choice_done *done, void *self);
void choice_cancel(struct choosing *c); /* no report; accepts NULL */

/* The same for who may wait: turns the loop itself. Fails too where the loop does. */
bool choice_make(struct models *m, const struct choice_wish *w, struct arena *a, struct choice *ret,
                 struct error *err);

bool choice_is_built_in(const struct choice *c); /* both models are inside the program */

/* An address nobody named, looked at in passing: that nobody answers there says nothing. */
bool choice_is_guess(const struct lab_server *s);

#endif
