/* Kept connections (kept.h). */
#include "core/wire/kept.h"

#include <netinet/in.h>
#include <sys/socket.h>

typedef int name_fn(int fd, struct sockaddr *name, socklen_t *len);

/* Of this end or of the other; 0 where the descriptor is no such connection (any more). */
static int port_of(int fd, name_fn *name)
{
    struct sockaddr_storage s;
    socklen_t len = sizeof s;
    if (name(fd, (struct sockaddr *)&s, &len) != 0)
        return 0;
    if (s.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)&s)->sin_port);
    if (s.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&s)->sin6_port);
    return 0;
}

void kept_note(struct kept *k, int fd)
{
    int port = fd < 0 ? 0 : port_of(fd, getsockname);
    if (port) {
        k->at[port % KEPT_PLACES].fd = fd;
        k->at[port % KEPT_PLACES].port = port;
    }
}

bool kept_has_leftover(const struct kept *k, int local_port, int remote_port)
{
    int fd = k->at[local_port % KEPT_PLACES].fd;
    if (local_port <= 0 || k->at[local_port % KEPT_PLACES].port != local_port)
        return false;
    /* The descriptor may have been closed, and its number given away. */
    if (port_of(fd, getsockname) != local_port || port_of(fd, getpeername) != remote_port)
        return false;
    char c;
    return recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}
