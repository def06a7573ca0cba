/* Disk, environment, clock and terminal (doctor.h). */
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/limits.h"
#include "core/model/server.h"
#include "tui/screen/term.h"
#include "tui/verb/doctor.h"

/* Free space: enough for years of answers, and for the next one. */
#define SPACE_WARN (200 * (int64_t)MIB)
#define SPACE_BAD  (8 * (int64_t)MIB)

/* How long a terminal may take to say where its cursor is. */
#define CURSOR_WAIT_MS 300

static const char *set_variable(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

/* --- disk ---------------------------------------------------------------------------------------- */

static void check_space(struct doctor *d)
{
    struct statvfs fs;
    char path[4096], bytes[SECONDS_SIZE];
    snprintf(path, sizeof path, "%s", d->paths.data_dir);
    while (statvfs(path, &fs) != 0) { /* a folder that is not there yet: the one above */
        char *slash = strrchr(path, '/');
        if (!slash || slash == path)
            return;
        *slash = '\0';
    }
    int64_t left = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
    struct finding f = { .area = "files", .what = "space left", .code = EXIT_DATABASE };
    f.found = doctor_text(d, "%s in %s", bytes_text(left, bytes), path);
    bool no_files = fs.f_files && !fs.f_favail;
    f.health = left < SPACE_BAD || no_files ? HEALTH_BAD
               : left < SPACE_WARN          ? HEALTH_WARN
                                            : HEALTH_OK;
    if (no_files)
        f.found = doctor_text(d, "%s, but no file more", f.found);
    if (f.health != HEALTH_OK) {
        f.problem = PROBLEM_DISK;
        f.todo = "free some space: answers are still given on a full disk, but not recorded";
    }
    doctor_note(d, f);
}

/* --- environment --------------------------------------------------------------------------------- */

/* Keys are told to be set, never shown. */
enum shown { AS_IT_IS, AS_ADDRESS, AS_SET };

static const struct {
    const char *name;
    enum shown shown;
} variables[] = {
    { "RLAB_DATA_DIR", AS_IT_IS },   { "RLAB_CONFIG", AS_IT_IS },
    { "OLLAMA_HOST", AS_ADDRESS },   { "OPENAI_BASE_URL", AS_ADDRESS },
    { "OPENAI_API_KEY", AS_SET },    { "ANTHROPIC_BASE_URL", AS_ADDRESS },
    { "ANTHROPIC_API_KEY", AS_SET }, { "http_proxy", AS_SET },
    { "https_proxy", AS_SET },       { "HTTPS_PROXY", AS_SET },
    { "all_proxy", AS_SET },         { "ALL_PROXY", AS_SET },
    { "no_proxy", AS_IT_IS },        { "NO_PROXY", AS_IT_IS },
    { "NO_COLOR", AS_IT_IS },
};

static const char *variable_words(struct doctor *d, size_t i, const char *value)
{
    const char *name = variables[i].name;
    if (variables[i].shown == AS_SET)
        return doctor_text(d, "%s (set)", name);
    return doctor_text(d, "%s=%s", name,
                       variables[i].shown == AS_ADDRESS ? server_shown_address(value, &d->arena)
                                                        : value);
}

static void check_environment(struct doctor *d)
{
    const char *all = "";
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = set_variable(variables[i].name);
        if (value)
            all = doctor_text(d, "%s%s%s", all, *all ? ", " : "", variable_words(d, i, value));
    }
    doctor_note(d, (struct finding){ .area = "settings",
                                     .what = "environment",
                                     .found = *all ? all : "nothing that rlab reads is set" });
}

/* --- terminal ------------------------------------------------------------------------------------ */

static int terminal_fd(void)
{
    static const int fds[] = { STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO };
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (isatty(fds[i]))
            return fds[i];
    return -1;
}

/* Where the cursor is after one sign of doubtful width at the start of a line: 2 where the
 * terminal draws it in one column, 3 in two, 0 where it does not say. */
static int column_after_sign(int fd)
{
    static const char ask[] = "\r\xE2\x86\x92\033[6n";
    struct termios was, raw;
    struct pollfd answer = { .fd = fd, .events = POLLIN };
    char said[64];
    size_t n = 0;
    int row, col = 0;
    if (tcgetattr(fd, &was) != 0)
        return 0;
    raw = was;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    tcsetattr(fd, TCSANOW, &raw);
    if (write(fd, ask, sizeof ask - 1) == (ssize_t)sizeof ask - 1)
        while (n + 1 < sizeof said && poll(&answer, 1, CURSOR_WAIT_MS) > 0 &&
               read(fd, said + n, 1) == 1 && said[n++] != 'R')
            ;
    said[n] = '\0';
    const char *at = strstr(said, "\033[");
    if (at && sscanf(at, "\033[%d;%dR", &row, &col) != 2)
        col = 0;
    if (write(fd, "\r\033[K", 4) != 4)
        col = 0;
    tcsetattr(fd, TCSANOW, &was);
    return col;
}

/* Arrows, dots and blocks are one column wide for rlab; some terminals can be set to draw them in
 * two, which would bend every table. Asked only where a person sits at it. */
static void check_width(struct doctor *d)
{
    if (d->session->json || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return;
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    int col = fd < 0 ? 0 : column_after_sign(fd);
    if (fd >= 0)
        close(fd);
    if (col == 0)
        return;
    doctor_note(d, (struct finding){ .area = "terminal",
                                     .what = "signs",
                                     .found = col == 2 ? "one column each" : "two columns each",
                                     .health = col == 2 ? HEALTH_OK : HEALTH_WARN,
                                     .problem = col == 2 ? PROBLEM_NONE : PROBLEM_TERMINAL,
                                     .todo = col == 2 ? NULL
                                                      : "use --ascii, or set the terminal to draw "
                                                        "ambiguous characters narrow" });
}

/* What is wrong with it, and what to do; NULL where nothing is. */
static const char *poor_terminal(struct doctor *d, const char *term, const struct winsize *w,
                                 const char **ret_todo)
{
    struct term_facts facts = { .known = true, .colors = 256 };
    if (!term || strcmp(term, "dumb") == 0 || strcmp(term, "unknown") == 0) {
        *ret_todo = "only line mode works there: set TERM to what the terminal is (xterm-256color "
                    "mostly fits)";
        return "";
    }
    if (d->session->term_look)
        d->session->term_look(&facts);
    if (!facts.known) {
        *ret_todo = "install its description (ncurses-term), or set TERM to one that is known: "
                    "xterm-256color mostly fits";
        return doctor_text(d, ", %s", facts.why);
    }
    if (w->ws_col < 80 || w->ws_row < 24) {
        *ret_todo = w->ws_col < 60 || w->ws_row < 16
                        ? "make it at least 60x16; 80x24 shows everything"
                        : "make it 80x24: smaller ones leave things out";
        return "";
    }
    if (facts.colors < 8 && !set_variable("NO_COLOR")) {
        *ret_todo = "nothing needs colour; where the terminal has it, say so: TERM=xterm-256color";
        return ", no colours";
    }
    return NULL;
}

static void check_terminal(struct doctor *d)
{
    struct winsize w = { 0 };
    const char *term = set_variable("TERM");
    int fd = terminal_fd();
    struct finding f = { .area = "terminal", .what = "terminal" };
    if (fd < 0 || ioctl(fd, TIOCGWINSZ, &w) != 0) {
        f.found = "none here: the output goes to a file or a pipe";
    } else {
        const char *wrong = poor_terminal(d, term, &w, &f.todo);
        f.health = wrong ? HEALTH_WARN : HEALTH_OK;
        f.problem = wrong ? PROBLEM_TERMINAL : PROBLEM_NONE;
        f.found =
            doctor_text(d, "%s, %dx%d%s%s%s", term ? term : "TERM is not set", w.ws_col, w.ws_row,
                        set_variable("TMUX") ? ", in tmux" : "",
                        set_variable("SSH_CONNECTION") ? ", over SSH" : "", wrong ? wrong : "");
    }
    doctor_note(d, f);
}

/* The variable that decides about letters, as the C library asks them. */
static const char *locale_variable(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (set_variable(names[i]))
            return names[i];
    return NULL;
}

static bool check_letters(struct doctor *d)
{
    const char *letters = nl_langinfo(CODESET), *variable = locale_variable();
    bool utf8 = strcmp(letters, "UTF-8") == 0;
    struct finding f = { .area = "terminal", .what = "letters", .found = letters };
    if (!utf8) {
        bool known = setlocale(LC_CTYPE, "") != NULL; /* as at the start: nothing changes */
        f.health = HEALTH_WARN;
        f.problem = PROBLEM_LOCALE;
        f.todo = "set LANG to a UTF-8 locale (C.UTF-8 is always there), or use --ascii";
        f.found = !variable ? doctor_text(d, "%s: LANG is not set", letters)
                  : known   ? doctor_text(d, "%s, by %s=%s", letters, variable, getenv(variable))
                            : doctor_text(d, "%s: %s=%s is no locale of this machine", letters,
                                          variable, getenv(variable));
    }
    doctor_note(d, f);
    return utf8;
}

/* --- clock ---------------------------------------------------------------------------------------- */

/* So far a clock may be off before it is worth a word. */
#define CLOCK_OFF_S 120.0
/* No rlab is older: 2025-01-01. */
#define CLOCK_LEAST (1735689600 * NS_PER_S)

#define CLOCK_TODO "set it: timedatectl set-ntp true (or date -s, as root)"

/* "3 days", "2 hours", "5 minutes". */
static const char *span(struct doctor *d, double s)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = { { "day", 86400 }, { "hour", 3600 }, { "minute", 60 } };
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof *units && s < 2 * units[i].seconds)
        i++;
    long long n = llround(s / units[i].seconds);
    return doctor_text(d, "%lld %s%s", n, units[i].name, n == 1 ? "" : "s");
}

/* The server whose clock is the farthest from ours; NULL where none is far. */
static const struct lab_server *off_server(const struct doctor *d)
{
    const struct models *m = &d->session->lab.models;
    const struct lab_server *found = NULL;
    double most = CLOCK_OFF_S;
    for (size_t i = 0; d->has_lab && i < m->server_count; i++) {
        const struct lab_server *s = m->servers[i];
        double off = s->answered && s->list ? fabs(s->list->clock_ahead_s) : NAN;
        if (off > most) {
            most = off;
            found = s;
        }
    }
    return found;
}

static void check_clock(struct doctor *d)
{
    char stamp[CLOCK_STAMP_SIZE], then[CLOCK_STAMP_SIZE];
    int64_t now = clock_wall(clock_real());
    double ahead_s = clock_seconds(d->exam.last_wall_ns - now);
    const struct lab_server *off = off_server(d);
    struct finding f = { .area = "clock", .what = "clock" };
    clock_stamp(now, stamp);
    clock_stamp(d->exam.last_wall_ns, then);
    f.found = stamp;
    if (now < CLOCK_LEAST) {
        f.found = doctor_text(d, "%s: before any rlab was made", stamp);
        f.todo = CLOCK_TODO;
    } else if (off) {
        double s = off->list->clock_ahead_s;
        f.found = doctor_text(d, "%s, %s %s that of server '%s': one of the two is wrong", stamp,
                              span(d, fabs(s)), s > 0 ? "behind" : "ahead of", off->server.name);
        f.todo = "set the wrong one: timedatectl set-ntp true";
    } else if (ahead_s > CLOCK_OFF_S) {
        f.found = doctor_text(d,
                              "%s, but the newest row in the database is of %s, %s ahead: the "
                              "clock jumped",
                              stamp, then, span(d, ahead_s));
        f.todo = CLOCK_TODO "; if it is right now, it was wrong then, and nothing is lost";
    } else {
        f.found = doctor_text(d, "%s", stamp);
    }
    f.health = f.todo ? HEALTH_WARN : HEALTH_OK;
    f.problem = f.todo ? PROBLEM_CLOCK : PROBLEM_NONE;
    doctor_note(d, f);
}

void doctor_machine(struct doctor *d)
{
    const char *term = set_variable("TERM");
    check_space(d);
    check_environment(d);
    check_clock(d);
    check_terminal(d);
    if (check_letters(d) && term && strcmp(term, "dumb") != 0)
        check_width(d);
}
