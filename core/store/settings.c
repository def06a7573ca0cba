/* Settings and facts (store.h). */
#include "core/store/store.h"

#include "core/base/mem.h"
#include "core/store/inside.h"

/* The value in one source, as a copy; NULL where unset or unreadable. */
static char *value_in(struct db *db, const char *key)
{
    struct error err;
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT value FROM setting WHERE key = ?", &q, &err))
        return NULL;
    bind_text(&q, key);
    return query_step(&q, &err) > 0 ? mem_string(column_text(&q)) : NULL;
}

const char *setting_get(struct store *s, const char *key)
{
    char *value = NULL;
    for (struct db *db = store_source(s, NULL); db && !value; db = store_source(s, db))
        value = value_in(db, key);
    mem_free(s->setting);
    s->setting = value;
    return value;
}

static bool write_setting(struct store *s, const char *key, const char *value, struct error *err)
{
    static const char put[] = "INSERT INTO setting(key, value, changed_wall) VALUES (?, ?, ?)"
                              " ON CONFLICT(key) DO UPDATE SET value = excluded.value,"
                              " changed_wall = excluded.changed_wall";
    static const char unset[] = "DELETE FROM setting WHERE key = ?";
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, value ? put : unset, &q, err))
        return false;
    bind_text(&q, key);
    if (value) {
        bind_text(&q, value);
        bind_int(&q, clock_wall(s->clock));
    }
    return query_run(&q, err);
}

bool setting_set(struct store *s, const char *key, const char *value, struct error *err)
{
    if (write_begin(s, WRITE_DURABLE, err) && write_end(s, write_setting(s, key, value, err), err))
        return true;
    return error_within(err, "keeping the setting '%s'", key);
}

static bool list_source(struct store *s, struct db *db, setting_each *each, void *self,
                        struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT key, value, changed_wall FROM setting ORDER BY key", &q, err))
        return false;
    int more;
    while ((more = query_step(&q, err)) > 0) {
        const char *key = column_text(&q), *value = column_text(&q);
        char *newer = db == &s->main ? NULL : value_in(&s->main, key);
        if (!newer)
            each(self, key, value, column_int(&q));
        mem_free(newer);
    }
    return more == 0;
}

bool setting_list(struct store *s, setting_each *each, void *self, struct error *err)
{
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db))
        if (!list_source(s, db, each, self, err))
            return error_within(err, "reading the settings");
    return true;
}

int64_t store_version(struct store *s)
{
    int64_t sum = 0, one;
    struct error ignored;
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db)) {
        int wait_ms = db->wait_ms;
        db_wait(db, 0);
        bool read = db_number(db, "PRAGMA data_version", &one, &ignored);
        db_wait(db, wait_ms);
        if (!read)
            return s->version;
        sum += one;
    }
    return s->version = sum;
}

/* --- facts -------------------------------------------------------------------------------- */

/* A fact that found the file busy. Facts come while a person does something else, who should
 * hear nothing of it: it goes with the next write. */
struct late_fact {
    struct late_fact *next;
    int64_t at_wall;
    char *kind, *subject, *before, *after;
};

/* More than a person does in the longest wait for another process. */
#define LATE_FACTS 100

static bool insert_fact(struct store *s, int64_t at_wall, const char *kind, const char *subject,
                        const char *before, const char *after, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "INSERT INTO fact(session, at_wall, kind, subject, before, after)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    &q, err))
        return false;
    bind_int(&q, s->session);
    bind_int(&q, at_wall);
    bind_text(&q, kind);
    bind_text(&q, subject);
    bind_text(&q, before);
    bind_text(&q, after);
    return query_run(&q, err);
}

static void keep_for_later(struct store *s, const struct late_fact *fact)
{
    struct late_fact **at = &s->late;
    while (*at)
        at = &(*at)->next;
    *at = mem_new(struct late_fact, 1);
    **at = *fact;
    s->late_count++;
}

bool fact_add(struct store *s, const char *kind, const char *subject, const char *before,
              const char *after, struct error *err)
{
    int64_t now = clock_wall(s->clock);
    bool begun = write_begin(s, WRITE_SOFT, err);
    if (!begun && s->writes && store_was_busy(s) && s->late_count < LATE_FACTS) {
        keep_for_later(s, &(struct late_fact){ .at_wall = now,
                                               .kind = mem_string(kind),
                                               .subject = mem_string(subject),
                                               .before = mem_string(before),
                                               .after = mem_string(after) });
        return true;
    }
    if (begun && write_end(s, insert_fact(s, now, kind, subject, before, after, err), err))
        return true;
    return error_within(err, "noting a fact of '%s'", kind);
}

bool facts_write_late(struct store *s, struct error *err)
{
    bool ok = true;
    for (const struct late_fact *f = s->late; f && ok; f = f->next)
        ok = insert_fact(s, f->at_wall, f->kind, f->subject, f->before, f->after, err);
    return ok;
}

void facts_forget_late(struct store *s)
{
    while (s->late) {
        struct late_fact *f = s->late;
        s->late = f->next;
        mem_free(f->kind);
        mem_free(f->subject);
        mem_free(f->before);
        mem_free(f->after);
        mem_free(f);
    }
    s->late_count = 0;
}
