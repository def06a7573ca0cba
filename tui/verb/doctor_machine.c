/* Folders, disk, environment and terminal (doctor.h). */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/limits.h"
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

/* --- folders ------------------------------------------------------------------------------------- */

/* Ours alone: what is asked and answered may be private. */
static void check_mode(struct doctor *d, const char *what, const char *path, mode_t wanted)
{
    struct stat st;
    struct finding f = { .area = "files", .what = what, .found = path };
    if (!path)
        return;
    if (stat(path, &st) != 0) {
        f.found =
            doctor_text(d, "%s, %s", path, errno == ENOENT ? "not there yet" : strerror(errno));
        f.health = errno == ENOENT ? HEALTH_OK : HEALTH_WARN;
    } else {
        f.found = doctor_text(d, "%s, mode %04o", path, (unsigned)(st.st_mode & 07777));
        if (st.st_mode & 077 & ~wanted) {
            f.health = HEALTH_WARN;
            f.todo = doctor_text(d, "others can look in: chmod %o '%s'", (unsigned)wanted, path);
        } else if (access(path, W_OK) != 0) {
            f.health = HEALTH_WARN;
            f.todo = doctor_text(d, "it cannot be written (%s): nothing is recorded there",
                                 strerror(errno));
        }
    }
    doctor_note(d, f);
}

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
    f.health = left < SPACE_BAD ? HEALTH_BAD : left < SPACE_WARN ? HEALTH_WARN : HEALTH_OK;
    if (f.health != HEALTH_OK)
        f.todo = "free some space: answers are still given on a full disk, but not recorded";
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

/* An address without the user and password it may hold. The last '@' counts: a password may
 * hold one, and '/' too. */
static const char *without_login(struct doctor *d, const char *address)
{
    const char *at = strrchr(address, '@'), *scheme = strstr(address, "://");
    if (!at)
        return address;
    int head = scheme && scheme < at ? (int)(scheme + 3 - address) : 0;
    return doctor_text(d, "%.*s...%s", head, address, at);
}

static const char *variable_words(struct doctor *d, size_t i, const char *value)
{
    const char *name = variables[i].name;
    if (variables[i].shown == AS_SET)
        return doctor_text(d, "%s (set)", name);
    return doctor_text(d, "%s=%s", name,
                       variables[i].shown == AS_ADDRESS ? without_login(d, value) : value);
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
                                     .todo = col == 2 ? NULL
                                                      : "use --ascii, or set the terminal to draw "
                                                        "ambiguous characters narrow" });
}

static void check_terminal(struct doctor *d)
{
    struct winsize w = { 0 };
    const char *term = set_variable("TERM"), *letters = nl_langinfo(CODESET);
    bool utf8 = strcmp(letters, "UTF-8") == 0;
    int fd = terminal_fd();
    struct finding f = { .area = "terminal", .what = "terminal" };
    if (fd < 0 || ioctl(fd, TIOCGWINSZ, &w) != 0) {
        f.found = "none here: the output goes to a file or a pipe";
    } else {
        f.found = doctor_text(d, "%s, %dx%d%s%s", term ? term : "TERM is not set", w.ws_col,
                              w.ws_row, set_variable("TMUX") ? ", in tmux" : "",
                              set_variable("SSH_CONNECTION") ? ", over SSH" : "");
        if (!term || strcmp(term, "dumb") == 0 || strcmp(term, "unknown") == 0) {
            f.health = HEALTH_WARN;
            f.todo = "only line mode works there: set TERM to what the terminal is";
        } else if (w.ws_col < 60 || w.ws_row < 16) {
            f.health = HEALTH_WARN;
            f.todo = "make it at least 60x16; 80x24 shows everything";
        }
    }
    doctor_note(d, f);
    doctor_note(d, (struct finding){
                       .area = "terminal",
                       .what = "letters",
                       .found = letters,
                       .health = utf8 ? HEALTH_OK : HEALTH_WARN,
                       .todo = utf8 ? NULL
                                    : "set LANG to a UTF-8 locale (C.UTF-8 is always there), or "
                                      "use --ascii" });
    if (utf8 && term && strcmp(term, "dumb") != 0)
        check_width(d);
}

void doctor_machine(struct doctor *d)
{
    check_mode(d, "data folder", d->paths.data_dir, 0700);
    check_mode(d, "state folder", d->paths.state_dir, 0700);
    check_space(d);
    check_environment(d);
    check_terminal(d);
}
