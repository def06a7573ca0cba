/* rlab: from the command line to one verb and its exit code. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "tui/line/line.h"
#include "tui/loop.h"
#include "tui/screen/term.h"
#include "tui/verb/help.h"
#include "tui/verb/session.h"

/* How long one write may hold the screen up; it is tried again from the loop. */
#define SCREEN_BUSY_MS 100

static int fail(const struct error *err)
{
    print_now();
    say_warning("%s", err->text);
    return exit_code(err);
}

/* What went wrong outside the command's words is worth finding again. */
static int fail_in(const struct session *s, const struct error *err)
{
    bool outside = err->code >= ERR_IO && err->code <= ERR_STORE;
    if (s->opened && outside)
        lab_log(&s->lab, err->text);
    return fail(err);
}

static int finish(int code)
{
    struct error err;
    return print_flush(&err) ? code : fail(&err);
}

/* The screen, or line mode where the terminal cannot carry one or the person asks for it there. */
static bool run_screen(struct session *s, int *ret_code, struct error *err)
{
    bool line_mode = false;
    struct error why;
    if (!term_usable(&why))
        return line_mode_run(s, why.text, ret_code, err);
    s->options.busy_ms = SCREEN_BUSY_MS;
    if (!loop_run(s, ret_code, &line_mode, err))
        return false;
    if (line_mode) /* it has no loop that tries again: it waits as a verb does */
        store_be_patient(s->lab.store);
    return !line_mode || line_mode_run(s, "you asked for it", ret_code, err);
}

/* No verb: line mode where it was asked for or the terminal can do nothing else, the screen on a
 * terminal, else the tour. */
static bool run_alone(struct session *s, const struct args *a, int *ret_code, struct error *err)
{
    const char *why = line_mode_reason(s);
    if (why)
        return line_mode_run(s, why, ret_code, err);
    if (s->out_is_terminal && isatty(STDIN_FILENO))
        return run_screen(s, ret_code, err);
    return verb_find("tour")->run(s, a, ret_code, err);
}

static int run_verb(const struct verb *v, const struct args *a)
{
    struct session s;
    struct error err;
    int code = 0;
    if (!session_init(&s, a, &err))
        return fail(&err);
    s.term_look = term_look;
    bool ok = v ? v->run(&s, a, &code, &err) : run_alone(&s, a, &code, &err);
    progress_end(&s);
    code = ok ? finish(code) : fail_in(&s, &err);
    if (session_stopped())
        code = session_stop_code();
    session_done(&s);
    return code;
}

static int print_version(bool json)
{
    if (json)
        help_version_json();
    else
        puts("rlab " RLAB_VERSION);
    return finish(0);
}

/* A standard stream that came closed would give its number to the next file that is opened,
 * a database perhaps. Its place is taken by one that fails what nobody expects of it. */
static void hold_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    hold_streams();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe and a file at its limit are errors of a write */
    signal(SIGXFSZ, SIG_IGN);
    /* Our own numbers keep the decimal point whatever the person's language. */
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");

    struct error err;
    struct args args;
    const struct verb *v;
    const char **words = mem_new(const char *, (size_t)argc + 1);
    int code;
    if (!args_parse(argc, (const char *const *)argv, &v, &args, words, &err))
        code = fail(&err);
    else if (args.given[OPT_VERSION])
        code = print_version(args.given[OPT_JSON]);
    else if (args.given[OPT_HELP])
        code = finish(help_print(v ? v->name : NULL, args.given[OPT_JSON]));
    else
        code = run_verb(v, &args);
    mem_free(words);
    return code;
}
