/* A database as an earlier rlab left it, for tests of migrations: old_schema PATH VERSION, or the
 * newest version without PATH. It holds a question, its call and its answer. */
#include <stdio.h>
#include <stdlib.h>

#include "core/store/db.h"
#include "core/store/schema.h"

static const char rows[] =
    "INSERT INTO session(host, boot, pid, pid_start, program, started_wall, ended_wall, outcome)"
    " VALUES ('old', 'old', 1, 1, '0.0', 1700000000000000000, 1700000001000000000, 'closed');"
    "INSERT INTO call(session, purpose, cot, query_hash, started_wall, ended_wall, end_state,"
    "  model, query, answer)"
    " VALUES (1, 'ask', 0, x'00', 1700000000000000000, 1700000001000000000, 'OK_STOP', 'old',"
    "  'an old question', 'an old answer');"
    "INSERT INTO answer(session, call_id, purpose, cot, forced, origin, end_state, at_wall,"
    "  query_hash, model, query)"
    " VALUES (1, 1, 'ask', 0, 0, 'model', 'OK_STOP', 1700000001000000000, x'00', 'old',"
    "  'an old question')";

int main(int argc, char **argv)
{
    struct db db = { 0 };
    struct error err = { 0 };
    if (argc < 3)
        return printf("%d\n", schema_newest()) < 0;
    bool ok = db_open(argv[1], SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, argv[1], &db, &err) &&
              schema_migrate(&db, atoi(argv[2]), &err) && db_exec(&db, rows, &err);
    db_close(&db);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    return !ok;
}
