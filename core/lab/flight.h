/* A flight: one model call and everyone who waits for it. Identical questions asked at the
 * same time share one; a person's stop ends it only when nobody else is left.
 *
 * A flight writes the call's row (started, once a second while it streams, ended) and puts
 * a finished answer into the cache. Passengers hear its events and then, after everything is
 * on disk, its landing. */
#ifndef LAB_FLIGHT_H
#define LAB_FLIGHT_H

#include "core/base/buf.h"
#include "core/lab/pipeline.h"
#include "core/store/calls.h"

struct passenger {
    struct passenger *next;
    struct flight *flight;
    bool fallback; /* this passenger may not make the answer cacheable */
    /* While it streams; the event's END is never passed on here. */
    void (*hear)(void *self, const struct model_event *ev);
    /* The call ended; the flight's fields are final. Rows may be written here: all of one
     * landing go into one transaction. */
    void (*landed)(void *self);
    /* After the commit: now it may be shown as done. The passenger is off the flight. */
    void (*shown)(void *self);
    void *self;
};

struct flight {
    struct flight *next;
    struct pipeline *pipeline;
    struct lab_model *model;
    struct cache_key key_fields; /* texts live in `arena` */
    struct hash key;
    bool joinable;
    struct passenger *passengers;

    struct call *call;
    struct call_row row; /* as it began; texts live in `arena` */
    int64_t call_id, started_ns, stored_ns;
    int64_t first_ns, first_text_ns; /* 0: not yet */
    struct buf text, thinking;
    struct usage usage;
    unsigned warns;
    int tries;
    enum breaker_pass pass;   /* what the model's breaker let this call be */
    enum call_end stopped_as; /* the end of a call that everybody left */

    bool landed;
    struct net_timer again; /* it ended, and waits for another process to leave the file */
    int64_t busy_since_ns;
    enum call_end end;
    char *error, *advice; /* or NULL */
    int http_status;
    bool model_missing, context_too_long, no_room, key_refused;
    int64_t ended_ns;
    enum level level;
    enum role role;
    bool by_name;
    struct arena arena;
};

/* An identical call that is under way and may be shared, or NULL. */
struct flight *flight_find(struct pipeline *p, const struct hash *key);

/* What a flight is made of; everything is copied. */
struct flight_plan {
    struct lab_model *model;
    const struct cache_key *key;
    const struct call_request *request;
    const struct question *question; /* purpose, run, how it was asked */
    enum level level;
    enum role role;
    bool cot;
    enum breaker_pass pass;
};

/* Starts a call. Where it cannot be started, the error says why and nothing was begun. */
struct flight *flight_start(struct pipeline *p, const struct flight_plan *plan, struct error *err);

/* A passenger lies in its ask. Boarding late is fine: what was said so far is in the flight. */
void flight_board(struct flight *f, struct passenger *p);
/* Off before the landing; the last one off stops the call (CANCELLED, or TIMEOUT_TOTAL where
 * `expired`), whose row is still finished. */
void flight_leave(struct passenger *p, bool expired);

/* The figures of a landed flight into an answer; texts are borrowed from the flight. */
void flight_fill(const struct flight *f, struct answer *a);

/* Program end: partial texts are stored as stopped, nothing is reported. */
void flight_drop_all(struct pipeline *p);

#endif
