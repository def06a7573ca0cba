/* Waiting, keys, signals and frames. Owns the terminal for as long as the screen lives. */
#include "tui/loop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/limits.h"
#include "tui/app.h"
#include "tui/screen/copy.h"
#include "tui/screen/term.h"

#define PROGRAM_BYTES 4096
#define MAX_ARGS      (2 * MAX_OPTION_VALUES + 32)

/* So long without anything to do is idle. */
#define IDLE_MS 400

struct loop {
    struct session *session;
    struct app app;
    struct grid grid;
    struct copier copier;
    int64_t drawn_ns; /* the last frame */
    bool trimmed;     /* nothing was done since memory was given back */
    int64_t frame_ns; /* least time between two frames of data */
    int signal;       /* that ended it, 0 none */
    char program[PROGRAM_BYTES];
    const char *args[MAX_ARGS]; /* for verbs of the palette: what this program was given */
};

/* --- options ------------------------------------------------------------------------------ */

static void find_program(struct loop *l)
{
    ssize_t n = readlink("/proc/self/exe", l->program, sizeof l->program - 1);
    if (n > 0)
        l->program[n] = '\0';
    else
        snprintf(l->program, sizeof l->program, "rlab");
}

/* Global options go on to the verbs; those of the screen are not theirs. */
static void pass_options(struct loop *l)
{
    static const enum option passed[] = { OPT_DATA_DIR,    OPT_CONFIG,     OPT_BUILTIN,
                                          OPT_READ_ONLY,   OPT_NO_HISTORY, OPT_FAST_MODEL,
                                          OPT_REASON_MODEL };
    const struct args *a = l->session->args;
    size_t n = 0;
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        const struct option_def *d = &option_defs[passed[i]];
        if (!a->given[passed[i]])
            continue;
        l->args[n++] = arena_format(&l->session->lab.arena, "--%s", d->name);
        if (d->argument)
            l->args[n++] = a->value[passed[i]];
    }
    for (size_t i = 0; i < a->value_count && n + 3 < MAX_ARGS; i++) {
        if (a->values[i].option != OPT_SERVER && a->values[i].option != OPT_LESSONS)
            continue;
        l->args[n++] = a->values[i].option == OPT_SERVER ? "--server" : "--lessons";
        l->args[n++] = a->values[i].value;
    }
    l->args[n] = NULL;
}

static struct app_options options_of(struct loop *l)
{
    struct session *s = l->session;
    const struct args *a = s->args;
    return (struct app_options){
        .read_only = a->given[OPT_READ_ONLY],
        .no_history = a->given[OPT_NO_HISTORY],
        .over_ssh = a->given[OPT_SLOW] || getenv("SSH_CONNECTION") != NULL,
        .motion = !a->given[OPT_NO_MOTION] && lab_setting_bool(&s->lab, "screen.motion"),
        .mouse = !a->given[OPT_NO_MOUSE] && lab_setting_bool(&s->lab, "screen.mouse"),
        .cursor = lab_setting_bool(&s->lab, "screen.cursor"),
        .braille = strcmp(lab_setting(&s->lab, "screen.chart", NULL), "braille") == 0,
        .autofocus = lab_setting_bool(&s->lab, "screen.autofocus"),
        .program = l->program,
        .program_args = l->args,
    };
}

static bool open_terminal(struct loop *l, struct error *err)
{
    struct session *s = l->session;
    const char *origin, *theme = lab_setting(&s->lab, "screen.theme", &origin);
    struct term_options o = {
        .theme = origin && strcmp(origin, "default") == 0 ? NULL : theme,
        .cursor = lab_setting_bool(&s->lab, "screen.cursor"),
        .mouse = l->app.mouse,
    };
    const char *color = s->args->value[OPT_COLOR];
    o.crash_note = arena_format(&s->lab.arena,
                                "rlab " RLAB_VERSION
                                "; what was written is in %s, what went wrong before in %s",
                                s->lab.paths.database, s->lab.paths.log_file);
    if (color && !color_flag_parse(color, &o.color))
        return error_set(err, ERR_USAGE, "--color is always, auto or never, not '%s'", color);
    return term_open(&o, err);
}

static bool wants_ascii(struct session *s)
{
    const char *origin, *said = lab_setting(&s->lab, "screen.ascii", &origin);
    return s->args->given[OPT_ASCII] || (said && strcmp(said, "yes") == 0) || term_ascii();
}

/* --- what the app asks for ---------------------------------------------------------------- */

static void copied(void *self, const char *sentence)
{
    struct loop *l = self;
    desk_say(&l->app.desk, "%s", sentence);
}

static void resize(struct loop *l)
{
    int rows, cols;
    term_size(&rows, &cols);
    if (rows != l->grid.rows || cols != l->grid.cols)
        grid_resize(&l->grid, rows, cols);
    l->app.desk.terminal = (struct desk_terminal){ !l->grid.ascii, term_colors(), rows, cols };
    l->app.dirty = true;
}

static void run_in_terminal(struct loop *l, const char *const argv[])
{
    struct error err;
    if (!term_run(argv, &err))
        desk_fail(&l->app.desk, "The program did not run", &err);
    term_resize();
    resize(l);
}

/* Texts go to a pager and an editor as files: both can then be left and come back. */
static bool text_file(struct loop *l, char path[PROGRAM_BYTES])
{
    struct error err;
    struct desk *d = &l->app.desk;
    const struct paths *paths = &l->session->lab.paths;
    snprintf(path, PROGRAM_BYTES, "%s/text-%ld.md", paths->state_dir, (long)getpid());
    if (file_make_folder(paths->state_dir, &err) &&
        file_write(path, buf_text(&d->text), d->text.len, &err))
        return true;
    desk_fail(d, "The text cannot be shown", &err);
    return false;
}

/* A pager or editor may be several words: "less -R". The shell splits them; the file is apart. */
static void show_file(struct loop *l, const char *variable, const char *otherwise, const char *path)
{
    const char *program = getenv(variable);
    char line[PROGRAM_BYTES];
    snprintf(line, sizeof line, "%s \"$1\"", program && *program ? program : otherwise);
    const char *argv[] = { "sh", "-c", line, "sh", path, NULL };
    run_in_terminal(l, argv);
}

static void page_text(struct loop *l)
{
    char path[PROGRAM_BYTES];
    if (!text_file(l, path))
        return;
    show_file(l, "PAGER", "less", path);
    unlink(path);
}

static void edit_text(struct loop *l)
{
    char path[PROGRAM_BYTES];
    struct error err;
    struct buf text = buf_with_max(MAX_FILE_BYTES);
    if (!text_file(l, path))
        return;
    show_file(l, getenv("VISUAL") ? "VISUAL" : "EDITOR", "vi", path);
    if (file_read(path, MAX_FILE_BYTES, &text, &err))
        app_edited(&l->app, buf_text(&text), text.len);
    else
        desk_fail(&l->app.desk, "The edited text cannot be read", &err);
    buf_done(&text);
    unlink(path);
}

static void suspend(struct loop *l)
{
    if (!term_suspend())
        desk_say(&l->app.desk, "nobody would wake rlab again here: not suspended");
    resize(l);
}

/* What was read at the start, read again. Flags go before, as they did then. */
static void take_settings(struct loop *l)
{
    struct app *a = &l->app;
    struct app_options o = options_of(l);
    const char *theme = lab_setting(a->lab, "screen.theme", NULL);
    a->options.motion = a->desk.motion = o.motion;
    a->desk.braille = o.braille;
    a->options.cursor = o.cursor;
    a->options.autofocus = o.autofocus;
    term_cursor(o.cursor);
    if (a->news.mouse)
        term_mouse(a->mouse = o.mouse);
    if (a->news.theme && theme && !term_theme(theme))
        desk_say(&a->desk, "there is no theme '%s'; : theme shows them", theme);
    l->grid.ascii = wants_ascii(l->session);
    resize(l);
}

/* Carries out what needs the terminal. */
static void take_wishes(struct loop *l)
{
    struct app *a = &l->app;
    enum app_wants wants = a->wants;
    a->wants = wants == APP_QUIT || wants == APP_LINE_MODE ? wants : APP_NOTHING;
    switch (wants) {
    case APP_NOTHING:
    case APP_QUIT:
    case APP_LINE_MODE:
        break;
    case APP_REDRAW:
        term_redraw();
        resize(l);
        break;
    case APP_SUSPEND:
        suspend(l);
        break;
    case APP_MOUSE:
        term_mouse(a->mouse);
        break;
    case APP_THEME:
        if (!term_theme(a->theme))
            desk_say(&a->desk, "there is no theme '%s'; : theme shows them", a->theme);
        break;
    case APP_SETTINGS:
        take_settings(l);
        break;
    case APP_COPY:
        copy_text(&l->copier, buf_text(&a->desk.text), a->desk.text.len);
        break;
    case APP_PAGER:
        page_text(l);
        break;
    case APP_EDITOR:
        edit_text(l);
        break;
    }
    if (a->desk.rings)
        term_bell();
    a->desk.rings = false;
}

/* --- one turn ----------------------------------------------------------------------------- */

static void take_signals(struct loop *l)
{
    for (int sig; (sig = term_next_signal());) {
        switch (sig) {
        case SIGWINCH:
            if (term_resize())
                resize(l);
            break;
        case SIGCONT:
            term_return();
            term_redraw();
            resize(l);
            break;
        case SIGTSTP:
            suspend(l);
            break;
        default:
            l->signal = sig;
        }
    }
}

static void take_keys(struct loop *l)
{
    struct key k;
    while (!l->signal && l->app.wants != APP_QUIT && term_next_key(&k)) {
        app_key(&l->app, &k);
        take_wishes(l);
    }
}

/* A key redraws at once, news ten times a second at most (five over SSH). */
static void draw(struct loop *l)
{
    int64_t now = clock_mono(l->app.clock);
    if (!l->app.dirty && (!l->app.data_dirty || now - l->drawn_ns < l->frame_ns))
        return;
    app_draw(&l->app, &l->grid);
    term_show(&l->grid);
    l->drawn_ns = now;
}

static int64_t rest_ms(const struct loop *l)
{
    int64_t rest = app_rest_ms(&l->app), keys = term_key_wait_ms();
    if (l->app.data_dirty) {
        int64_t due = (l->drawn_ns + l->frame_ns - clock_mono(l->app.clock)) / NS_PER_MS + 1;
        if (rest < 0 || due < rest)
            rest = due > 0 ? due : 0;
    }
    return keys >= 0 && (rest < 0 || keys < rest) ? keys : rest;
}

/* Once after each time of work, when nothing is to be done for a while. */
static void trim(struct loop *l, int64_t rest)
{
    bool idle = rest < 0 || rest >= IDLE_MS;
    if (idle && !l->trimmed)
        mem_trim();
    l->trimmed = idle;
}

static bool turn(struct loop *l, struct error *err)
{
    struct net_fd in[] = { { .fd = term_key_fd() },
                           { .fd = term_signal_fd() },
                           { .fd = app_fd(&l->app) } };
    draw(l);
    int64_t rest = rest_ms(l);
    trim(l, rest);
    if (!lab_turn(&l->session->lab, in, 3, rest, err))
        return false;
    take_signals(l);
    take_keys(l);
    if (in[0].ready && term_gone())
        l->signal = SIGHUP;
    if (in[2].ready)
        app_fd_ready(&l->app);
    app_tick(&l->app);
    take_wishes(l);
    return true;
}

/* --- start and end ------------------------------------------------------------------------ */

static void chosen(void *self, const struct error *err)
{
    struct loop *l = self;
    app_chosen(&l->app, err);
}

static bool live(struct loop *l, struct error *err)
{
    struct session *s = l->session;
    struct copy_to to = { .way = copy_way(getenv("TMUX"), getenv("STY"), getenv("TERM")),
                          .folder =
                              store_keeps_history(s->lab.store) ? s->lab.paths.state_dir : NULL,
                          .send = term_send,
                          .said = copied,
                          .self = l };
    copy_init(&l->copier, s->lab.net, &to);
    grid_init(&l->grid, 24, 80, wants_ascii(s));
    resize(l);
    draw(l); /* before anything is looked for: something to see at once */
    lab_choose_start(&s->lab, false, chosen, l);
    bool ok = true;
    while (ok && !l->signal && l->app.wants != APP_QUIT && l->app.wants != APP_LINE_MODE)
        ok = turn(l, err);
    if (!l->signal && deeds_wait(&l->app.desk)) { /* the last thing seen, for some seconds */
        desk_say(&l->app.desk, "writing what you did last, as soon as another rlab lets go");
        l->app.dirty = true;
        draw(l);
    }
    copy_done(&l->copier);
    grid_done(&l->grid);
    return ok;
}

/* What a verb says on stderr at its start. */
static void say_notices(struct loop *l)
{
    struct store *store = l->session->lab.store;
    struct desk *d = &l->app.desk;
    const char *notice = store_notice(store), *trouble = store_trouble(store);
    if (store_others(store) > 0)
        desk_say(d, "another rlab has this database open: history and cache are shared");
    if (notice)
        desk_say(d, "%s", notice);
    if (trouble && l->app.options.read_only && store_has_file(store))
        return; /* as it was asked for; the status bar says it */
    if (trouble)
        desk_trouble(d, &(struct trouble){ .title = "Nothing is recorded",
                                           .what = trouble,
                                           .kept = "everything works, for as long as rlab runs" });
}

bool loop_run(struct session *s, int *ret_code, bool *ret_line_mode, struct error *err)
{
    static struct loop loop; /* an app is too large for a stack */
    struct loop *l = &loop;
    *l = (struct loop){ .session = s };
    if (!s->opened && !lab_open(&s->lab, &s->options, err))
        return false;
    s->opened = true;
    find_program(l);
    pass_options(l);
    struct app_options o = options_of(l);
    l->frame_ns = o.over_ssh ? NS_PER_S / 5 : NS_PER_S / 10;
    if (!bindings_load(&s->lab.config, err) || !app_init(&l->app, &s->lab, &o, err))
        return false;
    if (!open_terminal(l, err)) {
        app_done(&l->app);
        return false;
    }
    l->signal = session_stopped(); /* told to end before the terminal's own notes began */
    say_notices(l);
    app_welcome(&l->app);
    bool ok = live(l, err);
    *ret_line_mode = l->app.wants == APP_LINE_MODE;
    app_done(&l->app);
    term_close();
    bindings_reset();
    if (l->signal)
        *ret_code = 128 + l->signal;
    return ok;
}
