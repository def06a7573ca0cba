/* What models a server has: one list for all kinds of server. */
#ifndef MODEL_CATALOG_H
#define MODEL_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/model/server.h"
#include "core/wire/net.h"

/* How sure we are which weights answer behind a name. */
enum identity_kind {
    IDENTITY_DIGEST,      /* the server names a digest of the model */
    IDENTITY_METADATA,    /* size, parameter count, type and alias */
    IDENTITY_FINGERPRINT, /* model name and the server's system_fingerprint */
    IDENTITY_NAME,        /* the name alone */
};

const char *identity_kind_name(enum identity_kind k); /* "digest", "metadata", ... */

/* Knowledge that may be missing. */
enum tristate { TRI_UNKNOWN, TRI_NO, TRI_YES };

struct model_info {
    const char *name;
    const char *identity; /* digest or what stands for it; never NULL */
    enum identity_kind identity_kind;
    int64_t size_bytes;     /* -1 unknown */
    int64_t vram_bytes;     /* of a loaded model, -1 unknown */
    int64_t context_tokens; /* -1 unknown */
    const char *family;     /* "" unknown */
    const char *parameters; /* "8.2B", "" unknown */
    const char *quant;      /* "Q4_K_M", "" unknown */
    enum tristate loaded;
    enum tristate completion; /* can chat: capability, else family and name */
    enum tristate thinking;   /* can be told to think */
    enum made_for { MADE_FOR_ANYTHING, MADE_FOR_FAST, MADE_FOR_REASONING } made_for;
};

struct catalog {
    struct arena arena; /* everything below lives here */
    struct model_info *models;
    size_t count;
    const char *version;  /* the server's, "" unknown */
    double answer_s;      /* how long the list took; NAN: nobody had to be asked */
    double clock_ahead_s; /* of the server before ours, by the date of its reply; NAN unknown */
};

void catalog_done(struct catalog *c);

/* By exact name; Ollama's ":latest" may be left out. NULL where absent. */
const struct model_info *catalog_find(const struct catalog *c, const char *name);

/* Whether any of them can be asked. */
bool catalog_chats(const struct catalog *c);

/* Asks the server for its list (and, where `deep`, what each can do and whether it is
 * loaded: some more requests). Reports once, from net_step: the catalog (handed over: the
 * handler copies the struct and owns it, catalog_done ends it) or NULL and the error. When
 * limit_ms is over, what is there counts, as long as the list itself came. The server is
 * borrowed until the report; the listing is gone with it. Returns NULL with err set where the
 * server cannot even be asked. */
struct listing;
typedef void listing_done(void *self, struct catalog *list, const struct error *err);
struct listing *listing_start(struct net *n, const struct server *s, bool deep, int64_t limit_ms,
                              listing_done *done, void *self, struct error *err);
void listing_cancel(struct listing *l); /* no report; accepts NULL */

#endif
