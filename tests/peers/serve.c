/* A model server that keeps time, for measuring beside it: OpenAI's chat with a stream of words.
 * One loop over all its connections, so that hundreds of calls at once cost it little.
 *
 *     serve FIRST_MS WORDS GAP_MS       prints its port; ends with its standard input
 *
 * The first word is sent FIRST_MS after the request, the next ones GAP_MS apart, the end with the
 * last. Everything is due at a fixed time after the request, so a late one delays no other. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST    1030 /* connections and two more */
#define REQUEST 32768
#define MS      INT64_C(1000000)

struct connection {
    char in[REQUEST];
    size_t len;
    int64_t asked; /* 0: nothing is being answered */
    int sent;      /* words */
};

static struct pollfd at[MOST]; /* standard input, the listener, connections */
static struct connection all[MOST];
static int count = 2;
static int64_t first, gap;
static int words;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 * MS + t.tv_nsec;
}

static void say(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* it went away: the next read says so */
        text += n;
        len -= (size_t)n;
    }
}

static size_t chunk(char *to, size_t room, const char *data)
{
    return (size_t)snprintf(to, room, "%zx\r\ndata: %s\n\n\r\n", strlen(data) + 8, data);
}

static size_t delta(char *to, size_t room, const char *what, const char *finish)
{
    char data[512];
    snprintf(
        data, sizeof data,
        "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"steady\","
        "\"choices\":[{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}]}",
        what, finish);
    return chunk(to, room, data);
}

static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n";

/* What is due by now, in one write. */
static void answer(int i)
{
    struct connection *c = &all[i];
    char out[65536];
    size_t len = 0;
    while (c->sent < words && now() >= c->asked + first + c->sent * gap && len < 60000) {
        char word[64];
        if (!c->sent)
            len += (size_t)snprintf(out, sizeof out, "%s", head);
        snprintf(word, sizeof word, "\"content\":\"word%d \"", c->sent);
        len += delta(out + len, sizeof out - len, word, "null");
        c->sent++;
    }
    if (c->sent == words) {
        char usage[128];
        snprintf(usage, sizeof usage,
                 "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":%d,"
                 "\"total_tokens\":%d}}",
                 words, words + 5);
        len += delta(out + len, sizeof out - len, "", "\"stop\"");
        len += chunk(out + len, sizeof out - len, usage);
        len += chunk(out + len, sizeof out - len, "[DONE]");
        len += (size_t)snprintf(out + len, sizeof out - len, "0\r\n\r\n");
        c->asked = 0;
    }
    say(at[i].fd, out, len);
}

static void list(int fd)
{
    static const char body[] = "{\"object\":\"list\",\"data\":[{\"id\":\"steady\",\"object\":"
                               "\"model\"},{\"id\":\"steady-too\",\"object\":\"model\"}]}";
    char out[512];
    int n = snprintf(out, sizeof out,
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     "Content-Length: %zu\r\n\r\n%s",
                     sizeof body - 1, body);
    say(fd, out, (size_t)n);
}

/* Bytes of the first whole request, 0 where it is not whole yet. */
static size_t whole(const struct connection *c)
{
    const char *end = memmem(c->in, c->len, "\r\n\r\n", 4);
    size_t body = 0;
    if (!end)
        return 0;
    for (const char *p = c->in; p < end; p++)
        if (strncasecmp(p, "\r\ncontent-length:", 17) == 0)
            body = strtoul(p + 17, NULL, 10);
    body += (size_t)(end - c->in) + 4;
    return body <= c->len ? body : 0;
}

static bool hear(int i)
{
    struct connection *c = &all[i];
    ssize_t n = recv(at[i].fd, c->in + c->len, sizeof c->in - c->len - 1, 0);
    if (n <= 0)
        return n < 0 && errno == EINTR;
    c->len += (size_t)n;
    c->in[c->len] = '\0';
    size_t len = whole(c);
    if (!len)
        return c->len + 1 < sizeof c->in;
    bool chat = strncmp(c->in, "POST", 4) == 0;
    memmove(c->in, c->in + len, c->len - len);
    c->len -= len;
    if (chat) {
        c->asked = now();
        c->sent = 0;
    } else {
        list(at[i].fd);
    }
    return true;
}

static void welcome(void)
{
    int one = 1, fd = accept(at[1].fd, NULL, NULL);
    if (fd < 0)
        return;
    if (count == MOST) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    all[count] = (struct connection){ .len = 0 };
    at[count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

static void leave(int i)
{
    close(at[i].fd);
    at[i] = at[--count];
    all[i] = all[count];
}

/* Until the next word is due; -1: for ever. */
static int64_t pause_ns(void)
{
    int64_t next = INT64_MAX;
    for (int i = 2; i < count; i++)
        if (all[i].asked && all[i].asked + first + all[i].sent * gap < next)
            next = all[i].asked + first + all[i].sent * gap;
    int64_t left = next - now();
    return next == INT64_MAX ? -1 : left > 0 ? left : 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof here;
    if (argc != 4)
        return 2;
    first = (int64_t)(strtod(argv[1], NULL) * (double)MS);
    words = atoi(argv[2]);
    gap = (int64_t)(strtod(argv[3], NULL) * (double)MS);
    at[0] = (struct pollfd){ .fd = 0, .events = POLLIN };
    at[1] = (struct pollfd){ .fd = socket(AF_INET, SOCK_STREAM, 0), .events = POLLIN };
    if (bind(at[1].fd, (struct sockaddr *)&here, len) || listen(at[1].fd, MOST) ||
        getsockname(at[1].fd, (struct sockaddr *)&here, &len))
        return 1;
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    for (;;) {
        int64_t ns = pause_ns();
        struct timespec t = { ns / (1000 * MS), ns % (1000 * MS) };
        if (ppoll(at, (nfds_t)count, ns < 0 ? NULL : &t, NULL) < 0 && errno != EINTR)
            return 1;
        if (at[0].revents)
            return 0;
        for (int i = count - 1; i >= 2; i--) {
            bool stays = !at[i].revents || hear(i);
            if (!stays)
                leave(i);
            else if (all[i].asked && now() >= all[i].asked + first + all[i].sent * gap)
                answer(i);
        }
        if (at[1].revents)
            welcome();
    }
}
