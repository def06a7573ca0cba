/* What every verb stands on (session.h). */
#include "tui/verb/session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- signals: handlers leave a note, the loop acts on it ---------------------------------- */

static volatile sig_atomic_t stop_signal;
static int note_pipe[2] = { -1, -1 };

static void on_stop(int sig)
{
    int saved = errno;
    if (stop_signal) { /* asked twice: the person means now */
        signal(sig, SIG_DFL);
        raise(sig);
    }
    stop_signal = sig;
    ssize_t n = write(note_pipe[1], "!", 1);
    (void)n; /* pipe full: a note is waiting already */
    errno = saved;
}

static bool watch_signals(struct error *err)
{
    if (note_pipe[0] >= 0)
        return true;
    if (pipe2(note_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return error_set(err, ERR_IO, "no pipe for signals: %s", strerror(errno));
    static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        struct sigaction old, act = { .sa_handler = on_stop };
        sigemptyset(&act.sa_mask);
        sigaction(stops[i], NULL, &old);
        if (old.sa_handler != SIG_IGN) /* nohup stays nohup */
            sigaction(stops[i], &act, NULL);
    }
    return true;
}

int session_stopped(void)
{
    return stop_signal;
}

int session_stop_code(void)
{
    return 128 + stop_signal;
}

void session_go_on(void)
{
    if (stop_signal == SIGINT)
        stop_signal = 0;
}

bool session_turn(struct session *s, struct error *err)
{
    struct net_fd nothing = { .fd = -1 };
    return session_turn_with(s, &nothing, -1, err);
}

bool session_turn_with(struct session *s, struct net_fd *also, int64_t max_ms, struct error *err)
{
    struct net_fd fds[] = { { .fd = note_pipe[0] }, *also };
    if (!lab_turn(&s->lab, fds, 2, stop_signal ? 0 : max_ms, err))
        return false;
    also->ready = fds[1].ready;
    if (fds[0].ready) {
        char sink[16];
        while (read(note_pipe[0], sink, sizeof sink) > 0)
            ;
    }
    return true;
}

/* --- opening ------------------------------------------------------------------------------ */

/* NULL where it is unset or empty. */
static const char *variable(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

static bool check_color(const struct args *a, struct error *err)
{
    static const char *const whens[] = { "always", "auto", "never" };
    const char *given = a->value[OPT_COLOR];
    for (size_t i = 0; given && i < sizeof whens / sizeof *whens; i++)
        if (strcmp(given, whens[i]) == 0)
            return true;
    return !given ||
           error_set(err, ERR_USAGE, "'--color' is always, auto or never, not '%s'", given);
}

bool session_init(struct session *s, const struct args *a, struct error *err)
{
    *s = (struct session){ .args = a };
    if (!check_color(a, err))
        return false;
    s->json = a->given[OPT_JSON];
    s->out_is_terminal = isatty(STDOUT_FILENO);
    s->err_is_terminal = isatty(STDERR_FILENO);
    s->options = (struct lab_options){
        .data_dir = a->value[OPT_DATA_DIR],
        .config = a->given[OPT_CONFIG] ? a->value[OPT_CONFIG] : variable("RLAB_CONFIG"),
        .read_only = a->given[OPT_READ_ONLY],
        .no_history = a->given[OPT_NO_HISTORY],
        .builtin = a->given[OPT_BUILTIN],
        .fast_model = a->value[OPT_FAST_MODEL],
        .reason_model = a->value[OPT_REASON_MODEL],
        .rules = a->value[OPT_RULES],
    };
    const char **servers = mem_new(const char *, MAX_OPTION_VALUES);
    for (size_t i = 0; i < a->value_count; i++)
        if (a->values[i].option == OPT_SERVER)
            servers[s->options.server_count++] = a->values[i].value;
    s->options.servers = servers;
    const char **lessons = mem_new(const char *, MAX_OPTION_VALUES);
    for (size_t i = 0; i < a->value_count; i++)
        if (a->values[i].option == OPT_LESSONS)
            lessons[s->options.lesson_count++] = a->values[i].value;
    s->options.lessons = lessons;
    return watch_signals(err);
}

/* What is so at every start, such as a disk without shared memory, did not go wrong today. */
static void tell_notice(const struct session *s)
{
    const char *notice = store_notice(s->lab.store);
    if (!notice)
        return;
    say_warning("%s", notice);
    if (store_was_damaged(s->lab.store))
        lab_log(&s->lab, notice);
}

void session_done(struct session *s)
{
    if (s->opened) {
        lab_settle(&s->lab);
        const char *lost = lab_not_recorded(&s->lab);
        if (lost)
            lab_log(&s->lab, arena_format(&s->lab.arena, "not recorded: %s", lost));
        if (lost && !s->said_not_recorded)
            say("not recorded: %s", lost);
        lab_close(&s->lab);
    }
    s->opened = false;
    mem_free((void *)(uintptr_t)s->options.servers);
    s->options.servers = NULL;
    mem_free((void *)(uintptr_t)s->options.lessons);
    s->options.lessons = NULL;
}

bool session_open(struct session *s, struct error *err)
{
    if (s->opened)
        return true;
    if (!lab_open(&s->lab, &s->options, err))
        return false;
    s->opened = true;
    tell_notice(s);
    const char *trouble = store_trouble(s->lab.store);
    if (trouble) {
        say("not recorded: %s", trouble);
        s->said_not_recorded = true;
    }
    return true;
}

/* An empty answer from a database that was begun a moment ago would be a lie to a verb that
 * only reads. */
static bool open_store(struct session *s, bool only_reads, struct error *err)
{
    if (!s->opened && !lab_open(&s->lab, &s->options, err))
        return false;
    bool fresh = !s->opened;
    s->opened = true;
    if (only_reads && store_was_damaged(s->lab.store))
        return error_set(err, ERR_STORE, "%s", store_notice(s->lab.store));
    if (fresh)
        tell_notice(s);
    if (store_has_file(s->lab.store))
        return true;
    s->said_not_recorded = true;
    const char *trouble = store_trouble(s->lab.store);
    return error_set(err, ERR_STORE, "%s", trouble ? trouble : "there is no database file to read");
}

bool session_open_store(struct session *s, struct error *err)
{
    return open_store(s, true, err);
}

bool session_open_writing(struct session *s, struct error *err)
{
    if (!open_store(s, false, err))
        return false;
    if (store_writes(s->lab.store))
        return true;
    s->said_not_recorded = true;
    const char *trouble = store_trouble(s->lab.store);
    return error_set(err, ERR_STORE, "%s", trouble ? trouble : "the database cannot be written");
}

static void arrived(void *self)
{
    *(struct waiter **)self = NULL;
}

bool session_refresh(struct session *s, struct lab_server *const *servers, size_t count, bool deep,
                     int64_t limit_ms, struct error *err)
{
    struct waiter **waiting = mem_new(struct waiter *, count);
    bool ok = true, any = true;
    for (size_t i = 0; i < count; i++)
        waiting[i] =
            lab_server_refresh(servers[i], deep, IDENTITY_FRESH_NS, limit_ms, arrived, &waiting[i]);
    while (ok && any && !session_stopped()) {
        any = false;
        for (size_t i = 0; i < count; i++)
            any |= waiting[i] != NULL;
        ok = !any || session_turn(s, err);
    }
    for (size_t i = 0; i < count; i++)
        lab_server_forget(waiting[i]);
    mem_free(waiting);
    return ok;
}

/* How long the details of all lists may take. */
#define SURVEY_MS 3000

bool session_survey(struct session *s, struct error *err)
{
    struct choice unused;
    struct lab *lab = &s->lab;
    if (!session_open(s, err) || !lab_choose(lab, err))
        return false;
    /* A choice by name asked nobody: here everything there is shall be seen. */
    struct choice_wish nothing = { .state_file = lab->paths.own_servers };
    if (!lab->choice.server && !choice_make(&lab->models, &nothing, &lab->arena, &unused, err))
        return false;
    return session_refresh(s, lab->models.servers, lab->models.server_count, true, SURVEY_MS, err);
}

bool session_choose(struct session *s, struct error *err)
{
    if (!session_open(s, err) || !lab_choose(&s->lab, err))
        return false;
    const struct choice *c = &s->lab.choice;
    bool by_name = s->args->given[OPT_MODEL]; /* who names a model needs no pair */
    if (c->refusal.code && !by_name) {
        *err = c->refusal;
        return false;
    }
    if (c->help && !by_name)
        return error_set(err, ERR_NET, "%s", c->help);
    if (!s->json && c->line)
        say("%s", c->line);
    if (!s->json && c->warning)
        say("%s", c->warning);
    double pace = lab_setting_number(&s->lab, "mini.pace");
    if (!s->json && c->builtin && pace > 0)
        say("SLOWED: the built-in models write %g tokens a second; no figure counts such calls "
            "(rlab set mini.pace --reset)",
            pace);
    return true;
}
