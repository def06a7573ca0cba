/* Asking the facts (facts.h). What is not named here is not allowed. */
#include "core/store/facts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/limits.h"
#include "core/store/inside.h"
#include "core/store/place.h"
#include "core/store/sql_heap.h"

#define STEPS_A_CALL 1000 /* between two looks at the clock */
/* Bytes of one value, so that no function runs for long on one between two looks. Of the facts only
 * texts are longer, and settings of runs that hold such a text. */
#define MAX_VALUE (256 * KIB)
/* What one SELECT may keep (sorted rows, a WITH that is made whole). All of it is kept in memory, so
 * that it can be counted and nothing is written anywhere. */
#define MAX_KEPT (64 * MIB)

#define IN_MEMORY "PRAGMA temp_store = MEMORY"

static const char *const views[] = {
    "fact_agreement",      "fact_answer",  "fact_breaker",  "fact_budget",    "fact_choice",
    "fact_classification", "fact_compare", "fact_entry",    "fact_judgement", "fact_label",
    "fact_lookup",         "fact_run",     "fact_run_item", "fact_screen",    "fact_setting",
};

/* None that could be made to run for long on one value, such as instr or like. */
static const char *const functions[] = {
    "abs",   "avg",    "coalesce",   "count", "dense_rank", "first_value", "ifnull",
    "iif",   "lag",    "last_value", "lead",  "length",     "lower",       "max",
    "min",   "nullif", "rank",       "round", "row_number", "substr",      "sum",
    "total", "trim",   "typeof",     "upper",
};

/* What a view of ours reads: noted once, by preparing each of them. A name alone would not do, for
 * a WITH can borrow the name of a view. */
struct use {
    const char *view; /* NULL: a function, or (column "table") anything named */
    const char *table, *column;
};

struct facts {
    struct store *store;
    struct db own; /* closed where there is no file */
    struct db *db;
    struct arena arena;
    struct use *uses;
    size_t use_count, use_cap;
    const char *sql;   /* being asked */
    char refused[160]; /* what the authorizer said no to, "" nothing */
    int64_t calls, end_ns;
    int64_t memory; /* SQLite's in this thread, before it was asked */
    bool too_long, too_large;
};

static bool is_among(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; name && i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

#define AMONG(name, list) is_among(name, list, sizeof(list) / sizeof *(list))

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_used(const struct facts *f, const char *view, const char *table, const char *column)
{
    for (size_t i = 0; i < f->use_count; i++) {
        const struct use *u = &f->uses[i];
        if (same(u->view, view) && strcmp(u->table, table) == 0 && same(u->column, column))
            return true;
    }
    return false;
}

static void note_use(struct facts *f, const char *view, const char *table, const char *column)
{
    if (is_used(f, view, table, column))
        return;
    f->uses = mem_grow(f->uses, &f->use_cap, f->use_count + 1, sizeof *f->uses);
    f->uses[f->use_count++] =
        (struct use){ arena_string(&f->arena, view), arena_string(&f->arena, table),
                      arena_string(&f->arena, column) };
}

/* Whether any view of ours reads of this table: then it may be counted, which SQLite asks about
 * without saying for whom. */
static bool is_counted(const struct facts *f, const char *table)
{
    for (size_t i = 0; i < f->use_count; i++)
        if (f->uses[i].view && strcmp(f->uses[i].table, table) == 0)
            return true;
    return false;
}

/* While a view of ours is prepared: what it reads and calls. */
static int learn(void *self, int action, const char *a, const char *b, const char *base,
                 const char *inside)
{
    (void)base;
    if (action == SQLITE_READ && inside)
        note_use(self, inside, a, b);
    else if (action == SQLITE_FUNCTION)
        note_use(self, NULL, b, NULL);
    return SQLITE_OK;
}

static int refuse(struct facts *f, const char *before, const char *what, const char *after)
{
    if (!*f->refused) {
        snprintf(f->refused, sizeof f->refused, "%s%s%s", before, what ? what : "", after);
        text_trim_partial(f->refused);
    }
    return SQLITE_DENY;
}

/* Whether "AS (" follows, or "(a, b) AS MATERIALIZED (". */
static bool is_made_here(const char *at)
{
    static const char *const words[] = { "as", "not", "materialized" };
    at += strspn(at, " ");
    if (*at == '(') {
        at += strcspn(at, ")");
        at += *at == ')';
        at += strspn(at, " ");
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if (strncasecmp(at, words[i], len) == 0)
            at += len + strspn(at + len, " ");
        else if (i == 0)
            return false;
    }
    return *at == '(';
}

/* A name that a WITH of the SELECT itself made, of which no column is read: SQLite asks about those
 * as if they were tables. */
static bool is_with(const struct facts *f, const char *name)
{
    size_t len = strlen(name);
    if (!len || strncmp(name, "pragma_", 7) == 0 || is_used(f, NULL, name, "table"))
        return false;
    for (const char *at = f->sql; at && (at = strstr(at, name)); at += len)
        if (is_made_here(at + len))
            return true;
    return false;
}

static int allow(void *self, int action, const char *a, const char *b, const char *base,
                 const char *inside)
{
    struct facts *f = self;
    (void)base;
    switch (action) {
    case SQLITE_SELECT:
        return SQLITE_OK;
    case SQLITE_READ:
        if (AMONG(a, views) || (inside && is_used(f, inside, a, b)) ||
            (!*b && (is_counted(f, a) || is_with(f, a))))
            return SQLITE_OK;
        return refuse(f, "it reads '", a, "', which is no view of facts");
    case SQLITE_FUNCTION:
        if (AMONG(b, functions) || is_used(f, NULL, b, NULL))
            return SQLITE_OK;
        return refuse(f, "it calls '", b, "', which is not allowed here");
    case SQLITE_RECURSIVE:
        return refuse(f, "it is recursive, which is not allowed here", NULL, "");
    default:
        return refuse(f, "it does something else than read", NULL, "");
    }
}

static int look_at_clock(void *self)
{
    struct facts *f = self;
    f->too_long = ++f->calls > FACTS_STEPS / STEPS_A_CALL || clock_thread_ns() > f->end_ns;
    f->too_large = sql_heap_bytes() - f->memory > (int64_t)MAX_KEPT;
    return f->too_long || f->too_large;
}

/* From here to unlock nothing but such a SELECT can be asked on this connection. */
static int lock(struct facts *f)
{
    sqlite3 *h = f->db->handle;
    f->refused[0] = '\0';
    f->calls = 0;
    f->too_long = f->too_large = false;
    f->memory = sql_heap_bytes();
    f->end_ns = clock_thread_ns() + FACTS_NS;
    sqlite3_set_authorizer(h, allow, f);
    sqlite3_progress_handler(h, STEPS_A_CALL, look_at_clock, f);
    return sqlite3_limit(h, SQLITE_LIMIT_LENGTH, MAX_VALUE);
}

static void unlock(struct facts *f, int length)
{
    sqlite3 *h = f->db->handle;
    sqlite3_limit(h, SQLITE_LIMIT_LENGTH, length);
    sqlite3_progress_handler(h, 0, NULL, NULL);
    sqlite3_set_authorizer(h, NULL, NULL);
}

/* Names of all there is, so that no WITH can be mistaken for one. */
static bool learn_tables(struct facts *f, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(f->db, "SELECT name FROM sqlite_schema", &q, err))
        return false;
    int more;
    while ((more = query_step(&q, err)) > 0)
        note_use(f, NULL, column_text(&q), "table");
    return more == 0;
}

static bool learn_views(struct facts *f, struct error *err)
{
    sqlite3 *h = f->db->handle;
    bool ok = true;
    sqlite3_set_authorizer(h, learn, f);
    for (size_t i = 0; ok && i < sizeof views / sizeof *views; i++) {
        char sql[80];
        sqlite3_stmt *stmt = NULL;
        snprintf(sql, sizeof sql, "SELECT * FROM %s", views[i]);
        ok = sqlite3_prepare_v2(h, sql, -1, &stmt, NULL) == SQLITE_OK || db_fail(f->db, err);
        sqlite3_finalize(stmt);
    }
    sqlite3_set_authorizer(h, NULL, NULL);
    return ok;
}

bool facts_open(struct store *s, struct facts **ret, struct error *err)
{
    struct facts *f = mem_new(struct facts, 1);
    f->store = s;
    f->db = &s->main;
    if (s->writes && s->path) {
        if (!db_open(s->path, SQLITE_OPEN_READONLY, s->path, &f->own, err)) {
            mem_free(f);
            return error_within(err, "reading the facts");
        }
        db_wait(&f->own, s->busy_ms);
        f->db = &f->own;
    }
    if (!db_exec(f->db, IN_MEMORY, err) ||
        (s->below.handle && !db_exec(&s->below, IN_MEMORY, err)) || !learn_tables(f, err) ||
        !learn_views(f, err)) {
        facts_close(f);
        return error_within(err, "reading the facts");
    }
    *ret = f;
    return true;
}

void facts_close(struct facts *f)
{
    if (!f)
        return;
    db_close(&f->own);
    mem_free(f->uses);
    arena_done(&f->arena);
    mem_free(f);
}

/* --- one SELECT --------------------------------------------------------------------------------- */

static bool fail(struct facts *f, struct error *err)
{
    if (*f->refused)
        return error_set(err, ERR_PARSE, "%s", f->refused);
    if (f->too_long)
        return error_set(err, ERR_PARSE,
                         "it takes too long: look at the newest facts only, with ORDER BY at DESC "
                         "LIMIT");
    if (f->too_large)
        return error_set(err, ERR_PARSE,
                         "it keeps more than %zu MiB: look at the newest facts only, with ORDER BY "
                         "at DESC LIMIT",
                         (size_t)(MAX_KEPT / MIB));
    int code = sqlite3_extended_errcode(f->db->handle) & 0xFF;
    if (code == SQLITE_ERROR || code == SQLITE_TOOBIG || code == SQLITE_MISMATCH ||
        code == SQLITE_RANGE || code == SQLITE_AUTH) {
        char text[300];
        snprintf(text, sizeof text, "%s", sqlite3_errmsg(f->db->handle));
        text_trim_partial(text);
        return error_set(err, ERR_PARSE, "%s", text);
    }
    return db_fail(f->db, err);
}

static bool has_more(const char *tail)
{
    return tail && tail[strspn(tail, " \t\r\n;")] != '\0';
}

static bool prepare(struct facts *f, const char *sql, sqlite3_stmt **ret, struct error *err)
{
    const char *tail = NULL;
    if (sqlite3_prepare_v2(f->db->handle, sql, -1, ret, &tail) != SQLITE_OK)
        return fail(f, err);
    if (!*ret)
        return error_set(err, ERR_PARSE, "there is no SELECT");
    if (has_more(tail))
        return error_set(err, ERR_PARSE, "it is more than one SELECT");
    if (!sqlite3_stmt_readonly(*ret) || sqlite3_stmt_isexplain(*ret))
        return error_set(err, ERR_PARSE, "it is no SELECT");
    if (sqlite3_column_count(*ret) != 2)
        return error_set(err, ERR_PARSE,
                         "it gives %d column%s, not two: whether it is so, and what was found",
                         sqlite3_column_count(*ret), sqlite3_column_count(*ret) == 1 ? "" : "s");
    return true;
}

static bool bind_all(struct facts *f, sqlite3_stmt *stmt, int64_t since, struct error *err)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) {
        const char *name = sqlite3_bind_parameter_name(stmt, i);
        if (name && strcmp(name, ":since") == 0)
            sqlite3_bind_int64(stmt, i, since);
        else if (name && strcmp(name, ":session") == 0)
            sqlite3_bind_int64(stmt, i, store_session(f->store));
        else
            return error_set(err, ERR_PARSE,
                             "'%.40s' is not known here: there are :since and "
                             ":session",
                             name ? name : "?");
    }
    return true;
}

static void read_row(sqlite3_stmt *stmt, struct fact *ret)
{
    const char *found = (const char *)sqlite3_column_text(stmt, 1);
    int type = sqlite3_column_type(stmt, 1);
    bool number = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
    ret->known = true;
    ret->value = number ? sqlite3_column_double(stmt, 1) : NAN;
    ret->ok = sqlite3_column_double(stmt, 0) != 0;
    if (sqlite3_column_type(stmt, 1) == SQLITE_FLOAT)
        snprintf(ret->found, sizeof ret->found, "%.3g", sqlite3_column_double(stmt, 1));
    else
        snprintf(ret->found, sizeof ret->found, "%s", found ? found : "");
    text_trim_partial(ret->found);
}

static bool ask(struct facts *f, const char *sql, int64_t since, bool run, struct fact *ret,
                struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    f->sql = sql;
    int length = lock(f);
    bool ok = prepare(f, sql, &stmt, err) && bind_all(f, stmt, since, err);
    if (ok && run) {
        int code = sqlite3_step(stmt);
        if (code == SQLITE_ROW)
            read_row(stmt, ret);
        else if (code != SQLITE_DONE)
            ok = fail(f, err);
    }
    sqlite3_finalize(stmt);
    unlock(f, length);
    return ok;
}

/* The same of the file that a stand-in stands in for: what was done before counts too. One that is too
 * old to be asked has nothing to say. */
static void ask_below(struct facts *f, const char *sql, int64_t since, struct fact *ret)
{
    struct error ignored;
    struct fact found = { 0 };
    struct db *main = f->db;
    f->db = &f->store->below;
    if (ask(f, sql, since, true, &found, &ignored) && (found.ok || !ret->known))
        *ret = found;
    f->db = main;
}

bool facts_ask(struct facts *f, const char *sql, int64_t since_wall, struct fact *ret,
               struct error *err)
{
    struct fact found = { 0 };
    if (!ask(f, sql, since_wall, true, &found, err))
        return false;
    if (!found.ok && f->store->below.handle)
        ask_below(f, sql, since_wall, &found);
    *ret = found;
    return true;
}

bool facts_was_ended(const struct facts *f)
{
    return f->too_long || f->too_large;
}

bool facts_check(struct facts *f, const char *sql, struct error *err)
{
    return ask(f, sql, 0, false, NULL, err);
}

static void put_names(const char *const *names, size_t count, struct buf *to)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(to, "%s%s", i ? ", " : "", names[i]);
}

void facts_views(struct buf *to)
{
    put_names(views, sizeof views / sizeof *views, to);
}

void facts_functions(struct buf *to)
{
    put_names(functions, sizeof functions / sizeof *functions, to);
}
