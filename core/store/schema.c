/* Tables and migrations (schema.h).
 *
 * Manners: every table is STRICT; times are nanoseconds since 1970 and end in _wall, durations
 * are seconds and end in _s; what is unknown is NULL. Long texts are the last columns, so that
 * a list of numbers never has to walk through them. */
#include "core/store/schema.h"

#include <stdio.h>

/* `call` holds what models said, `answer` what questions got: a cached answer has no call of
 * its own and points at the one that made its text. `end_state` NULL means running; a running
 * call whose process is gone becomes 'interrupted' at the next start. */
static const char base_tables[] =
    "CREATE TABLE session ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  host TEXT NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL, pid_start INTEGER NOT NULL,"
    "  program TEXT NOT NULL, started_wall INTEGER NOT NULL, ended_wall INTEGER, outcome TEXT,"
    "  hits INTEGER NOT NULL DEFAULT 0, misses INTEGER NOT NULL DEFAULT 0,"
    "  expired INTEGER NOT NULL DEFAULT 0, evicted INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    "CREATE INDEX session_open ON session(id) WHERE ended_wall IS NULL;"

    "CREATE TABLE call ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, run_id INTEGER,"
    "  purpose TEXT, role TEXT, server TEXT, url TEXT, model TEXT, identity TEXT,"
    "  identity_kind TEXT, cot INTEGER NOT NULL, query_hash BLOB NOT NULL,"
    "  started_wall INTEGER NOT NULL, ended_wall INTEGER, end_state TEXT,"
    "  latency_s REAL, ttft_s REAL, ttft_text_s REAL, load_s REAL,"
    "  prompt_tokens INTEGER, completion_tokens INTEGER, thinking_tokens INTEGER,"
    "  answer_tokens INTEGER, tokens_kind TEXT, split_kind TEXT,"
    "  http_status INTEGER, tries INTEGER,"
    "  error TEXT, query TEXT, answer TEXT, thinking TEXT"
    ") STRICT;"
    "CREATE INDEX call_running ON call(session) WHERE end_state IS NULL;"

    "CREATE TABLE answer ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, call_id INTEGER,"
    "  run_id INTEGER, purpose TEXT, level TEXT, rules TEXT, score INTEGER, role TEXT,"
    "  server TEXT, model TEXT, cot INTEGER NOT NULL, forced INTEGER NOT NULL,"
    "  origin TEXT, end_state TEXT, latency_s REAL, original_latency_s REAL, saved_s REAL,"
    "  fallback_from TEXT, fallback_why TEXT, pair_id INTEGER, side TEXT,"
    "  at_wall INTEGER NOT NULL, query_hash BLOB NOT NULL, error TEXT, query TEXT"
    ") STRICT;"
    "CREATE INDEX answer_call ON answer(call_id);"
    "CREATE INDEX answer_time ON answer(at_wall);"
    "CREATE INDEX answer_purpose ON answer(purpose);"
    "CREATE INDEX answer_model ON answer(model);"
    "CREATE INDEX answer_model_purpose ON answer(model, purpose);"

    "CREATE TABLE classification ("
    "  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL, purpose TEXT,"
    "  rules TEXT, score INTEGER NOT NULL, level TEXT, signals INTEGER NOT NULL,"
    "  query_hash BLOB NOT NULL, query TEXT"
    ") STRICT;"
    "CREATE INDEX classification_query ON classification(query_hash);"

    "CREATE TABLE lookup ("
    "  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,"
    "  key BLOB NOT NULL, result TEXT NOT NULL, lookup_s REAL, saved_s REAL, model TEXT"
    ") STRICT;"

    "CREATE TABLE label ("
    "  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,"
    "  query_hash BLOB NOT NULL, source TEXT NOT NULL, level TEXT NOT NULL, query TEXT"
    ") STRICT;"
    "CREATE INDEX label_query ON label(query_hash, source);"

    "CREATE TABLE judgement ("
    "  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,"
    "  pair INTEGER NOT NULL," /* the lower id of the two answers */
    "  other INTEGER NOT NULL, verdict TEXT NOT NULL, blind INTEGER NOT NULL,"
    "  swapped INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX judgement_pair ON judgement(pair);"

    "CREATE TABLE run ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, kind TEXT NOT NULL,"
    "  name TEXT, notes TEXT, set_name TEXT, state TEXT NOT NULL,"
    "  started_wall INTEGER NOT NULL, ended_wall INTEGER, settings TEXT"
    ") STRICT;"
    "CREATE INDEX run_name ON run(name);"

    "CREATE TABLE run_item ("
    "  id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, query_index INTEGER NOT NULL,"
    "  round INTEGER NOT NULL, query_hash TEXT, label TEXT, level TEXT, role TEXT, model TEXT,"
    "  score INTEGER, origin TEXT, end_state TEXT, correct INTEGER, fallback INTEGER NOT NULL,"
    "  always INTEGER NOT NULL, latency_s REAL, original_latency_s REAL, ttft_s REAL,"
    "  load_s REAL, completion_tokens INTEGER, thinking_tokens INTEGER, tokens_kind TEXT,"
    "  answer_id INTEGER, query TEXT, answer TEXT"
    ") STRICT;"
    "CREATE INDEX run_item_run ON run_item(run_id);"
    "CREATE INDEX run_item_answer ON run_item(answer_id);"

    "CREATE TABLE setting ("
    "  key TEXT PRIMARY KEY, value TEXT NOT NULL, changed_wall INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE fact ("
    "  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,"
    "  kind TEXT NOT NULL, subject TEXT, before TEXT, after TEXT"
    ") STRICT;"
    "CREATE INDEX fact_kind ON fact(kind, subject);";

/* The texts of an entry have a table of their own, so that a hit, which only writes recency,
 * never has to copy them. `used_order` is recency, a number out of cache_state; `put_order`
 * names one stored version of an entry. The triggers keep count and revision true whoever
 * writes. */
static const char cache_tables[] =
    "CREATE TABLE cache ("
    "  id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, used_order INTEGER NOT NULL,"
    "  put_order INTEGER NOT NULL, created_wall INTEGER NOT NULL, hits INTEGER NOT NULL,"
    "  call_id INTEGER, latency_s REAL, ttft_s REAL, ttft_text_s REAL, load_s REAL,"
    "  prompt_tokens INTEGER, completion_tokens INTEGER, thinking_tokens INTEGER,"
    "  answer_tokens INTEGER, tokens_kind TEXT, split_kind TEXT,"
    "  server TEXT, model TEXT, identity TEXT, level TEXT, role TEXT"
    ") STRICT;"
    "CREATE TABLE cache_text ("
    "  id INTEGER PRIMARY KEY, fields TEXT, query TEXT, answer TEXT, thinking TEXT"
    ") STRICT;"
    "CREATE INDEX cache_order ON cache(used_order);"
    "CREATE TABLE cache_state ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1), next_order INTEGER NOT NULL,"
    "  entries INTEGER NOT NULL, revision INTEGER NOT NULL, hits INTEGER NOT NULL,"
    "  misses INTEGER NOT NULL, expired INTEGER NOT NULL, evicted INTEGER NOT NULL,"
    "  saved_s REAL NOT NULL"
    ") STRICT;"
    "INSERT INTO cache_state VALUES (1, 1, 0, 0, 0, 0, 0, 0, 0.0);"
    "CREATE TRIGGER cache_added AFTER INSERT ON cache BEGIN"
    "  UPDATE cache_state SET entries = entries + 1, revision = revision + 1; END;"
    "CREATE TRIGGER cache_removed AFTER DELETE ON cache BEGIN"
    "  DELETE FROM cache_text WHERE id = old.id;"
    "  UPDATE cache_state SET entries = entries - 1, revision = revision + 1; END;"
    "CREATE TRIGGER cache_replaced AFTER UPDATE OF put_order ON cache BEGIN"
    "  UPDATE cache_state SET revision = revision + 1; END;";

/* Full text over history. The index holds no copy of the texts: it reads them through the
 * view, so what is deleted there must be deleted here with the same words first; the triggers
 * see to that. Symbols such as emoji count as words. One to three letters have an index of
 * their own, since they begin very many words. */
static const char history_index[] =
    "CREATE VIEW history_text AS"
    "  SELECT a.id AS id, a.query AS query, c.answer AS answer, c.thinking AS thinking"
    "  FROM answer a LEFT JOIN call c ON c.id = a.call_id;"
    "CREATE VIRTUAL TABLE history_index USING fts5("
    "  query, answer, thinking, content='history_text', content_rowid='id', prefix='1 2 3',"
    "  columnsize=0, tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co So'\");"
    "CREATE TRIGGER answer_added AFTER INSERT ON answer BEGIN"
    "  INSERT INTO history_index(rowid, query, answer, thinking)"
    "    SELECT id, query, answer, thinking FROM history_text WHERE id = new.id; END;"
    "CREATE TRIGGER answer_removed BEFORE DELETE ON answer BEGIN"
    "  INSERT INTO history_index(history_index, rowid, query, answer, thinking)"
    "    SELECT 'delete', id, query, answer, thinking FROM history_text WHERE id = old.id; END;"
    "CREATE TRIGGER call_changes BEFORE UPDATE OF answer, thinking ON call BEGIN"
    "  INSERT INTO history_index(history_index, rowid, query, answer, thinking)"
    "    SELECT 'delete', id, query, answer, thinking FROM history_text"
    "    WHERE id IN (SELECT id FROM answer WHERE call_id = old.id); END;"
    "CREATE TRIGGER call_changed AFTER UPDATE OF answer, thinking ON call BEGIN"
    "  INSERT INTO history_index(rowid, query, answer, thinking)"
    "    SELECT id, query, answer, thinking FROM history_text"
    "    WHERE id IN (SELECT id FROM answer WHERE call_id = old.id); END;"
    "INSERT INTO history_index(history_index) VALUES ('rebuild');";

/* What the screen keeps: texts being written in its fields and places to come back to, which of
 * the answers that were cut off a person has been asked about, and how long the history is,
 * counted as it grows (a count over a million rows takes longer than a key may). A line of the
 * history is an answer, or both sides of a compare; the triggers keep it true whoever writes.
 * Answers cut off before this version are not asked about. */
static const char screen_tables[] =
    "CREATE TABLE draft ("
    "  key TEXT PRIMARY KEY, changed_wall INTEGER NOT NULL, text TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE offer ("
    "  answer_id INTEGER PRIMARY KEY, at_wall INTEGER NOT NULL, outcome TEXT"
    ") STRICT;"
    "CREATE INDEX answer_cut_off ON answer(id) WHERE end_state = 'interrupted';"
    "INSERT INTO offer SELECT id, at_wall, 'earlier' FROM answer WHERE end_state = 'interrupted';"
    "CREATE TABLE history_state ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1), answers INTEGER NOT NULL, lines INTEGER NOT NULL"
    ") STRICT;"
    "INSERT INTO history_state SELECT 1, count(*), count(*) - (SELECT count(*) FROM answer a"
    "  JOIN answer b ON b.id = a.pair_id AND b.pair_id = a.id WHERE a.pair_id < a.id) FROM answer;"
    "CREATE TRIGGER history_grew AFTER INSERT ON answer BEGIN"
    "  UPDATE history_state SET answers = answers + 1, lines = lines + NOT EXISTS"
    "    (SELECT 1 FROM answer p WHERE p.id = new.pair_id AND p.pair_id = new.id); END;"
    "CREATE TRIGGER history_shrank AFTER DELETE ON answer BEGIN"
    "  UPDATE history_state SET answers = answers - 1, lines = lines - NOT EXISTS"
    "    (SELECT 1 FROM answer p WHERE p.id = old.pair_id AND p.pair_id = old.id); END;"
    "CREATE TRIGGER history_paired AFTER UPDATE OF pair_id ON answer"
    "  WHEN old.pair_id IS NULL AND new.pair_id IS NOT NULL BEGIN"
    "  UPDATE history_state SET lines = lines - EXISTS"
    "    (SELECT 1 FROM answer p WHERE p.id = new.pair_id AND p.pair_id = new.id); END;";
/* Calls of the built-in models that were slowed to be watched (mini.pace). */
static const char slowed_columns[] =
    "ALTER TABLE answer ADD COLUMN slowed INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE run_item ADD COLUMN slowed INTEGER NOT NULL DEFAULT 0;";

/* A digit of the first eight bytes of a key, in its place in a number; all of them make it. */
#define DIGIT(n, shift) "|(instr('123456789ABCDEF', substr(hex(key), " #n ", 1)) << " #shift ")"
#define FIRST_FOUR      DIGIT(1, 60) DIGIT(2, 56) DIGIT(3, 52) DIGIT(4, 48)
#define SECOND_FOUR     DIGIT(5, 44) DIGIT(6, 40) DIGIT(7, 36) DIGIT(8, 32)
#define THIRD_FOUR      DIGIT(9, 28) DIGIT(10, 24) DIGIT(11, 20) DIGIT(12, 16)
#define LAST_FOUR       DIGIT(13, 12) DIGIT(14, 8) DIGIT(15, 4) DIGIT(16, 0)
#define KEY_NUMBER      "(0" FIRST_FOUR SECOND_FOUR THIRD_FOUR LAST_FOUR ")"

/* An entry stands under a number made of its key, so that a look-up reads one page of one tree. What
 * an entry is from the moment it is put is in cache_answer, what becomes of it in cache: a hit
 * writes a short row, and none of the texts. */
static const char cache_by_key[] =
    "ALTER TABLE cache RENAME TO cache_before;"
    "CREATE TABLE cache ("
    "  id INTEGER PRIMARY KEY, key BLOB NOT NULL, used_order INTEGER NOT NULL,"
    "  put_order INTEGER NOT NULL, hits INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE cache_answer ("
    "  id INTEGER PRIMARY KEY, key BLOB NOT NULL, put_order INTEGER NOT NULL,"
    "  created_wall INTEGER NOT NULL, call_id INTEGER, latency_s REAL, ttft_s REAL,"
    "  ttft_text_s REAL, load_s REAL, prompt_tokens INTEGER, completion_tokens INTEGER,"
    "  thinking_tokens INTEGER, answer_tokens INTEGER, tokens_kind TEXT, split_kind TEXT,"
    "  server TEXT, model TEXT, identity TEXT, level TEXT, role TEXT,"
    "  fields TEXT, query TEXT, answer TEXT, thinking TEXT"
    ") STRICT;"
    "INSERT OR IGNORE INTO cache SELECT " KEY_NUMBER ", key, used_order, put_order, hits"
    "  FROM cache_before ORDER BY key;"
    "INSERT OR IGNORE INTO cache_answer SELECT " KEY_NUMBER ", key, put_order, created_wall,"
    "  call_id, latency_s, ttft_s, ttft_text_s, load_s, prompt_tokens, completion_tokens,"
    "  thinking_tokens, answer_tokens, tokens_kind, split_kind, server, model, identity, level,"
    "  role, fields, query, answer, thinking"
    "  FROM cache_before LEFT JOIN cache_text USING (id) ORDER BY key;"
    "DROP TABLE cache_before;"
    "DROP TABLE cache_text;"
    "CREATE INDEX cache_order ON cache(used_order);"
    "UPDATE cache_state SET entries = (SELECT count(*) FROM cache);"
    "CREATE TRIGGER cache_added AFTER INSERT ON cache BEGIN"
    "  UPDATE cache_state SET entries = entries + 1, revision = revision + 1; END;"
    "CREATE TRIGGER cache_removed AFTER DELETE ON cache BEGIN"
    "  DELETE FROM cache_answer WHERE id = old.id;"
    "  UPDATE cache_state SET entries = entries - 1, revision = revision + 1; END;"
    "CREATE TRIGGER cache_replaced AFTER UPDATE OF put_order ON cache BEGIN"
    "  UPDATE cache_state SET revision = revision + 1; END;";

/* What each label was scored when labels and rules were counted: a digest, so that two counts with
 * other thresholds are told from two with other rules. */
static const char agreement_scores[] = "ALTER TABLE agreement ADD COLUMN scores BLOB;"
                                       "DROP VIEW fact_agreement;"
                                       "CREATE VIEW fact_agreement AS SELECT"
                                       "  g.at_wall AS at,"
                                       "  g.session AS session,"
                                       "  g.rules AS rules,"
                                       "  g.moderate_from AS moderate_from,"
                                       "  g.complex_from AS complex_from,"
                                       "  g.labels AS labels,"
                                       "  g.agreed AS agreed,"
                                       "  g.scores AS scores_id"
                                       "  FROM agreement g;";

/* What a person calls a question and notes with it. */
static const char answer_names[] =
    "ALTER TABLE answer ADD COLUMN name TEXT;"
    "ALTER TABLE answer ADD COLUMN notes TEXT;"
    "CREATE INDEX answer_name ON answer(name) WHERE name IS NOT NULL;";

/* Row i brings a file from version i to version i + 1. */
static const struct {
    const char *what, *sql;
} migrations[] = {
    { "the tables", base_tables },
    { "the cache", cache_tables },
    { "the search index of the history", history_index },
    { "what the screen keeps", screen_tables },
    { "the mark of slowed calls", slowed_columns },
    { "what exercises are checked against", schema_fact_tables },
    { "facts about questions", schema_fact_questions },
    { "facts about opinions", schema_fact_opinions },
    { "facts about runs", schema_fact_runs },
    { "other facts", schema_fact_rest },
    { "the cache under its keys", cache_by_key },
    { "the scores of an agreement", agreement_scores },
    { "the names of questions", answer_names },
};

#define NEWEST ((int)(sizeof migrations / sizeof *migrations))

int schema_newest(void)
{
    return NEWEST;
}

static bool migrate_one(struct db *db, int from, struct error *err)
{
    char mark[100];
    snprintf(mark, sizeof mark, "PRAGMA user_version = %d; PRAGMA application_id = %d;", from + 1,
             SCHEMA_APPLICATION_ID);
    if (db_exec(db, migrations[from].sql, err) && db_exec(db, mark, err) &&
        db_exec(db, "COMMIT", err))
        return true;
    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return error_within(err, "adding %s", migrations[from].what);
}

/* Under the lock the version is asked again: another process may have been quicker. */
static bool migrate_next(struct db *db, int version, int64_t *at, struct error *err)
{
    if (!db_exec(db, "BEGIN EXCLUSIVE", err))
        return false;
    bool known = db_number(db, "PRAGMA user_version", at, err);
    if (known && *at < version) {
        if (!migrate_one(db, (int)*at, err))
            return false;
        ++*at;
        return true;
    }
    sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return known;
}

bool schema_migrate(struct db *db, int version, struct error *err)
{
    int64_t at;
    if (!db_number(db, "PRAGMA user_version", &at, err))
        return false;
    while (at < version)
        if (!migrate_next(db, version, &at, err))
            return false;
    return true;
}
