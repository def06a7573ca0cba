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
#include "core/store/look.h"
#include "core/store/older.h"
#include "core/store/place.h"
#include "core/store/schema.h"
#include "core/store/session.h"

/* Another process may be opening a new file in the same moment: 10 ms each. */
#define JOURNAL_TRIES 20

/* --- refusing ----------------------------------------------------------------------------- */

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

/* A session without an end whose process is gone: it was killed, or the power went. */
static bool sound_after_crash(struct store *s, int *ret_dead)
{
    struct session_census census = { 0 };
    struct error err;
    if (!session_count(&s->main, clock_wall(s->clock), &census, &err))
        return !s->main.damaged;
    s->others = census.alive;
    *ret_dead = census.dead;
    return census.dead == 0 || look_pages(&s->main, s->clock);
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
    db_wait(&s->main, 0); /* or each try would wait, too long together */
    for (int i = 0; i < JOURNAL_TRIES && wal == !!why; i++) {
        wal = db_says(&s->main, pragma, "wal");
        if (wal == !!why)
            nanosleep(&(struct timespec){ .tv_nsec = 10 * NS_PER_MS }, NULL);
    }
    db_wait(&s->main, s->busy_ms);
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
    enum look seen = look_classify(&s->main, err);
    if (seen == LOOK_OURS && db_says(&s->main, "PRAGMA journal_mode = DELETE", "delete") &&
        db_exec(&s->main, "PRAGMA locking_mode = NORMAL", &ignored))
        seen = look_classify(&s->main, err); /* the lock goes with this reading */
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
    db_wait(&s->main, busy_ms);
    /* Asked again: what the first look could not see, or what another process made since. */
    enum look seen = look_classify(&s->main, err);
    if (seen == LOOK_UNKNOWN && s->main.failed == SQLITE_CANTOPEN)
        seen = look_alone(s, err);
    const char *why = refusal(seen, false);
    if (why)
        return error_set(err, ERR_STORE, "the database '%s' %s", s->path, why);
    if ((seen != LOOK_NEW && seen != LOOK_OURS) || !tune(&s->main, err))
        return false;
    set_journal(s);
    place_sweep(s->path);
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
    static const struct {
        const char *last, *go_on; /* of the file; one parameter */
    } tables[] = {
        { "SELECT coalesce(max(id), 0) FROM call",
          "INSERT INTO sqlite_sequence(name, seq) VALUES ('call', ?)" },
        { "SELECT coalesce(max(id), 0) FROM answer",
          "INSERT INTO sqlite_sequence(name, seq) VALUES ('answer', ?)" },
        { "SELECT coalesce(max(id), 0) FROM run",
          "INSERT INTO sqlite_sequence(name, seq) VALUES ('run', ?)" },
        { "SELECT next_order FROM cache_state", "UPDATE cache_state SET next_order = ?" },
    };
    struct error err;
    int64_t last;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        AUTO(query) struct query q = { 0 };
        if (!db_number(&s->below, tables[i].last, &last, &err) ||
            !query_open(&s->main, tables[i].go_on, &q, &err))
            continue;
        bind_int(&q, last);
        query_run(&q, &err);
    }
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

/* A file of an earlier version lacks what is asked of it. One that cannot be had otherwise is not
 * read at all: half an answer would be taken for a whole one. */
static void bring_up_below(struct store *s)
{
    struct error err;
    if (!s->below.handle || older_bring_up(&s->below, &s->older_version, &err))
        return;
    db_close(&s->below);
    store_say(&s->trouble,
              "the database '%s' was made by an older rlab, and %s: start rlab once where it may "
              "write (without --read-only), which brings it up to date",
              s->path, err.text);
}

/* --- all of it ---------------------------------------------------------------------------- */

/* To SQLite a read that fails is damage as well, and a disk or a network may fail once. So what
 * looks damaged is looked at twice, and goes aside only where the disk can be read. */
static enum look look_twice(struct store *s, const struct store_options *o, struct error *err)
{
    enum look seen = look_at(s->path, o->busy_ms, o->no_trace, &s->below, err);
    if (seen == LOOK_DAMAGED && !was_moved(&s->below))
        seen = look_at(s->path, o->busy_ms, o->no_trace, &s->below, err);
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
    bool blocked = place_blocked_by(s->path, &place) != NULL; /* a pipe would hold us up */
    bool placed = !blocked && (o->read_only || place_prepare(s->path, &place));
    enum look seen = blocked ? LOOK_UNKNOWN : LOOK_NEW;
    if (!blocked && place_is_file(s->path))
        seen = look_twice(s, o, &err);
    const char *why = refusal(seen, o->read_only);
    if (seen == LOOK_DAMAGED && !o->read_only && placed && set_aside(s, &err))
        seen = LOOK_NEW;
    bool readable = seen == LOOK_OURS || seen == LOOK_NEWER;
    if (why && (placed || seen != LOOK_UNKNOWN))
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
    s->no_trace = o->no_trace;
    bool on_file = s->path && open_existing(s, o);
    if (!on_file)
        bring_up_below(s);
    if (!on_file && !open_stand_in(s, err)) {
        store_close(s);
        return false;
    }
    *ret = s;
    return true;
}
