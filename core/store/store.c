/* The store's life between opening and closing: transactions, reading, facts about the file
 * (store.h, inside.h). Opening is in open.c. */
#include "core/store/inside.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/store/look.h"
#include "core/store/place.h"
#include "core/store/schema.h"
#include "core/store/session.h"

#define PATIENT_MS 5000

void store_close(struct store *s)
{
    if (!s)
        return;
    struct error err;
    while (s->depth)
        store_batch_undo(s);
    if (s->writes && s->session)
        session_end(s, &err); /* nothing is lost without it but a quick start */
    db_close(&s->main);
    db_close(&s->below);
    if (s->path && !s->writes && !s->no_trace)
        look_tidy(s->path);
    facts_forget_late(s);
    mem_free(s->path);
    mem_free(s->trouble);
    mem_free(s->notice);
    mem_free(s->setting);
    mem_free(s->draft);
    mem_free(s);
}

/* --- what it is --------------------------------------------------------------------------- */

const char *store_trouble(const struct store *s)
{
    return s->trouble;
}

const char *store_notice(const struct store *s)
{
    return s->notice;
}

bool store_was_damaged(const struct store *s)
{
    return s->aside;
}

bool store_has_file(const struct store *s)
{
    return s->writes || s->below.handle;
}

bool store_writes(const struct store *s)
{
    return s->writes;
}

bool store_keeps_history(const struct store *s)
{
    return s->keeps_history;
}

/* The index of running calls makes this a matter of microseconds. */
static bool count_running(struct store *s, int64_t *ret, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, "SELECT count(*) FROM call WHERE session = ? AND end_state IS NULL",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    if (query_step(&q, err) <= 0)
        return false;
    *ret = column_int(&q);
    return true;
}

bool store_keep_history(struct store *s, bool keep, struct error *err)
{
    int64_t running = 0;
    if (keep && !s->keeps_history && s->session && !count_running(s, &running, err))
        return error_within(err, "turning recording on");
    if (running)
        return error_set(err, ERR_USAGE,
                         "recording stays off until what was asked without it is answered: "
                         "%lld call%s running",
                         (long long)running, running == 1 ? " is" : "s are");
    s->keeps_history = keep;
    return true;
}

int64_t store_session(const struct store *s)
{
    return s->session;
}

int store_others(const struct store *s)
{
    return s->others;
}

bool store_was_busy(const struct store *s)
{
    return s->main.failed == SQLITE_BUSY || s->main.failed == SQLITE_LOCKED;
}

void store_be_patient(struct store *s)
{
    s->busy_ms = s->busy_ms > PATIENT_MS ? s->busy_ms : PATIENT_MS;
    s->impatient = s->last_chance = false;
}

void store_last_chance(struct store *s)
{
    if (!s->last_chance)
        store_be_patient(s);
    s->last_chance = true;
}

const struct clock *store_clock(const struct store *s)
{
    return s->clock;
}

void store_say(char **text, const char *fmt, ...)
{
    char words[1500];
    va_list args;
    va_start(args, fmt);
    vsnprintf(words, sizeof words, fmt, args);
    va_end(args);
    mem_free(*text);
    *text = mem_string(words);
}

struct db *store_source(struct store *s, const struct db *after)
{
    if (!after)
        return &s->main;
    return after == &s->main && s->below.handle ? &s->below : NULL;
}

void bind_history(struct query *q, const struct store *s, const char *text, size_t len)
{
    if (s->keeps_history && text)
        bind_bytes_as_text(q, text, len);
    else
        bind_text(q, NULL);
}

struct hash fold_hash(const char *text, size_t len)
{
    struct buf folded = buf_with_max(2 * MAX_QUERY_BYTES);
    text_fold(&folded, text ? text : "", text ? len : 0);
    struct hash h = hash_of(buf_text(&folded), folded.len);
    buf_done(&folded);
    return h;
}

void bind_fold(struct query *q, struct hash *room, const char *text, size_t len)
{
    *room = fold_hash(text, len);
    bind_hash(q, room);
}

/* --- transactions ------------------------------------------------------------------------- */

/* The level cannot change within a transaction. Without WAL it stays FULL: there a torn
 * journal could cost the whole file, not just the last rows. */
static bool sync_level(struct store *s, bool full, struct error *err)
{
    if (!s->wal || s->full_sync == full)
        return true;
    if (!db_exec(&s->main, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err))
        return false;
    s->full_sync = full;
    return true;
}

static bool run(struct store *s, const char *sql, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    return query_open(&s->main, sql, &q, err) && query_run(&q, err);
}

/* SQLite undoes the whole transaction by itself when, say, the disk is full. */
static bool lost(const struct store *s)
{
    return sqlite3_get_autocommit(s->main.handle) != 0;
}

static void undo(struct store *s)
{
    struct error err;
    assert(s->depth > 0);
    if (--s->depth) {
        if (!lost(s) && run(s, "ROLLBACK TO part", &err))
            run(s, "RELEASE part", &err);
    } else {
        if (!lost(s))
            run(s, "ROLLBACK", &err);
        if (s->session_fresh)
            s->session = 0;
        s->session_fresh = false;
    }
    s->undone++;
}

static bool still_there(const struct store *s, struct error *err)
{
    return !lost(s) || error_set(err, ERR_STORE, "the database '%s' has undone the rows before",
                                 s->path ? s->path : "in memory");
}

/* EXCLUSIVE: with a write-ahead log it is the same as IMMEDIATE; without one a commit could still
 * find the file being read, when it is too late to begin again.
 *
 * A person waits once for another process, not once for every row: after a wait in vain the
 * next writes only try, until one succeeds. */
static bool begin_whole(struct store *s, enum write_kind kind, struct error *err)
{
    s->main.failed = 0;
    bool waits = kind != WRITE_PASSING && !s->impatient;
    db_wait(&s->main, waits ? s->busy_ms : 0);
    bool ok = sync_level(s, kind == WRITE_DURABLE, err) && run(s, "BEGIN EXCLUSIVE", err);
    db_wait(&s->main, s->busy_ms);
    if (ok)
        s->impatient = false;
    else if (waits && store_was_busy(s))
        s->impatient = true;
    return ok;
}

bool write_begin(struct store *s, enum write_kind kind, struct error *err)
{
    bool ok =
        s->depth ? still_there(s, err) && run(s, "SAVEPOINT part", err) : begin_whole(s, kind, err);
    if (!ok)
        return false;
    s->depth++;
    if (s->session)
        return true;
    if (!session_add(&s->main, clock_wall(s->clock), &s->session, err)) {
        undo(s);
        return false;
    }
    s->session_fresh = true;
    return true;
}

bool write_end(struct store *s, bool ok, struct error *err)
{
    if (ok && s->depth == 1 && s->late)
        ok = still_there(s, err) && facts_write_late(s, err);
    ok = ok && still_there(s, err) && run(s, s->depth > 1 ? "RELEASE part" : "COMMIT", err);
    if (!ok) {
        undo(s);
        return false;
    }
    if (--s->depth == 0) {
        s->session_fresh = false;
        facts_forget_late(s);
    }
    return true;
}

bool store_batch_begin(struct store *s, struct error *err)
{
    return write_begin(s, WRITE_DURABLE, err);
}

bool store_batch_end(struct store *s, struct error *err)
{
    return write_end(s, true, err);
}

void store_batch_undo(struct store *s)
{
    undo(s);
}

/* --- the file ----------------------------------------------------------------------------- */

void store_facts(struct store *s, struct store_facts *ret)
{
    struct error err;
    int64_t version = 0;
    struct db *db = s->below.handle ? &s->below : &s->main;
    db_number(db, "PRAGMA user_version", &version, &err);
    *ret = (struct store_facts){ .version = s->older_version ? s->older_version : (int)version,
                                 .newest_version = schema_newest(),
                                 .wal = s->wal,
                                 .bytes = s->path ? place_bytes(s->path) : 0 };
}

/* Made by us first: VACUUM INTO takes an empty file, and so the rights are ours. */
static bool make_empty(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    fchmod(fd, 0600);
    close(fd);
    return true;
}

static bool copy_into(struct store *s, const char *path, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    struct db *db = s->below.handle ? &s->below : &s->main;
    if (!query_open(db, "VACUUM INTO ?", &q, err))
        return false;
    bind_text(&q, path);
    return query_run(&q, err);
}

/* Where a file of that name came meanwhile, it stays. Some file systems have no second names. */
static bool give_name(const char *from, const char *path)
{
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok && (link(from, path) == 0 ||
                  (errno != EEXIST && access(path, F_OK) != 0 && rename(from, path) == 0));
}

static bool cannot_back_up(const char *path, struct error *err)
{
    return error_set(err, ERR_IO, "cannot make the backup '%s': %s", path, strerror(errno));
}

static bool back_up(struct store *s, const char *part, const char *path, struct error *err)
{
    struct stat st;
    if (lstat(path, &st) == 0) {
        errno = EEXIST;
        return cannot_back_up(path, err);
    }
    unlink(part); /* of one that was killed */
    if (!make_empty(part))
        return cannot_back_up(path, err);
    bool ok = copy_into(s, part, err) ? give_name(part, path) || cannot_back_up(path, err)
                                      : error_within(err, "backing up to '%s'", path);
    unlink(part);
    return ok;
}

/* The copy gets its name when it is whole: one that was cut short must not pass for a backup. */
bool store_backup(struct store *s, const char *path, struct error *err)
{
    struct arena a = { 0 };
    bool ok = back_up(s, arena_format(&a, "%s.unfinished", path), path, err);
    arena_done(&a);
    return ok;
}
