/* The model server of `rlab perf` (perf_mock.h). The child is one loop over its connections;
 * requests come one after another, so each is answered whole before the next is looked at. */
#include "tui/verb/perf_mock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"

#define MOST_CONNECTIONS 16
#define MOST_REQUEST     65536

struct connection {
    int fd;
    char in[MOST_REQUEST];
    size_t len;
};

/* --- what is said ------------------------------------------------------------------------- */

static bool send_all(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* One event as one chunk of the body. `before` is put in front (the head), in one write. */
static bool send_event(int fd, const char *before, const char *data)
{
    char event[1024], all[2048];
    int len = snprintf(event, sizeof event, "data: %s\n\n", data);
    int n = snprintf(all, sizeof all, "%s%x\r\n%s\r\n", before, (unsigned)len, event);
    return send_all(fd, all, (size_t)n);
}

static bool send_delta(int fd, const char *before, const char *delta, const char *finish)
{
    char data[512];
    snprintf(data, sizeof data,
             "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":"
             "\"" PERF_MOCK_MODEL "\",\"choices\":[{\"index\":0,\"delta\":{%s},"
             "\"finish_reason\":%s}]}",
             delta, finish);
    return send_event(fd, before, data);
}

/* Words are due at fixed times after the first, so that the length of the stream does not
 * depend on who reads it. */
static void wait_until(int64_t at_ns)
{
    int64_t left;
    while ((left = at_ns - clock_mono(clock_real())) > 0)
        nanosleep(&(struct timespec){ .tv_sec = left / NS_PER_S, .tv_nsec = left % NS_PER_S },
                  NULL);
}

static bool send_stream(int fd)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n";
    int64_t start = clock_mono(clock_real());
    for (int i = 0; i < PERF_MOCK_WORDS; i++) {
        wait_until(start + i * PERF_MOCK_MS * NS_PER_MS / (PERF_MOCK_WORDS - 1));
        if (!send_delta(fd, i ? "" : head, "\"content\":\"word \"", "null"))
            return false;
    }
    return send_delta(fd, "", "", "\"stop\"") &&
           send_event(fd, "",
                      "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":10,"
                      "\"total_tokens\":15}}") &&
           send_event(fd, "", "[DONE]") && send_all(fd, "0\r\n\r\n", 5);
}

static bool send_list(int fd)
{
    static const char body[] =
        "{\"object\":\"list\",\"data\":[{\"id\":\"" PERF_MOCK_MODEL "\",\"object\":\"model\"}]}";
    char all[512];
    int n = snprintf(all, sizeof all,
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                     "%zu\r\n\r\n%s",
                     sizeof body - 1, body);
    return send_all(fd, all, (size_t)n);
}

/* --- what is heard ------------------------------------------------------------------------ */

/* Bytes of the first whole request, 0 where it is not whole yet. */
static size_t whole_request(const struct connection *c)
{
    const char *end = memmem(c->in, c->len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    size_t head = (size_t)(end - c->in) + 4, body = 0;
    for (const char *at = c->in; at < end; at++)
        if (strncasecmp(at, "\r\ncontent-length:", 17) == 0)
            body = (size_t)strtoul(at + 17, NULL, 10);
    return head + body <= c->len ? head + body : 0;
}

static bool answer(struct connection *c)
{
    ssize_t n = recv(c->fd, c->in + c->len, sizeof c->in - c->len - 1, 0);
    if (n <= 0)
        return n < 0 && errno == EINTR;
    c->len += (size_t)n;
    c->in[c->len] = '\0';
    size_t whole = whole_request(c);
    if (!whole)
        return c->len + 1 < sizeof c->in;
    bool post = strncmp(c->in, "POST", 4) == 0;
    memmove(c->in, c->in + whole, c->len - whole);
    c->len -= whole;
    return post ? send_stream(c->fd) : send_list(c->fd);
}

static void welcome(int listener, struct connection *all)
{
    int fd = accept(listener, NULL, NULL), one = 1;
    for (int i = 0; fd >= 0 && i < MOST_CONNECTIONS; i++)
        if (all[i].fd < 0) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            all[i].fd = fd;
            all[i].len = 0;
            return;
        }
    if (fd >= 0)
        close(fd);
}

static void serve(int listener, int leash)
{
    static struct connection all[MOST_CONNECTIONS];
    struct pollfd in[MOST_CONNECTIONS + 2];
    for (int i = 0; i < MOST_CONNECTIONS; i++)
        all[i].fd = -1;
    for (;;) {
        for (int i = 0; i < MOST_CONNECTIONS; i++)
            in[i] = (struct pollfd){ .fd = all[i].fd, .events = POLLIN };
        in[MOST_CONNECTIONS] = (struct pollfd){ .fd = listener, .events = POLLIN };
        in[MOST_CONNECTIONS + 1] = (struct pollfd){ .fd = leash, .events = POLLIN };
        if (poll(in, MOST_CONNECTIONS + 2, -1) < 0 && errno != EINTR)
            return;
        if (in[MOST_CONNECTIONS + 1].revents)
            return;
        if (in[MOST_CONNECTIONS].revents)
            welcome(listener, all);
        for (int i = 0; i < MOST_CONNECTIONS; i++)
            if (in[i].fd >= 0 && in[i].revents && !answer(&all[i])) {
                close(all[i].fd);
                all[i].fd = -1;
            }
    }
}

/* --- life --------------------------------------------------------------------------------- */

static int listen_somewhere(int *ret_port, struct error *err)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 16) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        error_set(err, ERR_IO, "no port on 127.0.0.1 for the test server: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *ret_port = ntohs(at.sin_port);
    return fd;
}

bool perf_mock_start(struct perf_mock *ret, struct error *err)
{
    int leash[2], port;
    int listener = listen_somewhere(&port, err);
    if (listener < 0)
        return false;
    if (pipe2(leash, O_CLOEXEC) != 0) {
        close(listener);
        return error_set(err, ERR_IO, "no pipe to the test server: %s", strerror(errno));
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGINT, SIG_IGN); /* its parent stops it, after the last request */
        signal(SIGTERM, SIG_DFL);
        close(leash[1]);
        serve(listener, leash[0]);
        _exit(0);
    }
    close(listener);
    close(leash[0]);
    if (pid < 0) {
        close(leash[1]);
        return error_set(err, ERR_IO, "the test server cannot be started: %s", strerror(errno));
    }
    *ret = (struct perf_mock){ .pid = pid, .port = port, .leash = leash[1] };
    return true;
}

void perf_mock_stop(struct perf_mock *m)
{
    if (!m->pid)
        return;
    close(m->leash);
    while (waitpid(m->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *m = (struct perf_mock){ 0 };
}
