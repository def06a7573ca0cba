/* Notes from signals, and what a crash does (signals.h). Handlers call only what POSIX calls safe
 * in them, and read only what was written before they were installed. */
#include "tui/screen/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define NOTE_BYTES  400
#define CRASH_STACK (64 * 1024) /* the crash may be that the other one is full */
#define GRACE_S     5           /* from being told to end to being made to */

/* --- notes ------------------------------------------------------------------------------- */

static struct watched {
    int sig;
    bool ours;
    struct sigaction before;
} watched[] = {
    { .sig = SIGWINCH }, { .sig = SIGTSTP }, { .sig = SIGCONT },
    { .sig = SIGINT },   { .sig = SIGTERM }, { .sig = SIGHUP },
};

static struct sigaction before_alarm;
static int note_pipe[2] = { -1, -1 };
static volatile sig_atomic_t is_away, last_ending;

static void on_signal(int sig)
{
    int saved = errno;
    bool ends = sig == SIGTERM || sig == SIGHUP || (sig == SIGINT && !is_away);
    if (ends && !last_ending) {
        last_ending = sig;
        alarm(GRACE_S);
    }
    if (!(is_away && sig == SIGINT)) {
        ssize_t n = write(note_pipe[1], &(unsigned char){ (unsigned char)sig }, 1);
        (void)n; /* the pipe is full: notes are waiting already */
    }
    errno = saved;
}

/* Told to end, but no note was read, or leaving did not get through: a terminal that takes no
 * bytes (a connection that hangs) holds up every write to it. What can be said without waiting is
 * said. While somebody else has the terminal it is his to end first. */
static void on_late(int sig)
{
    (void)sig;
    if (is_away) {
        alarm(GRACE_S);
        return;
    }
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
    signals_put_back();
    fcntl(STDOUT_FILENO, F_SETFL, flags);
    _exit(128 + (int)last_ending);
}

static void watch(struct watched *w)
{
    struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    sigemptyset(&act.sa_mask);
    w->ours = w->before.sa_handler != SIG_IGN && sigaction(w->sig, &act, NULL) == 0;
}

bool signals_start(struct error *err)
{
    if (note_pipe[0] >= 0)
        return true;
    if (pipe2(note_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return error_set(err, ERR_IO, "no pipe for signals: %s", strerror(errno));
    is_away = last_ending = 0;
    struct sigaction late = { .sa_handler = on_late };
    sigemptyset(&late.sa_mask);
    sigaction(SIGALRM, &late, &before_alarm);
    for (size_t i = 0; i < COUNT(watched); i++) {
        sigaction(watched[i].sig, NULL, &watched[i].before);
        watch(&watched[i]);
    }
    return true;
}

void signals_stop(void)
{
    if (note_pipe[0] < 0)
        return;
    for (size_t i = 0; i < COUNT(watched); i++)
        if (watched[i].ours)
            sigaction(watched[i].sig, &watched[i].before, NULL);
    alarm(0);
    sigaction(SIGALRM, &before_alarm, NULL);
    close(note_pipe[0]);
    close(note_pipe[1]);
    note_pipe[0] = note_pipe[1] = -1;
}

int signals_fd(void)
{
    return note_pipe[0];
}

int signals_next(void)
{
    unsigned char sig;
    return note_pipe[0] >= 0 && read(note_pipe[0], &sig, 1) == 1 ? sig : 0;
}

/* --- stopping ---------------------------------------------------------------------------- */

static struct watched *watched_stop(void)
{
    for (size_t i = 0; i < COUNT(watched); i++)
        if (watched[i].sig == SIGTSTP)
            return &watched[i];
    abort();
}

void signals_away(bool away)
{
    struct watched *stop = watched_stop();
    is_away = away;
    if (!stop->ours)
        return;
    if (away)
        signal(SIGTSTP, SIG_DFL);
    else
        watch(stop);
}

bool signals_can_suspend(void)
{
    return note_pipe[0] >= 0 && watched_stop()->ours && getsid(0) != getpid();
}

/* Takes the notes out and puts all but one kind back. */
static void drop_notes(unsigned char sig)
{
    unsigned char notes[256];
    ssize_t n = read(note_pipe[0], notes, sizeof notes);
    for (ssize_t i = 0; i < n; i++)
        if (notes[i] != sig && write(note_pipe[1], &notes[i], 1) != 1)
            return;
}

void signals_suspend(void)
{
    /* All of the job, since a script that started us would otherwise wait on, and the shell with
     * it. A signal to oneself is delivered before kill returns, and so is the stop. */
    signals_away(true);
    kill(0, SIGTSTP);
    signals_away(false);
    drop_notes(SIGCONT);
}

/* --- crashes ----------------------------------------------------------------------------- */

static struct crash {
    int sig;
    struct sigaction before;
} crashes[] = {
    { .sig = SIGSEGV }, { .sig = SIGBUS },  { .sig = SIGILL },  { .sig = SIGFPE },
    { .sig = SIGABRT }, { .sig = SIGSYS },  { .sig = SIGTRAP }, { .sig = SIGXCPU },
    { .sig = SIGQUIT }, { .sig = SIGUSR1 }, { .sig = SIGUSR2 }, /* somebody's order, not our fault */
};

static struct termios crash_modes;
static char crash_leave[SIGNALS_LEAVE_BYTES], crash_note[NOTE_BYTES];
static size_t crash_leave_len, crash_note_len;
static volatile sig_atomic_t is_set;
static alignas(16) char crash_stack[CRASH_STACK];
static stack_t stack_before;

static void write_all(int fd, const char *s, size_t len)
{
    while (len) {
        ssize_t n = write(fd, s, len);
        if (n <= 0 && errno != EINTR)
            return; /* also where it would have to wait */
        if (n > 0) {
            s += n;
            len -= (size_t)n;
        }
    }
}

void signals_put_back(void)
{
    if (!is_set)
        return;
    is_set = 0;
    signal(SIGTTOU, SIG_IGN); /* also from the background */
    write_all(STDOUT_FILENO, crash_leave, crash_leave_len);
    tcsetattr(STDIN_FILENO, TCSANOW, &crash_modes);
}

static void write_number(int sig)
{
    char text[16], *s = text + sizeof text;
    *--s = '\n';
    do {
        *--s = (char)('0' + sig % 10);
    } while (sig /= 10);
    write_all(STDERR_FILENO, s, (size_t)(text + sizeof text - s));
}

static void on_crash(int sig)
{
    static const char words[] = "signal ";
    bool shown = is_set;
    if (sig == SIGQUIT && is_away)
        return; /* ^\ was meant for whom the terminal was lent to, as ^C is */
    signals_put_back();
    if (shown) {
        write_all(STDERR_FILENO, crash_note, crash_note_len);
        write_all(STDERR_FILENO, words, sizeof words - 1);
        write_number(sig);
    }
    for (size_t i = 0; i < COUNT(crashes); i++)
        if (crashes[i].sig == sig)
            sigaction(sig, &crashes[i].before, NULL);
    raise(sig); /* waits until this handler returns; then it dies the ordinary way */
}

void signals_set_crash(const struct termios *modes, const char *leave, size_t leave_len,
                       const char *note)
{
    is_set = 0;
    if (!modes)
        return;
    crash_modes = *modes;
    crash_leave_len = leave_len < sizeof crash_leave ? leave_len : sizeof crash_leave;
    memcpy(crash_leave, leave, crash_leave_len);
    crash_note_len = strnlen(note, sizeof crash_note);
    memcpy(crash_note, note, crash_note_len);
    is_set = 1;
}

void signals_watch_crash(bool on)
{
    static bool watching;
    if (on == watching)
        return;
    watching = on;
    if (on)
        sigaltstack(&(stack_t){ .ss_sp = crash_stack, .ss_size = CRASH_STACK }, &stack_before);
    for (size_t i = 0; i < COUNT(crashes); i++) {
        struct sigaction act = { .sa_handler = on_crash, .sa_flags = SA_ONSTACK };
        sigemptyset(&act.sa_mask);
        sigaction(crashes[i].sig, on ? &act : &crashes[i].before, on ? &crashes[i].before : NULL);
        if (on && crashes[i].before.sa_handler == SIG_IGN) /* as the others: it stays ignored */
            sigaction(crashes[i].sig, &crashes[i].before, NULL);
    }
    if (!on) {
        is_set = 0;
        sigaltstack(&stack_before, NULL);
    }
}
