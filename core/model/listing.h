/* A list of models being asked for: some requests, side by side, until the list is whole or
 * its time is up. The machinery that the providers' `list` functions share; what is asked
 * and what a reply means is theirs.
 *
 * One request is the list itself: without it there is none. The others only add to it, and
 * what has not come when the time is up is left unknown. */
#ifndef MODEL_LISTING_H
#define MODEL_LISTING_H

#include "core/base/json.h"
#include "core/model/catalog.h"

struct listing;

/* What one request is for. */
struct errand {
    int step;     /* the provider's own */
    size_t which; /* the model it is about */
    bool is_list; /* the list itself, or a page of it */
};

struct listing_kind {
    /* Asks the first thing, or fills the catalog and asks nothing. */
    void (*begin)(struct listing *l);
    /* A good reply. May ask more. False with err: there is no list. */
    bool (*heard)(struct listing *l, const struct errand *a, const struct json *j,
                  struct error *err);
};

/* As listing_start. */
struct listing *listing_begin(struct net *n, const struct server *s,
                              const struct listing_kind *kind, bool deep, int64_t limit_ms,
                              listing_done *done, void *self, struct error *err);

/* path below the server's URL; body NULL: a GET. Both are copied. */
void listing_ask(struct listing *l, struct errand what, const char *path, const char *body);

struct catalog *listing_catalog(struct listing *l);
const struct server *listing_server(const struct listing *l);
bool listing_is_deep(const struct listing *l);

#endif
