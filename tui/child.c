/* Running a verb beside the screen. Owns the process and the pipe to it. */
#include "tui/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"

extern char **environ;

#define MAX_WORDS 200

struct child {
    pid_t pid;
    int fd;
    bool ended, drained;
    int status;
};

/* The next word of a line, without its quotes; NULL at the end. False: a quote stays open. */
static bool next_word(const char **line, struct arena *a, const char **ret)
{
    const char *s = *line;
    while (*s == ' ' || *s == '\t' || *s == '\n')
        s++;
    *ret = NULL;
    if (!*s)
        return true;
    char *word = arena_copy(a, s, strlen(s));
    size_t n = 0;
    char quote = '\0';
    for (; *s && (quote || (*s != ' ' && *s != '\t' && *s != '\n')); s++) {
        if (quote ? *s == quote : (*s == '"' || *s == '\''))
            quote = quote ? '\0' : *s;
        else
            word[n++] = *s;
    }
    word[n] = '\0';
    *line = s;
    *ret = word;
    return quote == '\0';
}

static bool make_argv(const char *program, const char *const *args, const char *words,
                      struct arena *a, char **argv, struct error *err)
{
    size_t n = 0;
    const char *all = words;
    argv[n++] = arena_string(a, program);
    for (; args && *args && n < MAX_WORDS; args++)
        argv[n++] = arena_string(a, *args);
    for (const char *word; n < MAX_WORDS;) {
        if (!next_word(&words, a, &word))
            return error_set(err, ERR_USAGE, "a quote is left open in '%s'", all);
        if (!word) {
            argv[n] = NULL;
            return true;
        }
        argv[n++] = (char *)word;
    }
    return error_set(err, ERR_USAGE, "more than %d words", MAX_WORDS);
}

/* Why it cannot be started, 0 where it can. Asked first: under an emulator a start that failed looks
 * like one that went well. */
static int refused(const char *program)
{
    struct stat st;
    if (stat(program, &st) != 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return EACCES;
    return access(program, X_OK) == 0 ? 0 : errno;
}

static bool spawn(struct child *c, char **argv, struct error *err)
{
    int fds[2];
    int why = refused(argv[0]);
    if (why)
        return error_set(err, ERR_IO, "'%s' cannot be run: %s", argv[0], strerror(why));
    if (pipe2(fds, O_CLOEXEC) != 0)
        return error_set(err, ERR_IO, "no pipe to '%s': %s", argv[0], strerror(errno));
    fcntl(fds[0], F_SETFL, O_NONBLOCK); /* our end only: a verb expects its writes to wait */
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, usual;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 2);
    posix_spawnattr_init(&attr);
    /* A group of its own, so that ^C on the terminal is the screen's alone, and no signal of ours
     * held back. */
    sigemptyset(&none);
    sigfillset(&usual);
    sigdelset(&usual, SIGKILL);
    sigdelset(&usual, SIGSTOP);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                        POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &usual);
    int failed = posix_spawn(&c->pid, argv[0], &actions, &attr, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    close(fds[1]);
    c->fd = fds[0];
    if (!failed)
        return true;
    close(fds[0]);
    return error_set(err, ERR_IO, "'%s' cannot be run: %s", argv[0], strerror(failed));
}

struct child *child_start(const char *program, const char *const *args, const char *words,
                          struct error *err)
{
    struct arena a = { 0 };
    char *argv[MAX_WORDS + 1];
    struct child *c = mem_new(struct child, 1);
    bool ok = make_argv(program, args, words, &a, argv, err) && spawn(c, argv, err);
    arena_done(&a);
    if (ok)
        return c;
    mem_free(c);
    return NULL;
}

void child_stop(struct child *c)
{
    if (!c->ended)
        kill(-c->pid, SIGINT);
}

void child_free(struct child *c)
{
    if (!c)
        return;
    close(c->fd);
    if (!c->ended) {
        kill(-c->pid, SIGTERM);
        struct timespec pause = { .tv_nsec = 10 * 1000000 };
        for (int i = 0; i < 50 && waitpid(c->pid, &c->status, WNOHANG) == 0; i++)
            nanosleep(&pause, NULL);
        kill(-c->pid, SIGKILL);
        waitpid(c->pid, &c->status, WNOHANG);
    }
    mem_free(c);
}

int child_fd(const struct child *c)
{
    return c->drained ? -1 : c->fd;
}

size_t child_read(struct child *c, char *ret, size_t size)
{
    if (c->drained)
        return 0;
    ssize_t n = read(c->fd, ret, size);
    if (n > 0)
        return (size_t)n;
    if (n == 0 || (errno != EAGAIN && errno != EINTR))
        c->drained = true;
    return 0;
}

bool child_ended(struct child *c, int *ret_code)
{
    if (!c->ended && waitpid(c->pid, &c->status, WNOHANG) == c->pid)
        c->ended = true;
    if (!c->ended || !c->drained)
        return false;
    *ret_code = WIFEXITED(c->status) ? WEXITSTATUS(c->status) : 128 + WTERMSIG(c->status);
    return true;
}
