/* A server that does not answer, looked for where it may be instead: so that a person is told
 * "it listens on ::1 only" and not "nothing listens there". Asked for its list only, and never
 * with a key: that is meant for nobody but the address it was given for. */
#ifndef LAB_SECOND_LOOK_H
#define LAB_SECOND_LOOK_H

#include "core/lab/lab.h"

struct second_look {
    enum {
        SECOND_NOTHING,  /* nothing was found */
        SECOND_LOOPBACK, /* on the other loopback address: IPv6 alone, or IPv4 alone */
        SECOND_DIRECT,   /* at its address, without the proxy of the environment */
        SECOND_TYPE,     /* a model server is there, of this type at this address */
    } found;
    const char *url, *type; /* where and as what; in the arena */
};

/* One for each of lab->models.servers, those that answered untouched. All are asked together;
 * waits until they have answered, at most limit_ms. */
bool second_look(struct lab *lab, int64_t limit_ms, struct arena *a, struct second_look *ret,
                 struct error *err);

#endif
