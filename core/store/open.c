/* Opening the database without ever losing one.
 *
 * First a look through a connection that cannot write, so that a file of a newer version, of
 * another program, or on a read-only disk stays as it is to the byte. Only what was found to
 * be ours (or nothing) is opened for writing. */
#include "core/store/inside.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/store/place.h"
#include "core/store/schema.h"
#include "core/store/session.h"

/* After an unclean exit the file is checked, but no start waits longer than this for it. */
#define CHECK_NS NS_PER_S
/* Another process may be opening a new file in the same moment: 10 ms each. */
#define JOURNAL_TRIES 20

/* --- a look ------------------------------------------------------------------------------- */

enum look {
    LOOK_NEW,     /* missing or empty */
    LOOK_OURS,    /* this version or an earlier one */
    LOOK_NEWER,   /* of a later program */
    LOOK_FOREIGN, /* a database, but not rlab's */
    LOOK_DAMAGED,
    LOOK_UNKNOWN, /* cannot be read this way */
};

/* One transaction: another process that makes a new file in this moment is seen before or
 * after, never half. */
static bool read_marks(struct db *db, int64_t *version, int64_t *application, int64_t *tables,
                       struct error *err)
{
    struct error ignored; /* what was read stands, however the reading ends */
    if (!db_exec(db, "BEGIN", err))
        return false;
    bool ok = db_number(db, "PRAGMA user_version", version, err) &&
              db_number(db, "PRAGMA application_id", application, err) &&
              db_number(db, "SELECT count(*) FROM sqlite_schema", tables, err);
    db_exec(db, "END", &ignored);
    return ok;
}

static enum look classify(struct db *db, struct error *err)
{
    int64_t version = 0, application = 0, tables = 0;
    if (!read_marks(db, &version, &application, &tables, err))
        return db->damaged ? LOOK_DAMAGED : LOOK_UNKNOWN;
    if (version == 0 && application == 0 && tables == 0)
        return LOOK_NEW;
    if (application != SCHEMA_APPLICATION_ID)
        return LOOK_FOREIGN;
    return version > schema_newest() ? LOOK_NEWER : LOOK_OURS;
}

static bool open_to_read(const char *path, bool frozen, struct db *ret, struct error *err)
{
    char *address = place_address(path, frozen);
    bool ok = db_open(address, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, path, ret, err);
    mem_free(address);
    return ok;
}

/* `ret` stays open, for reading only, where it could be read. */
static enum look look_at(const char *path, int busy_ms, struct db *ret, struct error *err)
{
    enum look seen = LOOK_UNKNOWN;
    /* Where no -shm can be made, a WAL file can still be read as long as nothing waits in
     * its -wal and nobody can write to it. */
    bool may_freeze = !place_has_wal(path);
    for (int frozen = 0; frozen <= (may_freeze ? 1 : 0) && seen == LOOK_UNKNOWN; frozen++) {
        db_close(ret);
        if (!open_to_read(path, frozen != 0, ret, err))
            continue;
        sqlite3_busy_timeout(ret->handle, busy_ms);
        seen = classify(ret, err);
        if (seen == LOOK_UNKNOWN && ret->failed == SQLITE_BUSY)
            break; /* somebody can write to it */
    }
    return seen;
}

/* Why the file is not to be written, found by looking; NULL where it may be. */
static const char *refusal(enum look seen, bool read_only)
{
    switch (seen) {
    case LOOK_NEWER:
        return "was made by a newer rlab: it is only read; update rlab to write to it";
    case LOOK_FOREIGN:
        return "is a database of another program: choose another data folder";
    case LOOK_NEW:
        return read_only ? "does not exist or is empty, and --read-only makes none" : NULL;
    case LOOK_DAMAGED:
        return read_only ? "is damaged: without --read-only it is moved aside" : NULL;
    case LOOK_OURS:
        return read_only ? "is only read (--read-only)" : NULL;
    case LOOK_UNKNOWN:
        break;
    }
    return read_only ? "cannot be read: look at its rights" : NULL;
}

/* --- damage ------------------------------------------------------------------------------- */

struct deadline {
    const struct clock *clock;
    int64_t until;
};

static int past_deadline(void *self)
{
    const struct deadline *d = self;
    return clock_mono(d->clock) > d->until;
}

/* False only where damage was found; a check that ran out of time found none. */
static bool check_pages(struct store *s)
{
    struct deadline d = { s->clock, clock_mono(s->clock) + CHECK_NS };
    sqlite3_stmt *stmt = NULL;
    sqlite3_progress_handler(s->main.handle, 10000, past_deadline, &d);
    bool sound = true;
    int code = sqlite3_prepare_v2(s->main.handle, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        sound = strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
    else if ((code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB)
        sound = false;
    sqlite3_finalize(stmt);
    sqlite3_progress_handler(s->main.handle, 0, NULL, NULL);
    return sound;
}

/* A session without an end whose process is gone: it was killed, or the power went. */
static bool sound_after_crash(struct store *s, int *ret_dead)
{
    struct session_census census = { 0 };
    struct error err;
    if (!session_count(&s->main, clock_wall(s->clock), &census, &err))
        return !s->main.damaged;
    s->others = census.alive;
    *ret_dead = census.dead;
    return census.dead == 0 || check_pages(s);
}

/* --- opening for writing ------------------------------------------------------------------ */

/* Changing the mode needs the file alone and does not wait for it, so it is tried again; one
 * that stays busy is changed by a later start. */
static void set_journal(struct store *s)
{
    bool wal = db_says(&s->main, "PRAGMA journal_mode", "wal");
    /* One that is WAL already was tried when it was made, but may have been moved since. */
    const char *why = wal ? place_network(s->path) : place_refuses_wal(s->path);
    if (why && !s->notice)
        store_say(&s->notice,
                  "the folder of '%s' takes no write-ahead log (%s): writing is slower, all else "
                  "is the same",
                  s->path, why);
    const char *pragma = why ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL";
    for (int i = 0; i < JOURNAL_TRIES && wal == !!why; i++) {
        wal = db_says(&s->main, pragma, "wal");
        if (wal == !!why)
            nanosleep(&(struct timespec){ .tv_nsec = 10 * NS_PER_MS }, NULL);
    }
    s->wal = wal;
}

static bool tune(struct db *db, struct error *err)
{
    return db_exec(db,
                   "PRAGMA temp_store = MEMORY;"
                   "PRAGMA cell_size_check = ON;"
                   "PRAGMA secure_delete = ON;"  /* what a person deletes leaves the file */
                   "PRAGMA cache_size = -16384;" /* KiB: the indexes of a long history */
                   "PRAGMA journal_size_limit = 16777216",
                   err);
}

/* A folder that was moved to where processes share no memory may hold a file with a write-ahead
 * log. Who has the file alone can do without shared memory, and ends that log. */
static enum look look_alone(struct store *s, struct error *err)
{
    struct error ignored;
    if (!db_exec(&s->main, "PRAGMA locking_mode = EXCLUSIVE", err))
        return LOOK_UNKNOWN;
    enum look seen = classify(&s->main, err);
    if (seen == LOOK_OURS && db_says(&s->main, "PRAGMA journal_mode = DELETE", "delete") &&
        db_exec(&s->main, "PRAGMA locking_mode = NORMAL", &ignored))
        seen = classify(&s->main, err); /* the lock goes with this reading */
    return seen;
}

/* Opens main on the file. False with err: it cannot be written (or, with main.damaged, it
 * must go aside). */
static bool open_file(struct store *s, int busy_ms, struct error *err)
{
    int dead = 0;
    s->busy_ms = busy_ms;
    if (!db_open(s->path, SQLITE_OPEN_READWRITE, s->path, &s->main, err))
        return false;
    sqlite3_busy_timeout(s->main.handle, busy_ms);
    /* Asked again: what the first look could not see, or what another process made since. */
    enum look seen = classify(&s->main, err);
    if (seen == LOOK_UNKNOWN && s->main.failed == SQLITE_CANTOPEN)
        seen = look_alone(s, err);
    const char *why = refusal(seen, false);
    if (why)
        return error_set(err, ERR_STORE, "the database '%s' %s", s->path, why);
    if ((seen != LOOK_NEW && seen != LOOK_OURS) || !tune(&s->main, err))
        return false;
    set_journal(s);
    if (!schema_migrate(&s->main, schema_newest(), err))
        return false;
    s->full_sync = true; /* SQLite's default */
    if (!sound_after_crash(s, &dead)) {
        s->main.damaged = true;
        return error_set(err, ERR_STORE, "the database '%s' is damaged", s->path);
    }
    s->writes = true;
    struct error ignored; /* a full or busy disk: buried by a later start */
    if (dead)
        session_bury(s, &ignored);
    return true;
}

/* Another process may have met the same damage and been quicker. */
static bool was_moved(struct db *db)
{
    int moved = 0;
    if (db->handle)
        sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

static bool set_aside(struct store *s, struct error *err)
{
    char *aside = NULL;
    bool moved = was_moved(&s->main) || was_moved(&s->below);
    db_close(&s->main);
    db_close(&s->below);
    if (moved)
        return place_prepare(s->path, err);
    if (!place_is_readable(s->path, err) ||
        !place_move_aside(s->path, clock_wall(s->clock), &aside, err))
        return false;
    store_say(&s->notice, "the database was damaged: it is kept as '%s', and a new one was begun",
              aside);
    mem_free(aside);
    s->aside = true;
    return place_prepare(s->path, err);
}

/* --- the stand-in ------------------------------------------------------------------------- */

/* The stand-in counts on from the file's numbers, so that its rows are the newer ones. */
static void number_on(struct store *s)
{
    static const char *const tables[] = { "call", "answer", "run" };
    struct arena a = { 0 };
    struct error err;
    int64_t last;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (db_number(&s->below, arena_format(&a, "SELECT coalesce(max(id), 0) FROM %s", tables[i]),
                      &last, &err))
            db_exec(&s->main,
                    arena_format(&a, "INSERT INTO sqlite_sequence(name, seq) VALUES ('%s', %lld)",
                                 tables[i], (long long)last),
                    &err);
    if (db_number(&s->below, "SELECT next_order FROM cache_state", &last, &err))
        db_exec(&s->main,
                arena_format(&a, "UPDATE cache_state SET next_order = %lld", (long long)last),
                &err);
    arena_done(&a);
}

static bool open_stand_in(struct store *s, struct error *err)
{
    db_close(&s->main);
    s->wal = s->writes = false;
    if (!db_open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY, NULL,
                 &s->main, err) ||
        !schema_migrate(&s->main, schema_newest(), err))
        return false;
    if (s->below.handle)
        number_on(s);
    return true;
}

/* --- all of it ---------------------------------------------------------------------------- */

/* To SQLite a read that fails is damage as well, and a disk or a network may fail once. So what
 * looks damaged is looked at twice, and goes aside only where the disk can be read. */
static enum look look_twice(struct store *s, int busy_ms, struct error *err)
{
    enum look seen = look_at(s->path, busy_ms, &s->below, err);
    if (seen == LOOK_DAMAGED && !was_moved(&s->below))
        seen = look_at(s->path, busy_ms, &s->below, err);
    return seen;
}

static bool open_file_twice(struct store *s, int busy_ms, struct error *err)
{
    if (open_file(s, busy_ms, err))
        return true;
    if (!s->main.damaged || was_moved(&s->main))
        return false;
    db_close(&s->main);
    return open_file(s, busy_ms, err);
}

/* True where main is the file; else `trouble` says why not, and `below` is open where it can
 * at least be read. */
static bool open_existing(struct store *s, const struct store_options *o)
{
    struct error err = { 0 }, place = { 0 };
    bool placed = o->read_only || place_prepare(s->path, &place);
    enum look seen = LOOK_NEW;
    if (place_is_file(s->path))
        seen = look_twice(s, o->busy_ms, &err);
    else if (file_exists(s->path))
        seen = LOOK_UNKNOWN; /* a folder, or a pipe that would hold us up */
    const char *why = refusal(seen, o->read_only);
    if (seen == LOOK_DAMAGED && !o->read_only && placed && set_aside(s, &err))
        seen = LOOK_NEW;
    bool readable = seen == LOOK_OURS || seen == LOOK_NEWER;
    if (why)
        store_say(&s->trouble, "the database '%s' %s", s->path, why);
    else if (!placed)
        store_say(&s->trouble, "%s", place.text);
    else if (seen == LOOK_DAMAGED)
        store_say(&s->trouble, "%s", err.text);
    if (s->trouble && !readable)
        db_close(&s->below);
    if (s->trouble)
        return false;
    if (open_file_twice(s, o->busy_ms, &err) ||
        (s->main.damaged && set_aside(s, &err) && open_file(s, o->busy_ms, &err))) {
        db_close(&s->below);
        return true;
    }
    store_say(&s->trouble, "%s", err.text);
    if (!readable || s->main.damaged)
        db_close(&s->below);
    return false;
}

bool store_open(const struct store_options *o, struct store **ret, struct error *err)
{
    struct store *s = mem_new(struct store, 1);
    s->path = mem_string(o->path);
    s->clock = o->clock;
    s->keeps_history = !o->no_history;
    bool on_file = s->path && open_existing(s, o);
    if (!on_file && !open_stand_in(s, err)) {
        store_close(s);
        return false;
    }
    *ret = s;
    return true;
}
