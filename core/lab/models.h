/* The models in use: each known once by server and name, with what was learned about it:
 * its identity and when that was last checked, whether it can think, its quirks, its breaker.
 *
 * Identity decides what the cache may answer, so it is asked again when older than one
 * second at a lookup. One request serves everyone who waits for the same server. */
#ifndef LAB_MODELS_H
#define LAB_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "core/model/call.h"
#include "core/model/catalog.h"
#include "core/route/breaker.h"
#include "core/store/store.h"

/* How old an identity may be at a lookup. */
#define IDENTITY_FRESH_NS (1 * NS_PER_S)

/* A server with what it last said it has. */
struct lab_server {
    struct server server;
    struct catalog *list;    /* the last good one, or NULL */
    int64_t listed_ns;       /* monotonic time of that list, 0 never */
    bool answered;           /* the last question for its list was answered */
    struct error error;      /* why not, where not */
    struct listing *listing; /* running, or NULL */
    struct net_timer failed; /* reports a list that could not even be asked for */
    bool deep;               /* the list was asked with capabilities and load state */
    struct waiter *waiters;
    struct models *owner;
    bool replaced; /* another one has its name now: asked only by what still runs there */
};

struct lab_model {
    struct lab_server *server;
    const char *name;      /* as asked */
    const char *full_name; /* SERVER/MODEL */
    char identity[160];    /* "" where nothing was ever learned */
    enum identity_kind identity_kind;
    bool identity_known;   /* learned now or in an earlier process, not just assumed */
    bool identity_checked; /* the server said so within the last second of a lookup */
    bool known_missing;    /* the server's list does not hold it */
    enum tristate thinking, completion;
    int64_t context_tokens, size_bytes, vram_bytes; /* -1 unknown */
    struct model_quirks quirks, kept_quirks;        /* as known; as the store has them */
    struct breaker breaker;
    struct call_switch arranged; /* trouble on purpose (call.h); zeroed in ordinary life */
    const char *stands_for;      /* of an alias: the name its server knows; else NULL */
};

struct models {
    struct net *net;
    struct store *store; /* last known identities and quirks outlive the process */
    struct arena arena;
    struct lab_server **servers;
    size_t server_count, server_cap;
    struct lab_model **models;
    size_t model_count, model_cap;
};

void models_init(struct models *m, struct net *net, struct store *store);
void models_done(struct models *m);

/* Adds a server; where one of that name is known already, that one stays and is returned. */
struct lab_server *models_add_server(struct models *m, const struct server *s);
/* The same, but it takes the name from the one that had it. */
struct lab_server *models_replace_server(struct models *m, const struct server *s);
/* NULL where there is none. */
struct lab_server *models_find_server(struct models *m, const char *name);

/* The one entry for this name on this server (made where missing). */
struct lab_model *models_get(struct models *m, struct lab_server *s, const char *name);

/* SERVER/MODEL, split at the first slash; a first part that is no known server belongs to
 * the model's name, which is then looked for on `fallback` (may be NULL: an error). */
bool models_parse(struct models *m, const char *text, struct lab_server *fallback,
                  struct lab_model **ret, struct error *err);

/* Calls `ready` (once, from net_step) once the server's list is at most `fresh_ns` old, or could not
 * be had within limit_ms (then the last known one stands, and `answered` is false). `deep`
 * asks for capabilities and load state too. Cancel by the returned handle; NULL where the
 * list is fresh already: then nothing is called, go on at once. */
struct waiter;
struct waiter *lab_server_refresh(struct lab_server *s, bool deep, int64_t fresh_ns,
                                  int64_t limit_ms, void (*ready)(void *self), void *self);
void lab_server_forget(struct waiter *w);

/* A name that stands for another model, as a tag on a server does. Keys and records know the
 * alias by its own name only; who is asked and whose identity is told is the target's, as it
 * is now: point again and the same name is another model. The alias is a zeroed struct of the
 * caller's with `name` and `full_name` set, known to nobody else. */
void model_alias_point(struct lab_model *alias, const struct lab_model *target);

/* Whether the server's list can say more about this model's identity than is known: not for
 * hosted servers that list names and nothing else, which need not be asked before a lookup. */
bool lab_model_is_listed(const struct lab_model *m);
/* It was asked, and did not answer: its list is an old one. The built-in one is never silent. */
static inline bool lab_server_is_silent(const struct lab_server *s)
{
    return !s->answered && s->error.text[0];
}

/* Keeps what a call learned about the model (a setting its server refuses) for the next
 * process; a new identity forgets it. */
void lab_model_keep_quirks(struct lab_model *m);

/* The server told a new fingerprint with a reply: part of a hosted model's identity. */
void lab_model_told(struct lab_model *m, const char *fingerprint);

#endif
