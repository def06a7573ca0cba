/* The lab: everything one process needs, opened in one place and closed in one place. Front
 * ends (verbs, the screen, later a server) stand on it; it knows none of them.
 *
 *   lab_open    paths, config, store, rules, servers, cache, pipeline: no network, no wait
 *   lab_choose  which two models (at most 300 ms of asking around); a screen, which may not
 *               wait, has lab_choose_start
 *   lab_turn    one turn of the loop: wait, move the network, write what is due */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/config.h"
#include "core/base/paths.h"
#include "core/lab/choice.h"
#include "core/lab/pipeline.h"

struct lab_options {
    const char *data_dir, *config; /* NULL: the usual places */
    bool read_only, no_history, builtin;
    const char *const *servers; /* NAME=TYPE:URL or TYPE:URL, count */
    size_t server_count;
    const char *fast_model, *reason_model, *rules; /* NULL: not said */
    int busy_ms;                                   /* 0: 5000 */
    const struct clock *clock;                     /* NULL: the real one */
    bool private_cache;         /* tour: memory only, so every run starts alike */
    bool memory_store;          /* nothing is read from or written to disk */
    const char *const *lessons; /* more folders of exercises, lesson_count */
    size_t lesson_count;
    /* Nothing is changed anywhere (read_only too), and servers whose key cannot be had are there
     * without it (server.key_trouble). */
    bool looks_only;
    int64_t patience_ms; /* no server is waited for longer at the start; 0: as choice.h says */
    bool
        without_files; /* where rlab's own files are missing, a set without rules: for verbs that score nothing */
    bool usual_rules; /* the usual rule set, whatever was chosen: for verbs that mend a choice */
};

struct lab {
    struct arena arena;
    struct paths paths;
    struct config config;
    const struct clock *clock;
    struct net *net;
    struct store *store;
    struct cache *cache;
    struct rules *rules;
    struct models models;
    struct pipeline pipeline;
    struct choice choice;
    bool chosen;
    struct lab_choosing {
        struct choosing *running; /* NULL: nobody is choosing */
        bool builtin;
        void (*done)(void *self, const struct error *err);
        void *self;
    } choosing;
    const char *rules_from;                  /* the name or path that `rules` were asked for by */
    const char *wished_fast, *wished_reason; /* pair.fast and pair.reason when it was chosen */
    const struct rules **old_rules; /* sets that were in force: what still runs may hold them */
    size_t old_rules_count, old_rules_cap;
    struct lab_watch *watch;           /* NULL: settings are read as they are */
    const struct lab_options *options; /* borrowed for the lab's life */
};

/* On failure nothing is left open. Errors: config, rules file, no folder to name. A database
 * that cannot be used is not one of them (store_trouble tells). */
bool lab_open(struct lab *lab, const struct lab_options *options, struct error *err);
void lab_close(struct lab *lab); /* accepts a zeroed one */

/* Finds the pair and gives it to the pipeline. Once per process; a second call does nothing.
 * Finding nothing is no failure: lab.choice.help says what to do. */
bool lab_choose(struct lab *lab, struct error *err);

/* The same without waiting, and as often as wanted: looks around anew, and gives the pair found to
 * the pipeline; what runs keeps its models. `builtin`: the built-in pair for this process, whatever
 * was chosen or is there. `done` comes once, from lab_turn; err where the pair stays what it was.
 * A choice that still runs is dropped, without its report. */
void lab_choose_start(struct lab *lab, bool builtin,
                      void (*done)(void *self, const struct error *err), void *self);

/* Whether a model can have a role, as far as its server told: one that is not on the list of a
 * server that answered, or that only makes embeddings, cannot. */
bool lab_model_plays(const struct lab_model *m, struct error *err);
/* Gives a model its role now and keeps the choice (pair.fast, pair.reason), where it plays. After
 * lab_choose. */
bool lab_use_model(struct lab *lab, enum role role, struct lab_model *m, struct error *err);

/* Another server for this process: "NAME=TYPE:URL", "TYPE:URL" or "URL", whose type is that of
 * the server it looks like. One of that name gives way, with its models; what runs there ends
 * there. Says in `ret` which one it is now. */
bool lab_add_server(struct lab *lab, const char *text, struct lab_server **ret, struct error *err);

/* The shipped set for a use ("sample", "bench", "known") that suits the models chosen: with the
 * built-in pair one of questions it knows ("mini-sample"). After lab_choose. */
const char *lab_set_name(const struct lab *lab, const char *use);

/* SERVER/MODEL as typed; the default server is the one lab_choose found. */
bool lab_model(struct lab *lab, const char *text, struct lab_model **ret, struct error *err);

/* Waits at most max_ms for network, timers and the descriptors, then lets everything move. */
bool lab_turn(struct lab *lab, struct net_fd *fds, size_t count, int64_t max_ms, struct error *err);

/* Loads another rule set by name or path; the old one stays in force where it fails. */
bool lab_use_rules(struct lab *lab, const char *name_or_path, struct error *err);
/* Path of a rule set by name, or NULL. Strings in the arena. */
const char *lab_rules_path(struct lab *lab, const char *name, struct arena *a);

/* One setting's value in force and who said so: "flag", "environment", "setting", "config",
 * "default". `key` is SECTION.KEY as in the config ("cache.size"). NULL: unset. */
const char *lab_setting(struct lab *lab, const char *key, const char **ret_origin);
/* The same as a number (NAN: unset) and as yes or no. */
double lab_setting_number(struct lab *lab, const char *key);
bool lab_setting_bool(struct lab *lab, const char *key);
/* Keeps a choice made in the program (checked like a config value), as a fact too. NULL: the
 * choice is taken back, and the config or the default says again. */
bool lab_set(struct lab *lab, const char *key, const char *value, struct error *err);

/* For front ends that live long: from now on (or, `on` false, no longer) every setting stays what it
 * is until it is set here or taken over, whatever other processes of this person choose. */
void lab_watch_settings(struct lab *lab, bool on);
/* What others set since, appended to `said`, each value once: "cache size is now 20, rule set is now
 * basic". Returns how many. Microseconds, and no wait, where nobody wrote. */
size_t lab_set_elsewhere(struct lab *lab, struct buf *said);
/* Something of that is not in force here yet. */
bool lab_has_elsewhere(struct lab *lab);
/* Takes over what others set: while settings are watched. What is another now is appended to `said`
 * ("rule set basic, cache guard off"); what the screen reads at its start is the caller's to read
 * again. `ret_pair`: the models chosen are others too, and lab_choose_start finds them. On failure
 * the rules, or the size of the cache, stay what they were. */
bool lab_take_over(struct lab *lab, struct buf *said, bool *ret_pair, struct error *err);

/* The settings of an ask that config and choices give; flags go on top. */
struct ask_settings lab_ask_settings(struct lab *lab);

/* Turns the keeping of texts on or off until the program ends (history.recording in the facts;
 * the cache goes with it). Turning it on is refused while something is being answered. */
bool lab_record(struct lab *lab, bool on, struct error *err);

/* Notes for a person, once: NULL where there is nothing to say. */
const char *lab_not_recorded(const struct lab *lab); /* "not recorded: ..." without the words */
/* How many answers wait in memory until they can be written, and why (NULL where none does). */
size_t lab_waiting(const struct lab *lab, const char **ret_why);
/* Before the end: tries a last time to write what waits; what cannot be written is then told by
 * lab_not_recorded. */
void lab_settle(struct lab *lab);
/* Something went wrong and a person was told so: the sentence into the log (core/base/log.h). Not
 * where nothing may be written, and not while nothing is recorded. */
void lab_log(const struct lab *lab, const char *text);

#endif
