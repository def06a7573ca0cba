/* The shortest way to ask Redis for a value: GET of one of some keys and the reply in memory, over
 * one connection, nothing of a client library in between.
 *
 *     redis PORT|SOCKET KEYS BYTES ROUNDS       sets KEYS values of BYTES, then gets ROUNDS x KEYS
 *
 * Prints the median of a GET in nanoseconds and how many. Keys are 64 hex digits, as rlab's are. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int fd;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

static void reach(const char *where)
{
    int one = 1;
    if (where[0] == '/') {
        struct sockaddr_un to = { .sun_family = AF_UNIX };
        strncpy(to.sun_path, where, sizeof to.sun_path - 1);
        fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&to, sizeof to))
            give_up(where);
        return;
    }
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)atoi(where)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&to, sizeof to))
        give_up(where);
}

/* Sends a command and reads until so many bytes of reply are here. */
static void ask(const char *command, size_t len, char *reply, size_t want)
{
    if (write(fd, command, len) != (ssize_t)len)
        give_up("write");
    for (size_t got = 0; got < want;) {
        ssize_t n = read(fd, reply + got, want - got);
        if (n <= 0)
            give_up("read");
        got += (size_t)n;
    }
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    size_t keys = strtoul(argv[2], NULL, 10), bytes = strtoul(argv[3], NULL, 10);
    size_t n = keys * strtoul(argv[4], NULL, 10);
    char *value = malloc(bytes + 1), *command = malloc(bytes + 256), *reply = malloc(bytes + 64);
    int64_t *took = calloc(n, sizeof *took);
    memset(value, 'a', bytes);
    value[bytes] = '\0';
    reach(argv[1]);
    for (size_t i = 0; i < keys; i++) {
        int len =
            sprintf(command, "*3\r\n$3\r\nSET\r\n$64\r\n%064zx\r\n$%zu\r\n%s\r\n", i, bytes, value);
        ask(command, (size_t)len, reply, 5); /* +OK */
    }
    char head[32];
    size_t whole = (size_t)sprintf(head, "$%zu\r\n", bytes) + bytes + 2;
    for (size_t i = 0; i < n; i++) {
        int len = sprintf(command, "*2\r\n$3\r\nGET\r\n$64\r\n%064zx\r\n", i * 7919 % keys);
        int64_t start = now();
        ask(command, (size_t)len, reply, whole);
        took[i] = now() - start;
        if (memcmp(reply, head, strlen(head)) != 0)
            return 1;
    }
    qsort(took, n, sizeof *took, by_size);
    printf("%lld %zu\n", (long long)took[n / 2], n);
    return 0;
}
