/* Answers that were cut off (interrupted.h). session_bury makes them. */
#include "core/store/interrupted.h"

#include "core/store/inside.h"

static struct interrupted read_row(struct query *q)
{
    struct interrupted i = { 0 };
    i.answer_id = column_int(q);
    i.pair_id = column_int(q);
    i.at_wall = column_int(q);
    i.purpose = column_text(q);
    i.role = column_text(q);
    i.server = column_text(q);
    i.model = column_text(q);
    i.query = column_sized(q, &i.query_len);
    i.answer = column_sized(q, &i.answer_len);
    i.thinking = column_sized(q, &i.thinking_len);
    return i;
}

bool interrupted_list(struct store *s, interrupted_each *each, void *self, struct error *err)
{
    static const char sql[] =
        "SELECT a.id, a.pair_id, a.at_wall, a.purpose, a.role, a.server, a.model, a.query,"
        "  c.answer, c.thinking FROM answer a JOIN call c ON c.id = a.call_id"
        " WHERE a.end_state = 'interrupted' AND a.query IS NOT NULL"
        "   AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.answer_id = a.id)"
        " ORDER BY a.id DESC LIMIT 100";
    if (!s->writes && s->path)
        return true;
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main, sql, &q, err))
        return error_within(err, "looking for answers that were cut off");
    int more;
    while ((more = query_step(&q, err)) > 0) {
        struct interrupted i = read_row(&q);
        if (!each(self, &i))
            return true;
    }
    return more == 0 || error_within(err, "looking for answers that were cut off");
}

static bool write_offer(struct store *s, int64_t answer_id, const char *outcome, struct error *err)
{
    AUTO(query) struct query q = { 0 };
    if (!query_open(&s->main,
                    "INSERT INTO offer(answer_id, at_wall, outcome) VALUES (?, ?, ?)"
                    " ON CONFLICT(answer_id) DO UPDATE SET outcome = excluded.outcome",
                    &q, err))
        return false;
    bind_int(&q, answer_id);
    bind_int(&q, clock_wall(s->clock));
    bind_text(&q, outcome);
    return query_run(&q, err);
}

bool interrupted_offered(struct store *s, int64_t answer_id, const char *outcome, struct error *err)
{
    if (write_begin(s, WRITE_DURABLE, err) &&
        write_end(s, write_offer(s, answer_id, outcome, err), err))
        return true;
    return error_within(err, "noting that answer %lld was offered", (long long)answer_id);
}
