/* Starting and steering the mock server (mock.h). */
#include "tests/wire/mock.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"

#include "core/base/buf.h"
#include "core/limits.h"

#define MAX_ARGS 24

void mock_start(struct mock *m, const char *const *args)
{
    const char *words[MAX_ARGS] = { "python3", "tests/mock/mock.py", "--until-eof" };
    size_t n = 3;
    for (; args && *args; args++) {
        assert_true(n + 1 < MAX_ARGS);
        words[n++] = *args;
    }
    int in[2], out[2];
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    m->pid = fork();
    if (m->pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        signal(SIGPIPE, SIG_DFL);
        execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    m->talk = in[1];
    char line[32] = "";
    size_t got = 0;
    while (got < sizeof line - 1 && read(out[0], line + got, 1) == 1 && line[got] != '\n')
        got++;
    close(out[0]);
    m->port = atoi(line);
    if (m->port == 0)
        fail_msg("the mock server did not start (python3 tests/mock/mock.py)");
    snprintf(m->url, sizeof m->url, "http://127.0.0.1:%d", m->port);
}

void mock_stop(struct mock *m)
{
    close(m->talk);
    waitpid(m->pid, NULL, 0);
}

/* One exchange, by hand: the code under test must not be needed to steer the mock. */
static void talk(const struct mock *m, const char *method, const char *path, const char *body,
                 struct buf *ret)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)m->port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    struct buf b = buf_with_max(4 * MIB);
    buf_printf(&b, "%s %s HTTP/1.1\r\nContent-Length: %zu\r\n\r\n", method, path, strlen(body));
    buf_puts(&b, body);
    for (size_t at = 0; at < b.len;) {
        ssize_t n = write(fd, b.data + at, b.len - at);
        assert_true(n > 0);
        at += (size_t)n;
    }
    buf_clear(&b);
    const char *blank = NULL;
    size_t want = SIZE_MAX;
    while (b.len < want) {
        char piece[4096];
        ssize_t n = read(fd, piece, sizeof piece);
        assert_true(n > 0);
        assert_true(buf_add(&b, piece, (size_t)n));
        blank = strstr(buf_text(&b), "\r\n\r\n");
        const char *length = strstr(buf_text(&b), "Content-Length: ");
        if (blank && length)
            want = (size_t)(blank + 4 - b.data) + strtoul(length + 16, NULL, 10);
    }
    close(fd);
    buf_clear(ret);
    assert_true(buf_puts(ret, blank + 4));
    buf_done(&b);
}

static void tell(const struct mock *m, const char *path, const char *json)
{
    struct buf said = buf_with_max(MIB), body = buf_with_max(MIB);
    for (const char *c = json; *c; c++)
        buf_putc(&body, *c == '\'' ? '"' : *c);
    talk(m, "POST", path, buf_text(&body), &said);
    if (strcmp(buf_text(&said), "{\"ok\": true}") != 0)
        fail_msg("%s was not taken: %s\n%s", path, buf_text(&said), buf_text(&body));
    buf_done(&said);
    buf_done(&body);
}

void mock_script(const struct mock *m, const char *json)
{
    tell(m, "/__script", json);
}

void mock_play(const struct mock *m, const char *json)
{
    tell(m, "/__play", json);
}

struct json *mock_log(const struct mock *m)
{
    struct buf said = buf_with_max(16 * MIB);
    struct error err;
    talk(m, "GET", "/__log", "", &said);
    struct json *log = json_parse(buf_text(&said), said.len, &err);
    if (!log)
        fail_msg("the mock's log: %s", err.text);
    buf_done(&said);
    return log;
}

size_t mock_asked(const struct mock *m)
{
    struct json *log = mock_log(m);
    size_t n = json_size(log);
    json_free(log);
    return n;
}
