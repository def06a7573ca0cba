/* Standard input, line by line, while the lab goes on (talk.h). Read by hand: stdio would wait,
 * and would keep lines that a `stop` is looked for in. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "tui/line/talk.h"

/* What is read ahead of its question; a pipe is left alone beyond it. */
#define AHEAD_BYTES (64 * KIB)
#define CHUNK_BYTES 4096

static const char *line_end(const struct talk *l)
{
    return l->in.len ? memchr(l->in.data, '\n', l->in.len) : NULL;
}

static void drop_first(struct talk *l, size_t n)
{
    memmove(l->in.data, l->in.data + n, l->in.len - n);
    l->in.len -= n;
    l->in.data[l->in.len] = '\0';
}

static void read_some(struct talk *l)
{
    char chunk[CHUNK_BYTES];
    ssize_t n = read(STDIN_FILENO, chunk, sizeof chunk);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) { /* the end, or a terminal that went away */
        l->input_ended = true;
        return;
    }
    l->in.max = MAX_QUERY_BYTES + AHEAD_BYTES;
    if (buf_add(&l->in, chunk, (size_t)n))
        return;
    struct error err; /* one line longer than any question */
    error_set(&err, ERR_INPUT, "that line is longer than 1 MiB and was dropped: shorten it");
    talk_fail(l, &err);
    buf_clear(&l->in);
    l->dropping = true;
}

/* The rest of a line that was too long goes too, up to its end. */
static void drop_rest(struct talk *l)
{
    const char *end = line_end(l);
    if (!l->dropping || !l->in.len)
        return;
    drop_first(l, end ? (size_t)(end - l->in.data) + 1 : l->in.len);
    l->dropping = !end;
}

bool talk_turn(struct talk *l, int64_t max_ms)
{
    /* Enough is read when a question can be answered from it: the rest waits in the pipe. */
    bool listen = !l->input_ended && (l->in.len < AHEAD_BYTES || !line_end(l));
    struct net_fd in = { .fd = listen ? STDIN_FILENO : -1 };
    if (!session_turn_with(l->session, &in, max_ms, &l->error)) {
        l->failed = l->ending = true;
        return false;
    }
    if (in.ready && listen)
        read_some(l);
    drop_rest(l);
    if (session_stopped() && session_stopped() != SIGINT) {
        l->ending = true;
        l->code = session_stop_code();
    }
    return !l->failed;
}

static bool is_stop(const char *text, size_t len)
{
    while (len && (text[len - 1] == '\r' || text[len - 1] == ' '))
        len--;
    return len == 4 && strncasecmp(text, "stop", 4) == 0;
}

bool talk_takes_stop(struct talk *l)
{
    for (size_t at = 0; at < l->in.len;) {
        char *from = l->in.data + at;
        char *end = memchr(from, '\n', l->in.len - at);
        if (!end)
            return false;
        if (is_stop(from, (size_t)(end - from))) {
            size_t n = (size_t)(end - from) + 1;
            memmove(from, from + n, l->in.len - at - n);
            l->in.len -= n;
            l->in.data[l->in.len] = '\0';
            return true;
        }
        if (!l->input_is_terminal) /* in a pipe everything stands in its order */
            return false;
        at += (size_t)(end - from) + 1;
    }
    return false;
}

/* Takes the first line; the last one may lack its end. */
static bool take_line(struct talk *l, const char **ret, size_t *ret_len)
{
    const char *end = line_end(l);
    if (!end && !(l->input_ended && l->in.len && !l->dropping))
        return false;
    size_t n = end ? (size_t)(end - l->in.data) : l->in.len;
    buf_clear(&l->taken);
    l->taken.max = MAX_QUERY_BYTES + AHEAD_BYTES;
    buf_add(&l->taken, l->in.data, n);
    drop_first(l, end ? n + 1 : n);
    if (l->taken.len && l->taken.data[l->taken.len - 1] == '\r')
        l->taken.data[--l->taken.len] = '\0';
    *ret = buf_text(&l->taken);
    *ret_len = l->taken.len;
    return true;
}

/* A ^C while nothing runs: the prompt stands anew, on a line of its own. */
static enum talk_got broken(struct talk *l)
{
    session_go_on();
    l->breaks++;
    buf_clear(&l->in);
    fputc('\n', stdout);
    return GOT_BREAK;
}

enum talk_got talk_read(struct talk *l, const char *prompt, const char **ret, size_t *ret_len)
{
    if (l->ending)
        return GOT_END;
    fputs(prompt, stdout);
    print_now();
    while (!take_line(l, ret, ret_len)) {
        if (session_stopped() == SIGINT)
            return broken(l);
        if (l->input_ended || ferror(stdout))
            l->ending = true;
        if (l->ending || !talk_turn(l, -1)) {
            fputc('\n', stdout);
            print_now();
            return GOT_END;
        }
    }
    l->breaks = 0;
    if (!l->input_is_terminal) /* no terminal wrote it there: the transcript shall be whole */
        talk_text(l, "", *ret, *ret_len);
    if (!l->input_is_terminal && !*ret_len)
        talk_say(l, "%s", "");
    l->said_ns = clock_mono(clock_real());
    return GOT_LINE;
}
