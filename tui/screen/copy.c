/* Copying (copy.h). A copier is moved on by its timer alone: the file first, then tmux as often as
 * there are ways to call it, then the terminal; each ends in one sentence. */
#include "tui/screen/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/limits.h"

#define OSC52_START  "\033]52;c;"
#define OSC52_END    "\a" /* not Esc \, which would end the string around it */
#define SCREEN_START "\033P"
#define SCREEN_END   "\033\\"

/* Ways to call tmux, best first. */
static const struct way {
    const char *words[4];
    const char *note; /* to the sentence */
} ways[] = {
    { { "load-buffer", "-w", "-" }, "" },
    { { "load-buffer", "-" }, " (this tmux cannot hand them to the terminal)" }, /* before 3.2 */
};

#define WAYS (sizeof ways / sizeof *ways)

/* --- pure -------------------------------------------------------------------------------- */

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

enum copy_way copy_way(const char *tmux, const char *sty, const char *term)
{
    /* Terminals that would draw what they do not know. */
    static const char *const simple[] = { "linux", "vt", "cons", "dumb" };
    if (tmux && *tmux)
        return COPY_TMUX;
    if (sty && *sty)
        return COPY_SCREEN;
    if (!term || !*term)
        return COPY_NONE;
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (starts(term, simple[i]))
            return COPY_NONE;
    return COPY_OSC52;
}

static void add_pieces(struct buf *to, const struct buf *whole)
{
    size_t most = COPY_SCREEN_PIECE - (sizeof SCREEN_START - 1) - (sizeof SCREEN_END - 1);
    for (size_t at = 0; at < whole->len; at += most) {
        size_t n = whole->len - at < most ? whole->len - at : most;
        buf_puts(to, SCREEN_START);
        buf_add(to, whole->data + at, n);
        buf_puts(to, SCREEN_END);
    }
}

bool copy_osc52(struct buf *to, const char *text, size_t len, bool screen)
{
    if (len > COPY_OSC52_BYTES)
        return false;
    struct buf whole = buf_with_max(2 * COPY_OSC52_BYTES);
    struct buf made = buf_with_max(2 * COPY_OSC52_BYTES);
    buf_puts(&whole, OSC52_START);
    hash_base64(&whole, text, len);
    buf_puts(&whole, OSC52_END);
    if (screen)
        add_pieces(&made, &whole);
    const struct buf *all = screen ? &made : &whole;
    bool fits = buf_add(to, buf_text(all), all->len);
    buf_done(&whole);
    buf_done(&made);
    return fits;
}

/* --- the end ----------------------------------------------------------------------------- */

static void say(struct copier *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct copier *c, const char *fmt, ...)
{
    char text[900];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (*c->not_kept && n >= 0 && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, "; not kept in a file: %s", c->not_kept);
    text_trim_partial(text);
    buf_clear(&c->text);
    c->to.said(c->to.self, text);
}

static const char *count(const struct copier *c, char ret[48])
{
    size_t n = text_points(buf_text(&c->text), c->text.len);
    snprintf(ret, 48, "%zu character%s", n, n == 1 ? "" : "s");
    return ret;
}

/* Nothing but the file has it. */
static void say_file(struct copier *c, const char *why)
{
    char n[48];
    if (c->kept)
        say(c, "%s: %s in %s", why, count(c, n), c->file);
    else
        say(c, "%s: nothing was copied; w writes a file", why);
}

static void send_to_terminal(struct copier *c)
{
    char n[48];
    struct buf bytes = buf_with_max(4 * COPY_OSC52_BYTES);
    if (c->to.way == COPY_NONE) {
        say_file(c, "this terminal has no clipboard");
    } else if (!copy_osc52(&bytes, buf_text(&c->text), c->text.len, c->to.way == COPY_SCREEN)) {
        say_file(c, "too long for a terminal's clipboard, which takes about 74 kB");
    } else {
        c->to.send(buf_text(&bytes), bytes.len);
        say(c, "sent %s to the terminal (OSC 52 gives no answer; if paste is empty press w)",
            count(c, n));
    }
    buf_done(&bytes);
}

static void keep_file(struct copier *c)
{
    struct error err;
    c->kept = false;
    c->not_kept[0] = '\0';
    if (!c->to.folder)
        return;
    snprintf(c->file, sizeof c->file, "%s/copied.txt", c->to.folder);
    c->kept = file_make_folder(c->to.folder, &err) &&
              file_write(c->file, buf_text(&c->text), c->text.len, &err);
    if (!c->kept)
        snprintf(c->not_kept, sizeof c->not_kept, "%s", err.text);
}

/* --- tmux -------------------------------------------------------------------------------- */

static void close_pipe(struct copier *c)
{
    if (c->pipe > 0)
        close(c->pipe);
    c->pipe = 0;
}

/* In a group of its own, so that ^Z of the screen does not stop it half way. */
static int spawn(const char *program, const struct way *way, int in, pid_t *ret)
{
    const char *argv[] = { program, way->words[0], way->words[1], way->words[2], NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t set;
    sigfillset(&set);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigdefault(&attr, &set);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    char **shared = secret_environ();
    int failed = posix_spawnp(ret, program, &files, &attr, (char *const *)argv, shared);
    mem_free(shared);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

static bool start_tmux(struct copier *c)
{
    int ends[2];
    if (c->tries >= WAYS || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    int failed = spawn(c->to.tmux ? c->to.tmux : "tmux", &ways[c->tries++], ends[0], &c->tmux);
    close(ends[0]);
    if (failed) {
        close(ends[1]);
        c->tmux = 0;
        return false;
    }
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    c->pipe = ends[1];
    c->at = 0;
    c->give_up_ns = clock_mono(net_clock(c->net)) + COPY_PATIENCE_MS * NS_PER_MS;
    return true;
}

/* As much as the pipe takes now; closed when all is in it, or tmux wants no more. */
static void feed_tmux(struct copier *c)
{
    while (c->pipe && c->at < c->text.len) {
        ssize_t n = write(c->pipe, c->text.data + c->at, c->text.len - c->at);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0 && errno != EINTR)
            break;
        c->at += n > 0 ? (size_t)n : 0;
    }
    close_pipe(c);
}

static void end_tmux(struct copier *c)
{
    close_pipe(c);
    if (c->tmux) {
        kill(c->tmux, SIGKILL);
        waitpid(c->tmux, NULL, 0);
    }
    c->tmux = 0;
}

enum tmux_state { TMUX_RUNS, TMUX_DONE, TMUX_FAILED };

static enum tmux_state look_at_tmux(struct copier *c)
{
    int status;
    feed_tmux(c);
    pid_t ended = waitpid(c->tmux, &status, WNOHANG);
    if (ended == 0 && clock_mono(net_clock(c->net)) < c->give_up_ns)
        return TMUX_RUNS;
    if (ended == 0)
        end_tmux(c);
    c->tmux = 0;
    close_pipe(c);
    bool done = ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return done && c->at == c->text.len ? TMUX_DONE : TMUX_FAILED;
}

/* --- one after the other ----------------------------------------------------------------- */

static void step(void *self);

static void again(struct copier *c)
{
    net_timer_set(c->net, &c->timer, COPY_STEP_MS, step, c);
}

static void step(void *self)
{
    struct copier *c = self;
    char n[48];
    enum tmux_state tmux = c->tmux ? look_at_tmux(c) : TMUX_FAILED;
    if (tmux == TMUX_DONE)
        say(c, "copied %s to the tmux buffer%s", count(c, n), ways[c->tries - 1].note);
    else if (tmux == TMUX_RUNS || (c->to.way == COPY_TMUX && start_tmux(c)))
        again(c);
    else
        send_to_terminal(c);
}

static void begin(void *self)
{
    struct copier *c = self;
    if (c->text.len == 0) {
        c->not_kept[0] = '\0';
        say(c, "nothing to copy here");
        return;
    }
    keep_file(c);
    c->tries = 0;
    step(c);
}

void copy_init(struct copier *c, struct net *net, const struct copy_to *to)
{
    *c = (struct copier){ .net = net, .to = *to, .text = buf_with_max(COPY_MAX_BYTES) };
}

void copy_done(struct copier *c)
{
    if (c->net)
        net_timer_stop(c->net, &c->timer);
    end_tmux(c);
    buf_done(&c->text);
    c->net = NULL;
}

void copy_text(struct copier *c, const char *text, size_t len)
{
    end_tmux(c);
    buf_clear(&c->text);
    buf_add(&c->text, text, len < COPY_MAX_BYTES ? len : COPY_MAX_BYTES);
    net_timer_set(c->net, &c->timer, 0, begin, c);
}
