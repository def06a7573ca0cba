-- What every version of the database added to the one before, as it was released. Not made from the
-- program's sources: a database of an older version, for the tests, is one that these steps made.
-- A new version adds its step at the end; what stands here is never changed.
-- 1
CREATE TABLE session (  id INTEGER PRIMARY KEY AUTOINCREMENT,  host TEXT NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL, pid_start INTEGER NOT NULL,  program TEXT NOT NULL, started_wall INTEGER NOT NULL, ended_wall INTEGER, outcome TEXT,  hits INTEGER NOT NULL DEFAULT 0, misses INTEGER NOT NULL DEFAULT 0,  expired INTEGER NOT NULL DEFAULT 0, evicted INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX session_open ON session(id) WHERE ended_wall IS NULL;
CREATE TABLE call (  id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, run_id INTEGER,  purpose TEXT, role TEXT, server TEXT, url TEXT, model TEXT, identity TEXT,  identity_kind TEXT, cot INTEGER NOT NULL, query_hash BLOB NOT NULL,  started_wall INTEGER NOT NULL, ended_wall INTEGER, end_state TEXT,  latency_s REAL, ttft_s REAL, ttft_text_s REAL, load_s REAL,  prompt_tokens INTEGER, completion_tokens INTEGER, thinking_tokens INTEGER,  answer_tokens INTEGER, tokens_kind TEXT, split_kind TEXT,  http_status INTEGER, tries INTEGER,  error TEXT, query TEXT, answer TEXT, thinking TEXT) STRICT;
CREATE INDEX call_running ON call(session) WHERE end_state IS NULL;
CREATE TABLE answer (  id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, call_id INTEGER,  run_id INTEGER, purpose TEXT, level TEXT, rules TEXT, score INTEGER, role TEXT,  server TEXT, model TEXT, cot INTEGER NOT NULL, forced INTEGER NOT NULL,  origin TEXT, end_state TEXT, latency_s REAL, original_latency_s REAL, saved_s REAL,  fallback_from TEXT, fallback_why TEXT, pair_id INTEGER, side TEXT,  at_wall INTEGER NOT NULL, query_hash BLOB NOT NULL, error TEXT, query TEXT) STRICT;
CREATE INDEX answer_call ON answer(call_id);
CREATE INDEX answer_time ON answer(at_wall);
CREATE INDEX answer_purpose ON answer(purpose);
CREATE INDEX answer_model ON answer(model);
CREATE INDEX answer_model_purpose ON answer(model, purpose);
CREATE TABLE classification (  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL, purpose TEXT,  rules TEXT, score INTEGER NOT NULL, level TEXT, signals INTEGER NOT NULL,  query_hash BLOB NOT NULL, query TEXT) STRICT;
CREATE INDEX classification_query ON classification(query_hash);
CREATE TABLE lookup (  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,  key BLOB NOT NULL, result TEXT NOT NULL, lookup_s REAL, saved_s REAL, model TEXT) STRICT;
CREATE TABLE label (  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,  query_hash BLOB NOT NULL, source TEXT NOT NULL, level TEXT NOT NULL, query TEXT) STRICT;
CREATE INDEX label_query ON label(query_hash, source);
CREATE TABLE judgement (  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,  pair INTEGER NOT NULL,  other INTEGER NOT NULL, verdict TEXT NOT NULL, blind INTEGER NOT NULL,  swapped INTEGER NOT NULL) STRICT;
CREATE INDEX judgement_pair ON judgement(pair);
CREATE TABLE run (  id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, kind TEXT NOT NULL,  name TEXT, notes TEXT, set_name TEXT, state TEXT NOT NULL,  started_wall INTEGER NOT NULL, ended_wall INTEGER, settings TEXT) STRICT;
CREATE INDEX run_name ON run(name);
CREATE TABLE run_item (  id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, query_index INTEGER NOT NULL,  round INTEGER NOT NULL, query_hash TEXT, label TEXT, level TEXT, role TEXT, model TEXT,  score INTEGER, origin TEXT, end_state TEXT, correct INTEGER, fallback INTEGER NOT NULL,  always INTEGER NOT NULL, latency_s REAL, original_latency_s REAL, ttft_s REAL,  load_s REAL, completion_tokens INTEGER, thinking_tokens INTEGER, tokens_kind TEXT,  answer_id INTEGER, query TEXT, answer TEXT) STRICT;
CREATE INDEX run_item_run ON run_item(run_id);
CREATE INDEX run_item_answer ON run_item(answer_id);
CREATE TABLE setting (  key TEXT PRIMARY KEY, value TEXT NOT NULL, changed_wall INTEGER NOT NULL) STRICT;
CREATE TABLE fact (  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,  kind TEXT NOT NULL, subject TEXT, before TEXT, after TEXT) STRICT;
CREATE INDEX fact_kind ON fact(kind, subject);
-- 2
CREATE TABLE cache (  id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, used_order INTEGER NOT NULL,  put_order INTEGER NOT NULL, created_wall INTEGER NOT NULL, hits INTEGER NOT NULL,  call_id INTEGER, latency_s REAL, ttft_s REAL, ttft_text_s REAL, load_s REAL,  prompt_tokens INTEGER, completion_tokens INTEGER, thinking_tokens INTEGER,  answer_tokens INTEGER, tokens_kind TEXT, split_kind TEXT,  server TEXT, model TEXT, identity TEXT, level TEXT, role TEXT) STRICT;
CREATE TABLE cache_text (  id INTEGER PRIMARY KEY, fields TEXT, query TEXT, answer TEXT, thinking TEXT) STRICT;
CREATE INDEX cache_order ON cache(used_order);
CREATE TABLE cache_state (  id INTEGER PRIMARY KEY CHECK (id = 1), next_order INTEGER NOT NULL,  entries INTEGER NOT NULL, revision INTEGER NOT NULL, hits INTEGER NOT NULL,  misses INTEGER NOT NULL, expired INTEGER NOT NULL, evicted INTEGER NOT NULL,  saved_s REAL NOT NULL) STRICT;INSERT INTO cache_state VALUES (1, 1, 0, 0, 0, 0, 0, 0, 0.0);
CREATE TRIGGER cache_added AFTER INSERT ON cache BEGIN  UPDATE cache_state SET entries = entries + 1, revision = revision + 1; END;
CREATE TRIGGER cache_removed AFTER DELETE ON cache BEGIN  DELETE FROM cache_text WHERE id = old.id;  UPDATE cache_state SET entries = entries - 1, revision = revision + 1; END;
CREATE TRIGGER cache_replaced AFTER UPDATE OF put_order ON cache BEGIN  UPDATE cache_state SET revision = revision + 1; END;
-- 3
CREATE VIEW history_text AS  SELECT a.id AS id, a.query AS query, c.answer AS answer, c.thinking AS thinking  FROM answer a LEFT JOIN call c ON c.id = a.call_id;
CREATE VIRTUAL TABLE history_index USING fts5(  query, answer, thinking, content='history_text', content_rowid='id', prefix='1 2 3',  columnsize=0, tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co So'");
CREATE TRIGGER answer_added AFTER INSERT ON answer BEGIN  INSERT INTO history_index(rowid, query, answer, thinking)    SELECT id, query, answer, thinking FROM history_text WHERE id = new.id; END;
CREATE TRIGGER answer_removed BEFORE DELETE ON answer BEGIN  INSERT INTO history_index(history_index, rowid, query, answer, thinking)    SELECT 'delete', id, query, answer, thinking FROM history_text WHERE id = old.id; END;
CREATE TRIGGER call_changes BEFORE UPDATE OF answer, thinking ON call BEGIN  INSERT INTO history_index(history_index, rowid, query, answer, thinking)    SELECT 'delete', id, query, answer, thinking FROM history_text    WHERE id IN (SELECT id FROM answer WHERE call_id = old.id); END;
CREATE TRIGGER call_changed AFTER UPDATE OF answer, thinking ON call BEGIN  INSERT INTO history_index(rowid, query, answer, thinking)    SELECT id, query, answer, thinking FROM history_text    WHERE id IN (SELECT id FROM answer WHERE call_id = old.id); END;INSERT INTO history_index(history_index) VALUES ('rebuild');
-- 4
CREATE TABLE draft (  key TEXT PRIMARY KEY, changed_wall INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
CREATE TABLE offer (  answer_id INTEGER PRIMARY KEY, at_wall INTEGER NOT NULL, outcome TEXT) STRICT;
CREATE INDEX answer_cut_off ON answer(id) WHERE end_state = 'interrupted';INSERT INTO offer SELECT id, at_wall, 'earlier' FROM answer WHERE end_state = 'interrupted';
CREATE TABLE history_state (  id INTEGER PRIMARY KEY CHECK (id = 1), answers INTEGER NOT NULL, lines INTEGER NOT NULL) STRICT;INSERT INTO history_state SELECT 1, count(*), count(*) - (SELECT count(*) FROM answer a  JOIN answer b ON b.id = a.pair_id AND b.pair_id = a.id WHERE a.pair_id < a.id) FROM answer;
CREATE TRIGGER history_grew AFTER INSERT ON answer BEGIN  UPDATE history_state SET answers = answers + 1, lines = lines + NOT EXISTS    (SELECT 1 FROM answer p WHERE p.id = new.pair_id AND p.pair_id = new.id); END;
CREATE TRIGGER history_shrank AFTER DELETE ON answer BEGIN  UPDATE history_state SET answers = answers - 1, lines = lines - NOT EXISTS    (SELECT 1 FROM answer p WHERE p.id = old.pair_id AND p.pair_id = old.id); END;
CREATE TRIGGER history_paired AFTER UPDATE OF pair_id ON answer  WHEN old.pair_id IS NULL AND new.pair_id IS NOT NULL BEGIN  UPDATE history_state SET lines = lines - EXISTS    (SELECT 1 FROM answer p WHERE p.id = new.pair_id AND p.pair_id = new.id); END;
-- 5
ALTER TABLE answer ADD COLUMN slowed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run_item ADD COLUMN slowed INTEGER NOT NULL DEFAULT 0;
-- 6
ALTER TABLE classification ADD COLUMN fold BLOB;
ALTER TABLE answer ADD COLUMN fold BLOB;
ALTER TABLE label ADD COLUMN fold BLOB;
ALTER TABLE run_item ADD COLUMN fold BLOB;
ALTER TABLE lookup ADD COLUMN purpose TEXT;
ALTER TABLE lookup ADD COLUMN query_hash BLOB;
ALTER TABLE lookup ADD COLUMN joined BLOB;
ALTER TABLE lookup ADD COLUMN stale INTEGER;
CREATE INDEX classification_time ON classification(at_wall);
CREATE INDEX lookup_time ON lookup(at_wall);
CREATE INDEX label_time ON label(at_wall);
CREATE INDEX judgement_time ON judgement(at_wall);
CREATE INDEX run_time ON run(started_wall);
CREATE INDEX answer_compared ON answer(at_wall) WHERE purpose = 'compare';
CREATE INDEX fact_time ON fact(kind, at_wall);
CREATE TABLE shipped_query (fold BLOB PRIMARY KEY, level TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE shipped_state (id INTEGER PRIMARY KEY CHECK (id = 1), digest BLOB) STRICT;
CREATE TABLE entry (  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,  event TEXT NOT NULL, key BLOB, model TEXT, query_hash BLOB, size INTEGER ) STRICT;
CREATE INDEX entry_time ON entry(at_wall);
CREATE INDEX entry_key ON entry(key);
CREATE TABLE agreement (  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL, rules TEXT,  moderate_from INTEGER NOT NULL, complex_from INTEGER NOT NULL,  labels INTEGER NOT NULL, agreed INTEGER NOT NULL ) STRICT;
CREATE INDEX agreement_time ON agreement(at_wall);
CREATE TABLE budget_figure (  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, at_wall INTEGER NOT NULL,  measured INTEGER NOT NULL, model TEXT NOT NULL, kind TEXT NOT NULL, how TEXT NOT NULL,  steps INTEGER NOT NULL, allowed INTEGER, samples INTEGER, n INTEGER NOT NULL,  right_count INTEGER NOT NULL, tokens REAL, thought REAL ) STRICT;
CREATE INDEX budget_figure_time ON budget_figure(at_wall);
CREATE TABLE exercise (  id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, at_wall INTEGER NOT      NULL,  exercise TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER, question INTEGER,  correct INTEGER, text TEXT ) STRICT;
CREATE INDEX exercise_time ON exercise(kind, at_wall);
-- 7
CREATE VIEW fact_classification AS SELECT  c.at_wall AS at,  c.session AS session,  c.purpose AS purpose,  c.rules AS rules,  c.score AS score,  c.level AS level,  c.signals AS signals,  c.query_hash AS query_id,  c.fold IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shipped_query q WHERE q.fold = c.fold)      AS own,  (SELECT q.level FROM shipped_query q WHERE q.fold = c.fold) AS set_level,  c.query AS query  FROM classification c;
CREATE VIEW fact_lookup AS SELECT  l.at_wall AS at,  l.session AS session,  l.purpose AS purpose,  l.result AS result,  l.key AS key_id,  l.joined AS joined_id,  l.query_hash AS query_id,  l.model AS model,  l.stale AS stale,  l.lookup_s AS lookup_s,  l.saved_s AS saved_s  FROM lookup l;
CREATE VIEW fact_answer AS SELECT  a.at_wall AS at,  a.session AS session,  a.id AS answer,  a.call_id AS call,  a.run_id AS run,  a.purpose AS purpose,  a.rules AS rules,  a.score AS score,  a.level AS level,  a.role AS role,  a.server AS server,  a.model AS model,  a.cot AS cot,  a.forced AS forced,  a.origin AS origin,  a.end_state AS outcome,  coalesce(substr(a.end_state, 1, 3) = 'OK_', 0) AS ok,  a.latency_s AS latency_s,  a.original_latency_s AS original_latency_s,  a.saved_s AS saved_s,  (SELECT c.load_s FROM call c WHERE c.id = a.call_id) AS load_s,  (SELECT c.ttft_s FROM call c WHERE c.id = a.call_id) AS ttft_s,  (SELECT c.thinking_tokens FROM call c WHERE c.id = a.call_id) AS thinking_tokens,  (SELECT c.completion_tokens FROM call c WHERE c.id = a.call_id) AS completion_tokens,  a.slowed AS slowed,  a.fallback_from AS fallback_from,  a.fallback_why AS fallback_why,  a.pair_id AS pair,  a.side AS side,  a.query_hash AS query_id,  a.fold IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shipped_query q WHERE q.fold = a.fold)      AS own,  (SELECT q.level FROM shipped_query q WHERE q.fold = a.fold) AS set_level,  a.query AS query  FROM answer a;
-- 8
CREATE VIEW fact_compare AS SELECT  a.at_wall AS at,  a.session AS session,  a.id AS pair,  b.id AS other,  a.score AS score,  a.level AS level,  a.query_hash AS query_id,  a.fold IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shipped_query q WHERE q.fold = a.fold)      AS own,  coalesce(substr(a.end_state, 1, 3) = 'OK_', 0) AND coalesce(substr(b.end_state, 1, 3) =      'OK_', 0) AS ok,  CASE a.side WHEN 'left' THEN a.role ELSE b.role END AS left_role,  CASE a.side WHEN 'left' THEN b.role ELSE a.role END AS right_role,  CASE a.side WHEN 'left' THEN a.model ELSE b.model END AS left_model,  CASE a.side WHEN 'left' THEN b.model ELSE a.model END AS right_model,  CASE a.side WHEN 'left' THEN a.latency_s ELSE b.latency_s END AS left_latency_s,  CASE a.side WHEN 'left' THEN b.latency_s ELSE a.latency_s END AS right_latency_s,  (SELECT j.verdict FROM judgement j WHERE j.pair = a.id ORDER BY j.id DESC LIMIT 1) AS      verdict,  a.query AS query  FROM answer a INDEXED BY answer_compared JOIN answer b ON b.id = a.pair_id WHERE a.purpose = 'compare' AND a.id <      b.id;
CREATE VIEW fact_judgement AS SELECT  j.at_wall AS at,  j.session AS session,  j.pair AS pair,  j.other AS other,  j.verdict AS verdict,  j.blind AS blind,  j.swapped AS swapped,  a.query_hash AS query_id,  a.score AS score,  CASE a.side WHEN 'left' THEN a.role ELSE b.role END AS left_role,  CASE WHEN j.verdict = a.side THEN a.role WHEN j.verdict = b.side THEN b.role ELSE      j.verdict END AS better,  a.fold IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shipped_query q WHERE q.fold = a.fold)      AS own  FROM judgement j JOIN answer a ON a.id = j.pair JOIN answer b ON b.id = j.other;
CREATE VIEW fact_label AS SELECT  l.at_wall AS at,  l.session AS session,  l.source AS source,  l.level AS level,  l.query_hash AS query_id,  l.fold IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shipped_query q WHERE q.fold = l.fold)      AS own,  (SELECT q.level FROM shipped_query q WHERE q.fold = l.fold) AS set_level,  (SELECT e.level FROM label e WHERE e.query_hash = l.query_hash AND e.source = l.source      AND e.id < l.id ORDER BY e.id DESC LIMIT 1) AS before,  l.query AS query  FROM label l;
CREATE VIEW fact_agreement AS SELECT  g.at_wall AS at,  g.session AS session,  g.rules AS rules,  g.moderate_from AS moderate_from,  g.complex_from AS complex_from,  g.labels AS labels,  g.agreed AS agreed  FROM agreement g;
-- 9
CREATE VIEW fact_run AS SELECT  r.started_wall AS at,  r.session AS session,  r.id AS run,  r.kind AS kind,  r.name AS name,  r.set_name AS set_name,  r.state AS state,  r.ended_wall AS ended,  (SELECT count(*) FROM run_item i WHERE i.run_id = r.id AND NOT i.always) AS items,  (SELECT count(*) FROM run_item i WHERE i.run_id = r.id AND NOT i.always AND i.origin =      'model' AND NOT i.fallback AND substr(i.end_state, 1, 3) = 'OK_') AS calls,  (SELECT count(*) FROM run_item i WHERE i.run_id = r.id AND NOT i.always AND i.origin =      'cache') AS hits,  (SELECT count(*) FROM run_item i WHERE i.run_id = r.id AND i.always AND      substr(i.end_state, 1, 3) = 'OK_') AS always_calls,  (SELECT count(*) FROM run_item i WHERE i.run_id = r.id AND i.slowed) AS slowed,  (SELECT count(*) FROM run_item i WHERE i.run_id = r.id AND NOT i.always AND i.origin =      'model' AND NOT i.fallback AND substr(i.end_state, 1, 3) = 'OK_' AND i.load_s >      0.25) AS cold_calls,  (SELECT avg(i.latency_s) FROM run_item i WHERE i.run_id = r.id AND NOT i.always AND      substr(i.end_state, 1, 3) = 'OK_') AS mean_all_s,  (SELECT avg(i.latency_s - coalesce(i.load_s, 0)) FROM run_item i WHERE i.run_id = r.id      AND NOT i.always AND i.origin = 'model' AND NOT i.fallback AND substr(i.end_state,      1, 3) = 'OK_') AS mean_call_s,  json_extract(r.settings, '$.rounds') AS rounds,  json_extract(r.settings, '$.no_cache') AS no_cache,  json_extract(r.settings, '$.cold') AS cold,  json_extract(r.settings, '$.rules') AS rules,  json_extract(r.settings, '$.thresholds.moderate') AS moderate_from,  json_extract(r.settings, '$.thresholds.complex') AS complex_from  FROM run r;
CREATE VIEW fact_run_item AS SELECT  r.started_wall AS at,  r.session AS session,  r.id AS run,  r.kind AS kind,  r.state AS state,  i.id AS item,  i.query_index AS query_index,  i.round AS round,  i.query_hash AS query_id,  i.label AS label,  (SELECT q.level FROM shipped_query q WHERE q.fold = i.fold) AS set_level,  i.fold IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shipped_query q WHERE q.fold = i.fold)      AS own,  i.level AS level,  i.role AS role,  i.model AS model,  i.score AS score,  i.origin AS origin,  i.end_state AS outcome,  coalesce(substr(i.end_state, 1, 3) = 'OK_', 0) AS ok,  i.correct AS correct,  i.fallback AS fallback,  i.always AS always,  i.slowed AS slowed,  i.latency_s AS latency_s,  i.load_s AS load_s,  i.ttft_s AS ttft_s,  i.thinking_tokens AS thinking_tokens,  i.completion_tokens AS completion_tokens  FROM run r JOIN run_item i ON i.run_id = r.id;
-- 10
CREATE VIEW fact_breaker AS SELECT  f.at_wall AS at,  f.session AS session,  f.subject AS model,  f.before AS before,  f.after AS after  FROM fact f WHERE f.kind = 'breaker';
CREATE VIEW fact_setting AS SELECT  f.at_wall AS at,  f.session AS session,  f.subject AS key,  f.before AS before,  f.after AS after  FROM fact f WHERE f.kind = 'setting';
CREATE VIEW fact_screen AS SELECT  f.at_wall AS at,  f.session AS session,  CASE WHEN substr(f.subject, 1, 9) = 'thinking:' THEN 'thinking' ELSE 'pane' END AS what,  CASE WHEN substr(f.subject, 1, 9) = 'thinking:' THEN CAST(substr(f.subject, 10) AS      INTEGER) END AS call,  CASE WHEN substr(f.subject, 1, 9) = 'thinking:' THEN NULL ELSE f.subject END AS pane,  f.after AS after  FROM fact f WHERE f.kind = 'screen';
CREATE VIEW fact_choice AS SELECT  e.at_wall AS at,  e.session AS session,  e.exercise AS exercise,  e.number AS round,  e.question AS question,  e.text AS given,  CAST(e.text AS REAL) AS number,  e.correct AS correct  FROM exercise e WHERE e.kind = 'answer';
CREATE VIEW fact_entry AS SELECT  e.at_wall AS at,  e.session AS session,  e.id AS entry,  e.event AS event,  e.key AS key_id,  e.query_hash AS query_id,  e.model AS model,  e.size AS size  FROM entry e;
CREATE VIEW fact_budget AS SELECT  b.at_wall AS at,  b.session AS session,  b.measured AS measured,  b.model AS model,  b.kind AS kind,  b.how AS how,  b.steps AS steps,  b.allowed AS allowed,  b.samples AS samples,  b.n AS n,  b.right_count AS right_count,  b.tokens AS tokens,  b.thought AS thought  FROM budget_figure b;
-- 11
ALTER TABLE cache RENAME TO cache_before;
CREATE TABLE cache (  id INTEGER PRIMARY KEY, key BLOB NOT NULL, used_order INTEGER NOT NULL,  put_order INTEGER NOT NULL, hits INTEGER NOT NULL) STRICT;
CREATE TABLE cache_answer (  id INTEGER PRIMARY KEY, key BLOB NOT NULL, put_order INTEGER NOT NULL,  created_wall INTEGER NOT NULL, call_id INTEGER, latency_s REAL, ttft_s REAL,  ttft_text_s REAL, load_s REAL, prompt_tokens INTEGER, completion_tokens INTEGER,  thinking_tokens INTEGER, answer_tokens INTEGER, tokens_kind TEXT, split_kind TEXT,  server TEXT, model TEXT, identity TEXT, level TEXT, role TEXT,  fields TEXT, query TEXT, answer TEXT, thinking TEXT) STRICT;
INSERT OR IGNORE INTO cache SELECT ((instr('123456789ABCDEF', substr(hex(key), 1, 1)) << 60)|(instr('123456789ABCDEF', substr(hex(key), 2, 1)) << 56)|(instr('123456789ABCDEF', substr(hex(key), 3, 1)) << 52)|(instr('123456789ABCDEF', substr(hex(key), 4, 1)) << 48)|(instr('123456789ABCDEF', substr(hex(key), 5, 1)) << 44)|(instr('123456789ABCDEF', substr(hex(key), 6, 1)) << 40)|(instr('123456789ABCDEF', substr(hex(key), 7, 1)) << 36)|(instr('123456789ABCDEF', substr(hex(key), 8, 1)) << 32)|(instr('123456789ABCDEF', substr(hex(key), 9, 1)) << 28)|(instr('123456789ABCDEF', substr(hex(key), 10, 1)) << 24)|(instr('123456789ABCDEF', substr(hex(key), 11, 1)) << 20)|(instr('123456789ABCDEF', substr(hex(key), 12, 1)) << 16)|(instr('123456789ABCDEF', substr(hex(key), 13, 1)) << 12)|(instr('123456789ABCDEF', substr(hex(key), 14, 1)) << 8)|(instr('123456789ABCDEF', substr(hex(key), 15, 1)) << 4)|(instr('123456789ABCDEF', substr(hex(key), 16, 1)) << 0)), key, used_order, put_order, hits  FROM cache_before ORDER BY key;
INSERT OR IGNORE INTO cache_answer SELECT ((instr('123456789ABCDEF', substr(hex(key), 1, 1)) << 60)|(instr('123456789ABCDEF', substr(hex(key), 2, 1)) << 56)|(instr('123456789ABCDEF', substr(hex(key), 3, 1)) << 52)|(instr('123456789ABCDEF', substr(hex(key), 4, 1)) << 48)|(instr('123456789ABCDEF', substr(hex(key), 5, 1)) << 44)|(instr('123456789ABCDEF', substr(hex(key), 6, 1)) << 40)|(instr('123456789ABCDEF', substr(hex(key), 7, 1)) << 36)|(instr('123456789ABCDEF', substr(hex(key), 8, 1)) << 32)|(instr('123456789ABCDEF', substr(hex(key), 9, 1)) << 28)|(instr('123456789ABCDEF', substr(hex(key), 10, 1)) << 24)|(instr('123456789ABCDEF', substr(hex(key), 11, 1)) << 20)|(instr('123456789ABCDEF', substr(hex(key), 12, 1)) << 16)|(instr('123456789ABCDEF', substr(hex(key), 13, 1)) << 12)|(instr('123456789ABCDEF', substr(hex(key), 14, 1)) << 8)|(instr('123456789ABCDEF', substr(hex(key), 15, 1)) << 4)|(instr('123456789ABCDEF', substr(hex(key), 16, 1)) << 0)), key, put_order, created_wall,  call_id, latency_s, ttft_s, ttft_text_s, load_s, prompt_tokens, completion_tokens,  thinking_tokens, answer_tokens, tokens_kind, split_kind, server, model, identity, level,  role, fields, query, answer, thinking  FROM cache_before LEFT JOIN cache_text USING (id) ORDER BY key;
DROP TABLE cache_before;
DROP TABLE cache_text;
CREATE INDEX cache_order ON cache(used_order);
UPDATE cache_state SET entries = (SELECT count(*) FROM cache);
CREATE TRIGGER cache_added AFTER INSERT ON cache BEGIN  UPDATE cache_state SET entries = entries + 1, revision = revision + 1; END;
CREATE TRIGGER cache_removed AFTER DELETE ON cache BEGIN  DELETE FROM cache_answer WHERE id = old.id;  UPDATE cache_state SET entries = entries - 1, revision = revision + 1; END;
CREATE TRIGGER cache_replaced AFTER UPDATE OF put_order ON cache BEGIN  UPDATE cache_state SET revision = revision + 1; END;
-- 12
ALTER TABLE agreement ADD COLUMN scores BLOB;
DROP VIEW fact_agreement;
CREATE VIEW fact_agreement AS SELECT  g.at_wall AS at,  g.session AS session,  g.rules AS rules,  g.moderate_from AS moderate_from,  g.complex_from AS complex_from,  g.labels AS labels,  g.agreed AS agreed,  g.scores AS scores_id  FROM agreement g;
-- 13
ALTER TABLE answer ADD COLUMN name TEXT;
ALTER TABLE answer ADD COLUMN notes TEXT;
CREATE INDEX answer_name ON answer(name) WHERE name IS NOT NULL;
