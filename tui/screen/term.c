/* The terminal (term.h): the only file that knows curses.
 *
 * Curses draws and nothing more: it never reads a key and handles no signal. Bytes that curses has
 * no call for (paste, mouse, OSC 52) are written between two of its frames, when its own buffer is
 * empty. */
#include "tui/screen/term.h"

#include <assert.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "tui/screen/glyph.h"
#include "tui/screen/signals.h"

#define ESCAPE_DELAY_MS     25
#define MAX_ESCAPE_DELAY_MS 10000
#define READ_BYTES          2048 /* at a time; the reader of keys has room for it */

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

static struct terminal {
    bool open, away, gone;
    bool redraw, ascii, cursor, cursor_seen, mouse;
    bool speaks_ansi; /* understands sequences that begin with Esc [ */
    int rows, cols, colors;
    SCREEN *screen;
    struct termios before; /* modes as they were found */
    const struct theme *theme;
    struct {
        attr_t attrs;
        short pair;
    } looks[LOOKS];
    struct cell *shown; /* (rows, cols): the last grid, so that only changes go to curses */
    cchar_t *line;      /* (cols,): what is given to it */
    struct key_reader keys;
    int64_t last_byte_ns, escape_ns;
    char crash_note[400];
} t;

static void write_all(const char *s, size_t len)
{
    while (len) {
        ssize_t n = write(STDOUT_FILENO, s, len);
        if (n > 0) {
            s += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){ .fd = STDOUT_FILENO, .events = POLLOUT }, 1, 1000);
        } else if (errno != EINTR) {
            return; /* it hung up: reading says so too */
        }
    }
}

static void write_ansi(const char *s)
{
    if (t.speaks_ansi)
        write_all(s, strlen(s));
}

/* --- what it can do ---------------------------------------------------------------------- */

static const char *capability(const char *name)
{
    const char *s = tigetstr(name);
    return s && s != (const char *)-1 ? s : ""; /* absent, or none that is a text */
}

static bool look_up(int *ret_colors, struct error *err)
{
    const char *name = getenv("TERM");
    int found = 0;
    *ret_colors = 0;
    if (!name || !*name)
        return error_set(err, ERR_USAGE, "it is empty");
    if (setupterm(name, STDOUT_FILENO, &found) != OK)
        return error_set(err, ERR_USAGE, "the terminal '%s' is %s", name,
                         found < 0 ? "not to be looked up, the terminfo database is missing"
                                   : "not known on this machine");
    const char *move = capability("cup");
    bool moves = *move;
    int colors = tigetnum("colors");
    *ret_colors = colors > 0 ? colors : 0;
    t.speaks_ansi = strncmp(move, "\033[", 2) == 0;
    del_curterm(cur_term);
    return moves || error_set(err, ERR_USAGE, "the terminal '%s' cannot move its cursor", name);
}

bool term_usable(struct error *err)
{
    int colors;
    return look_up(&colors, err);
}

void term_look(struct term_facts *ret)
{
    struct error err = { 0 };
    *ret = (struct term_facts){ 0 };
    ret->known = look_up(&ret->colors, &err);
    snprintf(ret->why, sizeof ret->why, "%s", err.text);
}

/* Looks at the terminal before anything is done to it. */
static bool is_fit(struct error *err)
{
    static const char line[] = "the screen cannot be shown here; use --line";
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(err, ERR_USAGE, "%s: standard %s is no terminal", line,
                         isatty(STDIN_FILENO) ? "output" : "input");
    return term_usable(err) || error_within(err, "%s, or set TERM", line);
}

static attr_t attributes(unsigned style)
{
    return (style & STYLE_BOLD ? A_BOLD : 0) | (style & STYLE_UNDERLINE ? A_UNDERLINE : 0) |
           (style & STYLE_REVERSE ? A_REVERSE : 0) |
           (style & STYLE_ITALIC && *capability("sitm") ? A_ITALIC : 0);
}

/* A pair of colours a role, so that any theme fits into what the smallest terminals have. */
static void set_looks(void)
{
    for (int look = 0; look < LOOKS; look++) {
        struct style s = theme_style(t.theme, (look_t)look, t.colors);
        bool colored = t.colors && s.color != COLOR_DEFAULT;
        t.looks[look].attrs = attributes(s.attrs);
        t.looks[look].pair = 0;
        if (colored && init_pair((short)(look + 1), s.color, -1) == OK)
            t.looks[look].pair = (short)(look + 1);
    }
}

static void set_colors(const struct term_options *o)
{
    const struct theme *chosen = o->theme ? theme_find(o->theme) : NULL;
    t.theme = chosen ? chosen : theme_at(0);
    t.colors = theme_colors(o->color, o->theme, getenv("NO_COLOR"), tigetnum("colors"));
    /* Without colours that leave the background alone there are none. */
    if (t.colors && (start_color() == ERR || use_default_colors() == ERR))
        t.colors = 0;
    set_looks();
}

/* --- its size ---------------------------------------------------------------------------- */

static int within(int v, int high)
{
    return v < 1 ? 1 : v > high ? high : v;
}

/* What the terminal says; 0 where it does not know (a serial line), then what terminfo says. */
static void ask_size(int *rows, int *cols)
{
    struct winsize w = { 0 };
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
    *rows = within(w.ws_row ? w.ws_row : t.rows ? t.rows : LINES, TERM_MAX_ROWS);
    *cols = within(w.ws_col ? w.ws_col : t.cols ? t.cols : COLS, TERM_MAX_COLS);
}

static void set_size(int rows, int cols)
{
    t.rows = rows;
    t.cols = cols;
    mem_free(t.shown);
    mem_free(t.line);
    t.shown = mem_new(struct cell, (size_t)rows * (size_t)cols);
    t.line = mem_new(cchar_t, (size_t)cols);
    t.redraw = true;
    if (LINES != rows || COLS != cols)
        resize_term(rows, cols);
    werase(stdscr);
}

/* --- entering and leaving ---------------------------------------------------------------- */

/* Appends a capability without its padding, which only curses can wait for. */
static size_t add_plain(char *to, size_t at, size_t room, const char *s)
{
    while (*s && at < room) {
        const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (end)
            s = end + 1;
        else
            to[at++] = *s++;
    }
    return at;
}

/* All that must be said to a terminal whose program is about to die. */
static void arm_crash(void)
{
    static const char *const names[] = { "sgr0", "cnorm", "rmcup" };
    char leave[SIGNALS_LEAVE_BYTES];
    size_t len = 0;
    if (t.speaks_ansi)
        len = add_plain(leave, len, sizeof leave, MOUSE_OFF PASTE_OFF);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        len = add_plain(leave, len, sizeof leave, capability(names[i]));
    if (!*capability("rmcup")) {
        const char *last = tiparm(capability("cup"), t.rows - 1, 0);
        len = add_plain(leave, len, sizeof leave, last ? last : "");
        len = add_plain(leave, len, sizeof leave, "\r\n");
    }
    signals_set_crash(&t.before, leave, len, t.crash_note);
}

static void set_cursor_seen(bool seen)
{
    if (seen != t.cursor_seen)
        curs_set(seen ? 1 : 0);
    t.cursor_seen = seen;
}

static void enter(void)
{
    write_ansi(PASTE_ON);
    if (t.mouse)
        write_ansi(MOUSE_ON);
    arm_crash();
    t.redraw = true;
    t.away = false;
}

static void leave(void)
{
    if (t.mouse)
        write_ansi(MOUSE_OFF);
    write_ansi(PASTE_OFF);
    set_cursor_seen(true);
    endwin();
    if (!*capability("rmcup"))
        write_all("\r\n", 2); /* no screen of its own to go back from: below what was drawn */
    tcsetattr(STDIN_FILENO, TCSADRAIN, &t.before);
    signals_set_crash(NULL, "", 0, "");
    t.away = true;
}

/* Out of memory: curses may not be able to do anything any more. */
static void give_back(void)
{
    signals_put_back();
    t.open = false;
}

static int64_t escape_delay_ns(void)
{
    const char *said = getenv("ESCDELAY");
    long ms = said ? strtol(said, NULL, 10) : 0;
    if (ms <= 0 || ms > MAX_ESCAPE_DELAY_MS)
        ms = ESCAPE_DELAY_MS;
    return ms * NS_PER_MS;
}

/* Modes and screen of a fresh terminal. raw: ^C ^Z ^S ^Q ^\ are keys. nonl: Enter is 13 and ^J 10.
 * typeahead: a frame is never left half sent because a key waits. */
static void set_modes(void)
{
    raw();
    noecho();
    nonl();
    typeahead(-1);
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    t.cursor_seen = true;
    set_cursor_seen(false);
}

bool term_open(const struct term_options *o, struct error *err)
{
    static bool closes_at_exit;
    const char *name = getenv("TERM");
    int rows, cols;
    assert(!t.open);
    t = (struct terminal){ .cursor = o->cursor, .mouse = o->mouse };
    if (!is_fit(err))
        return false;
    if (tcgetattr(STDIN_FILENO, &t.before) != 0)
        return error_set(err, ERR_IO, "asking the terminal for its modes: %s", strerror(errno));
    /* Before curses, which leaves signals alone that somebody handles already. */
    if (!signals_start(err))
        return false;
    fflush(stdout);
    t.screen = newterm(name, stdout, stdin);
    if (!t.screen) {
        signals_stop();
        return error_set(err, ERR_IO, "the terminal '%s' could not be opened; use --line", name);
    }
    t.open = true;
    t.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    t.escape_ns = escape_delay_ns();
    snprintf(t.crash_note, sizeof t.crash_note, "%s\n", o->crash_note ? o->crash_note : "");
    keys_init(&t.keys);
    set_modes();
    set_colors(o);
    ask_size(&rows, &cols);
    set_size(rows, cols);
    enter();
    signals_watch_crash(true);
    mem_set_hook(give_back);
    if (!closes_at_exit)
        closes_at_exit = atexit(term_close) == 0;
    return true;
}

void term_close(void)
{
    if (!t.open)
        return;
    if (!t.away)
        leave();
    signals_away(false);
    mem_set_hook(NULL);
    signals_watch_crash(false);
    signals_stop();
    delscreen(t.screen);
    keys_done(&t.keys);
    mem_free(t.shown);
    mem_free(t.line);
    t = (struct terminal){ .gone = t.gone };
}

void term_leave(void)
{
    if (!t.open || t.away)
        return;
    leave();
    signals_away(true);
}

void term_return(void)
{
    if (!t.open)
        return;
    if (t.away)
        signals_away(false);
    reset_prog_mode();
    enter();
    /* Also brings curses back: what was there is drawn again, until the next frame. */
    clearok(curscr, TRUE);
    doupdate();
    term_resize();
}

bool term_suspend(void)
{
    if (!t.open || t.away || !signals_can_suspend())
        return false;
    leave();
    signals_suspend();
    term_return();
    return true;
}

static int spawn_and_wait(const char *const argv[], int *status)
{
    static const int usual[] = { SIGINT, SIGQUIT, SIGTSTP, SIGPIPE, SIGXFSZ };
    posix_spawnattr_t attr;
    sigset_t set;
    pid_t pid;
    sigemptyset(&set);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &set);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        sigaddset(&set, usual[i]);
    posix_spawnattr_setsigdefault(&attr, &set);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    char **shared = secret_environ();
    int failed = posix_spawnp(&pid, argv[0], NULL, &attr, (char *const *)argv, shared);
    mem_free(shared);
    posix_spawnattr_destroy(&attr);
    while (!failed && waitpid(pid, status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return failed;
}

bool term_run(const char *const argv[], struct error *err)
{
    int status = 0;
    term_leave();
    int failed = spawn_and_wait(argv, &status);
    term_return();
    if (failed)
        return error_set(err, ERR_IO, "'%s' could not be started: %s", argv[0], strerror(failed));
    if (WIFSIGNALED(status))
        return error_set(err, ERR_IO, "'%s' was ended by signal %d", argv[0], WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return error_set(err, ERR_IO, "'%s' ended with code %d", argv[0], WEXITSTATUS(status));
    return true;
}

/* --- showing ----------------------------------------------------------------------------- */

void term_size(int *ret_rows, int *ret_cols)
{
    *ret_rows = t.open ? t.rows : 1;
    *ret_cols = t.open ? t.cols : 1;
}

bool term_resize(void)
{
    int rows, cols;
    if (!t.open || t.away)
        return false;
    ask_size(&rows, &cols);
    if (rows == t.rows && cols == t.cols)
        return false;
    set_size(rows, cols);
    arm_crash();
    return true;
}

bool term_ascii(void)
{
    return t.ascii;
}

int term_colors(void)
{
    return t.colors;
}

/* The columns of a cell in its row: a half of a wide letter without the other is a blank. */
static int cell_cols(const struct cell *row, int col, int cols)
{
    int w = row[col].cols;
    return w == 2 && col + 1 < cols && row[col + 1].cols == 0 ? 2 : w == 1 ? 1 : 0;
}

/* Cells [first, last] of a row, which are whole, to curses. */
static void send_cells(const struct cell *row, int at, int first, int last, int cols)
{
    static const struct cell blank = { .cols = 1 };
    int n = 0;
    for (int col = first; col <= last;) {
        struct glyph glyphs[2];
        const struct cell *c = &row[col];
        int w = cell_cols(row, col, cols);
        unsigned look = c->look & ~(unsigned)LOOK_REVERSE;
        look = look < LOOKS ? look : LOOK_TEXT;
        attr_t attrs = t.looks[look].attrs ^ (c->look & LOOK_REVERSE ? A_REVERSE : 0);
        int count = glyphs_of(w ? c : &blank, w ? w : 1, t.ascii, glyphs);
        for (int i = 0; i < count; i++)
            setcchar(&t.line[n++], glyphs[i].points, attrs, t.looks[look].pair, NULL);
        col += w ? w : 1;
    }
    mvwadd_wchnstr(stdscr, at, first, t.line, n);
}

/* What is different in a row, from its first cell to its last; true where anything is. */
static bool show_row(const struct grid *g, int at, int cols)
{
    const struct cell *row = &g->cells[(size_t)at * (size_t)g->cols];
    struct cell *old = &t.shown[(size_t)at * (size_t)t.cols];
    int first = 0, last = cols - 1;
    if (t.redraw) {
        send_cells(row, at, first, last, cols);
    } else {
        while (first < cols && memcmp(&row[first], &old[first], sizeof *row) == 0)
            first++;
        if (first == cols)
            return false;
        while (memcmp(&row[last], &old[last], sizeof *row) == 0)
            last--;
        while (first > 0 && (row[first].cols == 0 || old[first].cols == 0))
            first--;
        while (last + 1 < cols && (row[last + 1].cols == 0 || old[last + 1].cols == 0))
            last++;
        send_cells(row, at, first, last, cols);
    }
    memcpy(old, row, (size_t)cols * sizeof *row);
    return true;
}

void term_cursor(bool always)
{
    t.cursor = always;
}

static bool show_cursor(const struct grid *g)
{
    int row, col;
    bool known = g->cursor_row >= 0 && g->cursor_col >= 0 && g->cursor_row < t.rows &&
                 g->cursor_col < t.cols;
    getyx(stdscr, row, col);
    if (known)
        wmove(stdscr, g->cursor_row, g->cursor_col);
    else
        wmove(stdscr, row, col);
    set_cursor_seen(known && (g->cursor_shown || t.cursor));
    return known && (row != g->cursor_row || col != g->cursor_col);
}

void term_show(const struct grid *g)
{
    if (!t.open || t.away)
        return;
    int rows = g->rows < t.rows ? g->rows : t.rows;
    int cols = g->cols < t.cols ? g->cols : t.cols;
    bool changed = t.redraw;
    if (t.redraw)
        clearok(curscr, TRUE);
    for (int row = 0; row < rows; row++)
        changed |= show_row(g, row, cols);
    changed |= show_cursor(g);
    t.redraw = false;
    if (!changed)
        return;
    wnoutrefresh(stdscr);
    doupdate();
}

void term_redraw(void)
{
    t.redraw = true;
}

bool term_theme(const char *name)
{
    const struct theme *theme = theme_find(name);
    if (!t.open || !theme)
        return false;
    t.theme = theme;
    set_looks();
    t.redraw = true;
    return true;
}

void term_mouse(bool on)
{
    t.mouse = on;
    if (t.open && !t.away)
        write_ansi(on ? MOUSE_ON : MOUSE_OFF);
}

bool term_has_mouse(void)
{
    return t.mouse;
}

void term_bell(void)
{
    if (t.open && !t.away)
        beep();
}

void term_send(const char *bytes, size_t len)
{
    if (t.open && !t.away)
        write_all(bytes, len);
}

/* --- keys and signals -------------------------------------------------------------------- */

int term_key_fd(void)
{
    return STDIN_FILENO;
}

/* Reads only what is there: the modes would make read wait, and 0 bytes mean the end. */
static bool read_keys(void)
{
    char bytes[READ_BYTES];
    struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
    if (t.gone || poll(&p, 1, 0) <= 0)
        return false;
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n <= 0) {
        t.gone = n == 0 || (errno != EINTR && errno != EAGAIN);
        return false;
    }
    size_t took = keys_feed(&t.keys, bytes, (size_t)n);
    assert(took == (size_t)n); /* all keys were taken before, so little was waiting */
    (void)took;
    t.last_byte_ns = clock_mono(clock_real());
    return true;
}

bool term_next_key(struct key *ret)
{
    if (!t.open || t.away)
        return false;
    do {
        if (keys_next(&t.keys, ret))
            return true;
    } while (read_keys());
    if (term_key_wait_ms() != 0)
        return false;
    keys_give_up(&t.keys);
    return keys_next(&t.keys, ret);
}

int64_t term_key_wait_ms(void)
{
    if (!t.open || !keys_unfinished(&t.keys))
        return -1;
    int64_t left = t.last_byte_ns + t.escape_ns - clock_mono(clock_real());
    return left <= 0 ? 0 : (left + NS_PER_MS - 1) / NS_PER_MS;
}

bool term_gone(void)
{
    return t.gone;
}

int term_signal_fd(void)
{
    return signals_fd();
}

int term_next_signal(void)
{
    return signals_next();
}
