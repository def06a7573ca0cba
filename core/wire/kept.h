/* Kept connections, looked at before they are used again: what can be read from one before its
 * next request has left is no reply to that request. A server that sent more than its reply's
 * length would otherwise answer the next question with what was left over from the last. */
#ifndef WIRE_KEPT_H
#define WIRE_KEPT_H

#include <stdbool.h>
#include <stddef.h>

/* By descriptor, as two connections to different places may well have the same port on our side.
 * Zeroed: none. */
struct kept {
    int *ports; /* at a descriptor: the port on our side it was noted with, 0 none */
    size_t cap;
};

/* The descriptor of a connection whose transfer has ended; below 0: none. Not owned, and it may
 * be closed at any time. */
void kept_note(struct kept *k, int fd);
/* Something is left on a connection that has this port on our side and that one on theirs. Of
 * several with the same two, as to several hosts, any counts. */
bool kept_has_leftover(const struct kept *k, int local_port, int remote_port);
void kept_done(struct kept *k);

#endif
