/* Kept connections, looked at before they are used again: what can be read from one before its
 * next request has left is no reply to that request. A server that sent more than its reply's
 * length would otherwise answer the next question with what was left over from the last. */
#ifndef WIRE_KEPT_H
#define WIRE_KEPT_H

#include <stdbool.h>

/* As many as are remembered; of two whose ports fall together the later one. Zeroed: none. */
#define KEPT_PLACES 512

struct kept {
    struct {
        int fd, port; /* port 0: an empty place */
    } at[KEPT_PLACES];
};

/* The descriptor of a connection whose transfer has ended; below 0: none. Not owned, and it may
 * be closed at any time. */
void kept_note(struct kept *k, int fd);
/* Something is left on the connection that has this port on our side and that one on theirs. */
bool kept_has_leftover(const struct kept *k, int local_port, int remote_port);

#endif
