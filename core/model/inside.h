/* An answer that is written inside the program, not by a server: what all such writers share, which
 * is their turns, their telling and their stop. built_in.c holds the list of them.
 *
 * A writer's own struct begins with a struct inside, is made by mem_new, and goes to inside_begin;
 * from then on it belongs to this file. It is written piece by piece, in slices of about a
 * millisecond on the loop's own timers, until inside_end. */
#ifndef MODEL_INSIDE_H
#define MODEL_INSIDE_H

#include <stddef.h>

#include "core/base/clock.h"
#include "core/model/call.h"

/* A slice ends with the piece that passes this, so it stays below two of them where a piece is
 * small. */
#define INSIDE_SLICE_NS (1 * NS_PER_MS)

struct inside;

/* What a kind of writer does. */
struct inside_writer {
    void (*step)(struct inside *i); /* the next piece: a token, a word, some learning */
    struct usage (*count)(const struct inside *i); /* so far */
    void (*done)(struct inside *i);                /* gives back all but the struct itself */
};

struct inside {
    const struct inside_writer *writer;
    struct net *net;
    const struct server *server;
    const struct call_request *request;
    model_hear *hear;
    void *self;
    double pace; /* pieces a second from now on; 0: as many as it can */
    /* Nothing more is to be told: it has ended, or whoever heard of something has cancelled it, and
     * then request and server may be gone as well. A step looks at it after each telling. */
    bool done;

    struct net_timer turn;
    bool busy; /* in a slice */
};

/* Takes i, with all above `done` filled in; its first piece comes from the loop. Returns i. */
struct inside *inside_begin(struct inside *i);
/* As provider.cancel. */
void inside_cancel(struct inside *i, struct usage *ret);

int64_t inside_now(const struct inside *i); /* the net's clock */
/* Tells of something now; of nothing once it is done. */
void inside_tell(struct inside *i, struct model_event ev);
/* The end, whose type is filled in: nothing is told after it. */
void inside_end(struct inside *i, struct model_event end);

/* Where the first stop text of a request begins in text, or len. */
size_t inside_find_stop(const struct call_request *r, const char *text, size_t len);

#endif
