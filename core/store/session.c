/* Sessions (session.h). */
#include "core/store/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/inside.h"

/* A session of another machine or container cannot be asked whether it lives; after a day it
 * is taken for dead. Wrong, this costs a mark that the end of its call writes over. */
#define FOREIGN_LIFE_NS (24 * 3600 * NS_PER_S)

/* A process, told apart from a later one with the same number. */
struct mark {
    char host[256]; /* as long as any */
    char boot[64];  /* id of the running kernel, "" unknown */
    int64_t pid, start;
};

/* When the process began, in ticks since boot; 0 unknown, -1 where it has ended and only
 * waits to be collected. Asked of its first thread: an emulator of another processor (a container
 * made for one) answers /proc/PID/stat by itself when a program asks about its own, with the time
 * at which the emulator was ready, and then two processes would not agree on who lives. */
static int64_t process_start(int64_t pid)
{
    char name[80], text[1024];
    snprintf(name, sizeof name, "/proc/%lld/task/%lld/stat", (long long)pid, (long long)pid);
    FILE *f = fopen(name, "re");
    if (!f)
        return 0;
    size_t len = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[len] = '\0';
    char *at = strrchr(text, ')'); /* the name before it may hold anything */
    if (!at)
        return 0;
    char *field = NULL, *rest = at + 1, state = '?';
    for (int i = 3; i <= 22 && (field = strtok_r(NULL, " ", &rest)); i++)
        if (i == 3)
            state = field[0];
    if (state == 'Z' || state == 'X')
        return -1;
    return field ? strtoll(field, NULL, 10) : 0;
}

static void read_boot(char ret[64])
{
    ret[0] = '\0';
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!f)
        return;
    if (fgets(ret, 64, f))
        ret[strcspn(ret, "\n")] = '\0';
    fclose(f);
}

static void mark_self(struct mark *m)
{
    struct utsname u;
    *m = (struct mark){ .pid = getpid() };
    if (uname(&u) == 0)
        snprintf(m->host, sizeof m->host, "%s", u.nodename);
    read_boot(m->boot);
    m->start = process_start(m->pid);
}

static bool alive(const struct mark *self, const char *host, const char *boot, int64_t pid,
                  int64_t start, int64_t age_ns)
{
    if (strcmp(host, self->host) != 0)
        return age_ns < FOREIGN_LIFE_NS;
    if (strcmp(boot, self->boot) != 0)
        return false; /* the machine was started anew since */
    if (pid <= 0 || (kill((pid_t)pid, 0) != 0 && errno == ESRCH))
        return false;
    int64_t now = process_start(pid);
    return now >= 0 && (now == 0 || start == 0 || now == start);
}

typedef bool session_each(void *self, int64_t id, bool is_alive, struct error *err);

/* Over the sessions without an end. They are few: each start buries the dead. */
static bool each_open(struct db *db, int64_t now_wall, session_each *each, void *self,
                      struct error *err)
{
    struct mark me;
    mark_self(&me);
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "SELECT id, host, boot, pid, pid_start, started_wall FROM session"
                    " WHERE ended_wall IS NULL ORDER BY id",
                    &q, err))
        return false;
    int more;
    while ((more = query_step(&q, err)) > 0) {
        int64_t id = column_int(&q);
        const char *host = column_text(&q), *boot = column_text(&q);
        int64_t pid = column_int(&q), start = column_int(&q);
        int64_t age = now_wall - column_int(&q);
        if (!each(self, id, alive(&me, host, boot, pid, start, age), err))
            return false;
    }
    return more == 0;
}

static bool count_one(void *self, int64_t id, bool is_alive, struct error *err)
{
    struct session_census *census = self;
    (void)id;
    (void)err;
    if (is_alive)
        census->alive++;
    else
        census->dead++;
    return true;
}

bool session_count(struct db *db, int64_t now_wall, struct session_census *ret, struct error *err)
{
    struct session_census census = { 0 };
    if (!each_open(db, now_wall, count_one, &census, err))
        return false;
    *ret = census;
    return true;
}

bool session_add(struct db *db, int64_t now_wall, int64_t *ret_id, struct error *err)
{
    struct mark me;
    mark_self(&me);
    AUTO(query) struct query q = { 0 };
    if (!query_open(db,
                    "INSERT INTO session(host, boot, pid, pid_start, program, started_wall)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_text(&q, me.host);
    bind_text(&q, me.boot);
    bind_int(&q, me.pid);
    bind_int(&q, me.start);
    bind_text(&q, RLAB_VERSION);
    bind_int(&q, now_wall);
    if (!query_run(&q, err))
        return false;
    *ret_id = sqlite3_last_insert_rowid(db->handle);
    return true;
}

static bool close_row(struct store *s, int64_t id, const char *outcome, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "UPDATE session SET ended_wall = ?, outcome = ? WHERE id = ?", &q,
                    err))
        return false;
    bind_int(&q, clock_wall(s->clock));
    bind_text(&q, outcome);
    bind_int(&q, id);
    return query_run(&q, err);
}

static bool leave_for_dead(struct store *s, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "UPDATE session SET pid = 0 WHERE id = ?", &q, err))
        return false;
    bind_int(&q, s->session);
    return query_run(&q, err);
}

/* In this order: the question's row in the history is made from the call's, while that can
 * still be told from one that had ended. */
static const char *const last_rites[] = {
    "INSERT INTO answer(session, call_id, run_id, purpose, role, server, model, cot, forced,"
    "   origin, end_state, at_wall, query_hash, query)"
    " SELECT session, id, run_id, purpose, role, server, model, cot, 0, 'model', 'interrupted',"
    "   started_wall, query_hash, query"
    " FROM call WHERE session = ?1 AND end_state IS NULL AND purpose IN ('ask', 'compare')"
    "   AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.call_id = call.id)",
    "UPDATE call SET end_state = 'interrupted' WHERE session = ?1 AND end_state IS NULL",
    "UPDATE run SET state = 'interrupted' WHERE session = ?1 AND state = 'running'",
};

static bool give_last_rites(struct store *s, int64_t id, struct error *err)
{
    for (size_t i = 0; i < sizeof last_rites / sizeof *last_rites; i++) {
        AUTO(query) struct query q = { 0 };
        if (!query_open(&s->main, last_rites[i], &q, err))
            return false;
        bind_int(&q, id);
        if (!query_run(&q, err))
            return false;
    }
    return true;
}

/* What still runs here has an end that could not be written. */
static bool end_row(struct store *s, struct error *err)
{
    if (s->main.damaged)
        return leave_for_dead(s, err);
    return give_last_rites(s, s->session, err) && close_row(s, s->session, "closed", err);
}

bool session_end(struct store *s, struct error *err)
{
    return write_begin(s, WRITE_SOFT, err) && write_end(s, end_row(s, err), err);
}

static bool bury_one(void *self, int64_t id, bool is_alive, struct error *err)
{
    struct store *s = self;
    if (is_alive)
        return true;
    return give_last_rites(s, id, err) && close_row(s, id, "died", err);
}

bool session_bury(struct store *s, struct error *err)
{
    return write_begin(s, WRITE_SOFT, err) &&
           write_end(s, each_open(&s->main, clock_wall(s->clock), bury_one, s, err), err);
}
