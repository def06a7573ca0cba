/* A program with a screen and nothing behind it, for the tests of the terminal (test_term.py):
 *
 *   probe [--theme NAME] [--color WHEN] [--log FILE] [--mouse] [--cursor]
 *
 * It draws rows of letters that are hard to keep straight, each ending in a bar at column COL_BAR,
 * and the names of the last keys. Some keys do something: q ends, ^Z suspends, ^L draws anew,
 * m turns the mouse, T the next theme, E runs `sh -c "$PROBE_RUN"` in the terminal, ! crashes by a
 * bad address, & by abort, $ by using up the stack, % ends by exit() in the middle of things, O
 * sends an OSC 52. With --log FILE every frame, key and signal leaves a line there. */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/screen/term.h"

#define COL_BAR   30
#define LAST_KEYS 6

static struct probe {
    struct grid grid;
    char keys[LAST_KEYS][KEY_NAME + 40];
    int count;
    size_t theme;
    int end; /* exit code + 1 */
    bool dirty;
    FILE *log;
} p;

static void note(const char *what, const char *detail)
{
    if (p.log) {
        fprintf(p.log, "%s %s\n", what, detail);
        fflush(p.log);
    }
}

static const char *const samples[] = {
    "plain letters",
    "e\xCC\x81 a\xCC\x8A o\xCC\x88\xCC\x81 marks",
    "\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xB8\x96\xE7\x95\x8C wide",
    "\xF0\x9F\x98\x80 \xF0\x9F\x91\x8B\xF0\x9F\x8F\xBD \xE2\x9D\xA4\xEF\xB8\x8F emoji",
    "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7 family",
    "\xF0\x9F\x87\xB3\xF0\x9F\x87\xB4 flag",
    "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D right to left",
    "\xD8\xB3\xD9\x84\xD8\xA7\xD9\x85 Arabic",
    "\xE0\xA4\xA8\xE0\xA4\xAE\xE0\xA4\xB8\xE0\xA5\x8D\xE0\xA4\xA4\xE0\xA5\x87 Nagari",
    "\xE0\xB8\xAA\xE0\xB8\xA7\xE0\xB8\xB1\xE0\xB8\xAA\xE0\xB8\x94\xE0\xB8\xB5 Thai",
    "\xEA\xB0\x81\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8 Hangul",
    "\xE2\x94\x8C\xE2\x94\x80\xE2\x94\x90\xE2\x96\x88\xE2\x96\x91\xE2\x97\x8F\xE2\x9C\x93 signs",
    "\033[31m\x9B \xC2\x9B 31m\xE2\x80\xAE hostile",
};

static void draw(void)
{
    struct surface s = surface_of(&p.grid);
    grid_clear(&p.grid);
    put_rule(&s, 0, 0, s.cols, "probe", theme_name(theme_at(p.theme)));
    int row = 1;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++, row++) {
        int col = put(&s, row, 1, (look_t)(i % LOOKS), samples[i]);
        put_fill(&s, row, col, COL_BAR - col, LOOK_TEXT, ".");
        put(&s, row, COL_BAR, LOOK_TITLE, "\xE2\x94\x82");
    }
    for (int look = 0; look < LOOKS; look++)
        put(&s, 1 + look, COL_BAR + 2, (look_t)(look | (look == 7 ? LOOK_REVERSE : 0)),
            look_name((enum look)look));
    put_fill(&s, row, 0, 1, LOOK_TEXT, ">");
    for (int i = 0; i < LAST_KEYS; i++)
        put(&s, ++row, 2, LOOK_KEY, p.keys[i]);
    put(&s, s.rows - 1, s.cols - 1, LOOK_TEXT, "#"); /* the corner that must not scroll */
    surface_cursor(&s, 14 < s.rows ? 14 : s.rows - 1, 1, false);
    term_show(&p.grid);
    p.dirty = false;
    char size[40];
    snprintf(size, sizeof size, "%d x %d", p.grid.rows, p.grid.cols);
    note("frame", size);
}

static void fit(void)
{
    int rows, cols;
    term_size(&rows, &cols);
    grid_resize(&p.grid, rows, cols);
    p.dirty = true;
}

static void remember(const struct key *k)
{
    char name[KEY_NAME], *line = p.keys[p.count++ % LAST_KEYS];
    int n = snprintf(line, sizeof p.keys[0], "key %s", key_spell(k, name));
    if (k->code == K_PASTE)
        snprintf(line + n, sizeof p.keys[0] - (size_t)n, " %zu %.20s", k->len, k->text);
    if (k->code == K_MOUSE)
        snprintf(line + n, sizeof p.keys[0] - (size_t)n, " %d,%d", k->row, k->col);
    text_trim_partial(line);
    note("key", line + 4);
    p.dirty = true;
}

static int use_up(int depth)
{
    volatile char room[8192] = { 0 };
    room[depth % 8192] = 1;
    return depth < 0 ? room[0] : use_up(depth + 1) + room[1];
}

static void run_outside(void)
{
    struct error err;
    const char *script = getenv("PROBE_RUN");
    const char *argv[] = { "sh", "-c", script ? script : "true", NULL };
    if (!term_run(argv, &err))
        note("run", err.text);
    fit();
}

static void suspend(void)
{
    note("suspend", term_suspend() ? "and back" : "refused");
    fit();
}

static void press(char letter)
{
    static const char clipboard[] = "\033]52;c;aGVsbG8=\a";
    volatile uintptr_t nowhere = 64; /* no address of ours, and none a sanitizer sees coming */
    switch (letter) {
    case 'q':
        p.end = 1;
        break;
    case 'm':
        term_mouse(!term_has_mouse());
        break;
    case 'T':
        p.theme = theme_at(p.theme + 1) ? p.theme + 1 : 0;
        term_theme(theme_name(theme_at(p.theme)));
        break;
    case 'E':
        run_outside();
        break;
    case 'O':
        term_send(clipboard, sizeof clipboard - 1);
        break;
    case 'B':
        term_bell();
        break;
    case '!':
        *(volatile char *)nowhere = 1;
        break;
    case '&':
        abort();
    case '$':
        p.end = use_up(0);
        break;
    case '%':
        exit(7);
    case '+': /* what out of memory does */
        mem_free(mem_alloc((size_t)-1 / 4, 3));
        break;
    }
}

static void take_keys(void)
{
    struct key k;
    while (!p.end && term_next_key(&k)) {
        remember(&k);
        if (k.code == K_CTRL && k.letter == 'z')
            suspend();
        else if (k.code == K_CTRL && k.letter == 'l')
            term_redraw();
        else if (k.code == K_LETTER && !k.alt && k.letter < 0x80)
            press((char)k.letter);
    }
}

static void take_signals(void)
{
    for (int sig; (sig = term_next_signal());) {
        note("signal", strsignal(sig));
        if (sig == SIGWINCH) {
            if (term_resize())
                fit();
        } else if (sig == SIGTSTP) {
            suspend();
        } else if (sig == SIGCONT) {
            term_return();
            p.dirty = true;
        } else {
            p.end = 128 + sig + 1;
        }
    }
}

static bool parse(int argc, char **argv, struct term_options *o)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--theme") == 0)
            o->theme = argv[++i];
        else if (strcmp(argv[i], "--color") == 0 && color_flag_parse(value, &o->color))
            i++;
        else if (strcmp(argv[i], "--log") == 0 && (p.log = fopen(value, "w")))
            i++;
        else if (strcmp(argv[i], "--mouse") == 0)
            o->mouse = true;
        else if (strcmp(argv[i], "--cursor") == 0)
            o->cursor = true;
        else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct error err;
    struct term_options o = { .crash_note = "probe 1.0 crashed; the log is in nowhere" };
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    if (!parse(argc, argv, &o)) {
        fprintf(stderr, "usage: probe [--theme NAME] [--color WHEN] [--log FILE] [--mouse] "
                        "[--cursor]\n");
        return 2;
    }
    if (!term_open(&o, &err)) {
        fprintf(stderr, "probe: %s\n", err.text);
        return 2;
    }
    grid_init(&p.grid, 1, 1, term_ascii());
    fit();
    while (!p.end) {
        if (p.dirty)
            draw();
        struct pollfd in[] = { { .fd = term_key_fd(), .events = POLLIN },
                               { .fd = term_signal_fd(), .events = POLLIN } };
        poll(in, 2, (int)term_key_wait_ms());
        note("turn", "");
        take_signals();
        take_keys();
        if (in[0].revents && term_gone())
            p.end = 128 + SIGHUP + 1;
    }
    grid_done(&p.grid);
    term_close();
    if (p.log)
        fclose(p.log);
    return p.end - 1;
}
