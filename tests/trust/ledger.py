"""What the tests of trust stand on: a ledger of what the program said it has kept, and what must be
so in a database that processes were killed over, or that many wrote to at once.

`Ledger` takes down what was acknowledged (a line on standard output, a word on the screen) and
compares it with a database. `wrong_in(db)` is what no kill may ever leave behind; `wrong_after_start`
what the next start must have put right. Both give sentences; none is all well.
"""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "terminal"))
from terminal import PATIENCE, RLAB  # noqa: E402

FULL = os.environ.get("RLAB_TEST_FULL") == "1"
BESIDE = ("", "-wal", "-journal")  # the parts of a database that are more than a help
LOCKED = re.compile(r"lock|busy", re.I)


# --- the database as it lies on the disk ---------------------------------------------------------


def opened(path):
    """To write: only then can SQLite bring in what a killed process left in its log."""
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    db.execute("PRAGMA foreign_keys = OFF")
    return db


class Copy:
    """A copy of a database that no process has open: looking at it helps the next start nothing."""

    def __init__(self, path):
        self.folder = tempfile.mkdtemp(prefix="rlab-copy-")
        self.path = os.path.join(self.folder, "rlab.db")
        for part in BESIDE:
            if os.path.exists(path + part):
                shutil.copyfile(path + part, self.path + part)

    def __enter__(self):
        self.db = opened(self.path)
        return self.db

    def __exit__(self, *_):
        self.db.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def schema_of(db):
    """Everything a person or a program could ask the schema for, but what SQLite makes itself."""
    return sorted(db.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").fetchall())


# --- what must be so -----------------------------------------------------------------------------

# What it would be, and a SELECT that finds something only where it is so.
NEVER = (
    ("cached without its answer", "SELECT id FROM cache c WHERE NOT EXISTS (SELECT 1 FROM"
     " cache_answer a WHERE a.id = c.id AND a.key = c.key AND a.put_order = c.put_order)"),
    ("the answer of nothing cached",
     "SELECT id FROM cache_answer WHERE id NOT IN (SELECT id FROM cache)"),
    ("cached entries counted wrong",
     "SELECT entries, (SELECT count(*) FROM cache) FROM cache_state"
     " WHERE entries <> (SELECT count(*) FROM cache)"),
    ("cached without a call that ended well",
     "SELECT id, call_id FROM cache_answer c WHERE NOT EXISTS"
     " (SELECT 1 FROM call k WHERE k.id = c.call_id AND k.end_state = 'OK_STOP')"),
    ("cached without a note that it was stored",
     "SELECT id FROM cache c WHERE NOT EXISTS"
     " (SELECT 1 FROM entry e WHERE e.key = c.key AND e.event = 'stored')"),
    ("an order of use given twice", "SELECT used_order FROM cache GROUP BY used_order"
     " HAVING count(*) > 1"),
    ("an order of use from the future",
     "SELECT id FROM cache WHERE used_order >= (SELECT next_order FROM cache_state)"),
    ("answers counted wrong",
     "SELECT answers, (SELECT count(*) FROM answer) FROM history_state"
     " WHERE answers <> (SELECT count(*) FROM answer)"),
    ("lines of the history counted wrong",
     "SELECT lines FROM history_state WHERE lines <> (SELECT count(*) FROM answer) -"
     " (SELECT count(*) FROM answer a JOIN answer b ON b.id = a.pair_id AND b.pair_id = a.id"
     "  WHERE a.pair_id < a.id)"),
    ("an answer without its call",
     "SELECT id, call_id FROM answer a WHERE call_id IS NOT NULL AND NOT EXISTS"
     " (SELECT 1 FROM call k WHERE k.id = a.call_id AND k.end_state IS NOT NULL)"),
    ("an answer without a model and without a reason",
     "SELECT id FROM answer WHERE end_state IS NULL OR query_hash IS NULL"),
    ("a call that ended well and answered nothing",
     "SELECT id, purpose FROM call k WHERE end_state LIKE 'OK\\_%' ESCAPE '\\'"
     " AND query IS NOT NULL AND purpose IN ('ask', 'compare', 'bench', 'trial')"
     " AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.call_id = k.id)"),
    ("an answer without its classification",
     "SELECT id, purpose FROM answer a WHERE end_state <> 'interrupted' AND NOT EXISTS"
     " (SELECT 1 FROM classification c WHERE c.query_hash = a.query_hash AND c.session = a.session)"),
    ("a row of no run", "SELECT id FROM run_item WHERE run_id NOT IN (SELECT id FROM run)"),
    ("a row of a run without its answer",
     "SELECT id FROM run_item i WHERE query IS NOT NULL AND NOT EXISTS"
     " (SELECT 1 FROM answer a WHERE a.id = i.answer_id AND a.run_id = i.run_id)"),
    ("the same row of a run twice",
     "SELECT run_id, query_index, round FROM run_item WHERE always = 0 AND role IS NOT NULL"
     " GROUP BY 1, 2, 3 HAVING count(*) > 1"),
    ("a finished run with rows missing",
     "SELECT r.id, count(i.id) FROM run r LEFT JOIN run_item i ON i.run_id = r.id"
     " WHERE r.kind = 'bench' AND r.state = 'done' GROUP BY r.id"
     " HAVING count(i.id) < (r.settings ->> '$.queries') * (r.settings ->> '$.rounds')"),
    ("a pair that only one side knows",
     "SELECT a.id FROM answer a JOIN answer b ON b.id = a.pair_id WHERE b.pair_id IS NOT a.id"),
    ("a session that was never begun",
     "SELECT DISTINCT session FROM (SELECT session FROM call UNION ALL SELECT session FROM answer"
     " UNION ALL SELECT session FROM lookup UNION ALL SELECT session FROM label"
     " UNION ALL SELECT session FROM classification UNION ALL SELECT session FROM run"
     " UNION ALL SELECT session FROM fact UNION ALL SELECT session FROM entry"
     " UNION ALL SELECT session FROM exercise UNION ALL SELECT session FROM judgement)"
     " WHERE session NOT IN (SELECT id FROM session)"),
    ("an ended session whose hits and misses are not its look-ups",
     "SELECT id, hits, misses, h, m FROM session s JOIN (SELECT session,"
     "  sum(result = 'hit') AS h, sum(result = 'miss') AS m FROM lookup"
     "  WHERE purpose IN ('ask', 'trial') GROUP BY session) l ON l.session = s.id"
     " WHERE outcome = 'closed' AND (hits, misses) IS NOT (h, m)"
     "  AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.session = s.id AND e.event = 'cleared')"),
)

NOT_AFTER_A_START = (
    ("a call that seems to run", "SELECT id FROM call WHERE end_state IS NULL"),
    ("a run that seems to run", "SELECT id FROM run WHERE state = 'running'"),
    ("a session that seems to run", "SELECT id FROM session WHERE ended_wall IS NULL"),
    ("a question that was cut off and is not in the history",
     "SELECT id FROM call k WHERE end_state = 'interrupted' AND query IS NOT NULL"
     " AND purpose IN ('ask', 'compare')"
     " AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.call_id = k.id)"),
)


def found(db, rows):
    said = []
    for what, sql in rows:
        hits = db.execute(sql).fetchmany(4)
        if hits:
            said.append("%s: %s" % (what, hits))
    return said


def wrong_pages(db):
    """Damage: pages, keys, and the search index against the texts it stands for."""
    said = ["integrity: " + row[0] for row in db.execute("PRAGMA integrity_check(5)")
            if row[0] != "ok"]
    said += ["foreign key: %r" % (row, ) for row in db.execute("PRAGMA foreign_key_check")]
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'history_index'").fetchone():
        try:
            db.execute("INSERT INTO history_index(history_index, rank)"
                       " VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as why:
            said.append("search index: %s" % why)
    return said


def wrong_in(db):
    return wrong_pages(db) + found(db, NEVER)


def wrong_after_start(db):
    return wrong_in(db) + found(db, NOT_AFTER_A_START)


def wrong_totals(db):
    """The counters of all sessions together, where nothing was ever cleared by two at once: what
    they counted since the last clearing."""
    last = db.execute("SELECT coalesce(max(session), 0) FROM entry WHERE event = 'cleared'"
                      ).fetchone()[0]
    sums = db.execute("SELECT coalesce(sum(hits), 0), coalesce(sum(misses), 0),"
                      " coalesce(sum(expired), 0), coalesce(sum(evicted), 0)"
                      " FROM session WHERE id >= ?", (last, )).fetchone()
    kept = db.execute("SELECT hits, misses, expired, evicted FROM cache_state").fetchone()
    return [] if sums == kept else ["hits, misses, expired, evicted are %r in total, and %r in the"
                                    " sessions together" % (kept, sums)]


def left_over(folder):
    """Files that belong to nobody."""
    known = {"rlab.db", "rlab.db-wal", "rlab.db-shm", "rlab.db-journal", "rlab.log"}
    return sorted(set(os.listdir(folder)) - known) if os.path.isdir(folder) else []


# --- the ledger ----------------------------------------------------------------------------------


class Ledger:
    """What was acknowledged over one database. A step that was killed before it was acknowledged
    may have happened or not; `doubt` says which step that is, until compare() has seen the outcome."""

    def __init__(self):
        self.answers = {}  # id: (query, answer, end)
        self.texts = {}  # query: how many answers of it there are, where no id is known
        self.cached = {}  # id of the call: its answer
        self.rows = {}  # (table, what it says): how often
        self.runs = {}  # id: rows
        self.acknowledged = 0
        self.lost = 0
        self.doubt = None

    # --- what is said

    def answered(self, a, cached=True):
        """The object that `ask --json` prints."""
        self.acknowledged += 1
        self.answers[a["answer_id"]] = (a["query"], a["answer"], a["end"])
        if cached and a["from"] == "model" and a["end"] == "OK_STOP" and a["answer"]:
            self.cached[a["call_id"]] = a["answer"]

    def shown(self, query):
        """An answer was seen, whose number nobody said."""
        self.acknowledged += 1
        self.texts[query] = self.texts.get(query, 0) + 1

    def row(self, table, *said):
        self.acknowledged += 1
        self.rows[table, said] = self.rows.get((table, said), 0) + 1

    def ran(self, run):
        self.acknowledged += 1 + run["items"]
        self.runs[run["id"]] = run["items"]

    def forget_answers(self, ids=None):
        for id in list(self.answers) if ids is None else ids:
            self.answers.pop(id, None)
        if ids is None:
            self.texts = {}

    # --- what is so

    ROWS = {
        "label": "SELECT count(*) FROM label WHERE query = ? AND level = ?",
        "exercise": "SELECT count(*) FROM exercise WHERE exercise = ? AND kind = ?",
        "setting": "SELECT count(*) FROM setting WHERE key = ?",
        "judgement": "SELECT count(*) FROM judgement WHERE pair = ? AND verdict = ?",
        "draft": "SELECT count(*) FROM draft WHERE text = ?",
    }

    def missing(self, db):
        """Sentences about what was acknowledged and is not there; the doubt is resolved."""
        said = self.resolve(db)
        for id, (query, text, end) in self.answers.items():
            got = db.execute("SELECT a.query, k.answer, a.end_state FROM answer a"
                             " LEFT JOIN call k ON k.id = a.call_id WHERE a.id = ?",
                             (id, )).fetchone()
            if got != (query, text, end):
                said.append("answer %d was %r and is %r" % (id, (query, text, end), got))
        for query, n in self.texts.items():
            got = db.execute("SELECT count(*) FROM answer WHERE query = ? AND end_state = 'OK_STOP'",
                             (query, )).fetchone()[0]
            if got < n:
                said.append("%d answers to %r were shown, and there are %d" % (n, query, got))
        for (table, words), n in self.rows.items():
            got = db.execute(self.ROWS[table], words).fetchone()[0]
            if got < n:
                said.append("%d rows %r of %s were said, and there are %d" % (n, words, table, got))
        for id, n in self.runs.items():
            got = db.execute("SELECT state, (SELECT count(*) FROM run_item WHERE run_id = ?1)"
                             " FROM run WHERE id = ?1", (id, )).fetchone()
            if got != ("done", n):
                said.append("run %d was done with %d rows, and is %r" % (id, n, got))
        entries = dict(db.execute("SELECT call_id, answer FROM cache_answer"))
        for call, text in self.cached.items():
            if entries.get(call) != text:
                said.append("the cached answer of call %d was %r and is %r"
                            % (call, text, entries.get(call)))
        self.lost += len(said)
        return said

    def resolve(self, db):
        """A clearing, a new size or a deletion that was killed happened whole or not at all."""
        if not self.doubt:
            return []
        kind, what = self.doubt
        self.doubt = None
        if kind == "delete all":
            left = {row[0] for row in db.execute("SELECT id FROM answer")} & set(self.answers)
            if left and left != set(self.answers):
                return ["of %d answers %d are deleted" % (len(self.answers), len(self.answers) -
                                                          len(left))]
            if self.answers and not left:
                self.forget_answers()
            return []
        if kind == "delete":
            if not db.execute("SELECT 1 FROM answer WHERE id = ?", (what, )).fetchone():
                self.forget_answers([what])
            return []
        entries = {row[0] for row in db.execute("SELECT call_id FROM cache_answer")}
        gone = set(self.cached) - entries
        said = []
        if kind == "clear" and gone and entries:
            said = ["of %d cached answers %d are left" % (what, len(entries))]
        if kind == "size" and gone and len(entries) != what:
            said = ["the cache was to hold %d answers and holds %d" % (what, len(entries))]
        if kind == "drop" and gone - {what}:
            said = ["calls %r are no longer cached, and only %d was to go" % (gone, what)]
        for call in gone:
            del self.cached[call]
        return said


# --- the program ---------------------------------------------------------------------------------


def complaints(err):
    """What a verb that had nothing to complain about said on standard error all the same."""
    return [] if not err.strip() else ["it says %r" % err.strip()[:1500]]


def next_start(home, **env):
    """A start as a person's: it must work, and must not speak of what it put right in silence."""
    done = subprocess.run([RLAB, "history", "list", "--json", "--limit", "5"], env=home.env(**env),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60)
    said = complaints(done.stderr.decode("utf-8", "replace"))
    if done.returncode:
        said.append("the next start ended with %d" % done.returncode)
    return said + ["left over: %s" % name for name in left_over(home.data)]
