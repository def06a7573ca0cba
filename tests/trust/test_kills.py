#!/usr/bin/env python3
"""Kills at random moments, and a ledger of what was acknowledged before each: nothing of it is
missing afterwards, nothing is half there, and the next start works and says nothing wrong.
Prints TAP.

RLAB_KILLS is how many there are (500 in a full run; else as many as fit RLAB_KILL_SECONDS, 90),
RLAB_SEED what the random numbers begin with (printed).
"""
import hashlib
import json
import os
import random
import re
import select
import shutil
import subprocess
import threading
import time

import ledger
from ledger import FULL, RLAB, Copy, Ledger, opened, schema_of

from app import Home, Mock, app, plain  # noqa: E402  (ledger says where it is)
from terminal import main  # noqa: E402

KILLS = int(os.environ.get("RLAB_KILLS", "500" if FULL else "0"))  # 0: by time
SECONDS = float(os.environ.get("RLAB_KILL_SECONDS", "90"))
SEED = os.environ.get("RLAB_SEED") or str(random.randrange(10**9))
HERE = os.path.dirname(os.path.abspath(__file__))
total = {"kills": 0, "in a write": 0, "acknowledged": 0, "lost": 0}
count_lock = threading.Lock()


class Quota:
    """This test's part of all kills: `share` of their number, or of the time."""

    def __init__(self, share):
        self.left = round(KILLS * share) if KILLS else None
        self.until = time.monotonic() + SECONDS * share
        self.lock = threading.Lock()

    def more(self):
        with self.lock:
            if self.left is None:
                return time.monotonic() < self.until
            if self.left == 0:
                return False
            self.left -= 1
            return True

    def give_back(self):
        """One that was taken and came to nothing."""
        with self.lock:
            if self.left is not None:
                self.left += 1


def counted(book, in_a_write):
    with count_lock:
        total["kills"] += 1
        total["in a write"] += in_a_write
        total["acknowledged"] += book.acknowledged
        total["lost"] += book.lost
    book.acknowledged = book.lost = 0


# --- killing -------------------------------------------------------------------------------------


def marks(path):
    """What changes with every write."""
    seen = []
    for part in ledger.BESIDE:
        try:
            s = os.stat(path + part)
            seen.append((s.st_size, s.st_mtime_ns))
        except OSError:
            seen.append(None)
    return seen


class Moment:
    """When to kill: so many seconds after the start, or after the n-th change of the database."""

    def __init__(self, rng, lasts):
        self.change = rng.randrange(1, 12) if rng.random() < 0.6 else None
        self.after = rng.uniform(0, 1.1 * lasts) if self.change is None else rng.expovariate(800)

    def __str__(self):
        if self.change is None:
            return "%.1f ms after its start" % (1000 * self.after)
        return "%.2f ms after change %d" % (1000 * self.after, self.change)


class Victim:
    """A verb that runs until it ends, or until its moment has come. Its standard output is a pipe,
    or a terminal, where every line is out at once."""

    def __init__(self, home, words, tty=False, text="", **env):
        self.path = os.path.join(home.data, "rlab.db")
        out, theirs = os.openpty() if tty else os.pipe()
        self.out, self.said = out, b""
        self.began = time.monotonic()
        self.process = subprocess.Popen([RLAB, *words], env=home.env(**env), stdout=theirs,
                                        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        cwd=home.path)
        os.close(theirs)
        self.process.stdin.write(text.encode())
        self.process.stdin.close()

    def hear(self, seconds):
        """False once nothing will come any more."""
        if not select.select([self.out], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self.out, 65536)
        except OSError:
            piece = b""
        self.said += piece
        return piece != b""

    def until(self, moment):
        """Kills it at that moment: True where it was in time."""
        before, changes, due = marks(self.path), 0, None
        if moment.change is None:
            due = self.began + moment.after
        while due is None or time.monotonic() < due:
            wait = 0.0004 if due is None else max(0, min(due - time.monotonic(), 0.02))
            if not self.hear(wait) and self.process.poll() is not None:
                break
            now = marks(self.path) if due is None else before
            if now != before:
                before, changes = now, changes + 1
                if changes == moment.change:
                    due = time.monotonic() + moment.after
        self.process.kill()
        return self.end() < 0

    def end(self):
        while self.hear(30):
            pass
        os.close(self.out)
        self.lasted = time.monotonic() - self.began
        return self.process.wait(60)

    def lines(self):
        """Whole lines of JSON; the last may be cut off."""
        for line in self.said.replace(b"\r", b"").split(b"\n")[:-1]:
            try:
                yield json.loads(line)
            except ValueError:
                assert False, "this line is no JSON: %r" % line


# --- what is done, and what its words mean to the ledger -----------------------------------------


class Step:
    """One thing done with the program: `words`, what they may change if they are killed (`doubt`),
    and `take`, which enters what they said."""

    def __init__(self, kind, words, take=None, doubt=None, text="", bare=False):
        self.kind, self.words, self.doubt, self.text = kind, words, doubt, text
        self.take = take or (lambda book, victim: None)
        self.bare = bare  # its output is no JSON


def take_answers(book, victim):
    for a in victim.lines():
        if a.get("schema") == "rlab.answer/1":
            book.answered(a)


def take_row(table, *said):
    def take(book, victim):
        for _ in victim.lines():
            book.row(table, *said)
    return take


class World:
    """One data folder and its history of steps."""

    def __init__(self, seed, mock):
        self.rng, self.seed = random.Random(seed), seed
        self.home = Home("[cache]\nsize = 5000\n")
        self.book, self.mock = Ledger(), mock
        self.number = 0
        self.lasts = {}  # kind: seconds it takes
        self.steps = [getattr(self, name) for name in dir(self) if name.startswith("step_")]

    def question(self):
        """One that the built-in models answer at once, never asked before, or (one in four) before."""
        n = self.number
        if n and self.rng.random() < 0.25:
            n = self.rng.randrange(n)
        else:
            self.number += 1
        return "%d + %d?" % (11 + n % 80, 1 + n // 80)

    def fresh(self):
        self.number += 1
        return "%d + %d?" % (11 + self.number % 80, 1 + self.number // 80)

    # --- asking

    def step_ask(self):
        return Step("ask", ["ask", "--json", "--builtin", self.question()], take_answers)

    def step_ask_events(self):
        return Step("ask events", ["ask", "--events", "--builtin", self.question()], take_answers)

    def step_ask_mock(self):
        self.number += 1
        return Step("ask a server", ["ask", "--json", "--fast", "question %d" % self.number],
                    take_answers)

    def step_ask_mock_streaming(self):
        self.number += 1
        return Step("ask a server, events", ["ask", "--events", "question %d" % self.number],
                    take_answers)

    def step_compare(self):
        return Step("compare", ["ask", "--compare", "--json", "--builtin", self.fresh()],
                    take_answers)

    def step_lines(self):
        """Many questions of one process, said line by line."""
        asked = [self.fresh() for _ in range(12)]

        def take(book, victim):
            n = victim.said.count(b"End of answer.")
            for query in asked[:n]:
                book.shown(query)
        text = "ask\n" + "".join("auto\n%s\n" % q for q in asked)
        return Step("line mode", ["--line", "--builtin"], take, text=text, bare=True)

    def step_trial(self):
        return Step("trial", ["trial", "--json", "--builtin"])

    # --- runs

    def run_of(self, *words):
        def take(book, victim):
            for j in victim.lines():
                if "run" in j:
                    book.ran(j["run"])
        return Step("bench", ["bench", "run", "--json", "--builtin", "--set", "mini-bench",
                              *words], take)

    def step_bench(self):
        return self.run_of("--rounds", "2", "--concurrency", str(self.rng.choice((1, 4))))

    def step_bench_models(self):
        return Step("bench models", ["bench", "models", "mini/fast", "mini/reason", "--json",
                                     "--builtin", "--set", "mini-bench"])

    def step_bench_compare(self):
        runs = sorted(self.book.runs)
        if len(runs) < 2:
            return self.step_bench()
        return Step("bench compare", ["bench", "compare", str(runs[0]), str(runs[-1]), "--json"])

    # --- opinions, exercises, settings

    def step_label(self):
        query, level = self.question(), self.rng.choice(("simple", "moderate", "complex"))
        return Step("label", ["label", level, query, "--json"], take_row("label", query, level))

    def step_judge(self):
        pairs = [id for id in self.book.answers if (id + 1) in self.book.answers]
        if not pairs:
            return self.step_compare()
        return Step("judge", ["judge", str(self.rng.choice(pairs)), "left", "--json"])

    def exercise(self, verb, kind, *more):
        id = self.rng.choice(("1.1", "2.2", "2.3", "3.1", "4.1", "5.1"))
        return Step("exercise " + verb, ["exercise", verb, id, "--json", "--builtin", *more],
                    take_row("exercise", id, kind))

    def step_check(self):
        return self.exercise("check", "check")

    def step_reset(self):
        return self.exercise("reset", "reset", "--yes")

    def step_set(self):
        key, value = self.rng.choice((("screen.bell", "no"), ("ask.temperature", "0")))
        return Step("set", ["set", key, value, "--json"])

    def step_backup(self):
        """A copy has its name once it is whole."""
        self.number += 1
        path = os.path.join(self.home.path, "copy-%d.db" % self.number)

        def take(book, victim):
            if not os.path.exists(path):
                assert not victim.said, "there is no copy that was said to be there"
                return
            db = opened(path)
            said = ledger.wrong_in(db)
            if db.execute("PRAGMA user_version").fetchone()[0] != NEWEST:
                said.append("it is of no version")
            db.close()
            assert not said, "the copy: " + "; ".join(said)
            os.remove(path)
            book.acknowledged += 1 if victim.said else 0
        return Step("backup", ["backup", path, "--json"], take)

    # --- taking away

    def step_clear(self):
        def take(book, victim):
            for _ in victim.lines():
                book.cached, book.doubt = {}, None
        return Step("clear", ["cache", "clear", "--yes", "--json"], take, ("clear", 0))

    def step_size(self):
        size = self.rng.choice((4, 30, 5000))

        def take(book, victim):
            for j in victim.lines():
                assert j["entries"] <= size, "it holds %r" % j
        return Step("size", ["cache", "size", str(size), "--json"], take, ("size", size))

    def step_drop(self):
        if not self.book.cached:
            return self.step_ask()
        call = self.rng.choice(sorted(self.book.cached))
        with Copy(os.path.join(self.home.data, "rlab.db")) as db:
            key = db.execute("SELECT lower(hex(key)) FROM cache_answer WHERE call_id = ?", (call, )
                             ).fetchone()[0]

        def take(book, victim):
            for _ in victim.lines():
                book.cached.pop(call, None)
        return Step("drop", ["cache", "drop", key, "--json"], take, ("drop", call))

    def step_delete(self):
        if not self.book.answers:
            return self.step_ask()
        id = self.rng.choice(sorted(self.book.answers))
        return Step("delete", ["history", "delete", str(id), "--yes", "--json"],
                    lambda book, victim: victim.said and book.forget_answers([id]), ("delete", id))

    def step_delete_all(self):
        if self.rng.random() < 0.8:
            return self.step_delete()
        return Step("delete all", ["history", "delete", "--all", "--yes", "--json"],
                    lambda book, victim: victim.said and book.forget_answers(),
                    ("delete all", None))

    # --- one step, killed or not

    def bystander(self):
        """Another process at the same time, which nobody kills: what it is told holds too."""
        query = self.fresh()
        return Victim(self.home, ["ask", "--json", "--builtin", query])

    def do(self, quota):
        step = self.rng.choice(self.steps)()
        takes = step.kind in ("clear", "size", "drop", "delete", "delete all")
        beside = self.bystander() if not takes and self.rng.random() < 0.15 else None
        moment = Moment(self.rng, self.lasts.get(step.kind, 0.5))
        tty = not step.bare and self.rng.random() < 0.5
        self.now = "%s, %s%s" % (" ".join(step.words), moment, ", on a terminal" if tty else "")
        victim = Victim(self.home, step.words, tty, step.text, OLLAMA_HOST=self.mock.host)
        killed = victim.until(moment)
        if killed:
            self.book.doubt = step.doubt
        else:
            self.lasts[step.kind] = victim.lasted
        step.take(self.book, victim)
        if step.kind == "size" and not killed:
            self.book.doubt = step.doubt
        self.now += ": killed" if killed else ": ended with %d" % victim.process.returncode
        if beside:
            code = beside.end()
            self.now += "; beside it one ended with %d" % code
            assert code == 0, "another process at the same time ended with %d" % code
            take_answers(self.book, beside)
        self.compare()
        if step.kind == "size":  # so that what goes for want of room needs no account
            self.home.verb("cache", "size", "5000")
        if killed:
            counted(self.book, moment.change is not None)
        else:
            quota.give_back()  # one that was too late is none

    def compare(self):
        path = os.path.join(self.home.data, "rlab.db")
        if not os.path.exists(path):
            assert not self.book.answers and not self.book.rows, "there is no database any more"
            return
        said = []
        with Copy(path) as db:
            if db.execute("PRAGMA user_version").fetchone()[0] == NEWEST:
                said += ledger.wrong_in(db) + self.book.missing(db)
        said += ledger.next_start(self.home)
        db = opened(path)
        try:
            said += ledger.wrong_after_start(db) + ledger.wrong_totals(db)
        finally:
            db.close()
        assert not said, "; ".join(said)


def in_worlds(share, what):
    """Two worlds at once, since the machine has two cores; the first that is wrong ends both."""
    quota, wrong = Quota(share), []

    def live(name):
        seed = "%s %s %s" % (SEED, what, name)
        with Mock(rate=400, tokens=40, thinking=10) as mock:
            world = World(seed, mock)
            try:
                while not wrong and quota.more():
                    world.do(quota)
            except Exception as why:
                kept = world.home.path + "-kept"
                shutil.copytree(world.home.path, kept)
                wrong.append("%s\n  after: %s\n  seed: %s; its folder is kept as %s"
                             % (why, getattr(world, "now", "-"), SEED, kept))
            finally:
                shutil.rmtree(world.home.path, ignore_errors=True)

    threads = [threading.Thread(target=live, args=(name, )) for name in ("one", "two")]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong, "\n".join(wrong)


def test_verbs_are_killed():
    in_worlds(0.55, "verbs")


# --- the first start -----------------------------------------------------------------------------


def test_the_first_start_is_killed():
    """Folder, file and tables are being made: whatever is there, the next start goes on from it."""
    quota, rng, lasts = Quota(0.12), random.Random(SEED + " first start"), 0.3
    while quota.more():
        with Home() as home:
            words = rng.choice((["label", "simple", "the first"], ["cache", "stats"],
                                ["ask", "--builtin", "1 + 1?"], ["history", "list"]))
            moment = Moment(rng, lasts)
            victim = Victim(home, [*words, "--json"])
            killed = victim.until(moment)
            lasts = lasts if killed else victim.lasted
            book = Ledger()
            if words[0] == "label":
                take_row("label", "the first", "simple")(book, victim)
            if words[0] == "ask":
                take_answers(book, victim)
            said = ledger.next_start(home)
            db = opened(os.path.join(home.data, "rlab.db"))
            said += ledger.wrong_after_start(db) + book.missing(db)
            if schema_of(db) != SCHEMAS[NEWEST]:
                said.append("its tables are not those of a new database")
            db.close()
            modes = [oct(os.stat(os.path.join(home.data, f)).st_mode & 0o777)
                     for f in (".", "rlab.db")]
            if modes != ["0o700", "0o600"]:
                said.append("modes are %r" % modes)
            assert not said, "%s\n  after: %s, %s\n  seed: %s" % ("; ".join(said), words, moment,
                                                                  SEED)
            if killed:
                counted(book, moment.change is not None)
            else:
                quota.give_back()


# --- migrations ----------------------------------------------------------------------------------


def read_versions():
    with open(os.path.join(HERE, "versions.sql")) as f:
        parts = re.split(r"^-- \d+\n", f.read(), flags=re.M)
    return parts[1:]


VERSIONS = read_versions()
NEWEST = len(VERSIONS)
ROWS = 1500


def old_database(path, version, wal=True):
    """A database of an earlier version with a history in it."""
    db = opened(path)
    db.execute("PRAGMA journal_mode = %s" % ("WAL" if wal else "DELETE"))
    db.execute("PRAGMA application_id = %d" % APPLICATION)
    for step in VERSIONS[:version]:
        db.executescript(step)
    db.execute("PRAGMA user_version = %d" % version)
    db.execute("BEGIN")
    db.execute("INSERT INTO session(id, host, boot, pid, pid_start, program, started_wall,"
               " ended_wall, outcome) VALUES (1, 'h', 'b', 1, 1, '0.1', 1, 2, 'closed')")
    for n in range(1, ROWS + 1):
        text = "answer %d of the older times %s" % (n, "word%d " % (n % 97) * 20)
        db.execute("INSERT INTO call(id, session, purpose, server, model, cot, query_hash,"
                   " started_wall, ended_wall, end_state, query, answer, thinking)"
                   " VALUES (?1, 1, 'ask', 's', 'm', 0, ?2, ?1, ?1, 'OK_STOP', ?3, ?4, ?5)",
                   (n, b"%032d" % n, "question %d" % n, text, "thought %d" % n))
        db.execute("INSERT INTO answer(id, session, call_id, purpose, level, score, role, server,"
                   " model, cot, forced, origin, end_state, at_wall, query_hash, query)"
                   " VALUES (?1, 1, ?1, 'ask', 'simple', 0, 'fast', 's', 'm', 0, 0, 'model',"
                   " 'OK_STOP', ?1, ?2, ?3)", (n, b"%032d" % n, "question %d" % n))
        if n % 10 == 0:
            db.execute("INSERT INTO label(session, at_wall, query_hash, source, level, query)"
                       " VALUES (1, ?, ?, 'person', 'complex', ?)",
                       (n, b"%032d" % n, "question %d" % n))
    for n in range(1, CACHED + 1 if version >= 2 else 1):
        add_cached(db, n, version)
    db.execute("COMMIT")
    db.close()


# From this version on entries stand under a number made of their keys.
KEYED = 11
CACHED = 40


def cached_key(n):
    return hashlib.blake2b(b"%d" % n, digest_size=32).digest()


def add_cached(db, n, version):
    key, texts = cached_key(n), ("{}", "question %d" % n, "cached %d" % n, "thought %d" % n)
    if version < KEYED:
        db.execute("INSERT INTO cache(id, key, used_order, put_order, created_wall, hits, call_id)"
                   " VALUES (?1, ?2, ?3, ?1, ?1, ?4, ?1)", (n, key, 2 * n, n % 3))
        db.execute("INSERT INTO cache_text VALUES (?, ?, ?, ?, ?)", (n, *texts))
    else:
        id = int.from_bytes(key[:8], "big", signed=True)
        db.execute("INSERT INTO cache VALUES (?, ?, ?, ?, ?)", (id, key, 2 * n, n, n % 3))
        db.execute("INSERT INTO cache_answer(id, key, put_order, created_wall, call_id, fields,"
                   " query, answer, thinking) VALUES (?1, ?2, ?3, ?3, ?3, ?4, ?5, ?6, ?7)",
                   (id, key, n, *texts))
    db.execute("UPDATE cache_state SET next_order = ?", (2 * n + 1, ))


def cached_of(db):
    """What is cached, in the shape of either version; none where there is no cache yet."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    columns = ("key, used_order, put_order, created_wall, hits, call_id, fields, query, answer,"
               " thinking")
    if version < 2:
        return []
    beside = "cache_text USING (id)" if version < KEYED else "cache_answer USING (id, key, put_order)"
    return db.execute("SELECT %s FROM cache JOIN %s ORDER BY used_order"
                      % (columns, beside)).fetchall()


def history_of(db):
    return db.execute("SELECT a.id, a.query, k.answer, k.thinking FROM answer a"
                      " JOIN call k ON k.id = a.call_id ORDER BY a.id").fetchall() + \
        db.execute("SELECT id, level, query FROM label ORDER BY id").fetchall() + cached_of(db)


def schemas():
    """What a database of each version is, from 0 on."""
    db = opened(":memory:")
    all = [schema_of(db)]
    for step in VERSIONS:
        db.executescript(step)
        all.append(schema_of(db))
    db.close()
    return all


SCHEMAS = schemas()


def read_application():
    with Home() as home:
        home.verb("cache", "stats")
        db = opened(os.path.join(home.data, "rlab.db"))
        assert db.execute("PRAGMA user_version").fetchone()[0] == NEWEST, \
            "versions.sql knows %d versions" % NEWEST
        assert schema_of(db) == SCHEMAS[NEWEST], "a new database is not what versions.sql makes"
        return db.execute("PRAGMA application_id").fetchone()[0]


def test_migrations_are_killed():
    """Every version before this one, again and again: after a kill the file is of one version,
    whole, with every row it had."""
    global APPLICATION
    APPLICATION = read_application()
    quota, rng, lasts = Quota(0.18), random.Random(SEED + " migrations"), 0.5
    with Home() as shelf:
        old = {}
        for version in range(1, NEWEST):
            for wal in (True, False):
                path = os.path.join(shelf.path, "v%d%s" % (version, "w" if wal else ""))
                old_database(path, version, wal)
                old[version, wal] = path
        versions = []
        while quota.more():
            versions = versions or rng.sample(sorted(old), len(old))
            lasts = migrate_and_kill(old, versions.pop(), rng, lasts, quota)


def migrate_and_kill(old, which, rng, lasts, quota):
    version, _ = which
    with Home() as home:
        path = os.path.join(home.data, "rlab.db")
        os.mkdir(home.data, 0o700)
        shutil.copyfile(old[which], path)
        db = opened(path)
        before = history_of(db)
        db.close()
        moment = Moment(rng, lasts)
        victim = Victim(home, ["history", "list", "--json"])
        killed = victim.until(moment)
        said = []
        with Copy(path) as db:
            at = db.execute("PRAGMA user_version").fetchone()[0]
            said += ledger.wrong_pages(db)
            if not version <= at <= NEWEST or schema_of(db) != SCHEMAS[at]:
                said.append("a version %d became a %d that is none" % (version, at))
            if history_of(db) != before:
                said.append("rows are lost or changed")
        said += ledger.next_start(home)
        db = opened(path)
        said += ledger.wrong_pages(db) + ledger.found(db, ledger.NOT_AFTER_A_START)
        if schema_of(db) != SCHEMAS[NEWEST] or history_of(db) != before:
            said.append("the next start did not bring it up")
        db.close()
        found = home.verb("history", "search", "word42", "--json")
        if found.count("\n") < 10:
            said.append("the search finds %r" % found[:300])
        assert not said, "%s\n  after: version %r, %s\n  seed: %s" % ("; ".join(said), which,
                                                                      moment, SEED)
        book = Ledger()
        book.acknowledged = len(before)
        if killed:
            counted(book, moment.change is not None)
        else:
            quota.give_back()
        return lasts if killed else victim.lasted


# --- the screen ----------------------------------------------------------------------------------


class Screen:
    """The screen, used until it is killed at a moment of its own."""

    def __init__(self, home, rng, book):
        self.home, self.rng, self.book = home, rng, book
        self.p = app(home, "--builtin", settled=False)
        self.p.shows("BUILT-IN")
        pid = self.p.process.pid
        self.timer = threading.Timer(rng.uniform(0.02, 2.5), os.kill, (pid, 9))
        self.timer.start()

    def alive(self):
        return self.p.process.poll() is None

    def wait(self, *words):
        """True once one of these was drawn; False where it was killed before."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            dead = not self.alive()
            text = plain(self.p.read(0.005))
            if any(w in text for w in words):
                return True
            if dead:
                return False
        assert False, "%r was never drawn: %r" % (words, plain(self.p.sent)[-600:])

    def ask(self, query):
        self.p.clear()
        self.p.keys("4")
        if not self.wait("Ask and compare") or not self.alive():
            return
        self.p.keys("i", "\x15")
        time.sleep(0.05)
        self.p.clear()
        self.p.keys(query + "\r")
        if self.wait(" done", "from the cache", "cached"):
            self.book.shown(query)
        if self.alive():
            self.p.keys("\x1b")
            time.sleep(0.06)


def test_the_screen_is_killed():
    quota, rng = Quota(0.15), random.Random(SEED + " screen")
    with Home("[cache]\nsize = 5000\n") as home:
        book, number = Ledger(), 0
        while quota.more():
            with_screen = Screen(home, rng, book)
            try:
                while with_screen.alive():
                    number += 1
                    try:
                        with_screen.ask("%d + %d?" % (11 + number % 80, 1 + number // 80))
                    except OSError:
                        pass  # it died under our keys
            finally:
                with_screen.timer.cancel()
                with_screen.p.__exit__()
            said = []
            path = os.path.join(home.data, "rlab.db")
            with Copy(path) as db:
                said += ledger.wrong_in(db) + book.missing(db)
            said += ledger.next_start(home)
            db = opened(path)
            said += ledger.wrong_after_start(db) + ledger.wrong_totals(db)
            db.close()
            assert not said, "%s\n  seed: %s" % ("; ".join(said), SEED)
            counted(book, 0)


# --- the balance ---------------------------------------------------------------------------------


def test_zz_the_balance():
    print("# seed %s: %d kills, %d of them after a write had begun; %d rows were acknowledged, %d "
          "lost" % (SEED, total["kills"], total["in a write"], total["acknowledged"],
                    total["lost"]))
    assert total["lost"] == 0
    assert total["kills"] >= (KILLS or 20), "there were only %d kills" % total["kills"]


if __name__ == "__main__":
    print("# seed %s" % SEED, flush=True)
    main()
