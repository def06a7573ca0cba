/* Kept connections (kept.h). */
#include "core/wire/kept.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "core/base/mem.h"

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
    if (fd < 0)
        return;
    if ((size_t)fd >= k->cap)
        k->ports = mem_grow(k->ports, &k->cap, (size_t)fd + 1, sizeof *k->ports);
    k->ports[fd] = port_of(fd, getsockname);
}

static bool has_leftover(int fd, int local_port, int remote_port)
{
    /* The descriptor may have been closed, and its number given away. */
    if (port_of(fd, getsockname) != local_port || port_of(fd, getpeername) != remote_port)
        return false;
    char c;
    return recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool kept_has_leftover(const struct kept *k, int local_port, int remote_port)
{
    for (size_t fd = 0; local_port > 0 && fd < k->cap; fd++)
        if (k->ports[fd] == local_port && has_leftover((int)fd, local_port, remote_port))
            return true;
    return false;
}

void kept_done(struct kept *k)
{
    mem_free(k->ports);
    *k = (struct kept){ 0 };
}
