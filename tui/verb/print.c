/* What verbs print (session.h): data on stdout, talk on stderr, nothing that moves a cursor. */
#include "tui/verb/session.h"

#include <errno.h>
#include <langinfo.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/model/provider.h"
#include "core/route/level.h"

#define MAX_LINE (4 * MAX_ANSWER_BYTES)

/* Why stdout failed, kept from the write that failed first: the streams remember only that. */
static int output_errno;

static void note_output(void)
{
    if (!output_errno && ferror(stdout))
        output_errno = errno;
}

/* Text for a terminal passes the safety door; a pipe gets the model's bytes as they are. */
static void put(FILE *to, bool terminal, const char *text, size_t len)
{
    if (!terminal) {
        fwrite(text, 1, len, to);
        note_output();
        return;
    }
    struct buf safe = buf_with_max(MAX_LINE);
    text_safe(&safe, text, len);
    fwrite(buf_text(&safe), 1, safe.len, to);
    note_output();
    buf_done(&safe);
}

__attribute__((format(printf, 2, 0))) static const char *format(struct arena *a, const char *fmt,
                                                                va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    char *text = arena_alloc(a, (size_t)(len < 0 ? 0 : len) + 1, 1);
    vsnprintf(text, (size_t)(len < 0 ? 0 : len) + 1, fmt, args);
    return text;
}

void print_text(const struct session *s, const char *text, size_t len)
{
    put(stdout, s->out_is_terminal, text, len);
}

void print_line(const struct session *s, const char *fmt, ...)
{
    struct arena a = { 0 };
    va_list args;
    va_start(args, fmt);
    const char *text = format(&a, fmt, args);
    va_end(args);
    put(stdout, s->out_is_terminal, text, strlen(text));
    fputc('\n', stdout);
    arena_done(&a);
}

/* JSON escapes what is below a blank; a terminal obeys more than that. The rest of what it
 * must not see is written as escapes too, so that the value stays what it is. */
static void put_escaped(const char *text, size_t len)
{
    struct buf one = buf_with_max(16);
    for (size_t at = 0; at < len;) {
        int32_t cp;
        size_t n = text_decode(text + at, len - at, &cp);
        buf_clear(&one);
        text_safe(&one, text + at, n);
        bool shown = one.len == n && memcmp(buf_text(&one), text + at, n) == 0;
        if (shown || cp < 0 || cp > 0xFFFF)
            fwrite(buf_text(&one), 1, one.len, stdout);
        else
            printf("\\u%04x", (unsigned)cp);
        at += n;
    }
    buf_done(&one);
}

size_t words_fit(const char *words, size_t len, size_t cols)
{
    size_t fits = text_fit(words, len, cols);
    if (fits == len)
        return len;
    for (size_t i = fits; i > 0; i--)
        if (words[i] == ' ')
            return i;
    return fits ? fits : len;
}

void print_json(struct json *j)
{
    struct buf b = buf_with_max(MAX_JSON_LINE);
    json_print(j, &b);
    if (isatty(STDOUT_FILENO))
        put_escaped(buf_text(&b), b.len);
    else
        fwrite(buf_text(&b), 1, b.len, stdout);
    fputc('\n', stdout);
    note_output();
    buf_done(&b);
    json_free(j);
}

/* Columns of the terminal behind stderr, 0 where it is none: then nothing is wrapped. */
static size_t talk_cols(void)
{
    struct winsize size;
    return isatty(STDERR_FILENO) && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void talk_line(const char *text, size_t len, size_t cols)
{
    while (cols >= 20 && len) {
        size_t n = words_fit(text, len, cols);
        fwrite(text, 1, n, stderr);
        fputc('\n', stderr);
        while (n < len && text[n] == ' ')
            n++;
        text += n;
        len -= n;
        if (!len)
            return;
    }
    fwrite(text, 1, len, stderr);
    fputc('\n', stderr);
}

__attribute__((format(printf, 2, 0))) static void talk(const char *before, const char *fmt,
                                                       va_list args)
{
    struct buf safe = buf_with_max(MAX_LINE);
    struct arena a = { 0 };
    const char *text = format(&a, fmt, args);
    buf_puts(&safe, before);
    text_safe(&safe, text, strlen(text));
    size_t at = 0, n, cols = talk_cols();
    const char *line;
    while (file_line(buf_text(&safe), safe.len, &at, &line, &n))
        talk_line(line, n, cols);
    if (!safe.len)
        fputc('\n', stderr);
    arena_done(&a);
    buf_done(&safe);
}

void say(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    talk("", fmt, args);
    va_end(args);
}

void say_warning(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    talk("rlab: ", fmt, args);
    va_end(args);
}

const char *session_lines_only(const struct session *s)
{
    static const struct {
        const char *term, *why;
    } plain[] = { { "", "TERM is empty" },
                  { "dumb", "TERM is dumb" },
                  { "unknown", "TERM is unknown" } };
    const char *term = getenv("TERM");
    if (s->args->given[OPT_LINE])
        return "of --line";
    for (size_t i = 0; term && i < sizeof plain / sizeof *plain; i++)
        if (strcmp(term, plain[i].term) == 0)
            return plain[i].why;
    return term ? NULL : "TERM is not set";
}

bool session_ascii(const struct session *s)
{
    return s->args->given[OPT_ASCII] || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

void print_now(void)
{
    fflush(stdout);
    note_output();
}

/* For what was printed past note_output: nobody reads this pipe any more. */
static bool reader_left(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
    return poll(&out, 1, 0) > 0 && out.revents & POLLERR;
}

bool print_flush(struct error *err)
{
    print_now();
    if (!ferror(stdout) || output_errno == EPIPE || reader_left())
        return true;
    return error_set(err, ERR_NO, "the output could not be written: %s",
                     output_errno ? strerror(output_errno) : "its file is full or closed");
}

bool ask_yes(const struct session *s, const char *question, struct error *err)
{
    if (s->args->given[OPT_YES])
        return true;
    if (!s->err_is_terminal || !isatty(STDIN_FILENO))
        return error_set(err, ERR_USAGE, "%s Say yes with --yes", question);
    fprintf(stderr, "%s [y/N] ", question);
    fflush(stderr);
    char line[16];
    if (!fgets(line, sizeof line, stdin) || (line[0] != 'y' && line[0] != 'Y'))
        return error_set(err, ERR_NO, "nothing was done");
    return true;
}

/* --- progress ----------------------------------------------------------------------------- */

/* How often progress is told anew, redrawn and as lines of its own. */
#define REDRAW_NS (NS_PER_S / 4)
#define RETELL_NS (10 * NS_PER_S)

void progress_show(struct session *s, size_t done, size_t total, const char *what)
{
    struct progress *p = &s->progress;
    int64_t now = clock_mono(clock_real());
    bool lines = session_lines_only(s) != NULL;
    if (!s->err_is_terminal)
        return;
    if (!p->started_ns)
        p->started_ns = p->drawn_ns = now;
    if (lines && now - p->drawn_ns < RETELL_NS)
        return;
    if (p->shown && done < total && now - p->drawn_ns < REDRAW_NS)
        return;
    p->drawn_ns = now;
    p->shown = true;
    char elapsed[SECONDS_SIZE], left[SECONDS_SIZE];
    double s_elapsed = clock_seconds(now - p->started_ns);
    seconds_text(s_elapsed, elapsed);
    if (done)
        seconds_text(s_elapsed / (double)done * (double)(total - done), left);
    struct buf line = buf_with_max(400);
    text_safe_line(&line, what, strlen(what));
    fprintf(stderr, "%s%zu of %zu   %s elapsed, %s%s left   %.*s%s", lines ? "" : "\r\033[K", done,
            total, elapsed, done ? "~" : "", done ? left : "-",
            (int)text_fit(buf_text(&line), line.len, 30), buf_text(&line), lines ? "\n" : "");
    fflush(stderr);
    buf_done(&line);
}

void progress_end(struct session *s)
{
    if (s->progress.shown && !session_lines_only(s))
        fputs("\r\033[K", stderr);
    s->progress = (struct progress){ 0 };
}

const char *seconds_text(double s, char ret[SECONDS_SIZE])
{
    if (!isfinite(s))
        snprintf(ret, SECONDS_SIZE, "-");
    else if (s < 0.00000995)
        snprintf(ret, SECONDS_SIZE, "%.1f us", s * 1e6);
    else if (s < 0.0009995)
        snprintf(ret, SECONDS_SIZE, "%.0f us", s * 1e6);
    else if (s < 0.0995)
        snprintf(ret, SECONDS_SIZE, "%.1f ms", s * 1e3);
    else if (s < 9.995)
        snprintf(ret, SECONDS_SIZE, "%.2f s", s);
    else if (s < 99.95)
        snprintf(ret, SECONDS_SIZE, "%.1f s", s);
    else
        snprintf(ret, SECONDS_SIZE, "%d min %d s", (int)(s / 60), (int)s % 60);
    return ret;
}

const char *server_text(const struct lab_server *s, struct arena *a)
{
    const struct catalog *list = s->list;
    char took[SECONDS_SIZE];
    bool asked = isfinite(list->answer_s);
    return arena_format(
        a, "%s%s%s%s, %zu model%s%s%s", s->server.provider->label, list->version[0] ? " " : "",
        list->version, asked ? arena_format(a, " at %s (%s)", s->server.url, s->server.origin) : "",
        list->count, list->count == 1 ? "" : "s", asked ? ", answers in " : "",
        asked ? seconds_text(list->answer_s, took) : "");
}

const char *bytes_text(int64_t bytes, char ret[SECONDS_SIZE])
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
    double v = (double)bytes;
    size_t u = 0;
    while (v >= 999.5 && u + 1 < sizeof units / sizeof *units) {
        v /= 1000;
        u++;
    }
    if (bytes < 0)
        snprintf(ret, SECONDS_SIZE, "-");
    else
        snprintf(ret, SECONDS_SIZE, u && v < 9.95 ? "%.1f %s" : "%.0f %s", v, units[u]);
    return ret;
}
