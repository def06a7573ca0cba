/* Drafts (drafts.h). */
#include "core/store/drafts.h"

#include "core/base/mem.h"
#include "core/store/inside.h"

/* A stand-in holds "" for what was forgotten: otherwise the file below would say it again. */
static bool read_draft(struct db *db, const char *key, char **ret)
{
    struct error err;
    AUTO(query) struct query q = { 0 };
    if (!query_open(db, "SELECT text FROM draft WHERE key = ?", &q, &err))
        return false;
    bind_text(&q, key);
    if (query_step(&q, &err) <= 0)
        return false;
    *ret = mem_string(column_text(&q));
    return true;
}

const char *draft_get(struct store *s, const char *key)
{
    char *text = NULL;
    for (struct db *db = store_source(s, NULL); db; db = store_source(s, db))
        if (read_draft(db, key, &text))
            break;
    mem_free(s->draft);
    s->draft = text;
    return text && *text ? text : NULL;
}

static bool write_draft(struct store *s, const char *key, const char *text, struct error *err)
{
    static const char put[] = "INSERT INTO draft(key, text, changed_wall) VALUES (?, ?, ?)"
                              " ON CONFLICT(key) DO UPDATE SET text = excluded.text,"
                              " changed_wall = excluded.changed_wall";
    static const char forget[] = "DELETE FROM draft WHERE key = ?";
    bool puts = *text || s->below.handle;
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, puts ? put : forget, &q, err))
        return false;
    bind_text(&q, key);
    if (puts) {
        bind_text(&q, text);
        bind_int(&q, clock_wall(s->clock));
    }
    return query_run(&q, err);
}

bool draft_set(struct store *s, const char *key, const char *text, struct error *err)
{
    text = text ? text : "";
    if (!s->keeps_history && *text)
        return true;
    if (write_begin(s, WRITE_SOFT, err) && write_end(s, write_draft(s, key, text, err), err))
        return true;
    return error_within(err, "keeping the draft '%s'", key);
}
